"""A file written again says what it said, but for what was to go: one suite for every format."""

import bz2
import csv
import gzip
import io
import json
import lzma
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import strategies as st

from provenance.read.corpus.corpora import open_corpus
from provenance.read.rewriting.removal_plan import Removals
from provenance.read.rewriting.rewrite_file import rewrite_file
from tests.property_campaigns import property_test

ROWS = [
    {
        "id": f"d{n}",
        "text": f"Page {n} says: café 😀 and a {'very ' * n}long story, “quoted”, with\ttabs",
        "messages": [
            {"role": "user", "content": f"what is {n}, says she who asks"},
            {"role": "assistant", "content": f"{n} is a number of no great use\nto anybody"},
        ],
        "score": n / 7,
    }
    for n in range(12)
]
WRITTEN = [
    row | {"messages": json.dumps(row["messages"], ensure_ascii=n % 2 > 0, indent=n % 3 or None)}
    for n, row in enumerate(ROWS)
]
"""The same, with chats as strings in JSON."""
FLAT = [{name: row[name] for name in ("id", "text", "score")} for row in ROWS]


def _lines(rows, end="\n") -> bytes:
    written = [json.dumps(row, ensure_ascii=n % 2 > 0) for n, row in enumerate(rows)]
    return "".join(line + end * (1 + n % 3) for n, line in enumerate(written)).encode()


def _cells(rows, delimiter=",", quoting=csv.QUOTE_MINIMAL) -> bytes:
    sink = io.StringIO()
    writer = csv.DictWriter(sink, list(rows[0]), delimiter=delimiter, quoting=quoting)
    writer.writeheader()
    writer.writerows(rows)
    return sink.getvalue().encode()


def _parquet(rows) -> bytes:
    sink = io.BytesIO()
    table = pa.Table.from_pylist(rows).replace_schema_metadata({"made by": "us"})
    pq.write_table(table, sink, row_group_size=5, compression="zstd")
    return sink.getvalue()


def _arrow(rows, kind, **options) -> bytes:
    sink = io.BytesIO()
    table = pa.Table.from_pylist(rows)
    with kind(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table, max_chunksize=5)
    return sink.getvalue()


FORMATS = {
    "lines.jsonl": (ROWS, _lines(ROWS)),
    "windows.jsonl": (ROWS, b"\xef\xbb\xbf" + _lines(ROWS, "\r\n")),
    "open.jsonl": (ROWS, _lines(ROWS).rstrip()),
    "lines.jsonl.gz": (ROWS, gzip.compress(_lines(ROWS))),
    "lines.jsonl.zst": (ROWS, zstandard.compress(_lines(ROWS))),
    "lines.jsonl.bz2": (ROWS, bz2.compress(_lines(ROWS))),
    "lines.jsonl.xz": (ROWS, lzma.compress(_lines(ROWS))),
    "array.json": (ROWS, json.dumps(ROWS, indent=2).encode()),
    "dense.json": (ROWS, json.dumps(ROWS, separators=(",", ":"), ensure_ascii=False).encode()),
    "deep.json": (ROWS, json.dumps({"a": {"b": 1}, "response": {"posts": ROWS, "n": 2}}).encode()),
    "within.json": (ROWS, json.dumps({"version": [1, "x"], "data": ROWS, "end": 0}).encode()),
    "following.json": (ROWS, "\n".join(json.dumps(row, indent=1) for row in ROWS).encode()),
    "commas.csv": (FLAT, _cells(FLAT)),
    "quoted.csv": (FLAT, _cells(FLAT, ";", csv.QUOTE_ALL)),
    "tabs.tsv": (FLAT, _cells(FLAT, "\t")),
    "chats.csv": (WRITTEN, _cells(WRITTEN)),
    "chats.jsonl": (WRITTEN, _lines(WRITTEN)),
    "chats.parquet": (WRITTEN, _parquet(WRITTEN)),
    "chats.arrow": (WRITTEN, _arrow(WRITTEN, pa.ipc.new_stream)),
    "rows.parquet": (ROWS, _parquet(ROWS)),
    "file.arrow": (ROWS, _arrow(ROWS, pa.ipc.new_file, compression="zstd")),
    "file.feather": (ROWS, _arrow(ROWS, pa.ipc.new_file, compression="lz4")),
    "stream.arrow": (ROWS, _arrow(ROWS, pa.ipc.new_stream)),
}


def read(path: Path, columns) -> tuple[object, list[tuple[int, str, str, str]]]:
    corpus = open_corpus([str(path)], text_columns=columns)
    rows = [
        (row["row"], row["document"], row["field"], row["text"])
        for part in corpus.parts
        for documents in part.batches()
        for row in documents.batch.to_pylist()
    ]
    return corpus.files[0], rows


@pytest.mark.parametrize("name", sorted(FORMATS))
@property_test(20, 300, drawn=st.data())
def test_what_is_to_go_has_gone_and_nothing_else(tmp_path_factory, name, drawn) -> None:
    rows, content = FORMATS[name]
    folder = tmp_path_factory.mktemp("rewriting")
    path = folder / name
    path.write_bytes(content)
    columns = [name for name in ("text", "messages") if name in rows[0]]
    file, before = read(path, columns)
    # Of objects that follow each other two stay: one alone may stand for a list within it.
    gone = drawn.draw(st.frozensets(st.integers(0, len(rows) - 1), max_size=len(rows) - 2))
    replacement = drawn.draw(st.sampled_from(["", "[removed]", '"; a, b']))
    kept = [text for text in before if text[0] not in gone]
    spans: dict[int, dict[str, tuple[tuple[int, int], ...]]] = {}
    for row, _, field, text in drawn.draw(st.lists(st.sampled_from(kept), max_size=4)):
        start = drawn.draw(st.integers(0, len(text) - 1))
        end = drawn.draw(st.integers(start + 1, len(text)))
        spans.setdefault(row, {})[field] = ((start, end),)
    cuts = Removals(gone, spans, replacement)

    assert rewrite_file(file, folder / "made" / name, cuts)

    expected = []
    numbers = {row: number for number, row in enumerate(sorted({text[0] for text in kept}))}
    for row, document, field, text in kept:
        for start, end in spans.get(row, {}).get(field, ()):
            text = text[:start] + replacement + text[end:]  # noqa: PLW2901 (what is left of it)
        if text.strip():
            expected.append((numbers[row], document, field, text))
    if not expected:
        return
    assert read(folder / "made" / name, columns)[1] == expected
    if not cuts.rows and not cuts.spans:
        assert (folder / "made" / name).read_bytes() == content
    assert path.read_bytes() == content


def test_every_row_of_every_format_may_go(tmp_path) -> None:
    for name, (rows, content) in FORMATS.items():
        (tmp_path / name).write_bytes(content)
        file, _ = read(tmp_path / name, ["text"])
        assert rewrite_file(file, tmp_path / "made" / name, Removals(frozenset(range(len(rows)))))
        assert (tmp_path / "made" / name).is_file()
