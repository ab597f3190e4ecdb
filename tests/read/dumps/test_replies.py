"""Replies within the rows of tables: comments on a post, answers to a question."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance.read.corpus import skipped_rows

POST = {
    "id": "post17",
    "title": "On pears",
    "body": "they keep until spring",
    "url": "https://a.example/17",
    "comments": [
        {"id": "comment8", "body": "not here", "user": {"login": "ben"}, "date": "2020-01-02"}
        | {"replies": [{"id": "2", "body": "nor here", "user": {"login": "cat"}}]},
        {"id": "comment9", "body": "[deleted]"} | {"replies": [{"id": "1", "body": "who said it"}]},
        {"id": "comment0", "body": " "},
    ],
}
EXPECTED = [
    ("post17", "On pears\n\nthey keep until spring", None),
    ("comment8", "not here", "ben"),
    ("comment8.0", "nor here", "cat"),
    ("comment9.0", "who said it", None),
]


def write(path, rows):
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.fixture(params=["rows.parquet", "rows.jsonl"])
def path(request, tmp_path):
    return tmp_path / request.param


def test_comments_are_items_of_their_authors(read, path):
    write(path, [POST])
    found = read(path)
    rows = [(row["item"], row["text"], row["author"]) for row in found.rows]
    assert rows == EXPECTED
    assert {*found.column("url")} == {"https://a.example/17"}
    assert found.rows[1]["created_at"].isoformat() == "2020-01-02T00:00:00+00:00"
    assert found.skipped == {"deleted or removed": 1, "empty text": 1}


def test_members_may_be_lists_as_long_as_each_other(read, path):
    answers = {"a_id": ["x1", "x2"], "text": ["the water pulls", "pears do"], "score": [3, 2]}
    write(path, [{"title": "Why?", "selftext": "ferries lean", "answers": answers}])
    found = read(path)
    assert found.column("text") == ["Why?\n\nferries lean", "the water pulls", "pears do"]
    assert [item.rpartition("#")[2] for item in found.column("item")] == ["0", "0.0", "0.1"]


def test_comments_are_written_as_the_post_is(read, path):
    marked = "<p>not &lt;here&gt;</p>"
    write(path, [{"id": "1", "text": marked, "comments": [{"id": "2", "text": marked}]}])
    assert read(path, text_format="html").column("text") == ["not <here>"] * 2
    assert read(path, text_format="plain").column("text") == [marked] * 2


def test_comments_that_begin_late_are_read(read, tmp_path):
    rows = [{"text": f"post {n} of many", "comments": []} for n in range(3000)]
    write(tmp_path / "a.jsonl", [*rows, {"text": "the last", "comments": [{"text": "of all"}]}])
    assert read(tmp_path / "a.jsonl").column("text")[-2:] == ["the last", "of all"]


def test_texts_that_are_named_are_read_alone(read, path):
    write(path, [POST])
    assert read(path, text_column="body").column("text") == [POST["body"]]


def test_spans_and_ids_are_no_replies(read, path):
    spans = {"text": ["ferries"], "answer_start": [4]}
    write(path, [{"text": "the ferries lean", "answers": spans, "children": ["c1", "c2"]}])
    assert read(path).column("text") == ["the ferries lean"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("thread", {"count": 1, "items": [{"id": 5, "text": "there are none"}]}),
        ("latestComments", [{"id": "a1", "text": "there are none"}]),
        ("sub_comments", [{"id": "a1", "content": "there are none"}]),
        ("children", [{"string": "there are none"}]),
    ],
)
def test_replies_have_several_names(read, path, name, value):
    write(path, [{"id": "post17", "text": "where are the pears", name: value}])
    assert read(path).column("text") == ["where are the pears", "there are none"]


def test_a_thread_that_is_no_list_of_replies_is_left_alone(read, path):
    write(path, [{"id": "post17", "text": "where are they", "thread": {"id": 5, "text": "a"}}])
    assert read(path).column("text") == ["where are they"]


@pytest.mark.parametrize("page", ["data", "nodes", "edges"])
def test_replies_come_page_by_page(read, path, page):
    reply = {"comment_id": "comment8", "comment_text": "not here", "comment_author": "ben"}
    rows = [{"node": reply}] if page == "edges" else [reply]
    message = "they keep until spring if the cellar is dry enough"
    write(path, [{"message": message, "comments": {page: rows, "more": "x"}}])
    found = read(path)
    assert found.column("text") == [message, "not here"]
    assert found.rows[1]["item"] == "comment8"
    assert found.column("author") == [None, "ben"]


def test_what_is_below_a_private_post_is_private(read, path):
    reply = {"id": "comment5", "body": "nobody may read this", "is_private": False}
    hidden = {**reply, "id": "comment6", "is_private": True, "replies": [reply]}
    rows = [
        {"id": "post18", "body": "for friends", "is_private": True, "comments": [reply]},
        {"id": "post19", "body": "for everybody", "is_private": False, "comments": [hidden]},
    ]
    write(path, rows)
    found = read(path)
    assert found.column("text") == ["for everybody"]
    assert found.skipped == {"not public": 2}


@pytest.mark.parametrize(
    ("list_name", "member"), [("answers", "answer"), ("replies", "reply_text")]
)
def test_replies_may_have_their_text_under_their_own_name(read, path, list_name, member):
    replies = [{member: "because the water pulls", "author": "ann"}, {member: "they do not"}]
    write(path, [{"title": "Why do ferries lean?", "selftext": "", list_name: replies}])
    texts = ["Why do ferries lean?", "because the water pulls", "they do not"]
    assert read(path).column("text") == texts


@pytest.mark.parametrize("wrap", [list, lambda replies: {"data": replies, "paging": {}}])
def test_a_post_in_a_file_of_its_own_is_kept_beside_its_replies(read, tmp_path, wrap):
    comments = wrap([{"id": "comment8", "message": "there was not one to be seen at the quay"}])
    post = {"id": "post17", "message": "Any pears?", "comments": comments}
    (tmp_path / "17.json").write_text(json.dumps(post))
    assert read(tmp_path / "17.json").column("item") == ["post17", "comment8"]


def test_lists_of_answers_that_are_read_are_not_said_to_be_unread(read, path):
    texts = [f"The ferry number {n} came in at noon and left with pears." for n in range(9)]
    rows = [{"question": f"When did {texts[n]}", "answers": [texts[n + 3]]} for n in range(3)]
    write(path, rows)
    found = read(path)
    assert len(found.rows) == 6
    assert not found.notes


@pytest.mark.parametrize(
    ("member", "reason"),
    [
        ({"status": "deleted"}, skipped_rows.NOT_PUBLIC),
        ({"visibility": "private"}, skipped_rows.NOT_PUBLIC),
        ({"body": "nan"}, skipped_rows.EMPTY),
    ],
)
def test_replies_that_are_not_public_or_empty_are_left_out(read, path, member, reason):
    reply = {"id": "comment8", "body": "not here"} | member
    write(path, [POST | {"comments": [reply]}])
    found = read(path)
    assert found.column("item") == ["post17"]
    assert found.skipped == {reason: 1}
