"""What a registry holds, as the arrays that matching reads."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from provenance.model.chance import Chance
from provenance.model.fingerprints import Int64s, Parameters, UInt8s, UInt32s, UInt64s

BACKGROUND_BITS = 20
"""A token's cell in the background is the upper `BACKGROUND_BITS` bits of its hash."""


Positions: TypeAlias = npt.NDArray[np.uint16 | np.uint32]
"""Places within items: 16 bits, unless one has more tokens than that."""


@dataclass(frozen=True, slots=True)
class Postings:
    """Where each shingle stands, sorted by shingle, then item.

    A shingle is known by the upper `d` bits of its hash, which its place in the directory tells,
    and by the lower 32: of two that agree in these, chance has ``n * 2**-(32 + d)`` a shingle.

    Parameters
    ----------
    shingles : ndarray of uint32, shape (p,)
        Lower halves of hashes; a shingle that several items have is repeated.
    items : ndarray of uint32, shape (p,)
        Numbers of items, each the first of those with the same tokens.
    positions : ndarray of uint16 or uint32, shape (p,)
        Token of the item at which the shingle first begins.
    directory : ndarray of uint32, shape (2**d + 1,)
        First posting whose hash has at least these upper `d` bits.
    prefilter : ndarray of uint64, shape (2**c / 64,) or (0,)
        Which values the upper `c` bits of hashes have, a bit each; none in a large registry.
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
        """Bits of a hash that the directory tells."""
        return (len(self.directory) - 1).bit_length() - 1


@dataclass(frozen=True, slots=True)
class Shared:
    """Shingles that two authors or more of one source have, once a source, sorted by shingle.

    Parameters
    ----------
    shingles : ndarray of uint64, shape (n,)
        Hashes.
    codes : ndarray of uint8, shape (n,)
        The source, as an index into the registry's.
    authors : ndarray of uint8, shape (n,)
        How many have it; an item whose author nobody knows counts as one of its own.
    """

    shingles: UInt64s
    codes: UInt8s
    authors: UInt8s


@dataclass(frozen=True, slots=True)
class Holdings:
    """A registry's items by number: 0 is the earliest.

    Parameters
    ----------
    parameters : Parameters
        How they were fingerprinted.
    postings : Postings
        Their seeds.
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
    shared : Shared
        What many authors of one source write.
    background : ndarray of uint64, shape (2**BACKGROUND_BITS,)
        How often the tokens of each cell stand in all items with different tokens.
    chance : Chance
        How often chance gives a match with them.
    """

    parameters: Parameters
    postings: Postings
    tokens: UInt32s
    token_offsets: Int64s
    first: UInt32s
    source_codes: UInt8s
    sources: tuple[str, ...]
    shared: Shared
    background: UInt64s
    chance: Chance

    @property
    def size(self) -> int:
        """Tokens of all items; those of equal items count once."""
        return int(self.background.sum())

    @property
    def longest(self) -> int:
        """Tokens of the longest item."""
        return longest_of(self.token_offsets)


_AT_ONCE = 1 << 16
"""Items whose lengths are looked at together: what is made of more is fetched from the system page
by page, which takes longer than to look."""


def longest_of(offsets: Int64s) -> int:
    """Give the tokens of the longest item, by where each begins and the last ends."""
    starts = range(0, len(offsets) - 1, _AT_ONCE)
    return max((int(np.diff(offsets[at : at + _AT_ONCE + 1]).max()) for at in starts), default=0)
