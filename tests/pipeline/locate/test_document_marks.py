"""Marks of documents: where a sentence runs on beyond a passage, and who is named behind it."""

import numpy as np
import pyarrow as pa
import pytest

from provenance.model.content.fingerprints import Texts
from provenance.pipeline.locate.document_marks import measure_document_marks
from provenance.pipeline.locate.span_positions import LocatedSpans

WORDS = "the ferry to the island was late again"


def marks(text: str) -> dict[str, bool]:
    first = len(text[: text.index(WORDS)].encode())
    places = (np.array([place]) for place in (0, first, first + len(WORDS), 0, 0))
    texts = Texts.of(pa.array([text], pa.large_string()))
    measured = measure_document_marks(texts, LocatedSpans(*places))
    return {name: column[0].as_py() for name, column in measured.items()}


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        (f"He was sure that {WORDS}, because of the fog.", True, True),
        (f"There was fog. And then, {WORDS}.", True, False),
        (f"There was fog. Really {WORDS}.", False, False),
        (f"There was a storm. {WORDS} so we had waited.", False, True),
        (f"There was a storm. {WORDS} so We waited.", False, False),
        (f"There was fog in the U.S. {WORDS} west of it all.", False, False),
        (f"A post had said: {WORDS} - nobody knew why.", False, False),
        (f'They wrote in red "{WORDS}" on the wall.', False, False),
        (f"There was much fog\n{WORDS}\nand so we waited", False, False),
        (f"@someone @somebody {WORDS} #fog", False, False),
        (f"3039\t1\t{WORDS}\tneutral", False, False),
        (WORDS, False, False),
    ],
)
def test_a_sentence_runs_on_where_words_of_it_are_beside_a_passage_without_a_sign(
    text, before, after
):
    found = marks(text)
    assert (found["runs_on_before"], found["runs_on_after"]) == (before, after)


@pytest.mark.parametrize("passage", [f'"{WORDS}"', f"@ann {WORDS}. #fog", f"{WORDS}."])
def test_a_sentence_does_not_run_on_into_signs_that_are_of_the_passage(passage):
    text = f"Now they wrote {passage} there on the wall"
    first = text.index(passage)
    places = (np.array([place]) for place in (0, first, first + len(passage), 0, 0))
    texts = Texts.of(pa.array([text], pa.large_string()))
    measured = measure_document_marks(texts, LocatedSpans(*places))
    assert not measured["runs_on_after"][0].as_py()
    assert measured["runs_on_before"][0].as_py() == (passage[0] == "t")


@pytest.mark.parametrize(
    "text",
    [
        f"{WORDS}.\n\t\t-- Ann Example",
        f"{WORDS} — Ann B. Example, 1921",
        f'"{WORDS}" - Ann Example\nAnother line.',
        f'<img alt="{WORDS} — Ann Example" />',
        f'<img alt="{WORDS} — Ann Example">',
        f"({WORDS} — Ann Example)",
    ],
)
def test_an_author_is_named_behind_a_dash(text):
    assert marks(text)["named"]


@pytest.mark.parametrize(
    "text",
    [
        f"{WORDS}.\n— Ann Example (@annexample) May 3, 2012",
        f"{WORDS} — Ann Example on Twitter",
        f"{WORDS}\n- Ann Example, via https://example.org",
        f"{WORDS} — Ann Example said nothing of the fog",
        f"{WORDS}.\n- Bring plums\n- Bring Ann",
        f"{WORDS} by Ann Example",
        WORDS,
    ],
)
def test_an_account_a_host_or_a_sentence_behind_a_dash_names_no_author(text):
    assert not marks(text)["named"]


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        (f"News: [{WORDS}](https://example.org/1), and more.", True),
        (f"News: [Why {WORDS} on Sunday][1], and more.", True),
        (f'<li><a href="https://example.org/1">{WORDS}</a></li>', True),
        (f"News: [1] {WORDS} (https://example.org/1)", False),
        (f"[Fog](https://example.org/2) {WORDS}. [Rain](https://example.org/3)", False),
        (f"<a name=top></a><p>{WORDS}</p><a href=x>Up</a>", False),
        (f"[{WORDS}] we read.", False),
        (f"{WORDS} https://example.org/1", False),
    ],
)
def test_the_text_of_a_link_is_told_from_words_beside_one(text, linked):
    assert marks(text)["link_text"] is linked


@pytest.mark.parametrize(
    ("passage", "tagged"),
    [
        ("#fog again, and no ferry", True),
        ("no ferry, says @ann_m", True),
        ("no ferry (#fog)", True),
        ("write to ann@example.org about C# and no. #", False),
        ("no ferry at all", False),
    ],
)
def test_tags_and_accounts_are_told_from_addresses(passage, tagged):
    texts = Texts.of(pa.array([passage], pa.large_string()))
    places = (np.array([place]) for place in (0, 0, len(passage), 0, 0))
    assert measure_document_marks(texts, LocatedSpans(*places))["tagged"][0].as_py() is tagged
