"""Posts that are the title of a page elsewhere name that page; all others name none."""

import json

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.read.dumps.link_posts import linked_page, linked_pages

OWN = r"forum\.example|f\.example"

POST = {"id": "abc", "title": "A title", "created_utc": 1, "subreddit": "s", "selftext": ""}
STORY = {"id": 1, "by": "ann", "time": 1, "type": "story", "title": "A title"}


@pytest.mark.parametrize(
    ("address", "is_page"),
    [
        ("https://paper.example/news/1", True),
        ("HTTP://Paper.Example", True),
        ("https://paper.example/?u=https://forum.example/1", True),
        ("https://notforum.example/1", True),
        ("https://paper.example/pictures.png/story", True),
        ("https://forum.example/1", False),
        ("https://www.Forum.Example:443/1", False),
        ("https://f.example", False),
        ("https://imgur.com/a/b", False),
        ("https://paper.example/boat.JPG?w=3", False),
        ("/comments/1", False),
        ("mailto:ann@paper.example", False),
        ("", False),
        (None, False),
    ],
)
def test_only_pages_elsewhere_are_linked(address, is_page):
    assert linked_page(address, OWN) == (address if is_page else None)


@given(st.lists(st.none() | st.text("htps:/.fexample#?1", max_size=24), max_size=6))
def test_addresses_at_once_are_addresses_one_by_one(addresses):
    column = linked_pages(pa.array(addresses, pa.large_string()), OWN)
    assert column.to_pylist() == [linked_page(address, OWN) for address in addresses]


def links(read, path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return read(path).column("link")


def test_posts_of_reddit_name_what_they_link_to(read, tmp_path):
    urls = ["https://paper.example/1", "https://www.reddit.com/r/s/comments/abc/a_title/", None]
    rows = [{**POST, "id": f"a{n}", "url": url} for n, url in enumerate(urls)]
    comment = {"id": "c1", "body": "Yes", "link_id": "t3_abc", "created_utc": 1, "url": urls[0]}
    assert links(read, tmp_path / "RS.jsonl", [*rows, comment]) == [urls[0], None, None, None]


def test_stories_of_hacker_news_name_what_they_link_to(read, tmp_path):
    urls = ["https://paper.example/1", "https://news.ycombinator.com/item?id=3"]
    rows = [{**STORY, "id": n, "url": url} for n, url in enumerate(urls)]
    assert links(read, tmp_path / "hn.jsonl", [*rows, {**STORY, "id": 9}]) == [urls[0], None, None]
