"""Forms: texts that many items have in common, apart from what each fills in.

An advertisement, a weather report or a moderator's notice shares most of its words with every other
one of its form, and neither is a copy of the other. What an item has beyond its form decides: a
copy agrees with it there, another instance of the form no more than other items do.
"""

import numpy as np

from provenance.jit.decorators import Scalar, allocating_part, inlined, kernel, kernel_part
from provenance.match.candidates.candidate_table import Candidates
from provenance.match.index.postings_index import PostingsIndex
from provenance.match.index.seed_postings import FEW, MAX_SHARED, look_up_seeds
from provenance.match.origins import WHOLE
from provenance.model.content.fingerprints import (
    Flags,
    Floats,
    Int32s,
    Int64s,
    Shingles,
    UInt32s,
    UInt64s,
)

_FORM_SHARE = 0.5
"""Share of a match's words that another item must have to be of the same form."""

_COPY_SHARE = 0.8
"""Share of an item's information from which another item that agrees with it is a copy of it."""

_LEAST_ITEMS = 3
"""Other items of a form, without copies, from which it is one."""

_MOST_ITEMS = 64
"""Other items, the most similar first, that a match is compared with."""

_MARGIN = 6.0
"""Nats by which a copy agrees more with an item than the most similar other item of its form. Of
3,511 texts of thirteen forms that are no copies, 22 do, too (`benchmarks.templates`)."""

_AGREEING = 0.75
"""Share of an item's information from which a text that agrees with it is a copy, whatever others
do: the values of most of what the item fills in are equal."""

LONGEST_OF_FORM = 2000
"""Tokens of an item up to which it is compared with others: books share phrases, and no form."""

_MOST_SEEDS = 64
"""Seeds of a match that are looked up."""

_HASH_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


def are_forms(candidates: Candidates, registry: PostingsIndex, seeds: Shingles) -> Flags:
    """Return which matches share with an item what its form has, and nothing of its own.

    Parameters
    ----------
    candidates : Candidates
        Matches with a registry, of items of up to `LONGEST_OF_FORM` tokens.
    registry : PostingsIndex
        The registry.
    seeds : Shingles
        Seeds of the stretch of the item that each matches.

    Returns
    -------
    ndarray of bool, shape (n,)
        Where at least `_LEAST_ITEMS` other items have half of the matched words, the match agrees
        with its item hardly more than the most similar of them does, and either disagrees in
        some of what the item fills in, or is a part of the item in which it fills in nothing.

    Notes
    -----
    Words agree where two neighbours do. A text of the form is to an item what the most similar of
    the others is to it: which of the two agrees more is chance, and more by some nats is as much
    rarer. The information of a word that agrees is the negative logarithm of the share of the
    others that have it, given whether they have the word before it: a phrase counts once.
    """
    arrays = registry.arrays
    [found] = look_up_seeds(_thin(seeds), [registry])
    # Of what many items share, all segments together list no more than the first few.
    few = np.minimum(found.firsts + FEW, found.lasts)
    lasts = np.where(found.sharing > MAX_SHARED, few, found.lasts)
    forms = np.zeros(len(candidates), np.bool_)
    _compare_all(
        (candidates.items, candidates.runs, candidates.run_offsets),
        (arrays.tokens, arrays.token_offsets, arrays.first),
        (arrays.keys.values, arrays.keys.first_numbers, arrays.keys.starts),
        (found.firsts, lasts, found.offsets, found.items),
        forms,
    )
    return forms


def _thin(seeds: Shingles) -> Shingles:
    """Return at most `_MOST_SEEDS` seeds of each match, spread over it."""
    counts = np.diff(seeds.offsets)
    owners = np.repeat(np.arange(len(counts)), counts)
    ranks = np.arange(len(seeds.hashes)) - seeds.offsets[owners]
    most = np.minimum(counts, _MOST_SEEDS)[owners]
    is_kept = (ranks + 1) * most // counts[owners] > ranks * most // counts[owners]
    kept = np.concatenate([[0], np.cumsum(is_kept)])
    return Shingles(seeds.hashes[is_kept], seeds.positions[is_kept], kept[seeds.offsets])


@kernel
def _compare_all(
    candidates: tuple[UInt32s, Int32s, Int64s],
    registry: tuple[UInt32s, Int64s, UInt32s],
    order: tuple[UInt64s, Int64s, Int64s],
    postings: tuple[Int64s, Int64s, Int64s, UInt32s],
    forms: Flags,
) -> None:
    items, runs, run_offsets = candidates
    for row in range(len(forms)):
        sharing = _sharing_items(row, items[row], registry, postings)
        others = _most_similar(sharing, order)
        if len(others) >= _LEAST_ITEMS:
            own_runs = runs[run_offsets[row] : run_offsets[row + 1]]
            forms[row] = _is_form(items[row], own_runs, registry, others)


