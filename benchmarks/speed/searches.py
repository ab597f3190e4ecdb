"""Posts looked for in pages, ours and decontaminate's: index, detection, recall, false pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from benchmarks.speed.bench import SHORT, Bench, done
from benchmarks.speed.measuring import Measured, Runs, interleaved, work
from benchmarks.speed.telling import NONE, Section, Table, gigabytes, share, short

OURS = "benchmarks.speed.ours"
PEER = "decontaminate"
LOOSENED = "decontaminate, loosened"
_TASK = "benchmarks.peers.decontaminate:detect"
_WORDS = (
    "{posts:,} posts ({size:.0f} MB), {planted} of them planted in {searched:.0f} MB of pages, one "
    "a page: half verbatim, half lower-cased, without punctuation, with curly quotes and one word "
    "of twenty changed. One core; processes take turns; best run. *As a library* is timed in "
    "processes that have done such work before, three times in each, from Parquet to files on "
    "disk, opening the registry included; *as commands* from process start; *the scan alone* on "
    "texts in memory. decontaminate reads the same texts from JSON Lines; its times are those that "
    "it tells of itself, and its index stays in memory. *Loosened*, it takes posts of any length, "
    "from a score of 0.6, and asks no more of short ones. False pages hold no post, and are "
    "accused of one. {held:.1%} of the pages' shingles stand in some post."
)
_LEFT_OUT = (
    "decontaminate was left out: it needs Python 3.12 or newer. Name an interpreter that has it "
    "with `--decontaminate-python`."
)
_COLUMNS = (
    *("", "index, MB/s", "posts/s", "check, MB/s", "peak, GB"),
    *("recall, verbatim", "recall, edited", "false pages"),
)


@dataclass(frozen=True, slots=True)
class Way:
    """One way to look for posts: seconds of its two steps, where it has them, and its score."""

    name: str
    index: float | None
    check: float | None
    peak: int
    score: Mapping[str, Any] | None
    absent: str = ""

    def row(self, posts: int, sizes: tuple[float, float]) -> list[str]:
        """Write it, of so many posts, and so many megabytes of posts and of pages."""
        if self.absent:
            return [self.name, self.absent, *[NONE] * 6]
        return [
            self.name,
            short(self.index and sizes[0] / self.index),
            short(self.index and posts / self.index),
            short(self.check and sizes[1] / self.check),
            gigabytes(self.peak),
            *self._scores(),
        ]

    def _scores(self) -> list[str]:
        if self.score is None:
            return [NONE] * 3
        recall = self.score["recall"]
        flagged = f"{self.score['flagged']:,} of {self.score['clean']:,}"
        return [share(recall["verbatim"]), share(recall["edited"]), flagged]


def section(bench: Bench) -> Section:
    """Measure both on the same texts."""
    sizes = bench.sizes
    posts = bench.posts(sizes.sought, SHORT)
    pages = bench.pages(sizes.searched, posts, sizes.planted)
    size, text = (bench.told(file)["bytes"] / 1e6 for file in (posts, pages))
    runs = interleaved(_works(bench, posts, pages), sizes.rounds)
    ways = [*_ours(runs, _scored(bench, pages)), *_peers(runs)]
    words = _WORDS.format(
        posts=sizes.sought,
        size=size,
        planted=sizes.planted,
        searched=text,
        held=runs["look"].told["held"],
    )
    drawn = [way for way in ways if not way.absent]
    return Section(
        "Posts looked for in pages",
        [
            words,
            *([] if bench.other else [_LEFT_OUT]),
            Table(_COLUMNS, [way.row(sizes.sought, (size, text)) for way in ways]),
        ],
        _facts(ways),
        {
            "Index of posts, MB/s a core": [(w.name, size / w.index) for w in drawn if w.index],
            "Pages checked, MB/s a core": [(w.name, text / w.check) for w in drawn if w.check],
        },
    )


def _works(bench: Bench, posts: str, pages: str) -> dict[str, Callable[[], Measured]]:
    few, small = bench.posts(500, SHORT), bench.pages(1)
    registry = str(bench.registry(posts))
    whole = bench.folder / "registry-whole"
    works: dict[str, Callable[[], Measured]] = {
        "build": partial(work, f"{OURS}:build", 1, dump=posts, warm=few, folder=registry),
        "check": partial(work, f"{OURS}:check", 1, corpus=pages, warm=small, registry=registry),
        "look": partial(work, f"{OURS}:look", 1, file=pages, registry=registry),
        "whole build": partial(bench.build, posts, 1, whole),
        "whole check": partial(bench.check, pages, str(whole), 1),
    }
    if bench.other:
        sought = {
            "python": bench.other,
            "pages": bench.lines(pages, "pages"),
            "posts": bench.lines(posts, "posts"),
            "truth": f"{pages}.truth.json",
        }
        works[PEER] = partial(work, _TASK, 1, loose=False, **sought)
        works[LOOSENED] = partial(work, _TASK, 1, loose=True, **sought)
    return works


def _scored(bench: Bench, pages: str) -> Mapping[str, Any]:
    findings = str(bench.folder / "report" / "findings.parquet")
    return done(work(f"{OURS}:scored", findings=findings, truth=f"{pages}.truth.json")).told


def _ours(runs: Mapping[str, Runs], score: Mapping[str, Any]) -> list[Way]:
    for name in ("build", "check", "look", "whole build", "whole check"):
        done(runs[name].runs[-1])
    return [
        _both("ours, as a library", runs["build"], runs["check"], score),
        _both("ours, as commands", runs["whole build"], runs["whole check"], score),
        Way("ours, the scan alone", None, runs["look"].best, runs["look"].peak, None),
    ]


def _both(name: str, build: Runs, check: Runs, score: Mapping[str, Any]) -> Way:
    return Way(name, build.best, check.best, max(build.peak, check.peak), score)


def _peers(runs: Mapping[str, Runs]) -> list[Way]:
    ways = []
    for name in (PEER, LOOSENED):
        if name not in runs:
            continue
        own = runs[name]
        if own.absent:
            ways.append(Way(name, None, None, 0, None, own.absent))
            continue
        index = min(float(run.told["index"]) for run in own.runs)
        shown = f"{name} {own.told['version']}" if name == PEER else name
        ways.append(Way(shown, index, own.best, own.peak, own.told))
    return ways


def _facts(ways: list[Way]) -> dict[str, float]:
    """Compare with decontaminate as it is set, and its recall where it is loosened as well."""
    ours, *peers = [way for way in ways if way.score and way.index and way.check]
    peers = [way for way in peers if way.name.startswith(PEER)]
    if not peers or not (peers[0].index and peers[0].check and ours.index and ours.check):
        return {}
    facts = {
        "index / decontaminate": peers[0].index / ours.index,
        "check / decontaminate": peers[0].check / ours.check,
    }
    for kind in ("verbatim", "edited"):
        best = max(way.score["recall"][kind] for way in peers if way.score)
        facts[f"recall {kind}"] = (ours.score or {})["recall"][kind] - best
    return facts
