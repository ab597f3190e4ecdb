"""What is new beside an earlier result: known again when it moved, and when it was edited."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.judge.baselines import compare_findings
from tests.report.sample_findings import finding, findings_table

POST = "Before it: [[my oven has two settings]] and [[raw and regret]], he said."


def found(document="page-1", source="x", excerpt=POST, **more):
    row = finding(document, source, excerpt, None)
    return {**row, "item": "1", **more}


def unnamed(row, file="a.parquet", **more):
    return found(f"{file}#{row}", row=row, file=file, **more)


def states(now, before):
    return [
        str(state) for state in compare_findings(findings_table(now), findings_table(before)).states
    ]


ROWS = [
    found(),
    found("page-2", excerpt="[[another thing that somebody wrote]]", item="2"),
    found("page-3", "forum.example", item=None, url="https://forum.example/1", excerpt=None),
    unnamed(4),
    unnamed(5, excerpt="[[a fifth thing]]", item="5"),
]


@given(st.permutations(ROWS))
def test_the_same_findings_are_unchanged_in_whatever_order(rows):
    assert states(rows, ROWS) == ["unchanged"] * len(ROWS)


@given(st.sets(st.integers(0, len(ROWS) - 1)), st.sets(st.integers(0, len(ROWS) - 1)))
def test_each_is_new_unchanged_or_gone(now, before):
    """Findings that differ answer for themselves alone."""
    made = compare_findings(
        findings_table([ROWS[n] for n in sorted(now)]), findings_table([ROWS[n] for n in before])
    )
    expected = ["unchanged" if n in before else "new" for n in sorted(now)]
    assert [str(state) for state in made.states] == expected
    assert sum(gone.findings for gone in made.absent) == len(before - now)


@given(
    st.lists(st.sampled_from(range(3)), max_size=6), st.lists(st.sampled_from(range(3)), max_size=6)
)
def test_every_earlier_finding_answers_for_one(now, before):
    """However many copies: what is unchanged now was there before, one for one."""
    made = compare_findings(
        findings_table([{**ROWS[n], "row": place} for place, n in enumerate(now)]),
        findings_table([{**ROWS[n], "row": place + 3} for place, n in enumerate(before)]),
    )
    known = sum(min(now.count(n), before.count(n)) for n in range(3))
    assert [str(state) for state in made.states].count("unchanged") == known
    assert sum(gone.findings for gone in made.absent) == len(before) - known


@pytest.mark.parametrize(
    "change",
    [
        {"row": 17, "file": "part-9.parquet"},
        {"start": 400, "end": 430, "byte_start": 400, "byte_end": 430},
        {"field": "messages[7].content"},
        {"excerpt": "Rewritten: MY OVEN\n has two settings — raw and regret.",
         "marks": [[11, 33], [36, 50]]},
        {"strength": 90.0, "bits": 1.0, "tokens": 3},
        {"terms": "x/terms/2030", "basis": "silence", "verdict": "unknown"},
    ],
    ids=["rows move", "text before it", "fields renumbered", "text around it", "weight", "laxer"],
)  # fmt: skip
def test_what_changes_around_a_passage_leaves_it_known(change):
    assert states([{**ROWS[0], **change}], ROWS[:1]) == ["unchanged"]


def test_rows_without_ids_are_known_when_they_move():
    before = [unnamed(n, excerpt=f"[[words of number {n} here]]", item=str(n)) for n in range(9)]
    now = [
        {**row, "row": n + 3, "file": "b.parquet", "document": f"b.parquet#{n + 3}"}
        for n, row in enumerate(random.Random(3).sample(before, 9))
    ]
    assert states(now, before) == ["unchanged"] * 9


def test_a_passage_that_is_edited_in_its_place_is_known():
    edited = "Before it: [[my oven has two]] dials and [[raw and regret]], he said."
    assert states([found(excerpt=edited)], [found()]) == ["unchanged"]
    assert states([unnamed(4, excerpt=edited)], [unnamed(4)]) == ["unchanged"]
    assert states([unnamed(5, excerpt=edited)], [unnamed(4)]) == ["new"]


@pytest.mark.parametrize(
    "change",
    [
        {"document": "page-9", "row": 9},
        {"source": "reddit"},
        {"item": "77"},
        {"evidence": "resemblance"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_another_document_source_item_or_evidence_is_new(change):
    made = compare_findings(findings_table([{**ROWS[0], **change}]), findings_table(ROWS[:1]))
    assert [str(state) for state in made.states] == ["new"]
    assert [gone.findings for gone in made.absent] == [1]


def test_a_second_copy_is_new_and_the_first_is_not():
    copy = unnamed(9)
    assert states([copy, unnamed(4)], [unnamed(4)]) == ["new", "unchanged"]


def test_a_row_with_another_id_in_the_same_place_is_known():
    assert states([{**ROWS[0], "document": "made anew"}], ROWS[:1]) == ["unchanged"]


@pytest.mark.parametrize(
    ("before", "now", "state"),
    [
        ({"verdict": "unknown"}, {"verdict": "forbidden"}, "new"),
        ({"verdict": "forbidden"}, {"verdict": "restricted"}, "unchanged"),
        ({"waiver": "w"}, {"waiver": None}, "new"),
        ({"waiver": "w"}, {"waiver": "w"}, "unchanged"),
        ({"waiver": None}, {"waiver": "w"}, "unchanged"),
        ({"contested": True}, {"contested": False}, "new"),
    ],
    ids=["stricter", "laxer", "waiver ended", "waived still", "waived now", "no longer contested"],
)
def test_what_nobody_has_accepted_as_it_is_now_is_new(before, now, state):
    assert states([{**ROWS[0], **now}], [{**ROWS[0], **before}]) == [state]


def test_what_is_gone_is_counted_by_source_and_statement():
    made = compare_findings(findings_table([]), findings_table([*ROWS, found("page-8", item="8")]))
    assert [(gone.source, gone.findings) for gone in made.absent] == [
        ("x", 5),
        ("forum.example", 1),
    ]
