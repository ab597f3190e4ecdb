"""How a check is run."""

from dataclasses import dataclass, field
from pathlib import Path

from provenance.cpu_count import available


@dataclass(frozen=True, slots=True)
class Settings:
    """How to run, as opposed to what to decide.

    Parameters
    ----------
    threads : int
        Parts of the corpus that are read at a time.
    quiet : bool
        Show no progress.
    rules : Path or None
        Folder of rule files; None takes the ones that are shipped.
    split : str or None
        Split of a dataset; None takes all.
    sample : float or None
        Part of the documents that is looked at, in (0, 1]; None looks at all.
    control : str or None
        Registry of items that cannot be in the corpus; None measures no chance.
    baseline : Path or None
        Folder of an earlier report; gates count only what it does not have, and matches are
        weighed by its model, where it has one. None counts all.
    cache : Path or None
        Folder in which readings are kept for the next check; None keeps none.
    model_of : Path or None
        Folder of an earlier report whose model of its corpus matches are weighed by; None weighs
        by the corpus itself.
    allow_unread : int
        How many files that cannot be read are accepted.
    """

    threads: int = field(default_factory=available)
    quiet: bool = True
    rules: Path | None = None
    split: str | None = None
    sample: float | None = None
    control: str | None = None
    baseline: Path | None = None
    cache: Path | None = None
    model_of: Path | None = None
    allow_unread: int = 0
