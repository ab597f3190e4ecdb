"""Calibrations: recall measured with planted items, and shares corrected with it."""

from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from provenance.model.content.fingerprints import Floats, Int64s
from provenance.model.content.tables import Unread
from provenance.model.short_repr import short_repr

SLIGHT_EDITS = "light"
"""Family of edits that leave nearly all of an item as it was."""

CALIBRATION_SCHEMA = "provenance/calibration/1"


@dataclass(frozen=True, slots=True)
class Length:
    """A class of items by length.

    Parameters
    ----------
    name : str
        "8-14", "100+".
    min_tokens : int
        Minimum length in tokens; the class extends to the minimum of the next one.
    """

    name: str
    min_tokens: int


LENGTHS = (
    Length("0-4", 0),
    Length("5-7", 5),
    Length("8-14", 8),
    Length("15-29", 15),
    Length("30-99", 30),
    Length("100+", 100),
)
"""Items of the first class are too short to be distinguished from chance."""

PLANTS = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("edit", pa.string(), nullable=False),  # the edit applied to the item
        pa.field("family", pa.string(), nullable=False),  # of edits that leave the same part
        pa.field("place", pa.string(), nullable=False),  # "sentence", "paragraph", "row"
        pa.field("item_tokens", pa.int64(), nullable=False),  # of the item, before the edit
        pa.field("tokens", pa.int64(), nullable=False),  # of what was planted
        pa.field("bytes", pa.int64(), nullable=False),
        pa.field("found", pa.bool_(), nullable=False),  # its source was found there
        pa.field("right", pa.bool_(), nullable=False),  # its item was identified too
        pa.field("covered", pa.float64(), nullable=False),  # part of its bytes in those findings
        pa.field("look", pa.int64(), nullable=False),  # its appearance; -1 if not found
        pa.field("found_tokens", pa.int64(), nullable=False),  # of those findings
        pa.field("found_bytes", pa.int64(), nullable=False),
        pa.field("strength", pa.float64(), nullable=False),  # of the strongest of them; 0 if none
    ]
)
"""One row for each planted item."""


@dataclass(frozen=True, slots=True, eq=False)
class PlantedOutcomes:
    """Planted items, and the matches found there.

    Parameters
    ----------
    lengths : ndarray of int64, shape (n,)
        Index in `LENGTHS` of each item.
    edits : ndarray of int64, shape (n,)
        Index in `edit_names` of its edit, or of the group of slight edits.
    conditions : ndarray of int64, shape (n,)
        Index of its condition: the family of its edit, and whether it was a text of its own.
    appearances : ndarray of int64, shape (n,)
        Appearance of the match; -1 if there was none.
    odds : ndarray of float64, shape (n,)
        Log-odds of the match; minus infinity if there was none.
    tokens : ndarray of float64, shape (n,)
        Tokens of what was planted.
    edit_names : tuple of str
        Names of edits, from those that are found most often on.
    condition_keys : tuple of (str, bool)
        Family of edits of each condition, and whether the item was a text of its own.
    """

    lengths: Int64s
    edits: Int64s
    conditions: Int64s
    appearances: Int64s
    odds: Floats
    tokens: Floats
    edit_names: tuple[str, ...]
    condition_keys: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class CorrectedShare:
    """A share corrected for missed and false findings.

    Parameters
    ----------
    share : float
        In [0, 1].
    low, high : float
        Its 95 % confidence interval, in [0, 1].
    """

    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Recall:
    """Recall of some planted items.

    Parameters
    ----------
    length, edit, place, source : str or None
        Which items; None means all.
    planted, found : int
        Number of planted items, and of those found.
    low, high : float
        95 % confidence interval of the recall (Wilson); [0, 1] if none was planted.
    covered : float or None
        Share of the bytes of found items that findings cover; None if none was found.
    right : float or None
        Share of found items of which the right item was identified.
    """

    length: str | None
    edit: str | None
    place: str | None
    source: str | None
    planted: int
    found: int
    low: float
    high: float
    covered: float | None
    right: float | None

    @property
    def share(self) -> float | None:
        """Return the share of the planted items that was found; None if none was planted."""
        return self.found / self.planted if self.planted else None


@dataclass(frozen=True, slots=True)
class FalseRate:
    """The rate of false findings, measured where no true ones are possible.

    Parameters
    ----------
    basis : str or None
        "control" (items that cannot be in the corpus) or "background" (texts without items); None
        if there was neither: the rate is unknown, not zero.
    reason : str or None
        Why it is unknown.
    read : int
        Tokens searched.
    scale : float
        Ratio of chance matches with the registries to those with the control.
    findings, documents, tokens : int
        False findings, and their extent.
    documents_per_million, tokens_per_million : float or None
        Per million tokens, scaled.
    low, high : float or None
        95 % confidence interval of `documents_per_million`.
    """

    basis: str | None
    reason: str | None
    read: int
    scale: float
    findings: int
    documents: int
    tokens: int
    documents_per_million: float | None
    tokens_per_million: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """Performance of the detector on a user's corpus and registries.

    Parameters
    ----------
    tool : str
        Version of `provenance`.
    created : datetime
        When it was measured; the only field that differs between equal runs.
    corpus : str
        Digest of the corpus.
    addresses : tuple of str
        Addresses of the corpus.
    documents, corpus_tokens : int
        Its size.
    registries : tuple of str
        Their digests, sorted.
    normalisation : int
        Version of the tokenisation rules.
    threshold : float
        Minimum strength of a reported match.
    seed : int
        Random seed.
    skipped : int
        Items that were drawn but not planted, or not counted: the text already contained them, they
        were too long, or they would have been inside another copy.
    recalls : tuple of Recall
        By length and edit; by length, edit, place and source; and overall.
    false : FalseRate
        Rate of false findings.
    plants : pyarrow.Table
        Of schema `PLANTS`.
    unread : tuple of Unread
        Parts of the corpus that could not be read, and columns that are not words.
    """

    tool: str
    created: datetime
    corpus: str
    addresses: tuple[str, ...]
    documents: int
    corpus_tokens: int
    registries: tuple[str, ...]
    normalisation: int
    threshold: float
    seed: int
    skipped: int
    recalls: tuple[Recall, ...]
    false: FalseRate
    plants: pa.Table
    unread: tuple[Unread, ...] = ()

    __repr__ = short_repr


@dataclass(frozen=True, slots=True)
class CalibrationSummary:
    """The calibration with which the shares of a result were corrected.

    Parameters
    ----------
    path, digest : str
        The file as given, and the SHA-256 of its bytes.
    created : datetime
        When it was made.
    tool : str
        Version of `provenance` that made it.
    planted : int
        Planted items that are long enough to be distinguished from chance.
    recall : float or None
        Share of them that was found; None if there were none.
    false_basis : str or None
        How chance matches were measured, as in `FalseRate`; None if derived from strengths.
    reservations : tuple of str
        Caveats for readers of the corrected shares.
    """

    path: str
    digest: str
    created: datetime
    tool: str
    planted: int
    recall: float | None
    false_basis: str | None
    reservations: tuple[str, ...]
