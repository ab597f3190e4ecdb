"""The profile: where the time of a check goes, and how near that is to what the machine can do."""

from functools import partial

from benchmarks.speed.bench import LONG, Bench, done
from benchmarks.speed.measuring import interleaved, work
from benchmarks.speed.telling import NONE, Section, Table, seconds, share, short

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
    """Take a check apart."""
    corpus = bench.pages(bench.sizes.middle)
    posts = bench.posts(bench.sizes.registries[1], LONG)
    registry = bench.built(posts)
    task = "benchmarks.speed.limits:parts"
    told = done(work(task, 1, corpus=corpus, registry=registry)).told
    runs = interleaved(
        {
            START: partial(bench.check, bench.pages(1), registry, 1),
            "whole": partial(bench.check, corpus, registry, 1),
        },
        bench.sizes.rounds,
    )
    for own in runs.values():
        done(own.runs[-1])
    start, whole = runs[START].best, runs["whole"].best
    spent = [(part, told[part]) for part in PARTS] + [(START, start)]
    spent.append(("rest", whole - sum(part for _, part in spent)))
    size = told["bytes"] / 1e6
    rows = [
        [name, seconds(one), f"{one / whole:.0%}", short(size / one) if one > 0 else NONE]
        for name, one in spent
    ]
    rows.append(["**whole check**", seconds(whole), "100%", short(size / whole)])
    passes = sum(told[part] for part in PARTS[1:])
    limit = _LIMIT.format(
        decode=short(size / told["decode"]),
        memory=short(size / told["memory"]),
        passes=short(size / passes),
        near=share(told["decode"] / passes),
        floor=share(told["decode"] / whole),
    )
    words = _WORDS.format(size=size, posts=bench.sizes.registries[1], held=told["held"])
    columns = ("part", "seconds", "share", "MB/s")
    return Section("Where the time goes", [words, Table(columns, rows), limit])
