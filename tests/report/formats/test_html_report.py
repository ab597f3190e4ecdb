"""The page: what it says, and in which order."""

import re
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from provenance.model.results.result import Report
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import DateRange, Verdict
from provenance.report.formats.html_report import html_page
from tests.report.formats.html_parser import Page
from tests.report.sample_findings import finding, findings_table
from tests.report.samples import clear_report, sample_report

REPORT = sample_report()
TEXT = html_page(REPORT)
PAGE = Page(TEXT)


def test_the_verdict_comes_first_then_shares_sources_findings_and_limits():
    wanted = [
        *("1.9% of the tokens are forbidden", "Gates:", "What to do now", "Shares of the corpus"),
        *("Where the findings are", "8 findings, the strictest", "Sources and their terms"),
        "Waivers and agreements",
        *(
            "Absence of a match is not clearance.",
            "Measured recall",
            "How to reproduce this result",
        ),
        "What this report does not decide",
    ]
    body = PAGE.text[PAGE.text.index("Fails the policy", 20) :]
    places = [body.index(words) for words in wanted]
    assert places == sorted(places)


def test_terms_have_clause_address_period_and_confidence():
    for words in (
        "X Developer Agreement, III.A (k)",
        "https://developer.x.com/en/developer-terms/agreement",
        "since 2025-06-04, by date of collection",
        "verified on a stored copy",
        "collected 2020-06-18 to 2023-09-28",
        "1 other statement considered",
        "contract 17/2024",
    ):
        assert words in PAGE.text


def test_rulings_with_the_same_outcome_are_collapsed():
    first, *others = REPORT.result.rulings
    ruling = first.ruling
    again = replace(first, documents=7, ruling=replace(ruling, why="It was posted earlier."))
    result = replace(REPORT.result, rulings=(first, again, again, *others))
    text = html_page(Report(result, REPORT.findings))
    article = text[text.index('id="source-1"') : text.index("</article>")]
    shown, folded = article.split(
        "2 more rulings for its items of other dates or licences, with the"
    )
    assert ruling.why[:30] in shown
    assert "documents, of which by this ruling" not in shown
    assert folded.count("It was posted earlier.") == 2
    assert "with the same outcome" not in TEXT


def test_a_source_has_the_documents_of_all_rulings_with_the_outcome():
    first, *others = REPORT.result.rulings
    rulings = [replace(first, items=number, documents=number) for number in (4, 3)]
    result = replace(REPORT.result, rulings=(*rulings, *others))
    rows = [finding(f"page-{row}", "x", "[[the match]]", None) for row in range(7)]
    text = html_page(Report(result, findings_table(rows)))
    assert "7 documents, of which by this ruling: 4 items in 4 documents" in text
    assert "3 items in 3 documents" in text
    assert "of which by this ruling" not in TEXT


def test_days_stay_whole_and_addresses_break_at_their_parts():
    assert 'Agreement of <span class="dates">2025-06-04</span>, whose' in TEXT
    assert ">https://developer.x.com/<wbr>en/<wbr>developer-terms/<wbr>agreement</a>" in TEXT


def test_options_and_tables_of_a_policy_are_code():
    first, *others = REPORT.result.rulings
    ruling = replace(first.ruling, remedy="State --actor, or add [[agreements]].")
    result = replace(REPORT.result, rulings=(replace(first, ruling=ruling), *others))
    text = html_page(replace(REPORT, result=result))
    for code in ("--actor", "[[agreements]]"):
        assert f'<code class="option">{code}</code>' in text


def test_a_copy_at_the_same_address_is_not_shown_twice():
    first, *others = REPORT.result.rulings
    (reason, *rest) = first.ruling.reasons
    told = []
    for copy in (reason.terms.address, "https://copies.example/agreement"):
        terms = replace(reason.terms, stored_copy=copy)
        ruling = replace(first.ruling, reasons=(replace(reason, terms=terms), *rest))
        result = replace(REPORT.result, rulings=(replace(first, ruling=ruling), *others))
        told.append(Page(html_page(Report(result, REPORT.findings))).text.count("Stored copy"))
    assert told == [0, 1]


