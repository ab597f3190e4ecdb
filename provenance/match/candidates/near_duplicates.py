"""Near-duplicates: whole texts that resemble a long item, by MinHash signature."""

from dataclasses import dataclass, replace

import numpy as np

from provenance.model import Int64s, UInt32s, UInt64s

MIN_SIMILARITY = 0.5
"""Least Jaccard similarity of a near-duplicate."""

PERMUTATIONS = 128
BANDS_AND_ROWS = 25, 5
"""Bands, and rows per band, that datasketch chooses for 128 permutations and `MIN_SIMILARITY`."""

_MAX_PER_BAND = 64  # items of one band that a text is compared with: the earliest
_HASH_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class LshIndex:
    """Locality-sensitive index of signatures.

    Parameters
    ----------
    items : ndarray of uint32, shape (n,)
        Numbers of the items with a signature.
    signatures : ndarray of uint32, shape (n, permutations)
        Their signatures.
    keys : tuple of ndarray of uint64, each of shape (n,)
        Hashes of each band's values, sorted.
    places : tuple of ndarray of int64, each of shape (n,)
        Row of `signatures` of each key.
    rows : int
        Values per band.
    """

    items: UInt32s
    signatures: UInt32s
    keys: tuple[UInt64s, ...]
    places: tuple[Int64s, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class NearDuplicates:
    """Texts that resemble an item.

    Parameters
    ----------
    texts : ndarray of int64, shape (n,)
        Index of the text.
    items : ndarray of uint32, shape (n,)
        The most similar item.
    similarities : ndarray of float64, shape (n,)
        Estimated Jaccard similarity, at least `MIN_SIMILARITY`.
    """

    texts: Int64s
    items: UInt32s
    similarities: np.ndarray[tuple[int], np.dtype[np.float64]]

    def shift_texts(self, texts: int) -> "NearDuplicates":
        """Return the near-duplicates with `texts` added to the index of each text."""
        return replace(self, texts=self.texts + texts)


NO_NEAR_DUPLICATES = NearDuplicates(np.zeros(0, np.int64), np.zeros(0, np.uint32), np.zeros(0))
"""An empty table of near-duplicates."""


def build_lsh_index(items: UInt32s, signatures: UInt32s) -> LshIndex:
    """Index signatures, with the bands and rows that datasketch finds best for `MIN_SIMILARITY`."""
    count, rows = (
        BANDS_AND_ROWS
        if signatures.shape[1] == PERMUTATIONS
        else _choose_bands(signatures.shape[1])
    )
    hashed = [_band_hash(signatures, band, rows) for band in range(count)]
    orders = [np.argsort(keys, kind="stable") for keys in hashed]
    return LshIndex(
        items,
        signatures,
        tuple(keys[order] for keys, order in zip(hashed, orders, strict=True)),
        tuple(orders),
        rows,
    )


def _choose_bands(width: int) -> tuple[int, int]:
    from datasketch import MinHashLSH  # noqa: PLC0415 (it loads SciPy, which few checks need)

    plan = MinHashLSH(threshold=MIN_SIMILARITY, num_perm=width)
    return plan.b, plan.r


def find_near_duplicates(index: LshIndex, texts: Int64s, signatures: UInt32s) -> NearDuplicates:
    """Find the most similar item of each text, if it is similar enough.

    Parameters
    ----------
    index : LshIndex
        Index of items.
    texts : ndarray of int64, shape (m,)
        Indices of the texts.
    signatures : ndarray of uint32, shape (m, permutations)
        Their signatures.
    """
    pairs = [
        _matching_pairs(_band_hash(signatures, band, index.rows), keys, places)
        for band, (keys, places) in enumerate(zip(index.keys, index.places, strict=True))
    ]
    both = np.unique(np.concatenate(pairs), axis=0) if pairs else np.zeros((0, 2), np.int64)
    similar = np.mean(signatures[both[:, 0]] == index.signatures[both[:, 1]], axis=1)
    # Most similar first, ties by the earliest item; then the first of each text.
    order = np.lexsort((index.items[both[:, 1]], -similar, both[:, 0]))
    both, similar = (
        both[order][similar[order] >= MIN_SIMILARITY],
        similar[order][similar[order] >= MIN_SIMILARITY],
    )
    _, heads = np.unique(both[:, 0], return_index=True)
    return NearDuplicates(
        texts[both[heads, 0]], index.items[both[heads, 1]], np.asarray(similar[heads], np.float64)
    )


def _band_hash(signatures: UInt32s, band: int, rows: int) -> UInt64s:
    state = np.full(len(signatures), band + 1, np.uint64)
    for column in range(band * rows, (band + 1) * rows):
        state = (state ^ signatures[:, column].astype(np.uint64)) * _HASH_MULTIPLIER
        state ^= state >> np.uint64(29)
    return state


def _matching_pairs(hashes: UInt64s, keys: UInt64s, places: Int64s) -> Int64s:
    first, last = np.searchsorted(keys, hashes, "left"), np.searchsorted(keys, hashes, "right")
    last = np.minimum(last, first + _MAX_PER_BAND)
    counts = last - first
    rows = np.repeat(np.arange(len(hashes)), counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.stack([rows, places[np.repeat(first, counts) + within]], axis=1)
