"""Strength: one figure for how surely a match is a copy and not chance.

The log-odds of a logistic regression over a few features, fitted by `benchmarks/fit_strength.py`
on planted posts: natural logarithm, 0 is even odds at one plant in every second page. What carries
it is the information of the matched words, under a model of the corpus itself that leaves the
passage out, and of language at large; how whole the item is; and how long the words run on without
a gap.
"""

import numpy as np

from provenance.match.features import Features
from provenance.model import Floats

THRESHOLD = 2.5
"""Matches of less strength are not reported: 1 to 2 chance documents in a million words."""

CHANCE_PER_MILLION = 2.0
"""Documents with a chance match that the threshold lets through, in a million tokens."""

REFERENCE_ITEMS = 365_000
"""Items of the registry that the weights were fitted with."""

PASSAGE = 20
"""Tokens from which an item is judged by the passage alone: a page of an article is no less copied
for the pages that were left."""

_INTERCEPT = -13.6240
_WEIGHTS = {
    "corpus_bits": 0.0426,
    "registry_bits": -0.0320,
    "pooled_bits": 0.0019,
    "least_bits": 0.0062,
    "corpus_bits_by_root_length": 0.3641,
    "pooled_bits_by_root_length": 0.1877,
    "cover": -7.3317,
    "log_cover": 2.8300,
    "density": 6.2755,
    "log_longest": 6.7248,
    "longest_by_matched": 0.6938,
    "log_distinct": 1.8220,
    "log_length": -5.0066,
    "log_rarest": -1.6951,
}


# The threshold at which 2 chance documents in a million words pass, on corpora of 4 M, 67 k and 700
# tokens cut from the same pages, rises by this much for each natural log of the size.
_IGNORANCE, _KNOWING, _LEAST_TOKENS = 0.28, 4e6, 500

# A text that is the item and little else: a phrase that chance put into a page would have to begin
# and to end with it. Planted pages hold no such text, so this weight is not fitted: it is e**-3,
# the part of phrases of this length in prose that are whole sentences.
_ALONE, _ALONE_ODDS = 0.8, 3.0


def strength(features: Features, items: int, tokens: int) -> Floats:
    """Give the strength of matches with a registry of `items` items.

    Parameters
    ----------
    features : Features
        As measured in the whole corpus.
    items : int
        Items with different tokens in the registry. Chance matches grow with their number, so a
        registry larger than `REFERENCE_ITEMS` asks for more evidence; a smaller one not for less.
    tokens : int
        Tokens of the corpus's sample. A small corpus does not know which phrases are common, so
        its matches look stronger than they are: the smaller it is, the more evidence is asked.

    Returns
    -------
    ndarray of float64
        Log-odds.
    """
    columns = regressors(features)
    odds = np.full(len(features.matched), _INTERCEPT)
    for name, weight in _WEIGHTS.items():
        odds += weight * columns[name]
    alone = (features.filling >= _ALONE) & (columns["cover"] >= _ALONE)
    odds += _ALONE_ODDS * alone
    odds -= max(0.0, np.log(max(items, 1) / REFERENCE_ITEMS))
    odds -= _IGNORANCE * max(0.0, np.log(_KNOWING / max(tokens, _LEAST_TOKENS)))
    return odds


def chance(strengths: Floats) -> Floats:
    """Give the probability that a match of this strength is chance, in (0, 1)."""
    return np.asarray(1 / (1 + np.exp(np.clip(strengths, -50, 50))))


def regressors(features: Features) -> dict[str, Floats]:
    """Give what the regression sees, by name."""
    length = np.minimum(features.length, PASSAGE)
    cover = np.minimum(features.matched / np.maximum(length, 1), 1.0)
    root = np.sqrt(length + 1)
    return {
        "corpus_bits": features.corpus_bits,
        "registry_bits": features.registry_bits,
        "pooled_bits": features.pooled_bits,
        "least_bits": np.minimum(features.corpus_bits, features.registry_bits),
        "corpus_bits_by_root_length": features.corpus_bits / root,
        "pooled_bits_by_root_length": features.pooled_bits / root,
        "cover": cover,
        "log_cover": np.log(cover + 0.02),
        "density": features.density,
        "log_longest": np.log1p(features.longest),
        "longest_by_matched": features.longest / np.maximum(features.matched, 1),
        "log_distinct": np.log1p(features.distinct),
        "log_length": np.log1p(length),
        "log_rarest": np.log1p(features.rarest),
    }
