"""Columns of what came with a page: headers, tags and files of its site, by their names."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from provenance.model import CAME_WITH
from provenance.read.columns.string_arrays import is_bytes, is_textual, words
from provenance.read.formats.json_objects import decode, is_deep
from provenance.read.signals import HEADERS, tags_of

PAGE = "page"
KINDS: Mapping[str, str] = {
    **{name.replace("-", "_"): f"header:{name}" for name in HEADERS},
    **dict.fromkeys(("robots_txt", "robotstxt"), "robots.txt"),
    **dict.fromkeys(("ai_txt", "aitxt"), "ai.txt"),
    **dict.fromkeys(("tdmrep", "tdmrep_json"), "tdmrep.json"),
    **dict.fromkeys(("rsl", "rsl_xml"), "rsl.xml"),
    **dict.fromkeys(("robots_meta", "meta_robots"), "tag:robots"),
    **dict.fromkeys(("html", "raw_html", "html_head"), PAGE),
}
"""What a column holds, by its name in lower case with `_` between the words."""

_ANYTHING = frozenset({"meta", "metadata"})
CONTAINERS = _ANYTHING | frozenset(
    {"headers", "http_headers", "response_headers", "http_response_headers", "warc_headers"}
)
"""Columns that may hold some of these as members: a structure, a map, pairs, JSON, or lines."""

EXPECTED = tuple({kind: name for name, kind in list(KINDS.items())[::-1] if kind != PAGE}.values())
"""One name a kind, that rows may have though none of those that were looked at has it."""

_SPELT = (b'"robots', b'"ai-txt', b'"tdmrep', b'"rsl', *(name.encode() for name in HEADERS))
_OF_HTTP = frozenset({*KINDS, "robots", "content_type", "server", "etag", "last_modified"})

_NAMED = "|".join(name.replace("-", "[-_]") for name in HEADERS) + "|robots|tdmrep|ai[-_]?txt|rsl"
_TAGGED = r"<meta\s[^<>]*(robots|tdm-|bot)"
_ROBOTS = "robots"
"""Of a page, within something that holds its fields; by itself it may be anything."""
_DEEPEST = 4
_JOINTS = re.compile(r"[\W_]+")
Field = tuple[str, str]


def signal_paths(schema: pa.Schema | pa.DataType, depth: int = 0) -> tuple[str, ...]:
    """Return the paths of all columns and members that may hold such fields."""
    found: list[str] = []
    for place in range(len(schema) if isinstance(schema, pa.Schema) else schema.num_fields):
        field = schema.field(place)
        name, kind = folded(field.name), field.type
        known = name in KINDS or (depth and name == _ROBOTS)
        if known and not pa.types.is_nested(kind):
            found.append(field.name)
        elif name in CONTAINERS and pa.types.is_struct(kind) and depth < _DEEPEST:
            found += [f"{field.name}.{path}" for path in signal_paths(kind, depth + 1)]
        elif name in CONTAINERS and _may_contain(kind):
            found.append(field.name)
    return tuple(found)


def holds_headers(field: pa.Field) -> bool:
    """Whether a column is a structure of headers: by its name, or by members that headers have."""
    name, kind = folded(field.name), field.type
    if name not in CONTAINERS or not pa.types.is_nested(kind):
        return False
    members = {folded(one.name) for one in kind} if pa.types.is_struct(kind) else set()
    return name not in _ANYTHING or bool(members & (_OF_HTTP | CONTAINERS))


def mentions_any(data: bytes) -> bool:
    """Whether JSON may hold such a field, wherever in it."""
    plain = data.lower().replace(b"_", b"-")
    return any(name in plain for name in _SPELT)


def is_page(path: str) -> bool:
    """Whether a column holds the page itself."""
    return KINDS.get(folded(path.rpartition(".")[2])) == PAGE


def fields_of(columns: Mapping[str, pa.Array], count: int) -> pa.Array | None:
    """Return what came with each of some rows, of type `CAME_WITH`; None where nothing did.

    Parameters
    ----------
    columns : mapping of str to pyarrow.Array
        By the paths that `signal_paths` gives.
    count : int
        How many rows.
    """
    rows: dict[int, list[Field]] = {}
    for path, column in columns.items():
        name = path.rpartition(".")[2]
        for row, value in _values(column, path):
            rows.setdefault(row, []).extend(_fields(name, value, path.count(".")))
    rows = {row: found for row, found in rows.items() if found}
    return pa.array([rows.get(row) for row in range(count)], CAME_WITH) if rows else None


def fields_in(record: Mapping[str, object]) -> list[Field]:
    """Return what came with a row that is an object."""
    return [
        field
        for name, value in record.items()
        if value is not None and (folded(name) in KINDS or folded(name) in CONTAINERS)
        for field in _fields(name, value, 0)
    ]


@lru_cache(4096)
def folded(name: str) -> str:
    """Write a name in lower case, with `_` between its words."""
    return _JOINTS.sub("_", name.strip().casefold())


def _may_contain(kind: pa.DataType) -> bool:
    listed = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_map(kind)
    return bool(listed or is_textual(kind))


def _values(column: pa.Array, path: str) -> Iterator[tuple[int, object]]:
    """Give the values of a column that are worth a look, each with its row."""
    if column.null_count == len(column):
        return
    if is_textual(column.type) or is_bytes(column.type):
        column, name = words(column), folded(path.rpartition(".")[2])
        pattern = _TAGGED if is_page(path) else _NAMED if name in CONTAINERS else None
        if pattern is not None:
            told = pc.match_substring_regex(column, pattern, ignore_case=True)
            column = pc.if_else(told, column, None)
    chosen = pc.indices_nonzero(pc.is_valid(column))
    yield from zip(chosen.to_pylist(), _objects(column.take(chosen)), strict=True)


def _objects(column: pa.Array) -> list[object]:
    """Give what the values are to Python; None where they are times finer than its own."""
    try:
        return list(column.to_pylist())
    except ValueError:
        return [_object(value) for value in column]


def _object(value: pa.Scalar) -> object:
    with suppress(ValueError):
        return value.as_py()
    return None


def _fields(name: str, value: object, depth: int) -> Iterator[Field]:
    """Give the fields in a value that goes by a name; only containers are opened."""
    kind = KINDS.get(folded(name))
    if kind is None:
        kind = "tag:robots" if depth and folded(name) == _ROBOTS else None
    if kind == PAGE:
        yield from ((f"tag:{tag}", said) for tag, said in tags_of(str(value)))
    elif kind is not None:
        yield from ((kind, text) for text in _texts(value))
    elif folded(name) in CONTAINERS and depth < _DEEPEST:
        for inner, found in _members(value):
            yield from _fields(inner, found, depth + 1)


def _texts(value: object) -> list[str]:
    if isinstance(value, list | tuple):
        return [text for inner in value if not isinstance(inner, list) for text in _texts(inner)]
    if isinstance(value, bytes):
        return [value.decode("utf-8", errors="replace")]
    if isinstance(value, dict):
        return [json.dumps(value)]
    return [] if value is None or value == "" else [str(value)]


def _members(value: object) -> Iterator[tuple[str, object]]:
    """Give names and values of a container, however it is written."""
    if isinstance(value, str):
        value = _opened(value)
    if isinstance(value, Mapping):
        yield from ((str(name), inner) for name, inner in value.items())
    elif isinstance(value, list):
        for pair in value:
            if isinstance(pair, list | tuple) and len(pair) == 2:
                yield str(pair[0]), pair[1]
            elif isinstance(pair, Mapping):
                name = pair.get("name", pair.get("key"))
                yield from [(str(name), pair.get("value"))] if name is not None else pair.items()


def _opened(text: str) -> object:
    """Open text that is JSON, or lines of headers."""
    if text.lstrip()[:1] in ("{", "["):
        try:
            value = decode(text)
        except (ValueError, RecursionError):
            return None
        return None if is_deep(value) else value
    lines = (line.partition(":") for line in text.splitlines())
    return [(name.strip(), value.strip()) for name, colon, value in lines if colon]
