"""SQLite databases: the rows of all tables that have text, read only."""

import os
import sqlite3
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from urllib.parse import quote

from provenance.errors import ColumnMissing, UnsupportedFormat
from provenance.read.corpus.corpus_parts import Part
from provenance.read.corpus.file_access import File, corrupt_file_error, translate_read_errors
from provenance.read.formats.jsonl_blocks import Records
from provenance.read.formats.record_parts import SizedRecord, as_text, in_batches, record_parts

_TABLES = "SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name"
_HEADER_BYTES = 100
_MAX_PAGE_BYTES = 1 << 16
_DAMAGE = (sqlite3.Error, ValueError)


def sqlite_parts(file: File, text_columns: Sequence[str]) -> list[Part]:
    """Return a part for each table with text; `text_columns` are those given by the user.

    If there are several tables, each counts as a file called after it.

    Raises
    ------
    UnsupportedFormat
        If the database is compressed, remote, in an archive, or has changes beside it.
    ColumnMissing
        If no table has a given column, or text.
    CorruptFile
        If it is damaged.
    """
    if not file.is_local or file.compression is not None:
        raise UnsupportedFormat(
            f"{file.display_path}: only an SQLite database on this machine's disk can be read",
            remedy="download or unpack it.",
        )
    log = f"{file.path}-wal"
    if os.path.exists(log) and os.path.getsize(log):
        raise UnsupportedFormat(
            f"{file.display_path}: the database has changes that are not in it yet, in {log}",
            remedy="close the program that writes it, or copy it with `.backup` of sqlite3.",
        )
    _check_complete(file)
    parts, faults = [], []
    tables = _tables(file)
    for table in tables:
        try:
            named = replace(file, name=f"{file.name}/{table}") if len(tables) > 1 else file
            parts += record_parts(named, partial(_read_table, file, table), text_columns)
        except ColumnMissing as error:
            faults.append(error)
    if not parts and faults:
        raise faults[0]
    return parts


def _check_complete(file: File) -> None:
    """Raise if the file is shorter than its header says: SQLite reads what is there."""
    head = file.head(_HEADER_BYTES)
    page_bytes = int.from_bytes(head[16:18], "big")
    pages = int.from_bytes(head[28:32], "big")
    if file.size < pages * (_MAX_PAGE_BYTES if page_bytes == 1 else page_bytes):
        raise corrupt_file_error(file.display_path, f"at byte {file.size:,}", "pages are missing")


def _connect(file: File) -> sqlite3.Connection:
    address = f"file:{quote(file.path)}?mode=ro&immutable=1"
    # Batches of a part may be read by several threads, one after the other.
    connection = sqlite3.connect(address, uri=True, check_same_thread=False)
    connection.text_factory = bytes
    return connection


def _tables(file: File) -> list[str]:
    """Return the names of the tables, without those that SQLite or its extensions keep."""
    with (
        translate_read_errors(file.display_path, damage=_DAMAGE),
        closing(_connect(file)) as connection,
    ):
        found = {name.decode(): (sql or b"").upper() for name, sql in connection.execute(_TABLES)}
    virtual = [name for name, sql in found.items() if sql.startswith(b"CREATE VIRTUAL")]
    return [
        name
        for name in found
        if not name.startswith(("sqlite_", *(f"{other}_" for other in virtual)))
        and name not in virtual
    ]


def _read_table(file: File, table: str, size: int) -> Generator[Records]:
    yield from in_batches(file, _rows(file, table), size, _DAMAGE)


def _rows(file: File, table: str) -> Generator[SizedRecord]:
    name = table.replace('"', '""')
    with closing(_connect(file)) as connection:
        cursor = connection.execute(f'SELECT * FROM "{name}"')  # noqa: S608 (it is quoted)
        columns = [column[0] for column in cursor.description]
        for row in cursor:
            values = [as_text(value) if isinstance(value, bytes) else value for value in row]
            size = sum(len(value) for value in row if isinstance(value, bytes))
            yield dict(zip(columns, values, strict=True)), size
