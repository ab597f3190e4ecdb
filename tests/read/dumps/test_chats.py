"""Chats: exports of Telegram, Discord and WhatsApp, and logs of IRC."""

import json

import pytest

from provenance.errors import DocumentTooLarge

TELEGRAM = {
    "name": "A channel",
    "type": "public_channel",
    "id": 77,
    "messages": [
        {
            "id": 1,
            "type": "message",
            "date": "2020-01-02T03:04:05",
            "date_unixtime": "1577930645",
            "from": "Ann",
            "text": ["see ", {"type": "bold", "text": "this"}, " now"],
        },
        {"id": 2, "type": "message", "date": "2020-01-02T03:04:05", "text": ""},
        {"id": 3, "type": "service", "date": "2020-01-02T03:04:05", "action": "invite", "text": ""},
        {
            "id": 4,
            "type": "message",
            "date": "2020-01-02T03:04:05",
            "forwarded_from": "Ben",
            "text": "of another",
        },
    ],
}


@pytest.mark.parametrize("content", [TELEGRAM, {"about": "", "chats": {"list": [TELEGRAM]}}])
@pytest.mark.parametrize("indent", [None, 1])
def test_messages_of_telegram(read, tmp_path, content, indent):
    path = tmp_path / "result.json"
    path.write_text(json.dumps(content, indent=indent))
    found = read(path)
    (row,) = found.rows
    assert (row["item"], row["text"], row["author"]) == ("77/1", "see this now", "Ann")
    assert row["created_at"].isoformat() == "2020-01-02T02:04:05+00:00"
    assert found.skipped == {
        "empty text": 1,
        "notice of the service": 1,
        "repost without its original": 1,
    }


def test_messages_of_the_api_of_telegram(read, lines, tmp_path):
    message = {
        "_": "Message",
        "id": 5,
        "date": "2020-01-02T03:04:05+01:00",
        "message": "words",
        "peer_id": {"_": "PeerChannel", "channel_id": 77},
        "from_id": {"_": "PeerUser", "user_id": 9},
    }
    path = tmp_path / "m.jsonl"
    path.write_text(lines([message, {**message, "fwd_from": {"from_id": 3}}]))
    found = read(path)
    (row,) = found.rows
    assert (row["item"], row["author"]) == ("77/5", "9")
    assert row["created_at"].isoformat() == "2020-01-02T02:04:05+00:00"
    assert found.skipped == {"repost without its original": 1}


def test_messages_of_discord(read, tmp_path):
    message = {
        "id": "5",
        "type": "Default",
        "timestamp": "2020-01-02T03:04:05.678+01:00",
        "content": "words",
        "author": {"id": "9", "name": "ann"},
    }
    joined = {**message, "id": "6", "type": "GuildMemberJoin", "content": "Joined the server."}
    export = {"guild": {"id": "1"}, "channel": {"id": "2"}, "messages": [message, joined]}
    path = tmp_path / "c.json"
    path.write_text(json.dumps(export, indent=2))
    found = read(path)
    (row,) = found.rows
    assert (row["item"], row["author"]) == ("5", "ann")
    assert row["url"] == "https://discord.com/channels/1/2/5"
    assert row["created_at"].isoformat() == "2020-01-02T02:04:05+00:00"
    assert found.skipped == {"notice of the service": 1}


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("[31/12/2020, 21:15:03] Ann: {}", 31),
        ("[31.12.20, 21:15:03] Ann: {}", 31),
        ("12/31/20, 9:15 PM - Ann: {}", 31),
        ("12/31/20, 9:15\u202fPM - Ann: {}", 31),
        ("31/12/20, 9:15 p.m. - Ann: {}", 31),
        ("[31/12/20, 9.15.03 p.\xa0m.] Ann: {}", 31),
        ("\u200e[2020/12/31, 21:15:03] Ann: {}", 31),
    ],
)
def test_messages_of_whatsapp(read, tmp_path, line, day):
    said = ["one\n\nand more", "<Media omitted>", "This message was deleted", "two: three"]
    text = "\n".join(line.format(text) for text in said)
    path = tmp_path / "_chat.txt"
    path.write_text(f"{text}\n{line.format('x').replace('Ann: x', 'Ann left')}\n")
    found = read(path)
    assert found.column("text") == ["one\n\nand more", "two: three"]
    assert found.column("author") == ["Ann", "Ann"]
    date = found.column("created_at")[0]
    assert (date.year, date.month, date.day, date.hour) == (2020, 12, day, 21)
    assert found.skipped == {
        "empty text": 1,
        "deleted or removed": 1,
        "notice of the service": 1,
    }


@pytest.mark.parametrize(
    "line", ["[09:14] <ann> {}", "09:14:00 <@ann> {}", "2004-12-25T09:14:00 <ann> {}"]
)
def test_lines_of_irc(read, tmp_path, line):
    path = tmp_path / "2004-12-25-channel.log"
    path.write_text(f"=== ann has joined\n\n{line.format('one')}\n{line.format('')}\n")
    found = read(path, layout="irc")
    (row,) = found.rows
    assert (row["text"], row["author"]) == ("one", "ann")
    assert row["item"].endswith("#2")
    assert row["created_at"].isoformat() == "2004-12-25T09:14:00+00:00"
    assert found.skipped == {"notice of the service": 1, "empty text": 1}


def test_an_endless_line_is_refused(read, tmp_path):
    path = tmp_path / "a.log"
    path.write_text("[09:14] <ann> one\n" + "x" * 5_000_000)
    with pytest.raises(DocumentTooLarge, match="row 1 is larger"):
        read(path, max_document=1_000_000)
