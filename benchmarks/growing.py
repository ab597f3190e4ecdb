"""Measure how a registry grows, and write REGISTRIES.md and registries.svg.

    python -m benchmarks.growing [--posts N] [--additions N] [--removals N] [--work DIR] [--out DIR]

Posts of 12 to 60 words are drawn from the words of the shipped sample, a million to a dump. A
registry is built of them; then a thousand posts are added at a time, and ten at a time are removed;
it is compacted and verified; and pages are checked against it and against one of a million posts.
Each figure is of a command of its own, from process start to end.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.__main__ import work_folder
from benchmarks.speed.machine import machine
from benchmarks.speed.measuring import ROOT, Measurement, command
from benchmarks.speed.plots import growth
from benchmarks.speed.sections import Table, gigabytes, seconds

SAMPLE = ROOT / "provenance" / "sample" / "pages.jsonl"
DUMP_POSTS, ADDED_POSTS, REMOVED_POSTS = 1_000_000, 1_000, 10
PAGES = 40_000
_WORDS = 100_000  # of the vocabulary; how often each occurs follows Zipf's law

_HEAD = """# Registries that grow

Written by `python -m benchmarks.growing`. {posts:,} generated posts of 12 to 60 words, without
texts; {additions:,} additions of {added:,} posts and {removals:,} removals of {removed} posts. Each
figure is of a command from process start to end; memory is what was allocated, without mapped
files.

