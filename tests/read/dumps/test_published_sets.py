"""Sources that publish the same records as JSON and as tables."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance.errors import UnsupportedFormat


def only(found):
    (row,) = found.rows
    return row


def test_a_story_has_its_title_and_the_address_of_its_thread(read, lines, tmp_path):
    path = tmp_path / "items.json"
    story = {
        "by": "ann",
        "id": 8863,
        "time": 1_175_714_200,
        "title": "Ask HN: which?",
        "text": "I&#x27;d like<p>one&#x2F;two",
        "type": "story",
        "url": "https://elsewhere.example",
        "descendants": 3,
    }
    path.write_text(lines([story]))
    row = only(read(path))
    assert row["text"] == "Ask HN: which?\n\nI'd like\n\none/two"
    assert row["url"] == "https://news.ycombinator.com/item?id=8863"
    assert (row["item"], row["author"]) == ("8863", "ann")
    assert row["created_at"].isoformat() == "2007-04-04T19:16:40+00:00"


@pytest.mark.parametrize("gone", [{"dead": True}, {"deleted": "true"}, {"text": "[flagged]"}])
def test_what_is_gone_is_no_item(read, tmp_path, write, gone):
    comment = {"id": "1", "by": "a", "time": "1500000000", "text": "b", "parent": "2"}
    for name in ("p.jsonl", "p.csv"):
        write(tmp_path / name, [comment, comment | {"id": "2"} | gone])
        found = read(tmp_path / name)
        assert found.column("text") == ["b"]
        assert found.skipped == {"deleted or removed": 1}


def test_hits_of_the_search_are_items(read, lines, tmp_path):
    hit = {
        "objectID": "9",
        "author": "ann",
        "created_at_i": 1_500_000_000,
        "title": None,
        "comment_text": "a<p>b",
    }
    (tmp_path / "hits.jsonl").write_text(lines([hit]))
    row = only(read(tmp_path / "hits.jsonl"))
    assert (row["item"], row["text"]) == ("9", "a\n\nb")


def test_a_paper_has_abstract_authors_licence_and_first_date(read, lines, tmp_path):
    paper = {
        "id": "0704.0001",
        "submitter": "Ann",
        "authors": "Ann A., Ben B.",
        "title": "On a\n  thing",
        "categories": "math.CO",
        "license": "http://creativecommons.org/licenses/by/4.0/",
        "abstract": "  We show\nthat it is.\n",
        "versions": [{"version": "v1", "created": "Mon, 2 Apr 2007 19:18:42 GMT"}],
        "update_date": "2008-11-26",
    }
    (tmp_path / "arxiv.json").write_text(lines([paper]))
    row = only(read(tmp_path / "arxiv.json"))
    assert row["text"] == "On a thing\n\nWe show that it is."
    assert (row["item"], row["url"]) == ("0704.0001", "https://arxiv.org/abs/0704.0001")
    assert (row["author"], row["licence"]) == (paper["authors"], paper["license"])
    assert row["created_at"].isoformat() == "2007-04-02T19:18:42+00:00"


def test_a_file_of_the_stack_has_id_licences_and_address(read, tmp_path):
    row = {
        "hexsha": "ab12",
        "content": "x = 1",
        "max_stars_repo_name": "ann/tool",
        "max_stars_repo_path": "src/x.py",
        "max_stars_repo_head_hexsha": "c0ffee",
        "max_stars_repo_licenses": ["MIT", "Apache-2.0"],
        "size": 5,
    }
    pq.write_table(pa.Table.from_pylist([row]), tmp_path / "p.parquet")
    found = only(read(tmp_path / "p.parquet"))
    assert (found["item"], found["licence"]) == ("ab12", "MIT, Apache-2.0")
    assert found["url"] == "https://github.com/ann/tool/blob/c0ffee/src/x.py"
    assert found["author"] == "ann"


def test_every_file_of_a_repository_is_an_item(read, tmp_path):
    files = [
        {"path": "a.py", "content": "x = 1", "language": "Python"},
        {"path": "b.py", "content": "y = 2", "language": "Python"},
        {"path": "c.py", "content": "", "language": "Python"},
    ]
    row = {
        "repo_path": "ann/tool",
        "commit_id": "c0ffee",
        "detected_licenses": ["MIT"],
        "files": files,
        "file_timestamp": 1_700_000_000,
    }
    pq.write_table(pa.Table.from_pylist([row]), tmp_path / "p.parquet")
    found = read(tmp_path / "p.parquet")
    assert found.column("item") == ["ann/tool/a.py", "ann/tool/b.py"]
    assert found.column("licence") == ["MIT", "MIT"]
    assert found.skipped == {"empty text": 1}


def test_a_list_of_files_without_contents_is_refused(read, tmp_path):
    row = {
        "blob_id": "ab12",
        "path": "/x.py",
        "repo_name": "ann/tool",
        "detected_licenses": ["MIT"],
    }
    pq.write_table(pa.Table.from_pylist([row]), tmp_path / "p.parquet")
    with pytest.raises(UnsupportedFormat, match="without their content") as caught:
        read(tmp_path / "p.parquet")
    assert "blob_id" in caught.value.remedy


PUBLIC = ["https://www.w3.org/ns/activitystreams#Public"]


def test_public_posts_of_an_outbox_are_items(read, tmp_path):
    note = {
        "id": "https://a.example/users/ann/statuses/1",
        "url": "https://a.example/@ann/1",
        "published": "2022-11-08T03:07:14Z",
        "attributedTo": "https://a.example/users/ann",
        "summary": "birds",
        "content": "<p>one &amp; two</p>",
        "contentMap": {"en": "<p>one &amp; two</p>"},
        "to": PUBLIC,
    }
    activities = [
        {"type": "Create", "object": note},
        {"type": "Create", "object": note | {"to": ["https://a.example/users/ann/followers"]}},
        {"type": "Create", "object": note | {"id": "2", "to": [], "cc": PUBLIC}},
        {"type": "Announce", "object": "https://b.example/1"},
        {"type": "Delete", "object": "3"},
    ]
    path = tmp_path / "outbox.json"
    path.write_text(json.dumps({"@context": {"a": [{}]}, "orderedItems": activities}, indent=1))
    found = read(path)
    row = found.rows[0]
    assert (row["item"], row["url"], row["author"]) == (
        note["id"],
        note["url"],
        note["attributedTo"],
    )
    assert (row["text"], row["language"]) == ("birds\n\none & two", "en")
    assert len(found.rows) == 2
    assert found.skipped == {
        "not public": 1,
        "repost without its original": 1,
        "deletion notice": 1,
    }


def test_an_outbox_larger_than_the_limit_of_a_post_is_read(read, tmp_path):
    activities = [
        {"type": "Create", "object": {"id": f"n{n}", "content": "words " * 50, "to": PUBLIC}}
        for n in range(200)
    ]
    path = tmp_path / "outbox.json"
    path.write_text(json.dumps({"orderedItems": activities, "type": "OrderedCollection"}))
    assert path.stat().st_size > 50_000
    assert len(read(path, max_document=10_000).rows) == 200


def test_a_repeated_status_is_of_its_author(read, lines, tmp_path):
    original = {
        "id": "1",
        "uri": "https://b.example/1",
        "content": "<p>a</p>",
        "account": {"acct": "ben@b.example"},
        "visibility": "public",
        "language": "de",
    }
    repost = {**original, "id": "2", "content": "", "account": {"acct": "ann"}, "reblog": original}
    private = [{**original, "visibility": kind} for kind in ("direct", ["public"])]
    (tmp_path / "s.jsonl").write_text(lines([repost, *private]))
    found = read(tmp_path / "s.jsonl")
    assert (only(found)["author"], only(found)["item"]) == ("ben@b.example", "https://b.example/1")
    assert found.skipped == {"repost; its original is an item": 1, "not public": 2}
