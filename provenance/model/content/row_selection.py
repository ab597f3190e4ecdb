"""Row selection from tables with more text than Arrow's 32-bit offsets can address."""

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_MAX_BYTES = 1 << 31
"""Maximum bytes of strings in a column with 32-bit offsets."""


def take_rows(table: pa.Table, indices: pa.Array) -> pa.Table:
    """Return the rows of a table at the given indices.

    Parameters
    ----------
    table : pyarrow.Table
        Its columns may have more than 2 GiB of strings each.
    indices : pyarrow.Array of int64
        In any order, with repetitions; null gives a row of nulls.

    Returns
    -------
    pyarrow.Table
        Of the same schema.

    Notes
    -----
    `pyarrow.Table.take` refuses to read from that many bytes of strings, and may return a corrupt
    column if it has to write that many.
    """
    strings = [place for place, field in enumerate(table.schema) if pa.types.is_string(field.type)]
    lengths = [pc.binary_length(table.column(place)).combine_chunks() for place in strings]
    selected_lengths = [
        pc.fill_null(column.take(indices), 0).to_numpy().astype(np.int64) for column in lengths
    ]
    if all(table.column(place).nbytes < _MAX_BYTES for place in strings) and all(
        column.sum() < _MAX_BYTES for column in selected_lengths
    ):
        return table.take(indices)
    wide_schema = table.schema
    for place in strings:
        wide_schema = wide_schema.set(place, wide_schema.field(place).with_type(pa.large_string()))
    wide_table = table.cast(wide_schema).combine_chunks()
    chunk_numbers = np.cumsum(np.sum(selected_lengths, axis=0)) // (_MAX_BYTES // 2)
    bounds = [0, *(np.flatnonzero(np.diff(chunk_numbers)) + 1).tolist(), len(indices)]
    pieces = [
        wide_table.take(indices.slice(low, high - low)).cast(table.schema)
        for low, high in pairwise(bounds)
    ]
    return pa.concat_tables(pieces)
