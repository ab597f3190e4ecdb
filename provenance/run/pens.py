"""Pens for the front door, which knows no report."""

from provenance.report import Pen


def pen_of(*, width: int, colour: bool) -> Pen:
    """Take a pen for a terminal."""
    return Pen(width, colour)
