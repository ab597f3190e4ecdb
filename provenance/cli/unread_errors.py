"""Report unread files on stderr, and return the exit code."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from provenance.cli.error_reporting import CLEAR, FAILED, print_error
from provenance.report.sanitize import one_line
from provenance.report.text.unread_text import unread_lines

if TYPE_CHECKING:
    from provenance.model.content.tables import Unread


def list_unread(unread: Sequence["Unread"], label: str = "Not read") -> None:
    """Print unread files on stderr."""
    for line in unread_lines(unread, len(unread), ""):
        click.echo(f"{label}: {one_line(line)}", err=True)


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


def wordless_code(wordless: Sequence["Unread"], allowed: int) -> int:
    """Print the columns that are not words on stderr, and return 0 if they are accepted, else 2."""
    list_unread(wordless, "Not compared")
    if len(wordless) <= allowed:
        return CLEAR
    columns = "1 column" if len(wordless) == 1 else f"{len(wordless):,} columns"
    print_error(
        f"{columns} of texts that are not words could not be compared, and are in the copy as they "
        "were",
        "name the column that holds the text with --text-column, or accept them with "
        "--allow-unread; remove the output before you run clean again",
    )
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
