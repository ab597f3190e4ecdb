"""FracMinHash sketches: the hashes of a shingle set that are below a bound.

A sketch estimates how much of one dataset is contained in another, without the text of either.
Sketching commutes with union, so sketches of shards can be merged; a finer sketch contains every
coarser one.

References
----------
Irber et al., "Lightweight compositional analysis of metagenomes with FracMinHash and minimum
metagenome covers", 2022. Hera, Pierce-Ward, Koslicki, "Deriving confidence intervals for mutation
rates across a wide range of evolutionary distances using FracMinHash", 2023 (the bias term).
"""

from dataclasses import dataclass, replace

import numpy as np

from provenance.errors import FingerprintMismatch
from provenance.model import Parameters, Shingles, UInt64s

_RANGE = 1 << 64


@dataclass(frozen=True, slots=True)
class Sketch:
    """A FracMinHash sample of a shingle set.

    Parameters
    ----------
    parameters : Parameters
        Parameters of the shingles, and `scaled`.
    hashes : ndarray of uint64, shape (n,)
        The set's hashes below ``2**64 / scaled``, sorted and unique.
    """

    parameters: Parameters
    hashes: UInt64s


def build_sketch(shingles: Shingles, parameters: Parameters) -> Sketch:
    """Return the sketch of the set of all shingles of some texts."""
    sampled = shingles.hashes[shingles.hashes < _bound(parameters.scaled)]
    return Sketch(parameters, np.unique(sampled))


def merge(left: Sketch, right: Sketch) -> Sketch:
    """Return the sketch of the union of two sets: associative, commutative, idempotent.

    Raises
    ------
    FingerprintMismatch
        If the two were made with different parameters.
    """
    _require_same(left.parameters, right.parameters)
    return Sketch(left.parameters, np.union1d(left.hashes, right.hashes))


def downsample(fine: Sketch, parameters: Parameters) -> Sketch:
    """Return the coarser sketch, equal to one made from the set itself.

    Raises
    ------
    FingerprintMismatch
        If `current_parameters` are those of a finer sketch, or differ in anything but `scaled`.
    """
    _require_same(replace(fine.parameters, scaled=parameters.scaled), parameters)
    if parameters.scaled < fine.parameters.scaled:
        raise FingerprintMismatch(
            f"the sketch samples 1 in {fine.parameters.scaled} hashes, fewer than "
            f"1 in {parameters.scaled}",
            remedy="sketch the text again",
        )
    return Sketch(parameters, fine.hashes[fine.hashes < _bound(parameters.scaled)])


def count_shared_hashes(query: Sketch, reference: Sketch) -> int:
    """Count the hashes that two sketches have in common.

    Raises
    ------
    FingerprintMismatch
        If the two were made with different parameters.
    """
    _require_same(query.parameters, reference.parameters)
    return len(np.intersect1d(query.hashes, reference.hashes, assume_unique=True))


def containment(query: Sketch, reference: Sketch) -> float:
    """Estimate the part of `query`'s shingle set that is contained in `reference`.

    Returns
    -------
    float
        In [0, 1]; NaN if the sketch of `query` is empty.

    Raises
    ------
    FingerprintMismatch
        If the two were made with different parameters.

    Notes
    -----
    The plain ratio is biased by the chance that a set has no sampled hash at all; it is divided by
    ``1 - (1 - 1/scaled)**n``, with n the set's size (Hera et al., theorem 1).
    """
    shared_count, scaled = count_shared_hashes(query, reference), query.parameters.scaled
    if not len(query.hashes):
        return float("nan")
    ratio = shared_count / len(query.hashes)
    if scaled == 1:
        return ratio
    sampling_probability = -np.expm1(len(query.hashes) * scaled * np.log1p(-1 / scaled))
    return float(min(1.0, ratio / sampling_probability))


def _require_same(one: Parameters, other: Parameters) -> None:
    if one != other:
        raise FingerprintMismatch(
            f"two sketches have different parameters: {one} and {other}",
            remedy="make both with the same version, or down-sample the finer one",
        )


def _bound(scaled: int) -> np.uint64:
    return np.uint64(min(_RANGE // scaled, _RANGE - 1))