def test_results_are_listed_by_terms_as_well_as_by_source():
    table = PAGE.text[PAGE.text.index("Decisive clauses") :]
    row = table[: table.index("Content licence")]
    for said in (
        "X Developer Agreement, III.A (k)",
        "since 2025-06-04",
        "X (Twitter)",
        "forbidden",
    ):
        assert said in row
    assert "Content got through the interface" in row


def test_a_timeline_shows_the_verdicts_and_marks_the_corpus():
    (figure,) = re.findall(r'<figure class="timeline">.*?</figure>', TEXT, re.DOTALL)
    assert re.findall(r'<g class="(\w+)"><rect class="fill"', figure) == [
        *("unknown", "restricted", "forbidden")
    ]
    assert "the collection date of this corpus is unknown" in figure
    assert "whisker" not in figure
    for said in ("2020-06-18 to 2025-06-03", "since 2025-06-04"):
        assert said in figure
    policy = replace(
        REPORT.result.policy,
        circumstances=Circumstances(collected=DateRange(date(2023, 1, 1), date(2023, 7, 1))),
    )
    dated = html_page(replace(REPORT, result=replace(REPORT.result, policy=policy)))
    assert "this corpus: 2023-01-01 to 2023-06-30" in dated
    assert 'class="whisker"' in dated[dated.index('<figure class="timeline">') :]


def test_open_questions_are_shown_with_the_sources_that_they_touch():
    opened = PAGE.text[PAGE.text.index("What this report does not decide") :]
    assert re.search(r"bind whoever never accepted them\? ?Courts differ\.", opened)
    assert "Concerns X (Twitter)." in opened
    assert "claims no statutory exception, so none changes a verdict here" in opened


def test_a_clause_shows_its_tags_its_models_and_who_has_reviewed_it():
    for said in ("consent or contract", "foundation-or-frontier", "not reviewed by a lawyer"):
        assert said in PAGE.text
    assert "b7" * 32 in PAGE.text


def test_an_unknown_verdict_has_a_remedy():
    article = TEXT[
        TEXT.index('id="source-2"') : TEXT.index("</article>", TEXT.index('id="source-2"'))
    ]
    assert "What to do:" in article
    assert "write them as a rule file" in article


def test_sources_that_were_not_found_are_listed_separately():
    apart = PAGE.text.index("Searched for but not found")
    assert PAGE.text.index("contract 17/2024") < apart
    assert apart < PAGE.text.index("Waivers: findings that a named person has approved")


def test_matched_words_are_marked_on_both_sides():
    assert "“<mark>the harbour smelled of diesel and oranges" in TEXT
    assert TEXT.count("<mark>今天的雨把整条街洗成了一面镜子</mark>") == 2
    assert "The registry keeps no text of this item." in TEXT
    assert "text was not kept." in TEXT


def test_contested_shares_have_a_band_and_chance_is_measured():
    for words in (
        "1.9% uncontested to 2.4% in total; 0.21% contested",
        "Uncontested: no permitted source or background registry contains the same words",
        "Background registries/books: 3,036 items, built 2026-04-01. Nothing is attributed to it",
        "Of 360 findings by content, about 0 (0\N{EN DASH}83) may be chance matches, 0% (",
        "37 items of the control",
    ):
        assert words in PAGE.text
    for digest in ("b5" * 32, "c6" * 32):
        assert digest in PAGE.text
    assert "Chance, measured" not in Page(html_page(clear_report())).text


def test_a_share_of_nothing_has_no_verdict_of_its_own():
    result = clear_report().result
    none = next(share for share in result.shares if share.by == "source")
    origin = replace(none, by="origin", key="quotation", verdict=None)
    page = Page(
        html_page(Report(replace(result, shares=(*result.shares, origin)), findings_table([])))
    )
    row = page.text[page.text.index("words that are not the item's own") :][:80]
    assert "0%" in row
    assert "mixed" not in row


