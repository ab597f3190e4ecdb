"""The page on which findings are labelled, in a real browser: answered, kept, saved, added."""

import json
import time
from datetime import UTC, datetime

import pytest

from provenance.model.results.reviews import ReviewScope
from provenance.pipeline.finding_review import export_sheet, import_labels, open_review
from provenance.report.files.report_folder import write_report
from tests.report.samples import sample_report

NUMBER = "document.getElementById('number').firstChild.textContent"
TALLY = "document.getElementById('tally').textContent"
SAID = "document.getElementById('said').textContent"
FOCUS = "document.activeElement.id"
PRESSED = "document.querySelector('[aria-pressed=true]')?.dataset.label"


@pytest.fixture
def review(tmp_path):
    """A review of which nothing is labelled, and the folder of its report."""
    write_report(sample_report(), tmp_path / "report")
    return open_review(tmp_path / "report", 300, 7, ReviewScope.ALL)


@pytest.fixture
def page(browser, review, tmp_path):
    """The page of the review, in a browser that has never seen it."""
    export_sheet(review, tmp_path / "review.html")
    with browser.without_history():
        browser.open(tmp_path / "review.html", width=1280)
        yield browser


def type_name(browser, name):
    browser.evaluate("document.getElementById('labeller').select()")
    browser.call("Input.insertText", text=name)
    browser.evaluate("document.activeElement.blur()")


def saved(browser, folder):
    """Save the labels, and give the file."""
    browser.save_downloads(folder)
    browser.events.clear()
    browser.evaluate("document.getElementById('save').click()")
    for _ in range(500):
        browser.evaluate("0")  # events are met on the way
        if any(event["params"].get("state") == "completed" for event in browser.events):
            return folder / "labels.jsonl"
        time.sleep(0.02)
    raise AssertionError("nothing was saved")


def test_keys_answer_go_back_and_change_an_answer(page, review):
    assert page.evaluate(NUMBER) == f"Finding 1 of {len(review.keys)}"
    type_name(page, "A. Osei")
    page.press("2", "s", "3")
    assert page.evaluate(NUMBER) == f"Finding 4 of {len(review.keys)}"
    assert page.evaluate(TALLY) == f"3 of {len(review.keys)} findings answered, 1 of them skipped"
    page.press("ArrowLeft", "ArrowLeft")
    assert page.evaluate(PRESSED) == "skip"
    assert page.evaluate(SAID).startswith("Answer: skip, by A. Osei, 20")
    page.press("1")
    assert page.evaluate(TALLY) == f"3 of {len(review.keys)} findings answered"
    assert page.evaluate(NUMBER) == f"Finding 4 of {len(review.keys)}"
    page.press("ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight")
    assert page.evaluate(NUMBER) == f"Finding {len(review.keys)} of {len(review.keys)}"


def test_a_name_is_asked_for_and_digits_in_it_are_no_answers(page):
    page.press("1")
    assert page.evaluate(FOCUS) == "labeller"
    assert "Type your name first" in page.evaluate(SAID)
    page.press("s", "1", "2")
    assert page.evaluate("document.getElementById('labeller').value") == "s12"
    assert page.evaluate(TALLY).startswith("0 of")
    page.evaluate("document.activeElement.blur()")
    page.press("1")
    assert page.evaluate(TALLY).startswith("1 of")
    page.evaluate("document.getElementById('keys').click()")
    page.press("1", "ArrowLeft")
    assert page.evaluate(TALLY).startswith("1 of")
    page.evaluate("document.querySelector('[data-label=chance]').click()")
    assert page.evaluate(TALLY).startswith("2 of")


def test_both_texts_are_beside_each_other_with_their_matched_words(page, review):
    tops = "[...document.querySelectorAll('#texts figure')].map((each) => each.offsetTop)"
    for place, row in enumerate(review.order.tolist()):
        found = review.findings.slice(row, 1).to_pylist()[0]
        sides = page.evaluate(tops)
        assert sides[0] == sides[1]
        for side, text, marks in ((1, "excerpt", "marks"), (2, "item_excerpt", "item_marks")):
            query = f"document.querySelectorAll('#texts figure:nth-child({side}) mark')"
            marked = page.evaluate(f"[...{query}].map((each) => each.textContent)")
            assert marked == [found[text][slice(*span)] for span in found[marks] or ()], place
        page.press("ArrowRight")


