"""Posts of X."""

import json

import pytest

from provenance.errors import UnsupportedFormat
from provenance.read.dumps.dump_discovery import find_dump_files
from provenance.read.dumps.layout_detection import detect_layout
from provenance.read.dumps.sources.x_posts import full_text

WHEN = "Wed Oct 19 20:37:25 +0000 2022"


def post(native="17", **more):
    return {"id_str": native, "created_at": WHEN, "lang": "en", **more}


def test_a_post_has_its_address_date_author_and_language(read, lines, tmp_path):
    path = tmp_path / "stream.ndjson"
    path.write_text(lines([post(text="hello there", user={"screen_name": "somebody"})]))
    row = read(path).rows[0]
    assert row["item"] == "17"
    assert row["url"] == "https://x.com/i/status/17"
    assert row["created_at"].isoformat() == "2022-10-19T20:37:25+00:00"
    assert (row["author"], row["language"], row["licence"]) == ("somebody", "en", None)


def test_the_longest_text_is_taken():
    assert full_text(post(text="short…")) == "short…"
    assert full_text(post(text="short…", full_text="short, and long")) == "short, and long"
    extended = {"full_text": "short, and longest"}
    assert full_text(post(text="short…", extended_tweet=extended)) == "short, and longest"


ORIGINAL = post("9", full_text="all that was said", user={"screen_name": "first"})
REPOST = "repost; its original is an item"
REPOST_ALONE = "repost without its original"


@pytest.mark.parametrize("text", ["RT @first: all that was said", "RT @first: all th…", "all"])
def test_a_repost_gives_the_post_that_it_repeats(read, lines, tmp_path, text):
    path = tmp_path / "stream.ndjson"
    path.write_text(lines([post(text=text, user={"screen_name": "b"}, retweeted_status=ORIGINAL)]))
    found = read(path)
    assert [(row["item"], row["author"], row["text"]) for row in found.rows] == [
        ("9", "first", "all that was said")
    ]
    assert found.skipped == {REPOST: 1}


def test_a_repost_whose_original_is_not_there_is_no_item(read, lines, tmp_path):
    path = tmp_path / "stream.ndjson"
    path.write_text(
        lines([post(text="RT @a: b…"), post(text="b", retweeted_status={"user": None})])
    )
    found = read(path)
    assert found.rows == []
    assert found.skipped == {REPOST_ALONE: 2}


def test_a_quoted_post_is_an_item_of_its_own_author(read, lines, tmp_path):
    path = tmp_path / "stream.ndjson"
    quoting = post(text="look at this", user={"screen_name": "b"}, quoted_status=ORIGINAL)
    path.write_text(lines([quoting]))
    found = read(path)
    assert found.column("author") == ["b", "first"]
    assert found.column("text") == ["look at this", "all that was said"]


def test_escapes_are_resolved_once(read, lines, tmp_path):
    path = tmp_path / "stream.ndjson"
    path.write_text(lines([post(text="a &lt;b&gt; &amp;amp; &quot;")]))
    assert read(path).column("text") == ["a <b> &amp; &quot;"]


def test_a_page_of_version_2_names_authors_and_resolves_references(read, tmp_path):
    page = {
        "data": [
            {
                "id": "1",
                "text": "short…",
                "author_id": "7",
                "note_tweet": {"text": "short and long"},
            },
            {
                "id": "2",
                "text": "RT @first: all th…",
                "author_id": "7",
                "referenced_tweets": [{"type": "retweeted", "id": "9"}],
            },
            {
                "id": "3",
                "text": "see",
                "author_id": "7",
                "lang": "und",
                "referenced_tweets": [{"type": "quoted", "id": "8"}],
            },
        ],
        "includes": {
            "users": [{"id": "7", "username": "ann"}, {"id": "5", "username": "first"}],
            "tweets": [
                {"id": "9", "text": "all that was said", "author_id": "5"},
                {"id": "8", "text": "quoted", "author_id": "5"},
                {"id": "6", "text": "answered", "author_id": "5"},
            ],
        },
    }
    path = tmp_path / "page.json"
    path.write_text(json.dumps(page))
    found = read(path)
    assert [(row["item"], row["author"], row["text"]) for row in found.rows] == [
        ("1", "ann", "short and long"),
        ("9", "first", "all that was said"),
        ("3", "ann", "see"),
        ("8", "first", "quoted"),
        ("6", "first", "answered"),
    ]
    assert found.skipped == {REPOST: 1}
    assert found.column("language") == [None] * 5


