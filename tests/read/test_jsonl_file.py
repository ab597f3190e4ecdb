"""JSON Lines: exact about rows, whatever the lines are like."""

import io
import json
import tracemalloc

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.errors import ColumnMissing
from provenance.read.corpus.corpora import open_corpus
from provenance.read.corpus.size_limits import DocumentLimit
from provenance.read.formats import jsonl_file
from provenance.read.formats.jsonl_blocks import (
    BLOCK_BYTES,
    LineBlock,
    line_blocks,
    parse_block,
    parse_line,
    parse_lines,
    parse_rows,
)

LIMIT = DocumentLimit("rows.jsonl")


@pytest.fixture
def lines(tmp_path):
    def write(*given: bytes | dict[str, object], end: bytes = b"\n"):
        path = tmp_path / "rows.jsonl"
        path.write_bytes(
            end.join(x if isinstance(x, bytes) else json.dumps(x).encode() for x in given)
        )
        return path

    return write


def test_damaged_lines_are_counted_and_the_others_keep_their_rows(lines, hear):
    heard = hear(
        lines(
            {"text": "zero"},
            b'{"text": "cut of',
            {"text": "two"},
            b'{"text": "caf\xe9"}',
            b"[1, 2]",
            {"text": "five"},
            b"not json at all",
            b'{"text": "a raw \x00 in it"}',
        )
    )
    assert heard.places == [(0, "text", "zero"), (2, "text", "two"), (5, "text", "five")]
    assert heard.skipped == {
        "not valid JSON": (3, (1, 6, 7)),
        "not valid UTF-8": (1, (3,)),
        "not a JSON object": (1, (4,)),
    }


def test_blank_lines_are_no_rows(lines, hear):
    heard = hear(lines(b"", {"text": "zero"}, b"  ", b"\r", {"text": "one"}, b"", b""))
    assert heard.places == [(0, "text", "zero"), (1, "text", "one")]
    assert heard.skipped == {}


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_either_line_end_will_do(lines, hear, end):
    assert hear(lines({"text": "a"}, {"text": "b"}, b"", end=end)).texts == ["a", "b"]


def test_a_byte_order_mark_is_no_part_of_the_first_line(lines, hear):
    assert hear(lines(b'\xef\xbb\xbf{"text": "a"}', {"text": "b"})).texts == ["a", "b"]


def test_two_objects_on_a_line_are_not_json(lines, hear):
    heard = hear(lines(b'{"text": "a"} {"text": "b"}', {"text": "c"}, b'{"text":\n"d"}'))
    assert heard.places == [(1, "text", "c")]
    assert heard.skipped == {"not valid JSON": (3, (0, 2, 3))}


def test_lone_surrogates_become_one_replacement_each(lines, hear):
    heard = hear(lines(b'{"text": "a\\ud83d b\\ude00\\ud83d\\ude00"}', {"text": "\0 nul"}))
    assert heard.texts == ["a\ufffd b\ufffd\U0001f600", "\0 nul"]


def test_keys_may_differ_from_line_to_line(lines, hear):
    heard = hear(
        lines(
            {"text": "zero", "id": 7},
            {"content": "one", "id": "x"},
            {"messages": [{"role": "user", "content": "two"}], "url": "https://a.example"},
            {"id": 2**70, "text": "three"},
            {"text": None, "body": "four"},
            {"nothing": "else"},
        )
    )
    assert heard.places == [
        (0, "text", "zero"),
        (1, "content", "one"),
        (2, "messages[0].content", "two"),
        (3, "text", "three"),
        (4, "body", "four"),
    ]
    documents = [row["document"] for row in heard.rows]
    assert documents == ["7", "x", "rows.jsonl#2", str(2**70), "rows.jsonl#4"]
    assert heard.rows[2]["url"] == "https://a.example"
    assert heard.skipped == {"null text": (1, (5,))}


def test_what_only_later_lines_have_is_found(lines, hear):
    early = [{"text": f"early {n}"} for n in range(500)]
    late = {"text": "late", "id": "own", "url": "https://b.example", "license": "mit"}
    row = hear(lines(*early, late)).rows[-1]
    assert (row["document"], row["url"], row["licence"]) == ("own", "https://b.example", "mit")


def test_a_named_column_may_come_late(lines, hear):
    early = [{"text": "early " * 50, "n": n} for n in range(2000)]
    heard = hear(lines(*early, {"remark": "late"}), text_columns=["remark"])
    assert heard.places == [(2000, "remark", "late")]
    assert heard.skipped["null text"][0] == 2000


