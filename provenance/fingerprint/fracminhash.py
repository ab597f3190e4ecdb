"""FracMinHash sketches: every hash of a shingle set below a bound.

A sketch answers how much of one dataset stands in another, without the text of either. Sketching
commutes with union, so sketches of shards merge; and a finer sketch holds every coarser one.

References
----------
Irber et al., "Lightweight compositional analysis of metagenomes with FracMinHash and minimum
metagenome covers", 2022. Hera, Pierce-Ward, Koslicki, "Deriving confidence intervals for mutation
rates across a wide range of evolutionary distances using FracMinHash", 2023 (the bias term).
"""

from dataclasses import dataclass

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
        How the shingles were made, and `scaled`.
    hashes : ndarray of uint64, shape (n,)
        The set's hashes below ``2**64 / scaled``, sorted, without repeats.
    """

    parameters: Parameters
    hashes: UInt64s


def sketch(shingles: Shingles, parameters: Parameters) -> Sketch:
    """Sketch the set of all shingles of some texts."""
    kept = shingles.hashes[shingles.hashes < _bound(parameters.scaled)]
    return Sketch(parameters, np.unique(kept))


def merge(left: Sketch, right: Sketch) -> Sketch:
    """Sketch the union of two sets from their sketches: associative, commutative, idempotent.

    Raises
    ------
    FingerprintMismatch
        If the two were made with different parameters.
    """
    if left.parameters != right.parameters:
        raise FingerprintMismatch(
            f"two sketches differ in how they were made: {left.parameters} and {right.parameters}",
            remedy="make both with the same version, or down-sample the finer one",
        )
    return Sketch(left.parameters, np.union1d(left.hashes, right.hashes))


def downsample(fine: Sketch, parameters: Parameters) -> Sketch:
    """Make the coarser sketch that the set itself would give.

    Raises
    ------
    FingerprintMismatch
        If `parameters` asks for a finer one.
    """
    if parameters.scaled < fine.parameters.scaled:
        raise FingerprintMismatch(
            f"1 in {fine.parameters.scaled} was sampled; 1 in {parameters.scaled} cannot be had",
            remedy="sketch the text again",
        )
    return Sketch(parameters, fine.hashes[fine.hashes < _bound(parameters.scaled)])


def shared(query: Sketch, reference: Sketch) -> int:
    """Count the sampled hashes of `query` that `reference` holds too."""
    return len(np.intersect1d(query.hashes, reference.hashes, assume_unique=True))


def containment(query: Sketch, reference: Sketch) -> float:
    """Estimate which part of `query`'s shingle set lies in `reference`.

    Returns
    -------
    float
        In [0, 1]; not a number where the sketch of `query` is empty: nothing is known then.

    Notes
    -----
    The plain ratio is biased by the chance that a set has no sampled hash at all; dividing by
    ``1 - (1 - 1/scaled)**n``, with n the set's size, mends it (Hera et al., theorem 1).
    """
    if not len(query.hashes):
        return float("nan")
    ratio = shared(query, reference) / len(query.hashes)
    size = len(query.hashes) * query.parameters.scaled
    sampled = -np.expm1(size * np.log1p(-1 / query.parameters.scaled)) if size > 1 else 1.0
    return float(min(1.0, ratio / sampled)) if query.parameters.scaled > 1 else ratio


def _bound(scaled: int) -> np.uint64:
    return np.uint64(min(_RANGE // scaled, _RANGE - 1))
