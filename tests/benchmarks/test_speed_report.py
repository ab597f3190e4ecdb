"""What the benchmark writes: tables, targets, exponents, pictures."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.speed.checks import growth_exponent
from benchmarks.speed.clock import best_of, parse_seconds, seconds_per_pass
from benchmarks.speed.growth import LOWEST, exponent
from benchmarks.speed.machine import machine
from benchmarks.speed.plots import bars, growth
from benchmarks.speed.results import render, write
from benchmarks.speed.sections import Section, Table
from benchmarks.speed.targets import FIGURES, RATIOS, Target, applicable_targets, target_table

SECTION = Section(
    "Made up",
    ["Words of it.", Table(("", "MB/s"), [("ours", "9")])],
    {"signatures / daft": 4.0},
    {"Speed": [("ours", 9.0), ("a & b", 0.2)]},
    {"Seconds": [(1.0, 2.0), (8.0, 15.0)]},
)


def test_a_table_is_markdown_with_figures_to_the_right():
    table = Table(("", "MB/s"), [("ours", "9"), ("theirs", "1")])
    assert str(table).splitlines() == [
        "|  | MB/s |",
        "| --- | --: |",
        "| ours | 9 |",
        "| theirs | 1 |",
    ]


@given(st.floats(0.5, 2.5), st.floats(0.01, 100), st.floats(0, 5))
def test_the_exponent_of_a_power_law_is_found_whatever_the_start(power, scale, start):
    sizes = [1, 2, 4, 8]
    grown = [scale * (start + size**power) for size in sizes]
    assert exponent(sizes, grown) == pytest.approx(power, abs=0.01)


def test_what_does_not_grow_has_the_least_exponent():
    assert exponent([1, 2, 4, 8], [3, 3, 3, 3]) == LOWEST


def test_growth_that_start_up_hides_has_no_exponent():
    assert growth_exponent([(1, 2.0), (8, 2.2)]) is None
    assert growth_exponent([(1, 2.0), (2, 4.0), (4, 8.0)]) == pytest.approx(1, abs=0.01)


def test_targets_are_reached_from_their_limit_on():
    most = Target("", "", 2, "s", is_minimum=False)
    assert most.is_reached(2)
    assert not most.is_reached(2.1)
    least = replace(most, is_minimum=True)
    assert least.is_reached(2)
    assert not least.is_reached(1.9)


def test_what_was_not_measured_is_neither_reached_nor_missed():
    rows = target_table([Target("Speed", "x", 2, "MB/s")], {}).rows
    assert [tuple(row) for row in rows] == [("Speed", "≥ 2 MB/s", "-", "not measured")]


def test_a_small_run_says_nothing_of_targets_about_size():
    assert not any(target.full_only for target in applicable_targets(FIGURES, full=False))
    assert applicable_targets(FIGURES, full=True) == list(FIGURES)


def test_no_two_targets_are_about_the_same_fact():
    facts = [target.fact for target in (*RATIOS, *FIGURES)]
    assert len(facts) == len(set(facts))


def test_results_begin_with_ratios_and_end_with_how_to_run_again():
    text = render([SECTION], ["a machine"], size="full", words=3)
    titles = [line for line in text.splitlines() if line.startswith("## ")]
    assert titles[0] == "## Against peers"
    assert titles[-2:] == ["## The machine", "## Run it again"]
    assert "| Signatures from text, a core: daft | ≥ 3.5 times | 4 times | reached |" in text
    assert "This run was small" not in text


def test_results_and_pictures_are_written(tmp_path):
    write(tmp_path / "made", [SECTION], [], size="small", words=3)
    names = sorted(file.name for file in (tmp_path / "made").iterdir())
    assert names == ["RESULTS.md", "growth.svg", "speed.svg"]


def words_of(picture):
    return [node.text for node in ET.fromstring(picture).iter() if node.tag.endswith("}text")]


def test_bars_name_every_figure():
    assert {"ours", "a & b", "9.0", "0.2"} <= set(words_of(bars("T", "s", SECTION.bars)))


def test_a_longer_bar_is_more():
    tree = ET.fromstring(bars("T", "s", SECTION.bars))
    widths = [float(node.get("width")) for node in tree.iter() if node.get("rx") == "3"]
    assert widths[0] > widths[1] > 0


def test_growth_is_drawn_with_its_figures_beside_growth_in_proportion():
    assert {"2.0 s", "15.0 s", "in proportion"} <= set(words_of(growth("T", "s", SECTION.curves)))


def test_the_machine_is_told_without_its_name(monkeypatch):
    monkeypatch.setattr("platform.node", lambda: "a-host-with-a-name")
    assert "a-host-with-a-name" not in " ".join(machine())


@pytest.fixture
def clock(monkeypatch):
    """A clock that work sets forward."""
    now = [0.0]
    monkeypatch.setattr("time.perf_counter", lambda: now[0])
    return now


def work_of(clock, *seconds):
    left = list(seconds)

    def work():
        clock[0] += left.pop(0)

    return work


def test_short_work_is_repeated_until_it_can_be_told(clock):
    assert seconds_per_pass(work_of(clock, 1, 2, 3, 99), min_seconds=5) == 2


def test_long_work_is_done_once(clock):
    assert seconds_per_pass(work_of(clock, 7, 99), min_seconds=5) == 7


def test_the_best_of_runs_is_the_shortest(clock):
    assert best_of(work_of(clock, 5, 2, 9), 3) == 2


def test_a_duration_that_is_not_told_is_an_error():
    with pytest.raises(ValueError, match="Total"):
        parse_seconds("Index 1s", "Total")
