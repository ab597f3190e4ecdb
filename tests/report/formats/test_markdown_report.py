"""Markdown for summaries and comments: short enough, readable, and never more than text."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from provenance.model.results.result import Report
from provenance.report.formats.markdown_report import MAX_BYTES
from provenance.report.formats.rendering import render
from provenance.report.render_options import RenderOptions
from provenance.report.sanitize import (
    markdown_code,
    markdown_link,
    markdown_row,
    markdown_text,
    shorten_line,
)
from tests.report.hostile_reports import HOSTILE, infected
from tests.report.sample_findings import FOUND, findings_table
from tests.report.samples import clear_report, compared_report, sample_report

PARSER = MarkdownIt("commonmark", {"html": True}).enable("table")
PARSER.validateLink = lambda _: True  # a host may be less careful than this parser
OURS = re.compile(r"<details>\n<summary>[\w (),]+</summary>\n|</details>\n?|</?sub>")
TEXTS = st.text(st.characters(codec="utf-8"), max_size=40) | st.text("`|\\<>*_[]()!@#:-=+ \n1.a$~&")


def tokens(text):
    for token in PARSER.parse(text):
        yield token
        yield from token.children or ()


def acting(text):
    """Whatever in a text is more than text: markup that is not ours, links, mentions."""
    found = []
    for token in tokens(text):
        if token.type in {"html_block", "html_inline"}:
            found += [] if OURS.fullmatch(token.content) else [token.content]
        elif token.type in {"image", "fence", "code_block", "blockquote_open", "hr"}:
            found.append(token.type)
        elif token.type == "link_open":
            found += [] if re.match("https?://", token.attrs["href"]) else [token.attrs["href"]]
        elif token.type == "text" and re.search(r"(?<!&)[@#]\w|\w://|www\.", token.content):
            found.append(token.content)
    return found


def kinds(text):
    return [token.type for token in tokens(text) if token.type not in {"text", "code_inline"}]


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize(
    "options", [RenderOptions(), RenderOptions(excerpts=True)], ids=["plain", "excerpts"]
)
def test_untrusted_text_is_never_markup(kind, options):
    text = render("markdown", infected(sample_report(), HOSTILE[kind]), options)
    assert acting(text) == []
    harmless = render("markdown", infected(sample_report(), "a"), options)
    # The same tables, rows and lists, whoever wrote what is in them.
    blocks = ("tr_open", "td_open", "th_open", "ordered_list_open", "heading_open", "html_block")
    assert [kinds(text).count(each) for each in blocks] == [
        kinds(harmless).count(each) for each in blocks
    ]


def test_acting_markup_is_detected():
    for text in ("<b>a</b>", "![a](b)", "[a](javascript:b)", "hello @you", "see #1", "> a"):
        assert acting(text), text


@given(TEXTS)
def test_code_is_one_span_of_code(text):
    for written in (markdown_code(text), markdown_row(markdown_code(text), "b")):
        cells = f"| h | h |\n| --- | --- |\n{written}" if written.startswith("|") else written
        assert acting(cells) == []
        assert kinds(cells).count("td_open") == (2 if written.startswith("|") else 0)


@given(TEXTS)
def test_prose_is_a_paragraph_or_a_cell(text):
    assert set(kinds(markdown_text(text))) <= {"paragraph_open", "inline", "paragraph_close"}
    cells = f"| h | h |\n| --- | --- |\n{markdown_row(markdown_text(text), 'b')}"
    assert kinds(cells).count("td_open") == 2
    assert acting(cells) == []


@given(TEXTS)
def test_escaped_prose_reads_as_the_original(text):
    if re.search(r"[`@#|]|://|www\.", text, re.IGNORECASE):
        return
    said = "".join(t.content for t in tokens(markdown_text(text)) if t.type == "text")
    assert said == shorten_line(text, 1000)


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", None, "https://a b", "https://x/" + "a" * 3000]
)
def test_only_addresses_of_the_web_are_links(address):
    assert markdown_link("a", address) == "`a`"


def test_an_address_cannot_end_its_link():
    shown = markdown_link("a", "https://x.example/a)>|<`b")
    (opened,) = [token for token in tokens(shown) if token.type == "link_open"]
    assert opened.attrs["href"] == "https://x.example/a%29%3E%7C%3C%60b"


@pytest.mark.parametrize("report", [sample_report(), clear_report(), compared_report()])
def test_it_begins_with_a_heading_of_the_third_level(report):
    assert render("markdown", report).startswith("### provenance: ")


def test_failing_findings_and_their_places_come_first():
    text = render("markdown", sample_report())
    what, steps, folded = map(text.index, ("#### What fails", "#### What to do", "<details>"))
    assert what < steps < folded
    assert "`part-0.parquet` row 118" in text[what:steps]
    assert "faq-12" not in text[what:steps], "it is waived"
    assert "page-903" not in text[what:steps], "it is contested"


def test_documents_are_named_where_they_have_names_of_their_own():
    report = sample_report()
    unnamed = [{**row, "document": f"{row['file']}#{row['row']}"} for row in FOUND]
    assert "| Where | Document | Item |" in render("markdown", report)
    text = render("markdown", replace(report, findings=findings_table(unnamed)))
    assert "| Where | Item |" in text


def test_only_new_findings_fail_with_a_baseline():
    text = render("markdown", compared_report())
    failing = text[text.index("#### What fails") : text.index("#### What to do")]
    assert "page-118" in failing
    assert "page-7`" not in failing


def test_it_is_cut_to_the_size_limit_of_comments_with_a_note():
    result = sample_report().result
    terms = result.rulings[0]
    many = tuple(replace(terms, source=f"s{n}", name="n" * 900 + str(n)) for n in range(400))
    rows = [
        {**FOUND[0], "document": f"{n}" * 200, "file": "f" * 400, "source": f"s{n}"}
        for n in range(400)
    ]
    report = Report(
        replace(
            result,
            rulings=many,
            shares=tuple(replace(result.shares[0], key="k" * 500 + str(n)) for n in range(400)),
            gates=result.gates * 200,
            waivers=result.waivers * 200,
        ),
        findings_table(rows),
    )
    for options in (RenderOptions(), RenderOptions(excerpts=True)):
        text = render("markdown", report, options)
        assert len(text.encode("utf-8")) <= MAX_BYTES
        assert text.count("<details>") == text.count("</details>")
    wide = infected(report, "今" * 4000)
    text = render("markdown", wide, RenderOptions(excerpts=True))
    assert len(text.encode("utf-8")) <= MAX_BYTES
    assert text.count("<details>") == text.count("</details>")
    assert "left out, because" in text
    assert "report.html" in text
