"""Parquet: row groups, each readable on its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from provenance.read.columnpaths import tops
from provenance.read.columns import Sample
from provenance.read.files import File, damaged, following, reading
from provenance.read.footers import Footer, read_footer
from provenance.read.formats import check_table
from provenance.read.parquetsizes import check_groups, repeating
from provenance.read.rowsizes import MOST_ROWS, PORTION, may_repeat, portions, without_dictionary
from provenance.read.soundness import check_batch, check_names
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
        source = file.path if file.is_local else file.open()
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
