"""Copies of items in the sample of a corpus: what they say is no phrase of its own."""

import numpy as np

from provenance.match.candidates import Candidates
from provenance.match.lookup import Index
from provenance.match.passages import Passages
from provenance.match.wordcounts import matched_words, words_of
from provenance.match.wordtables import SPREAD
from provenance.model import Flags, Floats, Holdings, Int64s, UInt32s, UInt64s

LEAST = 8
"""Words of an item that a copy of it has, or more."""

_COVER, _RUN = 0.6, 12


def is_copy(matched: Floats, length: Floats) -> Flags:
    """Tell which matches hold most of their item, going by the words that match of how many."""
    return np.asarray((matched >= _COVER * length) & (matched >= LEAST))


def words_matched(candidates: Candidates, holdings: Holdings) -> tuple[Floats, Floats]:
    """Count the words that each candidate matches, and those of its item."""
    registry = holdings.tokens, holdings.token_offsets
    matched = matched_words((candidates.items, candidates.run_offsets, candidates.runs), registry)
    items, places = np.unique(candidates.items, return_inverse=True)
    return matched, words_of(items, registry)[places]


def copies_in(
    candidates: Candidates, corpus: Passages, whole: Flags, known: Int64s | None = None
) -> Int64s:
    """Count the sampled passages that hold a copy of each candidate's item, its own included.

    A phrase must not become cheap because the corpus quotes the very item again and again, so all
    copies are left out of the corpus's counts. A partial match is no copy, nor is a whole item of
    a few words: a proverb that somebody once posted stays a proverb.

    Parameters
    ----------
    candidates : Candidates
        All of a corpus.
    corpus : Passages
        A sample of it.
    whole : ndarray of bool
        Which of them are copies (`is_copy`).
    known : ndarray of int64, shape (items,), or None
        How many are known to, at least.
    """
    copied = candidates.items[_pairs(candidates, corpus, whole)]
    items = int(candidates.items.max(initial=0)) + 1
    copies = np.bincount(copied, minlength=items)
    if known is not None:
        copies = np.maximum(copies, known[:items])
    return np.maximum(copies[candidates.items], corpus.holds(candidates.passages)).astype(np.int64)


def copied_items(
    candidates: Candidates, registry: Index, corpus: Passages
) -> tuple[UInt64s, UInt32s]:
    """Give the sampled passages that hold copies, and the item of each: every pair once."""
    candidates = candidates.take(np.flatnonzero(corpus.holds(candidates.passages)))
    pairs = _pairs(candidates, corpus, is_copy(*words_matched(candidates, registry.holdings)))
    return candidates.passages[pairs], candidates.items[pairs]


def _pairs(candidates: Candidates, corpus: Passages, whole: Flags) -> Int64s:
    """Pick a candidate for every passage of the sample and item of which it holds a copy."""
    sampled = corpus.holds(candidates.passages)
    counted = np.flatnonzero(sampled & (whole | (candidates.longest >= _RUN)))
    keys = candidates.passages[counted] ^ (candidates.items[counted] * SPREAD)
    return counted[np.unique(keys, return_index=True)[1]]
