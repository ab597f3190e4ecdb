"""Records of a ledger: what was collected, checked, used, cleaned, withdrawn and destroyed.

A record consists of what is chained and can never be changed (kind, time, numbers, digests of
files) and of the files themselves: its facts, and lists of items. Only the files have names, ids
and texts; each can be erased, and the chain still holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

import pyarrow as pa

from provenance.model.rules.policy import Route
from provenance.model.rules.terms import DateRange

LEDGER_SCHEMA = "provenance/ledger/1"


class RecordKind(StrEnum):
    """Kind of event that a record is about."""

    DATASET = "dataset"
    ACCESS = "access"
    USE = "use"
    DESTRUCTION = "destruction"
    WITHDRAWAL = "withdrawal"
    CHECK = "check"
    CLEANING = "cleaning"
    ERASURE = "erasure"
    SIGNATURE = "signature"
    TIMESTAMP = "timestamp"


class ErasureReason(StrEnum):
    """Why files of a ledger were erased."""

    REQUEST = "request"
    RETENTION = "retention"
    ORDER = "order"
    ERROR = "error"


class FileRole(StrEnum):
    """Content of a file of a record."""

    FACTS = "facts"
    RESULT = "result"
    FINDINGS = "findings"
    RECEIPT = "receipt"
    REMOVALS = "removals"
    ITEMS = "items"
    SIGNATURE = "signature"
    TIMESTAMP = "timestamp"


@dataclass(frozen=True, slots=True)
class LedgerFile:
    """A file of a record.

    Parameters
    ----------
    role : FileRole
        What it contains.
    name : str
        Its SHA-256, and `.json` or `.parquet`.
    bytes : int
        Its size.
    rows : int or None
        Rows of a table; None for JSON.
    """

    role: FileRole
    name: str
    bytes: int
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class LedgerRecord:
    """The part of a record that is chained, and can never be changed.

    Parameters
    ----------
    kind : RecordKind
        What it is about.
    recorded : datetime
        When it was written.
    tool : str
        Version of `provenance`.
    writer : str
        Identifier of the installation that wrote it, in hex.
    number : int
        One more than the number of records that it follows, directly or not.
    files : tuple of LedgerFile
        Its files; the facts first.
    previous : tuple of str
        SHA-256 of the newest records of the ledger; several where processes wrote at once.
    corrects : str or None
        SHA-256 of the record of the same kind that it takes the place of.
    erased : tuple of str
        Names of files that were erased; of an erasure.
    reason : ErasureReason or None
        Why; of an erasure.
    """

    kind: RecordKind
    recorded: datetime
    tool: str
    writer: str
    number: int
    files: tuple[LedgerFile, ...]
    previous: tuple[str, ...] = ()
    corrects: str | None = None
    erased: tuple[str, ...] = ()
    reason: ErasureReason | None = None


class RecipientKind(StrEnum):
    """Kind of recipient of a dataset or a model."""

    GOVERNMENT = "government"
    COMPANY = "company"
    RESEARCH = "research"
    PUBLIC = "public"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Recipient of a dataset, or of a model that was made with it.

    Parameters
    ----------
    name : str
        Name.
    kind : RecipientKind
        Its kind.
    """

    name: str
    kind: RecipientKind


