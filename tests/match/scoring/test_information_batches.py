"""Candidates measured lot by lot are measured as all at once."""

import numpy as np
import pytest

from provenance.match.scoring.corpus_sample import sample_passages
from provenance.match.scoring.information import count_and_measure
from provenance.model.content.language import NO_LANGUAGE
from tests.match.memory_registries import found_in, posts, prose, registry, tokens_of

ITEMS = posts(30, seed=8)
TEXTS = [f"{prose(20, seed)} {item} {prose(5, seed + 1)}" for seed, item in enumerate(ITEMS * 2)]


@pytest.fixture(scope="module")
def given():
    """What is to be measured: many candidates."""
    made, corpus = registry(*ITEMS), sample_passages(tokens_of(*TEXTS))
    found = found_in(made, *TEXTS)
    assert found.matched.sum() > 3 * 333
    copies = np.arange(len(found)) % 3, np.arange(len(found)) % 2
    return found, copies, made, corpus, NO_LANGUAGE


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize(("lot", "count"), [(1, 6), (40, 60), (333, 60), (1 << 20, 60)])
def test_batches_measure_the_same_as_one(given, lot, count, threads):
    found, copies, *rest = given
    part = found.take(np.arange(count)), tuple(each[:count] for each in copies), *rest
    assert len(found) == 60
    assert np.array_equal(count_and_measure(*part, threads, lot), count_and_measure(*part, 1))


def test_no_candidates_have_no_batch():
    made = registry(*ITEMS)
    nobody = found_in(made, "nothing of theirs")
    none = np.zeros(0, np.int64)
    told = count_and_measure(
        nobody, (none, none), made, sample_passages(tokens_of("a b")), NO_LANGUAGE, 2
    )
    assert told.shape == (0, 6)
