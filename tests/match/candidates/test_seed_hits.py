"""Hits of texts, against looking up each seed and comparing words one by one."""

from collections import defaultdict
from dataclasses import replace
from math import log2

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.match.candidates import hit_groups, seed_hits, seeds
from provenance.match.candidates.chaining import MAX_ITEM_GAP, MAX_TEXT_GAP
from provenance.match.index.seed_postings import MAX_SHARED, look_up_seeds
from provenance.match.scoring.features import MAX_SIBLING_ITEM
from tests.match.candidates.gathered_hits import gathered, hits_of, looked_up
from tests.match.memory_registries import posts, prose, registry, rows_of, seeds_of, tokens_of
from tests.property_campaigns import property_test

EVERYBODYS, OWN, SHARED = prose(7, 5), prose(6, 6), prose(5, 7)
ITEMS = [
    f"{post} {EVERYBODYS if number % 3 else ''} {OWN if number % 4 == 0 else ''}"
    f" {SHARED if number in (1, 2) else ''} {prose(number % 3 * 40, number)}"
    for number, post in enumerate(posts(60, seed=3))
]
SOURCES = [f"s{number % 2}" for number in range(len(ITEMS))]
HELD = registry(*ITEMS, sources=SOURCES)

CHORUS = f"{prose(9, 7)} 日本語 {prose(4, 8)}".split()
VERSES = [
    " ".join([f"own{n}", *CHORUS[n % 5 : 5 + n % 11], f"end{n}", *prose(n % 30, n).split()])
    for n in range(4 * MAX_SHARED)
]
SUNG = registry(*VERSES)


def runs_of(text, against):
    """List the runs of consecutive seeds: their hits."""
    runs = []
    for hit in hits_of(text, against):
        follows = runs and tuple(a - b for a, b in zip(hit, runs[-1][-1], strict=True))[:3]
        if follows == (0, 1, 1):
            runs[-1].append(hit)
        else:
            runs.append([hit])
    return runs


def words_and_sharing(text, against):
    """Give a text's words, and how many items share the seed at each place."""
    places, postings = looked_up(text, against)
    sharing = dict(zip(places, postings.sharing.tolist(), strict=True))
    return rows_of(tokens_of(text))[0], sharing


def information(run, row, sharing, against):
    """Give the information of the words that a run may have at most."""
    begin, end = run[0][1], run[-1][1]
    while sharing.get(begin - 1, 0) > MAX_SHARED:
        begin -= 1
    while sharing.get(end + 1, 0) > MAX_SHARED:
        end += 1
    stop = end + 4
    bits = {at: int(against.bits[row[at] >> 12]) for at in range(begin, stop)}
    excess = []
    for _, at, _, shared in run:
        seed = sum(bits[own] for own in range(at, at + 4))
        limit = int(8 * log2(against.arrays.posting_count / shared)) if shared > 1 else seed
        excess.append(max(seed - limit, 0))
    item = int(np.diff(against.arrays.token_offsets)[run[0][0]])
    limited = min(excess) if (stop - begin) * seed_hits.PARTIAL_RATIO < item else 0
    return sum(bits.values()) - limited


def may_combine(run, other, against):
    """Tell whether two runs of an item may be parts of a chain, or siblings."""
    if run[0] > other[0]:
        run, other = other, run
    if np.diff(against.arrays.token_offsets)[run[0][0]] <= MAX_SIBLING_ITEM:
        return other[0][1] - run[-1][1] <= hit_groups.REACH
    text_gap, item_gap = other[0][1] - run[-1][1] - 4, other[0][2] - run[-1][2] - 4
    if text_gap >= 0 and item_gap < 0:
        return False
    return text_gap <= MAX_TEXT_GAP and item_gap <= MAX_ITEM_GAP


