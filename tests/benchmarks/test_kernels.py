"""What the kernels are timed on is what a registry holds."""

from benchmarks.kernels import registry_arrays
from provenance.match.index.postings_index import build_postings_index
from provenance.match.index.stop_shingles import NO_STOPS
from tests.match.memory_registries import found_in, holding, posts


def test_the_registry_that_kernels_are_timed_on_finds_its_posts():
    items = posts(20, seed=4, shortest=8)

    made = registry_arrays(items)

    [segment], [held] = made.segments, holding(*items).segments
    assert segment.postings.shingles.tolist() == held.postings.shingles.tolist()
    assert found_in(build_postings_index(made, NO_STOPS), *items).items.tolist() == list(range(20))
