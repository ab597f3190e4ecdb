"""Posts with further posts in them: replies, threads, pages of an interface."""

import json

import pytest

ISO, SECOND = "2020-09-13T12:26:40Z", 1600000000


@pytest.fixture(params=["lines", "pretty"])
def put(request, lines, tmp_path):
    """Write an object on a line of its own, or over several lines."""

    def put(content):
        path = tmp_path / "a.json"
        is_pretty = request.param == "pretty"
        path.write_text(json.dumps(content, indent=1) if is_pretty else lines([content, content]))
        return path

    return put


def ids(found):
    return list(dict.fromkeys(found.column("item")))


def test_comments_in_a_submission_of_reddit(read, put):
    def comment(native, *replies):
        members = {"id": native, "body": f"says {native}", "author": "ben", "created_utc": SECOND}
        return members | {"replies": [*replies], "subreddit": "pears", "parent_id": "t3_s1"}

    post = {"id": "s1", "title": "A title", "selftext": "its text", "created_utc": float(SECOND)}
    replies = [comment("c1", comment("c2")), comment("c3")]
    found = read(put(post | {"subreddit": "pears", "author": "ann", "comments": replies}))
    assert ids(found) == ["t3_s1", "t1_c1", "t1_c2", "t1_c3"]
    assert found.column("author")[:2] == ["ann", "ben"]


def test_replies_in_an_item_of_hacker_news(read, put):
    def item(native, text, *children):
        members = {"id": native, "author": "ann", "created_at_i": SECOND, "title": None}
        return members | {"text": text, "children": [*children], "type": "comment"}

    story = item(1, None, item(2, "<p>a &#x2F; b</p>", item(3, "c")), item(4, None))
    found = read(put(story | {"title": "A story", "type": "story"}))
    assert ids(found) == ["1", "2", "3"]
    assert found.column("text")[:3] == ["A story", "a / b", "c"]
    assert found.skipped == {"empty text": len(found.rows) // 3}


def test_a_page_of_the_search_of_hacker_news_has_its_query(read, put):
    hit = {"objectID": "2", "author": "ann", "created_at_i": SECOND, "comment_text": "a<p>b"}
    found = read(put({"hits": [hit], "nbHits": 1, "query": "a lantern", "params": "query=x"}))
    assert (ids(found), found.column("text")[0]) == (["2"], "a\n\nb")


def status(number, **others):
    uri = f"https://m.example/{number}"
    members = {"id": f"{number}", "uri": uri, "url": uri, "content": f"<p>says {number}</p>"}
    return members | {"account": {"acct": "ann"}, "visibility": "public"} | others


@pytest.mark.parametrize(
    ("page", "numbers"),
    [
        ({"ancestors": [status(1)], "descendants": [status(2), status(3)]}, [1, 2, 3]),
        ({"type": "mention", "account": {"acct": "ben"}, "status": status(1)}, [1]),
        (
            {
                "account": {"acct": "ann"},
                "statuses": [status(1), status(2, visibility="private")],
                "favourites": [status(3)],
                "bookmarks": [],
                "mentions": [{"type": "mention", "account": {}, "status": status(4)}],
            },
            [1, 3, 4],
        ),
    ],
)
def test_threads_notifications_and_archives_of_mastodon(read, put, page, numbers):
    assert ids(read(put(page))) == [f"https://m.example/{number}" for number in numbers]


def test_posts_that_posts_of_mastodon_quote_are_items(read, put):
    link = '<p class="quote-inline">RE: <a href="https://m.example/2">m.example/2</a></p>'
    quotes = [
        status(1, content=f"{link}<p>says 1</p>", quote={"quoted_status": status(2)}),
        status(3, quote=status(4) | {"account": {"acct": "ben"}}),
        status(5, quote={"state": "pending", "quoted_status": None}),
        status(6, quote=status(7, visibility="private")),
    ]
    found = read(put({"ancestors": quotes, "descendants": []}))
    assert ids(found) == [f"https://m.example/{number}" for number in (1, 2, 3, 4, 5, 6)]
    assert found.column("text")[:6] == [f"says {number}" for number in (1, 2, 3, 4, 5, 6)]
    assert found.column("author")[3] == "ben"


def view(number, **others):
    address = f"at://did:plc:a{number}/app.bsky.feed.post/3k"
    record = {"$type": "app.bsky.feed.post", "text": f"says {number}", "createdAt": ISO}
    return {"uri": address, "cid": "x", "record": record} | others


def quoting(number):
    quoted = view(number)
    return {"record": {"uri": quoted["uri"], "cid": "x", "value": quoted["record"]}}


@pytest.mark.parametrize(
    ("page", "numbers"),
    [
        (
            {
                "thread": {
                    "post": view(1),
                    "replies": [{"post": view(2)}],
                    "parent": {"post": view(3)},
                }
            },
            [1, 3, 2],
        ),
        ({"feed": [{"post": view(1), "reply": {"root": view(2), "parent": view(3)}}]}, [1, 3, 2]),
        ({"posts": [view(1, embed=quoting(2))]}, [1, 2]),
        ({"posts": [view(1, embed={"media": {}, "record": quoting(2)})]}, [1, 2]),
    ],
)
def test_threads_and_feeds_of_bluesky(read, put, page, numbers):
    found = read(put(page))
    assert ids(found) == [f"at://did:plc:a{n}/app.bsky.feed.post/3k" for n in numbers]
    assert found.column("author")[: len(numbers)] == [f"did:plc:a{n}" for n in numbers]


def test_a_crawled_post_of_weibo_has_its_author_and_the_original(read, put):
    post = {"id": 7, "text": "says it", "attitudes_count": 0, "reposts_count": 0, "user_id": 1}
    found = read(put(post | {"screen_name": "ann", "retweet": post | {"id": 8, "user_id": 2}}))
    assert ids(found) == ["7", "8"]
    assert found.column("author")[:2] == ["ann", "2"]


def test_posts_of_weibo_may_be_in_cards(read, put):
    post = {"mid": "7", "text": "says it", "reposts_count": 0, "user": {"screen_name": "ann"}}
    cards = [{"card_type": 9, "mblog": post}, {"card_type": 9, "mblog": post | {"mid": "8"}}]
    found = read(put({"ok": 1, "data": {"cards": cards}}))
    assert ids(found) == ["7", "8"]
    assert set(found.column("author")) == {"ann"}
