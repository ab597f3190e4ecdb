"""Lines that a file repeats without text: counted as if each were read, in little time."""

import bz2
import json
import lzma
import time

import pytest
import zstandard

from provenance.errors import DocumentTooLarge
from provenance.read.corpus.corpora import open_corpus

POST = {"text": "The quarterly report of the lighthouse committee mentions foghorns", "id": 7}
TEXTLESS = {
    "{}": "null text",
    " {}": "null text",
    "{ }\r": "null text",
    "x": "not valid JSON",
    '{"text": "': "not valid JSON",
    "1": "not a JSON object",
    "[]": "not a JSON object",
    "null": "not a JSON object",
    '{"text":""}': "empty text",
    '{"text":" \\n"}': "empty text",
    '{"text":null}': "null text",
    '{"text":["",""]}': "empty text",
    '{"t":1}': "null text",
}


def read(path, text_columns=()):
    """Read a corpus; return row and text of its documents, and the counts of skipped rows."""
    documents, skipped, examples = [], {}, {}
    for part in open_corpus([str(path)], text_columns=text_columns).parts:
        for batch in part.read():
            rows = batch.batch.select(["document", "row", "text"]).to_pylist()
            documents += [tuple(row.values()) for row in rows]
            for each in batch.skipped:
                skipped[each.reason] = skipped.get(each.reason, 0) + each.count
                examples.setdefault(each.reason, []).extend(each.rows)
    return documents, skipped, {reason: rows[:5] for reason, rows in examples.items()}


@pytest.mark.parametrize(
    ("line", "compression"), [*((line, "zst") for line in TEXTLESS), ("{}", "")]
)
def test_repeated_lines_are_counted_in_little_time(tmp_path, line, compression):
    post = json.dumps(POST).encode() + b"\n"
    count = 4_000_000 // (len(line) + 1)
    content = post * 3 + (line.encode() + b"\n") * count + post
    path = tmp_path / f"rows.jsonl{'.' * bool(compression)}{compression}"
    path.write_bytes(zstandard.compress(content) if compression else content)
    started = time.process_time()
    documents, skipped, examples = read(path)
    assert time.process_time() - started < 5
    assert [row for _, row, _ in documents] == [0, 1, 2, count + 3]
    assert skipped == {TEXTLESS[line]: count}
    assert examples == {TEXTLESS[line]: [3, 4, 5, 6, 7]}


@pytest.mark.parametrize("element", ["{}", '""', '{"text":""}', '{"t":[]}', "1"])
def test_repeated_elements_are_counted_in_little_time(tmp_path, element):
    count = 300_000 // (len(element) + 1)
    path = tmp_path / "rows.json"
    path.write_text("[" + json.dumps(POST) + f",{element}" * count + "]")
    started = time.process_time()
    documents, skipped, _ = read(path)
    assert time.process_time() - started < 3.6
    assert len(documents) == 1
    assert sum(skipped.values()) == count


def test_a_file_of_nothing_but_broken_lines_is_counted_in_little_time(tmp_path):
    path = tmp_path / "rows.jsonl.zst"
    path.write_bytes(zstandard.compress(b"x\n" * 500_000))
    started = time.process_time()
    documents, skipped, _ = read(path)
    assert time.process_time() - started < 3.75
    assert (documents, skipped) == ([], {"not valid JSON": 500_000})


def interleaved(rows):
    """Texts that differ, texts that repeat, and lines without any, in an order without a period."""
    kinds = [
        *TEXTLESS,
        json.dumps(POST),
        '{"body": "hidden words of a row without a text"}',
        '{"text": null, "comment": "words elsewhere"}',
        '{"text": "\\ud83d"}',
        '{"text": "\\u001f"}',
        '{"text": [{"text": "nested"}]}',
        '{"text": "a b"}',
    ]
    return [kinds[row * row % 61 % len(kinds)] for row in range(rows)]


@pytest.mark.parametrize("text_columns", [(), ("text",)])
def test_lines_are_read_as_where_they_are_not_repeated(tmp_path, text_columns):
    lines = [json.dumps(POST)] * 100 + interleaved(5000)
    repeated = tmp_path / "repeated.jsonl"
    repeated.write_text("\n".join(lines) + "\n")
    # With a member of its own, each line is another one.
    numbered = [
        f'{line.strip()[:-1]}{"," * (line.strip() != "{}")}"n":{row}}}'
        if line.strip().startswith("{") and line.strip().endswith("}") and "{ }" not in line
        else f"{line.rstrip()}{' ' * (1 + row)}"
        for row, line in enumerate(lines)
    ]
    numbered = [line.replace('"t":1', '"n2":1') for line in numbered]
    different = tmp_path / "different.jsonl"
    different.write_text("\n".join(numbered) + "\n")
    documents, skipped, examples = read(repeated, text_columns)
    others, other_skipped, other_examples = read(different, text_columns)
    assert [(row, text) for _, row, text in documents] == [(row, text) for _, row, text in others]
    assert skipped == other_skipped
    assert examples == other_examples


def test_short_rows_that_repeat_are_all_documents(tmp_path):
    path = tmp_path / "rows.jsonl.zst"
    path.write_bytes(zstandard.compress(b'{"text":"a b"}\n{}\n' * 100_000))
    documents, skipped, _ = read(path)
    assert [row for _, row, _ in documents] == list(range(0, 200_000, 2))
    assert documents[-1][0] == "rows.jsonl.zst#199998"
    assert skipped == {"null text": 100_000}


@pytest.mark.parametrize(
    ("name", "suffix", "compress"),
    [
        *((name, "zst", zstandard.compress) for name in ("rows.jsonl", "rows.csv", "rows.json")),
        ("rows.jsonl", "bz2", bz2.compress),
        ("rows.jsonl", "xz", lzma.compress),
    ],
)
def test_a_file_of_repetitions_is_refused_by_name(tmp_path, suffix, compress, name):
    begun = {"rows.jsonl": b"", "rows.csv": b"text,id\n", "rows.json": b"["}[name]
    path = tmp_path / f"{name}.{suffix}"
    path.write_bytes(compress(begun) + compress(b"\n" * 10_000_000) * 30)
    with pytest.raises(DocumentTooLarge, match=rf"{name}\.{suffix}: its .* bytes unpack to more"):
        read(path)


def test_a_file_that_is_not_compressed_may_repeat_itself(tmp_path):
    path = tmp_path / "rows.jsonl"
    with path.open("wb") as sink:
        for _ in range(27):
            sink.write(b"\n" * 10_000_000)
        sink.write(json.dumps(POST).encode() + b"\n")
    assert len(read(path)[0]) == 1
