"""What a person is shown of a finding: a few words of the document and of the item, marked."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from provenance.fingerprint import characters, stretches
from provenance.match import Candidates
from provenance.model import Flags, Int64s, Texts, Tokens
from provenance.run.claiming import Claims
from provenance.run.spans import Located
from provenance.run.windows import CONTEXT, Windows

LONGEST = 1200
"""Characters of a passage that are shown; the rest is cut."""

_SPACES = np.array([chr(byte).isspace() for byte in range(0x80)] + [False] * 0x80)

_LOOKED_AT = 4
"""Bytes between two words that are looked at before they are asked for whole."""

MARKS = pa.list_(pa.list_(pa.int32(), 2))
"""Half-open stretches of an excerpt, in code points, counted from its begin."""


@dataclass(frozen=True, slots=True)
class Words:
    """Matched words of some stretches of texts, in order.

    Parameters
    ----------
    starts, ends : ndarray of int64, shape (m,)
        In code points of their text, or of the window that stands for it.
    joined : ndarray of bool, shape (m,)
        Whether nothing but space parts it from the word before it.
    offsets : ndarray of int64, shape (n + 1,)
        Words of stretch `i` are ``offsets[i]`` to ``offsets[i + 1]``.
    """

    starts: Int64s
    ends: Int64s
    joined: Flags
    offsets: Int64s

    @property
    def spans(self) -> tuple[Int64s, Int64s]:
        """Where each stretch begins and ends; both 0 where it has no word."""
        filled = np.diff(self.offsets) > 0
        firsts, lasts = np.zeros(len(filled), np.int64), np.zeros(len(filled), np.int64)
        firsts[filled] = self.starts[self.offsets[:-1][filled]]
        lasts[filled] = self.ends[self.offsets[1:][filled] - 1]
        return firsts, lasts

    def marks(self, begins: Int64s, lows: Int64s, highs: Int64s) -> pa.ListArray:
        """Mark the words of each stretch, neighbours as one.

        Parameters
        ----------
        begins : ndarray of int64, shape (n,)
            What marks are counted from.
        lows, highs : ndarray of int64, shape (n,)
            Words that reach beyond are not marked.

        Returns
        -------
        pyarrow.ListArray of MARKS, of n elements
        """
        owners = np.repeat(np.arange(len(begins)), np.diff(self.offsets))
        kept = np.flatnonzero((self.starts >= lows[owners]) & (self.ends <= highs[owners]))
        owners = owners[kept]
        heads = ~self.joined[kept]
        heads[:1] = True
        heads[1:] |= owners[1:] != owners[:-1]
        first = np.flatnonzero(heads)
        last = np.append(first[1:], len(kept))[: len(first)] - 1
        owners = owners[first]
        starts = self.starts[kept[first]] - begins[owners]
        ends = self.ends[kept[last]] - begins[owners]
        return _lists(np.stack([starts, ends], axis=1), np.bincount(owners, minlength=len(begins)))


def _lists(pairs: Int64s, counts: Int64s) -> pa.ListArray:
    """Give lists of pairs, so many to each."""
    flat = pa.FixedSizeListArray.from_arrays(pa.array(pairs.ravel(), pa.int32()), 2)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), flat).cast(MARKS)


def among(marks: pa.ListArray, places: Int64s, count: int) -> pa.ListArray:
    """Put marks, in order, where they belong among `count` lists; the others are empty."""
    counts = np.zeros(count, np.int64)
    counts[places] = np.diff(marks.offsets.to_numpy())
    pairs = marks.flatten().flatten().to_numpy().reshape(-1, 2)
    return _lists(pairs, counts)


def matched(
    texts: Texts, tokens: Tokens, rows: Int64s, candidates: Candidates, column: int
) -> Words:
    """Give the matched words of candidates.

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
    starts, ends = tokens.starts[own].astype(np.int64), tokens.ends[own].astype(np.int64)
    edges = np.stack([starts, ends], axis=1).ravel()  # each text is walked once
    points = characters(texts, np.repeat(within, 2), edges)
    return Words(
        points[::2],
        points[1::2],
        _joined(texts, within, starts, ends),
        offsets[candidates.run_offsets],
    )


