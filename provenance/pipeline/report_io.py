"""Policies in and reports out, for the front door: it knows neither room.

Pens for the front door, which knows no report.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Unpack

from provenance.errors import OutputError
from provenance.model import Changes, Policy, Receipt, Report, Unread
from provenance.pipeline.stage_log import stage
from provenance.read.policy.gate_syntax import parse_rate
from provenance.read.policy.policy_file import PolicyOptions, load_policy, override
from provenance.report import (
    FORMATS,
    Manner,
    Pen,
    changes_json,
    changes_markdown,
    changes_text,
    named_anchor,
    one_line,
    read_report,
    receipt_text,
    render,
    summary_line,
    terminal_summary,
    unread_line,
    write,
    write_text,
)
from provenance.startup import uncollected


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


def earlier_policy(folder: Path) -> Policy:
    """Give the policy of an earlier check, from the folder of its report."""
    return read_report(folder).result.policy


def told_receipt(receipt: Receipt, pen: Pen) -> str:
    """Tell a receipt in a few lines."""
    return receipt_text(receipt, pen)


def told_changes(changes: Changes, pen: Pen) -> str:
    """Tell changes on a terminal."""
    return changes_text(changes, pen)


def rendered_changes(name: str, changes: Changes) -> str:
    """Render changes as "json" or "markdown"."""
    return {"json": changes_json, "markdown": changes_markdown}[name](changes)


def rate_of(text: str) -> float:
    """Read what part of a corpus is looked at: "1%"."""
    return parse_rate(text)


def written(report: Report, folder: Path) -> None:
    """Write a report's files."""
    with stage(f"writing {folder}"), uncollected():
        write(report, folder)


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


def earlier_report(path: Path) -> Report:
    """Read a report back: from its folder, or from the result.json in it."""
    return read_report(path.parent if os.path.isfile(path) else path)


def format_names() -> tuple[str, ...]:
    """Name every format that a report can be told in."""
    return tuple(FORMATS)


def check_anchor(anchor: str | None) -> None:
    """Make sure, before hours of work, that findings can be shown there.

    Raises
    ------
    OutputError
        If they cannot.
    """
    if anchor is not None:
        named_anchor(anchor)


def rendered(name: str, report: Report, *, excerpts: bool, anchor: str | None) -> str:
    """Render a report in the format of that name, as `Manner` says."""
    with uncollected():
        return render(name, report, Manner(excerpts, anchor))


def written_text(text: str, path: Path) -> None:
    """Write a text to a file, whole or not at all."""
    write_text(text, path)


def unread_lines(unread: Sequence[Unread]) -> tuple[str, ...]:
    """Name what could not be read, one line a file."""
    return tuple(one_line(unread_line(one)) for one in unread)


def outcome_line(report: Report) -> str:
    """Say in one line how a check came out, why, and what to do first."""
    return one_line(summary_line(report.result))


def summary(report: Report, *, width: int, colour: bool) -> str:
    """Summarise a report for a terminal."""
    return terminal_summary(report, width=width, colour=colour)


def pen_of(*, width: int, colour: bool) -> Pen:
    """Take a pen for a terminal."""
    return Pen(width, colour)
