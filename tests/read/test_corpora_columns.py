"""Where the text, the address and the licence of a row are found."""

import json

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.errors import ColumnMissing
from provenance.model.content.tables import merge_skipped
from provenance.read.columns.column_choice import ColumnChoice
from provenance.read.columns.nested_texts import TextLeaves
from provenance.read.corpus.corpora import open_corpus
from provenance.read.corpus.documents import RowMetadata, build_documents
from provenance.read.formats.json_records import record_documents
from provenance.read.formats.jsonl_blocks import Records


@pytest.fixture
def fields_of(tmp_path, hear):
    """Of the rows of a table: the name of each text's place, and the text."""

    def read(rows, schema=None, **options):
        path = tmp_path / "a.parquet"
        pq.write_table(pa.Table.from_pylist(rows, schema), path)
        return [(row["row"], row["field"], row["text"]) for row in hear(path, **options).rows]

    return read


def test_a_chat_is_one_text_a_turn(fields_of):
    turns = [{"role": "user", "content": "Hello?"}, {"role": "assistant", "content": "Hello."}]
    assert fields_of([{"messages": turns}, {"messages": None}, {"messages": turns[:1]}]) == [
        (0, "messages[0].content", "Hello?"),
        (0, "messages[1].content", "Hello."),
        (2, "messages[0].content", "Hello?"),
    ]
    assert fields_of([{"conversations": [{"from": "human", "value": "Hi"}]}]) == [
        (0, "conversations[0].value", "Hi")
    ]


def test_the_parts_of_a_turn_are_texts(fields_of):
    parts = [{"type": "text", "text": "See:"}, {"type": "image", "text": None}]
    assert fields_of([{"messages": [{"role": "user", "content": parts}]}]) == [
        (0, "messages[0].content[0].text", "See:")
    ]


@pytest.mark.parametrize(
    "names",
    [
        ("instruction", "input", "output"),
        ("prompt", "completion"),
        ("prompt", "chosen", "rejected"),
        ("question", "answer"),
        ("system", "prompt", "response"),
    ],
)
def test_pairs_are_a_text_each(fields_of, names):
    row = {name: f"The {name}." for name in names}
    assert fields_of([{"id": "x", "score": 1, "model": "some-model", **row}]) == [
        (0, name, f"The {name}.") for name in names
    ]


def test_an_empty_input_beside_an_instruction_is_no_fault(tmp_path, hear):
    rows = [{"instruction": "Do.", "input": "", "output": "Done."}]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "a.parquet")
    heard = hear(tmp_path / "a.parquet")
    assert heard.texts == ["Do.", "Done."]
    assert heard.skipped == {}


def test_lists_of_strings_are_numbered(fields_of):
    assert fields_of([{"paragraphs": ["one", None, "", "four"]}]) == [
        (0, "paragraphs[0]", "one"),
        (0, "paragraphs[3]", "four"),
    ]


def test_all_prose_of_a_row_is_read_each_column_a_field(fields_of):
    rows = [{"Title": "A storm", "Text": "The sea rose.", "id": "7", "topic": "weather"}]
    assert fields_of(rows) == [(0, "Text", "The sea rose."), (0, "Title", "A storm")]


def test_codes_in_columns_named_like_texts_are_not_read(fields_of):
    rows = [{"post": f"p{n}", "document": f"d-{n}", "text": f"A text, {n}."} for n in range(3)]
    assert {field for _, field, _ in fields_of(rows)} == {"text"}


def test_a_member_of_a_structure_can_be_named(fields_of):
    rows = [{"text": "outer", "meta": {"text": "inner", "n": 1}}]
    assert fields_of(rows, text_columns=["meta.text"]) == [(0, "meta.text", "inner")]
    assert fields_of(rows, text_columns=["text", "meta.text"]) == [
        (0, "text", "outer"),
        (0, "meta.text", "inner"),
    ]


def test_a_name_with_a_dot_in_it_is_that_column(fields_of):
    assert fields_of([{"meta.text": "dotted"}], text_columns=["meta.text"]) == [
        (0, "meta.text", "dotted")
    ]


def test_without_a_well_known_name_the_column_with_most_text_is_taken(fields_of):
    rows = [{"kind": "note", "lyrics": "la " * 50, "id": "0123456789" * 30} for _ in range(3)]
    assert {field for _, field, _ in fields_of(rows)} == {"lyrics"}


def test_a_table_without_text_says_what_it_has(fields_of):
    with pytest.raises(ColumnMissing, match=r"a\.parquet.*\['n', 'x'\]") as caught:
        fields_of([{"n": 1, "x": 0.5}])
    assert "--text-column" in caught.value.remedy


def test_a_column_of_numbers_is_no_text(fields_of):
    with pytest.raises(ColumnMissing, match="'n' holds int64, not text") as caught:
        fields_of([{"n": 1, "text": "x"}], text_columns=["n"])
    assert "--text-column" in caught.value.remedy
    assert "'text'" in caught.value.message


