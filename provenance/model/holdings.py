"""What a registry holds, as the arrays that matching reads."""

from dataclasses import dataclass

import numpy as np

from provenance.model.chance import Chance
from provenance.model.fingerprints import Int64s, Parameters, UInt8s, UInt32s, UInt64s

BACKGROUND_BITS = 20
"""A token's cell in the background is the upper `BACKGROUND_BITS` bits of its hash."""


@dataclass(frozen=True, slots=True)
class Postings:
    """Where each shingle stands, sorted by shingle, then item.

    Parameters
    ----------
    shingles : ndarray of uint64, shape (p,)
        Hashes; a shingle that several items have is repeated.
    items : ndarray of uint32, shape (p,)
        Numbers of items, each the first of those with the same tokens.
    positions : ndarray of uint32, shape (p,)
        Token of the item at which the shingle first begins.
    """

    shingles: UInt64s
    items: UInt32s
    positions: UInt32s


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
    authors : ndarray of uint64, shape (n,)
        A hash of each item's author; 0 where nobody knows.
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
    authors: UInt64s
    background: UInt64s
    chance: Chance

    @property
    def size(self) -> int:
        """Tokens of all items; those of equal items count once."""
        alone = self.first == np.arange(len(self.first))
        return int(np.diff(self.token_offsets)[alone].sum())
