"""Strength: how rarely chance gives a match that looks so much like a copy.

In bits: a match of strength `s` is expected by chance once in ``2**s`` tokens of text that hold
nothing of the registry. So strengths of large and small registries can be compared, and a corpus
and its shards are judged alike.
"""

import numpy as np

from provenance.model import Chance, Flags, Floats

THRESHOLD = 20.0
"""Matches of less strength are not reported: chance gives one in a million tokens (2**20)."""

EVEN = 0.0
"""Nor are those of less log-odds, which look less like a copy than like chance: with a registry of
a few posts chance is rare, but a proverb that one of them holds is a proverb all the same."""

SHIPPED = Chance(decay=0.677, scale=1.24e-12, exceedances=0)
"""Fitted by `benchmarks/fit_chance.py` on five million words of books, news, encyclopaedia and web
text, against registries of a thousand to a million items."""

SMALLEST = 25_000
"""Tokens of the smallest registry that the law was fitted on. It does not go on below: who writes
on the matter of an item shares phrases with it that are no chance, and no copies."""

_BELIEF = 50.0
"""Exceedances' worth of belief that a registry's chance decays as the shipped one's does."""


def strength(odds: Floats, chance: Chance, size: int) -> Floats:
    """State log-odds as strengths.

    Parameters
    ----------
    odds : ndarray of float64
        Of matches with a registry (`regression.odds`).
    chance : Chance
        That registry's.
    size : int
        Tokens of all items in all registries that the corpus is matched against, those of equal
        items once: chance grows with their number.

    Returns
    -------
    ndarray of float64
        Bits.
    """
    nats = chance.decay * odds - np.log(chance.scale * max(size, SMALLEST))
    return np.asarray(nats / np.log(2))


def stands(odds: Floats, strengths: Floats) -> Flags:
    """Tell which matches are reported."""
    return np.asarray((strengths >= THRESHOLD) & (odds >= EVEN))


def expected(strengths: Floats, tokens: int) -> Floats:
    """Give how many matches this strong chance alone gives in so many tokens (the E-value)."""
    return np.asarray(tokens * np.exp2(-strengths))


def chances(strengths: Floats, tokens: int) -> Floats:
    """Give the probability that each match is chance.

    Parameters
    ----------
    strengths : ndarray of float64
        Of everything that was found in a corpus; at least `THRESHOLD`.
    tokens : int
        Tokens of the corpus.

    Returns
    -------
    ndarray of float64
        In [0, 1]. Where there is room, they add up to what chance is expected to give.

    Notes
    -----
    The chance matches that are expected at the threshold are shared out among the matches by what
    each expects by itself: the weakest are the likeliest.
    """
    if not len(strengths):
        return np.zeros(0)
    each = np.exp2(THRESHOLD - strengths)
    most = float(expected(np.array([THRESHOLD]), tokens)[0])
    return np.asarray(np.minimum(1.0, each * most / each.sum()))


def fitted(odds: Floats, least: float, tokens: int, size: int) -> Chance:
    """Fit the law of chance to the matches in texts that hold nothing.

    Parameters
    ----------
    odds : ndarray of float64
        Of every match that has at least `least`.
    least : float
        From where on the tail is exponential.
    tokens, size : int
        Tokens that were looked at, and of the items that were looked for.

    Notes
    -----
    The excess over `least` is exponential, so the likeliest decay is one over its mean. Few matches
    tell little: they are weighed against the shipped decay.
    """
    excess = float((odds - least).sum()) + _BELIEF / SHIPPED.decay
    decay = (len(odds) + _BELIEF) / excess
    count = max(len(odds), 0.5)
    scale = count / (max(tokens, 1) * max(size, SMALLEST)) * float(np.exp(decay * least))
    return Chance(decay, scale, len(odds))
