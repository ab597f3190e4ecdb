"""Measure checks of texts that people wrote, and write REAL.md, real.json and real.svg.

    python -m benchmarks.real [--data DIR] [--against CHECKOUT] [--rounds N] [--size small|full]
                              [--peer-python PATH] [--out DIR] [--work DIR]

DIR has `scale/reddit_200k.parquet` and `scale/reddit_300k_more.parquet`, 500,000 posts with `id`,
`text`, `url` and `created_at`, and `background/*.jsonl.zst`, pages with `text`. Without them
nothing is measured, and the exit code is 2. `--against` measures another checkout of provenance in
turn with this one, and gives ratios.
"""

import argparse
import os
import sys
from pathlib import Path

from benchmarks.__main__ import PEER_PYTHON_VARIABLE, work_folder
from benchmarks.real import generated, page, peer_searches, suite
from benchmarks.real.checkouts import Checkout
from benchmarks.real.figures import Figures
from benchmarks.speed.machine import machine
from benchmarks.speed.measuring import ROOT

DATA = ROOT.parent / "shared" / "data"


def main() -> int:
    options = _options()
    missing = suite.missing_data(options.data)
    if missing:
        print(f"Nothing is measured: {options.data} has no {missing}", file=sys.stderr)
        return 2
    with work_folder(options.work) as folder:
        figures = measure(options, folder)
    page.write(options.out, figures)
    print(f"REAL.md, real.json and real.svg are in {options.out}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.real",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--data", type=Path, default=DATA, metavar="DIR", help="default: ../shared/data")
    add("--against", type=Path, metavar="CHECKOUT", help="another checkout, measured in turn")
    add("--rounds", type=int, default=3, metavar="N", help="runs of each check; default: 3")
    add("--size", choices=["small", "full"], default="full", help="default: full")
    add(
        "--peer-python",
        metavar="PATH",
        default=os.environ.get(PEER_PYTHON_VARIABLE, sys.executable),
        help=f"interpreter that has the peers; default: ${PEER_PYTHON_VARIABLE}, or this one",
    )
    add("--out", type=Path, default=ROOT / "benchmarks", metavar="DIR", help="of REAL.md")
    add("--work", type=Path, metavar="DIR", help="of data, kept; default: a temporary one")
    return parser.parse_args()


def measure(options: argparse.Namespace, folder: Path) -> Figures:
    """Measure everything."""
    facts, sizes = machine(), suite.FULL if options.size == "full" else suite.SMALL
    texts = suite.RealTexts(options.data.resolve(), folder)
    ours = Checkout(ROOT, folder / "ours")
    checkouts = [ours]
    if options.against is not None:
        checkouts.append(Checkout(options.against.resolve(), folder / "other"))
    for checkout in checkouts:
        checkout.folder.mkdir(exist_ok=True)
    _say("registries")
    builds = suite.measure_builds(texts, sizes, checkouts, options.rounds)
    _say("checks")
    pairs = suite.pairs(texts, sizes)
    checks, *other_checks = suite.measure_checks(texts, pairs, checkouts, options.rounds)
    _say("generated posts")
    generated_checks = generated.measure(texts, sizes, ours)
    _say("shards")
    shards = [
        suite.measure_shards(texts, pair, ours, sizes.shards, options.rounds)
        for pair in suite.sharded_pairs(texts, sizes)
    ]
    kind = generated.stand_in(generated_checks)
    largest = generated.larger_pair(texts, sizes, kind, generated.LARGER[-1])
    shards.append(suite.measure_shards(texts, largest, ours, 1, 1))
    openings = suite.measure_openings(texts, sizes, ours, options.rounds)
    _say("peers")
    peers = peer_searches.measure(texts, sizes, ours, options.peer_python)
    load = f"load of {os.getloadavg()[0]:.1f} when it ended"
    return Figures(
        [*facts, load],
        suite.commit_of(ROOT),
        suite.commit_of(checkouts[-1].root) if other_checks else "",
        options.rounds,
        builds,
        checks,
        [check for checks in other_checks for check in checks],
        shards,
        openings,
        generated_checks,
        peers,
    )


def _say(part: str) -> None:
    print(f"{part} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
