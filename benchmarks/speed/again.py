"""Datasets checked again: what it costs where an earlier check kept what it learnt."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.speed.bench import LONG, Bench, done
from benchmarks.speed.checks import CORES
from benchmarks.speed.measuring import Measured, Runs
from benchmarks.speed.telling import Section, Table, seconds, short

SHARDS = 100
CACHE = "PROVENANCE_CACHE"

_WORDS = (
    "{megabytes} MB of pages in {shards} files against {posts:,} posts, {cores} cores, from "
    "process start to files on disk. *The first time* nothing is known, and what is learnt is "
    "kept for the next check; the others know it. What has not changed is hashed, not read."
)


def section(bench: Bench) -> Section:
    """Measure checks without a cache, with an empty one, and with one that knows nearly all."""
    sizes = bench.sizes
    posts = bench.posts(sizes.registries[1], LONG)
    registry, pages = bench.built(posts), bench.pages(sizes.corpora[-1])
    folder, other = bench.shards(pages, SHARDS)
    found: dict[str, list[Measured]] = {}
    for _ in range(sizes.rounds):
        for name, run in _steps(bench, folder, other, registry):
            found.setdefault(name, []).append(done(run))
    runs = {name: Runs(own) for name, own in found.items()}
    first = runs[_FIRST].best
    rows = [
        [name, seconds(own.best), seconds(own.median), short(own.best / first)]
        for name, own in runs.items()
    ]
    words = _WORDS.format(
        megabytes=short(bench.told(pages)["bytes"] / 1e6),
        shards=SHARDS,
        posts=sizes.registries[1],
        cores=CORES,
    )
    columns = ("", "best, s", "middle, s", "of the first")
    return Section("Datasets checked again", [words, Table(columns, rows)], {})


_FIRST = "the first time"


def _steps(bench: Bench, folder: str, other: str, registry: str) -> Iterator[tuple[str, Measured]]:
    """Run a check after the other, each of which finds what those before it left."""
    yield "without a cache", bench.check(folder, registry, CORES)
    with _remembering():
        keeping = replace(bench, options=())
        yield _FIRST, keeping.check(folder, registry, CORES)
        yield "again", keeping.check(folder, registry, CORES)
        elsewhere = replace(bench, options=("--purpose", "evaluation"))
        yield "again, under another policy", elsewhere.check(folder, registry, CORES)
        with _in_place_of(min(Path(folder).iterdir()), Path(other)):
            run = keeping.check(folder, registry, CORES)
        yield f"one file of {SHARDS} changed", run


@contextmanager
def _remembering() -> Iterator[None]:
    """Let checks that are started inside keep what they learn, in a folder of their own."""
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
def _in_place_of(file: Path, other: Path) -> Iterator[None]:
    """Let a file hold what another does."""
    aside = file.with_suffix(".aside")
    file.rename(aside)
    shutil.copyfile(other, file)
    try:
        yield
    finally:
        aside.replace(file)
