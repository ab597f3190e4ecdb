"""The shipped weights of ownership follow from the examples that are kept beside the benchmarks."""

import numpy as np
import pytest

from benchmarks import fit_ownership
from provenance.pipeline.findings import ownership


def test_the_shipped_weights_are_those_of_the_examples():
    names, *examples = fit_ownership.read_examples(fit_ownership.EXAMPLES)
    intercept, *weights = fit_ownership.fit(*examples)
    found = dict(zip(names, weights, strict=True))
    assert intercept == pytest.approx(ownership._INTERCEPT, abs=0.02)
    assert found["length"] == pytest.approx(ownership._LENGTH_WEIGHT, abs=0.02)
    for reason, weight in ownership._REASON_WEIGHTS.items():
        assert found[str(reason)] == pytest.approx(weight, abs=0.02)
    assert set(found) == {"length", "title-in-document", *map(str, ownership._REASON_WEIGHTS)}


def test_nothing_is_gained_by_other_weights():
    _, features, is_own, weights = fit_ownership.read_examples(fit_ownership.EXAMPLES)
    best = fit_ownership.fit(features, is_own, weights)

    def loss(found):
        odds = found[0] + features @ found[1:]
        unlikely = np.log1p(np.exp(np.where(is_own, -odds, odds)))
        return (weights * unlikely).sum() + (found[1:] ** 2).sum() / 2

    steps = 0.01 * np.eye(len(best))
    assert all(loss(best) < loss(best + step) for step in [*steps, *-steps])


def test_each_label_weighs_the_same_and_each_kind_as_stated():
    _, _, is_own, weights = fit_ownership.read_examples(fit_ownership.EXAMPLES)
    assert weights[is_own].sum() == pytest.approx(fit_ownership.EFFECTIVE / 2)
    assert weights[~is_own].sum() == pytest.approx(fit_ownership.EFFECTIVE / 2)
