"""In-place edits of strings in JSON text; everything else keeps its formatting."""

import json
import re
from collections.abc import Callable, Iterator
from json.decoder import scanstring  # type: ignore[attr-defined]  # undocumented, and old
from typing import NamedTuple

from provenance.read.columns.string_arrays import replace_surrogates
from provenance.read.rewriting.removal_plan import RowRemovals, changed_error

_SPACE = re.compile(r"[ \t\r\n]*")
_SCALAR = re.compile(r"[^\s,\]}]+")

Path = tuple[str | int, ...]


class JsonString(NamedTuple):
    """A string, and its position in the text including the quotation marks."""

    value: str
    start: int
    end: int


def edit_json(text: str, removals: RowRemovals, *, bare_name: str = "text") -> str:
    """Return a JSON value with spans of its strings replaced.

    Parameters
    ----------
    text : str
        One JSON value.
    removals : RowRemovals
        The spans.
    bare_name : str
        Field name of a value that is itself a string.
    """
    edited = _edit_strings(text, lambda path: _steps(path).removeprefix(".") or bare_name, removals)
    removals.check()
    return edited


def edit_text(text: str, name: str, removals: RowRemovals) -> str:
    """Return the text of a field with spans replaced; it may be JSON with several texts.

    Raises
    ------
    CorruptFile
        If the spans are within a list or an object, and it is neither.
    """
    if name in removals.spans or not removals.within_structure(name):
        return removals.edit(name, text)
    try:
        return _edit_strings(text, lambda path: f"{name}{_steps(path)}", removals)
    except (IndexError, ValueError) as error:
        raise changed_error(removals.place) from error


def _edit_strings(text: str, name_of: Callable[[Path], str], removals: RowRemovals) -> str:
    pieces, at = [], 0
    places: dict[str, JsonString] = {}
    # If two strings have the same field name, the reader takes the less nested one.
    for path, place in sorted(find_strings(text).items(), key=lambda each: -len(each[0])):
        places[name_of(path)] = place
    for name, place in sorted(places.items(), key=lambda each: each[1].start):
        if name not in removals.spans and not removals.within_structure(name):
            continue
        literal = text[place.start : place.end]
        value = edit_text(place.value, name, removals)
        pieces += [text[at : place.start], _string_literal(value, ascii_only=literal.isascii())]
        at = place.end
    return "".join((*pieces, text[at:]))


def find_strings(text: str) -> dict[Path, JsonString]:
    """Return the position of every string value by path; of duplicate keys, the last."""
    strings: dict[Path, JsonString] = {}
    _scan_value(text, 0, (), strings)
    return strings


def find_elements(text: str, start: int) -> list[tuple[int, int]]:
    """Return the positions of the elements of the array at `start`."""
    elements, at = [], _skip_space(text, start + 1)
    while text[at] != "]":
        end = _scan_value(text, at, (), {})
        elements.append((at, end))
        at = _skip_space(text, end)
        if text[at] == ",":
            at = _skip_space(text, at + 1)
    return elements


def find_members(text: str, start: int) -> Iterator[tuple[str, int]]:
    """Yield the keys of the object at `start`, and the positions of their values."""
    at = _skip_space(text, start + 1)
    while text[at] != "}":
        key, at = scanstring(text, at + 1, False)
        at = _skip_space(text, _skip_space(text, at) + 1)
        yield key, at
        at = _skip_space(text, _scan_value(text, at, (), {}))
        if text[at] == ",":
            at = _skip_space(text, at + 1)


def _scan_value(text: str, at: int, path: Path, strings: dict[Path, JsonString]) -> int:
    """Add the strings of the value at `at` to `strings`; return its end."""
    at = _skip_space(text, at)
    match text[at]:
        case '"':
            value, end = scanstring(text, at + 1, False)
            strings[path] = JsonString(value, at, end)
            return int(end)
        case "[":
            at, place = _skip_space(text, at + 1), 0
            while text[at] != "]":
                at = _skip_space(text, _scan_value(text, at, (*path, place), strings))
                at, place = (
                    (_skip_space(text, at + 1), place + 1) if text[at] == "," else (at, place)
                )
            return at + 1
        case "{":
            at = _skip_space(text, at + 1)
            while text[at] != "}":
                key, at = scanstring(text, at + 1, False)
                at = _skip_space(
                    text, _scan_value(text, _skip_space(text, at) + 1, (*path, key), strings)
                )
                at = _skip_space(text, at + 1) if text[at] == "," else at
            return at + 1
    return _end(_SCALAR.match(text, at), at)


def _skip_space(text: str, at: int) -> int:
    return _end(_SPACE.match(text, at), at)


def _end(match: re.Match[str] | None, at: int) -> int:
    return match.end() if match else at


def _steps(path: Path) -> str:
    """Return the end of the name of a field, as the reader writes it."""
    return "".join(
        f"[{step}]" if isinstance(step, int) else f".{replace_surrogates(step)}" for step in path
    )


def _string_literal(value: str, *, ascii_only: bool) -> str:
    return json.dumps(value, ensure_ascii=ascii_only or value != replace_surrogates(value))
