"""What a detector finds of items that were planted where it looks, and what that says of shares."""

from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from provenance.model.tables import Unread

CALIBRATION_SCHEMA = "provenance/calibration/1"


@dataclass(frozen=True, slots=True)
class Length:
    """A class of items by their tokens.

    Parameters
    ----------
    name : str
        "8-14", "100+".
    least : int
        Tokens from which on an item belongs to it, up to the next class.
    """

    name: str
    least: int


LENGTHS = (
    Length("0-4", 0),
    Length("5-7", 5),
    Length("8-14", 8),
    Length("15-29", 15),
    Length("30-99", 30),
    Length("100+", 100),
)
"""Items of the first class are too short to be told from chance."""

PLANTS = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("edit", pa.string(), nullable=False),  # what was done to the item
        pa.field("family", pa.string(), nullable=False),  # edits that leave as much of it
        pa.field("place", pa.string(), nullable=False),  # "sentence", "paragraph", "row"
        pa.field("item_tokens", pa.int64(), nullable=False),  # of the item, before the edit
        pa.field("tokens", pa.int64(), nullable=False),  # of what was planted
        pa.field("bytes", pa.int64(), nullable=False),
        pa.field("found", pa.bool_(), nullable=False),  # its source was found there
        pa.field("right", pa.bool_(), nullable=False),  # so was the very item
        pa.field("covered", pa.float64(), nullable=False),  # part of its bytes in those findings
        pa.field("look", pa.int64(), nullable=False),  # of the finding; -1 where there is none
        pa.field("found_tokens", pa.int64(), nullable=False),  # of those findings, edges and all
        pa.field("found_bytes", pa.int64(), nullable=False),
    ]
)
"""One row an item that was planted."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """A share, corrected for what the detector misses and makes up.

    Parameters
    ----------
    share : float
        In [0, 1].
    low, high : float
        Its 95 % interval, in [0, 1].
    """

    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Recall:
    """What was found of some planted items.

    Parameters
    ----------
    length, edit, place, source : str or None
        Which items; None takes all.
    planted, found : int
        How many were planted, and how many of them found.
    low, high : float
        95 % interval of the recall (Wilson), in [0, 1]; all of it where none was planted.
    covered : float or None
        Part of the bytes of those found that findings cover; None where none was found.
    right : float or None
        Part of those found of which the very item was named.
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
        """Part of the planted items that was found; None where none was planted."""
        return self.found / self.planted if self.planted else None


@dataclass(frozen=True, slots=True)
class FalseRate:
    """What was found where nothing can be.

    Parameters
    ----------
    basis : str or None
        "control" (items that cannot be in the corpus) or "background" (texts that hold no item);
        None where there was neither: the rate is unknown, not zero.
    reason : str or None
        Why it is unknown.
    read : int
        Tokens that were looked at.
    scale : float
        Chance matches with the registries, for one with what was looked for.
    findings, documents, tokens : int
        What was found there.
    documents_per_million, tokens_per_million : float or None
        In a million tokens, scaled.
    low, high : float or None
        95 % interval of `documents_per_million`.
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
    """How well the detector does on somebody's own corpus and registries.

    Parameters
    ----------
    tool : str
        Version of `provenance`.
    created : datetime
        When it was measured; the one field that differs between equal runs.
    corpus : str
        Digest of the corpus.
    addresses : tuple of str
        Where it was.
    documents, corpus_tokens : int
        How much there was of it.
    registries : tuple of str
        Their digests, sorted.
    normalisation : int
        Version of the rules that turn text into tokens.
    threshold : float
        Strength from which a match was reported.
    seed : int
        What decided the draw.
    skipped : int
        Draws given up: the text already held the item.
    recalls : tuple of Recall
        By length and edit, by length, edit, place and source, and of all.
    false : FalseRate
        What was made up.
    plants : pyarrow.Table
        Of schema `PLANTS`.
    unread : tuple of Unread
        What could not be read of the corpus.
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


@dataclass(frozen=True, slots=True)
class CalibrationSummary:
    """What a result says of the calibration that its shares were corrected by.

    Parameters
    ----------
    path, digest : str
        The file, as it was named, and the SHA-256 of its bytes.
    created : datetime
        When it was made.
    tool : str
        By which version of `provenance`.
    planted : int
        How many items were planted that are long enough to be told from chance.
    recall : float or None
        Part of them that was found; None where there was none.
    false_basis : str or None
        How chance matches were measured, as in `FalseRate`; None where strengths say how many.
    reservations : tuple of str
        What a reader of the corrected shares must know.
    """

    path: str
    digest: str
    created: datetime
    tool: str
    planted: int
    recall: float | None
    false_basis: str | None
    reservations: tuple[str, ...]