@allocating_part
def _sharing_items(
    row: Scalar,
    item: Scalar,
    registry: tuple[UInt32s, Int64s, UInt32s],
    postings: tuple[Int64s, Int64s, Int64s, UInt32s],
) -> UInt32s:
    """Return the other items that share seeds of a match, sorted; once for each seed."""
    begins, ends, offsets, numbers = postings
    _, token_offsets, firsts = registry
    room = np.int64(0)
    for seed in range(offsets[row], offsets[row + 1]):
        room += ends[seed] - begins[seed]
    sharing, count = np.empty(room, np.uint32), np.int64(0)
    for seed in range(offsets[row], offsets[row + 1]):
        for posting in range(begins[seed], ends[seed]):
            other = numbers[posting]
            length = token_offsets[other + 1] - token_offsets[other]
            if firsts[other] != firsts[item] and length <= LONGEST_OF_FORM:
                sharing[count] = other
                count += 1
    return np.sort(sharing[:count])


@allocating_part
def _most_similar(sharing: UInt32s, order: tuple[UInt64s, Int64s, Int64s]) -> UInt32s:
    """Return the items that share most seeds, at most `_MOST_ITEMS`; of equal ones, the first."""
    others, counts = np.zeros(_MOST_ITEMS + 1, np.uint32), np.zeros(_MOST_ITEMS + 1, np.int64)
    begin: Scalar = np.int64(0)
    filled: Scalar = np.int64(0)
    while begin < len(sharing):
        end = begin + 1
        while end < len(sharing) and sharing[end] == sharing[begin]:
            end += 1
        place = filled
        while place and _goes_before(
            (end - begin, sharing[begin]), (counts[place - 1], others[place - 1]), order
        ):
            counts[place], others[place] = counts[place - 1], others[place - 1]
            place -= 1
        counts[place], others[place] = end - begin, sharing[begin]
        filled, begin = min(filled + 1, _MOST_ITEMS), end
    return others[:filled]


@kernel_part
def _goes_before(
    one: tuple[Scalar, Scalar], other: tuple[Scalar, Scalar], order: tuple[UInt64s, Int64s, Int64s]
) -> Scalar:
    """Return whether an item, with its number of shared seeds, goes before another one."""
    if one[0] != other[0]:
        return one[0] > other[0]
    return _key(one[1], order) < _key(other[1], order)


@kernel_part
def _key(item: Scalar, order: tuple[UInt64s, Int64s, Int64s]) -> Scalar:
    values, first_numbers, starts = order
    segment = len(first_numbers) - 1
    while first_numbers[segment] > item:
        segment -= 1
    return values[starts[segment] - first_numbers[segment] + item]


@allocating_part
def _is_form(
    item: Scalar, runs: Int32s, registry: tuple[UInt32s, Int64s, UInt32s], others: UInt32s
) -> Scalar:
    """Return whether a match of these runs has only the form that its item shares with others."""
    tokens, offsets, _ = registry
    own = tokens[offsets[item] : offsets[item + 1]]
    agrees, every = np.zeros(len(own), np.bool_), np.ones(len(own), np.bool_)
    for run in range(len(runs)):
        if runs[run, 2] > 1:
            agrees[runs[run, 0] : runs[run, 0] + runs[run, 2]] = True
    first, end = np.int64(runs[0, 0]), np.int64(runs[-1, 0] + runs[-1, 2])
    shares = _shares_of_others(own, agrees, (tokens, offsets), others)
    information = _information(shares)
    most, nearest, compared = _agreement(every, information, 0, len(own)), 0.0, 0
    for other in shares:
        if _agreement(other, information, 0, len(own)) < _COPY_SHARE * most:
            compared += 1
            nearest = max(nearest, _agreement(other, information, first, end))
    is_part = end - first < WHOLE * len(own)
    if is_part:
        most = _agreement(every, information, first, end)
    agreed = _agreement(agrees, information, first, end)
    is_other = agreed < _AGREEING * most or (is_part and most < _MARGIN)
    return compared >= _LEAST_ITEMS and agreed < nearest + _MARGIN and is_other


