"""Text to tokens, normalisation 2: one pass over UTF-8 bytes.

What vanishes: links and the placeholders that datasets put for them, mentions, the mark of a
repost, apostrophes, marks over and under letters, case, and the difference between a sign and its
HTML character reference. What separates: everything that is neither letter nor digit. Characters
of scripts without spaces are tokens of their own, at a half or a quarter of a word's weight.

Plain ASCII words, nearly all there is in most corpora, are folded eight bytes at a time by a loop
that the compiler vectorises, and found by bit scans; only a word that holds anything else is read
character by character (`words.read_word`).
"""

import unicodedata

import numpy as np

from provenance.compiled import Scalar, inlined, kernel
from provenance.errors import InputError
from provenance.fingerprint.contractions import SPACE, contraction, is_quote, join, may_be_torn
from provenance.fingerprint.entities import AMPERSAND, Tables, tables
from provenance.fingerprint.escapes import BACKSLASH
from provenance.fingerprint.links import after_address, after_link, is_placeholder
from provenance.fingerprint.loads import load64, trailing_zeros
from provenance.fingerprint.words import (
    HALF_WORD,
    NOTHING,
    ROOM,
    WORD,
    absorb,
    finish,
    hash_folded,
    read_word,
)
from provenance.model import Int32s, Int64s, Parameters, Texts, Tokens, UInt8s, UInt32s

_PADDING = 32
_TOO_LONG = 1 << 31  # places in a text are 32-bit
_WORD_BITS = np.uint64(0x8080808080808080)
_PLAIN_BITS = np.uint64(0x0101010101010101)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_HALF, _QUARTER = np.uint64(1), np.uint64(3)
_PLAIN, _SPECIAL = np.uint8(0x81), np.uint8(0x80)


def _word(text: str) -> np.uint64:
    return np.uint64(int.from_bytes(text.encode(), "little"))


_HTTP, _HTTPS, _HTTPURL = _word("http"), _word("https"), _word("httpurl")
_WWW, _PIC, _URL, _USER, _RT = map(_word, ("www", "pic", "url", "user", "rt"))
_TWITTER = _word(".twitter")
_NT = _word("nt")


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
    sizes = np.diff(texts.offsets)
    longest = int(sizes.max(initial=0))
    if longest >= _TOO_LONG:
        raise InputError(f"a text has {longest:,} bytes", remedy="cut texts of 2 GiB into several")
    room = int(sizes.sum()) // 2 + len(texts) + 1  # no token takes fewer than two bytes but one
    hashes = np.empty(room, np.uint32)
    starts, ends = np.empty(room, np.int32), np.empty(room, np.int32)
    offsets = np.zeros(len(texts) + 1, np.int64)
    folded, kinds = np.empty(longest + _PADDING, np.uint8), np.empty(longest + _PADDING, np.uint8)
    _tokenise_all(texts.data, texts.offsets, tables(), folded, kinds, hashes, starts, ends, offsets)
    count = int(offsets[-1])
    return Tokens(hashes[:count], starts[:count], ends[:count], offsets)


@kernel
def _tokenise_all(  # noqa: PLR0913 (the arrays of one table; a kernel takes no objects)
    data: UInt8s,
    text_offsets: Int64s,
    tables: Tables,
    folded: UInt8s,
    kinds: UInt8s,
    hashes: UInt32s,
    starts: Int32s,
    ends: Int32s,
    offsets: Int64s,
) -> None:
    scratch = np.empty(ROOM, np.uint8)
    count = 0
    for text in range(len(text_offsets) - 1):
        view = data[text_offsets[text] : text_offsets[text + 1]]
        _fold_ascii(view, folded, kinds)
        count += _tokenise_one(
            view, folded, kinds, tables, scratch, hashes[count:], starts[count:], ends[count:]
        )
        offsets[text + 1] = count


@kernel
def _fold_ascii(view: UInt8s, folded: UInt8s, kinds: UInt8s) -> None:
    # Branch-free, so that it is vectorised: lower-case letters, and the kind of every byte.
    for place in range(view.size):
        byte = view[place]
        upper = np.uint8(byte - np.uint8(65)) < np.uint8(26)
        lower = np.uint8(byte | np.uint8(32)) if upper else byte
        letter = np.uint8(lower - np.uint8(97)) < np.uint8(26)
        digit = np.uint8(byte - np.uint8(48)) < np.uint8(10)
        special = (
            (byte >= np.uint8(128))
            | (byte == np.uint8(0x26))
            | (byte == np.uint8(0x27))
            | (byte == np.uint8(0x40))
            | (byte == np.uint8(0x5C))
        )
        folded[place] = lower
        kinds[place] = _PLAIN if letter | digit else (_SPECIAL if special else np.uint8(0))
    for place in range(view.size, view.size + 16):
        kinds[place] = np.uint8(0)


