"""How often words follow each other in language at large: what everybody says is nobody's."""

from dataclasses import dataclass

import numpy as np

from provenance.model.fingerprints import UInt32s, UInt64s

ALONE = 0xFFFFFFFF
"""Stands for the token before, in the key of a token counted by itself."""


@dataclass(frozen=True, slots=True)
class Language:
    """Counts of frequent words, and of frequent pairs of words, in many languages.

    Parameters
    ----------
    normalisation : int
        Version of the rules that turned text into tokens.
    keys : ndarray of uint64, shape (n,)
        ``before << 32 | token``, sorted; `ALONE` before a token counted by itself.
    counts : ndarray of uint32, shape (n,)
        Occurrences.
    tokens : int
        Tokens counted in all.
    """

    normalisation: int
    keys: UInt64s
    counts: UInt32s
    tokens: int


NO_LANGUAGE = Language(0, np.zeros(0, np.uint64), np.zeros(0, np.uint32), 0)
"""Knows no word."""
