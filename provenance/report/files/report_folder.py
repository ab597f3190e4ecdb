"""Writing of a report's folder: result.json, findings.parquet, report.html, model.parquet."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from provenance.atomic_output import make_durable_folders, replace_file
from provenance.errors import OutputError
from provenance.model.results.result import RESULT_SCHEMA, Report
from provenance.report.files import findings_parquet, model_parquet, result_json
from provenance.report.files.output_folders import check_replaceable
from provenance.report.files.report_commit import (
    PENDING,
    REPORT_FILES,
    lock_folder,
    replace_report,
)
from provenance.report.files.report_reader import file_facts
from provenance.report.formats import html_report

if TYPE_CHECKING:
    from collections.abc import Callable


def write_report(report: Report, folder: Path) -> None:
    """Write a report into a folder atomically.

    Parameters
    ----------
    report : Report
        The report.
    folder : Path
        Created if missing; an earlier report in it is replaced.

    Raises
    ------
    OutputError
        If the folder cannot be written, or as in `check_report_folder`.
    """
    check_report_folder(folder)
    # Sorted once for all files; those of a check are sorted already, unless its files are not.
    report = replace(report, findings=findings_parquet.sort_findings(report.findings))
    try:
        replace_report(folder, partial(_write_files, report))
    except OSError as error:
        raise OutputError(
            f"the report cannot be written to {str(folder)!r}: {error.strerror or error}",
            remedy="name a writable folder, on a disk with free space, with --output.",
        ) from error


def check_report_folder(folder: Path) -> None:
    """Check that a report written to a folder replaces at most an earlier report.

    Raises
    ------
    OutputError
        If it has a file of the same name as one of a report, and no report of ours.
    """
    try:
        _check_report_folder(folder)
    except OutputError:
        with lock_folder(folder, shared=True):  # another process may be writing a report
            _check_report_folder(folder)


def _check_report_folder(folder: Path) -> None:
    if not (folder / PENDING).is_dir():  # whose files are not all in place yet
        check_replaceable(folder, REPORT_FILES, result_json.FILE_NAME, RESULT_SCHEMA, "--output")


def write_text(text: str, path: Path) -> None:
    """Write a text to a file atomically.

    Parameters
    ----------
    text : str
        The text.
    path : Path
        Its folder is created if missing; a file is replaced. Pipes and devices are written to.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    data = text.encode("utf-8")
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            path.write_bytes(data)
            return
        path = Path(os.path.realpath(path))  # replaces the target of a link, not the link
        make_durable_folders(path.parent)
        with replace_file(path) as stream:
            stream.write(data)
    except OSError as error:
        raise OutputError(
            f"{str(path)!r} cannot be written: {error.strerror or error}",
            remedy="name a writable file, on a disk with free space, with --output.",
        ) from error


def _write_files(report: Report, folder: Path) -> None:
    tables: dict[str, Callable[[Path], None]] = {
        findings_parquet.FILE_NAME: partial(findings_parquet.write_findings, report.findings)
    }
    if report.model is not None:
        tables[model_parquet.FILE_NAME] = partial(model_parquet.write_model, report.model)
    with ThreadPoolExecutor(2) as pool:  # Arrow writes while Python renders
        jobs = [pool.submit(save, folder / name) for name, save in tables.items()]
        _write_text(folder / html_report.FILE_NAME, html_report.html_page(report))
        for job in jobs:
            job.result()
    files = {name: file_facts(folder / name) for name in sorted([*tables, html_report.FILE_NAME])}
    _write_text(folder / result_json.FILE_NAME, result_json.dumps(report.result, files))


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
