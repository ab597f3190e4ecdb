"""Licence expressions of SPDX: "MIT OR Apache-2.0"."""

import re
from collections.abc import Iterable

_WORD = re.compile(r"\s*([()]|[A-Za-z0-9][A-Za-z0-9.:-]*\+?)")
_JOINS = {"AND", "OR"}
_WITH, _OPEN, _CLOSE = "WITH", "(", ")"
MAX_CHARACTERS = 300


def parse_expression(text: str) -> str | None:
    """Return a licence expression in its usual spelling; None if the text is none.

    Examples
    --------
    >>> parse_expression("( mit or Apache-2.0 )"), parse_expression("GPL-2.0-only with a-1.0")
    ('mit OR Apache-2.0', 'GPL-2.0-only WITH a-1.0')
    >>> parse_expression("MIT License"), parse_expression("MIT OR"), parse_expression("(MIT")
    (None, None, None)
    """
    words = _words(text)
    if not words or not _is_expression(words):
        return None
    while _is_enclosed(words):
        words = words[1:-1]
    return " ".join(words).replace("( ", "(").replace(" )", ")")


def join_expressions(expressions: Iterable[str | None], operator: str) -> str | None:
    """Return licence expressions as one: "AND" if all apply, "OR" if there is a choice.

    Examples
    --------
    >>> join_expressions(["MIT", "Apache-2.0 OR BSD-2-Clause", "MIT"], "AND")
    '(Apache-2.0 OR BSD-2-Clause) AND MIT'
    >>> join_expressions([], "OR") is None
    True
    """
    parts = sorted({each for each in expressions if each is not None})
    if len(parts) > 1:
        parts = [f"({part})" if _JOINS & {*part.split()} else part for part in parts]
    return f" {operator} ".join(parts) or None


def _words(text: str) -> list[str]:
    """Return names, operators and brackets; nothing if there are other signs."""
    words, place, text = list[str](), 0, text.strip()
    if len(text) > MAX_CHARACTERS:
        return []
    while place < len(text):
        match = _WORD.match(text, place)
        if match is None:
            return []
        word = match[1]
        words.append(word.upper() if word.upper() in {*_JOINS, _WITH} else word)
        place = match.end()
    return words


def _is_expression(words: list[str]) -> bool:
    """Return whether names and operators alternate, and brackets are closed."""
    depth, before = 0, "AND"
    for word in words:
        expects_name = before in {*_JOINS, _WITH, _OPEN}
        if expects_name != (word not in {*_JOINS, _WITH, _CLOSE}):
            return False
        if word == _OPEN and before == _WITH:
            return False
        depth += (word == _OPEN) - (word == _CLOSE)
        if depth < 0:
            return False
        before = word
    return depth == 0 and before not in {*_JOINS, _WITH, _OPEN}


def _is_enclosed(words: list[str]) -> bool:
    """Return whether the first bracket is closed by the last."""
    if words[0] != _OPEN or words[-1] != _CLOSE:
        return False
    depth = 0
    for word in words[:-1]:
        depth += (word == _OPEN) - (word == _CLOSE)
        if depth == 0:
            return False
    return True
