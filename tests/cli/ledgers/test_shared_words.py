"""Items that have words in common: only those of equal text are one, and none is passed over."""

import csv
from io import StringIO

import pytest

from tests.cli.ledgers.audits import ask, ok, page, said, sentence, write

COMMON = sentence("what both quote", 14)
LONG = f"{sentence('long', 5)} {COMMON} {sentence('long too', 5)}"
OTHER = f"{sentence('other', 12)} {COMMON} {sentence('other too', 12)}"
REPORT = ("--report", "report")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Posts of which two share words and two are equal; a dataset has all but `other` whole."""
    folder = tmp_path_factory.mktemp("shared")
    texts = {"long": LONG, "other": OTHER, "first": sentence("equal"), "second": sentence("equal")}
    posts = [
        {"id": name, "text": text, "author": f"author of {name}"} for name, text in texts.items()
    ]
    write(folder / "posts.jsonl", posts)
    ok(folder, "registry", "build", "reg", "--source", "chirp", "posts.jsonl", "-q")
    write(folder / "pages.jsonl", [page(0, LONG), page(1, texts["first"])])
    check = ("check", "pages.jsonl", "--registry", "reg", "-q", "--no-common-background")
    ok(folder, *check, "-o", "report", "--exit-zero")
    return folder


def test_different_items_that_share_words_are_not_equal(place):
    document = ask(place, "chirp", *REPORT)
    assert "3 items with distinct ids, 2 after de-duplication" in said(document, 4, "measured")


@pytest.mark.parametrize("question", [("--item", "other"), ("--author", "author of other")])
def test_words_that_an_item_shares_are_no_copy_of_it_and_not_absent(place, question):
    document = ask(place, *question, *REPORT, "--registry", "reg")
    text = said(document, 4, "measured")
    assert "1 passage attributed to other items, with words that what was asked about has" in text
    assert "not found" not in text
    assert "nothing was found" not in text
    assert [each["items"] for each in document["datasets"]] == [0]


def test_an_equal_item_is_found_under_each_of_its_ids(place):
    for name in ("first", "second"):
        document = ask(place, "--item", name, *REPORT)
        assert "2 items with distinct ids, 1 after de-duplication" in said(document, 4, "measured")


def test_a_list_of_works_says_which_only_share_words(place):
    (place / "works.csv").write_text("id\nlong\nother\nsecond\nnone\n")
    ok(place, "audit", "--works", "works.csv", *REPORT, "--registry", "reg", "-o", "works", "-q")
    table = csv.DictReader(StringIO((place / "works" / "works.csv").read_text()))
    found = {row["work"]: row["found"] for row in table}
    assert found == {
        "long": "yes",
        "other": "shared words only",
        "second": "yes",
        "none": "not searched for",
    }
