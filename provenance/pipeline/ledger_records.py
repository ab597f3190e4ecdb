"""Use cases of ledgers: what commands record, and what people declare."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from provenance.errors import LedgerError, PolicyError
from provenance.ledger.ledger_store import (
    Attachment,
    append_record,
    erase_files,
    find_entry,
    make_ledger,
    read_attachment,
    read_ledger,
)
from provenance.ledger.record_json import facts_document
from provenance.model.content.tables import FINDINGS
from provenance.model.json_encoding import to_json_value
from provenance.model.records.ledger import (
    WITHDRAWN_ITEMS,
    AccessFacts,
    CheckFacts,
    CleaningFacts,
    DatasetFacts,
    DestructionFacts,
    ErasureReason,
    Facts,
    FileRole,
    Ledger,
    LedgerEntry,
    LedgerFile,
    RecordKind,
    UseFacts,
    WithdrawalFacts,
)
from provenance.model.records.receipt import Receipt
from provenance.model.results.result import Report, Result
from provenance.model.rules.terms import DateRange
from provenance.pipeline.execution.progress import show_progress
from provenance.pipeline.scan.task_folder import TaskFolder
from provenance.pipeline.source_names import with_source_ids
from provenance.read.corpus.file_access import translate_read_errors
from provenance.read.policy.date_syntax import parse_collected
from provenance.read.policy.policy_file import load_ledger_path
from provenance.read.policy.validation import UncheckedValue
from provenance.registry.files.mapped_files import map_registry
from provenance.registry.side_tables.tombstones import read_tombstones
from provenance.report.files import result_json
from provenance.report.files.findings_parquet import (
    EXCERPT_COLUMNS,
    read_findings,
    sort_findings,
)
from provenance.report.files.receipt_json import FOLDER, REMOVALS_FILE_NAME, receipt_document
from provenance.report.files.report_reader import read_report
from provenance.report.sanitize import dump_json
from provenance.report.text.ledger_text import DIGEST_LENGTH, left_out_facts


def ledger_of_policy(policy: str | None = None) -> str | None:
    """Return the ledger that a policy names, created if there is none; None if it names none.

    Parameters
    ----------
    policy : str or None
        The policy file; None takes that of the working folder.

    Raises
    ------
    LedgerError
        If it cannot be written: before hours of work.
    """
    address = load_ledger_path(policy, Path.cwd())
    if address is not None:
        make_ledger(address)
    return address


def ledger_to_read(address: str | None) -> str | None:
    """Return the address that an option gives, or that of the policy; None without either."""
    return address or load_ledger_path(None, Path.cwd())


def named_ledger(address: str | None) -> str:
    """Return the address that an option gives, or that of the policy.

    Raises
    ------
    LedgerError
        If neither names one.
    """
    address = ledger_to_read(address)
    if address is None:
        raise LedgerError(
            "no ledger is named",
            remedy="give --ledger DIR, or write its path under [ledger] in provenance.toml",
        )
    return address


def parse_dates(option: str, value: str | None) -> DateRange | None:
    """Return the range of days that an option gives; None if it is unset.

    Raises
    ------
    PolicyError
        If it is none.
    """
    if value is None:
        return None
    return parse_collected(UncheckedValue(value, option, PolicyError))


def parse_day(option: str, value: str) -> date:
    """Return the day that an option gives; raises as `parse_dates`."""
    return UncheckedValue(value, option, PolicyError).day()


def digest_of_document(path: Path) -> str:
    """Return the SHA-256 of a file.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    with translate_read_errors(str(path)), path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def add_to_ledger(address: str, facts: Facts, corrects: str | None = None) -> LedgerEntry:
    """Append what people declare to a ledger.

    Parameters
    ----------
    address : str
        The ledger.
    facts : Facts
        What they declare.
    corrects : str or None
        First digits of the record that it takes the place of.

    Raises
    ------
    LedgerError
        If it cannot be written, what the facts are about has no name or is to come, or the record
        to be corrected is not there, of another kind, or corrected already.
    """
    check_facts(facts)
    return append_record(address, with_source_ids(facts), corrects=corrects)


