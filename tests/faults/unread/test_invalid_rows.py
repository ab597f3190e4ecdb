"""A file of which many rows cannot be read is unread: no verdict passes over it."""

import json

import pytest

from provenance.model.content.tables import merge_skipped
from provenance.read.corpus.corpora import open_corpus
from tests.faults.conftest import page


def write(folder, name, texts, encoding):
    """Write texts in an encoding; return the path."""
    path = folder / name
    rows = [json.dumps({"text": text}, ensure_ascii=False) for text in texts]
    if name.endswith(".csv"):
        rows = ["id,text", *(f'{n},"{text}"' for n, text in enumerate(texts))]
    path.write_text("\n".join(rows) + "\n", encoding)
    return path


def english(count):
    return [page(number).encode("ascii", "ignore").decode() for number in range(count)]


def read(folder):
    corpus = open_corpus([str(folder)])
    batches = [one for part in corpus.parts for one in part.batches()]
    unread = [*corpus.unread, *(one for each in batches for one in each.unread)]
    skipped = merge_skipped(one for each in batches for one in each.skipped)
    return sum(len(each.batch) for each in batches), {one.file: one for one in unread}, skipped


@pytest.mark.parametrize("name", ["b.csv", "b.jsonl"])
@pytest.mark.parametrize(("odd", "is_unread"), [(0, False), (9, False), (10, True), (100, True)])
def test_from_a_tenth_of_its_rows_on_a_file_is_unread(tmp_path, name, odd, is_unread):
    texts = english(100)
    texts[:odd] = [f"caf\xe9 {text}" for text in texts[:odd]]
    write(tmp_path, "a.jsonl", english(30), "utf-8")
    write(tmp_path, name, texts, "latin-1")
    documents, unread, skipped = read(tmp_path)
    assert documents == 130 - odd
    assert set(unread) == ({name} if is_unread else set())
    assert sum(one.count for one in skipped) == odd
    if is_unread:
        assert f"{odd} of 100 rows: not valid UTF-8" in unread[name].reason
        assert "iconv" in unread[name].remedy


def test_few_rows_of_a_large_file_are_only_counted(tmp_path):
    texts = english(2000)
    texts[700:720] = ["caf\xe9"] * 20
    write(tmp_path, "b.jsonl", texts, "latin-1")
    assert read(tmp_path)[:2] == (1980, {})


def test_of_small_files_each_is_judged_by_its_own_rows(tmp_path):
    for number in range(6):
        write(tmp_path, f"{number}.jsonl", english(40), "utf-8")
    write(tmp_path, "odd.jsonl", ["caf\xe9"] * 3, "latin-1")
    documents, unread, _ = read(tmp_path)
    assert documents == 240
    assert set(unread) == {"odd.jsonl"}


def test_rows_without_text_do_not_make_a_file_unread(tmp_path):
    rows = [{"text": None}] * 50 + [{"text": page(number)} for number in range(5)]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    assert read(tmp_path)[:2] == (5, {})


def test_rows_are_counted_with_and_without_text_however_many_texts_they_have(tmp_path):
    (tmp_path / "empty.jsonl").write_text("\n".join(['{"text": null}'] * 40 + ["{broken}", ""]))
    chat = [{"messages": [{"role": "user", "content": page(n)}] * 20} for n in range(12)]
    lines = [*map(json.dumps, chat), *["{broken}"] * 12, ""]
    (tmp_path / "chat.jsonl").write_text("\n".join(lines))
    _, unread, _ = read(tmp_path)
    assert set(unread) == {"chat.jsonl"}
    assert "12 of 24 rows: not valid JSON" in unread["chat.jsonl"].reason


def test_what_is_unread_is_neither_passed_nor_copied(tmp_path, registry, provenance):
    data = tmp_path / "data"
    data.mkdir()
    write(data, "a.jsonl", english(30), "utf-8")
    write(data, "b.csv", [f"caf\xe9 {text}" for text in english(30)], "latin-1")
    common = ("--registry", registry, "-q", "--no-cache")
    checked = provenance("check", "data", *common, cwd=tmp_path)
    assert checked.returncode == 2
    assert "PASS" not in checked.stdout
    cleaned = provenance("clean", "data", "-o", "cleaned", "--registry", registry, cwd=tmp_path)
    assert cleaned.returncode == 2
    assert not (tmp_path / "cleaned" / "b.csv").exists()
