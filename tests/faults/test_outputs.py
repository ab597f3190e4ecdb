"""Nothing is written into a corpus, and what was written there once is no data of it."""

import shutil

import pytest

from provenance.read.corpus.corpora import open_corpus
from tests.faults.conftest import found, write_corpus, write_jsonl


@pytest.mark.parametrize(
    ("corpus", "output"),
    [
        ("data", "data"),
        ("data", "data/report"),
        ("data", "data/../data/sub/report"),
        ("data", "link/report"),
        ("link", "data/report"),
        ("data/*.parquet", "data"),
        ("data/*", "data/sub"),
        ("d*", "data/report"),
    ],
)
def test_a_report_within_the_corpus_is_refused_before_any_work(
    tmp_path, registry, provenance, corpus, output
):
    write_corpus(tmp_path / "data")
    (tmp_path / "link").symlink_to("data")
    before = sorted((tmp_path / "data").rglob("*"))
    done = provenance("check", corpus, "--registry", registry, "-o", output, cwd=tmp_path)
    assert done.returncode == 2
    assert f"Error: {output} is within the corpus" in done.stderr.replace("\n", " ")
    assert "--output" in done.stderr
    assert sorted((tmp_path / "data").rglob("*")) == before


@pytest.mark.parametrize(
    ("corpus", "output"), [("data/a.jsonl", "data"), ("data/*.jsonl", "data"), ("data", "data2")]
)
def test_a_report_beside_what_is_checked_is_written(tmp_path, registry, provenance, corpus, output):
    write_corpus(tmp_path / "data")
    command = ("check", corpus, "--registry", registry, "-q", "--no-cache", "-o", output)
    assert provenance(*command, cwd=tmp_path).returncode == 1
    assert (tmp_path / output / "result.json").exists()


def test_calibrations_and_cleaned_corpora_are_refused_there_too(tmp_path, registry, provenance):
    write_corpus(tmp_path / "data")
    for command, output in (("calibrate", "data/c.json"), ("clean", "data/clean")):
        done = provenance(command, "data", "--registry", registry, "-o", output, cwd=tmp_path)
        assert done.returncode == 2
        assert "is within the corpus" in done.stderr.replace("\n", " ")


@pytest.mark.parametrize("pattern", [".", "**/*", "*"])
def test_reports_and_registries_that_lie_in_a_corpus_are_no_data(
    tmp_path, registry, checked, provenance, monkeypatch, pattern
):
    write_corpus(tmp_path / "data")
    before = checked(tmp_path / "data")
    command = ("check", "data", "--registry", registry, "-q", "-o", "report")
    assert provenance(*command, cwd=tmp_path).returncode == 1
    shutil.copytree(tmp_path / "report", tmp_path / "data" / "report")
    for path in (tmp_path / "report").iterdir():
        shutil.copy(path, tmp_path / "data")
    shutil.copytree(registry, tmp_path / "data" / "registry")

    monkeypatch.chdir(tmp_path / "data")
    after = checked(pattern)

    assert after.result.corpus.digest == before.result.corpus.digest
    assert found(after) == found(before)
    assert after.result.status == "fail"
    assert open_corpus(["."]).ignored >= 8


def test_tables_that_only_have_such_names_are_data(tmp_path):
    write_jsonl(tmp_path / "result.json", 0)
    write_corpus(tmp_path / "data-0123456789ab")
    shutil.copy(tmp_path / "data-0123456789ab" / "c.parquet", tmp_path / "findings.parquet")
    names = {part.file for part in open_corpus([str(tmp_path)]).parts}
    assert {"result.json", "findings.parquet", "data-0123456789ab/c.parquet"} <= names


def test_a_registry_in_a_folder_of_dumps_is_no_dump(tmp_path, provenance):
    write_jsonl(tmp_path / "dumps" / "a.jsonl", 0)
    build = ("registry", "build", "dumps/registry", "--source", "x", "dumps")
    assert provenance(*build, cwd=tmp_path).returncode == 0
    again = ("registry", "add", "dumps/registry", "--source", "x", "dumps")
    done = provenance(*again, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "8 items" in done.stdout
