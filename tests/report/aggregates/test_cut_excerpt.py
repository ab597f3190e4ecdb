"""Excerpts: their words in order, matched ones marked, and no more than a page can hold."""

from hypothesis import given
from hypothesis import strategies as st

from provenance.report.aggregates.top_findings import cut_excerpt

SPANS = st.lists(st.tuples(st.integers(-5, 60), st.integers(-5, 60)), max_size=6)


@given(st.text(max_size=50), SPANS, st.integers(0, 9), st.integers(1, 60))
def test_pieces_join_to_a_part_of_the_text(text, marks, lead, limit):
    shown = cut_excerpt(text, marks, lead, limit)
    joined = "".join(piece for piece, _ in shown.pieces)
    assert joined in text
    assert len(joined) <= limit
    assert all(piece for piece, _ in shown.pieces)
    assert shown.before or text.startswith(joined)
    assert shown.after or text.endswith(joined)


@given(st.text(max_size=50), SPANS)
def test_exactly_the_marked_characters_are_marked(text, marks):
    flags = [marked for piece, marked in cut_excerpt(text, marks, 0, 99).pieces for _ in piece]
    assert flags == [any(s <= at < e for s, e in marks) for at in range(len(text))]


def test_marks_count_code_points():
    assert cut_excerpt("🍊🍊 ja", [(1, 2)], 0, 99).pieces == (
        ("🍊", False),
        ("🍊", True),
        (" ja", False),
    )


def test_a_long_text_begins_shortly_before_its_first_mark():
    shown = cut_excerpt(
        "a" * 1_000_000 + "match" + "b" * 1_000_000, [(1_000_000, 1_000_005)], 10, 100
    )
    assert shown.pieces[:2] == (("a" * 10, False), ("match", True))
    assert shown.before
    assert shown.after
