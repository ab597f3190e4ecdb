"""`summary.toml`: the template, and what is wrong in a file of answers."""

import re
import tomllib

import pytest

from provenance.errors import InputError, PolicyError
from provenance.model.records.disclosure_questions import QUESTIONS, AnswerKind, Form
from provenance.model.rules.terms import DateRange
from provenance.read.answers_file import load_answers
from provenance.report.disclosure.answers_template import answers_template


def uncommented(template):
    """The template with all of its examples as answers."""
    return re.sub(r"^# (?=[a-z_]+ = |\[\[)", "", template, flags=re.MULTILINE)


def load(folder, text):
    path = folder / "summary.toml"
    path.write_text(text, "utf-8")
    return load_answers(path)


def test_the_template_is_toml_without_answers(tmp_path):
    text = answers_template()
    answers = load(tmp_path, text)
    assert answers.values == {}
    assert answers.path == "summary.toml"
    assert len(answers.digest) == 64
    comments = [line for line in text.splitlines() if " = " not in line]
    assert max(map(len, comments)) <= 98


def test_every_example_is_an_answer(tmp_path):
    text = uncommented(answers_template())
    assert tomllib.loads(text)
    answers = load(tmp_path, text)
    assert answers.values.keys() == {question.key for question in QUESTIONS}
    assert answers.text("provider.name") == "Harbour Models GmbH"
    assert answers.truth("provider.small") is False
    assert answers.texts("dataset.languages") == ("German", "English")
    assert answers.rows("models")[0]["market"] == "2026-09-01"
    assert answers.rows("public.datasets")[0]["bytes"] == 48_000_000_000
    assert answers.dates("crawl.period") == DateRange(
        answers.dates("crawl.period").first, answers.dates("crawl.period").until
    )
    assert str(answers.dates("dataset.collected").until) == "2025-10-01"


def test_questions_are_complete():
    keys = [question.key for question in QUESTIONS]
    assert len(set(keys)) == len(keys)
    yes_no = {question.key for question in QUESTIONS if question.kind is AnswerKind.YES_NO}
    for question in QUESTIONS:
        assert question.needed_by | question.used_by, question.key
        assert not question.needed_by & question.used_by, question.key
        assert question.condition is None or question.condition in yes_no
        assert bool(question.keys) == (question.kind is AnswerKind.ROWS)


@pytest.mark.parametrize("form", Form)
def test_the_template_of_a_form_has_what_it_needs(tmp_path, form):
    answers = load(tmp_path, uncommented(answers_template([form])))
    wanted = {q.key for q in QUESTIONS if form in q.needed_by | q.used_by}
    assert answers.values.keys() == wanted


def test_no_file_has_no_answers():
    assert load_answers(None).values == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[provider]\nnam = 'a'", "provider.nam: unknown key 'nam'"),
        ("[providers]\nname = 'a'", "unknown key 'providers'"),
        ("[provider]\nname = ' '", "provider.name: the text is empty"),
        ("[provider]\nsmall = 'no'", "provider.small: 'no' is neither true nor false"),
        ("[dataset]\ntypes = 'pages'", "dataset.types: 'pages' is not a list"),
        ("[dataset]\ntypes = []", "dataset.types: the list is empty"),
        ("[[models]]\nversion = '1'", "'name' is missing"),
        ("[[models]]\nname = 'a'\nsize = 1", "unknown key 'size'"),
        ("[[models]]\nname = 'a'\nmarket = 'soon'", "'soon' is not a day"),
        ("[[public.datasets]]\nname = 'a'\nbytes = 'many'", "'many' is not a number of bytes"),
        ("[[public.datasets]]\nname = 'a'\nbytes = -1", "-1 is not a number of bytes"),
        ("provider = 3", "3 is not a table"),
        ("[provider", "is not TOML"),
    ],
)
def test_wrong_answers_are_named(tmp_path, text, words):
    with pytest.raises(InputError, match=r"summary\.toml") as caught:
        load(tmp_path, text)
    assert words in caught.value.message
    assert caught.value.remedy


def test_dates_are_those_of_a_policy(tmp_path):
    answers = load(tmp_path, "[dataset]\ncollected = '2024'")
    assert str(answers.dates("dataset.collected").until) == "2025-01-01"
    with pytest.raises((InputError, PolicyError), match="soon"):
        load(tmp_path, "[dataset]\ncollected = 'soon'")


def test_an_absent_file_is_an_error(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        load_answers(tmp_path / "summary.toml")
