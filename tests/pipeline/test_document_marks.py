"""Marks of documents: whether a sentence runs on into a passage, and who is named behind it."""

import numpy as np
import pyarrow as pa
import pytest

from provenance.model import Texts
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
    ("text", "runs_on"),
    [
        (f"He was sure that {WORDS}, because of the fog.", True),
        (f"There was fog. And then, {WORDS}.", True),
        (f"There was fog. Really {WORDS}.", False),
        (f"There was fog. {WORDS}. So we waited.", False),
        (f"A post had said: {WORDS} - nobody knew why.", False),
        (f'They wrote in red "{WORDS}" on the wall.', False),
        (f"There was much fog\n{WORDS}\nand we waited", False),
        (f"@someone @somebody {WORDS} #fog", False),
        (f"3039\t1\t{WORDS}\tneutral", False),
        (WORDS, False),
    ],
)
def test_a_sentence_runs_on_where_two_words_are_before_a_passage_without_a_sign(text, runs_on):
    assert marks(text)["runs_on"] == runs_on


def test_a_sentence_does_not_run_on_into_a_quotation_mark_of_the_passage():
    quoted = f'"{WORDS}"'
    first = len("They wrote in red ")
    places = (np.array([place]) for place in (0, first, first + len(quoted), 0, 0))
    texts = Texts.of(pa.array([f"They wrote in red {quoted} there"], pa.large_string()))
    assert not measure_document_marks(texts, LocatedSpans(*places))["runs_on"][0].as_py()


@pytest.mark.parametrize(
    "text",
    [
        f"{WORDS}.\n\t\t-- Ann Example",
        f"{WORDS} — Ann B. Example, 1921",
        f'"{WORDS}" - Ann Example\nAnother line.',
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
