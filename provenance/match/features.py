"""What a candidate match looks like, in the few figures that tell copies from chance."""

from dataclasses import dataclass

import numpy as np

from provenance.compiled import Scalar, inlined, kernel
from provenance.match.candidates import Candidates
from provenance.match.counts import ALONE, count, slot_of, vocabulary
from provenance.match.passages import Passages
from provenance.model import (
    NO_LANGUAGE,
    Floats,
    Holdings,
    Int32s,
    Int64s,
    Language,
    UInt32s,
    UInt64s,
)

_HIGH = np.uint64(32)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_DISCOUNT = 0.75
_HEAPS = 0.75
"""Distinct followers of a token grow as this power of its count (Heaps' law)."""

_VOCABULARY = 500_000.0
_MOST_BITS = 16.0
_REPEATED = 0.3  # a word that the match holds already tells this much of its information
_MEMORY = 64  # matched tokens looked back over for repeats
_COPY_COVER, _COPY_LEAST, _COPY_RUN = 0.8, 8, 12


@dataclass(frozen=True, slots=True)
class Features:
    """One figure a candidate, in each column.

    Parameters
    ----------
    corpus_bits : ndarray of float64
        Information of the matched words under the corpus's own bigrams, without the passage, or
        under the language's, whichever finds them cheaper.
    registry_bits : ndarray of float64
        The same under the registry's bigrams, without the item.
    pooled_bits : ndarray of float64
        The same under both together.
    matched, length, longest, distinct : ndarray of float64
        Matched tokens; tokens of the item; longest run; different tokens matched.
    density : ndarray of float64
        Matched tokens over the tokens of the text's stretch, in (0, 1].
    rarest : ndarray of float64
        Items that share the rarest seed.
    filling : ndarray of float64
        Matched tokens over all tokens of the text, in (0, 1].
    """

    corpus_bits: Floats
    registry_bits: Floats
    pooled_bits: Floats
    matched: Floats
    length: Floats
    longest: Floats
    distinct: Floats
    density: Floats
    rarest: Floats
    filling: Floats


def measure(
    candidates: Candidates,
    holdings: Holdings,
    corpus: Passages,
    language: Language = NO_LANGUAGE,
) -> Features:
    """Measure candidates against the corpus as a whole.

    Parameters
    ----------
    candidates : Candidates
        All of a corpus.
    holdings : Holdings
        The registry that they were found in.
    corpus : Passages
        A sample of the same corpus.
    language : Language
        What everybody says: a small corpus does not know it.
    """
    words = vocabulary(candidates, holdings.tokens, holdings.token_offsets)
    firsts = np.flatnonzero(holdings.first == np.arange(len(holdings.first)))
    passages = np.arange(len(corpus.offsets) - 1)
    in_corpus = count(words, corpus.tokens, corpus.offsets, passages)
    in_registry = count(words, holdings.tokens, holdings.token_offsets, firsts)
    matched = candidates.matched.astype(np.float64)
    length = np.diff(holdings.token_offsets)[candidates.items].astype(np.float64)
    copies = _copies(candidates, corpus, matched / np.maximum(length, 1))
    figures = np.empty((len(candidates), 4))
    _measure_all(
        (candidates.items, candidates.run_offsets, candidates.runs),
        (holdings.tokens, holdings.token_offsets),
        (words.keys, in_corpus, in_registry, language.of(words.keys)),
        copies,
        np.array([len(corpus.tokens), int(holdings.background.sum()), language.tokens], np.float64),
        figures,
    )
    stretch = (candidates.lasts - candidates.firsts + 1).astype(np.float64)
    return Features(
        figures[:, 0],
        figures[:, 1],
        figures[:, 2],
        matched,
        length,
        candidates.longest.astype(np.float64),
        figures[:, 3],
        matched / np.maximum(stretch, 1),
        candidates.rarest.astype(np.float64),
        matched / np.maximum(candidates.sizes, 1),
    )


