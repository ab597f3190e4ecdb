"""Import of many records into a ledger from a table: a record for each row."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from provenance.atomic_output import read_file
from provenance.errors import InputError, LedgerError, ProvenanceError
from provenance.ledger.ledger_store import (
    NewRecord,
    append_records,
    make_ledger,
    read_ledger,
)
from provenance.model.records.ledger import (
    DatasetFacts,
    Facts,
    LedgerEntry,
    RecipientKind,
    RecordKind,
)
from provenance.model.rules.policy import Route
from provenance.pipeline.ledger_records import check_facts, measured_dataset
from provenance.pipeline.source_names import with_source_ids
from provenance.pipeline.stated_facts import FACT_NAMES, LISTS, MissingFact, stated_facts
from provenance.read.corpus.file_access import translate_read_errors
from provenance.report.text.number_format import count

KINDS = (RecordKind.DATASET, RecordKind.ACCESS, RecordKind.USE, RecordKind.DESTRUCTION)
"""Kinds of records that can be imported."""

_MAX_BYTES = 1 << 28
_KIND = "kind"
_PLURALS = {"source": "sources", "dataset": "datasets", "recipient": "recipients"}
"""Names of facts, by those of the options that can be repeated."""

_NUMBERS = ("calls", "items")
_NEEDED = ("name", "source", "dataset", "on")
"""Facts without which a record of some kind is about nothing."""

_CHOICES = {"route": tuple(Route), "recipients": tuple(f"NAME={kind}" for kind in RecipientKind)}
"""Values of facts that have few."""


@dataclass(frozen=True, slots=True)
class Import:
    """Outcome of an import.

    Parameters
    ----------
    entries : tuple of LedgerEntry
        The new records, in the order of the rows.
    known : int
        Number of rows that the ledger, or an earlier row, has already.
    """

    entries: tuple[LedgerEntry, ...]
    known: int


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a table: where it is, and its cells by the names of columns."""

    where: str
    cells: Mapping[str, object]

    def wrong(self, message: str, remedy: str) -> LedgerError:
        return LedgerError(f"{self.where}: {message}", remedy=f"{remedy}; nothing was recorded")


def import_table(address: str, table: Path, kind: RecordKind | None) -> Import:
    """Append a record for each row of a table, unless the ledger has it already.

    Parameters
    ----------
    address : str
        The ledger, which is created if there is none.
    table : Path
        CSV, TSV, JSON Lines or Parquet, with the options of `provenance ledger add` as columns.
    kind : RecordKind or None
        Kind of all records; None takes it from the column `kind`.

    Raises
    ------
    InputError
        If the table cannot be read.
    LedgerError
        If a row is wrong; then nothing is recorded.
    """
    records = [_record(row, kind) for row in _rows(table)]
    if not records:
        raise InputError(f"{table} has no rows", remedy="give a table with a row for each record")
    make_ledger(address)
    known = {
        (entry.facts, entry.record.corrects)
        for entry in read_ledger(address).entries
        if entry.facts is not None
    }
    new = list[NewRecord]()
    for record in records:
        if not _is_known(record, known):
            new.append(record)
            known.add((record.facts, record.corrects))
    return Import(tuple(append_records(address, new)), len(records) - len(new))


def _is_known(record: NewRecord, known: set[tuple[Facts, str | None]]) -> bool:
    if record.corrects is None:
        return (record.facts, None) in known
    return any(
        facts == record.facts and corrects is not None and corrects.startswith(record.corrects)
        for facts, corrects in known
    )


def _record(row: _Row, kind: RecordKind | None) -> NewRecord:
    """Return the record of a row; raises `LedgerError` that names the row and the column."""
    kind = _kind_of(row, kind)
    given = dict[str, object]()
    for column, cell in row.cells.items():
        if column == _KIND or (value := _plain(cell)) is None:
            continue
        name = _fact_name(row, kind, column)
        try:
            given[name] = _CELLS[name](value) if name in _CELLS else value
        except (ValueError, TypeError) as error:
            raise row.wrong(f"{column} is {value!r}: {error}", "correct the table") from error
    corrects, report = given.pop("corrects", None), given.pop("report", None)
    facts = _facts(row, kind, given)
    try:
        if report is not None and isinstance(facts, DatasetFacts):
            facts = measured_dataset(facts, Path(str(report)))
        check_facts(facts)
        facts = with_source_ids(facts)
    except ProvenanceError as error:
        raise row.wrong(error.message, error.remedy) from error
    return NewRecord(facts, (), None if corrects is None else str(corrects))


def _kind_of(row: _Row, kind: RecordKind | None) -> RecordKind:
    stated = _plain(row.cells.get(_KIND))
    if stated is None and kind is not None:
        return kind
    kinds = ", ".join(KINDS)
    if stated is None:
        raise row.wrong("it has no kind", f"add a column kind, or give --kind: {kinds}")
    if str(stated) not in map(str, KINDS):
        raise row.wrong(f"kind is {stated!r}", f"write one of {kinds}")
    if kind not in {None, stated}:
        raise row.wrong(f"kind is {stated!r}, not {str(kind)!r} as --kind says", "drop --kind")
    return RecordKind(str(stated))


def _fact_name(row: _Row, kind: RecordKind, column: str) -> str:
    """Return the name of the fact that a column has, which is called as the option."""
    name = column.strip().lower().lstrip("-").replace("-", "_")
    names = FACT_NAMES[kind]
    if name not in names and (plural := _PLURALS.get(name)) in names:
        return str(plural)
    if name not in names:
        raise row.wrong(
            f"a record of kind {kind} has no {column!r}, which is {row.cells[column]!r} here",
            f"leave the cell empty, or name the column as one of {', '.join((_KIND, *names))}",
        )
    return name


