"""Bars: on their scale, with their parts in order."""

from hypothesis import given
from hypothesis import strategies as st

from provenance.model.results.shares import Estimate
from provenance.report.aggregates.charts import scale_end, share_bar

SHARES = st.floats(0, 1)


@given(st.lists(SHARES))
def test_a_scale_fits_all_shares_and_is_as_short_as_possible(shares):
    top = scale_end(shares)
    most = max(shares, default=0)
    assert most <= top
    assert top <= max(most * 2.5 + 1e-9, 0.0001)


@given(SHARES, SHARES, SHARES, SHARES, SHARES)
def test_the_parts_of_a_bar_are_in_order_and_on_the_scale(share, low, high, extra, contested):
    estimate = Estimate(1, share, low, high, min(share + extra, 1), share * contested)
    drawn = share_bar(estimate, scale_end([share, low, high]))
    assert 0 <= drawn.clear <= drawn.share <= drawn.any <= 100
    assert 0 <= drawn.low <= drawn.high <= 100


def test_lengths_match_their_labels():
    drawn = share_bar(Estimate(1, 0.02, 0.01, 0.03, 0.025, 0.005), 0.05)
    assert (drawn.clear, drawn.share, drawn.any) == (30, 40, 50)
    assert (drawn.low, drawn.high) == (20, 60)
