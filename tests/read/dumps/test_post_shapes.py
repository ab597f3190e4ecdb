"""Posts of forums, networks and chats whose objects differ in where they have what."""

import json

import pytest

TEXTS = [
    "The lantern swung over the quay all night, and nobody slept",
    "Somebody's cousin carried the kettle indoors before the rain",
    "The orchard wall cost more than the street had saved",
]
SECOND, ISO = 1600000000, "2020-09-13T12:26:40Z"


def page(number, text, **others):
    members = {"no": number, "time": SECOND, "now": "09/13/20", "name": "Anonymous", "resto": 1}
    return members | ({"com": text} if text else {}) | others


def topic_post(number, text, **others):
    members = {"id": number, "username": "ann", "cooked": f"<p>{text} &amp; all</p>"}
    return members | {"created_at": ISO, "post_number": number, "topic_id": 7} | others


def nostr(number, kind, content):
    members = {"id": f"{number:064x}", "pubkey": "ab" * 32, "created_at": SECOND, "kind": kind}
    return members | {"tags": [], "content": content, "sig": "cd"}


def matrix(number, content, kind="m.room.message"):
    members = {"event_id": f"$e{number}", "sender": "@ann:m.example", "type": kind}
    return members | {"origin_server_ts": SECOND * 1000, "content": content}


def skype(number, kind, content):
    members = {"id": f"{number}", "originalarrivaltime": ISO, "messagetype": kind, "from": "ann"}
    return members | {"content": content}


def live(item):
    return {"replayChatItemAction": {"actions": [item]}, "videoOffsetTimeMsec": "1"}


def mattermost(text, **others):
    return {"user": "ann", "message": text, "create_at": SECOND * 1000} | others


SUGGESTED = {"suggested_topics": [{"id": 9, "title": "Another topic", "excerpt": "of others"}]}
DELETED, SERVICE, PRIVATE = "deleted or removed", "notice of the service", "not public"
NOT_A_POST, EMPTY = "not a post", "empty text"


def reply(number, text, *replies, **others):
    members = {"message_id": f"m{number}", "text": text, "role": "prompter", "user_id": "ann"}
    members |= {"created_date": "2020-09-13T12:26:40+00:00", "lang": "en", "deleted": False}
    return members | {"replies": [*replies]} | others


def review(number, text):
    label = {"label": "ann"}
    members = {"author": {"name": label}, "im:rating": {"label": "5"}, "id": {"label": number}}
    members |= {"title": {"label": "Pears"}, "updated": {"label": ISO}}
    return members | {"content": {"label": text, "attributes": {"type": "text"}}}