def test_findings_are_counted_by_file_column_and_year():
    counted = PAGE.text[PAGE.text.index("Where the findings are") :]
    for said in ("in the file part-0.parquet", "in the column text", "By year of the item"):
        assert said in counted
    row = counted[counted.index("2022") :]
    assert row.startswith("2022 24 forbidden 24 1 1")
    empty = Page(html_page(clear_report())).text
    assert "Where the findings are" not in empty


def test_waivers_show_their_end_and_whether_they_count():
    assert "own-content: source=x, documents=faq-*" in PAGE.text
    assert "in use until 2027-01-30" in PAGE.text
    assert "expired 2026-03-01" in PAGE.text


def test_an_agreement_that_has_ended_or_not_begun_is_marked():
    (signed,) = REPORT.result.policy.agreements
    for period, said in (
        (DateRange(date(2024, 2, 1), date(2026, 5, 5)), "2024-02-01 to 2026-05-04"),
        (DateRange(date(2024, 2, 1), date(2026, 5, 4)), "2024-02-01 to 2026-05-03, ended"),
        (DateRange(date(2026, 5, 5), None), "since 2026-05-05, not yet"),
    ):
        policy = replace(REPORT.result.policy, agreements=(replace(signed, period=period),))
        page = Page(html_page(replace(REPORT, result=replace(REPORT.result, policy=policy))))
        declared = page.text[page.text.index("Agreements that the policy declares") :]
        row = declared[: declared.index("What was searched for")].strip()
        assert row.endswith(said)


def test_what_was_not_read_and_all_digests_are_named():
    assert "17, 18, 402" in PAGE.text
    dataset = sample_report().result.corpus.digest
    for digest in (dataset, "c1" * 32, "d2" * 32, "e3" * 32, "a4" * 32):
        assert digest in PAGE.text


def test_verdicts_have_words_shapes_and_patterns_beside_their_colour():
    for verdict in Verdict:
        assert f'<use href="#i-{verdict}"/></svg>{verdict}</span>' in TEXT
    for verdict in ("unknown", "restricted", "permitted"):
        assert f"fill: url(#p-{verdict})" in TEXT
        assert f'id="p-{verdict}"' in TEXT


def test_the_command_that_reproduces_the_result_is_shown():
    for words in ("provenance check data/pages", "--registry registries/help", "--fail-on"):
        assert words in PAGE.text
    assert "with the same agreements and waivers" not in PAGE.text
    unnamed = replace(REPORT.result, policy=replace(REPORT.result.policy, path=None))
    page = Page(html_page(Report(unnamed, REPORT.findings)))
    assert "with the same agreements and waivers" in page.text


def test_tables_have_captions_and_their_headings_a_scope():
    assert TEXT.count("<table") == TEXT.count("<caption")
    assert all("scope" in attributes for tag, attributes in PAGE.elements if tag == "th")
    for reference in PAGE.every("aria-labelledby"):
        assert reference in PAGE.every("id")


@pytest.mark.parametrize("decisive", [True, False])
def test_headings_skip_no_level(decisive):
    ruling = REPORT.result.rulings[0].ruling
    reasons = tuple(replace(each, decisive=decisive) for each in ruling.reasons)
    first = replace(REPORT.result.rulings[0], ruling=replace(ruling, reasons=reasons))
    result = replace(REPORT.result, rulings=(first, *REPORT.result.rulings[1:]))
    page = Page(html_page(replace(REPORT, result=result)))
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_a_clear_result_says_how_much_can_have_been_missed():
    page = Page(html_page(clear_report()))
    assert "No content of the sources in the registries was found." in page.text
    assert "no source accounts for more than 0.0010%" in page.text


def test_sources_without_findings_do_not_bury_the_others():
    result = REPORT.result
    absent = tuple(replace(result.shares[4], key=f"host-{n}.example") for n in range(120))
    text = html_page(Report(replace(result, shares=result.shares + absent), REPORT.findings))
    assert "host-0.example" in text
    assert "host-99.example" not in text
    assert "Not found: 113 more sources, each with at most 0.0040%" in text
