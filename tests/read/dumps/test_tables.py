"""Tables of items."""

import csv
import json
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.read import open_dump

ROWS = [
    {
        "id": "a1",
        "text": "Good morning",
        "url": "https://a.example/1",
        "created_at": "2020-01-01T00:00:00Z",
        "author": "somebody",
        "lang": "en",
        "licence": "cc0-1.0",
    },
    {"id": "a2", "text": 'naïve 東京 😀\r\n\tand "quotes", too'},
]
FIRST = {
    "source": "s",
    "item": "a1",
    "text": "Good morning",
    "url": "https://a.example/1",
    "created_at": datetime(2020, 1, 1, tzinfo=UTC),
    "author": "somebody",
    "language": "en",
    "licence": "cc0-1.0",
}
SECOND = dict.fromkeys(FIRST) | {"source": "s", "item": "a2", "text": ROWS[1]["text"]}


def write_parquet(path, rows):
    pq.write_table(pa.Table.from_pylist(rows), path)


def write_lines(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def write_array(path, rows):
    path.write_text(json.dumps(rows))


def write_csv(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, {key: 0 for row in rows for key in row})
        writer.writeheader()
        writer.writerows(rows)


WRITERS = {
    "posts.parquet": write_parquet,
    "posts.jsonl": write_lines,
    "posts.json": write_array,
    "posts.csv": write_csv,
}


@pytest.fixture(params=WRITERS)
def table(request, tmp_path):
    """Write rows as a table of one format, and return where."""

    def table(rows):
        WRITERS[request.param](tmp_path / request.param, rows)
        return tmp_path / request.param

    return table


def test_every_column_that_is_known_is_read(read, table):
    assert read(table(ROWS)).rows == [FIRST, SECOND]


@pytest.mark.parametrize(
    ("role", "column", "value"),
    [
        ("text", "body", "words"),
        ("text", "Full Text", "words"),
        ("text", "tweet_text", "words"),
        ("item", "tweetId", "7"),
        ("url", "permalink", "https://a.example"),
        ("author", "user_name", "somebody"),
        ("language", "Language", "de"),
        ("licence", "license", "mit"),
    ],
)
def test_columns_go_by_many_names(read, table, role, column, value):
    row = {"text": "other"} if role != "text" else {}
    assert read(table([row | {column: value}])).column(role) == [value]


def test_the_one_column_of_strings_is_the_text(read, table):
    rows = [{"id": "1", "gossip": "one"}, {"id": "2", "gossip": "two"}]
    assert read(table(rows)).column("text") == ["one", "two"]


def test_a_column_that_is_named_is_the_text(read, table):
    rows = [{"id": "1", "text": "one", "url": "two"}]
    row = read(table(rows), text_column="url").rows[0]
    assert (row["text"], row["url"]) == ("two", None)


def test_a_source_column_counts_where_it_is_named_alone(read, table):
    rows = [{"id": "1", "text": "a", "source": "x"}, {"id": "2", "text": "b", "source": ""}]
    path = table(rows)
    assert read(path, source="s").column("source") == ["s", "s"]
    assert read(path, source="s", source_column="source").column("source") == ["x", "s"]
    found = read(path, source="", source_column="source")
    assert found.column("source") == ["x"]
    assert found.skipped == {"no source": 1}


def test_rows_without_text_are_counted(read, table):
    rows = [{"id": "1", "text": "a"}, {"id": "2", "text": ""}, {"id": "3", "text": " \n\u3000"}]
    found = read(table(rows))
    assert found.column("item") == ["1"]
    assert found.skipped == {"empty text": 2}
    assert found.notes[0].rows == (1, 2)


def test_rows_without_ids_are_named_for_their_file(read, table):
    path = table([{"text": "a"}, {"text": ""}, {"text": "c"}])
    first, second = read(path).column("item")
    assert first.startswith(f"{path.name}~")
    assert (first[-2:], second[-2:]) == ("#0", "#2")


def test_ids_that_files_lack_differ_from_file_to_file(read, table, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    path = table([{"text": "a"}, {"text": "b"}])
    other = path.rename(tmp_path / "elsewhere" / path.name)
    before = read(other).column("item")
    path = table([{"text": "c"}, {"text": "d"}])
    assert not {*before} & {*read(path).column("item")}
    again = table([{"text": "a"}, {"text": "b"}])
    if path.suffix != ".parquet":
        assert read(again).column("item") == before


def test_rounded_ids_are_none(read, table):
    rows = [{"id": "5.70306E+17", "text": "a"}, {"id": "570306133677760513", "text": "b"}]
    first, second = read(table(rows)).column("item")
    assert first.endswith("#0")
    assert second == "570306133677760513"


@pytest.mark.parametrize("name", ["posts.parquet", "posts.jsonl", "posts.json"])
def test_numbers_are_ids_and_dates_too(read, tmp_path, name):
    rows = [{"id": 1, "text": "a", "created": 1577836800}, {"id": None, "text": "b"}]
    WRITERS[name](tmp_path / name, rows)
    found = read(tmp_path / name)
    assert found.column("item")[0] == "1"
    assert found.column("item")[1].endswith("#1")
    assert found.column("created_at") == [datetime(2020, 1, 1, tzinfo=UTC), None]


def test_integers_that_became_floats_are_ids_still(read, tmp_path):
    table = pa.table({"id": pa.array([7.0, float("nan")]), "text": ["a", "b"]})
    pq.write_table(table, tmp_path / "posts.parquet")
    first, second = read(tmp_path / "posts.parquet").column("item")
    assert first == "7"
    assert second.endswith("#1")


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.large_binary()]
)
def test_strings_may_be_stored_in_any_way(read, tmp_path, kind):
    texts = pa.array(["one", None, "naïve"]).cast(kind)
    pq.write_table(pa.table({"id": ["a", "b", "c"], "text": texts}), tmp_path / "p.parquet")
    found = read(tmp_path / "p.parquet")
    assert found.column("text") == ["one", "naïve"]
    assert found.skipped == {"null text": 1}


