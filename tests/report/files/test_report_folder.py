"""The folder of a report: whole, deterministic, and enough to render every format."""

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance.errors import CorruptFile, DatasetNotFound, OutputError
from provenance.model.content.tables import FINDINGS
from provenance.model.results.result import Report
from provenance.report.files import report_commit, report_folder
from provenance.report.files.findings_parquet import sort_findings
from provenance.report.files.report_folder import write_report, write_text
from provenance.report.files.report_reader import read_report
from provenance.report.formats.rendering import FORMATS, render
from tests.report.sample_findings import FOUND, findings_table
from tests.report.samples import clear_report, sample_report

NAMES = ["findings.parquet", "report.html", "result.json"]


@pytest.mark.parametrize("report", [sample_report(), clear_report()], ids=["fails", "clear"])
def test_a_report_comes_back_as_it_was_written(tmp_path, report):
    write_report(report, tmp_path / "new" / "out")
    back = read_report(tmp_path / "new" / "out")
    assert back.result == report.result
    assert back.findings.equals(sort_findings(report.findings))
    assert back.findings.schema.equals(FINDINGS)


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_is_a_rendering_of_the_folder_alone(tmp_path, name):
    write_report(sample_report(), tmp_path)
    assert render(name, read_report(tmp_path)) == render(name, sample_report())


def test_the_formats_are_these():
    assert {"html", "json", "terminal"} <= set(FORMATS)


def test_the_order_in_which_findings_came_changes_no_byte(tmp_path):
    result = sample_report().result
    write_report(Report(result, findings_table(FOUND)), tmp_path / "a")
    write_report(Report(result, findings_table(FOUND[::-1])), tmp_path / "b")
    for name in NAMES:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_findings_are_sorted_and_compressed(tmp_path):
    write_report(sample_report(), tmp_path)
    file = pq.ParquetFile(tmp_path / "findings.parquet")
    rows = file.read(["file", "row", "field", "start"]).to_pylist()
    assert rows == sorted(rows, key=lambda r: (r["file"], r["row"], r["field"], r["start"]))
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"


def without_digests(place: Path) -> None:
    """Let result.json look as earlier versions wrote it."""
    document = json.loads((place / "result.json").read_text("utf-8"))
    del document["files"]
    (place / "result.json").write_text(json.dumps(document), "utf-8")


def test_a_report_of_before_there_were_digests_still_loads(tmp_path):
    write_report(sample_report(), tmp_path)
    without_digests(tmp_path)
    assert read_report(tmp_path).findings.equals(sort_findings(sample_report().findings))


def test_findings_of_before_there_were_baselines_still_load(tmp_path):
    write_report(sample_report(), tmp_path)
    without_digests(tmp_path)
    older = pq.read_table(tmp_path / "findings.parquet").drop_columns(["state"])
    pq.write_table(older, tmp_path / "findings.parquet")
    assert read_report(tmp_path).findings.equals(sort_findings(sample_report().findings))


def test_a_rendering_is_written_whole_or_not_at_all(tmp_path):
    write_text("a\nb\n", tmp_path / "new" / "report.md")
    assert (tmp_path / "new" / "report.md").read_bytes() == b"a\nb\n"
    with pytest.raises(OutputError, match="new") as raised:
        write_text("a", tmp_path / "new")
    assert "--output" in raised.value.remedy
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_an_earlier_report_is_replaced_and_nothing_else_lies_about(tmp_path):
    write_report(sample_report(), tmp_path)
    write_report(clear_report(), tmp_path)
    assert read_report(tmp_path).result.status == "pass"
    assert sorted(path.name for path in tmp_path.iterdir()) == NAMES


@pytest.mark.parametrize("broken", ["html_page", "dumps", "write_findings"])
def test_nothing_is_half_written(tmp_path, monkeypatch, broken):
    def full(*_):
        raise OSError(28, "No space left on device")

    module = {"html_page": report_folder.html_report, "dumps": report_folder.result_json}.get(
        broken, report_folder.findings_parquet
    )
    monkeypatch.setattr(module, broken, full)
    with pytest.raises(OutputError, match="No space left") as raised:
        write_report(sample_report(), tmp_path)
    assert raised.value.remedy
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_is_a_file_is_refused_with_a_remedy(tmp_path):
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(OutputError, match="taken") as raised:
        write_report(sample_report(), tmp_path / "taken")
    assert "--output" in raised.value.remedy
    assert (tmp_path / "taken").read_text() == "mine"


def test_a_missing_report_is_an_error(tmp_path):
    with pytest.raises(DatasetNotFound, match="no report") as raised:
        read_report(tmp_path / "nowhere")
    assert "provenance check" in raised.value.remedy


