"""Seeds noted: what is known of a text's seeds before any item that holds them is looked at.

What the run of equal tokens around a seed may hold beyond it is bounded: a run goes on over those
seeds beside it that are *cut*, as not all items that share them are followed.
"""

import numpy as np

from provenance.jit.decorators import Scalar, inlined, inner
from provenance.jit.intrinsics import fetch
from provenance.match.everybody import weight_of
from provenance.match.hits import COMMON, SEED
from provenance.match.lookup import CELL_SHIFT, is_public
from provenance.model import Int32s, Int64s, UInt8s, UInt32s, UInt64s

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
