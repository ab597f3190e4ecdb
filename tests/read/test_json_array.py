"""JSON that is not one object a line."""

import io
import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.errors import CorruptFile, DocumentTooLarge, UnsupportedFormat
from provenance.read.corpus.corpora import open_corpus
from provenance.read.corpus.size_limits import DocumentLimit
from provenance.read.corpus.skipped_rows import MAX_NESTING, TOO_DEEP
from provenance.read.dumps.layouts import open_dump
from provenance.read.formats.json_array import array_blocks, array_rows
from provenance.read.formats.json_prefix import parse_prefix
from provenance.read.formats.jsonl_blocks import parse_rows

ROWS = [
    {"id": f"d{n}", "text": f"Text {n}, with [brackets], {{braces}} and 🙂."} for n in range(20)
]
WRITTEN = {
    "an indented array": json.dumps(ROWS, indent=2),
    "an array on one line": json.dumps(ROWS),
    "an array of a line each": "[\n" + ",\n".join(map(json.dumps, ROWS)) + "\n]\n",
    "a line each": "\n".join(map(json.dumps, ROWS)),
    "one after the other": "\n".join(json.dumps(row, indent=1) for row in ROWS),
    "arrays one after the other": json.dumps(ROWS[:9], indent=1) + "[]" + json.dumps(ROWS[9:]),
    "an object around them": json.dumps({"version": 1, "data": ROWS}),
    "an indented object around them": json.dumps({"version": 1, "data": ROWS}, indent=4) + "\n",
    "objects around them": json.dumps({"status": "ok", "response": {"posts": ROWS}}),
    "an object around them and others": json.dumps({"users": [{"id": 1}], "data": ROWS}),
    "behind a byte order mark": "\ufeff" + json.dumps(ROWS, ensure_ascii=False),
}


@pytest.mark.parametrize("written", WRITTEN)
def test_rows_are_found_however_they_are_written(tmp_path, hear, written):
    path = tmp_path / "a.json"
    path.write_text(WRITTEN[written], "utf-8")
    heard = hear(path)
    assert heard.texts == [row["text"] for row in ROWS]
    assert [row["document"] for row in heard.rows] == [row["id"] for row in ROWS]
    assert [row["row"] for row in heard.rows] == list(range(20))
    assert heard.skipped == {}


def test_texts_beside_the_rows_are_counted(tmp_path, hear):
    path = tmp_path / "a.json"
    about = {"info": {"description": "texts of nobody, " * 4}, "users": [{"name": "Ann"}]}
    path.write_text(json.dumps(about | {"posts": ROWS, "comments": ROWS[:3]}))
    heard = hear(path)
    assert heard.texts == [row["text"] for row in ROWS]
    assert heard.skipped == {
        "texts in 'comments' beside the rows in 'posts'; `jq .comments` makes a file of them": (
            1,
            (20,),
        )
    }


def test_an_object_around_rows_may_be_larger_than_a_document(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(WRITTEN["an object around them"])
    corpus = open_corpus([str(path)], max_document=300)
    found = [text for part in corpus.parts for d in part.batches() for text in d.batch["text"]]
    assert path.stat().st_size > 900
    assert len(found) == 20


def test_an_array_may_be_called_json_lines(tmp_path, hear):
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(ROWS))
    assert len(hear(path).rows) == 20


def test_an_object_alone_is_one_row(tmp_path, hear):
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"text": "alone", "tags": ["a", "b"]}, indent=1))
    assert hear(path).places == [(0, "text", "alone")]


def test_an_array_of_strings_is_a_text_each(tmp_path, hear):
    path = tmp_path / "a.json"
    path.write_text('["one", "", "three"]')
    heard = hear(path)
    assert heard.places == [(0, "text", "one"), (2, "text", "three")]
    assert heard.skipped == {"empty text": (1, (1,))}


def test_what_is_no_object_is_counted(tmp_path, hear):
    path = tmp_path / "a.json"
    path.write_text('[{"text": "one"}, 2, null, [3], {"text": "five"}]')
    heard = hear(path)
    assert heard.places == [(0, "text", "one"), (4, "text", "five")]
    assert heard.skipped == {"not a JSON object": (3, (1, 2, 3))}


@pytest.mark.parametrize("around", [b"[%s]", b'{"data": [%s]}'])
def test_bytes_that_are_no_utf8_cost_one_row(tmp_path, hear, around):
    path = tmp_path / "a.json"
    path.write_bytes(around % b'{"text": "one"}, {"text": "caf\xe9"}, {"text": "three"}')
    heard = hear(path)
    assert heard.places == [(0, "text", "one"), (2, "text", "three")]
    assert heard.skipped == {"not valid UTF-8": (1, (1,))}


