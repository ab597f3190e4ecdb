"""What a candidate match looks like, in the few figures that tell copies from chance.

The shape of a match: how dense it is, and where breaks of the text meet ends of the item.

Tokens counted as words: a character that is a token of its own is a part of one.

Siblings: matches of one item that follow each other in a text, its lines in another order.

Copies of items in the sample of a corpus: what they say is no phrase of its own.
"""

from dataclasses import dataclass

import numpy as np

from provenance.jit.decorators import kernel
from provenance.jit.intrinsics import fetch
from provenance.match.candidates.candidate_table import Candidates
from provenance.match.index.postings_index import Index
from provenance.match.index.stop_shingles import weight_of
from provenance.match.scoring.corpus_sample import Passages
from provenance.match.scoring.information import (
    ABSENT,
    CORPUS,
    DISTINCT,
    LONGEST,
    POOLED,
    REGISTRY,
    Counted,
    informed,
    informed_by_all,
)
from provenance.match.scoring.ngram_table import SPREAD
from provenance.model import (
    ELLIPSIS,
    NO_LANGUAGE,
    RUN_ON,
    Flags,
    Floats,
    Holdings,
    Int32s,
    Int64s,
    Language,
    UInt32s,
    UInt64s,
)

_MOST = 0.8  # of a text


def density(candidates: Candidates, absent: Floats) -> Floats:
    """Give the matched tokens over those of the stretch, but for the part that is everybody's."""
    matched, stretch = candidates.matched, candidates.lasts - candidates.firsts + 1
    left_out = absent * matched
    return np.asarray((matched - left_out) / np.maximum(stretch - left_out, 1))


def shape(
    candidates: Candidates, offsets: Int64s, is_most: Flags
) -> tuple[Floats, Floats, Floats, Floats]:
    """Tell where breaks of the text fall together with ends of the item."""
    items = candidates.items.astype(np.int64)
    length = offsets[items + 1] - offsets[items]
    before, behind = candidates.breaks[:, 0], candidates.breaks[:, 1]
    begins = (candidates.heads == 0) & (before != RUN_ON)
    whole = is_most & (before != RUN_ON) & (behind != RUN_ON)
    broken = begins & (candidates.ends < length) & (behind == ELLIPSIS)
    alone = is_most & (candidates.matched >= _MOST * candidates.sizes)
    return (
        alone.astype(np.float64),
        begins.astype(np.float64),
        whole.astype(np.float64),
        broken.astype(np.float64),
    )


_APART = 24  # tokens of the text between two of them
_LONGEST = 64.0  # words of the item: a longer one may share several phrases with a page by chance


def siblings(candidates: Candidates, length: Floats) -> Int64s:
    """Give siblings among the matches one number.

    Parameters
    ----------
    candidates : Candidates
        All of a corpus.
    length : ndarray of float64, shape (n,)
        Words of the item of each.

    Returns
    -------
    ndarray of int64, shape (n,)
        Two that follow each other are siblings where they hold different parts of the item.
    """
    groups = np.arange(len(candidates))
    several = _several(candidates)
    if not len(several):
        return groups
    columns = candidates.firsts, candidates.items, candidates.texts
    order = several[np.lexsort([column[several] for column in columns])]
    one, other = order[:-1], order[1:]
    heads, ends = candidates.heads, candidates.ends
    goes_on = (
        (candidates.texts[one] == candidates.texts[other])
        & (candidates.items[one] == candidates.items[other])
        & (candidates.firsts[other] - candidates.lasts[one] <= _APART)
        & ((heads[other] >= ends[one]) | (ends[other] <= heads[one]))
        & (length[other] <= _LONGEST)
    )
    places = np.arange(1, len(order)) * ~goes_on
    groups[order] = order[np.maximum.accumulate(np.concatenate([[0], places]))]
    return groups


def _several(candidates: Candidates) -> Int64s:
    """List the matches that are not the only one of their item in their text: few, mostly."""
    keys = candidates.texts.astype(np.uint64) << np.uint64(32) | candidates.items
    order = np.argsort(keys)
    is_same = keys[order[1:]] == keys[order[:-1]]
    several = np.zeros(len(candidates), bool)
    several[order[1:][is_same]] = several[order[:-1][is_same]] = True
    return np.flatnonzero(several)


def together(groups: Int64s, values: Floats) -> Floats:
    """Give each match what it and its siblings sum up to."""
    return np.asarray(np.bincount(groups, values)[groups], np.float64)


_AHEAD = 16  # candidates


def words_of(items: UInt32s, registry: tuple[UInt32s, Int64s]) -> Floats:
    """Count the words of some items; of a registry: tokens and offsets."""
    words = np.zeros(len(items))
    _add_words(items, registry, words)
    return words


@kernel
def _add_words(items: UInt32s, registry: tuple[UInt32s, Int64s], words: Floats) -> None:
    tokens, offsets = registry
    for row in range(len(items)):
        fetch(tokens, offsets[items[min(row + _AHEAD, len(items) - 1)]])
        for place in range(offsets[items[row]], offsets[items[row] + 1]):
            words[row] += weight_of(tokens[place]) / 4