@dataclass(frozen=True, slots=True)
class DatasetFacts:
    """A dataset, as declared.

    Parameters
    ----------
    name : str
        Name and version: `posts@2023-01`.
    digest : str or None
        Digest of the corpus, as reports have it.
    documents, tokens, bytes : int or None
        Its size, from a report.
    sources : tuple of str
        Sources that it has content of, as far as the owner knows.
    route : Route or None
        How it was obtained.
    collected : DateRange or None
        When.
    account, agreement : str or None
        Account or application id by which, and contract under which it was obtained.
    made_from : tuple of str
        Datasets that it was made from.
    recipients : tuple of Recipient
        Who received a copy.
    note : str or None
        Anything else.
    """

    name: str
    digest: str | None = None
    documents: int | None = None
    tokens: int | None = None
    bytes: int | None = None
    sources: tuple[str, ...] = ()
    route: Route | None = None
    collected: DateRange | None = None
    account: str | None = None
    agreement: str | None = None
    made_from: tuple[str, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class AccessFacts:
    """Access to a source, as declared.

    Parameters
    ----------
    source : str
        The source.
    application, account : str or None
        Application, and account or application id, that had the access.
    route : Route or None
        How.
    dates : DateRange or None
        When.
    calls, items : int or None
        Number of calls, and of items that were retrieved.
    datasets : tuple of str
        Datasets that the items went into.
    agreement, note : str or None
        Contract or terms; anything else.
    """

    source: str
    application: str | None = None
    account: str | None = None
    route: Route | None = None
    dates: DateRange | None = None
    calls: int | None = None
    items: int | None = None
    datasets: tuple[str, ...] = ()
    agreement: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class UseFacts:
    """A use of a dataset, as declared.

    Parameters
    ----------
    dataset : str
        The dataset.
    application, model : str or None
        Application that used it, and model that was made with it.
    model_digest : str or None
        SHA-256 of the model.
    purpose : str or None
        What for.
    dates : DateRange or None
        When.
    recipients : tuple of Recipient
        Who received what was made.
    note : str or None
        Anything else.
    """

    dataset: str
    application: str | None = None
    model: str | None = None
    model_digest: str | None = None
    purpose: str | None = None
    dates: DateRange | None = None
    recipients: tuple[Recipient, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class DestructionFacts:
    """The destruction of a dataset, as declared.

    Parameters
    ----------
    dataset : str
        The dataset.
    destroyed : date
        When.
    by, method : str or None
        By whom and how.
    items : int or None
        Number of items that it had.
    copies_left : str or None
        Copies that remain, backups included.
    receipt : str or None
        SHA-256 of a document that proves it.
    note : str or None
        Anything else.
    """

    dataset: str
    destroyed: date
    by: str | None = None
    method: str | None = None
    items: int | None = None
    copies_left: str | None = None
    receipt: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class WithdrawalFacts:
    """Items that were withdrawn at their source, or whose withdrawal was taken back.

    Parameters
    ----------
    source : str or None
        Their source; None means several.
    registry : str or None
        Digest of the registry that they were removed from, after it; None where people declared it.
    reason : str or None
        Why.
    restored : bool
        Whether earlier withdrawals of them were taken back.
    """

    source: str | None = None
    registry: str | None = None
    reason: str | None = None
    restored: bool = False


@dataclass(frozen=True, slots=True)
class CheckFacts:
    """A check of a dataset.

    Parameters
    ----------
    digest : str
        Digest of the corpus.
    addresses : tuple of str
        As given.
    checked : date
        The day of the check, in UTC.
    report : str or None
        Folder of the report.
    """

    digest: str
    addresses: tuple[str, ...]
    checked: date
    report: str | None = None


@dataclass(frozen=True, slots=True)
class CleaningFacts:
    """A cleaning of a dataset.

    Parameters
    ----------
    addresses : tuple of str
        As given.
    output : str
        Folder of the copy.
    before, after : str or None
        Digests of the corpus before and after; None where nothing was left.
    """

    addresses: tuple[str, ...]
    output: str
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class ErasureFacts:
    """An erasure of files of the ledger.

    Parameters
    ----------
    note : str or None
        Who asked for it, or anything else.
    """

    note: str | None = None


@dataclass(frozen=True, slots=True)
class SignatureFacts:
    """A signature of a state of the ledger.

    Parameters
    ----------
    state : str
        Digest of the state.
    newest : tuple of str
        SHA-256 of its newest records.
    key : str
        Fingerprint of the key.
    """

    state: str
    newest: tuple[str, ...]
    key: str


@dataclass(frozen=True, slots=True)
class TimestampFacts:
    """A time stamp of a state of the ledger, by an authority outside.

    Parameters
    ----------
    state : str
        Digest of the state.
    newest : tuple of str
        SHA-256 of its newest records.
    stated : datetime or None
        The time that it states, in the form of RFC 3161; None in another form.
    """

    state: str
    newest: tuple[str, ...]
    stated: datetime | None = None


Facts = (
    DatasetFacts
    | AccessFacts
    | UseFacts
    | DestructionFacts
    | WithdrawalFacts
    | CheckFacts
    | CleaningFacts
    | ErasureFacts
    | SignatureFacts
    | TimestampFacts
)

FACTS: dict[RecordKind, type[Facts]] = {
    RecordKind.DATASET: DatasetFacts,
    RecordKind.ACCESS: AccessFacts,
    RecordKind.USE: UseFacts,
    RecordKind.DESTRUCTION: DestructionFacts,
    RecordKind.WITHDRAWAL: WithdrawalFacts,
    RecordKind.CHECK: CheckFacts,
    RecordKind.CLEANING: CleaningFacts,
    RecordKind.ERASURE: ErasureFacts,
    RecordKind.SIGNATURE: SignatureFacts,
    RecordKind.TIMESTAMP: TimestampFacts,
}
"""The facts of each kind of record."""

WITHDRAWN_ITEMS = pa.schema(
    [
        pa.field("source", pa.string()),
        pa.field("item", pa.string(), nullable=False),
        pa.field("date", pa.date32(), nullable=False),
    ]
)
"""Items of a withdrawal: the source, its own id, and the day of the withdrawal."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """When and why a file was erased."""

    day: date
    reason: ErasureReason


F = TypeVar("F", bound=Facts)

CORRECTABLE = (
    RecordKind.DATASET,
    RecordKind.ACCESS,
    RecordKind.USE,
    RecordKind.DESTRUCTION,
    RecordKind.WITHDRAWAL,
)
"""Kinds of records that people state, and may correct; what a command did stays as it was."""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A record with its digest and its facts.

    Parameters
    ----------
    digest : str
        SHA-256 of the record.
    record : LedgerRecord
        Its chained part.
    facts : Facts or None
        None if they were erased.
    recorded_by : str or None
        Account of the system that wrote it; None if it was erased with the facts.
    """

    digest: str
    record: LedgerRecord
    facts: Facts | None
    recorded_by: str | None = None


@dataclass(frozen=True)
class Ledger:
    """All records of a ledger.

    Parameters
    ----------
    address : str
        As given.
    digest : str
        SHA-256 of the newest record, which all others come before; where several are the newest,
        SHA-256 of the list of these.
    entries : tuple of LedgerEntry
        In the order of time.
    erasures : dict of str to Erasure
        By the name of the file.
    """

    address: str
    digest: str
    entries: tuple[LedgerEntry, ...]
    erasures: dict[str, Erasure] = field(default_factory=dict)

    def corrections(self) -> dict[str, LedgerEntry]:
        """Return the record that counts instead of each corrected one, by the latter's digest.

        A correction may be corrected. Where several correct one record, as in two copies of a
        ledger that were merged, the newest of them counts. A correction of which the facts were
        erased still takes the place of what it corrects.
        """
        return _corrections(self.entries)

    @cached_property
    def entries_in_force(self) -> tuple[LedgerEntry, ...]:
        """Return the records that no other corrects, in the order of time.

        They name each dataset as its newest correction does, whatever it was called when they were
        written; a correction without a digest keeps that of the dataset that it corrects.
        """
        corrected = self.corrections()
        if not corrected:
            return self.entries
        names = DatasetNames(self.entries, corrected)
        by_digest = {entry.digest: entry for entry in self.entries}
        return tuple(
            entry if facts is entry.facts else replace(entry, facts=facts)
            for entry in self.entries
            if entry.digest not in corrected
            for facts in [_facts_in_force(entry, names, by_digest)]
        )

    def dataset_names(self) -> "DatasetNames":
        """Return which datasets names stood for when records were written."""
        return DatasetNames(self.entries, self.corrections())

    def facts(self, kind: type[F]) -> list[tuple[LedgerEntry, F]]:
        """Return the facts in force of one kind with their records, in the order of time."""
        return [
            (entry, entry.facts) for entry in self.entries_in_force if isinstance(entry.facts, kind)
        ]


class DatasetNames:
    """Names of datasets, as corrections changed them.

    A record that names a dataset means the one that had this name when it was written. So a use of
    "posts" stays one of what is now called "posts@1", also if another dataset is "posts" since.

    Parameters
    ----------
    entries : sequence of LedgerEntry
        All records, in the order of time.
    corrected : dict of str to LedgerEntry
        As `Ledger.corrections` returns them.
    """

    def __init__(self, entries: Sequence[LedgerEntry], corrected: dict[str, LedgerEntry]) -> None:
        self._places = {entry.digest: place for place, entry in enumerate(entries)}
        ends = dict[str, int]()
        for place, entry in enumerate(entries):
            if entry.record.corrects is not None:
                ends.setdefault(entry.record.corrects, place)
        self._periods = dict[str, list[tuple[int, int, str]]]()
        for place, entry in enumerate(entries):
            newest = corrected.get(entry.digest, entry)
            if isinstance(entry.facts, DatasetFacts) and isinstance(newest.facts, DatasetFacts):
                period = place, ends.get(entry.digest, len(entries)), newest.facts.name
                self._periods.setdefault(entry.facts.name, []).append(period)

    def meant(self, name: str, entry: LedgerEntry) -> tuple[str, ...]:
        """Return what datasets that a record names are called now; the likeliest first.

        Parameters
        ----------
        name : str
            As the record has it.
        entry : LedgerEntry
            The record.
        """
        place, periods = self._places[entry.digest], self._periods.get(name, [])
        own = [each for each in periods if each[0] <= place < each[1]]
        # Named before it was recorded, or by a name that no dataset has any more.
        own = own or [each for each in periods if each[0] > place][:1] or periods
        return tuple(dict.fromkeys(new for _, _, new in reversed(own))) or (name,)


def _facts_in_force(
    entry: LedgerEntry, names: DatasetNames, by_digest: dict[str, LedgerEntry]
) -> Facts | None:
    """Return the facts of a record, with what corrections changed elsewhere."""
    facts = entry.facts
    if isinstance(facts, DatasetFacts):
        facts = _measured(entry, facts, by_digest)
    old = named_datasets(facts)
    new = tuple(names.meant(each, entry)[0] for each in old)
    if new == old:
        return facts
    match facts:
        case DatasetFacts():
            return replace(facts, made_from=new)
        case AccessFacts():
            return replace(facts, datasets=new)
        case UseFacts() | DestructionFacts():
            return replace(facts, dataset=new[0])
        case _:
            return facts


def named_datasets(facts: Facts | None) -> tuple[str, ...]:
    """Return the names of datasets that facts of another record, or of another dataset, have."""
    match facts:
        case DatasetFacts():
            return facts.made_from
        case AccessFacts():
            return facts.datasets
        case UseFacts() | DestructionFacts():
            return (facts.dataset,)
        case _:
            return ()


def _measured(
    entry: LedgerEntry, facts: DatasetFacts, by_digest: dict[str, LedgerEntry]
) -> DatasetFacts:
    """Return a dataset with the digest and size of what it corrects, unless it has its own."""
    earlier: LedgerEntry | None = entry
    while facts.digest is None and earlier is not None:
        earlier = _corrected_by(earlier, by_digest)
        if earlier is not None and isinstance(earlier.facts, DatasetFacts):
            of = earlier.facts
            facts = replace(
                facts, digest=of.digest, documents=of.documents, tokens=of.tokens, bytes=of.bytes
            )
    return facts


def _corrections(entries: Sequence[LedgerEntry]) -> dict[str, LedgerEntry]:
    by_digest = {entry.digest: entry for entry in entries}
    families = dict[str, list[LedgerEntry]]()
    for entry in entries:
        first = entry
        while (earlier := _corrected_by(first, by_digest)) is not None:
            first = earlier
        if first is not entry:
            families.setdefault(first.digest, [first]).append(entry)
    corrected = dict[str, LedgerEntry]()
    for family in families.values():
        superseded = {each.record.corrects for each in family}
        last = [each for each in family if each.digest not in superseded]
        newest = max(last, key=lambda each: (each.record.recorded, each.digest))
        corrected.update({each.digest: newest for each in family if each is not newest})
    return corrected


def _corrected_by(entry: LedgerEntry, by_digest: dict[str, LedgerEntry]) -> LedgerEntry | None:
    """Return the record that a record corrects; None if it corrects none of its kind."""
    corrected = by_digest.get(entry.record.corrects or "")
    if corrected is None or corrected.record.kind is not entry.record.kind:
        return None
    return corrected if entry.record.kind in CORRECTABLE else None


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Records that cannot all be true.

    Parameters
    ----------
    sentence : str
        What they say.
    records : tuple of str
        Their SHA-256.
    datasets : tuple of str
        Names of the datasets that they are about.
    sources : tuple of str
        Sources that they are about.
    """

    sentence: str
    records: tuple[str, ...]
    datasets: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LedgerFault:
    """Something of a ledger that is not as it was written.

    Parameters
    ----------
    file : str
        Path in the ledger.
    message : str
        What is wrong.
    """

    file: str
    message: str


@dataclass(frozen=True, slots=True)
class EarlierState:
    """A state in which a ledger was earlier.

    Parameters
    ----------
    digest : str
        Its digest.
    records : int
        Number of records that it had.
    added, erased : int
        Records that were added, and files that were erased since.
    faults : tuple of LedgerFault
        What of it is gone or was changed.
    """

    digest: str
    records: int
    added: int
    erased: int
    faults: tuple[LedgerFault, ...] = ()


@dataclass(frozen=True, slots=True)
class Witness:
    """A signature or a time stamp of an earlier state.

    Parameters
    ----------
    record : str
        SHA-256 of its record.
    kind : RecordKind
        Signature or time stamp.
    state : EarlierState
        The state.
    statement : str
        Who signed it, or which time is stated, and whether that was verified.
    is_verified : bool
        Whether it is the signature of somebody who is trusted.
    """

    record: str
    kind: RecordKind
    state: EarlierState
    statement: str = ""
    is_verified: bool = False


@dataclass(frozen=True, slots=True)
class LedgerVerification:
    """Outcome of the verification of a ledger.

    Parameters
    ----------
    records, files, writers : int
        Number of records, of their files that are there, and of writers.
    digest : str
        As in `Ledger`.
    newest : tuple of (str, int, str)
        Writer, number and SHA-256 of the newest records.
    erased : tuple of (str, Erasure)
        Files that were erased.
    faults : tuple of LedgerFault
        What is wrong.
    unnamed : tuple of str
        Files that no record names: of writers that were interrupted, or that are at work.
    late : tuple of LedgerFault
        Records that came to the ledger after later ones.
    contradictions : tuple of Contradiction
        Records that cannot all be true.
    since : EarlierState or None
        The state that was asked about.
    witnesses : tuple of Witness
        Signatures and time stamps of earlier states.
    """

    records: int
    files: int
    writers: int
    digest: str
    newest: tuple[tuple[str, int, str], ...]
    erased: tuple[tuple[str, Erasure], ...]
    faults: tuple[LedgerFault, ...]
    unnamed: tuple[str, ...] = ()
    late: tuple[LedgerFault, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    since: EarlierState | None = None
    witnesses: tuple[Witness, ...] = ()

    def __bool__(self) -> bool:
        """Return whether all is as it was written."""
        return not self.faults