def test_dictionaries_are_strings(read, tmp_path):
    texts = pa.array(["one", None, "one"]).dictionary_encode()
    pq.write_table(pa.table({"text": texts, "lang": texts}), tmp_path / "p.parquet")
    assert read(tmp_path / "p.parquet").column("language") == ["one", "one"]


def test_bytes_that_are_no_text_are_counted(read, tmp_path):
    texts = pa.array([b"fine", b"\xff\xfe", b"fine too"])
    pq.write_table(pa.table({"text": texts}), tmp_path / "p.parquet")
    (tmp_path / "p.jsonl").write_bytes(
        b'{"text": "fine"}\n{"text": "\xff"}\n{"text": "fine too"}\n'
    )
    (tmp_path / "p.csv").write_bytes(b"id,text\n1,fine\n2,\xff\n3,fine too\n")
    for name in ("p.parquet", "p.jsonl", "p.csv"):
        found = read(tmp_path / name)
        assert found.column("text") == ["fine", "fine too"]
        assert [(one.reason, one.rows) for one in found.notes] == [("not valid UTF-8", (1,))]


def test_lines_that_are_no_objects_are_counted(read, tmp_path):
    path = tmp_path / "p.jsonl"
    bad = ['{"text": "cut', "[1]", '"string"', "nonsense", '{"text": ["a"]}', '{"text": 5}']
    path.write_text("\n".join(['{"text": "a"}', "", *bad, '{"other": 1}', '{"text": "z"}']))
    found = read(path)
    assert found.column("text") == ["a", "z"]
    assert found.column("item")[1].endswith("#8")
    assert found.skipped == {
        "not valid JSON": 2,
        "not a JSON object": 2,
        "text is not a string": 2,
        "null text": 1,
    }


def test_halves_of_surrogate_pairs_are_replaced(read, tmp_path):
    (tmp_path / "p.jsonl").write_text('{"id": "1", "text": "a\\ud83d", "author": "\\udc00b"}\n')
    row = read(tmp_path / "p.jsonl").rows[0]
    assert (row["text"], row["author"]) == ("a\ufffd", "\ufffdb")


