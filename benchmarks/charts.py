"""Draw charts of recall against chance as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10

from benchmarks.svg import dot, line, sheet, text

WIDTH, LEFT, RIGHT = 840, 56, 612
"""Width of the picture, and edges of its panels; labels are right of them."""

HEIGHT, GAP, TOP, GUTTER = 300, 78, 112, 17
FIRST, LAST = 0.1, 2000.0
"""Chance texts per million words at the edges."""

LINE = 18  # pixels from label to label
_CROWDED = 300.0  # chance from which points are so close that their labels are right of the panel
_LETTER, _TALL, _RADIUS = (
    6.1,
    11,
    5,
)  # pixels: width of a letter, height of a line, radius of a marker


@dataclass(frozen=True, slots=True)
class Point:
    """A rule in a panel.

    Parameters
    ----------
    label : str
        Its label.
    chance, recall : float
        Chance texts per million words; mean recall.
    here : bool
        Whether it was measured on the same texts as the curve.
    """

    label: str
    chance: float
    recall: float
    here: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel of mean recall against chance.

    Parameters
    ----------
    title : str
        Its title.
    lowest : float
        Recall at the bottom.
    curve : sequence of (float, float)
        Chance and recall of provenance, from strict to lax.
    shipped : (float, float)
        The point of the curve at the shipped threshold.
    points : sequence of Point
        Points of other rules.
    """

    title: str
    lowest: float
    curve: Sequence[tuple[float, float]]
    shipped: tuple[float, float]
    points: Sequence[Point]

    def down(self, recall: float) -> float:
        """Return the vertical position of a recall, in pixels from the top of the panel."""
        return HEIGHT * (1 - max(recall, self.lowest)) / (1 - self.lowest)


def across(chance: float) -> float:
    """Return the horizontal position of a rate, in pixels from the left of the picture."""
    inside = min(max(chance, FIRST), LAST)
    return LEFT + (RIGHT - LEFT) * log10(inside / FIRST) / log10(LAST / FIRST)


def spread(targets: Sequence[float], step: float) -> list[float]:
    """Return positions of labels, near the targets and at least `step` apart, in the same order.

    Examples
    --------
    >>> spread([10, 12, 50], 18)
    [10, 28, 50]
    """
    places: list[float] = []
    for place in targets:
        places.append(max(place, places[-1] + step) if places else place)
    return places


def draw_panels(title: str, subtitle: str, panels: Sequence[Panel]) -> str:
    """Draw panels below each other."""
    height = TOP + len(panels) * (HEIGHT + GAP)
    body = _legend(LEFT + 4, 80)
    for place, panel in enumerate(panels):
        body.append(f'<g transform="translate(0 {TOP + place * (HEIGHT + GAP) + 26})">')
        body += [*_grid(panel), *_curve(panel), *_points(panel), "</g>"]
    return sheet((WIDTH, height), LEFT, title, subtitle, body)


def _legend(x: float, y: float) -> list[str]:
    return [
        f'<path class="curve" d="M{x - 4} {y}h22"/>',
        text(x + 26, y + 4, "provenance, every threshold"),
        dot(x + 224, y, "here", _RADIUS),
        text(x + 236, y + 4, "a rule, on the same pages"),
        dot(x + 422, y, "told", _RADIUS),
        text(x + 434, y + 4, "as told of other posts and pages"),
    ]


def _grid(panel: Panel) -> list[str]:
    parts = [text(LEFT, -12, panel.title, "panel")]
    steps = 5
    for step in range(steps + 1):
        recall = panel.lowest + (1 - panel.lowest) * step / steps
        y = panel.down(recall)
        parts.append(line(LEFT, y, RIGHT, y, "rule"))
        parts.append(text(LEFT - 9, y + 4, f"{recall:.1f}", "soft", "end"))
    for power in range(floor(log10(FIRST)), floor(log10(LAST)) + 1):
        x = across(10.0**power)
        parts.append(line(x, 0, x, HEIGHT, "rule"))
        parts.append(text(x, HEIGHT + 18, f"{10.0**power:,g}", "soft", "middle"))
    below = "documents with a chance match, a million words"
    return [*parts, text((LEFT + RIGHT) / 2, HEIGHT + 36, below, "soft", "middle")]


def _curve(panel: Panel) -> list[str]:
    corners = " ".join(f"{across(x):.1f},{panel.down(y):.1f}" for x, y in panel.curve)
    x, y = across(panel.shipped[0]), panel.down(panel.shipped[1])
    return [
        f'<polyline class="curve" points="{corners}"/>',
        dot(x, y, "shipped", 6.5),
        text(x - 8, y - 14, "as shipped", "ours", "end"),
    ]


def _points(panel: Panel) -> list[str]:
    parts: list[str] = []
    crowded = sorted((p for p in panel.points if p.chance > _CROWDED), key=lambda p: -p.recall)
    places = spread([panel.down(point.recall) for point in crowded], LINE)
    for point, place in zip(crowded, places, strict=True):
        parts.append(
            line(across(point.chance), panel.down(point.recall), RIGHT + 12, place, "lead")
        )
        parts.append(text(RIGHT + GUTTER, place + 4, point.label))
    parts += [
        dot(across(p.chance), panel.down(p.recall), "here" if p.here else "told", _RADIUS)
        for p in panel.points
    ]
    apart = [point for point in panel.points if point.chance <= _CROWDED]
    return [*parts, *_labels(panel, sorted(apart, key=lambda point: point.here))]


def _labels(panel: Panel, points: Sequence[Point]) -> list[str]:
    """Label each point on the first side that is unoccupied."""
    occupied = [_marker_box(across(p.chance), panel.down(p.recall)) for p in panel.points]
    occupied += [_marker_box(across(x), panel.down(y)) for x, y in panel.curve]
    parts = []
    for point in points:
        x, y = across(point.chance), panel.down(point.recall)
        words = point.label
        if point.chance < FIRST or point.recall < panel.lowest:
            words = f"{words}: recall {point.recall:.2f}, chance {point.chance:.3g}"
        wide = _LETTER * len(words)
        sides = [(x + 10, y), (x - 10 - wide, y), (x - wide / 2, y - 15), (x - wide / 2, y + 15)]
        sides += [(left, y + off) for off in (-15, 15) for left in (x + 4, x - 4 - wide)]
        boxes = [(left, mid - _TALL / 2, left + wide, mid + _TALL / 2) for left, mid in sides]
        box = next(
            (candidate for candidate in boxes if _is_unoccupied(candidate, occupied)), boxes[0]
        )
        occupied.append(box)
        if box[2] < x:
            parts.append(text(box[2], box[3] - 2, words, anchor="end"))
        elif box[0] > x:
            parts.append(text(box[0], box[3] - 2, words))
        else:
            parts.append(text(x, box[3] - 2, words, anchor="middle"))
    return parts


Box = tuple[float, float, float, float]


def _marker_box(x: float, y: float) -> Box:
    near = _RADIUS - 1
    return x - near, y - near, x + near, y + near


def _is_unoccupied(box: Box, occupied: Sequence[Box]) -> bool:
    inside = box[0] >= LEFT and box[2] <= RIGHT + GUTTER and box[1] >= 0 and box[3] <= HEIGHT
    return inside and not any(
        box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
        for other in occupied
    )
