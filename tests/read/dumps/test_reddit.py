"""Reddit as Pushshift wrote it."""

import json

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from provenance.read.dumps.layouts import open_dump

COMMENT = {
    "id": "kod0bkd",
    "name": "t1_kod0bkd",
    "body": "Absolutely",
    "author": "somebody",
    "link_id": "t3_1afjd7n",
    "permalink": "/r/woodworking/comments/1afjd7n/a_table/kod0bkd/",
    "created_utc": 1706745600.0,
}
SUBMISSION = {
    "id": "1afwvv8",
    "title": "A question?",
    "selftext": "What it is.",
    "is_self": True,
    "author": "[deleted]",
    "permalink": "/r/a/comments/1afwvv8/a_question/",
    "created_utc": "1706745600",
}


@pytest.fixture
def rows(read, lines, tmp_path):
    """Read posts, one after the other."""

    def rows(*posts):
        path = tmp_path / "R_sample"
        path.write_text(lines(posts))
        return read(path, layout="reddit")

    return rows


def test_a_comment_is_its_body(rows):
    row = rows(COMMENT).rows[0]
    assert (row["item"], row["text"], row["author"]) == ("t1_kod0bkd", "Absolutely", "somebody")
    assert row["url"] == "https://www.reddit.com/r/woodworking/comments/1afjd7n/a_table/kod0bkd/"
    assert row["created_at"].isoformat() == "2024-02-01T00:00:00+00:00"


def test_a_submission_is_its_title_over_its_text(rows):
    row = rows(SUBMISSION).rows[0]
    assert (row["item"], row["text"]) == ("t3_1afwvv8", "A question?\n\nWhat it is.")
    assert row["author"] is None
    assert row["created_at"].isoformat() == "2024-02-01T00:00:00+00:00"


def test_early_dumps_have_ids_and_addresses_too(rows):
    comment = {key: COMMENT[key] for key in ("id", "body", "link_id")}
    submission = {"id": "abc", "title": "t", "selftext": None}
    assert rows(comment, submission).column("item") == ["t1_kod0bkd", "t3_abc"]
    assert rows(comment, submission).column("url") == [
        "https://www.reddit.com/comments/1afjd7n/_/kod0bkd/",
        "https://www.reddit.com/comments/abc/",
    ]
    assert rows({"id": "c", "body": "b"}).column("url") == [None]


@pytest.mark.parametrize(
    "gone", ["[deleted]", "[removed]", " [removed]\n", "[ Removed by Reddit ]"]
)
def test_what_is_gone_is_counted(rows, gone):
    found = rows({**COMMENT, "body": gone}, {**SUBMISSION, "title": gone, "selftext": gone})
    assert found.rows == []
    assert found.skipped == {"deleted or removed": 2}


def test_a_title_stays_where_the_text_is_gone(rows):
    assert rows({**SUBMISSION, "selftext": "[removed]"}).column("text") == ["A question?"]


def test_a_post_without_words_is_counted(rows):
    found = rows(
        {**COMMENT, "body": " "}, {**COMMENT, "body": None}, {"id": "x"}, {"body": "no id"}
    )
    assert found.skipped == {"empty text": 1, "null text": 1, "not a post": 1, "no id": 1}


def test_what_the_dump_says_was_deleted_later_is_no_item(rows):
    later = {**COMMENT, "_meta": {"retrieved_2nd_on": 1, "was_deleted_later": True}}
    looked_at = {**COMMENT, "name": "t1_x", "_meta": {"retrieved_2nd_on": 1}}
    found = rows(later, looked_at, {**COMMENT, "name": "t1_y"})
    assert found.column("item") == ["t1_x", "t1_y"]
    assert found.skipped == {"deleted later, as the dump says": 1}
    found = rows(later, {**looked_at, "_meta": {"was_deleted_later": False}}, {"id": "x"})
    assert found.skipped == {"deleted later, as the dump says": 1, "not a post": 1}


def test_events_of_deletion_are_counted(rows):
    event = {"thing": "t1", "name": "t1_abc", "$event": {"action": "deleted"}}
    assert rows(COMMENT, event).skipped == {"deletion notice": 1}


def test_titles_and_threads_come_from_tables_too(read, write, tmp_path):
    rows = [
        {
            "id": "abc",
            "title": "A question?",
            "selftext": "The rest.",
            "url": "https://i.example/a.png",
            "permalink": "/r/a/comments/abc/a_question/",
            "created_utc": "1361498798.0",
            "subreddit_id": "t5_1",
        },
        {"id": "def", "title": "[deleted by user]", "created_utc": "1361498798"},
    ]
    for name in ("p.csv", "p.parquet"):
        write(tmp_path / name, rows)
        found = read(tmp_path / name)
        (row,) = found.rows
        assert (row["item"], row["text"]) == ("t3_abc", "A question?\n\nThe rest.")
        assert row["url"] == "https://www.reddit.com/r/a/comments/abc/a_question/"
        assert row["created_at"].isoformat() == "2013-02-22T02:06:38+00:00"
        assert found.skipped == {"deleted or removed": 1}


