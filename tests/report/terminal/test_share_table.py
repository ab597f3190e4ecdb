"""Bars in a terminal: the parts are in order, and what little there is can be seen."""

from hypothesis import given
from hypothesis import strategies as st

from provenance.model.results.shares import Estimate, Share
from provenance.model.rules.terms import Verdict
from provenance.report.terminal.share_table import text_bar

SHARES = st.floats(0, 1)


def drawn(share: float, high: float, contested: float, top: float = 1.0, width: int = 21) -> str:
    estimate = Estimate(1, share, 0.0, high, share, contested)
    return text_bar(
        Share("verdict", "forbidden", Verdict.FORBIDDEN, estimate, estimate, estimate), top, width
    )


def test_what_is_contested_follows_what_is_not():
    assert drawn(0.5, 0.7, 0.2) == "█" * 6 + "=" * 4 + "·" * 4
    assert drawn(0.5, 0.5, 0.5) == "=" * 10


def test_the_smallest_share_is_seen_and_drawn_as_most_of_it_is():
    assert drawn(0.001, 0.001, 0.0004) == "█"
    assert drawn(0.001, 0.001, 0.0006) == "="
    assert drawn(0.0, 0.0, 0.0) == ""


@given(SHARES, SHARES, SHARES, st.integers(10, 60))
def test_any_bar_has_its_parts_in_order_and_fits(share, high, part, width):
    bar = drawn(share, max(share, high), share * part, 1.0, width)

    assert len(bar) <= width
    assert bar == "█" * bar.count("█") + "=" * bar.count("=") + "·" * bar.count("·")
    assert bool(share) == bool(bar.strip("·"))
