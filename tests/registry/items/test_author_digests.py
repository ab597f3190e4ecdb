from hashlib import sha256

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.registry.items.author_digests import AuthorDigests
from provenance.registry.sorting.duckdb_engine import BuildLimits, open_engine

ITEM = st.tuples(st.sampled_from(["x", "y"]), st.none() | st.text(max_size=2))
CHUNKS = st.lists(st.lists(ITEM, max_size=12), max_size=6)


@pytest.fixture(scope="module")
def connection(tmp_path_factory):
    with open_engine(tmp_path_factory.mktemp("spill"), BuildLimits()) as opened:
        yield opened


@given(chunks=CHUNKS)
def test_an_author_has_one_digest_whatever_was_digested_before(connection, chunks):
    digests = AuthorDigests(connection)
    for chunk in chunks:
        columns = [
            pa.chunked_array([pa.array([row[place] for row in chunk], pa.string())])
            for place in (0, 1)
        ]
        assert digests.of(*columns).to_pylist() == [digested(*row) for row in chunk]


def digested(source, author):
    if author is None:
        return None
    return sha256(f"{source}\x1f{author}".encode()).hexdigest()[:16]
