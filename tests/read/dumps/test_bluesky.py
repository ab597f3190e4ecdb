"""Bluesky, apart from what all layouts owe."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance.errors import CorruptFile

DID = "did:plc:abc"
URI = f"at://{DID}/app.bsky.feed.post/3k"
RECORD = {
    "$type": "app.bsky.feed.post",
    "text": "some words",
    "createdAt": "2024-01-02T03:04:05.123Z",
    "langs": ["de", "en"],
}


def is_the_post(row):
    return (row["item"], row["author"], row["language"], row["text"]) == (
        *(URI, DID, "de", "some words"),
    ) and row["url"] == f"https://bsky.app/profile/{DID}/post/3k"


def test_events_of_jetstream(read, lines, tmp_path):
    commit = {"operation": "create", "collection": "app.bsky.feed.post", "rkey": "3k"}
    event = {"did": DID, "time_us": 1, "kind": "commit"}
    events = [
        {**event, "commit": {**commit, "record": RECORD}},
        {**event, "commit": {**commit, "operation": "delete"}},
        {**event, "commit": {**commit, "collection": "app.bsky.feed.like", "record": {}}},
        {**event, "commit": {**commit, "collection": "app.bsky.feed.repost", "record": {}}},
        {"did": DID, "time_us": 1, "kind": "identity", "identity": {}},
    ]
    (tmp_path / "j.jsonl").write_text(lines(events))
    found = read(tmp_path / "j.jsonl")
    (row,) = found.rows
    assert is_the_post(row)
    assert row["created_at"].isoformat() == "2024-01-02T03:04:05+00:00"
    assert found.skipped == {
        "deletion notice": 1,
        "not a post": 2,
        "repost without its original": 1,
    }


@pytest.mark.parametrize(
    "content",
    [
        {"capturedAt": "2024", "postRecords": [{"uri": URI, "cid": "bafy", "value": RECORD}]},
        {"uri": URI, "cid": "bafy", "author": {"did": DID}, "record": RECORD},
        [{"post": {"uri": URI, "cid": "bafy", "author": {"did": DID}, "record": RECORD}}],
        [{"uri": URI, "cid": "bafy", "value": RECORD}],
    ],
)
def test_captures_and_views_are_posts_and_not_their_cids(read, tmp_path, content):
    (tmp_path / "c.json").write_text(json.dumps(content, indent=1))
    (row,) = read(tmp_path / "c.json").rows
    assert is_the_post(row)


def test_sets_on_hubs_get_ids_and_addresses(read, tmp_path):
    row = {
        "text": "some words",
        "created_at": "2024-01-02T03:04:05Z",
        "author": DID,
        "uri": URI,
        "has_images": False,
        "reply_to": None,
    }
    pq.write_table(pa.Table.from_pylist([row]), tmp_path / "p.parquet")
    (found,) = read(tmp_path / "p.parquet").rows
    assert (found["item"], found["author"]) == (URI, DID)
    assert found["url"] == f"https://bsky.app/profile/{DID}/post/3k"


@pytest.mark.parametrize("damage", [b"\x3a\xa2eroots" + b"\xff" * 9, b"\x3a\xa2eroots"])
def test_a_damaged_repository_is_told(read, tmp_path, damage):
    (tmp_path / "a.car").write_bytes(damage)
    with pytest.raises(CorruptFile, match=r"a\.car"):
        read(tmp_path / "a.car", layout="bluesky-car")
