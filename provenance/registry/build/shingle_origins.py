"""Source and author of items, by which stop shingles are recognised."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model import UInt8s, UInt64s
from provenance.registry.schema import single_chunk

_HEX_DIGITS = 16
"""Length of an author's digest."""


@dataclass(frozen=True, slots=True)
class ItemOrigins:
    """Source and author of items, by number.

    Parameters
    ----------
    sources : ndarray of uint8, shape (n,)
        Index into the registry's sources.
    authors : ndarray of uint64, shape (n,)
        Digest of the author; 0 where unknown.
    """

    sources: UInt8s
    authors: UInt64s


def item_origins(rows: pa.Table, sources: tuple[str, ...]) -> ItemOrigins:
    """Return the origins of items; `sources` are those of the whole registry."""
    codes = pc.index_in(rows["source"], pa.array(sources)).to_numpy().astype(np.uint8)
    return ItemOrigins(codes, author_numbers(single_chunk(rows["author"])))


def concatenate_origins(parts: Sequence[ItemOrigins]) -> ItemOrigins:
    """Concatenate the origins of row groups."""
    return ItemOrigins(
        np.concatenate([np.zeros(0, np.uint8), *(part.sources for part in parts)]),
        np.concatenate([np.zeros(0, np.uint64), *(part.authors for part in parts)]),
    )


def author_numbers(column: pa.Array) -> UInt64s:
    """Convert hex digests of authors to numbers; 0 where there is none."""
    digests = column.fill_null("0" * _HEX_DIGITS)
    digits = pc.binary_join(pa.ListArray.from_arrays([0, len(digests)], digests), "")[0].as_py()
    return np.frombuffer(bytes.fromhex(digits), ">u8").astype(np.uint64)
