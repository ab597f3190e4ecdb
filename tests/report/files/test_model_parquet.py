"""Models come back as they were written, however many words they have."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.model.results.corpus_model import CorpusModel
from provenance.report.files.model_parquet import FILE_NAME, read_model, write_model


def model_of(passages, copied=()):
    lengths = np.array([len(words) for words in passages], np.int64)
    return CorpusModel(
        normalisation="2, Unicode 15",
        language="a digest",
        bound=1 << 63,
        hashes=np.arange(len(passages), dtype=np.uint64) << np.uint64(50),
        tokens=np.array([word for words in passages for word in words], np.uint32),
        offsets=np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)]),
        registries=("one", "two"),
        copied=np.array(copied, np.int64).reshape(-1, 3),
    )


def assert_comes_back(model, folder):
    write_model(model, folder / FILE_NAME)
    back = read_model(folder / FILE_NAME)
    assert back.digest == model.digest
    for name in ("hashes", "tokens", "offsets", "copied"):
        assert getattr(back, name).tolist() == getattr(model, name).tolist()


@given(
    st.lists(st.lists(st.integers(0, 2**32 - 1), max_size=5), max_size=5),
    st.lists(st.tuples(st.just(0), st.integers(0, 1), st.integers(0, 2**32 - 1)), max_size=4),
)
def test_a_model_comes_back_as_it_was_written(tmp_path_factory, passages, copied):
    made = model_of(passages, sorted(set(copied)) if passages else ())
    assert_comes_back(made, tmp_path_factory.mktemp("model"))


@pytest.mark.parametrize("words", [(1 << 16) - 1, 1 << 16, (1 << 16) + 1])
def test_more_words_than_two_bytes_can_number_are_kept(tmp_path, words):
    assert_comes_back(model_of([range(words - 3), [], range(words - 5, words)]), tmp_path)


def test_a_word_that_comes_again_takes_two_bytes_at_most(tmp_path):
    dice = np.random.default_rng(1)
    words = dice.integers(0, 2**32, 4000)
    write_model(model_of(dice.choice(words, (50, 4000)).tolist()), tmp_path / FILE_NAME)
    assert (tmp_path / FILE_NAME).stat().st_size < 2 * 50 * 4000 + 4 * 4000 + 5000
