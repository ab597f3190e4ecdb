"""Hash ASCII words: plain ones eight at a time, and those with one apostrophe.

A plain word has fewer than sixteen ASCII letters and digits. Nearly all words of most corpora are
plain and next to other plain words.

`hash_eight(view, runs, run, hashes, starts, ends, count, special)` hashes the eight runs whose
bounds are at `runs[run:run + 16]` as plain words, and writes them as tokens from `count` on. It
returns two masks whose lowest bit is the first run: runs that may be something else (too long, or
in `link_stripping.STRIPPABLE`), and runs that end after the byte `special`. Unchecked: the caller
guarantees that sixteen bytes can be read from the start of each run.
"""

from typing import Any, cast

import numpy as np
from numba import types
from numba.extending import intrinsic

from provenance.fingerprint.tokenizer.byte_scan import run_bounds
from provenance.fingerprint.tokenizer.contractions import QUOTE
from provenance.fingerprint.tokenizer.link_stripping import STRIPPABLE, may_be_stripped
from provenance.fingerprint.tokenizer.word_hash import LOWER, absorb, final_mix, finish
from provenance.jit.decorators import Scalar, inlined, python_function
from provenance.jit.intrinsics import load64, trailing_zeros
from provenance.jit.vectors import INT32, INT64, LANES, Emitter, Lanes, vector
from provenance.model.content.fingerprints import Int32s, UInt8s, UInt32s

_LONGEST = 15  # bytes of the longest plain word

_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_LANE_NUMBERS, _LANE_WORDS = vector(INT32, LANES), vector(INT64, LANES)


def _hash_eight(
    _typing: Any,
    view: Any,
    runs: Any,
    _run: Any,
    hashes: Any,
    starts: Any,
    ends: Any,
    _count: Any,
    _special: Any,
) -> Any:
    def generate(*args: Any) -> Any:
        emitter = Emitter(*args)
        builder = emitter.builder
        _, _, run, _, _, _, count, special = emitter.arguments
        edges = emitter.load(1, run, vector(INT32, 2 * LANES))
        first, last = emitter.columns(edges, 2)
        emitter.store(4, count, first)
        emitter.store(5, count, last)
        rows = []
        for lane in range(LANES):
            start = builder.zext(builder.extract_element(first, INT32(lane)), INT64)
            rows.append(emitter.load(0, start, vector(INT64, 2)))
        eight, more = emitter.columns(emitter.concatenate(rows), 2)
        lengths = Lanes(builder, builder.zext(builder.sub(last, first), _LANE_WORDS))
        hashed, others = _hash_lanes(Lanes(builder, eight), Lanes(builder, more), lengths)
        emitter.store(3, count, builder.trunc(hashed.value, _LANE_NUMBERS))
        limit = Lanes.of(builder, special)
        behind = Lanes(builder, builder.zext(last, _LANE_WORDS)).is_greater(limit)
        return emitter.result([others.as_bits(), behind.as_bits()])

    integer, pair = types.int64, cast("Any", types.UniTuple)(types.uint64, 2)
    return pair(view, runs, integer, hashes, starts, ends, integer, integer), generate


def _hash_lanes(first: Lanes, second: Lanes, lengths: Lanes) -> tuple[Lanes, Lanes]:
    """Return hashes of words from their first sixteen bytes, and which may be something else."""
    first, second, is_long = first | LOWER, second | LOWER, lengths.is_greater(7)
    state = is_long.select(python_function(absorb)(first, 0), first ^ first)
    beyond = (lengths | _ALL) << ((lengths & 7) << 3)
    rest = is_long.select(second, first) & ~beyond
    others = lengths.is_greater(_LONGEST)
    for suspect in STRIPPABLE:
        others |= rest.is_equal(suspect)
    return python_function(final_mix)(state ^ rest ^ (lengths << 56)), others


hash_eight: Scalar = intrinsic(_hash_eight)


@inlined
def hash_plain_words(
    view: UInt8s,
    runs: Int32s,
    run_range: tuple[Scalar, Scalar],
    special: Scalar,
    tokens: tuple[UInt32s, Int32s, Int32s],
    count: Scalar,
) -> Scalar:
    """Append the plain words at the beginning of a range of runs; return their number.

    `special` is the offset of the first special byte from there on.
    """
    hashes, starts, ends = tokens
    first, run_count = run_range
    if special < run_bounds(runs, first)[1]:
        return np.int64(0)
    for run in range(first, run_count, LANES):
        at = count + run - first
        others, behind = hash_eight(view, runs, 2 * run, hashes, starts, ends, at, special)
        plain = np.int64(trailing_zeros(behind | np.uint64(1 << LANES)))
        # Branches, so that the processor continues before it knows whether all are plain.
        others &= ~(_ALL << np.uint64(plain))
        if others != np.uint64(0):
            return run + np.int64(trailing_zeros(others)) - first
        if behind != np.uint64(0):
            return run + plain - first
    return run_count - first


NT = np.uint64(int.from_bytes(b"nt", "little"))
"""The word `n't`, which may belong to the previous word."""

_STRAIGHT, _CURVED = np.uint64(QUOTE), np.uint64(int.from_bytes(b"\xe2\x80\x99", "little"))
_BYTE, _THREE_BYTES = np.uint64(0xFF), np.uint64(0xFFFFFF)
_TWO_WORDS = 16
_BEFORE = np.repeat(np.array([0xFF, 0], np.uint8), _TWO_WORDS)


@inlined
def hash_contracted_word(view: UInt8s, start: Scalar, length: Scalar, odd: Scalar) -> Scalar:
    """Hash a word of fewer than sixteen ASCII letters and digits with one apostrophe inside.

    Parameters
    ----------
    view : ndarray of uint8
        The text, followed by at least 64 readable bytes.
    start, length : int
        A run of word bytes.
    odd : uint64
        Mask of its special bytes; not zero.

    Returns
    -------
    int
        The hash; 0 for any other run, and for words that may be stripped or joined.
    """
    before = np.int64(trailing_zeros(odd))
    sign = load64(view, start + before)
    is_straight, is_curved = sign & _BYTE == _STRAIGHT, sign & _THREE_BYTES == _CURVED
    if not (is_straight | is_curved):
        return np.uint64(0)
    width = np.int64(is_straight) + 3 * np.int64(is_curved)
    is_only = odd >> np.uint64(before + width) == np.uint64(0)
    is_within = (before > 0) & (before + width < length) & (length - width < _TWO_WORDS)
    if not (is_only & is_within):
        return np.uint64(0)
    first = _load_without(view, start, width, load64(_BEFORE, _TWO_WORDS - before)) | LOWER
    second = _load_without(view, start + 8, width, load64(_BEFORE, _TWO_WORDS + 8 - before)) | LOWER
    length -= width
    is_long = np.uint64(length >= 8)
    rest = first ^ ((first ^ second) * is_long)
    rest &= ~(_ALL << np.uint64(8 * (length & 7)))
    if (length < 8) & (may_be_stripped(rest) | (rest == NT)):
        return np.uint64(0)
    return finish(absorb(np.uint64(0), first) * is_long, rest, length)


@inlined
def _load_without(view: UInt8s, place: Scalar, width: Scalar, before: Scalar) -> Scalar:
    """Return eight bytes from `place` on, leaving out an apostrophe of `width` bytes."""
    return (load64(view, place) & before) | (load64(view, place + width) & ~before)
