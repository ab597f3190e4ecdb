"""Text to tokens, normalisation 2: one pass over UTF-8 bytes.

What vanishes: links and the placeholders that datasets put for them, mentions, the mark of a
repost, apostrophes, marks over and under letters, case, and the difference between a sign and its
HTML character reference. What separates: everything that is neither letter nor digit. Characters
of scripts without spaces are tokens of their own, at a half or a quarter of a word's weight.

Plain ASCII words, nearly all there is in most corpora, are found by bit scans over masks of
sixty-four bytes each, and hashed eight at a time (`plainwords.read_plain`). Of the others, those
with an apostrophe (`apostrophes.read_contracted`), those that were read before (`recurring.recall`)
and characters that are tokens by themselves (`lone.read_lones`) are read at once; words of other
alphabets letter by letter (`letters.read_letters`), and only what holds anything else character by
character (`words.read_word`).
"""

import unicodedata

import numpy as np

from provenance.compiled import Scalar, inlined, inner, kernel, spliced
from provenance.errors import InputError
from provenance.fingerprint.apostrophes import NT, read_contracted
from provenance.fingerprint.contractions import SPACE, contraction, is_quote, join, may_be_torn
from provenance.fingerprint.dropped import is_suspect, suspected
from provenance.fingerprint.entities import AMPERSAND, Tables, tables
from provenance.fingerprint.escapes import BACKSLASH
from provenance.fingerprint.hashing import LOWER, absorb, finish
from provenance.fingerprint.lanes import COUNT
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
from provenance.model import Int32s, Int64s, Parameters, Texts, Tokens, UInt8s, UInt32s, UInt64s

_TOO_LONG = 1 << 31  # places in a text are 32-bit
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


def parameters() -> Parameters:
    """Give the parameters of the fingerprints that this version makes."""
    return Parameters(unicode=unicodedata.unidata_version)


def tokenise(texts: Texts) -> Tokens:
    """Turn texts into tokens.

    Parameters
    ----------
    texts : Texts
        Any number of texts, each shorter than 2 GiB.

    Returns
    -------
    Tokens
        Their tokens, in text order.

    Raises
    ------
    InputError
        If a text has 2 GiB or more.
    """
    longest = int(np.diff(texts.offsets).max(initial=0))
    if longest >= _TOO_LONG:
        raise InputError(f"a text has {longest:,} bytes", remedy="cut texts of 2 GiB into several")
    size = int(texts.offsets[-1] - texts.offsets[0])
    # No token takes fewer than two bytes but one, and eight are written at once.
    room = size // 2 + len(texts) + COUNT
    hashes = np.empty(room, np.uint32)
    starts, ends = np.empty(room, np.int32), np.empty(room, np.int32)
    offsets = np.zeros(len(texts) + 1, np.int64)
    # A block is read beyond its text: the last texts move to where there is room for that.
    last = int(np.searchsorted(texts.offsets[1:], len(texts.data) - BLOCK, "right"))
    moved = np.zeros(int(texts.offsets[-1] - texts.offsets[last]) + BLOCK, np.uint8)
    moved[:-BLOCK] = texts.data[texts.offsets[last] : texts.offsets[-1]]
    lookups, into = (tables(), lone_hashes()), (hashes, starts, ends)
    # A kernel that makes no array takes less time to compile.
    specials, runs = np.empty(longest // BLOCK + 3, np.uint64), np.empty(longest + BEHIND, np.int32)
    scratch = specials, specials.view(np.uint8), runs, np.zeros(ROOM, np.uint64)
    first, rest = texts.offsets[: last + 1], texts.offsets[last:] - texts.offsets[last]
    _tokenise_all(texts.data, first, scratch, lookups, into, offsets[: last + 1])
    _tokenise_all(moved, rest, scratch, lookups, into, offsets[last:])
    count = int(offsets[-1])
    return Tokens(hashes[:count], starts[:count], ends[:count], offsets)


@kernel
def _tokenise_all(
    data: UInt8s,
    bounds: Int64s,
    scratch: tuple[UInt64s, UInt8s, Int32s, UInt64s],
    lookups: tuple[Tables, UInt32s],
    tokens: tuple[UInt32s, Int32s, Int32s],
    offsets: Int64s,
) -> None:
    # What makes no array counts no references, ten times the work of a word.
    _tokenise_each(data, bounds, scratch, lookups, tokens, offsets)


@inner
def _tokenise_each(
    data: UInt8s,
    bounds: Int64s,
    scratch: tuple[UInt64s, UInt8s, Int32s, UInt64s],
    lookups: tuple[Tables, UInt32s],
    tokens: tuple[UInt32s, Int32s, Int32s],
    offsets: Int64s,
) -> None:
    tables, alone = lookups
    specials, special_bytes, runs, met = scratch
    sets = special_bytes, alone, met
    # All texts in one call: short ones take no longer to read than a call with all these arrays.
    for text in range(len(bounds) - 1):
        view = data[bounds[text] : bounds[text + 1]]
        found, before = find_runs(view, specials, runs), offsets[text]
        count, place, run, special = before, np.int64(0), np.int64(0), np.int64(-1)
        while run < found:
            if runs[np.uint64(2 * run)] >= place:
                special = next_special(specials, special, np.int64(runs[np.uint64(2 * run)]))
                plain = read_plain(view, runs, (run, found), special, tokens, count)
                run, count = run + plain, count + plain
                if run == found:
                    break
                start, stop = edges_of(runs, run)
                known = _known(view, start, stop, special_bytes, met)
                if known != np.uint64(0):
                    _put(tokens, count, known, start, stop)
                    run, count = run + 1, count + 1
                    continue
            start, stop = edges_of(runs, run)
            count, place = read_lones(view, max(place, start), stop, alone, tokens, count)
            while place < stop:
                counts = before, count
                count, place = _read_odd(view, place, stop, sets, tables, tokens, counts)
            run += 1
        offsets[text + 1] = count


@inlined
def _known(view: UInt8s, start: Scalar, stop: Scalar, specials: UInt8s, met: UInt64s) -> Scalar:
    """Give the hash of a word that need not be read letter by letter, 0 for any other."""
    length, known = stop - start, np.uint64(0)
    if length <= LONGEST_KNOWN:
        odd = bits_of(specials, start, stop)
        if odd != np.uint64(0):
            known = read_contracted(view, start, length, odd)
        if known == np.uint64(0):
            known = recall(met, view, start, length)
    return known


@inlined
def _put(
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
def _read_odd(  # noqa: C901, PLR0912, PLR0913, PLR0915 (the rest of the hot loop: what is rare in it)
    view: UInt8s,
    place: Scalar,
    stop: Scalar,
    sets: tuple[UInt8s, UInt32s, UInt64s],
    tables: Tables,
    tokens: tuple[UInt32s, Int32s, Int32s],
    counts: tuple[Scalar, Scalar],
) -> tuple[Scalar, Scalar]:
    """Read whatever stands at `place`, in a run of word bytes that ends at `stop`.

    Returns
    -------
    count, after : int
        How many tokens there are now, and where to go on.
    """
    specials, alone, met = sets
    before, count = counts
    hashes, starts, ends = tokens
    if may_be_lone(view, place, alone):
        token, size = lone(view, place, alone)
        if token:
            _put(tokens, count, token, place, place + size)
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
    _put(tokens, count, hashed, first, last)
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
