"""Forms: a copy agrees with its item where the form leaves room, another text of the form does not.

The fast comparison is that of a slow one, whatever segments the items are in.
"""

import itertools
import math
import random
from collections.abc import Collection
from types import SimpleNamespace

import numpy as np
import pytest

from provenance.match.candidates.candidate_table import Candidates
from provenance.model.content.fingerprints import Flags
from provenance.pipeline.locate.rivals import find_forms
from tests.match.candidate_runs import runs_of
from tests.match.memory_registries import (
    found_in,
    holding_in_segments,
    index_of,
    rows_of,
    seeds_of,
    tokens_of,
    words,
)

FORM, ROOM = words(60, 1, prefix="form"), 6
PARAGRAPH = " ".join(words(40, 2))


def fill(dice: random.Random, length: int = 60, vocabulary: int = 40) -> str:
    """Fill each sixth place of the form."""
    places = range(length)
    return " ".join(
        f"value{dice.randrange(vocabulary)}" if n % ROOM == 4 else FORM[n] for n in places
    )


def edit(text: str, step: int = 10) -> str:
    return " ".join(f"new{n}" if n % step == 4 else w for n, w in enumerate(text.split()))


def compared(
    items: list[str], *texts: str, segments: int = 1, dead: Collection[int] = ()
) -> tuple[Candidates, Flags]:
    """Return the matches of texts with items, and which have only the form."""
    arrays, _ = holding_in_segments(items, [n % segments for n in range(len(items))], dead=dead)
    registry = index_of(arrays)
    found = found_in(registry, *texts)
    assert set(found.texts.tolist()) == set(range(len(texts)))
    owners = np.zeros(len(found), np.int64)
    return found, find_forms(found, owners, [SimpleNamespace(index=registry)])


def forms_of(items: list[str], *texts: str, **more) -> list[bool]:
    """Return, for each text, whether the item that it shares most with has only the form."""
    found, forms = compared(items, *texts, **more)
    best = np.lexsort((found.items, -found.matched, found.texts))
    return forms[best[np.unique(found.texts[best], return_index=True)[1]]].tolist()


@pytest.mark.parametrize("segments", [1, 3])
def test_another_text_of_the_form_of_many_items_has_only_their_form(segments):
    dice = random.Random(3)
    items = [fill(dice) for _ in range(60)]
    others = [fill(dice) for _ in range(100)]
    _, forms = compared(items, *others, segments=segments)
    assert len(forms) > 500
    assert forms.mean() > 0.99


@pytest.mark.parametrize("segments", [1, 3])
def test_copies_have_more_than_the_form(segments):
    dice = random.Random(4)
    items = [fill(dice) for _ in range(60)]
    copies = [*items, *map(edit, items), *(f"{PARAGRAPH} {text} {PARAGRAPH}" for text in items)]
    assert not any(forms_of(items, *copies, segments=segments))


def test_a_part_in_which_nothing_is_filled_in_is_the_form():
    dice = random.Random(5)
    fixed = " ".join(words(20, 6, prefix="fixed"))
    items = [f"{fill(dice)} {fixed}" for _ in range(20)]
    assert forms_of(items, fixed, items[3]) == [True, False]


def test_three_others_make_a_form():
    dice = random.Random(7)
    items = [fill(dice) for _ in range(4)]
    other = fill(dice)
    assert forms_of(items, other) == [True]
    assert forms_of(items[:3], other) == [False]
    assert forms_of(items, other, dead=[0]) == [False]


def test_items_that_are_posted_again_are_no_form():
    dice = random.Random(8)
    item = " ".join(words(30, 9))
    again = [f"{item} {' '.join(words(2, 100 + n))}" for n in range(5)]
    assert forms_of([item, *again, *(fill(dice) for _ in range(9))], item, again[2]) == [
        False,
        False,
    ]


def test_long_items_have_no_form():
    dice = random.Random(10)
    chapters = [" ".join(words(500, 200 + n)) for n in range(6)]
    items = [" ".join(fill(dice) + " " + chapter for chapter in chapters) for _ in range(4)]
    assert forms_of(items, fill(dice)) == [False]
    assert forms_of([item[:4000] for item in items], fill(dice)) == [True]


def slow_agreement(agrees: list[bool], shares: list[list[bool]], words_of) -> float:
    total = 0.0
    for word in words_of:
        if agrees[word]:
            column = [share[word] for share in shares]
            if word and agrees[word - 1]:
                column = [share[word] for share in shares if share[word - 1]]
            total -= math.log((sum(column) + 0.5) / (len(column) + 1))
    return total


def beside(own: list[int], pairs: set[tuple[int, int]]) -> list[bool]:
    found = [pair in pairs for pair in itertools.pairwise(own)]
    return [a or b for a, b in zip([*found, False], [False, *found], strict=True)]


def slowly(item: int, runs: np.ndarray, rows: list[list[int]], seeds: list[set[int]]) -> bool:
    own, first, end = rows[item], runs[0, 0], runs[-1, 0] + runs[-1, 2]
    agrees = [
        any(run[2] > 1 and run[0] <= n < run[0] + run[2] for run in runs) for n in range(len(own))
    ]
    stretch = seeds_at(own[first:end])
    counts = {n: sum(s in seeds[n] for s in stretch) for n in range(len(rows))}
    others = sorted((n for n in counts if counts[n] and n != item), key=lambda n: (-counts[n], n))
    shares = [beside(own, set(itertools.pairwise(rows[n]))) for n in others[:64]]
    shares = [s for s in shares if sum(map(min, s, agrees)) >= 0.5 * sum(agrees)]
    everywhere, every, matched = range(len(own)), [True] * len(own), range(first, end)
    most = slow_agreement(every, shares, everywhere)
    shares_of_others = [s for s in shares if slow_agreement(s, shares, everywhere) < 0.8 * most]
    if len(shares_of_others) < 3:
        return False
    nearest = max(slow_agreement(s, shares, matched) for s in shares_of_others)
    is_part = end - first < 0.8 * len(own)
    most = slow_agreement(every, shares, matched) if is_part else most
    agreed = slow_agreement(agrees, shares, matched)
    return agreed < nearest + 6 and (agreed < 0.75 * most or (is_part and most < 6))


def seeds_at(row: list[int]) -> list[int]:
    tokens = tokens_of("")
    hashes = np.array(row, np.uint32)
    places = np.arange(len(row), dtype=np.int32)
    offsets = np.array([0, len(row)], np.int64)
    return seeds_of(type(tokens)(hashes, places, places + 1, offsets)).hashes.tolist()


@pytest.mark.parametrize("seed", range(6))
def test_the_fast_comparison_is_the_slow_one(seed):
    dice = random.Random(seed)
    vocabulary = dice.choice([3, 8, 40])
    items = sorted({fill(dice, dice.choice([24, 42, 60]), vocabulary) for _ in range(90)})
    texts = [fill(dice, 60, vocabulary) for _ in range(4)]
    texts += [edit(dice.choice(items), dice.choice([5, 7, 12])) for _ in range(4)]
    texts += [" ".join(dice.choice(items).split()[: dice.randint(9, 20)]) for _ in range(4)]
    _, numbers = holding_in_segments(items, [0] * len(items))
    rows = rows_of(tokens_of(*items))
    assert numbers.tolist() == list(range(len(items)))
    found, forms = compared(items, *texts)
    seeds = [set(seeds_at(row)) for row in rows]
    expected = [
        slowly(int(item), runs_of(found, place), rows, seeds)
        for place, item in enumerate(found.items.tolist())
    ]
    assert len(found) > 40
    assert {True, False} == set(expected)
    assert forms.tolist() == expected
