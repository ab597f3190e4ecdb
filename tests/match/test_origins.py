"""Origins: which observations make shared words a quotation, the item's own, or unclear."""

from dataclasses import fields, replace

import numpy as np
import pytest

from provenance.match.origins import (
    DocumentMarks,
    ItemMarks,
    OriginSignals,
    are_copies,
    decide_origins,
)
from provenance.model.results.origin import Origin, OriginReason

PART = ItemMarks(
    item_shares=np.array([0.2]),
    quoted=np.zeros(1),
    italic=np.zeros(1),
    verse=np.zeros(1),
    attributed=np.zeros(1, bool),
    signed=np.zeros(1, bool),
    begins_sentence=np.zeros(1, bool),
    ends_sentence=np.zeros(1, bool),
    headline=np.zeros(1, bool),
)
PLAIN = DocumentMarks(*(np.zeros(1, bool) for _ in fields(DocumentMarks)))
OWN_PART = OriginSignals(
    PART,
    PLAIN,
    other_authors=np.zeros(1, np.int64),
    background=np.zeros(1, bool),
    document_older=np.zeros(1, bool),
    document_dated=np.zeros(1, bool),
    link_title=np.zeros(1, bool),
    document_linked=np.zeros(1, bool),
    links_to_document=np.zeros(1, bool),
    fills_text=np.zeros(1, bool),
    form=np.zeros(1, bool),
)
MARKS = {field.name for field in fields(ItemMarks)}
DOCUMENT_MARKS = {field.name for field in fields(DocumentMarks)}


def decided(**observed):
    arrays = {name: np.array([value]) for name, value in observed.items()}
    marks = replace(PART, **{name: arrays.pop(name) for name in MARKS & arrays.keys()})
    sides = {name: arrays.pop(name) for name in DOCUMENT_MARKS & arrays.keys()}
    signals = replace(OWN_PART, marks=marks, document_marks=replace(PLAIN, **sides), **arrays)
    found = decide_origins(signals)
    reasons = {r for bit, r in enumerate(OriginReason) if found.reasons[0] >> bit & 1}
    return list(Origin)[found.origins[0]], reasons


@pytest.mark.parametrize(
    ("observed", "origin"),
    [
        ({}, Origin.ITEM),
        ({"item_shares": 1.0}, Origin.ITEM),
        ({"quoted": 0.9}, Origin.QUOTATION),
        ({"quoted": 0.9, "item_shares": 1.0}, Origin.QUOTATION),
        ({"link_title": True, "item_shares": 1.0}, Origin.QUOTATION),
        ({"link_title": True}, Origin.QUOTATION),
        ({"link_title": True, "item_shares": 1.0, "fills_text": True}, Origin.ITEM),
        (
            {"link_title": True, "item_shares": 1.0, "fills_text": True, "document_linked": True},
            Origin.QUOTATION,
        ),
        ({"document_linked": True, "item_shares": 1.0}, Origin.ITEM),
        ({"document_linked": True, "links_to_document": True}, Origin.QUOTATION),
        ({"form": True}, Origin.QUOTATION),
        ({"form": True, "item_shares": 1.0}, Origin.QUOTATION),
        ({"quoted": 0.5}, Origin.UNDECIDED),
        ({"quoted": 0.5, "item_shares": 1.0}, Origin.ITEM),
        ({"quoted": 0.2}, Origin.ITEM),
        ({"italic": 1.0}, Origin.ITEM),
        ({"italic": 1.0, "attributed": True}, Origin.QUOTATION),
        ({"attributed": True}, Origin.ITEM),
        ({"attributed": True, "item_shares": 0.9}, Origin.ITEM),
        ({"signed": True}, Origin.ITEM),
        ({"signed": True, "item_shares": 0.9}, Origin.QUOTATION),
        ({"verse": 1.0}, Origin.UNDECIDED),
        ({"verse": 1.0, "attributed": True}, Origin.QUOTATION),
        ({"verse": 1.0, "attributed": True, "item_shares": 1.0}, Origin.ITEM),
        ({"verse": 1.0, "item_shares": 1.0}, Origin.ITEM),
        ({"other_authors": 1}, Origin.QUOTATION),
        ({"other_authors": 1, "item_shares": 1.0}, Origin.ITEM),
        ({"other_authors": 2, "item_shares": 1.0}, Origin.UNDECIDED),
        ({"background": True, "item_shares": 1.0}, Origin.QUOTATION),
        ({"document_older": True, "item_shares": 1.0}, Origin.QUOTATION),
        ({"document_dated": True, "item_shares": 1.0}, Origin.UNDECIDED),
        ({"document_dated": True, "quoted": 0.9}, Origin.QUOTATION),
        ({"quoted": np.nan, "italic": np.nan, "verse": np.nan}, Origin.UNDECIDED),
        ({"quoted": np.nan, "italic": np.nan, "item_shares": 1.0}, Origin.ITEM),
        ({"named": True}, Origin.UNDECIDED),
        ({"named": True, "item_shares": 1.0}, Origin.QUOTATION),
        ({"runs_on_before": True, "ends_sentence": True}, Origin.ITEM),
        ({"runs_on_after": True, "begins_sentence": True}, Origin.ITEM),
        ({"runs_on_before": True, "begins_sentence": True}, Origin.UNDECIDED),
        ({"runs_on_after": True, "ends_sentence": True, "item_shares": 1.0}, Origin.UNDECIDED),
    ],
)
def test_observations_decide_the_origin(observed, origin):
    assert decided(**observed)[0] is origin


