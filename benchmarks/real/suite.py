"""Measure checks of real text: growth with the corpus and the registry, cores, shards."""

import json
import statistics
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.real.checkouts import Checkout
from benchmarks.real.figures import (
    PAGES,
    POSTS,
    BuildFigures,
    CheckFigures,
    OpeningFigures,
    ShardFigures,
)
from benchmarks.speed.bench import require_success
from benchmarks.speed.measuring import Measurement, Runs, cores, run_interleaved, work

MAKING = "benchmarks.real.real_data"
DUMPS = ("scale/reddit_200k.parquet", "scale/reddit_300k_more.parquet")
PAGE_FILES = "background/*.jsonl.zst"
_SENTENCES = r"(?:[.!?]+[\"')\]]*\s+|\n+)"
_CLAUSES = r"(?:[.!?,;:]+[\"')\]]*\s+|\n+|\s[-\u2013(]\s?)"
SEPARATORS = {
    "recombined sentences": [_SENTENCES],
    "recombined clauses": [_CLAUSES],
    "recombined sentences or clauses": [_SENTENCES, _CLAUSES],
}
"""What ends a piece of a post, by the kind of the posts that are recombined of such pieces."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes, in posts.

    Parameters
    ----------
    registries : sequence of int
        Registries; the corpora of growing size are checked against the smallest.
    corpora : sequence of int
        Corpora of growing size.
    corpus : int
        The one that is checked against every registry, and on one core.
    few : int
        A corpus that is next to nothing: its check is start-up.
    shards : int
        Number of shards.
    files : int
        Number of files of a corpus of many.
    peer_corpus : int
        The corpus that peers search.
    """

    registries: Sequence[int]
    corpora: Sequence[int]
    corpus: int
    few: int
    shards: int
    files: int
    peer_corpus: int


FULL = Sizes(
    registries=(50_000, 100_000, 200_000, 400_000),
    corpora=(50_000, 100_000, 200_000, 400_000),
    corpus=100_000,
    few=10,
    shards=4,
    files=2_000,
    peer_corpus=50_000,
)
SMALL = Sizes(
    registries=(500, 1_000),
    corpora=(250, 500),
    corpus=500,
    few=10,
    shards=2,
    files=20,
    peer_corpus=100,
)


def missing_data(data: Path) -> str:
    """Return what the benchmark needs and is not there, or an empty string."""
    names = [name for name in DUMPS if not (data / name).exists()]
    return ", ".join(names if any(data.glob(PAGE_FILES)) else [*names, PAGE_FILES])


@dataclass(frozen=True, slots=True)
class RealTexts:
    """The texts of the benchmark, written when they are first needed.

    Parameters
    ----------
    data : Path
        The folder with the dumps and pages.
    folder : Path
        The folder to write to.
    """

    data: Path
    folder: Path

    def dump(self, count: int) -> str:
        """Return the dump of a registry."""
        return self._write_once(
            f"dump-{count}.parquet", "take_registry", posts=self._posts(), count=count
        )

    def corpus(self, count: int) -> str:
        """Return a corpus of posts."""
        return self._write_once(
            f"posts-{count}.parquet", "take_corpus", posts=self._posts(), count=count
        )

    def pages(self) -> str:
        """Return the corpus of pages."""
        files = sorted(map(str, self.data.glob(PAGE_FILES)))
        return self._write_once("pages.parquet", "cut_pages", addresses=files)

    def files(self, corpus: int, count: int) -> str:
        """Return a corpus as a folder of files."""
        name = f"posts-{corpus}-in-{count}"
        return self._write_once(name, "split_corpus", corpus=self.corpus(corpus), count=count)

    def recombined(self, kind: str, corpus: int, count: int) -> str:
        """Return posts that are recombined of the pieces of a corpus."""
        name = f"{kind.replace(' ', '-')}-{count}-of-{corpus}.parquet"
        return self._write_once(
            name,
            "recombine_posts",
            corpus=self.corpus(corpus),
            separators=SEPARATORS[kind],
            count=count,
            seed=count,
        )

    def facts(self, file: str) -> Mapping[str, Any]:
        """Return `documents` and `bytes` of a file."""
        facts: dict[str, Any] = json.loads(Path(f"{file}.json").read_text("utf-8"))
        return facts

    def _posts(self) -> str:
        return self._write_once(
            "posts.parquet", "order_posts", addresses=[str(self.data / name) for name in DUMPS]
        )

    def _write_once(self, name: str, task: str, **arguments: Any) -> str:
        file = str(self.folder / name)
        if not Path(f"{file}.json").exists():
            run = require_success(work(f"{MAKING}:{task}", file=file, **arguments))
            Path(f"{file}.json").write_text(json.dumps(run.output), "utf-8")
        return file


@dataclass(frozen=True, slots=True)
class Pair:
    """A corpus, the posts of a registry, and the cores for a check."""

    kind: str
    corpus: str
    posts: int
    cores: int