def assert_only_hopeless_dropped(text, against):
    """Assert that hits are runs of seeds, and that the others are alone and too weak."""
    [(_, _, rows)] = gathered([text], against)
    columns = [seed_hits.HIT_ITEM, seed_hits.HIT_POSITION, seed_hits.HIT_ITEM_POSITION]
    kept = {tuple(row): None for row in rows[:, columns].tolist()}
    assert list(kept) == sorted(kept, key=lambda row: row[0])
    runs = {run[0][:3]: run for run in runs_of(text, against)}
    of_item = defaultdict(list)
    for run in runs.values():
        of_item[run[0][0]].append(run)
    described = words_and_sharing(text, against)
    assert set(kept) <= set(runs)
    for row in rows:
        run = runs[tuple(row[columns].tolist())]
        assert row[seed_hits.HIT_SHARED_BY] == min(shared for *_, shared in run)
        assert row[seed_hits.HIT_END] >= run[-1][1] + 4
    for first, run in runs.items():
        if first not in kept:
            assert information(run, *described, against) < seed_hits.MIN_CHAIN_SCORE
            others = [other for other in of_item[first[0]] if other != run]
            near = [other for other in others if may_combine(run, other, against)]
            # Together they may be too weak, as one run over seeds that are not followed.
            assert all(other[0][:3] not in kept for other in near)


TEXT = st.lists(
    st.one_of(
        st.sampled_from(ITEMS),
        st.integers(0, 40).map(lambda n: prose(9, n)),
        st.sampled_from([EVERYBODYS, OWN, SHARED]),
        st.just(" ".join(ITEMS)),
        st.tuples(st.sampled_from(ITEMS), st.integers(0, 12), st.integers(3, 9)).map(
            lambda cut: " ".join(cut[0].split()[cut[1] : cut[1] + cut[2]])
        ),
    ),
    max_size=6,
).map(" ".join)


@property_test(30, 1000, text=TEXT)
def test_dropped_hits_are_alone_and_too_weak(text):
    assert_only_hopeless_dropped(text, HELD)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(VERSES),
            st.tuples(st.integers(0, 8), st.integers(1, 9)).map(
                lambda cut: " ".join(CHORUS[:9][cut[0] : sum(cut)])
            ),
            st.integers(0, 400).map(lambda n: f"own{n}"),
        ),
        max_size=5,
    ).map(" ".join),
    st.integers(16, 60),
)
def test_no_more_is_dropped_where_seeds_are_truncated(text, bits):
    _, postings = looked_up(" ".join(CHORUS), SUNG)
    assert postings.sharing.max() > MAX_SHARED > postings.sharing.min()
    made = replace(SUNG, bits=np.full_like(SUNG.bits, bits))
    [(_, _, rows)] = gathered([text], made)
    runs = {run[0][:3]: run for run in runs_of(text, made)}
    columns = [seed_hits.HIT_ITEM, seed_hits.HIT_POSITION, seed_hits.HIT_ITEM_POSITION]
    kept = {tuple(row) for row in rows[:, columns].tolist()}
    described = words_and_sharing(text, made)
    for first, run in runs.items():
        if first not in kept and "日" not in text:
            assert information(run, *described, made) < seed_hits.MIN_CHAIN_SCORE


def test_items_that_are_quoted_keep_their_hits():
    text = " ".join(ITEMS[3].split()[:8])
    [(_, _, rows)] = gathered([text], HELD)
    assert rows[:, seed_hits.HIT_ITEM].tolist() == [3]
    assert rows[0, [seed_hits.HIT_POSITION, seed_hits.HIT_END]].tolist() == [0, 8]


def test_stop_shingles_give_no_hits():
    of_everybody, of_some = (rows for *_, rows in gathered([EVERYBODYS, OWN], HELD))
    assert len(of_everybody) == 0
    assert set(of_some[:, seed_hits.HIT_ITEM].tolist()) == set(range(0, 60, 4))
    assert not of_some[:, seed_hits.HIT_HAS_STOPS].any()


def test_runs_that_stop_shingles_may_continue_are_marked():
    beside = next(item for item in ITEMS if EVERYBODYS in item)
    before = beside[: beside.index(EVERYBODYS)].split()[-4:]
    [(_, _, rows)] = gathered([f"{' '.join(before)} {EVERYBODYS}"], HELD)
    assert rows[:, seed_hits.HIT_HAS_STOPS].any()


