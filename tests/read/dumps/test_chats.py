"""Chats: exports of Telegram, Discord and WhatsApp, and logs of IRC."""

import json

import pytest

from provenance.errors import CorruptFile, DocumentTooLarge, UnsupportedFormat

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
        ("2020. 12. 31. 오후 9:15 - Ann: {}", 31),
        ("[2020/12/31 下午9:15:03] Ann: {}", 31),
        ("31.12.2020 klo 21.15 - Ann: {}", 31),
        ("31/12/2020 à 21:15 - Ann: {}", 31),
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


def test_lines_longer_than_a_block_are_whole(read, tmp_path):
    texts = ["é" * 150_000, "in between\r", "東" * 300_000, "last"]
    path = tmp_path / "2020-01-02.log"
    path.write_bytes("\n".join(f"[09:14] <ann> {text}" for text in texts).encode())
    assert read(path).column("text") == [text.strip() for text in texts]


def test_messages_as_pyrogram_writes_them(read, lines, tmp_path):
    chat = {"_": "Chat", "id": -100, "title": "of others"}
    message = {"_": "Message", "id": 5, "date": "2020-01-02 03:04:05", "chat": chat}
    path = tmp_path / "m.jsonl"
    path.write_text(
        lines(
            [
                message | {"text": "words", "from_user": {"id": 9, "username": "ann"}},
                message | {"id": 6, "caption": "of a picture", "sender_chat": chat},
                message | {"text": "of others", "forward_date": "2020-01-01 00:00:00"},
                message | {"service": "MessageServiceType.PINNED_MESSAGE"},
            ]
        )
    )
    found = read(path)
    assert found.column("text") == ["words", "of a picture"]
    assert found.column("item") == ["-100/5", "-100/6"]
    assert found.column("author") == ["ann", "-100"]
    assert found.skipped == {"repost without its original": 1, "notice of the service": 1}


@pytest.mark.parametrize(
    "lines_of_log",
    [
        [
            "2020-01-02 03:04:00\t-->\tben (~b@x) has joined #pears",
            "2020-01-02 03:04:05\t@ann\tall words",
            "2020-01-02 03:04:06\t *\tann waves",
        ],
        [
            "[2020-01-02T04:04:05+0100] <ann> all words",
            "[2020-01-02T04:04:06+0100] ben (~b@x) left IRC (Quit: bye)",
        ],
        [
            "--- Log opened Wed Jan 01 03:00:00 2020",
            "22:00 -!- ben [~b@x] has joined #pears",
            "--- Day changed Thu Jan 02 2020",
            "03:04:05 <@ann> all words",
        ],
        [
            "",
            "Session Start: Thu Jan 02 03:00:00 2020",
            "Session Ident: #pears",
            "[03:04] * ben (~b@x) has joined #pears",
            "[03:04:05] <@ann> \x0304,12all\x03 \x02words\x0f",
        ],
        [
            "**** BEGIN LOGGING AT Thu Jan  2 03:00:00 2020",
            "",
            "Jan 02 03:04:00 *\tNow talking on #pears",
            "Jan 02 03:04:05 <ann>\tall words",
            "**** ENDING LOGGING AT Thu Jan  2 04:00:00 2020",
        ],
    ],
)
def test_logs_of_clients_of_irc(read, tmp_path, lines_of_log):
    path = tmp_path / "#pears.log"
    path.write_text("\r\n".join(lines_of_log) + "\r\n")
    found = read(path)
    row = found.rows[0]
    assert (row["text"], row["author"]) == ("all words", "ann")
    assert row["created_at"].isoformat() == "2020-01-02T03:04:05+00:00"
    actions = [line for line in lines_of_log if line.endswith("ann waves")]
    assert found.column("text") == ["all words", *["* ann waves"] * len(actions)]
    assert found.column("author") == ["ann"] * len(found.rows)
    notices = len([line for line in lines_of_log if line.strip()]) - len(found.rows)
    assert found.skipped == {"notice of the service": notices}


