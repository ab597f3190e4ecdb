"""Tables whose schema is known before their rows are read, as parts of a corpus."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model.content.fingerprints import Int64s
from provenance.model.content.tables import Documents, Skipped
from provenance.read.columns.column_choice import (
    COLLECTED_NAMES,
    ColumnChoice,
    SampleReader,
    find_columns,
)
from provenance.read.columns.column_paths import column_at
from provenance.read.columns.nested_texts import TextLeaves
from provenance.read.columns.row_fallback import find_texts
from provenance.read.columns.signal_columns import signal_fields
from provenance.read.columns.string_arrays import format_values, null_where
from provenance.read.corpus.corpus_parts import Part
from provenance.read.corpus.documents import RowMetadata, build_documents
from provenance.read.corpus.size_limits import DocumentLimit
from provenance.read.formats.batch_sizes import split_batch


@dataclass(frozen=True, slots=True)
class RowBlock:
    """Some rows of a table.

    Parameters
    ----------
    batch : pyarrow.RecordBatch
        The requested columns.
    numbers : ndarray of int64
        Row numbers, 0-based, within the file.
    skipped : tuple of Skipped
        Rows among them that could not be read.
    is_utf8 : bool
        Whether the strings are known to be UTF-8; bytes may not be.
    """

    batch: pa.RecordBatch
    numbers: Int64s
    skipped: tuple[Skipped, ...] = ()
    is_utf8: bool = False


@dataclass(frozen=True, slots=True)
class TablePiece:
    """Rows that can be read independently.

    Parameters
    ----------
    size : int
        Bytes as stored.
    read : callable
        Reads the columns at the given paths.
    extent : (int, int) or None
        As in `Part`.
    first : int
        Number of the first row, if `extent` is not None; else 0.
    """

    size: int
    read: Callable[[Sequence[str]], Iterator[RowBlock]]
    extent: tuple[int, int] | None = None
    first: int = 0


@dataclass(frozen=True, slots=True)
class TableFile:
    """A table in a file.

    Parameters
    ----------
    file : str
        Its name.
    schema : pyarrow.Schema
        Its columns.
    pieces : tuple of TablePiece
        Its rows, in order.
    sample : callable
        Reads some rows of the given columns.
    display_path : str
        Its path, for errors.
    """

    file: str
    schema: pa.Schema
    pieces: tuple[TablePiece, ...]
    sample: SampleReader
    display_path: str


def table_parts(
    table: TableFile, text_columns: Sequence[str], labels: Sequence[str] = ()
) -> list[Part]:
    """Return the parts of a corpus for a table; the columns are those that the user names."""
    columns = find_columns(
        table.schema, text_columns, table.sample, file=table.display_path, labels=labels
    )
    return [
        Part(
            table.file,
            piece.size,
            _reader(table.file, piece, columns),
            columns.texts,
            extent=piece.extent,
            layout=f"{piece.first}\n{columns}\n{table.schema.remove_metadata()}",
            row=piece.first,
            labels=columns.labels,
        )
        for piece in table.pieces
    ]


def _reader(
    file: str, piece: TablePiece, columns: ColumnChoice
) -> Callable[[], Iterator[Documents]]:
    def read() -> Iterator[Documents]:
        for block in piece.read(columns.all()):
            yield from block_documents(file, block, columns)

    return read


def row_blocks(
    batches: Iterable[pa.RecordBatch], limit: DocumentLimit, first: int = 0
) -> Iterator[RowBlock]:
    """Yield consecutive batches, of which row `first` is the first, as blocks of limited size."""
    for batch in batches:
        for portion in split_batch(batch, limit, first):
            yield RowBlock(portion, np.arange(first, first + len(portion), dtype=np.int64))
            first += len(portion)


def block_documents(file: str, block: RowBlock, columns: ColumnChoice) -> Iterator[Documents]:
    """Yield the rows of a block as documents."""
    signals = {path: column_at(block.batch, path) for path in columns.signals}
    rows = RowMetadata(
        file,
        block.numbers,
        first_value(block.batch, columns.ids),
        first_value(block.batch, columns.urls),
        first_value(block.batch, columns.licences),
        first_value(block.batch, columns.fetch_dates),
        first_value(block.batch, columns.dates),
        signal_fields(signals, len(block.batch)),
        block.skipped,
        _labels(block.batch, columns),
    )
    return build_documents(rows, find_texts(block.batch, columns))


def _labels(batch: pa.RecordBatch, columns: ColumnChoice) -> pa.Array | None:
    """Return the values of the columns that say to which collection each row belongs."""
    paths = {name: (name,) for name in columns.labels} | {COLLECTED_NAMES[0]: columns.collected}
    columns_read = {name: first_value(batch, path) for name, path in paths.items()}
    values = {
        name: column
        for name, column in columns_read.items()
        if column is not None and column.null_count < len(column)
    }
    if not values:
        return None
    rows, count = len(batch), len(values)
    # Column by column, then row by row.
    order = np.arange(rows * count).reshape(count, rows).T.reshape(-1)
    texts = pa.concat_arrays([column.cast(pa.large_string()) for column in values.values()])
    names = pa.array(np.tile([*values], rows).tolist(), pa.string())
    pairs = pa.StructArray.from_arrays([names, texts.take(pa.array(order))], ["column", "value"])
    return pa.ListArray.from_arrays(
        pa.array(np.arange(0, rows * count + 1, count), pa.int32()), pairs
    )


def first_value(batch: pa.RecordBatch, paths: Sequence[str]) -> pa.Array | None:
    """Return for each row the first value that is neither null nor empty, formatted as a string."""
    if not paths:
        return None
    return pc.coalesce(*(_values_at(batch, path) for path in paths))


def _values_at(batch: pa.RecordBatch, path: str) -> pa.Array:
    column = column_at(batch, path)
    if pa.types.is_nested(column.type):
        return TextLeaves.of({path: column}).join_rows(len(column), ", ")
    told = format_values(column)
    empty = pc.equal(pc.binary_length(told), 0)
    return null_where(empty, told) if pc.any(empty).as_py() else told
