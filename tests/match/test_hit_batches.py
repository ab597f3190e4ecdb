"""Texts of very many hits: what is looked through in several goes is found all the same."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.match.candidates import candidate_scan
from provenance.match.candidates.candidate_scan import split_by_hits
from provenance.match.index.probe import ProbeResult
from tests.match.holding import found_in, posts, prose, registry

POSTS = posts(40, seed=3)


@given(
    st.lists(st.lists(st.integers(1, 150), max_size=12), max_size=6), st.sampled_from([1, 100, 500])
)
def test_seeds_are_split_in_order_and_none_is_lost(sharing, most):
    lasts = np.cumsum([0, *(count for text in sharing for count in text)])
    offsets = np.cumsum([0, *map(len, sharing)])
    places = np.arange(len(lasts) - 1)
    found = ProbeResult(places, lasts[:-1], lasts[1:], offsets)
    parts = list(split_by_hits(found, most))
    assert np.concatenate([one.indices for _, one in parts]).tolist() == places.tolist()
    for first, one in parts:
        for text in range(len(one.offsets) - 1):
            own = one.indices[one.offsets[text] : one.offsets[text + 1]]
            assert ((offsets[first + text] <= own) & (own < offsets[first + text + 1])).all()
        hits = np.where(one.lasts - one.firsts > 100, 8, one.lasts - one.firsts)
        assert len(hits) <= 1 or len(one.offsets) > 2 or hits.sum() <= most


def test_ordinary_texts_are_scanned_in_one_batch():
    found = ProbeResult(*(np.arange(50) for _ in range(3)), np.array([0, 20, 20, 50]))
    assert [first for first, _ in split_by_hits(found, candidate_scan.MAX_HITS)] == [0]


@pytest.mark.parametrize("most", [100, 1000])
def test_copies_are_found_in_every_batch(monkeypatch, most):
    texts = [
        prose(30, 1),
        f"{prose(200, 2)} {POSTS[3]} {prose(200, 4)} {POSTS[5]} {prose(50, 6)} {POSTS[3]}",
        f"{POSTS[7]} {prose(20, 8)}",
    ]
    index = registry(*POSTS)
    whole = found_in(index, *texts)
    monkeypatch.setattr(candidate_scan, "MAX_HITS", most // 10)
    pieces = found_in(index, *texts)
    assert {*_copies(pieces)} == {*_copies(whole)}
    assert pieces.texts.tolist() == sorted(pieces.texts.tolist())


def _copies(candidates):
    columns = (candidates.texts, candidates.items, candidates.firsts, candidates.lasts)
    return zip(*(column.tolist() for column in columns), strict=True)
