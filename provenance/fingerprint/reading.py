"""Texts read run by run, and what in a run is rare."""

from typing import NamedTuple

import numpy as np

from provenance.compiled import Scalar, inlined, inner, spliced
from provenance.fingerprint.apostrophes import NT, read_contracted
from provenance.fingerprint.contractions import SPACE, contraction, is_quote, join, may_be_torn
from provenance.fingerprint.dropped import is_suspect, suspected
from provenance.fingerprint.entities import AMPERSAND, Tables, tables
from provenance.fingerprint.escapes import BACKSLASH
from provenance.fingerprint.hashing import LOWER, absorb, finish
from provenance.fingerprint.letters import read_letters
from provenance.fingerprint.lone import lighter, lone, lone_hashes, may_be_lone, read_lones
from provenance.fingerprint.plainwords import read_plain
from provenance.fingerprint.recurring import LONGEST_KNOWN, ROOM, recall, remember
from provenance.fingerprint.runs import (
    BEHIND,
    BLOCK,
    PLAIN,
    bits_of,
    edges_of,
    find_runs,
    is_plain,
    next_special,
)
from provenance.fingerprint.words import WORD, read_word
from provenance.instructions import load64, trailing_zeros
from provenance.model import Int32s, Int64s, UInt8s, UInt32s, UInt64s

_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


class Desk(NamedTuple):
    """What is looked up to read texts, and room for what comes of it.

    Parameters
    ----------
    tables : Tables
        What becomes of each character.
    alone : ndarray of uint32
        As `lone.lone_hashes` makes it.
    specials, special_bytes : ndarray
        Which bytes of a text are special, as 64-bit words and as bytes of the same memory.
    runs : ndarray of int32
        Where runs of word bytes begin and end.
    met : ndarray of uint64
        Words that were read.
    """

    tables: Tables
    alone: UInt32s
    specials: UInt64s
    special_bytes: UInt8s
    runs: Int32s
    met: UInt64s


