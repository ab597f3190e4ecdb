"""What a candidate match looks like, in the few figures that tell copies from chance."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from provenance.compiled import Scalar, inlined, kernel
from provenance.match.candidates import Candidates
from provenance.match.copying import copies_in, is_copy
from provenance.match.counts import (
    ALONE,
    count,
    entered,
    fetch_counts,
    pair,
    slot_of,
    triple,
    vocabulary,
)
from provenance.match.everybody import telling, weight_of
from provenance.match.lookup import Index
from provenance.match.passages import Passages
from provenance.match.shapes import density, shape
from provenance.match.siblings import siblings, together
from provenance.match.wordcounts import matched_words, words_of
from provenance.model import (
    NO_LANGUAGE,
    Flags,
    Floats,
    Int32s,
    Int64s,
    Language,
    UInt32s,
    UInt64s,
)

_DISCOUNT = 0.75
_HEAPS, _HEAPS_OF_PAIRS = 0.75, 0.8
"""Distinct followers of a token, and of a pair, grow as this power of its count (Heaps' law)."""

_VOCABULARY = 500_000.0
_MOST_BITS = 16.0
REPEATED = 0.3  # a word that the match holds already tells this much less, each time anew
_MOST = 0.8  # of an item
_MEMORY = 64  # matched tokens looked back over for repeats


@dataclass(frozen=True, slots=True)
class Features:
    """One figure a candidate, in each column. What everybody writes (`everybody`) counts as absent.

    Parameters
    ----------
    corpus_bits : ndarray of float64
        Information of the matched words under the corpus's own bigrams, without the passage, or
        under the language's, whichever finds them cheaper.
    registry_bits : ndarray of float64
        The same under the registry's bigrams, without the item.
    pooled_bits : ndarray of float64
        The same under both together, and under their trigrams where three words run on.
    matched, length, longest, distinct : ndarray of float64
        Matched words; words of the item; different words of the longest run; different words
        matched. A character that is a token counts as the part of a word that it weighs.
    density : ndarray of float64
        Matched tokens over the tokens of the text's stretch, in (0, 1].
    across : ndarray of float64
        Items that share the rarest seed, where they are of several sources; else 0. What is
        frequent inside one source alone is its own.
    alone : ndarray of float64
        1 where the match is most of the item, and most of the text too.
    begins : ndarray of float64
        1 where the match has the item's first token, and there the text breaks too.
    whole : ndarray of float64
        1 where it is most of the item, and the text breaks on both sides of it.
    broken : ndarray of float64
        1 where it has the item's beginning, at a break of the text, and an ellipsis stands for the
        rest.
    """

    corpus_bits: Floats
    registry_bits: Floats
    pooled_bits: Floats
    matched: Floats
    length: Floats
    longest: Floats
    distinct: Floats
    density: Floats
    across: Floats
    alone: Floats
    begins: Floats
    whole: Floats
    broken: Floats


def measure(
    candidates: Candidates,
    registry: Index,
    corpus: Passages,
    language: Language = NO_LANGUAGE,
    threads: int = 1,
    known: Int64s | None = None,
) -> Features:
    """Measure candidates against the corpus as a whole.

    Parameters
    ----------
    candidates : Candidates
        All of a corpus.
    registry : Index
        What they were found in.
    corpus : Passages
        A sample of the same corpus.
    language : Language
        What everybody says: a small corpus does not know it.
    threads : int
        How many count, and measure, at a time.
    known : ndarray of int64, shape (items,), or None
        Passages of the sample that are known to hold a copy of each item, from whoever saw more.
    """
    holdings = registry.holdings
    words = vocabulary(candidates, holdings.tokens, holdings.token_offsets)
    firsts = np.flatnonzero(holdings.first == np.arange(len(holdings.first)))
    passages = np.arange(len(corpus.offsets) - 1)
    in_corpus = count(words, corpus.tokens, corpus.offsets, passages, threads)
    in_registry = count(words, holdings.tokens, holdings.token_offsets, firsts, threads)
    length = words_of(holdings.tokens, holdings.token_offsets)[candidates.items]
    matched = matched_words(
        (candidates.items, candidates.run_offsets, candidates.runs),
        (holdings.tokens, holdings.token_offsets),
    )
    copied = is_copy(matched, length)
    copies = copies_in(candidates, corpus, copied, known)
    # A post that many pass on inside one source is no phrase of everybody's.
    passed_on = np.where(copied & (candidates.across == 0), candidates.rarest, 1).astype(np.int64)
    figures = np.empty((len(candidates), 6))
    in_language = entered(words, language.keys, language.counts)
    counts = words.keys, in_corpus, in_registry, in_language
    totals = [len(corpus.tokens), int(holdings.background.sum()), language.tokens]

    def measured(low: int, high: int) -> None:
        _measure_all(
            (candidates.items[low:high], candidates.run_offsets[low : high + 1], candidates.runs),
            (holdings.tokens, holdings.token_offsets),
            (registry.marks, 4 * holdings.parameters.seed_width if registry.marks.any() else 0),
            counts,
            (copies[low:high], passed_on[low:high]),
            np.array(totals, np.float64),
            figures[low:high],
        )

    bounds = np.linspace(0, len(candidates), threads + 1).astype(np.int64).tolist()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(measured, bounds[:-1], bounds[1:]))
    groups = siblings(candidates, length)
    # A line counts for what all lines of its item say that stand beside it, in whatever order.
    own, absent = together(groups, matched - figures[:, 5]), together(groups, figures[:, 5])
    corpus_bits, registry_bits, pooled_bits, distinct = (
        together(groups, column) for column in figures[:, :4].T
    )
    length = np.maximum(length - absent, own)
    alone, begins, whole, broken = shape(candidates, holdings.token_offsets, own >= _MOST * length)
    return Features(
        corpus_bits,
        registry_bits,
        pooled_bits,
        own,
        length,
        figures[:, 4],
        distinct,
        density(candidates, figures[:, 5] / np.maximum(matched, 1)),
        candidates.rarest * (1.0 * candidates.across),
        alone,
        begins,
        whole,
        broken,
    )


