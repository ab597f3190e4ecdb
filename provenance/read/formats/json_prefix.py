"""Values of a JSON text that is cut off: what can be told from the beginning of a file."""

import json
import re

from provenance.read.formats.json_objects import decode, decode_at

_MARK = re.compile(r'(?:[^"\[\]{},]++|"(?:[^"\\]++|\\.)*+(?:"|\Z))*+([\[\]{},]|\Z)', re.DOTALL)
_CLOSING = {"[": "]", "{": "}"}


def parse_prefix(text: str) -> object:
    """Parse the beginning of a JSON value; what is cut off, or damaged, is left out.

    Examples
    --------
    >>> parse_prefix('{"name": "a", "messages": [{"id": 1}, {"id": 2, "te')
    {'name': 'a', 'messages': [{'id': 1}, {'id': 2}]}
    """
    text = text.lstrip()
    try:
        return decode_at(text, 0)[0]
    except json.JSONDecodeError as error:
        damage = error.pos
    except RecursionError:
        return None
    # What is behind the damage cannot be known; the cut itself may be in a token before the end.
    for end in (len(text), damage):
        try:
            return decode(_closed(text[:end]))
        except (ValueError, RecursionError):
            pass
    return None


def _closed(text: str) -> str:
    """Return what is before the last comma, or behind the last bracket, with brackets closed."""
    kept, closing = 0, list[str]()
    for mark in _MARK.finditer(text):
        if not mark[1]:
            break
        if mark[1] in "[{":
            closing.append(_CLOSING[mark[1]])
        elif mark[1] in "]}" and closing:
            closing.pop()
        kept = mark.end() - (mark[1] == ",")
    return text[:kept] + "".join(reversed(closing))
