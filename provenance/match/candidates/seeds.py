"""Hits gathered: where seeds of texts stand in items, without the hits that chance gave.

Postings, items and tokens lie all over memory, and chance alone gives a page dozens of hits. Seeds
of many texts are taken at a time: what will be read is fetched beforehand, so that one look does
not wait for the one before it.

An item holds every shingle of its own. So where a text holds one seed of an item and neither the
one before nor the one behind, the run of equal tokens around it ends where the seed does, and what
it is worth is known before the item is read. Of the hits in recombined words nineteen of twenty are
such *strays*, and worth too little; in what people write, three of four.

Seeds noted: what is known of a text's seeds before any item that holds them is looked at.

What the run of equal tokens around a seed may hold beyond it is bounded: a run goes on over those
seeds beside it that are *cut*, as not all items that share them are followed.
"""

import numpy as np

from provenance.jit.decorators import Scalar, inlined, inner, maker
from provenance.jit.intrinsics import fetch
from provenance.match.candidates.seed_hits import (
    CHAIN_FLOOR,
    COMMON,
    IF_ALONE,
    IN_ITEM,
    IN_TEXT,
    OF_ITEM,
    OF_SEED,
    SEED,
    SHARING,
    SMALL,
    cell_of,
    doubled,
)
from provenance.match.index.postings_index import CELL_SHIFT, is_public
from provenance.match.index.stop_shingles import weight_of
from provenance.model import Int32s, Int64s, Positions, UInt8s, UInt32s, UInt64s

FIRST, END, LAST, AT, WORDS, MORE, LENGTH = range(7)
"""Columns of what is noted of a seed: where its postings begin, where those end that are followed,
and where all do; its place in the text; what its words are worth; what else its run may hold, and
how many tokens they all are."""

NOTES = 7

EARLIEST = 8
"""Items that a shingle of more than `COMMON` is followed into."""
_SHARED = 2  # items that share a shingle before anybody asks whether it is everybody's
_ONE = np.uint64(1)


@inner
def note_seeds(
    texts: tuple[Scalar, Scalar],
    documents: tuple[UInt32s, Int64s],
    seeds: tuple[UInt64s, Int32s],
    found: tuple[Int64s, Int64s, Int64s, Int64s],
    known: tuple[UInt32s, UInt64s, Int64s, UInt8s, Int64s],
    notes: Int64s,
) -> None:
    """Note of each seed which postings are followed, and what its words say by themselves."""
    tokens, token_offsets = documents
    hashes, positions = seeds
    places, firsts, lasts, bounds = found
    items, public, _, bits, _ = known
    begin = bounds[texts[0]]
    for text in range(texts[0], texts[1]):
        for seed in range(bounds[text], bounds[text + 1]):
            first, last = firsts[np.uint64(seed)], lasts[np.uint64(seed)]
            place, row, end = np.uint64(places[np.uint64(seed)]), np.uint64(seed - begin), last
            at, sharing = np.int64(positions[place]), last - first
            fetch(items, first)
            fetch(tokens, token_offsets[text] + at)
            if sharing > COMMON:
                end = first + EARLIEST
            if sharing >= _SHARED and is_public(public, hashes[place]):
                end = first
            notes[row, FIRST], notes[row, END], notes[row, LAST] = first, end, last
            notes[row, AT] = at
    for text in range(texts[0], texts[1]):
        before, stop = token_offsets[text], token_offsets[text + 1]
        for seed in range(bounds[text], bounds[text + 1]):
            row = np.uint64(seed - begin)
            words, more, length = _seed_at(tokens, before + notes[row, AT], stop, bits)
            notes[row, WORDS], notes[row, MORE], notes[row, LENGTH] = words, more, length
        own = notes[bounds[text] - begin : bounds[text + 1] - begin]
        _add_cut(own, tokens[before:stop], bits)


