"""Removals from a file: whole rows, and spans of texts."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from provenance.errors import CorruptFile

Spans = tuple[tuple[int, int], ...]
"""Half-open, in code points."""

Edit = Callable[[str, str], str]
"""Returns the new text of a field, given field name and text."""


@dataclass(frozen=True, slots=True)
class Removals:
    """Rows and spans to remove from a file.

    Parameters
    ----------
    rows : frozenset of int
        Rows to remove.
    spans : mapping of int to mapping of str to Spans
        Spans to replace, by row and field.
    replacement : str
        Replaces each span.
    """

    rows: frozenset[int] = frozenset()
    spans: Mapping[int, Mapping[str, Spans]] = field(default_factory=dict)
    replacement: str = ""

    def touches(self, first: int, end: int) -> bool:
        """Return whether anything is removed from the rows `first` to `end`, exclusive."""
        if end - first > len(self.rows) + len(self.spans):
            return any(first <= row < end for row in (*self.rows, *self.spans))
        return any(row in self.rows or row in self.spans for row in range(first, end))

    def of(self, row: int, file: str) -> "RowRemovals":
        """Return the removals from the texts of a row; `file` is for errors."""
        return RowRemovals(self.spans.get(row, {}), self.replacement, f"{file}, row {row}")


@dataclass(slots=True)
class RowRemovals:
    """Spans to remove from the texts of a row, and the fields edited so far."""

    spans: Mapping[str, Spans]
    replacement: str
    place: str
    edited_fields: set[str] = field(default_factory=set)

    def edit(self, name: str, text: str) -> str:
        """Return a text with its spans replaced."""
        spans = self.spans.get(name, ())
        if spans and max(end for _, end in spans) > len(text):
            raise changed_error(self.place)
        self.edited_fields.add(name)
        return replace_spans(text, spans, self.replacement)

    def within(self, name: str) -> bool:
        """Return whether anything is removed from a field, or from within it."""
        return any(
            field == name or field.startswith((f"{name}.", f"{name}[")) for field in self.spans
        )

    def within_structure(self, name: str) -> bool:
        """Return whether anything is removed from within a field that is a list or an object."""
        return any(field.startswith((f"{name}[", f"{name}.")) for field in self.spans)

    def check(self) -> None:
        """Check that every field was edited.

        Raises
        ------
        CorruptFile
            If a field is missing: the file is not the one that was checked.
        """
        if set(self.spans) - self.edited_fields:
            raise changed_error(self.place)


def changed_error(place: str) -> CorruptFile:
    """Return the error for a file that is not the one that was checked."""
    return CorruptFile(
        f"{place}: the content differs from what was checked; was the file modified?",
        remedy="run the clean again when the file is no longer being written.",
    )


def replace_spans(text: str, spans: Iterable[tuple[int, int]], replacement: str) -> str:
    """Replace spans of a text; spans that touch or overlap are replaced as one.

    Combining marks after a span are removed too, as they would combine with what precedes them
    then.
    """
    pieces, at = [], 0
    for start, end in _merge_spans(
        (start, _past_combining_marks(text, end)) for start, end in spans
    ):
        pieces += [text[at:start], replacement]
        at = end
    return "".join((*pieces, text[at:]))


def _past_combining_marks(text: str, end: int) -> int:
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return end


def _merge_spans(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
