"""What is to go from a file: whole rows, and stretches of texts."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from provenance.errors import CorruptFile

Spans = tuple[tuple[int, int], ...]
"""Half-open, in code points."""

Edit = Callable[[str, str], str]
"""Gives, of the name of a place and the text there, the text that is to stand there."""


@dataclass(frozen=True, slots=True)
class Cuts:
    """What is to go from one file.

    Parameters
    ----------
    rows : frozenset of int
        Rows that go as a whole.
    spans : mapping of int to mapping of str to Spans
        By row and by field.
    replacement : str
        What stands in place of each stretch.
    """

    rows: frozenset[int] = frozenset()
    spans: Mapping[int, Mapping[str, Spans]] = field(default_factory=dict)
    replacement: str = ""

    def touches(self, first: int, end: int) -> bool:
        """Whether anything goes from the rows from `first` to `end`."""
        if end - first > len(self.rows) + len(self.spans):
            return any(first <= row < end for row in (*self.rows, *self.spans))
        return any(row in self.rows or row in self.spans for row in range(first, end))

    def of(self, row: int, file: str) -> "RowCuts":
        """Give what goes from the texts of a row; `file` is for errors."""
        return RowCuts(self.spans.get(row, {}), self.replacement, f"{file}, row {row}")


@dataclass(slots=True)
class RowCuts:
    """What goes from the texts of one row, and which of it has gone."""

    spans: Mapping[str, Spans]
    replacement: str
    place: str
    done: set[str] = field(default_factory=set)

    def edit(self, name: str, text: str) -> str:
        """Give a text without its stretches."""
        spans = self.spans.get(name, ())
        if spans and max(end for _, end in spans) > len(text):
            raise changed(self.place)
        self.done.add(name)
        return redacted(text, spans, self.replacement)

    def within(self, name: str) -> bool:
        """Whether anything goes from a place of that name, or from within it."""
        return any(
            field == name or field.startswith((f"{name}.", f"{name}[")) for field in self.spans
        )

    def check(self) -> None:
        """Make sure that every place was met.

        Raises
        ------
        CorruptFile
            If one was not: the file is not the one that was checked.
        """
        if set(self.spans) - self.done:
            raise changed(self.place)


def changed(place: str) -> CorruptFile:
    """Say that a file is not the one that was checked."""
    return CorruptFile(
        f"{place}: it does not hold what was found there; did it change?",
        remedy="clean it again when nobody writes to it.",
    )


def redacted(text: str, spans: Iterable[tuple[int, int]], replacement: str) -> str:
    """Replace stretches of a text; those that touch or overlap are replaced as one.

    A mark that combines with a letter goes with it: it must not sit on what stands there next.
    """
    pieces, at = [], 0
    for start, end in _joined((start, _reach(text, end)) for start, end in spans):
        pieces += [text[at:start], replacement]
        at = end
    return "".join((*pieces, text[at:]))


def _reach(text: str, end: int) -> int:
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return end


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
