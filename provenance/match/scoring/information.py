"""Information of the words that candidates matched, in bits.

Each matched word counts ``-log2 p``, where ``p`` is its probability given the preceding words, from
counts of unigrams, bigrams and trigrams in the corpus, the registry and general language,
interpolated by absolute discounting. Candidates are measured in batches, since counts take memory
for each matched word; corpus and registry are read once for each batch.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from provenance.jit.decorators import Scalar, allocating_part, inlined, kernel, kernel_part
from provenance.jit.intrinsics import prefetch
from provenance.match.candidates.candidate_table import Candidates
from provenance.match.index.postings_index import PostingsIndex
from provenance.match.index.report_limits import SURPRISAL_SCALE
from provenance.match.index.token_weights import (
    MAX_WORD_BITS,
    evidence_mask,
    most_bits,
    token_weight,
)
from provenance.match.scoring.corpus_sample import PassageSample
from provenance.match.scoring.ngram_counts import collect_vocabulary, count_ngrams
from provenance.match.scoring.ngram_table import (
    NO_CONTEXT,
    build_table,
    empty_table,
    find_row,
    home_row,
    pair_key,
)
from provenance.model.content.fingerprints import Flags, Floats, Int32s, Int64s, UInt32s, UInt64s
from provenance.model.content.language import Language

_DISCOUNT = 0.75
HEAPS_EXPONENT, HEAPS_EXPONENT_OF_PAIRS = 0.75, 0.8
"""Distinct followers of an n-gram grow as this power of its count (Heaps' law)."""

_VOCABULARY_SIZE = 500_000.0

_TABULATED, _MEMO_ROWS = 1 << 12, 1 << 10
"""Powers are tabulated for contexts of lower counts, and memoised for as many others: a power takes
long, and frequent words recur."""

_ONE, _TWO = np.uint64(1), np.uint64(2)


@allocating_part
def novelty_table(heaps: Scalar) -> tuple[Floats, Floats]:
    """Return the probability of a new follower by count of its context, and memo rows."""
    shares = np.empty(_TABULATED, np.float64)
    for context in range(_TABULATED):
        shares[context] = _novelty(np.float64(context), heaps)
    return shares, np.zeros(2 * _MEMO_ROWS, np.float64)


@inlined
def _novelty(context: Scalar, heaps: Scalar) -> Scalar:
    followers = context**heaps
    return followers / (context + followers)


@inlined
def unigram_probability(count: Scalar, total: Scalar) -> Scalar:
    """Return the probability of a token, independent of preceding ones."""
    return (count + 0.5) / (total + 0.5 * _VOCABULARY_SIZE)


@inlined
def interpolate(
    shorter: Scalar, context: Scalar, count: Scalar, shares: tuple[Floats, Floats], heaps: Scalar
) -> Scalar:
    """Interpolate a probability with that of a longer context, by absolute discounting."""
    if context > 0:
        table, memo = shares
        if context < _TABULATED:
            share = table[np.uint64(context)]
        else:
            row = _TWO * (np.uint64(context) % np.uint64(_MEMO_ROWS))
            if memo[row] != context:
                memo[row] = context
                memo[row + _ONE] = _novelty(context, heaps)
            share = memo[row + _ONE]
        shorter = share * shorter + (1 - share) * max(count - _DISCOUNT, 0.0) / context
    return shorter


@inlined
def surprisal(probability: Scalar) -> Scalar:
    """Return the information of a word in bits, at most `MAX_WORD_BITS`."""
    return min(-np.log2(probability), MAX_WORD_BITS)


REPEAT_DISCOUNT = 0.3  # factor for each earlier occurrence of a word in the match
_REPEAT_WINDOW = 64  # matched tokens that are searched for repeats
_COPY_WINDOW = 512  # tokens on either side, in which the n-grams of a copy are counted
_NO_TOKEN = np.uint64(1 << 32)

CORPUS_BITS, REGISTRY_BITS, POOLED_BITS, DISTINCT_WORDS, LONGEST_RUN, STOP_WORDS = range(6)
"""Columns of `measure_information`: bits under the corpus, the registry, and both together;
distinct words; words of the longest run; and words that only stop shingles cover."""

_LARGE_TABLE = 1 << 18  # elements of a table that is larger than the L2 cache
_LOWER_HALF = np.uint64(0xFFFFFFFF)


@dataclass(frozen=True, slots=True)
class NgramCounts:
    """Counts of n-grams.

    Parameters
    ----------
    words : ndarray of uint64, shape (2 * 2**a,)
        Table of unigrams: counts in the corpus in the lower half, in the registry in the upper.
    counts : ndarray of uint64, shape (2 * m,) or (0,)
        The same of the bigram that ends at each matched token, and of the trigram; empty where
        nothing was counted.
    language : ndarray of uint64, shape (2 * 2**c,)
        Table of unigrams and bigrams in general language.
    totals : ndarray of float64, shape (3,)
        Tokens of the corpus's sample, of the registry, and of language.
    """

    words: UInt64s
    counts: UInt64s
    language: UInt64s
    totals: Floats


@lru_cache(2)
def _language_table(language: Language) -> UInt64s:
    """Return the table of unigrams and bigrams in language; scoring a few texts takes less time."""
    return build_table(language.keys, language.counts)


def language_only_counts(language: Language) -> NgramCounts:
    """Return counts of language, and of an endless corpus and registry that lack every word.

    Each word then has the most information that it can have: counts in a corpus never make it more
    informative than language does. The registry's column has no meaning.
    """
    return NgramCounts(
        empty_table(2),
        empty_table(0),
        _language_table(language),
        np.array([np.inf, np.inf, language.tokens]),
    )


def language_surprisals(language: Language) -> UInt64s:
    """Return the surprisals of words in language alone, as `ReportLimits.surprisals`.

    They are those that `measure_information` counts with `language_only_counts`, rounded up.
    """
    counts = language.counts.astype(np.float64)
    first_word = int(np.searchsorted(language.keys, NO_CONTEXT << np.uint64(32)))
    words = language.keys[first_word:] & _LOWER_HALF
    unknown_word = np.zeros(1)

    def count_words(tokens: UInt64s) -> Floats:
        places = np.searchsorted(words, tokens)
        is_known = words[np.minimum(places, len(words) - 1)] == tokens if len(words) else False
        return np.where(is_known, np.append(counts[first_word:], unknown_word)[places], 0.0)

    pairs, pair_counts = language.keys[:first_word], counts[:first_word]
    context, count = count_words(pairs >> np.uint64(32)), count_words(pairs & _LOWER_HALF)
    share = np.where(context > 0, _novelty_of(np.maximum(context, 1)), 1.0)
    followers = np.maximum(pair_counts - _DISCOUNT, 0.0) / np.maximum(context, 1)
    probability = share * _unigram_of(count, language) + (1 - share) * followers
    values = np.concatenate(
        [
            _scaled_surprisal(probability),
            _scaled_surprisal(_unigram_of(counts[first_word:], language))
            | _scaled_surprisal(_novelty_of(counts[first_word:])) << np.uint32(16),
        ]
    )
    return build_table(language.keys, values)


def _unigram_of(count: Floats, language: Language) -> Floats:
    return np.asarray((count + 0.5) / (language.tokens + 0.5 * _VOCABULARY_SIZE))


def _novelty_of(context: Floats) -> Floats:
    return np.asarray(1 / (1 + context ** (1 - HEAPS_EXPONENT)))


def _scaled_surprisal(probability: Floats) -> UInt32s:
    bits = np.minimum(-np.log2(probability), MAX_WORD_BITS)
    return np.asarray(np.ceil(SURPRISAL_SCALE * bits), np.uint32)


def measure_information(
    candidates: Candidates,
    copies: tuple[Int64s, Int64s],
    registry: PostingsIndex,
    ngrams: NgramCounts,
    threads: int = 1,
) -> Floats:
    """Measure the information of candidates' words, by given counts.

    Parameters
    ----------
    candidates : Candidates
        Matches with items of the registry.
    copies : tuple of two ndarray of int64, shape (n,)
        Copies of each candidate's item in the corpus's sample, and in the registry: they are
        subtracted from the counts.
    registry : PostingsIndex
        Index of the registry.
    ngrams : NgramCounts
        Counts of the candidates' n-grams.
    threads : int
        Number of threads.

    Returns
    -------
    ndarray of float64, shape (n, 6)
        Columns `CORPUS_BITS` to `STOP_WORDS`.
    """
    arrays = registry.arrays
    table = np.empty((len(candidates), STOP_WORDS + 1))
    before = np.concatenate([np.zeros(1, np.int64), np.cumsum(candidates.matched)])
    marks = registry.stops.mark_runs(candidates, arrays)

    def measure_range(low: int, high: int) -> None:
        _measure_all(
            (candidates.items[low:high], candidates.run_offsets[low : high + 1], candidates.runs),
            (arrays.tokens, arrays.token_offsets),
            (
                marks[before[low] :],
                4 * arrays.parameters.seed_width if len(marks) else 0,
            ),
            (ngrams.words, ngrams.language),
            ngrams.counts[2 * before[low] :],
            (copies[0][low:high], copies[1][low:high]),
            ngrams.totals,
            table[low:high],
        )

    bounds = np.linspace(0, len(candidates), threads + 1).astype(np.int64).tolist()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(measure_range, bounds[:-1], bounds[1:]))
    return table


