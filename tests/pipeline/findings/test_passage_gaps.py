"""Findings of one passage, what stands between them, and where they are in the item."""

import pytest

from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.building.registries import DumpSource, build_registry
from tests.pipeline.conftest import Writer

WRITER = Writer(58)
PARTS = [WRITER.sentence(40) for _ in range(4)]
POST = f"{PARTS[0]} — {'. '.join(PARTS[1:])}."


@pytest.fixture(scope="module")
def found(tmp_path_factory, write_lines, pages):
    """Return the findings of a post in a page whose parts stand as given."""
    folder = tmp_path_factory.mktemp("gaps")
    rows = [{"id": "post", "text": POST}, {"id": "other", "text": WRITER.sentence(60)}]
    build_registry(folder / "registry", DumpSource([write_lines(folder / "d.jsonl", rows)], "x"))

    def find(*pieces: str) -> tuple[str, list[dict]]:
        text = f"{pages[0]} {' '.join(pieces)} {pages[1]}"
        corpus = write_lines(folder / "corpus.jsonl", [{"text": text}])
        policy = Policy(registries=(str(folder / "registry"),), common_background=False)
        return text, check([corpus], policy).findings.to_pylist()

    return find


def test_edited_parts_of_an_item_are_one_passage_and_gaps_count_nowhere(found):
    edits = WRITER.sentence(30), WRITER.sentence(20)
    _, rows = found(PARTS[0], edits[0], PARTS[1], edits[1], PARTS[2], PARTS[3])
    assert [row["gap"] for row in rows] == [None, *(len(edit) + 2 for edit in edits)]
    assert [row["tokens"] for row in rows] == [40, 40, 80]
    assert {row["occurrences"] for row in rows} == {1}


def test_parts_in_another_order_are_one_passage(found):
    edit = WRITER.sentence(20)
    _, rows = found(PARTS[2], edit, PARTS[1])
    assert [row["gap"] for row in rows] == [None, len(edit) + 2]


@pytest.mark.parametrize("between", [WRITER.sentence(900), PARTS[0]], ids=["far", "again"])
def test_copies_far_apart_and_second_copies_are_passages_of_their_own(found, between):
    _, rows = found(PARTS[0], between, PARTS[0])
    assert {row["gap"] for row in rows} == {None}
    assert {row["occurrences"] for row in rows} == {len(rows)}


def test_findings_tell_where_their_words_are_in_the_item(found):
    text, rows = found(PARTS[1], WRITER.sentence(30), f"{PARTS[2]}, {PARTS[3]}")
    spans = [POST[row["item_start"] : row["item_end"]] for row in rows]
    assert spans == [PARTS[1], f"{PARTS[2]}. {PARTS[3]}"]
    assert [text[row["start"] : row["end"]] for row in rows] == [
        PARTS[1],
        f"{PARTS[2]}, {PARTS[3]}",
    ]
