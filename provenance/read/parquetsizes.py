"""How large the row groups of a Parquet file become in memory, known before they are decoded."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from provenance.read.files import File
from provenance.read.limits import VALUE, grown
from provenance.read.rowsizes import row_sizes

if TYPE_CHECKING:
    from provenance.model import Int64s

_GROUP = 8
"""So many times the limit of a document a row group may have, unless it has as much on disk."""
_RATIO = 10
"""Text hardly ever becomes so many times smaller by compression."""
_DENSE = 1 << 30
"""Bytes that a batch may have if each row had the longest value of a dictionary."""
_INT32 = 0x15


def check_groups(
    file: File, metadata: pq.FileMetaData, groups: Sequence[int], paths: Sequence[str]
) -> None:
    """Refuse row groups that would not fit into memory.

    Raises
    ------
    DocumentTooLarge
        If the columns wanted of one are far larger than they are on disk.
    """
    for group in groups:
        chunks = list(_chunks(metadata, group, paths))
        stored = sum(chunk.total_compressed_size for chunk in chunks)
        size = sum(map(_size, chunks))
        if size > max(_GROUP * file.max_document, _RATIO * stored):
            raise grown(f"{file.told}: row group {group:,}", stored, size, size // _GROUP)


def repeating(
    file: File, metadata: pq.FileMetaData, groups: Sequence[int], paths: Sequence[str], rows: int
) -> list[str]:
    """Return the columns that may repeat long values so often that a batch would not fit.

    Parameters
    ----------
    file : File
        The file.
    metadata : pyarrow.parquet.FileMetaData
        Its footer.
    groups : sequence of int
        Row groups that are read.
    paths : sequence of str
        Columns that are read.
    rows : int
        How many rows a batch has.
    """
    found: dict[str, None] = {}
    with file.open() as stream:
        for group in groups:
            most = min(rows, metadata.row_group(group).num_rows)
            doubtful = [
                chunk.path_in_schema
                for chunk in _chunks(metadata, group, paths)
                if chunk.physical_type == "BYTE_ARRAY"
                and chunk.has_dictionary_page
                and most * chunk.total_uncompressed_size > _DENSE
                and most * _dictionary_size(stream, chunk) > _DENSE
            ]
            if doubtful:
                found |= dict.fromkeys(_longest(file, metadata, group, doubtful, most))
    return list(found)


def _chunks(
    metadata: pq.FileMetaData, group: int, paths: Sequence[str]
) -> Iterator[pq.ColumnChunkMetaData]:
    """Give what the footer says of the columns at some paths, or within them."""
    facts = metadata.row_group(group)
    wanted = {*paths}
    for place in range(metadata.num_columns):
        chunk = facts.column(place)
        steps = chunk.path_in_schema.split(".")
        if any(".".join(steps[:end]) in wanted for end in range(1, len(steps) + 1)):
            yield chunk


def _size(chunk: pq.ColumnChunkMetaData) -> int:
    is_nested = "." in chunk.path_in_schema
    return int(max(chunk.total_uncompressed_size, VALUE * chunk.num_values * is_nested))


def _dictionary_size(stream: BinaryIO, chunk: pq.ColumnChunkMetaData) -> int:
    """Read the size of a chunk's dictionary, decompressed, from the head of its page.

    That is a struct in Thrift's compact protocol which begins with three numbers: the kind of the
    page, its size decompressed and its size on disk.
    """
    stream.seek(chunk.dictionary_page_offset)
    head = iter(stream.read(16))
    size = 0
    for _ in range(2):
        if next(head, None) != _INT32:
            return int(chunk.total_uncompressed_size)
        size, shift = 0, 0
        for byte in head:
            size |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
    return size >> 1


def _longest(
    file: File, metadata: pq.FileMetaData, group: int, columns: Sequence[str], rows: int
) -> Iterator[str]:
    """Choose the columns of which some value is too long to stand in every row of a batch."""
    source = file.path if file.is_local else file.open()
    with pq.ParquetFile(source, metadata=metadata, read_dictionary=[*columns]) as parquet:
        for column in columns:
            known: list[Int64s] = []
            with suppress(pa.ArrowException, OSError):  # whoever reads it meets the damage again
                [batch] = islice(parquet.iter_batches(1, [group], [column]), 1)
                known = [row_sizes(one) for one in _dictionaries(batch.column(0))]
            # Of a dictionary that the first value does not use, nothing is known.
            if sum(map(len, known)) < 2 or rows * int(np.concatenate(known).max()) > _DENSE:
                yield column


def _dictionaries(column: pa.Array) -> Iterator[pa.Array]:
    if pa.types.is_dictionary(column.type):
        yield column.dictionary
    elif pa.types.is_struct(column.type):
        for place in range(column.type.num_fields):
            yield from _dictionaries(column.field(place))
    elif pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        yield from _dictionaries(column.values)
