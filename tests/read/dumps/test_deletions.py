"""Records in dumps that say that an item was deleted."""

import base64
import json
from datetime import date

import cbor2
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

DID = "did:plc:abc"
POST = "app.bsky.feed.post"
COMMENT = {"id": "kod", "body": "said", "created_utc": 1_700_000_000, "link_id": "t3_1"}
GONE = {"was_deleted_later": True, "removal_type": "removed by reddit"}
META = {"retrieved_2nd_on": 1_702_000_000, **GONE}
GNIP = {"objectType": "activity", "actor": {}, "verb": "delete"}
TAG = "tag:search.twitter.com,2005:"
JETSTREAM = {"did": DID, "time_us": 1_709_600_000_000_000, "kind": "commit"}
COMMIT = {"operation": "delete", "collection": POST, "rkey": "3k"}
EVENT = {"thing": "comment", "name": "t1_kod", "permalink": "/r/a/comments/1/_/kod/"}
ADDRESS = f"at://{DID}/{POST}/3k"


@pytest.mark.parametrize(
    ("record", "item", "day", "reason"),
    [
        (
            {"delete": {"status": {"id": 7, "id_str": "7"}, "timestamp_ms": "1400000000000"}},
            *("7", date(2014, 5, 13), "deleted"),
        ),
        ({"delete": {"status": {"id": 7}}}, "7", None, "deleted"),
        (
            {**GNIP, "object": {"id": f"{TAG}7"}, "postedTime": "2016-07-29T01:41:44Z"},
            *("7", date(2016, 7, 29), "deleted"),
        ),
        ({**JETSTREAM, "commit": COMMIT}, ADDRESS, date(2024, 3, 5), "deleted"),
        (
            {"id": 9, "type": "job", "time": 1_500_000_000, "deleted": True},
            "9",
            None,
            "deleted",
        ),
        ({"id": 9, "by": "a", "time": 1_500_000_000, "text": "b", "dead": 1}, "9", None, "dead"),
        ({**COMMENT, "_meta": META}, "t1_kod", date(2023, 12, 8), "removed by reddit"),
        ({**COMMENT, "_meta": {"was_deleted_later": True}}, "t1_kod", None, "deleted"),
        (
            {**EVENT, "$event": {"action": "gone", "created": 1_700_000_000}},
            *("t1_kod", date(2023, 11, 14), "gone"),
        ),
    ],
)
def test_a_record_names_the_item_with_day_and_reason(
    read, lines, tmp_path, record, item, day, reason
):
    (tmp_path / "dump.jsonl").write_text(lines([record]))
    found = read(tmp_path / "dump.jsonl")
    assert found.rows == []
    assert found.deletions == [{"source": "s", "item": item, "date": day, "reason": reason}]
    assert sum(found.skipped.values()) == 1


@pytest.mark.parametrize(
    "record",
    [
        {**JETSTREAM, "commit": {**COMMIT, "collection": "app.bsky.feed.like"}},
        {**EVENT, "$event": {"action": "approved", "created": 1_700_000_000}},
        {**EVENT, "name": "t2_somebody", "$event": {"action": "deleted"}},
        {**COMMENT, "_meta": {"was_deleted_later": False, "was_initially_deleted": True}},
        {**COMMENT, "body": "[deleted]"},
        {"id": 9, "by": "a", "time": 1_500_000_000, "text": "[flagged]", "parent": 8},
        {"delete": {"status": {"user_id": 3}}},
    ],
)
def test_other_records_delete_nothing(read, lines, tmp_path, record):
    (tmp_path / "dump.jsonl").write_text(lines([record]))
    assert read(tmp_path / "dump.jsonl").deletions == []


def test_comments_read_by_column_and_one_by_one_give_the_same(read, lines, tmp_path):
    posts = [COMMENT, {**COMMENT, "id": "b", "_meta": META}, {**COMMENT, "id": "c", "_meta": GONE}]
    (tmp_path / "lines.jsonl").write_text(lines(posts))
    (tmp_path / "array.json").write_text(json.dumps(posts))
    pq.write_table(pa.Table.from_pylist(posts[1:]), tmp_path / "table.parquet")
    by_column = read(tmp_path / "lines.jsonl").deletions
    assert [row["item"] for row in by_column] == ["t1_b", "t1_c"]
    assert by_column == read(tmp_path / "array.json").deletions
    assert by_column == read(tmp_path / "table.parquet").deletions


def test_the_archive_of_a_user_names_deleted_posts(read, tmp_path):
    (tmp_path / "tweets.js").write_text("window.YTD.tweets.part0 = []")
    gone = {"id_str": "3", "full_text": "gone", "deleted_at": "Wed Oct 19 20:07:25 +0000 2022"}
    content = json.dumps([{"tweet": gone}])
    (tmp_path / "deleted-tweets.js").write_text(f"window.YTD.deleted_tweets.part0 = {content}")
    (found,) = read(tmp_path).deletions
    assert (found["item"], found["date"]) == ("3", date(2022, 10, 19))


def test_a_commit_of_the_firehose_names_deleted_posts(read, tmp_path):
    gone = {"action": "delete", "path": f"{POST}/3k", "cid": None}
    like = {"action": "delete", "path": "app.bsky.feed.like/3k", "cid": None}
    header = cbor2.dumps({"roots": [], "version": 1})
    blocks = base64.b64encode(bytes([len(header)]) + header).decode()
    frame = {
        "repo": DID,
        "ops": [gone, like],
        "blocks": {"$bytes": blocks},
        "time": "2024-03-05T00:00:00Z",
    }
    (tmp_path / "commits.jsonl").write_text(json.dumps(frame) + "\n")
    (found,) = read(tmp_path / "commits.jsonl").deletions
    assert (found["item"], found["date"]) == (ADDRESS, date(2024, 3, 5))


def test_deleted_citations_and_posts_of_an_outbox(read, tmp_path):
    (tmp_path / "p.xml").write_text(
        "<PubmedArticleSet><DeleteCitation><PMID>8</PMID><PMID>9</PMID></DeleteCitation>"
        "</PubmedArticleSet>"
    )
    assert [row["item"] for row in read(tmp_path / "p.xml").deletions] == ["8", "9"]
    note = "https://social.example/users/a/statuses/1"
    activities = [
        {"type": "Delete", "object": note, "published": "2024-03-05T00:00:00Z"},
        {"type": "Delete", "object": {"type": "Tombstone", "id": note}},
        {"type": "Delete"},
    ]
    (tmp_path / "outbox.json").write_text(json.dumps({"orderedItems": activities}))
    found = read(tmp_path / "outbox.json")
    assert [row["item"] for row in found.deletions] == [note, note]
    assert found.skipped == {"deletion notice": 3}


def test_records_of_a_long_stream_come_in_batches(read, lines, tmp_path):
    records = [{"delete": {"status": {"id_str": str(number)}}} for number in range(45_000)]
    (tmp_path / "stream.jsonl").write_text(lines(records))
    found = read(tmp_path / "stream.jsonl")
    assert [row["item"] for row in found.deletions] == [str(number) for number in range(45_000)]
    assert len(found.batches) == 3
