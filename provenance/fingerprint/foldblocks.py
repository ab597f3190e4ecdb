"""Blocks of sixty-four bytes: which characters are whole in one, and what is known of a text.

Only where `foldlanes.can_fold()`, as `foldinplace` and `foldapart`, which fold them.
"""

from typing import NamedTuple, TypeAlias

import numpy as np

from provenance.compiled import Scalar, inlined
from provenance.fingerprint.foldlanes import AT_ONCE, BLOCK, LANES, pack
from provenance.instructions import trailing_zeros
from provenance.model import Int32s, UInt8s, UInt32s, UInt64s

Sorted: TypeAlias = tuple[Scalar, Scalar, Scalar, Scalar, Scalar, Scalar, Scalar]
"""What `foldlanes.sorts` gives."""

State: TypeAlias = tuple[Scalar, Scalar, Scalar, Scalar, Scalar]
"""How many edges are noted, how many runs have begun, how many folded bytes there are; whether the
last character is in a run, and whether it is in a token."""

PLACES, ALL_LANES, ENTRIES = 3 * LANES, 4 * LANES, 2 * AT_ONCE
"""Where in the lanes it stands where characters do, and how many lanes and entries there are."""

_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_NONE, _ONE, _TWO, _THREE = (np.uint64(number) for number in range(4))
_LAST = np.uint64(BLOCK - 1)


class Folding(NamedTuple):
    """What is looked up to fold texts, and room for what comes of it.

    Parameters
    ----------
    table : ndarray of uint32
        As `foldtable.fold_table` makes it.
    lanes, entries : ndarray
        Of the characters of a few blocks: bytes and places, and what was looked up.
    hards : ndarray of uint64
        Has a bit of each byte of a text that is to be read by itself.
    folded : ndarray of uint8
        What the runs of a text fold to, one behind the other.
    folds : ndarray of int32
        Where each of them begins there.
    """

    table: UInt32s
    lanes: UInt8s
    entries: UInt32s
    hards: UInt64s
    folded: UInt8s
    folds: Int32s


@inlined
def note(words: UInt64s, place: Scalar, bits: Scalar) -> None:
    """Add bits to those of a text, from that of a byte on."""
    word, shift = np.uint64(place >> 6), np.uint64(place & 63)
    words[word] |= bits << shift
    words[word + _ONE] |= (bits >> _ONE) >> (_LAST - shift)


@inlined
def whole_of(block: Sorted, left: Scalar) -> Scalar:
    """Tell which bytes of a block are of the text, and of characters that end in it."""
    _, _, _, two, three, four, _ = block
    own = _ALL if left >= BLOCK else ~(_ALL << np.uint64(left))
    cut = (two & (_ONE << _LAST)) | (three & (_ONE << (_LAST - _ONE)))
    cut = (cut | (four & (_ONE << (_LAST - _TWO)))) & own
    return ~(_ALL << np.uint64(trailing_zeros(cut))) if cut != _NONE else own


@inlined
def is_torn(block: Sorted, own: Scalar) -> Scalar:
    """Whether bytes that go on with a character are missing, or are too many."""
    _, _, follow, two, three, four, none = block
    expected = ((two & own) << _ONE) | ((three & own) << _TWO) | ((four & own) << _THREE)
    return (expected ^ (follow & own)) | (none & own) != _NONE


@inlined
def special_of(block: Sorted, own: Scalar) -> Scalar:
    """Tell which bytes of a block are special, as `classes` has it."""
    _, odd, follow, two, _, _, _ = block
    return (odd | follow | two) & own


@inlined
def pack_characters(
    view: UInt8s, place: Scalar, heads: Scalar, lanes: UInt8s, behind: Scalar
) -> None:
    """Put the bytes of characters into lanes, behind others; `heads` are their first ones."""
    pack(view, place, heads, lanes, behind)
    pack(view, place, heads << _ONE, lanes, LANES + behind)
    pack(view, place, heads << _TWO, lanes, 2 * LANES + behind)


@inlined
def with_marks(words: Scalar, marks: Scalar, in_run: Scalar) -> Scalar:
    """Add to words the marks behind them; `in_run` says whether the bit before the first is one."""
    first = marks & ((words << _ONE) | in_run)
    return words | (((marks + first) ^ marks) & marks)


@inlined
def has_last(bits: Scalar, own: Scalar) -> Scalar:
    """Give 1 if the last one of a mask is set, else 0."""
    return np.uint64(bits & (own ^ (own >> _ONE)) != _NONE)