def activity(number, body, name="ann", **more):
    return {
        "objectType": "activity",
        "verb": "post",
        "id": f"tag:search.twitter.com,2005:{number}",
        "actor": {"preferredUsername": name},
        "body": body,
        "postedTime": "2016-07-29T01:41:44.000Z",
        "twitter_lang": "en",
        **more,
    }


def test_activities_have_their_long_text_and_date(read, lines, tmp_path):
    path = tmp_path / "gnip.json"
    long = activity(1, "cut off…", long_object={"body": "cut off no more"})
    share = activity(2, "RT @ben: a", verb="share", object=activity(3, "a", "ben"))
    quoting = activity(4, "see", twitter_quoted_status=activity(5, "quoted", "cleo"))
    path.write_text(lines([long, share, quoting, {**activity(6, ""), "verb": "delete"}]))
    found = read(path)
    assert [(row["item"], row["author"], row["text"]) for row in found.rows] == [
        ("1", "ann", "cut off no more"),
        ("3", "ben", "a"),
        ("4", "ann", "see"),
        ("5", "cleo", "quoted"),
    ]
    assert found.column("created_at")[0].isoformat() == "2016-07-29T01:41:44+00:00"
    assert found.skipped == {REPOST: 1, "deletion notice": 1}


def test_the_owner_of_an_archive_is_the_author(read, tmp_path):
    data = tmp_path / "archive" / "data"
    data.mkdir(parents=True)
    account = [{"account": {"username": "owner", "accountId": "5"}}]
    (data / "account.js").write_text(f"window.YTD.account.part0 = {json.dumps(account)}")
    posts = [
        {"tweet": post("1", full_text="mine")},
        {"tweet": post("2", full_text="RT @a: theirs")},
    ]
    (data / "tweets.js").write_text(f"window.YTD.tweets.part0 = {json.dumps(posts)}")
    gone = [{"tweet": post("3", full_text="gone", deleted_at=WHEN)}]
    (data / "deleted-tweets.js").write_text(f"window.YTD.deleted_tweets.part0 = {json.dumps(gone)}")
    found = read(tmp_path / "archive")
    assert [(row["author"], row["text"]) for row in found.rows] == [("owner", "mine")]
    assert found.skipped == {"deletion notice": 1, REPOST_ALONE: 1}


def test_other_parts_of_an_archive_are_named(read, tmp_path):
    path = tmp_path / "like.js"
    path.write_text('window.YTD.like.part0 = [{"like": {"fullText": "of others"}}]')
    with pytest.raises(UnsupportedFormat, match="no posts but 'like'") as caught:
        read(path)
    assert "tweets.js" in caught.value.remedy


def test_an_id_that_was_a_float_is_not_believed(read, lines, tmp_path):
    path = tmp_path / "stream.ndjson"
    lossy = {"id": 4.89e17, "text": "a", "created_at": WHEN, "user": {}, "retweet_count": 1}
    whole = {"id": 489790559058677760, "text": "b", "created_at": WHEN, "user": {}}
    path.write_text(lines([lossy, whole]))
    found = read(path)
    assert found.column("item") == ["489790559058677760"]
    assert found.skipped == {"no id": 1}


def test_notices_of_a_stream_are_no_posts(read, lines, tmp_path):
    path = tmp_path / "stream.ndjson"
    notices = [{"limit": {"track": 5}}, {"delete": {"status": {"id": 1}}}, post(), post(text=" ")]
    path.write_text(lines([post(text="a"), *notices, 7]) + "not json\n")
    assert read(path).skipped == {
        "not a post": 1,
        "deletion notice": 1,
        "null text": 1,
        "empty text": 1,
        "not a JSON object": 1,
        "not valid JSON": 1,
    }


def test_long_posts_of_an_archive_are_read(read, tmp_path):
    note = {
        "noteTweetId": "99",
        "core": {"text": "a long one"},
        "createdAt": "2023-07-01T10:00:00.000Z",
    }
    path = tmp_path / "note-tweet.js"
    path.write_text("window.YTD.note_tweet.part0 = " + json.dumps([{"noteTweet": note}]))
    assert detect_layout(find_dump_files(str(path))[0]) == "x-archive"
    row = read(path).rows[0]
    assert (row["item"], row["text"]) == ("99", "a long one")
    assert row["created_at"].isoformat() == "2023-07-01T10:00:00+00:00"


def test_posts_of_old_archives_have_no_wrapping(read, tmp_path):
    path = tmp_path / "tweet.js"
    path.write_text("window.YTD.tweet.part0 = " + json.dumps([post(full_text="hello")]))
    assert read(path).column("text") == ["hello"]


