"""Benchmark of start-up time."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from benchmarks.speed.bench import LONG, Bench, ours, require_success
from benchmarks.speed.measuring import Measurement, run_interleaved
from benchmarks.speed.sections import Section, Table, seconds

CACHES = ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME")
"""Variables of folders with compiled kernels."""

_WORDS = (
    "From process start to its end. *The first ever* check finds no compiled kernels: its caches "
    "are pointed to an empty folder."
)


def section(bench: Bench) -> Section:
    """Measure `--help`, a small check, and a small check without compiled kernels."""
    registry = bench.ensure_registry(bench.posts(bench.sizes.registries[0], LONG))
    small = bench.pages(1)
    require_success(bench.check(small, registry, None))  # compiles
    runs = run_interleaved(
        {
            "--help": partial(ours, "--help", cores=None),
            "check of 1 MB, warm": partial(bench.check, small, registry, None),
        },
        bench.sizes.starts,
    )
    first = {"check of 1 MB, the first ever": partial(_first_ever, bench, small, registry)}
    runs |= run_interleaved(first, bench.sizes.rounds)
    for measurements in runs.values():
        require_success(measurements.runs[-1])
    rows = [
        [name, seconds(measurements.best), seconds(measurements.median)]
        for name, measurements in runs.items()
    ]
    facts = zip(
        ("help", "warm", "first"),
        (measurements.best for measurements in runs.values()),
        strict=True,
    )
    return Section("Start-up", [_WORDS, Table(("", "best, s", "middle, s"), rows)], dict(facts))


def _first_ever(bench: Bench, corpus: str, registry: str) -> Measurement:
    with empty_caches():
        return bench.check(corpus, registry, None)


@contextmanager
def empty_caches() -> Iterator[None]:
    """Hide compiled kernels from processes started within the context."""
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
