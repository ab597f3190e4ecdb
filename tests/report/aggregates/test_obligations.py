"""What usable content asks for is listed with its clauses, and nothing else is called settled."""

import csv
import io
from dataclasses import replace

import pyarrow as pa
import pytest
import yaml

from provenance.model.content.tables import FINDINGS
from provenance.model.results.result import Report
from provenance.model.rules.terms import Verdict
from provenance.report.aggregates.obligations import (
    CONDITION_MEANINGS,
    GROUPS,
    OTHER,
    obligations,
)
from provenance.report.formats.rendering import render
from provenance.report.render_options import RenderOptions
from tests.report.samples import clear_report, sample_report

REPORT = sample_report()


def with_conditions(source: str, *conditions: str, **more: object) -> Report:
    """The sample, with all statements about a source under some conditions."""
    rulings = []
    for each in REPORT.result.rulings:
        ruling = each.ruling
        if each.source == source:
            reasons = tuple(
                replace(r, terms=replace(r.terms, conditions=conditions)) for r in ruling.reasons
            )
            ruling = replace(ruling, reasons=reasons, **more)
        rulings.append(replace(each, ruling=ruling))
    return Report(replace(REPORT.result, rulings=tuple(rulings)), REPORT.findings)


def test_every_condition_of_the_rules_has_a_meaning_and_a_place(root):
    book = yaml.safe_load((root / "rules" / "verdicts.yaml").read_text("utf-8"))
    tags = {condition["id"] for condition in book["conditions"]}
    assert set(CONDITION_MEANINGS) == tags
    assert sorted(tag for group in GROUPS.values() for tag in group) == sorted(tags)


def test_conditions_of_usable_content_are_listed_by_what_they_ask_for():
    text = render("obligations", with_conditions("stackexchange", "share-alike", "attribution"))
    credit, same = text.index("## Credit and notices"), text.index("## Same terms")
    assert (
        credit < text.index("credit the author") < same < text.index("must have the same licence")
    )
    assert "--format attribution" in text
    assert "stackexchange" in text.lower().replace(" ", "")


@pytest.mark.parametrize("verdict", [Verdict.FORBIDDEN, Verdict.UNKNOWN])
def test_what_may_not_be_used_has_no_obligations_but_to_delete(verdict):
    made = with_conditions("stackexchange", "attribution", "deletion", verdict=verdict)
    own = [o for o in obligations(made.result.rulings) if o.ruling.source == "stackexchange"]
    assert {o.condition for o in own} == {"deletion"}
    assert "litigation hold" in render("obligations", made)


def test_conditions_of_the_users_own_rules_are_listed_as_they_are():
    made = with_conditions("stackexchange", "tea-at-four", "robots or tea-at-four")
    found = {o.condition: o for o in obligations(made.result.rulings)}
    assert (found["tea-at-four"].group, found["tea-at-four"].meaning) == (OTHER, "tea-at-four")
    either = found["robots or tea-at-four"]
    assert (either.group, either.meaning) == (
        "How it may be collected",
        "robots.txt must be followed, or tea-at-four",
    )


def under_contract(verdict: Verdict, basis: str, **stated: object) -> str:
    """The list of obligations where the content of Reddit is under a contract."""
    rulings = [
        replace(
            each,
            ruling=replace(each.ruling, verdict=verdict, basis=basis),
            agreement=replace(each.agreement, **stated),
        )
        if each.agreement
        else each
        for each in REPORT.result.rulings
    ]
    made = Report(replace(REPORT.result, rulings=tuple(rulings)), REPORT.findings)
    return render("obligations", made)


def test_the_duty_to_delete_at_the_end_of_a_contract_is_listed():
    text = under_contract(Verdict.PERMITTED, "agreement", deletion=True)
    deletion = text.partition("## Deletion")[2]
    assert "contract 17/2024 when it ends, after 2027-01-31." in deletion
    text = under_contract(Verdict.FORBIDDEN, "agreement-ended", deletion=True)
    assert "contract 17/2024, which ended on 2027-01-31." in text.partition("## Deletion")[2]
    assert "litigation hold" in text
    assert "contract 17/2024 has ended; delete it, or renew" in text
    text = under_contract(Verdict.UNKNOWN, "agreement-unclear")
    assert "does not state whether the agreement contract 17/2024 covers the use" in text


def test_what_the_list_does_not_settle_is_named():
    text = render("obligations", REPORT).partition("## Not settled by this list")[2]
    assert "contract 17/2024" in text
    assert "**X (Twitter)**, forbidden: no condition" in text
    assert "no terms that are known decide its use" in text
    clear = render("obligations", clear_report())
    assert "No obligation is known" in clear
    assert "Not settled" not in clear


def test_items_to_credit_are_listed_once_with_address_and_licence():
    made = with_conditions("stackexchange", "attribution")
    (each, *_) = (r for r in made.result.rulings if r.source == "stackexchange")
    row = {field.name: None for field in FINDINGS} | {
        "file": "a",
        "field": "text",
        "source": each.source,
        "verdict": str(each.ruling.verdict),
        "basis": each.ruling.basis,
        "terms": each.ruling.terms,
        "item": "=1+1",
        "url": "https://stackoverflow.com/a/1",
        "evidence": "content",
        "alternatives": [],
        "contested": False,
    }
    numbers = {f.name: 0 for f in FINDINGS if not f.nullable and pa.types.is_integer(f.type)}
    numbers |= {"bits": 9.0, "strength": 9.0, "expected": 0.0}
    rows = [row | numbers | {"document": f"d{n}", "row": n} for n in (1, 2, 2)]
    other = row | numbers | {"document": "o", "source": "x", "verdict": "forbidden"}
    findings = pa.Table.from_pylist([*rows, other], FINDINGS)
    (found,) = csv.DictReader(io.StringIO(render("attribution", Report(made.result, findings))))
    assert found == {
        "source": "stackexchange",
        "item": "'=1+1",
        "address": "https://stackoverflow.com/a/1",
        "licence": each.ruling.reasons[0].terms.document,
        "licence_address": each.ruling.reasons[0].terms.address or "",
        "author": "see the address",
        "documents": "2",
    }
    key = ("stackexchange", "=1+1", "https://stackoverflow.com/a/1")
    options = RenderOptions(authors={key: "=Ann", ("x", "=1+1", ""): "Bea"})
    text = render("attribution", Report(made.result, findings), options)
    (found,) = csv.DictReader(io.StringIO(text))
    assert found["author"] == "'=Ann"