def _copies(candidates: Candidates, corpus: Passages, cover: Floats) -> Int64s:
    """Count the sampled passages that hold a copy of each candidate's item, its own included.

    A phrase must not become cheap because the corpus quotes the very item again and again, so all
    copies are left out of the corpus's counts. A partial match is no copy, nor is a whole item of
    a few words: a proverb that somebody once posted stays a proverb.
    """
    sampled = corpus.holds(candidates.passages)
    whole = (cover >= _COPY_COVER) & (candidates.matched >= _COPY_LEAST)
    is_copy = sampled & (whole | (candidates.longest >= _COPY_RUN))
    keys = candidates.passages[is_copy] ^ (candidates.items[is_copy] * _SPREAD)
    items = candidates.items[is_copy][np.unique(keys, return_index=True)[1]]
    copies = np.bincount(items, minlength=int(candidates.items.max(initial=0)) + 1)
    return np.maximum(copies[candidates.items], sampled).astype(np.int64)


@kernel
def _measure_all(  # noqa: PLR0915 (a candidate's tokens, walked once for four figures)
    candidates: tuple[UInt32s, Int64s, Int32s],
    registry: tuple[UInt32s, Int64s],
    counts: tuple[UInt64s, UInt32s, UInt32s, UInt32s],
    copies: Int64s,
    totals: Floats,
    figures: Floats,
) -> None:
    items, run_offsets, runs = candidates
    tokens, offsets = registry
    keys, in_corpus, in_registry, in_language = counts
    recent = np.zeros(_MEMORY, np.uint32)
    for candidate in range(len(items)):
        copied = np.float64(copies[candidate])
        corpus_bits = registry_bits = pooled_bits = 0.0
        seen = 0
        distinct = 0.0
        for run in range(run_offsets[candidate], run_offsets[candidate + 1]):
            at = offsets[items[candidate]] + runs[run, 0]
            for place in range(at, at + runs[run, 2]):
                token = tokens[place]
                weight = 1.0
                for back in range(min(seen, _MEMORY)):
                    if recent[back] == token:
                        weight = _REPEATED
                        break
                recent[seen % _MEMORY] = token
                seen += 1
                distinct += weight == 1.0
                own = slot_of(keys, (ALONE << _HIGH) | np.uint64(token))
                pair, context = own, own
                if place > at:
                    before = np.uint64(tokens[place - 1])
                    pair = slot_of(keys, (before << _HIGH) | np.uint64(token))
                    context = slot_of(keys, (ALONE << _HIGH) | before)
                has_pair = place > at
                c1 = _without(in_corpus[own], copied)
                c0 = _without(in_corpus[context], copied)
                c2 = _without(in_corpus[pair], copied)
                r1 = _without(in_registry[own], 1.0)
                r0 = _without(in_registry[context], 1.0)
                r2 = _without(in_registry[pair], 1.0)
                # A word is as cheap as the one who knows it best makes it.
                known = _bits(
                    in_language[own], in_language[context], in_language[pair], has_pair, totals[2]
                )
                corpus_bits += weight * min(known, _bits(c1, c0, c2, has_pair, totals[0]))
                registry_bits += weight * _bits(r1, r0, r2, has_pair, totals[1])
                pooled = _bits(c1 + r1, c0 + r0, c2 + r2, has_pair, totals[0] + totals[1])
                pooled_bits += weight * min(known, pooled)
        figures[candidate, 0] = corpus_bits
        figures[candidate, 1] = registry_bits
        figures[candidate, 2] = pooled_bits
        figures[candidate, 3] = distinct


@inlined
def _without(count: Scalar, own: Scalar) -> Scalar:
    return max(count - own, 0.0)


@inlined
def _bits(own: Scalar, context: Scalar, pair: Scalar, has_pair: bool, total: Scalar) -> Scalar:
    """Information of a token after the one before it, under interpolated bigram counts."""
    probability = (own + 0.5) / (total + 0.5 * _VOCABULARY)
    if has_pair and context > 0:
        followers = context**_HEAPS
        share = followers / (context + followers)
        probability = share * probability + (1 - share) * max(pair - _DISCOUNT, 0.0) / context
    return min(-np.log2(probability), _MOST_BITS)
