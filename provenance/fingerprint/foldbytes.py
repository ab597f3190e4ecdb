"""What characters fold to, written close together, and where among it each of them begins.

Only where `foldlanes.can_fold()`. The caller answers for all bounds; more is written behind what is
of use. `entries` are of `foldtable`, as `foldlanes.look_up` gives them.

`write_in_place(view, place, entries, leads, kept, folded, at)` writes to `folded[at:]` those folded
bytes of the sixty-four at `place` that `kept` has a bit of. Of `leads`, three masks have the first,
second and third bytes of the characters whose entries are given, thirty-two at most; the fourth
tells which of these characters have a third one.

`write_apart(entries, folded, at, folds, count, begins)` writes to `folded[at:]` what sixteen
characters fold to, and to `folds[count:]` where in `folded` those begin that `begins` has a bit of.
For a token by itself, its hash is written, and where it begins has `ALONE_AT` set. It gives how
many bytes there are. `write_syllables` does the same where some are syllables, and writes nothing
for tokens by themselves. `write_alone(entries, bits, folded, at, folds, count)` does it for tokens
by themselves, those that `bits` has a bit of.

`note_edges_of(lanes, at, first, bits, runs, count)` writes to `runs[count:]`, for each of sixteen
characters, `first` plus what its lane holds as often as two of `bits` say: for a run that ends
there, and for one that begins. `note_alone(lanes, at, first, bits, runs, count)` writes where those
begin and end that `bits` has a bit of, each of them three bytes.
"""

from typing import Any, cast

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from provenance.compiled import Scalar
from provenance.fingerprint.foldlanes import AT_ONCE, BLOCK, BYTES, NUMBERS
from provenance.fingerprint.foldtable import (
    ALONE,
    COUNT_AT,
    COUNTED,
    JAMO_BITS,
    SYLLABLE,
    TEXT_AT,
)
from provenance.fingerprint.vectors import BYTE, HALF, NUMBER, WORD, Emitter, many, nothing, vector

ALONE_AT = 1 << 31
"""Set in where a token by itself begins in the folded bytes: there stands its hash."""

HASH = 4
"""Bytes of a hash."""

_LONG = 3  # bytes of a character that is a token by itself, or of a letter of Hangul
_ALL, _TEXT = 0xFFFFFFFF, 0xFFFFFFFF << TEXT_AT & 0xFFFFFFFF
_TWICE = vector(NUMBER, 2 * AT_ONCE)
_FIRST, _SECOND, _THIRD, _LATE = (
    int.from_bytes(chr(point).encode(), "little") for point in (0x1100, 0x1161, 0x11A7, 0x11C0)
)
"""The letters before the first ones that stand first, second and third in a syllable, but of the
third ones the last few begin with other bytes than the others: `_LATE` is the first of those."""

_LATER = 0x11C0 - 0x11A7


# numba passes the types of the arguments by position; only those of arrays decide anything.
def _write_in_place(
    _typing: Any,
    view: Any,
    _place: Any,
    entries: Any,
    _leads: Any,
    _kept: Any,
    folded: Any,
    _at: Any,
) -> Any:
    def generate(*given: Any) -> Any:
        emitter = Emitter(*given)
        builder = emitter.builder
        _, place, _, leads, kept, _, at = emitter.arguments
        *masks, have_third = (builder.extract_value(leads, which) for which in range(4))
        text = builder.or_(emitter.load(0, place, BYTES), many(BYTES, 0x20))
        found = emitter.load(2, WORD(0), _TWICE)
        for which, mask in enumerate(masks):
            moved = builder.lshr(found, many(_TWICE, TEXT_AT + 8 * which))
            own = builder.trunc(moved, vector(BYTE, 2 * AT_ONCE))
            if which == _LONG - 1:
                own = emitter.compressed(own, emitter.as_mask(have_third, 2 * AT_ONCE))
            wide = emitter.picked(own, own, range(BLOCK))
            text = emitter.expanded(wide, emitter.as_mask(mask, BLOCK), text)
        emitter.store(5, at, emitter.compressed(text, emitter.as_mask(kept, BLOCK)))
        return emitter.nothing()

    whole, bits = types.int64, types.uint64
    leads = cast("Any", types.UniTuple)(bits, 4)
    return types.void(view, whole, entries, leads, bits, folded, whole), generate


