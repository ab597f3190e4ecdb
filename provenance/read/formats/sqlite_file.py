"""SQLite databases: the rows of all tables that have text, read only."""

import re
import sqlite3
from collections.abc import Generator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from functools import partial
from typing import NoReturn
from urllib.parse import quote

from provenance.errors import ColumnMissing, UnsupportedFormat
from provenance.read.corpus.corpus_parts import Part
from provenance.read.corpus.file_access import File, corrupt_file_error, translate_read_errors
from provenance.read.formats.jsonl_blocks import Records
from provenance.read.formats.record_parts import SizedRecord, as_text, in_batches, record_parts

_TABLES = "SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name"
_KINDS = "PRAGMA main.table_list"
_COPIES_OTHERS = re.compile(r"\bcontent\s*=", re.IGNORECASE)
"""In a virtual table of full-text search: its texts are those of another table, or not stored."""
_JOURNAL_MAGIC = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"
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
    _check_settled(file)
    _check_complete(file)
    parts: list[Part] = []
    faults = []
    tables, unreadable = _tables(file)
    for table in tables:
        try:
            named = replace(file, name=f"{file.name}/{table}") if len(tables) > 1 else file
            parts += record_parts(named, partial(_read_table, file, table), text_columns)
        except ColumnMissing as error:
            faults.append(error)
    parts += [Part(f"{file.name}/{name}", 0, partial(_refuse, error)) for name, error in unreadable]
    if not parts and faults:
        raise faults[0]
    return parts


def _check_settled(file: File) -> None:
    """Raise if a program has written changes that are not in the database, or not all of them."""
    for beside, magic in ((f"{file.path}-wal", b""), (f"{file.path}-journal", _JOURNAL_MAGIC)):
        with suppress(FileNotFoundError), open(beside, "rb") as stream:
            head = stream.read(len(_JOURNAL_MAGIC))
            # A journal that is kept between transactions begins with zeros.
            if head and head.startswith(magic):
                raise UnsupportedFormat(
                    f"{file.display_path}: the database has changes that are not in it yet, or "
                    f"only in part; see {beside}",
                    remedy="close the program that writes it, open and close it once with sqlite3, "
                    "or copy it with `.backup`.",
                )


def _check_complete(file: File) -> None:
    """Raise if the file is shorter than its header says: SQLite reads what is there."""
    head = file.head(_HEADER_BYTES)
    page_bytes = int.from_bytes(head[16:18], "big")
    pages = int.from_bytes(head[28:32], "big")
    if file.size < pages * (_MAX_PAGE_BYTES if page_bytes == 1 else page_bytes):
        raise corrupt_file_error(file.display_path, f"at byte {file.size:,}", "pages are missing")


class _Connection(sqlite3.Connection):
    """A connection that closes without a warning when a reading that nobody ended is collected."""

    def __del__(self) -> None:
        self.close()


def _connect(file: File) -> sqlite3.Connection:
    address = f"file:{quote(file.path)}?mode=ro&immutable=1"
    # Batches of a part may be read by several threads, one after the other.
    connection = sqlite3.connect(address, uri=True, check_same_thread=False, factory=_Connection)
    connection.text_factory = bytes
    return connection


def _tables(file: File) -> tuple[list[str], list[tuple[str, UnsupportedFormat]]]:
    """Return the names of the tables that hold the rows, and why others cannot be read.

    Tables that SQLite and its extensions keep for themselves are left out, and so are indexes of
    texts that are in another table.
    """
    tables, unreadable = list[str](), list[tuple[str, UnsupportedFormat]]()
    with (
        translate_read_errors(file.display_path, damage=_DAMAGE),
        closing(_connect(file)) as connection,
    ):
        connection.text_factory = bytes.decode
        # Before SQLite 3.37 it has no such list, and all tables are read.
        kinds = {row[1]: row[2] for row in connection.execute(_KINDS)}
        for name, sql in connection.execute(_TABLES):
            is_virtual = (sql or "").upper().startswith("CREATE VIRTUAL")
            if name.startswith("sqlite_") or kinds.get(name) == "shadow":
                continue
            if is_virtual and _COPIES_OTHERS.search(sql):
                continue
            if is_virtual and (fault := _fault_of(connection, name)):
                error = UnsupportedFormat(
                    f"{file.display_path}: table {name!r} needs an extension of SQLite ({fault})",
                    remedy="export its texts, if it has any that are not in other tables.",
                )
                unreadable.append((name, error))
            else:
                tables.append(name)
    return tables, unreadable


def _fault_of(connection: sqlite3.Connection, table: str) -> str | None:
    try:
        connection.execute(f"{_select(table)} LIMIT 0")
    except sqlite3.OperationalError as error:
        return str(error)
    return None


def _refuse(error: UnsupportedFormat) -> NoReturn:
    raise error


def _select(table: str) -> str:
    name = table.replace('"', '""')
    return f'SELECT * FROM "{name}"'  # noqa: S608 (it is quoted)


def _read_table(file: File, table: str, size: int) -> Generator[Records]:
    yield from in_batches(file, _rows(file, table), size, _DAMAGE)


def _rows(file: File, table: str) -> Generator[SizedRecord]:
    with closing(_connect(file)) as connection:
        cursor = connection.execute(_select(table))
        columns = [column[0] for column in cursor.description]
        for row in cursor:
            values = [as_text(value) if isinstance(value, bytes) else value for value in row]
            size = sum(len(value) for value in row if isinstance(value, bytes))
            yield dict(zip(columns, values, strict=True)), size
