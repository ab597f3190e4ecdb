"""Locate claimed passages in their texts, in bytes and code points.

A span is widened to the characters that normalisation dropped at the edges of its item.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from provenance.fingerprint.offsets import character_offsets
from provenance.fingerprint.span_edges import Spans, widen_spans
from provenance.model.content.fingerprints import (
    DroppedEdges,
    Flags,
    Int64s,
    Texts,
    Tokens,
    UInt32s,
)
from provenance.pipeline.locate.claims import Claims, item_lengths
from provenance.pipeline.scan.readings import RegistryIndex

_KEY_SHIFT = 32


@dataclass(frozen=True, slots=True)
class ItemEdges:
    """The edges and lengths of items.

    Parameters
    ----------
    keys : ndarray of int64, shape (n,)
        Keys of the items, ascending: the registry, shifted by `_KEY_SHIFT` bits, and the item's
        number.
    edges : DroppedEdges
        Edges of each item.
    lengths : ndarray of int64, shape (n,)
        Tokens of each item.
    """

    keys: Int64s
    edges: DroppedEdges
    lengths: Int64s

    def of(self, claims: Claims) -> tuple[DroppedEdges, Int64s]:
        """Return the edges and lengths of the items of some claims, in their order.

        Parameters
        ----------
        claims : Claims
            A subset of the claims that `read_item_edges` was given.
        """
        rows = np.searchsorted(self.keys, _item_keys(claims))
        return self.edges.take(rows), self.lengths[rows]


def read_item_edges(claims: Sequence[Claims], registries: Sequence[RegistryIndex]) -> ItemEdges:
    """Read the edges of the items of the claims of all parts together.

    The items are scattered over a registry: part by part, most of it would be read each time.
    """
    keys = np.unique(np.concatenate([np.zeros(0, np.int64), *map(_item_keys, claims)]))
    items, owners = (keys & ((1 << _KEY_SHIFT) - 1)).astype(np.uint32), keys >> _KEY_SHIFT
    parts = [
        registry_index.registry.edges(items[owners == number])
        for number, registry_index in enumerate(registries)
    ]
    edges = DroppedEdges(
        *_concatenate_edges([(part.lead, part.lead_offsets) for part in parts]),
        *_concatenate_edges([(part.trail, part.trail_offsets) for part in parts]),
    )
    return ItemEdges(keys, edges, item_lengths(owners, items, registries))


def _item_keys(claims: Claims) -> Int64s:
    """Return the key of each claim's item; keys sort by registry, then by item."""
    keys: Int64s = (claims.registries << _KEY_SHIFT) | claims.candidates.items.astype(np.int64)
    return keys


def _concatenate_edges(parts: Sequence[tuple[UInt32s, Int64s]]) -> tuple[UInt32s, Int64s]:
    sizes = np.concatenate([np.diff(offsets) for _, offsets in parts])
    values = np.concatenate([pieces for pieces, _ in parts])
    return values, np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


@dataclass(frozen=True, slots=True)
class LocatedSpans:
    """Half-open stretches of texts.

    Parameters
    ----------
    rows : ndarray of int64, shape (n,)
        Row of the text.
    starts, ends : ndarray of int64, shape (n,)
        Bytes.
    firsts, lasts : ndarray of int64, shape (n,)
        First and last token.
    """

    rows: Int64s
    starts: Int64s
    ends: Int64s
    firsts: Int64s
    lasts: Int64s


def locate_claims(
    claims: Claims, rows: Int64s, texts: Texts, tokens: Tokens, edges: ItemEdges
) -> LocatedSpans:
    """Find the bytes of claims in texts.

    Parameters
    ----------
    claims : Claims
        The claims, n of them, sorted by text; tokens are counted from the text's first.
    rows : ndarray of int64, shape (n,)
        Row in `texts` of each claim's text.
    texts, tokens : Texts, Tokens
        Texts and their tokens.
    edges : ItemEdges
        Edges of their items, at least.

    Returns
    -------
    LocatedSpans
        Chosen claims do not overlap.
    """
    firsts, lasts = claims.firsts, claims.lasts
    base, count = tokens.offsets[rows], np.diff(tokens.offsets)[rows]
    starts = tokens.starts[base + firsts].astype(np.int64)
    ends = tokens.ends[base + lasts].astype(np.int64)
    dropped_edges, lengths = edges.of(claims)
    opens, closes = _reaches_edges(claims, lengths)
    # A neighbour outside of its window is further away than `widen_spans` reaches.
    sizes = np.diff(texts.offsets)[rows]
    before = np.where(firsts > 0, tokens.ends[base + np.maximum(firsts - 1, 0)], 0)
    after = np.where(
        lasts + 1 < count, tokens.starts[base + np.minimum(lasts + 1, count - 1)], sizes
    )
    before, after = np.maximum(before, 0), np.minimum(after, sizes)
    spans = Spans(
        rows, starts, ends, np.where(opens, before, starts), np.where(closes, after, ends)
    )
    starts, ends = widen_spans(texts, spans, dropped_edges)
    _separate_neighbours(rows, starts, ends, claims.chosen)
    return LocatedSpans(rows, starts, ends, firsts, lasts)


