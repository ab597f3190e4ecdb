"""Edits: what each does to a text, and that it is a function of text and dice."""

from random import Random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.model.content.fingerprints import Texts
from provenance.pipeline.calibration.text_edits import EDITS, EXCERPTS

POST = "I don't think @anna_b saw it… 😀 #BestDayEver & <b>é</b> https://t.co/x1?a=2 (won't she?)"
BY_NAME = {edit.name: edit.change for edit in (*EDITS, *EXCERPTS)}


def tokens_of(text):
    return tokenise(Texts.of(pa.array([text], pa.large_string()))).hashes.tolist()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("verbatim", POST),
        ("anonymised", POST.replace("@anna_b", "@user").replace("https://t.co/x1?a=2", "http")),
        ("lower", POST.lower()),
        (
            "escaped",
            POST.replace("'", "&#x27;").replace("& <b>é</b>", "&amp; &lt;b&gt;é&lt;/b&gt;"),
        ),
        ("emoji dropped", POST.replace("😀", "")),
        ("hashtags split", POST.replace("#BestDayEver", "Best Day Ever")),
        ("URLs removed", POST.replace("https://t.co/x1?a=2", " ")),
        ("ascii", POST.replace("…", "...").replace("😀", "").replace("é", "e")),
    ],
)
def test_an_edit_does_what_its_name_says(name, expected):
    assert BY_NAME[name](POST, Random(1)).split() == expected.split()


def test_references_are_escaped_again():
    assert BY_NAME["escaped twice"]("a & b", Random(1)) == "a &amp;amp; b"


def test_a_tokeniser_parts_contractions_and_signs():
    torn = BY_NAME["tokenised"]("I don't know, she's at #home: can't!", Random(1))
    assert torn == "I do n't know , she 's at # home : ca n't !"


def test_a_text_without_latin_letters_is_not_folded_to_nothing():
    assert BY_NAME["ascii"]("今天天气很好", Random(1)) == "今天天气很好"


@pytest.mark.parametrize(("name", "kept"), [("cut to 70%", 7), ("cut to 50%", 5)])
def test_a_cut_keeps_the_first_words_and_an_ellipsis(name, kept):
    words = [f"w{place}" for place in range(10)]
    assert BY_NAME[name](" ".join(words), Random(1)) == " ".join(words[:kept]) + "…"


def test_a_cut_knows_scripts_without_spaces():
    assert BY_NAME["cut to 50%"]("今天天气很好", Random(1)) == "今天天…"


@pytest.mark.parametrize(("name", "kept"), [("excerpt of 70%", 14), ("excerpt of 35%", 7)])
def test_an_excerpt_keeps_consecutive_words_from_anywhere(name, kept):
    words = [f"w{place}" for place in range(20)]
    firsts = set()
    for seed in range(60):
        edited = BY_NAME[name](" ".join(words), Random(seed)).split()
        first = words.index(edited[0])
        assert edited == words[first : first + kept]
        firsts.add(first)
    assert firsts == set(range(20 - kept + 1))


def test_an_excerpt_knows_scripts_without_spaces():
    edited = BY_NAME["excerpt of 50%"]("今天天气很好", Random(1))
    assert len(edited) == 3
    assert edited in "今天天气很好"


@pytest.mark.parametrize(("name", "rate"), [("changed 5%", 0.05), ("changed 20%", 0.2)])
def test_words_change_at_the_rate_that_is_stated(name, rate):
    words = [f"w{place}" for place in range(20_000)]
    edited = BY_NAME[name](" ".join(words), Random(3)).split()
    kept = set(edited)
    gone = sum(word not in kept for word in words)
    assert gone == pytest.approx(20_000 * rate * 2 / 3, rel=0.1)
    assert len(edited) == pytest.approx(20_000, rel=0.01)


def test_a_typo_changes_at_most_one_letter_of_every_tenth_word():
    words = ["letters"] * 100
    edited = BY_NAME["typo in 10"](" ".join(words), Random(5)).split()
    wrong = [word for word in edited if word != "letters"]
    assert 8 <= len(wrong) <= 10
    assert all(sum(a != b for a, b in zip(w, "letters", strict=True)) == 1 for w in wrong)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("quoted", "1 2 3 4 5 6 7 8 9 10", "> 1 2 3 4 5 6 7 8 9\n> 10"),
        ("in HTML", "a < b", '<div class="post"><p>a &lt; b</p></div>'),
        ("in JSON", 'say "é"\n', '{"text": "say \\"\\u00e9\\"\\n"}'),
    ],
)
def test_what_stands_around_a_text_is_no_part_of_it(name, text, expected):
    edit = next(edit for edit in EDITS if edit.name == name)
    assert edit.before + edit.change(text, Random(1)) + edit.after == expected


@pytest.mark.parametrize("edit", [*EDITS, *EXCERPTS], ids=lambda edit: edit.name)
@given(text=st.text(max_size=80), seed=st.integers(0, 9))
def test_an_edit_is_a_function_of_text_and_dice(edit, text, seed):
    once = edit.change(text, Random(seed))
    assert once == edit.change(text, Random(seed))


@pytest.mark.parametrize(
    "name", ["anonymised", "escaped", "escaped twice", "lower", "tokenised", "quoted"]
)
def test_light_edits_leave_the_words_as_normalisation_sees_them(name):
    edited = BY_NAME[name](POST, Random(1))
    own, theirs = tokens_of(POST), tokens_of(edited)
    assert np.isin(own, theirs).all()


def test_most_plants_are_of_edits_that_harm():
    shares = {}
    for edit in EDITS:
        shares[edit.family] = shares.get(edit.family, 0) + edit.share
    assert min(shares.values()) >= 3
    assert len({edit.name for edit in EDITS}) == len(EDITS)
