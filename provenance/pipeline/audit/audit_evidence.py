"""What an audit answers from: the records of a ledger, reports of checks, and registries."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path

import pyarrow as pa

from provenance.errors import LedgerError
from provenance.model.records.ledger import (
    WITHDRAWN_ITEMS,
    CheckFacts,
    DatasetFacts,
    F,
    Ledger,
    LedgerEntry,
    RecordKind,
    WithdrawalFacts,
)
from provenance.model.results.result import Report, Result
from provenance.pipeline.ledger_records import (
    recorded_findings,
    recorded_items,
    recorded_result,
    tombstones_of,
)
from provenance.report.files.report_reader import read_report
from provenance.report.text.ledger_text import DIGEST_LENGTH
from provenance.report.text.number_format import count, number

Item = tuple[str | None, str]
"""Source and id; the source is None where a withdrawal names none."""


@dataclass(frozen=True, slots=True)
class Check:
    """A check of a dataset, with its report.

    Parameters
    ----------
    result : Result
        Its result.
    load : callable
        Reads its findings.
    rests_on : tuple of str
        Where the report is from: "report in answers/report", "record 3fb1c2…", or both.
    report : Path or None
        Its folder, where `--report` named it.
    entry : LedgerEntry or None
        Its record, if the ledger has it.
    gaps : tuple of str
        Why it did not search the whole dataset; empty if it did.
    """

    result: Result
    load: Callable[[], pa.Table]
    rests_on: tuple[str, ...]
    report: Path | None = None
    entry: LedgerEntry | None = None
    gaps: tuple[str, ...] = ()

    @property
    def registries(self) -> frozenset[str]:
        """Return the digests of the registries whose items it searched for."""
        return frozenset(each.digest for each in self.result.registries if each.items)

    @property
    def documents(self) -> int:
        """Return the number of documents of the dataset."""
        sample = self.result.sample
        return self.result.corpus.documents if sample is None else sample.of_documents


@dataclass(frozen=True, slots=True)
class CheckedDataset:
    """A dataset that checks have read: what any of them found is evidence.

    Parameters
    ----------
    name : str
        Names that the ledger gives it, or the addresses that were checked; no other dataset has it.
    checks : tuple of Check
        Its checks, the oldest first.
    facts : tuple of DatasetFacts
        What the ledger says about it.
    """

    name: str
    checks: tuple[Check, ...]
    facts: tuple[DatasetFacts, ...] = ()

    @property
    def digest(self) -> str:
        """Return the digest of the corpus."""
        return self.result.corpus.digest

    @property
    def result(self) -> Result:
        """Return the newest result of a check of the whole dataset, or else the newest."""
        return (self.whole_checks or self.checks)[-1].result

    @property
    def whole_checks(self) -> tuple[Check, ...]:
        """Return the checks that searched all of it."""
        return tuple(each for each in self.checks if not each.gaps)

    @property
    def rests_on(self) -> tuple[str, ...]:
        """Return where the reports of its checks are from."""
        return tuple(name for each in self.checks for name in each.rests_on)


@dataclass(frozen=True, slots=True)
class UnusedCheck:
    """A check of the ledger that an answer cannot use.

    Parameters
    ----------
    record : str
        Its record.
    dataset : str or None
        The dataset, if it is known.
    reason : str
        Why: "its report was erased from the ledger, reason: retention".
    """

    record: str
    dataset: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class AuditEvidence:
    """Everything that an audit answers from.

    Parameters
    ----------
    ledger : Ledger or None
        The ledger, if there is one.
    checked : tuple of CheckedDataset
        Datasets with a report, in the order of their names.
    unchecked : tuple of (LedgerEntry, DatasetFacts)
        Datasets without one.
    unused_checks : tuple of UnusedCheck
        Checks that cannot be used.
    registries : tuple of Path
        Registries that can be opened.
    withdrawn : dict of Item to date
        Items that were withdrawn, by source and id.
    withdrawal_records : dict of Item to list of LedgerEntry
        Records that state these days; an item without one has its day from a registry alone.
    restored : dict of Item to list of LedgerEntry
        Items whose withdrawals were taken back, with the records of that.
    """

    ledger: Ledger | None
    checked: tuple[CheckedDataset, ...]
    unchecked: tuple[tuple[LedgerEntry, DatasetFacts], ...]
    unused_checks: tuple[UnusedCheck, ...]
    registries: tuple[Path, ...]
    withdrawn: dict[Item, date] = field(default_factory=dict)
    withdrawal_records: dict[Item, list[LedgerEntry]] = field(default_factory=dict)
    restored: dict[Item, list[LedgerEntry]] = field(default_factory=dict)

    def facts(self, kind: type[F]) -> list[tuple[LedgerEntry, F]]:
        """Return the facts of one kind, each with its record, oldest first."""
        return [] if self.ledger is None else list(self.ledger.facts(kind))


def record_name(entry: LedgerEntry) -> str:
    """Return how a statement names a record, and the one that it corrects."""
    name = f"record {entry.digest[:DIGEST_LENGTH]}"
    corrected = entry.record.corrects
    return name if corrected is None else f"{name} (corrects {corrected[:DIGEST_LENGTH]})"


def gather_evidence(
    ledger: Ledger | None, reports: Sequence[Path], registries: Sequence[Path]
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
    """
    gathered = gather_checks(ledger, reports)
    known = {each.digest for each in gathered.datasets}
    folders = registries or _registries_of(gathered.checks)
    withdrawn = _withdrawn(ledger, folders)
    return AuditEvidence(
        ledger,
        gathered.datasets,
        tuple(each for each in gathered.by_name.values() if each[1].digest not in known),
        gathered.unused,
        tuple(folders),
        withdrawn.days,
        withdrawn.records,
        withdrawn.restored,
    )


