"""What to do after a check."""

from dataclasses import replace
from datetime import date

from provenance.model.results.result import WaiverOutcome
from provenance.report.aggregates.grouping import failing_sources
from provenance.report.text.next_steps import next_steps, outcome_line
from tests.report.samples import WAIVER, clear_report, compared_report, sample_report

RESULT = sample_report().result


def test_next_steps_begin_with_what_failed_and_name_expired_waivers():
    steps = next_steps(RESULT)
    assert steps[0].startswith("Remove the forbidden documents")
    assert steps[-1] == "Renew or remove the expired waiver 'risk-accepted: source=reddit'."
    assert not [step for step in steps if "Mastodon" in step], "it was not found"
    assert len(steps) == len(set(steps))


def test_a_source_with_several_rulings_has_one_step():
    without_gates = replace(RESULT, gates=(), violations=())
    assert len([step for step in next_steps(without_gates) if "Stack Exchange" in step]) == 1


def test_what_passes_needs_no_step():
    """Gates limit what is forbidden; the posts of Stack Exchange are restricted."""
    steps = next_steps(RESULT)
    assert not [step for step in steps if "Stack Exchange" in step]
    assert [step for step in steps if "Reddit" in step or "X (Twitter)" in step or "reddit" in step]


def test_what_has_only_findings_of_the_baseline_needs_no_step():
    """Of the findings of X, one is new; those of Reddit are not."""
    report = compared_report()
    failing = failing_sources(report)
    assert failing == {"x"}
    steps = next_steps(report.result, failing)
    assert [step for step in steps if step.startswith("X (Twitter)")]
    assert not [step for step in steps if step.startswith("Reddit")]
    assert failing_sources(clear_report()) is None


def test_a_waiver_that_excuses_nothing_is_to_be_removed():
    unused = WaiverOutcome(replace(WAIVER, expires=date(2030, 1, 1)), expired=False, findings=0)
    steps = next_steps(replace(RESULT, waivers=(unused,)))
    assert steps[-1] == f"Remove the waiver '{WAIVER.id}': it excuses nothing."


def test_the_outcome_line_has_the_reason_and_the_first_step():
    line = outcome_line(RESULT)
    assert line.startswith("FAIL: 1.9% of the tokens are forbidden for pretraining; the policy")
    assert "Next: Remove the forbidden documents" in line
    assert "\n" not in line
    assert outcome_line(clear_report().result) == (
        "PASS: No content of the sources in the registries was found."
    )
