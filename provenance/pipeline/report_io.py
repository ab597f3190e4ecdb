"""Load the policy that a command applies, and save its report."""

import os
from pathlib import Path
from typing import Unpack

from provenance.errors import OutputError
from provenance.model.json_encoding import SCHEMA_HEAD_BYTES
from provenance.model.results.result import RESULT_SCHEMA, Report
from provenance.model.rules.policy import Policy
from provenance.pipeline.attesting.disputes import policy_disputes
from provenance.pipeline.execution.stage_log import log_duration
from provenance.pipeline.scan.task_folder import TaskFolder
from provenance.read.policy.policy_file import PolicyOptions, load_policy, override
from provenance.report.files import result_json
from provenance.report.files.output_folders import check_own_files
from provenance.report.files.report_commit import REPORT_FILES
from provenance.report.files.report_folder import check_report_folder, write_report
from provenance.temporary_files import temporary_folder


def effective_policy(path: str | None, **options: Unpack[PolicyOptions]) -> Policy:
    """Load the policy of the working folder, and override it with a command's options.

    Parameters
    ----------
    path : str or None
        File of the policy; None searches for it.
    **options
        Options as `override` takes them.
    """
    policy = load_policy(path, Path.cwd())
    return override(policy, disputed=policy_disputes(path), **options)


def save_report(report: Report, folder: str) -> None:
    """Write the files of a report, and log the time that it took.

    Parameters
    ----------
    report : Report
        The report.
    folder : str
        A path, or the address of a file system that fsspec knows.

    Raises
    ------
    OutputError
        If it cannot be written, or would replace files that are no report.
    """
    with log_duration(f"writing {folder}"):
        if "://" not in folder:
            write_report(report, Path(folder))
            return
        remote = TaskFolder.at(folder)
        _check_remote_files(remote, folder)
        with temporary_folder() as staging:
            write_report(report, staging / "report")
            for path in sorted((staging / "report").iterdir()):
                remote.write(path.name, path.read_bytes())


def check_writable(output: str) -> None:
    """Check that a report can be written to a path or an address, before hours of work.

    Raises
    ------
    OutputError
        If it cannot, or if it would replace files that are no report.
    """
    if "://" in output:
        remote = TaskFolder.at(output)
        _check_remote_files(remote, output)
        remote.check_writable()
        return
    folder = Path(output)
    check_creatable(folder, folder)
    try:
        check_report_folder(folder)
    except OSError as error:  # of the path itself, such as a name that is too long
        raise OutputError(
            f"{folder} cannot be written: {error.strerror}",
            remedy="name another folder with --output",
        ) from error


def check_creatable(folder: Path, output: Path) -> None:
    """Check that a folder is writable, or else that it and its missing parents can be created.

    Parameters
    ----------
    folder : Path
        The folder.
    output : Path
        What is to be written there, which the error names.

    Raises
    ------
    OutputError
        If it is not.
    """
    nearest = folder
    while not os.path.exists(nearest) and nearest != nearest.parent:
        nearest = nearest.parent
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        raise OutputError(
            f"{output} cannot be written: {nearest.absolute()} is not a writable folder",
            remedy="name another folder with --output",
        )


def _check_remote_files(remote: TaskFolder, address: str) -> None:
    present = [name for name in REPORT_FILES if remote.has_file(name)]
    if present:
        head = (remote.read(result_json.FILE_NAME) or b"")[:SCHEMA_HEAD_BYTES]
        check_own_files(address, present, head, RESULT_SCHEMA, "--output")
