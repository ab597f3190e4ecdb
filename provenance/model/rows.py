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
    taken = [pc.fill_null(own.take(indices), 0).to_numpy().astype(np.int64) for own in lengths]
    if all(table.column(place).nbytes < _MAX_BYTES for place in strings) and all(
        own.sum() < _MAX_BYTES for own in taken
    ):
        return table.take(indices)
    wider = table.schema
    for place in strings:
        wider = wider.set(place, wider.field(place).with_type(pa.large_string()))
    whole = table.cast(wider).combine_chunks()
    halves = np.cumsum(np.sum(taken, axis=0)) // (_MAX_BYTES // 2)
    bounds = [0, *(np.flatnonzero(np.diff(halves)) + 1).tolist(), len(indices)]
    pieces = [
        whole.take(indices.slice(low, high - low)).cast(table.schema)
        for low, high in pairwise(bounds)
    ]
    return pa.concat_tables(pieces)