@kernel
def _measure_all(  # noqa: C901, PLR0912, PLR0913, PLR0915 (tokens walked once for six figures)
    candidates: tuple[UInt32s, Int64s, Int32s],
    registry: tuple[UInt32s, Int64s],
    public: tuple[Flags, Scalar],
    tables: tuple[UInt64s, UInt64s],
    counts: UInt64s,
    copies: tuple[Int64s, Int64s],
    totals: Floats,
    table: Floats,
) -> None:
    items, run_offsets, runs = candidates
    tokens, offsets = registry
    marks, weight_of_seed = public
    words, language = tables
    after_words, after_pairs = novelty_table(HEAPS_EXPONENT), novelty_table(HEAPS_EXPONENT_OF_PAIRS)
    recent = np.empty(_REPEAT_WINDOW, np.uint64)
    count_index, is_counted = np.int64(-2), counts.size > 0
    for candidate in range(len(items)):
        _prefetch_next(candidates, np.int64(candidate), registry, tables)
        item_copies = np.float64(copies[0][candidate]), np.float64(copies[1][candidate])
        base, item_end = offsets[items[candidate]], offsets[items[candidate] + 1]
        begin, after = run_offsets[candidate], run_offsets[candidate + 1] - 1
        extent = base + runs[begin, 0], base + runs[after, 0] + runs[after, 2]
        is_part = extent[0] > base or extent[1] < item_end
        corpus_bits = registry_bits = pooled_bits = 0.0
        for place in range(_REPEAT_WINDOW):
            recent[np.uint64(place)] = _NO_TOKEN
        recent_count = np.uint64(0)
        longest = run_words = distinct = absent = 0.0
        for run in range(run_offsets[candidate], run_offsets[candidate + 1]):
            at = offsets[items[candidate]] + runs[run, 0]
            end = at + runs[run, 2]
            first_matched = (count_index + 2) // 2
            run_marks = marks[:0]
            if weight_of_seed > 0:
                run_marks = marks[first_matched : first_matched + end - at]
            is_marked = _any_marked(run_marks)
            evidence = run_marks
            if is_marked:
                evidence = evidence_mask(tokens, run_marks, at, end, weight_of_seed)
            run_words = 0.0
            # Counts in corpus (c), registry (r) and language (l) of the unigram (1), bigram (2) and
            # trigram (3) that end at a token; 0 and 4: unigram and bigram that end before it.
            c0 = r0 = c1 = r1 = c2 = r2 = c3 = r3 = c4 = r4 = l0 = l1 = l2 = 0.0
            for place in range(at, end):
                token = tokens[place]
                c0, r0, c4, r4, l0 = c1, r1, c2, r2, l1
                key = pair_key(NO_CONTEXT, token)
                times = in_item = _count_within(tokens, np.int64(place), extent)
                if is_part and item_copies[1] > 0:
                    in_item = _count_within(tokens, np.int64(place), (base, item_end))
                c1, r1 = _counts_without_copies(
                    words[find_row(words, key) + np.uint64(1)], item_copies, (times[0], in_item[0])
                )
                l1 = _language_count(language, key)
                if place > at:
                    l2 = _language_count(language, pair_key(tokens[place - 1], token))
                count_index += 2
                if is_counted:
                    c2, r2 = _counts_without_copies(
                        counts[np.uint64(count_index)], item_copies, (times[1], in_item[1])
                    )
                    c3, r3 = _counts_without_copies(
                        counts[np.uint64(count_index + 1)], item_copies, (times[2], in_item[2])
                    )
                word = token_weight(token) / 4
                if is_marked and not evidence[place - at]:
                    absent += word
                    run_words = 0.0
                    continue
                weight = 1.0
                for _ in range(_count_repeats(recent, np.uint64(token))):
                    weight *= REPEAT_DISCOUNT
                recent[recent_count % np.uint64(_REPEAT_WINDOW)] = token
                recent_count += np.uint64(1)
                if weight == 1.0:
                    distinct += word
                    run_words += word
                longest = max(longest, run_words)
                # The model with the highest probability of a word counts.
                in_language = unigram_probability(l1, totals[2])
                in_both, in_registry = (
                    unigram_probability(c1, totals[0]),
                    unigram_probability(r1, totals[1]),
                )
                pooled = unigram_probability(c1 + r1, totals[0] + totals[1])
                if place > at:
                    in_language = interpolate(in_language, l0, l2, after_words, HEAPS_EXPONENT)
                    in_both = interpolate(in_both, c0, c2, after_words, HEAPS_EXPONENT)
                    in_registry = interpolate(in_registry, r0, r2, after_words, HEAPS_EXPONENT)
                    pooled = interpolate(pooled, c0 + r0, c2 + r2, after_words, HEAPS_EXPONENT)
                if place > at + 1:
                    pooled = interpolate(
                        pooled, c4 + r4, c3 + r3, after_pairs, HEAPS_EXPONENT_OF_PAIRS
                    )
                most = most_bits(token)
                corpus_bits += weight * min(surprisal(max(in_language, in_both)), most)
                registry_bits += weight * min(surprisal(in_registry), most)
                pooled_bits += weight * min(surprisal(max(in_language, pooled)), most)
        table[candidate, CORPUS_BITS] = corpus_bits
        table[candidate, REGISTRY_BITS] = registry_bits
        table[candidate, POOLED_BITS] = pooled_bits
        table[candidate, DISTINCT_WORDS] = distinct
        table[candidate, LONGEST_RUN] = longest
        table[candidate, STOP_WORDS] = absent


