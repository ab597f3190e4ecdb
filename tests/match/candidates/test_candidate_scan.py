"""Seed and extend: what stands in a text is found, and what is found stands there."""

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from provenance.match.candidates.candidate_table import concatenate_candidates
from provenance.match.candidates.chaining import MIN_CANDIDATE_SCORE
from provenance.match.index.seed_postings import MAX_SHARED
from tests.match.candidate_runs import runs_of
from tests.match.memory_registries import (
    found_in,
    holding_in_segments,
    index_of,
    posts,
    prose,
    registry,
    rows_of,
    tokens_of,
    words,
)

POSTS = posts(80, seed=1)
HAN = ["".join(chr(0x4E00 + int(word[1:])) for word in words(14, seed)) for seed in range(20)]


@cache
def posts_index():
    return registry(*POSTS)


def stretches(candidates):
    """Give (text, item, first, last) of every candidate."""
    columns = (candidates.texts, candidates.items, candidates.firsts, candidates.lasts)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def size(text):
    return len(tokens_of(text).hashes)


def assert_truthful(candidates, items, texts):
    """Runs are equal tokens, in order on both sides, within bounds; and the figures are theirs."""
    items, texts = rows_of(tokens_of(*items)), rows_of(tokens_of(*texts))
    for place in range(len(candidates)):
        item, text = items[candidates.items[place]], texts[candidates.texts[place]]
        runs = runs_of(candidates, place).tolist()
        for at_item, at_text, length in runs:
            assert length >= 1
            assert 0 <= at_item < at_item + length <= len(item)
            assert 0 <= at_text < at_text + length <= len(text)
            assert item[at_item : at_item + length] == text[at_text : at_text + length]
        for before, after in pairwise(runs):
            assert before[0] + before[2] <= after[0]
            assert before[1] + before[2] <= after[1]
            assert before[0] + before[2] < after[0] or before[1] + before[2] < after[1]
        assert candidates.firsts[place] == runs[0][1]
        assert candidates.lasts[place] == runs[-1][1] + runs[-1][2] - 1
        assert candidates.matched[place] == sum(run[2] for run in runs)
        assert candidates.longest_run[place] == max(run[2] for run in runs)
        assert candidates.scores[place] >= MIN_CANDIDATE_SCORE


@pytest.mark.parametrize("before", [0, 1, 130])
@pytest.mark.parametrize("after", [0, 1, 130])
def test_every_verbatim_item_is_found_from_its_first_token_to_its_last(before, after):
    texts = [f"{prose(before, 2)} {post} {prose(after, 3)}" for post in POSTS]
    found = found_in(posts_index(), *texts)
    expected = [
        (number, number, before, before + size(post) - 1) for number, post in enumerate(POSTS)
    ]
    assert stretches(found) == expected
    assert [runs_of(found, place).tolist() for place in range(len(found))] == [
        [[0, before, size(post)]] for post in POSTS
    ]


def test_a_text_without_items_gives_no_candidates():
    assert len(found_in(posts_index(), prose(5000, 1), "", "word", "😀")) == 0
    assert len(found_in(registry("too short"), "too short")) == 0


def test_consecutive_items_are_each_found():
    text = " ".join(POSTS[:30])
    places = np.cumsum([0, *map(size, POSTS[:30])])
    found = sorted(stretches(found_in(posts_index(), text)))
    assert found == [(0, number, places[number], places[number + 1] - 1) for number in range(30)]


@pytest.mark.parametrize("gap", [0, 1, 30])
@pytest.mark.parametrize("length", [5, 15, 35])
def test_an_item_twice_in_a_text_is_two_candidates(gap, length):
    post = " ".join(words(length, 900 + length))
    text = f"{prose(9, 1)} {post} {prose(gap, 2)} {post} {prose(9, 3)}"
    found = sorted(stretches(found_in(registry(post, *POSTS), text)))
    second = 9 + length + gap
    assert found == [(0, 0, 9, 9 + length - 1), (0, 0, second, second + length - 1)]