SHAPES = {
    "openassistant": (
        {
            "message_tree_id": "m1",
            "tree_state": "ready",
            "prompt": reply(
                1, TEXTS[0], reply(2, TEXTS[1], reply(3, TEXTS[2])), reply(4, "", deleted=True)
            ),
        },
        [(f"m{number}", text, "ann") for number, text in enumerate(TEXTS, 1)],
        {DELETED: 1},
    ),
    "biorxiv": (
        {
            "messages": [{"status": "ok"}],
            "collection": [
                {"doi": "10.1/a", "title": "Quays", "abstract": TEXTS[0], "authors": "ann"}
                | {"date": ISO, "published": "NA", "license": "cc_by", "jatsxml": "https://x"}
            ],
        },
        [("10.1/a", f"Quays\n\n{TEXTS[0]}", "ann")],
        {},
    ),
    "openreview": (
        {
            "notes": [
                {"id": "n1", "forum": "f", "signatures": ["ann"], "cdate": SECOND * 1000}
                | {"content": {"title": {"value": "A review"}, "review": {"value": TEXTS[0]}}},
                {"id": "n2", "forum": "f", "signatures": ["ann"], "cdate": SECOND * 1000}
                | {"content": {"comment": TEXTS[1], "pdf": "/pdf/x"}},
                {"id": "n3", "forum": "f", "signatures": ["ann"], "ddate": SECOND, "content": {}},
            ]
        },
        [("n1", f"A review\n\n{TEXTS[0]}", "ann"), ("n2", TEXTS[1], "ann")],
        {DELETED: 1},
    ),
    "app-store": (
        {"feed": {"entry": [{"im:name": {"label": "An app"}}, review("11", TEXTS[0])]}},
        [("11", f"Pears\n\n{TEXTS[0]}", "ann")],
        {},
    ),
    "imageboard": (
        [
            {
                "page": 1,
                "threads": [
                    page(
                        1,
                        f"{TEXTS[0]}<br>more",
                        sub="On it",
                        last_replies=[page(2, TEXTS[1]), page(3, None)],
                    )
                ],
            }
        ],
        [("1", f"On it\n\n{TEXTS[0]}\nmore", None), ("2", TEXTS[1], None)],
        {EMPTY: 1},
    ),
    "discourse": (
        {
            "post_stream": {
                "posts": [
                    topic_post(1, TEXTS[0]),
                    topic_post(2, "gone", user_deleted=True),
                    topic_post(3, "closed this", post_type=3),
                    topic_post(4, "for the staff", post_type=4),
                ]
            },
            "title": "A topic",
            **SUGGESTED,
        },
        [("1", f"{TEXTS[0]} & all", "ann")],
        {DELETED: 1, SERVICE: 1, PRIVATE: 1},
    ),
    "lobsters": (
        {
            "short_id": "a1",
            "created_at": ISO,
            "title": TEXTS[0],
            "url": "https://elsewhere.example",
            "short_id_url": "https://l.example/s/a1",
            "description": "",
            "submitter_user": "ann",
            "comments_url": "https://l.example/s/a1/x",
            "comments": [
                {
                    "short_id": f"c{number}",
                    "created_at": ISO,
                    "comment": f"<p>{TEXTS[1]}</p>",
                    "commenting_user": "ben",
                    "is_deleted": number == 2,
                }
                for number in (1, 2)
            ],
        },
        [("a1", TEXTS[0], "ann"), ("c1", TEXTS[1], "ben")],
        {DELETED: 1},
    ),
    "lemmy-comments": (
        {
            "comments": [
                {
                    "comment": {"ap_id": f"https://l.example/{number}", "content": text}
                    | {"published": ISO, "removed": number == 2},
                    "creator": {"name": "ann"},
                    "post": {"name": "Of others", "body": "of others"},
                    "community": {"title": "Of others"},
                    "counts": {},
                }
                for number, text in ((1, TEXTS[0]), (2, TEXTS[1]))
            ]
        },
        [("https://l.example/1", TEXTS[0], "ann")],
        {DELETED: 1},
    ),
    "lemmy-posts": (
        [
            {
                "post": {"ap_id": "https://l.example/1", "name": "On it", "body": TEXTS[0]}
                | {"published": ISO, "deleted": False},
                "creator": {"actor_id": "https://l.example/u/ann", "name": "ann"},
                "community": {},
                "counts": {},
            }
        ],
        [("https://l.example/1", f"On it\n\n{TEXTS[0]}", "https://l.example/u/ann")],
        {},
    ),
    "nostr": (
        [
            nostr(1, 1, TEXTS[0]),
            nostr(2, 0, '{"about": "me"}'),
            nostr(3, 4, "secret"),
            nostr(4, 6, "{}"),
            nostr(5, 7, "+"),
        ],
        [(f"{1:064x}", TEXTS[0], "ab" * 32)],
        {SERVICE: 2, PRIVATE: 1, "repost without its original": 1},
    ),
    "misskey": (
        [
            {"id": f"n{number}", "text": text, "createdAt": ISO, "visibility": visibility}
            | {"visibleUserIds": [], "renoteId": renote, "cw": None}
            for number, (text, visibility, renote) in enumerate(
                [
                    (TEXTS[0], "public", None),
                    (TEXTS[1], "followers", None),
                    (TEXTS[2], "specified", None),
                    (None, "home", "x"),
                ]
            )
        ],
        [("n0", TEXTS[0], None)],
        {PRIVATE: 2, "repost without its original": 1},
    ),
    "matrix": (
        {
            "room_name": "Pears",
            "topic": "a topic that several words long is no message",
            "messages": [
                matrix(1, {"membership": "join"}, "m.room.member"),
                matrix(2, {"msgtype": "m.text", "body": TEXTS[0]}),
                matrix(3, {"msgtype": "m.image", "body": "a picture.jpg"}),
                matrix(4, {}),
                matrix(5, {"ciphertext": "x"}, "m.room.encrypted"),
            ],
        },
        [("$e2", TEXTS[0], "@ann:m.example")],
        {SERVICE: 1, EMPTY: 1, DELETED: 1, "encrypted": 1},
    ),
    "mattermost": (
        [
            {"type": "version", "version": 1},
            {"type": "channel", "channel": {"header": "a header of a channel"}},
            {
                "type": "post",
                "post": mattermost(TEXTS[0], channel="c", replies=[mattermost(TEXTS[1])]),
            },
            {"type": "post", "post": mattermost("ann joined", type="system_join_channel")},
            {"type": "direct_post", "direct_post": mattermost("hi", channel_members=["ann"])},
        ],
        [("2", TEXTS[0], "ann"), ("2.1", TEXTS[1], "ann")],
        {NOT_A_POST: 2, SERVICE: 1, PRIVATE: 1},
    ),
    "rocketchat": (
        [
            {"_id": f"m{number}", "rid": "r", "msg": text, "u": {"username": "ann"}}
            | {"ts": {"$date": ISO}, "t": kind}
            for number, text, kind in ((1, TEXTS[0], None), (2, "ben", "uj"))
        ],
        [("m1", TEXTS[0], "ann")],
        {SERVICE: 1},
    ),
    "zulip": (
        {
            "zerver_message": [
                {"id": number, "sender": 11, "subject": subject, "content": text}
                | {"rendered_content": "<p>x</p>", "date_sent": 1600000000.5}
                for number, subject, text in ((1, "a topic", TEXTS[0]), (2, "", TEXTS[1]))
            ],
            "zerver_usermessage": [{"id": 1, "message": 1}],
        },
        [("1", TEXTS[0], "11")],
        {PRIVATE: 1},
    ),
    "teams": (
        {
            "@odata.count": 3,
            "value": [
                {"id": "1", "messageType": "message", "createdDateTime": ISO}
                | {"from": {"user": {"displayName": "Ann"}}}
                | {"body": {"contentType": "html", "content": f"<p>{TEXTS[0]} &amp; all</p>"}},
                {"id": "2", "messageType": "message", "createdDateTime": ISO}
                | {"from": None, "body": {"contentType": "text", "content": f"<{TEXTS[1]}"}},
                {"id": "3", "messageType": "systemEventMessage", "createdDateTime": ISO}
                | {"from": None, "body": {"content": "x"}},
            ],
        },
        [("1", f"{TEXTS[0]} & all", "Ann"), ("2", f"<{TEXTS[1]}", None)],
        {SERVICE: 1},
    ),
    "skype": (
        {
            "userId": "me",
            "exportDate": "2023-01-01T00:00",
            "conversations": [
                {"id": "1", "MessageList": [skype(1, "RichText", f"{TEXTS[0]} &amp; all")]},
                {"id": "2", "MessageList": [skype(2, "ThreadActivity/AddMember", "<add>x</add>")]},
            ],
        },
        [("1", f"{TEXTS[0]} & all", "ann")],
        {SERVICE: 1},
    ),
    "hangouts": (
        {
            "conversations": [
                {
                    "conversation": {"conversation_id": {"id": "c"}, "name": "a name"},
                    "events": [
                        {
                            "conversation_id": {"id": "c"},
                            "event_id": "e1",
                            "event_type": "REGULAR_CHAT_MESSAGE",
                            "sender_id": {"gaia_id": "11"},
                            "timestamp": f"{SECOND}000000",
                            "chat_message": {
                                "message_content": {
                                    "segment": [{"text": TEXTS[0]}, {"text": "\n"}, {"text": "x"}]
                                }
                            },
                        }
                    ],
                }
            ]
        },
        [("e1", f"{TEXTS[0]}\nx", "11")],
        {},
    ),
    "youtube-live": (
        [
            live(
                {
                    "addChatItemAction": {
                        "item": {
                            "liveChatTextMessageRenderer": {
                                "id": "m1",
                                "timestampUsec": f"{SECOND}000000",
                                "authorExternalChannelId": "UC1",
                                "authorName": {"simpleText": "Ann"},
                                "message": {"runs": [{"text": TEXTS[0]}, {"emoji": {}}]},
                            }
                        }
                    }
                }
            ),
            live({"addLiveChatTickerItemAction": {"item": {}}}),
        ],
        [("m1", TEXTS[0], "Ann")],
        {NOT_A_POST: 1},
    ),
    "tiktok": (
        {
            "Comment": {
                "Comments": {"CommentsList": [{"date": ISO, "comment": TEXTS[0], "url": ""}]}
            },
            "Direct Messages": {
                "Chat History": {"With ben": [{"Date": ISO, "From": "ben", "Content": TEXTS[1]}]}
            },
        },
        [("0", TEXTS[0], None)],
        {},
    ),
    "twitch": (
        {
            "streamer": {"name": "cat"},
            "video": {"title": "a title", "description": "of others"},
            "comments": [
                {"_id": "m1", "created_at": ISO, "content_offset_seconds": 1}
                | {"commenter": {"name": "ann", "bio": "of others"}}
                | {"message": {"body": TEXTS[0], "fragments": [{"text": TEXTS[0]}]}}
            ],
        },
        [("m1", TEXTS[0], "ann")],
        {},
    ),
}


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("indent", [None, 1])
def test_posts_are_read_with_their_facts(read, lines, tmp_path, name, indent):
    from provenance.read.dumps.layouts import dump_readers

    content, expected, skipped = SHAPES[name]
    path = tmp_path / "a.json"
    is_lines = isinstance(content, list) and indent is None
    path.write_text(lines(content) if is_lines else json.dumps(content, indent=indent))
    (reader,) = dump_readers(str(path), source="s")
    assert reader.detect() == name
    found = read(path)
    rows = [(row["item"].rpartition("#")[2], row["text"], row["author"]) for row in found.rows]
    assert rows == expected
    assert {int(row["created_at"].timestamp()) for row in found.rows} == {SECOND}
    assert found.skipped == skipped


