"""Which candidates stand: those that chance rarely makes look so much like a copy."""

from dataclasses import dataclass

import numpy as np

from provenance.match.candidates import Candidates
from provenance.match.features import Company, Features, at_most, company, measure
from provenance.match.information import counted_by
from provenance.match.lookup import Index
from provenance.match.passages import Passages
from provenance.match.regression import odds
from provenance.match.siblings import together
from provenance.match.strengths import stands, strength
from provenance.model import Flags, Floats, Int64s, Language

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