def _facts(row: _Row, kind: RecordKind, given: dict[str, object]) -> Facts:
    """Return the facts of a row; of a wrong value, the column is named."""
    try:
        return stated_facts(kind, given)
    except MissingFact as error:
        raise row.wrong(f"{error.name} is missing", "fill in the column") from error
    except (ValueError, TypeError, ProvenanceError) as error:
        raise _wrong_cell(row, kind, given, error) from error


def _wrong_cell(
    row: _Row, kind: RecordKind, given: dict[str, object], error: Exception
) -> LedgerError:
    """Return the error of the first wrong value, found by taking each without the others."""
    needed = {name: given[name] for name in _NEEDED if name in given}
    for name, value in given.items():
        try:
            stated_facts(kind, needed | {name: value})
        except (ValueError, TypeError, ProvenanceError) as wrong:
            message = wrong.message if isinstance(wrong, ProvenanceError) else str(wrong)
            remedy = wrong.remedy if isinstance(wrong, ProvenanceError) else "correct it"
            if name in _CHOICES:
                remedy = f"write one of {', '.join(_CHOICES[name])}"
            return row.wrong(f"{name} is {value!r}: {message}", remedy)
    return row.wrong(str(error), "correct the row")


def _plain(cell: object) -> object:
    """Return a cell, without white space around it; None if it is empty."""
    if isinstance(cell, str):
        return cell.strip() or None
    if isinstance(cell, date):
        return cell.isoformat()[:10]
    return cell if cell not in ([], {}) else None


def _number(value: object) -> object:
    if isinstance(value, str):
        if not (value.isascii() and value.isdigit()):
            raise ValueError("it is not a number of digits only")
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if type(value) is not int:
        raise TypeError("it is not a whole number")
    return value


def _list(value: object) -> object:
    if isinstance(value, str):
        return [part.strip() for part in value.split(";") if part.strip()]
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return value
    raise TypeError("it is not a name, nor several with ; between them")


def _recipients(value: object) -> object:
    if isinstance(value, dict):
        return value
    pairs = dict[str, str]()
    parts = _list(value)
    for part in parts if isinstance(parts, list) else []:
        name, _, kind = part.rpartition("=")
        if not name.strip():
            raise ValueError(f"{part!r} is not NAME=KIND")
        pairs[name.strip()] = kind
    return pairs


def _text(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)  # such as a year, or an account of digits
    if not isinstance(value, str):
        raise TypeError("it is not a text")
    return value


_CELLS: dict[str, Callable[[object], object]] = {
    **{name: _text for names in FACT_NAMES.values() for name in names},
    **dict.fromkeys(_NUMBERS, _number),
    **dict.fromkeys(LISTS, _list),
    "recipients": _recipients,
}
"""Conversion of cells, by the names of facts."""


def _rows(table: Path) -> Iterator[_Row]:
    readers = {
        ".csv": _csv_rows,
        ".tsv": _tsv_rows,
        ".jsonl": _json_rows,
        ".ndjson": _json_rows,
        ".parquet": _parquet_rows,
    }
    reader = readers.get(table.suffix.lower())
    if reader is None:
        raise InputError(
            f"{table} is not a table that can be imported",
            remedy=f"name a file that ends in {', '.join(readers)}",
        )
    with translate_read_errors(str(table)):
        content = read_file(table, _MAX_BYTES)
    for place, cells in reader(table, content):
        yield _Row(f"{table}, {place}", cells)


def _csv_rows(
    table: Path, content: bytes, delimiter: str = ","
) -> Iterator[tuple[str, Mapping[str, object]]]:
    reader = csv.reader(
        StringIO(_decoded(table, content), newline=""), delimiter=delimiter, strict=True
    )
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(table, header)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(header):
                raise _unreadable(
                    table,
                    f"line {reader.line_num} has {count(len(cells), 'cell')} for "
                    f"{count(len(header), 'column')}",
                )
            yield f"line {reader.line_num}", dict(zip(header, cells, strict=False))
    except csv.Error as error:
        raise _unreadable(table, f"line {reader.line_num}: {error}") from error


def _tsv_rows(table: Path, content: bytes) -> Iterator[tuple[str, Mapping[str, object]]]:
    return _csv_rows(table, content, "\t")


def _check_header(table: Path, header: list[str]) -> None:
    if repeated := {name for name in header if header.count(name) > 1}:
        raise _unreadable(table, f"the column {min(repeated)!r} is there twice")


def _json_rows(table: Path, content: bytes) -> Iterator[tuple[str, Mapping[str, object]]]:
    for number, line in enumerate(_decoded(table, content).split("\n"), 1):
        if not line.strip():
            continue
        try:
            cells = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise _unreadable(table, f"line {number}: {error}") from error
        if not isinstance(cells, dict):
            raise _unreadable(table, f"line {number} is not a JSON object")
        yield f"line {number}", cells


def _parquet_rows(table: Path, content: bytes) -> Iterator[tuple[str, Mapping[str, object]]]:
    try:
        rows: Iterable[dict[str, Any]] = pq.read_table(BytesIO(content)).to_pylist()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _unreadable(table, str(error)) from error
    for number, cells in enumerate(rows, 1):
        yield f"row {number}", cells


def _decoded(table: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable(table, "it is not UTF-8") from error


def _unreadable(table: Path, problem: str) -> InputError:
    return InputError(
        f"{table} cannot be read: {problem}", remedy="correct the table; nothing was recorded"
    )
