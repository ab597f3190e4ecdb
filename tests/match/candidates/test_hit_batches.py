"""Texts of very many hits: what is looked through in several goes is found all the same."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.match.candidates import candidate_scan
from provenance.match.candidates.candidate_scan import split_by_hits
from provenance.match.index.seed_postings import SeedPostings
from tests.match.memory_registries import found_in, posts, prose, registry

POSTS = posts(40, seed=3)


def seed_postings(sharing):
    """Give seeds of texts, of each text by how many items share them."""
    counts = np.array([count for text in sharing for count in text], np.int64)
    lasts = np.cumsum(np.minimum(counts, 100))
    is_stop = np.arange(len(counts)) % 7 == 3
    return SeedPostings(
        np.arange(len(counts)),
        lasts - np.minimum(counts, 100),
        lasts,
        counts,
        is_stop if is_stop.any() else is_stop[:0],
        np.cumsum([0, *map(len, sharing)]),
        np.arange(lasts[-1] if len(lasts) else 0, dtype=np.uint32),
        np.zeros(lasts[-1] if len(lasts) else 0, np.uint16),
    )


@given(
    st.lists(st.lists(st.integers(1, 150), max_size=12), max_size=6), st.sampled_from([1, 100, 500])
)
def test_seeds_are_split_in_order_and_none_is_lost(sharing, most):
    found = seed_postings(sharing)
    places, offsets = found.indices, found.offsets
    parts = list(split_by_hits(found, most))
    assert np.concatenate([one.indices for _, one in parts]).tolist() == places.tolist()
    for first, one in parts:
        for text in range(len(one.offsets) - 1):
            own = one.indices[one.offsets[text] : one.offsets[text + 1]]
            assert ((offsets[first + text] <= own) & (own < offsets[first + text + 1])).all()
        for name in ("firsts", "lasts", "sharing"):
            assert np.array_equal(getattr(one, name), getattr(found, name)[one.indices])
        assert one.is_stop.tolist() == (found.is_stop[one.indices[: len(found.is_stop)]]).tolist()
        hits = np.where(one.sharing > 100, 8, one.sharing)
        assert len(hits) <= 1 or len(one.offsets) > 2 or hits.sum() <= most


def test_ordinary_texts_are_scanned_in_one_batch():
    found = seed_postings([[1] * 20, [], [1] * 30])
    assert [first for first, _ in split_by_hits(found, candidate_scan.MAX_HITS)] == [0]


@pytest.mark.parametrize("most", [3, 5, 7, 10, 20, 30, 100])
def test_copies_are_found_in_every_batch(monkeypatch, most):
    texts = [
        prose(30, 1),
        f"{prose(200, 2)} {POSTS[3]} {prose(200, 4)} {POSTS[5]} {prose(50, 6)} {POSTS[3]}",
        f"{POSTS[7]} {prose(20, 8)}",
    ]
    index = registry(*POSTS)
    whole = found_in(index, *texts)
    monkeypatch.setattr(candidate_scan, "MAX_HITS", most)
    pieces = found_in(index, *texts)
    assert {*_copies(pieces)} == {*_copies(whole)}
    assert pieces.texts.tolist() == sorted(pieces.texts.tolist())


def _copies(candidates):
    columns = (candidates.texts, candidates.items, candidates.firsts, candidates.lasts)
    return zip(*(column.tolist() for column in columns), strict=True)
