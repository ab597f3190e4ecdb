"""Features of a candidate that distinguish copies from chance.

The information of its words, the density of the match, whether the text breaks at the ends of the
item, and adjacent matches of the same item. Copies of the item elsewhere in the corpus's sample are
not counted against it. Lengths are in words: a token of one character counts as a part of a word
(`token_weights.token_weight`).
"""

from dataclasses import dataclass, replace

import numpy as np

from provenance.jit.decorators import kernel
from provenance.jit.intrinsics import prefetch
from provenance.match.candidates.candidate_table import Candidates
from provenance.match.index.postings_index import PostingsIndex
from provenance.match.index.report_limits import (
    COPY_COVERAGE,
    COPY_RUN_TOKENS,
    MIN_COPY_WORDS,
    MOST_OF_ITEM,
)
from provenance.match.index.token_weights import token_weight
from provenance.match.scoring.corpus_sample import PassageCopies, PassageSample, merge_copies
from provenance.match.scoring.information import (
    CORPUS_BITS,
    DISTINCT_WORDS,
    LONGEST_RUN,
    POOLED_BITS,
    REGISTRY_BITS,
    STOP_WORDS,
    NgramCounts,
    count_and_measure,
    measure_information,
)
from provenance.match.scoring.ngram_table import HASH_MULTIPLIER
from provenance.model.content.fingerprints import (
    ELLIPSIS,
    NO_BREAK,
    Flags,
    Floats,
    Int32s,
    Int64s,
    UInt32s,
    range_indices,
)
from provenance.model.content.language import NO_LANGUAGE, Language
from provenance.model.content.registry_arrays import RegistryArrays


def density(candidates: Candidates, absent: Floats) -> Floats:
    """Return matched tokens over the tokens of the stretch, both without the share `absent`."""
    matched, stretch = candidates.matched, candidates.lasts - candidates.firsts + 1
    absent_tokens = absent * matched
    return np.asarray((matched - absent_tokens) / np.maximum(stretch - absent_tokens, 1))


