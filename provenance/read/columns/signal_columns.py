"""Columns with the signals of a page, found by name: headers, tags and files of its site."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from provenance.model.content.tables import CAME_WITH
from provenance.read.columns.column_paths import unique_names
from provenance.read.columns.string_arrays import format_values, is_bytes, is_textual, null_where
from provenance.read.formats.json_objects import decode, is_too_deep
from provenance.read.signals import HEADER_NAMES, parse_tags

PAGE = "page"
FIELD_KINDS: Mapping[str, str] = {
    **{name.replace("-", "_"): f"header:{name}" for name in HEADER_NAMES},
    **dict.fromkeys(("robots_txt", "robotstxt"), "robots.txt"),
    **dict.fromkeys(("ai_txt", "aitxt"), "ai.txt"),
    **dict.fromkeys(("tdmrep", "tdmrep_json"), "tdmrep.json"),
    **dict.fromkeys(("rsl", "rsl_xml"), "rsl.xml"),
    **dict.fromkeys(("robots_meta", "meta_robots"), "tag:robots"),
    **dict.fromkeys(("html", "raw_html", "html_head"), PAGE),
}
"""Kind of signal in a column, by its name in lower case with `_` between words."""

_GENERIC_CONTAINERS = frozenset({"meta", "metadata"})
CONTAINERS = _GENERIC_CONTAINERS | frozenset(
    {"headers", "http_headers", "response_headers", "http_response_headers", "warc_headers"}
)
"""Columns that may contain such fields: as a struct, a map, pairs, JSON, or header lines."""

EXPECTED_NAMES = tuple(
    {kind: name for name, kind in list(FIELD_KINDS.items())[::-1] if kind != PAGE}.values()
)
"""One name for each kind, which later rows may have although no row of the sample has it."""

_JSON_MARKERS = (
    b'"robots',
    b'"ai-txt',
    b'"tdmrep',
    b'"rsl',
    *(name.encode() for name in HEADER_NAMES),
)
_HTTP_NAMES = frozenset({*FIELD_KINDS, "robots", "content_type", "server", "etag", "last_modified"})

_NAME_PATTERN = (
    "|".join(name.replace("-", "[-_]") for name in HEADER_NAMES) + "|robots|tdmrep|ai[-_]?txt|rsl"
)
_TAG_PATTERN = r"<meta\s[^<>]*(robots|tdm-|bot)"
_ROBOTS = "robots"
"""A name that means a robots tag only within a container; a column of that name may be anything."""
_MAX_DEPTH = 4
_SEPARATORS = re.compile(r"[\W_]+")
SignalField = tuple[str, str]


def signal_paths(schema: pa.Schema | pa.DataType, depth: int = 0) -> tuple[str, ...]:
    """Return the paths of all columns and members that may hold signals."""
    paths: list[str] = []
    size = len(schema) if isinstance(schema, pa.Schema) else schema.num_fields
    fields = [schema.field(place) for place in range(size)]
    single = unique_names(pa.schema(fields))
    for field in fields:
        if field.name not in single:
            continue
        name, kind = fold_name(field.name), field.type
        is_signal = name in FIELD_KINDS or (depth and name == _ROBOTS)
        if is_signal and not pa.types.is_nested(kind):
            paths.append(field.name)
        elif name in CONTAINERS and pa.types.is_struct(kind) and depth < _MAX_DEPTH:
            paths += [f"{field.name}.{path}" for path in signal_paths(kind, depth + 1)]
        elif name in CONTAINERS and _can_contain(kind):
            paths.append(field.name)
    return tuple(paths)


def holds_headers(field: pa.Field) -> bool:
    """Return whether a column is a struct of headers, by its name or its members."""
    name, kind = fold_name(field.name), field.type
    if name not in CONTAINERS or not pa.types.is_nested(kind):
        return False
    members = {fold_name(member.name) for member in kind} if pa.types.is_struct(kind) else set()
    return name not in _GENERIC_CONTAINERS or bool(members & (_HTTP_NAMES | CONTAINERS))


def mentions_signal(data: bytes) -> bool:
    """Return whether JSON may contain a signal field at any level."""
    normalised = data.lower().replace(b"_", b"-")
    return any(name in normalised for name in _JSON_MARKERS)


def is_page(path: str) -> bool:
    """Return whether a column holds the page itself."""
    return FIELD_KINDS.get(fold_name(path.rpartition(".")[2])) == PAGE


def signal_fields(columns: Mapping[str, pa.Array], count: int) -> pa.Array | None:
    """Return the signals of each row, of type `CAME_WITH`; None if no row has any.

    Parameters
    ----------
    columns : mapping of str to pyarrow.Array
        By the paths returned by `signal_paths`.
    count : int
        Number of rows.
    """
    rows: dict[int, list[SignalField]] = {}
    for path, column in columns.items():
        name = path.rpartition(".")[2]
        for row, value in _values(column, path):
            rows.setdefault(row, []).extend(_fields(name, value, path.count(".")))
    rows = {row: fields for row, fields in rows.items() if fields}
    return pa.array([rows.get(row) for row in range(count)], CAME_WITH) if rows else None


def record_signal_fields(record: Mapping[str, object]) -> list[SignalField]:
    """Return the signals of a row that is an object."""
    return [
        field
        for name, value in record.items()
        if value is not None and (fold_name(name) in FIELD_KINDS or fold_name(name) in CONTAINERS)
        for field in _fields(name, value, 0)
    ]


@lru_cache(4096)
def fold_name(name: str) -> str:
    """Return a name in lower case, with `_` between its words."""
    return _SEPARATORS.sub("_", name.strip().casefold())


def _can_contain(kind: pa.DataType) -> bool:
    is_list_type = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_map(kind)
    return bool(is_list_type or is_textual(kind))


def _values(column: pa.Array, path: str) -> Iterator[tuple[int, object]]:
    """Yield the values of a column that may hold signals, each with its row."""
    if column.null_count == len(column):
        return
    if is_textual(column.type) or is_bytes(column.type):
        column, name = format_values(column), fold_name(path.rpartition(".")[2])
        pattern = _TAG_PATTERN if is_page(path) else _NAME_PATTERN if name in CONTAINERS else None
        if pattern is not None:
            is_match = pc.match_substring_regex(column, pattern, ignore_case=True)
            column = null_where(pc.invert(is_match), column)
    indices = pc.indices_nonzero(pc.is_valid(column))
    yield from zip(indices.to_pylist(), _to_python_list(column.take(indices)), strict=True)


def _to_python_list(column: pa.Array) -> list[object]:
    """Return Python values; None for times with a finer resolution than Python's."""
    try:
        return list(column.to_pylist())
    except ValueError:
        return [_to_python(value) for value in column]


