"""What the terminal is like that we write on."""

import os
import shutil
import sys
from typing import Any

import click

from provenance import pipeline
from provenance.terminal_safety import visible_line


def echo(*lines: str, err: bool = False) -> None:
    """Write lines, in which somebody may have written parts."""
    click.echo("\n".join(map(visible_line, lines)), err=err)


def draw(text: str) -> None:
    """Write what a pen wrote, which knows whether there is colour."""
    click.echo(text, nl=False, color=True)


def width() -> int:
    """Return how many columns a line may take."""
    return max(40, min(100, shutil.get_terminal_size((80, 24)).columns))


def is_coloured() -> bool:
    """Whether to write in colour: on a terminal that has some, unless NO_COLOR is not empty."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not plain


def pen() -> Any:
    """Give a pen that writes as wide and as colourful as the terminal is."""
    return pipeline.pen_of(width=width(), colour=is_coloured())
