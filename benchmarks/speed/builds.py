"""Registries: how fast they are built, how large they are, how little a larger one costs."""

from functools import partial

from benchmarks.speed.bench import LONG, SHORT, Bench, done
from benchmarks.speed.checks import CORES
from benchmarks.speed.measuring import Runs, interleaved, work
from benchmarks.speed.telling import NONE, Section, Table, gigabytes, seconds, short

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
    short_posts = bench.posts(sizes.built, SHORT)
    lines = short_posts.replace(".parquet", ".jsonl.zst")
    grown = [bench.posts(count, LONG) for count in sizes.registries]
    corpus = bench.pages(sizes.corpora[-1])
    builds = {dump: partial(bench.build, dump, CORES) for dump in (short_posts, lines, *grown)}
    built = interleaved(builds, sizes.rounds)
    for runs in built.values():
        done(runs.runs[-1])
    checked = interleaved(
        {dump: partial(bench.check, corpus, str(bench.registry(dump)), CORES) for dump in grown},
        sizes.rounds,
    )
    for runs in checked.values():
        done(runs.runs[-1])
    weights = {dump: _weight(bench, dump) for dump in built}
    rows = [_row(bench, dump, weights[dump], built[dump], checked.get(dump)) for dump in built]
    words = _WORDS.format(cores=CORES, corpus=sizes.corpora[-1])
    return Section(
        "Registries, and the growth of a check with them",
        [words, Table(_COLUMNS, rows)],
        {
            "build from parquet": sizes.built / built[short_posts].best,
            "build from zst": sizes.built / built[lines].best,
            "registry of 1.5 M": checked[grown[2]].best / checked[grown[1]].best,
            "registry growth": checked[grown[2]].best / checked[grown[0]].best,
            "bytes a posting": weights[grown[2]]["a posting"],
        },
        curves={
            "Seconds a check, by thousands of posts": [
                (count / 1000, checked[dump].best)
                for count, dump in zip(sizes.registries, grown, strict=True)
            ]
        },
    )


def _weight(bench: Bench, dump: str) -> dict[str, float]:
    told = done(work("benchmarks.speed.ours:size_on_disk", folder=str(bench.registry(dump)))).told
    return {**told, "a posting": (told["bytes"] - told["apart"]) / told["postings"]}


def _row(
    bench: Bench, dump: str, weight: dict[str, float], build: Runs, check: Runs | None
) -> list[str]:
    told = bench.told(dump.replace(".jsonl.zst", ".parquet"))
    return [
        "Parquet" if dump.endswith(".parquet") else "JSON Lines, zstd",
        short(told["posts"]),
        short(told["bytes"] / told["posts"]),
        seconds(build.best),
        short(told["posts"] / build.best),
        short(told["bytes"] / 1e6 / build.best),
        gigabytes(build.peak),
        gigabytes(weight["bytes"]),
        short(weight["a posting"]),
        seconds(check.best) if check else NONE,
        gigabytes(check.peak) if check else NONE,
    ]