@pytest.mark.parametrize("text", HAN)
def test_han_is_found_character_by_character(text):
    found = found_in(registry(*HAN), f"前{text}後文、{prose(5, 1)}")
    assert stretches(found) == [(0, HAN.index(text), 1, 14)]


def test_scripts_that_mix_are_found():
    items = [f"{HAN[n][:5]} {' '.join(words(4, n))} {HAN[n][5:9]}" for n in range(9)]
    found = found_in(registry(*items), *items)
    assert stretches(found) == [(n, n, 0, 12) for n in range(9)]


EDIT = st.tuples(
    st.sampled_from(["drop", "change", "insert", "swap"]), st.integers(0, 39), st.integers(0, 99)
)


def edited(post, edits):
    row = post.split()
    for kind, place, stranger in edits:
        at = place % max(len(row), 1)
        if kind == "insert":
            row.insert(at, f"s{stranger}")
        elif kind == "change" and row:
            row[at] = f"s{stranger}"
        elif kind == "swap" and len(row) > at + 1:
            row[at], row[at + 1] = row[at + 1], row[at]
        elif kind == "drop" and row:
            del row[at]
    return " ".join(row)


def longest_shared(left, right):
    """Give the length of the longest run that two lists of words share."""
    best = 0
    for offset in range(-len(right), len(left)):
        run = 0
        for place, word in enumerate(right):
            same = 0 <= place + offset < len(left) and left[place + offset] == word
            run = run + 1 if same else 0
            best = max(best, run)
    return best


@settings(max_examples=150)
@given(st.integers(0, len(POSTS) - 1), st.lists(EDIT, max_size=12))
@example(6, [("drop", 39, 0)])  # one of two equal words: the longer run gets the other
def test_an_edited_item_is_found_where_four_words_in_a_row_are_left(number, edits):
    copy = edited(POSTS[number], edits)
    text = f"{prose(20, 5)} {copy} {prose(20, 6)}"
    found = found_in(posts_index(), text)
    assert_truthful(found, POSTS, [text])
    longest = longest_shared(POSTS[number].split(), copy.split())
    assert (number in found.items.tolist()) == (longest >= 4)
    if longest >= 4:
        assert max(found.longest_run[found.items == number]) == longest


@pytest.mark.parametrize("place", [4, 20])
def test_a_word_that_repeats_at_an_edit_belongs_to_the_longer_run(place):
    row = words(25, 79)
    row[place + 1] = row[place]
    dropped = [*row[:place], *row[place + 1 :]]
    found = found_in(registry(" ".join(row)), f"{prose(7, 1)} {' '.join(dropped)} {prose(7, 2)}")
    assert found.longest_run.tolist() == [max(place + 1, 24 - place)]
    inserted = [*row[:place], row[place], *row[place:]]
    found = found_in(registry(" ".join(row)), f"{prose(7, 1)} {' '.join(inserted)} {prose(7, 2)}")
    assert found.longest_run.tolist() == [max(place + 2, 25 - place)]


def test_words_changed_between_runs_are_aligned_across():
    row = words(24, 77)
    changed = [*row[:8], "s1", *row[9:12], "s2", "s3", *row[13:20], *row[21:]]
    found = found_in(registry(" ".join(row)), f"{prose(7, 1)} {' '.join(changed)} {prose(7, 2)}")
    assert len(found) == 1
    assert runs_of(found, 0).tolist() == [[0, 7, 8], [9, 16, 3], [13, 21, 7], [21, 28, 3]]


def test_a_chain_ends_where_the_text_goes_on_without_the_item():
    row = words(40, 78)
    text = f"{' '.join(row[:12])} {prose(60, 1)} {' '.join(row[28:])}"
    found = found_in(registry(" ".join(row)), text)
    assert stretches(found) == [(0, 0, 0, 11), (0, 0, 72, 83)]


