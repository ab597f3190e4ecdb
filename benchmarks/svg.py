"""SVG elements for charts that are readable on light and on dark pages."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

_STYLE = """
svg { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif;
  --ink: #1c2430; --soft: #5d6878; --rule: #e3e7ed; --ours: #0b62d6; --rest: #c2410c;
  --page: #ffffff; }
@media (prefers-color-scheme: dark) { svg { --ink: #e8ecf2; --soft: #98a3b3; --rule: #2b323d;
  --ours: #6cb0ff; --rest: #ff9d63; --page: #12161c; } }
.page { fill: var(--page); } text { fill: var(--ink); } .soft { fill: var(--soft); }
.title { font-size: 19px; font-weight: 650; } .panel { font-size: 14px; font-weight: 600; }
.rule { stroke: var(--rule); } .lead { stroke: var(--soft); stroke-width: .75; opacity: .7; }
.curve { fill: none; stroke: var(--ours); stroke-width: 2.75; stroke-linejoin: round; }
.ours { fill: var(--ours); } text.ours { font-weight: 650; }
.shipped { fill: var(--ours); stroke: var(--page); stroke-width: 2; }
.here { fill: var(--rest); stroke: var(--page); stroke-width: 1.25; }
.told { fill: var(--page); stroke: var(--rest); stroke-width: 1.75; }
"""


def sheet(size: tuple[int, int], left: int, title: str, subtitle: str, body: Sequence[str]) -> str:
    """Return an SVG document with titles that start at `left`, and a body."""
    width, height = size
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style>",
        f'<rect class="page" width="{width}" height="{height}" rx="10"/>',
        text(left, 36, title, "title"),
        text(left, 57, subtitle, "soft"),
    ]
    return "\n".join([*head, *body, "</svg>"]) + "\n"


def text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    """Return a text element."""
    class_attribute = f' class="{kind}"' if kind else ""
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f"<text {place}{class_attribute}>{escape(words)}</text>"


def dot(x: float, y: float, kind: str, radius: float) -> str:
    """Return a circle element."""
    return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}"/>'


def line(x: float, y: float, x2: float, y2: float, kind: str) -> str:
    """Return a line element."""
    return f'<line class="{kind}" x1="{x:.1f}" y1="{y:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'
