"""Stretches of texts that located spans leave uncovered."""

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.model.content.fingerprints import Texts
from provenance.pipeline.locate.span_positions import LocatedSpans, uncovered_spans


@st.composite
def covered_texts(draw):
    """Draw texts, disjoint spans of some of them, and the texts to cover."""
    texts = draw(st.lists(st.text(alphabet="ab .é", max_size=30), min_size=1, max_size=6))
    spans = []
    for row, text in enumerate(texts):
        size = len(text.encode())
        bounds = sorted(draw(st.lists(st.integers(0, size), max_size=6, unique=True)))
        spans += [(row, *pair) for pair in zip(bounds[::2], bounds[1::2], strict=False)]
    spans = draw(st.permutations(spans))
    rows = draw(st.lists(st.integers(0, len(texts) - 1), unique=True))
    return texts, spans, rows


def gaps(spans, row, size, starts):
    """Return the gaps of one text that contain a token: bytes and tokens."""
    own = sorted((start, end) for one, start, end in spans if one == row)
    begins, stops = [0, *(end for _, end in own)], [*(start for start, _ in own), size]
    for begin, stop in zip(begins, stops, strict=True):
        inside = [token for token, start in enumerate(starts) if begin <= start < stop]
        if inside:
            yield row, begin, stop, inside[0], inside[-1]


@settings(max_examples=300)
@given(covered_texts())
def test_gaps_are_those_that_a_walk_through_each_text_finds(drawn):
    words, spans, rows = drawn
    texts = Texts.of(pa.array(["before", *words], pa.large_string()).slice(1))
    tokens = tokenise(texts)
    columns = np.array(spans, np.int64).reshape(-1, 3).T
    none = np.zeros(len(spans), np.int64)
    found = uncovered_spans(
        LocatedSpans(*columns, none, none), np.array(rows, np.int64), texts, tokens
    )
    expected = []
    for row in rows:
        starts = tokens.starts[tokens.offsets[row] : tokens.offsets[row + 1]].tolist()
        expected += gaps(spans, row, len(words[row].encode()), starts)
    columns = (found.rows, found.starts, found.ends, found.firsts, found.lasts)
    assert list(zip(*(column.tolist() for column in columns), strict=True)) == expected
