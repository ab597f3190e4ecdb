"""Load the policy that a command applies, and write its report."""

import os
from pathlib import Path
from typing import Unpack

from provenance.errors import OutputError
from provenance.model import Policy, Report
from provenance.pipeline.stage_log import log_duration
from provenance.read.policy.gate_syntax import parse_rate
from provenance.read.policy.policy_file import PolicyOptions, load_policy, override
from provenance.report.files.report_folder import write_report


def policy_of(path: str | None, **options: Unpack[PolicyOptions]) -> Policy:
    """Load the policy that holds here, and set what the options say.

    Parameters
    ----------
    path : str or None
        The policy's file; None looks for it.
    **options
        As `read.override` takes them.
    """
    return override(load_policy(path, Path.cwd()), **options)


def rate_of(text: str) -> float:
    """Read what part of a corpus is looked at: "1%"."""
    return parse_rate(text)


def written(report: Report, folder: Path) -> None:
    """Write a report's files."""
    with log_duration(f"writing {folder}"):
        write_report(report, folder)


def check_writable(folder: Path) -> None:
    """Make sure, before hours of work, that a report can be written.

    Raises
    ------
    OutputError
        If it cannot.
    """
    nearest = folder
    while not os.path.exists(nearest) and nearest != nearest.parent:
        nearest = nearest.parent
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        raise OutputError(f"{folder} cannot be written", remedy="name another folder with --output")
