"""Seeds that many items share count together with a rare one, or where many stand in a row."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import strategies as st

from provenance.match.candidates import hit_groups, seed_hits
from provenance.match.candidates.seeds import COMMON_SEEDS, RARE_SHARED_BY
from provenance.match.index.report_limits import NO_LIMITS, TABLE_QUARTERS, ReportLimits
from provenance.match.index.seed_postings import MAX_SHARED
from tests.match.candidates.gathered_hits import gathered, hits_of
from tests.match.memory_registries import found_in, prose, registry
from tests.property_campaigns import property_test

ANYTHING_GOES = ReportLimits(
    np.zeros((2, *NO_LIMITS.least_bits.shape[1:]), np.int32),
    np.full((2, *NO_LIMITS.longest_items.shape[1:]), TABLE_QUARTERS, np.uint8),
    NO_LIMITS.surprisals,
)
"""Limits, by which any match may be reported."""

SAYINGS = [prose(COMMON_SEEDS + 3 + n, 30 + n).split() for n in range(-2, 6)]
ITEMS = [
    " ".join(
        [
            *SAYINGS[n % 8][: 4 + n % 9],
            f"own{n}",
            *SAYINGS[n * 5 % 7][n % 3 :],
            *prose(3, n).split(),
        ]
    )
    for n in range(6 * MAX_SHARED)
]
SAID = registry(*ITEMS)
LIMITED = replace(SAID, limits=ANYTHING_GOES)


def decisive(sharing):
    """Return the places of decisive seeds, from the number of items that share each place's."""
    rows = {at for at, count in sharing.items() if count <= RARE_SHARED_BY or count > MAX_SHARED}
    for begin in sharing:
        row = range(begin, begin + COMMON_SEEDS)
        if all(at in sharing for at in row):
            rows.add(min(row, key=lambda at: (sharing[at], at)))
    return rows


def rows_of(text, against):
    [(_, _, rows)] = gathered([text], against)
    columns = [seed_hits.HIT_ITEM, seed_hits.HIT_POSITION, seed_hits.HIT_ITEM_POSITION]
    return rows[:, columns].tolist()


PIECES = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(SAYINGS), st.integers(0, 6), st.integers(4, 13)).map(
            lambda cut: " ".join(cut[0][cut[1] : cut[1] + cut[2]])
        ),
        st.sampled_from(ITEMS),
        st.just("other words"),
    ),
    max_size=4,
)


@property_test(100, 3000, pieces=PIECES)
def test_hits_of_an_item_are_dropped_unless_one_of_them_is_decisive(pieces):
    text = " ".join(" ".join(pieces).split()[: hit_groups.REACH])
    hits = hits_of(text, SAID)
    needed = decisive({at: sharing for _, at, _, sharing in hits})
    items = {item for item, at, _, _ in hits if at in needed}
    assert rows_of(text, LIMITED) == [row for row in rows_of(text, SAID) if row[0] in items]


def items_with(phrase, count):
    own = [f"{phrase} {prose(9, 100 + n)}" for n in range(count)]
    others = [prose(20, 200 + n) for n in range(40)]
    return replace(registry(*own, *others), limits=ANYTHING_GOES)


@pytest.mark.parametrize(
    ("words", "count", "is_found"),
    [
        (COMMON_SEEDS + 2, RARE_SHARED_BY, True),
        (COMMON_SEEDS + 2, RARE_SHARED_BY + 1, False),
        (COMMON_SEEDS + 3, RARE_SHARED_BY + 1, True),
    ],
)
def test_a_phrase_of_many_items_is_found_from_eight_words(words, count, is_found):
    phrase = " ".join(f"word{n}" for n in range(words))
    found = found_in(items_with(phrase, count), f"Before it {phrase} and behind it")
    assert bool(len(found)) == is_found


def test_a_common_phrase_is_found_beside_a_rare_one():
    phrase = " ".join(f"word{n}" for n in range(6))
    against = items_with(phrase, RARE_SHARED_BY + 1)
    found = found_in(against, f"{phrase} but {prose(9, 103)}")
    assert found.items.tolist() == [3]
    assert found.item_starts.tolist() == [0]


@pytest.mark.parametrize(("between", "is_kept"), [(48, True), (49, False)])
@pytest.mark.parametrize("turned", [False, True], ids=["before", "behind"])
def test_a_common_phrase_counts_within_48_words_of_a_rare_one(between, is_kept, turned):
    common, rare = ([f"{kind}{n}" for n in range(6)] for kind in ("common", "rare"))
    own = [*common, *prose(60, 100).split(), *rare]
    others = [" ".join([*common, *prose(9, 101 + n).split()]) for n in range(RARE_SHARED_BY)]
    against = replace(registry(" ".join(own), *others), limits=ANYTHING_GOES)
    gap = [f"gap{n}" for n in range(between - 4)]  # from the last seed of one to the next's first
    text = [*rare, *gap, *common] if turned else [*common, *gap, *rare]
    found = found_in(against, " ".join(text))
    assert len(found) == 1 + is_kept
