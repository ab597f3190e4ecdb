"""Paths of the texts within the structures and lists of a table of items."""

from collections.abc import Iterator

import pyarrow as pa

from provenance.read.columns.column_paths import type_at
from provenance.read.columns.nested_texts import is_list
from provenance.read.columns.string_arrays import is_textual
from provenance.read.dumps.item_columns import is_text_list
from provenance.read.dumps.tables.column_mapping import ITEM_MARK
from provenance.read.dumps.tables.column_names import (
    LIST_NAMES,
    RENDERED_NAMES,
    REPLY_NAMES,
    TEXT_NAMES,
    TITLE_NAMES,
    bare_name,
    fitting,
)

_MIN_MAPPED = 5
"""So many members that have a text in a member of one name are no columns."""


def mapped_rows(schema: pa.Schema) -> str | None:
    """Return where the members with texts of an object that maps ids or names to them are, for jq.

    Examples
    --------
    >>> post = pa.struct([("text", pa.string())])
    >>> mapped_rows(pa.schema([("p1", post), ("p2", post)]))
    '.[]'
    >>> mapped_rows(pa.schema([("posts", pa.struct([("p1", post), ("p2", post)]))]))
    '.posts[]'
    """
    if (mapped := _mapped_type(schema)) is not None:
        return ".[][]" if is_list(mapped) else ".[]"
    for field in schema:
        if pa.types.is_struct(field.type) and field.name.isidentifier():
            rows = mapped_rows(pa.schema(list(field.type)))
            if rows is not None:
                return f".{field.name}{rows.removeprefix('.')}" if rows[1] == "[" else None
    return None


def _mapped_type(schema: pa.Schema) -> pa.DataType | None:
    paths = {field.name: [*texts_within(field.type, "", TEXT_NAMES)] for field in schema}
    fields = [field for field in schema if paths[field.name]]
    if not fields:
        return None
    is_alike = len({str(field.type) for field in fields}) == 1 or (
        len(fields) >= _MIN_MAPPED and len({paths[field.name][0][-1] for field in fields}) == 1
    )
    is_map = is_alike and (1 < len(fields) == len(schema) or fields[0].name.isdecimal())
    return fields[0].type if is_map else None


def inner_texts(schema: pa.Schema, members: str) -> list[tuple[str, ...]]:
    """Return the paths of texts within structures, or in a list of them; with that of a title."""
    names = members.split()
    paths = sorted(
        (path for field in schema for path in texts_within(field.type, field.name, members)),
        key=lambda path: (is_of_reply(path[-1]), names.index(bare_name(last_member(path[-1])))),
    )
    rendered = tuple(
        f"{column}.{member}"
        for names in (TITLE_NAMES, TEXT_NAMES)
        if (column := fitting(names.split(), schema, pa.types.is_struct, ())) is not None
        and (member := _member_of(type_at(schema, column), RENDERED_NAMES)) is not None
    )
    return [rendered, *paths] if rendered else paths


def is_of_reply(path: str) -> bool:
    """Return whether a path leads through a list of replies."""
    return any(bare_name(name) in REPLY_NAMES for name in path.split("."))


def last_member(path: str) -> str:
    """Return the last name in a path."""
    return path.rpartition(".")[2]


def _member_of(kind: pa.DataType, names: str) -> str | None:
    return fitting(names.split(), pa.schema(list(kind)), is_textual, ())


def texts_within(kind: pa.DataType, path: str, members: str) -> Iterator[tuple[str, ...]]:
    """Yield the paths of texts within a type, each behind that of a title beside it."""
    if is_list(kind):
        kind, path = kind.value_type, f"{path}{ITEM_MARK}"
    if not pa.types.is_struct(kind) or any(field.name.isdecimal() for field in kind):
        return  # ids or numbers as names: no path leads to all
    title, text = (_member_of(kind, names) for names in (TITLE_NAMES, members))
    if text is None and members == TEXT_NAMES:
        text = fitting(LIST_NAMES.split(), pa.schema(list(kind)), is_text_list, ())
    if text is not None:
        yield tuple(f"{path}.{name}" for name in (title, text) if name is not None)
    for field in kind:
        yield from texts_within(field.type, f"{path}.{field.name}", members)
