"""JSON files that are not JSON Lines: an array, or consecutive objects."""

import codecs
import json
import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from typing import BinaryIO, TypeGuard

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
from provenance.read.formats.foreign_formats import refuse_only_object
from provenance.read.formats.json_objects import (
    Record,
    are_plain,
    decode_at,
    has_surrogates,
    to_record,
)
from provenance.read.formats.json_prefix import parse_prefix
from provenance.read.formats.json_stream import JsonText, as_row, has_invalid_bytes, to_row
from provenance.read.formats.jsonl_blocks import JsonBlock, Records, parse_line
from provenance.read.formats.jsonl_file import jsonl_parts, records_have_prose
from provenance.read.formats.record_parts import record_parts
from provenance.read.formats.regular_arrays import regular_blocks

_MAX_OBJECT_BYTES = 1 << 20
_HEAD_BYTES = 1 << 16
_HEAD_LINES = 50
_INVALID_BYTES = re.compile("[\udc80-\udcff]")
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

_ROW_CHARS = 100
"""Characters that a row counts for in addition to its text."""


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
    records = (to_record(row) for row in _rows_at(content, path) or ())
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

    Objects that are written alike are lines, for Arrow to parse.
    """
    rest = yield from regular_blocks(stream, limit, size)
    if rest is None:
        return
    batch, batch_chars = Records([], []), 0
    try:
        for row, record_or_reason, chars in _read_rows(
            JsonText(stream, limit, *rest), limit.file, rest.row, (unwraps, unwraps_pages)
        ):
            batch.add(row, record_or_reason)
            batch_chars += _ROW_CHARS + chars
            if batch_chars >= size:
                yield batch
                batch, batch_chars = Records([], []), 0
    except UnsupportedFormat:
        raise
    except Exception:
        if batch.records or batch.faults:
            yield batch  # the rows before it are fine
        raise
    yield batch


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
        If a single object is a description of something, and `unwraps`.
    CorruptFile
        If it is cut short, or not JSON: the rest cannot be read then.
    DocumentTooLarge
        At an element that is larger than the limit.
    """
    rows = _read_rows(JsonText(stream, limit), limit.file, 0, (unwraps, unwraps_pages))
    return ((row, record_or_reason) for row, record_or_reason, _ in rows)


def _read_rows(
    text: JsonText, name: str, row: int, unwraps: tuple[bool, bool]
) -> Iterator[tuple[int, Record | str, int]]:
    with translate_read_errors(name, lambda: f"after {row:,} rows", damage=(ValueError,)):
        for record_or_reason, chars in _array_elements(text, name, unwraps):
            yield row, record_or_reason, chars
            row += 1


def _array_elements(
    text: JsonText, name: str, unwraps: tuple[bool, bool]
) -> Iterator[tuple[Record | str, int]]:
    """Yield each row, or the reason why it is none, and its number of characters."""
    if text.peek() != "[":
        yield from _concatenated_values(text, name, *unwraps)
        return
    source = ""
    while text.peek() == "[":  # several arrays, one after another, as Scrapy appends them
        text.skip()
        for row, source in text.rows():
            yield row, len(source)
        if text.peek() == "[" and source and not source.startswith("{"):
            raise UnsupportedFormat(
                f"{name}: its rows are JSON arrays, without the names of their values",
                remedy='write each row as an object: {"id": …, "text": …}',
            )
    if text.peek():
        raise ValueError("there is content after the array")


def _concatenated_values(
    text: JsonText,
    name: str,
    unwraps: bool,
    unwraps_pages: bool,
) -> Iterator[tuple[Record | str, int]]:
    if not text.peek():
        return
    try:
        first, source = text.value()
    except DocumentTooLarge:
        if not unwraps or text.peek() != "{":
            raise
        yield from _rows_of_large_object(text, name)
        return
    is_single = not text.peek()
    if is_single and unwraps and _is_object(first):
        refuse_only_object(first, name)
    path = row_list_path(first) if unwraps else None
    if path is None or not (is_single or (unwraps_pages and path[-1] in _ROW_LISTS)):
        yield as_row(first, source), len(source)
        while text.peek():
            value, source = text.value()
            yield as_row(value, source), len(source)
        return
    yield from _unwrapped(first, source, path)
    while text.peek():
        yield from _unwrapped(*text.value(), path)


def _unwrapped(
    value: object, source: str, path: Sequence[str]
) -> Iterator[tuple[Record | str, int]]:
    rows = _rows_at(value, path)
    if rows is None:
        yield as_row(value, source), len(source)
        return
    has_invalid, is_clean = has_invalid_bytes(source), not has_surrogates(source)
    chars = len(source) // max(1, len(rows))
    # Once for all rows is faster than for each.
    if not has_invalid and are_plain(rows, has_clean_keys=is_clean):
        for row in rows:
            yield row if isinstance(row, dict) else to_row(row, is_clean), chars
    else:
        for row in rows:
            is_invalid = has_invalid and _INVALID_BYTES.search(json.dumps(row, ensure_ascii=False))
            yield skipped_rows.NOT_UTF8 if is_invalid else to_row(row, is_clean), chars
    for beside in _texts_beside(value, path):
        yield skipped_rows.beside_rows(beside, path), 0


def _texts_beside(value: object, path: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield the paths of members with texts that lie beside the list at `path`."""
    for level, name in enumerate(path):
        if not _is_object(value):
            return
        for other, member in value.items():
            if other != name and other not in _ABOUT_ROWS and _may_be_row(member):
                yield (*path[:level], other)
        value = value[name]


def _rows_of_large_object(text: JsonText, name: str) -> Iterator[tuple[Record | str, int]]:
    """Yield the elements of the only list of objects of an object, one at a time."""
    found = ""
    _expect(text, "{")
    while text.peek() != "}":
        key, _ = text.value()
        text.peek()
        _expect(text, ":")
        if text.peek() != "[":
            text.value()
        else:
            text.skip()
            for row, source in text.rows():
                if not source.startswith("{"):
                    continue
                if found not in {"", str(key)}:
                    raise UnsupportedFormat(
                        f"{name}: this is one object with several lists of objects: {found!r} and "
                        f"{str(key)!r}",
                        remedy="write the rows of one of them as JSON Lines.",
                    )
                found = str(key)
                yield row, len(source)
        if text.peek() == ",":
            text.skip()
    text.skip()


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


def _rows_at(value: object, path: Sequence[str]) -> list[object] | None:
    """Return the elements of the list at a path; None if there is no such list."""
    for name in path:
        value = value.get(name) if _is_object(value) else None
    return value if isinstance(value, list) else None


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


def _expect(text: JsonText, mark: str) -> None:
    character = text.peek()
    if character != mark:
        raise ValueError(f"expected {mark!r}, found {character!r}")
    text.skip()
