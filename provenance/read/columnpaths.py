"""Columns by their paths: "meta.url" is a column, or else a member of the structure "meta"."""

from collections import Counter
from collections.abc import Collection, Iterable

import pyarrow as pa
import pyarrow.compute as pc


def kind_of(schema: pa.Schema, path: str) -> pa.DataType | None:
    """Return the type of the column or member at `path`; None where there is none."""
    place = schema.get_field_index(path)
    if place >= 0:
        return schema.field(place).type
    parent, _, member = path.rpartition(".")
    kind = kind_of(schema, parent) if parent else None
    if kind is None or not pa.types.is_struct(kind) or kind.get_field_index(member) < 0:
        return None
    return kind.field(member).type


def column_at(batch: pa.RecordBatch, path: str) -> pa.Array:
    """Return the column or member at `path`."""
    place = batch.schema.get_field_index(path)
    if place >= 0:
        return batch.column(place)
    parent, _, member = path.rpartition(".")
    return pc.struct_field(column_at(batch, parent), member)


def tops(paths: Iterable[str], columns: Collection[str]) -> list[str]:
    """Return the columns that hold what is at `paths`, each once."""
    known = frozenset(columns)
    return list(dict.fromkeys(p if p in known else p.partition(".")[0] for p in paths))


def single_names(schema: pa.Schema) -> frozenset[str]:
    """Return the names that one column alone has."""
    return frozenset(name for name, count in Counter(schema.names).items() if count == 1)