def notes_on_record(address: str, entry: LedgerEntry) -> list[str]:
    """Return what may not be meant of a record that people declared.

    That is, if others in force say the same, or the one that it corrects says more.
    """
    ledger, facts = read_ledger(address), entry.facts
    notes = [
        f"record {each.digest[:DIGEST_LENGTH]} says the same."
        for each in ledger.entries_in_force
        if each.facts == facts and each.digest != entry.digest
    ]
    notes += [
        f"the corrected record states {', '.join(left_out)}, and this one does not: to keep what "
        "is true of that, correct this one with all of it."
        for each in ledger.entries
        if each.digest == entry.record.corrects and each.facts is not None and facts is not None
        if (left_out := left_out_facts(each.facts, facts))
    ]
    return notes


def add_dataset(
    address: str, facts: DatasetFacts, report: Path | None, corrects: str | None = None
) -> LedgerEntry:
    """Append a dataset, with digest and size from a report, if one is given."""
    return add_to_ledger(
        address, facts if report is None else measured_dataset(facts, report), corrects
    )


def measured_dataset(facts: DatasetFacts, report: Path) -> DatasetFacts:
    """Return a dataset with digest and size from a report."""
    found = read_report(report).result.corpus
    return replace(
        facts,
        digest=found.digest,
        documents=found.documents,
        tokens=found.tokens,
        bytes=found.bytes,
    )


def check_facts(facts: Facts) -> None:
    """Raise `LedgerError` if what facts are about has no name, or is to come."""
    # Every record is for good: one about nothing could never be removed.
    for name in ("name", "dataset", "source"):
        if getattr(facts, name, None) is not None and not getattr(facts, name).strip():
            raise LedgerError(
                f"the {name} of the record is empty", remedy="name what the record is about"
            )
    match facts:
        case DatasetFacts(collected=DateRange() as days):
            _check_days("--collected", days)
        case AccessFacts(dates=DateRange() as days) | UseFacts(dates=DateRange() as days):
            _check_days("--when", days)
        case DestructionFacts(destroyed=day):
            _check_days("--on", DateRange(day))


def _check_days(option: str, days: DateRange) -> None:
    today = datetime.now(UTC).date()
    future = days.day_to_come(today)
    if future is not None:
        raise LedgerError(
            f"{option}: {future} is in the future; today is {today}",
            remedy="correct the day, leave the end of a period open (2023-06-01..), or set the "
            "clock of this machine; record what is to come when it has happened",
        )


def add_withdrawal(
    address: str,
    facts: WithdrawalFacts,
    ids: str,
    day: date | None = None,
    corrects: str | None = None,
) -> LedgerEntry:
    """Append the withdrawal of items that a file lists.

    Parameters
    ----------
    address : str
        The ledger.
    facts : WithdrawalFacts
        Source and reason.
    ids : str
        File that lists their ids.
    day : date or None
        When they were withdrawn; None means today.
    corrects : str or None
        As in `add_to_ledger`.
    """
    _check_days("--on", DateRange(day))
    # A check imports this module, and needs none of the readers of dumps.
    from provenance.read.dumps.tables.id_lists import read_ids  # noqa: PLC0415 (63 modules)

    facts, items = with_source_ids(facts), read_ids(ids).unique()
    columns = [
        pa.nulls(len(items), pa.string())
        if facts.source is None
        else pa.repeat(facts.source, len(items)),
        items,
        pa.repeat(pa.scalar(day or datetime.now(UTC).date(), pa.date32()), len(items)),
    ]
    table = pa.table(columns, schema=WITHDRAWN_ITEMS)
    attachments = [Attachment(FileRole.ITEMS, table)]
    return append_record(address, facts, attachments, corrects=corrects)


def record_check(address: str, report: Report, folder: str | None) -> LedgerEntry:
    """Append a check: its result and its findings, without excerpts.

    Parameters
    ----------
    address : str
        The ledger.
    report : Report
        The report.
    folder : str or None
        Where it was written.
    """
    corpus = report.result.corpus
    findings = sort_findings(report.findings)
    for name in EXCERPT_COLUMNS:
        column = pa.nulls(len(findings), FINDINGS.field(name).type)
        findings = findings.set_column(FINDINGS.get_field_index(name), FINDINGS.field(name), column)
    return append_record(
        address,
        CheckFacts(corpus.digest, corpus.addresses, _day_of(report.result.created), folder),
        [
            Attachment(FileRole.RESULT, result_json.dumps(report.result).encode()),
            Attachment(FileRole.FINDINGS, findings),
        ],
    )


