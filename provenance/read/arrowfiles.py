"""Arrow's own files: IPC files, streams, Feather."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from provenance.errors import UnsupportedFormat
from provenance.read.columnpaths import tops
from provenance.read.files import File, following, reading
from provenance.read.formats import ARROW, check_table
from provenance.read.ipcsizes import check_batches
from provenance.read.rowsizes import portions
from provenance.read.tabular import Block, Piece, Tabular

_SAMPLE = 1000


def open_arrow(file: File) -> Tabular:
    """Read an Arrow file's schema.

    Parameters
    ----------
    file : File
        An IPC file or stream.

    Returns
    -------
    Tabular
        In one piece.

    Raises
    ------
    CorruptFile
        If it is not Arrow, or is cut short.
    UnsupportedFormat
        If it is Feather of version 1, compressed as a whole, or a pointer to a file elsewhere.
    """
    check_table(file)
    batches = _Batches(file)
    with _opened(file) as (schema, _):
        return Tabular(
            file.name, schema, (Piece(file.size, batches.read),), batches.sample, file.told
        )


@dataclass(frozen=True, slots=True)
class _Batches:
    file: File

    def read(self, paths: Sequence[str]) -> Iterator[Block]:
        row = 0
        with _opened(self.file) as (schema, batches):
            wanted = tops(paths, schema.names)
            while (batch := following(batches, self.file.told, row)) is not None:
                for piece in portions(batch.select(wanted), self.file.limit, row):
                    yield Block(piece, np.arange(row, row + len(piece), dtype=np.int64))
                    row += len(piece)

    def sample(self, names: Sequence[str]) -> pa.Table:
        with _opened(self.file) as (schema, batches), reading(self.file.told):
            first = next(batches, None)
            kept = pa.schema([schema.field(name) for name in names])
            if first is None or not len(first):
                return pa.Table.from_batches([], kept)
            sampled = first.select(list(names)).slice(0, _SAMPLE)
            return pa.Table.from_batches([next(portions(sampled, self.file.limit, 0))], kept)


@contextmanager
def _opened(file: File) -> Iterator[tuple[pa.Schema, Iterator[pa.RecordBatch]]]:
    with reading(file.told):
        head = file.head(8)
        if head.startswith(b"FEA1"):
            raise UnsupportedFormat(
                f"{file.told}: Feather version 1 is not read",
                remedy="write it again as Feather version 2, or as Parquet.",
            )
        is_mapped = file.is_local and file.size
        source = pa.memory_map(file.path) if is_mapped else file.open()
    with closing(source):
        if is_mapped:
            check_batches(file, source)
        with reading(file.told):
            if head.startswith(ARROW[0]):
                reader = pa.ipc.open_file(source)
                batches = (reader.get_batch(n) for n in range(reader.num_record_batches))
            else:
                reader = pa.ipc.open_stream(source)
                batches = iter(reader)
        yield reader.schema, batches
