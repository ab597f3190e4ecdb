"""How much a match looks like a copy: one figure, the log-odds of a logistic regression.

It is fitted by `benchmarks/fit_strength.py` on items planted in pages: natural logarithm, 0 is even
odds where every fourth page holds one. What carries it is the information of the matched words
under a model of the corpus itself that leaves the passage out, and of language at large; how whole
the item is, and how long its words run on without a gap; and whether the text breaks where the item
begins and ends. What chance makes of it is `strength`'s to say.

Which candidates stand: those that chance rarely makes look so much like a copy.
"""

from dataclasses import dataclass

import numpy as np

from provenance.match.candidates.candidate_table import Candidates
from provenance.match.index.postings_index import Index
from provenance.match.scoring.corpus_sample import Passages
from provenance.match.scoring.evalue import stands, strength
from provenance.match.scoring.features import Company, Features, at_most, company, measure, together
from provenance.match.scoring.information import counted_by
from provenance.model import Flags, Floats, Int64s, Language

PASSAGE = 20
"""Tokens from which an item is judged by the passage alone: a page of an article is no less copied
for the pages that were left."""

LEAST_DISTINCT = 3
"""A match of fewer different words is laughter, and nobody's; no item is planted that says so."""

_NONE = -50.0

MOST_BITS = 100.0
"""Information beyond which more of it tells nothing new."""

_INTERCEPT = -33.4799
_WEIGHTS = {
    "corpus_bits": 0.0140,
    "registry_bits": -0.0255,
    "pooled_bits": 0.0483,
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
    "begins": 1.0297,
    "whole": 1.4090,
    # Fitted as 8.3, on pages of which few hold an ellipsis: there are texts full of them.
    "broken": 4.2,
}

# A text that is the item and little else. Planted pages hold none, so this weight is not fitted: in
# 280,000 rows of chats, reviews and single sentences, which hold no item, it lets two sayings in.
_ALONE = 3.0

# The odds that chance reaches are higher by this much in corpora of 90 k tokens and of 3 k than in
# one of 5 M, cut from the same pages (`benchmarks/fit_chance.py`).
_IGNORANCE, KNOWING, _IGNORANT = 1.3, 5e6, 9e4


def odds(features: Features, tokens: int) -> Floats:
    """Give the log-odds that matches are copies.

    Parameters
    ----------
    features : Features
        As measured in the whole corpus.
    tokens : int
        Tokens of the corpus's sample. A small corpus does not know which phrases are common, so
        its matches look stronger than they are: the smaller it is, the more evidence is asked.

    Returns
    -------
    ndarray of float64
        Natural logarithm.
    """
    columns = regressors(features)
    total = np.full(len(features.matched), _INTERCEPT)
    for name, weight in _WEIGHTS.items():
        total += weight * columns[name]
    total += _ALONE * features.alone
    total = np.where(features.distinct < LEAST_DISTINCT, _NONE, total)
    ignorance = np.log(KNOWING / max(tokens, 1)) / np.log(KNOWING / _IGNORANT)
    return np.asarray(total - _IGNORANCE * min(1.0, max(0.0, ignorance)))


def regressors(features: Features) -> dict[str, Floats]:
    """Give what the regression sees, by name."""
    length = np.minimum(features.length, PASSAGE)
    matched = np.maximum(features.matched, 1)
    cover = np.minimum(features.matched / np.maximum(length, 1), 1.0)
    root = np.sqrt(length + 1)
    bits = {
        name: np.minimum(getattr(features, name), MOST_BITS)
        for name in ("corpus_bits", "registry_bits", "pooled_bits")
    }
    return {
        **bits,
        "least_bits": np.minimum(bits["corpus_bits"], bits["registry_bits"]),
        "corpus_bits_by_root_length": bits["corpus_bits"] / root,
        "pooled_bits_by_root_length": bits["pooled_bits"] / root,
        "cover": cover,
        "log_cover": np.log(cover + 0.02),
        "density": features.density,
        "log_longest": np.log1p(np.minimum(features.longest, PASSAGE)),
        "longest_by_matched": features.longest / matched,
        "log_distinct": np.log1p(np.minimum(features.distinct, PASSAGE)),
        "log_length": np.log1p(length),
        "log_across": np.log1p(features.across),
        "begins": features.begins,
        "whole": features.whole,
        "broken": features.broken,
    }


_LONG = 16
"""Matched tokens from which nearly all candidates stand: nobody asks first whether they may."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """Candidates that stand.

    Parameters
    ----------
    places : ndarray of int64, shape (n,)
        Which of the candidates; ascending.
    bits : ndarray of float64, shape (n,)
        Information of their words under corpus and registry together.
    strengths : ndarray of float64, shape (n,)
        Bits (`strengths.strength`).
    """

    places: Int64s
    bits: Floats
    strengths: Floats


@dataclass(frozen=True, slots=True)
class Scales:
    """What candidates are weighed by.

    Parameters
    ----------
    corpus : Passages
        A sample of the corpus that they are of.
    language : Language
        What everybody says.
    size : int
        Tokens of all registries that the corpus is matched against (`strengths.strength`).
    threads : int
        How many count at a time.
    """

    corpus: Passages
    language: Language
    size: int
    threads: int = 1


def weigh(
    candidates: Candidates, registry: Index, scales: Scales, known_copies: Int64s | None = None
) -> Weighed:
    """Find the candidates that stand.

    Counting words is what takes time, of the registry above all. So those are set aside first that
    could not stand whatever corpus and registry know of their words.

    Parameters
    ----------
    candidates : Candidates
        All of a corpus.
    registry : Index
        What they were found in.
    scales : Scales
        What they are weighed by.
    known_copies : ndarray of int64, shape (items,), or None
        Passages of the sample that are known to hold a copy of each item, from whoever saw more.
    """
    among = company(candidates, registry, scales.corpus, known_copies)
    hopeful = _hopeful(candidates, among, registry, scales)
    if not len(hopeful):
        return Weighed(hopeful, np.zeros(0), np.zeros(0))
    candidates, among = candidates.take(hopeful), among.take(hopeful)
    features = measure(candidates, registry, scales.corpus, scales.language, scales.threads, among)
    standing, strengths = _judged(features, registry, scales)
    strong = np.flatnonzero(standing)
    return Weighed(hopeful[strong], features.pooled_bits[strong], strengths[strong])


def _hopeful(candidates: Candidates, among: Company, registry: Index, scales: Scales) -> Int64s:
    """List the candidates that may stand, with their siblings, whose words count for them."""
    may_stand = candidates.matched >= _LONG
    asked = np.flatnonzero(together(among.groups, may_stand.astype(np.float64)) == 0)
    own, theirs = candidates.take(asked), among.take(asked)
    best = at_most(own, theirs, registry, counted_by(scales.language), scales.threads)
    may_stand[asked], _ = _judged(best, registry, scales)
    return np.flatnonzero(together(among.groups, may_stand.astype(np.float64)))


def _judged(features: Features, registry: Index, scales: Scales) -> tuple[Flags, Floats]:
    """Tell which matches stand; give the strength of each."""
    likely = odds(features, len(scales.corpus.tokens))
    strengths = strength(likely, registry.holdings.chance, scales.size)
    return stands(likely, strengths), strengths
