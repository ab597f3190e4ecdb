"""Baselines: findings of an earlier result compared with those of this one."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from provenance.model.rules.terms import Verdict


class FindingState(StrEnum):
    """State of a finding relative to a baseline."""

    NEW = "new"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class AbsentFindings:
    """Findings of the baseline that are absent now, with the same source and ruling.

    Parameters
    ----------
    source : str
        Source of the content.
    verdict, basis, terms : Verdict, str or None, str or None
        The ruling in the baseline.
    findings : int
        Number of findings.
    """

    source: str
    verdict: Verdict
    basis: str | None
    terms: str | None
    findings: int


@dataclass(frozen=True, slots=True)
class BaselineSummary:
    """Comparison with an earlier result.

    Parameters
    ----------
    path : str
        Folder of the earlier report, as given.
    digest : str
        SHA-256 of its `findings.parquet`.
    created : datetime
        When the earlier check ended.
    new, unchanged, absent : int
        Findings that only this result, both, and only the earlier one have.
    gone : tuple of AbsentFindings
        The absent ones, by source and ruling.
    stricter : int
        New findings that the earlier result has, too: with a laxer verdict, waived or contested.
    """

    path: str
    digest: str
    created: datetime
    new: int
    unchanged: int
    absent: int
    gone: tuple[AbsentFindings, ...] = ()
    stricter: int = 0
