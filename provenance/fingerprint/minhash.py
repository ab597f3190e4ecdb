"""MinHash signatures, equal bit by bit to `datasketch.MinHash` with scheme "affine32".

References
----------
Broder, "On the resemblance and containment of documents", 1997. The arithmetic is datasketch's:
one MurmurHash3 finaliser of the 32-bit hash, then ``a * h + b`` modulo 2**32 per permutation.
"""

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from provenance.errors import InputError
from provenance.jit.decorators import Scalar, inlined, kernel
from provenance.model.content.fingerprints import (
    Floats,
    Int64s,
    Parameters,
    Shingles,
    UInt32s,
    UInt64s,
)

if TYPE_CHECKING:
    from datasketch import LeanMinHash

_EMPTY = np.uint32(0xFFFFFFFF)
_SCHEME = "affine32"


def signatures(shingles: Shingles, parameters: Parameters) -> UInt32s:
    """Compute the MinHash signature of every text.

    Parameters
    ----------
    shingles : Shingles
        Of width `parameters.signature_width`, made with ``include_short=True``.
    parameters : Parameters
        Number of permutations and their seed.

    Returns
    -------
    ndarray of uint32, shape (n, permutations)
        `datasketch.MinHash.hashvalues` of every text, with `shingle_hash32` as its hash function.
        A text without tokens has the empty signature, all bits set.

    Examples
    --------
    `to_datasketch` turns stored signatures into objects of datasketch.
    """
    multipliers, addends = _permutations(parameters.permutations, parameters.signature_seed)
    rows = np.empty((len(shingles.offsets) - 1, parameters.permutations), np.uint32)
    _sign_all(shingles.hashes, shingles.offsets, multipliers, addends, rows)
    return rows


def to_datasketch(rows: UInt32s, parameters: Parameters) -> "list[LeanMinHash]":
    """Return signatures as objects of datasketch, which give the same estimates.

    Parameters
    ----------
    rows : ndarray of uint32, shape (n, permutations)
        As `signatures` returns them.
    parameters : Parameters
        With which they were computed.

    Raises
    ------
    InputError
        If datasketch is older than 2.0, which does not have the scheme.
    """
    from datasketch import LeanMinHash  # noqa: PLC0415 (it loads SciPy, which no check needs)

    seed = parameters.signature_seed
    try:
        return [LeanMinHash(seed=seed, hashvalues=row, scheme=_SCHEME) for row in rows]
    except TypeError as error:
        raise InputError(
            "the installed datasketch is older than 2.0, and cannot hold these signatures",
            remedy="pip install 'datasketch>=2.0'",
        ) from error


def shingle_hash32(shingle: int) -> int:
    """Return the 32-bit hash of a shingle, its upper half: the `hashfunc` of signatures."""
    return int(shingle) >> 32


def resemblance(left: UInt32s, right: UInt32s) -> float:
    """Estimate the Jaccard similarity of two texts from their signatures.

    Parameters
    ----------
    left, right : ndarray of uint32, shape (permutations,)
        Two rows of `signatures`.

    Returns
    -------
    float
        In [0, 1]; standard error ``sqrt(j * (1 - j) / permutations)``.
    """
    return float(np.mean(left == right))


def cardinality(rows: UInt32s) -> Floats:
    """Estimate the number of distinct shingles of each signature.

    Parameters
    ----------
    rows : ndarray of uint32, shape (n, permutations)
        Signatures.

    Returns
    -------
    ndarray of float64, shape (n,)
        Relative standard error ``1 / sqrt(permutations - 2)``.

    Notes
    -----
    The minimum of n uniform values has mean ``1 / (n + 1)`` (Cohen 1997; datasketch's `count`).
    """
    least = rows.astype(np.float64) / 2.0**32
    return np.asarray(rows.shape[1] / np.maximum(least.sum(axis=1), 1e-12) - 1)


@cache
def _permutations(count: int, seed: int) -> tuple[UInt32s, UInt32s]:
    # The same as datasketch draws them, without loading SciPy, which datasketch imports.
    random_state = np.random.RandomState(seed)
    multipliers = random_state.randint(0, 1 << 31, count, np.uint32)
    return multipliers * np.uint32(2) + np.uint32(1), random_state.randint(
        0, 1 << 32, count, np.uint32
    )


@inlined
def _murmur_mix(value: Scalar) -> Scalar:
    value = np.uint32(value ^ (value >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    value = np.uint32(value)
    value = np.uint32(value ^ (value >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    value = np.uint32(value)
    return np.uint32(value ^ (value >> np.uint32(16)))


@kernel
def _sign_all(
    hashes: UInt64s, offsets: Int64s, multipliers: UInt32s, addends: UInt32s, rows: UInt32s
) -> None:
    for text in range(len(offsets) - 1):
        row = rows[text]
        row[:] = _EMPTY
        place, end = offsets[text], offsets[text + 1]
        # Four shingles at a time: a row is loaded and stored once for them.
        while place + 4 <= end:
            one, two = _value(hashes[place]), _value(hashes[place + 1])
            three, four = _value(hashes[place + 2]), _value(hashes[place + 3])
            for permutation in range(row.size):
                multiplier, addend = multipliers[permutation], addends[permutation]
                lower = min(
                    np.uint32(multiplier * one + addend), np.uint32(multiplier * two + addend)
                )
                other = min(
                    np.uint32(multiplier * three + addend), np.uint32(multiplier * four + addend)
                )
                row[permutation] = min(row[permutation], lower, other)
            place += 4
        while place < end:
            value = _value(hashes[place])
            for permutation in range(row.size):
                permuted = np.uint32(multipliers[permutation] * value + addends[permutation])
                row[permutation] = min(row[permutation], permuted)
            place += 1


@inlined
def _value(shingle: Scalar) -> Scalar:
    return _murmur_mix(np.uint32(shingle >> np.uint64(32)))
