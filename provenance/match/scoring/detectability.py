"""Detectability: which items can be found at all, and the limits of what may be reported."""

import numpy as np

from provenance.jit.decorators import Scalar, kernel
from provenance.match.index.postings_index import BITS_SCALE, CELL_SHIFT, PostingsIndex
from provenance.match.index.report_limits import (
    COPY_RUN_TOKENS,
    EXTENSION_WORDS,
    MAX_EXTENSION,
    MOST_OF_ITEM,
    NO_LIMITS,
    SURPRISAL_SCALE,
    TABLE_BITS,
    TABLE_QUARTERS,
    TABLE_WORDS,
    ReportLimits,
)
from provenance.match.index.token_weights import MAX_WORD_BITS, most_bits, token_weight
from provenance.match.scoring.classifier import (
    EXCESS_BITS_WEIGHT,
    LARGE_CORPUS_TOKENS,
    MAX_BITS,
    MIN_DISTINCT_WORDS,
    SATURATION_TOKENS,
    log_odds,
)
from provenance.match.scoring.evalue import (
    STRENGTH_THRESHOLD,
    is_reported,
    least_reported_odds,
    strength,
)
from provenance.match.scoring.features import Features, item_words
from provenance.match.scoring.information import REPEAT_DISCOUNT, language_surprisals
from provenance.model.content.chance import ChanceModel
from provenance.model.content.fingerprints import (
    Flags,
    Floats,
    Int64s,
    UInt8s,
    UInt32s,
    list_indices,
)
from provenance.model.content.language import Language

_BATCH_ITEMS = 1 << 14  # intermediate results of a batch fit the cache
_SLOTS, _SLOT_SHIFT = 1 << 10, np.uint32(22)
_ENOUGH_WORDS = 8  # distinct words from which bits alone decide
_MAX_TOKENS = 64  # read of an item; longer ones are detectable unless all words are equal

LIMITED_FROM_TOKENS = 1_000_000
"""Tokens of registries from which on there are limits: smaller ones have few chance hits."""

_ROUNDING_MARGIN = 1e-6  # of log-odds
_UNREACHABLE = 1 << 30  # units of surprisal


def report_limits(
    chance: ChanceModel, size: int, language: Language, threshold: float = STRENGTH_THRESHOLD
) -> ReportLimits:
    """Return the limits of what may be reported in any corpus and text.

    Parameters
    ----------
    chance : ChanceModel
        The registry's chance model.
    size : int
        Tokens of all registries that are matched at a time, as for `evalue.strength`.
    language : Language
        N-gram counts of general language.
    threshold : float
        Strength from which matches are reported.

    Notes
    -----
    Log-odds are linear in the information of the matched words, up to `MAX_BITS` and beyond, so
    that for each number of words the least information is known, if everything else is at its best:
    all words next to each other, different from the registry's, and the text breaks on both sides.
    """
    if size < LIMITED_FROM_TOKENS:
        return NO_LIMITS
    least = _least_bits(least_reported_odds(chance, size, threshold))
    return ReportLimits(
        np.minimum(np.ceil(least * SURPRISAL_SCALE), _UNREACHABLE).astype(np.int32),
        _longest_items(least),
        language_surprisals(language),
    )


def _least_bits(least_odds: float) -> Floats:
    shape = (2, TABLE_QUARTERS + 1, TABLE_WORDS + 1, TABLE_WORDS + 1)
    starts, quarters, longest, matched = (
        axis.ravel().astype(np.float64) for axis in np.indices(shape)
    )
    ones, zeros = np.ones(starts.shape), np.zeros(starts.shape)
    length = np.maximum(quarters, 1) / 4
    matched = np.minimum(np.maximum(matched, 1), length)
    is_most = np.asarray(matched >= MOST_OF_ITEM * length, np.float64)

    def best_odds(bits: float) -> Floats:
        best = Features(
            corpus_bits=bits * ones,
            registry_bits=zeros,
            pooled_bits=bits * ones,
            matched=matched,
            length=length,
            longest=np.minimum(longest, matched),
            distinct=np.full(starts.shape, float(MIN_DISTINCT_WORDS)),
            density=ones,
            shared_across_sources=zeros,
            fills_text=is_most,
            starts_item=starts,
            is_delimited=is_most,
            is_elided=starts,
        )
        return log_odds(best, int(LARGE_CORPUS_TOKENS))

    lowest, highest = best_odds(0.0), best_odds(MAX_BITS)
    required = least_odds - _ROUNDING_MARGIN
    least = np.maximum((required - lowest) / (highest - lowest), 0.0) * MAX_BITS
    is_run = np.minimum(longest, matched) >= COPY_RUN_TOKENS
    beyond = np.where(is_run, MAX_BITS + (required - highest) / EXCESS_BITS_WEIGHT, np.inf)
    least = np.where(required > highest, beyond, least).reshape(shape)
    # At most so many words match, in runs of at most so many.
    return np.asarray(np.minimum.accumulate(np.minimum.accumulate(least, axis=2), axis=3))


