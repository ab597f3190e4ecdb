"""Files in a corpus's folders that are not checked are named, and are no error."""

import json
import zipfile

import pytest

from provenance.model.content.tables import IgnoredFiles
from provenance.read.corpus.corpora import open_corpus
from provenance.report.files.result_json import dumps, loads
from provenance.report.formats.rendering import render
from tests.faults.conftest import write_jsonl

BESIDE = ("LICENSE", "more.zip", "more/rest.7z", "more/words.docx", "notes.txt", "readme.md")


@pytest.fixture
def folder(tmp_path):
    write_jsonl(tmp_path / "a.jsonl", 0)
    (tmp_path / "more").mkdir()
    for name in (*BESIDE, ".gitattributes", "_SUCCESS", "dataset_info.json"):
        (tmp_path / name).write_text("{}")
    return tmp_path


def test_what_lies_beside_tables_is_counted_and_named(folder, checked):
    report = checked(folder)
    beside = IgnoredFiles(6, BESIDE[:5])
    assert report.result.corpus.passed_over == beside
    assert report.result.status == "fail"
    assert loads(dumps(report.result)) == report.result
    told = json.loads(render("json", report))["corpus"]["passed_over"]
    assert told == {"count": 6, "files": list(BESIDE[:5])}


@pytest.mark.parametrize("form", ["terminal", "markdown", "html"])
def test_reports_name_it(folder, checked, form):
    (folder / "zz.txt").write_text("{}")
    told = " ".join(render(form, checked(folder)).replace("\\", "").split())
    assert "7 files beside the data were not checked: LICENSE, more.zip" in told
    assert "and 2 more; to check one, name it." in told


def test_files_that_are_checked_are_not_passed_over(tmp_path, checked):
    write_jsonl(tmp_path / "data" / "a.jsonl", 0)
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text("a text that is all there is")
    checked(tmp_path / "data")
    report = checked(tmp_path / "data")
    assert report.result.corpus.passed_over is None
    assert "beside the data" not in render("terminal", report)
    assert open_corpus([str(tmp_path / "texts")]).passed_over is None
    assert open_corpus([str(tmp_path / "data" / "a.jsonl")]).passed_over is None


def test_several_folders_are_counted_together(folder):
    with zipfile.ZipFile(folder / "packed.zip", "w") as packed:
        packed.write(folder / "a.jsonl", "a.jsonl")
        packed.write(folder / "notes.txt", "inner.txt")
    corpus = open_corpus([str(folder / "packed.zip"), str(folder)])
    assert corpus.passed_over is not None
    assert corpus.passed_over.count == len(BESIDE) + 2  # the archive itself, as part of the folder
