"""Start-up: what is paid before the first byte is read."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from benchmarks.speed.bench import LONG, Bench, done, ours
from benchmarks.speed.measuring import Measured, interleaved
from benchmarks.speed.telling import Section, Table, seconds

CACHES = ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME")
"""Where compiled kernels may be kept: pointed to an empty folder, nothing is compiled yet."""

_WORDS = (
    "From process start to its end. *The first ever* check finds no compiled kernels: its caches "
    "are pointed to an empty folder."
)


def section(bench: Bench) -> Section:
    """Measure help, a small check, and the same with nothing compiled."""
    registry = bench.built(bench.posts(bench.sizes.registries[0], LONG))
    small = bench.pages(1)
    done(bench.check(small, registry, None))  # compiles
    runs = interleaved(
        {
            "--help": partial(ours, "--help", cores=None),
            "check of 1 MB, warm": partial(bench.check, small, registry, None),
        },
        bench.sizes.starts,
    )
    first = {"check of 1 MB, the first ever": partial(_first_ever, bench, small, registry)}
    runs |= interleaved(first, bench.sizes.rounds)
    for own in runs.values():
        done(own.runs[-1])
    rows = [[name, seconds(own.best), seconds(own.median)] for name, own in runs.items()]
    facts = zip(("help", "warm", "first"), (own.best for own in runs.values()), strict=True)
    return Section("Start-up", [_WORDS, Table(("", "best, s", "middle, s"), rows)], dict(facts))


def _first_ever(bench: Bench, corpus: str, registry: str) -> Measured:
    with empty_caches():
        return bench.check(corpus, registry, None)


@contextmanager
def empty_caches() -> Iterator[None]:
    """Let processes that are started inside find nothing compiled."""
    before = {name: os.environ.get(name) for name in CACHES}
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(dict.fromkeys(CACHES, folder))
        try:
            yield
        finally:
            for name, value in before.items():
                os.environ.pop(name)
                if value is not None:
                    os.environ[name] = value
