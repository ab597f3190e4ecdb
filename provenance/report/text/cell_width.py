"""Text in the cells of a terminal: some characters take two, some none."""

import unicodedata
from collections.abc import Iterator


def cells(text: str) -> int:
    """Count the cells that a text takes.

    Parameters
    ----------
    text : str
        On one line.

    Returns
    -------
    int
        Two for each wide character, none for a combining one.

    Examples
    --------
    >>> cells("abc"), cells("今天"), cells("e\u0301")
    (3, 4, 1)
    """
    return len(text) if text.isascii() else sum(map(_cells, text))


def shortened(text: str, width: int) -> str:
    """Cut a text to a width, with an ellipsis where something is lost.

    Parameters
    ----------
    text : str
        On one line.
    width : int
        Cells it may take.

    Returns
    -------
    str
        At most `width` cells, and never a pile of combining signs.
    """
    if cells(text) <= width and len(text) <= 4 * width:
        return text
    kept = _first(text, width - 1)
    return kept.rstrip() + "…" if width > 0 else ""


def padded(text: str, width: int) -> str:
    """Cut a text, or fill it up with spaces, to a width.

    Parameters
    ----------
    text : str
        On one line.
    width : int
        Cells it takes then.

    Returns
    -------
    str
        Exactly `width` cells.
    """
    text = shortened(text, width)
    return text + " " * (width - cells(text))


def wrapped(text: str, width: int, indent: str = "", hanging: str | None = None) -> list[str]:
    """Break a text into lines.

    Parameters
    ----------
    text : str
        Words parted by spaces; a word longer than a line is broken.
    width : int
        Cells of a line, indent included.
    indent, hanging : str
        Before the first line, and before the others (the same by default).

    Returns
    -------
    list of str
        No line is wider than `width`.
    """
    rest = indent if hanging is None else hanging
    lines = [indent]
    empty = True
    for word in _words(text, max(width - max(cells(indent), cells(rest)), 1)):
        if not empty and (
            cells(lines[-1]) + 1 + cells(word) > width or len(lines[-1]) + len(word) > 4 * width
        ):
            lines.append(rest)
            empty = True
        lines[-1] += word if empty else f" {word}"
        empty = False
    return lines


def _words(text: str, width: int) -> Iterator[str]:
    for word in text.split():
        left = word
        while cells(left) > width or len(left) > 4 * width:
            part = _first(left, width) or left[0]
            yield part
            left = left[len(part) :]
        if left:
            yield left


def _first(text: str, width: int) -> str:
    taken = 0
    for at, character in enumerate(text[: 4 * width]):
        taken += _cells(character)
        if taken > width:
            return text[:at]
    return text[: 4 * width]


def _cells(character: str) -> int:
    if unicodedata.combining(character) or character in "\u200b\u200c\u200d\ufe0e\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
