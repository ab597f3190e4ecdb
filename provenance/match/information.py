"""How much the words of a match tell: their information, by what is known of what precedes them.

It is measured by counts of words, of pairs and of triples of words: of the corpus, of the registry,
and of language at large.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from provenance.compiled import Scalar, inlined, inner, kernel
from provenance.instructions import fetch
from provenance.match.candidates import Candidates
from provenance.match.everybody import telling, weight_of
from provenance.match.lookup import Index
from provenance.match.wordtables import (
    ALONE,
    first_row,
    free_rows,
    pair,
    row_of,
    table_of,
    triple,
)
from provenance.model import Flags, Floats, Int32s, Int64s, Language, UInt32s, UInt64s

_DISCOUNT = 0.75
_HEAPS, _HEAPS_OF_PAIRS = 0.75, 0.8
"""Distinct followers of a token, and of a pair, grow as this power of its count (Heaps' law)."""

_VOCABULARY = 500_000.0
_MOST_BITS = 16.0
REPEATED = 0.3  # a word that the match holds already tells this much less, each time anew
_MEMORY = 64  # matched tokens looked back over for repeats

CORPUS, REGISTRY, POOLED, DISTINCT, LONGEST, ABSENT = range(6)
"""Columns of `informed`: bits under the corpus, the registry, and both; different words, those of
the longest run, and words that are everybody's."""

_LARGE = 1 << 18  # numbers of a table that no near cache holds
_LOW = np.uint64(0xFFFFFFFF)


@dataclass(frozen=True, slots=True)
class Counted:
    """How often words were met.

    Parameters
    ----------
    table : ndarray of uint64, shape (2 * 2**b,)
        In the corpus and in the registry (`counts.IN_CORPUS`, `counts.IN_REGISTRY`).
    language : ndarray of uint64, shape (2 * 2**c,)
        In language at large; no triples.
    totals : ndarray of float64, shape (3,)
        Tokens of the corpus's sample, of the registry, of language.
    """

    table: UInt64s
    language: UInt64s
    totals: Floats


def counted_by(language: Language) -> Counted:
    """Give the counts of language, as if corpus and registry were endless and had no word.

    So each word tells as much as it may: no count makes one dearer than language does. What the
    registry alone makes of it says nothing then.
    """
    known = table_of(language.keys, language.counts)
    return Counted(free_rows(2), known, np.array([np.inf, np.inf, language.tokens]))


def informed(
    candidates: Candidates,
    copies: tuple[Int64s, Int64s],
    registry: Index,
    counted: Counted,
    threads: int = 1,
) -> Floats:
    """Measure what the words of candidates tell.

    Parameters
    ----------
    candidates : Candidates
        Matches with items of the registry.
    copies : tuple of two ndarray of int64, shape (n,)
        Copies of each one's item in the corpus's sample, and in the registry: not to be counted.
    registry : Index
        What they were found in.
    counted : Counted
        Their words.
    threads : int
        How many measure at a time.

    Returns
    -------
    ndarray of float64, shape (n, 6)
        As the columns of `features.Features` of these names.
    """
    holdings = registry.holdings
    figures = np.empty((len(candidates), ABSENT + 1))

    def measured(low: int, high: int) -> None:
        _measure_all(
            (candidates.items[low:high], candidates.run_offsets[low : high + 1], candidates.runs),
            (holdings.tokens, holdings.token_offsets),
            (registry.marks, 4 * holdings.parameters.seed_width if registry.marks.any() else 0),
            (counted.table, counted.language),
            (copies[0][low:high], copies[1][low:high]),
            counted.totals,
            figures[low:high],
        )

    bounds = np.linspace(0, len(candidates), threads + 1).astype(np.int64).tolist()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(measured, bounds[:-1], bounds[1:]))
    return figures


@kernel
def _measure_all(  # noqa: C901, PLR0913, PLR0915 (tokens walked once for six figures)
    candidates: tuple[UInt32s, Int64s, Int32s],
    registry: tuple[UInt32s, Int64s],
    public: tuple[Flags, Scalar],
    tables: tuple[UInt64s, UInt64s],
    copies: tuple[Int64s, Int64s],
    totals: Floats,
    figures: Floats,
) -> None:
    items, run_offsets, runs = candidates
    tokens, offsets = registry
    marks, weight_of_seed = public
    table, language = tables
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
            _fetch_counts(tokens, at, end, tables)
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
                own = both = context = pair(ALONE, token)
                if has_pair:
                    both = pair(tokens[place - 1], token)
                    context = pair(ALONE, tokens[place - 1])
                c1, r1 = _counts(table, own, copied, passed_on)
                c0, r0 = _counts(table, context, copied, passed_on)
                c2, r2 = _counts(table, both, copied, passed_on)
                # A word is as cheap as the one who knows it best makes it.
                l1, l0 = _known(language, own), _known(language, context)
                l2 = _known(language, both)
                known = _probability(l1, l0, l2, has_pair, totals[2])
                in_both = _probability(c1, c0, c2, has_pair, totals[0])
                corpus_bits += weight * _bits(max(known, in_both))
                registry_bits += weight * _bits(_probability(r1, r0, r2, has_pair, totals[1]))
                pooled = _probability(c1 + r1, c0 + r0, c2 + r2, has_pair, totals[0] + totals[1])
                if place > at + 1:
                    two = pair(tokens[place - 2], tokens[place - 1])
                    three = triple(tokens[place - 2], tokens[place - 1], token)
                    c4, r4 = _counts(table, two, copied, passed_on)
                    c3, r3 = _counts(table, three, copied, passed_on)
                    pooled = _interpolated(pooled, c4 + r4, c3 + r3, _HEAPS_OF_PAIRS)
                pooled_bits += weight * _bits(max(known, pooled))
        figures[candidate, CORPUS] = corpus_bits
        figures[candidate, REGISTRY] = registry_bits
        figures[candidate, POOLED] = pooled_bits
        figures[candidate, DISTINCT] = distinct
        figures[candidate, LONGEST] = longest
        figures[candidate, ABSENT] = absent


@inner
def _fetch_counts(
    tokens: UInt32s, first: Scalar, end: Scalar, tables: tuple[UInt64s, UInt64s]
) -> None:
    """Fetch what is known of the words of a run, where that does not fit into the nearer caches."""
    table, language = tables
    if max(table.size, language.size) < _LARGE:
        return
    for place in range(first, end):
        for back in range(min(place - first, 2) + 1):
            key = pair(ALONE, tokens[place])
            if back == 1:
                key = pair(tokens[place - 1], tokens[place])
            elif back == 2:
                key = triple(tokens[place - 2], tokens[place - 1], tokens[place])
            fetch(table, first_row(table, key))
            if back < 2:
                fetch(language, first_row(language, key))


@inlined
def _counts(
    table: UInt64s, key: Scalar, copied: Scalar, passed_on: Scalar
) -> tuple[Scalar, Scalar]:
    """Give how often the corpus and the registry have a key, without the copies of the item."""
    both = table[row_of(table, key) + np.uint64(1)]
    in_corpus, in_registry = np.float64(both & _LOW), np.float64(both >> np.uint64(32))
    return max(in_corpus - copied, 0.0), max(in_registry - passed_on, 0.0)


@inlined
def _known(language: UInt64s, key: Scalar) -> Scalar:
    """Give how often language has a key."""
    return np.float64(language[row_of(language, key) + np.uint64(1)])


@inlined
def _any(marks: Flags, first: Scalar, end: Scalar) -> Scalar:
    place = first
    while place < end and not marks[place]:
        place += 1
    return place < end


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
