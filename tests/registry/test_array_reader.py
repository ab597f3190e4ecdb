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
from provenance.model import BACKGROUND_BITS, Texts, max_item_length, registry_arrays
from provenance.registry.array_reader import source_codes
from provenance.registry.build.registry_builder import create_registry
from provenance.registry.mapped_files import map_file
from provenance.registry.store import open_registry


@pytest.fixture(scope="module")
def in_order(registry, rows):
    """The rows by number."""
    by_id = {(row["source"], row["item"]): row for row in rows}
    described = registry.describe(np.arange(len(rows), dtype=np.uint32)).to_pylist()
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


def test_the_first_of_equal_items_stands_for_all(registry, tokens):
    expected = firsts_of(tokens)
    assert registry.arrays().first.tolist() == expected
    assert sum(first != number for number, first in enumerate(expected)) > 100
    assert tokens.count(()) > 100


def test_postings_are_each_shingle_of_each_first_item_once(registry, in_order, tokens):
    expected = []
    for number, first in enumerate(firsts_of(tokens)):
        if first == number:
            places = {}
            for shingle, position in seeds_of(in_order[number]):
                places.setdefault(shingle, position)
            expected += [(shingle, number, place) for shingle, place in places.items()]
    postings = registry.arrays().postings
    buckets = np.repeat(np.arange(len(postings.directory) - 1), np.diff(postings.directory))
    found = zip(
        zip(buckets.tolist(), postings.shingles.tolist(), strict=True),
        postings.items.tolist(),
        postings.positions.tolist(),
        strict=True,
    )
    known = [
        ((one >> (64 - postings.depth), one & 0xFFFFFFFF), *rest) for one, *rest in sorted(expected)
    ]
    assert list(found) == known
    assert registry.manifest.postings == len(expected)


def test_an_item_that_repeats_itself_has_its_first_position(items, tmp_path):
    text = "never gonna give you up, " * 3
    create_registry(tmp_path / "r", [items([{"source": "x", "item": "1", "text": text}])])
    postings = open_registry(tmp_path / "r").arrays().postings
    assert sorted(postings.positions.tolist()) == [0, 1, 2, 3, 4]


def test_tokens_are_those_of_the_texts(registry, tokens):
    arrays = registry.arrays()
    offsets = arrays.token_offsets
    assert [tuple(arrays.tokens[start:end].tolist()) for start, end in pairwise(offsets)] == tokens


def test_sources_are_told_apart(registry, in_order):
    arrays = registry.arrays()
    assert arrays.sources == ("hackernews", "reddit", "x")
    named = [arrays.sources[code] for code in arrays.source_codes]
    assert named == [row["source"] for row in in_order]


def test_the_background_counts_each_different_item_once(registry, tokens):
    counts = Counter(
        token >> (32 - BACKGROUND_BITS)
        for number, first in enumerate(firsts_of(tokens))
        if first == number
        for token in tokens[number]
    )
    background = registry.arrays().background
    assert {cell: int(background[cell]) for cell in np.flatnonzero(background)} == counts


def test_long_items_have_signatures(registry, in_order, tokens):
    expected = [
        number
        for number, first in enumerate(firsts_of(tokens))
        if first == number and len(tokens[number]) >= 100
    ]
    numbers, signatures = registry.signatures()
    assert numbers.tolist() == expected
    assert len(expected) > 100
    found = tokenise(texts_of([in_order[number] for number in expected]))
    shingles = fingerprint_shingle(found, 5, include_short=True)
    assert (signatures == fingerprint_signatures(shingles, current_parameters())).all()


def test_a_registry_without_long_items_has_no_signatures(items, tmp_path):
    create_registry(tmp_path / "r", [items([{"source": "x", "item": "1", "text": "so short"}])])
    numbers, signatures = open_registry(tmp_path / "r").signatures()
    assert (numbers.shape, signatures.shape) == ((0,), (0, 128))


def test_each_source_has_the_sketch_of_all_its_items(registry, in_order):
    table = pq.read_table(registry.data / "sketch.parquet")
    for source in ("hackernews", "reddit", "x"):
        mine = texts_of([row for row in in_order if row["source"] == source])
        shingles = fingerprint_shingle(tokenise(mine), 4)
        expected = build_sketch(shingles, current_parameters()).hashes
        found = table.filter(pa.compute.equal(table["source"], source))["hash"].to_numpy()
        assert len(expected) > 5
        assert (found == expected).all()


def test_a_source_that_the_manifest_has_not_is_told(registry, tmp_path):
    table, path = pq.read_table(registry.data / "items.parquet"), tmp_path / "items.parquet"
    values = [*table["source"].to_pylist()[:-1], "nobody"]
    place = table.column_names.index("source")
    pq.write_table(table.set_column(place, table.schema.field(place), pa.array(values)), path)
    with pytest.raises(CorruptFile, match="sources that the manifest lacks"):
        source_codes(map_file(path), registry.manifest)


def test_the_longest_item_is_found_among_more_than_are_looked_at_together():
    lengths = np.arange(3 * registry_arrays._ITEMS_PER_CHUNK + 7) % 50
    for place in (
        0,
        registry_arrays._ITEMS_PER_CHUNK - 1,
        registry_arrays._ITEMS_PER_CHUNK,
        len(lengths) - 1,
    ):
        own = lengths.copy()
        own[place] = 99
        assert max_item_length(np.concatenate([[0], np.cumsum(own)])) == 99
    assert max_item_length(np.zeros(1, np.int64)) == 0
