"""The shipped counts of language, held against the words of today."""

import numpy as np
import pyarrow as pa

from provenance.fingerprint.tokenizer.tokenize import current_parameters, tokenise
from provenance.model.content.fingerprints import Texts
from provenance.model.content.language import NO_CONTEXT, Language
from provenance.read.language_counts import load_language


def keys_of(text: str) -> np.ndarray:
    tokens = tokenise(Texts.of(pa.array([text], pa.large_string()))).hashes.astype(np.uint64)
    return (tokens[:-1] << np.uint64(32)) | tokens[1:]


def counts_of(language: Language, keys: np.ndarray) -> np.ndarray:
    known = dict(zip(language.keys.tolist(), language.counts.tolist(), strict=True))
    return np.array([known.get(key, 0) for key in keys.tolist()])


def test_language_was_counted_with_the_tokens_of_today() -> None:
    language = load_language()

    assert language.normalisation == current_parameters().normalisation
    assert (counts_of(language, keys_of("for the first time in my life")) > 0).all()


def test_what_is_not_frequent_counts_nothing() -> None:
    assert (counts_of(load_language(), keys_of("zebra quorum flapjack isthmus")) == 0).all()


def test_words_count_at_least_as_often_as_their_pairs() -> None:
    language = load_language()
    pairs = language.keys[(language.keys >> np.uint64(32)) != NO_CONTEXT]
    words = np.uint64(NO_CONTEXT << 32) | (pairs & np.uint64(0xFFFFFFFF))

    assert (np.diff(language.keys.astype(object)) > 0).all()
    assert (counts_of(language, words) >= counts_of(language, pairs)).all()