def test_a_report_without_its_findings_is_an_error(tmp_path):
    write_report(sample_report(), tmp_path)
    (tmp_path / "findings.parquet").unlink()
    with pytest.raises(DatasetNotFound, match=r"findings\.parquet"):
        read_report(tmp_path)


@pytest.mark.parametrize("name", ["result.json", "findings.parquet"])
def test_a_pipe_in_place_of_a_file_does_not_block(tmp_path, name):
    write_report(sample_report(), tmp_path)
    (tmp_path / name).unlink()
    os.mkfifo(tmp_path / name)
    with pytest.raises((DatasetNotFound, CorruptFile), match="not a regular file"):
        read_report(tmp_path)


@pytest.mark.parametrize("damage", ["cut", "foreign", "columns", "latin-1", "version"])
def test_a_damaged_report_is_an_error(tmp_path, damage):
    write_report(sample_report(), tmp_path)
    without_digests(tmp_path)
    _damage(tmp_path, damage)
    with pytest.raises(CorruptFile) as raised:
        read_report(tmp_path)
    assert raised.value.remedy


@pytest.mark.parametrize("name", NAMES)
def test_files_of_another_report_are_rejected(tmp_path, name):
    write_report(sample_report(), tmp_path / "one")
    write_report(clear_report(), tmp_path / "other")
    shutil.copy(tmp_path / "other" / name, tmp_path / "one" / name)
    if name == "report.html":  # which nobody reads
        assert read_report(tmp_path / "one").result == sample_report().result
        return
    with pytest.raises(CorruptFile, match="interrupted") as raised:
        read_report(tmp_path / "one")
    assert "run the check again" in raised.value.remedy


def test_other_files_in_the_folder_are_kept(tmp_path):
    (tmp_path / "out" / "notes").mkdir(parents=True)
    (tmp_path / "out" / "notes" / "mine.txt").write_text("mine")
    for report in (sample_report(), clear_report()):
        write_report(report, tmp_path / "out")
        assert read_report(tmp_path / "out").result == report.result
    assert (tmp_path / "out" / "notes" / "mine.txt").read_text() == "mine"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted([*NAMES, "notes"])
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_replaced_folder_keeps_its_permissions(tmp_path):
    write_report(sample_report(), tmp_path / "out")
    (tmp_path / "out").chmod(0o2750)
    write_report(clear_report(), tmp_path / "out")
    assert (tmp_path / "out").stat().st_mode & 0o7777 == 0o2750


def test_the_current_folder_stays_the_current_folder(tmp_path, monkeypatch):
    write_report(sample_report(), tmp_path / "out")
    monkeypatch.chdir(tmp_path / "out")
    write_report(clear_report(), Path())
    assert sorted(path.name for path in Path().iterdir()) == NAMES
    assert read_report(Path()).result == clear_report().result


def test_where_folders_cannot_be_exchanged_the_files_are_replaced(tmp_path, monkeypatch):
    def unable(*_):
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr(report_commit, "swap_folders", unable)
    write_report(sample_report(), tmp_path / "out")
    number = (tmp_path / "out").stat().st_ino
    write_report(clear_report(), tmp_path / "out")
    assert (tmp_path / "out").stat().st_ino == number
    assert read_report(tmp_path / "out").result == clear_report().result
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == NAMES
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_interrupted_exchange_keeps_the_earlier_report(tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    write_report(sample_report(), tmp_path / "out")
    monkeypatch.setattr(report_commit, "swap_folders", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_report(clear_report(), tmp_path / "out")
    assert read_report(tmp_path / "out").result == sample_report().result
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == NAMES


def test_files_added_during_an_exchange_are_kept(tmp_path, monkeypatch):
    def late(one, other):
        (other / "mine.txt").write_text("mine")
        exchange(one, other)

    exchange = report_commit.swap_folders
    monkeypatch.setattr(report_commit, "swap_folders", late)
    write_report(sample_report(), tmp_path / "out")
    write_report(clear_report(), tmp_path / "out")
    assert (tmp_path / "out" / "mine.txt").read_text() == "mine"
    assert read_report(tmp_path / "out").result == clear_report().result


def test_a_pipe_is_written_to_and_not_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as aside:
        read = aside.submit(pipe.read_text)
        write_text("a\n", pipe)
        assert read.result(timeout=10) == "a\n"
    assert pipe.is_fifo()


def _damage(place: Path, how: str) -> None:
    result, findings = place / "result.json", place / "findings.parquet"
    if how == "cut":
        findings.write_bytes(findings.read_bytes()[:-300])
    elif how == "foreign":
        shutil.copy(result, findings)
    elif how == "columns":
        pq.write_table(pa.table({"document": ["a"]}), findings)
    elif how == "latin-1":
        result.write_bytes('{"tool": "é"}'.encode("latin-1"))
    else:
        document = json.loads(result.read_text("utf-8"))
        result.write_text(json.dumps({**document, "schema": "provenance/result/0"}))
