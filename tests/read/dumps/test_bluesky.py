"""Bluesky, apart from what all layouts owe."""

import base64
import json

import cbor2
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance.errors import CorruptFile
from tests.protocols.dump_samples import TEXTS, car_block, link, repository, varint

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


def test_a_large_repository_is_read_as_a_small_one(read, tmp_path):
    path = tmp_path / "a.car"
    repository(path)
    found, again = read(path), read(path, max_document=350)
    assert path.stat().st_size > 2 * 350
    assert len(found.rows) == len(TEXTS)
    assert again.rows == found.rows


@pytest.mark.parametrize("damage", [b"\x3a\xa2eroots" + b"\xff" * 9, b"\x3a\xa2eroots"])
def test_a_damaged_repository_is_told(read, tmp_path, damage):
    (tmp_path / "a.car").write_bytes(damage)
    with pytest.raises(CorruptFile, match=r"a\.car"):
        read(tmp_path / "a.car", layout="bluesky-car")


def commit(records, **more):
    """A commit of the firehose, as JSON: its blocks are a CAR file in base 64 without padding."""
    blocks = [car_block(record) for record in records]
    header = cbor2.dumps({"roots": [link(blocks[0][0])], "version": 1})
    sections = [header, *(cid + data for cid, data in blocks)]
    car = b"".join(varint(len(section)) + section for section in sections)
    names = [f"b{base64.b32encode(cid).decode().rstrip('=').lower()}" for cid, _ in blocks]
    operations = [
        {"action": "create", "path": f"{record['$type']}/3k", "cid": {"$link": name}}
        for record, name in zip(records, names, strict=True)
    ]
    encoded = base64.b64encode(car).decode().rstrip("=")
    return {"repo": DID, "ops": operations, "blocks": {"$bytes": encoded}, "seq": 1, **more}


@pytest.mark.parametrize("padding", range(3))
def test_commits_of_the_firehose(read, lines, tmp_path, padding):
    record = {**RECORD, "extra": "x" * padding}
    gone = {"action": "delete", "path": "app.bsky.feed.post/3k", "cid": None}
    like = {"$type": "app.bsky.feed.like"}
    damaged = commit([RECORD], blocks={"$bytes": "!"})
    (tmp_path / "f.jsonl").write_text(
        lines([commit([record, like]), commit([like], ops=[gone]), damaged])
    )
    found = read(tmp_path / "f.jsonl")
    (row,) = found.rows
    assert is_the_post(row)
    assert found.skipped == {"not a post": 1, "deletion notice": 1, "damaged blocks": 1}


def test_captured_frames_hold_commits(read, tmp_path):
    frames = [commit([RECORD]), {"did": DID, "time": "2024", "handle": "a.example"}]
    messages = [{"frame": {"header": {"t": "#commit"}, "body": frame}} for frame in frames]
    (tmp_path / "f.json").write_text(json.dumps({"accounts": [], "messages": messages}, indent=1))
    found = read(tmp_path / "f.json")
    (row,) = found.rows
    assert is_the_post(row)
    assert found.skipped == {"not a post": 1}
