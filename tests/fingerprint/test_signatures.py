"""Signatures are datasketch's, bit by bit."""

import hashlib
from importlib.metadata import version

import numpy as np
import pytest
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.fingerprint.minhash import resemblance, shingle_hash32, signatures
from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.tokenizer.tokenize import current_parameters, tokenise
from provenance.model.content.fingerprints import Parameters
from tests.fingerprint.oracles import texts_of

TEXTS = st.lists(
    st.one_of(
        st.text(max_size=120),
        st.lists(st.sampled_from(["the", "cat", "sat", "on", "東", "京", "é"]), max_size=30).map(
            " ".join
        ),
    ),
    max_size=4,
)


has_affine32 = pytest.mark.skipif(
    int(version("datasketch").partition(".")[0]) < 2,
    reason="datasketch has the scheme affine32 from 2.0 on",
)


def shingles_of(*texts, width=5):
    return shingle(tokenise(texts_of(*texts)), width, include_short=True)


def datasketch_of(hashes, permutations=128, seed=1):
    signature = MinHash(
        num_perm=permutations, seed=seed, scheme="affine32", hashfunc=shingle_hash32
    )
    for value in hashes.tolist():
        signature.update(value)
    return signature


@has_affine32
@settings(max_examples=200)
@given(TEXTS)
def test_signatures_equal_datasketch_bit_by_bit(texts):
    shingles = shingles_of(*texts)
    rows = signatures(shingles, current_parameters())
    assert rows.shape == (len(texts), 128)
    assert rows.dtype == np.uint32
    for row, start, end in zip(rows, shingles.offsets, shingles.offsets[1:], strict=False):
        theirs = datasketch_of(shingles.hashes[start:end])
        assert row.tolist() == theirs.hashvalues.tolist()


@has_affine32
@pytest.mark.parametrize(("permutations", "seed"), [(16, 1), (128, 7), (256, 1)])
def test_other_parameters_equal_datasketch_as_well(permutations, seed):
    shingles = shingles_of("one two three four five six seven eight nine ten")
    made = Parameters(permutations=permutations, signature_seed=seed)
    theirs = datasketch_of(shingles.hashes, permutations, seed)
    assert signatures(shingles, made)[0].tolist() == theirs.hashvalues.tolist()


@has_affine32
def test_a_stored_signature_is_a_datasketch_object_again():
    texts = [" ".join(f"w{n}" for n in range(start, start + 300)) for start in (0, 60)]
    shingles = shingles_of(*texts)
    rows = signatures(shingles, current_parameters())
    loaded = [MinHash(hashvalues=row, seed=1, scheme="affine32") for row in rows]
    fresh = datasketch_of(shingles.hashes[: shingles.offsets[1]])
    assert loaded[0].jaccard(loaded[1]) == resemblance(rows[0], rows[1])
    assert loaded[0].jaccard(fresh) == 1.0
    assert loaded[0].is_empty() is False
    loaded[0].merge(loaded[1])
    assert loaded[0].hashvalues.tolist() == np.minimum(*rows).tolist()


def test_a_text_without_tokens_has_the_empty_signature():
    rows = signatures(shingles_of("", "😀 !"), current_parameters())
    assert (rows == 0xFFFFFFFF).all()


@has_affine32
def test_the_empty_signature_is_datasketch_s():
    rows = signatures(shingles_of(""), current_parameters())
    assert MinHash(hashvalues=rows[0], seed=1, scheme="affine32").is_empty()


def test_signatures_are_the_same_whatever_datasketch_is_installed():
    rows = signatures(
        shingles_of("one two three four five six seven", "東京 é"), current_parameters()
    )
    digest = hashlib.sha256(rows.astype("<u4").tobytes()).hexdigest()
    assert digest == "db4af2744d56b6db99e3c4e2eda68b98ebb4af6474377e5a4dca3b87a32d2da7"


@settings(max_examples=50)
@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=40))
def test_repeats_of_shingles_change_nothing(words):
    texts = [" ".join(words * times) for times in (5, 6, 9)]
    rows = signatures(shingles_of(*texts), current_parameters())
    assert (rows == rows[0]).all()


@pytest.mark.parametrize("kept", [0.5, 0.8, 0.95])
def test_resemblance_estimates_the_jaccard_similarity(kept):
    left = [f"w{n}" for n in range(4000)]
    right = left[: int(4000 * kept)] + [f"v{n}" for n in range(int(4000 * (1 - kept)))]
    shingles = shingles_of(" ".join(left), " ".join(right))
    sets = [
        set(shingles.hashes[start:end].tolist())
        for start, end in zip(shingles.offsets, shingles.offsets[1:], strict=False)
    ]
    true = len(sets[0] & sets[1]) / len(sets[0] | sets[1])
    rows = signatures(shingles, current_parameters())
    error = (true * (1 - true) / 128) ** 0.5
    assert abs(resemblance(rows[0], rows[1]) - true) <= 3 * error
