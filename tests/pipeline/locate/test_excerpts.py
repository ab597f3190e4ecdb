"""What is shown of a finding: words are marked one by one in a slow way, and all at once."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.pipeline.locate.excerpts import (
    MARKS_TYPE,
    MAX_EXCERPT_LENGTH,
    context_excerpts,
    excerpt_starts,
    matched_words,
    scatter_index,
    spread_lists,
)
from provenance.pipeline.scan.windows import CONTEXT_CHARACTERS
from tests.match.candidate_runs import runs_of
from tests.match.memory_registries import found_in, posts, registry, texts_of

POSTS = [*posts(12, seed=4), "東京の夜はとても静かで誰もいない"]
HELD = registry(*POSTS)
GAPS = [
    " ",
    "  ",
    "\n",
    6 * " ",
    "     (",
    "   \u00a0 ",
    "\u00a0",
    "\u3000 ",
    ", ",
    " \u2013 ",
    ",\u3000",
    "é",
    "é ",
    " \u00e9 ",
]


@st.composite
def pages(draw):
    """Draw texts that hold posts, their words parted in all kinds of ways."""
    texts = []
    for _ in range(draw(st.integers(1, 3))):
        words = " ".join(draw(st.lists(st.sampled_from(POSTS), max_size=3))).split()
        gaps = draw(st.lists(st.sampled_from(GAPS), min_size=len(words), max_size=len(words)))
        texts.append(
            "é" * draw(st.integers(0, 90))
            + " "
            + "".join(map("".join, zip(words, gaps, strict=True)))
        )
    return texts


def one_by_one(text, words, low, high):
    """Mark words within bounds; neighbours, with nothing but space between them, are one."""
    marks = []
    for first, last in words:
        if first < low or last > high:
            continue
        if marks and (first == marks[-1][1] or text[marks[-1][1] : first].isspace()):
            marks[-1] = (marks[-1][0], last)
        else:
            marks.append((first, last))
    return marks


def words_of(text, tokens, row, runs):
    raw = text.encode()
    own = slice(tokens.offsets[row], tokens.offsets[row + 1])
    spans = list(zip(tokens.starts[own].tolist(), tokens.ends[own].tolist(), strict=True))
    places = [place for _, at, size in runs.tolist() for place in range(at, at + size)]
    return [tuple(len(raw[:end].decode()) for end in spans[place]) for place in places]


@settings(max_examples=200)
@given(pages(), st.data())
def test_words_are_marked_as_one_by_one(texts, data):
    found, tokens = found_in(HELD, *texts), tokenise(texts_of(*texts))
    words = matched_words(texts_of(*texts), tokens, found.texts, found, 1)
    firsts, lasts = words.spans
    # Whatever a neighbour took of a finding is not shown as its own.
    cut = np.array([data.draw(st.integers(0, 30)) for _ in range(len(found))], np.int64)
    marks = words.marks(excerpt_starts(firsts), firsts + cut, lasts - cut).to_pylist()
    for place, row in enumerate(found.texts.tolist()):
        own = words_of(texts[row], tokens, row, runs_of(found, place))
        assert (firsts[place], lasts[place]) == (own[0][0], own[-1][1])
        begin = max(0, own[0][0] - CONTEXT_CHARACTERS)
        wanted = one_by_one(texts[row], own, firsts[place] + cut[place], lasts[place] - cut[place])
        assert marks[place] == [[first - begin, last - begin] for first, last in wanted]


def test_a_stretch_is_shown_with_some_context_and_a_long_one_is_cut():
    text = "x" * 2000
    marks = pa.array([[(10, 20)], []], MARKS_TYPE)
    spans = np.array([10, 500]), np.array([20, 1900])
    told = context_excerpts(texts_of("before", text), np.array([1, 1]), spans, marks)
    assert told["excerpt_start"].to_pylist() == [0, 500 - CONTEXT_CHARACTERS]
    assert [len(cut) for cut in told["excerpt"].to_pylist()] == [
        20 + CONTEXT_CHARACTERS,
        MAX_EXCERPT_LENGTH + CONTEXT_CHARACTERS,
    ]
    assert told["marks"].to_pylist() == [[[10, 20]], []]


@pytest.mark.parametrize("column", [0, 1])
def test_of_no_candidates_nothing_is_marked(column):
    none = found_in(HELD, "nothing of the kind")
    words = matched_words(texts_of("a"), tokenise(texts_of("a")), none.texts, none, column)
    assert words.marks(np.zeros(0, np.int64), *words.spans).to_pylist() == []


def test_marks_are_put_where_they_belong():
    marks = pa.array([[(1, 2), (3, 4)], [], [(5, 6)]], MARKS_TYPE)
    assert spread_lists(marks, np.array([1, 2, 4]), 6).to_pylist() == [
        [],
        [[1, 2], [3, 4]],
        [],
        [],
        [[5, 6]],
        [],
    ]
    assert marks.take(scatter_index(np.array([3, 0, 1]), 4)).to_pylist() == [
        [],
        [[5, 6]],
        None,
        [[1, 2], [3, 4]],
    ]
