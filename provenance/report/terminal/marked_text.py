"""Text with a line of marks below each of its lines, as compilers mark code."""

from collections.abc import Iterable

from provenance.report.sanitize import one_line_fragment
from provenance.report.text.cell_width import cell_width

_MARK = "^"


def marked_lines(pieces: Iterable[tuple[str, bool]], width: int) -> list[tuple[str, str]]:
    """Wrap a text into lines, each with the line of marks that belongs below it.

    Parameters
    ----------
    pieces : iterable of (str, bool)
        Untrusted pieces of the text in order, and whether each is marked.
    width : int
        Cells of a line, at least 2.

    Returns
    -------
    list of (str, str)
        Lines without escape sequences, and marks below them; neither is wider than `width`.

    Examples
    --------
    >>> for line, marks in marked_lines([("so we ", False), ("all live", True)], 10):
    ...     print(f"{line}|{marks}")
    so we all |      ^^^^
    live|^^^^
    """
    cells = [
        (character, marked) for piece, marked in pieces for character in one_line_fragment(piece)
    ]
    lines = []
    while cells:
        end = _line_end(cells, width)
        lines.append((_text(cells[:end]), _marks(cells[:end])))
        cells = cells[end:]
    return lines


def _line_end(cells: list[tuple[str, bool]], width: int) -> int:
    """Return where to break: after the last space that fits, or where the line is full."""
    used, last_space = 0, 0
    for place, (character, _) in enumerate(cells):
        used += cell_width(character)
        if used > width and character != " ":
            return last_space or max(place, 1)
        if character == " ":
            last_space = place + 1
    return len(cells)


def _text(cells: list[tuple[str, bool]]) -> str:
    return "".join(character for character, _ in cells)


def _marks(cells: list[tuple[str, bool]]) -> str:
    return "".join(
        (_MARK if marked else " ") * cell_width(character) for character, marked in cells
    ).rstrip()
