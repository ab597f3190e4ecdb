"""What lies where a report was being replaced."""

from pathlib import Path

from provenance.errors import DatasetNotFound
from provenance.report.files.report_reader import has_model, read_model, read_report
from tests.faults.interruptions.killable_writes import REPORTS, report

FILES = {
    "first": {"findings.parquet", "model.parquet", "report.html", "result.json"},
    "second": {"findings.parquet", "report.html", "result.json"},
    "third": {"findings.parquet", "model.parquet", "report.html", "result.json"},
}


def which(folder: Path) -> str | None:
    """Tell which report a folder holds to those who ask us; None where it holds none."""
    try:
        read = read_report(folder)
    except DatasetNotFound:
        assert not (folder / "report.html").exists()
        return None
    [name] = [name for name in REPORTS if report(name).result == read.result]
    assert len(read.findings) == len(report(name).findings)
    assert has_model(folder) == (report(name).model is not None)
    if has_model(folder):
        assert read_model(folder).digest == report(name).model.digest
    return name


def which_to_others(folder: Path, known: dict[str, dict[str, bytes]]) -> str | None:
    """Tell which report lies in a folder to those who open its files; None where none is whole."""
    there = {
        path.name: path.read_bytes() for name in FILES["first"] if (path := folder / name).is_file()
    }
    if "result.json" not in there:
        return None
    [name] = [name for name, files in known.items() if files == there]
    return name
