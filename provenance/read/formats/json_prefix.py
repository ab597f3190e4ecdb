"""Values of a JSON text that is cut off: what can be told from the beginning of a file."""

import json
import re

from provenance.read.formats.json_objects import decode_at

_SPACE = re.compile(r"[ \t\r\n]*")
_MAX_LEVELS = 8
_MAX_ELEMENTS = 50


def parse_prefix(text: str) -> object:
    """Parse the beginning of a JSON value; members and elements after the cut are left out.

    Of a list that is cut off, only the first elements are parsed.

    Examples
    --------
    >>> parse_prefix('{"name": "a", "messages": [{"id": 1}, {"id": 2, "te')
    {'name': 'a', 'messages': [{'id': 1}, {'id': 2}]}
    """
    return _value(text, _skip_space(text, 0), 0)[0]


def _value(text: str, at: int, level: int) -> tuple[object, int | None]:
    """Return a value and its end, which is None if it is cut off."""
    try:
        return decode_at(text, at)
    except (ValueError, RecursionError):
        pass
    if level < _MAX_LEVELS and text.startswith("{", at):
        return _members(text, at + 1, level), None
    if level < _MAX_LEVELS and text.startswith("[", at):
        return _elements(text, at + 1, level), None
    return None, None


def _members(text: str, at: int, level: int) -> dict[str, object]:
    members: dict[str, object] = {}
    while True:
        try:
            key, end = decode_at(text, _skip_space(text, at))
        except (json.JSONDecodeError, RecursionError):
            return members
        mark = _skip_space(text, end)
        if not isinstance(key, str) or not text.startswith(":", mark):
            return members
        value, value_end = _value(text, _skip_space(text, mark + 1), level + 1)
        if value is not None or value_end is not None:
            members[key] = value
        after = None if value_end is None else _skip_space(text, value_end)
        if after is None or not text.startswith(",", after):
            return members
        at = after + 1


def _elements(text: str, at: int, level: int) -> list[object]:
    elements: list[object] = []
    while len(elements) < _MAX_ELEMENTS:
        value, end = _value(text, _skip_space(text, at), level + 1)
        if value is not None or end is not None:
            elements.append(value)
        after = None if end is None else _skip_space(text, end)
        if after is None or not text.startswith(",", after):
            break
        at = after + 1
    return elements


def _skip_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at
