"""What an earlier result held, beside what was found now."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from provenance.model.terms import Verdict


class State(StrEnum):
    """Where a finding stands beside a baseline."""

    NEW = "new"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Gone:
    """Findings of the baseline that are not found any more, of one source under one statement.

    Parameters
    ----------
    source : str
        Whose content.
    verdict, basis, terms : Verdict, str or None, str or None
        What the baseline said of it.
    findings : int
        How many.
    """

    source: str
    verdict: Verdict
    basis: str | None
    terms: str | None
    findings: int


@dataclass(frozen=True, slots=True)
class BaselineSummary:
    """What became of an earlier result's findings.

    Parameters
    ----------
    path : str
        Folder of the earlier report, as given.
    digest : str
        SHA-256 of its `findings.parquet`.
    created : datetime
        When the earlier check ended.
    new, unchanged, absent : int
        Findings that it does not have; that it has too; that it alone has.
    gone : tuple of Gone
        The absent ones, by source and statement.
    """

    path: str
    digest: str
    created: datetime
    new: int
    unchanged: int
    absent: int
    gone: tuple[Gone, ...] = ()
