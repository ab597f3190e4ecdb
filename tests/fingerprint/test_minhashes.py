"""Signatures become objects of datasketch that estimate and index as ours do."""

from importlib.metadata import version

import pytest
from datasketch import LeanMinHash, MinHashLSH

import provenance
from provenance.errors import InputError
from provenance.fingerprint.minhash import resemblance, signatures, to_datasketch
from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.tokenizer.tokenize import current_parameters, tokenise
from tests.fingerprint.oracles import texts_of

OURS = current_parameters()
needs_the_scheme = pytest.mark.skipif(
    int(version("datasketch").partition(".")[0]) < 2,
    reason="datasketch has the scheme affine32 from 2.0 on",
)


@pytest.fixture(scope="module")
def rows():
    """Of 30 texts: each shares more words with the next than with the others."""
    texts = [" ".join(f"w{n}" for n in range(start, start + 200)) for start in range(0, 600, 20)]
    return signatures(shingle(tokenise(texts_of(*texts)), 5, include_short=True), OURS)


@needs_the_scheme
def test_estimates_are_the_same(rows):
    objects = to_datasketch(rows, OURS)
    for left, one in zip(rows, objects, strict=True):
        for right, other in zip(rows, objects, strict=True):
            assert one.jaccard(other) == resemblance(left, right)


@needs_the_scheme
def test_an_index_of_datasketch_finds_what_resembles(rows):
    index = MinHashLSH(num_perm=OURS.permutations, params=(64, 2))  # misses a pair of 0.5 in 10⁸
    objects = to_datasketch(rows, OURS)
    for number, each in enumerate(objects):
        index.insert(number, each)
    for left, each in zip(rows, objects, strict=True):
        alike = {n for n, right in enumerate(rows) if resemblance(left, right) >= 0.5}
        found = index.query(each)
        assert {n for n in found if objects[n].jaccard(each) >= 0.5} == alike
        assert len(alike) > 1


@needs_the_scheme
def test_texts_have_the_signatures_of_the_items_of_registries(rows):
    texts = [" ".join(f"w{n}" for n in range(start, start + 200)) for start in range(0, 600, 20)]
    made = provenance.minhashes(texts)
    assert [each.hashvalues.tolist() for each in made] == rows.tolist()
    assert isinstance(made[0], LeanMinHash)
    assert provenance.minhashes([]) == []
    assert provenance.minhashes(iter(["a b", "A  b"]))[0] == provenance.minhashes(["a b"])[0]


def test_an_older_datasketch_is_an_error_that_says_what_to_do(rows, monkeypatch):
    class Older:
        def __init__(self, minhash=None, seed=None, hashvalues=None): ...

    monkeypatch.setattr("datasketch.LeanMinHash", Older)
    with pytest.raises(InputError, match=r"older than 2\.0") as caught:
        to_datasketch(rows, OURS)
    assert "datasketch>=2.0" in caught.value.remedy
