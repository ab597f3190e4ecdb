"""Candidates measured in lots: however many there are, the words of only so many are counted.

What is counted takes room for each matched word. Corpus and registry are read anew for each lot.
"""

import numpy as np

from provenance.match.candidates import Candidates
from provenance.match.counts import count
from provenance.match.information import Counted, informed
from provenance.match.lookup import Index
from provenance.match.passages import Passages
from provenance.match.vocabularies import vocabulary
from provenance.match.wordtables import table_of
from provenance.model import Floats, Int64s, Language

_LOT = 1 << 24
"""Matched tokens of the candidates of a lot: each takes some forty bytes while it is counted, or
eighty where nearly all are the same few words over and over."""


def informed_by_all(  # noqa: PLR0913 (as `features.measure`, and the size of a lot)
    candidates: Candidates,
    copies: tuple[Int64s, Int64s],
    registry: Index,
    corpus: Passages,
    language: Language,
    threads: int,
    lot: int = _LOT,
) -> Floats:
    """Measure what the words of candidates tell, by what corpus, registry and language say of them.

    Parameters
    ----------
    candidates, registry, corpus, language, threads
        As of `features.measure`.
    copies : tuple of two ndarray of int64, shape (n,)
        As of `informed`.
    lot : int
        Matched tokens of the candidates that are taken at a time.

    Returns
    -------
    ndarray of float64, shape (n, 6)
        As of `informed`.
    """
    known = table_of(language.keys, language.counts)
    holdings = registry.holdings
    firsts = np.flatnonzero(holdings.first == np.arange(len(holdings.first)))
    sampled = corpus.tokens, corpus.offsets, np.arange(len(corpus.offsets) - 1)
    kept = holdings.tokens, holdings.token_offsets, firsts
    totals = [len(corpus.tokens), holdings.size, language.tokens]

    def told(low: int, high: int) -> Floats:
        own = candidates.take(np.arange(low, high))
        words = vocabulary(own, holdings.tokens, holdings.token_offsets, threads)
        count(words, sampled, kept, threads)
        counted = Counted(words.words, words.counts, known, np.array(totals, np.float64))
        own_copies = copies[0][low:high], copies[1][low:high]
        return informed(own, own_copies, registry, counted, threads)

    matched = np.cumsum(candidates.matched)
    lots = -(-int(matched[-1]) // lot) if len(matched) else 0
    if lots <= 1:
        return told(0, len(candidates))
    ends = np.searchsorted(matched, matched[-1] * np.arange(1, lots) / lots).tolist()
    return np.concatenate(list(map(told, [0, *ends], [*ends, len(candidates)])))