![Growth](registries.svg)
"""


def main() -> int:
    options = _options()
    with work_folder(options.work) as folder:
        tables, curves = _measure(options, folder)
    text = _HEAD.format(
        posts=options.posts,
        additions=options.additions,
        added=ADDED_POSTS,
        removals=options.removals,
        removed=REMOVED_POSTS,
    )
    facts = "\n".join(f"- {fact}" for fact in machine())
    page = "\n\n".join([text.strip(), *map(str, tables), f"## The machine\n\n{facts}"])
    (options.out / "REGISTRIES.md").write_text(f"{page}\n", "utf-8")
    chart = growth("Registries that grow", "Seconds from process start to end", curves)
    (options.out / "registries.svg").write_text(chart, "utf-8")
    print(f"REGISTRIES.md and registries.svg are in {options.out}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growing")
    add = parser.add_argument
    add("--posts", type=int, default=20_000_000, help="default: 20 million")
    add("--additions", type=int, default=1_000, help="default: 1,000")
    add("--removals", type=int, default=100, help="default: 100")
    add("--work", type=Path, metavar="DIR", help="of data, kept; default: a temporary one")
    add("--out", type=Path, default=ROOT / "benchmarks", metavar="DIR", help="of REGISTRIES.md")
    return parser.parse_args()


Curve = list[tuple[float, float]]


def _measure(options: argparse.Namespace, folder: Path) -> tuple[list[Table], dict[str, Curve]]:
    dumps = [_dump(folder, number) for number in range(-(-options.posts // DUMP_POSTS))]
    pages = _pages(folder)
    million, registry = folder / "million", folder / "registry"
    for path in (million, registry):
        shutil.rmtree(path, ignore_errors=True)
    small = _registry("build", million, "--no-text", dumps[0])
    build = _registry("build", registry, "--no-text", *dumps)
    size = _manifest(registry)["bytes_per_posting"]
    rows = [
        ["build of a million posts", *_cells(small), f"{DUMP_POSTS / small.seconds:,.0f} posts/s"],
        ["build of all", *_cells(build), f"{options.posts / build.seconds:,.0f} posts/s"],
    ]
    checks = [_check(pages, path, folder / "report") for path in (million, registry)]
    rows += [
        ["check of pages against a million posts", *_cells(checks[0]), ""],
        ["… against all", *_cells(checks[1]), f"{checks[1].seconds / checks[0].seconds:.2f} times"],
    ]
    additions = list(_additions(registry, folder, options.additions))
    removals = list(_removals(registry, folder, options.removals))
    segments = len(_manifest(registry)["segments"])
    rows += [
        _row(f"{len(additions):,} additions", additions),
        _row(f"{len(removals):,} removals", removals),
    ]
    grown = _check(pages, registry, folder / "report")
    compact, verify = (_registry(name, registry) for name in ("compact", "verify"))
    rows += [
        [f"check of pages against {segments} segments", *_cells(grown), ""],
        ["compaction", *_cells(compact), f"{len(_manifest(registry)['segments'])} segments"],
        ["verification", *_cells(verify), f"{size:.1f} bytes a posting"],
    ]
    table = Table(["", "seconds", "CPU seconds", "memory, GB", ""], rows)
    curves = {
        "Additions: median since the point before": _curve([run.seconds for run in additions]),
        "Removals: median since the point before": _curve([run.seconds for run in removals]),
    }
    return [table], curves


def _row(name: str, runs: Sequence[Measurement]) -> list[str]:
    times = np.array([run.seconds for run in runs] or [0.0])
    memory = max((run.anonymous for run in runs), default=0)
    cpu = sum(run.cpu for run in runs)
    note = f"median {np.median(times):.2f} s, longest {times.max():.2f} s"
    return [name, seconds(times.sum()), seconds(cpu), gigabytes(memory), note]


def _cells(run: Measurement) -> list[str]:
    return [seconds(run.seconds), seconds(run.cpu), gigabytes(run.anonymous)]


def _curve(times: Sequence[float]) -> Curve:
    ends = [end for power in range(6) for end in (10**power, 2 * 10**power, 5 * 10**power)]
    ends = [end for end in ends if end < len(times)] + [len(times)]
    return [
        (float(end), float(np.median(times[begin:end])))
        for begin, end in pairwise([0, *ends])
        if begin < end
    ]


def _registry(name: str, registry: Path, *words: str | Path) -> Measurement:
    options = ["--source", "reddit", "--quiet"] if name in ("build", "add") else []
    return _run(["registry", name, str(registry), *options, *map(str, words)])


def _check(pages: Path, registry: Path, report: Path) -> Measurement:
    shutil.rmtree(report, ignore_errors=True)
    words = ["check", str(pages), "--registry", str(registry), "--no-cache", "-q", "-o"]
    return _run([*words, str(report)])


def _run(words: Sequence[str]) -> Measurement:
    run = command([sys.executable, "-m", "provenance", *words], accepts=(0, 1))
    if run.absent:
        raise SystemExit(f"provenance {' '.join(words[:2])} {run.absent}")
    return run


def _manifest(registry: Path) -> dict[str, object]:
    content: dict[str, object] = json.loads((registry / "registry.json").read_text("utf-8"))
    return content


def _additions(registry: Path, folder: Path, count: int) -> Iterator[Measurement]:
    for number in range(count):
        dump = folder / "added.parquet"
        pq.write_table(_posts(ADDED_POSTS, 10_000 + number, f"added-{number}-"), dump)
        yield _registry("add", registry, dump)


def _removals(registry: Path, folder: Path, count: int) -> Iterator[Measurement]:
    for number in range(count):
        ids = folder / "removed.txt"
        first = number * REMOVED_POSTS
        ids.write_text("".join(f"0-{first + row}\n" for row in range(REMOVED_POSTS)), "utf-8")
        yield _registry("remove", registry, "--ids", ids, "--reason", "measured")


def _dump(folder: Path, number: int) -> Path:
    path = folder / f"dump-{number}.parquet"
    if not path.exists():
        pq.write_table(_posts(DUMP_POSTS, number, f"{number}-"), path, compression="zstd")
    return path


def _pages(folder: Path) -> Path:
    path = folder / "pages.parquet"
    if not path.exists():
        table = _posts(PAGES * 10, -1, "page-")
        lists = pa.ListArray.from_arrays(np.arange(0, PAGES * 10 + 1, 10, np.int32), _column(table))
        pq.write_table(pa.table({"text": pc.binary_join(lists, " ")}), path)
    return path


def _column(table: pa.Table) -> pa.Array:
    return table["text"].combine_chunks()


def _posts(count: int, seed: int, prefix: str) -> pa.Table:
    """Return posts with ids, dates and authors."""
    rng = np.random.default_rng(seed + 1)
    lengths = rng.integers(12, 61, count)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    shares = 1 / np.arange(1, _WORDS + 1)
    drawn = np.searchsorted(np.cumsum(shares / shares.sum()), rng.random(offsets[-1]))
    words = pa.array(_vocabulary()).take(pa.array(drawn.clip(0, _WORDS - 1)))
    ids = pa.array(np.arange(count)).cast(pa.string())
    seconds_since = 1_577_836_800 + max(seed, 0) * 300_000 + rng.integers(0, 300_000, count)
    return pa.table(
        {
            "id": pc.binary_join_element_wise(prefix, ids, ""),
            "text": pc.binary_join(pa.ListArray.from_arrays(offsets, words), " "),
            "created_at": pa.array(seconds_since).cast(pa.timestamp("s", "UTC")),
            "author": pa.array(rng.integers(0, 3_000_000, count)).cast(pa.string()),
        }
    )


def _vocabulary() -> list[str]:
    """Return the words of the shipped sample, and pairs of them until there are enough."""
    texts = (json.loads(line)["text"] for line in SAMPLE.read_text("utf-8").splitlines())
    words = sorted({word.lower() for text in texts for word in text.split() if word.isalpha()})
    return [*words, *_pairs(words, _WORDS - len(words))]


def _pairs(words: Sequence[str], count: int) -> Iterable[str]:
    return (words[at % len(words)] + words[at // len(words)] for at in range(max(count, 0)))


if __name__ == "__main__":
    sys.exit(main())
