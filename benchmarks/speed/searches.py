"""Benchmark of searching pages for posts: provenance and decontaminate."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from benchmarks.speed.bench import SHORT, Bench, require_success
from benchmarks.speed.measuring import Measurement, Runs, run_interleaved, work
from benchmarks.speed.sections import NONE, Section, Table, gigabytes, share, short

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
class SearchMethod:
    """One method of finding posts: seconds of its two steps, where it has them, and its score."""

    name: str
    index: float | None
    check: float | None
    peak: int
    score: Mapping[str, Any] | None
    absent: str = ""

    def row(self, posts: int, sizes: tuple[float, float]) -> list[str]:
        """Return its row of the table, for a number of posts, and megabytes of posts and pages."""
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
    """Measure all methods on the same texts."""
    sizes = bench.sizes
    posts = bench.posts(sizes.search_posts, SHORT)
    pages = bench.pages(sizes.search_megabytes, posts, sizes.planted_posts)
    size, text = (bench.file_facts(file)["bytes"] / 1e6 for file in (posts, pages))
    runs = run_interleaved(_tasks(bench, posts, pages), sizes.rounds)
    methods = [*_ours(runs, _score(bench, pages)), *_peers(runs)]
    words = _WORDS.format(
        posts=sizes.search_posts,
        size=size,
        planted=sizes.planted_posts,
        searched=text,
        held=runs["look"].output["held"],
    )
    present = [method for method in methods if not method.absent]
    return Section(
        "Posts looked for in pages",
        [
            words,
            *([] if bench.other else [_LEFT_OUT]),
            Table(_COLUMNS, [method.row(sizes.search_posts, (size, text)) for method in methods]),
        ],
        _facts(methods),
        {
            "Index of posts, MB/s a core": [(w.name, size / w.index) for w in present if w.index],
            "Pages checked, MB/s a core": [(w.name, text / w.check) for w in present if w.check],
        },
    )


def _tasks(bench: Bench, posts: str, pages: str) -> dict[str, Callable[[], Measurement]]:
    warm_posts, warm_pages = bench.posts(500, SHORT), bench.pages(1)
    registry = str(bench.registry(posts))
    registry_of_commands = bench.folder / "registry-whole"
    tasks: dict[str, Callable[[], Measurement]] = {
        "build": partial(work, f"{OURS}:build", 1, dump=posts, warm=warm_posts, folder=registry),
        "check": partial(
            work, f"{OURS}:check", 1, corpus=pages, warm=warm_pages, registry=registry
        ),
        "look": partial(work, f"{OURS}:scan", 1, file=pages, registry=registry),
        "whole build": partial(bench.build, posts, 1, registry_of_commands),
        "whole check": partial(bench.check, pages, str(registry_of_commands), 1),
    }
    if bench.other:
        arguments = {
            "python": bench.other,
            "pages": bench.lines(pages, "pages"),
            "posts": bench.lines(posts, "posts"),
            "truth": f"{pages}.truth.json",
        }
        tasks[PEER] = partial(work, _TASK, 1, loose=False, **arguments)
        tasks[LOOSENED] = partial(work, _TASK, 1, loose=True, **arguments)
    return tasks


def _score(bench: Bench, pages: str) -> Mapping[str, Any]:
    findings = str(bench.folder / "report" / "findings.parquet")
    return require_success(
        work(f"{OURS}:score_findings", findings=findings, truth=f"{pages}.truth.json")
    ).output


def _ours(runs: Mapping[str, Runs], score: Mapping[str, Any]) -> list[SearchMethod]:
    for name in ("build", "check", "look", "whole build", "whole check"):
        require_success(runs[name].runs[-1])
    return [
        _two_step_method("ours, as a library", runs["build"], runs["check"], score),
        _two_step_method("ours, as commands", runs["whole build"], runs["whole check"], score),
        SearchMethod("ours, the scan alone", None, runs["look"].best, runs["look"].peak, None),
    ]


def _two_step_method(name: str, build: Runs, check: Runs, score: Mapping[str, Any]) -> SearchMethod:
    return SearchMethod(name, build.best, check.best, max(build.peak, check.peak), score)


def _peers(runs: Mapping[str, Runs]) -> list[SearchMethod]:
    methods = []
    for name in (PEER, LOOSENED):
        if name not in runs:
            continue
        measurements = runs[name]
        if measurements.absent:
            methods.append(SearchMethod(name, None, None, 0, None, measurements.absent))
            continue
        index = min(float(run.output["index"]) for run in measurements.runs)
        label = f"{name} {measurements.output['version']}" if name == PEER else name
        methods.append(
            SearchMethod(label, index, measurements.best, measurements.peak, measurements.output)
        )
    return methods


def _facts(methods: list[SearchMethod]) -> dict[str, float]:
    """Compare with decontaminate by default, and with its recall for looser settings too."""
    ours, *peers = [method for method in methods if method.score and method.index and method.check]
    peers = [method for method in peers if method.name.startswith(PEER)]
    if not peers or not (peers[0].index and peers[0].check and ours.index and ours.check):
        return {}
    facts = {
        "index / decontaminate": peers[0].index / ours.index,
        "check / decontaminate": peers[0].check / ours.check,
    }
    for kind in ("verbatim", "edited"):
        best = max(method.score["recall"][kind] for method in peers if method.score)
        facts[f"recall {kind}"] = (ours.score or {})["recall"][kind] - best
    return facts
