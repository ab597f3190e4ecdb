"""Parquet: row groups, each readable on its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from provenance.read.columns import Sample
from provenance.read.files import File, following, reading
from provenance.read.formats import check_table
from provenance.read.tabular import Block, Piece, Tabular

PIECE = 16 << 20
"""Bytes of columns in a piece, uncompressed, unless one row group alone has more."""
_READ = 8 << 20
_SAMPLE = 1000
_BUFFER = 1 << 18
_MOST_ROWS = 1 << 15


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
    with _opened(file) as parquet:
        metadata, schema = parquet.metadata, parquet.schema_arrow
    pieces = []
    for groups in _together(metadata):
        first = _first_row(metadata, groups[0])
        read = _Groups(file, tuple(groups), first, metadata).read
        extent = _extent(metadata, groups)
        pieces.append(Piece(_on_disk(metadata, groups), read, extent, first))
    return Tabular(file.name, schema, tuple(pieces), _sampler(file), file.told)


@dataclass(frozen=True, slots=True)
class _Groups:
    """Row groups that follow each other."""

    file: File
    groups: tuple[int, ...]
    first: int
    metadata: pq.FileMetaData

    def read(self, paths: Sequence[str]) -> Iterator[Block]:
        row = self.first
        with _opened(self.file) as parquet:
            batches = parquet.iter_batches(
                _rows_a_batch(self.metadata, self.groups, paths),
                row_groups=list(self.groups),
                columns=list(paths),  # a member alone of a structure, where only that is wanted
                use_threads=False,  # the threads that read parts are enough
            )
            while (batch := following(batches, self.file.told, row)) is not None:
                yield Block(batch, np.arange(row, row + len(batch), dtype=np.int64))
                row += len(batch)


def _opened(file: File, *, piecewise: bool = False) -> pq.ParquetFile:
    with reading(file.told):
        source = file.path if file.is_local else file.system.open(file.path, "rb")
        if piecewise:
            return pq.ParquetFile(source, buffer_size=_BUFFER)
        return pq.ParquetFile(source, pre_buffer=not file.is_local)


def _together(metadata: pq.FileMetaData) -> Iterator[list[int]]:
    """Put neighbouring row groups together, up to `PIECE`."""
    groups: list[int] = []
    size = 0
    for group in range(metadata.num_row_groups):
        more = metadata.row_group(group).total_byte_size
        if not metadata.row_group(group).num_rows:
            continue
        if groups and size + more > PIECE:
            yield groups
            groups, size = [], 0
        groups.append(group)
        size += more
    if groups:
        yield groups


def _first_row(metadata: pq.FileMetaData, group: int) -> int:
    return sum(metadata.row_group(before).num_rows for before in range(group))


def _on_disk(metadata: pq.FileMetaData, groups: Sequence[int]) -> int:
    return sum(
        metadata.row_group(group).column(column).total_compressed_size
        for group in groups
        for column in range(metadata.num_columns)
    )


def _extent(metadata: pq.FileMetaData, groups: Sequence[int]) -> tuple[int, int]:
    """Say where the bytes of row groups lie."""
    columns = [
        metadata.row_group(group).column(column)
        for group in groups
        for column in range(metadata.num_columns)
    ]
    starts = [
        min(filter(None, (column.dictionary_page_offset, column.data_page_offset)))
        for column in columns
    ]
    ends = [
        start + column.total_compressed_size for start, column in zip(starts, columns, strict=True)
    ]
    return min(starts), max(ends)


def _rows_a_batch(metadata: pq.FileMetaData, groups: Sequence[int], paths: Sequence[str]) -> int:
    """Estimate how many rows make up `_READ` bytes of the columns wanted."""
    wanted = {path.partition(".")[0] for path in paths}
    size = rows = 0
    for group in groups:
        facts = metadata.row_group(group)
        rows += facts.num_rows
        for place in range(metadata.num_columns):
            column = facts.column(place)
            if column.path_in_schema.partition(".")[0] in wanted:
                size += column.total_uncompressed_size
    return min(_MOST_ROWS, max(1, _READ * rows // max(size, 1)))


def _sampler(file: File) -> Sample:
    def sample(names: Sequence[str]) -> pa.Table:
        # A few rows: column by column in small pieces, not whole row groups.
        with _opened(file, piecewise=True) as parquet, reading(file.told):
            batches = parquet.iter_batches(_SAMPLE, columns=list(names), use_threads=False)
            first = next(batches, None)
        schema = pa.schema([parquet.schema_arrow.field(name) for name in names])
        return pa.Table.from_batches([] if first is None else [first.select(names)], schema)

    return sample
