"""Sketches of datasets and registries, and how far the intervals of comparisons hold."""

import json
from functools import cache
from itertools import permutations
from pathlib import Path

import fsspec
import numpy as np
import pyarrow as pa
import pytest

from provenance.match.estimation.set_overlap import set_share
from provenance.pipeline.building.registries import DumpSource, add_to_registry, build_registry
from provenance.pipeline.settings import Settings
from provenance.pipeline.sketching import (
    SketchOptions,
    compare_sketches,
    sketch_address,
    sketch_addresses,
)
from provenance.registry.changes.withdrawal import remove_items
from provenance.registry.segments.item_selection import Selection
from provenance.registry.sketch_file import write_sketch
from provenance.registry.sorting.duckdb_engine import BuildLimits

SETTINGS = Settings(threads=2)


def of(address, scaled=1):
    return sketch_address(str(address), SETTINGS, SketchOptions(scaled))


@pytest.fixture
def texts(posts):
    return [{"id": post["id"], "text": post["text"]} for post in posts]


def test_a_registry_has_the_sketch_of_the_dataset_of_its_items(
    tmp_path, texts, registry, write_lines
):
    dataset, items = of(write_lines(tmp_path / "a.jsonl", texts)), of(registry)
    assert (dataset.kind, items.kind) == ("dataset", "registry")
    assert dataset.sketch.hashes.tolist() == items.sketch.hashes.tolist()
    assert dataset.sketch.tokens == items.sketch.tokens
    assert items.sketch.documents == len(texts)
    overlap = compare_sketches(dataset, [items]).overlaps[0]
    assert overlap.contained.low == overlap.contains.low == overlap.resemblance.low == 1


def test_registries_and_datasets_at_addresses_are_told_apart(
    tmp_path, texts, registry, write_lines
):
    memory = fsspec.filesystem("memory")
    memory.put(registry, "/bucket/registry", recursive=True)
    memory.put(write_lines(tmp_path / "a.jsonl", texts), "/bucket/a.jsonl")
    items, dataset = (of(f"memory://bucket/{name}") for name in ("registry", "a.jsonl"))
    memory.store.clear()
    assert (items.kind, dataset.kind) == ("registry", "dataset")
    assert items.sketch.digest == of(registry).sketch.digest
    assert items.sketch.hashes.tolist() == dataset.sketch.hashes.tolist()


def test_items_that_were_withdrawn_or_replaced_do_not_count(tmp_path, posts, write_lines):
    """Not even while they are still in the files of a large segment."""
    folder = tmp_path / "registry"
    build_registry(folder, DumpSource([write_lines(tmp_path / "a.jsonl", posts[:60])], "x"))
    later = [posts[0] | {"text": posts[99]["text"]}, *posts[60:90]]
    add_to_registry(folder, DumpSource([write_lines(tmp_path / "b.jsonl", later)], "x"))
    ids = pa.array([post["id"] for post in posts[5:9]])
    large = BuildLimits(merged_tokens=0, rewritten_bytes=0)
    done = remove_items(folder, Selection(ids=ids), limits=large)
    assert done.pending
    left = [posts[99], *posts[1:5], *posts[9:90]]
    expected = of(write_lines(tmp_path / "left.jsonl", left))
    made = of(folder)
    assert made.sketch.hashes.tolist() == expected.sketch.hashes.tolist()
    assert (made.sketch.documents, made.sketch.tokens) == (len(left), expected.sketch.tokens)


def test_shards_threads_and_order_make_no_difference(tmp_path, texts, write_lines):
    for place in range(7):
        write_lines(tmp_path / f"{place}.jsonl", texts[place::7])
    whole = of(write_lines(tmp_path / "all.json", texts))
    names = [str(tmp_path / f"{place}.jsonl") for place in range(7)]
    merged = sketch_addresses(names, SETTINGS, SketchOptions())
    one_by_one = sketch_address(str(tmp_path / "*.jsonl"), Settings(threads=1), SketchOptions())
    for each in (merged, one_by_one):
        assert each.sketch.hashes.tolist() == whole.sketch.hashes.tolist()
        assert each.sketch.documents == len(texts)
    assert sketch_addresses(names[::-1], SETTINGS, SketchOptions()).sketch.digest == (
        merged.sketch.digest
    )


def test_a_sketch_file_stands_for_what_it_was_made_from(tmp_path, texts, write_lines):
    a, b = (write_lines(tmp_path / f"{n}.jsonl", texts[n * 100 :]) for n in (0, 1))
    write_sketch(of(a).sketch, tmp_path / "a.sketch")
    fresh = compare_sketches(of(a), [of(b)]).overlaps[0]
    stored = compare_sketches(of(tmp_path / "a.sketch"), [of(b)]).overlaps[0]
    assert fresh.contained == stored.contained
    assert fresh.resemblance == stored.resemblance
    assert 0 < fresh.contained.value < 1 == fresh.contains.value


