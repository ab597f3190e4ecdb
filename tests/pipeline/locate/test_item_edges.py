"""What was dropped around items is read once, and found for each claim again."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.match.candidates.candidate_table import NO_CANDIDATES
from provenance.model.content.fingerprints import list_indices
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.locate.claims import Claims
from provenance.pipeline.locate.span_positions import read_item_edges
from provenance.pipeline.scan.readings import build_registry_indexes
from provenance.registry.store import open_registry

AROUND = ("{} 😀", "RT @bob {} https://t.co/abc", "{}", "@eve @bob {} 🎉🎉", "🦆 {}")


@pytest.fixture(scope="module")
def registries(tmp_path_factory: pytest.TempPathFactory, posts, write_lines) -> list:
    folder = tmp_path_factory.mktemp("edges")
    folders = []
    for name, count in (("first", 7), ("second", 12)):
        rows = [
            {**post, "text": AROUND[(place * count) % len(AROUND)].format(post["text"])}
            for place, post in enumerate(posts[:count])
        ]
        dump = write_lines(folder / f"{name}.jsonl", rows)
        build_registry(folder / name, DumpSource([dump], "x"))
        folders.append(folder / name)
    return build_registry_indexes([open_registry(path) for path in folders])


def claims_on(items: list[tuple[int, int]]) -> Claims:
    """Claim something for items, each named by its registry and its number."""
    count = len(items)
    nothing, flags = np.zeros(count, np.int64), np.ones(count, bool)
    candidates = replace(NO_CANDIDATES, items=np.array([item for _, item in items], np.uint32))
    owners = np.array([owner for owner, _ in items], np.int64)
    return Claims(owners, candidates, nothing, nothing, nothing, flags, nothing, nothing, nothing)


@given(st.data())
def test_edges_are_those_of_each_item(registries, data) -> None:
    known = [(owner, item) for owner, count in ((0, 7), (1, 12)) for item in range(count)]
    everything = data.draw(st.lists(st.sampled_from(known), min_size=1))
    some = data.draw(st.lists(st.sampled_from(everything)))
    cut = data.draw(st.integers(0, len(everything)))
    edges = read_item_edges([claims_on(everything[:cut]), claims_on(everything[cut:])], registries)
    found, lengths = edges.of(claims_on(some))
    for row, (owner, item) in enumerate(some):
        one = registries[owner].registry.edges(np.array([item], np.uint32))
        lead = slice(found.lead_offsets[row], found.lead_offsets[row + 1])
        trail = slice(found.trail_offsets[row], found.trail_offsets[row + 1])
        assert found.lead[lead].tolist() == one.lead.tolist()
        assert found.trail[trail].tolist() == one.trail.tolist()
        offsets = registries[owner].index.arrays.token_offsets
        assert lengths[row] == offsets[item + 1] - offsets[item]


def test_items_have_edges_at_all_in_these_registries(registries) -> None:
    edges = registries[1].registry.edges(np.arange(12, dtype=np.uint32))
    assert len(edges.lead) > 3
    assert len(edges.trail) > 3


def test_of_no_claims_there_are_no_edges(registries) -> None:
    nobody = claims_on([])
    for claims in ([], [nobody]):
        found, lengths = read_item_edges(claims, registries).of(nobody)
        assert len(lengths) == len(found.lead) == len(found.trail) == 0


@given(st.lists(st.lists(st.integers(0, 9), max_size=4), min_size=1), st.data())
def test_lists_that_are_picked_hold_what_they_held(lists, data) -> None:
    chosen = data.draw(st.lists(st.integers(0, len(lists) - 1)))
    offsets = np.cumsum([0, *map(len, lists)]).astype(np.int64)
    values = np.array([value for one in lists for value in one], np.int64)
    places, own = list_indices(offsets, np.array(chosen, np.int64))
    found = [values[places][low:high].tolist() for low, high in pairwise(own)]
    assert found == [lists[one] for one in chosen]