def test_a_named_column_that_never_comes_is_an_error(lines, hear):
    with pytest.raises(ColumnMissing, match="'remark' is missing"):
        hear(lines(*[{"text": f"early {n}"} for n in range(300)]), text_columns=["remark"])


def test_turns_may_hold_parts_or_nothing(lines, hear):
    heard = hear(
        lines(
            {"messages": [{"role": "user", "content": "plain"}]},
            {"messages": [{"role": "user", "content": [{"type": "text", "text": "part"}]}]},
            {"messages": [{"role": "assistant", "content": None, "tool_calls": ["call"]}]},
            {"messages": []},
        )
    )
    assert heard.places == [
        (0, "messages[0].content", "plain"),
        (1, "messages[0].content[0].text", "part"),
    ]
    assert heard.skipped == {"null text": (2, (2, 3))}


def test_nesting_without_end_is_counted(lines, hear):
    deep = b'{"text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    heard = hear(lines({"text": "a"}, deep))
    assert heard.texts == ["a"]
    assert heard.skipped == {"nested more than 64 levels deep": (1, (1,))}


def test_a_document_longer_than_many_blocks_is_read(lines, hear):
    text = "All work and no play. " * 1_000_000
    heard = hear(lines({"text": "before"}, {"text": text}, {"text": "behind"}))
    assert len(text) > 5 * BLOCK_BYTES
    assert [len(str(found)) for found in heard.texts] == [6, len(text), 6]
    assert heard.texts[1] == text


def test_a_long_file_is_never_in_memory_whole(tmp_path, hear):
    path = tmp_path / "long.jsonl"
    with path.open("w") as file:
        for n in range(40_000):
            file.write(json.dumps({"id": n, "text": f"{n} " + "word " * 300}) + "\n")
    tracemalloc.start()
    try:
        parts = open_corpus([str(path)]).parts
        rows = sum(len(documents.batch) for part in parts for documents in part.batches())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert rows == 40_000
    assert peak < path.stat().st_size / 2


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.just([]),
    st.lists(st.text(max_size=3), max_size=3), st.just({"content": "said"}), st.just({}),
)  # fmt: skip
RECORDS = st.dictionaries(st.sampled_from(["text", "id", "url", "body", "license", "x"]), VALUES)
BROKEN = st.sampled_from([b"{", b"", b" ", b"[]", b'"a"', b"{}{}", b'{"text": "\xff"}', b"{}\r"])


