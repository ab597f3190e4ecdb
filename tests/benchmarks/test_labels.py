"""Estimates from labelled pairs, and the labels themselves."""

import re
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.labelled_pairs import (
    LABELS,
    Bootstrap,
    Outcome,
    Pair,
    Share,
    agreement,
    precision_at,
    read_pairs,
)
from benchmarks.labels_charts import Point, draw_charts, draw_columns
from benchmarks.labels_page import CHARTS, FEWEST, render, strength_classes
from benchmarks.labels_report import PAIRS, join


@pytest.fixture(scope="module")
def published() -> list[Pair]:
    return read_pairs(PAIRS)


def pair(number=0, *, group=0, weight=1.0, label="item", second=None, **changes):
    values = {
        "id": f"{number:07x}", "file": "background/pages.jsonl", "row": number, "field": "text",
        "start": 10, "end": 50, "source": "reddit", "item": f"p{number}", "register": "news",
        "weight": weight, "group": group, "split": "held-out", "extent": "part", "made_of": False,
        "first": label, "second": second or label, "label": label,
    }  # fmt: skip
    return Pair(**(values | changes))


def outcome(*, counted, **changes):
    origin = "item" if counted else "quotation"
    return Outcome(pair(**changes), origin, counted, 25.0, ("whole-item",), in_background=False)


def is_counted(each):
    return each.counted


def test_shares_weigh_each_pair_by_the_findings_that_it_stands_for():
    found = [
        outcome(number=0, group=0, weight=30.0, counted=True),
        outcome(number=1, group=1, weight=10.0, counted=False),
    ]
    assert Bootstrap(found).share(is_counted).value == pytest.approx(0.75)


