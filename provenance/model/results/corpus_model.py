"""The corpus model: a sample of a corpus's own text, with which its findings are scored."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from provenance.model.content.fingerprints import Int64s, UInt32s, UInt64s


@dataclass(frozen=True, eq=False)
class CorpusModel:
    """A sample of passages of a corpus, and the items that each copies.

    Tokens are stored as hashes, but in order, so that a dictionary attack can recover the text.

    Parameters
    ----------
    normalisation : str
        Version of the tokenisation rules, and of Unicode.
    language : str
        Digest of the counts of general language that are used with it.
    bound : int
        All passages with a hash below it are included.
    hashes : ndarray of uint64, shape (n,)
        Of the passages, sorted.
    tokens : ndarray of uint32
        Tokens of all passages.
    offsets : ndarray of int64, shape (n + 1,)
        Tokens of passage `i` are `tokens[offsets[i]:offsets[i + 1]]`.
    registries : tuple of str
        Digests of the registries that the corpus was matched against.
    copied : ndarray of int64, shape (c, 3)
        Indices of passage, registry and item; sorted.
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
        """Return the SHA-256 over all content."""
        header = [self.normalisation, self.language, self.bound, *self.registries]
        digest = hashlib.sha256(json.dumps(header).encode())
        for column, dtype in (
            (self.hashes, "<u8"),
            (self.tokens, "<u4"),
            (self.offsets, "<i8"),
            (self.copied, "<i8"),
        ):
            digest.update(len(column).to_bytes(8, "little"))
            digest.update(np.ascontiguousarray(column, np.dtype(dtype)).data)
        return digest.hexdigest()

    def copies(self, registry: str, items: int) -> Int64s:
        """Return for each of a registry's `items` the number of passages that copy it."""
        if registry not in self.registries:
            return np.zeros(items, np.int64)
        items_of_registry = self.copied[self.copied[:, 1] == self.registries.index(registry), 2]
        return np.bincount(items_of_registry, minlength=items).astype(np.int64)


@dataclass(frozen=True, slots=True)
class CorpusModelSummary:
    """The corpus model with which findings were scored.

    Parameters
    ----------
    digest : str
        Digest of the model.
    passages, tokens : int
        Its size.
    taken_from : str or None
        The earlier report whose model it is; None for the corpus's own.
    reservations : tuple of str
        Caveats of scoring with it.
    """

    digest: str
    passages: int
    tokens: int
    taken_from: str | None = None
    reservations: tuple[str, ...] = ()
