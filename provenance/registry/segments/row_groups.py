"""Compute what one row group of items contributes to each data file."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.fingerprint.fracminhash import Sketch, build_sketch
from provenance.fingerprint.minhash import signatures as fingerprint_signatures
from provenance.fingerprint.shingles import shingle
from provenance.model.content.fingerprints import (
    Flags,
    Int32s,
    Int64s,
    Parameters,
    Shingles,
    Tokens,
    UInt8s,
    UInt32s,
    UInt64s,
)
from provenance.registry.items.author_digests import author_hashes
from provenance.registry.items.item_parts import Gather
from provenance.registry.schema import (
    ITEMS_SCHEMA,
    TEXTS_SCHEMA,
    binary_to_lists,
    single_chunk,
    timestamps_from_seconds,
)
from provenance.registry.segments.postings_writer import PartitionedPostings
from provenance.registry.sorting.radix_sort import partition_items
from provenance.registry.source_coverage import coverage_sums

_NO_INT32S: Int32s = np.zeros(0, np.int32)


@dataclass(frozen=True, slots=True)
class ItemArrays:
    """Numbers of items, which are stored as arrays: a value each.

    Parameters
    ----------
    sizes : ndarray of uint8, shape (n, 2)
        Number of tokens, at most 255, and of those on the first line (`first_line_sizes`).
    firsts : ndarray of uint32
        Number of the first item with the same tokens.
    codes : ndarray of uint8
        Index of the source among the segment's.
    authors : ndarray of uint32
        As `author_hashes` returns them.
    keys : ndarray of uint64
        Order keys (`item_keys.order_keys`).
    sequences : ndarray of uint32
        Upper half of the hash of all tokens (`item_copies.sequence_hashes`).
    """

    sizes: UInt8s
    firsts: UInt32s
    codes: UInt8s
    authors: UInt32s
    keys: UInt64s
    sequences: UInt32s


@dataclass(frozen=True, slots=True)
class ItemSignatures:
    """Signatures of items.

    Parameters
    ----------
    items : ndarray of uint32, shape (n,)
        Numbers of the items that have one.
    signatures : ndarray of uint32, shape (n, permutations)
        As computed by `fingerprint.minhash.signatures`.
    """

    items: UInt32s
    signatures: UInt32s


@dataclass(frozen=True, slots=True)
class RowGroup:
    """The contribution of one row group to each file.

    Parameters
    ----------
    items, texts : pyarrow.Table
        Row groups ready to be written; `texts` is None where they are not kept.
    signatures : ItemSignatures
        Signatures of the items that are long enough.
    postings : PartitionedPostings
        In order of items within each part, including repeats of a shingle within an item.
    arrays : ItemArrays
        Numbers of each item.
    sketches : dict of str to Sketch
        Sketches by source.
    tokens : Tokens
        Tokens of the items.
    is_first : ndarray of bool
        Whether an item is the first with its tokens.
    coverage : pyarrow.Table
        Coverage of the items by source.
    """

    items: pa.Table
    texts: pa.Table | None
    signatures: ItemSignatures
    postings: PartitionedPostings
    arrays: "ItemArrays"
    sketches: dict[str, Sketch]
    tokens: Tokens
    is_first: Flags
    coverage: pa.Table


@dataclass(frozen=True, slots=True)
class RowGroupContext:
    """Inputs shared by all row groups.

    Parameters
    ----------
    parameters : Parameters
        Parameters of the fingerprints.
    sources : tuple of str
        Sources of all items, sorted.
    depth : int
        Number of bits by which postings are partitioned.
    """

    parameters: Parameters
    sources: tuple[str, ...]
    depth: int


def build_row_groups(
    batch: Sequence[pa.Table], gather: Gather, context: RowGroupContext
) -> list[RowGroup]:
    """Compute several row groups.

    Parameters
    ----------
    batch : sequence of pyarrow.Table
        Their numbers, as `read_row_groups` yields them. Larger batches read the parts less often,
        because items of similar age may be scattered over them.
    gather : callable
        Gathers the items.
    context : RowGroupContext
        Inputs shared by all row groups.

    Returns
    -------
    list of RowGroup
        In order.
    """
    rows = gather(np.concatenate([group_numbers["seq"].to_numpy() for group_numbers in batch]))
    groups, at = [], 0
    for group_numbers in batch:
        group_rows = rows.slice(at, len(group_numbers))
        groups.append(_build_row_group(group_rows, group_numbers, context))
        at += len(group_numbers)
    return groups


def _build_row_group(rows: pa.Table, group: pa.Table, context: RowGroupContext) -> RowGroup:
    hashes, offsets = binary_to_lists(single_chunk(rows["tokens"]))
    tokens, numbers = Tokens(hashes, _NO_INT32S, _NO_INT32S, offsets), group["number"].to_numpy()
    arrays = _item_arrays(rows, group, context.sources)
    is_first = numbers == arrays.firsts
    shingles = shingle(tokens, context.parameters.seed_width)
    too_short = np.diff(shingles.offsets) == 0
    return RowGroup(
        items=_item_table(rows),
        texts=rows.select(["text"]).cast(TEXTS_SCHEMA) if "text" in rows.column_names else None,
        signatures=item_signatures(tokens, numbers, is_first, context.parameters),
        postings=PartitionedPostings(*partition_items(shingles, numbers, is_first, context.depth)),
        arrays=arrays,
        sketches=source_sketches(shingles, rows["source"], context.parameters),
        tokens=tokens,
        is_first=is_first,
        coverage=coverage_sums(rows, too_short),
    )


def _item_arrays(rows: pa.Table, group: pa.Table, sources: tuple[str, ...]) -> ItemArrays:
    keys = group["order_key"].to_numpy()
    return ItemArrays(
        sizes=item_sizes(group["length"].to_numpy(), rows["first_line"]),
        firsts=group["first"].to_numpy(),
        codes=pc.index_in(rows["source"], pa.array(sources)).to_numpy().astype(np.uint8),
        authors=author_hashes(single_chunk(rows["author"]), keys),
        keys=keys,
        sequences=sequence_halves(group["token_hash"].to_numpy()),
    )


def item_sizes(lengths: UInt32s | Int64s, first_lines: pa.ChunkedArray) -> UInt8s:
    """Return numbers of tokens as they are stored: of all, at most 255, and of the first line."""
    return np.stack([np.minimum(lengths, 255), first_lines.to_numpy()], axis=1).astype(np.uint8)


def sequence_halves(hashes: UInt64s) -> UInt32s:
    """Return the upper halves of hashes of token sequences."""
    return np.asarray(hashes >> np.uint64(32), np.uint32)


def _item_table(rows: pa.Table) -> pa.Table:
    columns = {name: rows[name] for name in ITEMS_SCHEMA.names}
    columns["created_at"] = timestamps_from_seconds(rows["created_at"])
    return pa.table(columns).cast(ITEMS_SCHEMA)


def item_signatures(
    tokens: Tokens, numbers: UInt32s, is_first: Flags, parameters: Parameters
) -> ItemSignatures:
    """Compute the signatures of items that are long enough and not copies of earlier ones."""
    lengths = np.diff(tokens.offsets)
    has_signature = is_first & (lengths >= parameters.signature_least)
    hashes = tokens.hashes[np.repeat(has_signature, lengths)]
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths[has_signature])])
    shingles = shingle(
        Tokens(hashes, _NO_INT32S, _NO_INT32S, offsets),
        parameters.signature_width,
        include_short=True,
    )
    return ItemSignatures(numbers[has_signature], fingerprint_signatures(shingles, parameters))


def source_sketches(
    shingles: Shingles, sources: pa.ChunkedArray, parameters: Parameters
) -> dict[str, Sketch]:
    """Sketch the items of each source; `sources` has one element per item. Omits empty sketches."""
    # The sketch of all items determines which hashes are in the sketch of each source.
    sample = build_sketch(shingles, parameters).hashes
    if not len(sample):
        return {}
    places = np.flatnonzero(shingles.hashes <= sample[-1])
    items = np.searchsorted(shingles.offsets, places, side="right") - 1
    encoded_sources = single_chunk(sources).dictionary_encode()
    codes = encoded_sources.indices.to_numpy()[items]
    return {
        encoded_sources.dictionary[code].as_py(): Sketch(
            parameters, np.unique(shingles.hashes[places[codes == code]])
        )
        for code in np.unique(codes)
    }
