"""How large the row groups of a Parquet file become in memory, known before they are decoded."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from provenance.model import Flags, Int64s
from provenance.read.files import File
from provenance.read.footers import Footer
from provenance.read.limits import VALUE, check_grown
from provenance.read.rowsizes import row_sizes
from provenance.read.soundness import check_batch

_DENSE = 1 << 30
"""Bytes that a batch may have if each row had the longest value of a dictionary."""
_INT32 = 0x15
_ROWS = 1 << 13
"""Rows that are measured at a time."""


def check_groups(file: File, footer: Footer, groups: Sequence[int], paths: Sequence[str]) -> None:
    """Refuse row groups that would not fit into memory.

    Raises
    ------
    DocumentTooLarge
        If the columns wanted of one are far larger than they are on disk.
    """
    wanted = _wanted(footer, paths)
    nested = np.array([len(chunk.path) > 1 for chunk in footer.columns], np.bool_)
    for group in groups:
        stored = int(footer.compressed[group, wanted].sum())
        values = VALUE * footer.values[group] * nested
        size = int(np.maximum(footer.uncompressed[group], values)[wanted].sum())
        check_grown(f"{file.told}: row group {group:,}", stored, size, file.max_document)


def check_group(file: File, footer: Footer, group: int) -> None:
    """Refuse a row group of which all columns together would not fit into memory.

    What stands in a dictionary counts as often as it stands in rows.

    Raises
    ------
    DocumentTooLarge
        If it is far larger than it is on disk.
    """
    columns = list(dict.fromkeys(chunk.path[0] for chunk in footer.columns))
    check_groups(file, footer, [group], columns)
    leaves = [".".join(chunk.path) for chunk in footer.columns]
    repeated = repeating(file, footer, [group], leaves, int(footer.rows[group]))
    if not repeated:
        return
    stored, size = int(footer.compressed[group].sum()), 0
    with file.open() as source, pq.ParquetFile(source, read_dictionary=repeated) as parquet:
        for batch in parquet.iter_batches(_ROWS, [group], use_threads=False):
            check_batch(batch, file.told, 0)
            size += sum(int(row_sizes(column).sum()) for column in batch.columns)
    check_grown(f"{file.told}: row group {group:,}", stored, size, file.max_document)


def repeating(
    file: File, footer: Footer, groups: Sequence[int], paths: Sequence[str], rows: int
) -> list[str]:
    """Return the columns that may repeat long values so often that a batch would not fit.

    Parameters
    ----------
    file : File
        The file.
    footer : Footer
        Its footer.
    groups : sequence of int
        Row groups that are read.
    paths : sequence of str
        Columns that are read.
    rows : int
        How many rows a batch has.
    """
    found: dict[str, None] = {}
    is_binary = np.array([chunk.is_binary for chunk in footer.columns], np.bool_)
    wanted = _wanted(footer, paths) & is_binary
    with file.open() as stream:
        for group in groups:
            most = min(rows, int(footer.rows[group]))
            has_dictionary = footer.dictionaries[group] > 0
            is_large = footer.uncompressed[group] > _DENSE // max(most, 1)
            doubtful = [
                ".".join(footer.columns[place].path)
                for place in np.flatnonzero(wanted & has_dictionary & is_large).tolist()
                if most * _dictionary_size(stream, footer, group, place) > _DENSE
            ]
            if doubtful:
                found |= dict.fromkeys(_longest(file, group, doubtful, most))
    return list(found)


def _wanted(footer: Footer, paths: Sequence[str]) -> Flags:
    """Return a mask of the column chunks at some paths, or within them."""
    wanted = {*paths}

    def is_wanted(path: tuple[str, ...]) -> bool:
        return any(".".join(path[:end]) in wanted for end in range(1, len(path) + 1))

    return np.array([is_wanted(chunk.path) for chunk in footer.columns], np.bool_)


def _dictionary_size(stream: BinaryIO, footer: Footer, group: int, place: int) -> int:
    """Read the size of a chunk's dictionary, decompressed, from the head of its page.

    That is a struct in Thrift's compact protocol which begins with three numbers: the kind of the
    page, its size decompressed and its size on disk.
    """
    stream.seek(int(footer.dictionaries[group, place]))
    head = iter(stream.read(16))
    size = 0
    for _ in range(2):
        if next(head, None) != _INT32:
            return int(footer.uncompressed[group, place])
        size, shift = 0, 0
        for byte in head:
            size |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
    return size >> 1


def _longest(file: File, group: int, columns: Sequence[str], rows: int) -> Iterator[str]:
    """Choose the columns of which some value is too long to stand in every row of a batch."""
    source = file.source()
    with pq.ParquetFile(source, read_dictionary=[*columns]) as parquet:
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