def test_the_coarser_sketch_decides(tmp_path, texts, write_lines):
    a = write_lines(tmp_path / "a.jsonl", texts)
    overlap = compare_sketches(of(a, 4), [of(a, 2)]).overlaps[0]
    assert overlap.scaled == 4
    assert overlap.shared == len(of(a, 4).sketch.hashes)


def test_the_one_that_contains_most_comes_first(tmp_path, texts, write_lines):
    query = of(write_lines(tmp_path / "q.jsonl", texts[:100]))
    others = [of(write_lines(tmp_path / f"{size}.jsonl", texts[:size])) for size in (10, 80, 40)]
    ranked = [overlap.other.documents for overlap in compare_sketches(query, others).overlaps]
    assert ranked == [80, 40, 10]


def test_nothing_is_known_of_what_has_no_shingles(tmp_path, texts, write_lines):
    short = of(
        write_lines(tmp_path / "s.jsonl", [{"text": "two words"}, {"text": "and three more"}])
    )
    overlap = compare_sketches(short, [of(write_lines(tmp_path / "t.jsonl", texts))]).overlaps[0]
    assert short.sketch.short_tokens == short.sketch.tokens == 5
    assert overlap.contained is None
    assert overlap.contains.value == overlap.contains.high == 0


def test_a_file_that_cannot_be_read_is_named_and_counted(tmp_path, texts, write_lines):
    write_lines(tmp_path / "a.jsonl", texts[:50])
    (tmp_path / "b.jsonl").write_text('{"text": "cut')
    made = of(tmp_path)
    assert [file.file for file in made.unread] == ["b.jsonl"]
    assert made.sketch.unread == 1
    assert compare_sketches(made, [made]).is_incomplete
    assert not compare_sketches(made, [made], allow_unread=2).is_incomplete


share_of = cache(set_share)


def coverage(query, reference, scaled):
    """Return how many of all samples of one in `scaled` hashes have an interval that is true.

    A sample is what a sketch would have, had the bounds of its hashes lain elsewhere.
    """
    is_shared = np.isin(query, reference, assume_unique=True)
    bounds = np.arange(1, scaled, dtype=np.uint64) * np.uint64(2**64 // scaled)
    edges = np.array([0, *np.searchsorted(query, bounds), len(query)])
    sampled, shared = np.diff(edges), np.diff(np.append(0, np.cumsum(is_shared))[edges])
    rates = [share_of(int(k), int(n), scaled) for k, n in zip(shared, sampled, strict=True)]
    true = is_shared.mean()
    return np.mean([rate.low <= true <= rate.high for rate in rates if rate])


def all_hashes(corpus: Path, chosen=slice(None)):
    rows = [json.loads(line) for line in corpus.read_text().splitlines()][chosen]
    path = corpus.parent / "chosen.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return of(path).sketch.hashes


@pytest.mark.parametrize("scaled", [20, 100])
def test_intervals_hold_although_shingles_overlap(tmp_path, pages, write_lines, scaled):
    """Each run of a copied passage is in the sample or not whatever its neighbours are."""
    corpus = Path(write_lines(tmp_path / "a.jsonl", [{"text": page} for page in pages]))
    whole = all_hashes(corpus)
    for share in (2, 5, 30):
        assert coverage(whole, all_hashes(corpus, slice(0, None, share)), scaled) >= 0.9


REAL = (
    *("registries/reg_reddit_top_2013", "registries/reg_irc_ubuntu"),
    *("registries/reg_twitter_semeval2013_2017", "registries/reg_wnut17_raw_youtube"),
    *("background/bg_webtext_nltk", "training/train_short_jokes"),
    *("training/train_t0_50k_selfinstruct", "training/train_deepmoji_bench"),
)


def test_intervals_hold_on_texts_of_people(shared_data):
    """On all samples of one in 50, 1,000 and 10,000 runs of all ordered pairs of datasets."""
    files = [next(shared_data.glob(f"{name}.*")) for name in REAL]
    sketches = [of(file).sketch for file in files]
    held = []
    for query, reference in permutations(sketches, 2):
        scaled = max(query.scaled, reference.scaled)
        pair = query.coarsen(scaled).hashes, reference.coarsen(scaled).hashes
        whole = [hashes * np.uint64(scaled) for hashes in pair]
        held += [coverage(*whole, each) for each in (50, 1000, 10_000)]
    assert len(held) == 3 * 56
    assert min(held) >= 0.94
    assert np.mean(held) >= 0.99