def test_every_observation_is_a_reason():
    assert decided()[1] == {OriginReason.ITEM_CONTINUES}
    assert decided(item_shares=1.0)[1] == {OriginReason.WHOLE_ITEM}
    everything = {
        "quoted": 1.0,
        "italic": 1.0,
        "verse": 1.0,
        "attributed": True,
        "other_authors": 3,
        "background": True,
        "document_older": True,
        "document_dated": True,
        "named": True,
        "link_text": True,
        "tagged": True,
        "runs_on_before": True,
        "begins_sentence": True,
        "link_title": True,
        "document_linked": True,
        "form": True,
    }
    others = {OriginReason.WHOLE_ITEM, OriginReason.TEXT_UNKNOWN, OriginReason.HEADLINE}
    assert decided(**everything)[1] == set(OriginReason) - others
    signature = {OriginReason.WHOLE_ITEM, OriginReason.ITEM_ATTRIBUTES}
    assert decided(signed=True, item_shares=1.0)[1] == signature
    assert decided(signed=True)[1] == {OriginReason.ITEM_CONTINUES}
    assert decided(quoted=np.nan)[1] == {OriginReason.ITEM_CONTINUES, OriginReason.TEXT_UNKNOWN}


def test_matches_are_decided_one_by_one():
    marks = ItemMarks(**{name: np.repeat(getattr(PART, name), 3) for name in MARKS})
    others = {field.name for field in fields(OriginSignals)} - {"marks", "document_marks"}
    many = OriginSignals(
        replace(marks, quoted=np.array([0.0, 1.0, 0.5])),
        DocumentMarks(*(np.zeros(3, bool) for _ in fields(DocumentMarks))),
        **{name: np.repeat(getattr(OWN_PART, name), 3) for name in others},
    )
    found = decide_origins(many)
    assert [list(Origin)[each] for each in found.origins] == list(Origin)


def test_items_with_most_words_in_common_are_copies():
    one = np.arange(20, dtype=np.uint32)
    other = np.concatenate([np.arange(14), np.arange(100, 106)]).astype(np.uint32)
    quoting = np.arange(0, 200, dtype=np.uint32)
    starts = np.zeros(1, np.int64)

    def alike(left, right):
        ends = np.array([len(left)]), np.array([len(right)])
        return are_copies((left, starts, ends[0]), (right, starts, ends[1])).tolist()

    assert alike(one, one[::-1].copy()) == [True]
    assert alike(one, other) == [True]
    assert alike(one, quoting) == [False]
    assert alike(one, one + np.uint32(50)) == [False]


def test_what_may_be_the_title_of_a_page_is_a_whole_item_in_a_longer_text():
    whole = {"headline": True, "item_shares": 1.0}
    assert decided(**whole) == (Origin.ITEM, {OriginReason.WHOLE_ITEM, OriginReason.HEADLINE})
    assert decided(**whole, fills_text=True)[1] == {OriginReason.WHOLE_ITEM}
    assert decided(headline=True)[1] == {OriginReason.ITEM_CONTINUES}
