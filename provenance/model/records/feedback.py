"""Feedback: signed notes that dispute that an item is a source's."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class FeedbackClaim(StrEnum):
    """Claim of a note about an item."""

    NOT_OURS = "not-ours"
    WRONG_SOURCE = "wrong-source"
    LICENSED = "licensed"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class FeedbackNote:
    """A note on an item; it contains no text of the dataset or of the item.

    Parameters
    ----------
    source : str
        The source, as findings have it.
    item : str
        The id of the item, as findings have it.
    claim : FeedbackClaim or None
        "not-ours", "wrong-source", "licensed" or "other"; null settles earlier notes on the item.
    reason : str
        Why, in the signer's words.
    on : date
        The day on which it was written, as the signer says.
    """

    source: str
    item: str
    claim: FeedbackClaim | None
    reason: str
    on: date
