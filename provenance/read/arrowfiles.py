"""Arrow's own files: IPC files, streams, Feather."""

from collections.abc import Callable, Generator, Iterator, Sequence
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
from provenance.read.soundness import check_batch, check_names
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
        check_names(schema, file.told)
        return Tabular(
            file.name, schema, (Piece(file.size, batches.read),), batches.sample, file.told
        )


@dataclass(frozen=True, slots=True)
class _Batches:
    file: File

    def read(self, paths: Sequence[str]) -> Iterator[Block]:
        row = 0
        for batch in self._sound(lambda schema: tops(paths, schema.names)):
            for piece in portions(batch, self.file.limit, row):
                yield Block(piece, np.arange(row, row + len(piece), dtype=np.int64))
                row += len(piece)

    def sample(self, names: Sequence[str]) -> pa.Table:
        with _opened(self.file) as (schema, _):
            kept = pa.schema([schema.field(name) for name in names])
        with closing(self._sound(lambda _: names)) as batches:
            first = next(batches, None)
        if first is None or not len(first):
            return kept.empty_table()
        sampled = first.select(list(names)).slice(0, _SAMPLE)
        return pa.Table.from_batches([next(portions(sampled, self.file.limit, 0))], kept)

    def _sound(self, choose: Callable[[pa.Schema], Sequence[str]]) -> Generator[pa.RecordBatch]:
        """Read some columns, record batch by record batch, each validated."""
        with _opened(self.file) as (schema, _):
            places = [schema.get_field_index(name) for name in choose(schema)]
        row = 0
        with _opened(self.file, places) as (_, batches):
            while (batch := following(batches, self.file.told, row)) is not None:
                check_batch(batch, self.file.told, row)
                yield batch
                row += len(batch)


@contextmanager
def _opened(
    file: File, places: Sequence[int] = ()
) -> Iterator[tuple[pa.Schema, Iterator[pa.RecordBatch]]]:
    """Open a file for its columns at some places, or for all.

    It is not mapped: were it cut short while it is read, the process would be killed.
    """
    with reading(file.told):
        head = file.head(8)
        if head.startswith(b"FEA1"):
            raise UnsupportedFormat(
                f"{file.told}: Feather version 1 is not read",
                remedy="write it again as Feather version 2, or as Parquet.",
            )
        source = file.source()
    with closing(source):
        if file.is_local and file.size:
            check_batches(file, source)
        with reading(file.told):
            options = pa.ipc.IpcReadOptions(included_fields=list(places), use_threads=False)
            if head.startswith(ARROW[0]):
                reader = pa.ipc.open_file(source, options=options)
                batches = (reader.get_batch(n) for n in range(reader.num_record_batches))
            else:
                reader = pa.ipc.open_stream(source, options=options)
                batches = iter(reader)
        yield reader.schema, batches
