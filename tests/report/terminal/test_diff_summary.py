"""Changes in words: what they say, and that nothing in them acts."""

import json
from dataclasses import replace

import pytest

from provenance.model.content.tables import FINDINGS
from provenance.model.results.changes import (
    Changes,
    ComparedCorpus,
    DocumentChanges,
    GateRegression,
    ShareChange,
)
from provenance.report.files.comparisons_json import changes_json
from provenance.report.terminal.diff_summary import changes_markdown, changes_text
from provenance.report.terminal.terminal_style import TerminalStyle
from tests.report.sample_findings import FOUND, findings_table
from tests.report.samples import sample_report

SHARES = sample_report().result.shares
HOSTILE = "<script>alert(1)</script>\x1b[31m`x`|\u202e[a](b)"
CHANGES = Changes(
    tool="0.1.0",
    old=ComparedCorpus("data-v1", "1" * 64, 1200, 300_000, "pass"),
    new=ComparedCorpus("data-v2", "2" * 64, 1204, 312_450, "fail"),
    documents=DocumentChanges(5, 1, 0, 1199, (("added", "page-1"), ("removed", HOSTILE))),
    shares=(ShareChange("source", "x", SHARES[0].verdict, None, SHARES[0]),),
    appeared=findings_table(FOUND),
    vanished=FINDINGS.empty_table(),
    kept=3,
    worse=(GateRegression("forbidden=0%", 0.0, 0.01),),
    reservations=("they were judged by different rules",),
)


def test_changes_are_summarised_for_the_terminal() -> None:
    text = changes_text(CHANGES, TerminalStyle(80, colour=False))
    lines = text.splitlines()
    assert lines[0] == (
        f"WORSE  {len(FOUND)} new findings, 0 vanished: the policy is violated more than before."
    )
    assert "  old: data-v1, 1,200 documents, 300,000 tokens; no gate fails." in lines
    assert "  forbidden=0% fails: 1.0%, 0% before." in lines
    assert "  5 added, 1 removed, 0 changed." in lines
    assert "  They were judged by different rules." in lines
    assert all(len(line) <= 80 for line in lines)


def test_findings_are_described_by_how_they_were_found() -> None:
    compared = {**FOUND[0], "evidence": "content", "tokens": 1}
    declared = {**FOUND[0], "evidence": "licence"}
    changes = replace(CHANGES, appeared=findings_table([compared, declared]))
    lines = changes_text(changes, TerminalStyle(200, colour=False)).splitlines()
    one, other = lines[lines.index("New findings (2)") + 1 :][:2]
    assert ", 1 word, " in one
    assert other.endswith(", licence")


def test_many_changed_shares_are_cut() -> None:
    moves = [ShareChange("source", f"licence {n}", None, None, SHARES[0]) for n in range(25)]
    lines = changes_text(replace(CHANGES, shares=moves), TerminalStyle(80, colour=False))
    assert sum("licence " in line for line in lines.splitlines()) == 20
    assert "  and 5 more (--format json has all)" in lines.splitlines()


@pytest.mark.parametrize(
    "shape", [lambda c: changes_text(c, TerminalStyle(80, colour=False)), changes_json]
)
def test_nothing_in_a_name_acts_on_a_terminal(shape) -> None:
    assert not set(shape(CHANGES)) & set("\x1b\u202e")


def test_nothing_in_a_name_acts_in_markdown() -> None:
    text = changes_markdown(CHANGES)
    assert text.startswith("### WORSE")
    assert "<script" not in text
    assert "[a](b)" not in text
    assert "`x`" in text
    assert not set(text) & set("\x1b\u202e")


def test_json_has_every_finding_and_no_excerpts() -> None:
    document = json.loads(changes_json(CHANGES))
    assert len(document["findings"]["appeared"]) == len(FOUND)
    assert not {"excerpt", "item_excerpt"} & set(document["findings"]["appeared"][0])
    assert document["documents"]["added"] == 5
    assert document["worse"] == [{"gate": "forbidden=0%", "old": 0.0, "new": 0.01}]
    assert document["shares"][0]["old"] is None
