"""Frequencies of words and word pairs in general language."""

from dataclasses import dataclass

import numpy as np

from provenance.model.content.fingerprints import UInt32s, UInt64s

NO_CONTEXT = 0xFFFFFFFF
"""Replaces the previous token in the key of a single token."""


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """Counts of frequent words and word pairs in many languages.

    Parameters
    ----------
    normalisation : int
        Version of the tokenisation rules.
    keys : ndarray of uint64, shape (n,)
        ``previous << 32 | token``, sorted; `NO_CONTEXT` as previous for a single token.
    counts : ndarray of uint32, shape (n,)
        Occurrences.
    tokens : int
        Total of tokens counted.
    """

    normalisation: int
    keys: UInt64s
    counts: UInt32s
    tokens: int


NO_LANGUAGE = Language(0, np.zeros(0, np.uint64), np.zeros(0, np.uint32), 0)
"""Empty counts."""
