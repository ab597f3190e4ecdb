"""The text column of a batch: found, checked, and converted to what matching takes."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.errors import ColumnMissing, CorruptFile, DocumentTooLarge
from provenance.read.columns.column_choice import format_names
from provenance.read.columns.string_arrays import as_strings, invalid_utf8, is_bytes, is_textual
from provenance.registry.schema import single_chunk

Batch: TypeAlias = "pa.Table | pa.RecordBatch"


def text_batch(texts: Sequence[str]) -> pa.RecordBatch:
    """Return texts as the column `text` of a batch.

    Raises
    ------
    TypeError
        If one is not a string.
    CorruptFile
        If one has surrogates, which no file or database can store.
    """
    for text in texts:
        if not isinstance(text, str):
            raise TypeError(f"a text is a str, not {type(text).__name__}")
    try:
        return pa.record_batch({"text": pa.array(texts, pa.large_string())})
    except UnicodeEncodeError as error:
        raise CorruptFile(
            "a text has surrogates, so it is not valid Unicode",
            remedy="decode it as what it is, or with errors='replace'.",
        ) from error


def text_array(batch: Batch, name: str, limit: int) -> pa.LargeStringArray:
    """Return a column of a batch as texts; null becomes an empty text, in which nothing matches.

    Parameters
    ----------
    batch : pyarrow.Table or pyarrow.RecordBatch
        The batch.
    name : str
        Name of the column.
    limit : int
        Largest size of a text in bytes.

    Raises
    ------
    TypeError
        If the batch is not an Arrow table.
    ColumnMissing
        If there is no such column, or several, or if it does not hold text.
    CorruptFile
        If a text is not valid UTF-8.
    DocumentTooLarge
        If a text is larger than the limit.
    """
    if not isinstance(batch, pa.Table | pa.RecordBatch):
        raise TypeError(
            f"a batch is a pyarrow Table or RecordBatch, not {type(batch).__name__}; ask your "
            "framework for batches in Arrow format"
        )
    texts = _strings(_column(batch, name))
    if (broken := invalid_utf8(texts)) is not None:
        raise CorruptFile(
            f"row {np.flatnonzero(broken)[0]:,} of column {name!r} is not valid UTF-8",
            remedy="decode the texts before, or leave out that row.",
        )
    texts = pc.fill_null(texts, "") if texts.null_count else texts
    sizes = pc.binary_length(texts).to_numpy()
    if sizes.max(initial=0) > limit:
        raise DocumentTooLarge(
            f"row {sizes.argmax():,} of column {name!r} has {sizes.max():,} bytes; the limit for a "
            f"document is {limit:,}",
            remedy="leave out that row, or raise max_document in the policy.",
        )
    return texts


def _strings(column: pa.Array | pa.ChunkedArray) -> pa.LargeStringArray:
    if not isinstance(column, pa.ChunkedArray):
        return as_strings(column)
    # Converted first: together they may have more bytes than a `string` array can.
    return single_chunk(pa.chunked_array(map(as_strings, column.chunks), pa.large_string()))


def _column(batch: Batch, name: str) -> pa.Array | pa.ChunkedArray:
    places = batch.schema.get_all_field_indices(name)
    if len(places) != 1:
        problem = "there are several columns called" if places else "there is no column called"
        raise ColumnMissing(
            f"{problem} {name!r}; the batch has {format_names(batch.schema.names)}",
            remedy="name the column that holds the text.",
        )
    column = batch.column(places[0])
    kind = column.type
    if not (is_textual(kind) or is_bytes(kind) or pa.types.is_null(kind)):
        raise ColumnMissing(
            f"column {name!r} holds {kind}, not text", remedy="name a column that holds text."
        )
    return column