@allocating_part
def _shares_of_others(
    own: UInt32s, agrees: Flags, registry: tuple[UInt32s, Int64s], others: UInt32s
) -> Flags:
    """Return the words of an item that each of the others of its form has."""
    tokens, offsets = registry
    shares, kept = np.zeros((len(others), len(own)), np.bool_), 0
    slots, numbers, shift = _number_pairs(own)
    is_found, agreeing = np.zeros(len(own), np.bool_), np.int64(0)
    for place in range(len(own)):
        agreeing += agrees[place]
    for other in others:
        is_found[:] = False
        _find_pairs(own, slots, shift, tokens[offsets[other] : offsets[other + 1]], is_found)
        shared = _mark_shared(numbers, is_found, agrees, shares[kept])
        if shared >= _FORM_SHARE * agreeing:
            kept += 1
        else:
            shares[kept] = False
    return shares[:kept]


@allocating_part
def _number_pairs(own: UInt32s) -> tuple[Int32s, Int32s, Scalar]:
    """Return a hash table of pairs of neighbours, and the first place of each place's pair.

    The table has first places, -1 where it is empty. The third value is the shift from a pair's
    hash to its slot.
    """
    shift = np.uint64(62)
    while (np.uint64(1) << (np.uint64(64) - shift)) < np.uint64(2 * len(own)):
        shift -= np.uint64(1)
    slots = np.full(1 << np.int64(np.uint64(64) - shift), -1, np.int32)
    numbers = np.zeros(len(own), np.int32)
    for place in range(len(own) - 1):
        slot = _find_slot(own, slots, shift, _pair(own, place))
        if slots[slot] < 0:
            slots[slot] = place
        numbers[place] = slots[slot]
    return slots, numbers, shift


@inlined
def _find_slot(own: UInt32s, slots: Int32s, shift: Scalar, pair: Scalar) -> Scalar:
    """Return the slot of a pair, or the empty one where it would be."""
    slot, last = (pair * _HASH_MULTIPLIER) >> shift, np.uint64(len(slots) - 1)
    while slots[slot] >= 0 and _pair(own, slots[slot]) != pair:
        slot = (slot + np.uint64(1)) & last
    return slot


@kernel_part
def _find_pairs(
    own: UInt32s, slots: Int32s, shift: Scalar, other: UInt32s, is_found: Flags
) -> None:
    """Mark the first places of the pairs that another item has."""
    for place in range(len(other) - 1):
        first = slots[_find_slot(own, slots, shift, _pair(other, place))]
        if first >= 0:
            is_found[first] = True


@kernel_part
def _mark_shared(numbers: Int32s, is_found: Flags, agrees: Flags, shared: Flags) -> Scalar:
    """Mark the words of pairs that were found, and return how many of them agree."""
    agreeing, is_before = np.int64(0), False
    for place in range(len(numbers)):
        is_pair = place + 1 < len(numbers) and is_found[numbers[place]]
        shared[place] = is_before or is_pair
        agreeing += shared[place] and agrees[place]
        is_before = is_pair
    return agreeing


@inlined
def _pair(tokens: UInt32s, place: Scalar) -> Scalar:
    at = np.uint64(place)
    return np.uint64(tokens[at]) << np.uint64(32) | np.uint64(tokens[at + np.uint64(1)])


@allocating_part
def _information(shares: Flags) -> Floats:
    """Return the information of each word of an item, if the one before it agrees, and if not.

    Parameters
    ----------
    shares : ndarray of bool, shape (n, words)
        Words that each of the others has.

    Returns
    -------
    ndarray of float64, shape (2, words)
        Negative logarithms of the shares of the others that have a word: of those that have the
        word before it, and of all.
    """
    words = shares.shape[1]
    having, both = np.zeros(words + 1, np.int64), np.zeros(words, np.int64)
    for share in shares:
        is_before = False
        for word in range(words):
            having[word + 1] += share[word]
            both[word] += share[word] and is_before
            is_before = share[word]
    information = np.empty((2, words))
    for word in range(words):
        information[0, word] = -np.log((both[word] + 0.5) / (having[word] + 1))
        information[1, word] = -np.log((having[word + 1] + 0.5) / (len(shares) + 1))
    return information


@kernel_part
def _agreement(agrees: Flags, information: Floats, first: Scalar, last: Scalar) -> Scalar:
    """Return the information of the words of a stretch that agree."""
    total = 0.0
    for word in range(first, last):
        if agrees[word]:
            is_before = word > 0 and agrees[word - 1]
            total += information[0 if is_before else 1, word]
    return total
