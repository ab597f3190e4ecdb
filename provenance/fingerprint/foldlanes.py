"""Sixty-four bytes of any script, taken apart into characters that are looked up sixteen at once.

For processors with AVX-512 and what came soon after it; `can_fold()` says so, and the rest may be
called only then. The caller answers for all bounds. The lowest bit of a mask is the first byte, or
the first character.

`beyond_ascii(view, place)` gives a mask of those of `view[place:place + 64]` that are not ASCII.
`sorts(view, place)` gives masks of the same bytes: ASCII letters and digits; ASCII signs that need
a closer look; those that go on with a character; those that begin one of two bytes or more, of
three or more, of four; those that are in no text. `pack(view, place, bits, lanes, at)` moves those
whose bits are set to `lanes[at:at + 64]`, close together, and zeros behind them.

`look_up(lanes, at, table, entries, into)` writes to `entries[into:]` what sixteen characters have
in the table whose first bytes stand from `lanes[at]` on, second and third ones `LANES` further
each. It gives masks of them: letters; marks; what is hard; tokens by themselves; what becomes
longer; the two bits of the number of folded bytes; syllables.

`spread(bits, mask)` moves the lowest bits to where the mask has its own; `gathered(bits, mask)`
moves those there back.
"""

from typing import Any, cast

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from provenance.compiled import Scalar
from provenance.fingerprint.foldtable import (
    ALONE,
    COUNT_AT,
    HARD,
    LETTER,
    LONGER,
    MARK,
    SYLLABLE,
)
from provenance.fingerprint.vectors import BIT, BYTE, NUMBER, WORD, Emitter, many, nothing, vector

BLOCK, AT_ONCE = 64, 16
"""Bytes that are taken apart at once, and characters that are looked up at once."""

FEW = 3 * BLOCK
"""How far behind the first block of a few the last one begins, at most."""

LANES = FEW + 2 * BLOCK
"""How far the second bytes of characters stand behind the first ones, and the third ones behind
these: there is room for the characters of a few blocks, and a block is written at a time."""

BYTES, NUMBERS = vector(BYTE, BLOCK), vector(NUMBER, AT_ONCE)

_FLAGS = LETTER, MARK, HARD
_MORE_FLAGS = LONGER, 1 << COUNT_AT, 2 << COUNT_AT, SYLLABLE
NEEDED = {"+avx512f", "+avx512bw", "+avx512vl", "+avx512vbmi2", "+bmi2"}
"""What LLVM says of a processor that can fold."""


def _masks(count: int) -> Any:
    return cast("Any", types.UniTuple)(types.uint64, count)


# numba passes the types of the arguments by position; only those of arrays decide anything.
def _beyond_ascii(_typing: Any, view: Any, _place: Any) -> Any:
    def generate(*given: Any) -> Any:
        emitter = Emitter(*given)
        return emitter.as_bits(emitter.has(emitter.load(0, emitter.arguments[1], BYTES), 0x80))

    return types.uint64(view, types.int64), generate


def _sorts(_typing: Any, view: Any, _place: Any) -> Any:
    def generate(*given: Any) -> Any:
        emitter = Emitter(*given)
        builder, text = emitter.builder, emitter.load(0, emitter.arguments[1], BYTES)

        def within(first: int, end: int, of: Any = text) -> Any:
            moved = builder.sub(of, many(BYTES, first))
            return builder.icmp_unsigned("<", moved, many(BYTES, end - first))

        lower = builder.or_(text, many(BYTES, 0x20))
        plain = builder.or_(within(ord("a"), ord("z") + 1, lower), within(ord("0"), ord("9") + 1))
        odd = within(ord("&"), ord("'") + 1)
        for sign in "@\\":
            odd = builder.or_(odd, within(ord(sign), ord(sign) + 1))
        ranges = (0x80, 0xC0), (0xC0, 0x100), (0xE0, 0x100), (0xF0, 0x100), (0xC0, 0xC2)
        masks = [plain, odd, *(within(*one) for one in ranges)]
        return emitter.told([emitter.as_bits(mask) for mask in masks])

    return _masks(7)(view, types.int64), generate


