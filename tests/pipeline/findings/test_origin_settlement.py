"""Origins that depend on the other findings of a file: what kind of collection it is."""

import pyarrow.compute as pc
import pytest

from provenance.model.rules.policy import Gate, OriginRule, Policy, UndecidedRule
from provenance.model.rules.terms import Verdict
from provenance.pipeline import check
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.settings import Settings
from tests.pipeline.conftest import Writer

WRITER = Writer(79)
QUOTED = [WRITER.sentence(20) for _ in range(60)]
OWN = [WRITER.sentence(20) for _ in range(60)]
LINKED, PLAIN = WRITER.sentence(14), WRITER.sentence(30)


@pytest.fixture(scope="module")
def world(tmp_path_factory, pages, write_lines):
    """A file that quotes what posts quote, and one of posts; both link to one post, and have one.

    Returns the folder and the report of both.
    """
    folder = tmp_path_factory.mktemp("settlement")
    around = [WRITER.sentence(30) for _ in range(60)]
    texts = [
        *(f'{before}: "{phrase}".' for before, phrase in zip(around, QUOTED, strict=True)),
        *OWN,
        LINKED,
        f"{WRITER.sentence(30)}. {PLAIN}. {WRITER.sentence(30)}.",
    ]
    items = [{"id": f"i{n}", "text": text} for n, text in enumerate(texts)]
    build_registry(
        folder / "registry", DumpSource([write_lines(folder / "items.jsonl", items)], "x")
    )
    both = [f"{pages[0]} See [{LINKED}](https://example.org/1). {pages[1]}", f"{PLAIN}."]
    quoting = [f"{pages[n]} {phrase}. {pages[n + 1]}" for n, phrase in enumerate(QUOTED)]
    write_lines(folder / "novels.jsonl", [{"text": text} for text in [*quoting, *both]])
    write_lines(folder / "posts.jsonl", [{"text": text} for text in [*OWN, *both]])
    return folder, run(folder, "novels.jsonl", "posts.jsonl")


def run(folder, *names: str, **policy):
    asked = Policy(registries=(str(folder / "registry"),), **policy)
    return check([str(folder / name) for name in names], asked, Settings())


def origin_of(report, file: str, row: int) -> tuple[str, float]:
    place = pc.and_(
        pc.ends_with(report.findings["file"], file), pc.equal(report.findings["row"], row)
    )
    [found] = report.findings.filter(place).select(["origin", "own_probability"]).to_pylist()
    return found["origin"], found["own_probability"]


def test_the_same_words_are_judged_by_the_collection_they_are_in(world):
    _, report = world
    in_novels, in_posts = (
        origin_of(report, "novels.jsonl", 60),
        origin_of(report, "posts.jsonl", 60),
    )
    assert in_novels[0] == "quotation"
    assert in_posts[0] != "quotation"
    assert in_novels[1] < 0.1 < in_posts[1]


def test_other_findings_alone_make_no_quotation(world):
    _, report = world
    origin, probability = origin_of(report, "novels.jsonl", 61)
    assert origin == "undecided"
    assert probability < 0.5
    assert origin_of(report, "posts.jsonl", 61)[0] == "item"


def test_a_file_of_posts_keeps_its_own(world):
    _, report = world
    for row in range(60):
        origin, probability = origin_of(report, "posts.jsonl", row)
        assert (origin, probability > 0.8) == ("item", True)


def test_probability_origin_verdict_and_count_agree(world):
    _, report = world
    for row in report.findings.to_pylist():
        assert row["own_probability"] is not None
        if row["origin"] == "item":
            assert row["own_probability"] >= 0.8
            assert row["verdict"] == "forbidden"
        if row["origin"] == "quotation":
            assert row["own_probability"] <= 0.2
            assert row["verdict"] == "unknown"
        if row["origin"] == "undecided":
            assert row["contested"] is (row["own_probability"] < 0.5)
        else:
            assert not row["contested"]


def test_undecided_words_are_contested_if_the_policy_says_so(world):
    folder, _ = world
    gates = (Gate(Verdict.FORBIDDEN),)
    rules = {
        UndecidedRule.COUNT: False,
        UndecidedRule.PROBABLE: True,  # it is more probably quoted than not
        UndecidedRule.CONTEST: True,
    }
    for rule, passes in rules.items():
        report = run(folder, "novels.jsonl", gates=gates, origins=OriginRule(undecided=rule))
        [last] = report.findings.filter(pc.equal(report.findings["row"], 61)).to_pylist()
        assert last["contested"] is passes
        assert [outcome.passed for outcome in report.result.gates] == [passes]


def verdict_of(report) -> tuple[list[str], bool]:
    """Return the origins, and whether the gate on what is forbidden holds."""
    [outcome] = report.result.gates
    return report.findings["origin"].to_pylist(), outcome.passed


@pytest.mark.parametrize(
    ("quoted", "own", "passes"),
    [(0, 1, False), (5, 1, False), (5, 3, False), (9, 0, True), (40, 2, True)],
)
def test_passages_fail_a_gate_unless_nearly_all_that_is_found_is_quoted(
    world, write_lines, pages, quoted, own, passes
):
    folder, _ = world
    phrases = [*QUOTED[:quoted], *OWN[:own]]
    write_lines(
        folder / f"few-{quoted}-{own}.jsonl",
        [{"text": f"{pages[0]}\n\n{phrase}.\n\n{pages[1]}"} for phrase in phrases],
    )
    gates = (Gate(Verdict.FORBIDDEN),)
    origins, passed = verdict_of(run(folder, f"few-{quoted}-{own}.jsonl", gates=gates))
    assert origins[:quoted] == ["quotation"] * quoted
    assert "quotation" not in origins[quoted:]
    assert passed is passes


def test_the_policy_says_how_probable_it_must_be(world):
    folder, _ = world
    sizes = {}
    for own, quoted in ((0.5, 0.5), (0.8, 0.2), (0.99, 0.01)):
        found = run(folder, "novels.jsonl", "posts.jsonl", origins=OriginRule(own, quoted)).findings
        for row in found.to_pylist():
            assert (row["origin"] == "item") is (row["own_probability"] >= own)
            assert row["own_probability"] <= quoted or row["origin"] != "quotation"
        sizes[own] = found["origin"].to_pylist().count("undecided")
    assert sizes[0.5] < sizes[0.8] < sizes[0.99]


def test_a_file_is_judged_alike_whatever_stands_before_it(world):
    folder, report = world
    turned = run(folder, "posts.jsonl", "novels.jsonl")
    places = ["file", "row", "origin", "own_probability", "verdict", "contested"]
    tables = [
        each.findings.select(places).sort_by("row").sort_by("file") for each in (report, turned)
    ]
    assert tables[0].equals(tables[1])
