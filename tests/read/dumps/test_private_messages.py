"""Private messages in exports: left out and counted, unless somebody gives them by name."""

import json

import pytest

TEXTS = [
    "The lantern swung over the quay all night, and nobody slept",
    "Somebody's cousin carried the kettle indoors before the rain",
]
PRIVATE = "passed over: private messages; to read them, give the file by its name"
OTHERS = (
    "passed over: not among the posts of the export that is recognised; "
    "to read it, give it by itself"
)


def put(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))


def conversation(text):
    message = {"sender_name": "Ben", "timestamp_ms": 1600000000000, "content": text}
    return {"participants": [{"name": "Ben"}], "messages": [message], "thread_path": "inbox/x"}


def slack(text):
    return [{"type": "message", "user": "U1", "text": text, "ts": "1600000000.5"}]


def export_of_facebook():
    comment = {"comment": {"comment": TEXTS[1], "author": "Ann"}}
    return {
        "posts/your_posts_1.json": [{"timestamp": 1600000000, "data": [{"post": TEXTS[0]}]}],
        "comments/comments.json": {"comments_v2": [{"timestamp": 1600000000, "data": [comment]}]},
        "friends/your_friends.json": {"friends_v2": [{"name": "Ben", "timestamp": 1}]},
        "messages/inbox/ben_1/message_1.json": conversation("between us"),
    }


def export_of_instagram():
    comment = {"Comment": {"value": TEXTS[1]}, "Time": {"timestamp": 1600000000}}
    return {
        "content/posts_1.json": [
            {"media": [{"creation_timestamp": 1600000000, "title": TEXTS[0]}]}
        ],
        "comments/post_comments_1.json": [{"string_map_data": comment}],
        "likes/liked_posts.json": {"likes": [{"title": "ben", "string_list_data": [{}]}]},
        "messages/inbox/ben_1/message_1.json": conversation("between us"),
    }


def export_of_slack():
    return {
        "channels.json": [{"id": "C1", "name": "general"}],
        "general/2020-09-13.json": [*slack(TEXTS[0]), *slack(TEXTS[1])],
        "D1HBB4ZZ9/2020-09-13.json": slack("between us"),
    }


def export_of_google_chat():
    def said(text):
        message = {"creator": {"name": "Ann"}, "text": text, "message_id": text[:9]}
        return {"messages": [message | {"created_date": "2020-09-13T12:26:40Z"}]}

    return {
        "Groups/Space AAA/group_info.json": {"name": "Quay"},
        "Groups/Space AAA/messages.json": said(TEXTS[0]),
        "Groups/Space BBB/group_info.json": {"name": "Rain"},
        "Groups/Space BBB/messages.json": said(TEXTS[1]),
        "Groups/DM CCC/group_info.json": {},
        "Groups/DM CCC/messages.json": said("between us"),
    }


@pytest.mark.parametrize(
    "export", [export_of_facebook, export_of_instagram, export_of_slack, export_of_google_chat]
)
def test_an_export_gives_what_was_public(read, tmp_path, export):
    put(tmp_path, export())
    found = read(tmp_path)
    assert sorted(found.column("text")) == sorted(TEXTS)
    assert {row["created_at"].year for row in found.rows} == {2020}
    others = {} if export is export_of_slack else {OTHERS: 1}
    assert found.skipped == {PRIVATE: 1} | others


def test_direct_messages_of_x_reddit_and_linkedin_are_counted(read, tmp_path):
    tweet = {"id_str": "5", "created_at": "Wed Mar 01 10:11:12 +0000 2023", "full_text": TEXTS[0]}
    put(
        tmp_path / "x",
        {
            "data/tweets.js": f"window.YTD.tweets.part0 = {json.dumps([{'tweet': tweet}])}",
            "data/direct-messages.js": "window.YTD.direct_messages.part0 = []",
            "data/direct-messages-group-part1.js": "window.YTD.direct_messages_group.part1 = []",
        },
    )
    put(tmp_path / "r", {"post_headers.csv": "id\n", "chat_history.csv": "message_id,message\n"})
    put(tmp_path / "r", {"posts.csv": "id,permalink,date,subreddit,title,body\n"})
    put(
        tmp_path / "l", {"Shares.csv": "Date,ShareLink,ShareCommentary\n", "messages.csv": "FROM\n"}
    )
    assert read(tmp_path / "x").skipped == {PRIVATE: 2}
    assert read(tmp_path / "r").skipped == {PRIVATE: 1}
    assert read(tmp_path / "l").skipped == {PRIVATE: 1}


@pytest.mark.parametrize("name", ["messages.json", "messages.csv"])
def test_the_package_of_discord_gives_what_was_said_in_servers(read, write, tmp_path, name):
    for number, kind in enumerate(["GUILD_TEXT", "DM", 3]):
        folder = tmp_path / "Messages" / f"c{number}"
        put(folder, {"channel.json": {"id": f"{number}", "type": kind}})
        row = {"ID": f"{number}", "Timestamp": "2020-09-13 12:26:40", "Contents": TEXTS[0]}
        write(folder / name, [row])
    put(tmp_path, {"Activity/events.json": [{"message": "an event", "timestamp": 1}]})
    found = read(tmp_path)
    assert found.column("item") == ["0"]
    assert found.skipped == {"not public": 2, OTHERS: 1}


