"""JSON files that are not JSON Lines: an array, or consecutive objects."""

import codecs
import io
import json
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from typing import BinaryIO, TypeGuard

import pyarrow as pa

from provenance.errors import DocumentTooLarge, InputError, UnsupportedFormat
from provenance.read.columns.column_choice import (
    METADATA_NAMES,
    WELL_KNOWN_NAMES,
    normalise_name,
)
from provenance.read.corpus import skipped_rows
from provenance.read.corpus.corpus_parts import Part
from provenance.read.corpus.file_access import File, translate_read_errors
from provenance.read.corpus.size_limits import DocumentLimit
from provenance.read.formats.detection import check_text
from provenance.read.formats.json_objects import Record, decode_at, to_record
from provenance.read.formats.json_prefix import parse_prefix
from provenance.read.formats.json_stream import JsonText, as_row, has_invalid_bytes, parse_value
from provenance.read.formats.jsonl_blocks import (
    JsonBlock,
    LineBlock,
    Records,
    parse_json,
    parse_line,
)
from provenance.read.formats.jsonl_file import jsonl_parts, records_have_prose
from provenance.read.formats.record_parts import record_parts
from provenance.read.formats.refusals import refuse_only_object

_MAX_OBJECT_BYTES = 1 << 20
_HEAD_BYTES = 1 << 16
_HEAD_LINES = 50
_ROW_LISTS = frozenset(
    (
        *("data", "posts", "items", "results", "rows", "records", "entries", "documents", "hits"),
        *("children", "articles", "tweets", "statuses", "objects", "list", "result", "examples"),
        *(
            "instances",
            "value",
            "response",
            "payload",
            "feed",
            "reviews",
            "videos",
            "docs",
            "cards",
        ),
    )
)
"""Names of lists of rows, by which one of several lists in an object is chosen."""

_REPLIES = frozenset(("answers", "comments", "replies", "responses"))
"""Names of what was written below a post, which is in the same object."""

_HEADINGS = frozenset(("title", "headline", "question"))

_ABOUT_ROWS = frozenset((*METADATA_NAMES, "info"))
"""Names of members that describe the rows beside them."""

_MAX_WRAPPERS = 3
_PROSE_WORDS = 8
"""Words of a string by which an object is a row itself, unless it has a list of a usual name."""

_MAX_STRANGE, _MAX_SHOWN = 1000, 40
"""Elements after which an array without objects is refused, and characters shown of one."""

_NO_COLUMNS = pa.schema([])
_ROW_CHARS = 100
"""Characters that a row counts for in addition to its text."""

Element = tuple[str, str | None]
"""The text of a row; and the reason if it is not read."""


def json_parts(file: File, text_columns: Sequence[str]) -> list[Part]:
    """Return the parts of a JSON file in any of its forms."""
    if is_jsonl_file(file):
        return jsonl_parts(file, text_columns)
    return record_parts(file, lambda size: _read_blocks(file, size), text_columns)


def is_description(file: File) -> bool:
    """Return whether a JSON file is one object that is no row, and no list of rows with prose.

    Such files lie beside data and describe it: a manifest, settings.
    """
    content = small_object(file)
    if content is None or any(normalise_name(name) in WELL_KNOWN_NAMES for name in content):
        return False
    if _is_post(content):
        return False
    path = row_list_path(content)
    if path is None:
        return True
    found = member_at(content, path)
    records = map(to_record, found if isinstance(found, list) else ())
    rows = [record for record in records if not isinstance(record, str)]
    with suppress(InputError):
        return not records_have_prose(rows, file.display_path)
    return False


def small_object(file: File) -> Record | None:
    """Return the object that a JSON file of up to 1 MB is; None if it is something else."""
    if file.format != "json" or file.fault is not None or file.size > _MAX_OBJECT_BYTES:
        return None
    try:
        content = json.loads(file.head(_MAX_OBJECT_BYTES).decode("utf-8-sig"))
    except (InputError, ValueError, RecursionError):
        return None
    return content if _is_object(content) else None