@pytest.mark.parametrize(
    ("row", "url"),
    [
        ({"url": "https://a.org/1", "domain": "b.org"}, "https://a.org/1"),
        ({"url": None, "domain": "b.org"}, "b.org"),
        ({"url": "", "domain": "b.org"}, "b.org"),
        ({"uri": "https://a.org/2"}, "https://a.org/2"),
        ({"link": "https://a.org/3"}, "https://a.org/3"),
        ({"source_url": "https://a.org/4"}, "https://a.org/4"),
        ({"permalink": "https://a.org/5"}, "https://a.org/5"),
        ({"host": "c.org"}, "c.org"),
        ({"meta": {"url": "https://a.org/6"}}, "https://a.org/6"),
        ({"metadata": {"url": "https://a.org/7"}}, "https://a.org/7"),
        ({"other": "https://a.org/8"}, None),
    ],
)
def test_the_address_is_found(tmp_path, hear, row, url):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.Table.from_pylist([{"text": "x", **row}]), path)
    assert [one["url"] for one in hear(path).rows] == [url]


@pytest.mark.parametrize(
    ("row", "licence"),
    [
        ({"license": "MIT"}, "MIT"),
        ({"licence": "MIT"}, "MIT"),
        ({"licenses": ["MIT", "Apache-2.0"]}, "MIT, Apache-2.0"),
        ({"license": ""}, None),
    ],
)
def test_the_licence_is_found(tmp_path, hear, row, licence):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.Table.from_pylist([{"text": "x", **row}]), path)
    assert [one["licence"] for one in hear(path).rows] == [licence]


def test_ids_may_be_numbers_and_need_not_be_complete(tmp_path, hear):
    path = tmp_path / "a.parquet"
    rows = [{"id": 7, "text": "x"}, {"id": None, "text": "y"}]
    pq.write_table(pa.Table.from_pylist(rows), path)
    assert [row["document"] for row in hear(path).rows] == ["7", "a.parquet#1"]


STORED = [
    pa.string(),
    pa.large_string(),
    pa.string_view(),
    pa.dictionary(pa.int32(), pa.string()),
    pa.dictionary(pa.int8(), pa.large_string()),
    pa.run_end_encoded(pa.int32(), pa.string()),
    pa.json_(),
]


def _stored_as(column, kind):
    if pa.types.is_dictionary(kind):
        return column.dictionary_encode().cast(kind)
    if pa.types.is_run_end_encoded(kind):
        return pc.run_end_encode(column)
    if isinstance(kind, pa.BaseExtensionType):
        return pa.ExtensionArray.from_storage(kind, column)
    return column.cast(kind)


@pytest.mark.parametrize("kind", STORED, ids=str)
def test_strings_are_read_however_they_are_stored(tmp_path, hear, kind):
    plain = pa.array(["one", None, "öne", "one"], pa.string())
    column = _stored_as(plain, kind)
    table = pa.table({"text": column, "url": column})
    path = tmp_path / "a.arrow"
    with pa.ipc.new_file(path, table.schema) as sink:
        sink.write_table(table)
    heard = hear(path)
    assert heard.places == [(0, "text", "one"), (2, "text", "öne"), (3, "text", "one")]
    assert [row["url"] for row in heard.rows] == heard.texts
    assert heard.skipped == {"null text": (1, (1,))}


def test_bytes_are_text_where_they_are_utf8(tmp_path, hear):
    table = pa.table({"text": pa.array([b"one", b"caf\xe9", "café".encode()], pa.binary())})
    path = tmp_path / "a.arrow"
    with pa.ipc.new_file(path, table.schema) as sink:
        sink.write_table(table)
    heard = hear(path, text_columns=["text"])
    assert heard.places == [(0, "text", "one"), (2, "text", "café")]
    assert heard.skipped == {"not valid UTF-8": (1, (1,))}


@pytest.mark.parametrize("named", [(), ("text",)])
def test_columns_of_one_name_cannot_be_told_apart(tmp_path, named):
    columns = pa.array(["some words"]), pa.array(["other words"])
    pq.write_table(pa.Table.from_arrays(columns, ["text", "text"]), tmp_path / "a.parquet")
    with pytest.raises(ColumnMissing, match="several columns called 'text'") as caught:
        open_corpus([str(tmp_path / "a.parquet")], text_columns=named)
    assert "different name" in caught.value.remedy


@pytest.mark.parametrize("names", [["title", "body", "body"], ["summary", "said", "said"]])
def test_texts_of_one_name_are_refused_beside_other_texts(tmp_path, names):
    columns = [pa.array([f"words of column {place}, some of them"]) for place in range(3)]
    pq.write_table(pa.Table.from_arrays(columns, names), tmp_path / "a.parquet")
    with pytest.raises(ColumnMissing, match=f"several columns called '{names[2]}'"):
        open_corpus([str(tmp_path / "a.parquet")])