def test_pairs_of_one_group_are_as_uncertain_as_one_pair():
    apart = [outcome(number=n, group=n, counted=n % 2 == 0) for n in range(40)]
    together = [outcome(number=n, group=n // 10, counted=n < 20) for n in range(40)]
    widths = [np.ptp(Bootstrap(each).share(is_counted).interval) for each in (apart, together)]
    assert widths[0] < 0.35
    assert widths[1] > 2 * widths[0]


def test_no_mistake_in_ten_groups_does_not_promise_certainty():
    share = Bootstrap([outcome(number=n, group=n, counted=True) for n in range(10)]).share(
        is_counted
    )
    low, _ = share.interval
    assert share.value == 1
    assert 0.7 < low < 0.85


def test_a_share_of_nothing_is_unknown():
    found = [outcome(counted=True)]
    assert np.isnan(Bootstrap(found).share(is_counted, lambda each: False).value)


@pytest.mark.parametrize(("rate", "precision"), [(0.0, 1.0), (0.5, 0.8), (0.9, 4 / 13), (1.0, 0.0)])
def test_precision_falls_with_the_rate_of_quotations(rate, precision):
    draws = np.ones(4)
    items, quotations = Share(0.8, 0.8 * draws), Share(0.2, 0.2 * draws)
    assert precision_at(rate, items, quotations).value == pytest.approx(precision)


def test_kappa_is_that_of_the_textbook_table():
    table = {("item", "item"): 20, ("item", "chance"): 5, ("chance", "item"): 10}
    table["chance", "chance"] = 15
    labels = [labels for labels, count in table.items() for _ in range(count)]
    pairs = [pair(n, group=n, label=one, second=two) for n, (one, two) in enumerate(labels)]
    same, kappa = agreement(pairs)
    assert same.value == pytest.approx(0.7)
    assert kappa.value == pytest.approx(0.4)


def test_pairs_are_joined_with_the_finding_that_has_half_of_their_passage(tmp_path):
    common = {"field": "text", "source": "reddit", "strength": 30.0, "contested": False}
    common |= {"origin": "item", "origin_reasons": ["whole-item"]}
    rows = [
        common | {"row": 0, "start": 0, "end": 31, "item": "other"},
        common | {"row": 0, "start": 30, "end": 90, "item": "p0", "origin": "quotation"},
        common | {"row": 1, "start": 31, "end": 90, "item": "p1"},
        common | {"row": 2, "start": 10, "end": 50, "item": "p2", "contested": True},
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "pages.parquet")
    joined = join([pair(number) for number in range(3)], tmp_path)
    assert [each.origin for each in joined] == ["quotation", None, "item"]
    assert [each.counted for each in joined] == [False, False, False]


def test_halves_share_no_group(published):
    halves = defaultdict(set)
    for each in published:
        halves[each.group].add(each.split)
    assert {len(each) for each in halves.values()} == {1}
    sizes = [sum(each.split == half for each in published) for half in ("development", "held-out")]
    assert min(sizes) > 0.4 * len(published)


def test_halves_share_no_item_and_no_row(published):
    places = defaultdict(set)
    for each in published:
        places[each.source, each.item].add(each.group)
        places[each.file, each.row].add(each.group)
    assert {len(groups) for groups in places.values()} == {1}


def test_labels_that_readers_agree_on_are_kept(published):
    assert len(published) >= 600
    for each in published:
        assert each.label in LABELS
        assert each.label in {each.first, each.second} or each.first != each.second
        assert each.weight >= 1


def test_labels_have_ids_and_offsets_and_no_text(published):
    assert PAIRS.stat().st_size < 300_000
    for each in published:
        assert each.end > each.start
        for value in (each.item, each.file, each.id):
            assert re.fullmatch(r"[\w./:-]{1,60}", value), value


def test_the_page_is_of_these_labels(published):
    page = Path(PAIRS).parents[1].joinpath("ORIGIN.md").read_text("utf-8")
    outcomes = [Outcome(each, "item", True, 25.0, (), in_background=False) for each in published]
    checks = dict.fromkeys(("shipped", "no background", "weak"), outcomes)
    rendered = render(published, checks, 1e9)
    beginning, _, _ = rendered.partition("## Held-out")
    assert page.startswith(beginning)


SVG = "{http://www.w3.org/2000/svg}"
CLASS = re.compile(
    r"^\| (?:from )?[\d.]+(?: to [\d.]+)? \| \d+ of (\d+) \|.*? (\d+) % \(", re.MULTILINE
)


def chart_of(points):
    drawn = ET.fromstring(draw_columns("t", {"p": points}, across=1, height=100))
    return drawn.find(f"{SVG}g")


def dots_of(panel, kind):
    dots = panel.iter(f"{SVG}circle")
    return [float(each.get("cy")) for each in dots if each.get("class") == kind]


def words_of(drawn):
    return [each.text for each in drawn.iter(f"{SVG}text")]


def test_points_are_as_high_as_their_shares_and_of_few_pairs_hollow_or_absent():
    draws = np.linspace(0.2, 0.6, 2001)
    pairs = (40, 19, FEWEST, FEWEST - 1)
    panel = chart_of([Point("a", size, Share(0.4, draws), law=0.9) for size in pairs])
    assert dots_of(panel, "ours") == [60.0] * 3
    assert dots_of(panel, "page") == [60.0] * 2
    assert dots_of(panel, "here") == [10.0] * 4
    curves = [each for each in panel.iter(f"{SVG}line") if each.get("class") == "curve"]
    upright = [each for each in curves if each.get("x1") == each.get("x2")]
    assert [(each.get("y1"), each.get("y2")) for each in upright] == [("79.0", "41.0")] * 3
    assert words_of(panel)[-1] == str(FEWEST - 1)


def test_a_share_of_nothing_is_not_drawn():
    panel = chart_of([Point("a", 0, Share(np.nan, np.full(1, np.nan)))])
    assert dots_of(panel, "ours") == []


def test_the_law_is_compared_only_where_all_findings_could_be_drawn():
    found = [outcome(number=n, group=n, weight=10.0, counted=True) for n in range(8)]
    classes = strength_classes(found, 2.0**25)
    assert [each.by_law is None for each in classes] == [True, True, *([False] * 6)]
    (own,) = [each for each in classes if each.pairs]
    assert (own.low, own.findings, own.chance_findings) == (25, 80.0, 0)
    assert own.by_law == pytest.approx(1 - 2**-5)
    assert all(each.by_law is None for each in strength_classes(found, None))


def test_the_published_charts_have_the_figures_of_the_page():
    folder = PAIRS.parents[1]
    page = (folder / "ORIGIN.md").read_text("utf-8")
    assert [name for name in CHARTS if f"]({name})" not in page] == []
    strengths, _, reasons, _ = (
        ET.fromstring((folder / name).read_text("utf-8")) for name in CHARTS
    )
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| `")]
    assert len(rows) >= 10
    for _, names, sizes, share in rows:
        assert names in words_of(reasons)
        assert f"{share}, {sum(map(int, sizes.split('/')))} pairs" in words_of(reasons)
    classes = CLASS.findall(page)
    panel = strengths.find(f"{SVG}g")
    labels = words_of(panel)
    assert [pairs for pairs, _ in classes] == labels[labels.index("to 15") + 1 :: 2]
    heights = [100 * (1 - height / 260) for height in dots_of(panel, "ours")]
    assert heights == pytest.approx([100 - int(chance) for _, chance in classes], abs=0.6)


def test_charts_are_drawn_of_any_labels(published):
    outcomes = [Outcome(each, "item", True, 25.0, (), in_background=False) for each in published]
    charts = draw_charts(dict.fromkeys(("shipped", "weak"), outcomes), 1e9)
    for chart in charts.values():
        assert "nan" not in chart
        ET.fromstring(chart)
