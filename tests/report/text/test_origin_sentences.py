"""Sentences on origin: they say no more than what was observed."""

import pytest

from provenance.report.text.origin_sentences import origin_sentence


@pytest.mark.parametrize(
    ("reasons", "grounds"),
    [
        (
            ["item-continues"],
            "the item goes on around them and does not mark them as another's",
        ),
        (
            ["item-continues", "item-attributes"],
            "the item goes on around them, although the item names another author beside them",
        ),
        (["whole-item"], "the passage spans all or most of the item"),
        (
            ["whole-item", "item-italics"],
            "the passage spans all or most of the item, although the item has them in italics",
        ),
    ],
)
def test_what_speaks_against_an_item_is_stated(reasons, grounds):
    sentence = origin_sentence("item", reasons, None)
    assert sentence == f"These are the item's own words: {grounds}."


@pytest.mark.parametrize(
    ("reasons", "work", "grounds"),
    [
        (
            ["whole-item", "background", "document-older"],
            "Emma",
            "they are in Emma and the document is older than the item",
        ),
        (
            ["item-continues", "item-italics"],
            "Emma",
            "the item has them in italics and they are in Emma",
        ),
        (
            ["whole-item", "background"],
            None,
            "a background registry of often quoted texts has them",
        ),
    ],
)
def test_all_grounds_of_a_quotation_are_stated(reasons, work, grounds):
    sentence = origin_sentence("quotation", reasons, work)
    assert sentence == f"These are not the item's own words: {grounds}."


def test_it_is_said_why_an_origin_is_unclear():
    sentence = origin_sentence("undecided", ["item-continues", "item-verse"], None)
    assert sentence == (
        "It is unclear whether the item quotes these words: they are lines of verse in the item."
    )
