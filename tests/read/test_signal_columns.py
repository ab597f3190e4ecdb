"""What came with pages is found in columns, however a dataset writes it."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.model.content.tables import CAME_WITH
from provenance.read.columns.signal_columns import (
    mentions_signal,
    record_signal_fields,
    signal_fields,
    signal_paths,
)
from provenance.read.corpus.corpora import open_corpus

PAGE = '<html><head><meta name="robots" content="noai"></head><body>text'
NOAI = [("header:x-robots-tag", "noai")]


def came_with(path) -> list[list[tuple[str, str]] | None]:
    batches = [d.batch for part in open_corpus([str(path)]).parts for d in part.batches()]
    rows = pa.Table.from_batches(batches)["came_with"].to_pylist()
    return [row and [(each["kind"], each["value"]) for each in row] for row in rows]


WAYS = [
    ({"x_robots_tag": "noai"}, NOAI),
    ({"X-Robots-Tag": "noai"}, NOAI),
    ({"headers": {"X-Robots-Tag": "noai", "Server": "s"}}, NOAI),
    ({"headers": [["X-Robots-Tag", "noai"], ["Server", "s"]]}, NOAI),
    ({"headers": [{"name": "x-robots-tag", "value": "noai"}]}, NOAI),
    ({"headers": '{"X-Robots-Tag": ["noai"]}'}, NOAI),
    ({"headers": "HTTP/1.1 200 OK\r\nServer: s\r\nX-Robots-Tag: noai\r\n"}, NOAI),
    ({"meta": {"headers": {"x-robots-tag": "noai"}}}, NOAI),
    ({"metadata": '{"http_headers": {"x_robots_tag": "noai"}}'}, NOAI),
    ({"tdm_reservation": 1}, [("header:tdm-reservation", "1")]),
    ({"robots_txt": "User-agent: *\nDisallow: /"}, [("robots.txt", "User-agent: *\nDisallow: /")]),
    ({"html": PAGE}, [("tag:robots", "noai")]),
    ({"raw_html": PAGE.replace("noai", "a&amp;b")}, [("tag:robots", "a&b")]),
    ({"meta": {"robots": "noai"}}, [("tag:robots", "noai")]),
    ({"meta": {"set": "x-robots-tag: noai"}}, None),  # said by a label, not by a page
    ({"meta": "[" * 5000 + "robots"}, None),
    ({"headers": "{robots"}, None),
    ({"robots": True}, None),
]


@pytest.mark.parametrize(("row", "fields"), WAYS, ids=lambda each: str(each)[:40])
@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_every_way_to_write_it_is_read(tmp_path, row, fields, kind):
    path = tmp_path / f"corpus.{kind}"
    rows = [{"text": "some words of text", **row}, {"text": "other words of text"}]
    if kind == "jsonl":
        path.write_text("\n".join(map(json.dumps, rows)))
    else:
        pq.write_table(pa.Table.from_pylist(rows), path)
    assert came_with(path) == [fields, None]


@pytest.mark.parametrize("late", [{"x_robots_tag": "noai"}, {"headers": {"X-Robots-Tag": "noai"}}])
def test_what_only_late_rows_have_is_not_missed(tmp_path, late):
    path = tmp_path / "corpus.jsonl"
    early = {"text": "words", "headers": {"Server": "s"}}
    rows = [early] * 400 + [{"text": "words", **late}]
    path.write_text("\n".join(map(json.dumps, rows)))
    assert came_with(path) == [None] * 400 + [NOAI]


def test_columns_of_signals_are_no_text_to_train_on(tmp_path):
    path = tmp_path / "corpus.jsonl"
    robots = "User-agent: everybody who may come by here\nDisallow: /all of it please"
    rows = [{"text": f"these are words {n}", "robots_txt": robots} for n in range(9)]
    path.write_text("\n".join(map(json.dumps, rows)))
    assert open_corpus([str(path)]).text_columns == ("text",)


def test_a_page_alone_is_text_too(tmp_path):
    path = tmp_path / "corpus.jsonl"
    path.write_text(json.dumps({"html": PAGE}))
    assert open_corpus([str(path)]).text_columns == ("html",)
    assert came_with(path) == [[("tag:robots", "noai")]]


def test_only_known_columns_are_read():
    inner = pa.struct([("X-Robots-Tag", pa.string()), ("server", pa.string())])
    schema = pa.schema([("meta", inner), ("robots", pa.string()), ("content_usage", pa.string())])
    assert signal_paths(schema) == ("meta.X-Robots-Tag", "content_usage")


def test_nothing_is_nothing():
    assert signal_fields({"robots_txt": pa.nulls(3, pa.string())}, 3) is None
    assert signal_fields({}, 3) is None
    assert not mentions_signal(b'{"text": "our robots are nice", "tdm": 1}')


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["headers", "robots", "x-robots-tag", "html"]), inner)
    ),
    max_leaves=8,
)
names = st.sampled_from(["headers", "meta", "robots_txt", "tdmrep", "html", "x_robots_tag"])


@given(st.dictionaries(names, json_values))
def test_no_value_is_an_error(record):
    pa.array([record_signal_fields(record)], CAME_WITH)
