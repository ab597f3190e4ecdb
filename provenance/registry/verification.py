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
from provenance.fingerprint.tokenizer.tokenize import parameters, tokenise
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
from provenance.registry.build.deduplication import sequence_hashes
from provenance.registry.build.duckdb_engine import BuildLimits, open_engine
from provenance.registry.build.generation_writer import sketch_table
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

_STATED_COLUMNS = ["source", "item", "created_at"]
_SITE_FIELD = pa.field("site", pa.string())
_KEY_SCHEMA = pa.schema([*map(ITEMS_SCHEMA.field, _STATED_COLUMNS), _SITE_FIELD])


@dataclass(frozen=True, slots=True)
class _Contents:
    """A registry with the tokens and shingles of its items."""

    files: Files
    manifest: Manifest
    arrays: RegistryArrays
    tokens: Tokens
    shingles: Shingles
    alone: Flags


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
    alone = arrays.first == np.arange(len(arrays.first))
    return _Contents(files, manifest, arrays, tokens, shingles, alone)


def _check_items(of: _Contents) -> Iterator[str]:
    with open_parquet(of.files[ITEMS_FILE]) as items:
        for group in range(items.num_row_groups):
            timestamp_seconds(
                of.files[ITEMS_FILE], read_row_group(items, group, ["created_at"])["created_at"]
            )
    with (
        temporary_folder() as spill,
        open_engine(spill, BuildLimits()) as connection,
        open_parquet(of.files[ITEMS_FILE]) as items,
    ):
        twice, misplaced = count_order_faults(connection, _item_keys(items))
    if twice:
        yield f"{twice} items occur twice"
    if misplaced:
        yield f"{misplaced} items are out of order"


def _check_texts(of: _Contents) -> Iterator[str]:
    """Fingerprint the texts again by row group, unless another version of Unicode applies."""
    if not of.manifest.keeps_texts:
        return
    with open_parquet(of.files[TEXTS_FILE]) as texts, open_parquet(of.files[ITEMS_FILE]) as items:
        bounds = row_group_starts(texts)
        if not np.array_equal(bounds, row_group_starts(items)):
            yield f"{bounds[-1]} texts of {of.manifest.items} items, or in other groups"
            return
        if of.manifest.parameters.unicode != parameters().unicode:
            return
        for group, (low, high) in enumerate(pairwise(bounds)):
            edges = read_row_group(items, group, ["lead", "trail"])
            offsets = of.tokens.offsets[low : high + 1]
            own = of.tokens.hashes[offsets[0] : offsets[-1]], offsets - offsets[0]
            if not _check_tokens(single_chunk(read_row_group(texts, group)["text"]), own, edges):
                yield "texts whose words differ from the items' tokens"
                return


def _check_tokens(column: pa.Array, own: tuple[UInt32s, Int64s], stated: pa.Table) -> bool:
    """Return whether texts have the stated tokens and edges."""
    texts = Texts.of(column)
    tokens = tokenise(texts)
    edges = fingerprint_edges(texts, tokens)
    lead, trail = (binary_to_lists(single_chunk(stated[name])) for name in ("lead", "trail"))
    pairs = (
        ((tokens.hashes, tokens.offsets), own),
        ((edges.lead, edges.lead_offsets), lead),
        ((edges.trail, edges.trail_offsets), trail),
    )
    return all(
        np.array_equal(values, known) and np.array_equal(offsets, bounds)
        for (values, offsets), (known, bounds) in pairs
    )


def _item_keys(items: pq.ParquetFile) -> pa.RecordBatchReader:
    batches = items.iter_batches(columns=[*_STATED_COLUMNS, "url"])
    keyed = (
        batch.select(_STATED_COLUMNS).append_column(_SITE_FIELD, url_sites(batch["url"]))
        for batch in batches
    )
    return pa.RecordBatchReader.from_batches(_KEY_SCHEMA, keyed)


def _check_copies(of: _Contents) -> Iterator[str]:
    hashes = sequence_hashes(of.tokens.hashes, of.tokens.offsets)
    _, earliest, kinds = np.unique(hashes, return_index=True, return_inverse=True)
    numbers = np.arange(len(hashes))
    first = np.where(np.diff(of.tokens.offsets) > 0, earliest[kinds], numbers)
    if not np.array_equal(first, of.arrays.first):
        yield "items that are wrongly listed as copies, or copies that are not listed"


