"""Strength of a match: how rarely a match that resembles a copy so much occurs by chance.

In bits: a match of strength `s` is expected by chance once in ``2**s`` tokens of text that contain
nothing of the registry. So strengths with large and small registries are comparable, and a corpus
and its shards are judged alike.
"""

import numpy as np

from provenance.model.content.chance import ChanceModel
from provenance.model.content.fingerprints import Flags, Floats

STRENGTH_THRESHOLD = 20.0
"""By default, matches of less strength are not reported: chance gives one in a million tokens
(2**20)."""

MIN_LOG_ODDS = 0.0
"""Matches of lower log-odds, which are likelier chance than a copy, are not reported either: with
a registry of a few posts chance matches are rare, but a proverb in one of them is still a
proverb."""

SHIPPED_CHANCE = ChanceModel(decay=0.677, scale=1.24e-12, exceedances=0)
"""Fitted by `benchmarks/fit_chance.py` on five million words of books, news, encyclopaedia and web
text, against registries of a thousand to a million items."""

MIN_REGISTRY_TOKENS = 25_000
"""Tokens of the smallest registry of the fit. It does not extrapolate below: texts
on the subject of an item share phrases with it that are neither chance nor copies."""

_MAX_EXPONENT = 1000.0
"""Strength beyond which the number that chance gives is not told apart: floats end at 2**-1074."""

_PRIOR_EXCEEDANCES = 50.0
"""Weight, in exceedances, of the prior that a registry's decay is the shipped one."""


def chance_threshold(chance: float) -> float:
    """Return the strength from which matches are reported.

    Parameters
    ----------
    chance : float
        Chance matches that are accepted in a million (2**20) tokens; above 0.

    Returns
    -------
    float
        Bits.
    """
    return float(STRENGTH_THRESHOLD - np.log2(chance))


def strength(odds: Floats, chance: ChanceModel, size: int) -> Floats:
    """Convert log-odds to strengths.

    Parameters
    ----------
    odds : ndarray of float64
        Log-odds of matches with a registry (`classifier.log_odds`).
    chance : ChanceModel
        That registry's chance model.
    size : int
        Tokens of all items in all registries that the corpus is matched against, equal items once:
        chance matches grow with their number.

    Returns
    -------
    ndarray of float64
        Bits.
    """
    nats = chance.decay * odds - np.log(chance.scale * max(size, MIN_REGISTRY_TOKENS))
    return np.asarray(nats / np.log(2))


def is_reported(odds: Floats, strengths: Floats, threshold: float = STRENGTH_THRESHOLD) -> Flags:
    """Return which matches are reported; `threshold` is the least strength."""
    return np.asarray((strengths >= threshold) & (odds >= MIN_LOG_ODDS))


def least_reported_odds(
    chance: ChanceModel, size: int, threshold: float = STRENGTH_THRESHOLD
) -> float:
    """Return the log-odds from which matches are reported.

    `chance` and `size` are as for `strength`; `threshold` is the least strength.
    """
    nats = threshold * np.log(2) + np.log(chance.scale * max(size, MIN_REGISTRY_TOKENS))
    return float(max(MIN_LOG_ODDS, nats / chance.decay))


def expected_by_chance(strengths: Floats, tokens: int) -> Floats:
    """Return the E-value: the number of matches this strong expected by chance in `tokens`."""
    return np.asarray(tokens * np.exp2(-np.minimum(strengths, _MAX_EXPONENT)))


def chance_probabilities(
    strengths: Floats, tokens: int, threshold: float = STRENGTH_THRESHOLD
) -> Floats:
    """Return the probability that each match is chance.

    Parameters
    ----------
    strengths : ndarray of float64
        Of all matches found in a corpus; at least `threshold`.
    tokens : int
        Tokens of the corpus.
    threshold : float
        Strength from which matches are reported.

    Returns
    -------
    ndarray of float64
        In [0, 1]. Their sum is at most the number of chance matches expected.

    Notes
    -----
    A match is as likely chance as matches so strong are expected to be, ``E = tokens * 2**-s``, if
    that is below 1: no chance match of 60 bits is expected in any corpus. If the sum would be
    larger than the number expected at the threshold, more matches were found than chance explains:
    the probabilities are in proportion to the E-values then, as far as they are below 1, so that
    the sum is that number.
    """
    values = expected_by_chance(strengths, tokens)
    most = float(expected_by_chance(np.array([threshold]), tokens)[0])
    if np.minimum(values, 1.0).sum() <= most:
        return np.asarray(np.minimum(values, 1.0))
    ascending = np.sort(values)
    # With the n largest at 1, the others share what is left.
    certain = np.arange(len(values))
    factors = (most - certain) / np.cumsum(ascending)[::-1]
    is_enough = factors * ascending[::-1] <= 1
    return np.asarray(np.minimum(1.0, values * factors[np.argmax(is_enough)]))


def fit_chance(odds: Floats, least: float, tokens: int, size: int) -> ChanceModel:
    """Fit the chance model to matches in texts that contain nothing of the registry.

    Parameters
    ----------
    odds : ndarray of float64
        Log-odds of every match that has at least `least`.
    least : float
        Log-odds from which the tail is exponential.
    tokens, size : int
        Tokens of the texts, and of the items.

    Notes
    -----
    The excess over `least` is exponential, so the maximum-likelihood decay is one over
    its mean. The shipped decay is its prior.
    """
    excess = float((odds - least).sum()) + _PRIOR_EXCEEDANCES / SHIPPED_CHANCE.decay
    decay = (len(odds) + _PRIOR_EXCEEDANCES) / excess
    count = max(len(odds), 0.5)
    scale = count / (max(tokens, 1) * max(size, MIN_REGISTRY_TOKENS)) * float(np.exp(decay * least))
    return ChanceModel(decay, scale, len(odds))
