"""Rows in the list of a JSON object, as interfaces and exports give them."""

import json

import pytest

from provenance.errors import ColumnMissing, DocumentTooLarge, UnsupportedFormat

POSTS = [
    {"id": f"p{n}", "text": f"post {n} says something of its own", "author": "ann"}
    for n in range(6)
]
IDS = [post["id"] for post in POSTS]
WRAPPERS = {
    "data": {"data": POSTS},
    "posts and facts": {"posts": POSTS, "count": 6, "next": None},
    "any name": {"the things": POSTS},
    "data with a description": {"description": POSTS[0]["text"] + " and more", "data": POSTS},
    "items with users": {"users": [{"name": "Ann"}], "items": POSTS},
    "nested": {"status": "ok", "response": {"posts": POSTS}},
    "list": POSTS,
}


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("wrapper", WRAPPERS.values(), ids=WRAPPERS)
def test_the_list_of_objects_is_the_table(read, tmp_path, wrapper, indent):
    path = tmp_path / "a.json"
    path.write_text(json.dumps(wrapper, indent=indent))
    found = read(path)
    assert found.column("item") == IDS
    assert found.column("text") == [post["text"] for post in POSTS]
    assert not found.skipped


BESIDE = {
    "comments": ("posts", {"comments": [{"text": "a comment"}], "posts": POSTS}),
    "data.submission": (
        "data.comments",
        {"data": {"submission": {"selftext": f"{POSTS[0]['text']} and more"}, "comments": POSTS}},
    ),
    "actions": ("cards", {"cards": POSTS, "actions": [{"of": {"text": "a comment"}}]}),
}


@pytest.mark.parametrize("beside", BESIDE)
def test_texts_beside_the_rows_are_named(read, tmp_path, beside):
    rows, wrapper = BESIDE[beside]
    path = tmp_path / "a.json"
    path.write_text(json.dumps(wrapper))
    reason = f"texts in '{beside}' beside the rows in '{rows}'; `jq .{beside}` makes a file of them"
    found = read(path)
    assert found.column("item") == IDS
    assert found.skipped == {reason: 1}


def test_pages_of_an_interface_are_one_table(read, tmp_path, lines):
    pages = [{"data": POSTS[:2], "next": 2}, {"data": POSTS[2:], "next": 6}, {"data": []}]
    (tmp_path / "a.jsonl").write_text(lines([*pages, {"error": "later"}]))
    found = read(tmp_path / "a.jsonl")
    assert found.column("item") == IDS
    assert found.skipped == {"null text": 1}


def test_rows_with_lists_stay_rows(read, tmp_path, lines):
    rows = [
        {"id": post["id"], "text": post["text"], "data": [{"text": "a part"}]} for post in POSTS
    ]
    (tmp_path / "a.jsonl").write_text(lines(rows))
    (tmp_path / "one.json").write_text(json.dumps(rows[0]))
    assert read(tmp_path / "a.jsonl").column("item") == IDS
    assert read(tmp_path / "one.json").column("item") == IDS[:1]
    prose = {"id": "q", "summary": POSTS[0]["text"] + " and more", "authors": [{"name": "Ann"}]}
    (tmp_path / "prose.json").write_text(json.dumps(prose))
    assert read(tmp_path / "prose.json", text_column="summary").column("item") == ["q"]


def test_settings_are_no_items(read, tmp_path):
    settings = {"name": "a", "version": "1", "layers": [{"kind": "conv"}, {"kind": "relu"}]}
    (tmp_path / "a.json").write_text(json.dumps(settings))
    with pytest.raises(ColumnMissing, match="no column is recognised"):
        read(tmp_path / "a.json")


@pytest.mark.parametrize("wrapper", [{"data": POSTS, "n": 6}, {"n": {"of": [1]}, "x": POSTS}])
def test_an_object_of_any_size_is_read_row_by_row(read, tmp_path, wrapper):
    path = tmp_path / "a.json"
    path.write_text(json.dumps(wrapper))
    found = read(path, max_document=200)
    assert path.stat().st_size > 400
    assert found.column("item") == IDS


def test_a_large_object_with_two_lists_is_refused(read, tmp_path):
    (tmp_path / "a.json").write_text(json.dumps({"data": POSTS, "more": POSTS}))
    with pytest.raises(UnsupportedFormat, match="several lists of objects: 'data' and 'more'"):
        read(tmp_path / "a.json", max_document=200)


def test_a_row_that_is_too_large_is_named(read, tmp_path):
    (tmp_path / "a.json").write_text(json.dumps({"data": [*POSTS, {"text": "long " * 99}]}))
    with pytest.raises(DocumentTooLarge, match=r"row \d is larger than 200"):
        read(tmp_path / "a.json", max_document=200)


def thing(kind, **data):
    return {"kind": kind, "data": {"created_utc": 1600000000, "author": "ann", **data}}


def listing(*things):
    return {"kind": "Listing", "data": {"children": [*things], "after": None}}


SUBMISSION = thing("t3", id="a", title="A title", selftext="and its text", subreddit="s")
REPLY = thing("t1", id="c2", body="a reply", replies="", link_id="t3_a")
COMMENT = thing("t1", id="c1", body="a comment", replies=listing(REPLY), link_id="t3_a")


@pytest.mark.parametrize("indent", [None, 1])
def test_pages_of_reddit_are_read_with_replies(read, tmp_path, indent):
    page = [listing(SUBMISSION), listing(COMMENT, thing("more", children=["c9"]))]
    for name, content in (("thread", page), ("list", listing(SUBMISSION, COMMENT))):
        (tmp_path / f"{name}.json").write_text(json.dumps(content, indent=indent))
        found = read(tmp_path / f"{name}.json")
        assert found.column("item") == ["t3_a", "t1_c1", "t1_c2"]
        assert found.column("text") == ["A title\n\nand its text", "a comment", "a reply"]
        assert found.skipped == ({"notice of the service": 1} if name == "thread" else {})


def test_layouts_are_recognised_within_a_list(read, tmp_path):
    hit = {"objectID": "7", "author": "ann", "created_at_i": 1600000000}
    hits = [hit | {"comment_text": "<p>one &amp; all</p>"}]
    (tmp_path / "a.json").write_text(json.dumps({"hits": hits, "nbHits": 1}))
    found = read(tmp_path / "a.json")
    assert found.column("text") == ["one & all"]
    assert found.column("url") == ["https://news.ycombinator.com/item?id=7"]


def test_rows_of_a_page_with_damaged_bytes_keep_names_that_can_be_written(read, tmp_path):
    content = json.dumps({"data": [*POSTS, {"id": "p6", "te\ud800xt": "odd"}, {"id": "p7"}]})
    damaged = content.encode().replace(b'"p7"', b'"p\xff7"')
    (tmp_path / "a.json").write_bytes(damaged)
    found = read(tmp_path / "a.json")
    assert found.column("item") == IDS
    assert found.skipped["not valid UTF-8"] == 1