def matched_words(
    candidates: tuple[UInt32s, Int64s, Int32s], registry: tuple[UInt32s, Int64s]
) -> Floats:
    """Count the words of their items that candidates match: items, run offsets and runs."""
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
        ahead = min(candidate + _AHEAD, len(items) - 1)
        fetch(tokens, offsets[items[ahead]] + runs[run_offsets[ahead], 0])
        for run in range(run_offsets[candidate], run_offsets[candidate + 1]):
            at = offsets[items[candidate]] + runs[run, 0]
            for place in range(at, at + runs[run, 2]):
                words[candidate] += weight_of(tokens[place]) / 4


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


MOST = 0.8
"""Part of an item that is most of it."""


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


@dataclass(frozen=True, slots=True)
class Company:
    """What must be known of candidates before any of them is left out.

    Parameters
    ----------
    matched, length : ndarray of float64, shape (n,)
        Words that each matches, and those of its item.
    copies : ndarray of int64, shape (n,)
        Passages of the corpus's sample that hold a copy of the item.
    passed_on : ndarray of int64, shape (n,)
        Items of the registry that say the same.
    groups : ndarray of int64, shape (n,)
        Siblings have the same number (`siblings.siblings`).
    """

    matched: Floats
    length: Floats
    copies: Int64s
    passed_on: Int64s
    groups: Int64s

    def take(self, chosen: Int64s) -> "Company":
        """Give what is known of the candidates at these places."""
        return Company(
            self.matched[chosen],
            self.length[chosen],
            self.copies[chosen],
            self.passed_on[chosen],
            self.groups[chosen],
        )


def company(
    candidates: Candidates, registry: Index, corpus: Passages, known_copies: Int64s | None = None
) -> Company:
    """Learn what all candidates of a corpus say of each.

    Parameters
    ----------
    candidates : Candidates
        All of a corpus.
    registry : Index
        What they were found in.
    corpus : Passages
        A sample of the corpus.
    known_copies : ndarray of int64, shape (items,), or None
        Passages of the sample that are known to hold a copy of each item, from whoever saw more.
    """
    matched, length = words_matched(candidates, registry.holdings)
    copied = is_copy(matched, length)
    # A post that many pass on inside one source is no phrase of everybody's.
    passed_on = np.where(copied & (candidates.across == 0), candidates.rarest, 1).astype(np.int64)
    copies = copies_in(candidates, corpus, copied, known_copies)
    return Company(matched, length, copies, passed_on, siblings(candidates, length))


def measure(
    candidates: Candidates,
    registry: Index,
    corpus: Passages,
    language: Language = NO_LANGUAGE,
    threads: int = 1,
    among: Company | None = None,
) -> Features:
    """Measure candidates against the corpus as a whole.

    Parameters
    ----------
    candidates : Candidates
        All of a corpus; or, where `among` is given, some with all of their siblings.
    registry : Index
        What they were found in.
    corpus : Passages
        A sample of the same corpus.
    language : Language
        What everybody says: a small corpus does not know it.
    threads : int
        How many count, and measure, at a time.
    among : Company or None
        What all candidates of the corpus say of these; None where these are all.
    """
    among = company(candidates, registry, corpus) if among is None else among
    copies = among.copies, among.passed_on
    figures = informed_by_all(candidates, copies, registry, corpus, language, threads)
    return _features(candidates, among, registry, figures)


def at_most(
    candidates: Candidates, among: Company, registry: Index, language: Counted, threads: int = 1
) -> Features:
    """Give the features that make candidates look most like copies, whatever the corpus says.

    It takes no counting of words.

    Parameters
    ----------
    candidates : Candidates
        Some of a corpus, with all of their siblings.
    among : Company
        What all candidates of the corpus say of these.
    registry : Index
        What they were found in.
    language : Counted
        As `information.counted_by` gives it.
    threads : int
        How many measure at a time.

    Returns
    -------
    Features
        None of which has less `corpus_bits` and `pooled_bits` than `measure` gives, nor more
        `registry_bits`; otherwise the same.
    """
    copies = among.copies, among.passed_on
    figures = informed(candidates, copies, registry, language, threads)
    figures[:, REGISTRY] = 0  # what the registry finds rare looks the less like a copy
    return _features(candidates, among, registry, figures)


def _features(candidates: Candidates, among: Company, registry: Index, figures: Floats) -> Features:
    groups, matched, missing = among.groups, among.matched, figures[:, ABSENT]
    # A line counts for what all lines of its item say that stand beside it, in whatever order.
    own, absent = together(groups, matched - missing), together(groups, missing)
    corpus_bits, registry_bits, pooled_bits, distinct = (
        together(groups, figures[:, column]) for column in (CORPUS, REGISTRY, POOLED, DISTINCT)
    )
    length = np.maximum(among.length - absent, own)
    offsets = registry.holdings.token_offsets
    alone, begins, whole, broken = shape(candidates, offsets, own >= MOST * length)
    return Features(
        corpus_bits,
        registry_bits,
        pooled_bits,
        own,
        length,
        figures[:, LONGEST],
        distinct,
        density(candidates, missing / np.maximum(matched, 1)),
        candidates.rarest * (1.0 * candidates.across),
        alone,
        begins,
        whole,
        broken,
    )
