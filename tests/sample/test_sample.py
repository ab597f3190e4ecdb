"""The sample is what its README says."""

import json
import re
import tomllib
from collections import Counter
from datetime import datetime
from itertools import pairwise

import pytest

DUMPS = {
    "x": ("social.jsonl", 122),
    "stackexchange": ("qa.jsonl", 50),
    "cc0-1.0": ("commons.jsonl", 40),
    "rope-street-forum": ("forum.jsonl", 24),
}
SHARED_PHRASES = (
    "for the first time in my life",
    "actions speak louder than words",
    "better late than never",
    "practice makes perfect",
    "a picture is worth a thousand words",
    "easier said than done",
    "it's the thought that counts",
    "prevention is better than cure",
    "rome wasn't built in a day",
    "until further notice",
)


def read(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def folder(root):
    return root / "provenance" / "sample"


@pytest.fixture(scope="module")
def pages(folder):
    return {page["id"]: page for page in read(folder / "pages.jsonl")}


@pytest.fixture(scope="module")
def truth(folder):
    return read(folder / "truth.jsonl")


@pytest.fixture(scope="module")
def items(folder):
    return {
        (source, item["id"]): item
        for source, (name, _) in DUMPS.items()
        for item in read(folder / name)
    }


@pytest.mark.parametrize("source", DUMPS)
def test_a_dump_is_complete(folder, source):
    name, count = DUMPS[source]
    rows = read(folder / name)
    assert len(rows) == count
    for column in ("id", "url", "text"):
        assert len({row[column] for row in rows}) == count
    for row in rows:
        assert datetime.fromisoformat(row["created_at"]).tzinfo
        assert row["author"]


def test_pages_are_told_apart_and_of_a_page_s_length(pages):
    assert len(pages) == 153
    assert len({page["url"] for page in pages.values()}) == 153
    assert {tuple(page) for page in pages.values()} == {("id", "url", "text")}
    spaced = [page["text"] for page in pages.values() if page["text"].isascii()]
    assert all(100 <= len(text.split()) <= 600 for text in spaced)


def test_posts_are_of_a_post_s_length(items):
    posts = [item["text"] for (source, _), item in items.items() if source == "x"]
    assert all(len(text) <= 280 for text in posts)
    assert all(3 <= len(text.split()) <= 45 for text in posts if text.isascii())


def test_nobody_is_meant(items):
    posts = [item for (source, _), item in items.items() if source == "x"]
    handles = {post["author"] for post in posts}
    handles |= {name for post in posts for name in re.findall(r"@(\w+)", post["text"])}
    assert min(map(len, handles)) > 15, "the network allows fifteen characters"
    assert all(int(post["id"]) >= 7_700_000_000_000_000_000 for post in posts)


def test_the_truth_points_into_the_pages(pages, truth, items):
    for row in truth:
        text = pages[row["page"]]["text"]
        assert 0 <= row["start"] < row["end"] <= len(text)
        if row["evidence"] == "link":
            assert (row["item"], row["edit"]) == (None, None)
            continue
        copy, item = text[row["start"] : row["end"]], items[row["source"], row["item"]]["text"]
        assert (copy == item) == (row["edit"] == "verbatim")
        assert copy == copy.strip()


def test_edited_copies_keep_most_of_their_words(pages, truth, items):
    for row in truth:
        if row["evidence"] == "link" or row["edit"] == "escaped":
            continue
        copy = pages[row["page"]]["text"][row["start"] : row["end"]]
        theirs = Counter(re.findall(r"\w+", items[row["source"], row["item"]]["text"].lower()))
        ours = Counter(re.findall(r"\w+", copy.lower()))
        assert (ours & theirs).total() >= 0.65 * theirs.total()


def test_every_edit_and_every_source_is_there(truth):
    assert {row["edit"] for row in truth} == {
        None, "anonymised", "changed", "cut", "escaped", "lower", "typo", "verbatim",
    }  # fmt: skip
    assert {row["source"] for row in truth} == {*DUMPS, "reddit"}
    assert {row["evidence"] for row in truth} == {"content", "link"}


def test_spans_of_one_page_do_not_overlap(truth):
    rows = sorted(truth, key=lambda row: (row["page"], row["start"]))
    for left, right in pairwise(rows):
        assert left["page"] != right["page"] or left["end"] <= right["start"]


@pytest.mark.parametrize("phrase", SHARED_PHRASES)
def test_posts_and_pages_both_use_the_phrase(phrase, pages, items):
    posts = [item["text"].lower() for (source, _), item in items.items() if source == "x"]
    assert any(phrase in text for text in posts)
    assert any(phrase in page["text"].lower() for page in pages.values())


def test_one_text_stands_in_two_sources(items):
    sources = {}
    for (source, _), item in items.items():
        sources.setdefault(item["text"], set()).add(source)
    assert [found for found in sources.values() if len(found) > 1] == [{"x", "cc0-1.0"}]


def test_the_policy_is_one(folder):
    policy = tomllib.loads((folder / "provenance.toml").read_text("utf-8"))
    assert policy["check"]["purpose"] == "pretraining"
    assert policy["gate"] == {"forbidden": "0%"}
    assert [waiver["reason"] for waiver in policy["waivers"]] == ["own-content"]
    assert [agreement["source"] for agreement in policy["agreements"]] == ["reddit"]


def test_the_sample_is_small(folder):
    assert sum(path.stat().st_size for path in folder.iterdir() if path.is_file()) <= 600_000