def _write_by(spell: Any) -> Scalar:
    def write_sixteen(
        _typing: Any, entries: Any, folded: Any, _at: Any, folds: Any, _count: Any, _begins: Any
    ) -> Any:
        def generate(*given: Any) -> Any:
            emitter = Emitter(*given)
            found = emitter.load(0, WORD(0), NUMBERS)
            alone = emitter.has(found, ALONE)
            return _note_folds(emitter, alone, spell(emitter, found, alone))

        whole = types.int64
        return whole(entries, folded, whole, folds, whole, types.uint64), generate

    return intrinsic(write_sixteen)


def _spell(emitter: Emitter, found: Any, alone: Any) -> Any:
    """Write folded bytes of at most three a character; give how many each has."""
    builder = emitter.builder
    is_text = builder.select(alone, many(NUMBERS, _ALL), builder.and_(found, many(NUMBERS, _TEXT)))
    _write(emitter, found, is_text, WORD(0))
    counts = builder.lshr(found, many(NUMBERS, COUNT_AT))
    counts = builder.and_(counts, many(NUMBERS, COUNTED))
    return builder.select(alone, many(NUMBERS, HASH), counts)


def _spell_syllables(emitter: Emitter, found: Any, alone: Any) -> Any:
    """Write folded bytes where some characters are syllables; give how many each has."""
    builder, zeros = emitter.builder, nothing(NUMBERS)
    found = builder.select(alone, zeros, found)
    is_syllable = emitter.has(found, SYLLABLE)
    text = builder.lshr(found, many(NUMBERS, TEXT_AT))
    first, *others = _jamo(emitter, text)
    columns = [builder.select(is_syllable, first, text)]
    columns += [builder.select(is_syllable, letter, zeros) for letter in others]
    done = WORD(0)
    for part in range(_LONG):
        own = _in_turn(emitter, columns, part)
        done = builder.add(done, _write(emitter, own, own, done))
    counts = builder.lshr(found, many(NUMBERS, COUNT_AT))
    counts = builder.and_(counts, many(NUMBERS, COUNTED))
    two, three = many(NUMBERS, 2 * _LONG), many(NUMBERS, 3 * _LONG)
    long = builder.select(emitter.has(columns[2], _ALL), three, two)
    return builder.select(is_syllable, long, counts)


def _jamo(emitter: Emitter, parts: Any) -> list[Any]:
    """Spell the letters of syllables; the third is zero where there is none."""
    builder = emitter.builder

    def letter(which: int) -> Any:
        moved = builder.lshr(parts, many(NUMBERS, JAMO_BITS * which))
        return builder.and_(moved, many(NUMBERS, (1 << JAMO_BITS) - 1))

    def behind(origin: int, number: Any) -> Any:
        # The last byte of a letter tells how many letters behind another one it is.
        return builder.add(builder.shl(number, many(NUMBERS, 16)), many(NUMBERS, origin))

    third = letter(2)
    later = builder.sub(third, many(NUMBERS, _LATER))
    is_late = builder.icmp_unsigned(">=", third, many(NUMBERS, _LATER))
    ends = builder.select(is_late, behind(_LATE, later), behind(_THIRD, third))
    ends = builder.select(emitter.has(third, _ALL), ends, nothing(NUMBERS))
    return [behind(_FIRST, letter(0)), behind(_SECOND, letter(1)), ends]


def _in_turn(emitter: Emitter, columns: list[Any], part: int) -> Any:
    """Give a third of what three vectors hold, row by row."""
    cells = [divmod(cell, 3) for cell in range(AT_ONCE * part, AT_ONCE * (part + 1))]
    two = emitter.picked(
        columns[0], columns[1], [row + AT_ONCE * (column % 2) for row, column in cells]
    )
    last = [AT_ONCE + row if column == 2 else cell for cell, (row, column) in enumerate(cells)]
    return emitter.picked(two, columns[2], last)


def _write(emitter: Emitter, text: Any, is_text: Any, done: Any) -> Any:
    """Write the bytes of a text that are not zero in `is_text`; give how many they are."""
    builder = emitter.builder
    kept = builder.icmp_unsigned("!=", builder.bitcast(is_text, BYTES), nothing(BYTES))
    place = builder.add(emitter.arguments[2], done)
    emitter.store(1, place, emitter.compressed(builder.bitcast(text, BYTES), kept))
    return builder.ctpop(emitter.as_bits(kept))


