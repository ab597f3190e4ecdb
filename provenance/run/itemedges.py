"""What normalisation dropped at the edges of the items that were found."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from provenance.model import Edges, Int64s, UInt32s
from provenance.run.claiming import Claims, item_lengths
from provenance.run.readings import Opened

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