@dataclass(frozen=True, slots=True)
class GatheredChecks:
    """All checks that a ledger and reports have, by the datasets that they read.

    Parameters
    ----------
    datasets : tuple of CheckedDataset
        Datasets with a check, in the order of their names.
    by_name : dict of str to (LedgerEntry, DatasetFacts)
        Datasets that the ledger names, with the latest record of each.
    unused : tuple of UnusedCheck
        Checks that cannot be used.
    """

    datasets: tuple[CheckedDataset, ...]
    by_name: dict[str, tuple[LedgerEntry, DatasetFacts]]
    unused: tuple[UnusedCheck, ...]

    @property
    def checks(self) -> tuple[Check, ...]:
        """Return the checks of all datasets."""
        return tuple(check for dataset in self.datasets for check in dataset.checks)


def gather_checks(ledger: Ledger | None, reports: Sequence[Path] = ()) -> GatheredChecks:
    """Read all checks that a ledger has, and reports besides: their union is evidence."""
    checks = [_reported_check(path) for path in reports]
    unused = list[UnusedCheck]()
    corrected = {} if ledger is None else ledger.corrections()
    for entry in ledger.entries if ledger is not None else ():
        if ledger is not None and entry.record.kind is RecordKind.CHECK:
            check = _recorded_check(ledger, entry, corrected.get(entry.digest))
            if isinstance(check, UnusedCheck):
                unused.append(check)
            else:
                checks.append(check)
    by_name = _latest_by_name(ledger)
    datasets = _datasets(_merge_equal(checks), [facts for _, facts in by_name.values()])
    return GatheredChecks(datasets, by_name, tuple(unused))


def _latest_by_name(ledger: Ledger | None) -> dict[str, tuple[LedgerEntry, DatasetFacts]]:
    """Return the datasets of a ledger; a later record of the same name counts.

    One that states no digest leaves the dataset tied to the checks that an earlier one named.
    """
    latest = dict[str, tuple[LedgerEntry, DatasetFacts]]()
    for entry, each in [] if ledger is None else ledger.facts(DatasetFacts):
        _, earlier = latest.get(each.name, (entry, each))
        latest[each.name] = entry, replace(each, digest=each.digest or earlier.digest)
    return latest


def _reported_check(path: Path) -> Check:
    report = read_report(path.parent if path.is_file() else path)
    return Check(report.result, partial(_findings, report), (f"report in {path}",), path)


def _recorded_check(
    ledger: Ledger, entry: LedgerEntry, correction: LedgerEntry | None
) -> Check | UnusedCheck:
    record = record_name(entry)
    dataset = (
        f"{', '.join(entry.facts.addresses)} (digest {entry.facts.digest[:DIGEST_LENGTH]})"
        if isinstance(entry.facts, CheckFacts)
        else None
    )
    if correction is not None:
        return UnusedCheck(record, dataset, f"{record_name(correction)} counts instead of it")
    erased = [each for file in entry.record.files if (each := ledger.erasures.get(file.name))]
    try:
        result = recorded_result(ledger, entry)
        if result is None:
            reason = f"its report was erased from the ledger, reason: {erased[0].reason}"
            return UnusedCheck(record, dataset, reason)
        recorded_findings(ledger, entry)  # read again when it is needed: they can be large
    except LedgerError as error:
        return UnusedCheck(record, dataset, f"its report is damaged: {error}")
    return Check(result, partial(recorded_findings, ledger, entry), (record,), entry=entry)


def _merge_equal(checks: Iterable[Check]) -> list[Check]:
    """Return checks in the order of their times; a report that the ledger has, too, counts once."""
    merged = dict[tuple[object, ...], Check]()
    for each in checks:
        result = each.result
        key = result.created, result.corpus.digest, result.policy.digest, result.findings
        first = merged.setdefault(key, each)
        if first is not each:  # that of the report, which may have excerpts
            names = tuple(dict.fromkeys((*first.rests_on, *each.rests_on)))
            merged[key] = replace(first, rests_on=names, entry=first.entry or each.entry)

    def age(check: Check) -> tuple[object, ...]:
        number = 0 if check.entry is None else check.entry.record.number
        return check.result.created, number, check.rests_on

    return sorted(merged.values(), key=age)


