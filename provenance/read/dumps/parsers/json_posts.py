"""Posts as JSON objects, one per line or in an array."""

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import BinaryIO

from provenance.model.content.tables import Items
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import (
    MAX_EXACT_INTEGER,
    Entry,
    RowFault,
    batch_records,
)
from provenance.read.formats.json_array import (
    array_blocks,
    array_rows,
    row_list_path,
    starts_as_jsonl,
    starts_as_wrapper,
)
from provenance.read.formats.json_prefix import parse_prefix
from provenance.read.formats.jsonl_blocks import (
    BLOCK_BYTES,
    JsonBlock,
    Records,
    parse_line,
    parse_lines,
)
from provenance.read.formats.jsonl_file import read_blocks

JsonObject = dict[str, object]
NumberedObject = tuple[int, JsonObject | str]
"""Number of an object in the file, and the object or the reason why it is none."""
ObjectReader = Callable[[JsonObject, int, Dump], Iterable[Entry]]
"""Makes items of an object and its number."""

HEAD_BYTES = 1 << 16
_HEAD_LINES = 50
_EXTENSIONS = frozenset({"$oid", "$date", "$numberLong", "$numberInt", "$numberDouble"})
_EXTENDED = re.compile(rb'\{\s*"\$(?:oid|date)"\s*:')
_ASSIGNMENT = re.compile(rb"\s*window\.YTD\.[\w.]+\s*=\s*")


def read_posts(dump: Dump, read_object: ObjectReader, *, unwraps: bool = True) -> Iterator[Items]:
    """Yield the items of all objects of a file; `unwraps` as in `read_objects`."""
    return items_from_objects(dump, read_objects(dump, unwraps=unwraps), read_object)


def items_from_objects(
    dump: Dump, objects: Iterator[NumberedObject], read_object: ObjectReader
) -> Iterator[Items]:
    """Yield the items of some objects."""
    return batch_records(dump.name, _records(dump, objects, read_object))


def _records(
    dump: Dump, objects: Iterator[NumberedObject], read_object: ObjectReader
) -> Iterator[Entry]:
    for row, entry in objects:
        if isinstance(entry, str):
            yield RowFault(row, entry)
        else:
            yield from read_object(entry, row, dump)


def read_objects(dump: Dump, *, unwraps: bool = True) -> Iterator[NumberedObject]:
    """Yield every object of a file, one at a time.

    Parameters
    ----------
    dump : Dump
        The file.
    unwraps : bool
        Whether an object around the list of rows stands for that list.
    """
    head = dump.file.head(HEAD_BYTES)
    objects = _array_objects(dump, unwraps) if is_array(head) else _line_objects(dump)
    return _plain_objects(objects) if is_extended(head) else objects


def _line_objects(dump: Dump) -> Iterator[NumberedObject]:
    return chain.from_iterable(map(parse_lines, read_blocks(dump.file)))


def _array_objects(dump: Dump, unwraps: bool) -> Iterator[NumberedObject]:
    with _open_array(dump) as stream:
        yield from array_rows(stream, dump.file.limit, unwraps=unwraps, unwraps_pages=unwraps)


@contextmanager
def _open_array(dump: Dump) -> Iterator[BinaryIO]:
    """Open a file behind the assignment with which it may begin."""
    head = dump.file.head(HEAD_BYTES)
    with dump.file.stream() as stream:
        stream.read(len(head) - len(skip_assignment(head)))
        yield stream


def is_extended(head: bytes) -> bool:
    """Return whether a file that begins with `head` is JSON as MongoDB exports it."""
    return _EXTENDED.search(head) is not None


def _plain_objects(objects: Iterator[NumberedObject]) -> Iterator[NumberedObject]:
    for row, entry in objects:
        if isinstance(entry, str):
            yield row, entry
        else:
            yield row, {name: _plain_value(value) for name, value in entry.items()}


