"""Findings have one order, and tables of much text give their rows."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.model.content import row_selection as rows
from provenance.model.content.row_selection import take_rows
from provenance.model.content.tables import FINDINGS
from provenance.report.files.findings_parquet import sort_findings

ORDER = ("file", "row", "field", "start", "end", "source", "item", "evidence")
IDENTITIES = st.tuples(
    st.sampled_from("ab"),
    st.integers(0, 2),
    st.sampled_from(["text", "title"]),
    st.integers(0, 2),
    st.integers(3, 4),
    st.sampled_from("xy"),
    st.sampled_from(["1", "2", None]),
    st.sampled_from(["content", "link"]),
)


def identified(identities):
    """Make findings of these identities, each with a mark of its own."""
    columns = dict(zip(ORDER, zip(*identities, strict=True), strict=True))
    columns |= {"byte_start": range(len(identities)), "document": ["d"] * len(identities)}
    made = pa.table(
        {
            field.name: pa.array(list(columns[field.name]), field.type)
            if field.name in columns
            else pa.nulls(len(identities), field.type)
            for field in FINDINGS
        }
    )
    return pa.concat_tables([made.slice(0, 1), made.slice(1)])


@given(st.lists(IDENTITIES, min_size=1, max_size=12), st.booleans())
def test_findings_are_sorted_by_their_identity(identities, is_sorted):
    if is_sorted:
        identities = sorted(identities, key=lambda one: (*one[:6], one[6] or "3", one[7]))
    made = identified(identities)
    wanted = made.sort_by([(name, "ascending") for name in ORDER])
    assert sort_findings(made).equals(wanted)


@pytest.mark.parametrize("most", [2, 12, 40])
@given(places=st.lists(st.one_of(st.none(), st.integers(0, 7)), max_size=12))
def test_rows_of_much_text_are_those_of_little(most, places):
    words = pa.array(["", "a", None, "é", "long words", "b", "c", "d"])
    table = pa.table(
        {
            "text": pa.chunked_array([words.slice(0, 3), words.slice(3)]),
            "number": np.arange(8),
            "other": words.take(pa.array([4, 4, 0, 1, 2, 3, 4, 5])),
            "marks": pa.array([[[1, 2]], [], None, [[3, 4], [5, 6]], [], [], [], []]),
        }
    )
    chosen = pa.array(places, pa.int64())
    wanted = table.take(chosen)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "_MAX_BYTES", most)
        found = take_rows(table, chosen)
    assert found.schema == table.schema
    assert found.equals(wanted)
    assert take_rows(table, chosen).equals(wanted)
