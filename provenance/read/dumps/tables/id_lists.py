"""Lists of ids or addresses: text with one a line, or tables with a column of them."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BufferedReader, RawIOBase
from typing import cast

import pyarrow as pa

from provenance.errors import ColumnMissing, CorruptFile, InputError, PassedOver
from provenance.read.columns.column_choice import format_names
from provenance.read.columns.column_paths import column_at
from provenance.read.columns.string_arrays import format_values, replace_surrogates
from provenance.read.columns.table_parts import TableFile
from provenance.read.corpus.file_access import File
from provenance.read.dumps.dump_discovery import find_dump_files
from provenance.read.dumps.parsers.json_posts import to_text
from provenance.read.dumps.tables.column_roles import item_column, url_column
from provenance.read.formats.arrow_file import open_arrow
from provenance.read.formats.csv_file import open_csv
from provenance.read.formats.detection import ARROW_MAGICS, PARQUET_MAGIC, format_by_name
from provenance.read.formats.parquet_file import open_parquet

_HEAD_BYTES = 64
_ROUNDED = "holds numbers that may have been rounded, or no ids"
_STRINGS = "give the ids as strings or integers"


@dataclass(frozen=True, slots=True)
class _Entries:
    """What a list has.

    Parameters
    ----------
    noun : str
        "id" or "address".
    column : callable
        Returns the column that has them, by the schema of a table; None if there is none.
    """

    noun: str
    column: Callable[[pa.Schema], str | None]


def _id_column(schema: pa.Schema) -> str | None:
    """Return the column of ids, or else that of addresses, which name items, too."""
    return item_column(schema) or url_column(schema)


_IDS = _Entries("id", _id_column)
_ADDRESS_NAMES = ("address", "domain", "host", "hostname", "site", "website", "repository", "repo")


def _address_column(schema: pa.Schema) -> str | None:
    by_name = {name.lower(): name for name in schema.names}
    named = next((by_name[name] for name in _ADDRESS_NAMES if name in by_name), None)
    return named or url_column(schema)


_ADDRESSES = _Entries("address", _address_column)


def read_ids(address: str) -> pa.Array:
    """Read the ids or addresses of items that a file lists, each once, in the order of the file.

    Parameters
    ----------
    address : str
        A text file with an id or address a line; or a table (CSV, JSON Lines, Parquet, Arrow;
        compressed or not) with a column of ids, as of a dump, or else one of addresses.

    Raises
    ------
    InputError
        If it cannot be read to its end, has no column of ids, or no id.
    """
    return _read_list(address, _IDS)


def read_addresses(address: str) -> pa.Array:
    """Read the addresses or domains that a file lists; as `read_ids`.

    Lines that begin with `#` are comments.
    """
    return _read_list(address, _ADDRESSES)


def _read_list(address: str, entries: _Entries) -> pa.Array:
    files = [file for file in find_dump_files(address) if not isinstance(file.fault, PassedOver)]
    values = [value for file in files for value in _read(file, entries)]
    if not values:
        raise InputError(
            f"{address} has no {entries.noun}",
            remedy=f"give one {entries.noun} a line, or a table with a column {entries.noun}",
        )
    return pa.array(map(replace_surrogates, values), pa.string()).unique()


def _read(file: File, entries: _Entries) -> Iterator[str]:
    if file.fault is not None:
        raise file.fault
    head = file.head(_HEAD_BYTES)
    format_name = (format_by_name(file.path) or ("", None))[0]
    if head.startswith(PARQUET_MAGIC):
        return _of_table(open_parquet(file), entries)
    if head.startswith(ARROW_MAGICS):
        return _of_table(open_arrow(file), entries)
    if head.lstrip().startswith(b"{"):
        return _of_objects(file, entries)
    if format_name == "csv":
        return _of_table(open_csv(file), entries)
    return (line for line in _lines(file) if entries is _IDS or not line.startswith("#"))


def _of_table(table: TableFile, entries: _Entries) -> Iterator[str]:
    column = entries.column(table.schema)
    if column is None:
        raise _no_column_error(table.display_path, table.schema.names, entries)
    if pa.types.is_floating(table.schema.field(column).type):
        raise CorruptFile(f"{table.display_path}: column {column!r} {_ROUNDED}", remedy=_STRINGS)
    for piece in table.pieces:
        for block in piece.read([column]):
            for skipped in block.skipped:
                raise CorruptFile(
                    f"{table.display_path}: some rows cannot be read ({skipped.count:,}): "
                    f"{skipped.reason}",
                    remedy="mend the file: nothing must be overlooked",
                )
            yield from _present(format_values(column_at(block.batch, column)).to_pylist())


def _of_objects(file: File, entries: _Entries) -> Iterator[str]:
    for number, line in enumerate(_lines(file)):
        try:
            entry = json.loads(line)
        except ValueError as error:
            raise _line_error(file, number, str(error)) from error
        if not isinstance(entry, dict):
            raise _line_error(file, number, "not an object")
        column = entries.column(pa.schema([(name, pa.string()) for name in entry]))
        if column is None:
            where = f"{file.display_path}, line {number + 1}"
            raise _no_column_error(where, list(entry), entries)
        value = to_text(entry[column])
        if value is None and entry[column] not in (None, ""):
            raise CorruptFile(
                f"{file.display_path}, line {number + 1}: {column!r} {_ROUNDED}", remedy=_STRINGS
            )
        yield from _present([value])


def _lines(file: File) -> Iterator[str]:
    with BufferedReader(cast("RawIOBase", file.stream())) as stream:
        for number, line in enumerate(stream):
            try:
                text = line.decode("utf-8-sig" if not number else "utf-8").strip()
            except UnicodeDecodeError as error:
                raise _line_error(file, number, "not valid UTF-8") from error
            if text:
                yield text


def _present(values: list[str | None]) -> Iterator[str]:
    return (value for value in values if value)


def _no_column_error(path: str, names: list[str], entries: _Entries) -> ColumnMissing:
    plural = "ids" if entries is _IDS else "addresses"
    return ColumnMissing(
        f"{path}: no column is recognised as the {plural}; there is {format_names(names)}",
        remedy=f"name the column {entries.noun}",
    )


def _line_error(file: File, number: int, fault: str) -> CorruptFile:
    return CorruptFile(
        f"{file.display_path}, line {number + 1}: {fault}",
        remedy="mend the line: nothing must be overlooked",
    )
