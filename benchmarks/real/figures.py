"""Figures of the benchmark of real text, as real.json keeps them."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

POSTS, PAGES = "posts", "pages"


@dataclass(frozen=True, slots=True)
class BuildFigures:
    """The registry of a number of posts.

    Parameters
    ----------
    posts, text_bytes : int
        Number and size of the posts.
    seconds, cpu : float
        Seconds of the best build, from process start to files on disk; median seconds of the
        processor.
    anonymous, bytes, tokens, postings : int
        Peak anonymous memory of a build, size on disk, numbers of tokens and postings.
    """

    posts: int
    text_bytes: int
    seconds: float
    cpu: float
    anonymous: int
    bytes: int
    tokens: int
    postings: int


@dataclass(frozen=True, slots=True)
class CheckFigures:
    """A check of a corpus against a registry.

    Parameters
    ----------
    kind : str
        `POSTS`, `PAGES`, or a kind of generated posts.
    documents, text_bytes : int
        Number and size of its documents.
    posts : int
        Posts of the registry.
    cores : int
        Number of cores.
    seconds, median, cpu : float
        Seconds from process start to files on disk, of the best run and the median; median seconds
        of the processor.
    anonymous, peak : int
        Peak anonymous memory, and peak memory with mapped files.
    candidates, findings : int
        Candidates that were kept until they were scored, and findings.
    """

    kind: str
    documents: int
    text_bytes: int
    posts: int
    cores: int
    seconds: float
    median: float
    cpu: float
    anonymous: int
    peak: int
    candidates: int
    findings: int


@dataclass(frozen=True, slots=True)
class ShardFigures:
    """A check in shards, one after the other on one machine, and their merge.

    Parameters
    ----------
    kind : str
        As of `CheckFigures`.
    documents, text_bytes, posts, cores, shards : int
        Corpus, registry, cores of each shard, number of shards.
    cpu : float
        Processor seconds of all shards.
    anonymous : int
        Peak anonymous memory of a shard.
    task_bytes, task_files : int
        Size and number of the files that the shards left for the merge.
    merge_seconds, merge_cpu : float
        Seconds of the merge, and of the processor.
    merge_anonymous : int
        Peak anonymous memory of the merge.
    findings : int
        Findings.
    """

    kind: str
    documents: int
    text_bytes: int
    posts: int
    cores: int
    shards: int
    cpu: float
    anonymous: int
    task_bytes: int
    task_files: int
    merge_seconds: float
    merge_cpu: float
    merge_anonymous: int
    findings: int


@dataclass(frozen=True, slots=True)
class OpeningFigures:
    """One of many shards of a corpus that is next to nothing: it opens all files.

    Parameters
    ----------
    files : int
        Number of files.
    seconds, cpu : float
        Median seconds from process start to end, and of the processor.
    """

    files: int
    seconds: float
    cpu: float


@dataclass(frozen=True, slots=True)
class PeerFigures:
    """A search of posts for posts by one library, on one core.

    Parameters
    ----------
    name : str
        Name and version.
    documents, text_bytes, posts : int
        Corpus and registry.
    index, search : float or None
        Seconds until the posts of the registry are indexed, and of the search; None where it was
        not measured.
    peak : int
        Peak memory.
    rows : int
        Posts of the corpus in which something was found.
    reposts, found_reposts : int
        Posts of the corpus whose words are all those of a post of the registry, and how many of
        them are among the rows.
    absent : str
        Why it was not measured; else empty.
    """

    name: str
    documents: int
    text_bytes: int
    posts: int
    index: float | None = None
    search: float | None = None
    peak: int = 0
    rows: int = 0
    reposts: int = 0
    found_reposts: int = 0
    absent: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that one run measured.

    Parameters
    ----------
    machine : sequence of str
        The machine.
    commit, other_commit : str
        The checkout, and the one that it was compared with; empty if it is not known, or none.
    rounds : int
        Runs of each check.
    builds, checks, other_checks, shards, openings, generated, peers
        The figures. `openings` are by number of files, `generated` begins with the posts that
        generated ones are compared with, and `shards` ends with the largest corpus, in one shard.
    """

    machine: Sequence[str]
    commit: str
    other_commit: str
    rounds: int
    builds: Sequence[BuildFigures]
    checks: Sequence[CheckFigures]
    other_checks: Sequence[CheckFigures]
    shards: Sequence[ShardFigures]
    openings: Sequence[OpeningFigures]
    generated: Sequence[CheckFigures]
    peers: Sequence[PeerFigures]

    @classmethod
    def load(cls, file: Path) -> "Figures":
        """Load the figures of an earlier run."""
        content: Mapping[str, Any] = json.loads(file.read_text("utf-8"))
        kinds = {
            "builds": BuildFigures,
            "checks": CheckFigures,
            "other_checks": CheckFigures,
            "shards": ShardFigures,
            "openings": OpeningFigures,
            "generated": CheckFigures,
            "peers": PeerFigures,
        }
        tables = {name: [kind(**row) for row in content[name]] for name, kind in kinds.items()}
        return cls(**{**content, **tables})

    def save(self, file: Path) -> None:
        """Save the figures."""
        file.write_text(json.dumps(asdict(self), indent=1) + "\n", "utf-8")

    def start_up(self, posts: int) -> CheckFigures:
        """Return the check of a few posts against a registry of so many posts."""
        checks = [check for check in self.checks if check.posts == posts]
        return min(checks, key=lambda check: check.text_bytes)

    def by_registry(self, kind: str) -> list[CheckFigures]:
        """Return the checks of one corpus on all cores against every registry, smallest first."""
        largest = max(build.posts for build in self.builds)
        [corpus, *_] = sorted(
            (c.text_bytes for c in self.checks if c.kind == kind and c.posts == largest),
            reverse=True,
        )
        return self._on_all_cores(
            [c for c in self.checks if (c.kind, c.text_bytes) == (kind, corpus)], "posts"
        )

    def by_corpus(self) -> list[CheckFigures]:
        """Return the checks of posts of every size against the smallest registry."""
        smallest = min(build.posts for build in self.builds)
        few = self.start_up(smallest).text_bytes
        checks = [c for c in self.checks if c.kind == POSTS and c.posts == smallest]
        return self._on_all_cores([c for c in checks if c.text_bytes > few], "text_bytes")

    def by_cores(self) -> list[tuple[CheckFigures, CheckFigures]]:
        """Return the checks that were measured on one core and on all, in pairs."""
        cores = max(check.cores for check in self.checks)
        return [
            (alone, check)
            for alone in self.checks
            for check in self.checks
            if cores > 1
            and (alone.cores, check.cores) == (1, cores)
            and (alone.kind, alone.documents, alone.posts)
            == (check.kind, check.documents, check.posts)
        ]

    def _on_all_cores(self, checks: Sequence[CheckFigures], order: str) -> list[CheckFigures]:
        cores = max(check.cores for check in self.checks)
        at_most = [check for check in checks if check.cores == cores]
        return sorted(at_most, key=lambda check: float(getattr(check, order)))


def power(sizes: Sequence[float], values: Sequence[float]) -> float:
    """Return the exponent of a power law: the slope of least squares between logarithms.

    Examples
    --------
    >>> round(power([1, 2, 4], [3, 12, 48]), 2)
    2.0
    """
    across, up = [math.log(size) for size in sizes], [math.log(value) for value in values]
    middle, level = sum(across) / len(across), sum(up) / len(up)
    spread = sum((x - middle) ** 2 for x in across)
    return sum((x - middle) * (y - level) for x, y in zip(across, up, strict=True)) / spread
