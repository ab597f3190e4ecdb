"""What a registry holds, against a plain reading of its items."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance.errors import CorruptFile
from provenance.fingerprint.fracminhash import build_sketch
from provenance.fingerprint.minhash import signatures as fingerprint_signatures
from provenance.fingerprint.shingles import shingle as fingerprint_shingle
from provenance.fingerprint.tokenizer.tokenize import current_parameters, tokenise
from provenance.match.candidates.near_duplicates import BANDS, ROWS
from provenance.model.content.fingerprints import Texts
from provenance.model.content.registry_arrays import BACKGROUND_BITS, NO_ITEM
from provenance.registry.build.registry_builder import create_registry
from provenance.registry.manifest import read_manifest
from provenance.registry.store import open_registry
from tests.registry.conftest import create_in_segments, signatures_in_order
from tests.registry.damaged_registries import restate_segment


@pytest.fixture(scope="module")
def in_order(registry, numbers, rows):
    """The rows in the order of the items."""
    by_id = {(row["source"], row["item"]): row for row in rows}
    assert len(numbers) == len(rows)
    described = registry.describe(numbers).to_pylist()
    return [by_id[one["source"], one["item"]] for one in described]


@pytest.fixture(scope="module")
def tokens(in_order):
    """Tokens of each item, as plain tuples."""
    found = tokenise(texts_of(in_order))
    return [tuple(found.hashes[start:end].tolist()) for start, end in pairwise(found.offsets)]


def texts_of(rows):
    return Texts.of(pa.array([row["text"] for row in rows], pa.large_string()))


def seeds_of(row):
    shingles = fingerprint_shingle(tokenise(texts_of([row])), 4)
    return list(zip(shingles.hashes.tolist(), shingles.positions.tolist(), strict=True))


def firsts_of(tokens):
    known = {}
    return [known.setdefault(one, n) if one else n for n, one in enumerate(tokens)]


def postings_of(segment):
    """Give bucket and lower bits of each posting's shingle, its item's number, and its position."""
    postings = segment.postings
    buckets = np.repeat(np.arange(len(postings.directory) - 1), np.diff(postings.directory))
    items = postings.items.astype(np.int64) + segment.first_number
    columns = (buckets, postings.shingles, items, postings.positions)
    return postings.depth, list(zip(*(column.tolist() for column in columns), strict=True))


def test_the_first_of_equal_items_stands_for_all(registry, numbers, tokens):
    expected = firsts_of(tokens)
    assert registry.arrays().first[numbers].tolist() == numbers[expected].tolist()
    assert sum(first != number for number, first in enumerate(expected)) > 100
    assert tokens.count(()) > 100


def test_the_firsts_are_those_that_count(registry, numbers, tokens):
    expected = {numbers[first] for first in firsts_of(tokens)}
    assert registry.arrays().firsts.tolist() == sorted(expected)


def test_postings_are_each_shingle_of_each_first_item_once(registry, numbers, in_order, tokens):
    expected = Counter()
    for place, first in enumerate(firsts_of(tokens)):
        if first == place:
            places = {}
            for shingle, position in seeds_of(in_order[place]):
                places.setdefault(shingle, position)
            expected.update((one, numbers[place], at) for one, at in places.items())
    arrays, found = registry.arrays(), Counter()
    reported = arrays.representatives if len(arrays.representatives) else range(len(arrays.first))
    shingles = {shingle for shingle, _, _ in expected}
    for segment in arrays.segments:
        depth, postings = postings_of(segment)
        known = {(one >> (64 - depth), one & 0xFFFFFFFF): one for one in shingles}
        whole = [(known.get(key[:2]), *key[2:]) for key in postings]
        of_live = [posting for posting in whole if posting[0]]
        assert of_live == sorted(of_live)
        found.update((one, reported[item], position) for one, item, position in whole)
    found = {posting: count for posting, count in found.items() if posting[1] != NO_ITEM}
    assert found == expected
    assert arrays.posting_count == len(expected)


def test_an_item_that_repeats_itself_has_its_first_position(items, tmp_path):
    text = "never gonna give you up, " * 3
    create_registry(tmp_path / "r", [items([{"source": "x", "item": "1", "text": text}])])
    [segment] = open_registry(tmp_path / "r").arrays().segments
    assert sorted(segment.postings.positions.tolist()) == [0, 1, 2, 3, 4]


def test_tokens_are_those_of_the_texts(registry, numbers, tokens):
    arrays = registry.arrays()
    bounds = zip(arrays.token_offsets[numbers], arrays.token_offsets[numbers + 1], strict=True)
    assert [tuple(arrays.tokens[start:end].tolist()) for start, end in bounds] == tokens
    assert arrays.longest >= max(map(len, tokens))


def test_sizes_are_numbers_of_tokens_as_far_as_a_byte_counts(items, tmp_path):
    texts = [" ".join(["a"] * size) for size in (0, 1, 254, 255, 256, 9000)]
    rows = [{"source": "x", "item": str(len(text)), "text": text} for text in texts]
    create_in_segments(tmp_path / "r", [rows[:2], rows[2:4], rows[4:]])
    arrays = open_registry(tmp_path / "r").arrays()
    assert sorted(arrays.item_sizes[arrays.is_live, 0].tolist()) == [0, 1, 254, 255, 255, 255]


def test_sources_are_told_apart(registry, numbers, in_order):
    arrays = registry.arrays()
    assert arrays.sources == ("hackernews", "reddit", "x")
    named = [arrays.sources[code] for code in arrays.source_codes[numbers]]
    assert named == [row["source"] for row in in_order]


def test_sources_that_segments_number_apart_are_told_apart(items, tmp_path):
    sources = ("x", "reddit", "hackernews", "x", "arxiv")
    rows = [
        {"source": source, "item": str(n), "text": f"the words of item {n}", "created_at": n}
        for n, source in enumerate(sources)
    ]
    gone = {"source": "bbs", "item": "1", "text": "of a source", "created_at": 9}
    here = gone | {"text": "that has moved", "source": "x"}
    create_in_segments(tmp_path / "r", [rows[:2], [rows[2], gone], [*rows[3:], here]])
    arrays = open_registry(tmp_path / "r").arrays()
    assert arrays.sources == ("arxiv", "bbs", "hackernews", "reddit", "x")
    live = np.flatnonzero(arrays.is_live)
    named = [arrays.sources[code] for code in arrays.source_codes[live]]
    assert (
        named
        == open_registry(tmp_path / "r").describe(live.astype(np.uint32))["source"].to_pylist()
    )
    assert sorted(named) == ["arxiv", "bbs", "hackernews", "reddit", "x", "x", "x"]


def test_authors_are_told_apart_and_the_unknown_are_each_their_own(registry, numbers, in_order):
    authors = registry.arrays().authors[numbers].tolist()
    known, unknown = {}, set()
    for author, row in zip(authors, in_order, strict=True):
        if row["author"]:
            known.setdefault((row["source"], row["author"]), set()).add(author)
        else:
            unknown.add(author)
    assert {len(hashes) for hashes in known.values()} == {1}
    assert len(set.union(*known.values())) == len(known) == 21
    assert len(unknown) == sum(row["author"] is None for row in in_order)


def test_the_background_counts_each_different_item_once(registry, tokens):
    counts = Counter(
        token >> (32 - BACKGROUND_BITS)
        for number, first in enumerate(firsts_of(tokens))
        if first == number
        for token in tokens[number]
    )
    background = registry.arrays().background
    assert {cell: int(background[cell]) for cell in np.flatnonzero(background)} == counts
    assert registry.arrays().size == sum(counts.values())


def test_long_items_have_signatures(registry, numbers, in_order, tokens):
    expected = [
        place
        for place, first in enumerate(firsts_of(tokens))
        if first == place and len(tokens[place]) >= 100
    ]
    items, signatures = signatures_in_order(registry)
    assert items.tolist() == numbers[expected].tolist()
    assert len(expected) > 100
    found = tokenise(texts_of([in_order[place] for place in expected]))
    shingles = fingerprint_shingle(found, 5, include_short=True)
    assert (signatures == fingerprint_signatures(shingles, current_parameters())).all()


def test_signatures_are_found_by_each_of_their_bands(registry):
    for table in registry.signatures():
        assert table.bands.shape == (BANDS, len(table.items))
        for band, entries in enumerate(table.bands):
            own = table.signatures[:, band * ROWS : (band + 1) * ROWS]
            _, groups = np.unique(own, axis=0, return_inverse=True)
            places = (entries & np.uint64(0xFFFFFFFF)).astype(np.int64)
            assert sorted(places.tolist()) == list(range(len(own)))
            assert (np.diff(entries.astype(np.float64)) >= 0).all()
            same_values = np.diff(groups.ravel()[places]) == 0
            assert ((np.diff(entries >> np.uint64(32)) == 0) == same_values).all()


def test_a_registry_without_long_items_has_no_signatures(items, tmp_path):
    create_registry(tmp_path / "r", [items([{"source": "x", "item": "1", "text": "so short"}])])
    numbers, signatures = signatures_in_order(open_registry(tmp_path / "r"))
    assert (numbers.shape, signatures.shape) == ((0,), (0, 128))


def test_each_source_has_the_sketch_of_all_its_items_in_a_segment(registry):
    arrays = registry.arrays()
    for segment, own in zip(registry.segments, arrays.segments, strict=True):
        table = pq.read_table(registry.path / segment.entry.folder / "sketch.parquet")
        items = np.arange(segment.entry.items, dtype=np.uint32) + np.uint32(own.first_number)
        described = registry.describe(items)["source"].to_pylist()
        texts = registry.texts(items)
        for source in ("hackernews", "reddit", "x"):
            mine = [
                {"text": text}
                for text, named in zip(texts, described, strict=True)
                if named == source
            ]
            shingles = fingerprint_shingle(tokenise(texts_of(mine)), 4)
            expected = build_sketch(shingles, current_parameters()).hashes
            found = table.filter(pa.compute.equal(table["source"], source))["hash"].to_numpy()
            assert (found == expected).all()
        assert len(table) > 5


def test_a_source_that_the_manifest_has_not_is_told(folder):
    [segment] = read_manifest(folder).segments
    restate_segment(folder, sources=segment.sources[:2])
    with pytest.raises(CorruptFile, match="items of sources that do not exist"):
        open_registry(folder)
