"""Parquet: row groups, each readable on its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from provenance.read.columnpaths import tops
from provenance.read.columns import Sample
from provenance.read.files import File, damaged, following, reading
from provenance.read.footers import Footer, read_footer
from provenance.read.formats import check_table
from provenance.read.soundness import check_batch, check_names
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
    return Tabular(file.name, schema, tuple(pieces), _sampler(file, metadata), file.told)


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
        with _opened(self.file, self.metadata) as parquet:
            batches = parquet.iter_batches(
                self._rows_a_batch(paths),
                row_groups=list(self.groups),
                columns=list(paths),  # a member alone of a structure, where only that is wanted
                use_threads=False,  # the threads that read parts are enough
            )
            while (batch := following(batches, self.file.told, row)) is not None:
                check_batch(batch, self.file.told, row)
                yield Block(batch, np.arange(row, row + len(batch), dtype=np.int64))
                row += len(batch)
        if row != end:
            raise damaged(self.file.told, f"after {row:,} rows", f"there should be {end:,}")

    def _rows_a_batch(self, paths: Sequence[str]) -> int:
        """Estimate how many rows make up `_READ` bytes of the columns wanted."""
        groups = list(self.groups)
        wanted = self.footer.of(tops(paths, {chunk.path[0] for chunk in self.footer.columns}))
        size = int(self.footer.uncompressed[groups][:, wanted].sum())
        rows = int(self.footer.rows[groups].sum())
        return min(_MOST_ROWS, max(1, _READ * rows // max(size, 1)))


def _opened(
    file: File, metadata: pq.FileMetaData | None = None, *, piecewise: bool = False
) -> pq.ParquetFile:
    with reading(file.told):
        source = file.path if file.is_local else file.system.open(file.path, "rb")
        if piecewise:
            return pq.ParquetFile(source, metadata=metadata, buffer_size=_BUFFER)
        return pq.ParquetFile(source, metadata=metadata, pre_buffer=not file.is_local)


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


def _sampler(file: File, metadata: pq.FileMetaData) -> Sample:
    def sample(names: Sequence[str]) -> pa.Table:
        # A few rows: column by column in small pieces, not whole row groups.
        with _opened(file, metadata, piecewise=True) as parquet, reading(file.told):
            batches = parquet.iter_batches(_SAMPLE, columns=list(names), use_threads=False)
            first = next(batches, None)
        if first is not None:
            check_batch(first, file.told, 0)
        schema = pa.schema([parquet.schema_arrow.field(name) for name in names])
        return pa.Table.from_batches([] if first is None else [first.select(names)], schema)

    return sample
