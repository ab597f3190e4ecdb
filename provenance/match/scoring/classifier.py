"""Log-odds that a candidate is a copy, by logistic regression; which candidates are reported.

Fitted by `benchmarks/fit_strength.py` on items planted in pages. Log-odds are natural logarithms; 0
means even odds if every fourth page contains an item. The main features are the information of the
matched words under a model of the corpus without copies, and of general language; the matched share
of the item and its longest run of words; and whether the text breaks where the item begins and
ends. Module `evalue` gives how often given log-odds occur by chance.
"""

from dataclasses import dataclass

import numpy as np

from provenance.match.candidates.candidate_table import Candidates
from provenance.match.index.postings_index import PostingsIndex
from provenance.match.index.report_limits import COPY_RUN_TOKENS
from provenance.match.scoring.corpus_sample import PassageSample
from provenance.match.scoring.evalue import is_reported, strength
from provenance.match.scoring.features import (
    CandidateContext,
    Features,
    candidate_context,
    counts_as_copy,
    feature_bounds,
    is_copy,
    measure_features,
    sum_over_groups,
    text_context,
)
from provenance.match.scoring.information import NgramCounts, language_only_counts
from provenance.model.content.chance import ChanceModel
from provenance.model.content.fingerprints import Flags, Floats, Int64s
from provenance.model.content.language import Language

SATURATION_TOKENS = 20
"""Length above which only the matched passage of an item counts: a copied page of an article is
still a copy if other pages were left out."""

MIN_DISTINCT_WORDS = 3
"""A match of fewer distinct words is no evidence ("ha ha ha")."""

_LOWEST_LOG_ODDS = -50.0

MAX_BITS = 100.0
"""Information up to which the regression's weights apply; beyond, `EXCESS_BITS_WEIGHT`."""

EXCESS_BITS_WEIGHT = 0.35
"""Log-odds of each bit beyond, half of ln 2, of matches with a run of `COPY_RUN_TOKENS` different
words: words in a row depend on each other, but chance has to give every one of them."""

_INTERCEPT = -33.4799
_WEIGHTS = {
    "corpus_bits": 0.0140,
    "registry_bits": -0.0255,
    "pooled_bits": 0.0483,
    "excess_bits": EXCESS_BITS_WEIGHT,
    "least_bits": -0.0083,
    "corpus_bits_by_root_length": 0.2570,
    "pooled_bits_by_root_length": 0.3741,
    "cover": 8.6233,
    "log_cover": 0.1044,
    "density": 6.1686,
    "log_longest": 2.3422,
    "longest_by_matched": 2.3895,
    "log_distinct": -0.3587,
    "log_length": 1.7356,
    "log_across": -0.8910,
    "starts_item": 1.0297,
    "is_delimited": 1.4090,
    # Fitted as 8.3, on pages of which few have an ellipsis; some texts are full of them.
    "is_elided": 4.2,
}

# A text that is the item and little else. No planted page is one, so this weight is not fitted: in
# 280,000 rows of chats, reviews and single sentences, which have no item, it admits two sayings.
_FILLS_TEXT_WEIGHT = 3.0

# Log-odds of chance matches are higher by this much in corpora of 90 k tokens and of 3 k than in
# one of 5 M, cut from the same pages (`benchmarks/fit_chance.py`).
_SMALL_CORPUS_PENALTY, LARGE_CORPUS_TOKENS, _SMALL_CORPUS_TOKENS = 1.3, 5e6, 9e4


