"""Attestations: what a signed statement says of a check."""

from dataclasses import dataclass
from datetime import datetime


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
        "pass", "fail" or "incomplete".
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
    report : str
        SHA-256 of result.json, which has the digests of the other files.
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
    report: str
    split: str | None = None
    sample: float | None = None
