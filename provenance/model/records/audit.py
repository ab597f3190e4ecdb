"""Answers to those whose content may be in datasets: what was found, declared and is not known."""

from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum

import pyarrow as pa

from provenance.model.content.tables import FINDINGS

AUDIT_SCHEMA = "provenance/audit/1"


class Standing(StrEnum):
    """Whether a statement of an answer is measured, declared, or cannot be known."""

    MEASURED = "measured"
    DECLARED = "declared"
    UNKNOWABLE = "cannot be known"


class EvidenceRung(StrEnum):
    """Kind of evidence that an item is in a dataset, the strongest first."""

    ADDRESS = "address"
    WHOLE = "whole item"
    PASSAGE = "passage"
    SIMILARITY = "similarity"
    DECLARATION = "declaration"


class WithdrawalTime(StrEnum):
    """When an item was withdrawn, compared with the collection and the use of a dataset."""

    BEFORE_COLLECTION = "before collection"
    DURING_COLLECTION = "during collection"
    BETWEEN = "between collection and first use"
    AFTER_USE = "after first use"
    AFTER_COLLECTION = "after collection; no use is dated"
    UNDATED = "dates of collection or use not declared"


AUDIT_ITEMS = pa.schema(
    [
        pa.field("dataset", pa.string(), nullable=False),  # its name, or its digest
        pa.field("digest", pa.string(), nullable=False),  # of the dataset
        pa.field("source", pa.string(), nullable=False),
        pa.field("item", pa.string()),  # the owner's id; null for an address of a row
        pa.field("url", pa.string()),
        pa.field("created_at", pa.timestamp("s", "UTC")),
        pa.field("evidence", pa.string()),  # the strongest: an `EvidenceRung`; null if withheld
        pa.field("documents", pa.int64(), nullable=False),
        pa.field("passages", pa.int64(), nullable=False),
        pa.field("tokens", pa.int64(), nullable=False),
        pa.field("item_tokens", pa.int64()),
        pa.field("counted", pa.bool_(), nullable=False),  # not contested, and no quotation
        pa.field("disputed", pa.bool_(), nullable=False),  # that it is the source's
        pa.field("same_words", pa.list_(pa.string())),  # other ids of the source with these words
        pa.field("withdrawn", pa.date32()),
        pa.field("withdrawn_when", pa.string()),  # a `WithdrawalTime`
        pa.field("excerpt", pa.string()),  # of the dataset, only on request
    ]
)
"""One row for each dataset and item, or address, that was found in it."""


FORGET_SCHEMA = "provenance/forget-set/1"

FORGET_SET = pa.schema(
    [
        pa.field("dataset", pa.string(), nullable=False),  # its name, or its addresses
        pa.field("digest", pa.string(), nullable=False),  # of the dataset
        pa.field("file_sha256", pa.string()),  # of the bytes of the file, which may be renamed
        *(
            FINDINGS.field(name)
            for name in (
                *("document", "file", "row", "field", "start", "end", "byte_start", "byte_end"),
                *("source", "item", "url", "evidence", "verdict", "basis", "terms"),
                *("tokens", "strength"),
            )
        ),
    ]
)
"""One row for each passage to be removed or unlearnt; `file` is the shard. No text."""


@dataclass(frozen=True, slots=True)
class ForgetSet:
    """Passages of datasets that are to be removed, or unlearnt by models.

    Parameters
    ----------
    path : str
        Its folder.
    digest : str
        SHA-256 of the table.
    rows : pyarrow.Table
        Of schema `FORGET_SET`.
    """

    path: str
    digest: str
    rows: pa.Table


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Criteria of the content that is asked about; all that are given must hold.

    Parameters
    ----------
    source, domain, author : str or None
        A source, a domain with its subdomains, an author as dumps spell the name.
    item : str or None
        Id, address or text of an item.
    works : str or None
        File that lists ids or addresses.
    source_name : str or None
        What the rules call the source; None if they do not know it.
    """

    source: str | None = None
    domain: str | None = None
    author: str | None = None
    item: str | None = None
    works: str | None = None
    source_name: str | None = None


@dataclass(frozen=True, slots=True)
class AuditRequest:
    """The letter that is answered, as declared.

    Parameters
    ----------
    requester, reference : str or None
        Who asked, and the reference of the letter.
    received, due : date or None
        When it came, and until when an answer is asked for.
    stated_name : str or None
        Who has reviewed and signed the answer, as stated; None leaves it a draft.
    """

    requester: str | None = None
    reference: str | None = None
    received: date | None = None
    due: date | None = None
    stated_name: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """A line of an answer.

    Parameters
    ----------
    standing : Standing
        How it is known.
    text : str
        A sentence.
    rests_on : tuple of str
        Records and reports that it follows from: "record 3fb1c2…".
    in_letter : bool
        Whether the cover letter has it, too.
    """

    standing: Standing
    text: str
    rests_on: tuple[str, ...] = ()
    in_letter: bool = False


class AuditPoint(IntEnum):
    """The points of an answer that other parts of it depend on."""

    USES = 2
    ACQUISITION = 3
    ITEMS = 4
    EVIDENCE = 5
    WITHDRAWN = 6
    DESTROYED = 7


AUDIT_POINTS = 11
"""Number of the points of an answer."""


@dataclass(frozen=True, slots=True)
class AuditSection:
    """One of the points of an answer.

    Parameters
    ----------
    number : int
        From 1.
    title : str
        What it is about.
    statements : tuple of Statement
        Its lines, in order.
    """

    number: int
    title: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class DatasetCounts:
    """Numbers of what was found in a dataset.

    Parameters
    ----------
    dataset, digest : str
        Its name, or the addresses that were checked; its digest.
    documents, passages, tokens : int
        Documents with copied words of what was asked about, passages in them and tokens of these.
    items : int
        Items whose words were copied, after de-duplication: one for each text.
    items_with_copies : int
        The same before: all ids of the source whose words were found.
    addresses : int
        Documents whose own address is of what was asked about, with copied words or without.
    declarations : int
        Documents that declare a licence or have a signal that was asked about.
    not_counted : int
        Passages that are contested, or quote another work: in none of the other numbers.
    withdrawn : int or None
        Number of the items that were withdrawn since; None if that point is withheld.
    disputed : int
        Number of the items of which somebody disputes that they are the source's.
    """

    dataset: str
    digest: str
    documents: int
    passages: int
    tokens: int
    items: int
    items_with_copies: int
    addresses: int
    declarations: int
    not_counted: int
    withdrawn: int | None
    disputed: int


@dataclass(frozen=True, slots=True)
class SideFile:
    """A file beside an answer.

    Parameters
    ----------
    name, sha256 : str
        Its name and digest.
    rows : int
        Its rows.
    """

    name: str
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class Audit:
    """An answer: what is known of a source's, an author's or a person's content in datasets.

    Parameters
    ----------
    tool : str
        Version of `provenance`.
    query : AuditQuery
        What was asked about.
    request : AuditRequest
        The letter.
    found : bool or None
        Whether anything was found that counts; None if point 4 is withheld.
    datasets : tuple of DatasetCounts
        What was found, for each dataset that was checked; none if point 4 is withheld.
    sections : tuple of AuditSection
        The eleven points, without those that are withheld.
    files : tuple of SideFile
        Files beside it.
    withheld : tuple of int
        Numbers of the points that are withheld.
    """

    tool: str
    query: AuditQuery
    request: AuditRequest
    found: bool | None
    datasets: tuple[DatasetCounts, ...]
    sections: tuple[AuditSection, ...]
    files: tuple[SideFile, ...] = ()
    withheld: tuple[int, ...] = ()