def _to_python(value: pa.Scalar) -> object:
    with suppress(ValueError):
        return value.as_py()
    return None


def _fields(name: str, value: object, depth: int) -> Iterator[SignalField]:
    """Yield the signal fields in a value called `name`; only containers are searched."""
    kind = FIELD_KINDS.get(fold_name(name))
    if kind is None:
        kind = "tag:robots" if depth and fold_name(name) == _ROBOTS else None
    if kind == PAGE:
        yield from ((f"tag:{tag}", content) for tag, content in parse_tags(str(value)))
    elif kind is not None:
        yield from ((kind, text) for text in _texts(value))
    elif fold_name(name) in CONTAINERS and depth < _MAX_DEPTH:
        for inner, member in _members(value):
            yield from _fields(inner, member, depth + 1)


def _texts(value: object) -> list[str]:
    if isinstance(value, list | tuple):
        return [text for inner in value if not isinstance(inner, list) for text in _texts(inner)]
    if isinstance(value, bytes):
        return [value.decode("utf-8", errors="replace")]
    if isinstance(value, dict):
        return [json.dumps(value)]
    return [] if value is None or value == "" else [str(value)]


def _members(value: object) -> Iterator[tuple[str, object]]:
    """Yield names and values of a container in any of its forms."""
    if isinstance(value, str):
        value = _parse_container(value)
    if isinstance(value, Mapping):
        yield from ((str(name), inner) for name, inner in value.items())
    elif isinstance(value, list):
        for pair in value:
            if isinstance(pair, list | tuple) and len(pair) == 2:
                yield str(pair[0]), pair[1]
            elif isinstance(pair, Mapping):
                name = pair.get("name", pair.get("key"))
                yield from [(str(name), pair.get("value"))] if name is not None else pair.items()


def _parse_container(text: str) -> object:
    """Parse text that is JSON, or header lines."""
    if text.lstrip()[:1] in ("{", "["):
        try:
            value = decode(text)
        except (ValueError, RecursionError):
            return None
        return None if is_too_deep(value) else value
    lines = (line.partition(":") for line in text.splitlines())
    return [(name.strip(), value.strip()) for name, colon, value in lines if colon]