def _check_postings(of: _Contents) -> Iterator[str]:
    stated = of.arrays.postings
    hashes, items, positions = _rebuild_postings(of)
    same = (
        np.array_equal(hashes.astype(np.uint32), stated.shingles),
        np.array_equal(items, stated.items),
        np.array_equal(positions, stated.positions),
    )
    if not all(same):
        yield "postings that differ from the items' shingles"
    cells = (64 * len(stated.prefilter)).bit_length() - 1
    made = build_index_part(hashes, IndexLayout(stated.depth, max(cells, 0), len(stated.filter)))
    if not np.array_equal(made.directory, stated.directory[:-1]):
        yield "a directory that does not match the postings"
    if not np.array_equal(made.prefilter, stated.prefilter):
        yield "a prefilter that does not match the postings"
    if not np.array_equal(made.filter, stated.filter):
        yield "a filter that does not match the postings"
    authors = read_column(
        of.files[ITEMS_FILE], "author", np.uint64, of.manifest.items, convert=author_numbers
    )
    found = count_shared_shingles(hashes, items, of.arrays.source_codes, authors)
    if not _check_stop_shingles(of.arrays.shared, found):
        yield "shared shingles that do not match the items' authors"


def _rebuild_postings(of: _Contents) -> tuple[UInt64s, UInt32s, UInt32s]:
    """Compute the postings with full-length hashes."""
    depth = partition_bits(len(of.tokens.hashes))
    numbers = np.arange(len(of.alone), dtype=np.uint32)
    records, bounds = partition_items(of.shingles, numbers, of.alone, depth)
    parts = [sort_records(records[low:high], depth) for low, high in pairwise(bounds)]
    hashes, items, positions = (np.concatenate(column) for column in zip(*parts, strict=True))
    return hashes, items, positions


def _check_stop_shingles(stated: SharedShingles, found: SharedShingles) -> bool:
    return all(
        np.array_equal(getattr(stated, name), getattr(found, name))
        for name in ("shingles", "codes", "authors")
    )


def _check_background(of: _Contents) -> Iterator[str]:
    counted = of.tokens.hashes[np.repeat(of.alone, np.diff(of.tokens.offsets))]
    cells = counted >> np.uint32(32 - BACKGROUND_BITS)
    if not np.array_equal(np.bincount(cells, minlength=1 << BACKGROUND_BITS), of.arrays.background):
        yield "a background that does not match the items' tokens"


def _check_signatures(of: _Contents) -> Iterator[str]:
    numbers = np.arange(len(of.alone), dtype=np.uint32)
    found = item_signatures(of.tokens, numbers, of.alone, of.manifest.parameters)
    with open_parquet(of.files[SIGNATURES_FILE]) as file:
        if not file.read().equals(found):
            yield "signatures that do not match the items"


def _check_sketches(of: _Contents) -> Iterator[str]:
    sources = pa.array(of.arrays.sources).take(pa.array(of.arrays.source_codes))
    found = source_sketches(of.shingles, pa.chunked_array([sources]), of.manifest.parameters)
    rows = [sketch_table(source, found[source].hashes) for source in sorted(found)]
    with open_parquet(of.files[SKETCH_FILE]) as file:
        if not file.read().equals(pa.concat_tables([SKETCH_SCHEMA.empty_table(), *rows])):
            yield "a sketch that does not match the items"


def _check_coverage(of: _Contents) -> Iterator[str]:
    tokens = len(of.tokens.hashes)
    if tokens != of.manifest.tokens:
        yield f"{tokens} tokens; the manifest says {of.manifest.tokens}"
    found = {one.source: one for one in merge_coverage(list(_coverage_of_items(of)))}
    for stated in of.manifest.sources:
        if replace(stated, published=None) != found.get(stated.source):
            yield f"{stated.source} differs from the manifest"


def _coverage_of_items(of: _Contents) -> Iterator[pa.Table]:
    mute = np.diff(of.shingles.offsets) == 0
    with open_parquet(of.files[ITEMS_FILE]) as file:
        for group, (low, high) in enumerate(pairwise(row_group_starts(file))):
            rows = read_row_group(file, group, ["source", "length", "created_at"])
            place = rows.column_names.index("created_at")
            seconds = timestamp_seconds(of.files[ITEMS_FILE], rows["created_at"])
            rows = rows.set_column(place, "created_at", seconds)
            yield coverage_sums(rows, mute[low:high])
