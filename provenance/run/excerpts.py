"""What a person is shown of a finding: a few words of the document and of the item, marked."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa

from provenance.fingerprint import characters
from provenance.match import Candidates
from provenance.model import Int64s, Texts, Tokens
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
    begun = ended = start - 1
    for first, last in words:
        if first < start or last > end:
            continue
        if ended < start or not (first == ended or text[ended:first].isspace()):
            if ended >= start:
                marks.append((begun - start, ended - start))
            begun = first
        ended = last  # neighbours are one mark
    if ended >= start:
        marks.append((begun - start, ended - start))
    return Excerpt(text[start:end], start, marks)


def marked(
    texts: Texts, tokens: Tokens, rows: Int64s, candidates: Candidates, column: int
) -> list[list[tuple[int, int]]]:
    """Give the matched tokens of candidates, as spans of code points.

    Parameters
    ----------
    texts, tokens : Texts, Tokens
        Texts, and their tokens.
    rows : ndarray of int64, shape (n,)
        Which of the texts belongs to each candidate. Fastest where sorted.
    candidates : Candidates
        What matched.
    column : int
        0 where the texts are items, 1 where they are documents.
    """
    owners = np.repeat(rows, np.diff(candidates.run_offsets))
    firsts = tokens.offsets[owners] + candidates.runs[:, column]
    # A text that is kept may have been cut: then its last tokens are gone.
    lasts = np.minimum(firsts + candidates.runs[:, 2], tokens.offsets[owners + 1])
    sizes = np.maximum(lasts - firsts, 0)
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    own = np.arange(offsets[-1]) + np.repeat(firsts - offsets[:-1], sizes)
    within = np.repeat(owners, sizes)
    starts = characters(texts, within, tokens.starts[own].astype(np.int64))
    ends = characters(texts, within, tokens.ends[own].astype(np.int64))
    spans = list(zip(starts.tolist(), ends.tolist(), strict=True))
    bounds = offsets[candidates.run_offsets].tolist()
    return [spans[first:end] for first, end in pairwise(bounds)]


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
    texts = Texts.of(batch.column("text"))
    chosen = np.flatnonzero(claims.chosen[places])
    taken = claims.candidates.take(places[chosen])
    words = dict(
        zip(
            chosen.tolist(),
            marked(texts, tokens, located.rows[chosen], taken, 1),
            strict=True,
        )
    )
    columns: dict[str, list[object]] = {"excerpt": [], "excerpt_start": [], "marks": []}
    for place, row in enumerate(located.rows.tolist()):
        if place < len(places) and place not in words:
            for column in columns.values():
                column.append(None)
            continue
        span = int(points[0][place]), int(points[1][place])
        inside = [
            (first, last)
            for first, last in words.get(place, ())
            if span[0] <= first and last <= span[1]
        ]
        cut = excerpt(strings[row], span, inside)
        columns["excerpt"].append(cut.text)
        columns["excerpt_start"].append(cut.start)
        columns["marks"].append(cut.marks)
    return columns
