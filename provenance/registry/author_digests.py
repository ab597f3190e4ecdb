"""Authors by digest: whoever has a registry cannot read in it who wrote what."""

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from provenance.registry.build.duckdb_engine import conserve
from provenance.registry.schema import one_chunk

if TYPE_CHECKING:
    import duckdb

_DIGEST = "substr(sha256(name), 1, 16) AS digest"
_BETWEEN = "\x1f"  # seldom stands in a name; authors are told apart within a source alone
_NONE = pa.array([], pa.string())


class Digests:
    """Digests of authors, each made once for much of what one wrote.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Makes them.
    """

    def __init__(self, connection: "duckdb.DuckDBPyConnection") -> None:
        self._connection = connection
        # Of some items before: whichever thread put them here last, they only save work.
        self._known = _NONE, _NONE

    def of(self, sources: pa.ChunkedArray, authors: pa.ChunkedArray) -> pa.Array:
        """Digest the author of each item, on its source; null where nobody knows."""
        joined = pc.binary_join_element_wise(one_chunk(sources), one_chunk(authors), _BETWEEN)
        named = joined.dictionary_encode()
        known, digests = self._known
        places = pc.index_in(named.dictionary, known)
        made = digests.take(places)
        if places.null_count:
            fresh = places.is_null()
            made = pc.replace_with_mask(made, fresh, self._made(named.dictionary.filter(fresh)))
        self._known = named.dictionary, made
        return made.take(named.indices)

    def _made(self, names: pa.Array) -> pa.Array:
        with self._connection.cursor() as cursor:
            digests = cursor.from_arrow(pa.table({"name": names})).project(_DIGEST).to_arrow_table()
        conserve("digesting authors", len(names), len(digests))
        return one_chunk(digests["digest"]).cast(pa.string())
