"""Output to the terminal: width, colour, untrusted text."""

import os
import shutil
import sys

import click

from provenance.report.terminal.terminal_style import TerminalStyle
from provenance.terminal_safety import escape_line


def echo(*lines: str, err: bool = False) -> None:
    """Print lines that may contain untrusted text."""
    click.echo("\n".join(map(escape_line, lines)), err=err)


def print_rendered(text: str) -> None:
    """Print text that was already rendered for this terminal, colours included."""
    click.echo(text, nl=False, color=True)


def width() -> int:
    """Return the number of columns of a line, from 40 to 100."""
    return max(40, min(100, shutil.get_terminal_size((80, 24)).columns))


def is_coloured() -> bool:
    """Return whether standard output is a terminal with colours and NO_COLOR is not set."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not plain


def terminal_style() -> TerminalStyle:
    """Return the width and colour of standard output."""
    return TerminalStyle(width(), is_coloured())
