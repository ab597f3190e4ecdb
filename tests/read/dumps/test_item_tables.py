"""Tables of items."""

from datetime import UTC, datetime

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import WrongLayout
from provenance.read.dumps.layouts import open_dump
from provenance.read.dumps.tables.column_mapping import ColumnMapping

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
    "link": None,
}
SECOND = dict.fromkeys(FIRST) | {"source": "s", "item": "a2", "text": ROWS[1]["text"]}


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
    rows = [{"id": "1", "gossip": "one word"}, {"id": "2", "gossip": "two words"}]
    assert read(table(rows)).column("text") == ["one word", "two words"]


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


def test_a_title_stands_before_the_text(read, table):
    rows = [
        {"id": "1", "title": "a link", "selftext": ""},
        {"id": "2", "title": "a title", "selftext": "a post"},
        {"id": "3", "title": " ", "selftext": " "},
    ]
    found = read(table(rows))
    assert found.column("text") == ["a link", "a title\n\na post"]
    assert found.skipped == {"empty text": 1}
    assert read(table(rows), text_column="selftext").column("text") == ["a post"]


def test_a_title_beside_a_whole_text_is_no_part_of_the_item(read, table):
    rows = [{"id": "1", "title": "a title", "text": "a post"}]
    assert read(table(rows)).column("text") == ["a post"]


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


def test_numbers_that_are_no_ids_are_none(read, tmp_path):
    numbers = ["NaN", "Infinity", "5.7E+17", "7.0"]
    rows = [f'{{"id": {number}, "text": "a", "author": {number}}}' for number in numbers]
    (tmp_path / "p.jsonl").write_text("\n".join(rows))
    (tmp_path / "p.json").write_text(f"[{','.join(rows)}]")
    column = pa.array(list(map(float, numbers)))
    table = pa.table({"id": column, "text": ["a"] * len(column)})
    pq.write_table(table, tmp_path / "p.parquet")
    for name in ("p.jsonl", "p.json", "p.parquet"):
        found = read(tmp_path / name)
        assert [item.rpartition("#")[2] for item in found.column("item")] == ["0", "1", "2", "7"]
        assert found.column("author")[:2] == [None, None]


def test_a_folder_gives_its_tables(read, write, tmp_path):
    (tmp_path / "inner").mkdir()
    for name in ("b.jsonl", "a.parquet", "inner/c.csv", "state.json", ".hidden.json", "notes.txt"):
        if name.endswith(".txt"):
            (tmp_path / name).write_text("notes")
        else:
            write(tmp_path / name, [{"id": name, "text": f"of {name}"}])
    found = read(tmp_path)
    assert found.column("item") == ["a.parquet", "b.jsonl", "inner/c.csv"]


def test_tables_of_arrow_are_read(read, tmp_path):
    table = pa.table({"id": ["1", "2"], "text": ["a", None]})
    with pa.ipc.new_file(str(tmp_path / "p.arrow"), table.schema) as writer:
        writer.write_table(table)
    found = read(tmp_path / "p.arrow")
    assert found.column("text") == ["a"]
    assert found.skipped == {"null text": 1}


def test_a_table_may_lie_elsewhere(read):
    with fsspec.open("memory://dumps/p.jsonl", "wb") as file:
        file.write(b'{"id": "1", "text": "from afar"}\n')
    assert [
        one.batch["text"].to_pylist() for one in open_dump("memory://dumps/p.jsonl", source="s")
    ]


NULLS = ["NaN", "nan", "None", "null", "NULL", "\\N", "<NA>", "N/A", "n/a", "#N/A"]


@pytest.mark.parametrize("missing", NULLS)
def test_what_programs_write_for_a_missing_text_is_none(read, table, missing):
    found = read(table([{"id": "1", "text": missing}, {"id": "2", "text": f"{missing} at all"}]))
    assert found.column("text") == [f"{missing} at all"]
    assert found.skipped == {"null text": 1}


@pytest.mark.parametrize("missing", NULLS)
def test_what_programs_write_for_a_missing_title_is_no_part_of_the_text(read, table, missing):
    rows = [{"title": missing, "body": "The lantern swung"}, {"title": "Quays", "body": missing}]
    assert read(table(rows)).column("text") == ["The lantern swung", "Quays"]


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


@pytest.fixture(scope="session")
def round_trip(form, write, tmp_path_factory):
    """Write rows, and read them."""
    path = tmp_path_factory.mktemp("tables") / f"posts{form}"

    def round_trip(rows):
        write(path, rows)
        columns = ColumnMapping(("text",), text_format="plain")
        batches = list(open_dump(str(path), source="s", columns=columns))
        count = sum(one.count for items in batches for one in items.skipped)
        return [row for items in batches for row in items.batch.to_pylist()], count

    return round_trip


@given(rows=TABLES)
def test_what_is_written_is_read(round_trip, rows):
    kept = [row for row in rows if row["text"].strip() and row["text"] not in NULLS]
    if not kept:
        with pytest.raises(WrongLayout, match="has a text in 'text'"):
            round_trip(rows)
        return
    found, count = round_trip(rows)
    assert len(found) + count == len(rows)
    assert [(row["item"], row["text"], row["author"]) for row in found] == [
        (row["id"], row["text"], row["author"]) for row in kept
    ]
    assert [row["created_at"] for row in found] == [
        when and datetime.fromisoformat(when).replace(tzinfo=UTC)
        for when in (row["created_at"] for row in kept)
    ]


def test_a_column_called_as_dates_are_may_hold_something_else(read, table):
    rows = [
        {"doi": f"10.1/{n}", "abstract": text, "publish_date": other, "date": "2020-01-02"}
        for n, (text, other) in enumerate([("on ferries", "NA"), ("on pears", "10.2/x")])
    ]
    (day,) = {str(day) for day in read(table(rows)).column("created_at")}
    assert day == "2020-01-02 00:00:00+00:00"