def plainly(path) -> tuple[list[tuple[int, str]], int]:
    """What a person would do: a line, a parser, a counter."""
    found, faults, row = [], 0, 0
    for line in path.read_bytes().split(b"\n"):
        if not line.strip():
            continue
        try:
            value = json.loads(line.decode())
        except ValueError:
            value = None
        if isinstance(value, dict):
            text = value.get("text")
            if isinstance(text, str) and text.strip():
                found.append(
                    (row, "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text))
                )
        else:
            faults += 1
        row += 1
    return found, faults


@settings(max_examples=150)
@given(data=st.data())
def test_rows_and_texts_are_those_of_a_plain_reader(tmp_path_factory, hear, data):
    lines = data.draw(st.lists(st.one_of(RECORDS.map(json.dumps).map(str.encode), BROKEN)))
    path = tmp_path_factory.mktemp("lines") / "rows.jsonl"
    path.write_bytes(b'{"text": "first"}\n' + b"\n".join([*lines, b""]))
    heard = hear(path, text_columns=["text"])
    found, faults = plainly(path)
    assert [(row, text) for row, field, text in heard.places if field == "text"] == found
    assert sum(heard.skipped.get(r, (0,))[0] for r in FAULTS) == faults


FAULTS = ("not valid JSON", "not valid UTF-8", "not a JSON object")


def block(data: bytes) -> LineBlock:
    (found,) = line_blocks(io.BytesIO(data), LIMIT)
    return found


TEXTS = pa.schema([("text", pa.large_string())])


def test_lines_as_machines_write_them_are_parsed_at_once():
    for data in (b'{"text": "a"}\n{"text": null}\n{"x": {}}\n', b'{"text": "a"}\r\n{"x": []}\r\n'):
        found = parse_block(block(data), TEXTS)
        assert found is not None
        assert found.to_pylist() == [
            {"text": record.get("text")} for _, record in parse_rows(block(data)).records
        ]


@pytest.mark.parametrize(
    "data",
    [
        b'{"text": "a"} {"text": "b"}\n{"text":\n"c"}\n',
        b'{"text": "a"} {"text": "b"}\n\n',
        b' {"text": "a"}\n',
        b'{"text": 1}\n',
        b'{"text": "a", "text": "b"}\n',
        b'{"x": "\xff"}\n',
        b'{"text": "\\ud83d"}\n',
        b'{"text": "a"\n',
    ],
)
def test_other_lines_are_left_to_the_careful_parser(data):
    assert parse_block(block(data), TEXTS) is None


def test_what_was_always_null_may_become_words():
    layout = jsonl_file.infer_layout([{"id": None, "text": "a", "n": 1}], (), "f")
    assert "id" in layout.columns.ids
    assert parse_block(block(b'{"text": "b", "id": "x"}\n'), layout.schema) is not None


def test_text_under_another_name_is_found_among_lines_parsed_at_once(lines, hear):
    rows: list[dict[str, object]] = [{"text": f"text {n}"} for n in range(400)]
    rows[300] = {"body": "elsewhere"}
    rows[301] = {"text": " ", "content": "", "body": "beside nothing"}
    rows[302] = {"text": "", "id": 1}
    heard = hear(lines(*rows))
    assert heard.places[300:302] == [(300, "body", "elsewhere"), (301, "body", "beside nothing")]
    assert heard.skipped == {"empty text": (1, (302,))}


def test_a_block_ends_with_a_line(tmp_path):
    lines = [b"x" * n for n in (3, 50, 1, 9, 200, 1)]
    blocks = list(line_blocks(io.BytesIO(b"\n".join(lines)), LIMIT, 20))
    assert b"".join(found.data for found in blocks) == b"\n".join(lines)
    assert all(found.data.endswith(b"\n") for found in blocks[:-1])
    assert [found.first for found in blocks] == [
        sum(one.rows for one in blocks[:place]) for place in range(len(blocks))
    ]


def test_a_long_file_is_several_parts_that_together_are_the_file(lines, hear, monkeypatch):
    rows: list[bytes] = [json.dumps({"text": f"text {n}"}).encode() for n in range(3000)]
    rows[10:10] = [b"", b"  ", b"\t", b"{broken", b'{"text": "' + b"long " * 1000 + b'"}']
    path = lines(b"\xef\xbb\xbf" + rows[0], *rows[1:])
    whole = hear(path)
    monkeypatch.setattr(jsonl_file, "RANGE_BYTES", 4000)
    parts = open_corpus([str(path)]).parts
    assert len(parts) > 5
    assert sum(part.size for part in parts) == path.stat().st_size - 3
    assert hear(path) == whole
    assert len(whole.texts) == 3001
    assert whole.skipped == {"not valid JSON": (1, (10,))}


@given(st.lists(st.sampled_from([b"", b" ", b"\r", b" {}", b"{}", b"{}\r", b"x", b"\t\n"])))
def test_rows_are_the_lines_that_are_not_blank(given_lines):
    data = b"\n".join(given_lines)
    found = list(line_blocks(io.BytesIO(data), LIMIT, 4))
    rows = [row for one in found for row, _ in one.lines()]
    assert sum(one.rows for one in found) == sum(bool(line.strip()) for line in data.split(b"\n"))
    assert rows == list(range(len(rows)))


ODD_LINES = (
    [
        b'{"a": "' + text + b'"}'
        for text in (b"x", b"\xc3\xa9", b"\xff", b"\\ud83d", b"\\ud83d\\ude00")
    ]
    + [b'{"\\ud83d": 1}', b'{"a": 1} ', b' {"a": 1}', b'{"a": 1}\r', b'{"a": 1}{"b": 2}', b'{"a":']
    + [b"1}", b"1", b'"x"', b"[{}]", b"null", b"NaN", b"", b" ", b"\xef\xbb\xbf{}", b"\xc2\xa0"]
    + [b'{"a": ' + b"9" * 5000 + b"}", b'{"a": ' + b"[" * 300 + b"]" * 300 + b"}", b"[" * 20_000]
)


@given(st.lists(st.sampled_from(ODD_LINES)), st.booleans())
def test_lines_parsed_as_one_text_are_those_parsed_one_by_one(given_lines, is_ended):
    data = b"\n".join(given_lines) + b"\n" * is_ended
    whole = LineBlock(data, 7, len(given_lines), regular=False)
    one_by_one = [(row, parse_line(line)) for row, line in whole.lines()]
    assert list(map(repr, parse_lines(whole))) == list(map(repr, one_by_one))


def test_quotes_in_a_very_long_line_take_no_memory_of_their_own(lines):
    text = '"' * (9 << 20)
    path = lines({"text": "early"}, {"text": text}, {"text": "late"})
    parts = open_corpus([str(path)]).parts
    tracemalloc.start()
    try:
        texts = [documents.batch["text"].to_pylist() for documents in parts[0].read()]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [text for batch in texts for text in batch] == ["early", text, "late"]
    assert peak < 6 * path.stat().st_size
