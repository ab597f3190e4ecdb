"""Schemas and encodings of a registry's Parquet files."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from provenance.model.content.fingerprints import Int64s, UInt32s

GROUP_ROWS = 16_384
"""Items per row group: few enough to read a single text quickly."""

GROUP_TOKENS = 1 << 22
"""Tokens per row group, unless its first item has more; bounds the memory of a build."""


EARLIEST = int(np.datetime64("0001-01-01", "s").astype(np.int64))
LATEST = int(np.datetime64("9999-12-31", "s").astype(np.int64))
"""Range of `datetime.date` in seconds since 1970."""

_UINT32S = pa.large_binary()  # little-endian: see `lists_to_binary` and `binary_to_lists`

ITEMS_SCHEMA = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("item", pa.string(), nullable=False),
        pa.field("url", pa.string()),
        pa.field("created_at", pa.timestamp("ms", "UTC")),  # Parquet has no seconds
        pa.field("author", pa.string()),  # digest of the name; on request, a colon and the name
        pa.field("language", pa.string()),
        pa.field("licence", pa.string()),
        pa.field("link", pa.string()),  # the page whose title the first line is
        pa.field("lead", _UINT32S, nullable=False),
        pa.field("trail", _UINT32S, nullable=False),
        pa.field("first_line", pa.uint8(), nullable=False),  # tokens, if there are more lines
    ]
)
TEXTS_SCHEMA = pa.schema([pa.field("text", pa.large_string(), nullable=False)])
SKETCH_SCHEMA = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("hash", pa.uint64(), nullable=False),
    ]
)
BACKGROUND_SCHEMA = pa.schema([pa.field("count", pa.uint64(), nullable=False)])

SCHEMAS = {
    "items": ITEMS_SCHEMA,
    "texts": TEXTS_SCHEMA,
    "sketch": SKETCH_SCHEMA,
    "background": BACKGROUND_SCHEMA,
}
"""Schemas by file stem."""


_PACKED = "DELTA_BINARY_PACKED"
_ITEMS: dict[str, Any] = {
    "use_dictionary": ["source", "language", "licence", "lead", "trail", "first_line"],
    "compression": "zstd",
    "column_encoding": {"created_at": _PACKED},
}
_TEXTS: dict[str, Any] = {"use_dictionary": False, "compression": "zstd"}
_NUMBERS: dict[str, Any] = {
    "use_dictionary": False,
    "compression": "none",
    "column_encoding": _PACKED,
}
_SKETCH: dict[str, Any] = {
    "use_dictionary": ["source"],
    "compression": "zstd",
    "column_encoding": {"hash": _PACKED},
}

_ENCODINGS = {
    "items": _ITEMS,
    "texts": _TEXTS,
    "background": _NUMBERS,
    "sketch": _SKETCH,
}


def position_dtype(longest: int) -> type[np.uint16] | type[np.uint32]:
    """Return the type of positions within items of at most `longest` tokens."""
    return np.uint16 if longest <= 1 << 16 else np.uint32


def parquet_writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """Open a data file for writing, with the encodings that suit its content.

    For one version of pyarrow, its bytes depend on the tables only, if they are written as whole
    row groups of one chunk each.
    """
    return pq.ParquetWriter(path, schema, write_page_checksum=True, **_ENCODINGS[path.stem])


def timestamps_from_seconds(seconds: pa.ChunkedArray) -> pa.ChunkedArray:
    """Convert seconds since 1970 to the type of `created_at`."""
    return pc.multiply(seconds, 1000).cast(ITEMS_SCHEMA.field("created_at").type)


def seconds_from_timestamps(created_at: pa.ChunkedArray) -> pa.ChunkedArray:
    """Convert `created_at` to seconds since 1970."""
    return pc.divide(created_at.cast(pa.int64()), 1000)


def single_chunk(column: pa.ChunkedArray) -> pa.Array:
    """Return a column as one array, without copying if it has a single chunk."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def lists_to_binary(values: UInt32s, offsets: Int64s) -> pa.Array:
    """Return lists of numbers as a binary array, without copying."""
    places = np.ascontiguousarray(offsets * 4)
    buffers = [None, pa.py_buffer(places), pa.py_buffer(np.ascontiguousarray(values))]
    return pa.Array.from_buffers(pa.large_binary(), len(offsets) - 1, buffers)


def binary_to_lists(column: pa.Array) -> tuple[UInt32s, Int64s]:
    """Return the lists of numbers that a binary array was made from, without copying.

    Parameters
    ----------
    column : pyarrow.LargeBinaryArray
        As `lists_to_binary` returns it, without nulls.

    Returns
    -------
    values : ndarray of uint32
        Values of all rows.
    offsets : ndarray of int64, shape (n + 1,)
        Values of row `i` are `values[offsets[i]:offsets[i + 1]]`.
    """
    _, places, data = column.buffers()
    count = len(column)
    if count == 0 or places is None:
        return np.zeros(0, np.uint32), np.zeros(count + 1, np.int64)
    offsets = np.frombuffer(places, np.int64)[column.offset : column.offset + count + 1] // 4
    values = np.zeros(0, np.uint32) if data is None else np.frombuffer(data, np.uint8)
    values = values[: offsets[-1] * 4].view(np.uint32)
    return values[offsets[0] :], offsets - offsets[0]
