"""Benchmark of signatures: provenance and peers on the same texts, one core each."""

from functools import partial

from benchmarks.speed.bench import SHORT, Bench
from benchmarks.speed.measuring import Measurement, Runs, run_interleaved, work
from benchmarks.speed.sections import NONE, Section, Table, gigabytes, short

LIBRARIES = {
    "ours": "benchmarks.speed.ours:sign",
    "daft": "benchmarks.peers.daft:signatures",
    "rensa": "benchmarks.peers.rensa:signatures",
    "datasketch": "benchmarks.peers.datasketch:signatures",
    "datatrove": "benchmarks.peers.datatrove:signatures",
}
_WORDS = (
    "128 slots, shingles of 5 words, one core, no start-up: texts are in memory, and end as "
    "signatures in memory (datatrove writes them, as it does). Each run is a process of its own; "
    "libraries take turns. Best run, and in brackets the one in the middle. rensa and datasketch "
    "are given shingles that Python makes, lower-cased, as their users do; daft splits at spaces "
    "and normalises nothing; datatrove cuts words with spaCy. Slow ones sign the first {sizes} of "
    "the same texts."
)


def section(bench: Bench) -> Section:
    """Measure all libraries on pages and on posts."""
    limits = bench.sizes.pages
    pages = _measure_libraries(bench, bench.pages(max(limits.values())))
    posts = _measure_libraries(bench, bench.posts(bench.sizes.signed_posts, SHORT))
    slow = [f"{size:g} MB ({name})" for name, size in limits.items() if size < max(limits.values())]
    columns = ("library", "pages, MB/s", "posts, MB/s", "posts/s", "peak, GB", "ours is faster by")
    facts = {}
    if not pages["ours"].absent:
        facts["signatures"] = speed(pages["ours"])
        for name, runs in pages.items():
            if name != "ours" and not runs.absent:
                facts[f"signatures / {name}"] = facts["signatures"] / speed(runs)
    rows = [_row(name, pages[name], posts[name], facts) for name in LIBRARIES]
    bars = [(name, speed(runs)) for name, runs in pages.items() if not runs.absent]
    return Section(
        "Fingerprints: text to signatures",
        [_WORDS.format(sizes=", ".join(slow)), Table(columns, rows)],
        facts,
        {"Text to signatures, MB/s a core": bars},
    )


def _measure_libraries(bench: Bench, file: str) -> dict[str, Runs]:
    works = {
        name: partial(_sign, task, file, bench.sizes.pages[name])
        for name, task in LIBRARIES.items()
    }
    return run_interleaved(works, bench.sizes.rounds)


def _sign(task: str, file: str, megabytes: float) -> Measurement:
    return work(task, 1, file=file, megabytes=megabytes)


def speed(runs: Runs) -> float:
    """Return the MB/s of the best run."""
    return float(runs.output["bytes"]) / runs.best / 1e6


def _row(name: str, pages: Runs, posts: Runs, facts: dict[str, float]) -> list[str]:
    if pages.absent or posts.absent:
        return [name, pages.absent or posts.absent, *[NONE] * 4]
    ratio = facts.get(f"signatures / {name}")
    return [
        f"{name} {pages.output['version']}",
        _speed_text(pages),
        _speed_text(posts),
        short(posts.output["texts"] / posts.best),
        gigabytes(pages.peak),
        NONE if ratio is None else f"**{short(ratio)} times**",
    ]


def _speed_text(runs: Runs) -> str:
    return f"{short(speed(runs))} ({short(speed(runs) * runs.best / runs.median)})"
