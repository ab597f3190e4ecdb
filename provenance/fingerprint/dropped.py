"""Words that go with something that is dropped: links, names, the mark of a repost."""

import numpy as np

from provenance.compiled import Scalar, inlined, inner
from provenance.fingerprint.contractions import SPACE
from provenance.fingerprint.entities import Tables
from provenance.fingerprint.links import after_address, after_link, is_placeholder
from provenance.instructions import load64
from provenance.model import UInt8s


def _word(text: str) -> np.uint64:
    return np.uint64(int.from_bytes(text.encode(), "little"))


_HTTP, _HTTPS, _HTTPURL = _word("http"), _word("https"), _word("httpurl")
_WWW, _PIC, _URL, _USER, _RT = map(_word, ("www", "pic", "url", "user", "rt"))
_TWITTER = _word(".twitter")
_MIX = np.uint64(0x9E3779B97F4A7C15)
SUSPECTS = _HTTP, _HTTPS, _HTTPURL, _WWW, _PIC, _URL, _USER, _RT
"""The words that may go with something that is dropped, each of fewer than eight bytes."""


def _marks(shift: int) -> np.uint64:
    places = {(int(word) * int(_MIX)) >> shift & 63 for word in SUSPECTS}
    return np.uint64(sum(1 << place for place in places))


_FIRST, _SECOND = _marks(58), _marks(52)


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
    mixed = word * _MIX
    first, second = mixed >> np.uint64(58), mixed >> np.uint64(52) & np.uint64(63)
    if (_FIRST >> first) & (_SECOND >> second) & np.uint64(1) == np.uint64(0):
        return False  # nearly always; eight comparisons are dear
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
