"""What parts a passage from the words beside it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.fingerprint.boundaries import breaks
from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.model.content.fingerprints import BREAK, ELLIPSIS, NO_BREAK
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
        (" ", NO_BREAK), ("  ", NO_BREAK), (", ", NO_BREAK), ("; ", NO_BREAK), (" - ", NO_BREAK),
        ("' ", NO_BREAK), (" \u2019", NO_BREAK), (" / ", NO_BREAK), (" & ", NO_BREAK),
        (" &amp; ", NO_BREAK),
        ("\uff0c", NO_BREAK), ("\u3001", NO_BREAK), ("&nbsp;", NO_BREAK),
        (". ", BREAK), ("! ", BREAK), ("? ", BREAK), (": ", BREAK), (".", BREAK),
        (" (", BREAK), ("] ", BREAK), (' "', BREAK), (" \u201c", BREAK), ("\u300d", BREAK),
        ("\u00ab ", BREAK), ("&quot;", BREAK), ("&#34;", BREAK), ("\n", BREAK), ("\\n", BREAK),
        ("</p><p>", BREAK), (" | ", BREAK), ("\u3002", BREAK), ("\uff01", BREAK),
        ("\u061f ", BREAK), ("\u0964 ", BREAK), (" \U0001f600 ", BREAK),
        (" \u2764\ufe0f ", BREAK),
        (" https://t.example/x ", BREAK), (" @somebody ", BREAK), (" #", NO_BREAK),
        ("\u2026 ", ELLIPSIS), ("... ", ELLIPSIS), ("..", ELLIPSIS), (". . ", BREAK),
        ("&hellip; ", ELLIPSIS), ("?.. ", ELLIPSIS), ("\u2026\n", ELLIPSIS),
    ],
)  # fmt: skip
def test_signs_part_words_or_do_not(between, kind):
    text = f"one{between}two"

    assert parted(text, 0, 0) == (BREAK, kind)
    assert parted(text, 1, 1) == (kind, BREAK)


def test_the_ends_of_a_text_part():
    assert parted("one two", 0, 1) == (BREAK, BREAK)
    assert parted("  , one two ,", 0, 1) == (BREAK, BREAK)
    assert parted("one two\u2026", 0, 1) == (BREAK, ELLIPSIS)


def test_characters_that_are_tokens_run_on():
    assert parted("\u6211\u4eec\u8d70\u4e86\u3002\u597d", 1, 2) == (NO_BREAK, NO_BREAK)
    assert parted("\u6211\u4eec\u8d70\u4e86\u3002\u597d", 1, 3) == (NO_BREAK, BREAK)


@given(st.text(max_size=40), st.data())
def test_any_passage_of_any_text_has_an_answer(text, data):
    count = len(tokenise(texts_of(text)).hashes)
    if not count:
        return
    first = data.draw(st.integers(0, count - 1))
    last = data.draw(st.integers(first, count - 1))

    before, behind = parted(text, first, last)

    assert before in (NO_BREAK, BREAK, ELLIPSIS)
    assert behind in (NO_BREAK, BREAK, ELLIPSIS)
    assert first > 0 or before == BREAK
    assert last < count - 1 or behind != NO_BREAK


def test_no_passage_has_no_answer():
    nothing = np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int32)
    texts = texts_of("one two")
    assert breaks(texts, tokenise(texts), *nothing).shape == (0, 2)
