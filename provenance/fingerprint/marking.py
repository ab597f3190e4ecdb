"""Matched tokens to marks: what of a text is shown as matched, in code points."""

from dataclasses import dataclass

import numpy as np

from provenance.compiled import Scalar, inlined, inner, kernel
from provenance.fingerprint.positions import characters, points_in
from provenance.fingerprint.words import decode
from provenance.model import Int32s, Int64s, Texts, Tokens, UInt8s

_SPACES = tuple(point for point in range(0x3001) if chr(point).isspace())
"""Code points of which `str.isspace` says so; none is beyond these."""


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs of consecutive tokens, some for each of `n` stretches, in the order of the text.

    Parameters
    ----------
    rows : ndarray of int64, shape (n,)
        Which text each stretch is of. Fastest where sorted.
    firsts, lengths : ndarray of int32, shape (r,)
        First token of each run, counted from its text's, and how many. Those beyond the text's
        last do not count: a text that is kept may have been cut.
    offsets : ndarray of int64, shape (n + 1,)
        Runs of stretch `i` are ``offsets[i]`` to ``offsets[i + 1]``.
    """

    rows: Int64s
    firsts: Int32s
    lengths: Int32s
    offsets: Int64s


def reach(texts: Texts, tokens: Tokens, runs: Runs) -> tuple[Int64s, Int64s]:
    """Find where the first token of each stretch begins, and where its last one ends.

    Parameters
    ----------
    texts, tokens : Texts, Tokens
        Texts, and their tokens.
    runs : Runs
        What matched, of `n` stretches.

    Returns
    -------
    starts, ends : ndarray of int64, shape (n,)
        Code points of the text; both -1 where a stretch has no token.
    """
    count = len(runs.rows)
    spans = np.full((2, count), -1, np.int64)
    own = (runs.rows, runs.firsts, runs.lengths, runs.offsets)
    _reach_all(tokens.offsets, own, spans)
    filled = np.flatnonzero(spans[0] >= 0)
    edges = [tokens.starts[spans[0, filled]], tokens.ends[spans[1, filled]]]
    places = np.stack(edges, axis=1).astype(np.int64)
    points = characters(texts, np.repeat(runs.rows[filled], 2), places.ravel())
    spans[:, filled] = points.reshape(-1, 2).T
    return spans[0], spans[1]


def marked(
    texts: Texts, tokens: Tokens, runs: Runs, begins: Int64s, bounds: tuple[Int64s, Int64s]
) -> tuple[Int32s, Int64s]:
    """Mark the tokens of stretches, as one where nothing but space parts them.

    Parameters
    ----------
    texts, tokens : Texts, Tokens
        Texts, and their tokens.
    runs : Runs
        What matched, of `n` stretches.
    begins : ndarray of int64, shape (n,)
        Code points of the text, from where the marks of each stretch are counted.
    bounds : (ndarray of int64, ndarray of int64), each of shape (n,)
        Code points: tokens that reach before the first, or beyond the last, are not marked.

    Returns
    -------
    pairs : ndarray of int32, shape (m, 2)
        Half-open stretches, in code points.
    counts : ndarray of int64, shape (n,)
        How many of them are of each stretch.
    """
    pairs = np.empty((runs.lengths.sum(dtype=np.int64), 2), np.int32)
    counts = np.empty(len(runs.rows), np.int64)
    filled = _mark_all(
        (texts.data, texts.offsets),
        (tokens.starts, tokens.ends, tokens.offsets),
        (runs.rows, runs.firsts, runs.lengths, runs.offsets),
        (begins, *bounds),
        pairs,
        counts,
    )
    return pairs[:filled].copy(), counts  # most tokens have none of their own


@kernel
def _reach_all(
    token_offsets: Int64s, runs: tuple[Int64s, Int32s, Int32s, Int64s], spans: Int64s
) -> None:
    rows, firsts, lengths, offsets = runs
    for index in range(len(rows)):
        base, stop = token_offsets[rows[index]], token_offsets[rows[index] + 1]
        for run in range(offsets[index], offsets[index + 1]):
            first = base + firsts[run]
            last = min(first + lengths[run], stop)
            if last > first:
                if spans[0, index] < 0:
                    spans[0, index] = first
                spans[1, index] = last - 1


@kernel
def _mark_all(
    texts: tuple[UInt8s, Int64s],
    tokens: tuple[Int32s, Int32s, Int64s],
    runs: tuple[Int64s, Int32s, Int32s, Int64s],
    bounds: tuple[Int64s, Int64s, Int64s],
    pairs: Int32s,
    counts: Int64s,
) -> Scalar:
    """Walk each text once, where stretches are in its order; give how many marks there are."""
    (data, text_offsets), (starts, ends, token_offsets) = texts, tokens
    (rows, firsts, lengths, offsets), (begins, lows, highs) = runs, bounds
    row, place, point, filled = np.int64(-1), np.int64(0), np.int64(0), np.int64(0)
    is_plain = False
    for index in range(len(rows)):
        if rows[index] != row:
            row, place, point = rows[index], np.int64(0), np.int64(0)
            size = text_offsets[row + 1] - text_offsets[row]
            is_plain = points_in(data, text_offsets[row], text_offsets[row + 1]) == size
        base, stop, origin = token_offsets[row], token_offsets[row + 1], text_offsets[row]
        before, begun = np.int64(0), filled
        for run in range(offsets[index], offsets[index + 1]):
            first = base + firsts[run]
            for token in range(first, min(first + lengths[run], stop)):
                start, end = np.int64(starts[token]), np.int64(ends[token])
                head, tail = start, end
                if not is_plain:
                    head, tail = _walked(data, origin, (place, point), start, end)
                    place, point = end, tail
                if (head >= lows[index]) & (tail <= highs[index]):
                    if filled > begun and _is_space(data, origin + before, origin + start):
                        pairs[filled - 1, 1] = tail - begins[index]
                    else:
                        pairs[filled, 0], pairs[filled, 1] = (
                            head - begins[index],
                            tail - begins[index],
                        )
                        filled += 1
                    before = end
        counts[index] = filled - begun
    return filled


@inlined
def _walked(
    data: UInt8s, origin: Scalar, walked: tuple[Scalar, Scalar], start: Scalar, end: Scalar
) -> tuple[Scalar, Scalar]:
    """Count code points on to a word's two ends; from the text's begin, where it lies behind."""
    place, point = walked
    if start < place:
        place, point = np.int64(0), np.int64(0)
    head = point + points_in(data, origin + place, origin + start)
    return head, head + points_in(data, origin + start, origin + end)


@inner
def _is_space(data: UInt8s, at: Scalar, end: Scalar) -> Scalar:
    """Whether nothing but space lies between two words."""
    while at < end:
        point, size = decode(data, at, end)
        if point not in _SPACES:
            return False
        at += size
    return True
