"""Parquet footers parsed without pyarrow: row groups and their column chunks.

pyarrow aborts the process when asked for the metadata of an encrypted or damaged column chunk: its
C++ code throws through accessors that are declared not to throw. It also allocates as much as a
footer claims. So the footer is parsed here first, in bounded memory.

Reference: `parquet.thrift` of Apache Parquet.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from provenance.errors import InputError, UnsupportedFormat
from provenance.model.content.fingerprints import Flags, Int64s
from provenance.read.corpus.file_access import File, read_fully, translate_read_errors
from provenance.read.formats.arrow_validation import invalid_name_error
from provenance.read.formats.thrift_compact import (
    BINARY,
    INTEGER,
    STRUCT,
    CompactReader,
    DamagedData,
)

MAX_FOOTER_BYTES = 64 << 20
"""Largest footer that is read: about 500,000 column chunks."""

_MAGIC, _ENCRYPTED = b"PAR1", b"PARE"
_TAIL_BYTES = 8  # the footer's length and the magic
_MAX_ROWS = 1 << 62

_FILE_SCHEMA, _FILE_ROW_GROUPS, _FILE_ENCRYPTION = 2, 4, 8
_SCHEMA_NAME = 4
_GROUP_COLUMNS, _GROUP_ROWS = 1, 3
_CHUNK_FILE, _CHUNK_METADATA, _CHUNK_INDEX, _CHUNK_CRYPTO = 1, 3, 6, 8
_TYPE, _ENCODINGS_USED, _PATH, _CODEC, _UNCOMPRESSED, _COMPRESSED = 1, 2, 3, 4, 6, 7
_VALUES, _DATA, _DICTIONARY, _STATISTICS = 5, 9, 11, 12
"""Field ids of the file, its schema, a row group, a column chunk and its metadata."""

_NEEDED = frozenset({_TYPE, _CODEC, _VALUES, _UNCOMPRESSED, _COMPRESSED, _DATA})
_NUMBERS = _NEEDED | {_DICTIONARY}

_CODECS = ("UNCOMPRESSED", "SNAPPY", "GZIP", "LZO", "BROTLI", "LZ4", "ZSTD", "LZ4")
_ENCODINGS = (
    *("PLAIN", "", "PLAIN_DICTIONARY", "RLE", "BIT_PACKED", "DELTA_BINARY_PACKED"),
    *("DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY", "RLE_DICTIONARY", "BYTE_STREAM_SPLIT"),
)
_INT96, _BYTE_ARRAY = 3, 6  # of the physical types


@dataclass(frozen=True, slots=True)
class ColumnChunk:
    """Metadata of a column chunk.

    Parameters
    ----------
    path : tuple of str
        Path of its column in the schema.
    start, compressed, uncompressed : int
        Byte offset, size in the file, and uncompressed size.
    values : int
        Number of values, including nulls.
    dictionary : int
        Byte offset of its dictionary page; 0 if there is none.
    codec : str
        Such as "ZSTD".
    encodings : tuple of str
        Such as "RLE_DICTIONARY".
    is_int96, is_binary : bool
        Whether its physical type is INT96, and BYTE_ARRAY.
    has_statistics, has_index : bool
        Whether it has statistics, and a page index.
    """

    path: tuple[str, ...]
    start: int
    compressed: int
    uncompressed: int
    values: int
    dictionary: int
    codec: str
    encodings: tuple[str, ...]
    is_int96: bool
    is_binary: bool
    has_statistics: bool
    has_index: bool = False


@dataclass(frozen=True, slots=True)
class ParquetFooter:
    """Metadata of all row groups.

    Parameters
    ----------
    rows : ndarray of int64, shape (g,)
        Rows of each row group.
    starts, compressed, uncompressed, values, dictionaries : ndarray of int64, shape (g, c)
        Of each column chunk, as in `ColumnChunk`.
    columns : tuple of ColumnChunk, length c
        Column chunks of the first row group.
    """

    rows: Int64s
    starts: Int64s
    compressed: Int64s
    uncompressed: Int64s
    values: Int64s
    dictionaries: Int64s
    columns: tuple[ColumnChunk, ...]

    def of(self, names: Collection[str]) -> Flags:
        """Return a mask of the chunks that belong to some top-level columns."""
        return np.array([chunk.path[0] in names for chunk in self.columns], np.bool_)


def read_footer(file: File) -> ParquetFooter:
    """Read the footer of a Parquet file.

    Raises
    ------
    CorruptFile
        If it is not Parquet, is cut short, or its footer points beyond the file.
    UnsupportedFormat
        If columns are encrypted, or are stored in other files.
    InputError
        If the footer is larger than `MAX_FOOTER_BYTES`.
    """
    with file.open() as stream, translate_read_errors(file.display_path, damage=(DamagedData,)):
        size = stream.seek(0, 2)
        stream.seek(max(0, size - _TAIL_BYTES))
        tail = read_fully(stream, _TAIL_BYTES)
        if tail[4:] == _ENCRYPTED:
            raise _encrypted_error(file)
        length = int.from_bytes(tail[:4], "little")
        end = size - _TAIL_BYTES - length
        if tail[4:] != _MAGIC or end < len(_MAGIC):
            raise DamagedData("there is no Parquet footer at its end")
        if length > MAX_FOOTER_BYTES:
            raise InputError(
                f"{file.display_path}: the footer has {length:,} bytes; "
                f"at most {MAX_FOOTER_BYTES:,} are supported",
                remedy="write it again with larger row groups, or with fewer columns.",
            )
        stream.seek(end)
        return _parse(read_fully(stream, length), file, end)


def _parse(data: bytes, file: File, end: int) -> ParquetFooter:
    try:
        rows, bounds, columns = _parse_file(CompactReader(data), file)
    except IndexError as error:
        raise DamagedData("its footer is cut short") from error
    except UnicodeDecodeError as error:
        raise invalid_name_error(file.display_path, error) from error
    if any(len(group) != len(columns) for group in bounds):
        raise DamagedData("its row groups have different columns")
    if sum(rows) > _MAX_ROWS:
        raise DamagedData("its footer states too many rows")
    table = np.array(bounds, np.int64).reshape(len(rows), len(columns), 5)
    starts, compressed, uncompressed, values, dictionaries = np.moveaxis(table, 2, 0)
    if (table < 0).any() or (compressed > end - starts).any():
        raise DamagedData("its footer points beyond the end of the file")
    counts = np.array(rows, np.int64)
    return ParquetFooter(counts, starts, compressed, uncompressed, values, dictionaries, columns)


_Bounds = list[tuple[int, int, int, int, int]]


def _parse_file(
    footer: CompactReader, file: File
) -> tuple[list[int], list[_Bounds], tuple[ColumnChunk, ...]]:
    rows: list[int] = []
    bounds: list[_Bounds] = []
    columns: tuple[ColumnChunk, ...] = ()
    for field, kind in footer.fields():
        if field == _FILE_ROW_GROUPS:
            for _ in footer.elements(kind, STRUCT):
                count, chunks = _parse_group(footer, file)
                columns = columns if rows else tuple(chunks)
                rows.append(count)
                bounds.append([_chunk_bounds(chunk) for chunk in chunks])
        elif field == _FILE_SCHEMA:
            for _ in footer.elements(kind, STRUCT):
                _check_name(footer)
        elif field == _FILE_ENCRYPTION:
            raise _encrypted_error(file)
        else:
            footer.skip(kind)
    return rows, bounds, columns


def _chunk_bounds(chunk: ColumnChunk) -> tuple[int, int, int, int, int]:
    return chunk.start, chunk.compressed, chunk.uncompressed, chunk.values, chunk.dictionary


def _check_name(footer: CompactReader) -> None:
    for field, kind in footer.fields():
        if field == _SCHEMA_NAME:
            footer.binary(kind).decode()
        else:
            footer.skip(kind)


def _parse_group(footer: CompactReader, file: File) -> tuple[int, list[ColumnChunk]]:
    rows, columns = -1, []
    for field, kind in footer.fields():
        if field == _GROUP_COLUMNS:
            columns = [_parse_chunk(footer, file) for _ in footer.elements(kind, STRUCT)]
        elif field == _GROUP_ROWS:
            rows = footer.integer(kind)
        else:
            footer.skip(kind)
    if rows < 0:
        raise DamagedData("a row group does not state its number of rows")
    return rows, columns


def _parse_chunk(footer: CompactReader, file: File) -> ColumnChunk:
    chunk, has_index = None, False
    for field, kind in footer.fields():
        if field == _CHUNK_METADATA and kind == STRUCT:
            chunk = _parse_metadata(footer)
        elif field == _CHUNK_CRYPTO:
            raise _encrypted_error(file)
        elif field == _CHUNK_FILE and footer.binary(kind):
            raise UnsupportedFormat(
                f"{file.display_path}: the columns are stored in other files",
                remedy="give those files instead.",
            )
        elif field != _CHUNK_FILE:
            has_index = has_index or field == _CHUNK_INDEX
            footer.skip(kind)
    if chunk is None:
        raise DamagedData("a column chunk has no metadata")
    return replace(chunk, has_index=True) if has_index else chunk


def _parse_metadata(footer: CompactReader) -> ColumnChunk:
    path: list[bytes] = []
    encodings: list[int] = []
    numbers: dict[int, int] = {}
    has_statistics = False
    for field, kind in footer.fields():
        if field == _PATH:
            path = [footer.binary(BINARY) for _ in footer.elements(kind, BINARY)]
        elif field == _ENCODINGS_USED:
            encodings = [footer.integer(INTEGER) for _ in footer.elements(kind, INTEGER)]
        elif field in _NUMBERS:
            numbers[field] = footer.integer(kind)
        else:
            has_statistics = has_statistics or field == _STATISTICS
            footer.skip(kind)
    if not path or not numbers.keys() >= _NEEDED:
        raise DamagedData("the metadata of a column chunk is incomplete")
    return ColumnChunk(
        tuple(name.decode() for name in path),
        # Some writers give 0 as the offset of a missing dictionary.
        min(filter(None, (numbers.get(_DICTIONARY), numbers[_DATA])), default=0),
        numbers[_COMPRESSED],
        numbers[_UNCOMPRESSED],
        numbers[_VALUES],
        numbers.get(_DICTIONARY, 0),
        _name_of_code(_CODECS, numbers[_CODEC]),
        tuple(_name_of_code(_ENCODINGS, encoding) for encoding in encodings),
        numbers[_TYPE] == _INT96,
        numbers[_TYPE] == _BYTE_ARRAY,
        has_statistics,
    )


def _name_of_code(names: Sequence[str], number: int) -> str:
    if not 0 <= number < len(names):
        raise DamagedData("a column chunk has an unknown codec or encoding")
    return names[number]


def _encrypted_error(file: File) -> UnsupportedFormat:
    return UnsupportedFormat(
        f"{file.display_path}: the file, or a part of its columns, is encrypted",
        remedy="write it again without encryption.",
    )
