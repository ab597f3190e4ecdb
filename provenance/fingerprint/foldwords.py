"""Words of any script, folded before, hashed eight at once.

They stand close together in `folded`, as `foldruns.fold_runs` puts them there: a word ends where
the next one begins. A character that is a token by itself stands there as its hash.
"""

from typing import Any, cast

import numpy as np
from numba import types
from numba.extending import intrinsic

from provenance.compiled import Scalar, inlined, written
from provenance.fingerprint.apostrophes import NT
from provenance.fingerprint.dropped import SUSPECTS
from provenance.fingerprint.foldbytes import ALONE_AT
from provenance.fingerprint.hashing import absorb, finish, mixed
from provenance.fingerprint.lanes import COUNT, Lanes
from provenance.fingerprint.runs import edges_of
from provenance.fingerprint.vectors import NUMBER, WORD, Emitter, many, vector
from provenance.instructions import load64, trailing_zeros
from provenance.model import Int32s, UInt8s, UInt32s

_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_NONE, _ONE, _EVERY = np.uint64(0), np.uint64(1), np.uint64((1 << COUNT) - 1)
_PLACE = np.int64(ALONE_AT - 1)
_NUMBERS, _WORDS = vector(NUMBER, COUNT), vector(WORD, COUNT)
_SHORT, _LONG = 2, 4
"""Words of eight bytes that are loaded: enough for all tokens of many scripts, and of most."""


# numba passes the types of the arguments by position; only those of arrays decide anything.
def _put_edges(
    _typing: Any, runs: Any, _run: Any, starts: Any, ends: Any, _count: Any, _special: Any
) -> Any:
    def generate(*given: Any) -> Any:
        emitter = Emitter(*given)
        builder = emitter.builder
        _, run, _, _, count, special = emitter.arguments
        edges = emitter.load(0, builder.shl(run, WORD(1)), vector(NUMBER, 2 * COUNT))
        first, last = emitter.columns(edges, 2)
        emitter.store(2, count, first)
        emitter.store(3, count, last)
        return emitter.as_bits(builder.icmp_signed(">", last, emitter.filled(special, _NUMBERS)))

    whole = types.int64
    return types.uint64(runs, whole, starts, ends, whole, whole), generate


def _are_alone(_typing: Any, folds: Any, _run: Any) -> Any:
    def generate(*given: Any) -> Any:
        emitter = Emitter(*given)
        return emitter.as_bits(
            emitter.has(emitter.load(0, emitter.arguments[1], _NUMBERS), ALONE_AT)
        )

    return types.uint64(folds, types.int64), generate


def _copy_hashes(_typing: Any, folded: Any, _place: Any, hashes: Any, _count: Any) -> Any:
    def generate(*given: Any) -> Any:
        emitter = Emitter(*given)
        _, place, _, count = emitter.arguments
        emitter.store(2, count, emitter.load(0, place, _NUMBERS))
        return emitter.nothing()

    whole = types.int64
    return types.void(folded, whole, hashes, whole), generate


def _hash_eight_of(words: int) -> Scalar:
    def hash_eight(
        _typing: Any, folded: Any, folds: Any, _run: Any, hashes: Any, _count: Any
    ) -> Any:
        def generate(*given: Any) -> Any:
            emitter = Emitter(*given)
            builder = emitter.builder
            _, _, run, _, count = emitter.arguments
            begins = emitter.load(1, run, _NUMBERS)
            is_word = builder.not_(emitter.has(begins, ALONE_AT))
            ends = emitter.load(1, builder.add(run, WORD(1)), _NUMBERS)
            begins, ends = (
                builder.and_(one, many(_NUMBERS, int(_PLACE))) for one in (begins, ends)
            )
            rows = []
            for lane in range(COUNT):
                start = builder.zext(builder.extract_element(begins, NUMBER(lane)), WORD)
                rows.append(emitter.load(0, start, vector(WORD, words)))
            columns = emitter.columns(emitter.joined(rows), words)
            own = [Lanes(builder, column) for column in columns]
            lengths = Lanes(builder, builder.zext(builder.sub(ends, begins), _WORDS))
            hashed, is_suspect = _hashed(own, lengths)
            found = builder.select(is_word, hashed.value, columns[0])
            emitter.store(3, count, builder.trunc(found, _NUMBERS))
            is_suspect = Lanes(builder, builder.and_(is_suspect.value, is_word))
            limits = 8 * _SHORT - 1, 8 * words - 1
            masks = [lengths.is_more(limit).as_bits() for limit in limits]
            return emitter.told([*masks, is_suspect.as_bits()])

        whole, triple = types.int64, cast("Any", types.UniTuple)(types.uint64, 3)
        return triple(folded, folds, whole, hashes, whole), generate

    return intrinsic(hash_eight)


