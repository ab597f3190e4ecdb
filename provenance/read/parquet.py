"""Parquet: row groups, each readable on its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from provenance.read.columns import Sample
from provenance.read.files import File, following, reading
from provenance.read.formats import check_table
from provenance.read.parquetsizes import check_groups, repeating
from provenance.read.rowsizes import MOST_ROWS, PORTION, may_repeat, portions, without_dictionary
from provenance.read.tabular import Block, Piece, Tabular

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
    with _opened(file) as parquet:
        metadata, schema = parquet.metadata, parquet.schema_arrow
    pieces = []
    for groups in _together(metadata):
        first = _first_row(metadata, groups[0])
        read = _Groups(file, tuple(groups), first, metadata).read
        extent = _extent(metadata, groups)
        pieces.append(Piece(_on_disk(metadata, groups), read, extent, first))
    return Tabular(file.name, schema, tuple(pieces), _sampler(file, metadata), file.told)


@dataclass(frozen=True, slots=True)
class _Groups:
    """Row groups that follow each other."""

    file: File
    groups: tuple[int, ...]
    first: int
    metadata: pq.FileMetaData

    def read(self, paths: Sequence[str]) -> Iterator[Block]:
        row = self.first
        check_groups(self.file, self.metadata, self.groups, paths)
        rows = _rows_a_batch(self.metadata, self.groups, paths)
        repeated = repeating(self.file, self.metadata, self.groups, paths, rows)
        with _opened(self.file, repeated) as parquet:
            batches = parquet.iter_batches(
                rows,
                row_groups=list(self.groups),
                columns=list(paths),  # a member alone of a structure, where only that is wanted
                use_threads=False,  # the threads that read parts are enough
            )
            while (batch := following(batches, self.file.told, row)) is not None:
                for portion in portions(batch, self.file.limit, row):
                    numbers = np.arange(row, row + len(portion), dtype=np.int64)
                    yield Block(_plain(portion), numbers)
                    row += len(portion)


def _opened(file: File, repeated: Sequence[str] = (), *, piecewise: bool = False) -> pq.ParquetFile:
    """Open a file; of columns that repeat long values, these are read once."""
    with reading(file.told):
        source = file.path if file.is_local else file.system.open(file.path, "rb")
        if piecewise:
            return pq.ParquetFile(source, buffer_size=_BUFFER, read_dictionary=[*repeated])
        return pq.ParquetFile(source, pre_buffer=not file.is_local, read_dictionary=[*repeated])


def _plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a batch without dictionaries."""
    if not any(map(may_repeat, batch.schema.types)):
        return batch
    columns = [without_dictionary(column) for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


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
    """Estimate how many rows make up `PORTION` bytes of the columns wanted."""
    wanted = {path.partition(".")[0] for path in paths}
    size = rows = 0
    for group in groups:
        facts = metadata.row_group(group)
        rows += facts.num_rows
        for place in range(metadata.num_columns):
            column = facts.column(place)
            if column.path_in_schema.partition(".")[0] in wanted:
                size += column.total_uncompressed_size
    return min(MOST_ROWS, max(1, PORTION * rows // max(size, 1)))


def _leading(metadata: pq.FileMetaData) -> list[int]:
    """Return the row groups that the first rows are in."""
    found, rows = [], 0
    for group in range(metadata.num_row_groups):
        if rows < _SAMPLE and metadata.row_group(group).num_rows:
            found.append(group)
            rows += metadata.row_group(group).num_rows
    return found


def _sampler(file: File, metadata: pq.FileMetaData) -> Sample:
    groups = _leading(metadata)

    def sample(names: Sequence[str]) -> pa.Table:
        if not groups:
            return pa.table({name: pa.array([], pa.string()) for name in names})
        check_groups(file, metadata, groups, names)
        repeated = repeating(file, metadata, groups, names, _SAMPLE)
        # A few rows: column by column in small pieces, not whole row groups.
        with _opened(file, repeated, piecewise=True) as parquet, reading(file.told):
            batches = parquet.iter_batches(
                _SAMPLE, row_groups=groups, columns=list(names), use_threads=False
            )
            first = next(portions(next(batches), file.limit, 0))
        return pa.Table.from_batches([_plain(first.select(names))])

    return sample