def _datasets(checks: Sequence[Check], facts: Sequence[DatasetFacts]) -> tuple[CheckedDataset, ...]:
    by_digest = dict[str, list[Check]]()
    for check in checks:
        by_digest.setdefault(check.result.corpus.digest, []).append(check)
    own_facts = {
        digest: tuple(each for each in facts if each.digest == digest) for digest in by_digest
    }
    names = {
        digest: ", ".join(sorted(each.name for each in own_facts[digest]))
        or ", ".join(own[-1].result.corpus.addresses)
        for digest, own in by_digest.items()
    }
    counts = Counter(names.values())
    datasets = [
        CheckedDataset(
            names[digest]
            if counts[names[digest]] == 1
            else f"{names[digest]} (digest {digest[:DIGEST_LENGTH]})",
            tuple(replace(each, gaps=tuple(_gaps(each, own))) for each in own),
            own_facts[digest],
        )
        for digest, own in by_digest.items()
    ]
    return tuple(sorted(datasets, key=lambda each: (each.name, each.digest)))


def _gaps(check: Check, all_checks: Sequence[Check]) -> Iterator[str]:
    """Yield why a check did not search the whole dataset."""
    result = check.result
    if result.sample is not None:
        yield (
            f"only a sample of {number(result.sample.documents)} of "
            f"{count(result.sample.of_documents, 'document')} was searched"
        )
    if result.unread:
        yield f"{count(len(result.unread), 'file')} could not be read to the end"
    if wordless := len(result.unchecked) - len(result.unread):
        yield (
            f"the texts of {count(wordless, 'column')} are not words, so that nothing can be found "
            "in them"
        )
    if result.sample is None and check.documents < max(each.documents for each in all_checks):
        yield "another check read more documents of the dataset"
    columns = {name for each in all_checks for name in each.result.corpus.text_columns}
    if missing := columns.difference(result.corpus.text_columns):
        yield f"it did not read {', '.join(sorted(missing))}, which another check did"


def sources_of(result: Result) -> set[str]:
    """Return the sources of which a check searched for items."""
    return {coverage.source for registry in result.registries for coverage in registry.sources}


def _findings(report: Report) -> pa.Table:
    return report.findings


def _registries_of(checks: Iterable[Check]) -> list[Path]:
    paths = {
        registry.path
        for each in checks
        for registry in each.result.registries
        if os.path.isdir(registry.path)
    }
    return [Path(path) for path in sorted(paths)]


@dataclass(frozen=True, slots=True)
class _Withdrawals:
    """When items were withdrawn, the records that state it, and what was taken back."""

    days: dict[Item, date] = field(default_factory=dict)
    records: dict[Item, list[LedgerEntry]] = field(default_factory=dict)
    restored: dict[Item, list[LedgerEntry]] = field(default_factory=dict)

    def add(self, item: Item, day: date, entry: LedgerEntry | None = None) -> None:
        """Note a withdrawal: of two days, the earlier counts."""
        self.restored.pop(item, None)
        if day < self.days.get(item, date.max):
            self.days[item] = day
            self.records.pop(item, None)
        if entry is not None and day == self.days[item]:
            self.records.setdefault(item, []).append(entry)

    def take_back(self, item: Item, entry: LedgerEntry) -> None:
        """Note that the withdrawals of an item, whose source may not be stated, do not count."""
        source, name = item
        own = [item] if source is not None else [key for key in self.days if key[1] == name]
        for each in own:
            if self.days.pop(each, None) is not None:
                self.records.pop(each, None)
                self.restored.setdefault(each, []).append(entry)


def _withdrawn(ledger: Ledger | None, registries: Iterable[Path]) -> _Withdrawals:
    """Return what was withdrawn; what a registry withholds is, whatever is recorded later."""
    found = _Withdrawals()
    for entry, facts in [] if ledger is None else ledger.facts(WithdrawalFacts):
        table = None if ledger is None else recorded_items(ledger, entry)
        for item, day in () if table is None else _dated_items(table):
            if facts.restored:
                found.take_back(item, entry)
            else:
                found.add(item, day, entry)
    for folder in registries:
        for item, day in _dated_items(tombstones_of(folder)):
            found.add(item, day)
    return found


def _dated_items(table: pa.Table) -> Iterator[tuple[Item, date]]:
    columns = (table[name].to_pylist() for name in WITHDRAWN_ITEMS.names)
    for source, item, day in zip(*columns, strict=True):
        yield (source, item), day
