"""Digests of authors, so that a registry does not reveal who wrote an item.

Only on request, the name follows the digest of each item, after a colon. A name is the same in
capitals, and with the mark of a handle: Jane, @jane and u/jane are one author of a source.
"""

from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model.content.fingerprints import UInt32s, UInt64s
from provenance.registry.schema import single_chunk
from provenance.registry.sorting.duckdb_engine import check_row_count

if TYPE_CHECKING:
    import duckdb

_DIGEST_EXPRESSION = "substr(sha256(name), 1, 16) AS digest"
_SEPARATOR = "\x1f"  # rare in names; a collision merges two authors
_MARKS = rf"{_SEPARATOR}\s*(?:@|/?u/)?|\s+$"
"""What is before and after a name without being part of it."""
_NO_AUTHORS = pa.array([], pa.string())


class AuthorDigests:
    """Computes digests of authors, each once per batch of items.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Computes SHA-256.
    keep_names : bool
        Whether the name follows the digest.
    """

    def __init__(
        self, connection: "duckdb.DuckDBPyConnection", *, keep_names: bool = False
    ) -> None:
        self._connection, self._keep_names = connection, keep_names
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
        item_digests = key_digests.take(encoded.indices)
        if not self._keep_names:
            return item_digests
        return pc.binary_join_element_wise(item_digests, single_chunk(authors), ":")

    def _compute(self, keys: pa.Array) -> pa.Array:
        names = _folded(keys)
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
    (folded,) = _folded(pa.array([f"{source}{_SEPARATOR}{name}"])).to_pylist()
    return sha256(folded.encode()).hexdigest()[:_HEX_DIGITS]


def _folded(keys: pa.Array) -> pa.Array:
    """Return sources with authors in the form in which an author has one name."""
    named = pc.replace_substring_regex(keys, _MARKS, _SEPARATOR)
    return pc.ascii_lower(pc.utf8_rtrim(named, _SEPARATOR))


_AUTHOR = f"^[0-9a-f]{{{_HEX_DIGITS}}}(?::|$)"
"""What every author of a registry begins with."""


def are_digests(authors: pa.Array | pa.ChunkedArray) -> bool:
    """Return whether all authors that are known begin as `AuthorDigests.of` returns them."""
    return bool(pc.all(pc.match_substring_regex(authors, _AUTHOR), min_count=0).as_py())


def author_digests(authors: pa.Array) -> pa.Array:
    """Return the digests of authors, as registries store them, without the names."""
    return pc.utf8_slice_codeunits(authors, 0, _HEX_DIGITS)


def author_names(authors: pa.Array) -> pa.Array:
    """Return the names of authors, as registries store them; null where there is none."""
    names = pc.utf8_slice_codeunits(authors, _HEX_DIGITS + 1)
    return pc.if_else(pc.equal(names, ""), None, names)


def author_hashes(authors: pa.Array, keys: UInt64s) -> UInt32s:
    """Return a hash of the author of each item; an unknown author is one of the item's own.

    Parameters
    ----------
    authors : pyarrow.StringArray
        As `AuthorDigests.of` returns them.
    keys : ndarray of uint64
        Order keys of the items, whose lower half depends on their identity.
    """
    digests = author_digests(authors)
    hashes: UInt32s = (_author_numbers(digests) >> np.uint64(32)).astype(np.uint32)
    return np.where(
        digests.is_null().to_numpy(zero_copy_only=False), keys.astype(np.uint32), hashes
    )


def _author_numbers(column: pa.Array) -> UInt64s:
    digests = column.fill_null("0" * _HEX_DIGITS)
    digits = pc.binary_join(pa.ListArray.from_arrays([0, len(digests)], digests), "")[0].as_py()
    return np.frombuffer(bytes.fromhex(digits), ">u8").astype(np.uint64)