def _longest_items(least: Floats) -> UInt8s:
    """Return the table `ReportLimits.longest_items`."""
    longest = np.zeros((2, TABLE_WORDS + 1, TABLE_BITS + 1), np.uint8)
    words, bits = np.indices(longest.shape[1:])
    most = bits + np.minimum(3 * SURPRISAL_SCALE * bits // 4, MAX_EXTENSION) / SURPRISAL_SCALE
    matched = np.minimum(words + EXTENSION_WORDS, TABLE_WORDS)
    for quarters in range(TABLE_QUARTERS + 1):
        is_enough = least[:, quarters, words, matched] <= most
        is_enough[1] |= is_enough[0]
        longest[is_enough] = quarters
    return longest


def undetectable_items(registry: PostingsIndex, size: int) -> Flags:
    """Return which items are not found even as a whole: too short, or of too common words.

    Parameters
    ----------
    registry : PostingsIndex
        Index of the registry.
    size : int
        Tokens of all registries that are matched at a time, as for `evalue.strength`.

    Returns
    -------
    ndarray of bool, shape (n,)
        By item number.

    Notes
    -----
    An item is strongest as a text of its own, with every word in place, in a large corpus in which
    its words are as frequent, one by one, as in the registry. If that is not reported, nothing of
    the item is, except in a corpus of another language.
    """
    arrays = registry.arrays
    is_detectable = _detectable(registry, size, arrays.tokens, arrays.token_offsets)
    return np.asarray(~is_detectable[arrays.first] & arrays.is_live)


def count_undetectable(registry: PostingsIndex, size: int) -> Int64s:
    """Count the items of each source that are not found even as a whole.

    In a large registry, the number is estimated from the items in which n-grams are counted.

    Parameters
    ----------
    registry, size
        As for `undetectable_items`.

    Returns
    -------
    ndarray of int64, shape (sources,)
        In the order of `RegistryArrays.sources`.
    """
    arrays, counted = registry.arrays, registry.counted
    sources = len(arrays.sources)
    if counted.share == 1.0:
        items = np.flatnonzero(undetectable_items(registry, size))
        return np.bincount(arrays.source_codes[items], minlength=sources)
    sampled = np.flatnonzero(counted.contains & arrays.is_live)
    counts = np.zeros(sources, np.int64)
    for first in range(0, len(sampled), _BATCH_ITEMS):
        items = sampled[first : first + _BATCH_ITEMS]
        places, offsets = list_indices(arrays.token_offsets, items)
        is_detectable = _detectable(registry, size, arrays.tokens[places], offsets)
        counts += np.bincount(arrays.source_codes[items[~is_detectable]], minlength=sources)
    held, looked_at = (
        np.bincount(arrays.source_codes[items], minlength=sources)
        for items in (np.flatnonzero(arrays.is_live), sampled)
    )
    return np.round(counts * (held / np.maximum(looked_at, 1))).astype(np.int64)


def _detectable(registry: PostingsIndex, size: int, tokens: UInt32s, offsets: Int64s) -> Flags:
    """Return which items, of these tokens and offsets, are found as a whole."""
    sufficient_bits, count = _sufficient_bits(registry, size), len(offsets) - 1
    is_detectable = np.zeros(count, np.bool_)
    for first in range(0, count, _BATCH_ITEMS):
        own_offsets = offsets[first : first + _BATCH_ITEMS + 1]
        is_detectable[first : first + _BATCH_ITEMS] = _detectable_batch(
            registry, size, sufficient_bits, tokens, own_offsets
        )
    return is_detectable & _has_seed(registry, tokens, offsets)


def _sufficient_bits(registry: PostingsIndex, size: int) -> float:
    """Return the bits from which every item of `_ENOUGH_WORDS` distinct words would be reported."""
    # Words come in quarters; beyond saturation, length matters only relative to distinct words.
    words = np.append(np.arange(_ENOUGH_WORDS, SATURATION_TOKENS, 0.25), 1e9)
    distinct = np.full(len(words), float(_ENOUGH_WORDS))
    for bits in np.arange(10.0, _MAX_TOKENS * MAX_WORD_BITS, 10):
        if _would_be_reported(registry, size, np.full(len(words), bits), distinct, words).all():
            return float(bits)
    return np.inf


def _detectable_batch(
    registry: PostingsIndex, size: int, sufficient_bits: float, tokens: UInt32s, offsets: Int64s
) -> Flags:
    """Return which items of a batch would be reported if each was found whole."""
    figures = np.zeros((len(offsets) - 1, 2))
    last_items = np.zeros(_SLOTS, np.int64)
    _measure_items(
        tokens, offsets, registry.bits, (sufficient_bits, _ENOUGH_WORDS), last_items, figures
    )
    bits, distinct = figures.T.copy()
    is_detectable = (bits >= sufficient_bits) & (distinct >= _ENOUGH_WORDS)
    rest = np.flatnonzero(~is_detectable)
    words = item_words(rest.astype(np.uint32), (tokens, offsets))
    is_detectable[rest] = _would_be_reported(registry, size, bits[rest], distinct[rest], words)
    return is_detectable


def _would_be_reported(
    registry: PostingsIndex, size: int, bits: Floats, distinct: Floats, words: Floats
) -> Flags:
    """Return which items would be reported as a whole, by information and number of words."""
    ones, zeros = np.ones(len(bits)), np.zeros(len(bits))
    best = Features(
        corpus_bits=bits,
        registry_bits=bits,
        pooled_bits=bits,
        matched=words,
        length=words,
        longest=distinct,
        distinct=distinct,
        density=ones,
        shared_across_sources=zeros,
        fills_text=ones,
        starts_item=ones,
        is_delimited=ones,
        is_elided=zeros,
    )
    scores = log_odds(best, int(LARGE_CORPUS_TOKENS))
    strengths = strength(scores, registry.arrays.chance, size)
    return is_reported(scores, strengths, registry.threshold)


def _has_seed(registry: PostingsIndex, tokens: UInt32s, offsets: Int64s) -> Flags:
    """Return which items have a seed, as every match does."""
    enough = np.zeros(len(offsets) - 1, np.bool_)
    weight = 4 * registry.arrays.parameters.seed_width
    _check_weight(tokens, offsets, weight, enough)
    return enough


@kernel
def _check_weight(tokens: UInt32s, offsets: Int64s, least: Scalar, enough: Flags) -> None:
    """Set which items weigh at least `least` quarters of a word."""
    for item in range(len(offsets) - 1):
        weight = 0
        place = offsets[item]
        while place < offsets[item + 1] and weight < least:
            weight += token_weight(tokens[place])
            place += 1
        enough[item] = weight >= least


@kernel
def _measure_items(
    tokens: UInt32s,
    offsets: Int64s,
    bits: UInt8s,
    enough: tuple[Scalar, Scalar],
    last_items: Int64s,
    figures: Floats,
) -> None:
    # `last_items`: by a few bits of a token, one plus the last item that had such a token.
    for item in range(len(offsets) - 1):
        first, information, distinct = offsets[item], 0.0, 0.0
        for place in range(first, min(offsets[item + 1], first + _MAX_TOKENS)):
            weight, token = 1.0, tokens[np.uint64(place)]
            slot = token >> _SLOT_SHIFT
            if last_items[slot] == item + 1:
                for before in range(first, place):
                    if tokens[np.uint64(before)] == token:
                        weight *= REPEAT_DISCOUNT
            last_items[slot] = item + 1
            information += weight * min(bits[token >> CELL_SHIFT] / BITS_SCALE, most_bits(token))
            distinct += (weight == 1.0) * token_weight(token) / 4
            if information >= enough[0] and distinct >= enough[1]:
                break  # more tokens only make it stronger
        figures[item, 0], figures[item, 1] = information, distinct
