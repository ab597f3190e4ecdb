"""What an audit answers from: the records of a ledger, reports of checks, and registries."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from provenance.ledger.ledger_store import read_attachment
from provenance.model.records.ledger import (
    WITHDRAWN_ITEMS,
    DatasetFacts,
    FileRole,
    Ledger,
    LedgerEntry,
    RecordKind,
    WithdrawalFacts,
)
from provenance.model.results.result import Report, Result
from provenance.pipeline.ledger_records import recorded_findings, recorded_result, tombstones_of
from provenance.report.files.report_reader import read_report
from provenance.report.text.ledger_text import DIGEST_LENGTH

F = TypeVar("F")
Item = tuple[str | None, str]
"""Source and id; the source is None where a withdrawal names none."""


@dataclass(frozen=True, slots=True)
class CheckedDataset:
    """A dataset that a check has read.

    Parameters
    ----------
    name : str
        Names that the ledger gives it, or the addresses that were checked.
    result : Result
        The result of the check.
    load : callable
        Reads its findings.
    rests_on : str
        Where the report is from: "report in answers/report" or "record 3fb1c2…".
    facts : tuple of DatasetFacts
        What the ledger says about it.
    """

    name: str
    result: Result
    load: Callable[[], pa.Table]
    rests_on: str
    facts: tuple[DatasetFacts, ...] = ()

    @property
    def digest(self) -> str:
        """Return the digest of the corpus."""
        return self.result.corpus.digest


@dataclass(frozen=True, slots=True)
class AuditEvidence:
    """Everything that an audit answers from.

    Parameters
    ----------
    ledger : Ledger or None
        The ledger, if there is one.
    checked : tuple of CheckedDataset
        Datasets with a report, in the order of their names.
    unchecked : tuple of (str, DatasetFacts)
        Datasets without one, each with the digest of its record.
    erased_checks : int
        Checks of which the report was erased.
    registries : tuple of Path
        Registries that can be opened.
    withdrawn : dict of Item to date
        Items that were withdrawn, by source and id.
    other_checks : tuple of (str, tuple of str)
        Datasets of which other checks searched for further sources, and these.
    """

    ledger: Ledger | None
    checked: tuple[CheckedDataset, ...]
    unchecked: tuple[tuple[str, DatasetFacts], ...]
    erased_checks: int
    registries: tuple[Path, ...]
    withdrawn: dict[Item, date] = field(default_factory=dict)
    other_checks: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def facts(self, kind: type[F]) -> list[tuple[str, F]]:
        """Return the facts of one kind, each with the name of its record, oldest first."""
        entries = self.ledger.entries if self.ledger else ()
        return [
            (record_name(entry), entry.facts) for entry in entries if isinstance(entry.facts, kind)
        ]


def record_name(entry: LedgerEntry) -> str:
    """Return how a statement names a record."""
    return f"record {entry.digest[:DIGEST_LENGTH]}"


def gather_evidence(
    ledger: Ledger | None,
    reports: Sequence[Path],
    registries: Sequence[Path],
    source: str | None,
) -> AuditEvidence:
    """Read what an audit answers from.

    Parameters
    ----------
    ledger : Ledger or None
        The ledger.
    reports : sequence of Path
        Reports, besides those that the ledger has.
    registries : sequence of Path
        Registries; without any, those that the reports name and that are there.
    source : str or None
        Source that is asked about: of several checks of a dataset, the newest that searched for it
        counts; without a source, the newest of those that searched for the most sources.
    """
    named = _latest_by_name(ledger)
    candidates = dict[str, list[CheckedDataset]]()
    for path in reports:
        report = read_report(path.parent if path.is_file() else path)
        load = partial(_findings, report)
        checked = _checked(report.result, load, f"report in {path}", named)
        candidates.setdefault(checked.digest, []).append(checked)
    erased = 0
    if ledger is not None:
        for entry in reversed(ledger.entries):
            if entry.record.kind is not RecordKind.CHECK:
                continue
            result = recorded_result(ledger, entry)
            if result is None:
                erased += 1
                continue
            load = partial(recorded_findings, ledger, entry)
            checked = _checked(result, load, record_name(entry), named)
            candidates.setdefault(checked.digest, []).append(checked)
    chosen = [_choose(of_digest, source) for of_digest in candidates.values()]
    chosen.sort(key=lambda each: (each.name, each.digest))
    known = {each.digest for each in chosen}
    every = [each for of_digest in candidates.values() for each in of_digest]
    folders = registries or _registries_of(every)
    return AuditEvidence(
        ledger,
        tuple(chosen),
        tuple(each for each in named.values() if each[1].digest not in known),
        erased,
        tuple(folders),
        _withdrawn(ledger, folders),
        () if source is not None else tuple(_unsearched_sources(chosen, candidates)),
    )


def _latest_by_name(ledger: Ledger | None) -> dict[str, tuple[str, DatasetFacts]]:
    """Return the datasets of a ledger; a later record of the same name counts."""
    entries = ledger.entries if ledger else ()
    return {
        entry.facts.name: (record_name(entry), entry.facts)
        for entry in entries
        if isinstance(entry.facts, DatasetFacts)
    }


def _choose(candidates: list[CheckedDataset], source: str | None) -> CheckedDataset:
    """Return the newest of the checks that searched for a source, or for the most sources."""

    def rank(each: CheckedDataset) -> tuple[int, datetime]:
        sources = sources_of(each.result)
        return len(sources if source is None else sources & {source}), each.result.created

    return max(candidates, key=rank)


def sources_of(result: Result) -> set[str]:
    """Return the sources of which a check searched for items."""
    return {coverage.source for registry in result.registries for coverage in registry.sources}


def _unsearched_sources(
    chosen: Iterable[CheckedDataset], candidates: Mapping[str, list[CheckedDataset]]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield datasets with the sources for which only checks that were not chosen searched."""
    for each in chosen:
        everything = set[str]().union(
            *(sources_of(other.result) for other in candidates[each.digest])
        )
        if missing := everything - sources_of(each.result):
            yield each.name, tuple(sorted(missing))


