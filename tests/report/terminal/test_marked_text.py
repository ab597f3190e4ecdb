"""Marks stand below the words that they mark, whatever the words are."""

from hypothesis import given
from hypothesis import strategies as st

from provenance.report.terminal.marked_text import marked_lines
from provenance.report.text.cell_width import cell_width

PIECES = st.lists(
    st.tuples(st.text("ab \n漢e\u0301\x1b\u202e", max_size=12), st.booleans()), max_size=8
)


@given(PIECES, st.integers(2, 20))
def test_no_line_is_too_wide_and_nothing_is_lost(pieces, width):
    lines = marked_lines(pieces, width)
    whole = marked_lines(pieces, 10_000)
    assert "".join(line for line, _ in lines) == "".join(line for line, _ in whole)
    assert all(cell_width(line.rstrip()) <= width for line, _ in lines)
    assert all(cell_width(marks) <= max(width, cell_width(line)) for line, marks in lines)
    assert not {"\x1b", "\u202e", "\n"} & set("".join(line for line, _ in lines))


@given(PIECES, st.integers(2, 20))
def test_marks_cover_as_many_cells_as_the_marked_words(pieces, width):
    marked = sum(marks.count("^") for _, marks in marked_lines(pieces, width))
    whole = sum(marks.count("^") for _, marks in marked_lines(pieces, 10_000))
    assert marked == whole


def test_words_stay_whole_where_they_can():
    text = [("one two ", False), ("three", True), (" " + "x" * 12, False)]
    assert marked_lines(text, 9) == [
        ("one two ", ""),
        ("three ", "^^^^^"),
        ("x" * 9, ""),
        ("x" * 3, ""),
    ]