@pytest.mark.parametrize(
    "notice",
    [
        *("* ben (~b@x.example) has joined #pears", "* ben has quit (Ping timeout)"),
        *("* ben is now known as bob", "* ChanServ sets mode +o ann", "* Now talking in #pears"),
        *("* ChanServ gives channel operator status to ann", "*** ann waves", "* Topic is 'pears'"),
        *("* ben changes topic to 'plums'", "* ben was kicked by ann (no)", "-!- ann waves at all"),
        *("* Joins: ben (~b@x.example)", "* Set by ann on Fri Jan 3", "* You are now known as ann"),
    ],
)
def test_what_people_do_is_told_from_notices_with_the_same_mark(read, tmp_path, notice):
    path = tmp_path / "2020-01-02.log"
    path.write_text(f"[03:04] <ann> all words\n[03:05] {notice}\n[03:06]  * ann waves at all\n")
    found = read(path)
    assert found.column("text") == ["all words", "* ann waves at all"]
    assert found.skipped == {"notice of the service": 1}


NARROW = "\u202f"
WORDS = "words: two, three"


@pytest.mark.parametrize(
    ("time", "words", "notices"),
    [
        (
            "\u200e[13.09.20, 14:26:00]",
            ["\u200eNachrichten sind verschlüsselt.", "\u200eBild weggelassen"],
            {"notice of the service": 2},
        ),
        (
            "[13.09.20, 14:26:00]",
            ["\u200e<Anhang: 0001-PHOTO.jpg>", "\u200eDiese Nachricht wurde gelöscht."],
            {"empty text": 1, "deleted or removed": 1},
        ),
        ("13/09/2020 14:26 -", ["<Mídia oculta>", "Mensagem apagada"], None),
        ("13/9/20, 2:26 p. m. -", ["<Multimedia omitido>", "Se eliminó este mensaje."], None),
        (f"13/09/20, 2:26{NARROW}pm -", ["null", "This message was deleted"], None),
        ("13/09/2020, 14:26 -", ["IMG-1.jpg (file attached)", "You deleted this message"], None),
        (
            "2020. 9. 13. 오후 2:26 -",
            ["<미디어 파일을 제외한 메시지>", "삭제된 메시지입니다."],
            None,
        ),
    ],
)
def test_chats_of_whatsapp_in_several_languages(read, tmp_path, time, words, notices):
    path = tmp_path / "chat.txt"
    said = (WORDS, *words)
    path.write_text("".join(f"{time} Ann: {word}\n" for word in said), encoding="utf-8")
    found = read(path)
    (row,) = found.rows
    assert (row["text"], row["author"]) == (WORDS, "Ann")
    assert row["created_at"].isoformat() == "2020-09-13T14:26:00+00:00"
    assert found.skipped == (notices or {"empty text": 1, "deleted or removed": 1})


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("words <This message was edited>", "words"),
        ("words \u200e<Diese Nachricht wurde bearbeitet.>", "words"),
        ("words \u200e<attached: 0001-PHOTO.jpg>", "words"),
        ("My file.pdf (file attached)\nwords", "words"),
        ("see a.com (today) and more", "see a.com (today) and more"),
        ("a <b> c", "a <b> c"),
    ],
)
def test_what_whatsapp_puts_beside_a_text_is_no_part_of_it(read, tmp_path, said, text):
    path = tmp_path / "chat.txt"
    path.write_text(f"13/09/2020, 14:26 - Ann: {said}\n", encoding="utf-8")
    assert read(path).column("text") == [text]


def test_a_line_of_whatsapp_that_is_no_utf8_is_counted(read, tmp_path):
    path = tmp_path / "chat.txt"
    lines = [b"13/09/2020, 14:26 - Ann: one", b"two", b"caf\xe9", b"13/09/2020, 14:27 - Ann: three"]
    path.write_bytes(b"\n".join(lines))
    found = read(path)
    assert found.column("text") == ["one\ntwo", "three"]
    assert found.skipped == {"not valid UTF-8": 1}


def test_days_of_whatsapp_may_have_digits_of_other_scripts(read, tmp_path):
    path = tmp_path / "chat.txt"
    arabic = str.maketrans({str(digit): chr(0x660 + digit) for digit in range(10)})
    second = f"{'14/09/2020'.translate(arabic)}, 14:26 - Ann: two"
    path.write_text(f"13/09/2020, 14:26 - Ann: one\n{second}\n", "utf-8")
    found = read(path)
    assert found.column("text") == ["one", "two"]
    assert [date.day for date in found.column("created_at")] == [13, 14]