def is_jsonl_file(file: File) -> bool:
    """Return whether a JSON file has an object on each line.

    Raises
    ------
    UnsupportedFormat
        If its content contradicts its name.
    """
    head = file.head(_HEAD_BYTES)
    check_text(head, file.display_path)
    if file.format == "jsonl" or not starts_as_jsonl(head):
        return starts_as_jsonl(head)
    # A single object in a .json file may contain the list of rows.
    return bool(head.strip().partition(b"\n")[2].strip())


def starts_as_jsonl(head: bytes) -> bool:
    """Return whether a file that begins with `head` seems to have a value on each line.

    Notes
    -----
    In pretty-printed JSON neither the first line nor any other line that is not indented is an
    object. If only the first line is damaged, whole lines follow it.
    """
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if text.startswith(b"["):
        return False
    first, *others = text.split(b"\n")
    if not text.startswith(b"{") or _is_object_line(first):
        return True
    if not others:
        return not _is_concatenated(first)
    unindented = (line for line in others[:_HEAD_LINES] if line.startswith(b"{"))
    return any(map(_is_object_line, unindented))


def _is_object_line(line: bytes) -> bool:
    # A line that is cut off may be long.
    return line.rstrip().endswith(b"}") and isinstance(parse_line(line), dict)


def _is_concatenated(line: bytes) -> bool:
    """Return whether a line has several objects, one after the other."""
    with suppress(ValueError, RecursionError):
        text = line.decode("utf-8", "replace")
        _, end = decode_at(text, 0)
        return text[end:].lstrip().startswith("{")
    return False


def _read_blocks(file: File, size: int) -> Generator[JsonBlock]:
    with file.stream() as stream:
        yield from array_blocks(stream, file.limit, size)


def array_blocks(
    stream: BinaryIO,
    limit: DocumentLimit,
    size: int,
    *,
    unwraps: bool = True,
    unwraps_pages: bool = False,
) -> Iterator[JsonBlock]:
    """Yield the elements of an array in blocks of about `size` bytes; parameters of `array_rows`.

    Objects become lines, for Arrow to parse.
    """
    elements = _elements(JsonText(stream, limit), limit, (unwraps, unwraps_pages))
    row, batch, chars = 0, list[Element](), 0
    with translate_read_errors(limit.file, lambda: f"after {row:,} rows", damage=(ValueError,)):
        try:
            for element in elements:
                batch.append(element)
                chars += _ROW_CHARS + len(element[0])
                if chars >= size:
                    full, batch, chars = batch, [], 0
                    yield _lines_of(full, row) or _records_of(full, row)
                    row += len(full)
        except UnsupportedFormat:
            raise
        except Exception:
            if batch:  # the rows before it are fine
                yield _lines_of(batch, row) or _records_of(batch, row)
                row += len(batch)
            raise
        yield _lines_of(batch, row) or _records_of(batch, row)


def _lines_of(elements: Sequence[Element], first: int) -> LineBlock | None:
    """Return elements as lines; None if they are not all objects that Arrow can parse."""
    sources = [source for source, _ in elements]
    if not all(source.startswith("{") for source in sources):
        return None
    lines = "\n".join(sources)
    if has_invalid_bytes(lines):
        return None
    data = lines.encode()
    parsed = parse_json(data, _NO_COLUMNS, newlines_in_values=True) if sources else None
    if parsed is None or len(parsed) != len(sources):
        return None
    if data.count(b"\n") >= len(sources) or b"\r" in data:
        # No string has a line break in it, or it would not be valid JSON.
        sources = [source.replace("\n", " ").replace("\r", " ") for source in sources]
        data = "\n".join(sources).encode()
    return LineBlock(data, first, len(sources), regular=True)


def _records_of(elements: Sequence[Element], first: int) -> Records:
    records = Records([], [])
    for row, element in enumerate(elements, first):
        records.add(row, _to_row(element))
    return records


