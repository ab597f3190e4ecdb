"""Shingles: hashes of runs of consecutive tokens."""

import numpy as np

from provenance.compiled import Scalar, inlined, inner, kernel
from provenance.model import Int32s, Int64s, Shingles, Tokens, UInt32s, UInt64s

_MULTIPLIER = np.uint64(0xFF51AFD7ED558CCD)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_LIGHT = np.uint32(1)
WORD = 4
"""A word's weight; characters that are tokens of their own weigh 2 or 1."""

_FOUR, _FIVE = 4 * WORD, 5 * WORD  # the widths of seeds and of signatures


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
        powers[place] = int(powers[place - 1]) * int(_MULTIPLIER) & 0xFFFFFFFFFFFFFFFF
    room = len(tokens.hashes) + (len(tokens.offsets) if whole else 0)
    hashes, positions = np.empty(room, np.uint64), np.empty(room, np.int32)
    offsets = np.zeros(len(tokens.offsets), np.int64)
    _shingle_all(
        tokens.hashes, tokens.offsets, WORD * width, powers, whole, hashes, positions, offsets
    )
    count = int(offsets[-1])
    return Shingles(hashes[:count], positions[:count], offsets)


@inlined
def _mixed(rolled: Scalar) -> Scalar:
    # The splitmix64 finaliser: the rolled hash alone would leave its low bits poor.
    value = (rolled ^ (rolled >> np.uint64(30))) * _MIX_1
    value = (value ^ (value >> np.uint64(27))) * _MIX_2
    return value ^ (value >> np.uint64(31))


@inlined
def _weight(token: Scalar) -> Scalar:
    light = token & _LIGHT
    return np.int64(WORD) >> np.int64(light + ((token >> _LIGHT) & light))


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
            hashes[place], positions[place] = _mixed(rolled), place
    else:
        for place in range(len(positions)):
            rolled = np.uint64(tokens[place]) * four + np.uint64(tokens[place + 1]) * three
            rolled += np.uint64(tokens[place + 2]) * two + np.uint64(tokens[place + 3]) * one
            rolled += np.uint64(tokens[place + 4])
            hashes[place], positions[place] = _mixed(rolled), place


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
    count = 0
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
        head, carried = first, np.int64(0)
        rolled = np.uint64(0)
        for tail in range(first, end):
            token = tokens[np.uint64(tail)]
            rolled = rolled * _MULTIPLIER + np.uint64(token)
            carried += _weight(token)
            while carried >= weight:
                at, token = np.uint64(count), tokens[np.uint64(head)]
                hashes[at], positions[at] = _mixed(rolled), head - first
                count += 1
                rolled -= np.uint64(token) * powers[np.uint64(tail - head)]
                carried -= _weight(token)
                head += 1
        if whole and count == before and end > first:
            hashes[count], positions[count] = _mixed(rolled), 0
            count += 1
        offsets[text + 1] = count
