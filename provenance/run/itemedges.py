"""What normalisation dropped at the edges of the items that were found."""

from collections.abc import Sequence
from threading import Lock

import numpy as np

from provenance.model import Edges, Int64s, UInt32s
from provenance.run.claiming import Claims
from provenance.run.readings import Opened

_HIGH = 32


class ItemEdges:
    """Knows the edges of the items of all claims: read once, when first asked for.

    Their rows lie anywhere in a registry, so that those of one part take nearly as long to read as
    those of all of them.

    Parameters
    ----------
    claims : Claims
        All of a corpus.
    registries : sequence of Opened
        Where they are kept.
    """

    def __init__(self, claims: Claims, registries: Sequence[Opened]) -> None:
        self._claims, self._registries = claims, registries
        self._known: tuple[Int64s, Edges] | None = None
        self._lock = Lock()

    def of(self, claims: Claims, places: Int64s) -> Edges:
        """Give the edges of the items of some claims, in their order.

        Parameters
        ----------
        claims : Claims
            Some of the corpus's.
        places : ndarray of int64
            Which of these.
        """
        with self._lock:
            if self._known is None:
                self._known = self._read()
        keys, edges = self._known
        return edges.take(np.searchsorted(keys, _keys(claims)[places]))

    def lengths(self, claims: Claims, places: Int64s) -> Int64s:
        """Count the tokens of the items of some claims, in their order; as `of`."""
        items = claims.candidates.items[places].astype(np.int64)
        lengths = np.empty(len(places), np.int64)
        for number, opened in enumerate(self._registries):
            own = claims.registries[places] == number
            offsets = opened.index.holdings.token_offsets
            lengths[own] = offsets[items[own] + 1] - offsets[items[own]]
        return lengths

    def _read(self) -> tuple[Int64s, Edges]:
        keys = np.unique(_keys(self._claims))
        items, owners = (keys & 0xFFFFFFFF).astype(np.uint32), keys >> _HIGH
        parts = [
            opened.registry.edges(items[owners == number])
            for number, opened in enumerate(self._registries)
        ]
        return keys, Edges(
            *_joined([(part.lead, part.lead_offsets) for part in parts]),
            *_joined([(part.trail, part.trail_offsets) for part in parts]),
        )


def _keys(claims: Claims) -> Int64s:
    """Name the item of each claim by one number, in the order of registries and items."""
    keys: Int64s = (claims.registries << _HIGH) | claims.candidates.items.astype(np.int64)
    return keys


def _joined(parts: Sequence[tuple[UInt32s, Int64s]]) -> tuple[UInt32s, Int64s]:
    sizes = np.concatenate([np.diff(offsets) for _, offsets in parts])
    values = np.concatenate([pieces for pieces, _ in parts])
    return values, np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
