"""Findings by file, column and year: nothing is lost, and nothing counted twice."""

from collections import Counter
from datetime import UTC, datetime

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from provenance.model.content.tables import FINDINGS
from provenance.model.rules.terms import Verdict
from provenance.report.aggregates.charts import UNDATED, breakdowns, stack_segments
from tests.report.sample_findings import finding, findings_table

ROWS = st.lists(
    st.builds(
        lambda row, file, field, year, tokens, source: finding(
            f"page-{row}",
            source,
            "[[a]]",
            None,
            file=file,
            field=field,
            tokens=tokens,
            created_at=year and datetime(year, 12, 31, 23, 59, tzinfo=UTC),
        ),
        st.integers(0, 5),
        st.sampled_from([f"f{n}" for n in range(15)]),
        st.sampled_from(["text", "messages[0].content", "messages[12].content"]),
        st.none() | st.integers(2008, 2026),
        st.integers(0, 50),
        st.sampled_from(["x", "reddit", "stackexchange"]),
    ),
    min_size=1,
    max_size=60,
)


@given(ROWS)
def test_every_breakdown_counts_every_word_once(rows):
    for each in breakdowns(findings_table(rows)):
        shown = sum(part.total for part in each.parts)
        assert shown + each.rest == sum(row["tokens"] for row in rows)
        assert all(sum(part.tokens.values()) == part.total for part in each.parts)
        assert len({part.key for part in each.parts}) == len(each.parts) <= 25


@given(ROWS, st.integers(1, 7))
def test_findings_in_many_chunks_are_counted_as_one(rows, size):
    table = findings_table(rows)
    parts = [table.slice(first, size) for first in range(0, len(rows), size)]
    copied = [pa.Table.from_pylist(part.to_pylist(), FINDINGS) for part in parts]
    assert breakdowns(pa.concat_tables(copied)) == breakdowns(table)


@given(ROWS)
def test_a_document_counts_once_in_a_file(rows):
    wanted = Counter(file for file, _ in {(row["file"], row["row"]) for row in rows})
    by_file, *_ = breakdowns(findings_table(rows))
    for part in by_file.parts:
        assert part.documents == wanted[part.key]
        assert part.findings == sum(row["file"] == part.key for row in rows)


def test_the_messages_of_a_conversation_are_one_column():
    rows = [finding(f"p{n}", "x", "[[a]]", None, field=f"messages[{n}].content") for n in range(3)]
    _, column, _ = breakdowns(findings_table(rows))
    assert [part.key for part in column.parts] == ["messages[].content"]


def test_years_stand_in_their_order_and_undated_items_last():
    years = [None, 2024, 2009, 2024]
    rows = [
        finding(f"p{n}", "x", "[[a]]", None, created_at=y and datetime(y, 1, 1, tzinfo=UTC))
        for n, y in enumerate(years)
    ]
    year = breakdowns(findings_table(rows))[-1]
    assert [part.key for part in year.parts] == ["2009", "2024", UNDATED]


def test_the_smallest_files_are_counted_together():
    rows = [finding("p", "x", "[[a]]", None, file=f"f{n:02}", tokens=n) for n in range(20)]
    by_file, *_ = breakdowns(findings_table(rows))
    assert by_file.parts[0].key == "f19"
    assert (by_file.others, by_file.rest) == (8, sum(range(8)))


def test_nothing_found_is_nothing_counted():
    assert breakdowns(FINDINGS.empty_table()) == ()


@given(st.dictionaries(st.sampled_from(Verdict), st.integers(0, 1000)), st.integers(0, 1000))
def test_pieces_of_a_bar_follow_each_other_and_leave_nothing_out(amounts, more):
    most = sum(amounts.values()) + more
    pieces = stack_segments(amounts, most)
    at = 0.0
    for piece, amount in zip(pieces, amounts.values(), strict=True):
        assert abs(piece.x - at) < 0.01
        assert abs(piece.width - 100 * amount / max(most, 1)) < 0.01
        at += piece.width
    assert at <= 100.01
