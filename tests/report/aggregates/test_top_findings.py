"""Which findings are shown."""

import time

import pyarrow as pa

from provenance.model.content.tables import FINDINGS
from provenance.model.rules.terms import Verdict
from provenance.report.aggregates.top_findings import strongest_findings
from tests.report.sample_findings import FOUND, finding, findings_table


def many(source, count, **more):
    return [
        finding(f"page-{n}", source, "a [[b]]", None, strength=float(n), **more)
        for n in range(count)
    ]


def test_the_strictest_come_first_then_the_strongest():
    shown = strongest_findings(findings_table(FOUND), 50)
    keys = [
        (-each.verdict.strictness, each.contested or each.waiver is not None, -each.strength)
        for each in shown
    ]
    assert keys == sorted(keys)
    assert len(shown) == len(FOUND)


def test_what_gates_count_comes_before_what_is_contested_or_waived():
    rows = [
        finding("a", "x", "[[a]]", None, strength=30.0, contested=True),
        finding("b", "x", "[[a]]", None, strength=20.0),
        finding("c", "x", "[[a]]", None, strength=40.0, waiver="own-content: source=x"),
    ]
    assert [each.document for each in strongest_findings(findings_table(rows), 3)] == [
        "b",
        "c",
        "a",
    ]


def test_no_source_crowds_out_another():
    table = findings_table(many("x", 100) + many("reddit", 2) + many("stackexchange", 1))
    shown = strongest_findings(table, 10)
    assert [each.source for each in shown] == ["x"] * 7 + ["stackexchange"] + ["reddit"] * 2
    assert [each.strength for each in shown[:7]] == [99, 98, 97, 96, 95, 94, 93]


def test_the_order_of_the_table_does_not_matter():
    assert strongest_findings(findings_table(FOUND), 4) == strongest_findings(
        findings_table(FOUND[::-1]), 4
    )


def test_ties_fall_alike():
    rows = [{**row, "strength": 1.0} for row in many("x", 30)]
    assert strongest_findings(findings_table(rows), 5) == strongest_findings(
        findings_table(rows[::-1]), 5
    )


def test_nothing_found_is_nothing_shown():
    assert strongest_findings(FINDINGS.empty_table(), 5) == ()


def test_a_finding_has_its_own_types():
    (found,) = strongest_findings(findings_table([FOUND[2]]), 1)
    assert found.verdict is Verdict.FORBIDDEN
    assert found.alternatives == (("stackexchange", "88121", 1.0), ("y<i>", None, 0.62))
    assert found.excerpt[slice(*found.marks[0])] == "my oven has two settings"


def test_a_million_findings_are_chosen_from_in_a_moment():
    table = findings_table(many("x", 500) + many("reddit", 500))
    million = pa.concat_tables([table] * 1000)
    began = time.process_time()
    assert len(strongest_findings(million, 50)) == 50
    assert time.process_time() - began < 10


def test_with_a_baseline_what_is_new_comes_first():
    rows = [*many("x", 30, state="unchanged"), finding("new", "x", "[[a]]", None, strength=0.5)]
    rows[-1]["state"] = "new"
    assert strongest_findings(findings_table(rows), 3)[0].document == "new"