def test_messages_of_the_interface_of_zulip_are_read(read, tmp_path):
    messages = [
        {"id": number, "content": f"<p>{text}</p>", "content_type": "text/html", "subject": topic}
        | {"sender_full_name": "ann", "sender_id": 4, "timestamp": SECOND, "display_recipient": "x"}
        for number, (text, topic) in enumerate(zip(TEXTS, ("a topic", ""), strict=False))
    ]
    (tmp_path / "a.json").write_text(json.dumps({"result": "success", "messages": messages}))
    found = read(tmp_path / "a.json")
    assert (found.column("text"), found.skipped) == (TEXTS[:1], {PRIVATE: 1})
    assert (found.column("item"), found.column("author")) == (["0"], ["ann"])


def test_addresses_are_taken_where_they_are_given(read, tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(SHAPES["lobsters"][0]))
    assert read(tmp_path / "a.json").column("url") == ["https://l.example/s/a1", None]


def test_preprints_have_their_licence(read, tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(SHAPES["biorxiv"][0]))
    assert read(tmp_path / "a.json").column("licence") == ["cc_by"]


def test_what_a_post_of_a_forum_quotes_is_no_part_of_it(read, lines, tmp_path):
    quote = f'<aside class="quote">{TEXTS[0]}<aside>{TEXTS[2]}</aside></aside>'
    post = topic_post(1, "") | {"cooked": f"{quote}<p>{TEXTS[1]}</p>"}
    (tmp_path / "a.jsonl").write_text(lines([post]))
    assert read(tmp_path / "a.jsonl").column("text") == [TEXTS[1]]


