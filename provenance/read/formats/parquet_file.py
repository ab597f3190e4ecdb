"""Parquet files, cut into row groups that can be read independently.

The size of row groups in memory is checked before they are decoded.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from provenance.model.content.fingerprints import Flags, Int64s
from provenance.read.columns.column_choice import SampleReader
from provenance.read.columns.column_paths import top_columns
from provenance.read.columns.table_parts import RowBlock, TableFile, TablePiece
from provenance.read.corpus.file_access import (
    File,
    corrupt_file_error,
    next_block,
    translate_false_sizes,
    translate_read_errors,
)
from provenance.read.corpus.size_limits import VALUE_BYTES, check_expansion
from provenance.read.formats.arrow_validation import check_batch, check_names
from provenance.read.formats.batch_sizes import (
    BATCH_BYTES,
    MAX_ROWS,
    decode_shared,
    row_sizes,
    shares_values,
    split_batch,
)
from provenance.read.formats.detection import check_table_file
from provenance.read.formats.parquet_footer import ParquetFooter, read_footer

_MAX_DENSE_BYTES = 1 << 30
"""Largest size of a batch if each row had the longest value of a dictionary."""
_THRIFT_I32 = 0x15
_MEASURED_ROWS = 1 << 13
"""Rows that are measured at a time."""


def check_row_groups(
    file: File, footer: ParquetFooter, groups: Sequence[int], paths: Sequence[str]
) -> None:
    """Raise if row groups would not fit into memory.

    Raises
    ------
    DocumentTooLarge
        If the wanted columns of one are far larger decoded than on disk.
    """
    is_wanted = _wanted_chunks(footer, paths)
    is_nested = np.array([len(chunk.path) > 1 for chunk in footer.columns], np.bool_)
    for group in groups:
        stored_size = int(footer.compressed[group, is_wanted].sum())
        values = VALUE_BYTES * footer.values[group] * is_nested
        size = int(np.maximum(footer.uncompressed[group], values)[is_wanted].sum())
        check_expansion(
            f"{file.display_path}: row group {group:,}", stored_size, size, file.max_document
        )


def check_whole_row_group(file: File, footer: ParquetFooter, group: int) -> None:
    """Raise if all columns of a row group together would not fit into memory.

    A dictionary value counts as often as it occurs in rows.

    Raises
    ------
    DocumentTooLarge
        If it is far larger decoded than on disk.
    """
    columns = list(dict.fromkeys(chunk.path[0] for chunk in footer.columns))
    check_row_groups(file, footer, [group], columns)
    leaves = [".".join(chunk.path) for chunk in footer.columns]
    encoded = columns_kept_encoded(file, footer, [group], leaves, int(footer.rows[group]))
    if not encoded:
        return
    stored_size, size = int(footer.compressed[group].sum()), 0
    with file.open() as source, pq.ParquetFile(source, read_dictionary=encoded) as parquet:
        for batch in parquet.iter_batches(_MEASURED_ROWS, [group], use_threads=False):
            check_batch(batch, file.display_path, 0)
            size += sum(int(row_sizes(column).sum()) for column in batch.columns)
    check_expansion(
        f"{file.display_path}: row group {group:,}", stored_size, size, file.max_document
    )


def columns_kept_encoded(
    file: File, footer: ParquetFooter, groups: Sequence[int], paths: Sequence[str], rows: int
) -> list[str]:
    """Return the columns to keep dictionary-encoded, as a decoded batch might not fit into memory.

    Parameters
    ----------
    file : File
        The file.
    footer : ParquetFooter
        Its footer.
    groups : sequence of int
        Row groups that are read.
    paths : sequence of str
        Columns that are read.
    rows : int
        Rows of a batch.
    """
    columns: dict[str, None] = {}
    is_binary = np.array([chunk.is_binary for chunk in footer.columns], np.bool_)
    is_wanted = _wanted_chunks(footer, paths) & is_binary
    with file.open() as stream:
        for group in groups:
            most = min(rows, int(footer.rows[group]))
            has_dictionary = footer.dictionaries[group] > 0
            is_large = footer.uncompressed[group] > _MAX_DENSE_BYTES // max(most, 1)
            doubtful = [
                ".".join(footer.columns[place].path)
                for place in np.flatnonzero(is_wanted & has_dictionary & is_large).tolist()
                if most * _dictionary_size(stream, footer, group, place) > _MAX_DENSE_BYTES
            ]
            if doubtful:
                columns |= dict.fromkeys(_with_long_values(file, group, doubtful, most))
    return list(columns)


def _wanted_chunks(footer: ParquetFooter, paths: Sequence[str]) -> Flags:
    """Return a mask of the column chunks at some paths, or within them."""
    wanted_paths = {*paths}

    def is_wanted(path: tuple[str, ...]) -> bool:
        return any(".".join(path[:end]) in wanted_paths for end in range(1, len(path) + 1))

    return np.array([is_wanted(chunk.path) for chunk in footer.columns], np.bool_)


def _dictionary_size(stream: BinaryIO, footer: ParquetFooter, group: int, place: int) -> int:
    """Read the uncompressed size of a chunk's dictionary from its page header.

    The header is a struct in Thrift's compact protocol that begins with three numbers: type of the
    page, uncompressed size and compressed size.
    """
    stream.seek(int(footer.dictionaries[group, place]))
    head = iter(stream.read(16))
    size = 0
    for _ in range(2):
        if next(head, None) != _THRIFT_I32:
            return int(footer.uncompressed[group, place])
        size, shift = 0, 0
        for byte in head:
            size |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
    return size >> 1


def _with_long_values(file: File, group: int, columns: Sequence[str], rows: int) -> Iterator[str]:
    """Yield the columns with a value too long to be in every row of a batch."""
    with _open(file, encoded=columns, piecewise=True) as parquet:
        for column in columns:
            sizes: list[Int64s] = []
            with suppress(pa.ArrowException, OSError):  # reading the group raises it again
                [batch] = islice(parquet.iter_batches(1, [group], [column]), 1)
                sizes = [row_sizes(dictionary) for dictionary in _dictionaries(batch.column(0))]
            # A dictionary that the first value does not use is not loaded: its sizes are unknown.
            if (
                sum(map(len, sizes)) < 2
                or rows * int(np.concatenate(sizes).max()) > _MAX_DENSE_BYTES
            ):
                yield column


def _dictionaries(column: pa.Array) -> Iterator[pa.Array]:
    if pa.types.is_dictionary(column.type):
        yield column.dictionary
    elif pa.types.is_struct(column.type):
        for place in range(column.type.num_fields):
            yield from _dictionaries(column.field(place))
    elif pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        yield from _dictionaries(column.values)


PIECE_BYTES = 16 << 20
"""Uncompressed bytes of columns in a piece, unless a single row group is larger."""
_SAMPLE_ROWS = 1000
_BUFFER_BYTES = 1 << 18


def open_parquet(file: File) -> TableFile:
    """Read the footer of a Parquet file.

    Parameters
    ----------
    file : File
        The file.

    Returns
    -------
    TableFile
        Small neighbouring row groups are merged into one piece.

    Raises
    ------
    CorruptFile
        If it is not Parquet, or is cut short.
    UnsupportedFormat
        If it is compressed as a whole, or a Git LFS pointer.
    """
    check_table_file(file)
    footer = read_footer(file)
    with translate_false_sizes(file), _open(file) as parquet:
        metadata, schema = parquet.metadata, parquet.schema_arrow
    check_names(schema, file.display_path)
    firsts = np.cumsum(footer.rows) - footer.rows
    pieces = []
    for groups in _group_row_groups(footer):
        first = int(firsts[groups[0]])
        read = _RowGroups(file, tuple(groups), first, footer, metadata).read
        starts, sizes = footer.starts[groups], footer.compressed[groups]
        extent = int(starts.min()), int((starts + sizes).max())
        pieces.append(TablePiece(int(sizes.sum()), read, extent, first))
    return TableFile(
        file.name, schema, tuple(pieces), _sampler(file, footer, metadata), file.display_path
    )


@dataclass(frozen=True, slots=True)
class _RowGroups:
    """Consecutive row groups."""

    file: File
    groups: tuple[int, ...]
    first: int
    footer: ParquetFooter
    metadata: pq.FileMetaData

    def read(self, paths: Sequence[str]) -> Iterator[RowBlock]:
        row = self.first
        end = row + int(self.footer.rows[list(self.groups)].sum())
        check_row_groups(self.file, self.footer, self.groups, paths)
        rows = self._rows_a_batch(paths)
        encoded = columns_kept_encoded(self.file, self.footer, self.groups, paths, rows)
        with (
            translate_false_sizes(self.file),
            _open(self.file, self.metadata, encoded) as parquet,
        ):
            batches = parquet.iter_batches(
                rows,
                row_groups=list(self.groups),
                columns=list(paths),  # a path reads only that member of a struct
                use_threads=False,  # parts are read in parallel already
            )
            while (batch := next_block(batches, self.file.display_path, row)) is not None:
                is_utf8 = check_batch(batch, self.file.display_path, row)
                for portion in split_batch(batch, self.file.limit, row):
                    numbers = np.arange(row, row + len(portion), dtype=np.int64)
                    yield RowBlock(_decode_dictionaries(portion), numbers, is_utf8=is_utf8)
                    row += len(portion)
        if row != end:
            raise corrupt_file_error(
                self.file.display_path, f"after {row:,} rows", f"there should be {end:,}"
            )

    def _rows_a_batch(self, paths: Sequence[str]) -> int:
        """Estimate how many rows make `BATCH_BYTES` bytes of the wanted columns."""
        groups = list(self.groups)
        is_wanted = self.footer.of(
            top_columns(paths, {chunk.path[0] for chunk in self.footer.columns})
        )
        size = int(self.footer.uncompressed[groups][:, is_wanted].sum())
        rows = int(self.footer.rows[groups].sum())
        return min(MAX_ROWS, max(1, BATCH_BYTES * rows // max(size, 1)))


def _open(
    file: File,
    metadata: pq.FileMetaData | None = None,
    encoded: Sequence[str] = (),
    *,
    piecewise: bool = False,
) -> pq.ParquetFile:
    """Open a file; columns in `encoded` are kept dictionary-encoded."""
    with translate_read_errors(file.display_path):
        source = file.source()
        options: dict[str, Any] = {"metadata": metadata, "read_dictionary": [*encoded]}
        if piecewise:
            return pq.ParquetFile(source, buffer_size=_BUFFER_BYTES, **options)
        return pq.ParquetFile(source, pre_buffer=not file.is_local, **options)


def _decode_dictionaries(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a batch without dictionary-encoded columns."""
    if not any(map(shares_values, batch.schema.types)):
        return batch
    columns = [decode_shared(column) for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _group_row_groups(footer: ParquetFooter) -> Iterator[list[int]]:
    """Merge neighbouring row groups, up to `PIECE_BYTES`."""
    groups: list[int] = []
    size = 0
    for group, more in enumerate(footer.uncompressed.sum(axis=1).tolist()):
        if not footer.rows[group]:
            continue
        if groups and size + more > PIECE_BYTES:
            yield groups
            groups, size = [], 0
        groups.append(group)
        size += more
    if groups:
        yield groups


def _leading_groups(footer: ParquetFooter) -> list[int]:
    """Return the row groups that hold the first `_SAMPLE_ROWS` rows."""
    before = np.cumsum(footer.rows) - footer.rows
    return np.flatnonzero((before < _SAMPLE_ROWS) & (footer.rows > 0)).tolist()


def _sampler(file: File, footer: ParquetFooter, metadata: pq.FileMetaData) -> SampleReader:
    groups = _leading_groups(footer)

    def sample(names: Sequence[str]) -> pa.Table:
        check_row_groups(file, footer, groups, names)
        encoded = columns_kept_encoded(file, footer, groups, names, _SAMPLE_ROWS)
        # Few rows: a small read buffer avoids reading whole column chunks.
        with (
            translate_false_sizes(file),
            _open(file, metadata, encoded, piecewise=True) as parquet,
            translate_read_errors(file.display_path),
        ):
            batches = parquet.iter_batches(
                _SAMPLE_ROWS, row_groups=groups, columns=list(names), use_threads=False
            )
            first = next(batches, None) if groups else None
        if first is None:
            return pa.schema([parquet.schema_arrow.field(name) for name in names]).empty_table()
        check_batch(first, file.display_path, 0)
        portion = next(split_batch(first.select(names), file.limit, 0))
        return pa.Table.from_batches([_decode_dictionaries(portion)])

    return sample