def _hashed(words: list[Lanes], lengths: Lanes) -> tuple[Lanes, Lanes]:
    """Hash tokens whose first bytes are given; say which may go with something else."""
    state, rest = words[0] ^ words[0], words[0]
    for count in range(1, len(words)):
        is_longer = lengths.is_more(8 * count - 1)
        state = is_longer.either(written(absorb)(state, words[count - 1]), state)
        rest = is_longer.either(words[count], rest)
    rest = rest & ~((lengths | _ALL) << ((lengths & 7) << 3))
    suspects = rest.is_equal(NT)
    for suspect in SUSPECTS:
        suspects |= rest.is_equal(suspect)
    return written(mixed)(state ^ rest ^ (lengths << 56)), suspects


_put_eight: Scalar = intrinsic(_put_edges)
_alone_of_eight: Scalar = intrinsic(_are_alone)
_copy_eight: Scalar = intrinsic(_copy_hashes)
_hash_short, _hash_long = _hash_eight_of(_SHORT), _hash_eight_of(_LONG)


@inlined
def read_folded(
    folded: tuple[UInt8s, Int32s],
    runs: Int32s,
    which: tuple[Scalar, Scalar],
    hard: Scalar,
    tokens: tuple[UInt32s, Int32s, Int32s],
    so_far: tuple[Scalar, Scalar],
) -> tuple[Scalar, Scalar]:
    """Read the words with which some runs begin, and the tokens by themselves.

    Parameters
    ----------
    folded : tuple of ndarray
        Folded bytes, and where among them each run begins.
    runs, which, tokens
        As in `plainwords.read_plain`.
    so_far : tuple of int
        How many tokens there are, and `are_long` of the last ones.
    hard : int
        The first byte from there on that is to be read by itself.

    Returns
    -------
    read : int
        How many runs are read.
    are_long : uint64
        Not 0 if the last words were long: the next ones will be.
    """
    hashes, starts, ends = tokens
    (text, folds), (first, found), (before, are_long) = folded, which, so_far
    if hard < edges_of(runs, first)[1]:
        return np.int64(0), are_long
    for run in range(first, found, COUNT):
        at = before + run - first
        behind = _put_eight(runs, run, starts, ends, at, hard)
        read = np.int64(trailing_zeros(behind | np.uint64(1 << COUNT)))
        if _alone_of_eight(folds, run) == _EVERY:
            _copy_eight(text, np.int64(folds[np.uint64(run)]) & _PLACE, hashes, at)
        else:
            own, so_far = ~(_ALL << np.uint64(read)), (at, are_long)
            others, are_long = _hash_words(text, folds, run, own, hashes, so_far)
            if others != _NONE:
                return run + np.int64(trailing_zeros(others)) - first, are_long
        if behind != _NONE:
            return run + read - first, are_long
    return found - first, are_long


@inlined
def _hash_words(
    text: UInt8s,
    folds: Int32s,
    run: Scalar,
    own: Scalar,
    hashes: UInt32s,
    so_far: tuple[Scalar, Scalar],
) -> tuple[Scalar, Scalar]:
    """Hash eight tokens; say which of `own` are to be read by themselves, and which are long."""
    count, are_long = so_far
    others = too_long = _NONE
    if are_long == _NONE:
        are_long, too_long, others = _hash_short(text, folds, run, hashes, count)
    if are_long != _NONE:
        are_long, too_long, others = _hash_long(text, folds, run, hashes, count)
    others, too_long = others & own, too_long & own
    while too_long != _NONE:
        lane = np.int64(trailing_zeros(too_long))
        hashes[np.uint64(count + lane)] = _hash_long_one(text, folds, run + lane)
        too_long &= too_long - _ONE
    return others, are_long


@inlined
def _hash_long_one(text: UInt8s, folds: Int32s, run: Scalar) -> Scalar:
    """Hash a word of more bytes than are loaded at once."""
    place = np.int64(folds[np.uint64(run)]) & _PLACE
    length = (np.int64(folds[np.uint64(run + 1)]) & _PLACE) - place
    state, left = np.uint64(0), length
    while left >= 8:
        state = absorb(state, load64(text, place))
        place, left = place + 8, left - 8
    rest = load64(text, place) & ~(_ALL << np.uint64(8 * left))
    return finish(state, rest, length)
