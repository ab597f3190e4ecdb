"""The arrays of a registry that matching reads: postings, tokens, sources and counts."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from provenance.model.chance import ChanceModel
from provenance.model.fingerprints import Int64s, Parameters, UInt8s, UInt32s, UInt64s

BACKGROUND_BITS = 20
"""A token's cell in the background is the upper `BACKGROUND_BITS` bits of its hash."""


Positions: TypeAlias = npt.NDArray[np.uint16 | np.uint32]
"""Token positions within items: 16 bits, unless an item is too long for that."""


@dataclass(frozen=True, slots=True)
class Postings:
    """Postings of items' shingles, sorted by shingle, then item.

    A shingle is identified by the upper `d` bits of its hash, which follow from its place in the
    directory, and by the lower 32. Chance gives ``n * 2**-(32 + d)`` collisions per shingle.

    Parameters
    ----------
    shingles : ndarray of uint32, shape (p,)
        Lower halves of hashes; a shingle that several items have is repeated.
    items : ndarray of uint32, shape (p,)
        Numbers of items, each the first of those with the same tokens.
    positions : ndarray of uint16 or uint32, shape (p,)
        Index of the first token of the shingle's first occurrence in the item.
    directory : ndarray of uint32, shape (2**d + 1,)
        First posting whose hash has at least these upper `d` bits.
    prefilter : ndarray of uint64, shape (2**c / 64,) or (0,)
        One bit per value of the upper `c` bits of a hash, set if a hash has it; empty in a large
        registry.
    filter : ndarray of uint64, shape (w,)
        Bloom filter: each hash sets three bits of one word.
    """

    shingles: UInt32s
    items: UInt32s
    positions: Positions
    directory: UInt32s
    prefilter: UInt64s
    filter: UInt64s

    @property
    def depth(self) -> int:
        """The number of upper bits of a hash that the directory is indexed by."""
        return (len(self.directory) - 1).bit_length() - 1


@dataclass(frozen=True, slots=True)
class SharedShingles:
    """Shingles that at least two authors of a source use, once per source, sorted by shingle.

    Parameters
    ----------
    shingles : ndarray of uint64, shape (n,)
        Hashes.
    codes : ndarray of uint8, shape (n,)
        Index of the source.
    authors : ndarray of uint8, shape (n,)
        Number of authors; an item of an unknown author counts as one of its own.
    """

    shingles: UInt64s
    codes: UInt8s
    authors: UInt8s


@dataclass(frozen=True, slots=True)
class RegistryArrays:
    """Arrays of a registry, whose items are numbered by date: 0 is the earliest.

    Parameters
    ----------
    parameters : Parameters
        How the items were fingerprinted.
    postings : Postings
        Postings of the items' seeds.
    tokens : ndarray of uint32
        Tokens of all items.
    token_offsets : ndarray of int64, shape (n + 1,)
        Tokens of item `i` are `tokens[token_offsets[i]:token_offsets[i + 1]]`.
    first : ndarray of uint32, shape (n,)
        Number of the first item with the same tokens.
    source_codes : ndarray of uint8, shape (n,)
        Index into `sources`.
    sources : tuple of str
        Source ids, sorted.
    shared : SharedShingles
        Shingles of several authors, among which stop shingles are found.
    background : ndarray of uint64, shape (2**BACKGROUND_BITS,)
        Occurrences of the tokens of each cell in all items, equal items counted once.
    chance : ChanceModel
        Distribution of chance matches.
    """

    parameters: Parameters
    postings: Postings
    tokens: UInt32s
    token_offsets: Int64s
    first: UInt32s
    source_codes: UInt8s
    sources: tuple[str, ...]
    shared: SharedShingles
    background: UInt64s
    chance: ChanceModel

    @property
    def size(self) -> int:
        """Total number of tokens; equal items count once."""
        return int(self.background.sum())

    @property
    def longest(self) -> int:
        """Number of tokens of the longest item."""
        return max_item_length(self.token_offsets)


_ITEMS_PER_CHUNK = 1 << 16
"""Items whose lengths are computed at a time: larger arrays would be allocated from the system page
by page, which takes longer than the computation."""


def max_item_length(offsets: Int64s) -> int:
    """Return the number of tokens of the longest item, given the offsets of all items."""
    starts = range(0, len(offsets) - 1, _ITEMS_PER_CHUNK)
    return max(
        (int(np.diff(offsets[at : at + _ITEMS_PER_CHUNK + 1]).max()) for at in starts), default=0
    )
