"""The shipped weights of ownership follow from the examples that are kept beside the benchmarks."""

import numpy as np
import pyarrow as pa
import pytest

from benchmarks import fit_ownership
from provenance.model.content.tables import FINDINGS
from provenance.model.results.origin import OriginReason
from provenance.pipeline.findings.ownership import own_evidence

SCHEMA = pa.schema([FINDINGS.field(name) for name in ("origin", "tokens", "origin_reasons")])


def test_the_shipped_weights_are_those_of_the_examples():
    names, *examples = fit_ownership.read_examples(fit_ownership.EXAMPLES)
    intercept, *weights = fit_ownership.fit(*examples)
    found = dict(zip(names, weights, strict=True))
    alone, of_two_words = evidence(1, []), evidence(2, [])
    assert intercept == pytest.approx(alone, abs=0.02)
    assert found.pop("length") == pytest.approx(of_two_words - alone, abs=0.02)
    weights = {str(reason): evidence(1, [reason]) - alone for reason in OriginReason}
    del weights[OriginReason.HEADLINE]  # measured elsewhere
    shipped = {reason: weight for reason, weight in weights.items() if weight}
    assert found.keys() == {"title-in-document", *shipped}
    for reason, weight in shipped.items():
        assert found[reason] == pytest.approx(weight, abs=0.02)


def evidence(tokens, reasons):
    """Give the evidence of a finding of some words for which these reasons speak."""
    columns = {"origin": ["undecided"], "tokens": [tokens], "origin_reasons": [reasons]}
    [found] = own_evidence(pa.table(columns, schema=SCHEMA))
    return float(found)


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
