"""Shingles: hashes of runs of consecutive tokens."""

import numpy as np

from provenance.compiled import Scalar, inlined, inner, kernel
from provenance.fingerprint.evenly import (
    MULTIPLIER,
    alike_until,
    kind_of,
    mixed,
    shingle_evenly,
)
from provenance.model import Int32s, Int64s, Shingles, Tokens, UInt32s, UInt64s

_LIGHT = np.uint32(1)
WORD = 4
"""A word's weight; characters that are tokens of their own weigh 2 or 1."""

_FOUR, _FIVE = 4 * WORD, 5 * WORD  # the widths of seeds and of signatures
_WORTH, _WIDEST = 16, 20  # shingles, and tokens of one: more are rolled faster


def shingle(tokens: Tokens, width: int, *, whole: bool = False) -> Shingles:
    """Hash every run of tokens that weighs `width` words.

    Parameters
    ----------
    tokens : Tokens
        Of any number of texts.
    width : int
        Weight of a shingle in words, at least 1. A character of an unspaced script weighs a half
        or a quarter of a word, so a shingle spans up to ``2 * width`` or ``4 * width`` of them.
    whole : bool
        Give a text that is lighter than one shingle the hash of all its tokens. Signatures need
        it; seeds must not have it.

    Returns
    -------
    Shingles
        One at every token from which a run of that weight begins.
    """
    powers = np.ones(WORD * width + 1, np.uint64)
    for place in range(1, len(powers)):
        powers[place] = int(powers[place - 1]) * int(MULTIPLIER) & 0xFFFFFFFFFFFFFFFF
    room = len(tokens.hashes) + (len(tokens.offsets) if whole else 0)
    hashes, positions = np.empty(room, np.uint64), np.empty(room, np.int32)
    offsets = np.zeros(len(tokens.offsets), np.int64)
    _shingle_all(
        tokens.hashes, tokens.offsets, WORD * width, powers, whole, hashes, positions, offsets
    )
    count = int(offsets[-1])
    return Shingles(hashes[:count], positions[:count], offsets)


@inlined
def _weight(token: Scalar) -> Scalar:
    kind = kind_of(token)
    return np.int64(WORD) >> np.int64((kind & _LIGHT) + (kind >> _LIGHT))


@inlined
def _is_of_words(tokens: UInt32s) -> Scalar:
    lights = np.uint32(0)
    for token in tokens:
        lights |= token
    return lights & _LIGHT == 0


@inner
def _shingle_words(
    tokens: UInt32s, weight: Scalar, powers: UInt64s, hashes: UInt64s, positions: Int32s
) -> None:
    """Hash the shingles of words alone, as many as `positions`: none waits for the one before it.

    Each is written out, for no compiler vectorises a loop of unknown length in a loop.
    """
    one, two, three, four = powers[1], powers[2], powers[3], powers[4]
    if weight == _FOUR:
        for place in range(len(positions)):
            rolled = np.uint64(tokens[place]) * three + np.uint64(tokens[place + 1]) * two
            rolled += np.uint64(tokens[place + 2]) * one + np.uint64(tokens[place + 3])
            hashes[place], positions[place] = mixed(rolled), place
    else:
        for place in range(len(positions)):
            rolled = np.uint64(tokens[place]) * four + np.uint64(tokens[place + 1]) * three
            rolled += np.uint64(tokens[place + 2]) * two + np.uint64(tokens[place + 3]) * one
            rolled += np.uint64(tokens[place + 4])
            hashes[place], positions[place] = mixed(rolled), place


@inlined
def _is_worth(tokens: UInt32s, head: Scalar, end: Scalar, weight: Scalar) -> Scalar:
    """Whether many shingles of tokens that weigh the same come next."""
    width = weight // _weight(tokens[np.uint64(head)])
    needed = width + _WORTH - 1
    return (
        width <= _WIDEST
        and head + needed <= end
        and alike_until(tokens, head, head + needed) == head + needed
    )


@kernel
def _shingle_all(  # noqa: PLR0913 (the arrays of two tables)
    tokens: UInt32s,
    token_offsets: Int64s,
    weight: Scalar,
    powers: UInt64s,
    whole: bool,
    hashes: UInt64s,
    positions: Int32s,
    offsets: Int64s,
) -> None:
    into, count = (hashes, positions), np.int64(0)
    for text in range(len(token_offsets) - 1):
        first, end = token_offsets[text], token_offsets[text + 1]
        before = count
        if _is_of_words(tokens[first:end]) and weight in (_FOUR, _FIVE):
            made = max(end - first - weight // WORD + 1, 0)
            _shingle_words(
                tokens[first:end], weight, powers, hashes[count:], positions[count : count + made]
            )
            count += made
            first = end if made or not whole else first
        head, rolled = first, np.uint64(0)
        while head < end:
            if _is_worth(tokens, head, end, weight):
                made = _shingle_alike(tokens, (first, head, end), weight, into, count)
                count, head = count + made, head + made
            own = first, head, end
            count, head, rolled = _roll(tokens, own, weight, powers, into, count)
        if whole and count == before and end > first:
            hashes[count], positions[count] = mixed(rolled), 0
            count += 1
        offsets[text + 1] = count


@inlined
def _shingle_alike(
    tokens: UInt32s,
    which: tuple[Scalar, Scalar, Scalar],
    weight: Scalar,
    into: tuple[UInt64s, Int32s],
    count: Scalar,
) -> Scalar:
    """Hash the shingles of the tokens from one on that weigh the same; say how many are made."""
    (hashes, positions), (first, head, end) = into, which
    width = weight // _weight(tokens[np.uint64(head)])
    most = alike_until(tokens, head, end) - head - width + 1
    made = shingle_evenly(tokens, head, width, hashes, (count, most))
    own = positions[count : count + made]
    for place in range(made):
        own[place] = head - first + place
    return made


@inlined
def _roll(
    tokens: UInt32s,
    which: tuple[Scalar, Scalar, Scalar],
    weight: Scalar,
    powers: UInt64s,
    into: tuple[UInt64s, Int32s],
    count: Scalar,
) -> tuple[Scalar, Scalar, Scalar]:
    """Hash the shingles from a token on, one from the other, until many of the same weight come.

    Returns
    -------
    count, head, rolled : int
        How many shingles there are now, at which token the next one begins, and the hash of the
        tokens that were too few for one.
    """
    (hashes, positions), (first, head, end) = into, which
    rolled, carried = np.uint64(0), np.int64(0)
    alike = alike_until(tokens, head, end)
    for tail in range(head, end):
        token = tokens[np.uint64(tail)]
        rolled = rolled * MULTIPLIER + np.uint64(token)
        carried += _weight(token)
        while carried >= weight:
            at, token = np.uint64(count), tokens[np.uint64(head)]
            hashes[at], positions[at] = mixed(rolled), head - first
            count += 1
            rolled -= np.uint64(token) * powers[np.uint64(tail - head)]
            carried -= _weight(token)
            head += 1
        if head >= alike and head < end:
            if _is_worth(tokens, head, end, weight):
                return count, head, rolled
            alike = alike_until(tokens, head, end)
    return count, end, rolled
