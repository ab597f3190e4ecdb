"""How much the words of a match tell: their information, by what is known of what precedes them.

It is measured by counts of words, of pairs and of triples of words: of the corpus, of the registry,
and of language at large.

How likely a word is, by how often it was met, and behind what.

Candidates measured in lots: however many there are, the words of only so many are counted.

What is counted takes room for each matched word. Corpus and registry are read anew for each lot.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from provenance.jit.decorators import Scalar, inlined, inner, kernel, maker
from provenance.jit.intrinsics import fetch
from provenance.match.candidates.candidate_table import Candidates
from provenance.match.index.postings_index import Index
from provenance.match.index.stop_shingles import telling, weight_of
from provenance.match.scoring.corpus_sample import Passages
from provenance.match.scoring.ngram_counts import count, vocabulary
from provenance.match.scoring.ngram_table import ALONE, first_row, free_rows, pair, row_of, table_of
from provenance.model import Flags, Floats, Int32s, Int64s, Language, UInt32s, UInt64s

_DISCOUNT = 0.75
HEAPS, HEAPS_OF_PAIRS = 0.75, 0.8
"""Distinct followers of a token, and of a pair, grow as this power of its count (Heaps' law)."""

RAREST = 16.0
"""Bits of the rarest word."""

_VOCABULARY = 500_000.0

_OFTEN, _REMEMBERED = 1 << 12, 1 << 10
"""Contexts met less often have their powers in a table, and so many others are remembered: a power
takes long, and the words that are met most often come again and again."""

_ONE, _TWO = np.uint64(1), np.uint64(2)


@maker
def shares_of_new(heaps: Scalar) -> tuple[Floats, Floats]:
    """Give what falls to words not met before, behind what was met so often, or less.

    And room to remember what falls to them behind what is met more often.
    """
    shares = np.empty(_OFTEN, np.float64)
    for context in range(_OFTEN):
        shares[context] = _share_of_new(np.float64(context), heaps)
    return shares, np.zeros(2 * _REMEMBERED, np.float64)


@inlined
def _share_of_new(context: Scalar, heaps: Scalar) -> Scalar:
    followers = context**heaps
    return followers / (context + followers)


@inlined
def alone(count: Scalar, total: Scalar) -> Scalar:
    """Give the probability of a token, whatever stands before it."""
    return (count + 0.5) / (total + 0.5 * _VOCABULARY)


@inlined
def interpolated(
    shorter: Scalar, context: Scalar, whole: Scalar, shares: tuple[Floats, Floats], heaps: Scalar
) -> Scalar:
    """Interpolate with what is known of a longer context, discounted as Kneser and Ney did."""
    if context > 0:
        told, remembered = shares
        if context < _OFTEN:
            share = told[np.uint64(context)]
        else:
            row = _TWO * (np.uint64(context) % np.uint64(_REMEMBERED))
            if remembered[row] != context:
                remembered[row] = context
                remembered[row + _ONE] = _share_of_new(context, heaps)
            share = remembered[row + _ONE]
        shorter = share * shorter + (1 - share) * max(whole - _DISCOUNT, 0.0) / context
    return shorter


@inlined
def bits_of(probability: Scalar) -> Scalar:
    """Give the information of a word, of so many bits at most as the rarest word has."""
    return min(-np.log2(probability), RAREST)


REPEATED = 0.3  # a word that the match holds already tells this much less, each time anew
_MEMORY = 64  # matched tokens looked back over for repeats
_NO_TOKEN = np.uint64(1 << 32)

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
    words : ndarray of uint64, shape (2 * 2**a,)
        A table: in the corpus, in the lower half of each count, and in the registry, in the upper.
    counts : ndarray of uint64, shape (2 * m,) or (0,)
        The same of the pair that ends at each matched token, and of the triple; of length 0 where
        nothing was counted.
    language : ndarray of uint64, shape (2 * 2**c,)
        In language at large; no triples.
    totals : ndarray of float64, shape (3,)
        Tokens of the corpus's sample, of the registry, of language.
    """

    words: UInt64s
    counts: UInt64s
    language: UInt64s
    totals: Floats


def counted_by(language: Language) -> Counted:
    """Give the counts of language, as if corpus and registry were endless and had no word.

    So each word tells as much as it may: no count makes one dearer than language does. What the
    registry alone makes of it says nothing then.
    """
    known = table_of(language.keys, language.counts)
    return Counted(free_rows(2), free_rows(0), known, np.array([np.inf, np.inf, language.tokens]))


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
    before = np.concatenate([np.zeros(1, np.int64), np.cumsum(candidates.matched)])

    def measured(low: int, high: int) -> None:
        _measure_all(
            (candidates.items[low:high], candidates.run_offsets[low : high + 1], candidates.runs),
            (holdings.tokens, holdings.token_offsets),
            (registry.marks, 4 * holdings.parameters.seed_width if registry.marks.any() else 0),
            (counted.words, counted.language),
            counted.counts[2 * before[low] :],
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
    counts: UInt64s,
    copies: tuple[Int64s, Int64s],
    totals: Floats,
    figures: Floats,
) -> None:
    items, run_offsets, runs = candidates
    tokens, offsets = registry
    marks, weight_of_seed = public
    words, language = tables
    after_words, after_pairs = shares_of_new(HEAPS), shares_of_new(HEAPS_OF_PAIRS)
    recent = np.empty(_MEMORY, np.uint64)
    counted, is_counted = np.int64(-2), counts.size > 0
    for candidate in range(len(items)):
        _fetch_next(candidates, np.int64(candidate), registry, tables)
        own = np.float64(copies[0][candidate]), np.float64(copies[1][candidate])
        corpus_bits = registry_bits = pooled_bits = 0.0
        for place in range(_MEMORY):
            recent[np.uint64(place)] = _NO_TOKEN
        seen = np.uint64(0)
        longest = unbroken = distinct = absent = 0.0
        for run in range(run_offsets[candidate], run_offsets[candidate + 1]):
            at = offsets[items[candidate]] + runs[run, 0]
            end = at + runs[run, 2]
            is_marked = weight_of_seed > 0 and _any(marks, at, end)
            tells = telling(tokens, marks, at, end, weight_of_seed) if is_marked else marks[:0]
            unbroken = 0.0
            # Of a word, of a pair and of a triple: in the corpus, in the registry. What is told of
            # a word and of a pair is told of what the next ones stand behind.
            c0 = r0 = c1 = r1 = c2 = r2 = c3 = r3 = c4 = r4 = l0 = l1 = l2 = 0.0
            for place in range(at, end):
                token = tokens[place]
                c0, r0, c4, r4, l0 = c1, r1, c2, r2, l1
                key = pair(ALONE, token)
                c1, r1 = _without(words[row_of(words, key) + np.uint64(1)], own)
                l1 = _known(language, key)
                if place > at:
                    l2 = _known(language, pair(tokens[place - 1], token))
                counted += 2
                if is_counted:
                    c2, r2 = _without(counts[np.uint64(counted)], own)
                    c3, r3 = _without(counts[np.uint64(counted + 1)], own)
                word = weight_of(token) / 4
                if is_marked and not tells[place - at]:
                    absent += word
                    unbroken = 0.0
                    continue
                weight = 1.0
                for _ in range(_times_in(recent, np.uint64(token))):
                    weight *= REPEATED
                recent[seen % np.uint64(_MEMORY)] = token
                seen += np.uint64(1)
                if weight == 1.0:
                    distinct += word
                    unbroken += word
                longest = max(longest, unbroken)
                # A word is as cheap as the one who knows it best makes it.
                known = alone(l1, totals[2])
                in_both, in_registry = alone(c1, totals[0]), alone(r1, totals[1])
                pooled = alone(c1 + r1, totals[0] + totals[1])
                if place > at:
                    known = interpolated(known, l0, l2, after_words, HEAPS)
                    in_both = interpolated(in_both, c0, c2, after_words, HEAPS)
                    in_registry = interpolated(in_registry, r0, r2, after_words, HEAPS)
                    pooled = interpolated(pooled, c0 + r0, c2 + r2, after_words, HEAPS)
                if place > at + 1:
                    pooled = interpolated(pooled, c4 + r4, c3 + r3, after_pairs, HEAPS_OF_PAIRS)
                corpus_bits += weight * bits_of(max(known, in_both))
                registry_bits += weight * bits_of(in_registry)
                pooled_bits += weight * bits_of(max(known, pooled))
        figures[candidate, CORPUS] = corpus_bits
        figures[candidate, REGISTRY] = registry_bits
        figures[candidate, POOLED] = pooled_bits
        figures[candidate, DISTINCT] = distinct
        figures[candidate, LONGEST] = longest
        figures[candidate, ABSENT] = absent


@inlined
def _times_in(recent: UInt64s, token: Scalar) -> Scalar:
    times = 0
    for place in range(_MEMORY):
        times += recent[np.uint64(place)] == token
    return times


@inner
def _fetch_next(
    candidates: tuple[UInt32s, Int64s, Int32s],
    candidate: Scalar,
    registry: tuple[UInt32s, Int64s],
    tables: tuple[UInt64s, UInt64s],
) -> None:
    """Fetch what is known of the next candidate's words, and the words of the one behind it.

    Only where that does not fit into the nearer caches.
    """
    items, run_offsets, runs = candidates
    tokens, offsets = registry
    words, language = tables
    if max(words.size, language.size) < _LARGE:
        return
    if candidate + 2 < len(items):
        first = offsets[np.uint64(items[np.uint64(candidate + 2)])]
        for run in range(run_offsets[candidate + 2], run_offsets[candidate + 3]):
            at = first + runs[np.uint64(run), 0]
            for place in range(at, at + runs[np.uint64(run), 2], 16):
                fetch(tokens, place)
            fetch(tokens, at + runs[np.uint64(run), 2] - 1)
    if candidate + 1 < len(items):
        first = offsets[np.uint64(items[np.uint64(candidate + 1)])]
        for run in range(run_offsets[candidate + 1], run_offsets[candidate + 2]):
            at = first + runs[np.uint64(run), 0]
            _fetch_counts(tokens, at, at + runs[np.uint64(run), 2], tables)


@inner
def _fetch_counts(
    tokens: UInt32s, first: Scalar, end: Scalar, tables: tuple[UInt64s, UInt64s]
) -> None:
    """Fetch what is known of the words of a run."""
    words, language = tables
    for place in range(first, end):
        key = pair(ALONE, tokens[place])
        fetch(words, first_row(words, key))
        fetch(language, first_row(language, key))
        if place > first:
            key = pair(tokens[place - 1], tokens[place])
            fetch(language, first_row(language, key))


@inlined
def _without(both: Scalar, own: tuple[Scalar, Scalar]) -> tuple[Scalar, Scalar]:
    """Give counts in the corpus and in the registry, without the copies of the item."""
    in_corpus, in_registry = np.float64(both & _LOW), np.float64(both >> np.uint64(32))
    return max(in_corpus - own[0], 0.0), max(in_registry - own[1], 0.0)


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
