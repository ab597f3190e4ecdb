"""What a corpus's own words are like: the model by which its findings are weighed, kept."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from provenance.model.fingerprints import Int64s, UInt32s, UInt64s


@dataclass(frozen=True, eq=False)
class CorpusModel:
    """A sample of a corpus's passages, and the items of which each holds a copy.

    Words are hashes here, but in their order: who has a dictionary can read them.

    Parameters
    ----------
    normalisation : str
        How text was turned into tokens: the version of the rules, and of Unicode.
    language : str
        Digest of the counts of language at large that were used with it.
    bound : int
        Every passage whose hash is below it is here.
    hashes : ndarray of uint64, shape (n,)
        Of the passages, sorted.
    tokens : ndarray of uint32
        Of all passages.
    offsets : ndarray of int64, shape (n + 1,)
        Tokens of passage `i` are `tokens[offsets[i]:offsets[i + 1]]`.
    registries : tuple of str
        Digests of those that the corpus was matched against.
    copied : ndarray of int64, shape (c, 3)
        Passage, registry and item, each by its number; sorted.
    """

    normalisation: str
    language: str
    bound: int
    hashes: UInt64s
    tokens: UInt32s
    offsets: Int64s
    registries: tuple[str, ...]
    copied: Int64s

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all that it holds."""
        stated = [self.normalisation, self.language, self.bound, *self.registries]
        found = hashlib.sha256(json.dumps(stated).encode())
        for column, kind in (
            (self.hashes, "<u8"),
            (self.tokens, "<u4"),
            (self.offsets, "<i8"),
            (self.copied, "<i8"),
        ):
            found.update(len(column).to_bytes(8, "little"))
            found.update(np.ascontiguousarray(column, np.dtype(kind)).data)
        return found.hexdigest()

    def copies(self, registry: str, items: int) -> Int64s:
        """Count, for each of a registry's `items`, the passages that hold a copy of it."""
        if registry not in self.registries:
            return np.zeros(items, np.int64)
        own = self.copied[self.copied[:, 1] == self.registries.index(registry), 2]
        return np.bincount(own, minlength=items).astype(np.int64)


@dataclass(frozen=True, slots=True)
class CorpusModelSummary:
    """By which model findings were weighed.

    Parameters
    ----------
    digest : str
        What it is.
    passages, tokens : int
        How many it holds.
    taken_from : str or None
        The earlier report whose model it is; None for the corpus's own.
    reservations : tuple of str
        What stands against weighing by it, in plain words.
    """

    digest: str
    passages: int
    tokens: int
    taken_from: str | None = None
    reservations: tuple[str, ...] = ()