def _findings(report: Report) -> pa.Table:
    return report.findings


def _checked(
    result: Result,
    load: Callable[[], pa.Table],
    rests_on: str,
    named: dict[str, tuple[str, DatasetFacts]],
) -> CheckedDataset:
    facts = tuple(each for _, each in named.values() if each.digest == result.corpus.digest)
    name = ", ".join(sorted(each.name for each in facts)) or ", ".join(result.corpus.addresses)
    return CheckedDataset(name, result, load, rests_on, facts)


def _registries_of(checked: Iterable[CheckedDataset]) -> list[Path]:
    paths = {
        registry.path
        for each in checked
        for registry in each.result.registries
        if os.path.isdir(registry.path)
    }
    return [Path(path) for path in sorted(paths)]


def _withdrawn(ledger: Ledger | None, registries: Iterable[Path]) -> dict[Item, date]:
    """Return when items were withdrawn; of two dates the earlier."""
    days = dict[Item, date]()
    tables = [tombstones_of(folder) for folder in registries]
    if ledger is not None:
        tables += [
            table
            for entry in ledger.entries
            if isinstance(entry.facts, WithdrawalFacts)
            and (table := _items_of(ledger, entry)) is not None
        ]
    for table in tables:
        columns = (table[name].to_pylist() for name in WITHDRAWN_ITEMS.names)
        for source, item, day in zip(*columns, strict=True):
            key = source, item
            days[key] = min(day, days.get(key, day))
    return days


def _items_of(ledger: Ledger, entry: LedgerEntry) -> pa.Table | None:
    for file in entry.record.files:
        if file.role is FileRole.ITEMS:
            content = read_attachment(ledger.address, ledger, file)
            return None if content is None else pq.read_table(BytesIO(content))
    return None