@pytest.mark.parametrize("name", ["id", "url", "meta", "collected"])
def test_metadata_of_one_name_is_left_alone(tmp_path, hear, name):
    columns = [pa.array([f"words of column {place}, some of them"]) for place in range(3)]
    pq.write_table(pa.Table.from_arrays(columns, [name, name, "text"]), tmp_path / "a.parquet")
    heard = hear(tmp_path / "a.parquet")
    assert heard.places == [(0, "text", "words of column 2, some of them")]


def test_bytes_that_are_text_are_read_beside_strings_and_alone(tmp_path, hear):
    texts = [f"row {n} says a few more words of the tide" for n in range(20)]
    table = pa.table({"title": [f"Of {n}" for n in range(20)], "text": [t.encode() for t in texts]})
    table = table.append_column("remark", pa.array([t[::-1].encode() for t in texts]))
    pq.write_table(table, tmp_path / "a.parquet")
    assert [place[1] for place in hear(tmp_path / "a.parquet").places[:3]] == [
        *("text", "title", "remark")
    ]
    pq.write_table(table.select(["remark"]), tmp_path / "b.parquet")
    assert hear(tmp_path / "b.parquet").texts == [text[::-1] for text in texts]


@pytest.mark.parametrize("content", [b"\xff\xd8some words", b"some\0words"])
def test_other_bytes_are_no_text_until_they_are_named(tmp_path, hear, content):
    pq.write_table(pa.table({"id": [1], "text": [content]}), tmp_path / "a.parquet")
    with pytest.raises(ColumnMissing, match="no column holds text") as caught:
        open_corpus([str(tmp_path / "a.parquet")])
    assert "--text-column; these hold bytes, which may be text: ['text']" in caught.value.remedy


def test_numbers_that_are_none_name_no_row(tmp_path, hear):
    table = pa.table({"id": [float("nan"), float("inf"), 7.0], "text": ["a", "b", "c"]})
    pq.write_table(table, tmp_path / "a.parquet")
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(r) + "\n" for r in table.to_pylist()))
    for name in ("a.parquet", "a.jsonl"):
        rows = hear(tmp_path / name).rows
        assert [row["document"] for row in rows] == [f"{name}#0", f"{name}#1", "7"]


def test_strings_that_are_no_utf8_cost_their_rows_alone(tmp_path, hear):
    values = pa.array([b"fine", b"caf\xe9", b"fine too"], pa.binary())
    table = pa.table({"text": pa.StringArray.from_buffers(3, *values.buffers()[1:])})
    path = tmp_path / "a.parquet"
    pq.write_table(table, path)
    heard = hear(path)
    assert heard.places == [(0, "text", "fine"), (2, "text", "fine too")]
    assert heard.skipped == {"not valid UTF-8": (1, (1,))}


def test_texts_of_several_files_may_lie_in_different_columns(tmp_path):
    pq.write_table(pa.table({"text": ["x"]}), tmp_path / "a.parquet")
    (tmp_path / "b.jsonl").write_text('{"content": "y"}\n')
    assert open_corpus([str(tmp_path)]).text_columns == ("text", "content")


CHATS = st.lists(
    st.none()
    | st.lists(
        st.fixed_dictionaries({"role": st.none() | st.text(), "content": st.none() | st.text()})
    ),
    min_size=1,
)
KIND = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))


@settings(max_examples=60)
@given(CHATS, st.lists(st.lists(st.none() | st.text())))
def test_many_rows_at_once_give_what_rows_one_by_one_give(chats, lists):
    count = min(len(chats), len(lists))
    columns = {
        "messages": pa.array(chats[:count], KIND),
        "paragraphs": pa.array(lists[:count], pa.list_(pa.string())),
    }
    records = [(row, {"messages": chats[row], "paragraphs": lists[row]}) for row in range(count)]
    numbers = pa.array(range(count), pa.int64()).to_numpy()
    fast = build_documents(RowMetadata("f", numbers), TextLeaves.of(columns))
    slow = record_documents("f", Records(records, []), ColumnChoice(tuple(columns)), None)
    assert _told(fast) == _told(slow)


def _told(found):
    batches = list(found)
    return (
        [row for one in batches for row in one.batch.to_pylist()],
        merge_skipped(skipped for one in batches for skipped in one.skipped),
    )


def test_headers_of_a_capture_have_the_address(tmp_path, hear):
    headers = {"warc-target-uri": "https://a.example/1", "warc-date": "2020-09-13T12:26:40Z"}
    (tmp_path / "a.jsonl").write_text(json.dumps({"content": "all words", "warc_headers": headers}))
    [row] = hear(tmp_path / "a.jsonl").rows
    assert row["url"] == "https://a.example/1"
