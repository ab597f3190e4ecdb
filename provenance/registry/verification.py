"""Verify a registry: check every digest, and recompute what follows from its items.

Segments are read a row group at a time, and postings in chunks, so that memory does not depend on
the size of a registry.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.errors import CorruptFile
from provenance.fingerprint.first_lines import first_line_sizes
from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.span_edges import dropped_edges as fingerprint_edges
from provenance.fingerprint.tokenizer.tokenize import current_parameters, tokenise
from provenance.jit.decorators import Scalar, kernel
from provenance.match.candidates.near_duplicates import band_entries
from provenance.match.index.postings_index import filter_contains
from provenance.model.content.fingerprints import (
    Flags,
    Int32s,
    Int64s,
    Parameters,
    Shingles,
    Texts,
    Tokens,
    UInt32s,
    UInt64s,
)
from provenance.model.content.registry_arrays import Positions
from provenance.model.results.coverage import SourceCoverage
from provenance.registry.array_reader import (
    find_faults,
    item_array,
    read_background,
    read_offsets,
    read_postings,
    read_signatures,
    read_tokens,
)
from provenance.registry.files.data_files import check_files
from provenance.registry.files.mapped_files import MappedFile, MappedSegment, map_registry
from provenance.registry.files.parquet_tables import (
    open_parquet,
    read_row_group,
    row_group_starts,
    timestamp_seconds,
)
from provenance.registry.items.author_digests import are_digests, author_hashes
from provenance.registry.items.item_copies import sequence_hashes
from provenance.registry.items.item_keys import identity_hashes, order_keys, url_sites
from provenance.registry.manifest import (
    AUTHORS_FILE,
    CODES_FILE,
    FIRSTS_FILE,
    ITEMS_FILE,
    KEYS_FILE,
    REMEDY,
    SEQUENCES_FILE,
    SIZES_FILE,
    SKETCH_FILE,
    TEXTS_FILE,
    Manifest,
)
from provenance.registry.schema import SKETCH_SCHEMA, binary_to_lists, single_chunk
from provenance.registry.segments.item_selection import find_withdrawn
from provenance.registry.segments.row_groups import (
    item_signatures,
    item_sizes,
    sequence_halves,
    source_sketches,
)
from provenance.registry.segments.segment_set import SegmentSet, review_copies, shared_sequences
from provenance.registry.segments.segment_writer import sketch_table
from provenance.registry.segments.token_statistics import count_cells, empty_cells
from provenance.registry.side_tables.additions import read_additions
from provenance.registry.side_tables.marks import read_marks
from provenance.registry.side_tables.opt_outs import read_opt_outs
from provenance.registry.side_tables.statuses import COPY, read_statuses
from provenance.registry.side_tables.tombstones import TombstoneIndex, read_tombstones
from provenance.registry.side_tables.withdrawn_names import read_names
from provenance.registry.source_coverage import coverage_sums, merge_sums

_NO_INT32S: Int32s = np.zeros(0, np.int32)
_CHUNK_POSTINGS = 1 << 22
_MIX = np.uint64(0x9E3779B97F4A7C15)


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
    mapped = map_registry(folder)
    manifest, segments = mapped.manifest, mapped.segments
    check_files(mapped.tables, manifest.tables)
    for segment in segments:
        check_files(segment.files, segment.entry.files)
        _raise_faults(folder / segment.entry.folder, find_faults(segment))
        _raise_faults(
            folder / segment.entry.folder,
            _SegmentCheck(segment, manifest.parameters).faults(),
        )
    statuses = read_statuses(mapped.statuses, [segment.entry.items for segment in segments])
    segment_set = SegmentSet(segments, statuses)
    _raise_faults(folder, _check_registry(manifest, segment_set))
    _raise_faults(folder, _check_withdrawn(segment_set, read_tombstones(mapped)))
    read_opt_outs(mapped)
    read_marks(mapped)
    read_additions(mapped)
    read_names(folder)
    return manifest


def _raise_faults(path: Path, faults: Iterable[str]) -> None:
    if found := list(faults):
        raise CorruptFile(f"{path} is inconsistent: {'; '.join(found)}", remedy=REMEDY)


class _SegmentCheck:
    """Recomputes a segment from its items, a row group at a time."""

    def __init__(self, segment: MappedSegment, parameters: Parameters) -> None:
        self._segment, self._parameters = segment, parameters
        self._postings = read_postings(segment)
        self._postings_sum, self._posting_count = np.zeros(1, np.uint64), 0
        self._identities = np.empty(segment.entry.items, np.uint64)
        self._sequences = np.empty(segment.entry.items, np.uint64)
        self._cells, self._signed = empty_cells(), 0
        self._sketches: dict[str, list[UInt64s]] = {}
        self._coverage: list[pa.Table] = []

    def faults(self) -> Iterator[str]:
        """Yield what contradicts the items; each kind of fault once."""
        seen = set[str]()
        for fault in (*self._group_faults(), *self._segment_faults()):
            if fault not in seen:
                seen.add(fault)
                yield fault

    def _group_faults(self) -> Iterator[str]:
        with open_parquet(self._segment.files[ITEMS_FILE]) as items:
            starts, metadata = row_group_starts(items), items.metadata
        if starts[-1] != self._segment.entry.items:
            yield f"{starts[-1]} items; the manifest says {self._segment.entry.items}"
            return
        texts = self._segment.files.get(TEXTS_FILE)
        if texts is not None:
            with open_parquet(texts) as texts_file:
                if not np.array_equal(row_group_starts(texts_file), starts):
                    yield "texts in other groups than the items"
                    texts = None
        all_tokens, offsets = read_tokens(self._segment)
        for group, (low, high) in enumerate(pairwise(starts.tolist())):
            with open_parquet(self._segment.files[ITEMS_FILE], metadata) as items:
                rows = read_row_group(items, group)
            own_offsets = offsets[low : high + 1] - offsets[low]
            hashes = all_tokens[offsets[low] : offsets[high]]
            tokens = Tokens(hashes, _NO_INT32S, _NO_INT32S, own_offsets)
            yield from self._check_arrays(rows, tokens, low)
            if texts is not None:
                yield from self._check_texts(texts, group, rows, tokens)
            is_first = self._array(FIRSTS_FILE, np.uint32)[low:high] == np.arange(low, high)
            seeds = shingle(tokens, self._parameters.seed_width)
            yield from self._add_postings(seeds, is_first, low)
            yield from self._check_signatures(tokens, is_first, low)
            count_cells(self._cells, tokens, is_first)
            for source, sketch in source_sketches(seeds, rows["source"], self._parameters).items():
                self._sketches.setdefault(source, []).append(sketch.hashes)

    def _check_signatures(self, tokens: Tokens, is_first: Flags, low: int) -> Iterator[str]:
        numbers = np.arange(low, low + len(is_first), dtype=np.uint32)
        expected = item_signatures(tokens, numbers, is_first, self._parameters)
        first, self._signed = self._signed, self._signed + len(expected.items)
        items, signatures, _ = read_signatures(self._segment, self._parameters.permutations)
        if not np.array_equal(items[first : self._signed], expected.items) or not np.array_equal(
            signatures[first : self._signed], expected.signatures
        ):
            yield "signatures that do not match the items"

    def _check_arrays(self, rows: pa.Table, tokens: Tokens, low: int) -> Iterator[str]:
        """Check the arrays that have a value for each item."""
        seconds = timestamp_seconds(self._segment.files[ITEMS_FILE].path, rows["created_at"])
        sites = url_sites(rows["url"])
        identities = identity_hashes(rows["source"], sites, rows["item"])
        keys = order_keys(seconds, identities)
        sequences = sequence_hashes(tokens.hashes, tokens.offsets)
        lengths = np.diff(tokens.offsets)
        names = pa.array([source.source for source in self._segment.entry.sources])
        codes = pc.fill_null(pc.index_in(rows["source"], names), len(names)).to_numpy()
        expected = {
            KEYS_FILE: keys,
            SIZES_FILE: item_sizes(lengths, rows["first_line"]),
            CODES_FILE: codes.astype(np.uint8),
            SEQUENCES_FILE: sequence_halves(sequences),
        }
        authors = single_chunk(rows["author"])
        if are_digests(authors):
            expected[AUTHORS_FILE] = author_hashes(authors, keys)
        else:
            yield "authors that are not digests"
        high = low + len(rows)
        for name, values in expected.items():
            stored = item_array(self._segment, name, values.dtype.type, *values.shape[1:])
            if not np.array_equal(stored[low:high], values):
                yield f"{name}, which differs from the items"
        self._identities[low:high], self._sequences[low:high] = identities, sequences
        seeds = shingle(tokens, self._parameters.seed_width)
        table = pa.table(
            [rows["source"], seconds, lengths], names=["source", "created_at", "length"]
        )
        self._coverage.append(coverage_sums(table, np.diff(seeds.offsets) == 0))

    def _check_texts(
        self, file: MappedFile, group: int, rows: pa.Table, tokens: Tokens
    ) -> Iterator[str]:
        """Fingerprint the texts again, unless another version of Unicode applies."""
        if self._parameters.unicode != current_parameters().unicode:
            return
        with open_parquet(file) as texts_file:
            column = read_row_group(texts_file, group)["text"]
        if not _has_tokens(single_chunk(column), tokens, rows):
            yield "texts whose words differ from the items' tokens"

    def _add_postings(self, seeds: Shingles, is_first: Flags, low: int) -> Iterator[str]:
        postings, counts = self._postings, np.diff(seeds.offsets)
        items = np.repeat(np.arange(low, low + len(is_first)), counts)
        chosen = np.repeat(is_first, counts)
        hashes, items, positions = seeds.hashes[chosen], items[chosen], seeds.positions[chosen]
        order = np.lexsort((positions, hashes, items))
        hashes, items, positions = hashes[order], items[order], positions[order]
        is_new = np.ones(len(hashes), np.bool_)
        is_new[1:] = (hashes[1:] != hashes[:-1]) | (items[1:] != items[:-1])
        hashes, items, positions = hashes[is_new], items[is_new], positions[is_new]
        self._posting_count += len(hashes)
        buckets = hashes >> np.uint64(64 - postings.depth)
        self._postings_sum += _sum_postings(buckets, hashes.astype(np.uint32), items, positions)
        if not _pass_filters(hashes, postings.prefilter, postings.filter):
            yield "a filter that does not match the postings"

    def _segment_faults(self) -> Iterator[str]:
        """Yield faults of what depends on all items."""
        entry = self._segment.entry
        keys = self._array(KEYS_FILE, np.uint64)
        if (keys[1:] < keys[:-1]).any():
            yield "items that are out of order"
        self._identities.sort()
        if duplicates := int((self._identities[1:] == self._identities[:-1]).sum()):
            yield f"items that occur twice ({duplicates:,})"
        yield from self._copy_faults()
        yield from self._posting_faults()
        items, signatures, bands = read_signatures(self._segment, self._parameters.permutations)
        if self._signed != len(items):
            yield "signatures that do not match the items"
        if any((band_entries(signatures, band) != own).any() for band, own in enumerate(bands)):
            yield "bands that do not match the signatures"
        if not np.array_equal(self._cells, read_background(self._segment)):
            yield "a background that does not match the items' tokens"
        sketches = [
            sketch_table(source, np.unique(np.concatenate(self._sketches[source])))
            for source in sorted(self._sketches)
        ]
        with open_parquet(self._segment.files[SKETCH_FILE]) as file:
            if not file.read().equals(pa.concat_tables([SKETCH_SCHEMA.empty_table(), *sketches])):
                yield "a sketch that does not match the items"
        if merge_sums(self._coverage) != entry.sources:
            yield "coverage that differs from the manifest"

    def _copy_faults(self) -> Iterator[str]:
        firsts = self._array(FIRSTS_FILE, np.uint32)
        lengths = np.diff(read_offsets(self._segment))
        is_first = firsts == np.arange(len(firsts))
        agrees = (self._sequences[firsts] == self._sequences) & is_first[firsts]
        distinct = np.sort(self._sequences[is_first & (lengths > 0)])
        is_empty_copy = (lengths == 0) & ~is_first
        if not agrees.all() or is_empty_copy.any() or (distinct[1:] == distinct[:-1]).any():
            yield "items that are wrongly listed as copies, or copies that are not listed"

    def _posting_faults(self) -> Iterator[str]:
        postings, total, is_sound = self._postings, np.zeros(1, np.uint64), True
        buckets = len(postings.directory) - 1
        step = max(1, _CHUNK_POSTINGS * buckets // max(len(postings.items), 1))
        for low in range(0, buckets, step):
            high = min(low + step, buckets)
            first, end = int(postings.directory[low]), int(postings.directory[high])
            bounds = postings.directory[low : high + 1].astype(np.int64) - first
            numbers = np.repeat(np.arange(low, high, dtype=np.uint64), np.diff(bounds))
            shingles, items = postings.shingles[first:end], postings.items[first:end]
            total += _sum_postings(numbers, shingles, items, postings.positions[first:end])
            is_sound &= _are_grouped(shingles, items, bounds)
        counts_differ = self._posting_count != len(postings.items)
        if counts_differ or not is_sound or (total != self._postings_sum).any():
            yield "postings that differ from the items' shingles"

    def _array(self, name: str, dtype: type) -> np.ndarray:
        return item_array(self._segment, name, dtype)


def _has_tokens(column: pa.Array, expected: Tokens, rows: pa.Table) -> bool:
    """Return whether texts have the stated tokens, edges and first lines."""
    texts = Texts.of(column)
    tokens = tokenise(texts)
    edges = fingerprint_edges(texts, tokens)
    lead, trail = (binary_to_lists(single_chunk(rows[name])) for name in ("lead", "trail"))
    pairs = (
        ((tokens.hashes, tokens.offsets), (expected.hashes, expected.offsets)),
        ((edges.lead, edges.lead_offsets), lead),
        ((edges.trail, edges.trail_offsets), trail),
    )
    if not np.array_equal(first_line_sizes(texts, tokens), rows["first_line"].to_numpy()):
        return False
    return all(
        np.array_equal(values, stated) and np.array_equal(offsets, bounds)
        for (values, offsets), (stated, bounds) in pairs
    )


@kernel
def _sum_postings(
    buckets: UInt64s, shingles: UInt32s, items: UInt32s | Int64s, positions: Positions | Int32s
) -> Scalar:
    """Return a hash of some postings that does not depend on their order."""
    total = np.uint64(0)
    for row in range(len(buckets)):
        state = (buckets[row] << np.uint64(32) | np.uint64(shingles[row])) * _MIX
        state ^= state >> np.uint64(29)
        state = (state ^ (np.uint64(items[row]) << np.uint64(32))) * _MIX
        state ^= state >> np.uint64(31)
        state = (state ^ np.uint64(positions[row])) * _MIX
        total += state ^ (state >> np.uint64(32))
    return total


@kernel
def _are_grouped(shingles: UInt32s, items: UInt32s, bounds: Int64s) -> Scalar:
    """Return whether equal shingles of a bucket are together, with their items in order."""
    for bucket in range(len(bounds) - 1):
        for at in range(bounds[bucket] + 1, bounds[bucket + 1]):
            if shingles[at] == shingles[at - 1]:
                if items[at] < items[at - 1]:
                    return False
                continue
            before = bounds[bucket]
            while before < at:
                if shingles[before] == shingles[at]:
                    return False
                before += 1
                while before < at and shingles[before] == shingles[before - 1]:
                    before += 1
    return True


@kernel
def _pass_filters(hashes: UInt64s, prefilter: UInt64s, words: UInt64s) -> Scalar:
    """Return whether both filters accept all shingles."""
    shift = np.uint64(0)
    size = np.uint64(prefilter.size) * np.uint64(64)
    while np.uint64(1) << (np.uint64(64) - shift) != size and shift < np.uint64(63):
        shift += np.uint64(1)
    for shingle_hash in hashes:
        cell = shingle_hash >> shift
        if prefilter.size and not (
            prefilter[cell >> np.uint64(6)] >> (cell & np.uint64(63))
        ) & np.uint64(1):
            return False
        if not filter_contains(words, shingle_hash):
            return False
    return True


def _check_registry(manifest: Manifest, segments: SegmentSet) -> Iterator[str]:
    """Yield faults of what depends on all segments."""
    dead = segments.statuses.filter(pc.not_equal(segments.statuses["state"], COPY))
    for name in ("first_segment", "first_item"):
        place = dead.column_names.index(name)
        nulls = pa.nulls(len(dead), dead.schema.field(name).type)
        dead = dead.set_column(place, dead.schema.field(name), nulls)
    expected = SegmentSet(segments.segments, dead)
    for halves in shared_sequences(segments):
        expected = review_copies(expected, halves)
    if not expected.statuses.equals(segments.statuses):
        yield "statuses of items that do not match their tokens"
    coverage = segments.coverage()
    stated = tuple(_without_total(source) for source in manifest.sources)
    if coverage != stated:
        yield "coverage that differs from the manifest"
    totals = sum(source.items for source in coverage), sum(source.tokens for source in coverage)
    if totals != (manifest.items, manifest.tokens):
        yield f"{totals[0]} items of {totals[1]} tokens; the manifest says otherwise"


def _check_withdrawn(segments: SegmentSet, tombstones: pa.Table) -> Iterator[str]:
    items, _ = find_withdrawn(segments, TombstoneIndex(tombstones))
    for place in range(len(segments.segments)):
        if len(np.setdiff1d(items.of(place), segments.dead_items(place))):
            yield "withdrawn items that still count"


def _without_total(source: SourceCoverage) -> SourceCoverage:
    return replace(source, published=None)