def _pack(_typing: Any, view: Any, _place: Any, _bits: Any, lanes: Any, _at: Any) -> Any:
    def generate(*given: Any) -> Any:
        emitter = Emitter(*given)
        _, place, bits, _, at = emitter.arguments
        text = emitter.load(0, place, BYTES)
        emitter.store(3, at, emitter.compressed(text, emitter.as_mask(bits, BLOCK)))
        return emitter.nothing()

    whole = types.int64
    return types.void(view, whole, types.uint64, lanes, whole), generate


def _look_up(_typing: Any, lanes: Any, _at: Any, table: Any, entries: Any, _into: Any) -> Any:
    def generate(*given: Any) -> Any:
        emitter = Emitter(*given)
        builder = emitter.builder
        _, at, _, _, into = emitter.arguments
        places = [builder.add(at, WORD(LANES * which)) for which in range(3)]
        kind = vector(BYTE, AT_ONCE)
        texts = [builder.zext(emitter.load(0, place, kind), NUMBERS) for place in places]
        # A mask that depends on these characters alone: else one look would wait for the other.
        is_short = builder.icmp_unsigned("<", texts[0], many(NUMBERS, 0xF0))
        found = emitter.looked_up(2, _points(emitter, *texts), is_short, many(NUMBERS, HARD))
        emitter.store(3, into, found)
        alone = emitter.has(found, ALONE)
        flags = builder.select(alone, nothing(NUMBERS), found)
        masks = [emitter.has(flags, flag) for flag in _FLAGS]
        masks += [alone, *(emitter.has(flags, flag) for flag in _MORE_FLAGS)]
        return emitter.told([emitter.as_bits(mask) for mask in masks])

    whole = types.int64
    return _masks(8)(lanes, whole, table, entries, whole), generate


def _points(emitter: Emitter, first: Any, second: Any, third: Any) -> Any:
    """Decode characters of up to three bytes each."""
    builder = emitter.builder

    def part(of: Any, mask: int, shift: int) -> Any:
        return builder.shl(builder.and_(of, many(NUMBERS, mask)), many(NUMBERS, shift))

    def below(limit: int) -> Any:
        return builder.icmp_unsigned("<", first, many(NUMBERS, limit))

    two = builder.or_(part(first, 0x1F, 6), part(second, 0x3F, 0))
    ends = builder.or_(part(second, 0x3F, 6), part(third, 0x3F, 0))
    three = builder.or_(part(first, 0x0F, 12), ends)
    return builder.select(below(0x80), first, builder.select(below(0xE0), two, three))


def _mover(name: str) -> Scalar:
    def move(_typing: Any, _bits: Any, _mask: Any) -> Any:
        def generate(*given: Any) -> Any:
            emitter = Emitter(*given)
            return emitter.called(name, WORD, [WORD, WORD], list(emitter.arguments))

        return types.uint64(types.uint64, types.uint64), generate

    return intrinsic(move)


def _can_fold(_typing: Any) -> Any:
    def generate(context: Any, _builder: Any, _signature: Any, _arguments: Any) -> Any:
        *_, features = context.codegen().magic_tuple()
        return ir.Constant(BIT, int(set(features.split(",")) >= NEEDED))

    return types.boolean(), generate


beyond_ascii: Scalar = intrinsic(_beyond_ascii)
sorts: Scalar = intrinsic(_sorts)
pack: Scalar = intrinsic(_pack)
look_up: Scalar = intrinsic(_look_up)
spread: Scalar = _mover("llvm.x86.bmi.pdep.64")
gathered: Scalar = _mover("llvm.x86.bmi.pext.64")
can_fold: Scalar = intrinsic(_can_fold)
