"""Text in cells: nothing is wider than it may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.report.text.cell_width import cell_width, pad, truncate, truncate_start, wrap

TEXTS = st.text(st.characters(categories=["L", "M", "N", "P", "S", "Zs"]), max_size=80)


@given(TEXTS, st.integers(1, 40))
def test_a_shortened_text_fits(text, width):
    assert cell_width(truncate(text, width)) <= width


@given(TEXTS, st.integers(2, 40))
def test_a_text_shortened_at_its_start_fits_and_keeps_its_end(text, width):
    short = truncate_start(text, width)
    assert cell_width(short) <= width
    assert text.endswith(short.removeprefix("…"))


@given(TEXTS, st.integers(1, 40))
def test_a_padded_text_fits_exactly(text, width):
    assert cell_width(pad(text, width)) == width


@given(TEXTS, st.integers(2, 40))
def test_wrapping_loses_no_word_and_no_line_is_too_wide(text, width):
    lines = wrap(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(cell_width(line) <= width for line in lines)


def test_lines_hang_under_the_first():
    assert wrap("one two three", 9, "- ", "  ") == ["- one two", "  three"]


def test_a_short_text_is_left_alone():
    assert truncate("short", 5) == "short"
    assert truncate("shorter", 5) == "shor…"


@pytest.mark.parametrize("text", ["e" + "\u0301" * 10_000, "\u200b" * 10_000])
def test_a_pile_of_signs_without_width_is_cut(text):
    assert len(truncate(text, 20)) <= 81
    assert all(len(line) <= 81 for line in wrap(text, 20))
