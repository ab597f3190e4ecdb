"""The shipped weights of ownership follow from the examples that are kept beside the benchmarks."""

import numpy as np
import pytest

from benchmarks import fit_ownership
from provenance.pipeline.findings import ownership


def fitted(features, is_own, weights):
    """Fit a logistic regression with a penalty of half the squared weights, by Newton's method."""
    rows = np.column_stack([np.ones(len(features)), features])
    penalty = np.diag([0.0] + [1.0] * features.shape[1])
    beta = np.zeros(rows.shape[1])
    for _ in range(25):
        own = 1 / (1 + np.exp(-rows @ beta))
        gradient = rows.T @ (weights * (is_own - own)) - penalty @ beta
        hessian = (rows.T * (weights * own * (1 - own))) @ rows + penalty
        beta += np.linalg.solve(hessian, gradient)
    return beta


def test_the_shipped_weights_are_those_of_the_examples():
    names, *examples = fit_ownership.read_examples(fit_ownership.EXAMPLES)
    intercept, *weights = fitted(*examples)
    found = dict(zip(names, weights, strict=True))
    assert intercept == pytest.approx(ownership._INTERCEPT, abs=0.02)
    assert found["length"] == pytest.approx(ownership._LENGTH_WEIGHT, abs=0.02)
    for reason, weight in ownership._REASON_WEIGHTS.items():
        assert found[str(reason)] == pytest.approx(weight, abs=0.02)
    assert set(found) == {"length", "title-in-document", *map(str, ownership._REASON_WEIGHTS)}


def test_each_label_weighs_the_same_and_each_kind_as_stated():
    _, _, is_own, weights = fit_ownership.read_examples(fit_ownership.EXAMPLES)
    assert weights[is_own].sum() == pytest.approx(fit_ownership.EFFECTIVE / 2)
    assert weights[~is_own].sum() == pytest.approx(fit_ownership.EFFECTIVE / 2)
