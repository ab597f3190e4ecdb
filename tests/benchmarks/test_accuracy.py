"""Recall against chance: the pure figures, the join of shingles, and the picture."""

from dataclasses import replace
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.charts import RIGHT, Panel, Point, across, draw_panels, spread
from benchmarks.curves import Matches, Outcome, Plants, curve, mean_recall, outcome, recall
from benchmarks.grounds import Ground
from benchmarks.references import seed_bits, shared_shingles
from provenance.fingerprint.tokenizer.tokenize import current_parameters, tokenise
from provenance.match.candidates.candidate_table import NO_CANDIDATES
from provenance.match.index.postings_index import BITS_SCALE
from provenance.model.content.fingerprints import Texts
from provenance.model.content.registry_arrays import BACKGROUND_BITS

EVERY = (np.ones(3, bool),)


def of(rows):
    """Matches, one a row: text, strength, right, outside, quoted."""
    texts, strengths, *flags = zip(*rows, strict=True)
    return Matches(np.array(texts), np.array(strengths, float), *(np.array(f, bool) for f in flags))


def test_a_plant_is_found_as_strongly_as_its_strongest_right_match():
    rows = [(0, 5, 1, 0, 0), (0, 9, 1, 0, 0), (0, 30, 0, 0, 0), (2, 7, 1, 0, 0)]
    found = outcome(of(rows), np.array([0, 2, 3]), texts=4, words=10).found
    assert found.tolist() == [9, 7, -np.inf]


def test_a_text_counts_once_by_its_strongest_chance_match():
    rows = [(1, 5, 0, 1, 0), (1, 8, 0, 1, 0), (2, 6, 0, 1, 0)]
    result = outcome(of(rows), np.array([0]), texts=3, words=2_000_000)
    assert result.chance.tolist() == [8, 6]
    assert result.chance_rate(6) == 1
    assert result.chance_rate(6.5) == 0.5


def test_a_quotation_is_no_chance():
    result = outcome(of([(1, 5, 0, 1, 1)]), np.array([0]), texts=2, words=1_000_000)
    assert result.chance_rate(5) == 0
    assert result.quotation_rate(5) == 1


def test_recall_of_nothing_is_not_a_number():
    assert np.isnan(recall(np.zeros(3), 0, np.zeros(3, bool)))


def test_every_class_of_plants_counts_alike():
    plants = Plants(np.array(["a", "a", "a", "b"]), np.array([8, 9, 8, 8]))
    classes = [plants.of("a", 8, 99), plants.of("b", 8, 99)]
    assert mean_recall(np.array([1.0, 1, 1, 0]), 1, classes) == 0.5
    assert plants.of("a", 8, 8).tolist() == [True, False, True, False]


strengths = st.lists(st.integers(0, 20).map(float), min_size=1, max_size=30)


@given(strengths, strengths, st.floats(0, 40))
def test_a_threshold_lets_no_more_chance_in_than_it_is_asked_to(found, chance, rate):
    result = Outcome(np.array(found), np.sort(chance)[::-1], np.zeros(0), 1.0)
    assert result.chance_rate(result.threshold_at(rate)) <= rate


@given(strengths, strengths)
def test_a_curve_rises_from_strict_to_lax(found, chance):
    result = Outcome(np.array(found), np.sort(chance)[::-1], np.zeros(0), 1.0)
    points = curve(result, [np.ones(len(found), bool)], range(40))
    recalls = [height for _, height in points]
    assert recalls == sorted(recalls)


def test_a_curve_shows_what_every_threshold_gives():
    result = Outcome(np.array([9.0, 5, 3]), np.array([8.0, 4, 2]), np.zeros(0), 1.0)
    assert curve(result, EVERY, [1, 2, 50]) == [(1, 1 / 3), (1, 2 / 3), (2, 2 / 3), (2, 1)]


ITEM = "seven grey geese walked over the frozen pond at noon"
PAGE = f"it was cold. {ITEM} and seven grey geese walked over the hill"


def ground(page, planted):
    """A page with the tokens that a plant takes, and a registry of one item."""
    made = [tokenise(Texts.of(pa.array([text], pa.large_string()))) for text in (page, ITEM)]
    arrays = HeldItems(made[1])
    firsts, ends = (np.array([place]) for place in planted)
    none = np.zeros(0, np.int64)
    return Ground(None, made[0], arrays, none, None, firsts, ends, np.array([0]))


class HeldItems:
    """As much of a registry as shingles ask for."""

    def __init__(self, tokens):
        self.parameters = current_parameters()
        self.tokens, self.token_offsets = tokens.hashes, tokens.offsets
        self.first = np.arange(len(tokens.offsets) - 1, dtype=np.uint32)


def test_shingles_of_the_plant_and_beside_it_are_told_apart():
    pairs = shared_shingles(ground(PAGE, (3, 13)), 5)
    by_place = {bool(t): row for row, t in enumerate(pairs.touching)}
    assert pairs.shared[by_place[True]] == 6
    assert pairs.containment[by_place[True]] == 1
    assert pairs.quoted[by_place[True]]
    assert pairs.shared[by_place[False]] == 2
    assert not pairs.quoted[by_place[False]]


def test_a_repeated_shingle_is_shared_once():
    page = " ".join(["seven grey geese walked over"] * 3)
    pairs = shared_shingles(ground(page, (0, 0)), 5)
    assert pairs.shared.tolist() == [1]


def test_texts_that_share_nothing_make_no_pair():
    assert (
        len(shared_shingles(ground("nothing of that kind is written here", (0, 0)), 5).texts) == 0
    )


def test_bits_are_of_words_in_seeds_and_of_repeats_once():
    tokens = tokenise(Texts.of(pa.array(["a b c d a x y"], pa.large_string())))
    bits = np.full(1 << BACKGROUND_BITS, 3 * BITS_SCALE, np.uint8)
    made = SimpleNamespace(arrays=HeldItems(tokens), bits=bits)
    runs = np.array([[0, 0, 5], [5, 9, 2]], np.int32)
    found = replace(
        NO_CANDIDATES,
        texts=np.zeros(1, np.int64),
        items=np.zeros(1, np.uint32),
        runs=runs,
        run_offsets=np.array([0, 2]),
    )
    assert seed_bits(found, made).tolist() == [4 * 3]


def picture(points):
    panel = Panel("Recall & chance", 0.5, [(0.2, 0.8), (10, 0.9)], (1, 0.85), points)
    return draw_panels("Ours < theirs?", "made up", [panel, panel])


def test_the_picture_is_well_formed_and_names_every_point():
    rules = [Point("a & b", 3, 0.6, here=True), Point("c <d>", 900, 0.7, here=False)]
    tree = ET.fromstring(picture(rules))
    words = [node.text for node in tree.iter() if node.tag.endswith("}text")]
    assert words.count("a & b") == words.count("c <d>") == 2


def test_what_lies_outside_a_panel_is_drawn_at_its_edge_with_its_figures():
    tree = ET.fromstring(picture([Point("far", 0, 0.1, here=True)]))
    words = [node.text for node in tree.iter() if node.tag.endswith("}text")]
    assert "far: recall 0.10, chance 0" in words


def test_chance_beyond_the_panel_stays_at_its_edge():
    assert across(1e9) == RIGHT


@pytest.mark.parametrize("seed", range(5))
def test_labels_keep_their_distance_and_their_order(seed):
    wanted = np.sort(np.random.default_rng(seed).uniform(0, 100, 8)).tolist()
    assert (np.diff(spread(wanted, 18)) >= 18 - 1e-9).all()