@pytest.mark.parametrize(
    "content",
    [
        '[{"text": "one"}, {"text": "tw',
        '[{"text": "one"}',
        '[{"text": "one"} {"text": "two"}]',
        '[{"text": "one"}, ]',
        '[{"text": "one"}, {"text": "two"} {"text": "three"}]',
        '[{"text": "one"}, {"text": "a line\nbreak"}]',
        '[{"text": "one"}] more',
        '{"text": "one",\n "tail": ',
    ],
)
def test_an_array_that_is_damaged_is_an_error(tmp_path, hear, content):
    path = tmp_path / "a.json"
    path.write_text(content)
    with pytest.raises(CorruptFile, match=r"a\.json: damaged or cut short after \d rows") as caught:
        hear(path)
    assert caught.value.remedy
    assert caught.value.__cause__ is not None


def test_nesting_without_end_is_damage(tmp_path, hear):
    path = tmp_path / "a.json"
    path.write_text("[" * 200_000)
    with pytest.raises(CorruptFile, match=r"a\.json"):
        hear(path)


@pytest.mark.parametrize("depth", [MAX_NESTING - 1, MAX_NESTING])
@pytest.mark.parametrize("place", range(6))
def test_an_element_that_nests_too_deep_costs_one_row(place, depth):
    deep = json.loads("[" * depth + "]" * depth)
    rows = [{"lists": deep if n == place else [], "text": f"row {n}"} for n in range(6)]
    found = dict(array_rows(io.BytesIO(json.dumps(rows).encode()), LIMIT))
    is_too_deep = depth == MAX_NESTING  # within an object
    assert found == {
        n: TOO_DEEP if n == place and is_too_deep else row for n, row in enumerate(rows)
    }


@pytest.mark.parametrize("content", ["[]", " [ ]\n", "\ufeff"])
def test_an_array_of_nothing_has_no_rows(tmp_path, hear, content):
    path = tmp_path / "a.json"
    path.write_text(content, "utf-8")
    assert hear(path).rows == []


def test_elements_are_larger_than_what_is_read_at_a_time(tmp_path):
    path = tmp_path / "a.json"
    texts = ["x" * (3 << 20), "y" * (1 << 20), "z" * (9 << 20), "last"]
    path.write_text(json.dumps([{"text": text} for text in texts]))
    (part,) = open_corpus([str(path)]).parts
    batches = [documents.batch for documents in part.batches()]
    assert [text for batch in batches for text in batch.column("text").to_pylist()] == texts
    assert len(batches) > 1


TEXTS = st.text().filter(lambda text: text.strip())


@settings(max_examples=50)
@given(
    st.lists(st.fixed_dictionaries({"text": TEXTS, "n": st.none() | st.integers()}), min_size=1),
    st.sampled_from([None, 0, 3]),
    st.booleans(),
)
def test_any_texts_come_back(tmp_path_factory, rows, indent, ascii_only):
    path = tmp_path_factory.mktemp("arrays") / "a.json"
    path.write_text(json.dumps(rows, indent=indent, ensure_ascii=ascii_only), "utf-8")
    (part,) = open_corpus([str(path)]).parts
    found = [text for d in part.batches() for text in d.batch.column("text").to_pylist()]
    assert found == [row["text"] for row in rows]


PRINTED = [{"text": f"row {n}", "meta": {"tags": [{"a": n}, {"b": n}]}} for n in range(60)]


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.ndjson"])
@pytest.mark.parametrize("indent", [None, 0, 1, 2, "\t"])
@pytest.mark.parametrize("shape", ["array", "one after the other", "wrapped"])
def test_objects_printed_over_many_lines_are_read(tmp_path, hear, name, indent, shape):
    path = tmp_path / name
    match shape:
        case "array":
            path.write_text(json.dumps(PRINTED, indent=indent))
        case "wrapped":
            # On one line it would be one row of JSON Lines.
            path.write_text(json.dumps({"version": 1, "rows": PRINTED}, indent=indent or 1))
        case _:
            path.write_text("\n".join(json.dumps(row, indent=indent) for row in PRINTED))
    assert hear(path).texts == [row["text"] for row in PRINTED]
    dumped = [text for one in open_dump(str(path), source="s") for text in texts_of(one)]
    assert dumped == [row["text"] for row in PRINTED]


def texts_of(items):
    return items.batch["text"].to_pylist()


def test_a_damaged_first_line_does_not_make_a_print_of_lines(tmp_path, hear):
    lines = ['{"text": "cut of', *map(json.dumps, PRINTED)]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    heard = hear(tmp_path / "a.jsonl")
    assert heard.texts == [row["text"] for row in PRINTED]
    assert heard.skipped == {"not valid JSON": (1, (0,))}


