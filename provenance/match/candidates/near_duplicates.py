"""Near-duplicates: whole texts that resemble a long item, by signature."""

from dataclasses import dataclass, replace

import numpy as np

from provenance.model import Int64s, UInt32s, UInt64s

LEAST = 0.5
"""Jaccard similarity from which a text resembles an item."""

PERMUTATIONS = 128
PLAN = 25, 5
"""Bands, and rows a band, that datasketch finds best for so many values and `LEAST`."""

_MOST = 64  # items of one band that a text is compared with: the earliest of a template's many
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Bands:
    """Locality-sensitive index of signatures.

    Parameters
    ----------
    items : ndarray of uint32, shape (n,)
        Numbers of the signed items.
    signatures : ndarray of uint32, shape (n, permutations)
        Their signatures.
    keys : tuple of ndarray of uint64, each of shape (n,)
        One a band: hashes of the band's values, sorted.
    places : tuple of ndarray of int64, each of shape (n,)
        Row of `signatures` of each key.
    rows : int
        Values a band.
    """

    items: UInt32s
    signatures: UInt32s
    keys: tuple[UInt64s, ...]
    places: tuple[Int64s, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class Lookalikes:
    """Texts that resemble an item.

    Parameters
    ----------
    texts : ndarray of int64, shape (n,)
        Which text.
    items : ndarray of uint32, shape (n,)
        The item it resembles most.
    similarities : ndarray of float64, shape (n,)
        Estimated Jaccard similarity, at least `LEAST`.
    """

    texts: Int64s
    items: UInt32s
    similarities: np.ndarray[tuple[int], np.dtype[np.float64]]

    def shifted(self, texts: int) -> "Lookalikes":
        """Count the texts from `texts` on."""
        return replace(self, texts=self.texts + texts)


NO_LOOKALIKES = Lookalikes(np.zeros(0, np.int64), np.zeros(0, np.uint32), np.zeros(0))
"""None of them."""


def bands(items: UInt32s, signatures: UInt32s) -> Bands:
    """Index signatures, with the bands and rows that datasketch finds best for `LEAST`."""
    count, rows = PLAN if signatures.shape[1] == PERMUTATIONS else _planned(signatures.shape[1])
    hashed = [_band_hash(signatures, band, rows) for band in range(count)]
    orders = [np.argsort(keys, kind="stable") for keys in hashed]
    return Bands(
        items,
        signatures,
        tuple(keys[order] for keys, order in zip(hashed, orders, strict=True)),
        tuple(orders),
        rows,
    )


def _planned(width: int) -> tuple[int, int]:
    from datasketch import MinHashLSH  # noqa: PLC0415 (it loads SciPy: for those who need it)

    plan = MinHashLSH(threshold=LEAST, num_perm=width)
    return plan.b, plan.r


def lookalikes(index: Bands, texts: Int64s, signatures: UInt32s) -> Lookalikes:
    """Find the item that each text resembles most, if any does enough.

    Parameters
    ----------
    index : Bands
        Signed items.
    texts : ndarray of int64, shape (m,)
        Numbers of the texts.
    signatures : ndarray of uint32, shape (m, permutations)
        Their signatures.
    """
    pairs = [
        _joined(_band_hash(signatures, band, index.rows), keys, places)
        for band, (keys, places) in enumerate(zip(index.keys, index.places, strict=True))
    ]
    both = np.unique(np.concatenate(pairs), axis=0) if pairs else np.zeros((0, 2), np.int64)
    similar = np.mean(signatures[both[:, 0]] == index.signatures[both[:, 1]], axis=1)
    # The most similar first, and of equals the earliest item; then one a text.
    order = np.lexsort((index.items[both[:, 1]], -similar, both[:, 0]))
    both, similar = both[order][similar[order] >= LEAST], similar[order][similar[order] >= LEAST]
    _, heads = np.unique(both[:, 0], return_index=True)
    return Lookalikes(
        texts[both[heads, 0]], index.items[both[heads, 1]], np.asarray(similar[heads], np.float64)
    )


def _band_hash(signatures: UInt32s, band: int, rows: int) -> UInt64s:
    state = np.full(len(signatures), band + 1, np.uint64)
    for column in range(band * rows, (band + 1) * rows):
        state = (state ^ signatures[:, column].astype(np.uint64)) * _SPREAD
        state ^= state >> np.uint64(29)
    return state


def _joined(wanted: UInt64s, keys: UInt64s, places: Int64s) -> Int64s:
    first, last = np.searchsorted(keys, wanted, "left"), np.searchsorted(keys, wanted, "right")
    last = np.minimum(last, first + _MOST)
    counts = last - first
    rows = np.repeat(np.arange(len(wanted)), counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.stack([rows, places[np.repeat(first, counts) + within]], axis=1)
