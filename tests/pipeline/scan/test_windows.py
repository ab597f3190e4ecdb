"""Windows: stretches of texts as if each were a text."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.match.candidates.candidate_table import NO_CANDIDATES, Candidates
from provenance.model.content.fingerprints import Texts
from provenance.model.content.tables import DOCUMENTS
from provenance.pipeline.scan.windows import (
    NEIGHBOUR_TOKENS,
    TextWindows,
    cut_windows,
    whole_text_windows,
)


def batch_of(*shown: str) -> pa.RecordBatch:
    count = len(shown)
    columns = {
        "document": [f"d{row}" for row in range(count)],
        "file": ["corpus.jsonl"] * count,
        "row": list(range(count)),
        "field": ["text"] * count,
        "text": list(shown),
    }
    nothing = {name: [None] * count for name in DOCUMENTS.names if name not in columns}
    return pa.record_batch({**columns, **nothing}, schema=DOCUMENTS)


def cut_out(*shown: str, passages=(), whole=(), margin: int = NEIGHBOUR_TOKENS) -> TextWindows:
    batch = batch_of(*shown)
    told = np.array(passages, np.int64).reshape(-1, 3)
    tokens = tokenise(Texts.of(batch.column("text")))
    return cut_windows(batch, tokens, tuple(told.T), np.array(whole, np.int64), margin)


def asked(passages) -> Candidates:
    texts, firsts, lasts = np.array(passages, np.int64).reshape(-1, 3).T
    ends = {"firsts": firsts.astype(np.int32), "lasts": lasts.astype(np.int32)}
    return replace(NO_CANDIDATES, texts=texts, **ends)


WORDS = [f"w{number:03}" for number in range(400)]
PAGE = " ".join(WORDS)


def test_a_window_shows_its_passage_and_eighty_characters_around():
    made = cut_out("none", PAGE, passages=[(1, 100, 109)])
    [shown] = made.batch.column("text").to_pylist()
    assert shown == PAGE[100 * 5 - 81 : 110 * 5 + 80]
    assert made.batch.column("document").to_pylist() == ["d1"]
    assert (made.offsets.tokens[0], made.offsets.bytes[0], made.offsets.points[0]) == (99, 419, 419)
    assert np.diff(made.tokens.offsets).tolist() == [12]
    assert (made.tokens.starts[1], made.tokens.ends[10]) == (81, 81 + 49)


def test_windows_are_of_the_types_that_texts_are_of():
    """Kernels are compiled for each type that they meet."""
    made, texts = cut_out(PAGE, passages=[(0, 100, 109)]), batch_of(PAGE)
    shown, read = made.texts, Texts.of(texts.column("text"))
    assert shown.data.flags.writeable == read.data.flags.writeable
    assert shown.offsets.flags.writeable == read.offsets.flags.writeable


def test_bytes_and_characters_before_a_window_are_counted_apart():
    made = cut_out("é東𠀀 " * 50 + PAGE, passages=[(0, 120, 121)])
    assert made.offsets.bytes[0] - made.offsets.points[0] > 50


@pytest.mark.parametrize(("second", "count"), [(12, 1), (13, 2)])
def test_windows_that_touch_are_one(second, count):
    passages = [(0, second, second + 4), (0, 3, 10)]
    made = cut_out(PAGE, PAGE, passages=passages)
    assert len(made) == count
    assert made.firsts.tolist() == [3, second][:count]
    assert made.lasts.tolist() == [10, second + 4][-count:]


def test_a_short_passage_does_not_end_the_window_of_a_longer_one_around_it():
    made = cut_out(PAGE, passages=[(0, 10, 200), (0, 20, 25), (0, 150, 160)])
    assert (made.firsts.tolist(), made.lasts.tolist()) == ([10], [200])


def test_a_whole_text_takes_its_passages_in_and_may_have_no_word():
    made = cut_out("...", PAGE, "😀", passages=[(1, 5, 8)], whole=[0, 1, 2])
    assert made.batch.column("text").to_pylist() == ["...", PAGE, "😀"]
    assert made.numbers.tolist() == [0, 1, 2]
    assert made.whole.all()
    assert np.diff(made.tokens.offsets).tolist() == [0, 400, 0]
    assert not made.offsets.bytes.any()


def test_a_candidate_is_in_the_window_that_holds_all_of_it():
    passages = [(0, 10, 20), (0, 50, 60), (2, 0, 399)]
    made = cut_out(PAGE, PAGE, PAGE, passages=passages[:2], whole=[2]).shift_texts(7)
    held = [(7, 10, 20), (7, 12, 15), (7, 50, 60), (9, 0, 399)]
    lost = [(7, 9, 20), (7, 10, 21), (7, 30, 31), (7, 55, 61), (8, 10, 20)]
    found = asked(sorted([*held, *lost]))
    assert made.text_slice(np.array([6, 7, 8, 9, 10])) == slice(1, 4)
    rows = made.find_windows(found, slice(0, len(found.texts))).tolist()
    told = dict(zip(sorted([*held, *lost]), rows, strict=True))
    assert [told[each] for each in held] == [0, 0, 1, 2]
    assert {told[each] for each in lost} == {-1}


def test_without_passages_nothing_is_cut_out():
    made = cut_out(PAGE)
    assert len(made) == 0
    assert made.text_slice(np.array([0, 1])) == slice(0, 0)


def test_whole_texts_pass_over_nothing():
    made = whole_text_windows(batch_of("one two", "..."), np.array([3, 5]), NEIGHBOUR_TOKENS)
    assert (made.firsts.tolist(), made.lasts.tolist()) == ([0, 0], [1, -1])
    assert made.whole.all()
    assert made.batch.column("text").to_pylist() == ["one two", "..."]
