"""The arrays of a registry that matching reads: postings, tokens, sources and counts."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from provenance.model.content.chance import ChanceModel
from provenance.model.content.fingerprints import (
    Flags,
    Int64s,
    Parameters,
    UInt8s,
    UInt32s,
    UInt64s,
)

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
class OrderKeys:
    """Keys by which the items of a registry are ordered: their dates, then hashes of identities.

    Parameters
    ----------
    values : ndarray of uint64
        Keys of all items, with gaps between segments; ascending within each.
    first_numbers : ndarray of int64, shape (segments,)
        Number of each segment's first item.
    starts : ndarray of int64, shape (segments,)
        Where the keys of each segment begin.
    """

    values: UInt64s
    first_numbers: Int64s
    starts: Int64s

    def of(self, numbers: UInt32s | Int64s) -> UInt64s:
        """Return the keys of items."""
        places = np.searchsorted(self.first_numbers, numbers, side="right") - 1
        return self.values[(self.starts - self.first_numbers)[places] + numbers]


@dataclass(frozen=True, slots=True)
class RegistrySegment:
    """Arrays of a segment of a registry.

    Parameters
    ----------
    first_number : int
        Number of its first item in the registry.
    postings : Postings
        Postings of its items' seeds; items are numbered from the segment's first.
    sequences : ndarray of uint32
        Upper half of the hash of each item's tokens.
    """

    first_number: int
    postings: Postings
    sequences: UInt32s


NO_ITEM = np.uint32(0xFFFFFFFF)
"""In `RegistryArrays.representatives`: no item with these tokens is reported from here."""


@dataclass(frozen=True, slots=True)
class RegistryArrays:
    """Arrays of a registry's items.

    Items are numbered by segment, and by date within each. The number after the last item of each
    segment but the last is of no item: it only has the end of that item's tokens.

    Parameters
    ----------
    parameters : Parameters
        How the items were fingerprinted.
    segments : tuple of RegistrySegment
        Postings of the items' seeds, by segment.
    keys : OrderKeys
        Their order.
    tokens : ndarray of uint32
        Tokens of all items, with gaps between segments.
    token_offsets : ndarray of int64, shape (n + 1,)
        Tokens of item `i` are `tokens[token_offsets[i]:token_offsets[i + 1]]`.
    item_sizes : ndarray of uint8, shape (n, 2)
        Tokens of each item, at most 255; those on its first line, 0 if it is the only one or has
        more than 255.
    is_live : ndarray of bool, shape (n,)
        Whether a number is of an item that counts: one that was neither withdrawn nor replaced.
    first : ndarray of uint32, shape (n,)
        Number of the first item with the same tokens, of those that count.
    representatives : ndarray of uint32, shape (n,) or (0,)
        The item that is reported where an item with postings matches: the first of those that count
        and have the same tokens, or `NO_ITEM` if that has postings in another segment or there is
        none. Empty if every item with postings stands for itself.
    hidden_shingles : ndarray of uint64, shape (h,)
        Shingles of the items whose representative is `NO_ITEM`: whole hashes, sorted and distinct.
    hidden_counts : ndarray of int64, shape (h,)
        Number of these items that have each.
    source_codes : ndarray of uint8, shape (n,)
        Index into `sources`.
    authors : ndarray of uint32, shape (n,)
        Hash of the author; an unknown one is of the item alone.
    sources : tuple of str
        Source ids, sorted.
    longest : int
        Number of tokens of the longest item.
    background : ndarray of uint64, shape (2**BACKGROUND_BITS,)
        Occurrences of the tokens of each cell in all items, equal items counted once.
    posting_count : int
        Number of postings, equal items counted once.
    chance : ChanceModel
        Distribution of chance matches.
    """

    parameters: Parameters
    segments: tuple[RegistrySegment, ...]
    keys: OrderKeys
    tokens: UInt32s
    token_offsets: Int64s
    item_sizes: UInt8s
    is_live: Flags
    first: UInt32s
    representatives: UInt32s
    hidden_shingles: UInt64s
    hidden_counts: Int64s
    source_codes: UInt8s
    authors: UInt32s
    sources: tuple[str, ...]
    longest: int
    background: UInt64s
    posting_count: int
    chance: ChanceModel

    @property
    def firsts(self) -> Int64s:
        """Numbers of the items that count and are the first with their tokens."""
        return np.flatnonzero(self.is_live & (self.first == np.arange(len(self.first))))

    def sampled(self, most_tokens: int) -> tuple[Flags, float]:
        """Return which items are in a sample, and the share of all that it is expected to have.

        Items are sampled by a hash of their tokens, so that the sample depends on nothing else;
        all are in it if they have no more than `most_tokens`.
        """
        halvings = max((self.size // max(most_tokens, 1)).bit_length(), 0)
        in_sample = np.zeros(len(self.first), np.bool_)
        for segment in self.segments:
            end = segment.first_number + len(segment.sequences)
            in_sample[segment.first_number : end] = not halvings or (
                segment.sequences >> np.uint32(32 - halvings) == 0
            )
        return in_sample, 0.5**halvings

    @property
    def size(self) -> int:
        """Total number of tokens; equal items count once."""
        return int(self.background.sum())
