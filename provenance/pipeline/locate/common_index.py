"""The shipped background as an index, built in memory when the first passage is looked up."""

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
from provenance.match.index.stop_shingles import NO_STOPS
from provenance.match.scoring.evalue import SHIPPED_CHANCE
from provenance.model.content.fingerprints import Flags, Tokens, UInt32s
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


@cache
def common_index() -> PostingsIndex:
    """Return the index of the shipped background."""
    return build_postings_index(_arrays(load_common_background()), NO_STOPS)


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
    postings = _postings(background)
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
        posting_count=len(postings.shingles),
        chance=SHIPPED_CHANCE,
    )


def _postings(background: CommonBackground) -> Postings:
    """Return the first occurrence of each shingle in each piece."""
    tokens, places = background.tokens, np.zeros(0, np.int32)
    seeds = shingle(
        Tokens(tokens, places, places, background.offsets), current_parameters().seed_width
    )
    records = np.empty((len(seeds.hashes), 2), np.uint64)
    items = np.repeat(np.arange(len(background.pieces), dtype=np.uint64), np.diff(seeds.offsets))
    records[:, 0] = seeds.hashes
    records[:, 1] = items << np.uint64(32) | seeds.positions.astype(np.uint64)
    shingles, owners, positions = sort_records(records, 0)
    return build_postings(shingles, owners, positions.astype(np.uint16))
