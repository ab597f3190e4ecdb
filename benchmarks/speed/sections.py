"""Sections of the report, tables, and formatting of figures in Markdown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import fill

NONE = "-"
"""Placeholder where nothing was measured."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first cell of each row is a name."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def __str__(self) -> str:
        """Render as Markdown."""
        rules = ["---", *["--:"] * (len(self.columns) - 1)]
        return "\n".join(f"| {' | '.join(row)} |" for row in (self.columns, rules, *self.rows))


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the benchmark.

    Parameters
    ----------
    title : str
        Its heading.
    body : sequence of (str or Table)
        Paragraphs, and tables.
    facts : mapping of str to float
        Figures for targets and ratios, by name.
    bars : mapping of str to sequence of (str, float)
        Figures for bar charts, by the title of their panel.
    curves : mapping of str to sequence of (float, float)
        Figures for growth curves, by the title of their panel.
    """

    title: str
    body: Sequence[str | Table]
    facts: Mapping[str, float] = field(default_factory=dict)
    bars: Mapping[str, Sequence[tuple[str, float]]] = field(default_factory=dict)
    curves: Mapping[str, Sequence[tuple[float, float]]] = field(default_factory=dict)

    def __str__(self) -> str:
        """Render as Markdown."""
        return "\n\n".join([f"## {self.title}", *map(_render_block, self.body)])


def _render_block(block: str | Table) -> str:
    if isinstance(block, Table):
        return str(block)
    return fill(block, 100, break_long_words=False, break_on_hyphens=False)


def short(number: float | None) -> str:
    """Format a figure with two or three significant digits.

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
    """Format a share."""
    return f"{part:.3f}"


def gigabytes(size: float) -> str:
    """Format bytes as gigabytes."""
    return f"{size / 1e9:.2f}"


def seconds(number: float) -> str:
    """Format seconds, with two decimals below 10."""
    return f"{number:.1f}" if number >= 10 else f"{number:.2f}"