def _to_row(element: Element) -> Record | str:
    source, reason = element
    return reason or as_row(parse_value(source), source)


def array_rows(
    stream: BinaryIO,
    limit: DocumentLimit,
    *,
    unwraps: bool = True,
    unwraps_pages: bool = False,
) -> Iterator[tuple[int, Record | str]]:
    """Yield the elements of an array, or consecutive objects, each with its row.

    A string counts as an object with a `text`. What is no object is the reason for that.

    Parameters
    ----------
    stream : binary file
        JSON.
    limit : DocumentLimit
        For an element.
    unwraps : bool
        Whether a single object around the list of rows stands for that list.
    unwraps_pages : bool
        Whether each of several such objects stands for its list, too, if that has a usual name.

    Raises
    ------
    UnsupportedFormat
        If a single object is a description of something, and `unwraps`; or the elements are
        neither objects nor texts.
    CorruptFile
        If it is cut short, or not JSON: the rest cannot be read then.
    DocumentTooLarge
        At an element that is larger than the limit.
    """
    row = 0
    with translate_read_errors(limit.file, lambda: f"after {row:,} rows", damage=(ValueError,)):
        for element in _elements(JsonText(stream, limit), limit, (unwraps, unwraps_pages)):
            yield row, _to_row(element)
            row += 1


def _elements(
    text: JsonText, limit: DocumentLimit, unwraps: tuple[bool, bool]
) -> Iterator[Element]:
    if text.peek() != "[":
        yield from _concatenated_values(text, limit, *unwraps)
        return
    source, has_rows = "", False
    while text.peek() == "[":  # several arrays, one after another, as Scrapy appends them
        for count, source in enumerate(text.elements()):
            has_rows = has_rows or source.startswith(("{", '"'))
            if count == _MAX_STRANGE and not has_rows:
                raise _strange_rows_error(limit.file, source)
            yield source, None
        if text.peek() == "[" and source and not source.startswith("{"):
            raise _strange_rows_error(limit.file, "[")
    if text.peek():
        raise ValueError("there is content after the array")


def _strange_rows_error(file: str, source: str) -> UnsupportedFormat:
    what = "JSON arrays, without the names of their values"
    if not source.startswith("["):
        what = f"neither JSON objects nor texts, such as {source[:_MAX_SHOWN]}"
    return UnsupportedFormat(
        f"{file}: its rows are {what}",
        remedy='write each row as an object: {"id": …, "text": …}',
    )


def _concatenated_values(
    text: JsonText,
    limit: DocumentLimit,
    unwraps: bool,
    unwraps_pages: bool,
) -> Iterator[Element]:
    if not text.peek():
        return
    try:
        first, source = text.value()
    except DocumentTooLarge:
        if not unwraps or text.peek() != "{":
            raise
        yield from _rows_of_large_object(text, limit.file)
        return
    is_single = not text.peek()
    if is_single and unwraps and _is_object(first):
        refuse_only_object(first, limit.file)
    path = row_list_path(first) if unwraps else None
    if path is None or not (is_single or (unwraps_pages and path[-1] in _ROW_LISTS)):
        yield source, None
        while text.peek():
            yield text.source(), None
        return
    yield from _unwrapped(first, source, path, limit)
    del first
    while text.peek():
        yield from _unwrapped(*text.value(), path, limit)


def _unwrapped(
    value: object, source: str, path: Sequence[str], limit: DocumentLimit
) -> Iterator[Element]:
    if not isinstance(member_at(value, path), list):
        yield source, None
        return
    inner = JsonText(io.BytesIO(source.encode("utf-8", "surrogateescape")), limit)
    for name in path:
        inner.seek_member(name)
    for row in inner.elements():
        yield row, None
    for beside in _texts_beside(value, path):
        yield "", skipped_rows.beside_rows(beside, path)


