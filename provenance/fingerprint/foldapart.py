"""Tokens by themselves, syllables of Hangul, and what stands with them, folded sixteen by sixteen.

What they fold to may take more room than they have. The characters of a few blocks are put
together before any is looked up: a processor waits long for what was just written.
"""

import numpy as np

from provenance.compiled import Scalar, inlined
from provenance.fingerprint.foldblocks import (
    PLACES,
    Folding,
    State,
    has_last,
    is_torn,
    note,
    pack_characters,
    special_of,
    whole_of,
    with_marks,
)
from provenance.fingerprint.foldbytes import (
    HASH,
    note_alone,
    note_edges_of,
    write_alone,
    write_apart,
    write_syllables,
)
from provenance.fingerprint.foldlanes import AT_ONCE, BLOCK, FEW, look_up, pack, sorts, spread
from provenance.instructions import ones, trailing_zeros
from provenance.model import Int32s, UInt8s, UInt64s

_ALL, _NONE, _ONE = np.uint64(0xFFFFFFFFFFFFFFFF), np.uint64(0), np.uint64(1)
_ENDS, _BEGINS = np.uint64(0x55555555), np.uint64(0xAAAAAAAA)  # the bits of a character
_COUNTING = np.arange(FEW + BLOCK, dtype=np.uint8)  # places among a few blocks fit a byte


@inlined
def fold_apart(
    view: UInt8s, place: Scalar, specials: UInt64s, runs: Int32s, room: Folding, state: State
) -> tuple[Scalar, Scalar, State]:
    """Fold the characters of a few blocks.

    Returns
    -------
    is_apart : uint64
        Not 0 if any needs room; those of the next blocks will.
    place : int
        Where these stand.
    state : State
        What it is now.
    """
    first, count, lanes = place, np.int64(0), room.lanes
    while (place < view.size) & (place - first <= FEW):
        block = sorts(view, place)
        own = whole_of(block, view.size - place)
        if is_torn(block, own):  # as bytes that are read by themselves, where they stand
            break
        note(specials, place, special_of(block, own))
        heads = own & ~block[2]
        pack_characters(view, place, heads, lanes, count)
        pack(_COUNTING, place - first, heads, lanes, PLACES + count)
        count, place = count + np.int64(ones(heads)), place + np.int64(ones(own))
    pack(view, first, _NONE, lanes, count)  # what stood behind them is of other blocks
    others = _NONE
    for at in range(0, count, AT_ONCE):
        known = ~(_ALL << np.uint64(min(np.int64(AT_ONCE), count - at)))
        found, state = _fold_sixteen(first, at, known, runs, room, state)
        others |= found
    edges, begun, size, in_run, in_token = state
    if in_token > in_run:  # a token by itself ends where the last block does
        runs[np.uint64(edges)] = place
        edges += 1
    return others, place, (edges, begun, size, in_run, in_run)


@inlined
def _fold_sixteen(
    place: Scalar, at: Scalar, known: Scalar, runs: Int32s, room: Folding, state: State
) -> tuple[Scalar, State]:
    """Fold the characters from a lane on, as many as are known; say which need room."""
    letter, mark, hard, alone, longer, _, _, syllable = look_up(
        room.lanes, at, room.table, room.entries, 0
    )
    others = alone | longer
    if syllable != _NONE:  # one next to a token by itself is rare
        hard, alone = hard | alone, _NONE
    word = letter | hard
    if word | state[3] == _NONE:
        return others, _write_alone(place, at, alone, runs, room, state)
    while hard != _NONE:
        note(room.hards, _place_of(place, at + np.int64(trailing_zeros(hard)), room), _ONE)
        hard &= hard - _ONE
    kinds = (word, mark, alone, syllable), known
    return others, _write_some(place, at, kinds, runs, room, state)


@inlined
def _place_of(place: Scalar, lane: Scalar, room: Folding) -> Scalar:
    """Give where a character stands."""
    return place + np.int64(room.lanes[np.uint64(PLACES + lane)])


@inlined
def _write_alone(
    place: Scalar, at: Scalar, alone: Scalar, runs: Int32s, room: Folding, state: State
) -> State:
    """Write tokens by themselves, and where one ends that stands before them."""
    edges, begun, size, in_run, in_token = state
    if in_token != _NONE:
        runs[np.uint64(edges)] = _place_of(place, at, room)
        edges += 1
    note_alone(room.lanes, PLACES + at, place, alone, runs, edges)
    write_alone(room.entries, alone, room.folded, size, room.folds, begun)
    found = np.int64(ones(alone))
    return edges + 2 * found, begun + found, size + HASH * found, in_run, _NONE


@inlined
def _write_some(
    place: Scalar,
    at: Scalar,
    kinds: tuple[tuple[Scalar, Scalar, Scalar, Scalar], Scalar],
    runs: Int32s,
    room: Folding,
    state: State,
) -> State:
    """Write what sixteen characters fold to, and where tokens begin and end.

    `kinds` are masks of them: what is of words, marks, tokens by themselves, and syllables; and
    which characters there are.
    """
    (word, mark, alone, syllable), known = kinds
    edges, begun, size, in_run, in_token = state
    run = with_marks(word, mark, in_run)
    went_on, token = run & ((run << _ONE) | in_run), run | alone
    begins, ends = token & ~went_on, ((token << _ONE) | in_token) & ~went_on & known
    turns = spread(ends, _ENDS) | spread(begins, _BEGINS)
    note_edges_of(room.lanes, PLACES + at, place, turns, runs, edges)
    if syllable == _NONE:
        size += write_apart(room.entries, room.folded, size, room.folds, begun, begins)
    else:
        size += write_syllables(room.entries, room.folded, size, room.folds, begun, begins)
    edges, begun = edges + np.int64(ones(turns)), begun + np.int64(ones(begins))
    return edges, begun, size, has_last(run, known), has_last(token, known)
