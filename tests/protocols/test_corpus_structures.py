"""Rows with structures give the same documents, whatever holds them: all texts of the tide."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import datasets
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from provenance.model.content.tables import DOCUMENTS
from provenance.read.corpus.corpora import Corpus, open_corpus
from provenance.read.corpus.python_objects import corpus_of_objects
from tests.protocols.corpus_samples import FORMATS, Rows

COUNT = 3


def say(number: int, words: str) -> str:
    return f"On day {number} the tide {words} before the boats had left the harbour."


def turn(role: str, content: object, **others: object) -> dict[str, object]:
    return {"role": role, "content": content, **others}


CASES: dict[str, Callable[[int], dict[str, object]]] = {
    "instruction": lambda n: {
        "instruction": say(n, "rose"),
        "input": say(n, "fell") if n == 1 else "",
        "output": say(n, "turned"),
        "category": "open_qa",
    },
    "chat": lambda n: {
        "id": f"c{n}",
        "source": "forum",
        "messages": [turn("user", say(n, "rose")), turn("assistant", say(n, "fell"))],
    },
    "calls": lambda n: {
        "messages": [
            turn("user", say(n, "rose")),
            turn(
                "assistant",
                None,
                reasoning_content=say(n, "thought"),
                tool_calls=[{"id": "f1", "function": {"name": "f", "body": say(n, "called")}}],
            ),
        ],
        "tools": [{"name": "f", "description": say(0, "has a name")}],
    },
    "parts": lambda n: {
        "messages": [
            turn("user", [{"type": "text", "text": say(n, "rose"), "image": None}]),
            turn("user", [{"type": "image", "text": None, "image": {"data": "a8" * 30}}]),
            turn("assistant", [{"type": "text", "text": say(n, "fell"), "image": None}]),
        ],
    },
    "spoken": lambda n: {
        "messages": [turn("user", say(n, "rose"), audio={"id": "a8", "transcript": say(n, "sang")})]
    },
    "preferences": lambda n: {
        "prompt": say(n, "rose"),
        "chosen": [turn("assistant", say(n, "fell"))],
        "rejected": [turn("assistant", say(n, "stood"))],
        "score_chosen": 7.5,
    },
    "pair": lambda n: {
        "query": say(n, "rose"),
        "pos": [say(n, "fell")],
        "neg": [say(n, "stood"), say(n, "ran")],
        "pos_scores": [0.9],
    },
    "choices": lambda n: {
        "question": say(n, "rose"),
        "choices": {"text": [say(n, "fell"), say(n, "stood")], "label": ["A", "B"]},
        "answerKey": "A",
    },
    "steps": lambda n: {
        "question": {"problem": say(n, "rose")},
        "label": {"steps": [{"completions": [{"text": say(n, "fell"), "rating": 1}]}]},
    },
    "sections": lambda n: {
        "doc": {"sections": [{"paragraphs": [say(n, "rose"), say(n, "fell")], "id": f"s{n}"}]},
        "key": f"k{n}",
    },
    "translation": lambda n: {"id": n, "translation": {"de": say(n, "rose"), "en": say(n, "fell")}},
    "passages": lambda n: {
        "query": say(n, "rose"),
        "passages": {"passage_text": [say(n, "fell")], "url": ["https://a.example/x"]},
    },
    "page": lambda n: {
        "text": say(n, "rose"),
        "meta": {"url": f"https://a.example/{n}", "language": "en"},
        "embedding": [0.5, 0.25],
    },
}
LABELS: dict[str, Callable[[int], dict[str, object]]] = {
    "illustrated": lambda n: {
        "text": say(n, "rose"),
        "images": [{"path": f"a/{n}.png", "caption": say(n, "was painted")}],
    },
    "parsed": lambda n: {
        "title": f"The tide of day {n}",
        "abstract": say(n, "rose"),
        "pdf_parse": {"body_text": [{"text": say(n, "fell"), "section": "Results"}]},
    },
}
"""Columns that are labels unless they are structures."""


def late_rows() -> Rows:
    """Return rows of which the last two have members that those before them lack."""
    rows = [{"text": say(n, "rose"), "turns": [turn("user", say(n, "fell"))]} for n in range(3000)]
    rows[-2]["notes"] = say(2998, "was noted")
    rows[-1]["turns"][0]["thoughts"] = say(2999, "was thought of")
    return rows


def texts_of(value: object, field: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str) and " tide " in value:
        yield field, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from texts_of(inner, f"{field}.{name}" if field else name)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from texts_of(inner, f"{field}[{place}]")


def assert_read(corpus: Corpus, rows: Rows) -> None:
    batches = [documents.batch for part in corpus.parts for documents in part.read()]
    table = pa.Table.from_batches(batches, DOCUMENTS).select(["row", "field", "text"])
    places = zip(*table.to_pydict().values(), strict=True)
    expected = [(n, *leaf) for n, row in enumerate(rows) for leaf in texts_of(row, "")]
    assert sorted(place for place in places if place[2]) == sorted(expected)


def as_table(rows: Rows) -> pa.Table:
    return pa.Table.from_struct_array(pa.array(rows))


def with_all_columns(rows: Rows) -> Rows:
    names = dict.fromkeys(name for row in rows for name in row)
    return [{name: row.get(name) for name in names} for row in rows]


def with_strings(rows: Rows) -> Rows:
    return [
        {name: json.dumps(v) if isinstance(v, dict | list) else v for name, v in row.items()}
        for row in with_all_columns(rows)
    ]


FILES: dict[str, Callable[[Rows], Rows]] = {
    **dict.fromkeys(["jsonl", "jsonl.gz", "json", "json.zst", "tar"], list),
    **dict.fromkeys(["parquet", "pq", "arrow", "ipc", "feather"], with_all_columns),
    **dict.fromkeys(["csv", "tsv", "sqlite"], with_strings),
}
"""Formats, each with what makes its rows."""
OBJECTS: dict[str, Callable[[Rows], object]] = {
    "list": list,
    "iterator": iter,
    "table": as_table,
    "reader": lambda rows: as_table(rows).to_reader(max_chunksize=2),
    "pandas": pd.DataFrame,
    "polars": lambda rows: pl.DataFrame(rows, infer_schema_length=None),
    "dataset": lambda rows: datasets.Dataset(as_table(rows)),
    "iterable": lambda rows: datasets.Dataset(as_table(rows)).to_iterable_dataset(),
}


def write(folder: Path, form: str, rows: Rows) -> str:
    path = folder / f"rows.{form}"
    path.write_bytes(FORMATS[form](FILES[form](rows)))
    return str(path)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("form", FILES)
def test_files_have_all_texts(tmp_path, form, case):
    rows = [CASES[case](n) for n in range(COUNT)]
    assert_read(open_corpus([write(tmp_path, form, rows)]), rows)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("form", OBJECTS)
def test_objects_of_a_program_have_all_texts(form, case):
    rows = [CASES[case](n) for n in range(COUNT)]
    assert_read(corpus_of_objects(OBJECTS[form](rows)), rows)


@pytest.mark.parametrize("case", LABELS)
@pytest.mark.parametrize("form", [form for form in FILES if FILES[form] is not with_strings])
def test_files_have_texts_in_structures_named_as_labels(tmp_path, form, case):
    rows = [LABELS[case](n) for n in range(COUNT)]
    assert_read(open_corpus([write(tmp_path, form, rows)]), rows)


@pytest.mark.parametrize("form", [form for form in FILES if FILES[form] is not with_strings])
def test_structures_without_text_may_have_some_later(tmp_path, form):
    rows = [{"text": say(n, "rose"), "extra": {"pages": n}} for n in range(3000)]
    rows[-1]["extra"]["remark"] = say(2999, "was remarked on")
    assert_read(open_corpus([write(tmp_path, form, rows)]), rows)


@pytest.mark.parametrize("form", FILES)
def test_files_have_the_texts_of_later_members(tmp_path, form):
    assert_read(open_corpus([write(tmp_path, form, late_rows())]), late_rows())


@pytest.mark.parametrize("form", OBJECTS)
def test_objects_of_a_program_have_the_texts_of_later_members(form):
    assert_read(corpus_of_objects(OBJECTS[form](late_rows())), late_rows())


@pytest.mark.parametrize("form", ["jsonl", "json", "sqlite", "list", "iterator"])
def test_short_headings_may_begin_after_200_rows(tmp_path, form):
    rows = [{"text": say(n, "rose")} for n in range(300)]
    for n in range(230, 300):
        rows[n]["title"] = f"The tide {n}"
    corpus = (
        corpus_of_objects(OBJECTS[form](rows))
        if form in OBJECTS
        else open_corpus([write(tmp_path, form, rows)])
    )
    assert_read(corpus, rows)
