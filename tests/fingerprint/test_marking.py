"""Matched tokens are marked as one by one, in Python."""

import sys
from itertools import pairwise

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from provenance.fingerprint.highlight import Runs, highlight_ranges, match_extents
from provenance.fingerprint.tokenizer.tokenize import tokenise
from tests.fingerprint.oracles import texts_of

SPACES = [chr(point) for point in range(sys.maxunicode) if chr(point).isspace()]
GAPS = st.lists(st.sampled_from([*SPACES, ",", "é", "\u200b", "\U0001f600", "-"]), max_size=3)
WORDS = st.sampled_from(["a", "über", "two", "東京", "naïve", "x"])


@st.composite
def stretches(draw):
    """Draw texts, and stretches of some: runs of tokens, a few of them beyond the text's end."""
    texts = []
    for _ in range(draw(st.integers(1, 3))):
        words = draw(st.lists(st.tuples(WORDS, GAPS), min_size=1, max_size=9))
        texts.append("".join(word + (" " if not gap else "".join(gap)) for word, gap in words))
    rows, runs = [], []
    for row in draw(st.lists(st.integers(0, len(texts) - 1), max_size=5)):
        edges = sorted(draw(st.sets(st.integers(0, 14), min_size=2, max_size=6)))
        rows.append(row)
        runs.append([(low, high - low) for low, high in list(pairwise(edges))[::2]])
    bounds = draw(st.tuples(*2 * [st.lists(st.integers(0, 40), min_size=5, max_size=5)]))
    return texts, rows, runs, bounds


def laid(rows, runs):
    flat = np.array([run for own in runs for run in own], np.int32).reshape(-1, 2)
    offsets = np.cumsum([0, *map(len, runs)])
    firsts, lengths = flat.T.copy()
    return Runs(np.array(rows, np.int64), firsts, lengths, offsets.astype(np.int64))


def points_of(text, tokens, row, runs):
    """Give where the words of runs begin and end, in code points."""
    raw, own = text.encode(), slice(tokens.offsets[row], tokens.offsets[row + 1])
    edges = list(zip(tokens.starts[own].tolist(), tokens.ends[own].tolist(), strict=True))
    places = [place for at, size in runs for place in range(at, at + size) if place < len(edges)]
    return [tuple(len(raw[:byte].decode()) for byte in edges[place]) for place in places]


WIDE = ([0] * 5, [40] * 5)


@settings(max_examples=300)
@given(stretches())
@example((["a ", "x"], [0, 1], [[(0, 1)], [(0, 1)]], WIDE))
@example((["é x y"], [0, 0], [[(0, 3)], [(0, 1)]], WIDE))
@example((["éé", "aaaa x é"], [0, 1], [[(0, 1)], [(1, 1)]], WIDE))
@example((["a\u3000x\u2029two"], [0], [[(0, 3)]], WIDE))
@example((["", "a x"], [1, 0, 1], [[(0, 2)], [(0, 1)], [(1, 8)]], WIDE))
def test_words_are_marked_and_reached_as_one_by_one(drawn):
    texts, rows, runs, (lows, highs) = drawn
    tokens, own = tokenise(texts_of(*texts)), laid(rows, runs)
    count = len(rows)
    begins, *bounds = (np.array(each[:count], np.int64) for each in (lows, lows, highs))
    pairs, counts = highlight_ranges(texts_of(*texts), tokens, own, begins, tuple(bounds))
    ends = np.cumsum(counts)
    spans = zip(*map(np.ndarray.tolist, match_extents(texts_of(*texts), tokens, own)), strict=True)
    for place, (row, span) in enumerate(zip(rows, spans, strict=True)):
        words, wanted, before = points_of(texts[row], tokens, row, runs[place]), [], None
        assert span == ((words[0][0], words[-1][1]) if words else (-1, -1))
        for first, last in words:
            if first >= lows[place] and last <= highs[place]:
                gap = texts[row][before:first] if before is not None else "."
                if wanted and (not gap or gap.isspace()):
                    wanted[-1] = (wanted[-1][0], last)
                else:
                    wanted.append((first, last))
                before = last
        found = pairs[ends[place] - counts[place] : ends[place]] + lows[place]
        assert list(map(tuple, found.tolist())) == wanted
