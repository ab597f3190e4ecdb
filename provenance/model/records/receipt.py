"""Receipts of cleaned corpora: what was removed, and why."""

from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from provenance.model.content.tables import Unread
from provenance.model.rules.terms import Verdict
from provenance.model.short_repr import short_repr

RECEIPT_SCHEMA = "provenance/receipt/1"

REMOVALS = pa.schema(
    [
        pa.field("document", pa.string(), nullable=False),
        pa.field("file", pa.string(), nullable=False),  # of the corpus before
        pa.field("row", pa.int64(), nullable=False),
        pa.field("field", pa.string(), nullable=False),
        pa.field("start", pa.int64(), nullable=False),  # of the text as it was in that round
        pa.field("end", pa.int64(), nullable=False),
        pa.field("whole", pa.bool_(), nullable=False),  # whole document, not only the span
        pa.field("round", pa.int64(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("item", pa.string()),
        pa.field("url", pa.string()),
        pa.field("evidence", pa.string(), nullable=False),
        pa.field("verdict", pa.string(), nullable=False),
        pa.field("basis", pa.string()),
        pa.field("terms", pa.string()),
        pa.field("strength", pa.float64(), nullable=False),
    ]
)
"""One row for each finding for which something was removed; contains no text of the corpus."""


@dataclass(frozen=True, slots=True)
class Cleaning:
    """Options of a cleaning: findings to remove, and how to remove them.

    Parameters
    ----------
    verdicts : tuple of Verdict
        Findings with these verdicts are removed, the strictest first.
    redact : str or None
        Replaces each passage; None removes whole documents.
    waived, contested : bool
        Whether waived or contested findings are removed too.
    forget_set : str or None
        SHA-256 of the forget set that says what is removed, instead of the verdicts.
    """

    verdicts: tuple[Verdict, ...] = (Verdict.FORBIDDEN,)
    redact: str | None = None
    waived: bool = False
    contested: bool = False
    forget_set: str | None = None


@dataclass(frozen=True, slots=True)
class Volume:
    """The size of a corpus.

    Parameters
    ----------
    digest : str or None
        Of its files; None if there are none.
    documents, tokens, bytes : int
        Rows with text; tokens; bytes of UTF-8 text.
    """

    digest: str | None
    documents: int
    tokens: int
    bytes: int


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Size and digest of a file.

    Parameters
    ----------
    bytes : int
        Its size.
    sha256 : str
        Its digest, in hex.
    """

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class CleanedFile:
    """The outcome for a file.

    Parameters
    ----------
    file : str
        Relative to the corpus.
    written : str or None
        Relative to the cleaned corpus; None if nothing is left of it.
    documents, spans : int
        Number removed from it.
    before : FileFacts
        The original.
    after : FileFacts or None
        The copy; the same if nothing was removed.
    """

    file: str
    written: str | None
    documents: int
    spans: int
    before: FileFacts
    after: FileFacts | None


@dataclass(frozen=True, slots=True)
class RemovalReason:
    """A reason for removals.

    Parameters
    ----------
    source : str
        Source of the content.
    verdict, basis, terms : str, str or None, str or None
        The ruling; basis and terms are None if no terms decided it.
    findings, documents : int
        Number of findings, and of documents with them.
    """

    source: str
    verdict: str
    basis: str | None
    terms: str | None
    findings: int
    documents: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """Record of a cleaning: what was removed from a corpus and why, and what is left.

    Parameters
    ----------
    tool : str
        Version of `provenance`.
    created : datetime
        When the cleaned corpus was complete.
    addresses : tuple of str
        Addresses of the corpus, as given.
    before, after : Volume
        Size of the corpus before and after.
    cleaning : Cleaning
        The options.
    purpose : str
        Purpose that the verdicts are about.
    registries : tuple of str
        Digests of the registries that it was checked against.
    rules, model : str
        Digests of the rules, and of the model of the original corpus.
    rounds : int
        Number of rounds in which something was removed: the rest is checked again, scored with that
        model and with its own, and what is found is removed too.
    documents, spans : int
        Number removed; spans of removed documents are not counted.
    reasons : tuple of RemovalReason
        Reasons of the removals.
    left_waived, left_contested : int
        Findings with a verdict to be removed that were left in as waived or contested.
    not_copied : int
        Files beside the data in its folders, which were neither checked nor copied.
    files : tuple of CleanedFile
        Files of the corpus, in order of their names.
    unread : tuple of Unread
        Files that could not be read to their end; they are neither in `files` nor written.
    wordless : tuple of Unread
        Columns of which the texts are not words: they are written, but nothing can be found there.
    """

    tool: str
    created: datetime
    addresses: tuple[str, ...]
    before: Volume
    after: Volume
    cleaning: Cleaning
    purpose: str
    registries: tuple[str, ...]
    rules: str
    model: str
    rounds: int
    documents: int
    spans: int
    reasons: tuple[RemovalReason, ...]
    left_waived: int
    left_contested: int
    not_copied: int
    files: tuple[CleanedFile, ...]
    unread: tuple[Unread, ...] = ()
    wordless: tuple[Unread, ...] = ()

    __repr__ = short_repr

    def __bool__(self) -> bool:
        """Return whether all of the corpus could be checked: the exit code of `clean` is then 0."""
        return not (self.unread or self.wordless)
