"""Profile of a check, compared with the limits of the machine."""

from functools import partial

from benchmarks.speed.bench import LONG, Bench, require_success
from benchmarks.speed.measuring import run_interleaved, work
from benchmarks.speed.sections import NONE, Section, Table, seconds, share, short

PARTS = ("decode", "tokens", "shingles", "probes", "matching")
START = "start-up"
_WORDS = (
    "{size:.0f} MB of pages against {posts:,} posts on one core; {held:.1%} of the pages' "
    "shingles stand in some post by chance. The passes are timed on slices that go through all of "
    "them one by one, as in a check, and decoding by itself; *start-up* is a check of 1 MB, the "
    "registry opened and the report written; *rest* is what a whole check, from process start to "
    "files on disk, takes beyond them: the sample of the corpus, attribution, findings. Where it "
    "is less than nothing, it is smaller than the noise."
)
_LIMIT = (
    "Decoding the Parquet file alone, on a core, goes at {decode} MB/s, and memory is read at "
    "{memory} MB/s. Tokens, shingles, probes and matching go at {passes} MB/s, **{near} of the "
    "speed of decoding**; a reader that did nothing else would need {floor} of the time that the "
    "whole check takes."
)


def section(bench: Bench) -> Section:
    """Measure the parts of a check."""
    corpus = bench.pages(bench.sizes.middle)
    posts = bench.posts(bench.sizes.registries[1], LONG)
    registry = bench.ensure_registry(posts)
    task = "benchmarks.speed.limits:parts"
    timings = require_success(work(task, 1, corpus=corpus, registry=registry)).output
    runs = run_interleaved(
        {
            START: partial(bench.check, bench.pages(1), registry, 1),
            "whole": partial(bench.check, corpus, registry, 1),
        },
        bench.sizes.rounds,
    )
    for measurements in runs.values():
        require_success(measurements.runs[-1])
    start, total = runs[START].best, runs["whole"].best
    parts = [(part, timings[part]) for part in PARTS] + [(START, start)]
    parts.append(("rest", total - sum(part for _, part in parts)))
    size = timings["bytes"] / 1e6
    rows = [
        [name, seconds(value), f"{value / total:.0%}", short(size / value) if value > 0 else NONE]
        for name, value in parts
    ]
    rows.append(["**whole check**", seconds(total), "100%", short(size / total)])
    passes = sum(timings[part] for part in PARTS[1:])
    limit = _LIMIT.format(
        decode=short(size / timings["decode"]),
        memory=short(size / timings["memory"]),
        passes=short(size / passes),
        near=share(timings["decode"] / passes),
        floor=share(timings["decode"] / total),
    )
    words = _WORDS.format(size=size, posts=bench.sizes.registries[1], held=timings["held"])
    columns = ("part", "seconds", "share", "MB/s")
    return Section("Where the time goes", [words, Table(columns, rows), limit])
