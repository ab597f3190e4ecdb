"""Posts of X."""

import json

import pytest

from provenance.read.dumps.dump_discovery import find_dump_files
from provenance.read.dumps.layout_detection import detect_layout
from provenance.read.dumps.x_posts import full_text

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


ORIGINAL = {"full_text": "all that was said", "user": {"screen_name": "first"}}


@pytest.mark.parametrize(
    ("retweet", "text"),
    [
        ({"text": "RT @first: all that was said"}, "RT @first: all that was said"),
        ({"text": "RT @first: all th…"}, "RT @first: all that was said"),
        ({"text": "RT @first: all", "truncated": True}, "RT @first: all that was said"),
        ({"full_text": "RT @first: all th…", "truncated": False}, "RT @first: all that was said"),
        ({}, "RT @first: all that was said"),
    ],
)
def test_a_repost_that_was_cut_gets_the_text_of_what_it_repeats(retweet, text):
    assert full_text(post(**retweet, retweeted_status=ORIGINAL)) == text


def test_a_repost_keeps_its_own_text_where_the_original_has_none():
    assert full_text(post(text="RT @a: b…", retweeted_status={"user": None})) == "RT @a: b…"
    assert full_text(post(text="RT @a: b…", retweeted_status=None)) == "RT @a: b…"


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
        "not a post": 2,
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