def tumblr(number, **members):
    common = {"blog_name": "ann", "id": number, "reblog_key": "k", "timestamp": SECOND}
    return common | {"post_url": f"https://ann.example/{number}", "state": "published"} | members


def test_of_posts_of_tumblr_what_the_blog_wrote_is_read(read, tmp_path):
    root = {"blog": {"name": "bo"}, "content_raw": f"<p>{TEXTS[2]}</p>", "is_root_item": True}
    own = {"blog": {"name": "ann"}, "is_current_item": True}
    body = f"<p>{TEXTS[2]}</p>"
    posts = [
        tumblr(1, title="Quays", body=f"<p>{TEXTS[0]}</p>", trail=[own]),
        tumblr(2, body=body, reblog={"comment": f"<p>{TEXTS[1]}</p>"}, trail=[root, own]),
        tumblr(3, body=body, reblog={"comment": ""}, trail=[root]),
        tumblr(4, body=body, state="private"),
        tumblr(5, content=[{"type": "text", "text": "a < b\nc"}, {"type": "image"}], trail=[root]),
        tumblr(6, content=[], trail=[{"content": [{"text": TEXTS[2]}], "blog": {"name": "bo"}}]),
    ]
    (tmp_path / "a.json").write_text(json.dumps({"response": {"posts": posts}}))

    found = read(tmp_path / "a.json")

    assert found.column("text") == [f"Quays\n\n{TEXTS[0]}", TEXTS[1], "a < b\nc"]
    assert found.column("item") == ["1", "2", "5"]
    assert found.column("url")[0] == "https://ann.example/1"
    assert set(found.column("author")) == {"ann"}
    assert found.skipped == {"repost without its original": 2, "not public": 1}


