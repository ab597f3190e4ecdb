"""Draw what labels say of strengths and origins, with intervals, as SVG."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import isnan

from benchmarks.labelled_pairs import Outcome, Share
from benchmarks.labels_page import (
    CHARTS,
    FEWEST,
    ReasonGroup,
    StrengthClass,
    origin_groups,
    reason_groups,
    strength_classes,
)
from benchmarks.svg import dot, line, sheet, text

WIDTH, MARGIN, TOP = 840, 44, 126
GUTTER, HEAD, FOOT = 48, 28, 52
"""Pixels between panels, above a panel for its title, and below it for its labels."""

ROW, ROW_LEFT, ROW_RIGHT = 24, 428, 648
"""Height of a row, and edges of its panel; names are left of it, figures right."""

_EDGES = (13.3, 16.7, 20, 25, float("inf"))
"""Edges of classes of strength where there are few pairs; the third is as shipped."""

_WELL_KNOWN = 20
"""Pairs from which a point is filled."""

_SUBTITLE = "By labels, each pair weighted by the findings that it stands for, with 95 % intervals"
_FEW = f"Of fewer than {FEWEST} pairs, nothing is drawn."
_OTHER, _CODE = "other languages", "code"


@dataclass(frozen=True, slots=True)
class Point:
    """A share in a chart.

    Parameters
    ----------
    name : str
        What it is of.
    pairs : int
        Number of labelled pairs.
    share : Share
        The share, by their labels.
    law : float or None
        The share that the law of chance implies.
    """

    name: str
    pairs: int
    share: Share
    law: float | None = None


def draw_charts(outcomes: Mapping[str, Sequence[Outcome]], places: float) -> dict[str, str]:
    """Return the charts of the page, by the names of their files.

    Parameters
    ----------
    outcomes : mapping
        What checks say of the labelled pairs, by name of the policy.
    places : float
        Number of places at which chance could give a match in the checks.
    """
    weak, shipped = outcomes["weak"], outcomes["shipped"]
    strengths = [_strength_point(each) for each in strength_classes(weak, places)]
    by_register = {
        name: [_strength_point(each) for each in strength_classes(own, None, _EDGES)]
        for name, own in _parts(weak).items()
    }
    origins = {
        name: [Point(each.origin, each.pairs, each.share) for each in origin_groups(own)]
        for name, own in _parts(shipped).items()
    }
    titles = (
        "Findings that are no chance match, by strength in bits",
        "Findings that are no chance match, by strength and register",
        "Findings that are an item's own words, by origin and reasons",
        "Findings that are an item's own words, by origin and register",
    )
    drawings = (
        draw_columns(
            titles[0],
            {"all; as shipped, those from 20 bits are reported": strengths},
            across=1,
            height=260,
        ),
        draw_columns(titles[1], by_register, across=3, height=96),
        draw_rows(titles[2], reason_groups(shipped)),
        draw_columns(titles[3], origins, across=3, height=96),
    )
    return dict(zip(CHARTS, drawings, strict=True))


def draw_columns(
    title: str, panels: Mapping[str, Sequence[Point]], *, across: int, height: int
) -> str:
    """Draw panels of shares, from 0 at the bottom to 100 %, `across` panels in a row."""
    width = (WIDTH - 2 * MARGIN - GUTTER * (across - 1)) / across
    step = HEAD + height + FOOT
    has_law = any(point.law is not None for points in panels.values() for point in points)
    body = _legend(f"Figures are numbers of pairs. {_FEW}", has_law=has_law)
    for number, (name, points) in enumerate(panels.items()):
        row, column = divmod(number, across)
        left, top = MARGIN + column * (width + GUTTER), TOP + row * step
        body.append(f'<g transform="translate({left:.1f} {top + HEAD})">')
        body += [text(0, -11, name, "panel"), *_grid(width, height)]
        for place, point in enumerate(points):
            x = width * (place + 0.5) / len(points)
            body += [
                *_column(point, x, height),
                text(x, height + 17, point.name, "soft", "middle"),
                text(x, height + 32, f"{point.pairs}", "", "middle"),
            ]
        body.append("</g>")
    rows = -(-len(panels) // across)
    return sheet((WIDTH, TOP + rows * step), MARGIN, title, _SUBTITLE, body)


def draw_rows(title: str, groups: Sequence[ReasonGroup]) -> str:
    """Draw a row for each group of reasons, the groups of an origin together."""
    width, y = ROW_RIGHT - ROW_LEFT, TOP
    body = _legend(_FEW, has_law=False)
    for origin, members in groupby(sorted(groups, key=lambda each: each.origin), _origin):
        own = list(members)
        body += [text(MARGIN, y + 14, f"said to be: {origin}", "panel")]
        y += HEAD
        for step in range(5):
            x = ROW_LEFT + width * step / 4
            body.append(line(x, y - 2, x, y + ROW * len(own), "rule"))
            body.append(text(x, y + ROW * len(own) + 15, f"{25 * step} %", "soft", "middle"))
        for group in own:
            middle = y + ROW / 2
            low, high = (ROW_LEFT + width * each for each in group.share.interval)
            x = ROW_LEFT + width * group.share.value
            name = ", ".join(group.reasons)
            body += [
                text(ROW_LEFT - 14, middle + 4, name, "", "end"),
                *_interval((low, middle), (high, middle)),
                *_dot(x, middle, group.pairs),
                text(ROW_RIGHT + 16, middle + 4, f"{group.figure}, {group.pairs} pairs", "soft"),
            ]
            y += ROW
        y += FOOT - 10
    return sheet((WIDTH, y), MARGIN, title, _SUBTITLE, body)


def _parts(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """Return what was found: all, in each language, and in each register."""
    found = [each for each in outcomes if each.origin is not None]
    registers = sorted({each.pair.register for each in found} - {_OTHER})
    kinds: dict[str, Callable[[str], bool]] = {
        "all": lambda _: True,
        "English": lambda register: register not in {_OTHER, _CODE},
        _OTHER: lambda register: register == _OTHER,
        **{name: name.__eq__ for name in registers},
    }
    parts = {
        name: [each for each in found if is_of(each.pair.register)] for name, is_of in kinds.items()
    }
    return {name: part for name, part in parts.items() if part}


def _strength_point(each: StrengthClass) -> Point:
    share = Share(1 - each.chance_share.value, 1 - each.chance_share.draws)
    name = f"{each.low:g}-{each.high:g}" if each.high < float("inf") else f"from {each.low:g}"
    if each.low == _EDGES[0]:
        name = f"to {each.high:g}"
    law = None
    if each.by_law is not None and each.findings:
        law = max(1 - each.by_law / each.findings, 0.0)
    return Point(name, each.pairs, share, law)


def _origin(group: ReasonGroup) -> str:
    return group.origin


def _legend(note: str, *, has_law: bool) -> list[str]:
    y = 82
    parts = [
        *_interval((MARGIN, y), (MARGIN + 28, y)),
        *_dot(MARGIN + 14, y, _WELL_KNOWN),
        text(MARGIN + 38, y + 4, "by the labels, with its interval"),
        *_dot(MARGIN + 260, y, _WELL_KNOWN - 1),
        text(MARGIN + 272, y + 4, f"the same, of fewer than {_WELL_KNOWN} pairs"),
    ]
    if has_law:
        parts += [
            dot(MARGIN + 502, y, "here", 5),
            text(MARGIN + 514, y + 4, "as the law of chance implies"),
        ]
    return [*parts, text(MARGIN, y + 24, note, "soft")]


def _grid(width: float, height: int) -> list[str]:
    parts = []
    for percent in (0, 50, 100):
        y = height * (1 - percent / 100)
        parts.append(line(0, y, width, y, "rule"))
        parts.append(text(-5, y + 4, f"{percent} %", "soft", "end"))
    return parts


def _column(point: Point, x: float, height: int) -> list[str]:
    parts = []
    apart = 0.0 if point.law is None else 9.0
    if point.pairs >= FEWEST and not isnan(point.share.value):
        low, high = (height * (1 - each) for each in point.share.interval)
        parts = [
            *_interval((x - apart, low), (x - apart, high)),
            *_dot(x - apart, height * (1 - point.share.value), point.pairs),
        ]
    if point.law is not None:
        parts.append(dot(x + apart, height * (1 - point.law), "here", 5))
    return parts


def _interval(start: tuple[float, float], end: tuple[float, float]) -> list[str]:
    """Draw a horizontal or vertical interval with its ends."""
    dx, dy = (0, 4) if start[1] == end[1] else (4, 0)
    ends = [line(x - dx, y - dy, x + dx, y + dy, "curve") for x, y in (start, end)]
    return [line(*start, *end, "curve"), *ends]


def _dot(x: float, y: float, pairs: int) -> list[str]:
    """Draw a point, hollow if it is of few pairs."""
    hole = [] if pairs >= _WELL_KNOWN else [dot(x, y, "page", 2.5)]
    return [dot(x, y, "ours", 5), *hole]
