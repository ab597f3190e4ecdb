"""Items of a dataset that an audit is about, with their evidence and their withdrawals."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from provenance.model.records.audit import AUDIT_ITEMS, DatasetCounts, EvidenceRung, WithdrawalTime
from provenance.model.results.corpus_files import renamed_files
from provenance.model.results.origin import Origin
from provenance.model.rules.policy import WaiverReason
from provenance.model.rules.terms import DateRange
from provenance.pipeline.audit.audit_evidence import Check, CheckedDataset, Item
from provenance.pipeline.audit.audit_query import FindingFilter

_WHOLE = 0.95
"""Share of the words of an item in one document from which on it is called whole: the ends of a
passage may be off by a few."""

_RUNGS = {rung: place for place, rung in enumerate(EvidenceRung)}
_COLUMNS = (
    *("document", "file", "row", "field", "start", "end", "source", "item", "url", "created_at"),
    *("evidence", "tokens", "item_tokens", "contested", "origin", "alternatives", "excerpt"),
    *("marked", "waiver"),
)

Place = tuple[str, int]
"""File and row of a document."""

ItemId = tuple[str, str]
"""Source and id of an item."""


class SharedPassage(NamedTuple):
    """A passage that several items match, with the item that explains it best.

    Parameters
    ----------
    file, row, field, start, end
        Where it is, as in `FINDINGS`.
    source, item : str
        Source and id of that item.
    """

    file: str
    row: int
    field: str
    start: int
    end: int
    source: str
    item: str


class Kind(StrEnum):
    """How a finding says that a document has content: these are never counted together."""

    COPIED = "copied"
    LINKED = "linked"
    DECLARED = "declared"


_KINDS = {
    "content": Kind.COPIED,
    "resemblance": Kind.COPIED,
    "link": Kind.LINKED,
    "licence": Kind.DECLARED,
    "signal": Kind.DECLARED,
}


@dataclass(frozen=True, slots=True)
class Passages:
    """Passages that do not overlap.

    Parameters
    ----------
    tokens : dict of (str, int) to int
        Tokens in each document.
    count : int
        Number of passages.
    is_exact : bool
        Whether they cover everything; if not, another passage that overlaps one has more tokens.
    """

    tokens: dict[Place, int]
    count: int
    is_exact: bool


class PassageSet:
    """Passages as several checks found them, whose ends may differ."""

    def __init__(self) -> None:
        self._fields = dict[tuple[str, int, str], set[tuple[int, int, int]]]()

    def add(self, row: Mapping[str, Any]) -> None:
        """Add the passage of a finding."""
        place = row["file"], row["row"], row["field"]
        self._fields.setdefault(place, set()).add((row["start"], row["end"], row["tokens"]))

    def merge(self, other: "PassageSet") -> None:
        """Add the passages of another set."""
        for place, spans in other._fields.items():
            self._fields.setdefault(place, set()).update(spans)

    def count(self) -> Passages:
        """Count tokens once: of passages that overlap, the longest counts."""
        tokens, number, is_exact = defaultdict[Place, int](int), 0, True
        for (file, row, _), spans in self._fields.items():
            chosen = list[tuple[int, int]]()
            for start, end, length in sorted(spans, key=lambda each: (-each[2], *each)):
                overlapping = [each for each in chosen if each[0] < end and start < each[1]]
                if overlapping:
                    is_exact &= any(low <= start and end <= high for low, high in overlapping)
                    continue
                chosen.append((start, end))
                tokens[file, row] += length
                number += 1
        return Passages(dict(tokens), number, is_exact)


@dataclass(slots=True)
class FoundItem:
    """An item, or the address of a row, in a dataset.

    Parameters
    ----------
    first : dict
        Its first finding.
    kind : Kind
        How it is known.
    counted : bool
        Whether it counts: not contested, and not a quotation of another work.
    spans : PassageSet
        Its passages.
    resembles : bool
        Whether all evidence is resemblance.
    same_words : set of str
        Other ids of the source with the same words.
    disputed_by : set of str
        Who disputes that it is the source's.
    """

    first: dict[str, Any]
    kind: Kind
    counted: bool
    spans: PassageSet = field(default_factory=PassageSet)
    resembles: bool = True
    same_words: set[str] = field(default_factory=set)
    disputed_by: set[str] = field(default_factory=set)
    found: Passages = field(default_factory=lambda: Passages({}, 0, is_exact=True))

    def add(self, row: Mapping[str, Any], disputes: Mapping[str, str]) -> None:
        """Add a finding."""
        self.spans.add(row)
        self.resembles &= row["evidence"] == "resemblance"
        self.same_words.update(
            each["item"]
            for each in row["alternatives"]
            if each["same_words"] and each["source"] == row["source"]
        )
        if row["waiver"] in disputes:
            self.disputed_by.add(disputes[row["waiver"]])

    @property
    def passages(self) -> int:
        """Return the number of its passages."""
        return self.found.count

    @property
    def tokens(self) -> int:
        """Return the tokens in them."""
        return sum(self.found.tokens.values())

    @property
    def places(self) -> dict[Place, int]:
        """Return the tokens in each document."""
        return self.found.tokens

    @property
    def rung(self) -> EvidenceRung:
        """Return the strongest evidence."""
        if self.kind is not Kind.COPIED:
            is_address = self.kind is Kind.LINKED
            return EvidenceRung.ADDRESS if is_address else EvidenceRung.DECLARATION
        length = self.first["item_tokens"]
        if self.resembles:
            return EvidenceRung.SIMILARITY
        is_whole = length and max(self.places.values()) >= _WHOLE * length
        return EvidenceRung.WHOLE if is_whole else EvidenceRung.PASSAGE


@dataclass(frozen=True, slots=True)
class FoundByCheck:
    """What one check found.

    Parameters
    ----------
    check : Check
        The check.
    passages : int
        Findings of copied words that were asked about.
    items : frozenset of ItemId
        Sources and ids of the items that it found, those that match in the same place included.
    """

    check: Check
    passages: int
    items: frozenset[ItemId]


@dataclass(frozen=True, slots=True)
class DatasetItems:
    """What an audit found in a dataset.

    Parameters
    ----------
    dataset : CheckedDataset
        The dataset.
    items : tuple of FoundItem
        In the order of the dataset.
    findings : pyarrow.Table
        The findings, of schema `FINDINGS`; of one that several checks made, that of the newest.
    shared : mapping of ItemId to set of SharedPassage
        Passages that an item matches, too, and that another item explains better, by source and id
        of the item: all that the checks name, not only what was asked about.
    by_check : tuple of FoundByCheck
        What each check found, the oldest first.
    """

    dataset: CheckedDataset
    items: tuple[FoundItem, ...]
    findings: pa.Table
    shared: Mapping[ItemId, set[SharedPassage]]
    by_check: tuple[FoundByCheck, ...] = ()

    @property
    def counted(self) -> list[FoundItem]:
        """Return the items that count."""
        return [each for each in self.items if each.counted]

    def of_kind(self, kind: Kind) -> list[FoundItem]:
        """Return the items that count and are known in one way."""
        return [each for each in self.items if each.counted and each.kind is kind]


def find_items(dataset: CheckedDataset, wanted: FindingFilter) -> DatasetItems:
    """Return the items of a dataset that are wanted: all that any of its checks found."""
    tables, by_check = list[pa.Table](), list[FoundByCheck]()
    shared = dict[ItemId, set[SharedPassage]]()
    newest = dict[tuple[Any, ...], _JoinedFinding]()
    offset = 0
    for age, check in enumerate(dataset.checks):
        everything = _with_names_of(dataset, check)
        chosen = everything.filter(pa.array(wanted.mask(everything)))
        shared_there = _shared_passages(everything)
        for item, places in shared_there.items():
            shared.setdefault(item, set()).update(places)
        rows = chosen.select(list(_COLUMNS)).to_pylist()
        for number, row in enumerate(rows, offset):
            key = (*_item_in_field(row), row["start"], row["end"])
            if key in newest:
                row["excerpt"] = row["excerpt"] or newest[key].row["excerpt"]
            newest[key] = _JoinedFinding(age, number, row)
        by_check.append(_found_by(check, rows, shared_there))
        tables.append(chosen)
        offset += len(chosen)
    joined = sorted(_in_force(newest.values()), key=lambda each: (*_order(each.row), each.number))
    findings = pa.concat_tables(tables).take(pa.array([each.number for each in joined], pa.int64()))
    items = _items((each.row for each in joined), _disputes(dataset))
    return DatasetItems(dataset, items, findings, shared, tuple(by_check))


def _with_names_of(dataset: CheckedDataset, check: Check) -> pa.Table:
    """Return the findings of a check, with its files named as the newest check names them."""
    newest = dataset.checks[-1].result.corpus
    renamed = renamed_files(check.result.corpus.contents, newest.contents)
    return with_renamed_files(check.load(), renamed)


def with_renamed_files(findings: pa.Table, renamed: Mapping[str, str]) -> pa.Table:
    """Return findings with other names of files."""
    if not renamed:
        return findings
    place = findings.schema.get_field_index("file")
    field = findings.schema.field(place)
    names = [renamed.get(name, name) for name in findings["file"].to_pylist()]
    return findings.set_column(place, field, pa.array(names, field.type))


@dataclass(frozen=True, slots=True)
class _JoinedFinding:
    """A finding with the place of its check, the oldest being 0, and its number among all."""

    age: int
    number: int
    row: dict[str, Any]

    @property
    def is_counted(self) -> bool:
        return not self.row["contested"] and self.row["origin"] != Origin.QUOTATION

    def overlaps(self, other: "_JoinedFinding") -> bool:
        own, others = self.row, other.row
        return bool(own["start"] < others["end"] and others["start"] < own["end"])


def _item_in_field(row: Mapping[str, Any]) -> tuple[Any, ...]:
    name = row["item"] if row["item"] is not None else row["url"]
    place = row["file"], row["row"], row["field"]
    return (*place, _KINDS[row["evidence"]], row["source"], name)


def _in_force(findings: Iterable[_JoinedFinding]) -> Iterator[_JoinedFinding]:
    """Yield findings without those that a later check found, too, and ruled otherwise."""
    groups = dict[tuple[Any, ...], list[_JoinedFinding]]()
    for each in findings:
        groups.setdefault(_item_in_field(each.row), []).append(each)
    for group in groups.values():
        for each in group:
            if not any(
                other.age > each.age
                and other.is_counted is not each.is_counted
                and other.overlaps(each)
                for other in group
            ):
                yield each


def _order(row: Mapping[str, Any]) -> tuple[Any, ...]:
    names = ("file", "row", "field", "start", "end", "source")
    return (*(row[name] for name in names), row["item"] or "", row["url"] or "")


def _found_by(
    check: Check, rows: Iterable[Mapping[str, Any]], shared: Iterable[ItemId]
) -> FoundByCheck:
    copied = [row for row in rows if _KINDS[row["evidence"]] is Kind.COPIED]
    items = {(row["source"], row["item"]) for row in copied}
    items |= {(each["source"], each["item"]) for row in copied for each in row["alternatives"]}
    return FoundByCheck(check, len(copied), frozenset((*items, *shared)))


def _disputes(dataset: CheckedDataset) -> dict[str, str]:
    """Return who disputes the items of each waiver that is a dispute."""
    return {
        each.waiver.id: each.waiver.approver
        for check in dataset.checks
        for each in check.result.waivers
        if each.waiver.reason is WaiverReason.DISPUTED
    }


def _items(rows: Iterable[dict[str, Any]], disputes: Mapping[str, str]) -> tuple[FoundItem, ...]:
    groups = dict[tuple[Any, ...], FoundItem]()
    for row in rows:
        kind = _KINDS[row["evidence"]]
        counted = not row["contested"] and row["origin"] != Origin.QUOTATION
        name = row["item"] if row["item"] is not None else row["url"]
        key = row["source"], kind, row["item"] is None, name, counted
        groups.setdefault(key, FoundItem(row, kind, counted)).add(row, disputes)
    for item in groups.values():
        item.found = item.spans.count()
    return tuple(groups.values())


def counted_findings(findings: pa.Table) -> pa.Table:
    """Return the findings that are evidence of content, not contested, and no quotation."""
    is_content = [name for name, kind in _KINDS.items() if kind is not Kind.DECLARED]
    return findings.filter(
        pc.and_(
            pc.is_in(findings["evidence"], pa.array(is_content)),
            pc.and_(
                pc.invert(findings["contested"]),
                pc.fill_null(pc.not_equal(findings["origin"], Origin.QUOTATION.value), True),
            ),
        )
    )


def _shared_passages(findings: pa.Table) -> dict[ItemId, set[SharedPassage]]:
    """Return the passages of each item that another item explains better, but for its copies."""
    findings = findings.filter(pc.greater(pc.list_value_length(findings["alternatives"]), 0))
    names = (*SharedPassage._fields, "alternatives")
    shared = dict[ItemId, set[SharedPassage]]()
    for *place, alternatives in zip(*(findings[name].to_pylist() for name in names), strict=True):
        passage = SharedPassage(*place)
        for each in alternatives:
            if not each["same_words"] or each["source"] != passage.source:
                shared.setdefault((each["source"], each["item"]), set()).add(passage)
    return shared


def count_items(found: DatasetItems, withdrawn: Mapping[Item, date]) -> DatasetCounts:
    """Return the numbers of a dataset."""
    copied = found.of_kind(Kind.COPIED)
    passages = _passages_of(copied)
    ids = {(each.first["source"], each.first["item"]) for each in copied}
    copies = {(each.first["source"], name) for each in copied for name in each.same_words}
    not_counted = [
        each for each in found.items if not each.counted and each.kind is not Kind.DECLARED
    ]
    return DatasetCounts(
        dataset=found.dataset.name,
        digest=found.dataset.digest,
        documents=len(passages.tokens),
        passages=passages.count,
        tokens=sum(passages.tokens.values()),
        items=distinct_items(copied),
        items_with_copies=len(ids | copies),
        addresses=len(_places(found.of_kind(Kind.LINKED))),
        declarations=len(_places(found.of_kind(Kind.DECLARED))),
        not_counted=_passages_of(not_counted).count,
        withdrawn=sum(withdrawal_day(each, withdrawn) is not None for each in found.counted),
        disputed=len([each for each in found.counted if each.disputed_by]),
    )


def overlapping_documents(found: DatasetItems) -> int:
    """Return how many documents have copied words and are known by their address, too."""
    return len(_places(found.of_kind(Kind.COPIED)) & _places(found.of_kind(Kind.LINKED)))


def has_exact_tokens(found: DatasetItems) -> bool:
    """Return whether the tokens of copied words are counted, or are the least number of them."""
    return _passages_of(found.of_kind(Kind.COPIED)).is_exact


def distinct_items(items: Iterable[FoundItem]) -> int:
    """Return the number of items after de-duplication: those of the same words are one."""
    return len(set(_first_copies(items).values()))


def _first_copies(items: Iterable[FoundItem]) -> dict[tuple[str, str], tuple[str, str]]:
    """Return for each item the first of those that have the same words."""
    first = dict[tuple[str, str], tuple[str, str]]()

    def find(name: tuple[str, str]) -> tuple[str, str]:
        while first.setdefault(name, name) != name:
            name = first[name]
        return name

    for each in items:
        own = find((each.first["source"], each.first["item"]))
        for other in sorted(each.same_words):
            low, high = sorted((own, find((each.first["source"], other))))
            first[high] = own = low
    return {name: find(name) for name in list(first)}


def _passages_of(items: Iterable[FoundItem]) -> Passages:
    """Return the passages of items; words that several have count once."""
    together = PassageSet()
    for each in items:
        together.merge(each.spans)
    return together.count()


def _places(items: Iterable[FoundItem]) -> set[Place]:
    return {place for each in items for place in each.places}


def withdrawal_day(item: FoundItem, withdrawn: Mapping[Item, date]) -> date | None:
    """Return when an item was withdrawn; None if it was not, as far as is known."""
    key = withdrawal_key(item, withdrawn)
    return None if key is None else withdrawn[key]


def withdrawal_key(item: FoundItem, withdrawn: Mapping[Item, date]) -> Item | None:
    """Return under which source and id an item was withdrawn; None if it was not."""
    source, name = item.first["source"], item.first["item"]
    keys = [] if name is None else [(source, name), (None, name)]
    return next((key for key in keys if key in withdrawn), None)


def withdrawal_time(
    day: date, collected: DateRange | None, first_use: date | None
) -> WithdrawalTime:
    """Return when an item was withdrawn, compared with collection and use.

    Examples
    --------
    >>> year = DateRange(date(2022, 1, 1), date(2023, 1, 1))
    >>> withdrawal_time(date(2023, 2, 1), year, date(2023, 3, 1)).value
    'between collection and first use'
    >>> withdrawal_time(date(2023, 2, 1), None, None).value
    'dates of collection or use not declared'
    """
    if first_use is not None and day >= first_use:
        return WithdrawalTime.AFTER_USE
    if collected is not None and collected.first is not None and day < collected.first:
        return WithdrawalTime.BEFORE_COLLECTION
    if collected is None or collected.until is None:
        return WithdrawalTime.UNDATED
    if day < collected.until:
        return WithdrawalTime.DURING_COLLECTION
    return WithdrawalTime.AFTER_COLLECTION if first_use is None else WithdrawalTime.BETWEEN


def items_table(
    found: Iterable[DatasetItems],
    times: Mapping[str, tuple[DateRange | None, date | None]],
    withdrawn: Mapping[Item, date],
    *,
    excerpts: bool,
) -> pa.Table:
    """Return one row for each dataset and item, of schema `AUDIT_ITEMS`.

    Parameters
    ----------
    found : iterable of DatasetItems
        What was found.
    times : mapping of str to (DateRange or None, date or None)
        When each dataset, by its digest, was collected and first used.
    withdrawn : mapping of Item to date
        Withdrawals.
    excerpts : bool
        Whether to include excerpts of the dataset.
    """
    rows = []
    for each in found:
        collected, first_use = times[each.dataset.digest]
        for item in each.items:
            day = withdrawal_day(item, withdrawn)
            rows.append(
                {
                    "dataset": each.dataset.name,
                    "digest": each.dataset.digest,
                    **{name: item.first[name] for name in ("source", "item", "url", "created_at")},
                    "evidence": item.rung.value,
                    "documents": len(item.places),
                    "passages": item.passages,
                    "tokens": item.tokens,
                    "item_tokens": item.first["item_tokens"],
                    "counted": item.counted,
                    "disputed": bool(item.disputed_by),
                    "same_words": sorted(item.same_words),
                    "withdrawn": day,
                    "withdrawn_when": None
                    if day is None
                    else withdrawal_time(day, collected, first_use).value,
                    "excerpt": item.first["excerpt"] if excerpts else None,
                }
            )
    rows.sort(key=lambda row: (row["dataset"], row["source"], row["item"] or "", row["url"] or ""))
    return pa.Table.from_pylist(rows, AUDIT_ITEMS)


def by_rung(items: Iterable[FoundItem]) -> dict[EvidenceRung, list[FoundItem]]:
    """Return items by their strongest evidence, the strongest first."""
    groups = dict[EvidenceRung, list[FoundItem]]()
    for item in sorted(items, key=lambda each: _RUNGS[each.rung]):
        groups.setdefault(item.rung, []).append(item)
    return groups