def test_a_long_chat_is_read_as_a_short_one(read, tmp_path):
    path = tmp_path / "chat.txt"
    days = [f"{day:02}/09/2020, 14:26 - Ann: on day {day}" for day in range(1, 31)]
    path.write_text("\n".join(days))
    found, again = read(path), read(path, max_document=path.stat().st_size // 2)
    assert [date.day for date in found.column("created_at")] == [*range(1, 31)]
    assert again.rows == found.rows


def test_a_new_subject_with_a_colon_is_a_notice(read, tmp_path):
    path = tmp_path / "chat.txt"
    subject = 'Ann changed the subject from "Pears: all" to "Plums: all"'
    path.write_text(f"13/09/2020, 14:26 - {subject}\n13/09/2020, 14:26 - Ann: words\n")
    found = read(path)
    assert (found.column("text"), found.skipped) == (["words"], {"notice of the service": 1})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (f"{'=' * 62}\nGuild: Pears\nChannel: general\n", "a chat of Discord"),
        ("<!DOCTYPE html>\n<html><body><div class=chatlog>", "a chat of Discord"),
        ('<!DOCTYPE html><html><body><div class="page_wrap">', "a chat of Telegram"),
        ("\ufeffPears 님과 카카오톡 대화\r\n저장한 날짜", "a chat of KakaoTalk"),
        ("[LINE] Chat history in Pears\n", "a chat of LINE"),
        ("<?xml version='1.0'?>\n<?xml-stylesheet href='s.xsl'?>\n<smses>", "private messages"),
        ("product/productId: B0\nproduct/title: a\nreview/text: b\n", "a set of reviews"),
    ],
)
def test_chats_that_are_not_read_are_named(read, tmp_path, content, message):
    path = tmp_path / "a.txt"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UnsupportedFormat, match=message):
        read(path)


def test_pages_of_telegram_are_named(read, tmp_path):
    (tmp_path / "messages.html").write_text("<!DOCTYPE html>")
    with pytest.raises(UnsupportedFormat, match="a chat of Telegram as web pages") as error:
        read(tmp_path)
    assert "as JSON" in error.value.remedy


def test_texts_on_lines_are_told_how_to_become_rows(read, tmp_path):
    (tmp_path / "a.txt").write_text("all words\nmore words\n")
    with pytest.raises(UnsupportedFormat, match="not recognised") as error:
        read(tmp_path / "a.txt")
    assert "jq -Rc '{text: .}'" in error.value.remedy


def test_a_table_of_messages_of_telegram_knows_forwarded_ones(read, write, tmp_path):
    row = {"date": "2020-01-02 03:04:05+00:00", "peer_id": "PeerChannel(channel_id=1)"}
    rows = [
        row | {"id": "5", "message": "words", "fwd_from": ""},
        row | {"id": "6", "message": "of others", "fwd_from": "MessageFwdHeader(date=1)"},
    ]
    write(tmp_path / "m.csv", rows)
    found = read(tmp_path / "m.csv")
    assert found.column("text") == ["words"]
    assert found.skipped == {"repost without its original": 1}


def test_a_member_without_a_name_is_damage(read, tmp_path):
    (tmp_path / "result.json").write_text('{"name": "x", ["id"]: 1, "messages": []}')
    with pytest.raises(CorruptFile, match="damaged or cut short"):
        read(tmp_path / "result.json", layout="telegram")


@pytest.mark.parametrize(
    ("rows", "notices"),
    [
        (
            [
                {"AuthorID": "7", "Author": "ann", "Date": "2020-01-02T03:04:05", "Content": text}
                | {"Attachments": "", "Reactions": ""}
                for text in ("the ferry left with all pears", "Joined the server.")
            ],
            1,
        ),
        (
            [
                {"Date": "2020-01-02 03:04:05", "User": "ann", "Message": text}
                for text in (
                    "the ferry left with all pears",
                    "ben님이 들어왔습니다.",
                    "ann님이 ben님을 초대했습니다.",
                    "ann invited ben and cat.",
                )
            ],
            3,
        ),
    ],
)
def test_notices_in_tables_of_chats_are_no_items(read, table, rows, notices):
    found = read(table(rows))
    (row,) = found.rows
    assert (row["text"], row["author"]) == ("the ferry left with all pears", "ann")
    assert row["created_at"].isoformat() == "2020-01-02T03:04:05+00:00"
    assert found.skipped == {"notice of the service": notices}


def test_in_other_tables_such_words_are_texts(read, table):
    rows = [{"id": "1", "author": "ann", "text": "ann invited ben."}]
    assert read(table(rows)).column("text") == ["ann invited ben."]
