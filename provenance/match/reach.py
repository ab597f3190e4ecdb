"""Which items could ever be found: the strength of each, were it copied whole."""

import numpy as np

from provenance.compiled import kernel
from provenance.match.everybody import weight_of
from provenance.match.features import REPEATED, Features
from provenance.match.lookup import BITS_SCALE, CELL_SHIFT, Index
from provenance.match.regression import KNOWING, odds
from provenance.match.strengths import stands, strength
from provenance.match.wordcounts import words_of
from provenance.model import Flags, Floats, Int64s, UInt8s, UInt32s

_LONG = 64  # tokens; every item of so many is told from chance, if only its words are not all one


def unattributable(registry: Index, size: int) -> Flags:
    """Tell which items are too short, or too common in their words, ever to be found.

    Parameters
    ----------
    registry : Index
        Their registry.
    size : int
        Tokens of all registries that are matched at a time, as `strength` takes them.

    Returns
    -------
    ndarray of bool, shape (n,)
        Of items by number.

    Notes
    -----
    An item is at its strongest as a text of its own, every word of it in place, in a large corpus
    that knows its words no better than the registry does, one by one. Where that is not reported,
    nothing of it is but in a corpus of another language.
    """
    holdings = registry.holdings
    lengths = np.diff(holdings.token_offsets)
    figures = np.zeros((len(lengths), 2))
    _whole_all(holdings.tokens, holdings.token_offsets, registry.bits, figures)
    bits, distinct = figures.T
    count = words_of(holdings.tokens, holdings.token_offsets)
    one, none = np.ones(len(count)), np.zeros(len(count))
    best = Features(
        corpus_bits=bits,
        registry_bits=bits,
        pooled_bits=bits,
        matched=count,
        length=count,
        longest=distinct,
        distinct=distinct,
        density=one,
        across=none,
        alone=one,
        begins=one,
        whole=one,
        broken=none,
    )
    likely = odds(best, int(KNOWING))
    found = stands(likely, strength(likely, holdings.chance, size))
    # A match begins with a seed, and with one that is not everybody's.
    seeds = np.bincount(holdings.postings.items, minlength=len(lengths))
    public = np.add.reduceat(
        np.concatenate([registry.marks, [False]]).astype(np.int64), holdings.token_offsets[:-1]
    )
    seeds -= np.where(lengths > 0, public, 0)
    return np.asarray(~found | (seeds <= 0))[holdings.first]


@kernel
def _whole_all(tokens: UInt32s, offsets: Int64s, bits: UInt8s, figures: Floats) -> None:
    for item in range(len(offsets) - 1):
        first = offsets[item]
        for place in range(first, min(offsets[item + 1], first + _LONG)):
            weight = 1.0
            for before in range(first, place):
                if tokens[before] == tokens[place]:
                    weight *= REPEATED
            figures[item, 0] += weight * bits[tokens[place] >> CELL_SHIFT] / BITS_SCALE
            figures[item, 1] += (weight == 1.0) * weight_of(tokens[place]) / 4