def desk(longest: int) -> Desk:
    """Make room for texts of at most so many bytes; kernels that make no array compile faster."""
    specials = np.empty(longest // BLOCK + 3, np.uint64)
    runs = np.empty(longest + BEHIND, np.int32)
    met = np.zeros(ROOM, np.uint64)
    return Desk(tables(), lone_hashes(), specials, specials.view(np.uint8), runs, met)


@inner
def read_texts(
    texts: tuple[UInt8s, Int64s],
    room: Desk,
    tokens: tuple[UInt32s, Int32s, Int32s],
    offsets: Int64s,
) -> None:
    """Read texts, one after the other."""
    (data, bounds), specials, runs = texts, room.specials, room.runs
    # All texts in one call: short ones take no longer to read than a call with all these arrays.
    for text in range(len(bounds) - 1):
        view = data[bounds[text] : bounds[text + 1]]
        before = count = offsets[text]
        found = find_runs(view, specials, runs)
        place, run, special = np.int64(0), np.int64(0), np.int64(-1)
        while run < found:
            start, stop = edges_of(runs, run)
            if start >= place:
                special = next_special(specials, special, start)
                read = read_plain(view, runs, (run, found), special, tokens, count)
                run, count = run + read, count + read
                if run == found:
                    break
                start, stop = edges_of(runs, run)
                known = known_of(view, start, stop, room)
                if known != np.uint64(0):
                    put(tokens, count, known, start, stop)
                    run, count = run + 1, count + 1
                    continue
            place = max(place, start)
            count, place = read_run(view, place, stop, room, tokens, (before, count))
            run += 1
        offsets[text + 1] = count


@spliced
def read_run(
    view: UInt8s,
    place: Scalar,
    stop: Scalar,
    room: Desk,
    tokens: tuple[UInt32s, Int32s, Int32s],
    counts: tuple[Scalar, Scalar],
) -> tuple[Scalar, Scalar]:
    """Read a run from `place` on; gives what `_read_odd` gives."""
    before, count = counts
    count, place = read_lones(view, place, stop, room.alone, tokens, count)
    while place < stop:
        count, place = _read_odd(view, place, stop, room, tokens, (before, count))
    return count, place


@inlined
def known_of(view: UInt8s, start: Scalar, stop: Scalar, room: Desk) -> Scalar:
    """Give the hash of a word that need not be read letter by letter, 0 for any other."""
    length, known = stop - start, np.uint64(0)
    if length <= LONGEST_KNOWN:
        odd = bits_of(room.special_bytes, start, stop)
        if odd != np.uint64(0):
            known = read_contracted(view, start, length, odd)
        if known == np.uint64(0):
            known = recall(room.met, view, start, length)
    return known


@inlined
def put(
    tokens: tuple[UInt32s, Int32s, Int32s],
    count: Scalar,
    hashed: Scalar,
    start: Scalar,
    stop: Scalar,
) -> None:
    """Write a token behind those before."""
    hashes, starts, ends = tokens
    at = np.uint64(count)
    hashes[at], starts[at], ends[at] = hashed, start, stop


@spliced
def _read_odd(  # noqa: C901, PLR0912, PLR0915 (the rest of the hot loop: what is rare in it)
    view: UInt8s,
    place: Scalar,
    stop: Scalar,
    room: Desk,
    tokens: tuple[UInt32s, Int32s, Int32s],
    counts: tuple[Scalar, Scalar],
) -> tuple[Scalar, Scalar]:
    """Read whatever stands at `place`, in a run of word bytes that ends at `stop`.

    Returns
    -------
    count, after : int
        How many tokens there are now, and where to go on.
    """
    tables, alone, specials, met = room.tables, room.alone, room.special_bytes, room.met
    before, count = counts
    hashes, starts, ends = tokens
    if may_be_lone(view, place, alone):
        token, size = lone(view, place, alone)
        if token:
            put(tokens, count, token, place, place + size)
            return count + 1, place + size
    start, end, weight, first, length = place, np.int64(view.size), WORD, place, np.int64(-1)
    odd = bits_of(specials, start, stop)
    if odd == np.uint64(0) and (stop - start <= PLAIN or is_plain(specials, start, stop)):
        state, last = np.uint64(0), stop
        while stop - place >= 8:
            state = absorb(state, load64(view, place) | LOWER)
            place += 8
        rest = (load64(view, place) | LOWER) & ~(_ALL << np.uint64(8 * (stop - place)))
        length, place = stop - start, stop
    else:
        cut = min(stop, start + PLAIN)
        state, rest, length, last, place = read_letters(view, (start, cut), odd, tables)
        if place == cut and cut < stop:
            length = np.int64(-1)  # the word may go on
    # But `n't`, which may go with the word before it.
    is_run = length > 0 and last == stop and rest != NT
    if length <= 0:
        if is_quote(view[start]) and count > before and ends[count - 1] == start - 1:
            after = contraction(view, start, end, tables, hashes, starts, ends, count - 1)
            if after > start:
                return count, after
        if length < 0:
            plain = min(np.int64(trailing_zeros(odd | np.uint64(1 << PLAIN))), stop - start)
            weight, state, rest, length, first, last, place = read_word(
                view, start, end, plain, tables
            )
        if length == 0:
            return count, place
    hashed = finish(state, rest, length)
    if weight != WORD:
        hashed = lighter(hashed, weight)
    elif rest == NT and length == 2 and _is_torn(view, first, last, tokens, counts):
        join(view, tables, hashes, starts, ends, count - 1, NT, np.int64(2))
        ends[count - 1] = last
        return count, place
    put(tokens, count, hashed, first, last)
    if length < 8 and is_suspect(rest):
        count, last = suspected(view, first, last, rest, tables, (before, count))
        return count, max(place, last)
    if is_run and stop - start <= LONGEST_KNOWN:
        remember(met, view, start, stop - start, hashed)
    return count + 1, place


@inlined
def _is_torn(
    view: UInt8s,
    start: Scalar,
    stop: Scalar,
    tokens: tuple[UInt32s, Int32s, Int32s],
    counts: tuple[Scalar, Scalar],
) -> Scalar:
    """Whether `n't` stands apart from the word before it."""
    before, count = counts
    hashes, starts, ends = tokens
    if stop - start <= 2 or count == before:
        return False
    tail = ends[count - 1]
    is_mark = stop - start <= 5 or view[start + 1] in (AMPERSAND, BACKSLASH)
    apart = start == tail + 1 and view[tail] == SPACE
    return apart and is_mark and may_be_torn(hashes, starts, ends, count - 1)