def test_answers_outlive_the_page_and_belong_to_its_sample(page, review, tmp_path):
    type_name(page, "A. Osei")
    page.press("1", "2")
    for _ in range(100):  # what one page stores, the next may see a moment late
        page.open(tmp_path / "review.html", width=1280)
        if page.evaluate(TALLY).startswith("2 of"):
            break
        time.sleep(0.05)
    assert page.evaluate(TALLY).startswith("2 of")
    assert page.evaluate(NUMBER).startswith("Finding 3 of")
    assert page.evaluate("document.getElementById('labeller').value") == "A. Osei"
    export_sheet(open_review(tmp_path / "report", 300, 8, ReviewScope.ALL), tmp_path / "other.html")
    page.open(tmp_path / "other.html", width=1280)
    assert page.evaluate(TALLY).startswith("0 of")


@pytest.mark.parametrize(
    "stored",
    [
        *("{", "null", "[1]", '"a"', '{"labels": {"KEY": "item"}}', '{"labels": 3, "labeller": 4}'),
        '{"labels": {"KEY": {"label": "<b>", "labeller": "a", "date": "2026-01-01"}}}',
        '{"labels": {"KEY": {"label": "item", "labeller": "a", "date": "<b>"}}}',
    ],
)
def test_what_others_store_in_its_place_is_no_answer(page, review, tmp_path, stored):
    key = f"provenance review {review.sample.findings} 7 all"
    text = stored.replace("KEY", review.keys[0])
    # Stored as the page loads: what one page stores, the next may see a moment late.
    script = f"localStorage.setItem({json.dumps(key)}, {json.dumps(text)})"
    page.call("Page.addScriptToEvaluateOnNewDocument", source=script)
    page.open(tmp_path / "review.html", width=1280)
    assert page.evaluate(TALLY).startswith("0 of")
    type_name(page, "A. Osei")
    page.press("1")
    assert page.evaluate(TALLY).startswith("1 of")
    assert page.complaints() == []


def test_without_storage_the_page_says_so_and_still_saves(page, review, tmp_path):
    unkept = "document.getElementById('unkept').hidden"
    assert page.evaluate(unkept)
    page.evaluate("Storage.prototype.setItem = () => { throw new Error('full'); }")
    type_name(page, "A. Osei")
    page.press("1")
    assert not page.evaluate(unkept)
    assert len(import_labels(review, saved(page, tmp_path), "B").labels) == 1


def test_the_file_is_added_with_labels_skipped_ones_labeller_and_date(page, review, tmp_path):
    assert page.evaluate("document.getElementById('save').disabled")
    name = "Ö. \u202e王\u2028 <b>"
    type_name(page, name)
    page.press("1", "2", "3", "s")
    path = saved(page, tmp_path)
    assert path.read_bytes().isascii()
    labels = import_labels(review, path, "nobody").labels
    today = datetime.now(UTC).date()
    assert list(labels) == list(review.keys[:4])
    assert [str(each.label) for each in labels.values()] == ["item", "quotation", "chance", "skip"]
    assert {each.date for each in labels.values()} <= {today}
    (labeller,) = {each.labeller for each in labels.values()}
    assert labeller == name


def test_the_end_of_the_sample_says_what_to_do(page, review):
    type_name(page, "A. Osei")
    page.press("ArrowRight", *"1" * len(review.keys))
    assert page.evaluate(NUMBER) == f"Finding 1 of {len(review.keys)}"
    assert "All findings are answered: save the labels." in page.evaluate(SAID)
    assert page.evaluate("document.getElementById('progress').value") == len(review.keys)


def test_a_key_held_down_is_one_answer(page):
    type_name(page, "A. Osei")
    press = {"type": "keyDown", "key": "1", "text": "1"}
    for repeated in (False, True, True):
        page.call("Input.dispatchKeyEvent", autoRepeat=repeated, **press)
    assert page.evaluate(TALLY).startswith("1 of")


def test_hostile_texts_make_no_element_and_run_nothing(page, tmp_path):
    said = ""
    for _ in range(10):
        assert page.evaluate("document.querySelectorAll('img, b, i').length") == 0
        assert page.evaluate("[...document.links].every((e) => /^(http|file)/.test(e.protocol))")
        said += page.evaluate("document.getElementById('texts').textContent")
        page.press("ArrowRight")
    assert "<script>alert('page')</script>" in said
    assert "javascript:alert('url')" in said
    assert page.complaints() == []
    assert page.requests() == [(tmp_path / "review.html").as_uri()]