@inner
def _add_cut(notes: Int64s, document: UInt32s, bits: UInt8s) -> None:
    """Add to what the runs of a text's seeds may hold what cut seeds beside them hold."""
    more = tokens = end = np.int64(0)
    for back in range(len(notes)):
        row = np.uint64(len(notes) - 1 - back)
        own_end = notes[row, AT] + notes[row, LENGTH]
        if back and _is_cut(notes, row + _ONE) and notes[row + _ONE, AT] == notes[row, AT] + 1:
            more, tokens = more + _bits(document, own_end, end, bits), tokens + end - own_end
        else:
            more = tokens = np.int64(0)
        notes[row, MORE], notes[row, LENGTH] = notes[row, MORE] + more, notes[row, LENGTH] + tokens
        end = own_end
    more = tokens = np.int64(0)
    for place in range(1, len(notes)):
        row = np.uint64(place)
        begin, at = notes[row - _ONE, AT], notes[row, AT]
        if _is_cut(notes, row - _ONE) and begin + 1 == at:
            more, tokens = more + _bits(document, begin, at, bits), tokens + at - begin
        else:
            more = tokens = np.int64(0)
        notes[row, MORE], notes[row, LENGTH] = notes[row, MORE] + more, notes[row, LENGTH] + tokens


@inlined
def _bits(document: UInt32s, first: Scalar, end: Scalar, bits: UInt8s) -> Scalar:
    worth = np.int64(0)
    for place in range(first, end):
        worth += bits[document[np.uint64(place)] >> CELL_SHIFT]
    return worth


@inlined
def _is_cut(notes: Int64s, seed: Scalar) -> Scalar:
    return notes[seed, END] < notes[seed, LAST]


@inlined
def _seed_at(
    tokens: UInt32s, at: Scalar, stop: Scalar, bits: UInt8s
) -> tuple[Scalar, Scalar, Scalar]:
    """Give what a seed's words are worth; what else its run may hold, and how many tokens that is.

    A run goes on behind its seed, without being a seed from the next token on, over tokens that
    weigh less than a word: by so many as that next seed would lack one more of.
    """
    end, weight, words, more = at, np.int64(0), np.int64(0), np.int64(0)
    while weight < SEED:
        token = tokens[np.uint64(end)]
        words += bits[token >> CELL_SHIFT]
        weight += weight_of(token)
        end += 1
    weight -= weight_of(tokens[np.uint64(at)])
    while end < stop:
        token = tokens[np.uint64(end)]
        if weight + weight_of(token) >= SEED:
            break
        more += bits[token >> CELL_SHIFT]
        weight += weight_of(token)
        end += 1
    return words, more, end - at


SEEN = 1 << 14
"""Room to count the hits of items; the more there are for it, the fewer strays are told."""

_AT_ONCE = 1024  # seeds: what their hits need fits into the nearer caches
_SPARSE = 32  # cells a hit: two items in one cell pass for one of two hits
_MOST = np.uint8(2)


@inlined
def group_end(offsets: Int64s, text: Scalar) -> Scalar:
    """Give the end of the texts from `text` on that are taken at a time."""
    end = text + 1
    while end + 1 < len(offsets) and offsets[end + 1] - offsets[text] <= _AT_ONCE:
        end += 1
    return end


@maker
def gather(  # noqa: PLR0913 (texts, their seeds, and all in which they are looked up)
    texts: tuple[Scalar, Scalar],
    documents: tuple[UInt32s, Int64s],
    seeds: tuple[UInt64s, Int32s],
    found: tuple[Int64s, Int64s, Int64s, Int64s],
    postings: tuple[UInt32s, Positions],
    known: tuple[UInt64s, Int64s, UInt8s, Int64s],
    scratch: tuple[Int64s, UInt8s],
    hits: Int64s,
    offsets: Int64s,
) -> Int64s:
    """List the hits of some texts that are no strays: those of text `i` end at `offsets[i + 1]`.

    Parameters
    ----------
    texts : (int, int)
        Which, half-open; those before end at `offsets[texts[0]]`, which is 0.
    documents, seeds : tuple of ndarray
        Tokens of all texts, and their seeds.
    found : tuple of ndarray
        Which of the seeds are held (`probing.Held`).
    postings : (ndarray, ndarray)
        Items and positions.
    known : (ndarray, ndarray, ndarray, ndarray)
        Shingles of everybody's, offsets of items, information of each cell of tokens, and
        `seed_worths`.
    scratch : (ndarray of int64, shape (n, NOTES), ndarray of uint8, shape (SEEN,))
        As many rows as the texts have seeds that are held, or more.
    hits : ndarray of int64, shape (m, HIT_COLUMNS)
        Takes them.
    offsets : ndarray of int64
        Takes their ends.

    Returns
    -------
    ndarray of int64, shape (m, HIT_COLUMNS)
        `hits`, or a larger one where there was no room; nothing is weighed yet.
    """
    notes, seen = scratch
    items, positions = postings
    bounds, count = found[3], np.int64(0)
    begin = bounds[texts[0]]
    note_seeds(texts, documents, seeds, found, (items, *known), notes)
    for text in range(texts[0], texts[1]):
        own = bounds[text] - begin, bounds[text + 1] - begin
        most = np.int64(0)
        for seed in range(own[0], own[1]):
            most += notes[seed, END] - notes[seed, FIRST]
        while count + most > len(hits):
            hits = doubled(hits)
        shift = _count_items(own, notes, items, most, seen)
        end = _keep((*own, begin), notes, (items, *known), (seen, shift), hits, count)
        count = _drop_strays(hits, count, end, seen)
        offsets[text + 1] = count
    for hit in range(count):
        hits[hit, IN_ITEM] = positions[hits[hit, IN_ITEM]]
    return hits


