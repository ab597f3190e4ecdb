"""Rows of tables, however much text they hold."""

import pyarrow as pa

_MOST = 1 << 31
"""Bytes of strings that Arrow takes rows from: it counts them in 32 bits."""

_AT_ONCE = 1 << 18
"""Rows whose strings surely have fewer bytes than that."""


def rows_at(table: pa.Table, places: pa.Array) -> pa.Table:
    """Give the rows of a table at some places.

    Parameters
    ----------
    table : pyarrow.Table
        Its columns may have more than 2 GiB of strings each, which `pyarrow.Table.take` refuses.
    places : pyarrow.Array of int64
        In any order; of null, a row of nulls.

    Returns
    -------
    pyarrow.Table
        Of the same schema.
    """
    strings = [place for place, field in enumerate(table.schema) if pa.types.is_string(field.type)]
    if all(table.column(place).nbytes < _MOST for place in strings):
        return table.take(places)
    wider = table.schema
    for place in strings:
        wider = wider.set(place, wider.field(place).with_type(pa.large_string()))
    whole = table.cast(wider).combine_chunks()
    starts = range(0, len(places), _AT_ONCE)
    pieces = [whole.take(places.slice(start, _AT_ONCE)).cast(table.schema) for start in starts]
    return pa.concat_tables([table.schema.empty_table(), *pieces])
