"""Where exactly a claimed passage stands in its text: bytes, then characters.

What normalisation dropped at the edges of the items that were found.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from provenance.fingerprint.offsets import characters
from provenance.fingerprint.span_edges import Spans, widen
from provenance.model import Edges, Flags, Int64s, Texts, Tokens, UInt32s
from provenance.pipeline.locate.claims import Claims, item_lengths
from provenance.pipeline.scan.readings import Opened

_HIGH = 32


@dataclass(frozen=True, slots=True)
class ItemEdges:
    """The edges of items, and how long these are.

    Parameters
    ----------
    keys : ndarray of int64, shape (n,)
        Name the items, ascending: the registry above `_HIGH` bits of the item's number.
    edges : Edges
        Of each.
    lengths : ndarray of int64, shape (n,)
        Tokens of each.
    """

    keys: Int64s
    edges: Edges
    lengths: Int64s

    def of(self, claims: Claims) -> tuple[Edges, Int64s]:
        """Give the edges, and the lengths, of the items of some claims, in their order.

        Parameters
        ----------
        claims : Claims
            Among those that `read_edges` was given.
        """
        rows = np.searchsorted(self.keys, _keys(claims))
        return self.edges.take(rows), self.lengths[rows]


def read_edges(claims: Sequence[Claims], registries: Sequence[Opened]) -> ItemEdges:
    """Read the edges of the items of claims, of all parts at once.

    Their rows lie anywhere in a registry: read part by part, most of it would be read each time.
    """
    keys = np.unique(np.concatenate([np.zeros(0, np.int64), *map(_keys, claims)]))
    items, owners = (keys & ((1 << _HIGH) - 1)).astype(np.uint32), keys >> _HIGH
    parts = [
        opened.registry.edges(items[owners == number]) for number, opened in enumerate(registries)
    ]
    edges = Edges(
        *_joined([(part.lead, part.lead_offsets) for part in parts]),
        *_joined([(part.trail, part.trail_offsets) for part in parts]),
    )
    return ItemEdges(keys, edges, item_lengths(owners, items, registries))


def _keys(claims: Claims) -> Int64s:
    """Name the item of each claim by one number, in the order of registries and items."""
    keys: Int64s = (claims.registries << _HIGH) | claims.candidates.items.astype(np.int64)
    return keys


def _joined(parts: Sequence[tuple[UInt32s, Int64s]]) -> tuple[UInt32s, Int64s]:
    sizes = np.concatenate([np.diff(offsets) for _, offsets in parts])
    values = np.concatenate([pieces for pieces, _ in parts])
    return values, np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


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
