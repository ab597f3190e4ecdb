"""What holds for every format there is."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings

from provenance.model.content.tables import FINDINGS
from provenance.model.results.result import Report
from provenance.report.formats.rendering import FORMATS, Format, render
from provenance.report.render_options import RenderOptions
from provenance.terminal_safety import HIDDEN
from tests.cli.commandline import provenance
from tests.report.hostile_reports import HOSTILE, bloated, infected
from tests.report.result_strategies import RESULTS
from tests.report.sample_findings import FOUND
from tests.report.samples import clear_report, compared_report, sample_report

ACTING = re.compile(f"[{HIDDEN}]")
LEAVING = {name for name, form in FORMATS.items() if form.is_shared}
LISTS = {"obligations", "attribution"}
"""Formats without excerpts, whatever is asked for."""
SHOWING = RenderOptions(excerpts=True)
formats = pytest.mark.parametrize("name", sorted(FORMATS))


def test_what_leaves_the_machine_is_stated():
    quoting = {"markdown", "sarif", "junit", "csv", "jsonl", "github"}
    assert quoting | LISTS == LEAVING


@formats
@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_texts_do_nothing(name, kind):
    assert_does_nothing(render(name, infected(sample_report(), HOSTILE[kind])))


@pytest.mark.parametrize("name", sorted(LEAVING - LISTS))
@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_excerpts_do_nothing(name, kind):
    assert_does_nothing(render(name, infected(sample_report(), HOSTILE[kind]), SHOWING))


@formats
def test_hostile_texts_of_a_comparison_do_nothing(name):
    for options in (RenderOptions(), SHOWING):
        assert_does_nothing(render(name, infected(compared_report(), "a"), options))


def assert_does_nothing(text):
    assert ACTING.findall(text) == []
    assert "\r" not in text
    assert text.encode("utf-8").decode("utf-8") == text
    assert text.endswith("\n")


@formats
def test_an_origin_that_no_version_has_does_nothing(name):
    report = sample_report()
    share = next(each for each in report.result.shares if each.documents.count)
    odd = replace(share, by="origin", key="\x1f<script>alert(1)</script>")
    result = replace(report.result, shares=(*report.result.shares, odd))
    text = render(name, Report(result, report.findings))
    assert ACTING.findall(text) == []


@formats
@pytest.mark.parametrize("kind", ["script", "image", "details"])
def test_markup_stays_text(name, kind):
    text = render(name, infected(sample_report(), HOSTILE[kind]), SHOWING)
    if name in {"html", "junit"}:
        assert HOSTILE[kind] not in text
        assert "<script>alert" not in text
        assert "<img src=x" not in text


@formats
@pytest.mark.parametrize("sign", ["a", "\u0301", "今", "`", "<", "="])
def test_megabytes_of_one_sign_do_no_harm(name, sign):
    text = render(name, bloated(sample_report(), sign * 3_000_000), SHOWING)
    if name not in {"json", "jsonl"}:  # those give every text as it is
        assert len(text) < 2_000_000  # on the page, an escape of the sign takes six


@given(result=RESULTS)
@settings(max_examples=25, deadline=None)
def test_any_result_can_be_rendered(result):
    for name in FORMATS:
        text = render(name, Report(result, FINDINGS.empty_table()))
        assert ACTING.findall(text) == [], name
        assert text.encode("utf-8").decode("utf-8") == text


def runs_of_words(text):
    words = re.findall(r"\w+", text)
    return set(zip(words, words[1:], words[2:], strict=False))


def test_the_option_names_every_format(tmp_path):
    help_text = provenance("check", "--help", cwd=tmp_path).stdout.split("--format FORMAT")[1]
    listed = " ".join(help_text.partition("[default")[0].split())
    assert listed == f"Format of the output: {', '.join(FORMATS)}."


@pytest.mark.parametrize("name", sorted(LEAVING))
def test_no_words_of_others_leave_unless_asked(name):
    plain = render(name, sample_report())
    theirs = [row[column] or "" for row in FOUND for column in ("excerpt", "item_excerpt")]
    others = set().union(*map(runs_of_words, theirs))
    assert len(others) > 100
    assert runs_of_words(plain) & others == set()
    shown = runs_of_words(render(name, sample_report(), SHOWING))
    assert (("harbour", "smelled", "of") in shown & others) is (name not in LISTS)


@pytest.mark.parametrize("leaves", [True, False])
def test_a_format_that_leaves_is_not_even_given_the_words(monkeypatch, leaves):
    """Whoever adds a format need not think of it: one function, and one line where it is named."""
    everything = Format(lambda report, _: str(report.findings.to_pylist()), "all", leaves)
    monkeypatch.setitem(FORMATS, "everything", everything)
    assert ("harbour smelled" in render("everything", sample_report())) is not leaves
    assert "harbour smelled" in render("everything", sample_report(), SHOWING)
    assert "page-118" in render("everything", sample_report())


@pytest.mark.parametrize("name", sorted(set(FORMATS) - LEAVING))
def test_unchanged_formats_ignore_the_options(name):
    assert render(name, sample_report()) == render(name, sample_report(), SHOWING)


@pytest.mark.parametrize("name", ["terminal", "html", "markdown"])
def test_the_effects_of_a_baseline_and_waivers_are_shown(name):
    text = re.sub(r"\s+", " ", render(name, compared_report()))
    assert "1 new finding, 7 unchanged, 3 gone" in text
    assert "new and forbidden for pretraining" in text
    for waiver in compared_report().result.waivers:
        assert f"{waiver.waiver.expires:%Y-%m}" in text
    assert "expired" in text.lower()
    assert "baseline" not in re.sub("align(-items)?: baseline", "", render(name, clear_report()))


@pytest.mark.parametrize("name", ["terminal", "markdown", "html", "sarif", "github", "junit"])
def test_all_formats_explain_the_ruling_on_most_documents(name):
    report = sample_report()
    first, *others = report.result.rulings
    rulings = [
        replace(first, documents=documents, ruling=replace(first.ruling, why=word, remedy=word))
        for documents, word in ((3, "Aardvark"), (9, "Buffalo"), (5, "Caribou"))
    ]
    result = replace(report.result, rulings=(*rulings, *others))
    text = render(name, Report(result, report.findings))
    texts = [text]
    if name == "html":  # all rulings are there, folded; the cards of findings have one
        cards = text[text.index('"rulings":') :]
        texts = [text[: text.index("more rulings")], cards[: cards.index("</script>")]]
    for each in texts:
        assert "Buffalo" in each
        assert "Aardvark" not in each
        assert "Caribou" not in each
