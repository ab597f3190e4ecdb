"""The open questions: what they may touch, and that they are held to their format."""

from pathlib import Path

import pytest

from provenance.errors import RuleSyntax
from provenance.read.rules.rule_files import load_rules, parse_library

VERDICTS = (Path(__file__).resolve().parents[2] / "rules" / "verdicts.yaml").read_bytes()
QUESTIONS = """\
format: 2
questions:
  - id: whose
    title: Whose is it?
    text: Nobody knows.
    touches:
      bases: [explicit-ml]
      conditions: [share-alike]
      terms: [x]
      jurisdictions: [EU]
"""


def questions(text: str):
    return parse_library({"verdicts.yaml": VERDICTS, "questions.yaml": text.encode()}).questions


def test_a_question_says_what_it_touches():
    (question,) = questions(QUESTIONS)
    assert (question.id, question.title) == ("whose", "Whose is it?")
    assert (question.bases, question.conditions) == (("explicit-ml",), ("share-alike",))
    assert (question.terms, question.jurisdictions) == (("x",), ("EU",))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[explicit-ml]", "[explicit-nlp]", "touches.bases[0]: 'explicit-nlp'"),
        ("[share-alike]", "[shared]", "touches.conditions[0]: 'shared'"),
        ("    title: Whose is it?\n", "", "'title' is missing"),
        ("jurisdictions:", "places:", "unknown key 'places'"),
        ("format: 2", "format: 1", "the format 1 is not the supported 2"),
    ],
)
def test_a_mistake_is_named_with_its_place(old, new, said):
    assert old in QUESTIONS
    with pytest.raises(RuleSyntax) as caught:
        questions(QUESTIONS.replace(old, new, 1))
    assert said in caught.value.message


def test_every_shipped_question_touches_something_that_is_there():
    library = load_rules()
    named = (*library.sources, *library.licences, *library.signals, *library.exceptions)
    terms = [t for each in named for t in each.terms]
    for question in library.questions:
        begun = [f"{each}/" for each in question.terms]
        assert all(any(f"{t.id}/".startswith(b) for t in terms) for b in begun), question.id
        assert any((question.bases, question.conditions, question.terms, question.jurisdictions))
