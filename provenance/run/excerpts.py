"""What a person is shown of a finding: a few words of the document and of the item, marked."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from provenance.fingerprint import characters
from provenance.model import Int32s, Int64s, Texts, Tokens
from provenance.run.claiming import Claims
from provenance.run.spans import Located

CONTEXT = 80
"""Characters shown before and after a passage."""

LONGEST = 1200
"""Characters of a passage that are shown; the rest is cut."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A stretch of a text, with marked words.

    Parameters
    ----------
    text : str
        The stretch.
    start : int
        Where it begins, in code points of the whole text.
    marks : list of tuple of int
        Half-open stretches of `text`.
    """

    text: str
    start: int
    marks: list[tuple[int, int]]


def excerpt(text: str, span: tuple[int, int], words: list[tuple[int, int]]) -> Excerpt:
    """Cut a stretch out of a text.

    Parameters
    ----------
    text : str
        The whole text.
    span : tuple of int
        What to show, in code points; some context is shown with it.
    words : list of tuple of int
        What to mark, in code points of the whole text, sorted.
    """
    start = max(0, span[0] - CONTEXT)
    end = min(len(text), span[1] + CONTEXT, span[0] + LONGEST)
    marks: list[tuple[int, int]] = []
    for first, last in words:
        if first < start or last > end:
            continue
        if marks and not text[start + marks[-1][1] : first].strip():
            marks[-1] = (marks[-1][0], last - start)  # neighbours are one mark
        else:
            marks.append((first - start, last - start))
    return Excerpt(text[start:end], start, marks)


class Words:
    """The tokens of some texts, as spans of code points.

    Parameters
    ----------
    texts : Texts
        The texts.
    tokens : Tokens
        Of the texts.
    """

    def __init__(self, texts: Texts, tokens: Tokens) -> None:
        rows = np.repeat(np.arange(len(tokens.offsets) - 1), np.diff(tokens.offsets))
        self._offsets = tokens.offsets
        self._starts = characters(texts, rows, tokens.starts.astype(np.int64))
        self._ends = characters(texts, rows, tokens.ends.astype(np.int64))

    def spans(self, row: int, runs: Int32s, column: int) -> list[tuple[int, int]]:
        """Give the code points of matched tokens.

        Parameters
        ----------
        row : int
            Which text.
        runs : ndarray of int32, shape (r, 3)
            As in `Candidates.runs`.
        column : int
            0 where the text is the item, 1 where it is the document.
        """
        base, limit = self._offsets[row : row + 2].tolist()
        spans: list[tuple[int, int]] = []
        for run in runs.tolist():
            own = slice(base + run[column], min(base + run[column] + run[2], limit))
            spans += zip(self._starts[own].tolist(), self._ends[own].tolist(), strict=True)
        return spans


def excerpts(
    batch: pa.RecordBatch,
    tokens: Tokens,
    located: Located,
    points: tuple[Int64s, Int64s],
    claims: Claims,
    places: Int64s,
) -> dict[str, list[object]]:
    """Show every chosen stretch; the others take no part in any report."""
    strings = batch.column("text").to_pylist()
    words = Words(Texts.of(batch.column("text")), tokens)
    columns: dict[str, list[object]] = {"excerpt": [], "excerpt_start": [], "marks": []}
    for place, row in enumerate(located.rows.tolist()):
        is_claim = place < len(places)
        if is_claim and not claims.chosen[places[place]]:
            for column in columns.values():
                column.append(None)
            continue
        marked: list[tuple[int, int]] = []
        if is_claim:
            marked = words.spans(row, claims.candidates.runs_of(int(places[place])), 1)
        span = int(points[0][place]), int(points[1][place])
        inside = [(first, last) for first, last in marked if span[0] <= first and last <= span[1]]
        cut = excerpt(strings[row], span, inside)
        columns["excerpt"].append(cut.text)
        columns["excerpt_start"].append(cut.start)
        columns["marks"].append(cut.marks)
    return columns