def test_an_archive_is_found_in_its_folder(read, tmp_path):
    data = tmp_path / "archive" / "data"
    data.mkdir(parents=True)
    for part, name in enumerate(("tweets.js", "tweets-part1.js", "like.js")):
        posts = [{"tweet": post(str(part), full_text=name)}]
        (data / name).write_text(f"window.YTD.tweets.part{part} = {json.dumps(posts)}")
    assert read(tmp_path / "archive").column("text") == ["tweets-part1.js", "tweets.js"]
    assert detect_layout(find_dump_files(str(tmp_path / "archive"))[0]) == "x-archive"


MISSING = [
    {"resource_type": "tweet", "resource_id": "9", "title": "Not Found Error"},
    {"resource_type": "tweet", "resource_id": "8", "title": "Authorization Error"},
    {"resource_type": "user", "resource_id": "7", "title": "Not Found Error"},
]
NOT_GIVEN = {"not given by X: Not Found Error": 1, "not given by X: Authorization Error": 1}


@pytest.mark.parametrize("indent", [None, 1])
def test_posts_that_a_page_does_not_give_are_counted(read, lines, tmp_path, indent):
    post = {"id": "5", "text": "here", "author_id": "1", "created_at": "2022-03-04T05:06:07.000Z"}
    pages = [{"data": [post], "errors": MISSING}, {"errors": MISSING}]
    for page, ids in zip(pages, (["5"], []), strict=True):
        path = tmp_path / "a.json"
        path.write_text(lines([page]) if indent is None else json.dumps(page, indent=indent))
        found = read(path)
        assert found.column("item") == ids
        assert found.skipped == NOT_GIVEN


def scraped(native, text, **others):
    members = {"_type": "snscrape.modules.twitter.Tweet", "id": native, "rawContent": text}
    members |= {"user": {"username": f"u{native}"}, "date": "2022-03-04T05:06:07+00:00"}
    return members | {"retweetedTweet": None, "quotedTweet": None, "lang": "en"} | others


def crawled(native, text, **others):
    members = {"type": "tweet", "id": f"{native}", "twitterUrl": "https://t.example"}
    members |= {"author": {"userName": f"u{native}"}, "createdAt": "Fri Mar 04 05:06:07 +0000 2022"}
    return members | {"fullText": text, "text": f"{text[:3]}…", "lang": "en"} | others


@pytest.mark.parametrize(
    "posts",
    [
        [
            scraped(1, "words &amp; more", quotedTweet=scraped(2, "quoted")),
            scraped(3, "RT @u4: repea…", retweetedTweet=scraped(4, "repeated")),
        ],
        [
            crawled(1, "words &amp; more", isQuote=True, quote=crawled(2, "quoted")),
            crawled(3, "RT @u4: repea…", isRetweet=True, retweet=crawled(4, "repeated")),
        ],
    ],
)
def test_posts_as_collectors_write_them(read, lines, tmp_path, posts):
    path = tmp_path / "a.json"
    for content in (lines(posts), json.dumps(posts, indent=1)):
        path.write_text(content)
        found = read(path)
        assert found.column("text") == ["words & more", "quoted", "repeated"]
        assert found.column("item") == ["1", "2", "4"]
        assert found.column("author") == ["u1", "u2", "u4"]
        assert {row["created_at"].isoformat() for row in found.rows} == {
            "2022-03-04T05:06:07+00:00"
        }
        assert found.skipped == {"repost; its original is an item": 1}


def test_tables_of_rtweet_and_twarc_name_what_is_repeated(read, write, tmp_path):
    row = {"created_at": "2022-03-04T05:06:07Z", "lang": "en"}
    rtweet = {"status_id": "x1", "screen_name": "ann", "text": "words", "is_retweet": "FALSE"}
    repeated = {"retweet_status_id": "x4", "retweet_text": "said", "retweet_screen_name": "ben"}
    nothing = dict.fromkeys(repeated, "")
    write(
        tmp_path / "r.csv",
        [
            row | rtweet | nothing,
            row | rtweet | {"status_id": "x3", "is_retweet": "TRUE"} | repeated,
        ],
    )
    twarc = {"id": "1", "author.username": "ann", "text": "words"}
    repost = {"id": "3", "text": "RT @ben: said", "retweeted_username": "ben"}
    column = "referenced_tweets.retweeted.id"
    write(
        tmp_path / "t.csv",
        [
            row | twarc | {column: ""},
            row | twarc | repost | {column: "4"},
            row | twarc | {"id": "5", "text": "RT @cat: cut o…", column: "6"},
        ],
    )
    for name, alone in (("r.csv", {}), ("t.csv", {"repost without its original": 1})):
        found = read(tmp_path / name)
        assert found.column("item") == ["1", "4"]
        assert found.column("text") == ["words", "said"]
        assert found.column("author") == ["ann", "ben"]
        assert found.skipped == {"repost; its original is an item": 1} | alone


