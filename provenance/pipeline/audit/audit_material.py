"""What the sections of an answer are written from."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, timedelta

from provenance.judge.item_names import is_address, readings
from provenance.model.records.audit import (
    AuditPoint,
    AuditQuery,
    AuditRequest,
    DatasetCounts,
    SideFile,
    Standing,
    Statement,
)
from provenance.model.records.ledger import (
    AccessFacts,
    DatasetFacts,
    LedgerEntry,
    RecordKind,
    UseFacts,
)
from provenance.model.rules.terms import DateRange
from provenance.pipeline.audit.asked_withdrawals import AskedWithdrawals
from provenance.pipeline.audit.audit_evidence import AuditEvidence, CheckedDataset, record_name
from provenance.pipeline.audit.corpus_addresses import DomainDocuments
from provenance.pipeline.audit.found_items import DatasetItems, ItemId
from provenance.pipeline.audit.late_items import LateItems, late_items
from provenance.pipeline.audit.searched_items import AskedItems, name_forms
from provenance.pipeline.item_addresses import known_addresses
from provenance.report.text.number_format import count

Recorded = tuple[LedgerEntry, DateRange | date | None]
"""A record, and the days of the event that it is about, if it states them."""


_POINTS = {
    RecordKind.USE: AuditPoint.USES,
    RecordKind.ACCESS: AuditPoint.ACQUISITION,
    RecordKind.WITHDRAWAL: AuditPoint.WITHDRAWN,
    RecordKind.DESTRUCTION: AuditPoint.DESTROYED,
}
"""Point of an answer that records of a kind belong to."""


@dataclass(frozen=True, slots=True)
class AuditMaterial:
    """What the sections of an answer are written from.

    Parameters
    ----------
    query : AuditQuery
        What was asked about.
    request : AuditRequest
        The letter.
    evidence : AuditEvidence
        Ledger, reports, registries.
    found : tuple of DatasetItems
        What was found, for each dataset that was checked.
    counts : tuple of DatasetCounts
        Its numbers.
    related : frozenset of str
        Names of the datasets that have, or are said to have, content that was asked about, and of
        those made from them.
    asked_names : tuple of str
        Ids and addresses that were asked about.
    asked_items : AskedItems or None
        Items that are asked about by name; None if all of a source are.
    asked_withdrawals : AskedWithdrawals
        Which withdrawals on record are of it.
    languages : dict of (str, str) to str
        Languages of found items, as far as registries state them.
    addresses : tuple of DomainDocuments
        Documents of datasets whose own address is on the domain that was asked about.
    files : tuple of SideFile
        Files beside the answer.
    excerpts : bool
        Whether examples have excerpts.
    withheld : tuple of int
        Points that the answer does not have.
    source_names : mapping of str to str
        What the rules call the sources that they know.
    late : mapping of str to LateItems
        Datasets, by their digests, whose recorded date of collection cannot be right.
    domain_source : str or None
        The source, as the rules have it, of the domain that was asked about.
    """

    query: AuditQuery
    request: AuditRequest
    evidence: AuditEvidence
    found: tuple[DatasetItems, ...]
    counts: tuple[DatasetCounts, ...]
    related: frozenset[str]
    asked_names: tuple[str, ...] = ()
    asked_items: AskedItems | None = None
    asked_withdrawals: AskedWithdrawals = field(default_factory=AskedWithdrawals)
    languages: dict[tuple[str, str], str] = field(default_factory=dict)
    addresses: tuple[DomainDocuments, ...] = ()
    files: tuple[SideFile, ...] = ()
    excerpts: bool = False
    withheld: tuple[int, ...] = ()
    source_names: Mapping[str, str] = field(default_factory=dict)
    late: Mapping[str, LateItems] = field(default_factory=dict)
    domain_source: str | None = None

    @property
    def is_personal(self) -> bool:
        """Return whether one author or one item is asked about, and not a source or a list."""
        return self.query.author is not None or self.query.item is not None

    def withholds(self, entry: LedgerEntry) -> bool:
        """Return whether what a record says belongs to a point that the answer does not have.

        An author is not told of accesses and uses: they name accounts, customers and contracts.
        """
        kind = entry.record.kind
        is_of_others = self.is_personal and kind in {RecordKind.ACCESS, RecordKind.USE}
        return is_of_others or _POINTS.get(kind) in self.withheld

    @property
    def subject(self) -> str:
        """Return what was asked about, in short: "content of X (Twitter)"."""
        source = self.query.source
        is_all = source is not None and self.asked_items is None
        return f"content of {self.name_of(source or '')}" if is_all else "what was asked about"

    def known_names(self) -> list[str]:
        """Return the ids and addresses asked about that are of items of the registries."""
        names = frozenset[str]() if self.asked_items is None else self.asked_items.names
        return [each for each in self.asked_names if name_forms(each) & names]

    def unknown_names(self) -> list[str]:
        """Return the ids and addresses asked about that no registry and no check knows."""
        asked = self.asked_items
        return [
            each
            for each in self.asked_names
            if asked is None or not any(asked.named(form) for form in name_forms(each))
        ]

    def unread_names(self) -> list[str]:
        """Return the unknown names that are no addresses either, as far as their forms say."""
        return [each for each in self.unknown_names() if not any(map(is_address, readings(each)))]

    def indirect_names(self) -> list[str]:
        """Return the addresses asked about that lead to an item which they do not state."""
        known = known_addresses()
        found = ((name, map(known.item_address, readings(name))) for name in self.asked_names)
        return [
            name for name, forms in found if any(form and form.leads_elsewhere for form in forms)
        ]

    def name_of(self, source: str) -> str:
        """Return what a source is called in the answer."""
        return self.source_names.get(source, source)

    def uses(self) -> list[tuple[LedgerEntry, UseFacts]]:
        """Return the uses of related datasets."""
        return [each for each in self.evidence.facts(UseFacts) if each[1].dataset in self.related]

    @property
    def sources(self) -> frozenset[str]:
        """Return the sources of what was asked about, as far as they are known."""
        if self.query.source is not None:
            return frozenset([self.query.source])
        items = frozenset[ItemId]() if self.asked_items is None else self.asked_items.items
        return frozenset(source for source, _ in items) | frozenset(
            [] if self.domain_source is None else [self.domain_source]
        )

    def accesses(self) -> list[tuple[LedgerEntry, AccessFacts]]:
        """Return the accesses to the sources; if none is known, those to related datasets."""
        return accesses_of(self.evidence, self.sources, self.related)

    def datasets(self) -> list[tuple[LedgerEntry, DatasetFacts]]:
        """Return what is declared of related datasets, the latest of each name."""
        latest = {each[1].name: each for each in self.evidence.facts(DatasetFacts)}
        return [each for name, each in latest.items() if name in self.related]

    def dates_of(self, dataset: CheckedDataset) -> tuple[DateRange | None, date | None]:
        """Return when a dataset was collected and first used; what cannot be right is left out."""
        collected, first_use = dates_of(dataset, self.evidence)
        return None if dataset.digest in self.late else collected, first_use

    def late_items_of(self, facts: DatasetFacts) -> LateItems | None:
        """Return what shows that the recorded collection of a dataset cannot be right, if so."""
        own = [each for each in self.evidence.checked if facts.name in names_of(each)]
        late = [self.late[each.digest] for each in own if each.digest in self.late]
        return next((each for each in late if each.collected == facts.collected), None)

    def collection_of(self, facts: DatasetFacts) -> DateRange | None:
        """Return when a dataset was collected; None if that is unknown or cannot be right."""
        return facts.collected if self.late_items_of(facts) is None else None

    def measured_names(self) -> frozenset[str]:
        """Return the names of the datasets in which content was found."""
        return measured_names(self.evidence, self.counts, self.addresses)

    def checked(self) -> Iterator[tuple[DatasetItems, DatasetCounts]]:
        """Yield what was found with its numbers."""
        return zip(self.found, self.counts, strict=True)


def names_of(dataset: CheckedDataset) -> set[str]:
    """Return all names of a dataset."""
    return {each.name for each in dataset.facts} or {dataset.name}


def accesses_of(
    evidence: AuditEvidence, sources: frozenset[str], related: frozenset[str]
) -> list[tuple[LedgerEntry, AccessFacts]]:
    """Return accesses to sources, or, if there are none, those that went into related datasets."""
    return [
        each
        for each in evidence.facts(AccessFacts)
        if (each[1].source in sources if sources else related & set(each[1].datasets))
    ]


def measured_names(
    evidence: AuditEvidence,
    counts: Iterable[DatasetCounts],
    addresses: Iterable[DomainDocuments],
) -> frozenset[str]:
    """Return the names of datasets in which content was found, by words or by address."""
    digests = {each.digest for each in counts if each.passages or each.addresses}
    digests |= {each.digest for each in addresses if each.on_domain}
    names = {name for each in evidence.checked if each.digest in digests for name in names_of(each)}
    names |= {each.name for _, each in evidence.facts(DatasetFacts) if each.digest in digests}
    return frozenset(names)


def related_datasets(
    evidence: AuditEvidence, query: AuditQuery, found: frozenset[str]
) -> frozenset[str]:
    """Return the names of datasets with content that was found, or that is declared."""
    related = set(found)
    facts = [each for _, each in evidence.facts(DatasetFacts)]
    if query.source is not None:
        related |= {each.name for each in facts if query.source in each.sources}
        accesses = accesses_of(evidence, frozenset([query.source]), frozenset())
        related |= {name for _, each in accesses for name in each.datasets}
    while made := {each.name for each in facts if related & set(each.made_from)} - related:
        related |= made
    return frozenset(related)


def dates_of(
    dataset: CheckedDataset, evidence: AuditEvidence
) -> tuple[DateRange | None, date | None]:
    """Return when a dataset was collected, and the day of its first use, as far as declared."""
    declared = [each.collected for each in dataset.facts if each.collected is not None]
    stated = [
        each
        for check in dataset.checks
        if (each := check.result.policy.circumstances.collected) is not None
    ]
    collected = next(reversed([*stated, *declared]), None)
    names = names_of(dataset)
    starts = [
        each.dates.first
        for _, each in evidence.facts(UseFacts)
        if each.dataset in names and each.dates is not None and each.dates.first is not None
    ]
    return collected, min(starts, default=None)


def find_late_items(evidence: AuditEvidence) -> dict[str, LateItems]:
    """Return datasets, by digest, whose recorded collection is refuted by items found in them."""
    found = ((each, late_items(each, dates_of(each, evidence)[0])) for each in evidence.checked)
    return {each.digest: late for each, late in found if late is not None}


def measured(text: str, *rests_on: str, letter: bool = False) -> Statement:
    """Return a line that was measured."""
    return Statement(Standing.MEASURED, text, rests_on, letter)


def unknowable(text: str, *rests_on: str, letter: bool = False) -> Statement:
    """Return a line on what cannot be known; it states no figure."""
    return Statement(Standing.UNKNOWABLE, text, rests_on, letter)


def stated(text: str, *, letter: bool = False) -> Statement:
    """Return a line that whoever asked for the answer declared; no record has it."""
    return declared(text, "stated for this answer, not recorded", letter=letter)


def declared(text: str, *rests_on: str, letter: bool = False) -> Statement:
    """Return a line that people declared, and that says itself who did."""
    return Statement(Standing.DECLARED, text, rests_on, letter)


def recorded(
    material: AuditMaterial, text: str, *records: Recorded, letter: bool = False
) -> Statement:
    """Return a line that people declared, with who recorded it, when, and how long after."""
    if not records:
        raise ValueError("a line that is recorded has a record")
    names = tuple(dict.fromkeys(record_name(entry) for entry, _ in records))
    said = f"{text} {recording_phrase(records, material.request.received)}"
    return Statement(Standing.DECLARED, said, names, letter)


def recording_phrase(records: Sequence[Recorded], received: date | None) -> str:
    """Return who recorded something, when, and how many days after the event.

    Parameters
    ----------
    records : sequence of Recorded
        At least one.
    received : date or None
        When the request was received.

    Returns
    -------
    str
        "Recorded by writer 1f2e… on 2023-05-20, 12 days after; after the request was received."
    """
    said = writing_phrase([entry for entry, _ in records])
    return f"{said}{_delay(records)}{_lateness(records, received)}."


def writing_phrase(entries: Sequence[LedgerEntry]) -> str:
    """Return who wrote records, and when: "Recorded by writer 1f2e… on 2023-05-20"."""
    days = sorted({entry.record.recorded.astimezone(UTC).date() for entry in entries})
    writers = sorted({entry.record.writer for entry in entries})
    who = f"by {'writer' if len(writers) == 1 else 'writers'} {', '.join(writers)}"
    when = f"on {days[0]}" if len(days) == 1 else f"from {days[0]} to {days[-1]}"
    number_of = len({entry.digest for entry in entries})
    number = "Recorded" if number_of == 1 else f"Recorded in {count(number_of, 'record')}"
    return f"{number} {who} {when}"


def _delay(records: Sequence[Recorded]) -> str:
    delays = sorted(
        days for entry, event in records if (days := _days_after(entry, event)) is not None
    )
    if not delays:
        return "; the day of the event is not stated"
    low, high = delays[0], delays[-1]
    partly = "" if len(delays) == len(records) else ", where its day is stated"
    if low == high == 0:
        is_period = any(isinstance(event, DateRange) and not _is_day(event) for _, event in records)
        return f", {'within the time' if is_period else 'on the day'} of the event{partly}"
    if low == high:
        before = "before" if low < 0 else "after"
        return f", {count(abs(low), 'day')} {before} the event{partly}"
    if low < 0:
        after = "on the day of" if high == 0 else f"{count(high, 'day')} after"
        return f", between {count(-low, 'day')} before and {after} the event{partly}"
    return f", {low:,} to {count(high, 'day')} after the event{partly}"


def _days_after(entry: LedgerEntry, event: DateRange | date | None) -> int | None:
    """Return how many days after an event it was recorded; 0 within a period that it lasted."""
    recorded, last = entry.record.recorded.astimezone(UTC).date(), last_day(event)
    if last is None:
        return None
    first = event.first if isinstance(event, DateRange) else event
    if first is not None and first <= recorded <= last:
        return 0
    return (recorded - last).days if recorded > last else (recorded - (first or last)).days


def _is_day(days: DateRange) -> bool:
    return days.first == last_day(days)


def _lateness(records: Sequence[Recorded], received: date | None) -> str:
    if received is None:
        return ""
    days = {entry.digest: entry.record.recorded.astimezone(UTC).date() for entry, _ in records}
    late = sum(day > received for day in days.values())
    if not late:
        return ""
    of = "" if late == len(days) == 1 else f"; {late:,} of them"
    return f"{of or ';'} after the request was received"


def last_day(event: DateRange | date | None) -> date | None:
    """Return the last day of an event, as far as it is stated; the first where none is."""
    if not isinstance(event, DateRange):
        return event
    return event.first if event.until is None else event.until - timedelta(days=1)
