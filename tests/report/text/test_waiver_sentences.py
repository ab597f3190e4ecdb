"""What came of waivers, in sentences."""

from dataclasses import replace
from datetime import date

from provenance.model.results.result import WaiverOutcome
from provenance.read.rules.rule_files import load_rules
from provenance.report.terminal.rules.policy_summary import policy_text
from provenance.report.terminal.terminal_style import TerminalStyle
from provenance.report.text.policy_notes import waiver_sentences
from tests.report.samples import WAIVER, sample_report

UNUSED = WaiverOutcome(replace(WAIVER, documents="none-*"), expired=False, findings=0)


def test_expired_and_unused_waivers_come_first():
    result = sample_report().result
    said = waiver_sentences(replace(result, waivers=(*result.waivers, UNUSED)))
    assert "\n".join(said) == (
        "EXPIRED 2026-03-01: 'risk-accepted: source=reddit' no longer applies; what it excused "
        "(51 findings) counts again.\n"
        "Unused: 'own-content: source=x, documents=none-*', valid until 2027-01-30, excuses no "
        "finding.\n"
        "'own-content: source=x, documents=faq-*' excuses 1 finding until 2027-01-30; approved "
        "by Legal, R. Osei."
    )


def test_the_day_named_is_the_last_on_which_it_counts():
    last = replace(WAIVER, expires=date(2026, 1, 1))
    (said,) = waiver_sentences(
        replace(sample_report().result, waivers=(WaiverOutcome(last, expired=False, findings=1),))
    )
    assert "until 2025-12-31" in said


def test_a_policy_in_words_names_the_same_day():
    policy = sample_report().result.policy
    told = policy_text(
        policy, load_rules(None), (), date(2026, 5, 4), TerminalStyle(100, colour=False)
    )
    said = " ".join(told.split())
    assert "approved by Legal, R. Osei; until 2027-01-30)" in said
    assert "approved by M. Duarte; EXPIRED 2026-03-01)" in said