@inlined
def _count_repeats(recent: UInt64s, token: Scalar) -> Scalar:
    times = 0
    for place in range(_REPEAT_WINDOW):
        times += recent[np.uint64(place)] == token
    return times


@kernel_part
def _prefetch_next(
    candidates: tuple[UInt32s, Int64s, Int32s],
    candidate: Scalar,
    registry: tuple[UInt32s, Int64s],
    tables: tuple[UInt64s, UInt64s],
) -> None:
    """Prefetch counts of the next candidate's words, and the words of the one after it.

    Only if the tables do not fit into the L2 cache.
    """
    items, run_offsets, runs = candidates
    tokens, offsets = registry
    words, language = tables
    if max(words.size, language.size) < _LARGE_TABLE:
        return
    if candidate + 2 < len(items):
        first = offsets[np.uint64(items[np.uint64(candidate + 2)])]
        for run in range(run_offsets[candidate + 2], run_offsets[candidate + 3]):
            at = first + runs[np.uint64(run), 0]
            for place in range(at, at + runs[np.uint64(run), 2], 16):
                prefetch(tokens, place)
            prefetch(tokens, at + runs[np.uint64(run), 2] - 1)
    if candidate + 1 < len(items):
        first = offsets[np.uint64(items[np.uint64(candidate + 1)])]
        for run in range(run_offsets[candidate + 1], run_offsets[candidate + 2]):
            at = first + runs[np.uint64(run), 0]
            _prefetch_counts(tokens, at, at + runs[np.uint64(run), 2], tables)


