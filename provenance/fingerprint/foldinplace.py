"""Letters that fold to no more bytes than they have, folded where they stand."""

import numpy as np

from provenance.compiled import Scalar, inlined
from provenance.fingerprint.foldblocks import (
    Folding,
    Sorted,
    State,
    has_last,
    is_torn,
    pack_characters,
    with_marks,
)
from provenance.fingerprint.foldbytes import write_in_place
from provenance.fingerprint.foldlanes import AT_ONCE, gathered, look_up, spread
from provenance.fingerprint.runs import note_edges
from provenance.instructions import ones
from provenance.model import Int32s, UInt8s

_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_NONE, _ONE, _TWO, _HALF = (np.uint64(number) for number in (0, 1, 2, AT_ONCE))


@inlined
def fold_in_place(
    view: UInt8s,
    place: Scalar,
    which: tuple[Sorted, Scalar],
    runs: Int32s,
    room: Folding,
    state: State,
) -> tuple[Scalar, Scalar, State]:
    """Fold a block, if all its letters have room for what they fold to.

    Each byte of one that is no UTF-8 is to be read by itself, but ASCII.

    Returns
    -------
    is_apart : uint64
        Not 0 if some have none, and then nothing else is of use.
    hard : uint64
        Which bytes are to be read by themselves.
    state : State
        What it is now.
    """
    (plain, odd, follow, two, three, _, _), own = which
    edges, begun, size, in_run, _ = state
    plain, odd, two, three, follow = plain & own, odd & own, two & own, three & own, follow & own
    if is_torn(which[0], own):
        two, three, follow = two | follow, _NONE, _NONE
        letter, mark, hard, others, few, much = _NONE, _NONE, _ALL, _NONE, _NONE, _NONE
    else:
        letter, mark, hard, others, few, much = _look_up_leads(view, place, two, room)
    if others != _NONE:
        return others, _NONE, state
    hard = spread(hard, two)
    heads = spread(letter, two) | hard
    kept = plain | odd | heads | (spread(much, two) << _ONE) | (spread(few & much, two) << _TWO)
    leads = two, two << _ONE, three << _TWO, gathered(three, two)
    write_in_place(view, place, room.entries, leads, kept, room.folded, size)
    words, marks = plain | odd | _grown(heads, follow), _grown(spread(mark, two), follow)
    run = with_marks(words, marks, in_run)
    turns = (run ^ ((run << _ONE) | in_run)) & own
    edges = note_edges(runs, edges, place, turns)
    begun = note_edges(room.folds, begun, size, gathered(run & turns, kept))
    in_run, size = has_last(run, own), size + np.int64(ones(kept))
    return _NONE, hard | odd, (edges, begun, size, in_run, in_run)


@inlined
def _look_up_leads(
    view: UInt8s, place: Scalar, leads: Scalar, room: Folding
) -> tuple[Scalar, Scalar, Scalar, Scalar, Scalar, Scalar]:
    """Look up the characters of two bytes or more, of which `leads` has the first ones.

    There are thirty-two at most. Gives masks of them: letters, marks, what is hard, what cannot be
    folded in place, and the two bits of the number of folded bytes.
    """
    if leads == _NONE:
        return _NONE, _NONE, _NONE, _NONE, _NONE, _NONE
    lanes, table, entries = room.lanes, room.table, room.entries
    pack_characters(view, place, leads, lanes, 0)
    letter, mark, hard, alone, longer, few, much, _ = look_up(lanes, 0, table, entries, 0)
    others = alone | longer
    if ones(leads) > AT_ONCE:
        more = look_up(lanes, AT_ONCE, table, entries, AT_ONCE)
        letter, mark = letter | (more[0] << _HALF), mark | (more[1] << _HALF)
        hard, others = hard | (more[2] << _HALF), others | more[3] | more[4]
        few, much = few | (more[5] << _HALF), much | (more[6] << _HALF)
    return letter, mark, hard, others, few, much


@inlined
def _grown(heads: Scalar, follow: Scalar) -> Scalar:
    """Add to the first bytes of characters the others."""
    for _ in range(3):
        heads |= (heads << _ONE) & follow
    return heads
