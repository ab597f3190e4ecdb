"""Report unread files on stderr, and return the exit code that follows."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from provenance import pipeline
from provenance.cli.errors import CLEAR, FAILED, tell

if TYPE_CHECKING:
    from provenance.model import Unread


def list_unread(unread: Sequence["Unread"]) -> None:
    """Name on stderr what could not be read."""
    for line in pipeline.unread_lines(unread):
        click.echo(f"Not read: {line}", err=True)


def unread_code(unread: Sequence["Unread"], allowed: int, consequence: str, again: str) -> int:
    """List what could not be read, and return the exit code of work that was done without it.

    Parameters
    ----------
    unread : sequence of Unread
        Each file once.
    allowed : int
        How many are accepted.
    consequence : str
        What follows: "the registry lacks what is in there".
    again : str
        What to do once it is readable.
    """
    list_unread(unread)
    if len(unread) <= allowed:
        return CLEAR
    tell_unread(unread, consequence, again)
    return FAILED


def tell_unread(unread: Sequence["Unread"], consequence: str, again: str | None = None) -> None:
    """Write on stderr that more could not be read than is accepted, and what to do."""
    files = "1 file or folder" if len(unread) == 1 else f"{len(unread):,} files or folders"
    remedy = f"make readable what is named above, or accept it with --allow-unread {len(unread)}"
    tell(
        f"{files} could not be read to the end; {consequence}",
        remedy if again is None else f"{remedy}; {again}",
    )
