"""The terminal's summary: it fits, it says the verdict first, and it obeys nobody but us."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.model.results.result import Report
from provenance.model.results.shares import Estimate
from provenance.model.rules.terms import Verdict
from provenance.report.formats.rendering import render
from provenance.report.terminal.check_summary import terminal_summary
from provenance.report.text.cell_width import cell_width
from provenance.report.text.sentences import shares_by
from tests.report.result_strategies import RESULTS
from tests.report.sample_findings import finding, findings_table
from tests.report.samples import clear_report, sample_report

OURS = re.compile(r"\x1b\[[0-9;]*m")
REPORT = sample_report()


@pytest.mark.parametrize("width", [40, 50, 60, 72, 80, 100, 200])
@pytest.mark.parametrize("report", [REPORT, clear_report()], ids=["fails", "clear"])
def test_no_line_is_wider_than_the_terminal(report, width):
    for line in terminal_summary(report, width=width, colour=False).splitlines():
        assert cell_width(line) <= width


@given(RESULTS, st.integers(40, 100))
@settings(max_examples=25)
def test_any_result_fits_and_has_no_control_characters(result, width):
    text = terminal_summary(Report(result, REPORT.findings), width=width, colour=False)
    assert not re.search(
        r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text
    )
    assert max(map(cell_width, text.split("\n"))) <= width


def test_the_verdict_is_the_first_line():
    first = terminal_summary(REPORT, width=80, colour=False).splitlines()[0]
    assert first == "FAIL  1.9% of the tokens are forbidden for pretraining; the policy allows 0%."
    assert terminal_summary(clear_report(), width=80, colour=False).startswith("PASS  No content")


def test_shares_have_their_intervals():
    text = terminal_summary(REPORT, width=80, colour=False)
    (line,) = [line for line in text.splitlines() if line.startswith("  x ")]
    assert re.search(r"forbidden +█+=·+ +2\.1% +1\.9\N{EN DASH}2\.5%$", line)


def test_without_room_for_bars_a_verdict_is_still_whole():
    text = terminal_summary(REPORT, width=40, colour=False)
    assert re.search(r"\n  x \(forbidden\) +2\.1% ", text)
    assert re.search(r"\n  stackexchange\n    restricted +0\.99% ", text)
    assert "\nContested shares\n" in text


def test_contested_shares_have_a_band():
    text = terminal_summary(REPORT, width=80, colour=False)
    assert "\nContested shares (contested: =)\n" in text
    band = "1.9% uncontested to 2.4% in total; 0.21% contested"
    assert f"\n  forbidden: {band}\n  x: {band}\n" in text
    assert "  reddit: " in text[text.index("Limits") :]
    assert "  reddit: " not in text[: text.index("Limits")]
    sentence = "Uncontested: no permitted source or background registry contains the same words"
    assert sentence in " ".join(text.split())
    assert "Contested shares" not in terminal_summary(clear_report(), width=80, colour=False)


def test_a_contested_finding_is_marked():
    rows = [finding(name, "x", "[[the match]]", None, contested=name == "p") for name in "pq"]
    report = Report(REPORT.result, findings_table(rows))
    text = " ".join(terminal_summary(report, width=80, colour=False).split())
    (disputed,), (own,) = (re.findall(rf"in {name}, ([^“]*)“", text) for name in "pq")
    assert disputed.endswith(", contested ")
    assert "contested" not in own


def test_a_finding_has_the_strength_that_findings_are_sorted_by():
    rows = [
        finding(name, "x", "[[the match]]", None, bits=bits, strength=strength)
        for name, bits, strength in (("p", 150.0, 20.4), ("q", 92.0, 35.2))
    ]
    text = terminal_summary(Report(REPORT.result, findings_table(rows)), width=100, colour=False)
    shown = re.findall(r"in ([pq]), 14 of 14 words, strength (\d+) bits", text)
    assert shown == [("q", "35"), ("p", "20")]
    assert "150" not in text[text.index("Strongest findings") : text.index("Limits")]


def test_verdicts_differ_in_black_and_white():
    text = terminal_summary(REPORT, width=80, colour=False)
    bars = {
        line.split()[0]: line.split()[1][0]
        for line in text.splitlines()
        if "▒" in line or "█" in line or "▓" in line or "░" in line
    }
    assert {bars[word] for word in ("forbidden", "unknown", "restricted", "permitted")} == set(
        "█▓▒░"
    )


def test_colour_adds_nothing_but_colour():
    coloured = terminal_summary(REPORT, width=80, colour=True)
    assert OURS.search(coloured)
    assert OURS.sub("", coloured) == terminal_summary(REPORT, width=80, colour=False)


def test_every_source_that_was_found_has_its_reason():
    text = terminal_summary(REPORT, width=80, colour=False)
    for words in (
        "X (Twitter) is forbidden in 212 documents (explicit-ml).",
        "Terms: x/developer-agreement/2025-06-04",
        "forum.example is unknown in 9 documents (no-rule).",
        "Stack Exchange is restricted in 77 documents (copyright-licence).",
        "In 19 documents: restricted (copyright-licence),",
        "Reddit is permitted in 51 documents (agreement).",
    ):
        assert words in text
    assert "Mastodon" not in text
    assert "Not found: mastodon." in text


def test_a_source_whose_items_hold_only_words_of_others_is_not_called_absent():
    # Its items quote them, or others have them too: they count for it in no share.
    shares = tuple(
        replace(each, documents=replace(each.documents, any=0.2))
        if each.key == "mastodon"
        else each
        for each in REPORT.result.shares
    )
    report = replace(REPORT, result=replace(REPORT.result, shares=shares))
    assert "Not found" not in terminal_summary(report, width=80, colour=False)


def test_the_documents_of_a_source_are_those_of_all_rulings_with_the_outcome():
    first, *others = REPORT.result.rulings
    rulings = [replace(first, documents=number) for number in (4, 3, 2)]
    result = replace(REPORT.result, rulings=(*rulings, *others))
    # A document has items of two rulings.
    rows = [finding(f"page-{row}", "x", "[[the match]]", None) for row in (*range(8), 0)]
    text = terminal_summary(Report(result, findings_table(rows)), width=80, colour=False)
    words = " ".join(text.split())
    assert "X (Twitter) is forbidden in 8 documents (explicit-ml)." in words
    assert "These counts include 2 more rulings with the same outcome" in words
    assert "In 3 documents" not in words


def test_the_documents_of_a_source_are_those_of_the_collection():
    first, *others = REPORT.result.rulings
    rulings = [replace(first, documents=1, collection=name) for name in ("bought", None)]
    result = replace(REPORT.result, rulings=(*rulings, *others))
    names = ("bought", "bought", None)
    rows = [
        finding(f"page-{row}", "x", "[[the match]]", None, collection=name)
        for row, name in enumerate(names)
    ]
    text = terminal_summary(Report(result, findings_table(rows)), width=80, colour=False)
    words = " ".join(text.split())
    assert "X (Twitter) is forbidden in 2 documents of bought (explicit-ml)." in words
    assert "In 1 document: forbidden (explicit-ml)," in words


def test_it_lists_unread_rows_and_that_absence_is_no_clearance():
    text = " ".join(terminal_summary(REPORT, width=80, colour=False).split())
    assert "4 rows not read: null text, not valid JSON." in text
    assert "Absence of a match is not clearance" in text


@pytest.mark.parametrize("width", [40, 80])
def test_an_excerpt_begins_near_the_match_and_is_one_line(width):
    row = finding("p", "x", "before " * 900 + "[[the match]]" + " after" * 900, None)
    text = terminal_summary(Report(REPORT.result, findings_table([row])), width=width, colour=False)
    (line,) = [line for line in text.splitlines() if "“" in line]
    assert "the match" in line
    assert line.endswith("…”")


@pytest.mark.parametrize("hostile", ["\x1b[2J\x1b[31m", "\u202e", "\x07", "\r", "\x9b1m", "\n\n\n"])
def test_no_text_of_others_reaches_the_terminal_raw(hostile):
    row = finding(f"doc{hostile}", "x", f"a{hostile}b [[c]]", None, item=f"1{hostile}")
    corpus = replace(REPORT.result.corpus, addresses=(f"path{hostile}",))
    report = Report(replace(REPORT.result, corpus=corpus), findings_table([row]))
    for colour in (False, True):
        text = OURS.sub("", terminal_summary(report, width=80, colour=colour))
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)
        assert "\n\n\n" not in text


def test_a_text_of_ten_megabytes_is_cut():
    row = finding("z" * 10_000_000, "x", "y" * 10_000_000, None)
    report = Report(REPORT.result, findings_table([row]))
    assert len(terminal_summary(report, width=80, colour=False)) < 20_000


def test_the_format_terminal_is_eighty_columns_without_colour():
    assert render("terminal", REPORT) == terminal_summary(REPORT, width=80, colour=False)


def test_licences_that_no_rule_knows_do_not_displace_sources():
    ruling = replace(REPORT.result.rulings[0].ruling, verdict=Verdict.UNKNOWN, basis="no-rule")
    names = [f"Licence of House {number}" for number in range(40)]
    rulings = tuple(
        replace(REPORT.result.rulings[0], source=name, name=name, ruling=ruling, documents=1)
        for name in names
    )
    one = next(share for share in REPORT.result.shares if share.by == "source")
    large = Estimate(9, 0.9, 0.8, 1.0, 1.0, 0.0)
    quoted = replace(one, by="origin", key="quotation", tokens=large, documents=large)
    shares = tuple(
        replace(one, key=name, verdict=Verdict.UNKNOWN, tokens=large, documents=large)
        for name in names
    )
    result = replace(
        REPORT.result,
        rulings=(*rulings, *REPORT.result.rulings),
        shares=(*shares, *REPORT.result.shares, quoted),
    )
    text = terminal_summary(Report(result, REPORT.findings), width=80, colour=False)
    assert re.search(r"\n  and \d+ sources more\nTokens of other origin", text)
    largest = [share.key for share in shares_by(REPORT.result.shares, "source")][:3]
    assert [name for name in largest if f"  {name}" not in text] == []
    why = text[text.index("Why") :]
    assert why.index("Licence of House 0 is unknown") > why.index(
        f"{REPORT.result.rulings[-1].name} "
    )
