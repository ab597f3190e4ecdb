"""What many authors of several sources write is evidence of nobody."""

import numpy as np
import pytest

from provenance.match import commons, measure, sample
from provenance.match.index.stop_shingles import MANY
from tests.match.holding import found_in, holding, prose, registry, seeds_of, tokens_of, words

PHRASE = " ".join(words(8, 7, prefix="c"))


def crowd(count, seed=0):
    """Write items that hold the phrase among words of their own."""
    return [
        f"{' '.join(words(6, seed + number))} {PHRASE} {' '.join(words(6, seed + 500 + number))}"
        for number in range(count)
    ]


def shared(items, sources, authors=()):
    return commons([holding(*items, sources=sources, authors=authors)]).tolist()


def seeds(text):
    return sorted(seeds_of(tokens_of(text)).hashes.tolist())


def halves(count):
    return ["x" if number % 2 else "reddit" for number in range(count)]


def test_a_phrase_of_many_authors_in_two_sources_is_everybodys():
    assert shared(crowd(MANY), halves(MANY)) == seeds(PHRASE)


def test_one_author_fewer_is_not_many():
    assert shared(crowd(MANY - 1), halves(MANY - 1)) == []


def test_what_is_frequent_inside_one_source_is_its_own():
    assert shared(crowd(3 * MANY), ["x"] * 3 * MANY) == []


def test_one_who_repeats_it_elsewhere_does_not_make_it_everybodys():
    sources = ["x"] * 3 * MANY + ["reddit"]
    assert shared(crowd(len(sources)), sources) == []


def test_an_author_counts_once_however_often_he_writes_it():
    authors = [1, 2] * (MANY // 2)
    assert shared(crowd(MANY), ["x"] * (MANY // 2) + ["reddit"] * (MANY // 2), authors) == []


def test_sources_may_be_in_registries_of_their_own():
    half = MANY // 2
    one = holding(*crowd(half), sources=["x"] * half)
    other = holding(*crowd(half, 5000), sources=["reddit"] * half)

    assert commons([one, other]).tolist() == commons([other, one]).tolist() == seeds(PHRASE)
    assert commons([one]).tolist() == commons([one, one]).tolist() == []


def test_no_registry_has_nothing_in_common():
    assert commons([holding()]).tolist() == []
    assert commons([holding("a b")]).tolist() == []


def test_a_page_that_says_what_everybody_says_has_no_candidate():
    made = registry(*crowd(MANY), sources=halves(MANY))

    assert len(found_in(made, f"{prose(9, 1)} {PHRASE} {prose(9, 2)}")) == 0


def test_an_item_is_measured_by_its_own_words_alone():
    items = crowd(MANY)
    made = registry(*items, sources=halves(MANY))
    text = f"{prose(9, 1)} {items[3]} {prose(9, 2)}"

    candidates = found_in(made, text)
    features = measure(candidates, made, sample(tokens_of(text)))

    assert candidates.items.tolist() == [3]
    assert candidates.matched.tolist() == [20]
    # Of the phrase's eight words, three at each end stand in seeds with the item's own.
    assert features.matched.tolist() == [18]
    assert features.length.tolist() == [18]
    assert features.longest.tolist() == [9]


@pytest.mark.parametrize("text", ["", PHRASE, f"{PHRASE} {PHRASE}"])
def test_marks_stand_where_the_shared_shingles_begin(text):
    made = registry(*crowd(MANY), text, sources=[*halves(MANY), "x"])
    own = made.marks[made.holdings.token_offsets[MANY] :]
    wanted = np.zeros(len(own), bool)
    wanted[: 5 if text else 0] = True  # a posting knows the first place alone

    assert own.tolist() == wanted.tolist()
