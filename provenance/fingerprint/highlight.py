"""Matched tokens as highlighted ranges of code points."""

from dataclasses import dataclass

import numpy as np

from provenance.fingerprint.offsets import character_offsets, points_in
from provenance.fingerprint.tokenizer.unicode_words import decode
from provenance.jit.decorators import Scalar, inlined, kernel, kernel_part
from provenance.model.content.fingerprints import Int32s, Int64s, Texts, Tokens, UInt8s

_SPACES = tuple(point for point in range(0x3001) if chr(point).isspace())
"""Code points that `str.isspace` accepts; there are none beyond."""


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs of consecutive matched tokens, several for each of `n` matches, in text order.

    Parameters
    ----------
    rows : ndarray of int64, shape (n,)
        Text of each match. Fastest if sorted.
    firsts, lengths : ndarray of int32, shape (r,)
        First token of each run, counted from the start of its text, and number of tokens. Tokens
        beyond the end are ignored, since a stored text may have been cut.
    offsets : ndarray of int64, shape (n + 1,)
        Runs of match `i` are ``offsets[i]`` to ``offsets[i + 1]``.
    """

    rows: Int64s
    firsts: Int32s
    lengths: Int32s
    offsets: Int64s


def match_extents(texts: Texts, tokens: Tokens, runs: Runs) -> tuple[Int64s, Int64s]:
    """Return the start of each match's first token and the end of its last.

    Parameters
    ----------
    texts, tokens : Texts, Tokens
        The texts and their tokens.
    runs : Runs
        Of `n` matches.

    Returns
    -------
    starts, ends : ndarray of int64, shape (n,)
        Code points; both -1 if a match has no token.
    """
    count = len(runs.rows)
    spans = np.full((2, count), -1, np.int64)
    run_table = (runs.rows, runs.firsts, runs.lengths, runs.offsets)
    _find_extents(tokens.offsets, run_table, spans)
    filled = np.flatnonzero(spans[0] >= 0)
    edges = [tokens.starts[spans[0, filled]], tokens.ends[spans[1, filled]]]
    places = np.stack(edges, axis=1).astype(np.int64)
    points = character_offsets(texts, np.repeat(runs.rows[filled], 2), places.ravel())
    spans[:, filled] = points.reshape(-1, 2).T
    return spans[0], spans[1]


def highlight_ranges(
    texts: Texts, tokens: Tokens, runs: Runs, begins: Int64s, bounds: tuple[Int64s, Int64s]
) -> tuple[Int32s, Int64s]:
    """Return ranges to highlight; tokens with only space between them share one.

    Parameters
    ----------
    texts, tokens : Texts, Tokens
        The texts and their tokens.
    runs : Runs
        Of `n` matches.
    begins : ndarray of int64, shape (n,)
        Code points from which the ranges of each match are counted.
    bounds : (ndarray of int64, ndarray of int64), each of shape (n,)
        Code points; tokens not entirely inside are left out.

    Returns
    -------
    pairs : ndarray of int32, shape (m, 2)
        Half-open ranges, in code points.
    counts : ndarray of int64, shape (n,)
        Number of ranges of each match.
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
    return pairs[:filled].copy(), counts  # a copy, because most of the array is unused


@kernel
def _find_extents(
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
    """Write the ranges; return their number. Each text is read once if matches are in its order."""
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
        before, match_start = np.int64(0), filled
        for run in range(offsets[index], offsets[index + 1]):
            first = base + firsts[run]
            for token in range(first, min(first + lengths[run], stop)):
                start, end = np.int64(starts[token]), np.int64(ends[token])
                head, tail = start, end
                if not is_plain:
                    head, tail = _count_to_token(data, origin, (place, point), start, end)
                    place, point = end, tail
                if (head >= lows[index]) & (tail <= highs[index]):
                    if filled > match_start and _is_space(data, origin + before, origin + start):
                        pairs[filled - 1, 1] = tail - begins[index]
                    else:
                        pairs[filled, 0], pairs[filled, 1] = (
                            head - begins[index],
                            tail - begins[index],
                        )
                        filled += 1
                    before = end
        counts[index] = filled - match_start
    return filled


@inlined
def _count_to_token(
    data: UInt8s, origin: Scalar, position: tuple[Scalar, Scalar], start: Scalar, end: Scalar
) -> tuple[Scalar, Scalar]:
    """Count code points up to a token's start and end, continuing the last count if possible."""
    place, point = position
    if start < place:
        place, point = np.int64(0), np.int64(0)
    head = point + points_in(data, origin + place, origin + start)
    return head, head + points_in(data, origin + start, origin + end)


@kernel_part
def _is_space(data: UInt8s, at: Scalar, end: Scalar) -> Scalar:
    """Return whether a range has only space."""
    while at < end:
        point, size = decode(data, at, end)
        if point not in _SPACES:
            return False
        at += size
    return True
