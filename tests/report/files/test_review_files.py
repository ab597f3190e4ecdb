"""review.jsonl, and what a terminal shows of a review."""

from dataclasses import replace
from datetime import date

import pytest

from provenance.errors import CorruptFile
from provenance.model.results.reviews import FindingLabel, ReviewLabel, ReviewSample, ReviewScope
from provenance.report.files.review_jsonl import read_review, write_review
from provenance.report.terminal.review_screen import QUESTION, review_screen
from provenance.report.terminal.terminal_style import TerminalStyle
from provenance.report.text.cell_width import cell_width
from tests.report.sample_findings import FOUND, findings_table

SAMPLE = ReviewSample("7c" * 32, 3, 200, ReviewScope.COUNTED)
LABEL = FindingLabel(
    "f0123456789abcdef", ReviewLabel.SKIP, "A. Osei", date(2026, 3, 1), 0.25, "page-1", "x", None
)


def test_a_review_is_read_as_it_was_written(tmp_path):
    path = tmp_path / "review.jsonl"
    assert read_review(path) is None
    labels = [LABEL, replace(LABEL, finding="f1", item="7", labeller="\u202e王\n")]
    write_review(SAMPLE, labels, path)
    assert read_review(path) == (SAMPLE, {label.finding: label for label in labels})


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("review/1", "review/2", "line 1: the schema is 'provenance/review/2'"),
        ('"seed": 3, ', "", "line 1: 'seed'"),
        ('"skip"', '"skipped"', "line 2: 'skipped'"),
        ('{"finding"', '["finding"', "line 2: "),
        ("2026-03-01", "2026-03-41", "line 2: "),
    ],
)
def test_a_damaged_review_names_the_line(tmp_path, old, new, message):
    path = tmp_path / "review.jsonl"
    write_review(SAMPLE, [LABEL], path)
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(CorruptFile, match=message):
        read_review(path)
    path.write_text("")
    with pytest.raises(CorruptFile, match="line 1"):
        read_review(path)


@pytest.mark.parametrize("height", [5, 24, 60])
@pytest.mark.parametrize("width", [40, 80])
def test_a_screen_fits_and_nothing_in_it_acts(width, height):
    evil = "\x1b]0;owned\x07\x1b[2J\u202e" + "今天" * 500 + "\n> i\n"
    rows = findings_table(FOUND).to_pylist()
    texts = dict.fromkeys(("excerpt", "item_excerpt", "url", "document", "item"), evil)
    rows.append({**rows[0], **texts, "marks": [[3, 900]], "item_marks": [[0, 5]]})
    for row in rows:
        screen = review_screen(row, (3, 1200), "item", TerminalStyle(width, False), height)
        lines = screen.splitlines()
        assert max(map(cell_width, lines)) <= width
        assert screen.isprintable() or set(filter(lambda c: not c.isprintable(), screen)) == {"\n"}
        if height == 24:
            assert len(lines) < height
        assert " ".join(screen.split()).endswith(" ".join(QUESTION.split()))
        assert "Finding 3 of 1,200" in screen


def test_what_the_tool_thinks_is_not_shown():
    row = findings_table(FOUND).to_pylist()[0]
    said = {"origin": "item", "verdict": "forbidden", "strength": 20.0}
    other = {"origin": "quotation", "verdict": "unknown", "strength": 99.0}
    style = TerminalStyle(80, False)
    screens = {review_screen(row | each, (1, 2), None, style, 24) for each in (said, other)}
    assert len(screens) == 1


def test_both_texts_stand_beside_each_other_with_their_matched_words():
    row = findings_table(FOUND).to_pylist()[0]
    row |= {"excerpt": "so we all live here", "marks": [[6, 14]]}
    row |= {"item_excerpt": "all live", "item_marks": [[0, 8]]}
    screen = review_screen(row, (1, 2), None, TerminalStyle(80, False), 24)
    assert f"{'so we all live here':38} | all live\n{'      ^^^^^^^^':38} | ^^^^^^^^\n" in screen
    bare = review_screen({**row, "excerpt": None}, (1, 2), None, TerminalStyle(80, False), 24)
    assert f"{'(no text was kept)':38} | all live\n" in bare
