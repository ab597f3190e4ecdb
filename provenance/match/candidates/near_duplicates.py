"""Near-duplicates: whole texts that resemble a long item, by MinHash signature."""

from dataclasses import dataclass, replace

import numpy as np

from provenance.model.content.fingerprints import Flags, Int64s, UInt32s, UInt64s, range_indices
from provenance.model.content.registry_arrays import NO_ITEM, RegistryArrays

MIN_SIMILARITY = 0.5
"""Least Jaccard similarity of a near-duplicate."""

BANDS, ROWS = 25, 5
"""Bands, and values of each, that datasketch chooses for 128 values and `MIN_SIMILARITY`."""

_MAX_PER_BAND = 64  # items of one band that a text is compared with: the earliest
_HASH_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_HALF, _LOWER_HALF = np.uint64(32), np.uint64(0xFFFFFFFF)


@dataclass(frozen=True, slots=True)
class SignatureTable:
    """Signatures of some items, and a locality-sensitive index of them.

    Parameters
    ----------
    items : ndarray of uint32, shape (n,)
        Numbers of the items with a signature, in the order of the items' dates.
    signatures : ndarray of uint32, shape (n, permutations)
        Their signatures.
    bands : ndarray of uint64, shape (bands, n)
        Of each band, as `band_entries` returns it.
    """

    items: UInt32s
    signatures: UInt32s
    bands: UInt64s


@dataclass(frozen=True, slots=True)
class LshIndex:
    """Locality-sensitive index of the signatures of a registry.

    Parameters
    ----------
    tables : tuple of SignatureTable
        One for each segment; items have the registry's numbers.
    registry : RegistryArrays
        The registry.
    """

    tables: tuple[SignatureTable, ...]
    registry: RegistryArrays


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


def band_entries(signatures: UInt32s, band: int) -> UInt64s:
    """Index signatures by a band of their values.

    Parameters
    ----------
    signatures : ndarray of uint32, shape (n, permutations)
        The signatures.
    band : int
        Number of the band, below `BANDS`.

    Returns
    -------
    ndarray of uint64, shape (n,)
        In ascending order: a hash of each signature's values in its upper half, and the row of the
        signature in the lower one.
    """
    entries = _band_hash(signatures, band, ROWS) << _HALF
    entries |= np.arange(len(signatures), dtype=np.uint64)
    entries.sort()
    return entries


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
    found = [_NO_HITS] + [
        _look_up(table, band, _band_hash(signatures, band, ROWS))
        for table in index.tables
        for band in range(len(table.bands))
    ]
    numbers = [np.full(len(hits), number) for number, hits in enumerate(found)]
    hits, bands = np.concatenate(found), np.concatenate(numbers)
    per_table = len(index.tables[0].bands) if index.tables else 1
    tables, bands = (bands - 1) // per_table, (bands - 1) % per_table
    items = np.concatenate(
        [np.zeros(0, np.uint32)]
        + [table.items[hits[tables == place, 1]] for place, table in enumerate(index.tables)]
    )
    registry = index.registry
    reported = registry.representatives[items] if len(registry.representatives) else items
    keys = np.zeros(len(items), np.uint64)
    keys[reported != NO_ITEM] = registry.keys.of(reported[reported != NO_ITEM])
    kept = _earliest_of_bands(hits[:, 0], bands, keys, reported != NO_ITEM)
    hits, tables, reported, keys = hits[kept], tables[kept], reported[kept], keys[kept]
    _, kept = np.unique(hits[:, 0] << 32 | reported.astype(np.int64), return_index=True)
    hits, tables, reported, keys = hits[kept], tables[kept], reported[kept], keys[kept]
    similar = np.zeros(len(hits))
    for place, table in enumerate(index.tables):
        own = hits[tables == place]
        same = signatures[own[:, 0]] == table.signatures[own[:, 1]]
        similar[tables == place] = same.mean(axis=1)
    # Most similar first, ties by the earliest item; then the first of each text.
    order = np.lexsort((reported, keys, -similar, hits[:, 0]))
    order = order[similar[order] >= MIN_SIMILARITY]
    rows, heads = np.unique(hits[order, 0], return_index=True)
    return NearDuplicates(texts[rows], reported[order[heads]], similar[order[heads]])


_NO_HITS: Int64s = np.zeros((0, 2), np.int64)


def _band_hash(signatures: UInt32s, band: int, rows: int) -> UInt64s:
    """Return a hash of 32 bits of the values of a band."""
    state = np.full(len(signatures), band + 1, np.uint64)
    for column in range(band * rows, (band + 1) * rows):
        state = (state ^ signatures[:, column].astype(np.uint64)) * _HASH_MULTIPLIER
        state ^= state >> np.uint64(29)
    return state >> _HALF


def _look_up(table: SignatureTable, band: int, hashes: UInt64s) -> Int64s:
    """Return pairs of a text and a row of the table with the same values in a band."""
    entries = table.bands[band]
    first = np.searchsorted(entries, hashes << _HALF)
    rows = np.flatnonzero(first < len(entries))
    rows = rows[entries[first[rows]] >> _HALF == hashes[rows]]  # few texts resemble any item
    last = np.searchsorted(entries, hashes[rows] << _HALF | _LOWER_HALF, side="right")
    places, offsets = range_indices(first[rows], last - first[rows])
    texts = np.repeat(rows, np.diff(offsets))
    return np.stack([texts, (entries[places] & _LOWER_HALF).astype(np.int64)], axis=1)


def _earliest_of_bands(texts: Int64s, bands: Int64s, keys: UInt64s, is_item: Flags) -> Int64s:
    """Return the hits of the earliest items of each band of a text, at most `_MAX_PER_BAND`."""
    order = np.lexsort((keys, bands, texts))
    order = order[is_item[order]]
    groups = texts[order] * (int(bands.max(initial=0)) + 1) + bands[order]
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    ranks = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    return np.asarray(order[ranks < _MAX_PER_BAND])
