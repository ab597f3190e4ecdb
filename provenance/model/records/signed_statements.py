"""Signed statements: attestations of checks, and feedback that disputes whose an item is."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class AttestedCheck:
    """A check, as an attestation has it beside the fields of in-toto.

    Parameters
    ----------
    tool : str
        Version of `provenance`.
    checked : datetime
        When the check ended.
    status : str
        "pass", "warn" (not decided), "fail" or "incomplete".
    purpose : str
        The intended use.
    documents, tokens, bytes : int
        Size of what was checked.
    findings : int
        Number of findings.
    waived : int
        Findings that waivers excuse.
    disputed : int
        Findings of items in dispute.
    unread : int
        Files and folders that could not be read to their end.
    refuted_dates : int
        Stated dates of collection that cannot be right, as items that were found are later.
    report : str
        SHA-256 of result.json, which has the digests of the other files.
    dataset : str
        Addresses of the dataset, as given.
    digest : str
        SHA-256 over the sorted SHA-256 of its files (`corpus_digest`).
    files : int
        Number of subjects that are its files; 0 if it has none that `sha256sum` could read.
    split : str or None
        The split that was checked; null means all.
    sample : float or None
        The share of the documents that was checked; null means all.
    """

    tool: str
    checked: datetime
    status: str
    purpose: str
    documents: int
    tokens: int
    bytes: int
    findings: int
    waived: int
    disputed: int
    unread: int
    refuted_dates: int
    report: str
    dataset: str
    digest: str
    files: int
    split: str | None = None
    sample: float | None = None


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
