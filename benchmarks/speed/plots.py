"""Draw charts of speed: bars on a logarithmic scale, and growth curves."""

from collections.abc import Mapping, Sequence
from math import ceil, floor, log10

from benchmarks.speed.sections import short
from benchmarks.svg import dot, line, sheet, text

WIDTH, LEFT, RIGHT = 840, 250, 760
MARGIN = 40
BAR, ROOM, HEAD, FOOT = 18, 26, 34, 40
TOP, HEIGHT = 84, 250


def bars(title: str, subtitle: str, panels: Mapping[str, Sequence[tuple[str, float]]]) -> str:
    """Draw bars, one panel per kind; names that start with "ours" are highlighted."""
    values = [value for rows in panels.values() for _, value in rows]
    low, high = _decades(values)
    body, y = [], TOP
    for name, rows in panels.items():
        body.append(text(MARGIN, y + 14, name, "panel"))
        y += HEAD
        bottom = y + ROOM * len(rows)
        for power in range(low, high + 1):
            x = _along(10.0**power, (low, high))
            body.append(line(x, y - 6, x, bottom, "rule"))
            body.append(text(x, bottom + 14, f"{10.0**power:,g}", "soft", "middle"))
        for label, value in rows:
            body += _bar(label, value, y, (low, high))
            y += ROOM
        y += FOOT
    return sheet((WIDTH, y), MARGIN, title, subtitle, body)


def _bar(label: str, value: float, y: float, decades: tuple[int, int]) -> list[str]:
    kind = "ours" if label.startswith("ours") else "here"
    width = _along(value, decades) - LEFT
    return [
        text(LEFT - 10, y + 13, label, kind if kind == "ours" else "", "end"),
        f'<rect class="{kind}" x="{LEFT}" y="{y}" width="{width:.1f}" height="{BAR}" rx="3"/>',
        text(LEFT + width + 7, y + 13, short(value)),
    ]


def _decades(values: Sequence[float]) -> tuple[int, int]:
    """Return the powers of ten around the values, so that the smallest bar is visible."""
    low = floor(log10(min(values) / 1.5))
    return low, max(low + 1, ceil(log10(max(values))))


def _along(
    value: float, decades: tuple[int, int], span: tuple[float, float] = (LEFT, RIGHT)
) -> float:
    low, high = decades
    return span[0] + (span[1] - span[0]) * (log10(value) - low) / (high - low)


def growth(title: str, subtitle: str, panels: Mapping[str, Sequence[tuple[float, float]]]) -> str:
    """Draw growth curves on logarithmic scales, with proportional growth for comparison."""
    body, y = [], TOP
    for name, points in panels.items():
        body.append(text(MARGIN, y + 14, name, "panel"))
        body += _lines(points, y + HEAD)
        y += HEAD + HEIGHT + FOOT + 10
    return sheet((WIDTH, y), MARGIN, title, subtitle, body)


def _lines(points: Sequence[tuple[float, float]], top: float) -> list[str]:
    (first, start), (last, _) = points[0], points[-1]
    steep = [(first, start), (last, start * last / first)]
    across = _decades([x for x, _ in points])
    up = _decades([y for _, y in [*points, *steep]])
    span = (MARGIN + 40.0, float(RIGHT))

    def place(point: tuple[float, float]) -> tuple[float, float]:
        return _along(point[0], across, span), _along(point[1], up, (top + HEIGHT, top))

    parts = []
    for power in range(across[0], across[1] + 1):
        x = _along(10.0**power, across, span)
        parts += [line(x, top, x, top + HEIGHT, "rule")]
        parts += [text(x, top + HEIGHT + 16, f"{10.0**power:,g}", "soft", "middle")]
    for power in range(up[0], up[1] + 1):
        y = _along(10.0**power, up, (top + HEIGHT, top))
        parts += [line(span[0], y, span[1], y, "rule")]
        parts += [text(span[0] - 8, y + 4, f"{10.0**power:,g}", "soft", "end")]
    parts.append(line(*place(steep[0]), *place(steep[1]), "lead"))
    end = place(steep[1])
    parts.append(text(end[0], end[1] - 7, "in proportion", "soft", "end"))
    corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(place, points))
    parts.append(f'<polyline class="curve" points="{corners}"/>')
    for point in points:
        x, y = place(point)
        parts += [dot(x, y, "shipped", 5), text(x, y + 20, f"{point[1]:.1f} s", "ours", "middle")]
    return parts
