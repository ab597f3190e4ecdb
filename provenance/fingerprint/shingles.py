"""Shingles: hashes of runs of consecutive tokens.

Shingles of words of the usual widths, and of equally heavy tokens (long stretches of a script
without spaces), are hashed independently of each other, so that vector instructions can be used;
all others with a rolling hash.
"""

from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic

from provenance.jit.decorators import Scalar, inlined, kernel, kernel_part, python_function
from provenance.jit.intrinsics import trailing_zeros
from provenance.jit.vectors import INT32, INT64, LANES, Emitter, Lanes, constant, vector, zeros
from provenance.model.content.fingerprints import Int32s, Int64s, Shingles, Tokens, UInt32s, UInt64s

MULTIPLIER = np.uint64(0xFF51AFD7ED558CCD)
"""Multiplier of the rolling hash."""

_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
WORD_WEIGHT = 4
"""Weight of a word, in quarters."""

_LIGHT = np.uint32(1)
_SCAN_TOKENS = 16  # tokens compared at once
_NONE = np.uint64(0)


@inlined
def final_mix(rolled: Scalar) -> Scalar:
    """Return the final mix of a rolling hash, whose low bits are weak (splitmix64).

    Only operators are used, so that it works on `Lanes`.
    """
    value = (rolled ^ (rolled >> np.uint64(30))) * _MIX_1
    value = (value ^ (value >> np.uint64(27))) * _MIX_2
    return value ^ (value >> np.uint64(31))


@inlined
def kind_of(token: Scalar) -> Scalar:
    """Return the weight class of a token: 0 for a word, 1 for a character, 3 for a cluster."""
    light = token & _LIGHT
    return light | (token & (light << _LIGHT))


def _weight_mismatch(_typing: Any, tokens: Any, _at: Any, _kind: Any) -> Any:
    def generate(*args: Any) -> Any:
        emitter = Emitter(*args)
        builder, (_, at, kind) = emitter.builder, emitter.arguments
        token_lanes = emitter.load(0, at, vector(INT32, _SCAN_TOKENS))
        light = builder.and_(token_lanes, constant(token_lanes.type, 1))
        more = builder.and_(token_lanes, builder.shl(light, constant(token_lanes.type, 1)))
        other = emitter.splat(kind, token_lanes.type)
        return emitter.as_bits(builder.icmp_unsigned("!=", builder.or_(light, more), other))

    return types.uint64(tokens, types.int64, types.int64), generate


_weight_mismatches: Scalar = intrinsic(_weight_mismatch)


@inlined
def equal_weight_end(tokens: UInt32s, first: Scalar, end: Scalar) -> Scalar:
    """Return the end of the tokens that have the same weight as the first."""
    kind, place = np.int64(kind_of(tokens[np.uint64(first)])), first + 1
    while place + _SCAN_TOKENS <= end:
        unlike = _weight_mismatches(tokens, place, kind)
        if unlike != _NONE:
            return place + np.int64(trailing_zeros(unlike))
        place += _SCAN_TOKENS
    while place < end and kind_of(tokens[np.uint64(place)]) == kind:
        place += 1
    return place


def _shingle_eight(
    _typing: Any, tokens: Any, _at: Any, _width: Any, hashes: Any, _into: Any
) -> Any:
    def generate(*args: Any) -> Any:
        emitter = Emitter(*args)
        builder, (_, at, width, _, into) = emitter.builder, emitter.arguments
        words = vector(INT64, LANES)
        rolled = emitter.stack_slot(zeros(words))

        def roll(first: Any, count: int) -> None:
            state = Lanes(builder, builder.load(rolled))
            for step in range(count):
                place = builder.add(at, builder.add(first, INT64(step)))
                token_lanes = builder.zext(emitter.load(0, place, vector(INT32, LANES)), words)
                state = (state * MULTIPLIER) + Lanes(builder, token_lanes)
            builder.store(state.value, rolled)

        fours = builder.lshr(width, INT64(2))
        with emitter.for_range(fours) as four:
            roll(builder.shl(four.index, INT64(2)), 4)
        with emitter.for_range(builder.and_(width, INT64(3))) as one:
            roll(builder.add(builder.shl(fours, INT64(2)), one.index), 1)
        hashed = python_function(final_mix)(Lanes(builder, builder.load(rolled)))
        emitter.store(3, into, hashed.value)
        return emitter.void_result()

    integer = types.int64
    return types.void(tokens, integer, integer, hashes, integer), generate


