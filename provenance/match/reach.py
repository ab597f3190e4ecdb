"""Which items could ever be found: the strength of each, were it copied whole."""

import numpy as np

from provenance.compiled import Scalar, kernel
from provenance.match.everybody import weight_of
from provenance.match.features import Features
from provenance.match.information import REPEATED
from provenance.match.lookup import BITS_SCALE, CELL_SHIFT, Index
from provenance.match.regression import KNOWING, MOST_BITS, PASSAGE, odds
from provenance.match.strengths import stands, strength
from provenance.match.wordcounts import words_of
from provenance.model import Flags, Floats, Int64s, UInt8s, UInt32s

_AT_ONCE = 1 << 14  # items: what is computed of so many fits the cache
_SLOTS, _SLOT_SHIFT = 1 << 10, np.uint32(22)
_DIFFERENT = 8  # words: who has so many, and bits enough, needs no closer look
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
    count = len(holdings.first)
    plenty = _plenty(registry, size)
    found = np.zeros(count, np.bool_)
    for first in range(0, count, _AT_ONCE):
        found[first : first + _AT_ONCE] = _stand(registry, size, plenty, first, first + _AT_ONCE)
    return np.asarray(~(found & _seeded(registry)))[holdings.first]


def _plenty(registry: Index, size: int) -> float:
    """Give the bits from which every item of `_DIFFERENT` different words is strong enough."""
    # Words come in quarters; beyond a passage their number tells only how few are different.
    words = np.append(np.arange(_DIFFERENT, PASSAGE, 0.25), 1e9)
    different = np.full(len(words), float(_DIFFERENT))
    for bits in np.arange(10.0, MOST_BITS + 1, 10):
        if _strong(registry, size, np.full(len(words), bits), different, words).all():
            return float(bits)
    return np.inf


def _stand(registry: Index, size: int, plenty: float, first: int, end: int) -> Flags:
    """Tell which of some items are strong enough, were each found whole."""
    holdings = registry.holdings
    offsets = holdings.token_offsets[first : end + 1]
    figures = np.zeros((len(offsets) - 1, 2))
    seen = np.zeros(_SLOTS, np.int64)
    _whole_all(holdings.tokens, offsets, registry.bits, (plenty, _DIFFERENT), seen, figures)
    bits, different = figures.T.copy()
    found = (bits >= plenty) & (different >= _DIFFERENT)
    rest = np.flatnonzero(~found)
    words = words_of(rest.astype(np.uint32), (holdings.tokens, offsets))
    found[rest] = _strong(registry, size, bits[rest], different[rest], words)
    return found


def _strong(registry: Index, size: int, bits: Floats, different: Floats, words: Floats) -> Flags:
    """Tell which items are strong enough: whole ones, of such words."""
    one, none = np.ones(len(bits)), np.zeros(len(bits))
    best = Features(
        corpus_bits=bits,
        registry_bits=bits,
        pooled_bits=bits,
        matched=words,
        length=words,
        longest=different,
        distinct=different,
        density=one,
        across=none,
        alone=one,
        begins=one,
        whole=one,
        broken=none,
    )
    likely = odds(best, int(KNOWING))
    return stands(likely, strength(likely, registry.holdings.chance, size))


def _seeded(registry: Index) -> Flags:
    """Tell which items a match can begin in: it begins with a seed that is not everybody's."""
    holdings = registry.holdings
    if not len(registry.public):
        enough = np.zeros(len(holdings.first), np.bool_)
        weight = 4 * holdings.parameters.seed_width
        _weigh(holdings.tokens, holdings.token_offsets, weight, enough)
        return enough
    seeds = np.bincount(holdings.postings.items, minlength=len(holdings.first))
    places = np.flatnonzero(registry.marks)
    items = np.searchsorted(holdings.token_offsets, places, side="right") - 1
    return np.asarray(seeds > np.bincount(items, minlength=len(holdings.first)))


@kernel
def _weigh(tokens: UInt32s, offsets: Int64s, least: Scalar, enough: Flags) -> None:
    """Tell which items weigh so much, in quarters of a word."""
    for item in range(len(offsets) - 1):
        weight = 0
        place = offsets[item]
        while place < offsets[item + 1] and weight < least:
            weight += weight_of(tokens[place])
            place += 1
        enough[item] = weight >= least


@kernel
def _whole_all(
    tokens: UInt32s,
    offsets: Int64s,
    bits: UInt8s,
    enough: tuple[Scalar, Scalar],
    seen: Int64s,
    figures: Floats,
) -> None:
    # `seen` tells, by a few bits of a token, the last item that had such a one.
    for item in range(len(offsets) - 1):
        first, known, different = offsets[item], 0.0, 0.0
        for place in range(first, min(offsets[item + 1], first + _LONG)):
            weight, token = 1.0, tokens[np.uint64(place)]
            slot = token >> _SLOT_SHIFT
            if seen[slot] == item + 1:
                for before in range(first, place):
                    if tokens[np.uint64(before)] == token:
                        weight *= REPEATED
            seen[slot] = item + 1
            known += weight * bits[token >> CELL_SHIFT] / BITS_SCALE
            different += (weight == 1.0) * weight_of(token) / 4
            if known >= enough[0] and different >= enough[1]:
                break  # more of it makes it the stronger
        figures[item, 0], figures[item, 1] = known, different
