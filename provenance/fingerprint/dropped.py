"""Words that go with something that is dropped: links, names, the mark of a repost."""

import numpy as np

from provenance.compiled import Scalar, inlined, inner
from provenance.fingerprint.contractions import SPACE
from provenance.fingerprint.entities import Tables
from provenance.fingerprint.hashing import finish
from provenance.fingerprint.links import after_address, after_link, is_placeholder
from provenance.instructions import load64
from provenance.model import UInt8s, UInt64s


def _word(text: str) -> np.uint64:
    return np.uint64(int.from_bytes(text.encode(), "little"))


_HTTP, _HTTPS, _HTTPURL = _word("http"), _word("https"), _word("httpurl")
_WWW, _PIC, _URL, _USER, _RT = map(_word, ("www", "pic", "url", "user", "rt"))
_TWITTER = _word(".twitter")
_DROPPED = tuple(
    (word, (int(word).bit_length() + 7) // 8)
    for word in (_HTTP, _HTTPS, _HTTPURL, _WWW, _PIC, _URL, _USER, _RT)
)
_SUSPECT_BITS = 12
_SUSPECT_SHIFT = 32 - _SUSPECT_BITS
SUSPECTS = 1 << (_SUSPECT_BITS - 6)
"""Words of 64 bits that `note_suspects` fills."""


@inner
def note_suspects(bits: UInt64s) -> None:
    """Fill a set, of bits, with the hashes of words that may go with something that is dropped."""
    for place in range(bits.size):
        bits[place] = 0
    for word, length in _DROPPED:
        place = finish(np.uint64(0), word, length) >> np.uint64(_SUSPECT_SHIFT)
        bits[np.int64(place >> np.uint64(6))] |= np.uint64(1) << (place & np.uint64(63))


@inlined
def may_be_suspect(suspects: UInt64s, hashed: Scalar) -> Scalar:
    """Whether a word of that hash may be one of those words; wrong once in five hundred."""
    place = hashed >> np.uint64(_SUSPECT_SHIFT)
    return suspects[np.int64(place >> np.uint64(6))] >> (place & np.uint64(63)) & np.uint64(1)


@inner
def suspected(
    view: UInt8s,
    start: Scalar,
    stop: Scalar,
    word: Scalar,
    tables: Tables,
    counts: tuple[Scalar, Scalar],
) -> tuple[Scalar, Scalar]:
    """Count a token in, but where it goes with something that is dropped; say where to go on."""
    before, count = counts
    if is_suspect(word):
        after = _after_dropped(view, start, stop, word, count - before, tables)
        if after > start:
            return count, after
    return count + 1, stop


@inlined
def is_suspect(word: Scalar) -> Scalar:
    """Whether it is one of those words; `word` is its folded text of fewer than eight bytes."""
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


@inner
def _after_dropped(
    view: UInt8s,
    start: Scalar,
    stop: Scalar,
    word: Scalar,
    count: Scalar,
    tables: Tables,
) -> Scalar:
    """Give the place behind what goes with the word, or `start` where the word stays."""
    end = np.int64(view.size)
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
