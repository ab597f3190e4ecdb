"""What parts a passage from the words beside it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.fingerprint.boundaries import breaks
from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.model import ELLIPSIS, PARTED, RUN_ON
from tests.fingerprint.oracles import texts_of


def parted(text, first, last):
    """Tell how the tokens from `first` to `last` of a text are parted."""
    texts = texts_of(text)
    tokens = tokenise(texts)
    rows, place = np.zeros(1, np.int64), np.int32
    before, behind = breaks(
        texts, tokens, rows, np.array([first], place), np.array([last], place)
    ).tolist()[0]
    return before, behind


@pytest.mark.parametrize(
    ("between", "kind"),
    [
        (" ", RUN_ON), ("  ", RUN_ON), (", ", RUN_ON), ("; ", RUN_ON), (" - ", RUN_ON),
        ("' ", RUN_ON), (" \u2019", RUN_ON), (" / ", RUN_ON), (" & ", RUN_ON), (" &amp; ", RUN_ON),
        ("\uff0c", RUN_ON), ("\u3001", RUN_ON), ("&nbsp;", RUN_ON),
        (". ", PARTED), ("! ", PARTED), ("? ", PARTED), (": ", PARTED), (".", PARTED),
        (" (", PARTED), ("] ", PARTED), (' "', PARTED), (" \u201c", PARTED), ("\u300d", PARTED),
        ("\u00ab ", PARTED), ("&quot;", PARTED), ("&#34;", PARTED), ("\n", PARTED), ("\\n", PARTED),
        ("</p><p>", PARTED), (" | ", PARTED), ("\u3002", PARTED), ("\uff01", PARTED),
        ("\u061f ", PARTED), ("\u0964 ", PARTED), (" \U0001f600 ", PARTED),
        (" \u2764\ufe0f ", PARTED),
        (" https://t.example/x ", PARTED), (" @somebody ", PARTED), (" #", RUN_ON),
        ("\u2026 ", ELLIPSIS), ("... ", ELLIPSIS), ("..", ELLIPSIS), (". . ", PARTED),
        ("&hellip; ", ELLIPSIS), ("?.. ", ELLIPSIS), ("\u2026\n", ELLIPSIS),
    ],
)  # fmt: skip
def test_signs_part_words_or_do_not(between, kind):
    text = f"one{between}two"

    assert parted(text, 0, 0) == (PARTED, kind)
    assert parted(text, 1, 1) == (kind, PARTED)


def test_the_ends_of_a_text_part():
    assert parted("one two", 0, 1) == (PARTED, PARTED)
    assert parted("  , one two ,", 0, 1) == (PARTED, PARTED)
    assert parted("one two\u2026", 0, 1) == (PARTED, ELLIPSIS)


def test_characters_that_are_tokens_run_on():
    assert parted("\u6211\u4eec\u8d70\u4e86\u3002\u597d", 1, 2) == (RUN_ON, RUN_ON)
    assert parted("\u6211\u4eec\u8d70\u4e86\u3002\u597d", 1, 3) == (RUN_ON, PARTED)


@given(st.text(max_size=40), st.data())
def test_any_passage_of_any_text_has_an_answer(text, data):
    count = len(tokenise(texts_of(text)).hashes)
    if not count:
        return
    first = data.draw(st.integers(0, count - 1))
    last = data.draw(st.integers(first, count - 1))

    before, behind = parted(text, first, last)

    assert before in (RUN_ON, PARTED, ELLIPSIS)
    assert behind in (RUN_ON, PARTED, ELLIPSIS)
    assert first > 0 or before == PARTED
    assert last < count - 1 or behind != RUN_ON


def test_no_passage_has_no_answer():
    nothing = np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int32)
    texts = texts_of("one two")
    assert breaks(texts, tokenise(texts), *nothing).shape == (0, 2)
