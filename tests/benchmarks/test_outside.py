"""Labels of others: how pairs get scores, and how these are summed up."""

import json

import numpy as np
import pytest

from benchmarks.outside import SETS, Pair, auc, measure, page

SETS_BY_NAME = {each.name: each for each in SETS}
QUOTED = "seven lanterns hung over the harbour wall and nobody counted the moths that evening"
OTHERS = [
    "a grey goose forgot which hour the bells had rung before the ferry left",
    "nine bakers argued about the weight of rain in an unlit kitchen",
    "the postman keeps a list of doors that open on the wrong side of spring",
]


def test_what_a_document_has_of_an_item_is_its_score():
    pairs = [
        Pair(f"They say that {QUOTED}, but who would know?", QUOTED, True, "a"),
        Pair(OTHERS[0], QUOTED, False, "b"),
        Pair(OTHERS[1], OTHERS[2], True, "c"),
        Pair(OTHERS[1], OTHERS[0], False, "d"),
    ]
    figures = measure(pairs)
    assert (figures.positives, figures.negatives) == (2, 2)
    assert (figures.found, figures.found_others) == (0.5, 0.0)
    assert figures.auc == 0.75
    assert figures.low <= figures.auc <= figures.high


def test_the_area_is_the_share_of_pairs_in_order():
    random = np.random.default_rng(3)
    scores = random.integers(0, 5, 60).astype(np.float64)
    labels = random.random(60) < 0.4
    pairs = [(a > b) + (a == b) / 2 for a in scores[labels] for b in scores[~labels]]
    assert auc(scores, labels) == pytest.approx(np.mean(pairs))


def test_a_quoting_answer_is_read_without_its_brackets():
    row = {f"source{n}": f"text {n}" if n < 4 else "" for n in range(1, 9)}
    row |= {"summary": "It [ 2 is a long quotation ] and [ 1 short ].", "qid": "q"}
    pairs = list(SETS_BY_NAME["answers-1"].read(json.dumps(row)))
    assert [(pair.item, pair.label) for pair in pairs] == [
        *(("text 1", True), ("text 2", True), ("text 3", False)),
    ]
    assert {pair.document for pair in pairs} == {"It is a long quotation and short."}
    long = list(SETS_BY_NAME["answers-5"].read(json.dumps(row)))
    assert [pair.item for pair in long] == ["text 3"]


def test_tables_are_read_with_their_labels():
    bills = "left_doc_id,left,right,label\na,x y,x z,1\nb,p,q,0\nc,p,q,2\n"
    assert [pair.label for pair in SETS_BY_NAME["bills"].read(bills)] == [True, False]
    verses = (
        "reference,verse,most_unusual_phrase,match\nRuth 1:1 (KJV),v,p,TRUE\nRuth 1:2,v,,FALSE\n"
    )
    assert list(SETS_BY_NAME["verses"].read(verses)) == [Pair("p", "v", True, "Ruth 1:1")]
    psalms = "NT_text\treuse_label\tPs_ref\tPs_text\na\tquotation\tPs 1\tb\na\techo\tPs 2\tb\n"
    assert [pair.label for pair in SETS_BY_NAME["psalms"].read(psalms)] == [True, False]
    names = ("BC_BOOK", "BC_LINE", "BC_TEXT", "AEN_TEXT", "TYPE")
    parallels = "\t".join(names) + "\n1\t2\ta\tb\t4\n1\t2\ta\tb\t3\n"
    assert [pair.label for pair in SETS_BY_NAME["parallels"].read(parallels)] == [True, False]


def test_each_set_names_its_commit_and_licence():
    for each in SETS:
        assert len(each.commit) == 40
        assert each.licence
    assert page([["x"] * 9]).endswith("| x | x | x | x | x | x | x | x | x |\n")
