"""Shares of findings by the labels that people gave to a sample of them."""

from itertools import product
from math import comb

import numpy as np
import pytest

from provenance.match.estimation.intervals import clopper_pearson_interval
from provenance.match.estimation.reviewed_shares import (
    MIN_CLUSTERS,
    MIN_LABELS,
    ReviewedDraws,
    reviewed_share,
    share_with_missed,
)

DRAWS = 200
RATES = (0.01, 0.03, 0.1, 0.4)
ACCURACIES = ((0.98, 0.98), (0.8, 0.9), (1.0, 0.95))
"""How often the tool is right of what has the label, and of the rest."""
SIZES = (30, 90, 300)


class Findings:
    """Made-up findings of very unequal sizes, several a document, with true and said labels."""

    def __init__(self, random, rate, accuracy, count=2000):
        self.random = random
        tokens = (random.pareto(1.5, count) * 20 + 5).astype(np.int64)
        self.documents = np.sort(random.integers(0, count // 3, count))
        self.true = random.random(count) < rate
        right = random.random(count) < np.where(self.true, *accuracy)
        self.said = self.true == right
        self.chances = tokens / tokens.sum()

    def share(self, mask):
        return float(self.chances[mask].sum())

    def draw(self, size, unsure=0.0):
        rows = self.random.choice(len(self.true), size, p=self.chances)
        skipped = self.random.random(size) < unsure
        return ReviewedDraws(
            self.said[rows], self.true[rows], skipped, self.documents[rows], self.share(self.said)
        )


def test_intervals_hold_the_true_share_as_often_as_they_say():
    random, held, exact = np.random.default_rng(7), {}, []
    for rate, accuracy, size in product(RATES, ACCURACIES, SIZES):
        findings = Findings(random, rate, accuracy)
        true = findings.share(findings.true)
        shares = [reviewed_share(findings.draw(size)) for _ in range(DRAWS)]
        assert all(0 <= each.low <= each.share <= each.high <= 1 for each in shares)
        held[rate, accuracy, size] = np.mean([each.low <= true <= each.high for each in shares])
        exact += [(each.is_exact, each.low <= true <= each.high) for each in shares]
    assert np.mean(list(held.values())) >= 0.94
    assert min(held.values()) >= 0.90, min(held, key=held.__getitem__)
    for kind in (True, False):
        of_a_kind = [is_held for is_exact, is_held in exact if is_exact is kind]
        assert len(of_a_kind) > 1000
        assert np.mean(of_a_kind) >= 0.94, kind


def test_a_good_prediction_makes_the_interval_narrower_and_a_useless_one_does_no_harm():
    widths = {}
    for name, accuracy in {"good": (0.95, 0.95), "useless": (0.5, 0.5)}.items():
        findings = Findings(np.random.default_rng(3), 0.5, accuracy)
        shares = [reviewed_share(findings.draw(400)) for _ in range(50)]
        assert not any(each.is_exact for each in shares)
        widths[name] = np.mean([each.high - each.low for each in shares])
    binomial = 2 * 1.96 * 0.5 / 20
    assert widths["good"] < 0.55 * binomial
    assert widths["useless"] < 1.05 * binomial


def test_the_estimate_has_no_bias_where_the_tool_has_one():
    findings = Findings(np.random.default_rng(5), 0.3, (0.6, 0.95))
    shares = [reviewed_share(findings.draw(200)).share for _ in range(400)]
    true = findings.share(findings.true)
    assert abs(findings.share(findings.said) - true) > 0.05
    assert np.mean(shares) == pytest.approx(true, abs=0.005)


def draws(outcomes, *, said=None, skipped=None, clusters=None, share=1.0):
    count = len(outcomes)
    return ReviewedDraws(
        np.ones(count, bool) if said is None else np.array(said),
        np.array(outcomes, bool),
        np.zeros(count, bool) if skipped is None else np.array(skipped),
        np.arange(count) if clusters is None else np.array(clusters),
        share,
    )


def test_few_documents_or_few_labels_have_an_exact_interval():
    many = [True] * (MIN_CLUSTERS - MIN_LABELS) + [False] * MIN_LABELS
    assert not reviewed_share(draws(many)).is_exact
    assert reviewed_share(draws(many, clusters=[0, *range(len(many) - 1)])).is_exact
    assert reviewed_share(draws([True, *many[:-1]])).is_exact
    assert reviewed_share(draws(many, said=many, share=0.9)).is_exact, "the tool was never wrong"


def test_if_all_is_the_item_s_the_exact_interval_is_clopper_and_pearson_s():
    share = reviewed_share(draws([True] * 20))
    assert (share.share, share.high) == (1.0, 1.0)
    assert share.low == pytest.approx(clopper_pearson_interval(20, 20)[0])


def test_a_skipped_finding_may_be_either():
    sure = reviewed_share(draws([True] * 8 + [False] * 2))
    unsure = [False] * 10 + [True] * 10
    shown = reviewed_share(draws(([True] * 8 + [False] * 2) * 2, skipped=unsure))
    assert shown.share == pytest.approx(sure.share)
    assert shown.low < 0.25
    assert shown.high > 0.9


def test_without_a_label_nothing_is_known():
    nothing = reviewed_share(draws([True, False], skipped=[True, True]))
    assert (nothing.share, nothing.low, nothing.high) == (None, 0.0, 1.0)
    empty = reviewed_share(draws([]))
    assert (empty.share, empty.low, empty.high) == (None, 0.0, 1.0)


@pytest.mark.parametrize("trials", [1, 7, 40])
def test_clopper_and_pearson_s_interval_covers_every_proportion(trials):
    intervals = [clopper_pearson_interval(count, trials) for count in range(trials + 1)]
    for proportion in np.linspace(0.001, 0.999, 97):
        held = sum(
            comb(trials, count) * proportion**count * (1 - proportion) ** (trials - count)
            for count, (low, high) in enumerate(intervals)
            if low <= proportion <= high
        )
        assert held >= 0.95
    assert clopper_pearson_interval(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("share", "labelled"), [(0.02, 0.9), (0.2, 0.3), (0.05, 0.02)])
def test_with_what_was_missed_both_uncertainties_are_in_the_interval(share, labelled):
    random, held = np.random.default_rng(11), []
    for _ in range(500):
        spread = 0.15 * share
        found = random.normal(share, spread)
        findings = (found, max(found - 1.96 * spread, 0.0), found + 1.96 * spread)
        label = reviewed_share(draws(random.random(150) < labelled))
        middle, low, high = share_with_missed(findings, label)
        assert 0 <= low <= middle <= high <= 1
        held.append(low <= share * labelled <= high)
    assert np.mean(held) >= 0.94


def test_nothing_found_and_no_label_still_leave_room():
    nothing = reviewed_share(draws([False] * 20))
    share, low, high = share_with_missed((0.0, 0.0, 0.01), nothing)
    assert (share, low) == (0, 0)
    assert high == pytest.approx(0.01 * nothing.high)
    assert share_with_missed((0.1, 0.05, 0.2), reviewed_share(draws([]))) is None