@kernel_part
def _prefetch_counts(
    tokens: UInt32s, first: Scalar, end: Scalar, tables: tuple[UInt64s, UInt64s]
) -> None:
    """Prefetch the counts of a run's words."""
    words, language = tables
    for place in range(first, end):
        key = pair_key(NO_CONTEXT, tokens[place])
        prefetch(words, home_row(words, key))
        prefetch(language, home_row(language, key))
        if place > first:
            key = pair_key(tokens[place - 1], tokens[place])
            prefetch(language, home_row(language, key))


@inlined
def _counts_without_copies(
    both: Scalar, item_copies: tuple[Scalar, Scalar], times: tuple[Scalar, Scalar]
) -> tuple[Scalar, Scalar]:
    """Return counts in the corpus and in the registry, without the copies of the item.

    A copy in the corpus has the n-gram as often as the match, one in the registry as the item.
    """
    in_corpus, in_registry = np.float64(both & _LOWER_HALF), np.float64(both >> np.uint64(32))
    in_corpus -= item_copies[0] * times[0]
    return max(in_corpus, 0.0), max(in_registry - item_copies[1] * times[1], 0.0)


@kernel_part
def _count_within(
    tokens: UInt32s, place: Scalar, extent: tuple[Scalar, Scalar]
) -> tuple[Scalar, Scalar, Scalar]:
    """Return how often tokens have the unigram, bigram and trigram that end at one of them."""
    first = max(extent[0], place - _COPY_WINDOW)
    end = min(extent[1], place + _COPY_WINDOW)
    token = tokens[place]
    before, second = tokens[max(place - 1, first)], tokens[max(place - 2, first)]
    words: Scalar = np.int64(0)
    pairs: Scalar = np.int64(0)
    triples: Scalar = np.int64(0)
    for other in range(first, end):
        words += tokens[other] == token
    if words > 1:
        for other in range(first + 1, end):
            is_pair = (tokens[other] == token) & (tokens[other - 1] == before)
            pairs += is_pair
            triples += is_pair & (other > first + 1) & (tokens[max(other - 2, first)] == second)
    return np.float64(words), np.float64(max(pairs, 1)), np.float64(max(triples, 1))


