"""What a part of the benchmark tells, and how it is written: tables of Markdown, figures short."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import fill

NONE = "-"
"""Stands where nothing was measured."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; the first of each is a name."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def __str__(self) -> str:
        """Write it as Markdown."""
        rules = ["---", *["--:"] * (len(self.columns) - 1)]
        return "\n".join(f"| {' | '.join(row)} |" for row in (self.columns, rules, *self.rows))


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the benchmark.

    Parameters
    ----------
    title : str
        What it is about.
    body : sequence of (str or Table)
        Paragraphs, and tables.
    facts : mapping of str to float
        Figures that targets and ratios are made of, by name.
    bars : mapping of str to sequence of (str, float)
        Figures to be drawn beside each other, by the title of their panel.
    curves : mapping of str to sequence of (float, float)
        Figures to be drawn against a size, by the title of their panel.
    """

    title: str
    body: Sequence[str | Table]
    facts: Mapping[str, float] = field(default_factory=dict)
    bars: Mapping[str, Sequence[tuple[str, float]]] = field(default_factory=dict)
    curves: Mapping[str, Sequence[tuple[float, float]]] = field(default_factory=dict)

    def __str__(self) -> str:
        """Write it as Markdown."""
        return "\n\n".join([f"## {self.title}", *map(_written, self.body)])


def _written(block: str | Table) -> str:
    if isinstance(block, Table):
        return str(block)
    return fill(block, 100, break_long_words=False, break_on_hyphens=False)


def short(number: float | None) -> str:
    """Write a figure with two or three digits that count.

    Examples
    --------
    >>> short(1234.5), short(56.78), short(9.876), short(0.0123), short(None)
    ('1,234', '57', '9.9', '0.012', '-')
    """
    if number is None:
        return NONE
    if abs(number) >= 10 or number == 0:
        return f"{number:,.0f}"
    return f"{number:.1f}" if abs(number) >= 1 else f"{number:.2g}"


def share(part: float) -> str:
    """Write a share of one."""
    return f"{part:.3f}"


def gigabytes(size: float) -> str:
    """Write bytes of memory."""
    return f"{size / 1e9:.2f}"


def seconds(number: float) -> str:
    """Write seconds, to two digits after the point where they are few."""
    return f"{number:.1f}" if number >= 10 else f"{number:.2f}"
