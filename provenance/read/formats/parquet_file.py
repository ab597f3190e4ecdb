"""Parquet: row groups, each readable on its own.

How large the row groups of a Parquet file become in memory, known before they are decoded.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from provenance.model import Flags, Int64s
from provenance.read.columns.column_choice import Sample
from provenance.read.columns.column_paths import tops
from provenance.read.columns.table_parts import Block, Piece, Tabular
from provenance.read.corpus.file_access import File, damaged, following, reading
from provenance.read.corpus.size_limits import VALUE, check_grown
from provenance.read.formats.arrow_validation import check_batch, check_names
from provenance.read.formats.batch_sizes import (
    MOST_ROWS,
    PORTION,
    may_repeat,
    portions,
    row_sizes,
    without_dictionary,
)
from provenance.read.formats.detection import check_table
from provenance.read.formats.parquet_footer import Footer, read_footer

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


PIECE = 16 << 20
"""Bytes of columns in a piece, uncompressed, unless one row group alone has more."""
_SAMPLE = 1000
_BUFFER = 1 << 18


def open_parquet(file: File) -> Tabular:
    """Read a Parquet file's footer.

    Parameters
    ----------
    file : File
        The file.

    Returns
    -------
    Tabular
        With row groups put together until they are worth a thread's while.

    Raises
    ------
    CorruptFile
        If it is not Parquet, or is cut short.
    UnsupportedFormat
        If it is compressed as a whole, or a pointer to a file elsewhere.
    """
    check_table(file)
    footer = read_footer(file)
    with _opened(file) as parquet:
        metadata, schema = parquet.metadata, parquet.schema_arrow
    check_names(schema, file.told)
    firsts = np.cumsum(footer.rows) - footer.rows
    pieces = []
    for groups in _together(footer):
        first = int(firsts[groups[0]])
        read = _Groups(file, tuple(groups), first, footer, metadata).read
        starts, sizes = footer.starts[groups], footer.compressed[groups]
        extent = int(starts.min()), int((starts + sizes).max())
        pieces.append(Piece(int(sizes.sum()), read, extent, first))
    return Tabular(file.name, schema, tuple(pieces), _sampler(file, footer, metadata), file.told)


@dataclass(frozen=True, slots=True)
class _Groups:
    """Row groups that follow each other."""

    file: File
    groups: tuple[int, ...]
    first: int
    footer: Footer
    metadata: pq.FileMetaData

    def read(self, paths: Sequence[str]) -> Iterator[Block]:
        row = self.first
        end = row + int(self.footer.rows[list(self.groups)].sum())
        check_groups(self.file, self.footer, self.groups, paths)
        rows = self._rows_a_batch(paths)
        repeated = repeating(self.file, self.footer, self.groups, paths, rows)
        with _opened(self.file, self.metadata, repeated) as parquet:
            batches = parquet.iter_batches(
                rows,
                row_groups=list(self.groups),
                columns=list(paths),  # a member alone of a structure, where only that is wanted
                use_threads=False,  # the threads that read parts are enough
            )
            while (batch := following(batches, self.file.told, row)) is not None:
                check_batch(batch, self.file.told, row)
                for portion in portions(batch, self.file.limit, row):
                    numbers = np.arange(row, row + len(portion), dtype=np.int64)
                    yield Block(_plain(portion), numbers)
                    row += len(portion)
        if row != end:
            raise damaged(self.file.told, f"after {row:,} rows", f"there should be {end:,}")

    def _rows_a_batch(self, paths: Sequence[str]) -> int:
        """Estimate how many rows make up `PORTION` bytes of the columns wanted."""
        groups = list(self.groups)
        wanted = self.footer.of(tops(paths, {chunk.path[0] for chunk in self.footer.columns}))
        size = int(self.footer.uncompressed[groups][:, wanted].sum())
        rows = int(self.footer.rows[groups].sum())
        return min(MOST_ROWS, max(1, PORTION * rows // max(size, 1)))


def _opened(
    file: File,
    metadata: pq.FileMetaData | None = None,
    repeated: Sequence[str] = (),
    *,
    piecewise: bool = False,
) -> pq.ParquetFile:
    """Open a file; columns in `repeated` are kept as dictionaries."""
    with reading(file.told):
        source = file.source()
        how: dict[str, Any] = {"metadata": metadata, "read_dictionary": [*repeated]}
        if piecewise:
            return pq.ParquetFile(source, buffer_size=_BUFFER, **how)
        return pq.ParquetFile(source, pre_buffer=not file.is_local, **how)


def _plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a batch without dictionaries."""
    if not any(map(may_repeat, batch.schema.types)):
        return batch
    columns = [without_dictionary(column) for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _together(footer: Footer) -> Iterator[list[int]]:
    """Put neighbouring row groups together, up to `PIECE`."""
    groups: list[int] = []
    size = 0
    for group, more in enumerate(footer.uncompressed.sum(axis=1).tolist()):
        if not footer.rows[group]:
            continue
        if groups and size + more > PIECE:
            yield groups
            groups, size = [], 0
        groups.append(group)
        size += more
    if groups:
        yield groups


def _leading(footer: Footer) -> list[int]:
    """Return the row groups that hold the first `_SAMPLE` rows."""
    before = np.cumsum(footer.rows) - footer.rows
    return np.flatnonzero((before < _SAMPLE) & (footer.rows > 0)).tolist()


def _sampler(file: File, footer: Footer, metadata: pq.FileMetaData) -> Sample:
    groups = _leading(footer)

    def sample(names: Sequence[str]) -> pa.Table:
        check_groups(file, footer, groups, names)
        repeated = repeating(file, footer, groups, names, _SAMPLE)
        # A few rows: column by column in small pieces, not whole row groups.
        with _opened(file, metadata, repeated, piecewise=True) as parquet, reading(file.told):
            batches = parquet.iter_batches(
                _SAMPLE, row_groups=groups, columns=list(names), use_threads=False
            )
            first = next(batches, None) if groups else None
        if first is None:
            return pa.schema([parquet.schema_arrow.field(name) for name in names]).empty_table()
        check_batch(first, file.told, 0)
        portion = next(portions(first.select(names), file.limit, 0))
        return pa.Table.from_batches([_plain(portion)])

    return sample
