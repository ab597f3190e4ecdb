"""The shipped background as an index of what is looked up, built in memory for each look-up."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.tokenizer.tokenize import current_parameters
from provenance.match.index.postings_index import (
    PostingsIndex,
    build_postings,
    build_postings_index,
)
from provenance.match.index.probe import probe_postings
from provenance.match.index.stop_shingles import NO_STOPS
from provenance.match.scoring.evalue import SHIPPED_CHANCE
from provenance.model.content.fingerprints import Flags, Shingles, Tokens, UInt32s, UInt64s
from provenance.model.content.registry_arrays import (
    BACKGROUND_BITS,
    OrderKeys,
    Postings,
    RegistryArrays,
    RegistrySegment,
)
from provenance.model.results.coverage import RegistrySummary, SourceCoverage
from provenance.read.common_background import CommonBackground, load_common_background
from provenance.registry.sorting.radix_sort import sort_records


def common_index(shingles: UInt64s) -> PostingsIndex:
    """Return an index of the shipped background that has the postings of some shingles.

    Parameters
    ----------
    shingles : ndarray of uint64
        Hashes of the shingles to look up. Passages have few of the four million that pieces have,
        all of which take a second to sort.
    """
    index, seeds = _bare_index(), _seeds()
    rows = probe_postings(seeds.hashes, _sort_postings(shingles, np.zeros_like(shingles))).indices
    items = np.searchsorted(seeds.offsets, rows, "right").astype(np.uint64) - np.uint64(1)
    places = items << np.uint64(32) | seeds.positions[rows].astype(np.uint64)
    postings = _sort_postings(seeds.hashes[rows], places)
    [segment] = index.arrays.segments
    segments = (replace(segment, postings=postings),)
    return replace(index, arrays=replace(index.arrays, segments=segments))


def _sort_postings(shingles: UInt64s, places: UInt64s) -> Postings:
    """Return postings at places, which have the item in their upper half."""
    hashes, items, positions = sort_records(np.stack([shingles, places], axis=1), 0)
    return build_postings(hashes, items, positions.astype(np.uint16))


@cache
def _bare_index() -> PostingsIndex:
    """Return the index without postings."""
    return build_postings_index(_arrays(load_common_background()), NO_STOPS)


@cache
def _seeds() -> Shingles:
    """Return the seeds of all pieces."""
    background, places = load_common_background(), np.zeros(0, np.int32)
    tokens = Tokens(background.tokens, places, places, background.offsets)
    return shingle(tokens, current_parameters().seed_width)


def common_summary() -> RegistrySummary:
    """Return the name, version and content of the shipped background."""
    background = load_common_background()
    # `Table.group_by` would load the whole of pyarrow.dataset.
    sources = background.pieces["source"].combine_chunks().dictionary_encode()
    codes, lengths = sources.indices.to_numpy(), np.diff(background.offsets)
    counts, tokens = np.bincount(codes), np.bincount(codes, lengths).astype(np.int64)
    coverage = tuple(
        SourceCoverage(source, count, size, None, None, 0, 0)
        for source, count, size in sorted(
            zip(sources.dictionary.to_pylist(), counts.tolist(), tokens.tolist(), strict=True)
        )
    )
    year, month = map(int, background.version.split("-"))
    return RegistrySummary(
        f"common background {background.version}",
        background.digest,
        datetime(year, month, 1, tzinfo=UTC),
        len(background.pieces),
        coverage,
    )


def describe_pieces(numbers: UInt32s) -> pa.Table:
    """Describe pieces as `Registry.describe` describes items."""
    background = load_common_background()
    pieces = background.pieces.take(pa.array(numbers))
    nothing = pa.nulls(len(numbers), pa.string())
    return pa.table(
        {
            "source": pieces["source"],
            "item": pieces["item"],
            "url": nothing,
            "link": nothing,
            "created_at": nothing.cast(pa.timestamp("s", "UTC")),
            "licence": nothing,
            "length": np.diff(background.offsets)[numbers],
        }
    )


def find_sayings() -> Flags:
    """Return which pieces are of short sayings, which are recognised without their context."""
    background = load_common_background()
    return np.asarray(pc.equal(background.pieces["origin"], _OWN_ORIGIN).to_numpy())


_OWN_ORIGIN = "provenance"
"""Origin of the pieces that are from no package."""


def _arrays(background: CommonBackground) -> RegistryArrays:
    """Return the pieces of the background as the items of a registry, in their order."""
    count, sizes = len(background.pieces), np.diff(background.offsets)
    codes = background.pieces["source"].combine_chunks().dictionary_encode()
    numbers = np.arange(count, dtype=np.uint32)
    postings = _sort_postings(np.zeros(0, np.uint64), np.zeros(0, np.uint64))
    cells = background.tokens >> np.uint32(32 - BACKGROUND_BITS)
    return RegistryArrays(
        parameters=current_parameters(),
        segments=(RegistrySegment(0, postings, np.zeros(count, np.uint32)),),
        keys=OrderKeys(numbers.astype(np.uint64), np.zeros(1, np.int64), np.zeros(1, np.int64)),
        tokens=background.tokens,
        token_offsets=background.offsets,
        item_sizes=np.stack([np.minimum(sizes, 255), 0 * sizes], axis=1).astype(np.uint8),
        is_live=np.ones(count, np.bool_),
        first=numbers,
        representatives=numbers[:0],
        hidden_shingles=np.zeros(0, np.uint64),
        hidden_counts=np.zeros(0, np.int64),
        source_codes=codes.indices.to_numpy().astype(np.uint8),
        authors=numbers,
        sources=tuple(codes.dictionary.to_pylist()),
        longest=int(sizes.max(initial=0)),
        background=np.bincount(cells, minlength=1 << BACKGROUND_BITS).astype(np.uint64),
        posting_count=len(_seeds().hashes),
        chance=SHIPPED_CHANCE,
    )