@inlined
def _count_items(
    own: tuple[Scalar, Scalar], notes: Int64s, items: UInt32s, most: Scalar, seen: UInt8s
) -> Scalar:
    """Count the hits of every item, two of them at most; give the shift that tells its cell."""
    shift = _clear(seen, most)
    for seed in range(own[0], own[1]):
        row = np.uint64(seed)
        for posting in range(notes[row, FIRST], notes[row, END]):
            own_cell = cell_of(items[np.uint64(posting)], shift)
            seen[own_cell] += seen[own_cell] < _MOST
    return shift


@inner
def _keep(
    own: tuple[Scalar, Scalar, Scalar],
    notes: Int64s,
    known: tuple[UInt32s, UInt64s, Int64s, UInt8s, Int64s],
    counted: tuple[UInt8s, Scalar],
    hits: Int64s,
    count: Scalar,
) -> Scalar:
    """Add the hits of a text that are no strays, each with its posting where its position goes."""
    items, _, offsets, _, worths = known
    seen, shift = counted
    first, end, begin = own
    for seed in range(first, end):
        row = np.uint64(seed)
        sharing = notes[row, LAST] - notes[row, FIRST]
        words, more = notes[row, WORDS], notes[row, MORE]
        may_stray = min(words, worths[min(sharing, COMMON)]) + more < CHAIN_FLOOR
        for posting in range(notes[row, FIRST], notes[row, END]):
            item = np.int64(items[np.uint64(posting)])
            is_stray = may_stray and (
                words + more < CHAIN_FLOOR
                or SMALL * notes[row, LENGTH] < offsets[item + 1] - offsets[item]
            )
            if is_stray and seen[cell_of(item, shift)] < _MOST:
                continue
            hits[count, IF_ALONE] = is_stray
            hits[count, OF_ITEM], hits[count, IN_TEXT] = item, notes[row, AT]
            hits[count, IN_ITEM], hits[count, SHARING] = posting, sharing
            hits[count, OF_SEED] = begin + seed
            count += 1
    return count


@inner
def _drop_strays(hits: Int64s, first: Scalar, end: Scalar, seen: UInt8s) -> Scalar:
    """Drop hits of a text that only passed for two of one item; give the end of those that stay.

    So few are left that hardly two items share a cell, and who shared one before does not now.
    """
    shift = _clear(seen, end - first)
    for hit in range(first, end):
        cell = _other_cell(hits[hit, OF_ITEM], shift)
        seen[cell] += seen[cell] < _MOST
    count = first
    for hit in range(first, end):
        if hits[hit, IF_ALONE] and seen[_other_cell(hits[hit, OF_ITEM], shift)] < _MOST:
            continue
        for column in range(IF_ALONE):
            hits[count, column] = hits[hit, column]
        count += 1
    return count


@inlined
def _other_cell(item: Scalar, shift: Scalar) -> Scalar:
    return cell_of(item << 24, shift)


@inlined
def _clear(seen: UInt8s, hits: Scalar) -> Scalar:
    """Make as many cells as so many hits need free; give the shift that tells an item's."""
    size, shift = np.int64(64), np.uint64(58)
    while size < _SPARSE * hits and size < SEEN:
        size, shift = 2 * size, shift - _ONE
    for cell in range(size):
        seen[cell] = 0
    return shift
