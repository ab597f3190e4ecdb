"""Signatures as objects of datasketch, for its indexes and comparisons, and back."""

from typing import TYPE_CHECKING

import numpy as np

from provenance.model.content.fingerprints import Parameters, UInt32s

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def from_datasketch(objects: "Iterable[LeanMinHash]", parameters: Parameters) -> UInt32s:
    """Return the signatures in objects of datasketch.

    Raises
    ------
    ValueError
        If an object has another scheme, seed or length, so that nothing can be compared with it.
    """
    rows = list[UInt32s]()
    expected = _SCHEME, parameters.signature_seed, parameters.permutations
    for each in objects:
        stated = each.scheme, each.seed, len(each)
        if stated != expected:
            raise ValueError(f"scheme, seed and length are {stated}, not {expected}")
        rows.append(np.asarray(each.hashvalues, np.uint32))
    return np.array(rows, np.uint32).reshape(-1, parameters.permutations)
