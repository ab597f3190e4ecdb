"""Speed of ours and of the installed peers, side by side in one run.

    python -m benchmarks [--size small|full] [--words FILE...] [--scripts FILE]
                         [--posts FILE --pages FILE...] [--decontaminate-python PATH]
                         [--only PART...] [--rounds N] [--out DIR] [--work DIR]

Writes RESULTS.md, speed.svg and growth.svg. Peers come with the extra `bench`, and are left out
where they are not installed. `small` shows in two minutes that everything works; `full` is what
figures and targets are read from: it takes half an hour or more, and 4 GB of disk.
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
    again,
    builds,
    checks,
    fingerprints,
    kinds,
    profiles,
    reals,
    results,
    searches,
    starts,
)
from benchmarks.speed.bench import FULL, MAKING, SMALL, Bench, done, ours
from benchmarks.speed.machine import machine
from benchmarks.speed.measuring import work
from benchmarks.speed.targets import FIGURES, RATIOS, judged
from benchmarks.speed.telling import Section

PARTS: dict[str, Callable[[Bench], Section]] = {
    "fingerprints": fingerprints.section,
    "searches": searches.section,
    "kinds": kinds.section,
    "checks": checks.section,
    "builds": builds.section,
    "again": again.section,
    "reals": reals.section,
    "starts": starts.section,
    "profiles": profiles.section,
}
OTHER = "DECONTAMINATE_PYTHON"
NEWER = (3, 12)


def main() -> None:
    options = _options()
    facts = machine()
    sections: list[Section] = []
    with _folder(options.work) as folder:
        bench, words = _prepared(options, folder)
        for name in options.only or PARTS:
            sections.append(run_part(name, PARTS[name], bench))
            results.write(options.out, sections, facts, size=options.size, words=words)
    _tell(sections, full=options.size == "full")
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
        default=os.environ.get(OTHER),
        help=f"interpreter that has decontaminate; default: ${OTHER}",
    )
    add("--only", nargs="+", choices=list(PARTS), metavar="PART", help=", ".join(PARTS))
    add("--rounds", type=int, metavar="N", help="runs of each measurement")
    add("--out", type=Path, default=Path(__file__).parent, metavar="DIR", help="of RESULTS.md")
    add("--work", type=Path, metavar="DIR", help="of data, kept; default: a temporary one")
    return parser.parse_args()


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept.resolve()
        return
    with TemporaryDirectory() as folder:
        yield Path(folder)


def _prepared(options: argparse.Namespace, folder: Path) -> tuple[Bench, int]:
    """Make the vocabulary, and forget registries of earlier runs: they may be of other code."""
    addresses = [os.path.abspath(one) for one in options.words]
    own = folder / f"{zlib.crc32(repr(addresses).encode()):08x}"
    own.mkdir(exist_ok=True)
    for registry in own.glob("registry-*"):
        shutil.rmtree(registry)
    sizes = FULL if options.size == "full" else SMALL
    bench = Bench(
        replace(sizes, rounds=options.rounds or sizes.rounds),
        own,
        options.scripts and os.path.abspath(options.scripts),
        options.decontaminate_python or (sys.executable if sys.version_info >= NEWER else None),
        _uncached(),
        options.posts and os.path.abspath(options.posts),
        [os.path.abspath(one) for one in options.pages],
    )
    made = done(work(f"{MAKING}:make_vocabulary", file=bench.words, addresses=addresses))
    return bench, made.told["words"]


def _uncached() -> Sequence[str]:
    """Give what keeps a check from answering out of what it knows of an earlier one."""
    said = done(ours("check", "--help", cores=None)).told["stdout"]
    return ("--no-cache",) if "--no-cache" in said else ()


def run_part(name: str, section: Callable[[Bench], Section], bench: Bench) -> Section:
    """Measure a part, and say that it did not work where it did not."""
    start = time.perf_counter()
    print(f"{name} …", file=sys.stderr, flush=True)
    try:
        made = section(bench)
    except RuntimeError as error:  # an hour's other figures are worth keeping
        print(error, file=sys.stderr)
        made = Section(name.capitalize(), [f"Not measured: {str(error).splitlines()[0]}"])
    print(f"{name}: {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    return made


def _tell(sections: Sequence[Section], *, full: bool) -> None:
    facts = results.facts_of(sections)
    for target in judged((*RATIOS, *FIGURES), full=full):
        if target.fact in facts:
            print(" | ".join(target.told(facts[target.fact])).replace("**", ""))


if __name__ == "__main__":
    main()
