"""Which items could ever be found, copied whole; and with how few tokens any match could stand."""

import numpy as np

from provenance.jit.decorators import Scalar, kernel
from provenance.match.index.postings_index import BITS_SCALE, CELL_SHIFT, Index
from provenance.match.index.stop_shingles import weight_of
from provenance.match.scoring.classifier import KNOWING, LEAST_DISTINCT, MOST_BITS, PASSAGE, odds
from provenance.match.scoring.evalue import stands, strength
from provenance.match.scoring.features import LEAST, MOST, Features, words_of
from provenance.match.scoring.information import RAREST, REPEATED
from provenance.model import Chance, Flags, Floats, Int64s, UInt8s, UInt32s

_AT_ONCE = 1 << 14  # items: what is computed of so many fits the cache
_SLOTS, _SLOT_SHIFT = 1 << 10, np.uint32(22)
_DIFFERENT = 8  # words: who has so many, and bits enough, needs no closer look
_LONG = 64  # tokens; every item of so many is told from chance, if only its words are not all one

_SURE = 1e-6  # more log-odds than rounding makes


def least_tokens(chance: Chance, size: int) -> Int64s:
    """Tell with how few tokens a match may stand, whatever corpus, registry and text are like.

    Parameters
    ----------
    chance : Chance
        The registry's.
    size : int
        Tokens of all registries that are matched at a time, as `strength` takes them.

    Returns
    -------
    ndarray of int64, shape (4 * PASSAGE + 1,)
        By the quarters of a word that the item has, `PASSAGE` words or more at the last. None is
        more than a copy has, which counts for others too. Of a match that has siblings it says
        nothing, nor where shingles are everybody's: items are shorter without those.

    Notes
    -----
    A match of ``n`` tokens is at its strongest where each is a word, as rare as any, all in a row,
    and the text breaks on both sides. It has most of its item where ``n`` words would be.
    """
    length = np.maximum(np.arange(4 * PASSAGE + 1), 1) / 4
    one, none = np.ones(len(length)), np.zeros(len(length))
    least = np.full(len(length), LEAST)
    for tokens in range(LEAST - 1, 0, -1):
        bits, words = tokens * RAREST * one, tokens * one
        is_most = np.asarray(words >= MOST * length, np.float64)
        best = Features(
            corpus_bits=bits,
            registry_bits=none,
            pooled_bits=bits,
            matched=words,
            length=length,
            longest=words,
            distinct=np.full(len(length), float(LEAST_DISTINCT)),
            density=one,
            across=none,
            alone=is_most,
            begins=one,
            whole=is_most,
            broken=one,
        )
        likely = odds(best, int(KNOWING)) + _SURE
        least[stands(likely, strength(likely, chance, size))] = tokens
    return least


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
