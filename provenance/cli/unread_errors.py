"""Report unread files on stderr, and return the exit code."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from provenance.cli.error_reporting import CLEAR, FAILED, print_error
from provenance.report.sanitize import one_line
from provenance.report.text.unread_text import unread_lines

if TYPE_CHECKING:
    from provenance.model.content.tables import Unread


def list_unread(unread: Sequence["Unread"]) -> None:
    """Print unread files on stderr."""
    for line in unread_lines(unread, len(unread), ""):
        click.echo(f"Not read: {one_line(line)}", err=True)


def unread_code(
    unread: Sequence["Unread"], allow_unread: int, consequence: str, next_step: str
) -> int:
    """Print unread files on stderr, and return 0 if they are accepted, else 2.

    Parameters
    ----------
    unread : sequence of Unread
        Each file once.
    allow_unread : int
        Number of unread files that is accepted.
    consequence : str
        Completes the error: "the registry is incomplete".
    next_step : str
        What to do once the files are readable.
    """
    list_unread(unread)
    if len(unread) <= allow_unread:
        return CLEAR
    print_unread_error(unread, consequence, next_step)
    return FAILED


def print_unread_error(
    unread: Sequence["Unread"], consequence: str, next_step: str | None = None
) -> None:
    """Print the error that too many files could not be read, and the remedy."""
    files = "1 file or folder" if len(unread) == 1 else f"{len(unread):,} files or folders"
    remedy = (
        f"make the files named above readable, or accept them with --allow-unread {len(unread)}"
    )
    print_error(
        f"{files} could not be read to the end; {consequence}",
        remedy if next_step is None else f"{remedy}; {next_step}",
    )