_shingle: Scalar = intrinsic(_shingle_eight)


@kernel_part
def shingle_equal_weights(
    tokens: UInt32s, first: Scalar, width: Scalar, hashes: UInt64s, into: tuple[Scalar, Scalar]
) -> Scalar:
    """Hash the shingles of `width` tokens each, from `first` on.

    Parameters
    ----------
    into : tuple of int
        Offset in `hashes`, and number of shingles wanted. More may be written after them.

    Returns
    -------
    int
        Number of shingles hashed, which may be lower than wanted.
    """
    count, wanted = into
    rounded = (wanted + LANES - 1) // LANES * LANES
    if first + rounded + width > len(tokens) or count + rounded > len(hashes):
        rounded -= LANES
    for place in range(0, rounded, LANES):
        _shingle(tokens, first + place, width, hashes, count + place)
    return min(wanted, rounded)


_FOUR, _FIVE = 4 * WORD_WEIGHT, 5 * WORD_WEIGHT  # the widths of seeds and of signatures
_MIN_COUNT, _MAX_WIDTH = 16, 20  # fewer shingles, or wider ones, are faster with the rolling hash


def shingle(tokens: Tokens, width: int, *, include_short: bool = False) -> Shingles:
    """Hash every run of tokens that weighs `width` words.

    Parameters
    ----------
    tokens : Tokens
        Of any number of texts.
    width : int
        Weight of a shingle in words, at least 1. A character of a script without spaces weighs half
        a word, so a shingle has up to ``2 * width`` of them.
    include_short : bool
        Whether a text that is lighter than one shingle gets one shingle of all its tokens. Needed
        for signatures; must not be set for seeds.

    Returns
    -------
    Shingles
        One for every token at which a run of that weight begins.
    """
    powers = np.ones(WORD_WEIGHT * width + 1, np.uint64)
    for place in range(1, len(powers)):
        powers[place] = int(powers[place - 1]) * int(MULTIPLIER) & 0xFFFFFFFFFFFFFFFF
    room = len(tokens.hashes) + (len(tokens.offsets) if include_short else 0)
    hashes, positions = np.empty(room, np.uint64), np.empty(room, np.int32)
    offsets = np.zeros(len(tokens.offsets), np.int64)
    _shingle_all(
        tokens.hashes,
        tokens.offsets,
        WORD_WEIGHT * width,
        powers,
        include_short,
        hashes,
        positions,
        offsets,
    )
    count = int(offsets[-1])
    return Shingles(hashes[:count], positions[:count], offsets)


@inlined
def _weight(token: Scalar) -> Scalar:
    return np.int64(WORD_WEIGHT) >> np.int64(token & _LIGHT)


@inlined
def _has_only_words(tokens: UInt32s) -> Scalar:
    lights = np.uint32(0)
    for token in tokens:
        lights |= token
    return lights & _LIGHT == 0


@kernel_part
def _shingle_words(
    tokens: UInt32s, weight: Scalar, powers: UInt64s, hashes: UInt64s, positions: Int32s
) -> None:
    """Hash the shingles of tokens that are all words; their number is ``len(positions)``.

    Both widths are unrolled, because compilers do not vectorise a nested loop of unknown length.
    """
    one, two, three, four = powers[1], powers[2], powers[3], powers[4]
    if weight == _FOUR:
        for place in range(len(positions)):
            rolled = np.uint64(tokens[place]) * three + np.uint64(tokens[place + 1]) * two
            rolled += np.uint64(tokens[place + 2]) * one + np.uint64(tokens[place + 3])
            hashes[place], positions[place] = final_mix(rolled), place
    else:
        for place in range(len(positions)):
            rolled = np.uint64(tokens[place]) * four + np.uint64(tokens[place + 1]) * three
            rolled += np.uint64(tokens[place + 2]) * two + np.uint64(tokens[place + 3]) * one
            rolled += np.uint64(tokens[place + 4])
            hashes[place], positions[place] = final_mix(rolled), place


