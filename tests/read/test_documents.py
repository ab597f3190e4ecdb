"""Texts laid out as documents, cut between rows, with all that is left out counted."""

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.read.columns.nested_texts import TextLeaves
from provenance.read.corpus import documents
from provenance.read.corpus.documents import RowMetadata, build_documents


def laid_out(texts: dict[str, list[object]], first: int = 0):
    columns = {name: pa.array(values, pa.string()) for name, values in texts.items()}
    count = len(next(iter(texts.values())))
    rows = RowMetadata("f", np.arange(first, first + count, dtype=np.int64))
    return list(build_documents(rows, TextLeaves.of(columns)))


def test_a_row_is_passed_over_only_if_nothing_in_it_is_text():
    (found,) = laid_out({"q": ["a", "", None, " ", None], "a": [None, "b", None, None, "\t"]}, 10)
    assert [(row["row"], row["field"]) for row in found.batch.to_pylist()] == [(10, "q"), (11, "a")]
    assert {(one.reason, one.count, one.rows) for one in found.skipped} == {
        ("null text", 1, (12,)),
        ("empty text", 2, (13, 14)),
    }


def test_only_the_first_rows_that_were_passed_over_are_kept():
    (found,) = laid_out({"text": [None] * 100})
    assert len(found.batch) == 0
    assert [(one.count, one.rows) for one in found.skipped] == [(100, (0, 1, 2, 3, 4))]


def test_no_rows_are_no_batches():
    assert laid_out({"text": []}) == []


@pytest.fixture(scope="module")
def small():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(documents, "BATCH_BYTES", 20)
        yield


@given(
    st.lists(
        st.tuples(st.text("ab", max_size=30), st.none() | st.text("ab", max_size=30)), min_size=1
    )
)
def test_batches_are_small_and_never_part_a_row(small, rows):
    found = laid_out({"q": [q for q, _ in rows], "a": [a for _, a in rows]})
    sizes = [sum(map(len, one.batch.column("text").to_pylist())) for one in found]
    held = [set(one.batch.column("row").to_pylist()) for one in found]
    kept = [(n, t) for n, texts in enumerate(rows) for t in texts if t]
    whole = [(r["row"], r["text"]) for one in found for r in one.batch.to_pylist()]
    assert whole == kept
    assert sum(map(len, held)) == len(set().union(*held))
    assert all(size <= 20 or len(rows) == 1 for size, rows in zip(sizes, held, strict=True))
    # Nor smaller than they could be.
    for one, two in pairwise(sizes):
        assert one + two > 20 or two == 0
