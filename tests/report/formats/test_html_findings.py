"""The data that the page's script reads: whole, small, and harmless wherever it stands."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.report.aggregates.top_findings import strongest_findings
from provenance.report.formats.html_findings import finding_anchor, findings_data
from tests.report.result_strategies import TEXTS
from tests.report.sample_findings import EXCUSED, FOUND, finding, findings_table
from tests.report.samples import sample_report

RESULT = sample_report().result
SOURCES = [("x", "X (Twitter)", "source-1")]


def written(rows):
    return findings_data(strongest_findings(findings_table(rows), len(rows)), RESULT, SOURCES)


def read(rows):
    data = json.loads(written(rows))
    columns = {
        name: column
        if isinstance(column, list)
        else [column["names"][number] for number in column["numbers"]]
        for name, column in data["columns"].items()
    }
    return data, columns


def text_of(pieces):
    return "".join(pieces[1:])


def test_every_finding_is_there_with_its_words():
    data, columns = read(FOUND)
    assert {len(column) for column in columns.values()} == {len(FOUND)}
    row = columns["document"].index("page-118")
    assert columns["source"][row] == "x"
    assert columns["excerpt"][row][2].startswith("the harbour smelled")
    assert columns["held"][row][1:3] == ["", columns["excerpt"][row][2]]
    assert columns["date"][row] == "2023-04-02"
    assert "once in about 20 billion words" in columns["chance"][row]
    ruling = data["rulings"][columns["ruling"][row]]
    assert ruling["terms"]["clause"] == "III.A (k)"
    assert ruling["terms"]["link"].startswith("https://developer.x.com/")
    assert ruling["gloss"] == "names the training of models"
    assert ["x", "X (Twitter)", "source-1"] in data["sources"]


def test_what_is_contested_or_waived_says_by_what():
    data, columns = read(FOUND)
    row = columns["document"].index("page-903")
    assert columns["contested"][row] == 1
    assert columns["others"][row] == [["stackexchange", "88121", 100], ["y<i>", None, 62]]
    row = columns["document"].index("faq-12")
    assert columns["waiver"][row] == EXCUSED
    said = dict(data["waivers"])[EXCUSED]
    assert said == "These pages quote our own account. (Legal, R. Osei, until 2027-01-30)"


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://x.com/1", "https://x.com/1"),
        ("javascript:alert(1)", None),
        ("https://x.com/\u202e", None),
        ("data:text/html,x", None),
        (None, None),
    ],
)
def test_only_web_addresses_are_links(url, link):
    _, columns = read([finding("a", "x", "[[a]]", "[[a]]", url=url)])
    assert columns["link"] == [link]
    assert (columns["url"][0] is None) == (url is None)


@given(TEXTS, st.sampled_from(["</script>", "<!--", "]]>", "\u2028", "\u202e", "\x00", "&lt;"]))
def test_no_sign_in_it_means_anything_to_html(text, sign):
    hostile = (text + sign).encode("utf-8", "replace").decode()
    row = finding(
        hostile, "x", f"{hostile}[[{hostile}]]", hostile, item=hostile, url=hostile, file=hostile
    )
    row |= {"row": 0, "field": hostile, "evidence": hostile}
    text = written([row | {"alternatives": [{"source": hostile, "item": hostile, "share": 1.0}]}])
    assert not set("<>&\u2028\u2029\u202e\x00") & set(text)
    text.encode("utf-8")
    json.loads(text)


def test_marked_words_are_every_second_piece_whatever_their_characters():
    _, columns = read([finding("a", "x", "[[🍊🍊]] é [[b]][[c]] d", "e [[f]]")])
    assert columns["excerpt"][0][1:] == ["", "🍊🍊", " é ", "b", "", "c", " d"]
    assert columns["held"][0] == [0, "e ", "f"]


def test_the_more_findings_the_shorter_their_excerpts():
    long = "word " * 400
    _, few = read([finding("a", "x", f"[[{long}]]", long)])
    many = [finding(f"p{n}", "x", f"[[{long}]]", long) for n in range(9_000)]
    text = written(many)
    assert len(text) < 12_000_000
    shortest = min(len(text_of(each)) for each in json.loads(text)["columns"]["excerpt"])
    assert 200 <= shortest < len(text_of(few["excerpt"][0])) == 1500


def test_an_excerpt_without_matched_words_only_shows_where_it_begins():
    _, columns = read([finding("a", "x", "word " * 400, None, evidence="link")])
    assert 100 < len(text_of(columns["excerpt"][0])) <= 400
    assert columns["excerpt"][0][0] & 2


def test_a_finding_keeps_its_name_in_another_report():
    (first,) = strongest_findings(findings_table([FOUND[0]]), 1)
    again = next(
        f for f in strongest_findings(findings_table(FOUND), 9) if f.document == first.document
    )
    assert finding_anchor(first) == finding_anchor(replace(again, strength=1.0, waiver="any"))
    assert finding_anchor(first) != finding_anchor(replace(first, start=first.start + 1))


def test_findings_have_different_names_even_where_two_corpora_are_alike():
    _, columns = read(FOUND * 3)
    assert len(set(columns["id"])) == 3 * len(FOUND)
    assert sum(name.endswith("-3") for name in columns["id"]) == len(FOUND)