def _note_folds(emitter: Emitter, alone: Any, counts: Any) -> Any:
    """Note where characters of so many folded bytes begin; give how many bytes there are."""
    builder = emitter.builder
    *_, at, _, count, begins = emitter.arguments
    sums, step = counts, 1
    while step < AT_ONCE:
        before = [lane - step if lane >= step else AT_ONCE for lane in range(AT_ONCE)]
        sums = builder.add(sums, emitter.picked(sums, nothing(NUMBERS), before))
        step *= 2
    places = builder.add(builder.sub(sums, counts), emitter.filled(at, NUMBERS))
    marks = builder.select(alone, many(NUMBERS, ALONE_AT), nothing(NUMBERS))
    own = emitter.compressed(builder.or_(places, marks), emitter.as_mask(begins, AT_ONCE))
    emitter.store(3, count, own)
    return builder.zext(builder.extract_element(sums, NUMBER(AT_ONCE - 1)), WORD)


def _write_alone(
    _typing: Any, entries: Any, _bits: Any, folded: Any, _at: Any, folds: Any, _count: Any
) -> Any:
    def generate(*given: Any) -> Any:
        emitter = Emitter(*given)
        _, bits, _, at, _, count = emitter.arguments
        hashes = emitter.load(0, WORD(0), NUMBERS)
        emitter.store(2, at, emitter.compressed(hashes, emitter.as_mask(bits, AT_ONCE)))
        steps = ir.Constant(NUMBERS, [HASH * lane + ALONE_AT for lane in range(AT_ONCE)])
        emitter.store(4, count, emitter.builder.add(steps, emitter.filled(at, NUMBERS)))
        return emitter.nothing()

    whole = types.int64
    return types.void(entries, types.uint64, folded, whole, folds, whole), generate


def _note_edges_of(
    _typing: Any, lanes: Any, _at: Any, _first: Any, _bits: Any, runs: Any, _count: Any
) -> Any:
    def generate(*given: Any) -> Any:
        emitter = Emitter(*given)
        builder = emitter.builder
        _, at, first, bits, _, count = emitter.arguments
        places = builder.zext(emitter.load(0, at, vector(BYTE, AT_ONCE)), NUMBERS)
        places = builder.add(places, emitter.filled(first, NUMBERS))
        for half in range(2):
            twice = [(AT_ONCE * half + lane) // 2 for lane in range(AT_ONCE)]
            own = builder.trunc(builder.lshr(bits, WORD(AT_ONCE * half)), HALF)
            edges = emitter.picked(places, places, twice)
            emitter.store(4, count, emitter.compressed(edges, emitter.as_mask(own, AT_ONCE)))
            count = builder.add(count, builder.zext(builder.ctpop(own), WORD))
        return emitter.nothing()

    whole = types.int64
    return types.void(lanes, whole, whole, types.uint64, runs, whole), generate


def _note_alone(
    _typing: Any, lanes: Any, _at: Any, _first: Any, _bits: Any, runs: Any, _count: Any
) -> Any:
    def generate(*given: Any) -> Any:
        emitter = Emitter(*given)
        builder = emitter.builder
        _, at, first, bits, _, count = emitter.arguments
        places = emitter.load(0, at, vector(BYTE, AT_ONCE))
        places = emitter.compressed(places, emitter.as_mask(bits, AT_ONCE))
        begins = builder.add(builder.zext(places, NUMBERS), emitter.filled(first, NUMBERS))
        ends = builder.add(begins, many(NUMBERS, _LONG))
        for half in range(2):
            cells = range(AT_ONCE * half, AT_ONCE * (half + 1))
            both = [cell // 2 + AT_ONCE * (cell % 2) for cell in cells]
            place = builder.add(count, WORD(AT_ONCE * half))
            emitter.store(4, place, emitter.picked(begins, ends, both))
        return emitter.nothing()

    whole = types.int64
    return types.void(lanes, whole, whole, types.uint64, runs, whole), generate


write_in_place: Scalar = intrinsic(_write_in_place)
write_apart: Scalar = _write_by(_spell)
write_syllables: Scalar = _write_by(_spell_syllables)
write_alone: Scalar = intrinsic(_write_alone)
note_edges_of: Scalar = intrinsic(_note_edges_of)
note_alone: Scalar = intrinsic(_note_alone)