def boundary_features(
    candidates: Candidates, offsets: Int64s, is_most: Flags
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return `fills_text`, `starts_item`, `is_delimited` and `is_elided` (see `Features`)."""
    items = candidates.items.astype(np.int64)
    length = offsets[items + 1] - offsets[items]
    before, behind = candidates.breaks[:, 0], candidates.breaks[:, 1]
    starts_item = (candidates.item_starts == 0) & (before != NO_BREAK)
    is_delimited = is_most & (before != NO_BREAK) & (behind != NO_BREAK)
    is_elided = starts_item & (candidates.item_ends < length) & (behind == ELLIPSIS)
    fills_text = is_most & (candidates.matched >= MOST_OF_ITEM * candidates.sizes)
    return (
        fills_text.astype(np.float64),
        starts_item.astype(np.float64),
        is_delimited.astype(np.float64),
        is_elided.astype(np.float64),
    )


_MAX_SIBLING_GAP = 24  # tokens of the text between two siblings

MAX_SIBLING_ITEM = 64
"""Most words of the item of siblings: a longer one may share several phrases with a page."""


def group_siblings(candidates: Candidates, length: Floats) -> Int64s:
    """Return a group number for each match; siblings, the parts of one copy in any order, share it.

    Parameters
    ----------
    candidates : Candidates
        All candidates of a corpus.
    length : ndarray of float64, shape (n,)
        Words of each candidate's item.

    Returns
    -------
    ndarray of int64, shape (n,)
        Two consecutive matches are siblings if they are different parts of one item.
    """
    groups = np.arange(len(candidates))
    repeated = _repeated_items(candidates)
    if not len(repeated):
        return groups
    columns = candidates.firsts, candidates.items, candidates.texts
    order = repeated[np.lexsort([column[repeated] for column in columns])]
    previous, following = order[:-1], order[1:]
    heads, ends = candidates.item_starts, candidates.item_ends
    is_sibling = (
        (candidates.texts[previous] == candidates.texts[following])
        & (candidates.items[previous] == candidates.items[following])
        & (candidates.firsts[following] - candidates.lasts[previous] <= _MAX_SIBLING_GAP)
        & ((heads[following] >= ends[previous]) | (ends[following] <= heads[previous]))
        & (length[following] <= MAX_SIBLING_ITEM)
    )
    places = np.arange(1, len(order)) * ~is_sibling
    groups[order] = order[np.maximum.accumulate(np.concatenate([[0], places]))]
    return groups


def _repeated_items(candidates: Candidates) -> Int64s:
    """Return the matches that are not the only one of their item in their text: usually few."""
    keys = candidates.texts.astype(np.uint64) << np.uint64(32) | candidates.items
    order = np.argsort(keys)
    is_same = keys[order[1:]] == keys[order[:-1]]
    is_repeated = np.zeros(len(candidates), bool)
    is_repeated[order[1:][is_same]] = is_repeated[order[:-1][is_same]] = True
    return np.flatnonzero(is_repeated)


def sum_over_groups(groups: Int64s, values: Floats) -> Floats:
    """Return for each match the sum of the values of its group."""
    return np.asarray(np.bincount(groups, values)[groups], np.float64)


_PREFETCH_CANDIDATES = 16


def item_words(items: UInt32s, registry: tuple[UInt32s, Int64s]) -> Floats:
    """Return the words of items; `registry` is its tokens and offsets."""
    words = np.zeros(len(items))
    _add_words(items, registry, words)
    return words


@kernel
def _add_words(items: UInt32s, registry: tuple[UInt32s, Int64s], words: Floats) -> None:
    tokens, offsets = registry
    for row in range(len(items)):
        prefetch(tokens, offsets[items[min(row + _PREFETCH_CANDIDATES, len(items) - 1)]])
        for place in range(offsets[items[row]], offsets[items[row] + 1]):
            words[row] += token_weight(tokens[place]) / 4


def matched_words(
    candidates: tuple[UInt32s, Int64s, Int32s], registry: tuple[UInt32s, Int64s]
) -> Floats:
    """Return the words that each candidate, of items, offsets and runs, matches."""
    words = np.zeros(len(candidates[0]))
    _add_matched(candidates, registry, words)
    return words


@kernel
def _add_matched(
    candidates: tuple[UInt32s, Int64s, Int32s], registry: tuple[UInt32s, Int64s], words: Floats
) -> None:
    items, run_offsets, runs = candidates
    tokens, offsets = registry
    for candidate in range(len(items)):
        upcoming = min(candidate + _PREFETCH_CANDIDATES, len(items) - 1)
        prefetch(tokens, offsets[items[upcoming]] + runs[run_offsets[upcoming], 0])
        for run in range(run_offsets[candidate], run_offsets[candidate + 1]):
            at = offsets[items[candidate]] + runs[run, 0]
            for place in range(at, at + runs[run, 2]):
                words[candidate] += token_weight(tokens[place]) / 4


def is_copy(matched: Floats, length: Floats) -> Flags:
    """Return which matches are most of their item, from matched words and words of the item."""
    return np.asarray((matched >= COPY_COVERAGE * length) & (matched >= MIN_COPY_WORDS))


def counts_as_copy(candidates: Candidates, whole: Flags) -> Flags:
    """Return which candidates count as copies of their item, if `whole` are copies (`is_copy`)."""
    return np.asarray(whole | (candidates.longest_run >= COPY_RUN_TOKENS))


def matched_and_item_words(candidates: Candidates, arrays: RegistryArrays) -> tuple[Floats, Floats]:
    """Return the words that each candidate matches, and those of its item.

    A text that is the first line of an item, and little else, is compared with that line.
    """
    registry = arrays.tokens, arrays.token_offsets
    matched = matched_words((candidates.items, candidates.run_offsets, candidates.runs), registry)
    items, places = np.unique(candidates.items, return_inverse=True)
    words = item_words(items, registry)[places]
    rows = np.flatnonzero(_first_line_mask(candidates, arrays))
    sizes = arrays.item_sizes[candidates.items[rows], 1].astype(np.int64)
    indices, offsets = range_indices(arrays.token_offsets[candidates.items[rows]], sizes)
    lines = np.arange(len(rows), dtype=np.uint32)
    words[rows] = item_words(lines, (arrays.tokens[indices], offsets))
    return matched, words


def _first_line_mask(candidates: Candidates, arrays: RegistryArrays) -> Flags:
    """Return which candidates are the first line of an item, and most of their text."""
    sizes = arrays.item_sizes[candidates.items, 1].astype(np.int64)
    rows = np.flatnonzero(sizes)
    is_whole = np.zeros(len(candidates), np.bool_)
    is_whole[rows] = (
        (candidates.item_ends[rows] <= sizes[rows])
        & (candidates.matched[rows] >= MOST_OF_ITEM * sizes[rows])
        & (candidates.matched[rows] >= MOST_OF_ITEM * candidates.sizes[rows])
    )
    return is_whole


def count_copies(
    candidates: Candidates,
    corpus: PassageSample,
    copy_mask: Flags,
    known_copies: Int64s | None = None,
) -> Int64s:
    """Count the sampled passages that contain a copy of each candidate's item, its own included.

    A phrase must not lose information because the corpus quotes the same item many times, so all
    copies are left out of the corpus's counts. A partial match is no copy, nor is a whole item of a
    few words: an item that consists of a proverb is still a proverb. Nor is a match that the scan
    drops, as its pieces are too short to be reported in any text (`report_limits`).

    Parameters
    ----------
    candidates : Candidates
        All candidates of a corpus.
    corpus : PassageSample
        A sample of the corpus.
    copy_mask : ndarray of bool
        Which of the candidates are copies (`is_copy`).
    known_copies : ndarray of int64, shape (items,), or None
        Number of passages of the sample that contain a copy of each item; None counts those of the
        candidates.
    """
    copies = known_copies
    if copies is None:
        items_of_copies = candidates.items[_copy_pairs(candidates, corpus, copy_mask)]
        item_count = int(candidates.items.max(initial=0)) + 1
        copies = np.bincount(items_of_copies, minlength=item_count)
    return np.maximum(copies[candidates.items], corpus.contains(candidates.passages)).astype(
        np.int64
    )


def copied_items(
    candidates: Candidates, registry: PostingsIndex, corpus: PassageSample
) -> PassageCopies:
    """Return the sampled passages that contain copies of items.

    Parameters
    ----------
    candidates : Candidates
        Candidates of some texts; at least those that are copies.
    registry : PostingsIndex
        The registry that they match.
    corpus : PassageSample
        A sample of the texts.
    """
    candidates = candidates.take(np.flatnonzero(corpus.contains(candidates.passages)))
    whole = is_copy(*matched_and_item_words(candidates, registry.arrays))
    rows = np.flatnonzero(counts_as_copy(candidates, whole))
    return merge_copies([PassageCopies(candidates.passages[rows], candidates.items[rows])])


def _copy_pairs(candidates: Candidates, corpus: PassageSample, copy_mask: Flags) -> Int64s:
    """Return a candidate for each pair of a sampled passage and an item that it copies."""
    sampled = corpus.contains(candidates.passages)
    rows = np.flatnonzero(sampled & counts_as_copy(candidates, copy_mask))
    keys = candidates.passages[rows] ^ (candidates.items[rows] * HASH_MULTIPLIER)
    return rows[np.unique(keys, return_index=True)[1]]


@dataclass(frozen=True, slots=True)
class Features:
    """Features of candidates; words that only stop shingles cover count as absent.

    Parameters
    ----------
    corpus_bits : ndarray of float64
        Information of the matched words under the corpus's bigrams, without copies of the item, or
        under the language's, whichever is lower.
    registry_bits : ndarray of float64
        The same under the registry's bigrams, without the item.
    pooled_bits : ndarray of float64
        The same under both together, with trigrams.
    matched, length, longest, distinct : ndarray of float64
        Matched words; words of the item, or of its first line where that is the text; distinct
        words of the longest run; distinct matched words.
    density : ndarray of float64
        Matched tokens over the tokens of the text's stretch, in (0, 1].
    shared_across_sources : ndarray of float64
        Items that share the rarest seed, if they are of several sources; else 0: a phrase that
        is frequent inside one source is still its own.
    fills_text : ndarray of float64
        1 if the match is most of the item, and most of the text. 0 for a first line: titles are
        more alike than whole items.
    starts_item : ndarray of float64
        1 if the match has the item's first token, at a break of the text.
    is_delimited : ndarray of float64
        1 if it is most of the item, and the text breaks on both sides of it.
    is_elided : ndarray of float64
        1 if it begins the item at a break of the text, and an ellipsis replaces the rest.
    """

    corpus_bits: Floats
    registry_bits: Floats
    pooled_bits: Floats
    matched: Floats
    length: Floats
    longest: Floats
    distinct: Floats
    density: Floats
    shared_across_sources: Floats
    fills_text: Floats
    starts_item: Floats
    is_delimited: Floats
    is_elided: Floats


@dataclass(frozen=True, slots=True)
class CandidateContext:
    """Measures of all candidates of a corpus from which the features of each are computed.

    Parameters
    ----------
    matched, length : ndarray of float64, shape (n,)
        Words that each candidate matches, and those of its item (`matched_and_item_words`).
    corpus_copies : ndarray of int64, shape (n,)
        Passages of the corpus's sample that contain a copy of the item.
    registry_copies : ndarray of int64, shape (n,)
        Items of the registry with the same words, of those in which n-grams are counted.
    groups : ndarray of int64, shape (n,)
        Siblings share a number (`group_siblings`).
    """

    matched: Floats
    length: Floats
    corpus_copies: Int64s
    registry_copies: Int64s
    groups: Int64s

    def take(self, indices: Int64s) -> "CandidateContext":
        """Return the context of the candidates at these indices."""
        return CandidateContext(
            self.matched[indices],
            self.length[indices],
            self.corpus_copies[indices],
            self.registry_copies[indices],
            self.groups[indices],
        )


def candidate_context(
    candidates: Candidates,
    registry: PostingsIndex,
    corpus: PassageSample,
    known_copies: Int64s | None = None,
) -> CandidateContext:
    """Compute the measures of all candidates of a corpus on which the features of each depend.

    Parameters
    ----------
    candidates : Candidates
        All candidates of a corpus.
    registry : PostingsIndex
        The registry that they match.
    corpus : PassageSample
        A sample of the corpus.
    known_copies : ndarray of int64, shape (items,), or None
        Number of passages of the sample that contain a copy of each item; None counts those of the
        candidates.
    """
    context = text_context(candidates, registry)
    copy_mask = is_copy(context.matched, context.length)
    # A post that is repeated within one source is not a common phrase.
    others = np.where(copy_mask & (candidates.multi_source == 0), candidates.shared_by - 1, 0)
    others = np.round(others * registry.counted.share).astype(np.int64)
    registry_copies = registry.counted.contains[candidates.items].astype(np.int64) + others
    copies = count_copies(candidates, corpus, copy_mask, known_copies)
    return replace(context, corpus_copies=copies, registry_copies=registry_copies)


def text_context(candidates: Candidates, registry: PostingsIndex) -> CandidateContext:
    """Compute the context of candidates without copies, which only the whole corpus shows."""
    matched, length = matched_and_item_words(candidates, registry.arrays)
    none = np.zeros(len(candidates), np.int64)
    return CandidateContext(matched, length, none, none, group_siblings(candidates, length))


def measure_features(
    candidates: Candidates,
    registry: PostingsIndex,
    corpus: PassageSample,
    language: Language = NO_LANGUAGE,
    threads: int = 1,
    context: CandidateContext | None = None,
) -> Features:
    """Measure the features of candidates.

    Parameters
    ----------
    candidates : Candidates
        All candidates of a corpus; or, if `context` is given, some with all of their siblings.
    registry : PostingsIndex
        The registry that they match.
    corpus : PassageSample
        A sample of the corpus.
    language : Language
        N-gram counts of general language, which a small corpus does not represent.
    threads : int
        Number of threads.
    context : CandidateContext or None
        Context of these candidates; None where they are all of the corpus.
    """
    context = candidate_context(candidates, registry, corpus) if context is None else context
    copies = context.corpus_copies, context.registry_copies
    figures = count_and_measure(candidates, copies, registry, corpus, language, threads)
    return _assemble(candidates, context, registry, figures)


def feature_bounds(
    candidates: Candidates,
    context: CandidateContext,
    registry: PostingsIndex,
    language: NgramCounts,
    threads: int = 1,
) -> Features:
    """Return the features of candidates in the corpus in which they resemble copies most.

    No words are counted.

    Parameters
    ----------
    candidates : Candidates
        Some candidates of a corpus, with all of their siblings.
    context : CandidateContext
        Their context.
    registry : PostingsIndex
        The registry that they match.
    language : NgramCounts
        As `information.language_only_counts` returns them.
    threads : int
        Number of threads.

    Returns
    -------
    Features
        `corpus_bits` and `pooled_bits` are at least, `registry_bits` at most, those of
        `measure_features`; the rest is the same.
    """
    copies = context.corpus_copies, context.registry_copies
    figures = measure_information(candidates, copies, registry, language, threads)
    figures[:, REGISTRY_BITS] = 0  # the regression's weight of them is negative
    return _assemble(candidates, context, registry, figures)


def _assemble(
    candidates: Candidates, context: CandidateContext, registry: PostingsIndex, figures: Floats
) -> Features:
    groups, matched, missing = context.groups, context.matched, figures[:, STOP_WORDS]
    # Adjacent lines of one item count together, in any order.
    group_words, absent = (
        sum_over_groups(groups, matched - missing),
        sum_over_groups(groups, missing),
    )
    corpus_bits, registry_bits, pooled_bits, distinct = (
        sum_over_groups(groups, figures[:, column])
        for column in (CORPUS_BITS, REGISTRY_BITS, POOLED_BITS, DISTINCT_WORDS)
    )
    length = np.maximum(context.length - absent, group_words)
    offsets = registry.arrays.token_offsets
    fills_text, starts_item, is_delimited, is_elided = boundary_features(
        candidates, offsets, group_words >= MOST_OF_ITEM * length
    )
    return Features(
        corpus_bits,
        registry_bits,
        pooled_bits,
        group_words,
        length,
        figures[:, LONGEST_RUN],
        distinct,
        density(candidates, missing / np.maximum(matched, 1)),
        candidates.shared_by * (1.0 * candidates.multi_source),
        fills_text * ~_first_line_mask(candidates, registry.arrays),
        starts_item,
        is_delimited,
        is_elided,
    )