def test_comments_of_tiktok_may_have_further_members(read, tmp_path):
    comment = {"date": ISO, "comment": TEXTS[0], "photo": "", "url": "", "likes": 3}
    export = {"Profile": {}, "Comment": {"Comments": {"CommentsList": [comment]}}}
    (tmp_path / "a.json").write_text(json.dumps(export))
    assert read(tmp_path / "a.json").column("text") == [TEXTS[0]]


def test_messages_of_matrix_are_read_as_edited_without_what_they_answer(read, tmp_path):
    answer = {"msgtype": "m.text", "body": f"> <@ben:m.example> {TEXTS[1]}\n> more\n\n{TEXTS[0]}"}
    edit = {"msgtype": "m.text", "body": f"* {TEXTS[2]}", "m.new_content": {"body": TEXTS[2]}}
    messages = [
        matrix(1, answer | {"m.relates_to": {"m.in_reply_to": {"event_id": "$e0"}}}),
        matrix(2, answer | {"body": f"> a proverb\n\n{TEXTS[1]}"}),
        matrix(3, edit | {"m.relates_to": {"rel_type": "m.replace", "event_id": "$e1"}}),
    ]
    (tmp_path / "a.json").write_text(json.dumps({"room_name": "quay", "messages": messages}))
    expected = [TEXTS[0], f"> a proverb\n\n{TEXTS[1]}", TEXTS[2]]
    found = read(tmp_path / "a.json")
    assert found.column("text") == expected
    assert found.column("item") == ["$e1", "$e2", "$e1"]  # an edit replaces what it edits


def test_a_review_is_read_in_either_version_of_the_interface(read, tmp_path):
    about = {"id": "n1", "forum": "f", "signatures": ["~Ann"], "cdate": 1_600_000_000_000}
    for value in ("Sound work.", {"value": "Sound work."}):
        note = about | {"content": {"rebuttal": "Thanks.", "review": value, "rating": "9: good"}}
        (tmp_path / "a.jsonl").write_text(json.dumps(note) + "\n")
        assert read(tmp_path / "a.jsonl").column("text") == ["Sound work.\n\nThanks."]


@pytest.mark.parametrize("members", [{"version": 1}, {"version": 1, "type": "post"}])
def test_an_object_with_a_version_is_no_export_of_mattermost(read, tmp_path, members):
    (tmp_path / "a.jsonl").write_text(json.dumps(members | {"text": "Some words."}) + "\n")
    assert read(tmp_path / "a.jsonl").column("text") == ["Some words."]
