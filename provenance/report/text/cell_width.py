"""Width of text in terminal cells: wide characters take two, combining ones none."""

import unicodedata
from collections.abc import Iterator


def cell_width(text: str) -> int:
    """Return the number of cells of a text.

    Parameters
    ----------
    text : str
        Without line breaks.

    Returns
    -------
    int
        Two per wide character, none per combining character.

    Examples
    --------
    >>> cell_width("abc"), cell_width("今天"), cell_width("e\u0301")
    (3, 4, 1)
    """
    return len(text) if text.isascii() else sum(map(_cells, text))


def truncate(text: str, width: int) -> str:
    """Truncate a text to a width, with an ellipsis.

    Parameters
    ----------
    text : str
        Without line breaks.
    width : int
        Maximum number of cells.

    Returns
    -------
    str
        At most `width` cells and ``4 * width`` characters.
    """
    if cell_width(text) <= width and len(text) <= 4 * width:
        return text
    prefix = _first(text, width - 1)
    return prefix.rstrip() + "…" if width > 0 else ""


def truncate_start(text: str, width: int) -> str:
    """Truncate a path to a width at its start: paths differ at their ends.

    Examples
    --------
    >>> truncate_start("/shared/registries/x", 12), truncate_start("data", 12)
    ('…egistries/x', 'data')
    """
    if cell_width(text) <= width and len(text) <= 4 * width:
        return text
    tail = text[-width:]
    while cell_width(tail) > width - 1:
        tail = tail[1:]
    return f"…{tail}"


def pad(text: str, width: int) -> str:
    """Truncate a text, or pad it with spaces, to a width.

    Parameters
    ----------
    text : str
        Without line breaks.
    width : int
        Number of cells.

    Returns
    -------
    str
        Exactly `width` cells.
    """
    text = truncate(text, width)
    return text + " " * (width - cell_width(text))


def wrap(text: str, width: int, indent: str = "", hanging: str | None = None) -> list[str]:
    """Wrap a text into lines.

    Parameters
    ----------
    text : str
        Words separated by white space; words longer than a line are broken.
    width : int
        Cells of a line, including the indent.
    indent, hanging : str
        Indent of the first line, and of the others (the same by default).

    Returns
    -------
    list of str
        No line is wider than `width`.
    """
    hanging_indent = indent if hanging is None else hanging
    lines = [indent]
    empty = True
    for word in _break_words(
        text, max(width - max(cell_width(indent), cell_width(hanging_indent)), 1)
    ):
        if not empty and (
            cell_width(lines[-1]) + 1 + cell_width(word) > width
            or len(lines[-1]) + len(word) > 4 * width
        ):
            lines.append(hanging_indent)
            empty = True
        lines[-1] += word if empty else f" {word}"
        empty = False
    return lines


def _break_words(text: str, width: int) -> Iterator[str]:
    for word in text.split():
        remainder = word
        while cell_width(remainder) > width or len(remainder) > 4 * width:
            part = _first(remainder, width) or remainder[0]
            yield part
            remainder = remainder[len(part) :]
        if remainder:
            yield remainder


def _first(text: str, width: int) -> str:
    cells = 0
    for at, character in enumerate(text[: 4 * width]):
        cells += _cells(character)
        if cells > width:
            return text[:at]
    return text[: 4 * width]


def _cells(character: str) -> int:
    if unicodedata.combining(character) or character in "\u200b\u200c\u200d\ufe0e\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
