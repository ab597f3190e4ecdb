"""Candidates measured in lots: however many there are, the words of only so many are counted.

A table of all of their words would grow with them. Corpus and registry are read anew for each lot.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from provenance.match.candidates import Candidates
from provenance.match.counts import IN_CORPUS, IN_REGISTRY, count, vocabulary
from provenance.match.information import Counted, informed
from provenance.match.lookup import Index
from provenance.match.passages import Passages
from provenance.match.wordtables import table_of
from provenance.model import Floats, Int64s, Language

_LOT = 1 << 22
"""Matched tokens of the candidates of a lot: with half as many all take longer, for each lot reads
corpus and registry, and with twice as many no less."""


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
    totals = [len(corpus.tokens), int(holdings.background.sum()), language.tokens]

    def told(low: int, high: int, within: int) -> Floats:
        own = candidates.take(np.arange(low, high))
        words = vocabulary(own, holdings.tokens, holdings.token_offsets, within)
        passages = np.arange(len(corpus.offsets) - 1)
        count(words, corpus.tokens, corpus.offsets, passages, IN_CORPUS, within)
        count(words, holdings.tokens, holdings.token_offsets, firsts, IN_REGISTRY, within)
        counted = Counted(words.table, known, np.array(totals, np.float64))
        return informed(own, (copies[0][low:high], copies[1][low:high]), registry, counted, within)

    matched = np.cumsum(candidates.matched)
    lots = -(-int(matched[-1]) // lot) if len(matched) else 0
    if lots <= 1:
        return told(0, len(candidates), threads)
    lots = -(-lots // threads) * threads  # so that no thread waits long for another
    ends = np.searchsorted(matched, matched[-1] * np.arange(1, lots) / lots).tolist()
    with ThreadPoolExecutor(threads) as pool:
        pieces = pool.map(told, [0, *ends], [*ends, len(candidates)], [1] * lots)
        return np.concatenate(list(pieces))
