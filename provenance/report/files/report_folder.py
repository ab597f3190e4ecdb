"""The folder of a report: result.json, findings.parquet, report.html, model.parquet."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from provenance.atomic_output import make_folders, replacing
from provenance.errors import OutputError
from provenance.model import Report
from provenance.report.files import findings_parquet, model_parquet, result_json
from provenance.report.files.report_commit import replace_report
from provenance.report.files.report_reader import file_facts
from provenance.report.formats import html_report

if TYPE_CHECKING:
    from collections.abc import Callable


def write(report: Report, folder: Path) -> None:
    """Write a report into a folder, whole or not at all.

    Parameters
    ----------
    report : Report
        What to write.
    folder : Path
        Made where it is absent; an earlier report in it is replaced.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    # Once for all files: of hundreds of thousands of findings this copies a lot.
    report = replace(report, findings=findings_parquet.in_order(report.findings))
    try:
        replace_report(folder, partial(_write_files, report))
    except OSError as error:
        raise OutputError(
            f"the report cannot be written to {str(folder)!r}: {error.strerror or error}",
            remedy="give a folder that can be written, on a disk with room, with --output.",
        ) from error


def write_text(text: str, path: Path) -> None:
    """Write a rendering to a file, whole or not at all.

    Parameters
    ----------
    text : str
        What to write.
    path : Path
        Its folder is made where it is absent; a file that stood there is replaced. A pipe or a
        device is written to.

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
        path = Path(os.path.realpath(path))  # what a link leads to is replaced, not the link
        make_folders(path.parent)
        with replacing(path) as stream:
            stream.write(data)
    except OSError as error:
        raise OutputError(
            f"{str(path)!r} cannot be written: {error.strerror or error}",
            remedy="name a file that can be written, on a disk with room, with --output.",
        ) from error


def _write_files(report: Report, folder: Path) -> None:
    tables: dict[str, Callable[[Path], None]] = {
        findings_parquet.NAME: partial(findings_parquet.write_findings, report.findings)
    }
    if report.model is not None:
        tables[model_parquet.NAME] = partial(model_parquet.write_model, report.model)
    with ThreadPoolExecutor(2) as aside:  # Arrow's work, beside Python's
        saved = [aside.submit(save, folder / name) for name, save in tables.items()]
        _write_text(folder / html_report.PAGE, html_report.html_page(report))
        for each in saved:
            each.result()
    files = {name: file_facts(folder / name) for name in sorted([*tables, html_report.PAGE])}
    _write_text(folder / result_json.NAME, result_json.dumps(report.result, files))


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