def pairs(texts: RealTexts, sizes: Sizes) -> list[Pair]:
    """Return what is checked."""
    most, smallest, largest = len(cores()), sizes.registries[0], sizes.registries[-1]
    few, corpus, pages = texts.corpus(sizes.few), texts.corpus(sizes.corpus), texts.pages()
    chosen = [Pair(POSTS, few, posts, most) for posts in sizes.registries]
    chosen += [Pair(POSTS, texts.corpus(n), smallest, most) for n in sizes.corpora]
    chosen += [Pair(POSTS, corpus, posts, most) for posts in sizes.registries]
    chosen += [Pair(PAGES, pages, posts, most) for posts in sizes.registries]
    chosen += [
        Pair(POSTS, texts.corpus(sizes.corpora[-1]), smallest, 1),
        Pair(POSTS, corpus, largest, 1),
        Pair(PAGES, pages, largest, 1),
    ]
    return list(dict.fromkeys(chosen))


def sharded_pairs(texts: RealTexts, sizes: Sizes) -> list[Pair]:
    """Return what is checked in shards: two corpora against few posts, and one against many."""
    most, smallest, largest = len(cores()), sizes.registries[0], sizes.registries[-1]
    corpus = texts.corpus(sizes.corpus)
    return [
        Pair(POSTS, corpus, smallest, most),
        Pair(POSTS, texts.corpus(sizes.corpora[-1]), smallest, most),
        Pair(POSTS, corpus, largest, most),
    ]


def measure_builds(
    texts: RealTexts, sizes: Sizes, checkouts: Sequence[Checkout], rounds: int
) -> list[BuildFigures]:
    """Build every registry with every checkout; returns the figures of the first."""
    figures = []
    for posts in sizes.registries:
        dump = texts.dump(posts)
        tasks: dict[str, Callable[[], Measurement]] = {
            str(place): partial(checkout.build, dump, posts, len(cores()))
            for place, checkout in enumerate(checkouts)
        }
        runs = run_interleaved(tasks, rounds)
        for measurements in runs.values():
            require_success(measurements.runs[-1])
        ours, folder = runs["0"], checkouts[0].registry(posts)
        manifest = json.loads((folder / "registry.json").read_text("utf-8"))
        figures.append(
            BuildFigures(
                posts,
                texts.facts(dump)["bytes"],
                round(ours.best, 3),
                round(ours.cpu, 3),
                ours.anonymous,
                sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()),
                manifest["tokens"],
                manifest["postings"],
            )
        )
    return figures


def measure_checks(
    texts: RealTexts, pairs: Iterable[Pair], checkouts: Sequence[Checkout], rounds: int
) -> list[list[CheckFigures]]:
    """Check every pair with every checkout in turn, after a run that is not counted."""
    figures: list[list[CheckFigures]] = [[] for _ in checkouts]
    for pair in pairs:
        tasks: dict[str, Callable[[], Measurement]] = {
            str(place): partial(checkout.check, pair.corpus, pair.posts, pair.cores)
            for place, checkout in enumerate(checkouts)
        }
        if not figures[0]:
            run_interleaved(tasks, 1)  # compiles
        runs = run_interleaved(tasks, rounds)
        for place, measurements in enumerate(runs.values()):
            facts = texts.facts(pair.corpus)
            figures[place].append(
                CheckFigures(
                    pair.kind,
                    facts["documents"],
                    facts["bytes"],
                    pair.posts,
                    pair.cores,
                    round(measurements.best, 3),
                    round(measurements.median, 3),
                    round(measurements.cpu, 3),
                    measurements.anonymous,
                    measurements.peak,
                    **measurements.output,
                )
            )
    return figures


def measure_shards(
    texts: RealTexts, pair: Pair, checkout: Checkout, shards: int, rounds: int
) -> ShardFigures:
    """Check a corpus in shards, several times; the time of a merge is the median."""
    rows = [
        checkout.check_shards(pair.corpus, pair.posts, pair.cores, shards) for _ in range(rounds)
    ]
    facts, merges = texts.facts(pair.corpus), [row[-1] for row in rows]
    return ShardFigures(
        pair.kind,
        facts["documents"],
        facts["bytes"],
        pair.posts,
        pair.cores,
        shards,
        round(statistics.median(sum(run.cpu for run in row[:-1]) for row in rows), 3),
        max(run.anonymous for row in rows for run in row[:-1]),
        merges[-1].output["task_bytes"],
        merges[-1].output["task_files"],
        round(statistics.median(run.seconds for run in merges), 3),
        round(statistics.median(run.cpu for run in merges), 3),
        max(run.anonymous for run in merges),
        merges[-1].output["findings"],
    )


def measure_openings(
    texts: RealTexts, sizes: Sizes, checkout: Checkout, rounds: int
) -> list[OpeningFigures]:
    """Check one shard of the smallest corpus, in one file and in many."""
    figures, corpus = [], sizes.corpora[0]
    for files in (1, sizes.files):
        folder = texts.files(corpus, files)
        runs = Runs(
            [
                checkout.check_first_shard(folder, sizes.registries[0], len(cores()), corpus)
                for _ in range(rounds)
            ]
        )
        figures.append(OpeningFigures(files, round(runs.median, 3), round(runs.cpu, 3)))
    return figures


def commit_of(root: Path) -> str:
    """Return the abbreviated commit of a checkout, or an empty string."""
    words = ["git", "-C", str(root), "rev-parse", "--short=7", "HEAD"]
    run = subprocess.run(words, capture_output=True, text=True, check=False)
    return run.stdout.strip()
