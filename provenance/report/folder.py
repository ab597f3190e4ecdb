"""The folder of a report: result.json, findings.parquet, report.html, model.parquet."""

import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import pyarrow as pa

from provenance.errors import CorruptFile, DatasetNotFound, OutputError
from provenance.model import Report, Result
from provenance.report import findingsfile, html, modelfile, resultfile


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
    report = replace(report, findings=findingsfile.in_order(report.findings))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Beside their places, so that each file moves in by one rename. The result goes last:
        # where it stands, the others do too.
        with tempfile.TemporaryDirectory(dir=folder, prefix=".report-") as made:
            with ThreadPoolExecutor(2) as aside:  # Arrow's work, beside Python's
                tables = _tables(report)
                saved = [aside.submit(save, Path(made, name)) for name, save in tables.items()]
                _write_text(Path(made, html.PAGE), html.html_page(report))
                _write_text(Path(made, resultfile.NAME), resultfile.dumps(report.result))
                for each in saved:
                    each.result()
            if report.model is None:  # the earlier report's model would be another corpus's
                (folder / modelfile.NAME).unlink(missing_ok=True)
            for name in (*tables, html.PAGE, resultfile.NAME):
                Path(made, name).replace(folder / name)
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
        Its folder is made where it is absent; what stood there is replaced.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Beside its place, so that it moves in by one rename.
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".report-") as made:
            _write_text(Path(made, path.name), text)
            Path(made, path.name).replace(path)
    except OSError as error:
        raise OutputError(
            f"{str(path)!r} cannot be written: {error.strerror or error}",
            remedy="name a file that can be written, on a disk with room, with --output.",
        ) from error


def read_report(folder: Path) -> Report:
    """Read a report back from its folder: all that any format renders.

    Parameters
    ----------
    folder : Path
        Where `write` put it.

    Returns
    -------
    Report
        Equal to what was written, its findings in order.

    Raises
    ------
    DatasetNotFound
        If the folder holds no report.
    CorruptFile
        If a file of it cannot be read.
    """
    return Report(_result(folder / resultfile.NAME), _findings(folder / findingsfile.NAME))


def _tables(report: Report) -> dict[str, Callable[[Path], None]]:
    """Name the files in Parquet, and tell what writes each."""
    tables: dict[str, Callable[[Path], None]] = {
        findingsfile.NAME: partial(findingsfile.write_findings, report.findings)
    }
    if report.model is not None:
        tables[modelfile.NAME] = partial(modelfile.write_model, report.model)
    return tables


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _result(path: Path) -> Result:
    try:
        return resultfile.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _absent(path, error) from error
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise CorruptFile(
            f"{str(path)!r} is not a result that this version reads: {error}",
            remedy="run the check again with --output, or use the version that wrote it.",
        ) from error


def _findings(path: Path) -> pa.Table:
    try:
        return findingsfile.read_findings(path)
    except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
        raise _absent(path, error) from error
    except (OSError, pa.ArrowException, KeyError) as error:
        raise CorruptFile(
            f"{str(path)!r} cannot be read: {error}",
            remedy="run the check again with --output.",
        ) from error


def _absent(path: Path, error: OSError) -> DatasetNotFound:
    return DatasetNotFound(
        f"there is no report at {str(path.parent)!r}: {path.name}: {error.strerror or error}",
        remedy="name the folder that `provenance check --output` wrote.",
    )
