"""Benchmark of repeated checks with the result cache."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.speed.bench import LONG, Bench, require_success
from benchmarks.speed.checks import CORES
from benchmarks.speed.measuring import Measurement, Runs
from benchmarks.speed.sections import Section, Table, seconds, short

SHARDS = 100
CACHE = "PROVENANCE_CACHE"

_WORDS = (
    "{megabytes} MB of pages in {shards} files against {posts:,} posts, {cores} cores, from "
    "process start to files on disk. *The first time* nothing is known, and what is learnt is "
    "kept for the next check; the others know it. What has not changed is hashed, not read."
)


def section(bench: Bench) -> Section:
    """Measure checks without a cache, with an empty one, and with one that has nearly all parts."""
    sizes = bench.sizes
    posts = bench.posts(sizes.registries[1], LONG)
    registry, pages = bench.ensure_registry(posts), bench.pages(sizes.corpora[-1])
    folder, replacement = bench.shards(pages, SHARDS)
    runs_by_name: dict[str, list[Measurement]] = {}
    for _ in range(sizes.rounds):
        for name, run in _steps(bench, folder, replacement, registry):
            runs_by_name.setdefault(name, []).append(require_success(run))
    runs = {name: Runs(measurements) for name, measurements in runs_by_name.items()}
    first = runs[_FIRST].best
    rows = [
        [
            name,
            seconds(measurements.best),
            seconds(measurements.median),
            short(measurements.best / first),
        ]
        for name, measurements in runs.items()
    ]
    words = _WORDS.format(
        megabytes=short(bench.file_facts(pages)["bytes"] / 1e6),
        shards=SHARDS,
        posts=sizes.registries[1],
        cores=CORES,
    )
    columns = ("", "best, s", "middle, s", "of the first")
    return Section("Datasets checked again", [words, Table(columns, rows)], {})


_FIRST = "the first time"


def _steps(
    bench: Bench, folder: str, replacement: str, registry: str
) -> Iterator[tuple[str, Measurement]]:
    """Yield checks that are run one after the other and share a cache."""
    yield "without a cache", bench.check(folder, registry, CORES)
    with _temporary_cache():
        caching = replace(bench, options=())
        yield _FIRST, caching.check(folder, registry, CORES)
        yield "again", caching.check(folder, registry, CORES)
        elsewhere = replace(bench, options=("--purpose", "evaluation"))
        yield "again, under another policy", elsewhere.check(folder, registry, CORES)
        with _replaced_file(min(Path(folder).iterdir()), Path(replacement)):
            run = caching.check(folder, registry, CORES)
        yield f"one file of {SHARDS} changed", run


@contextmanager
def _temporary_cache() -> Iterator[None]:
    """Use a temporary cache folder for checks within the context."""
    before = os.environ.get(CACHE)
    with TemporaryDirectory() as folder:
        os.environ[CACHE] = folder
        try:
            yield
        finally:
            os.environ.pop(CACHE)
            if before is not None:
                os.environ[CACHE] = before


@contextmanager
def _replaced_file(file: Path, replacement: Path) -> Iterator[None]:
    """Replace a file by another within the context."""
    backup = file.with_suffix(".aside")
    file.rename(backup)
    shutil.copyfile(replacement, file)
    try:
        yield
    finally:
        backup.replace(file)