def test_an_export_of_a_user_is_read(read, write, tmp_path):
    common = {"id": "abc", "date": "2021-03-04 05:06:07 UTC", "ip": "", "subreddit": "a"}
    link = "https://www.reddit.com/r/a/comments/abc/"
    posts = [{**common, "permalink": link, "title": "A title", "url": "", "body": "The rest."}]
    write(tmp_path / "posts.csv", posts)
    write(tmp_path / "comments.csv", [{**common, "permalink": link, "link": link, "body": "No."}])
    write(tmp_path / "post_votes.csv", [{"id": "x", "permalink": link, "direction": "up"}])
    found = read(tmp_path)
    assert [(row["item"], row["text"]) for row in found.rows] == [
        ("t1_abc", "No."),
        ("t3_abc", "A title\n\nThe rest."),
    ]
    assert found.column("created_at")[0].isoformat() == "2021-03-04T05:06:07+00:00"


WORDS = st.sampled_from(
    [
        "a text",
        "naïve 😀",
        "",
        " ",
        "\u3000",
        "[deleted]",
        "\n[removed] ",
        "[ Removed by Reddit ]",
        "[deleted",
    ]
)
POSTS = st.fixed_dictionaries(
    {},
    optional={
        "body": WORDS | st.none(),
        "title": WORDS | st.none(),
        "selftext": WORDS | st.none(),
        "id": st.sampled_from(["abc", "t1_abc", "", None]),
        "name": st.sampled_from(["t1_xyz", "t3_xyz", "xyz", "", None]),
        "author": st.sampled_from(["somebody", "[deleted]", "", None]),
        "permalink": st.sampled_from(["/r/a/", "https://www.reddit.com/r/a/", "", None]),
        "link_id": st.sampled_from(["t3_thread", "thread", "", None]),
        "url": st.sampled_from(["https://a.example/1", "https://i.redd.it/a", "/r/a/", "", None]),
        "created_utc": st.sampled_from([1_706_745_600, 0, None]),
    },
)


@pytest.fixture(scope="session")
def both_ways(lines, tmp_path_factory):
    """Read posts at once and one by one: items, and rows that were skipped, by reason."""
    folder = tmp_path_factory.mktemp("reddit")

    def told(batches):
        rows = [row for items in batches for row in items.batch.to_pylist()]
        skipped = {(one.reason, one.count, one.rows) for items in batches for one in items.skipped}
        return rows, skipped

    def both_ways(posts):
        (folder / "RC").write_text(lines(posts))
        (folder / "RC.json").write_text(json.dumps(posts))
        ways = [open_dump(str(folder / n), source="s", layout="reddit") for n in ("RC", "RC.json")]
        return [told(list(way)) for way in ways]

    return both_ways


@given(posts=st.lists(POSTS, min_size=1, max_size=6))
def test_posts_at_once_are_posts_one_by_one(both_ways, posts):
    at_once, one_by_one = both_ways(posts)
    assert at_once[0] == one_by_one[0]
    assert {(r, c) for r, c, _ in at_once[1]} == {(r, c) for r, c, _ in one_by_one[1]}


@given(posts=st.lists(POSTS.map(lambda post: {"body": "b"} | post), min_size=1, max_size=6))
def test_comments_at_once_are_comments_one_by_one(both_ways, posts):
    at_once, one_by_one = both_ways(posts)
    assert at_once == one_by_one


def test_windows_of_two_gigabytes_are_read(read, lines, tmp_path):
    wide = zstandard.ZstdCompressionParameters(window_log=31, enable_ldm=True)
    path = tmp_path / "RC_2020-01.zst"
    # A frame whose size is not told keeps the window that was asked for.
    packer = zstandard.ZstdCompressor(compression_params=wide).compressobj()
    path.write_bytes(packer.compress(lines([COMMENT]).encode()) + packer.flush())
    assert zstandard.get_frame_parameters(path.read_bytes()).window_size == 1 << 31
    assert read(path).column("text") == ["Absolutely"]


def test_frames_may_follow_each_other(read, lines, tmp_path):
    pack = zstandard.ZstdCompressor().compress
    posts = [lines([{**COMMENT, "name": f"t1_{n}"}]).encode() for n in range(3)]
    path = tmp_path / "RC.zst"
    path.write_bytes(b"".join(pack(post) for post in posts))
    assert read(path).column("item") == ["t1_0", "t1_1", "t1_2"]


@pytest.mark.parametrize("form", ["lines", "array", "table"])
def test_what_the_site_escapes_is_resolved_once(read, lines, write, tmp_path, form):
    posts = [
        {"id": "c1", "body": "&gt; a &amp;lt; b &quot;", "link_id": "t3_a", "created_utc": 1},
        {"id": "c2", "body": "no escapes", "link_id": "t3_a", "created_utc": 1},
    ]
    if form == "table":
        path = tmp_path / "RC.parquet"
        write(path, posts)
    else:
        path = tmp_path / "RC.json"
        path.write_text(lines(posts) if form == "lines" else json.dumps(posts))
    assert read(path).column("text") == ["> a &lt; b &quot;", "no escapes"]


def test_tables_of_socialgrep_have_the_ids_of_the_site(read, write, tmp_path):
    row = {"type": "comment", "id": "c1", "subreddit.id": "2qh", "subreddit.name": "pears"}
    row |= {"created_utc": 1600000000, "permalink": "https://old.reddit.com/c1/", "body": "words"}
    write(tmp_path / "comments.csv", [row])
    (found,) = read(tmp_path / "comments.csv").rows
    assert (found["item"], found["url"]) == ("t1_c1", "https://old.reddit.com/c1/")