def log_odds(features: Features, tokens: int) -> Floats:
    """Return the log-odds that candidates are copies.

    Parameters
    ----------
    features : Features
        As measured in the whole corpus.
    tokens : int
        Tokens of the corpus's sample. A small corpus does not show which phrases are common, so its
        matches look stronger than they are: the smaller it is, the more evidence is required.

    Returns
    -------
    ndarray of float64
        Natural logarithm.
    """
    columns = regressors(features)
    total = np.full(len(features.matched), _INTERCEPT)
    for name, weight in _WEIGHTS.items():
        total += weight * columns[name]
    total += _FILLS_TEXT_WEIGHT * features.fills_text
    total = np.where(features.distinct < MIN_DISTINCT_WORDS, _LOWEST_LOG_ODDS, total)
    ignorance = np.log(LARGE_CORPUS_TOKENS / max(tokens, 1)) / np.log(
        LARGE_CORPUS_TOKENS / _SMALL_CORPUS_TOKENS
    )
    return np.asarray(total - _SMALL_CORPUS_PENALTY * min(1.0, max(0.0, ignorance)))


def excess_strengths(features: Features, chance: ChanceModel) -> Floats:
    """Return how much of the strength of candidates is due to information beyond `MAX_BITS`.

    Parameters
    ----------
    features : Features
        As measured in the whole corpus.
    chance : ChanceModel
        The chance model of the registry that they match.
    """
    return np.asarray(chance.decay * EXCESS_BITS_WEIGHT * _excess_bits(features) / np.log(2))


def _excess_bits(features: Features) -> Floats:
    excess = np.maximum(features.pooled_bits - MAX_BITS, 0.0)
    return np.where(features.longest >= COPY_RUN_TOKENS, excess, 0.0)


def regressors(features: Features) -> dict[str, Floats]:
    """Return the regressors by name."""
    length = np.minimum(features.length, SATURATION_TOKENS)
    matched = np.maximum(features.matched, 1)
    cover = np.minimum(features.matched / np.maximum(length, 1), 1.0)
    root = np.sqrt(length + 1)
    longest = np.minimum(features.longest, SATURATION_TOKENS)
    bits = {
        name: np.minimum(getattr(features, name), MAX_BITS)
        for name in ("corpus_bits", "registry_bits", "pooled_bits")
    }
    return {
        **bits,
        "excess_bits": _excess_bits(features),
        "least_bits": np.minimum(bits["corpus_bits"], bits["registry_bits"]),
        "corpus_bits_by_root_length": bits["corpus_bits"] / root,
        "pooled_bits_by_root_length": bits["pooled_bits"] / root,
        "cover": cover,
        "log_cover": np.log(cover + 0.02),
        "density": features.density,
        "log_longest": np.log1p(longest),
        "longest_by_matched": longest / np.minimum(matched, SATURATION_TOKENS),
        "log_distinct": np.log1p(np.minimum(features.distinct, SATURATION_TOKENS)),
        "log_length": np.log1p(length),
        "log_across": np.log1p(features.shared_across_sources),
        "starts_item": features.starts_item,
        "is_delimited": features.is_delimited,
        "is_elided": features.is_elided,
    }


_LONG_MATCH = 16
"""Number of matched tokens from which nearly all candidates are reported: no check beforehand."""


@dataclass(frozen=True, slots=True)
class ScoredCandidates:
    """Candidates that are reported.

    Parameters
    ----------
    indices : ndarray of int64, shape (n,)
        Their indices among all candidates, ascending.
    bits : ndarray of float64, shape (n,)
        Information of their words under corpus and registry together.
    strengths : ndarray of float64, shape (n,)
        Bits (`evalue.strength`).
    excesses : ndarray of float64, shape (n,)
        How much of the strength is due to information beyond `MAX_BITS`.
    """

    indices: Int64s
    bits: Floats
    strengths: Floats
    excesses: Floats


@dataclass(frozen=True, slots=True)
class ScoringInputs:
    """Data and settings that candidates are scored with.

    Parameters
    ----------
    corpus : PassageSample
        A sample of their corpus.
    language : Language
        N-gram counts of general language.
    size : int
        Tokens of all registries that the corpus is matched against (`evalue.strength`).
    threads : int
        Number of threads.
    """

    corpus: PassageSample
    language: Language
    size: int
    threads: int = 1


