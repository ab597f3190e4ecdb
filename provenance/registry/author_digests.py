"""Digests of authors, so that a registry does not reveal who wrote an item."""

from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model import UInt32s, UInt64s
from provenance.registry.build.duckdb_engine import check_row_count
from provenance.registry.schema import single_chunk

if TYPE_CHECKING:
    import duckdb

_DIGEST_EXPRESSION = "substr(sha256(name), 1, 16) AS digest"
_SEPARATOR = "\x1f"  # rare in names; a collision merges two authors
_NO_AUTHORS = pa.array([], pa.string())


class AuthorDigests:
    """Computes digests of authors, each once per batch of items.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Computes SHA-256.
    """

    def __init__(self, connection: "duckdb.DuckDBPyConnection") -> None:
        self._connection = connection
        # Digests of an earlier batch, from whichever thread set them last: a cache only.
        self._cache = _NO_AUTHORS, _NO_AUTHORS

    def of(self, sources: pa.ChunkedArray, authors: pa.ChunkedArray) -> pa.Array:
        """Return the digest of each item's author within its source; null if unknown."""
        keys = pc.binary_join_element_wise(single_chunk(sources), single_chunk(authors), _SEPARATOR)
        encoded = keys.dictionary_encode()
        cached_keys, digests = self._cache
        places = pc.index_in(encoded.dictionary, cached_keys)
        key_digests = digests.take(places)
        if places.null_count:
            is_new = places.is_null()
            key_digests = pc.replace_with_mask(
                key_digests, is_new, self._compute(encoded.dictionary.filter(is_new))
            )
        self._cache = encoded.dictionary, key_digests
        return key_digests.take(encoded.indices)

    def _compute(self, names: pa.Array) -> pa.Array:
        with self._connection.cursor() as cursor:
            digests = (
                cursor.from_arrow(pa.table({"name": names}))
                .project(_DIGEST_EXPRESSION)
                .to_arrow_table()
            )
        check_row_count("digesting authors", len(names), len(digests))
        return single_chunk(digests["digest"]).cast(pa.string())


_HEX_DIGITS = 16
"""Length of an author's digest."""


def author_digest(source: str, name: str) -> str:
    """Return the digest of one author, as `AuthorDigests.of` does."""
    return sha256(f"{source}{_SEPARATOR}{name}".encode()).hexdigest()[:_HEX_DIGITS]


def author_hashes(digests: pa.Array, keys: UInt64s) -> UInt32s:
    """Return a hash of the author of each item; an unknown author is one of the item's own.

    Parameters
    ----------
    digests : pyarrow.StringArray
        As `AuthorDigests.of` returns them.
    keys : ndarray of uint64
        Order keys of the items, whose lower half depends on their identity.
    """
    hashes: UInt32s = (_author_numbers(digests) >> np.uint64(32)).astype(np.uint32)
    return np.where(
        digests.is_null().to_numpy(zero_copy_only=False), keys.astype(np.uint32), hashes
    )


def _author_numbers(column: pa.Array) -> UInt64s:
    digests = column.fill_null("0" * _HEX_DIGITS)
    digits = pc.binary_join(pa.ListArray.from_arrays([0, len(digests)], digests), "")[0].as_py()
    return np.frombuffer(bytes.fromhex(digits), ">u8").astype(np.uint64)