TEXT = st.lists(
    st.one_of(
        st.sampled_from(POSTS).map(str.split),
        st.integers(0, 50).map(lambda seed: prose(seed, seed).split()),
        st.tuples(st.sampled_from(POSTS), st.integers(0, 30), st.integers(2, 12)).map(
            lambda cut: cut[0].split()[cut[1] : cut[1] + cut[2]]
        ),
    ),
    max_size=6,
).map(lambda parts: " ".join(word for part in parts for word in part))


@settings(max_examples=100)
@given(st.lists(TEXT, max_size=5), st.data())
def test_batches_of_texts_change_nothing(texts, data):
    whole = found_in(posts_index(), *texts)
    assert_truthful(whole, POSTS, texts)
    cut = data.draw(st.integers(0, len(texts)))
    parts = [
        found_in(posts_index(), *texts[:cut]),
        found_in(posts_index(), *texts[cut:]).shift_texts(cut),
    ]
    joined = concatenate_candidates(parts)
    for name in ("texts", "items", "firsts", "lasts", "scores", "shared_by", "passages"):
        assert getattr(joined, name).tolist() == getattr(whole, name).tolist(), name
    assert joined.runs.tolist() == whole.runs.tolist()
    assert joined.run_offsets.tolist() == whole.run_offsets.tolist()


@settings(max_examples=50)
@given(st.lists(TEXT, min_size=1, max_size=4), st.data())
def test_taking_candidates_takes_their_runs(texts, data):
    whole = found_in(posts_index(), *texts)
    if not len(whole):
        return
    places = data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=5))
    taken = whole.take(np.array(places, np.int64))
    assert stretches(taken) == [stretches(whole)[place] for place in places]
    for row, place in enumerate(places):
        assert runs_of(taken, row).tolist() == runs_of(whole, place).tolist()


def test_of_items_with_the_same_words_the_first_is_found():
    items = [*POSTS[:3], POSTS[1].upper(), f"“{POSTS[1]}” https://t.example/x"]
    assert found_in(registry(*items), POSTS[1]).items.tolist() == [1]


def test_over_one_stretch_only_the_strongest_few_are_kept():
    phrase = " ".join(words(10, 5))
    items = [f"{phrase} {' '.join(words(6, 100 + number))}" for number in range(40)]
    found = found_in(registry(*items), f"{prose(3, 1)} {items[33]} {prose(3, 2)}")
    assert 33 in found.items
    assert len(found) == 8
    assert max(found.scores) == found.scores[found.items.tolist().index(33)]


def test_a_phrase_of_very_many_items_leads_to_the_earliest_only():
    phrase = " ".join(words(6, 5))
    items = [f"{phrase} {' '.join(words(6, 100 + number))}" for number in range(MAX_SHARED + 20)]
    made = registry(*items)
    found = found_in(made, phrase)
    assert found.items.tolist() == list(range(8))
    assert set(found.shared_by.tolist()) == {MAX_SHARED + 20}
    assert set(found_in(made, phrase[: phrase.rindex(" ")]).shared_by.tolist()) == {MAX_SHARED + 20}


def test_the_rarest_seed_of_a_chain_counts_wherever_it_stands():
    phrase, own = words(8, 5), words(8, 6)
    items = [" ".join([*phrase, *words(6, 100 + number)]) for number in range(30)]
    items.append(" ".join([*phrase, *own]))
    made = registry(*items)
    for text in ([*phrase, *own], [*phrase, "s1", *own], [*phrase[:4], "s1", "s2", *own[:4]]):
        found = found_in(made, " ".join(text))
        assert found.shared_by[found.items == 30].tolist() == [1]
    assert set(found_in(made, " ".join(phrase[:4])).shared_by.tolist()) == {31}


def test_many_candidates_outgrow_the_first_arrays():
    texts = [f"{post} {' '.join(words(5, 9, prefix='s'))} {post}" for post in POSTS * 8]
    found = found_in(posts_index(), *texts, " ".join(POSTS * 10))
    assert len(found) >= 2 * 8 * len(POSTS)
    assert_truthful(found, POSTS, [*texts, " ".join(POSTS * 10)])


