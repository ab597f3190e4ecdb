"""Dumps with dates, encodings and markup of nobody's: items, rows that are counted, or an error."""

import json

import pytest

from provenance.errors import CorruptFile, DocumentTooLarge, InputError, UnsupportedFormat
from provenance.read.corpus.corpora import open_corpus
from provenance.read.dumps.layouts import open_dump

TEXT = "some words that somebody wrote down"


def items(path, **options):
    batches = list(open_dump(str(path), source="x", **options))
    rows = [row for one in batches for row in one.batch.to_pylist()]
    return rows, {skip.reason: skip.count for one in batches for skip in one.skipped}


@pytest.mark.parametrize("form", ["jsonl", "json"])
@pytest.mark.parametrize(
    "date", [{"day": 1}, True, [2020], {}, "never", 10**30, -1e300, "9" * 30, {"a": {"b": [1]}}]
)
def test_a_date_that_is_none_leaves_the_item_without_one(tmp_path, form, date):
    path = tmp_path / f"items.{form}"
    rows = [{"id": str(number), "text": TEXT, "created_at": date} for number in range(3)]
    text = json.dumps(rows) if form == "json" else "\n".join(map(json.dumps, rows))
    path.write_text(text)
    found, skipped = items(path)
    assert [row["created_at"] for row in found] == [None] * 3
    if isinstance(date, dict | list | bool | str):
        assert sum(count for why, count in skipped.items() if "kept without a date" in why) == 3


def test_numbers_of_thousands_of_digits_cost_no_row(tmp_path):
    for name, form in (("a.jsonl", "%s\n"), ("a.json", "[%s]")):
        path = tmp_path / name
        path.write_text(form % f'{{"id": "a", "text": "{TEXT}", "n": {"9" * 5000}}}')
        assert [row["text"] for row in items(path)[0]] == [TEXT]
        (part,) = open_corpus([str(path)]).parts
        assert [t for b in part.batches() for t in b.batch.column("text").to_pylist()] == [TEXT]


def posts(folder, rows, head=""):
    path = folder / "Posts.xml"
    path.write_text(f"{head}<posts>{rows}</posts>", "utf-8")
    return path


@pytest.mark.parametrize("encoding", ["nonsense", "utf-32", "x" * 1000, "idna", "zlib"])
def test_an_encoding_that_nobody_knows_is_an_error(tmp_path, encoding):
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    with pytest.raises(InputError, match=r"Posts\.xml"):
        items(posts(tmp_path, f'<row Id="1" PostTypeId="1" Title="{TEXT}"/>', head))


def test_xml_that_declares_entities_is_refused(tmp_path):
    lines = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    head = f'<!DOCTYPE posts [<!ENTITY e0 "words">{lines}]>'
    path = tmp_path / "dump.xml"
    path.write_text(f'{head}<posts><row Id="1" Title="&e9;"/></posts>')
    with pytest.raises(UnsupportedFormat, match="declares entities"):
        items(path, layout="stackexchange")


@pytest.mark.parametrize(
    "row",
    [
        f'<row Id="2" PostTypeId="1" Title="{"words " * 100_000}"/>',
        "<row Id='2'>" + "<a/>" * 150_000 + "</row>",
        "<row " + " ".join(f'a{number}=""' for number in range(60_000)) + "/>",
        "<row>" * 120_000,
        " " * 600_000,
        f"<!--{'x' * 600_000}-->",
    ],
)
def test_a_row_without_end_is_refused(tmp_path, row):
    path = posts(tmp_path, f'<row Id="1" PostTypeId="1" Title="{TEXT}"/>{row}')
    with pytest.raises(DocumentTooLarge, match=r"Posts\.xml: row [12] is larger than 300KB"):
        items(path, max_document=300_000)


def test_comments_without_end_before_the_root_take_no_time(tmp_path):
    path = tmp_path / "dump.xml"
    path.write_text("<!-- -->" * 10_000 + "<other>")
    with pytest.raises((CorruptFile, UnsupportedFormat)):
        items(path)
