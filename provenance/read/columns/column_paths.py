"""Paths of columns: "meta.url" is a column of that name, or else the member of a struct "meta".

A column with the whole path as its name takes precedence, at each step: of "a.b.c", the column
"a.b" is tried before the column "a". The struct may be an object in JSON, in a string.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from provenance.read.columns.string_arrays import format_values, is_textual, replace_surrogates
from provenance.read.formats.json_objects import decode


def split_path(path: str) -> Iterator[tuple[str, str]]:
    """Yield the ways to split a path into a column and a path within it, longest column first.

    Examples
    --------
    >>> list(split_path("a.b.c"))
    [('a.b.c', ''), ('a.b', 'c'), ('a', 'b.c')]
    """
    yield path, ""
    end = path.rfind(".")
    while end > 0:
        if end + 1 < len(path):
            yield path[:end], path[end + 1 :]
        end = path.rfind(".", 0, end)


def type_at(schema: pa.Schema | pa.StructType, path: str) -> pa.DataType | None:
    """Return the type of the column or member at `path`; None if there is none."""
    for name, rest in split_path(path):
        place = schema.get_field_index(name)
        if place < 0:
            continue
        kind = schema.field(place).type
        if not rest:
            return kind
        if pa.types.is_struct(kind) and (member_type := type_at(kind, rest)) is not None:
            return member_type
    return None


def column_at(batch: pa.RecordBatch, path: str) -> pa.Array:
    """Return the column or member at `path`; KeyError if there is none."""
    for name, rest in split_path(path):
        place = batch.schema.get_field_index(name)
        if place < 0:
            continue
        kind = batch.schema.field(place).type
        if not rest or _has_member(kind, rest):
            return _member_at(batch.column(place), rest)
        if is_textual(kind):
            texts = format_values(batch.column(place)).to_pylist()
            return pa.array([_format(json_member(text, rest)) for text in texts], pa.large_string())
    raise KeyError(path)


def json_object(text: object) -> dict[str, object]:
    """Return the object that a string is in JSON; an empty one if it is none."""
    if not isinstance(text, str) or not text.lstrip().startswith("{"):
        return {}
    try:
        value = decode(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def json_member(text: object, name: str) -> object:
    """Return a member of the object that a string is in JSON; None if there is none."""
    return json_object(text).get(name)


def _format(value: object) -> str | None:
    if isinstance(value, list):
        return ", ".join(text for inner in value if (text := _format(inner))) or None
    if isinstance(value, str):
        return replace_surrogates(value) or None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def top_columns(paths: Iterable[str], columns: Collection[str]) -> list[str]:
    """Return the distinct columns that contain `paths`."""
    names = {*columns}
    return list(dict.fromkeys(top_column(path, names) for path in paths))


def top_column(path: str, columns: Collection[str]) -> str:
    """Return the column that contains `path`, or the first step of the path if there is none."""
    first = path.partition(".")[0]
    return next((name for name, _ in split_path(path) if name in columns), first)


def _has_member(kind: pa.DataType, path: str) -> bool:
    return pa.types.is_struct(kind) and type_at(kind, path) is not None


def _member_at(column: pa.Array, path: str) -> pa.Array:
    if not path:
        return column
    for name, rest in split_path(path):
        place = column.type.get_field_index(name)
        if place >= 0 and (not rest or _has_member(column.type.field(place).type, rest)):
            return _member_at(pc.struct_field(column, place), rest)
    raise KeyError(path)


def unique_names(schema: pa.Schema) -> frozenset[str]:
    """Return the names that exactly one column has."""
    return frozenset(name for name, count in Counter(schema.names).items() if count == 1)
