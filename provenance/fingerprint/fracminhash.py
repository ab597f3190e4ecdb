"""FracMinHash sketches: the hashes of a shingle set that are below a bound.

A sketch estimates how much of one dataset is contained in another, without the text of either.
Sketching commutes with union, so sketches of shards can be merged; a finer sketch contains every
coarser one.

References
----------
Irber et al., "Lightweight compositional analysis of metagenomes with FracMinHash and minimum
metagenome covers", 2022.
"""

from dataclasses import dataclass, replace

import numpy as np

from provenance.errors import FingerprintMismatch
from provenance.model.content.fingerprints import Parameters, Shingles, UInt64s

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
    sampled = shingles.hashes[shingles.hashes < hash_bound(parameters.scaled)]
    return Sketch(parameters, distinct_hashes(sampled))


def distinct_hashes(hashes: UInt64s) -> UInt64s:
    """Return hashes sorted, each once; many times as fast as `np.unique`, which hashes them."""
    ordered = np.sort(hashes)
    is_new = np.ones(len(ordered), np.bool_)
    is_new[1:] = ordered[1:] != ordered[:-1]
    return ordered[is_new]


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
    return Sketch(parameters, fine.hashes[fine.hashes < hash_bound(parameters.scaled)])


def count_shared_hashes(query: Sketch, reference: Sketch) -> int:
    """Count the hashes that two sketches have in common.

    Raises
    ------
    FingerprintMismatch
        If the two were made with different parameters.
    """
    _require_same(query.parameters, reference.parameters)
    return len(np.intersect1d(query.hashes, reference.hashes, assume_unique=True))


def _require_same(one: Parameters, other: Parameters) -> None:
    if one != other:
        raise FingerprintMismatch(
            f"two sketches have different parameters: {one} and {other}",
            remedy="make both with the same version, or down-sample the finer one",
        )


def hash_bound(scaled: int) -> np.uint64:
    """Return the bound below which hashes are in a sketch."""
    return np.uint64(min(_RANGE // scaled, _RANGE - 1))