def test_lines_that_differ_are_read_all_the_same(read, tmp_path, lines):
    alike = [{"id": n, "text": f"words {n}", "url": None} for n in range(3000)]
    odd = [{"id": "x", "text": "odd", "url": ["a"]}, {"text": "later", "lang": "en", "id": 9.0}]
    path = tmp_path / "p.jsonl"
    path.write_text(lines([*alike, *odd]))
    found = read(path)
    assert found.column("item") == [*(str(n) for n in range(3000)), "x", "9"]
    assert found.column("language")[-1] == "en"
    assert found.skipped == {}


def test_a_member_of_a_structure_can_be_named(read, tmp_path):
    rows = [{"id": "1", "data": {"words": "inside", "other": 1}}]
    for name in ("p.jsonl", "p.json", "p.parquet"):
        WRITERS[f"posts{name[1:]}"](tmp_path / name, rows)
        assert read(tmp_path / name, text_column="data.words").column("text") == ["inside"]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_cells_may_be_separated_in_many_ways(read, tmp_path, mark):
    path = tmp_path / "p.csv"
    rows = [["id", "text"], ["1", 'a, b; c | "d"\te\nf'], ["2", "z"]]
    with path.open("w", newline="") as file:
        csv.writer(file, delimiter=mark, quoting=csv.QUOTE_ALL).writerows(rows)
    assert read(path).column("text") == ['a, b; c | "d"\te\nf', "z"]


def test_rows_of_another_width_are_counted(read, tmp_path):
    (tmp_path / "p.csv").write_text("id,text\n1,a\n2,b,c\n3\n4,d\n")
    found = read(tmp_path / "p.csv")
    assert found.column("item") == ["1", "4"]
    assert found.skipped == {"wrong number of cells": 2}


def test_a_very_long_text_is_one_item(read, table):
    found = read(table([{"id": "1", "text": "word " * 3_000_000}, {"id": "2", "text": "short"}]))
    assert [len(text) for text in found.column("text")] == [15_000_000, 5]


def test_batches_are_bounded_in_bytes(read, tmp_path):
    rows = [{"text": "x" * 1_000_000, "id": str(n)} for n in range(80)]
    write_parquet(tmp_path / "p.parquet", rows)
    write_lines(tmp_path / "p.jsonl", rows)
    for name in ("p.parquet", "p.jsonl"):
        found = read(tmp_path / name)
        assert found.column("item") == [str(n) for n in range(80)]
        assert max(items.batch.nbytes for items in found.batches) <= 33 << 20


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
MOMENTS = st.integers(86_400, 4_102_444_800).map(
    lambda second: datetime.fromtimestamp(second, UTC).replace(tzinfo=None).isoformat()
)
TABLES = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.text("abc019-_", min_size=1, max_size=8),
            "text": TEXTS,
            "author": st.none() | st.text("ab é", min_size=1, max_size=5),
            "created_at": st.none() | MOMENTS,
        }
    ),
    min_size=1,
    max_size=6,
)


@pytest.fixture(scope="module", params=WRITERS)
def round_trip(request, tmp_path_factory):
    """Write rows, and read them."""
    path = tmp_path_factory.mktemp("tables") / request.param

    def round_trip(rows):
        WRITERS[request.param](path, rows)
        batches = list(open_dump(str(path), source="s", text_column="text"))
        count = sum(one.count for items in batches for one in items.skipped)
        return [row for items in batches for row in items.batch.to_pylist()], count

    return round_trip


@given(rows=TABLES)
def test_what_is_written_is_read(round_trip, rows):
    found, count = round_trip(rows)
    kept = [row for row in rows if row["text"] and not row["text"].isspace()]
    assert len(found) + count == len(rows)
    assert [(row["item"], row["text"], row["author"]) for row in found] == [
        (row["id"], row["text"], row["author"]) for row in kept
    ]
    assert [row["created_at"] for row in found] == [
        when and datetime.fromisoformat(when).replace(tzinfo=UTC)
        for when in (row["created_at"] for row in kept)
    ]