@inlined
def _is_vectorisable(tokens: UInt32s, head: Scalar, end: Scalar, weight: Scalar) -> Scalar:
    """Return whether enough shingles of equally heavy tokens follow to use vectors."""
    width = weight // _weight(tokens[np.uint64(head)])
    needed = width + _MIN_COUNT - 1
    return (
        width <= _MAX_WIDTH
        and head + needed <= end
        and equal_weight_end(tokens, head, head + needed) == head + needed
    )


@kernel
def _shingle_all(  # noqa: PLR0913 (the arrays of two tables)
    tokens: UInt32s,
    token_offsets: Int64s,
    weight: Scalar,
    powers: UInt64s,
    include_short: bool,
    hashes: UInt64s,
    positions: Int32s,
    offsets: Int64s,
) -> None:
    into, count = (hashes, positions), np.int64(0)
    for text in range(len(token_offsets) - 1):
        first, end = token_offsets[text], token_offsets[text + 1]
        before = count
        if _has_only_words(tokens[first:end]) and weight in (_FOUR, _FIVE):
            new_count = max(end - first - weight // WORD_WEIGHT + 1, 0)
            _shingle_words(
                tokens[first:end],
                weight,
                powers,
                hashes[count:],
                positions[count : count + new_count],
            )
            count += new_count
            first = end if new_count or not include_short else first
        head, rolled = first, np.uint64(0)
        while head < end:
            if _is_vectorisable(tokens, head, end, weight):
                new_count = _shingle_stretch(tokens, (first, head, end), weight, into, count)
                count, head = count + new_count, head + new_count
            stretch = first, head, end
            count, head, rolled = _roll(tokens, stretch, weight, powers, into, count)
        if include_short and count == before and end > first:
            hashes[count], positions[count] = final_mix(rolled), 0
            count += 1
        offsets[text + 1] = count


@inlined
def _shingle_stretch(
    tokens: UInt32s,
    stretch: tuple[Scalar, Scalar, Scalar],
    weight: Scalar,
    into: tuple[UInt64s, Int32s],
    count: Scalar,
) -> Scalar:
    """Hash the shingles of a stretch of equally heavy tokens; return their number."""
    (hashes, positions), (first, head, end) = into, stretch
    width = weight // _weight(tokens[np.uint64(head)])
    most = equal_weight_end(tokens, head, end) - head - width + 1
    new_count = shingle_equal_weights(tokens, head, width, hashes, (count, most))
    new_positions = positions[count : count + new_count]
    for place in range(new_count):
        new_positions[place] = head - first + place
    return new_count


@inlined
def _roll(
    tokens: UInt32s,
    stretch: tuple[Scalar, Scalar, Scalar],
    weight: Scalar,
    powers: UInt64s,
    into: tuple[UInt64s, Int32s],
    count: Scalar,
) -> tuple[Scalar, Scalar, Scalar]:
    """Hash shingles with a rolling hash, until a stretch of equally heavy tokens begins.

    Returns
    -------
    count, head, rolled : int
        Number of shingles now, the first token of the next one, and the rolling hash of the tokens
        that were too few for one.
    """
    (hashes, positions), (first, head, end) = into, stretch
    rolled, run_weight = np.uint64(0), np.int64(0)
    stretch_end = equal_weight_end(tokens, head, end)
    for tail in range(head, end):
        token = tokens[np.uint64(tail)]
        rolled = rolled * MULTIPLIER + np.uint64(token)
        run_weight += _weight(token)
        while run_weight >= weight:
            at, token = np.uint64(count), tokens[np.uint64(head)]
            hashes[at], positions[at] = final_mix(rolled), head - first
            count += 1
            rolled -= np.uint64(token) * powers[np.uint64(tail - head)]
            run_weight -= _weight(token)
            head += 1
        if head >= stretch_end and head < end:
            if _is_vectorisable(tokens, head, end, weight):
                return count, head, rolled
            stretch_end = equal_weight_end(tokens, head, end)
    return count, end, rolled