LIMIT = DocumentLimit("a.json")
MEMBERS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["text", "a", '"']), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.fixed_dictionaries({"text": MEMBERS}, optional={"a": MEMBERS}) | MEMBERS),
    st.sampled_from([{}, {"indent": 2}, {"indent": 0}, {"separators": (",", ":")}]),
    st.booleans(),
    st.integers(1, 200),
    st.integers(0, 40),
)
def test_blocks_of_any_array_are_its_elements(rows, style, ascii_only, size, cut):
    """Whatever can be cut into lines and whatever cannot: the elements are those of `json`."""
    written = json.dumps(rows, ensure_ascii=ascii_only, **style).encode(errors="surrogatepass")
    expected = [{"text": row} if isinstance(row, str) else row for row in rows]
    found = rows_in(written, size)
    assert found == dict(array_rows(io.BytesIO(written), LIMIT))
    assert sorted(found) == list(range(len(rows)))
    for row, value in enumerate(expected):
        assert found[row] == (value if isinstance(value, dict) else "not a JSON object")
    damaged = written[: -cut - 1]
    if damaged:
        kept, kept_one_by_one = {}, {}
        with pytest.raises(CorruptFile):
            rows_in(damaged, size, kept)
        assert kept.items() <= found.items()
        with pytest.raises(CorruptFile):
            kept_one_by_one.update(array_rows(io.BytesIO(damaged), LIMIT))
        assert kept_one_by_one.items() <= found.items()


@pytest.mark.parametrize("number", ["-2.5", "2e+5", "1.25E-3", "70"])
def test_a_number_may_be_cut_anywhere(number):
    written = f'[{number}, {{"text": "a"}}]'.encode()
    for size in range(1, len(written) + 1):
        assert rows_in(written, size) == {0: "not a JSON object", 1: {"text": "a"}}


def rows_in(data, size, rows=None):
    rows = {} if rows is None else rows
    for block in array_blocks(io.BytesIO(data), LIMIT, size):
        records = parse_rows(block)
        rows.update(records.records)
        rows.update(records.faults)
    return rows


@pytest.mark.parametrize("element", ["7", "[7]", "null"])
def test_an_array_without_objects_is_refused_at_its_beginning(tmp_path, element):
    (tmp_path / "a.json").write_text("[" + ",".join([element] * 2_000_000) + "]")
    for read in (lambda path: open_corpus([path]), lambda path: list(open_dump(path, source="s"))):
        begun = time.process_time()
        with pytest.raises(UnsupportedFormat, match=r"a\.json: its rows are"):
            read(str(tmp_path / "a.json"))
        assert time.process_time() - begun < 3


def test_a_bracket_that_is_never_closed_is_bounded():
    with pytest.raises(DocumentTooLarge):
        dict(array_rows(io.BytesIO(b"[1, " + b"[" * (8 << 20)), DocumentLimit("a", 1 << 20)))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": "b", "c": [{"d": 1}, {"d": 2, "e', {"a": "b", "c": [{"d": 1}, {"d": 2}]}),
        ('[{"a": "1, [2"}, {"a": "3, [', [{"a": "1, [2"}, {}]),
        ('[{"a": 1}, {\'a\': 2}, {"a": 3}', [{"a": 1}, {}]),
        ('{"a": 1} {"a": 2', {"a": 1}),
        ("[x" + "[" * 1_000_000, []),
        ('{"a": "' + "b" * 1_000_000, {}),
        ("", None),
    ],
)
def test_the_beginning_of_a_value_is_what_is_whole_of_it(text, value):
    begun = time.process_time()
    assert parse_prefix(text) == value
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    "content",
    [
        {"id": [1, 2], "text": ["one two", "three"]},
        {"id": {"0": 1, "1": 2}, "text": {"0": "one", "1": "two"}},
        {"columns": ["id"], "index": [0], "data": [["a"]]},
    ],
)
def test_a_table_by_column_is_refused(tmp_path, content):
    (tmp_path / "a.json").write_text(json.dumps(content))
    with pytest.raises(UnsupportedFormat, match="by column") as caught:
        open_corpus([str(tmp_path / "a.json")])
    assert "orient='records'" in caught.value.remedy


@pytest.mark.parametrize(
    "content",
    [
        {"text": ["one", "two"]},
        {"text": ["one", "two"], "tags": ["a"]},
        {"title": "one", "paragraphs": ["two", "three"]},
        {"text": ["one"], "tags": ["a"]},
    ],
)
def test_a_document_of_several_paragraphs_is_one_row(tmp_path, hear, content):
    (tmp_path / "a.json").write_text(json.dumps(content))
    assert {row["row"] for row in hear(tmp_path / "a.json").rows} == {0}


def test_rows_that_are_arrays_leave_nothing_of_the_first(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('["title", "body"]\n["another title", "another body"]\n')
    with pytest.raises(UnsupportedFormat, match="its rows are JSON arrays"):
        list(open_dump(str(path), source="s"))


@pytest.mark.parametrize("indent", [None, 1])
def test_an_array_is_sampled_as_lines_are(tmp_path, hear, indent):
    rows = [{"text": f"Boat {n} left early."} for n in range(900)]
    for n in range(300, 900):
        rows[n]["prompt"] = f"Where is boat {n}?"
    (tmp_path / "a.json").write_text(json.dumps(rows, indent=indent))
    (tmp_path / "a.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    heard = hear(tmp_path / "a.json").places
    assert heard == hear(tmp_path / "a.jsonl").places
    assert heard[-1] == (899, "prompt", "Where is boat 899?")