def _plain_value(value: object) -> object:
    """Return the id, date or number that an object with one member stands for."""
    while isinstance(value, dict) and len(value) == 1 and (inner := {*value} & _EXTENSIONS):
        value = value[inner.pop()]
    return value


def first_objects(head: bytes) -> list[JsonObject]:
    """Return the objects with which a file begins: elements of an array, or consecutive objects."""
    lines = head.split(b"\n")[:_HEAD_LINES] if starts_as_jsonl(head) else []
    values: list[object] = [parse_line(line) for line in lines]
    if not any(isinstance(value, dict) for value in values) and head.lstrip()[:1] in b"{[":
        start = parse_prefix(head.decode("utf-8", "replace"))
        values = start[:_HEAD_LINES] if isinstance(start, list) else [start]
    return [entry for entry in values if isinstance(entry, dict)]


def wrapped_rows(entry: JsonObject) -> list[JsonObject]:
    """Return the first rows in the list of an object around it; none if it is no such object."""
    path = row_list_path(entry)
    rows = None if path is None else member(entry, *path)
    return objects_in(rows)[:_HEAD_LINES] if isinstance(rows, list) else []


def parse_objects(block: JsonBlock) -> Iterator[NumberedObject]:
    """Yield every object of some rows."""
    if isinstance(block, Records):
        return chain(block.faults, block.records)
    return parse_lines(block)


def is_array(head: bytes) -> bool:
    """Return whether objects are in an array or pretty-printed, rather than one per line."""
    content = skip_assignment(head)
    return not starts_as_jsonl(content) or starts_as_wrapper(content)


def skip_assignment(head: bytes) -> bytes:
    """Return the content without the variable assignment before the posts of an X archive."""
    content = head.removeprefix(codecs.BOM_UTF8).lstrip()
    assignment = _ASSIGNMENT.match(content)
    return content[assignment.end() :] if assignment else content


def to_text(value: object) -> str | None:
    """Return a name or number as a string; None for other values.

    NaN, and whole numbers that lost their last digits in a float, are None.
    """
    if isinstance(value, str):
        return value or None
    if value is None:  # as most optional members are
        return None
    if isinstance(value, float):
        if not abs(value) < MAX_EXACT_INTEGER:  # also true of NaN
            return None
        return str(int(value) if value.is_integer() else value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def member(value: object, *path: str) -> object:
    """Return the member of nested objects at a path; None if there is none."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def string_at(value: object, *path: str) -> str | None:
    """Return the string at a path; None if there is none, or it is blank."""
    for name in path:  # as `member`, without the time of a call
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, str) and value and not value.isspace() else None


def first_string(entry: JsonObject, names: Iterable[str]) -> str | None:
    """Return the first string among some members that is not blank."""
    for name in names:
        found = entry.get(name)
        if isinstance(found, str) and found and not found.isspace():
            return found
    return None


def objects_in(value: object) -> list[JsonObject]:
    """Return the objects of a list, or the one object that a value is."""
    if isinstance(value, list):
        return [inner for inner in value if isinstance(inner, dict)]
    return [value] if isinstance(value, dict) else []


def names_text(value: object) -> str | None:
    """Return a name, number or list of them, or of objects that have a `name`, as a string."""
    if isinstance(value, list):
        names = (inner.get("name") if isinstance(inner, dict) else inner for inner in value)
        return ", ".join(text for name in names if (text := to_text(name))) or None
    return to_text(value)


def read_object_blocks(dump: Dump, *, unwraps: bool = True) -> Iterator[JsonBlock]:
    """Yield the objects of a file in blocks; `unwraps` as in `read_objects`."""
    if not is_array(dump.file.head(HEAD_BYTES)):
        yield from read_blocks(dump.file)
        return
    with _open_array(dump) as stream:
        yield from array_blocks(
            stream, dump.file.limit, BLOCK_BYTES, unwraps=unwraps, unwraps_pages=unwraps
        )
