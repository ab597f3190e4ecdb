"""Benchmark of the kernels by kind of text."""

from functools import partial
from pathlib import Path

from benchmarks.speed.bench import MAKING, SHORT, Bench, require_success
from benchmarks.speed.measuring import Measurement, Runs, run_interleaved, work
from benchmarks.speed.sections import Section, Table, short

PAGES = "English pages"
PASSES = ("tokens", "shingles", "probes in cache", "probes in memory", "signatures")
_WORDS = (
    "MB of UTF-8 text a second on one core, each pass from the text on: *tokens*; *shingles* of 4 "
    "words, with their tokens; *probes*, a scan for {sought:,} posts that are not there, with a "
    "filter that stays in the cache, or one of {filter:,} MiB that does not; *signatures* of 128 "
    "slots. Best of three runs a process (processes in turn: {rounds}), texts in memory, "
    "two megabytes at a time. {letters}"
)
_RARE = "and as many that are put together of their halves, since words that recur are read faster."
_REAL = f"Words of the scripts are those of the texts that were named with `--scripts`, {_RARE}"
_MADE = f"Words of the scripts are made up of their letters, {_RARE}"


def section(bench: Bench) -> Section:
    """Measure each kind of text."""
    posts = bench.posts(2000, SHORT)
    folder = bench.folder / "kinds"
    folder.mkdir(exist_ok=True)
    data = require_success(
        work(
            f"{MAKING}:make_kinds",
            folder=str(folder),
            words=bench.words,
            megabytes=bench.sizes.kinds,
            declarations=bench.declarations,
            seed=4,
        )
    )
    names = data.output["kinds"][: bench.sizes.scripts]
    runs = run_interleaved(
        {name: partial(_stages, bench, folder / f"{name}.parquet", posts) for name in names},
        bench.sizes.rounds,
    )
    rates = {name: _rates(passes) for name, passes in runs.items()}
    words = _WORDS.format(
        sought=2000,
        filter=bench.sizes.filter >> 20,
        rounds=bench.sizes.rounds,
        letters=_REAL if bench.declarations else _MADE,
    )
    rows = [[name, *(short(passes[one]) for one in PASSES)] for name, passes in rates.items()]
    facts = {name: rates[PAGES][name] for name in PASSES if name != "signatures"}
    return Section("Passes, by kind of text", [words, Table(("", *PASSES), rows)], facts)


def _stages(bench: Bench, file: Path, posts: str) -> Measurement:
    megabytes = bench.sizes.filter >> 20
    task = "benchmarks.speed.stages:stages"
    return require_success(work(task, 1, file=str(file), posts=posts, megabytes=megabytes))


def _rates(runs: Runs) -> dict[str, float]:
    return {
        name: runs.output["bytes"] / 1e6 / min(float(run.output[name]) for run in runs.runs)
        for name in PASSES
    }
