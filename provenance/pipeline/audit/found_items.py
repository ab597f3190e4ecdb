"""Items of a dataset that an audit is about, with their evidence and their withdrawals."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from provenance.model.records.audit import AUDIT_ITEMS, DatasetCounts, EvidenceRung, WithdrawalTime
from provenance.model.results.origin import Origin
from provenance.model.rules.terms import DateRange
from provenance.pipeline.audit.audit_evidence import CheckedDataset, Item
from provenance.pipeline.audit.audit_query import FindingFilter

_WHOLE = 0.95
"""Share of the words of an item in one document from which on it is called whole: the ends of a
passage may be off by a few."""

_RUNGS = {rung: place for place, rung in enumerate(EvidenceRung)}
_EVIDENCE = {"link", "content", "resemblance"}
_COLUMNS = (
    *("document", "file", "row", "field", "start", "end", "source", "item", "url", "created_at"),
    *(
        "evidence",
        "tokens",
        "item_tokens",
        "contested",
        "origin",
        "alternatives",
        "excerpt",
        "marked",
    ),
)


@dataclass(slots=True)
class FoundItem:
    """An item, or the address of a row, in a dataset.

    Parameters
    ----------
    first : dict
        Its first finding.
    counted : bool
        Whether it counts: not contested, and not a quotation of another work.
    passages, tokens : int
        Findings, and tokens in them.
    places : dict of (str, int) to int
        Tokens in each document, by file and row.
    resembles : bool
        Whether all evidence is resemblance.
    same_words : set of str
        Other ids of the source with the same words.
    """

    first: dict[str, Any]
    counted: bool
    passages: int = 0
    tokens: int = 0
    places: dict[tuple[str, int], int] = field(default_factory=lambda: defaultdict(int))
    resembles: bool = True
    same_words: set[str] = field(default_factory=set)

    def add(self, row: Mapping[str, Any]) -> None:
        """Add a finding."""
        self.passages += 1
        self.tokens += row["tokens"]
        self.places[row["file"], row["row"]] += row["tokens"]
        self.resembles &= row["evidence"] == "resemblance"
        self.same_words.update(
            each["item"]
            for each in row["alternatives"]
            if each["source"] == row["source"] and each["item"] not in {None, row["item"]}
        )

    @property
    def rung(self) -> EvidenceRung:
        """Return the strongest evidence."""
        if self.first["item"] is None:
            return EvidenceRung.ADDRESS
        length = self.first["item_tokens"]
        if self.resembles:
            return EvidenceRung.SIMILARITY
        is_whole = length and max(self.places.values()) >= _WHOLE * length
        return EvidenceRung.WHOLE if is_whole else EvidenceRung.PASSAGE


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
        The findings, of schema `FINDINGS`.
    shared : int
        Passages of other sources that are also in items of the source asked about.
    """

    dataset: CheckedDataset
    items: tuple[FoundItem, ...]
    findings: pa.Table
    shared: int

    @property
    def counted(self) -> list[FoundItem]:
        """Return the items that count."""
        return [each for each in self.items if each.counted]


def find_items(dataset: CheckedDataset, wanted: FindingFilter) -> DatasetItems:
    """Return the items of a dataset that are wanted."""
    everything = dataset.load()
    chosen = everything.filter(pa.array(wanted.mask(everything)))
    groups = dict[tuple[Any, ...], FoundItem]()
    for row in chosen.select(list(_COLUMNS)).to_pylist():
        if row["evidence"] not in _EVIDENCE:
            continue  # a licence or a signal of a row names no content
        counted = not row["contested"] and row["origin"] != Origin.QUOTATION
        name = row["item"] if row["item"] is not None else row["url"]
        key = row["source"], row["item"] is None, name, counted
        groups.setdefault(key, FoundItem(row, counted)).add(row)
    return DatasetItems(
        dataset, tuple(groups.values()), chosen, _count_shared(everything, wanted.source)
    )


def counted_findings(findings: pa.Table) -> pa.Table:
    """Return the findings that are evidence of content, not contested, and no quotation."""
    return findings.filter(
        pc.and_(
            pc.is_in(findings["evidence"], pa.array(sorted(_EVIDENCE))),
            pc.and_(
                pc.invert(findings["contested"]),
                pc.fill_null(pc.not_equal(findings["origin"], Origin.QUOTATION.value), True),
            ),
        )
    )


def _count_shared(findings: pa.Table, source: str | None) -> int:
    if source is None:
        return 0
    findings = findings.filter(pc.greater(pc.list_value_length(findings["alternatives"]), 0))
    rows = zip(findings["source"].to_pylist(), findings["alternatives"].to_pylist(), strict=True)
    return sum(
        own != source and any(each["source"] == source for each in alternatives)
        for own, alternatives in rows
    )


def count_items(found: DatasetItems, withdrawn: Mapping[Item, date]) -> DatasetCounts:
    """Return the numbers of a dataset."""
    counted = found.counted
    with_id = {
        (each.first["source"], each.first["item"])
        for each in counted
        if each.first["item"] is not None
    }
    copies = {(each.first["source"], name) for each in counted for name in each.same_words}
    addresses = [each for each in counted if each.first["item"] is None]
    return DatasetCounts(
        dataset=found.dataset.name,
        digest=found.dataset.digest,
        documents=len({place for each in counted for place in each.places}),
        passages=sum(each.passages for each in counted),
        tokens=sum(each.tokens for each in counted),
        items=len(with_id),
        items_with_copies=len(with_id | copies),
        addresses=len({place for each in addresses for place in each.places}),
        not_counted=sum(each.passages for each in found.items if not each.counted),
        withdrawn=sum(withdrawal_day(each, withdrawn) is not None for each in counted),
    )


def withdrawal_day(item: FoundItem, withdrawn: Mapping[Item, date]) -> date | None:
    """Return when an item was withdrawn; None if it was not, as far as is known."""
    source, name = item.first["source"], item.first["item"]
    if name is None:
        return None
    return withdrawn.get((source, name)) or withdrawn.get((None, name))


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