@pytest.mark.parametrize("lengths", [(14, 5), (5, 14)])
def test_what_the_best_segment_of_a_chain_leaves_out_is_found_by_itself(lengths):
    """Of the words skipped between two runs, the longer could pay, and the shorter could not."""
    first, second = (words(count, seed) for seed, count in enumerate(lengths, 91))
    item = " ".join([*first, *words(45, 93), *second])
    found = found_in(registry(item, *POSTS), f"{' '.join(first)} {prose(20, 1)} {' '.join(second)}")
    ends = lengths[0] - 1, lengths[0] + 20
    assert sorted(stretches(found)) == [
        (0, 0, 0, ends[0]),
        (0, 0, ends[1], ends[1] + lengths[1] - 1),
    ]


def test_a_run_that_goes_on_elsewhere_in_the_item_is_found_there():
    """The registry knows the first place of a phrase that an item has twice."""
    phrase, own = words(12, 5), words(2, 6)
    item = [*words(5, 1), *phrase, *words(60, 7), *own, *phrase[:7], *words(5, 8)]
    found = found_in(registry(" ".join(item), *POSTS), " ".join([*own, *phrase]))
    runs = [runs_of(found, row).tolist() for row in range(len(found))]
    assert runs == [[[77, 0, 9]], [[5, 2, 12]]]


@pytest.mark.parametrize("sources", [("x", "x", "y"), ("x", "y", "x")])
def test_of_seeds_that_are_as_rare_one_of_a_single_source_counts(sources):
    phrase = words(5, 5)
    items = [[*phrase, *words(5, 1)], [*phrase[:4], *words(5, 2)], [*phrase[1:], *words(5, 3)]]
    made = registry(*(" ".join(item) for item in items), sources=sources)
    found = found_in(made, " ".join(phrase))
    of_first = found.items == 0
    assert found.shared_by[of_first].tolist() == [2]
    assert found.multi_source[of_first].tolist() == [0]


SHARED = [" ".join(words(6, 700 + number)) for number in range(3)]
SPREAD = [
    *(f"{post} {SHARED[number % 3]}" for number, post in enumerate(POSTS[:60])),
    *POSTS[:20],
    *(f"{SHARED[1 + number % 2]} {' '.join(words(2, 950 + number))}" for number in range(40)),
    *(f"{SHARED[0]} {' '.join(words(3, 800 + number))}" for number in range(130)),
]


def described(found, item_of):
    """Give what is known of each candidate, in an order that the items' numbers do not affect."""
    columns = ("texts", "firsts", "lasts", "scores", "shared_by", "multi_source", "passages")
    rows = zip(*(getattr(found, name).tolist() for name in columns), strict=True)
    return sorted(
        (*row, item_of[item], runs_of(found, place).tolist())
        for place, (row, item) in enumerate(zip(rows, found.items.tolist(), strict=True))
    )


@settings(max_examples=40)
@given(st.lists(st.one_of(TEXT, st.sampled_from(SHARED)), max_size=5), st.integers(0, 2**32))
def test_candidates_are_those_of_one_segment_that_holds_what_counts(texts, seed):
    dice = np.random.default_rng(seed)
    count = len(SPREAD)
    dead = set(dice.choice(count, dice.integers(0, 40), replace=False).tolist())
    segments = [0, 1, 2, *dice.integers(0, 3, count - 3).tolist()]
    # With two sources, what so many share is stopped.
    sources = [f"s{number % 2 * dice.integers(2)}" for number in range(count)]
    sources = sources if dice.integers(2) else ["x"] * count
    arrays, numbers = holding_in_segments(SPREAD, segments, dead=dead, sources=sources)
    live = [number for number in range(count) if number not in dead]
    whole = registry(*(SPREAD[item] for item in live), sources=[sources[item] for item in live])
    found = found_in(index_of(arrays), *texts)
    expected = found_in(whole, *texts)
    item_of = {number: item for item, number in enumerate(numbers.tolist())}
    assert described(found, item_of) == described(expected, live)
