"""Shingles of tokens that weigh the same, characters of a script without spaces, eight at once.

Such tokens come in long stretches, and all their shingles are of as many tokens.
"""

from typing import Any

import numpy as np
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from provenance.compiled import Scalar, inlined, inner, written
from provenance.fingerprint.lanes import COUNT, Lanes
from provenance.fingerprint.vectors import NUMBER, WORD, Emitter, many, nothing, vector
from provenance.instructions import trailing_zeros
from provenance.model import UInt32s, UInt64s

MULTIPLIER = np.uint64(0xFF51AFD7ED558CCD)
"""What the hashes of a shingle's tokens are rolled by."""

_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_LIGHT = np.uint32(1)
_SCANNED = 16  # tokens at once
_NONE = np.uint64(0)
_emitting: Any = cgutils  # none of it is typed


@inlined
def mixed(rolled: Scalar) -> Scalar:
    """Finish a shingle's hash; written with operators alone, for `lanes.Lanes` too."""
    # The splitmix64 finaliser: the rolled hash alone would leave its low bits poor.
    value = (rolled ^ (rolled >> np.uint64(30))) * _MIX_1
    value = (value ^ (value >> np.uint64(27))) * _MIX_2
    return value ^ (value >> np.uint64(31))


@inlined
def kind_of(token: Scalar) -> Scalar:
    """Tell what a token weighs: 0 for a word, 1 for half of one, 3 for a quarter."""
    light = token & _LIGHT
    return light | (token & (light << _LIGHT))


def _unlike(_typing: Any, tokens: Any, _at: Any, _kind: Any) -> Any:
    def generate(*given: Any) -> Any:
        emitter = Emitter(*given)
        builder, (_, at, kind) = emitter.builder, emitter.arguments
        own = emitter.load(0, at, vector(NUMBER, _SCANNED))
        light = builder.and_(own, many(own.type, 1))
        more = builder.and_(own, builder.shl(light, many(own.type, 1)))
        other = emitter.filled(kind, own.type)
        return emitter.as_bits(builder.icmp_unsigned("!=", builder.or_(light, more), other))

    return types.uint64(tokens, types.int64, types.int64), generate


_unlike_sixteen: Scalar = intrinsic(_unlike)


@inlined
def alike_until(tokens: UInt32s, first: Scalar, end: Scalar) -> Scalar:
    """Give where the tokens end that weigh what the first one does."""
    kind, place = np.int64(kind_of(tokens[np.uint64(first)])), first + 1
    while place + _SCANNED <= end:
        unlike = _unlike_sixteen(tokens, place, kind)
        if unlike != _NONE:
            return place + np.int64(trailing_zeros(unlike))
        place += _SCANNED
    while place < end and kind_of(tokens[np.uint64(place)]) == kind:
        place += 1
    return place


def _shingle_eight(
    _typing: Any, tokens: Any, _at: Any, _width: Any, hashes: Any, _into: Any
) -> Any:
    def generate(*given: Any) -> Any:
        emitter = Emitter(*given)
        builder, (_, at, width, _, into) = emitter.builder, emitter.arguments
        words = vector(WORD, COUNT)
        rolled = _emitting.alloca_once_value(builder, nothing(words))

        def roll(first: Any, count: int) -> None:
            so_far = Lanes(builder, builder.load(rolled))
            for step in range(count):
                place = builder.add(at, builder.add(first, WORD(step)))
                own = builder.zext(emitter.load(0, place, vector(NUMBER, COUNT)), words)
                so_far = (so_far * MULTIPLIER) + Lanes(builder, own)
            builder.store(so_far.value, rolled)

        fours = builder.lshr(width, WORD(2))
        with _emitting.for_range(builder, fours) as four:
            roll(builder.shl(four.index, WORD(2)), 4)
        with _emitting.for_range(builder, builder.and_(width, WORD(3))) as one:
            roll(builder.add(builder.shl(fours, WORD(2)), one.index), 1)
        found = written(mixed)(Lanes(builder, builder.load(rolled)))
        emitter.store(3, into, found.value)
        return emitter.nothing()

    whole = types.int64
    return types.void(tokens, whole, whole, hashes, whole), generate


_shingle: Scalar = intrinsic(_shingle_eight)


@inner
def shingle_evenly(
    tokens: UInt32s, first: Scalar, width: Scalar, hashes: UInt64s, into: tuple[Scalar, Scalar]
) -> Scalar:
    """Hash the shingles of tokens from `first` on, of `width` tokens each.

    `into` is where their hashes go, and how many of them there are; more are written behind them
    if there is room. Gives how many are made, which may be some fewer.
    """
    count, made = into
    rounded = (made + COUNT - 1) // COUNT * COUNT
    if first + rounded + width > len(tokens) or count + rounded > len(hashes):
        rounded -= COUNT
    for place in range(0, rounded, COUNT):
        _shingle(tokens, first + place, width, hashes, count + place)
    return min(made, rounded)