@pytest.mark.parametrize("turned", [False, True], ids=["before", "behind"])
def test_a_seed_beside_one_that_is_not_followed_is_not_alone(turned):
    """Whether an item has the words beside it cannot be told, where hits of these were left out."""
    phrase, many = prose(5, 6), range(MAX_SHARED + 50)
    pairs = [(phrase, f"tail{n // 2}") for n in many]
    texts = [" ".join(pair[::-1] if turned else pair) for pair in pairs]
    against = registry(*(f"{text} {prose(20, n)}" for n, text in enumerate(texts)))
    [(_, _, rows)] = gathered([texts[70]], against)
    assert {70, 71} <= set(rows[:, seed_hits.HIT_ITEM].tolist())


LIGHT = "one two three 日本語"


@pytest.mark.parametrize(
    "items",
    [[f"{LIGHT} {prose(20, 3)}"], [f"{LIGHT} a", f"{LIGHT} b", *posts(9, seed=1)]],
    ids=["part", "whole"],
)
def test_light_tokens_behind_a_seed_may_lift_it_over_the_floor(items):
    """The run goes on over them, although no other seed begins there."""
    made = registry(*items)
    against = replace(made, bits=np.full_like(made.bits, 40))
    assert 5 * 40 < seed_hits.MIN_CHAIN_SCORE <= 6 * 40
    [(_, _, rows)] = gathered([LIGHT], against)
    assert 0 in rows[:, seed_hits.HIT_ITEM]


def test_other_texts_change_no_hits():
    texts = [*ITEMS, "", " ".join(ITEMS * 3), "", *ITEMS[::-1], prose(50, 1)]
    shingles = seeds_of(tokens_of(*texts))
    [postings] = look_up_seeds(shingles, [HELD])
    assert np.diff(postings.offsets).max() > seeds.SEEDS_PER_GROUP
    together = [rows.tolist() for *_, rows in gathered(texts, HELD)]
    assert together == [next(gathered([text], HELD))[2].tolist() for text in texts]


@pytest.mark.long
def test_hits_of_very_long_texts_are_those_of_their_parts():
    """Positions are recorded modulo 2**16."""
    gap = prose(200, 9)
    text = f" {gap} ".join(ITEMS * 6)
    assert len(tokens_of(text).hashes) > 1 << 16
    [(_, _, rows)] = gathered([text], HELD)
    columns = [seed_hits.HIT_ITEM, seed_hits.HIT_ITEM_POSITION, seed_hits.HIT_SHARED_BY]
    found = defaultdict(int)
    for row in rows[:, columns].tolist():
        found[tuple(row)] += 1
    alone = defaultdict(int)
    for item in ITEMS:
        [(_, _, part)] = gathered([f"{gap} {item} {gap}"], HELD)
        for row in part[:, columns].tolist():
            alone[tuple(row)] += 6
    assert found == alone


def test_a_phrase_of_several_items_scores_its_frequency_in_the_registry():
    worths = seed_hits.max_seed_bits(1 << 20)
    assert worths[:2].min() > 8 * 1000
    assert worths[[2, 4, 64]].tolist() == [8 * 19, 8 * 18, 8 * 14]
    assert len(worths) == MAX_SHARED + 1
    assert seed_hits.max_seed_bits(0).min() == 0


def test_information_of_tokens_is_summed_over_what_seeds_cover():
    text = f"{prose(5, 1)} {ITEMS[3]} {prose(5, 2)}"
    [(document, sums, rows)] = gathered([text], HELD)
    begin, end = rows[0, [seed_hits.HIT_POSITION, seed_hits.HIT_END]]
    bits = [int(HELD.bits[token >> 12]) for token in document[begin:end]]
    assert sums[end, seeds.INFORMATION] - sums[begin, seeds.INFORMATION] == sum(bits)
    assert sums[end, seeds.WEIGHT] - sums[begin, seeds.WEIGHT] == 4 * (end - begin)
