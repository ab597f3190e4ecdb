"""Benchmark of registries: build speed, size, and the cost of a larger one."""

from functools import partial

from benchmarks.speed.bench import LONG, SHORT, Bench, require_success
from benchmarks.speed.checks import CORES
from benchmarks.speed.measuring import Runs, run_interleaved, work
from benchmarks.speed.sections import NONE, Section, Table, gigabytes, seconds, short

_WORDS = (
    "`provenance registry build` from process start to files on disk, {cores} cores; then a check "
    "of {corpus:g} MB of pages against it. Postings are counted as the registry keeps them; bytes "
    "a posting leave texts and signatures of long items aside."
)
_COLUMNS = (
    *("dump", "posts", "bytes a post", "build, s", "posts/s", "MB/s", "peak, GB"),
    *("on disk, GB", "bytes a posting", "check, s", "peak, GB"),
)


def section(bench: Bench) -> Section:
    """Measure builds from both kinds of dump, and registries of growing size."""
    sizes = bench.sizes
    short_posts = bench.posts(sizes.build_posts, SHORT)
    lines = short_posts.replace(".parquet", ".jsonl.zst")
    dumps = [bench.posts(count, LONG) for count in sizes.registries]
    corpus = bench.pages(sizes.corpora[-1])
    builds = {dump: partial(bench.build, dump, CORES) for dump in (short_posts, lines, *dumps)}
    build_runs = run_interleaved(builds, sizes.rounds)
    for runs in build_runs.values():
        require_success(runs.runs[-1])
    checks = run_interleaved(
        {dump: partial(bench.check, corpus, str(bench.registry(dump)), CORES) for dump in dumps},
        sizes.rounds,
    )
    for runs in checks.values():
        require_success(runs.runs[-1])
    weights = {dump: _weight(bench, dump) for dump in build_runs}
    rows = [
        _row(bench, dump, weights[dump], build_runs[dump], checks.get(dump)) for dump in build_runs
    ]
    words = _WORDS.format(cores=CORES, corpus=sizes.corpora[-1])
    return Section(
        "Registries, and the growth of a check with them",
        [words, Table(_COLUMNS, rows)],
        {
            "build from parquet": sizes.build_posts / build_runs[short_posts].best,
            "build from zst": sizes.build_posts / build_runs[lines].best,
            "registry of 1.5 M": checks[dumps[2]].best / checks[dumps[1]].best,
            "registry growth": checks[dumps[2]].best / checks[dumps[0]].best,
            "bytes a posting": weights[dumps[2]]["a posting"],
        },
        curves={
            "Seconds a check, by thousands of posts": [
                (count / 1000, checks[dump].best)
                for count, dump in zip(sizes.registries, dumps, strict=True)
            ]
        },
    )


def _weight(bench: Bench, dump: str) -> dict[str, float]:
    sizes = require_success(
        work("benchmarks.speed.ours:size_on_disk", folder=str(bench.registry(dump)))
    ).output
    return {**sizes, "a posting": (sizes["bytes"] - sizes["apart"]) / sizes["postings"]}


def _row(
    bench: Bench, dump: str, weight: dict[str, float], build: Runs, check: Runs | None
) -> list[str]:
    facts = bench.file_facts(dump.replace(".jsonl.zst", ".parquet"))
    return [
        "Parquet" if dump.endswith(".parquet") else "JSON Lines, zstd",
        short(facts["posts"]),
        short(facts["bytes"] / facts["posts"]),
        seconds(build.best),
        short(facts["posts"] / build.best),
        short(facts["bytes"] / 1e6 / build.best),
        gigabytes(build.peak),
        gigabytes(weight["bytes"]),
        short(weight["a posting"]),
        seconds(check.best) if check else NONE,
        gigabytes(check.peak) if check else NONE,
    ]
