"""JSON in which nothing acts: whatever hides or steers stands as its number."""

import json
import re
from typing import Any

from provenance.terminal_safety import HIDDEN_PATTERN


def json_text(value: Any, indent: int | None = None) -> str:
    r"""Write a value as JSON.

    Parameters
    ----------
    value : dict, list, str, int, float, bool or None
        Of anybody's texts.
    indent : int or None
        Spaces a level; None writes one line.

    Returns
    -------
    str
        Equal to the value when read back. What could steer a terminal or turn a line around, and
        lone surrogates of odd file names, stand as ``\u`` escapes.

    Examples
    --------
    >>> print(json_text({"a": "\u202eb"}))
    {"a": "\u202eb"}
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
    return HIDDEN_PATTERN.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    return "".join(f"\\u{unit:04x}" for unit in _units(ord(match[0])))


def _units(code: int) -> tuple[int, ...]:
    if code < 0x10000:
        return (code,)
    return 0xD800 + ((code - 0x10000) >> 10), 0xDC00 + ((code - 0x10000) & 0x3FF)
