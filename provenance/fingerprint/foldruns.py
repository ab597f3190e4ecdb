"""Runs of any script, found and folded sixty-four bytes at once.

Only where `foldlanes.can_fold()`. Runs are here as `runs.find_runs` finds them, but for signs that
separate words, which are in none, and for characters that are tokens by themselves, each of which
is one of its own.
"""

import numpy as np

from provenance.compiled import Scalar, inlined, inner
from provenance.fingerprint.foldapart import fold_apart
from provenance.fingerprint.foldblocks import (
    ALL_LANES,
    ENTRIES,
    Folding,
    State,
    note,
    special_of,
    whole_of,
)
from provenance.fingerprint.foldinplace import fold_in_place
from provenance.fingerprint.foldlanes import AT_ONCE, BLOCK, beyond_ascii, sorts
from provenance.fingerprint.foldtable import fold_table
from provenance.instructions import ones
from provenance.model import Int32s, UInt8s, UInt64s

SHORTEST = 2 * BLOCK
"""Bytes of a text that is folded, at least: a few words are read as fast."""

_LARGEST = 1 << 26  # bytes of a text that is folded: there is room for three times as many
_GROWTH = 3  # folded bytes a byte, at most: nine a syllable of three
FOREIGN = 12
"""Folding pays where more than one in so many bytes is not ASCII; fewer are read faster singly."""

_BLOCKS = 8  # of a text, that are looked into

_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_NONE = np.uint64(0)


def folding(longest: int) -> Folding:
    """Make room for texts of at most so many bytes."""
    longest = min(longest, _LARGEST)
    return Folding(
        fold_table(),
        np.empty(ALL_LANES, np.uint8),
        np.empty(ENTRIES, np.uint32),
        np.empty(longest // BLOCK + 3, np.uint64),
        np.empty(_GROWTH * longest + 4 * BLOCK, np.uint8),
        np.empty(longest // 2 + BLOCK, np.int32),
    )


@inlined
def may_be_foreign(view: UInt8s, specials: UInt64s) -> Scalar:
    """Whether many bytes of a text are special, as far as two looks tell."""
    middle = np.uint64(view.size // (2 * BLOCK))
    special = ones(specials[0]) + ones(specials[middle])
    return np.int64(special) * FOREIGN >= 2 * BLOCK


@inlined
def is_foreign(view: UInt8s) -> Scalar:
    """Whether so many bytes of a text are not ASCII, as far as a few looks tell, that folding pays.

    It never does for one of a few words, or one that there is no room for.
    """
    found, seen = np.int64(0), np.int64(0)
    if view.size < SHORTEST or view.size > _LARGEST:
        return False
    for place in range(0, view.size, max(view.size // _BLOCKS, BLOCK)):
        found += np.int64(ones(beyond_ascii(view, place)))
        seen += BLOCK
    return found * FOREIGN > seen


@inner
def fold_runs(
    view: UInt8s, specials: UInt64s, runs: Int32s, room: Folding, is_apart: Scalar
) -> tuple[Scalar, Scalar]:
    """Find the runs of a text, and fold them; `specials` and `runs` as in `runs.find_runs`.

    Returns
    -------
    found : int
        How many runs there are.
    is_apart : uint64
        Not 0 if the last characters needed room: those of the next text will, mostly.
    """
    for word in range(view.size // BLOCK + 2):
        specials[np.uint64(word)] = room.hards[np.uint64(word)] = 0
    place, state = np.int64(0), (np.int64(0), np.int64(0), np.int64(0), _NONE, _NONE)
    while place < view.size:
        if is_apart != _NONE:
            is_apart, place, state = fold_apart(view, place, specials, runs, room, state)
            continue
        block = sorts(view, place)
        own = whole_of(block, view.size - place)
        is_apart, hard, state = fold_in_place(view, place, (block, own), runs, room, state)
        if is_apart == _NONE:
            note(specials, place, special_of(block, own))
            if hard != _NONE:
                note(room.hards, place, hard)
            place += np.int64(ones(own))
    note(specials, view.size, _ALL)
    note(room.hards, view.size, _ALL)
    return _finish(view.size, runs, room.folds, state), is_apart


@inlined
def _finish(end: Scalar, runs: Int32s, folds: Int32s, state: State) -> Scalar:
    """End the last run where the text does, and write what stands behind it; give how many are."""
    edges, begun, size, in_run, _ = state
    if in_run != _NONE:
        runs[np.uint64(edges)] = end
    for behind in range(AT_ONCE):
        runs[np.uint64(2 * begun + behind)] = 0
        folds[np.uint64(begun + behind)] = size
    return begun