def _day_of(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def add_check(address: str, report: Path) -> LedgerEntry:
    """Append the check that made a report, such as one from before there was a ledger."""
    return record_check(address, read_report(report), str(report))


def record_cleaning(address: str, receipt: Receipt, output: Path | str) -> LedgerEntry:
    """Append a cleaning: its receipt, and what was removed."""
    content = TaskFolder.at(str(output)).read(f"{FOLDER}/{REMOVALS_FILE_NAME}")
    removals = pq.read_table(pa.BufferReader(content))
    document = f"{dump_json(receipt_document(receipt), indent=2)}\n"
    return append_record(
        address,
        CleaningFacts(receipt.addresses, str(output), receipt.before.digest, receipt.after.digest),
        [
            Attachment(FileRole.RECEIPT, document.encode()),
            Attachment(FileRole.REMOVALS, removals),
        ],
    )


def tombstones_of(registry: Path) -> pa.Table:
    """Return source, id and day of everything that was withdrawn from a registry."""
    rows = read_tombstones(map_registry(registry)).select(WITHDRAWN_ITEMS.names)
    return rows.cast(WITHDRAWN_ITEMS)


def record_withdrawal(
    address: str, before: pa.Table, registry: Path, digest: str, reason: str | None
) -> LedgerEntry | None:
    """Append what was withdrawn from a registry since its tombstones were `before`, if anything."""
    names = WITHDRAWN_ITEMS.names
    earlier = set(zip(*(before[name].to_pylist() for name in names), strict=True))
    rows = tombstones_of(registry)
    places = zip(*(rows[name].to_pylist() for name in names), strict=True)
    new = rows.filter(pa.array([place not in earlier for place in places], pa.bool_()))
    return _append_withdrawal(address, new, digest, reason) if len(new) else None


def record_restoration(
    address: str, before: pa.Table, registry: Path, digest: str
) -> LedgerEntry | None:
    """Append what was withdrawn in `before`, and is not any more, if anything."""
    names = WITHDRAWN_ITEMS.names[:2]
    lifted = before.join(tombstones_of(registry), names, join_type="left anti")
    today = pa.repeat(pa.scalar(datetime.now(UTC).date(), pa.date32()), len(lifted))
    lifted = lifted.set_column(2, WITHDRAWN_ITEMS.field("date"), today).cast(WITHDRAWN_ITEMS)
    if not len(lifted):
        return None
    return _append_withdrawal(address, lifted.sort_by("item"), digest, None, restored=True)


def record_tombstones(address: str, tombstones: pa.Table, digest: str, reason: str) -> LedgerEntry:
    """Append what others withdrew, given by the new tombstones of a registry."""
    rows = tombstones.select(WITHDRAWN_ITEMS.names).cast(WITHDRAWN_ITEMS)
    return _append_withdrawal(address, rows, digest, reason)


def _append_withdrawal(
    address: str, items: pa.Table, digest: str, reason: str | None, *, restored: bool = False
) -> LedgerEntry:
    sources = pc.unique(items["source"]).to_pylist()
    source = sources[0] if len(sources) == 1 else None
    facts = WithdrawalFacts(source, digest, reason, restored)
    return append_record(address, facts, [Attachment(FileRole.ITEMS, items)])


def open_ledger(address: str, *, quiet: bool = False) -> Ledger:
    """Read a ledger, with progress; raises `LedgerError` if it is damaged or a record is gone."""
    with show_progress("reading the ledger", None, "records", quiet=quiet) as progress:
        ledger = read_ledger(address, progress.advance)
    check_chain(ledger)
    return ledger


def check_chain(ledger: Ledger) -> None:
    """Raise `LedgerError` if a record is gone that another names: no answer may leave it out."""
    present = {entry.digest for entry in ledger.entries}
    for entry in ledger.entries:
        for digest in (*entry.record.previous, *filter(None, [entry.record.corrects])):
            if digest not in present:
                raise LedgerError(
                    f"{ledger.address}: the record {digest[:12]} is gone; record "
                    f"{entry.digest[:12]} names it",
                    remedy="restore it from a copy: `provenance ledger verify` lists all that is "
                    "wrong",
                )


def erase_from_ledger(
    address: str, names: Iterable[str], reason: ErasureReason, note: str | None
) -> tuple[str, ...]:
    """Erase files of a ledger, and record that; return their names."""
    return erase_files(address, tuple(names), reason, note)


def select_entry(ledger: Ledger, digits: str) -> LedgerEntry:
    """Return the record whose digest begins with some digits."""
    return find_entry(ledger, digits)


def entry_document(ledger: Ledger, entry: LedgerEntry) -> dict[str, Any]:
    """Return a record with its facts, what corrects it, and what was erased, as JSON values."""
    return _entry_document(ledger, entry, ledger.corrections().get(entry.digest))


def _entry_document(
    ledger: Ledger, entry: LedgerEntry, corrected_by: LedgerEntry | None
) -> dict[str, Any]:
    document = {"digest": entry.digest, **to_json_value(entry.record)}
    document["recorded_by"] = entry.recorded_by
    document["corrected_by"] = None if corrected_by is None else corrected_by.digest
    document["facts"] = None if entry.facts is None else facts_document(entry.facts)
    erased = {
        file.name: ledger.erasures[file.name]
        for file in entry.record.files
        if file.name in ledger.erasures
    }
    document["gone"] = [
        {"name": name, "day": erasure.day.isoformat(), "reason": erasure.reason.value}
        for name, erasure in erased.items()
    ]
    return document


def export_ledger(address: str) -> Iterator[str]:
    """Yield the records of a ledger with their facts, as lines of JSON, oldest first."""
    for document in ledger_documents(open_ledger(address, quiet=True), None):
        yield f"{dump_json(document)}\n"


def ledger_documents(ledger: Ledger, kind: RecordKind | None) -> Iterator[dict[str, Any]]:
    """Yield the records of one kind, or all, with their facts as JSON values, oldest first."""
    corrected = ledger.corrections()
    for entry in ledger.entries:
        if kind in {None, entry.record.kind}:
            yield _entry_document(ledger, entry, corrected.get(entry.digest))


def recorded_result(ledger: Ledger, entry: LedgerEntry) -> Result | None:
    """Return the result of a check; None if it, or its findings, were erased."""
    files = _report_files(entry)
    if any(file.name in ledger.erasures for file in files):
        return None
    content = read_attachment(ledger.address, ledger, files[0]) or b""
    with _parse_errors(ledger, entry):
        return result_json.loads(content.decode())


def recorded_findings(ledger: Ledger, entry: LedgerEntry) -> pa.Table:
    """Return the findings of a check, without excerpts; they were not erased."""
    content = read_attachment(ledger.address, ledger, _report_files(entry)[1]) or b""
    with _parse_errors(ledger, entry):
        return read_findings(BytesIO(content))


def recorded_items(ledger: Ledger, entry: LedgerEntry) -> pa.Table | None:
    """Return the items of a withdrawal; None if they were erased."""
    [file] = [file for file in entry.record.files if file.role is FileRole.ITEMS]
    content = read_attachment(ledger.address, ledger, file)
    if content is None:
        return None
    with _parse_errors(ledger, entry, "the items of the withdrawal"):
        return pq.read_table(BytesIO(content)).select(WITHDRAWN_ITEMS.names).cast(WITHDRAWN_ITEMS)


def recorded_removals(ledger: Ledger, entry: LedgerEntry) -> pa.Table | None:
    """Return what a cleaning removed; None if it was erased."""
    [file] = [file for file in entry.record.files if file.role is FileRole.REMOVALS]
    content = read_attachment(ledger.address, ledger, file)
    if content is None:
        return None
    with _parse_errors(ledger, entry, "the removals of the cleaning"):
        table = pq.read_table(BytesIO(content))
        if "source" not in table.column_names:
            raise ValueError("it has no column `source`")
        return table


def _report_files(entry: LedgerEntry) -> tuple[LedgerFile, LedgerFile]:
    by_role = {file.role: file for file in entry.record.files}
    return by_role[FileRole.RESULT], by_role[FileRole.FINDINGS]


@contextmanager
def _parse_errors(
    ledger: Ledger, entry: LedgerEntry, what: str = "the report of the check"
) -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError, KeyError, OSError, pa.ArrowException) as error:
        raise LedgerError(
            f"{ledger.address}: {what} {entry.digest[:12]} cannot be read: {error}",
            remedy=f"use the version of provenance that wrote it: {entry.record.tool}",
        ) from error
