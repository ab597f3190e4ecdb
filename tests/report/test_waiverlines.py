"""What came of waivers, in sentences."""

from dataclasses import replace
from datetime import date

from provenance.model import WaiverOutcome
from provenance.report.waiverlines import waiver_sentences
from tests.report.samples import WAIVER, sample_report

UNUSED = WaiverOutcome(replace(WAIVER, documents="none-*"), expired=False, findings=0)


def test_what_wants_something_done_stands_first():
    result = sample_report().result
    said = waiver_sentences(replace(result, waivers=(*result.waivers, UNUSED)))
    assert "\n".join(said) == (
        "EXPIRED 2026-03-01: 'risk-accepted: source=reddit' no longer counts, and what it excused "
        "(51 findings) does.\n"
        "Unused: 'own-content: source=x, documents=none-*', until 2027-01-30, excuses nothing that "
        "was found.\n"
        "'own-content: source=x, documents=faq-*' excuses 1 finding until 2027-01-30; Legal, R. "
        "Osei answers for it."
    )


def test_the_day_named_is_the_last_on_which_it_counts():
    last = replace(WAIVER, expires=date(2026, 1, 1))
    (said,) = waiver_sentences(
        replace(sample_report().result, waivers=(WaiverOutcome(last, expired=False, findings=1),))
    )
    assert "until 2025-12-31" in said
