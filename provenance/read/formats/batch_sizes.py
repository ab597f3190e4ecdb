"""Decoded sizes of rows in Arrow columns, and splitting of batches by them."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model.content.fingerprints import Int64s
from provenance.read.columns.string_arrays import is_bytes, is_textual, text_sizes
from provenance.read.corpus.size_limits import VALUE_BYTES, DocumentLimit

BATCH_BYTES = 8 << 20
"""Decoded bytes of a batch, unless a single row is larger."""
MAX_ROWS = 1 << 15
_UNSPLIT_BYTES = 2 * BATCH_BYTES
"""Batches up to this size are not measured if no values are shared."""


def split_batch(
    batch: pa.RecordBatch, limit: DocumentLimit, first: int
) -> Iterator[pa.RecordBatch]:
    """Split a batch whose first row is `first` into batches of about `BATCH_BYTES`.

    Dictionary values and views count as often as they occur in rows.

    Raises
    ------
    DocumentTooLarge
        At a row that is larger than the limit, after the rows before it were yielded.
    """
    repeats = any(map(shares_values, batch.schema.types))  # pyarrow 21 has no `nbytes` of views
    if not repeats and batch.nbytes <= min(_UNSPLIT_BYTES, limit.size):
        yield from _slices(batch, np.zeros(len(batch), np.int64))
        return
    weights = sum((row_sizes(column) for column in batch.columns), np.zeros(len(batch), np.int64))
    too_large = np.flatnonzero(weights > limit.size)
    end = int(too_large[0]) if len(too_large) else len(batch)
    yield from _slices(batch.slice(0, end), weights[:end])
    if end < len(batch):
        raise limit.error_for_row(first + end)


def row_sizes(column: pa.Array) -> Int64s:
    """Return the decoded bytes of each value; each list element counts `VALUE_BYTES` more."""
    kind = column.type
    if pa.types.is_dictionary(kind) or pa.types.is_run_end_encoded(kind) or _is_list_view(kind):
        return _sizes_of_shared(column)
    if pa.types.is_string_view(kind) or pa.types.is_binary_view(kind):
        views = np.frombuffer(column.buffers()[1], np.int32).reshape(-1, 4)
        return views[column.offset : column.offset + len(column), 0].astype(np.int64)
    if is_textual(kind) or is_bytes(kind):
        return text_sizes(column)
    if pa.types.is_struct(kind):
        members = (row_sizes(pc.struct_field(column, n)) for n in range(kind.num_fields))
        return sum(members, np.zeros(len(column), np.int64))
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        parents = np.asarray(pc.list_parent_indices(column))
        inner = row_sizes(pc.list_flatten(column)) + VALUE_BYTES
        return np.bincount(parents, inner, len(column)).astype(np.int64)
    return np.full(len(column), column.nbytes // max(1, len(column)))


def _sizes_of_shared(column: pa.Array) -> Int64s:
    """Return the decoded bytes of each value of a dictionary, of runs or of views of lists."""
    if pa.types.is_dictionary(column.type):
        dictionary_sizes = np.append(row_sizes(column.dictionary), 0)
        places = np.asarray(pc.fill_null(column.indices.cast(pa.int64()), -1))
        return np.asarray(dictionary_sizes[places])
    if _is_list_view(column.type):
        ends = np.append(0, np.cumsum(row_sizes(column.values) + VALUE_BYTES))
        starts, counts = (
            np.asarray(each).astype(np.int64) for each in (column.offsets, column.sizes)
        )
        sizes = ends[starts + counts] - ends[starts]
        return np.where(np.asarray(column.is_valid()), sizes, 0)
    rows = np.arange(column.offset, column.offset + len(column))
    runs = np.searchsorted(np.asarray(column.run_ends), rows, side="right")
    return np.asarray(row_sizes(column.values)[runs])


def shares_values(kind: pa.DataType) -> bool:
    """Return whether values of `kind` may share memory, as in dictionaries, runs and views."""
    if pa.types.is_dictionary(kind) or pa.types.is_run_end_encoded(kind) or _is_list_view(kind):
        return True
    if pa.types.is_string_view(kind) or pa.types.is_binary_view(kind):
        return True
    return any(shares_values(kind.field(n).type) for n in range(kind.num_fields))


def _is_list_view(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list_view(kind) or pa.types.is_large_list_view(kind))


def decode_shared(column: pa.Array) -> pa.Array:
    """Return a column without dictionaries and runs; only its own slice is decoded."""
    kind = column.type
    if not shares_values(kind):
        return column
    if pa.types.is_dictionary(kind):
        return column.dictionary_decode()
    if pa.types.is_run_end_encoded(kind):
        return pc.run_end_decode(column)
    if pa.types.is_struct(kind):
        members = [decode_shared(pc.struct_field(column, n)) for n in range(kind.num_fields)]
        names = [field.name for field in kind]
        return pa.StructArray.from_arrays(members, names, mask=column.is_null())
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        lengths = pc.fill_null(pc.list_value_length(column), 0)
        offsets = pa.array(np.append(0, np.cumsum(lengths)), pa.int64())
        values = decode_shared(pc.list_flatten(column))
        return pa.LargeListArray.from_arrays(offsets, values, mask=column.is_null())
    return column


def _slices(batch: pa.RecordBatch, weights: Int64s) -> Iterator[pa.RecordBatch]:
    ends = np.cumsum(weights)
    first = 0
    while first < len(batch):
        before = int(ends[first - 1]) if first else 0
        limit = int(np.searchsorted(ends, before + BATCH_BYTES, "right"))
        end = min(max(limit, first + 1), first + MAX_ROWS)
        yield batch.slice(first, end - first)
        first = end