def test_all_chats_of_telegram_give_the_public_ones(read, tmp_path):
    def chat(number, kind):
        message = {"id": 1, "type": "message", "date": "2020-09-13T12:26:40", "text": TEXTS[0]}
        return {"id": number, "type": kind, "messages": [message]}

    chats = [chat(1, "personal_chat"), chat(2, "public_supergroup"), chat(3, "private_group")]
    path = tmp_path / "result.json"
    path.write_text(json.dumps({"about": "", "chats": {"list": chats}}))
    found = read(path)
    assert found.column("item") == ["2/1"]
    assert found.skipped == {"not public": 2}
    path.write_text(json.dumps(chats[0]))
    assert read(path).column("item") == ["1/1"]


def test_a_conversation_is_read_if_it_is_given(read, tmp_path):
    path = tmp_path / "message_1.json"
    path.write_text(json.dumps(conversation("Caf\u00c3\u00a9 at nine")))
    (row,) = read(path).rows
    assert (row["text"], row["author"]) == ("Caf\u00e9 at nine", "Ben")
    folder = tmp_path / "D01ABC2"
    put(folder, {"2020-09-13.json": slack(TEXTS[0])})
    assert read(folder).column("text") == [TEXTS[0]]


def test_of_an_export_of_medium_what_was_published_is_read(read, tmp_path):
    pytest.importorskip("resiliparse", reason="the extra `web` is not installed")
    page = (
        '<!DOCTYPE html><html><head><title>On it</title></head><body><article class="h-entry">'
        '<header><h1 class="p-name">On it</h1></header><section class="e-content"><p>{}</p>'
        '</section><footer><p><a class="p-author h-card" href="u">Ann</a><a class="p-canonical" href="https://m.example/{}">Canonical</a>'
        '<time class="dt-published" datetime="2020-09-13T12:26:40Z">then</time></p></footer>'
        "</article></body></html>"
    )
    put(
        tmp_path,
        {
            "posts/2020-09-13_On-it-1.html": page.format(TEXTS[0], 1),
            "posts/draft_Not-yet-2.html": page.format(TEXTS[1], 2),
            "bookmarks/bookmarks-0001.html": "<!DOCTYPE html><html><body>of others</body></html>",
        },
    )
    for options in ({}, {"layout": "html"}):
        found = read(tmp_path, **options)
        (row,) = found.rows
        assert TEXTS[0] in row["text"]
        assert (row["url"], row["author"]) == ("https://m.example/1", "Ann")
        assert found.skipped == {"passed over: a draft; to read it, give it by its name": 1}


def test_of_an_export_of_letterboxd_what_is_not_deleted_is_read(read, tmp_path):
    put(
        tmp_path,
        {
            "watched.csv": "Date,Name,Letterboxd URI\n2020-09-13,A film,https://b.example/1\n",
            "reviews.csv": f"Date,Name,Letterboxd URI,Review\n2020-09-13,A,u,{TEXTS[1]}\n",
            "deleted/reviews.csv": "Date,Name,Letterboxd URI,Review\n2020-09-13,A,u,gone\n",
        },
    )
    found = read(tmp_path)
    assert found.column("text") == [TEXTS[1]]
    reason = "passed over: what the user deleted; to read it, give it by its name"
    assert found.skipped[reason] == 1


@pytest.mark.parametrize(
    ("posts", "article"),
    [("Shares.csv", "Articles/2020-a.html"), ("data/tweets.js", "data/article.js")],
)
def test_articles_in_an_export_are_named(read, tmp_path, posts, article):
    post = {"tweet": {"id_str": "5", "full_text": TEXTS[0]}}
    content = {
        "Shares.csv": f'Date,ShareLink,ShareCommentary,Visibility\n2020-09-13,u,"{TEXTS[0]}",\n',
        "data/tweets.js": f"window.YTD.tweets.part0 = {json.dumps([post])}",
    }
    put(tmp_path, {posts: content[posts], article: "window.YTD.article.part0 = [" + TEXTS[1] * 3})
    found = read(tmp_path)
    assert found.column("text") == [TEXTS[0]]
    assert [reason for reason in found.skipped if "an article in an export" in reason]


def test_pages_of_an_export_are_read_if_that_is_said(read, tmp_path):
    pytest.importorskip("resiliparse", reason="the extra `web` is not installed")
    page = "<!DOCTYPE html><html><head><title>On it</title></head><body><p>{}</p></body></html>"
    put(
        tmp_path,
        {
            "Shares.csv": "Date,ShareLink,ShareCommentary,Visibility\n2020-09-13,u,words,\n",
            "Articles/2020-a.html": page.format(TEXTS[0]),
        },
    )
    found = read(tmp_path, layout="html")
    assert found.column("text") == [TEXTS[0]]
    assert sum(found.skipped.values()) == 1
