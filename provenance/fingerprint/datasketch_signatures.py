"""Signatures as objects of datasketch, for its indexes and comparisons."""

from typing import TYPE_CHECKING

from provenance.model.content.fingerprints import Parameters, UInt32s

if TYPE_CHECKING:
    from datasketch import LeanMinHash

_SCHEME = "affine32"


def to_datasketch(signatures: UInt32s, parameters: Parameters) -> "list[LeanMinHash]":
    """Return signatures as objects of datasketch, which give the same estimates.

    Parameters
    ----------
    signatures : ndarray of uint32, shape (n, permutations)
        As `minhash.signatures` returns them.
    parameters : Parameters
        With which they were computed.
    """
    from datasketch import LeanMinHash  # noqa: PLC0415 (it loads SciPy, which no check needs)

    seed = parameters.signature_seed
    return [LeanMinHash(seed=seed, hashvalues=row, scheme=_SCHEME) for row in signatures]
