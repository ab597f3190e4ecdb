"""Sketches of datasets: the same however texts are divided, ordered and merged."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import FingerprintMismatch
from provenance.fingerprint.dataset_sketches import (
    SKETCH_WIDTH,
    SketchBuilder,
    align_sketches,
    merge_sketches,
    require_comparable,
)
from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.model.content.fingerprints import Texts

WORDS = ("sail", "whale", "harpoon", "sea", "rope", "deck", "mast", "gale")
TEXT = st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join)
TEXTS = st.lists(TEXT, max_size=6)


def tokens_of(texts):
    encoded = [text.encode() for text in texts]
    offsets = np.cumsum([0, *map(len, encoded)]).astype(np.int64)
    return tokenise(Texts(np.frombuffer(b"".join(encoded) or b" ", np.uint8), offsets))


def sketch_of(texts, scaled=1, max_hashes=1 << 20, name="dataset:1"):
    builder = SketchBuilder(scaled, max_hashes)
    builder.add(tokens_of(texts), len(texts))
    return builder.build([name])


def random_texts(count, seed, words=60):
    dice = np.random.default_rng(seed)
    return [
        " ".join(f"w{number}" for number in dice.integers(0, 5000, words)) for _ in range(count)
    ]


@given(TEXTS)
def test_an_unsampled_sketch_holds_every_run_of_eight_words_once(texts):
    shingles = shingle(tokens_of(texts), SKETCH_WIDTH).hashes
    made = sketch_of(texts)
    assert made.hashes.tolist() == sorted(set(shingles.tolist()))
    assert made.documents == len(texts)
    assert made.tokens == sum(len(text.split()) for text in texts)


@given(TEXTS)
def test_tokens_of_texts_without_a_shingle_are_counted(texts):
    lengths = [len(text.split()) for text in texts]
    assert sketch_of(texts).short_tokens == sum(n for n in lengths if n < SKETCH_WIDTH)


@given(st.tuples(TEXTS, TEXTS, TEXTS), st.sampled_from([1, 2, 3]), st.sampled_from([4, 20, 1000]))
def test_the_sample_does_not_depend_on_how_texts_are_divided_or_ordered(shards, scaled, most):
    whole = sketch_of([text for shard in shards for text in shard], scaled, most)
    for order in permutations(shards):
        builder = SketchBuilder(scaled, most)
        for shard in order:
            part = builder.empty()
            part.add(tokens_of(shard), len(shard))
            builder.merge(part.build())
        assert builder.build(["dataset:1"]).digest == whole.digest
    assert len(whole.hashes) <= most


def test_a_sample_that_is_full_is_the_finest_that_fits():
    made = sketch_of(random_texts(40, 1), max_hashes=500)
    every = sketch_of(random_texts(40, 1))
    assert made.scaled == 8
    assert made.hashes.tolist() == every.coarsen(8).hashes.tolist()
    assert len(made.hashes) <= 500 < len(every.coarsen(4).hashes)


@given(st.tuples(TEXTS, TEXTS, TEXTS), st.permutations([1, 2, 6]))
def test_merging_is_associative_and_commutative(shards, scales):
    a, b, c = (
        sketch_of(shard, scaled, name=f"dataset:{scaled}")
        for shard, scaled in zip(shards, scales, strict=True)
    )
    merged = merge_sketches([a, b, c])
    assert merge_sketches([merge_sketches([c, a]), b]).digest == merged.digest
    assert merge_sketches([c, merge_sketches([b, a])]).digest == merged.digest
    assert merged.documents == sum(map(len, shards))
    assert merged.scaled == 6


def test_merging_is_sketching_everything():
    first, second = random_texts(30, 1), random_texts(30, 2)
    merged = merge_sketches([sketch_of(first, 2), sketch_of(second, 2)])
    assert merged.hashes.tolist() == sketch_of([*first, *second], 2).hashes.tolist()


def test_sketches_of_other_tables_of_unicode_are_comparable():
    ours = sketch_of(random_texts(5, 1))
    parameters = replace(ours.parameters, unicode="1.0.0")
    older = replace(ours, sketch=replace(ours.sketch, parameters=parameters))
    aligned = align_sketches([older, ours])
    assert aligned[0].parameters == aligned[1].parameters == ours.parameters


@pytest.mark.parametrize("change", [{"seed_width": 4}, {"normalisation": 1}])
def test_shingles_of_another_kind_are_not_comparable(change):
    parameters = replace(sketch_of(["sail"]).parameters, **change)
    with pytest.raises(FingerprintMismatch, match=r"theirs was made with normalisation") as error:
        require_comparable(parameters, "theirs")
    assert "sketch the data again" in error.value.remedy


def test_every_fact_is_in_the_digest():
    made = sketch_of(random_texts(3, 1))
    others = [
        replace(made, documents=4),
        replace(made, tokens=1),
        replace(made, short_tokens=1),
        replace(made, inputs=("dataset:2",)),
        replace(made, unread=1),
        made.coarsen(2),
        replace(made, sketch=replace(made.sketch, hashes=made.hashes[1:])),
    ]
    assert len({each.digest for each in [made, *others]}) == len(others) + 1
