"""Tables whose columns are known before their rows are read."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from provenance.model import Documents, Int64s, Skipped
from provenance.read.columns.column_choice import Columns, Sample, find_columns
from provenance.read.columns.column_paths import column_at
from provenance.read.columns.nested_texts import Leaves
from provenance.read.columns.row_fallback import texts_of
from provenance.read.columns.signal_columns import fields_of
from provenance.read.columns.string_arrays import words
from provenance.read.corpus.corpus_parts import Part
from provenance.read.corpus.documents import Rows, documents


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of a table.

    Parameters
    ----------
    batch : pyarrow.RecordBatch
        The columns asked for.
    numbers : ndarray of int64
        0-based, within the file.
    skipped : tuple of Skipped
        Rows met among them that could not be read at all.
    """

    batch: pa.RecordBatch
    numbers: Int64s
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows that can be read on their own.

    Parameters
    ----------
    size : int
        Bytes on disk.
    read : callable
        Given the paths of the columns wanted, reads them.
    extent : (int, int) or None
        As of a `Part`.
    first : int
        Number of the first row, where the extent is not all that comes before it.
    """

    size: int
    read: Callable[[Sequence[str]], Iterator[Block]]
    extent: tuple[int, int] | None = None
    first: int = 0


@dataclass(frozen=True, slots=True)
class Tabular:
    """A table in a file.

    Parameters
    ----------
    file : str
        Its name.
    schema : pyarrow.Schema
        Its columns.
    pieces : tuple of Piece
        Its rows, in order.
    sample : callable
        Reads some rows of the columns named.
    told : str
        Its path, for errors.
    """

    file: str
    schema: pa.Schema
    pieces: tuple[Piece, ...]
    sample: Sample
    told: str


def table_parts(table: Tabular, named: Sequence[str]) -> list[Part]:
    """Make the parts of a corpus out of a table; `named` are the text columns asked for."""
    columns = find_columns(table.schema, named, table.sample, file=table.told)
    return [
        Part(
            table.file,
            piece.size,
            _reader(table.file, piece, columns),
            columns.texts,
            extent=piece.extent,
            layout=f"{piece.first}\n{columns}\n{table.schema.remove_metadata()}",
            row=piece.first,
        )
        for piece in table.pieces
    ]


def _reader(file: str, piece: Piece, columns: Columns) -> Callable[[], Iterator[Documents]]:
    def read() -> Iterator[Documents]:
        for block in piece.read(columns.all()):
            yield from block_documents(file, block, columns)

    return read


def block_documents(file: str, block: Block, columns: Columns) -> Iterator[Documents]:
    """Lay out a block's rows as documents."""
    beside = {path: column_at(block.batch, path) for path in columns.signals}
    rows = Rows(
        file,
        block.numbers,
        first_of(block.batch, columns.ids),
        first_of(block.batch, columns.urls),
        first_of(block.batch, columns.licences),
        first_of(block.batch, columns.fetched),
        fields_of(beside, len(block.batch)),
        block.skipped,
    )
    return documents(rows, texts_of(block.batch, columns))


def first_of(batch: pa.RecordBatch, paths: Sequence[str]) -> pa.Array | None:
    """Return the first of several columns that is neither null nor empty, row by row, in words."""
    if not paths:
        return None
    return pc.coalesce(*(_words_at(batch, path) for path in paths))


def _words_at(batch: pa.RecordBatch, path: str) -> pa.Array:
    column = column_at(batch, path)
    if pa.types.is_nested(column.type):
        return Leaves.of({path: column}).joined(len(column), ", ")
    told = words(column)
    empty = pc.equal(pc.binary_length(told), 0)
    return pc.if_else(empty, None, told) if pc.any(empty).as_py() else told