@kernel
def _tokenise_one(  # noqa: C901, PLR0912, PLR0913, PLR0915 (the hot loop: a call a word is dear)
    view: UInt8s,
    folded: UInt8s,
    kinds: UInt8s,
    tables: Tables,
    scratch: UInt8s,
    hashes: UInt32s,
    starts: Int32s,
    ends: Int32s,
) -> Scalar:
    count, place, end = np.int64(0), np.int64(0), np.int64(view.size)
    while place < end:
        kind8 = load64(kinds, place)
        word8 = kind8 & _WORD_BITS
        if word8 == np.uint64(0):
            place += 8
            continue
        skip = np.int64(trailing_zeros(word8) >> np.uint64(3))
        if skip:
            place += skip
            kind8 = load64(kinds, place)
        # A run of word bytes begins here. Most end within the eight bytes at hand.
        start = place
        state = np.uint64(0)
        gap8 = ~kind8 & _WORD_BITS
        # A run that begins with a special byte is not scanned to its end: a page of Chinese is one.
        plain = (kind8 & np.uint64(1)) != np.uint64(0)
        while plain and gap8 == np.uint64(0):
            plain = (kind8 & _PLAIN_BITS) == _PLAIN_BITS
            state = absorb(state, load64(folded, place))
            place += 8
            kind8 = load64(kinds, place)
            gap8 = ~kind8 & _WORD_BITS
        size = np.int64(trailing_zeros(gap8) >> np.uint64(3))
        mask = ~(_ALL << np.uint64(8 * size))
        plain = plain and ((kind8 ^ _PLAIN_BITS) & _PLAIN_BITS & mask) == np.uint64(0)
        if plain:
            rest = load64(folded, place) & mask
            place += size
            stop = place
            length = stop - start
            hashed = finish(state, rest, length)
        else:
            if count > 0 and is_quote(view[start]):
                place = contraction(
                    view, start, end, tables, scratch, hashes, starts, ends, count - 1
                )
                if place > start:
                    continue
            weight, length, first, stop, place = read_word(view, start, end, tables, scratch)
            if weight == NOTHING:
                continue
            hashed = hash_folded(scratch, length)
            if weight != WORD:
                marks = _HALF if weight == HALF_WORD else _QUARTER
                hashed = (hashed & ~_QUARTER) | marks
                hashes[count], starts[count], ends[count] = hashed, first, stop
                count += 1
                continue
            rest = load64(scratch, 0)
            if length < 8:
                rest &= ~(_ALL << np.uint64(8 * length))
            if rest == _NT and stop - first > 2 and count > 0:
                tail = ends[count - 1]
                mended = stop - first <= 5 or view[first + 1] in (AMPERSAND, BACKSLASH)
                torn = may_be_torn(hashes, starts, ends, count - 1) and mended
                if first == tail + 1 and view[tail] == SPACE and torn:
                    join(view, tables, scratch, hashes, starts, ends, count - 1, _NT, 2)
                    ends[count - 1] = stop
                    continue
            start = first
        if length < 8 and _is_suspect(rest):
            after = _after_dropped(view, start, stop, end, rest, count, tables)
            if after > start:
                place = max(place, after)
                continue
        hashes[count], starts[count], ends[count] = hashed, start, stop
        count += 1
    return count


@inlined
def _is_suspect(word: Scalar) -> Scalar:
    return (
        (word == _HTTP)
        | (word == _HTTPS)
        | (word == _HTTPURL)
        | (word == _WWW)
        | (word == _PIC)
        | (word == _URL)
        | (word == _USER)
        | (word == _RT)
    )


@kernel
def _after_dropped(  # noqa: PLR0913 (a word, its place, what stands before it)
    view: UInt8s,
    start: Scalar,
    stop: Scalar,
    end: Scalar,
    word: Scalar,
    count: Scalar,
    tables: Tables,
) -> Scalar:
    """Give the place behind what goes with the word, or `start` where the word stays."""
    if word in (_HTTP, _HTTPS):
        return after_link(view, stop, end, tables)
    if word == _HTTPURL:
        return stop
    if word == _WWW:
        dotted = stop < end and view[stop] == 0x2E
        return after_address(view, stop, end, tables) if dotted else start
    if word == _PIC:
        on_host = stop + 12 < end and load64(view, stop) == _TWITTER
        return after_address(view, stop, end, tables) if on_host else start
    if word in (_URL, _USER):
        return stop if is_placeholder(view, start, stop, end, tables) else start
    return stop if _is_repost(view, start, stop, end, count) else start


@inlined
def _is_repost(view: UInt8s, start: Scalar, stop: Scalar, end: Scalar, count: Scalar) -> Scalar:
    # Within a text it takes a name to tell the mark from a word.
    shouted = count == 0 and view[start] == 0x52 and view[start + 1] == 0x54
    return shouted or (stop + 1 < end and view[stop] == SPACE and view[stop + 1] == 0x40)