def uncovered_spans(
    covered: LocatedSpans, rows: Int64s, texts: Texts, tokens: Tokens
) -> LocatedSpans:
    """Return the stretches of texts that located spans leave uncovered, if they contain a token.

    Parameters
    ----------
    covered : LocatedSpans
        Disjoint spans.
    rows : ndarray of int64
        Rows in `texts` of the texts to cover.
    texts, tokens : Texts, Tokens
        Texts and their tokens.
    """
    row_order = np.full(len(texts.offsets) - 1, -1)
    row_order[rows] = np.arange(len(rows))
    owners = row_order[covered.rows]
    order = np.lexsort((covered.starts, owners))
    order = order[owners[order] >= 0]
    # Each covered span ends one gap of its text and begins the next.
    sizes = np.bincount(owners[order], minlength=len(rows)) + 1
    ends_text = np.zeros(sizes.sum(), bool)
    ends_text[np.cumsum(sizes) - 1] = True
    begins_text = np.roll(ends_text, 1)
    gap_rows = np.repeat(rows, sizes)
    starts, ends = np.zeros(len(gap_rows), np.int64), np.diff(texts.offsets)[gap_rows]
    starts[~begins_text], ends[~ends_text] = covered.ends[order], covered.starts[order]
    firsts = _count_tokens_before(texts, tokens, gap_rows, starts)
    counts = _count_tokens_before(texts, tokens, gap_rows, ends) - firsts
    kept = counts > 0
    return LocatedSpans(
        gap_rows[kept],
        starts[kept],
        ends[kept].astype(np.int64),
        firsts[kept],
        (firsts + counts - 1)[kept],
    )


def _count_tokens_before(texts: Texts, tokens: Tokens, rows: Int64s, places: Int64s) -> Int64s:
    """Return the number of tokens of each row's text that start before a byte."""
    token_rows = np.repeat(np.arange(len(tokens.offsets) - 1), np.diff(tokens.offsets))
    # Tokens of margins lie outside of their window's text.
    sizes = np.diff(texts.offsets)[token_rows]
    starts = texts.offsets[token_rows] + np.clip(tokens.starts, 0, sizes)
    found = np.searchsorted(starts, texts.offsets[rows] + places)
    # Tokens of the margin before, of another text, may seem to start where this one does.
    return np.asarray(np.maximum(found - tokens.offsets[rows], 0), np.int64)


def code_point_positions(texts: Texts, spans: LocatedSpans) -> tuple[Int64s, Int64s]:
    """Return the code points at which spans start and end."""
    rows = np.concatenate([spans.rows, spans.rows])
    places = np.concatenate([spans.starts, spans.ends])
    order = np.lexsort((places, rows))
    positions = np.empty(len(rows), np.int64)
    positions[order] = character_offsets(texts, rows[order], places[order])
    return positions[: len(spans.rows)], positions[len(spans.rows) :]


def _reaches_edges(claims: Claims, lengths: Int64s) -> tuple[Flags, Flags]:
    """Return whether each claim contains its item's first token, and its last."""
    candidates = claims.candidates
    head = candidates.runs[candidates.run_offsets[:-1]]
    tail = candidates.runs[candidates.run_offsets[1:] - 1]
    opens = (head[:, 0] == 0) & (head[:, 1] == claims.firsts)
    closes = (tail[:, 0] + tail[:, 2] == lengths) & (tail[:, 1] + tail[:, 2] - 1 == claims.lasts)
    return opens, closes


def _separate_neighbours(rows: Int64s, starts: Int64s, ends: Int64s, chosen: Flags) -> None:
    """Make widened neighbours disjoint: the earlier one keeps what both cover."""
    order = np.flatnonzero(chosen)
    order = order[np.lexsort((starts[order], rows[order]))]
    left, right = order[:-1], order[1:]
    same_text = rows[left] == rows[right]
    starts[right[same_text]] = np.maximum(starts[right], ends[left])[same_text]