def _texts_beside(value: object, path: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield the paths of members with texts that lie beside the list at `path`."""
    for level, name in enumerate(path):
        if not _is_object(value):
            return
        for other, member in value.items():
            if other != name and other not in _ABOUT_ROWS and _may_be_row(member):
                yield (*path[:level], other)
        value = value[name]


def _rows_of_large_object(text: JsonText, name: str) -> Iterator[Element]:
    """Yield the elements of the only list of objects of an object, one at a time."""
    found = ""
    for key in text.members():
        if text.peek() != "[":
            text.source()
            continue
        for source in text.elements():
            if not source.startswith("{"):
                continue
            if found not in {"", key}:
                raise UnsupportedFormat(
                    f"{name}: this is one object with several lists of objects: {found!r} and "
                    f"{key!r}",
                    remedy="write the rows of one of them as JSON Lines.",
                )
            found = key
            yield source, None


def starts_as_wrapper(head: bytes) -> bool:
    """Return whether a file that begins with `head` is an object around the list of its rows.

    So is a file with several such objects, such as the pages of an interface, if their list has a
    usual name.
    """
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if not text.startswith(b"{"):
        return False
    path = row_list_path(parse_prefix(text.decode("utf-8", "replace")))
    if path is None:
        return False
    is_single = not text.partition(b"\n")[2].strip()
    return is_single or path[-1] in _ROW_LISTS


def row_list_path(value: object, max_wrappers: int = _MAX_WRAPPERS) -> tuple[str, ...] | None:
    """Return the path of the list of rows in an object; None if there is none, or it is a row."""
    if not _is_object(value) or max_wrappers == 0 or _has_text(value) or _is_post(value):
        return None
    lists = [name for name, rows in value.items() if _is_row_list(rows)]
    has_prose = _has_prose(value)
    if len(lists) > 1 or has_prose:
        lists = [name for name in lists if name in _ROW_LISTS]
    if len(lists) > 1 or (has_prose and not lists):
        return None
    if lists and (lists[0] in _ROW_LISTS or _may_be_row(value[lists[0]])):
        return (lists[0],)
    inner = [
        (name, *path)
        for name, member in value.items()
        if (path := row_list_path(member, max_wrappers - 1)) is not None
    ]
    if lists and not inner and max_wrappers == _MAX_WRAPPERS:
        return (lists[0],)  # of attributes, but there are no others
    return inner[0] if len(inner) == 1 else None


def _has_text(value: Record) -> bool:
    return any(
        isinstance(member, str) and normalise_name(name) in WELL_KNOWN_NAMES
        for name, member in value.items()
    )


def _is_post(value: Record) -> bool:
    """Return whether an object has replies, and an id with words, however few, or a heading."""
    if not any(isinstance(value.get(name), dict | list) for name in _REPLIES):
        return False
    texts = value.values() if "id" in value else map(value.get, _HEADINGS)
    return any(isinstance(text, str) and " " in text.strip() for text in texts)


def _has_prose(value: Record) -> bool:
    return any(
        isinstance(member, str) and len(member.split()) >= _PROSE_WORDS for member in value.values()
    )


def member_at(value: object, path: Sequence[str]) -> object:
    """Return the member of nested objects at a path; None if there is none."""
    for name in path:
        value = value.get(name) if _is_object(value) else None
    return value


def _is_row_list(value: object) -> TypeGuard[list[Record]]:
    return isinstance(value, list) and bool(value) and all(map(_is_object, value))


def _may_be_row(value: object, levels: int = _MAX_WRAPPERS) -> bool:
    """Return whether an object has a text, or objects within it."""
    if isinstance(value, list):
        members = value[:_HEAD_LINES]
        return levels >= 0 and any(_may_be_row(m, levels - isinstance(m, list)) for m in members)
    if not _is_object(value):
        return False
    if _has_text(value) or _has_prose(value):
        return True
    return levels > 0 and any(_may_be_row(member, levels - 1) for member in value.values())


def _is_object(value: object) -> TypeGuard[Record]:
    return isinstance(value, dict)
