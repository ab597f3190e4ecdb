"""Items without a date get that which their ids or addresses contain, and nothing else."""

import json
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.model.content.tables import ITEMS, Items
from provenance.pipeline.building.dump_preview import preview_dumps
from provenance.pipeline.building.id_dates import date_by_ids
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.registry.store import open_registry

DIGITS = "234567abcdefghijklmnopqrstuvwxyz"


def second(*day):
    return int(datetime(*day, tzinfo=UTC).timestamp())


NOW = second(2026, 12, 1)
SNOWFLAKES = {
    "x": (22, 1288834974657, 1 << 35, second(2010, 11, 5)),
    "mastodon": (16, 0, 98750693376000000, second(2017, 10, 1)),
    "discord": (22, 1420070400000, 43486543872000000, second(2015, 5, 1)),
}
ADDRESSES = {
    "x": "https://mobile.twitter.com/ada/status/{}?s=20",
    "mastodon": "https://chirp.example/@ada/{}",
    "discord": "https://discord.com/channels/41771983423143937/41771983423143938/{}",
}


def dated(source, item, url=None, created_at=None):
    """Return the second of an item as it is dated, and how many were dated by their ids."""
    row = dict.fromkeys(ITEMS.names) | {"source": source, "item": item, "url": url, "text": "t"}
    row["created_at"] = created_at
    batch = pa.RecordBatch.from_pylist([row], ITEMS)
    [items] = date_by_ids(iter([Items(batch)]))
    assert items.batch.schema == ITEMS
    return items.batch["created_at"].cast(pa.int64())[0].as_py(), items.dated_by_id


def snowflake(source, moment, low):
    shift, epoch, *_ = SNOWFLAKES[source]
    return str((moment * 1000 - epoch) << shift | low)


def tid(moment, low=0):
    number = (moment * 1_000_000) << 10 | low
    return "".join(DIGITS[number >> 5 * place & 31] for place in reversed(range(13)))


@given(data=st.data(), source=st.sampled_from(sorted(SNOWFLAKES)), low=st.integers(0, 0xFFFF))
def test_a_snowflake_says_its_second(data, source, low):
    moment = data.draw(st.integers(SNOWFLAKES[source][3], NOW))
    number = snowflake(source, moment, low)
    assert dated(source, number) == (moment, 1)
    assert dated(source, "an id", ADDRESSES[source].format(number)) == (moment, 1)
    assert dated(source, ADDRESSES[source].format(number)) == (moment, 1)


@given(moment=st.integers(second(2022, 11, 1), NOW), low=st.integers(0, 1023))
def test_a_tid_says_its_second(moment, low):
    key = tid(moment, low)
    assert dated("bluesky", key) == (moment, 1)
    assert dated("bluesky", f"at://did:plc:abc/app.bsky.feed.post/{key}") == (moment, 1)
    assert dated("bluesky", "1", f"https://bsky.app/profile/ada.example/post/{key}") == (moment, 1)


@given(data=st.data(), source=st.sampled_from(sorted(SNOWFLAKES)))
def test_ids_before_snowflakes_say_nothing(data, source):
    number = str(data.draw(st.integers(0, SNOWFLAKES[source][2] - 1)))
    assert dated(source, number) == (None, 0)
    assert dated(source, "an id", ADDRESSES[source].format(number)) == (None, 0)


@pytest.mark.parametrize(
    ("source", "item", "url"),
    [
        ("reddit", "t3_15bfi0", "https://www.reddit.com/r/a/comments/15bfi0/b"),
        ("threads", "1700000000000000000", None),
        ("not-a-source", "1700000000000000000", "https://x.com/ada/status/1700000000000000000"),
        ("x", "-1700000000000000000", None),
        ("x", "\uff11" + "7" * 18, None),
        ("x", "17000000000000000000", None),
        ("x", "post", "https://x.com/ada"),
        ("bluesky", "3kxyz", None),
        ("bluesky", "zzzzzzzzzzzzz", None),
        ("bluesky", tid(second(2001, 1, 1)), None),
        ("bluesky", tid(NOW).upper(), None),
    ],
)
def test_what_is_no_such_id_says_nothing(source, item, url):
    assert dated(source, item, url) == (None, 0)


def test_a_date_that_the_dump_states_stays():
    given_date = second(2015, 1, 1)
    assert dated("x", snowflake("x", NOW, 1), None, given_date) == (given_date, 0)


@pytest.fixture
def dump(tmp_path):
    rows = [
        {"id": snowflake("x", second(2021, 3, 4), 7), "text": "a post about a red lantern"},
        {"id": "12345", "text": "a post from before there were such ids"},
    ]
    path = tmp_path / "posts.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_a_build_dates_and_counts_them(dump, tmp_path):
    source = DumpSource([str(dump)], "x")
    days = [row["created_at"] for row in preview_dumps(source)[0].items]
    assert days == [datetime(2021, 3, 4, tzinfo=UTC), None]
    outcome = build_registry(tmp_path / "reg", source)
    assert outcome.reading.dated_by_id == 1
    [coverage] = open_registry(tmp_path / "reg").manifest.sources
    assert str(coverage.first) == str(coverage.last) == "2021-03-04"
    [step] = outcome.manifest.steps
    assert step.dated_by_id == 1


def test_an_id_whose_time_is_still_to_come_is_no_date():
    assert dated("x", "7700000000000028001") == (None, 0)
    assert dated("x", snowflake("x", second(2100, 1, 1), 5)) == (None, 0)
    assert dated("bluesky", tid(second(2100, 1, 1))) == (None, 0)
