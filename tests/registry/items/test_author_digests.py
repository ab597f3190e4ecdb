import re
from hashlib import sha256

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.registry.items.author_digests import AuthorDigests, author_digest
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
    lower = "".join(each.lower() if each.isascii() else each for each in author)
    named = re.sub(r"^[ \t\n\f\r]*(?:@|/?u/)?", "", lower).rstrip(" \t\n\f\r")
    named = re.sub("\x1f[ \t\n\f\r]*(?:@|/?u/)?", "\x1f", named).rstrip("\x1f")
    key = f"{source}\x1f{named}" if named else source
    return sha256(key.encode()).hexdigest()[:16]


@pytest.mark.parametrize("name", ["jane", "Jane", "@JANE", "u/jane", "/u/Jane", " jane\t"])
def test_an_author_has_one_name_however_it_is_written(name):
    assert author_digest("x", name) == author_digest("x", "jane")
    assert author_digest("y", name) != author_digest("x", "jane")


@pytest.mark.parametrize("other", ["jan e", "janes", "jane@", "ujane", "u/u/jane"])
def test_other_names_are_other_authors(other):
    assert author_digest("x", other) != author_digest("x", "jane")