def _joined(texts: Texts, rows: Int64s, starts: Int64s, ends: Int64s) -> Flags:
    """Tell which words nothing but space parts from the one before them."""
    joined = np.zeros(len(rows), bool)
    if not len(rows):
        return joined
    begins, stops = texts.offsets[rows[1:]] + ends[:-1], texts.offsets[rows[1:]] + starts[1:]
    sizes, next_to = stops - begins, rows[1:] == rows[:-1]
    signs = texts.data[np.minimum(begins, len(texts.data) - 1)]
    joined[1:] = next_to & ((sizes == 0) | ((sizes == 1) & _SPACES[signs]))
    # More than one byte, which seldom is all space: asked where it begins like space.
    rest = np.flatnonzero(next_to & (sizes > 1))
    for step in range(_LOOKED_AT):
        signs = texts.data[np.minimum(begins[rest] + step, stops[rest] - 1)]
        rest = rest[_SPACES[signs] | (signs >= 0x80)]
    for place in rest.tolist():
        gap = texts.data[begins[place] : stops[place]].tobytes()
        joined[place + 1] = gap.decode("utf-8", "replace").isspace()
    return joined


def shown(
    texts: Texts, rows: Int64s, spans: tuple[Int64s, Int64s], marks: pa.ListArray
) -> dict[str, pa.Array]:
    """Show stretches of texts with some context.

    Parameters
    ----------
    texts : Texts
        The texts.
    rows : ndarray of int64, shape (n,)
        The text of each stretch.
    spans : (ndarray of int64, ndarray of int64), each of shape (n,)
        What to show, in code points.
    marks : pyarrow.ListArray of MARKS
        Half-open stretches to mark, counted from `begins_of` the spans.

    Returns
    -------
    dict of str to pyarrow.Array
        `excerpt`, `excerpt_start`, counted in the texts given, and `marks` of each.
    """
    begins = begins_of(spans[0])
    ends = np.minimum(spans[1] + CONTEXT, spans[0] + LONGEST)
    return {
        "excerpt": stretches(texts, rows, begins, ends).column().cast(pa.string()),
        "excerpt_start": pa.array(begins),
        "marks": marks,
    }


def scattered(rows: Int64s, count: int) -> pa.Array:
    """Give, for each of `count` rows, which value belongs there, if value `i` does at `rows[i]`.

    Where none does, it is null.
    """
    places, absent = np.zeros(count, np.int64), np.ones(count, bool)
    places[rows], absent[rows] = np.arange(len(rows)), False
    return pa.array(places, mask=absent)


def begins_of(firsts: Int64s) -> Int64s:
    """Give where the excerpt begins that shows a stretch."""
    return np.maximum(firsts - CONTEXT, 0)


def excerpts(
    seen: Windows, located: Located, points: tuple[Int64s, Int64s], claims: Claims
) -> dict[str, pa.Array]:
    """Show every chosen stretch; the others take no part in any report.

    Parameters
    ----------
    seen : Windows
        Where they are shown.
    located : Located
        Claims, in their order, and behind them stretches that no item was matched with.
    points : (ndarray of int64, ndarray of int64)
        Where each starts and ends, in code points of its window.
    claims : Claims
        These, their tokens counted from their windows' first.
    """
    texts, chosen = seen.texts, np.flatnonzero(claims.chosen)
    words = matched(texts, seen.tokens, located.rows[chosen], claims.candidates.take(chosen), 1)
    # Of what no item was matched with, all words count, so none is marked.
    wholes = np.arange(len(claims), len(located.rows))
    told = np.concatenate([chosen, wholes])
    firsts, lasts = points[0][told], points[1][told]
    own = slice(len(chosen))
    highs = np.minimum(lasts, firsts + LONGEST)
    marks = words.marks(begins_of(firsts)[own], firsts[own], highs[own])
    marks = among(marks, np.arange(len(chosen)), len(told))
    made = shown(texts, located.rows[told], (firsts, lasts), marks)
    places = scattered(told, len(located.rows))
    return {name: column.take(places) for name, column in made.items()}
