"""Where exactly a claimed passage stands in its text: bytes, then characters."""

from dataclasses import dataclass

import numpy as np

from provenance.fingerprint import Spans, characters, widen
from provenance.model import Flags, Int64s, Texts, Tokens
from provenance.run.claiming import Claims
from provenance.run.itemedges import ItemEdges


@dataclass(frozen=True, slots=True)
class Located:
    """Stretches of texts, half-open.

    Parameters
    ----------
    rows : ndarray of int64, shape (n,)
        Which text.
    starts, ends : ndarray of int64, shape (n,)
        Bytes.
    firsts, lasts : ndarray of int64, shape (n,)
        Tokens.
    """

    rows: Int64s
    starts: Int64s
    ends: Int64s
    firsts: Int64s
    lasts: Int64s


def locate(claims: Claims, rows: Int64s, texts: Texts, tokens: Tokens, edges: ItemEdges) -> Located:
    """Find the bytes of claims in texts that are at hand.

    Parameters
    ----------
    claims : Claims
        What to find, n claims; sorted by text, and their tokens counted from its first.
    rows : ndarray of int64, shape (n,)
        The text of each, among `texts`.
    texts, tokens : Texts, Tokens
        Texts, and their tokens.
    edges : ItemEdges
        Of their items, at least.

    Returns
    -------
    Located
        Chosen claims do not overlap.
    """
    firsts, lasts = claims.firsts, claims.lasts
    base, count = tokens.offsets[rows], np.diff(tokens.offsets)[rows]
    starts = tokens.starts[base + firsts].astype(np.int64)
    ends = tokens.ends[base + lasts].astype(np.int64)
    dropped, lengths = edges.of(claims)
    opens, closes = _reaches_edges(claims, lengths)
    # A neighbour may lie outside of what is shown (`windows`): further than `widen` looks.
    before = np.where(firsts > 0, tokens.ends[base + np.maximum(firsts - 1, 0)], 0)
    after = np.where(
        lasts + 1 < count,
        tokens.starts[base + np.minimum(lasts + 1, count - 1)],
        np.diff(texts.offsets)[rows],
    )
    spans = Spans(
        rows, starts, ends, np.where(opens, before, starts), np.where(closes, after, ends)
    )
    starts, ends = widen(texts, spans, dropped)
    _separate(rows, starts, ends, claims.chosen)
    return Located(rows, starts, ends, firsts, lasts)


def complement(taken: Located, rows: Int64s, texts: Texts, tokens: Tokens) -> Located:
    """Give what located stretches leave of some texts, wherever a token lies in it.

    Parameters
    ----------
    taken : Located
        Disjoint stretches.
    rows : ndarray of int64
        Texts to fill, among `texts`.
    texts, tokens : Texts, Tokens
        Texts, and their tokens.
    """
    pieces: list[tuple[int, int, int, int, int]] = []
    sizes = np.diff(texts.offsets)
    for row in rows.tolist():
        own = np.flatnonzero(taken.rows == row)
        own = own[np.argsort(taken.starts[own])]
        first, last = int(tokens.offsets[row]), int(tokens.offsets[row + 1])
        start, token = 0, 0
        bounds = [
            *zip(taken.starts[own].tolist(), taken.ends[own].tolist(), strict=True),
            (int(sizes[row]), 0),
        ]
        for stop, resume in bounds:
            held = int(np.searchsorted(tokens.starts[first:last], stop))
            if held > token:
                pieces.append((row, start, stop, token, held - 1))
            start, token = resume, int(np.searchsorted(tokens.starts[first:last], resume))
    table = np.array(pieces, np.int64).reshape(-1, 5)
    return Located(table[:, 0], table[:, 1], table[:, 2], table[:, 3], table[:, 4])


def in_characters(texts: Texts, located: Located) -> tuple[Int64s, Int64s]:
    """Give the code points at which stretches start and end."""
    rows = np.concatenate([located.rows, located.rows])
    places = np.concatenate([located.starts, located.ends])
    order = np.lexsort((places, rows))
    counted = np.empty(len(rows), np.int64)
    counted[order] = characters(texts, rows[order], places[order])
    return counted[: len(located.rows)], counted[len(located.rows) :]


def _reaches_edges(claims: Claims, lengths: Int64s) -> tuple[Flags, Flags]:
    """Tell whether each claim holds its item's first token, and its last."""
    candidates = claims.candidates
    head = candidates.runs[candidates.run_offsets[:-1]]
    tail = candidates.runs[candidates.run_offsets[1:] - 1]
    opens = (head[:, 0] == 0) & (head[:, 1] == claims.firsts)
    closes = (tail[:, 0] + tail[:, 2] == lengths) & (tail[:, 1] + tail[:, 2] - 1 == claims.lasts)
    return opens, closes


def _separate(rows: Int64s, starts: Int64s, ends: Int64s, chosen: Flags) -> None:
    """Keep widened neighbours apart: the earlier one keeps what both reach for."""
    own = np.flatnonzero(chosen)
    own = own[np.lexsort((starts[own], rows[own]))]
    left, right = own[:-1], own[1:]
    near = rows[left] == rows[right]
    starts[right[near]] = np.maximum(starts[right], ends[left])[near]
