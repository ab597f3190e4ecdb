"""Reviews: labels that people give to a random sample of the findings of a report."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import pyarrow as pa

from provenance.model.content.fingerprints import Int64s
from provenance.model.results.calibration import CorrectedShare
from provenance.model.results.result import Result

REVIEW_SCHEMA = "provenance/review/1"


class ReviewLabel(StrEnum):
    """Label that a person gives to a finding."""

    ITEM = "item"
    QUOTATION = "quotation"
    CHANCE = "chance"
    SKIP = "skip"


class ReviewScope(StrEnum):
    """Which findings of content are drawn."""

    COUNTED = "counted"
    """Those that count for a source."""

    ALL = "all"
    """Quotations and contested findings, too."""


@dataclass(frozen=True, slots=True)
class ReviewSample:
    """The draw of the sample: with the report, all that is needed to repeat it.

    Parameters
    ----------
    findings : str
        SHA-256 of findings.parquet.
    seed : int
        Random seed.
    draws : int
        Number of draws. A passage may be drawn more than once; it is labelled once.
    scope : ReviewScope
        Which findings are drawn.
    """

    findings: str
    seed: int
    draws: int
    scope: ReviewScope


@dataclass(frozen=True, slots=True)
class FindingLabel:
    """A label of a finding.

    Parameters
    ----------
    finding : str
        Key of the first finding of the passage: "f" and the first 16 digits of the SHA-256 of its
        place, source and item.
    label : ReviewLabel
        `item`, `quotation` or `chance`; `skip` if the labeller cannot say.
    labeller : str
        Who says so.
    date : date
        When, in UTC.
    probability : float
        Probability that one draw is this passage: its share of the tokens of all findings in scope.
    document : str
        Document of the finding.
    source : str
        Source of the item.
    item : str or None
        The source's id of the item.
    """

    finding: str
    label: ReviewLabel
    labeller: str
    date: date
    probability: float
    document: str
    source: str
    item: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Review:
    """A sample of the findings of a report, with the labels given so far.

    Parameters
    ----------
    result : Result
        The result of the check.
    findings : pyarrow.Table
        The first finding of each passage that can be drawn, of schema `FINDINGS`.
    tokens : ndarray of int64
        Tokens of all findings of each passage, at least 1.
    keys : tuple of str
        Key of each drawn finding, in the order of `order`.
    order : ndarray of int64, shape (m,)
        Rows of the drawn findings, in the order of their first draws.
    draws : ndarray of int64, shape (n,)
        Place in `order` of each draw.
    sample : ReviewSample
        How they were drawn.
    labels : mapping of str to FindingLabel
        Labels by key.
    saved : (ReviewSample, mapping of str to FindingLabel) or None
        Sample and labels of the file when it was read: what differs is new here. None: no file.
    """

    result: Result
    findings: pa.Table
    tokens: Int64s
    keys: tuple[str, ...]
    order: Int64s
    draws: Int64s
    sample: ReviewSample
    labels: Mapping[str, FindingLabel]
    saved: tuple[ReviewSample, Mapping[str, FindingLabel]] | None = None


@dataclass(frozen=True, slots=True)
class ReviewedEstimate:
    """A share of a dataset's tokens, as reported, and as corrected by a review.

    Parameters
    ----------
    source : str or None
        Source of the findings; None for all.
    label : ReviewLabel
        Which of their tokens count.
    draws : int
        Draws of these findings that were looked at, skipped ones included.
    reported : float
        The share that the tool reports, in [0, 1].
    corrected : float or None
        The corrected share; None if nothing was labelled.
    low, high : float
        Its 95 % confidence interval.
    is_exact : bool
        Whether the interval is exact, since there are few labels.
    with_missed : CorrectedShare or None
        The corrected share with what a calibration says was missed; None if the report has no
        calibration, nothing was labelled, or the share is of one source or of chance.
    """

    source: str | None
    label: ReviewLabel
    draws: int
    reported: float
    corrected: float | None
    low: float
    high: float
    is_exact: bool
    with_missed: CorrectedShare | None = None