def test_tables_of_minet_name_what_is_repeated(read, tmp_path, write):
    row = {"id": "1", "timestamp_utc": "1646370367", "user_screen_name": "ann", "text": "words"}
    row |= {"lang": "en", "retweeted_id": "", "retweeted_user": ""}
    repost = {"id": "3", "text": "said", "retweeted_id": "4", "retweeted_user": "ben"}
    write(tmp_path / "a.csv", [row, row | repost])
    found = read(tmp_path / "a.csv")
    assert found.column("item") == ["1", "4"]
    assert found.column("author") == ["ann", "ben"]
    assert found.rows[0]["created_at"].isoformat() == "2022-03-04T05:06:07+00:00"
    assert found.skipped == {"repost; its original is an item": 1}


def test_an_old_archive_in_csv_names_what_is_repeated(read, tmp_path, write):
    row = {"tweet_id": "100000000000000001", "timestamp": "2012-09-13 12:26:40 +0000"}
    row |= {"text": "a lantern", "retweeted_status_id": "", "expanded_urls": ""}
    repost = {"tweet_id": "5", "text": "RT @ben: a kettle", "retweeted_status_id": "99999999999"}
    write(tmp_path / "tweets.csv", [row, row | repost])
    found = read(tmp_path / "tweets.csv")
    assert found.column("text") == ["a lantern", "a kettle"]
    assert found.column("item") == ["100000000000000001", "99999999999"]
    assert found.column("author") == [None, "ben"]
    assert found.rows[0]["created_at"].isoformat() == "2012-09-13T12:26:40+00:00"


def result(number, text, **others):
    user = {"result": {"legacy": {"screen_name": "ann"}}}
    legacy = {"full_text": text, "created_at": "Wed Oct 19 20:07:25 +0000 2022", "lang": "en"}
    legacy |= others.pop("legacy", {})
    return {"rest_id": str(number), "core": {"user_results": user}, "legacy": legacy} | others


def entry_of(found):
    return {"content": {"itemContent": {"tweet_results": {"result": found}}}}


def test_responses_of_the_pages_of_x_are_read(read, tmp_path):
    long = {"note_tweet_results": {"result": {"text": "all of a long text &amp; more"}}}
    original = {"retweeted_status_result": {"result": result(9, "an original")}}
    seen = {"__typename": "TweetWithVisibilityResults", "tweet": result(4, "with a notice")}
    quoted = {"result": result(8, "what is quoted")}
    entries = [
        entry_of(result(1, "a lantern")),
        entry_of(result(2, "all of a long …", note_tweet=long)),
        entry_of(result(3, "RT @ann: an …", legacy=original)),
        {"content": {"items": [{"item": entry_of(seen)["content"]}]}},
        entry_of(result(5, "look at this", quoted_status_result=quoted)),
        entry_of({"__typename": "TweetTombstone", "tombstone": {"text": {"text": "gone"}}}),
        {"content": {"entryType": "TimelineTimelineCursor", "value": "abc"}},
    ]
    instructions = [{"type": "TimelineClearCache"}, {"type": "AddEntries", "entries": entries}]
    timeline = {"timeline": {"instructions": instructions}}
    response = {"data": {"user": {"result": {"timeline_v2": timeline}}}}
    path = tmp_path / "UserTweets.json"
    path.write_text(json.dumps(response))
    found = read(path)
    assert dict(zip(found.column("item"), found.column("text"), strict=True)) == {
        "1": "a lantern",
        "2": "all of a long text & more",
        "9": "an original",
        "4": "with a notice",
        "5": "look at this",
        "8": "what is quoted",
    }
    assert {*found.column("author")} == {"ann"}
    assert {*found.column("language")} == {"en"}
    assert found.skipped == {"repost; its original is an item": 1, "deleted or removed": 1}


def test_a_page_without_results_has_no_posts(read, tmp_path):
    path = tmp_path / "page.json"
    path.write_text(json.dumps({"meta": {"result_count": 0, "newest_id": None}}))
    found = read(path)
    assert (found.rows, found.skipped) == ([], {})