def score_candidates(
    candidates: Candidates,
    registry: PostingsIndex,
    inputs: ScoringInputs,
    known_copies: Int64s | None = None,
) -> ScoredCandidates:
    """Return the candidates that are strong enough to be reported.

    Counting words takes most of the time, above all in the registry. So candidates that could not
    be strong enough in any corpus and registry are dropped first.

    Parameters
    ----------
    candidates : Candidates
        All candidates of a corpus.
    registry : PostingsIndex
        The registry that they match.
    inputs : ScoringInputs
        Data and settings of the scoring.
    known_copies : ndarray of int64, shape (items,), or None
        Number of passages of the sample that contain a copy of each item; None counts those of the
        candidates.
    """
    context = candidate_context(candidates, registry, inputs.corpus, known_copies)
    possible = _select_possible(candidates, context, registry, inputs)
    if not len(possible):
        return ScoredCandidates(possible, np.zeros(0), np.zeros(0), np.zeros(0))
    candidates, context = candidates.take(possible), context.take(possible)
    features = measure_features(
        candidates, registry, inputs.corpus, inputs.language, inputs.threads, context
    )
    reported, strengths = _evaluate(features, registry, inputs.size, len(inputs.corpus.tokens))
    strong = np.flatnonzero(reported)
    excesses = excess_strengths(features, registry.arrays.chance)
    return ScoredCandidates(
        possible[strong], features.pooled_bits[strong], strengths[strong], excesses[strong]
    )


def select_reportable(
    candidates: Candidates, registry: PostingsIndex, language: NgramCounts, size: int
) -> Int64s:
    """Return the candidates that are needed to score their corpus, whatever else it contains.

    Of the chance matches of real text, one in thirty may be reported in some corpus.

    Parameters
    ----------
    candidates : Candidates
        All candidates of some texts.
    registry : PostingsIndex
        The registry that they match.
    language : NgramCounts
        As `information.language_only_counts` returns them.
    size : int
        Tokens of all registries that the corpus is matched against.

    Returns
    -------
    ndarray of int64
        Ascending indices: of candidates that may be reported, of those that count as copies of
        their item for others, and of the other candidates of the same items in the same texts.
    """
    context = text_context(candidates, registry)
    needed = _may_be_reported(
        candidates, context, registry, language, size, int(LARGE_CORPUS_TOKENS)
    )
    needed |= counts_as_copy(candidates, is_copy(context.matched, context.length))
    pairs = candidates.texts.astype(np.uint64) << np.uint64(32) | candidates.items
    return np.flatnonzero(np.isin(pairs, pairs[needed]))


def _select_possible(
    candidates: Candidates,
    context: CandidateContext,
    registry: PostingsIndex,
    inputs: ScoringInputs,
) -> Int64s:
    """Return the candidates that may be reported, and their siblings, which add to their score."""
    language, tokens = language_only_counts(inputs.language), len(inputs.corpus.tokens)
    is_possible = _may_be_reported(
        candidates, context, registry, language, inputs.size, tokens, inputs.threads
    )
    return np.flatnonzero(sum_over_groups(context.groups, is_possible.astype(np.float64)))


def _may_be_reported(  # noqa: PLR0913 (those of `score_candidates`, with counts and sizes separate)
    candidates: Candidates,
    context: CandidateContext,
    registry: PostingsIndex,
    language: NgramCounts,
    size: int,
    tokens: int,
    threads: int = 1,
) -> Flags:
    """Return which candidates may be reported, given the tokens of the corpus's sample."""
    is_possible = candidates.matched >= _LONG_MATCH
    short = np.flatnonzero(sum_over_groups(context.groups, is_possible.astype(np.float64)) == 0)
    best = feature_bounds(candidates.take(short), context.take(short), registry, language, threads)
    is_possible[short], _ = _evaluate(best, registry, size, tokens)
    return is_possible


def _evaluate(
    features: Features, registry: PostingsIndex, size: int, tokens: int
) -> tuple[Flags, Floats]:
    """Return which candidates are reported, and the strength of each."""
    odds = log_odds(features, tokens)
    strengths = strength(odds, registry.arrays.chance, size)
    return is_reported(odds, strengths, registry.threshold), strengths