@kernel
def _measure_all(  # noqa: C901, PLR0913, PLR0915 (tokens walked once for six figures)
    candidates: tuple[UInt32s, Int64s, Int32s],
    registry: tuple[UInt32s, Int64s],
    public: tuple[Flags, Scalar],
    counts: tuple[UInt64s, UInt32s, UInt32s, UInt32s],
    copies: tuple[Int64s, Int64s],
    totals: Floats,
    figures: Floats,
) -> None:
    items, run_offsets, runs = candidates
    tokens, offsets = registry
    marks, weight_of_seed = public
    keys, in_corpus, in_registry, in_language = counts
    recent = np.empty(_MEMORY, np.uint32)
    for candidate in range(len(items)):
        copied, passed_on = np.float64(copies[0][candidate]), np.float64(copies[1][candidate])
        corpus_bits = registry_bits = pooled_bits = 0.0
        seen = 0
        longest = unbroken = distinct = absent = 0.0
        for run in range(run_offsets[candidate], run_offsets[candidate + 1]):
            at = offsets[items[candidate]] + runs[run, 0]
            end = at + runs[run, 2]
            is_marked = weight_of_seed > 0 and _any(marks, at, end)
            tells = telling(tokens, marks, at, end, weight_of_seed) if is_marked else marks[:0]
            unbroken = 0.0
            fetch_counts(tokens, at, end, counts)
            for place in range(at, end):
                token = tokens[place]
                word = weight_of(token) / 4
                if is_marked and not tells[place - at]:
                    absent += word
                    unbroken = 0.0
                    continue
                weight = 1.0
                for back in range(min(seen, _MEMORY)):
                    if recent[back] == token:
                        weight *= REPEATED
                recent[seen % _MEMORY] = token
                seen += 1
                if weight == 1.0:
                    distinct += word
                    unbroken += word
                longest = max(longest, unbroken)
                has_pair = place > at
                own = slot_of(keys, pair(ALONE, token))
                both, context = own, own
                if has_pair:
                    both = slot_of(keys, pair(tokens[place - 1], token))
                    context = slot_of(keys, pair(ALONE, tokens[place - 1]))
                c1 = _without(in_corpus[own], copied)
                c0 = _without(in_corpus[context], copied)
                c2 = _without(in_corpus[both], copied)
                r1 = _without(in_registry[own], passed_on)
                r0 = _without(in_registry[context], passed_on)
                r2 = _without(in_registry[both], passed_on)
                # A word is as cheap as the one who knows it best makes it.
                l1 = np.float64(in_language[own])
                l0, l2 = np.float64(in_language[context]), np.float64(in_language[both])
                known = _probability(l1, l0, l2, has_pair, totals[2])
                in_both = _probability(c1, c0, c2, has_pair, totals[0])
                corpus_bits += weight * _bits(max(known, in_both))
                registry_bits += weight * _bits(_probability(r1, r0, r2, has_pair, totals[1]))
                pooled = _probability(c1 + r1, c0 + r0, c2 + r2, has_pair, totals[0] + totals[1])
                if place > at + 1:
                    two = slot_of(keys, pair(tokens[place - 2], tokens[place - 1]))
                    three = slot_of(keys, triple(tokens[place - 2], tokens[place - 1], token))
                    pooled = _interpolated(
                        pooled,
                        _without(in_corpus[two], copied) + _without(in_registry[two], passed_on),
                        _without(in_corpus[three], copied)
                        + _without(in_registry[three], passed_on),
                        _HEAPS_OF_PAIRS,
                    )
                pooled_bits += weight * _bits(max(known, pooled))
        figures[candidate, 0] = corpus_bits
        figures[candidate, 1] = registry_bits
        figures[candidate, 2] = pooled_bits
        figures[candidate, 3] = distinct
        figures[candidate, 4] = longest
        figures[candidate, 5] = absent


@inlined
def _any(marks: Flags, first: Scalar, end: Scalar) -> Scalar:
    place = first
    while place < end and not marks[place]:
        place += 1
    return place < end


@inlined
def _without(count: Scalar, own: Scalar) -> Scalar:
    return max(count - own, 0.0)


@inlined
def _probability(
    own: Scalar, context: Scalar, both: Scalar, has_pair: bool, total: Scalar
) -> Scalar:
    """Probability of a token after the one before it, of interpolated bigram counts."""
    probability = (own + 0.5) / (total + 0.5 * _VOCABULARY)
    if has_pair:
        probability = _interpolated(probability, context, both, _HEAPS)
    return probability


@inlined
def _interpolated(shorter: Scalar, context: Scalar, whole: Scalar, heaps: Scalar) -> Scalar:
    """Interpolate with what is known of a longer context, discounted as Kneser and Ney did."""
    if context > 0:
        followers = context**heaps
        share = followers / (context + followers)
        shorter = share * shorter + (1 - share) * max(whole - _DISCOUNT, 0.0) / context
    return shorter


@inlined
def _bits(probability: Scalar) -> Scalar:
    return min(-np.log2(probability), _MOST_BITS)
