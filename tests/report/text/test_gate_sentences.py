"""The documents beside a headline are those of its share, and what gates leave out is named."""

from dataclasses import replace

import pytest

from provenance.model.results.result import Report
from provenance.model.rules.policy import Gate
from provenance.model.rules.terms import Verdict
from provenance.report.text.gate_sentences import documents_sentence, left_out_sentence
from tests.report.sample_findings import EXCUSED, finding, findings_table
from tests.report.samples import clear_report, compared_report, sample_report

TEXT = "[[my oven has two settings]]"


def report(*findings, share=0.02, base=None):
    """The sample's result with other findings; gates count 2 % of the tokens, bars show 3 %."""
    result = (base or sample_report()).result
    documents = {(each["file"], each["row"]) for each in findings}
    shares = tuple(_shown(each, len(documents)) for each in result.shares)
    outcome = replace(result.gates[0], share=share, passed=False)
    result = replace(result, shares=shares, gates=(outcome, *result.gates[1:]))
    return Report(result, findings_table(list(findings)))


def _shown(share, documents):
    if (share.by, share.key) != ("verdict", Verdict.FORBIDDEN):
        return share
    found = replace(share.documents, count=documents, share=documents / 1204)
    return replace(share, documents=found, tokens=replace(share.tokens, share=0.03))


COUNTED = [finding(f"page-{row}", "x", TEXT, TEXT) for row in (1, 2, 2)]
LEFT_OUT = {
    "waived": {"waiver": EXCUSED},
    "disputed": {"waiver": "disputed: x 1"},
    "contested": {"contested": True},
    "in the baseline": {"state": "unchanged"},
}


@pytest.mark.parametrize("how", LEFT_OUT)
def test_documents_are_those_whose_content_gates_count(how):
    rest = [finding(f"page-{row}", "x", TEXT, TEXT, **LEFT_OUT[how]) for row in (2, 3, 4)]
    made = report(*COUNTED, *rest)
    assert documents_sentence(made) == "Forbidden content is in 2 of 1,204 documents (0.17%)."
    assert left_out_sentence(made) == (
        "Not counted by gates, but in the shares below: 1.0% of the tokens are forbidden for "
        f"pretraining but {how}."
    )


def test_all_reasons_are_named():
    rest = [finding("page-3", "x", TEXT, TEXT, **LEFT_OUT[how]) for how in LEFT_OUT]
    text = left_out_sentence(report(*COUNTED, *rest))
    assert text.endswith(" but waived, disputed, contested or in the baseline.")


def test_nothing_is_said_to_be_left_out_where_all_counts():
    assert left_out_sentence(report(*COUNTED)) is None
    again = finding("page-2", "x", TEXT, TEXT, contested=True)
    assert left_out_sentence(report(*COUNTED, again, share=0.03)) is None


def test_with_a_baseline_the_documents_are_those_with_new_content():
    old = [finding(f"page-{row}", "x", TEXT, TEXT, state="unchanged") for row in (5, 6)]
    new = [{**each, "state": "new"} for each in COUNTED]
    made = report(*new, *old, base=compared_report())
    assert documents_sentence(made).startswith("New forbidden content is in 2 of ")


def test_the_documents_of_a_gate_on_a_source_are_of_that_source():
    other = finding("page-9", "reddit", TEXT, TEXT, verdict="forbidden")
    made = report(*COUNTED, other)
    gate = Gate(Verdict.FORBIDDEN, "x")
    outcome = replace(made.result.gates[0], gate=gate)
    made = replace(made, result=replace(made.result, gates=(outcome,)))
    assert documents_sentence(made).startswith("Forbidden content of x is in 2 of ")


def test_nothing_is_said_where_no_gate_failed():
    assert documents_sentence(clear_report()) is None
    assert left_out_sentence(clear_report()) is None