@inlined
def _language_count(language: UInt64s, key: Scalar) -> Scalar:
    """Return the count of a key in language."""
    return np.float64(language[find_row(language, key) + np.uint64(1)])


@inlined
def _any_marked(marks: Flags) -> Scalar:
    place = 0
    while place < len(marks) and not marks[place]:
        place += 1
    return place < len(marks)


_BATCH_TOKENS = 1 << 24
"""Matched tokens of the candidates of a batch: each takes some forty bytes while it is counted, or
eighty if nearly all are repetitions of the same few words."""


def count_and_measure(  # noqa: PLR0913 (as `features.measure_features`, and the size of a batch)
    candidates: Candidates,
    copies: tuple[Int64s, Int64s],
    registry: PostingsIndex,
    corpus: PassageSample,
    language: Language,
    threads: int,
    batch_tokens: int = _BATCH_TOKENS,
) -> Floats:
    """Measure the information of candidates' words, counting their n-grams in corpus and registry.

    Parameters
    ----------
    candidates, registry, corpus, language, threads
        As in `features.measure_features`.
    copies : tuple of two ndarray of int64, shape (n,)
        As for `measure_information`.
    batch_tokens : int
        Matched tokens of the candidates of a batch.

    Returns
    -------
    ndarray of float64, shape (n, 6)
        As for `measure_information`.
    """
    language_table = _language_table(language)
    arrays = registry.arrays
    corpus_texts = corpus.tokens, corpus.offsets, np.arange(len(corpus.offsets) - 1)
    registry_texts = arrays.tokens, arrays.token_offsets, registry.counted.items
    totals = [len(corpus.tokens), registry.counted.tokens, language.tokens]

    def measure_batch(low: int, high: int) -> Floats:
        batch = candidates.take(np.arange(low, high))
        words = collect_vocabulary(batch, arrays.tokens, arrays.token_offsets, threads)
        count_ngrams(words, corpus_texts, registry_texts, threads)
        ngrams = NgramCounts(
            words.words, words.counts, language_table, np.array(totals, np.float64)
        )
        batch_copies = copies[0][low:high], copies[1][low:high]
        return measure_information(batch, batch_copies, registry, ngrams, threads)

    matched = np.cumsum(candidates.matched)
    batch_count = -(-int(matched[-1]) // batch_tokens) if len(matched) else 0
    if batch_count <= 1:
        return measure_batch(0, len(candidates))
    ends = np.searchsorted(matched, matched[-1] * np.arange(1, batch_count) / batch_count).tolist()
    return np.concatenate(list(map(measure_batch, [0, *ends], [*ends, len(candidates)])))
