"""Verify a registry: check every digest, and recompute what follows from its items."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from provenance.errors import CorruptFile
from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.span_edges import dropped_edges as fingerprint_edges
from provenance.fingerprint.tokenizer.tokenize import current_parameters, tokenise
from provenance.match.index.postings_index import IndexLayout, build_index_part
from provenance.match.index.stop_shingles import count_shared_shingles
from provenance.model import (
    BACKGROUND_BITS,
    Flags,
    Int32s,
    Int64s,
    RegistryArrays,
    SharedShingles,
    Shingles,
    Texts,
    Tokens,
    UInt32s,
    UInt64s,
)
from provenance.registry.array_reader import read_registry_arrays
from provenance.registry.build.duckdb_engine import BuildLimits, open_engine
from provenance.registry.build.generation_writer import sketch_table
from provenance.registry.build.item_copies import sequence_hashes
from provenance.registry.build.item_order import count_order_faults
from provenance.registry.build.item_parts import url_sites
from provenance.registry.build.postings_writer import partition_bits
from provenance.registry.build.radix_sort import partition_items, sort_records
from provenance.registry.build.row_groups import item_signatures, source_sketches
from provenance.registry.build.shingle_origins import author_numbers
from provenance.registry.data_files import check_files
from provenance.registry.manifest import (
    ITEMS_FILE,
    REMEDY,
    SIGNATURES_FILE,
    SKETCH_FILE,
    TEXTS_FILE,
    Manifest,
)
from provenance.registry.mapped_files import Files, map_registry
from provenance.registry.parquet_tables import (
    open_parquet,
    read_column,
    read_row_group,
    row_group_starts,
    timestamp_seconds,
)
from provenance.registry.schema import ITEMS_SCHEMA, SKETCH_SCHEMA, binary_to_lists, single_chunk
from provenance.registry.source_coverage import coverage_sums, merge_coverage
from provenance.temporary_files import temporary_folder

_NO_INT32S: Int32s = np.zeros(0, np.int32)

_STORED_KEY_COLUMNS = ["source", "item", "created_at"]
_SITE_FIELD = pa.field("site", pa.string())
_KEY_SCHEMA = pa.schema([*map(ITEMS_SCHEMA.field, _STORED_KEY_COLUMNS), _SITE_FIELD])


@dataclass(frozen=True, slots=True)
class _Contents:
    """A registry with the tokens and shingles of its items."""

    files: Files
    manifest: Manifest
    arrays: RegistryArrays
    tokens: Tokens
    shingles: Shingles
    is_first: Flags


def verify_files(folder: Path) -> Manifest:
    """Check everything about a registry that can be checked.

    Parameters
    ----------
    folder : Path
        The registry.

    Returns
    -------
    Manifest
        Its manifest.

    Raises
    ------
    RegistryNotFound, RegistryVersion
        If there is no registry that we can read.
    DigestMismatch
        If a file, the texts included, is missing or altered.
    CorruptFile
        If the files are intact, but contradict each other or the manifest.
    """
    manifest, files = map_registry(folder)
    check_files(files, manifest.files)
    contents = _load_contents(files, manifest)
    checks = (
        _check_items,
        _check_texts,
        _check_copies,
        _check_postings,
        _check_background,
        _check_signatures,
        _check_sketches,
        _check_coverage,
    )
    if faults := [fault for check in checks for fault in check(contents)]:
        raise CorruptFile(
            f"{folder / manifest.generation} is inconsistent: {'; '.join(faults)}", remedy=REMEDY
        )
    return manifest


def _load_contents(files: Files, manifest: Manifest) -> _Contents:
    arrays = read_registry_arrays(files, manifest)
    tokens = Tokens(arrays.tokens, _NO_INT32S, _NO_INT32S, arrays.token_offsets)
    shingles = shingle(tokens, arrays.parameters.seed_width)
    is_first = arrays.first == np.arange(len(arrays.first))
    return _Contents(files, manifest, arrays, tokens, shingles, is_first)


def _check_items(contents: _Contents) -> Iterator[str]:
    with open_parquet(contents.files[ITEMS_FILE]) as items:
        for group in range(items.num_row_groups):
            timestamp_seconds(
                contents.files[ITEMS_FILE],
                read_row_group(items, group, ["created_at"])["created_at"],
            )
    with (
        temporary_folder() as spill,
        open_engine(spill, BuildLimits()) as connection,
        open_parquet(contents.files[ITEMS_FILE]) as items,
    ):
        duplicates, misplaced = count_order_faults(connection, _item_keys(items))
    if duplicates:
        yield f"{duplicates} items occur twice"
    if misplaced:
        yield f"{misplaced} items are out of order"


def _check_texts(contents: _Contents) -> Iterator[str]:
    """Fingerprint the texts again by row group, unless another version of Unicode applies."""
    if not contents.manifest.keeps_texts:
        return
    with (
        open_parquet(contents.files[TEXTS_FILE]) as texts,
        open_parquet(contents.files[ITEMS_FILE]) as items,
    ):
        bounds = row_group_starts(texts)
        if not np.array_equal(bounds, row_group_starts(items)):
            yield f"{bounds[-1]} texts of {contents.manifest.items} items, or in other groups"
            return
        if contents.manifest.parameters.unicode != current_parameters().unicode:
            return
        for group, (low, high) in enumerate(pairwise(bounds)):
            edges = read_row_group(items, group, ["lead", "trail"])
            offsets = contents.tokens.offsets[low : high + 1]
            item_tokens = contents.tokens.hashes[offsets[0] : offsets[-1]], offsets - offsets[0]
            if not _check_tokens(
                single_chunk(read_row_group(texts, group)["text"]), item_tokens, edges
            ):
                yield "texts whose words differ from the items' tokens"
                return


def _check_tokens(
    column: pa.Array, expected_tokens: tuple[UInt32s, Int64s], expected_edges: pa.Table
) -> bool:
    """Return whether texts have the stated tokens and edges."""
    texts = Texts.of(column)
    tokens = tokenise(texts)
    edges = fingerprint_edges(texts, tokens)
    lead, trail = (
        binary_to_lists(single_chunk(expected_edges[name])) for name in ("lead", "trail")
    )
    pairs = (
        ((tokens.hashes, tokens.offsets), expected_tokens),
        ((edges.lead, edges.lead_offsets), lead),
        ((edges.trail, edges.trail_offsets), trail),
    )
    return all(
        np.array_equal(values, expected) and np.array_equal(offsets, bounds)
        for (values, offsets), (expected, bounds) in pairs
    )


def _item_keys(items: pq.ParquetFile) -> pa.RecordBatchReader:
    batches = items.iter_batches(columns=[*_STORED_KEY_COLUMNS, "url"])
    keyed_batches = (
        batch.select(_STORED_KEY_COLUMNS).append_column(_SITE_FIELD, url_sites(batch["url"]))
        for batch in batches
    )
    return pa.RecordBatchReader.from_batches(_KEY_SCHEMA, keyed_batches)


def _check_copies(contents: _Contents) -> Iterator[str]:
    hashes = sequence_hashes(contents.tokens.hashes, contents.tokens.offsets)
    _, earliest, kinds = np.unique(hashes, return_index=True, return_inverse=True)
    numbers = np.arange(len(hashes))
    first = np.where(np.diff(contents.tokens.offsets) > 0, earliest[kinds], numbers)
    if not np.array_equal(first, contents.arrays.first):
        yield "items that are wrongly listed as copies, or copies that are not listed"


def _check_postings(contents: _Contents) -> Iterator[str]:
    postings = contents.arrays.postings
    hashes, items, positions = _rebuild_postings(contents)
    same = (
        np.array_equal(hashes.astype(np.uint32), postings.shingles),
        np.array_equal(items, postings.items),
        np.array_equal(positions, postings.positions),
    )
    if not all(same):
        yield "postings that differ from the items' shingles"
    cells = (64 * len(postings.prefilter)).bit_length() - 1
    index = build_index_part(
        hashes, IndexLayout(postings.depth, max(cells, 0), len(postings.filter))
    )
    if not np.array_equal(index.directory, postings.directory[:-1]):
        yield "a directory that does not match the postings"
    if not np.array_equal(index.prefilter, postings.prefilter):
        yield "a prefilter that does not match the postings"
    if not np.array_equal(index.filter, postings.filter):
        yield "a filter that does not match the postings"
    authors = read_column(
        contents.files[ITEMS_FILE],
        "author",
        np.uint64,
        contents.manifest.items,
        convert=author_numbers,
    )
    shared = count_shared_shingles(hashes, items, contents.arrays.source_codes, authors)
    if not _check_stop_shingles(contents.arrays.shared, shared):
        yield "shared shingles that do not match the items' authors"


def _rebuild_postings(contents: _Contents) -> tuple[UInt64s, UInt32s, UInt32s]:
    """Compute the postings with full-length hashes."""
    depth = partition_bits(len(contents.tokens.hashes))
    numbers = np.arange(len(contents.is_first), dtype=np.uint32)
    records, bounds = partition_items(contents.shingles, numbers, contents.is_first, depth)
    parts = [sort_records(records[low:high], depth) for low, high in pairwise(bounds)]
    hashes, items, positions = (np.concatenate(column) for column in zip(*parts, strict=True))
    return hashes, items, positions


def _check_stop_shingles(expected: SharedShingles, actual: SharedShingles) -> bool:
    return all(
        np.array_equal(getattr(expected, name), getattr(actual, name))
        for name in ("shingles", "codes", "authors")
    )


def _check_background(contents: _Contents) -> Iterator[str]:
    hashes = contents.tokens.hashes[np.repeat(contents.is_first, np.diff(contents.tokens.offsets))]
    cells = hashes >> np.uint32(32 - BACKGROUND_BITS)
    if not np.array_equal(
        np.bincount(cells, minlength=1 << BACKGROUND_BITS), contents.arrays.background
    ):
        yield "a background that does not match the items' tokens"


def _check_signatures(contents: _Contents) -> Iterator[str]:
    numbers = np.arange(len(contents.is_first), dtype=np.uint32)
    signatures = item_signatures(
        contents.tokens, numbers, contents.is_first, contents.manifest.parameters
    )
    with open_parquet(contents.files[SIGNATURES_FILE]) as file:
        if not file.read().equals(signatures):
            yield "signatures that do not match the items"


def _check_sketches(contents: _Contents) -> Iterator[str]:
    sources = pa.array(contents.arrays.sources).take(pa.array(contents.arrays.source_codes))
    sketches = source_sketches(
        contents.shingles, pa.chunked_array([sources]), contents.manifest.parameters
    )
    rows = [sketch_table(source, sketches[source].hashes) for source in sorted(sketches)]
    with open_parquet(contents.files[SKETCH_FILE]) as file:
        if not file.read().equals(pa.concat_tables([SKETCH_SCHEMA.empty_table(), *rows])):
            yield "a sketch that does not match the items"


def _check_coverage(contents: _Contents) -> Iterator[str]:
    tokens = len(contents.tokens.hashes)
    if tokens != contents.manifest.tokens:
        yield f"{tokens} tokens; the manifest says {contents.manifest.tokens}"
    coverage = {entry.source: entry for entry in merge_coverage(list(_coverage_of_items(contents)))}
    for source in contents.manifest.sources:
        if replace(source, published=None) != coverage.get(source.source):
            yield f"{source.source} differs from the manifest"


def _coverage_of_items(contents: _Contents) -> Iterator[pa.Table]:
    too_short = np.diff(contents.shingles.offsets) == 0
    with open_parquet(contents.files[ITEMS_FILE]) as file:
        for group, (low, high) in enumerate(pairwise(row_group_starts(file))):
            rows = read_row_group(file, group, ["source", "length", "created_at"])
            place = rows.column_names.index("created_at")
            seconds = timestamp_seconds(contents.files[ITEMS_FILE], rows["created_at"])
            rows = rows.set_column(place, "created_at", seconds)
            yield coverage_sums(rows, too_short[low:high])
