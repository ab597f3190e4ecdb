"""Parquet footers, parsed without pyarrow: row groups, and where their column chunks lie.

pyarrow aborts the process where it is asked for the metadata of a column chunk that is encrypted or
damaged: its C++ throws through accessors that are not declared to throw. It also allocates what a
footer claims. So a footer is parsed here first, in bounded memory, and no such accessor is called.

Reference: `parquet.thrift` of Apache Parquet.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from provenance.errors import InputError, UnsupportedFormat
from provenance.model import Flags, Int64s
from provenance.read.files import File, read_fully, reading
from provenance.read.soundness import misnamed
from provenance.read.thrift import BINARY, STRUCT, Compact, Damaged

MOST_BYTES = 64 << 20
"""Of a footer: about 500,000 column chunks."""

_MAGIC, _ENCRYPTED = b"PAR1", b"PARE"
_TAIL = 8  # the footer's length and the magic
_LARGEST = 1 << 62

_FILE_SCHEMA, _FILE_ROW_GROUPS, _FILE_ENCRYPTION = 2, 4, 8
_SCHEMA_NAME = 4
_GROUP_COLUMNS, _GROUP_ROWS = 1, 3
_CHUNK_FILE, _CHUNK_METADATA, _CHUNK_CRYPTO = 1, 3, 8
_PATH, _UNCOMPRESSED, _COMPRESSED, _DATA, _DICTIONARY = 3, 6, 7, 9, 11
"""Ids of fields: of the file, its schema, a row group, a column chunk and its metadata."""


@dataclass(frozen=True, slots=True)
class Footer:
    """What a Parquet footer says of row groups.

    Parameters
    ----------
    rows : ndarray of int64, shape (g,)
        Rows of each row group.
    starts, compressed, uncompressed : ndarray of int64, shape (g, c)
        Where each column chunk begins, its bytes in the file, and its bytes unpacked.
    columns : tuple of str, length c
        The top-level column that each chunk belongs to.
    """

    rows: Int64s
    starts: Int64s
    compressed: Int64s
    uncompressed: Int64s
    columns: tuple[str, ...]

    def of(self, names: Collection[str]) -> Flags:
        """Return a mask of the chunks that belong to some top-level columns."""
        return np.array([column in names for column in self.columns], np.bool_)


def read_footer(file: File) -> Footer:
    """Read the footer of a Parquet file.

    Raises
    ------
    CorruptFile
        If it is no Parquet, is cut short, or its footer leads out of the file.
    UnsupportedFormat
        If columns are encrypted, or lie in other files.
    InputError
        If the footer is larger than `MOST_BYTES`.
    """
    with file.open() as stream, reading(file.told, damage=(Damaged,)):
        size = stream.seek(0, 2)
        stream.seek(max(0, size - _TAIL))
        tail = read_fully(stream, _TAIL)
        if tail[4:] == _ENCRYPTED:
            raise _encrypted(file)
        length = int.from_bytes(tail[:4], "little")
        end = size - _TAIL - length
        if tail[4:] != _MAGIC or end < len(_MAGIC):
            raise Damaged("there is no Parquet footer at its end")
        if length > MOST_BYTES:
            raise InputError(
                f"{file.told}: its footer has {length:,} bytes; at most {MOST_BYTES:,} are read",
                remedy="write it again with larger row groups, or with fewer columns.",
            )
        stream.seek(end)
        return _parsed(read_fully(stream, length), file, end)


def _parsed(data: bytes, file: File, end: int) -> Footer:
    try:
        rows, chunks = _file(Compact(data), file)
    except IndexError as error:
        raise Damaged("its footer is cut short") from error
    columns = tuple(chunk.column for chunk in chunks[0]) if chunks else ()
    if any(len(group) != len(columns) for group in chunks):
        raise Damaged("its row groups have different columns")
    shape = (len(rows), len(columns))
    bounds = np.array([c.bounds for group in chunks for c in group], np.int64).reshape(*shape, 3)
    starts, compressed, uncompressed = (bounds[:, :, place] for place in range(3))
    if (bounds < 0).any() or (compressed > end - starts).any():
        raise Damaged("its footer leads out of the file")
    return Footer(np.array(rows, np.int64), starts, compressed, uncompressed, columns)


@dataclass(frozen=True, slots=True)
class _Chunk:
    column: str
    bounds: tuple[int, int, int]


def _file(footer: Compact, file: File) -> tuple[list[int], list[list[_Chunk]]]:
    rows, chunks = [], []
    for field, kind in footer.fields():
        if field == _FILE_ROW_GROUPS:
            for _ in footer.elements(kind, STRUCT):
                count, columns = _group(footer, file)
                rows.append(count)
                chunks.append(columns)
        elif field == _FILE_SCHEMA:
            for _ in footer.elements(kind, STRUCT):
                _check_name(footer, file)
        elif field == _FILE_ENCRYPTION:
            raise _encrypted(file)
        else:
            footer.skip(kind)
    if sum(rows) > _LARGEST:
        raise Damaged("its footer counts more rows than there can be")
    return rows, chunks


def _check_name(footer: Compact, file: File) -> None:
    for field, kind in footer.fields():
        if field == _SCHEMA_NAME:
            try:
                footer.binary(kind).decode()
            except UnicodeDecodeError as error:
                raise misnamed(file.told, error) from error
        else:
            footer.skip(kind)


def _group(footer: Compact, file: File) -> tuple[int, list[_Chunk]]:
    rows, columns = -1, []
    for field, kind in footer.fields():
        if field == _GROUP_COLUMNS:
            columns = [_chunk(footer, file) for _ in footer.elements(kind, STRUCT)]
        elif field == _GROUP_ROWS:
            rows = footer.integer(kind)
        else:
            footer.skip(kind)
    if rows < 0:
        raise Damaged("a row group does not say what it holds")
    return rows, columns


def _chunk(footer: Compact, file: File) -> _Chunk:
    found = None
    for field, kind in footer.fields():
        if field == _CHUNK_METADATA and kind == STRUCT:
            found = _metadata(footer)
        elif field == _CHUNK_CRYPTO:
            raise _encrypted(file)
        elif field == _CHUNK_FILE and footer.binary(kind):
            raise UnsupportedFormat(
                f"{file.told}: its columns lie in other files",
                remedy="name those files instead.",
            )
        elif field != _CHUNK_FILE:
            footer.skip(kind)
    if found is None:
        raise Damaged("a column chunk does not say where it lies")
    return found


def _metadata(footer: Compact) -> _Chunk:
    column = ""
    numbers: dict[int, int] = {}
    for field, kind in footer.fields():
        if field == _PATH:
            path = [footer.binary(BINARY) for _ in footer.elements(kind, BINARY)]
            column = path[0].decode("utf-8", "replace") if path else ""
        elif field in {_UNCOMPRESSED, _COMPRESSED, _DATA, _DICTIONARY}:
            numbers[field] = footer.integer(kind)
        else:
            footer.skip(kind)
    if not numbers.keys() >= {_UNCOMPRESSED, _COMPRESSED, _DATA}:
        raise Damaged("a column chunk does not say where it lies")
    # Some writers say that a dictionary begins at 0 where there is none.
    start = min(filter(None, (numbers.get(_DICTIONARY), numbers[_DATA])), default=0)
    return _Chunk(column, (start, numbers[_COMPRESSED], numbers[_UNCOMPRESSED]))


def _encrypted(file: File) -> UnsupportedFormat:
    return UnsupportedFormat(
        f"{file.told}: it is encrypted, wholly or in some columns",
        remedy="write it again without encryption.",
    )
