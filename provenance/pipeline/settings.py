"""Settings of a run."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from provenance.cpu_count import available_cpus

EngineName = Literal["threads", "processes", "dask"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of a run, which are not decisions of the policy.

    Parameters
    ----------
    threads : int
        Parts of the corpus read at a time.
    quiet : bool
        Show no progress.
    rules : Path or None
        Folder of rule files; None uses the shipped ones.
    split : str or None
        Split of a dataset; None means all.
    sample : float or None
        Share of the documents to check, in (0, 1]; None checks all.
    control : str or None
        Registry of items that cannot be in the corpus; None measures no chance matches.
    baseline : Path or None
        Folder of an earlier report: gates count only findings that it lacks, and candidates are
        scored with its model, where it has one. None counts all.
    cache : Path or None
        Folder of the result cache; None disables it.
    model_of : Path or None
        Folder of an earlier report whose corpus model candidates are scored with; None scores with
        the corpus's own.
    allow_unread : int
        Number of unreadable files that are accepted.
    engine : "threads", "processes" or "dask"
        What scans the parts of the corpus; `threads` is the number of processes, too.
    scheduler : str or None
        Address of a Dask scheduler; None starts a cluster on this machine.
    tasks : str or None
        Folder that workers leave readings in, or its address; None uses a temporary one.
    shards : int or None
        Number of shards whose readings in `tasks` are merged; None scans the corpus.
    own_share : float or None
        Share of the findings by content that are taken to be their items' own words, between 0 and
        1; None estimates it for each file.
    now : datetime or None
        The time that the result has, by whose day terms and waivers apply; None is the present.
    """

    threads: int = field(default_factory=available_cpus)
    quiet: bool = True
    rules: Path | None = None
    split: str | None = None
    sample: float | None = None
    control: str | None = None
    baseline: Path | None = None
    cache: Path | None = None
    model_of: Path | None = None
    allow_unread: int = 0
    engine: EngineName = "threads"
    scheduler: str | None = None
    tasks: str | None = None
    shards: int | None = None
    own_share: float | None = None
    now: datetime | None = None

    def __post_init__(self) -> None:
        """Check numbers that a program gives; the command line checks its own."""
        if self.threads < 1:
            raise ValueError(f"threads is at least 1, not {self.threads}")
        if self.allow_unread < 0:
            raise ValueError(f"allow_unread is at least 0, not {self.allow_unread}")
