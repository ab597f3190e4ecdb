"""Registries are verified."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance.errors import CorruptFile, DigestMismatch, RegistryNotFound
from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.tokenizer.tokenize import current_parameters, tokenise
from provenance.model.content.fingerprints import Texts
from provenance.registry.build.registry_builder import create_registry
from provenance.registry.files.data_files import sync_files
from provenance.registry.manifest import REQUIRED, read_manifest
from provenance.registry.schema import parquet_writer
from provenance.registry.store import open_registry
from provenance.registry.verification import verify_files
from tests.registry.damaged_registries import (
    altered,
    file_of,
    restate,
    restate_segment,
    rewrite,
    rewrite_statuses,
)

ARRAYS = sorted(name for name in REQUIRED if name.endswith(".npy"))


def test_what_was_built_is_true(folder, segmented):
    assert verify_files(folder) == read_manifest(folder)
    assert verify_files(segmented) == read_manifest(segmented)


def test_what_two_sites_of_a_source_call_the_same_is_true(items, tmp_path):
    urls = [f"https://{site}.example.org/q/6" for site in ("two", "one", "four", "three")]
    rows = [
        {"source": "stackexchange", "item": "p6", "text": f"the words of {url}", "url": url}
        for url in urls
    ]
    made = create_registry(tmp_path / "r", [items(rows)])
    assert made.items == 4
    assert verify_files(tmp_path / "r") == made


ALIKE_TO_THE_INDEX = (
    "w40343 w12162 w16856 w23990 w30957 w39403",
    "w9840 w65431 w40222 w44540 w22507 w53333",
)
"""Found among a million posts of random words: of their shingles, two agree in 40 bits."""

BETWEEN = "w33052 w37820 w24293 w7747 w14898 w21145"
"""Has a shingle that is sorted between those."""


def shingles_of(*posts):
    tokens = tokenise(Texts.of(pa.array(posts, pa.large_string())))
    return shingle(tokens, current_parameters().seed_width).hashes


def test_postings_that_the_index_cannot_tell_apart_are_true(items, tmp_path):
    """In a small registry, two shingles are one to the index if 40 of their bits agree."""
    one, other = map(shingles_of, ALIKE_TO_THE_INDEX)
    bits = np.uint64(0xFF << 56 | 0xFFFFFFFF)
    [[first, last]] = [(a, b) for a in one for b in other if (a ^ b) & bits == 0]
    assert any(first < each < last for each in shingles_of(BETWEEN))
    texts = (*ALIKE_TO_THE_INDEX, BETWEEN)
    rows = [{"source": "x", "item": text, "text": text} for text in texts]
    made = create_registry(tmp_path / "r", [items(rows)])
    assert verify_files(tmp_path / "r") == made


def test_nothing_is_not_true(tmp_path):
    with pytest.raises(RegistryNotFound):
        verify_files(tmp_path)


@pytest.mark.parametrize("segment", [0, 2])
@pytest.mark.parametrize("name", [*REQUIRED, "texts.parquet"])
def test_a_flipped_bit_is_noticed(segmented, name, segment):
    open_registry(segmented)
    path = file_of(segmented, name, segment)
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 8
    path.write_bytes(data)
    with pytest.raises(DigestMismatch, match=f"{path} was altered"):
        verify_files(segmented)


def test_a_flipped_bit_of_the_statuses_is_noticed(segmented):
    path = segmented / read_manifest(segmented).statuses.name
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 8
    path.write_bytes(data)
    with pytest.raises(DigestMismatch, match=f"{path} was altered"):
        verify_files(segmented)


@pytest.mark.parametrize("segment", [0, 2])
@pytest.mark.parametrize("name", ARRAYS)
def test_a_value_of_an_array_that_contradicts_the_items_is_noticed(segmented, name, segment):
    dice = np.random.default_rng(7)

    def change(values):
        places = np.flatnonzero(values) if name in ("filter.npy", "prefilter.npy") else values
        place = dice.integers(len(places))
        if name in ("filter.npy", "prefilter.npy"):  # what passes in vain is no fault
            values[places[place]] = 0
        else:
            values[place] ^= 1
        return values

    rewrite(segmented, name, change, segment)
    with pytest.raises(CorruptFile, match=r"is inconsistent|is not an index"):
        verify_files(segmented)


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("change", [lambda values: values[:-1], lambda values: values[1:]])
def test_an_array_of_another_length_is_noticed(segmented, name, change):
    rewrite(segmented, name, change, 1)
    with pytest.raises(CorruptFile, match=f"{name}|inconsistent"):
        verify_files(segmented)


def one_more(values):
    values[5] += 1


def another_text(values):
    values[5] += " and more"


def no_digest(values):
    values[:] = [None if value is None else "Somebody-1" for value in values]


def longer_line(values):
    values[3] += 1


def other_edge(values):
    values[5] += bytes(4)


def swapped(values):
    middle = len(values) // 2
    values[middle], values[middle + 1] = 5, 4
    return values


def all_alike(values):
    values[:] = values[:1] * len(values)


def reversed_(values):
    values.reverse()


def another_source(values):
    values[3] = "reddit" if values[3] == "x" else "x"


def next_one(values):
    return np.where(np.arange(len(values)) == 5, values + 1, values).astype(values.dtype)


def next_bucket(values):
    """Move the first bound between two buckets that have postings."""
    (place, *_) = np.flatnonzero(np.diff(values)) + 1
    values[place] -= 1
    return values


def elsewhere(values):
    values[5] = "https://elsewhere.example/"


def far_off(values):
    return np.where(np.arange(len(values)) == 5, 2**32 - 1, values).astype(values.dtype)


def turned(values):
    return values[::-1].copy()


def in_column(name, change):
    return lambda table: altered(table, name, change)


FAULTS = [
    ("postings that differ from the items' shingles", "positions.npy", next_one),
    ("postings that differ from the items' shingles", "shingles.npy", turned),
    ("postings of items that do not exist", "owners.npy", far_off),
    ("postings of items that do not exist", "owners.npy", lambda values: values + 60),
    ("postings that differ from the items' shingles", "owners.npy", next_one),
    ("postings that differ from the items' shingles", "directory.npy", next_bucket),
    ("a directory that is not ascending", "directory.npy", swapped),
    ("a filter that does not match the postings", "filter.npy", lambda values: values * 0),
    ("a filter that does not match the postings", "prefilter.npy", lambda values: values * 0),
    ("postings that differ from the items' shingles", "tokens.npy", next_one),
    (r"tokens\.npy has \d+ values; the manifest says", "tokens.npy", lambda values: values[1:]),
    (r"filter\.npy is not a filter", "filter.npy", lambda values: values[:0]),
    (r"prefilter\.npy is not a prefilter", "prefilter.npy", lambda values: values[:3]),
    ("items whose tokens do not exist", "offsets.npy", lambda values: values + 1),
    ("items whose tokens do not exist", "offsets.npy", turned),
    ("sizes.npy, which differs from the items", "sizes.npy", next_one),
    ("keys.npy, which differs from the items", "keys.npy", next_one),
    ("items that are out of order", "keys.npy", turned),
    ("codes.npy, which differs from the items", "codes.npy", turned),
    ("items of sources that do not exist", "codes.npy", lambda values: values + 3),
    ("authors.npy, which differs from the items", "authors.npy", turned),
    ("sequences.npy, which differs from the items", "sequences.npy", next_one),
    ("listed as copies of later ones", "firsts.npy", next_one),
    ("wrongly listed as copies", "firsts.npy", lambda values: np.where(values == 7, 2, values)),
    ("signatures of items that do not exist", "signed.npy", lambda values: values + 60),
    ("signatures that do not match the items", "signed.npy", next_one),
    ("signatures that do not match the items", "signatures.npy", next_one),
    ("bands of signatures that do not exist", "bands.npy", far_off),
    ("bands that do not match the signatures", "bands.npy", turned),
    ("items that occur twice", "items.parquet", in_column("item", all_alike)),
    ("keys.npy, which differs from the items", "items.parquet", in_column("item", reversed_)),
    ("keys.npy, which differs from the items", "items.parquet", in_column("created_at", reversed_)),
    ("keys.npy, which differs from the items", "items.parquet", in_column("url", elsewhere)),
    ("authors.npy, which differs from the items", "items.parquet", in_column("author", reversed_)),
    ("authors that are not digests", "items.parquet", in_column("author", no_digest)),
    ("sizes.npy, which differs", "items.parquet", in_column("first_line", longer_line)),
    ("codes.npy, which differs from the items", "items.parquet", in_column("source", reversed_)),
    ("coverage that differs", "items.parquet", in_column("source", another_source)),
    ("59 items; the manifest says 60", "items.parquet", lambda table: table.slice(1)),
    ("texts whose words differ", "items.parquet", in_column("lead", other_edge)),
    ("texts whose words differ", "items.parquet", in_column("trail", other_edge)),
    ("texts in other groups than the items", "texts.parquet", lambda table: table.slice(1)),
    ("texts whose words differ", "texts.parquet", in_column("text", another_text)),
    ("texts whose words differ", "texts.parquet", in_column("text", reversed_)),
    ("it has unexpected columns", "background.parquet", lambda t: t.rename_columns(["counts"])),
    ("a background that does not match", "background.parquet", in_column("count", one_more)),
    (
        "a sketch that does not match the items",
        "sketch.parquet",
        lambda table: pa.table([["x"], [7]], schema=table.schema),
    ),
]


@pytest.mark.parametrize(("fault", "name", "change"), FAULTS)
def test_files_that_contradict_one_another_are_noticed(folder, fault, name, change):
    rewrite(folder, name, change)
    with pytest.raises(CorruptFile, match=fault):
        verify_files(folder)


def test_a_text_too_many_is_noticed(folder):
    path = file_of(folder, "texts.parquet")
    table = pq.read_table(path)
    with parquet_writer(path, table.schema) as file:
        file.write_table(table)
        file.write_table(table.slice(0, 1))
    restate_segment(folder, files=sync_files(path.parent))
    with pytest.raises(CorruptFile, match="texts in other groups than the items"):
        verify_files(folder)


@pytest.mark.parametrize("name", ["shingles.npy", "owners.npy", "positions.npy"])
def test_a_posting_that_is_lost_is_noticed(items, tmp_path, name):
    rows = [
        {"source": "x", "item": text, "text": text, "author": "one"}
        for text in ("so it was said", "so it was said again")
    ]
    folder = tmp_path / "r"
    made = create_registry(folder, [items(rows)])
    # The second of a shingle that two items have: no other file tells that it was there.
    shingles = np.load(file_of(folder, "shingles.npy"))
    (lost,) = np.flatnonzero(np.diff(shingles) == 0) + 1
    for each in ("shingles.npy", "owners.npy", "positions.npy"):
        rewrite(folder, each, lambda values: np.delete(values, lost))
    rewrite(folder, "directory.npy", lambda values: values - (values > lost).astype(values.dtype))
    restate_segment(folder, postings=made.postings - 1)
    with pytest.raises(CorruptFile, match="postings that differ from the items' shingles"):
        verify_files(folder)


def test_what_the_manifest_says_of_a_source_is_held_against_its_items(segmented):
    manifest = read_manifest(segmented)
    one, *others = manifest.sources
    for change in ({"last": None}, {"undated": 0}, {"unattributable": 0}, {"tokens": 1}):
        restate(segmented, sources=(replace(one, **change), *others))
        with pytest.raises(CorruptFile, match="coverage that differs from the manifest"):
            verify_files(segmented)
    restate(segmented, sources=(replace(one, published=10**6), *others))
    assert verify_files(segmented).sources[0].published == 10**6
    for change in ({"tokens": manifest.tokens + 1}, {"items": manifest.items - 1}):
        restate(segmented, **change)
        with pytest.raises(CorruptFile, match="the manifest says otherwise"):
            verify_files(segmented)
        restate(segmented, tokens=manifest.tokens, items=manifest.items)


def test_what_the_manifest_says_of_a_segment_is_held_against_its_items(segmented):
    segment = read_manifest(segmented).segments[1]
    [one, *others] = segment.sources
    restate_segment(segmented, 1, sources=(replace(one, tokens=one.tokens + 1), *others))
    with pytest.raises(CorruptFile, match="coverage that differs from the manifest"):
        verify_files(segmented)
    restate_segment(segmented, 1, sources=segment.sources, longest=segment.longest - 1)
    with pytest.raises(CorruptFile, match="items that are longer than the longest"):
        verify_files(segmented)


def test_copies_that_are_none_are_noticed(folder):
    arrays = open_registry(folder).arrays()
    lengths = np.diff(arrays.token_offsets)
    one, other = np.flatnonzero(lengths == 4)[:2].tolist()
    rewrite(folder, "firsts.npy", lambda values: np.where(values == other, one, values))
    with pytest.raises(CorruptFile, match="wrongly listed as copies"):
        verify_files(folder)


def test_copies_that_are_not_listed_are_noticed(folder):
    rewrite(folder, "firsts.npy", lambda values: np.arange(len(values), dtype=values.dtype))
    with pytest.raises(CorruptFile, match="copies that are not listed"):
        verify_files(folder)


def of_state(state, table):
    [place, *_] = np.flatnonzero(np.array(table["state"].to_pylist()) == state)
    return int(place)


def without(state):
    def change(table):
        place = of_state(state, table)
        return pa.concat_tables([table.slice(0, place), table.slice(place + 1)])

    return change


def one_changed(state, name, new_value):
    def change(table):
        place = of_state(state, table)

        def exchange(values):
            values[place] = new_value(values[place])

        return altered(table, name, exchange)

    return change


def always(value):
    return lambda _: value


def next_number(number):
    """A number that another one is replaced by, within the three segments."""
    return ((-1 if number is None else number) + 1) % 3


def firsts_invented(table):
    """State the first item with the same tokens for what was replaced and has none."""
    for name in ("first_segment", "first_item"):
        table = altered(table, name, lambda values: fill(values, 0))
    return table


def fill(values, value):
    values[:] = [value if one is None else one for one in values]


@pytest.mark.parametrize(
    ("fault", "change"),
    [
        ("coverage that differs from the manifest", without("replaced")),
        ("statuses of items that do not match their tokens", without("copy")),
        (
            "coverage that differs from the manifest",
            one_changed("copy", "state", always("replaced")),
        ),
        ("statuses of items that do not match", one_changed("copy", "first_item", next_number)),
        ("without their segment or item", one_changed("copy", "first_item", always(None))),
        # What was replaced has no first copy, or one: either is noticed.
        (
            "without their segment or item|that do not match their tokens",
            one_changed("replaced", "first_segment", next_number),
        ),
        ("statuses of items that do not match", firsts_invented),
        (
            "not in order, or have several statuses",
            lambda table: table.take(list(range(len(table)))[::-1]),
        ),
    ],
)
def test_statuses_that_contradict_the_items_are_noticed(segmented, fault, change):
    rewrite_statuses(segmented, change)
    with pytest.raises(CorruptFile, match=fault):
        verify_files(segmented)


def test_statuses_that_are_missing_are_noticed(segmented):
    (segmented / read_manifest(segmented).statuses.name).unlink()
    restate(segmented, statuses=None)
    with pytest.raises(CorruptFile, match="coverage that differs from the manifest"):
        verify_files(segmented)
