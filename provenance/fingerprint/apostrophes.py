"""Words with an apostrophe within, `don't`: most words of English that are not plain."""

import numpy as np

from provenance.compiled import Scalar, inlined
from provenance.fingerprint.contractions import QUOTE
from provenance.fingerprint.dropped import is_suspect
from provenance.fingerprint.hashing import LOWER, absorb, finish
from provenance.instructions import load64, trailing_zeros
from provenance.model import UInt8s

NT = np.uint64(int.from_bytes(b"nt", "little"))
"""The word `n't`, which may go with the word before it."""

_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_STRAIGHT, _CURVED = np.uint64(QUOTE), np.uint64(int.from_bytes(b"\xe2\x80\x99", "little"))
_BYTE, _THREE_BYTES = np.uint64(0xFF), np.uint64(0xFFFFFF)
_WORDS = 16
_BEFORE = np.repeat(np.array([0xFF, 0], np.uint8), _WORDS)


@inlined
def read_contracted(view: UInt8s, start: Scalar, length: Scalar, odd: Scalar) -> Scalar:
    """Hash a run that is fewer than sixteen ASCII letters and digits, and an apostrophe within.

    Parameters
    ----------
    view : ndarray of uint8
        A text, with room for 64 bytes behind it.
    start, length : int
        Where a run of word bytes stands.
    odd : uint64
        Which of its bytes are special; at least one is.

    Returns
    -------
    int
        The hash of the word; 0 for any other run, and where the word may go with something else.
    """
    before = np.int64(trailing_zeros(odd))
    sign = load64(view, start + before)
    is_straight, is_curved = sign & _BYTE == _STRAIGHT, sign & _THREE_BYTES == _CURVED
    if not (is_straight | is_curved):
        return np.uint64(0)
    width = np.int64(is_straight) + 3 * np.int64(is_curved)
    is_only = odd >> np.uint64(before + width) == np.uint64(0)
    is_within = (before > 0) & (before + width < length) & (length - width < _WORDS)
    if not (is_only & is_within):
        return np.uint64(0)
    first = _without(view, start, width, load64(_BEFORE, _WORDS - before)) | LOWER
    second = _without(view, start + 8, width, load64(_BEFORE, _WORDS + 8 - before)) | LOWER
    length -= width
    is_long = np.uint64(length >= 8)
    rest = first ^ ((first ^ second) * is_long)
    rest &= ~(_ALL << np.uint64(8 * (length & 7)))
    if (length < 8) & (is_suspect(rest) | (rest == NT)):
        return np.uint64(0)
    return finish(absorb(np.uint64(0), first) * is_long, rest, length)


@inlined
def _without(view: UInt8s, place: Scalar, width: Scalar, before: Scalar) -> Scalar:
    """Give eight bytes, those behind the sign from where it ends."""
    return (load64(view, place) & before) | (load64(view, place + width) & ~before)
