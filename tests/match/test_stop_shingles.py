"""What many authors of several sources write is evidence of nobody."""

import numpy as np
import pytest

from provenance.match.index.stop_shingles import MIN_AUTHORS, find_stop_shingles
from provenance.match.scoring.corpus_sample import sample_passages
from provenance.match.scoring.features import measure_features
from tests.match.holding import found_in, holding, prose, registry, seeds_of, tokens_of, words

PHRASE = " ".join(words(8, 7, prefix="c"))


def crowd(count, seed=0):
    """Write items that hold the phrase among words of their own."""
    return [
        f"{' '.join(words(6, seed + number))} {PHRASE} {' '.join(words(6, seed + 500 + number))}"
        for number in range(count)
    ]


def shared(items, sources, authors=()):
    return find_stop_shingles([holding(*items, sources=sources, authors=authors)]).tolist()


def seeds(text):
    return sorted(seeds_of(tokens_of(text)).hashes.tolist())


def halves(count):
    return ["x" if number % 2 else "reddit" for number in range(count)]


def test_a_phrase_of_many_authors_in_two_sources_is_stopped():
    assert shared(crowd(MIN_AUTHORS), halves(MIN_AUTHORS)) == seeds(PHRASE)


def test_one_author_fewer_than_the_minimum_is_not_enough():
    assert shared(crowd(MIN_AUTHORS - 1), halves(MIN_AUTHORS - 1)) == []


def test_a_phrase_frequent_inside_one_source_is_kept():
    assert shared(crowd(3 * MIN_AUTHORS), ["x"] * 3 * MIN_AUTHORS) == []


def test_a_single_author_in_a_second_source_is_not_enough():
    sources = ["x"] * 3 * MIN_AUTHORS + ["reddit"]
    assert shared(crowd(len(sources)), sources) == []


def test_an_author_counts_once_however_many_items_hold_the_phrase():
    authors = [1, 2] * (MIN_AUTHORS // 2)
    assert (
        shared(
            crowd(MIN_AUTHORS),
            ["x"] * (MIN_AUTHORS // 2) + ["reddit"] * (MIN_AUTHORS // 2),
            authors,
        )
        == []
    )


def test_sources_may_be_in_registries_of_their_own():
    half = MIN_AUTHORS // 2
    one = holding(*crowd(half), sources=["x"] * half)
    other = holding(*crowd(half, 5000), sources=["reddit"] * half)

    assert (
        find_stop_shingles([one, other]).tolist()
        == find_stop_shingles([other, one]).tolist()
        == seeds(PHRASE)
    )
    assert find_stop_shingles([one]).tolist() == find_stop_shingles([one, one]).tolist() == []


def test_no_registries_have_no_stop_shingles():
    assert find_stop_shingles([holding()]).tolist() == []
    assert find_stop_shingles([holding("a b")]).tolist() == []


def test_a_page_of_stop_shingles_has_no_candidate():
    made = registry(*crowd(MIN_AUTHORS), sources=halves(MIN_AUTHORS))

    assert len(found_in(made, f"{prose(9, 1)} {PHRASE} {prose(9, 2)}")) == 0


def test_an_item_is_measured_by_its_own_words_alone():
    items = crowd(MIN_AUTHORS)
    made = registry(*items, sources=halves(MIN_AUTHORS))
    text = f"{prose(9, 1)} {items[3]} {prose(9, 2)}"

    candidates = found_in(made, text)
    features = measure_features(candidates, made, sample_passages(tokens_of(text)))

    assert candidates.items.tolist() == [3]
    assert candidates.matched.tolist() == [20]
    # Of the phrase's eight words, three at each end stand in seeds with the item's own.
    assert features.matched.tolist() == [18]
    assert features.length.tolist() == [18]
    assert features.longest.tolist() == [9]


@pytest.mark.parametrize("text", ["", PHRASE, f"{PHRASE} {PHRASE}"])
def test_tokens_are_marked_where_stop_shingles_begin(text):
    made = registry(*crowd(MIN_AUTHORS), text, sources=[*halves(MIN_AUTHORS), "x"])
    own = made.stop_marks[made.arrays.token_offsets[MIN_AUTHORS] :]
    wanted = np.zeros(len(own), bool)
    wanted[: 5 if text else 0] = True  # a posting knows the first place alone

    assert own.tolist() == wanted.tolist()
