"""Whose items are: what tells shingles of one author from those of many."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model import UInt8s, UInt64s
from provenance.registry.schema import one_chunk

_DIGITS = 16
"""Of the digest of an author."""


@dataclass(frozen=True, slots=True)
class Origins:
    """Source and author of items, by number.

    Parameters
    ----------
    sources : ndarray of uint8, shape (n,)
        Index into the sources of all.
    authors : ndarray of uint64, shape (n,)
        The digest of each author; 0 where nobody knows.
    """

    sources: UInt8s
    authors: UInt64s


def origins_of(rows: pa.Table, sources: tuple[str, ...]) -> Origins:
    """Tell whose some items are; `sources` are those of all."""
    codes = pc.index_in(rows["source"], pa.array(sources)).to_numpy().astype(np.uint8)
    return Origins(codes, author_numbers(one_chunk(rows["author"])))


def joined_origins(parts: Sequence[Origins]) -> Origins:
    """Put those of several row groups together, in their order."""
    return Origins(
        np.concatenate([np.zeros(0, np.uint8), *(one.sources for one in parts)]),
        np.concatenate([np.zeros(0, np.uint64), *(one.authors for one in parts)]),
    )


def author_numbers(column: pa.Array) -> UInt64s:
    """Turn digests of authors, in hex, into numbers; 0 where there is none."""
    digests = column.fill_null("0" * _DIGITS)
    joined = pc.binary_join(pa.ListArray.from_arrays([0, len(digests)], digests), "")[0].as_py()
    return np.frombuffer(bytes.fromhex(joined), ">u8").astype(np.uint64)
