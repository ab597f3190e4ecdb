"""Measure the speed of provenance and of the installed peers in one run.

    python -m benchmarks [--size small|full] [--words FILE...] [--scripts FILE]
                         [--posts FILE --pages FILE...] [--decontaminate-python PATH]
                         [--only PART...] [--rounds N] [--out DIR] [--work DIR]

Writes RESULTS.md, speed.svg and growth.svg. Peers come with the extra `bench`, and are omitted if
not installed. `small` shows within two minutes that everything works; `full` gives the figures to
compare with targets, and takes half an hour or more and 4 GB of disk.
"""

import argparse
import os
import shutil
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.speed import (
    builds,
    checks,
    fingerprints,
    kinds,
    profiles,
    real_texts,
    rechecks,
    results,
    searches,
    starts,
)
from benchmarks.speed.bench import FULL, MAKING, SMALL, Bench, ours, require_success
from benchmarks.speed.machine import machine
from benchmarks.speed.measuring import work
from benchmarks.speed.sections import Section
from benchmarks.speed.targets import FIGURES, RATIOS, applicable_targets

PARTS: dict[str, Callable[[Bench], Section]] = {
    "fingerprints": fingerprints.section,
    "searches": searches.section,
    "kinds": kinds.section,
    "checks": checks.section,
    "builds": builds.section,
    "again": rechecks.section,
    "reals": real_texts.section,
    "starts": starts.section,
    "profiles": profiles.section,
}
PEER_PYTHON_VARIABLE = "DECONTAMINATE_PYTHON"
PEER_PYTHON_VERSION = (3, 12)


def main() -> None:
    options = _options()
    facts = machine()
    sections: list[Section] = []
    with work_folder(options.work) as folder:
        bench, words = _prepare(options, folder)
        for name in options.only or PARTS:
            sections.append(run_part(name, PARTS[name], bench))
            results.write(options.out, sections, facts, size=options.size, words=words)
    _print_targets(sections, full=options.size == "full")
    print(f"RESULTS.md, speed.svg and growth.svg are in {options.out}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--size", choices=["small", "full"], default="small", help="default: small")
    add("--words", nargs="+", default=[], metavar="FILE", help="texts whose words are recombined")
    add("--scripts", metavar="FILE", help="JSON Lines with lang and text, in many languages")
    add("--posts", metavar="FILE", help="a dump of posts that people wrote")
    add("--pages", nargs="+", default=[], metavar="FILE", help="texts that people wrote")
    add(
        "--decontaminate-python",
        metavar="PATH",
        default=os.environ.get(PEER_PYTHON_VARIABLE),
        help=f"interpreter that has decontaminate; default: ${PEER_PYTHON_VARIABLE}",
    )
    add("--only", nargs="+", choices=list(PARTS), metavar="PART", help=", ".join(PARTS))
    add("--rounds", type=int, metavar="N", help="runs of each measurement")
    add("--out", type=Path, default=Path(__file__).parent, metavar="DIR", help="of RESULTS.md")
    add("--work", type=Path, metavar="DIR", help="of data, kept; default: a temporary one")
    return parser.parse_args()


@contextmanager
def work_folder(named: Path | None) -> Iterator[Path]:
    """Return the folder for data: the one that was named, or a temporary one."""
    if named is not None:
        named.mkdir(parents=True, exist_ok=True)
        yield named.resolve()
        return
    with TemporaryDirectory() as folder:
        yield Path(folder)


def _prepare(options: argparse.Namespace, folder: Path) -> tuple[Bench, int]:
    """Write the vocabulary, and remove registries of earlier runs, which may be outdated."""
    addresses = [os.path.abspath(name) for name in options.words]
    data_folder = folder / f"{zlib.crc32(repr(addresses).encode()):08x}"
    data_folder.mkdir(exist_ok=True)
    for registry in data_folder.glob("registry-*"):
        shutil.rmtree(registry)
    sizes = FULL if options.size == "full" else SMALL
    bench = Bench(
        replace(sizes, rounds=options.rounds or sizes.rounds),
        data_folder,
        options.scripts and os.path.abspath(options.scripts),
        options.decontaminate_python
        or (sys.executable if sys.version_info >= PEER_PYTHON_VERSION else None),
        _no_cache_options(),
        options.posts and os.path.abspath(options.posts),
        [os.path.abspath(name) for name in options.pages],
    )
    vocabulary_run = require_success(
        work(f"{MAKING}:make_vocabulary", file=bench.words, addresses=addresses)
    )
    return bench, vocabulary_run.output["words"]


def _no_cache_options() -> Sequence[str]:
    """Return the options that disable the result cache, if this version has one."""
    help_text = require_success(ours("check", "--help", cores=None)).output["stdout"]
    return ("--no-cache",) if "--no-cache" in help_text else ()


def run_part(name: str, section: Callable[[Bench], Section], bench: Bench) -> Section:
    """Measure a part; a failure is reported in its section."""
    start = time.perf_counter()
    print(f"{name} …", file=sys.stderr, flush=True)
    try:
        result = section(bench)
    except RuntimeError as error:  # keep the figures of the other parts
        print(error, file=sys.stderr)
        result = Section(name.capitalize(), [f"Not measured: {str(error).splitlines()[0]}"])
    print(f"{name}: {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    return result


def _print_targets(sections: Sequence[Section], *, full: bool) -> None:
    facts = results.facts_of(sections)
    for target in applicable_targets((*RATIOS, *FIGURES), full=full):
        if target.fact in facts:
            print(" | ".join(target.row(facts[target.fact])).replace("**", ""))


if __name__ == "__main__":
    main()
