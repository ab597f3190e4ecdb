"""Columns by their paths: "meta.url" is a column, or else a member of the structure "meta".

A column that is called so itself wins. So it is at each step: of "a.b.c", the column "a.b" is
looked into before the column "a".
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc


def splits(path: str) -> Iterator[tuple[str, str]]:
    """Give the ways to part a path into a column and what is within it, the longest column first.

    Examples
    --------
    >>> list(splits("a.b.c"))
    [('a.b.c', ''), ('a.b', 'c'), ('a', 'b.c')]
    """
    yield path, ""
    end = path.rfind(".")
    while end > 0:
        if end + 1 < len(path):
            yield path[:end], path[end + 1 :]
        end = path.rfind(".", 0, end)


def kind_of(schema: pa.Schema | pa.StructType, path: str) -> pa.DataType | None:
    """Return the type of the column or member at `path`; None where there is none."""
    for name, rest in splits(path):
        place = schema.get_field_index(name)
        if place < 0:
            continue
        kind = schema.field(place).type
        if not rest:
            return kind
        if pa.types.is_struct(kind) and (found := kind_of(kind, rest)) is not None:
            return found
    return None


def column_at(batch: pa.RecordBatch, path: str) -> pa.Array:
    """Return the column or member at `path`, which is there."""
    for name, rest in splits(path):
        place = batch.schema.get_field_index(name)
        if place >= 0 and (not rest or _is_within(batch.schema.field(place).type, rest)):
            return _member_at(batch.column(place), rest)
    raise KeyError(path)


def tops(paths: Iterable[str], columns: Collection[str]) -> list[str]:
    """Return the columns that hold what is at `paths`, each once."""
    known = {*columns}
    return list(dict.fromkeys(top(path, known) for path in paths))


def top(path: str, columns: Collection[str]) -> str:
    """Return the column that holds what is at `path`; its first step, where there is none."""
    first = path.partition(".")[0]
    return next((name for name, _ in splits(path) if name in columns), first)


def _is_within(kind: pa.DataType, path: str) -> bool:
    return pa.types.is_struct(kind) and kind_of(kind, path) is not None


def _member_at(column: pa.Array, path: str) -> pa.Array:
    if not path:
        return column
    for name, rest in splits(path):
        place = column.type.get_field_index(name)
        if place >= 0 and (not rest or _is_within(column.type.field(place).type, rest)):
            return _member_at(pc.struct_field(column, place), rest)
    raise KeyError(path)


def single_names(schema: pa.Schema) -> frozenset[str]:
    """Return the names that one column alone has."""
    return frozenset(name for name, count in Counter(schema.names).items() if count == 1)
