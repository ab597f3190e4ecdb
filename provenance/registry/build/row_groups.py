"""Compute what one row group of items contributes to each data file."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from provenance.fingerprint.fracminhash import Sketch, build_sketch
from provenance.fingerprint.minhash import signatures as fingerprint_signatures
from provenance.fingerprint.shingles import shingle
from provenance.model import (
    Flags,
    Int32s,
    Parameters,
    Shingles,
    Tokens,
    UInt32s,
)
from provenance.registry.build.item_parts import Gather
from provenance.registry.build.postings_writer import PartitionedPostings
from provenance.registry.build.radix_sort import partition_items
from provenance.registry.build.shingle_origins import ItemOrigins, item_origins
from provenance.registry.schema import (
    ITEMS_SCHEMA,
    TEXTS_SCHEMA,
    binary_to_lists,
    signatures_schema,
    single_chunk,
    timestamps_from_seconds,
)
from provenance.registry.source_coverage import coverage_sums

_NO_INT32S: Int32s = np.zeros(0, np.int32)


@dataclass(frozen=True, slots=True)
class RowGroup:
    """The contribution of one row group to each file.

    Parameters
    ----------
    items, texts, signatures : pyarrow.Table
        Row groups ready to be written; `texts` is None where they are not kept.
    postings : PartitionedPostings
        In order of items within each part, including repeats of a shingle within an item.
    origins : ItemOrigins
        Sources and authors of the items.
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
    signatures: pa.Table
    postings: PartitionedPostings
    origins: ItemOrigins
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
        group_rows = rows.slice(at, len(group_numbers)).append_column(
            "first", group_numbers["first"]
        )
        groups.append(_build_row_group(group_rows, group_numbers["number"].to_numpy(), context))
        at += len(group_numbers)
    return groups


def _build_row_group(rows: pa.Table, numbers: UInt32s, context: RowGroupContext) -> RowGroup:
    hashes, offsets = binary_to_lists(single_chunk(rows["tokens"]))
    tokens = Tokens(hashes, _NO_INT32S, _NO_INT32S, offsets)
    is_first = numbers == rows["first"].to_numpy()
    shingles = shingle(tokens, context.parameters.seed_width)
    too_short = np.diff(shingles.offsets) == 0
    return RowGroup(
        items=_item_table(rows),
        texts=rows.select(["text"]).cast(TEXTS_SCHEMA) if "text" in rows.column_names else None,
        signatures=item_signatures(tokens, numbers, is_first, context.parameters),
        postings=PartitionedPostings(*partition_items(shingles, numbers, is_first, context.depth)),
        origins=item_origins(rows, context.sources),
        sketches=source_sketches(shingles, rows["source"], context.parameters),
        tokens=tokens,
        is_first=is_first,
        coverage=coverage_sums(rows, too_short),
    )


def _item_table(rows: pa.Table) -> pa.Table:
    columns = {name: rows[name] for name in ITEMS_SCHEMA.names}
    columns["created_at"] = timestamps_from_seconds(rows["created_at"])
    return pa.table(columns).cast(ITEMS_SCHEMA)


def item_signatures(
    tokens: Tokens, numbers: UInt32s, is_first: Flags, parameters: Parameters
) -> pa.Table:
    """Compute the signatures of items that are long enough and not copies of earlier ones.

    Returns
    -------
    pyarrow.Table
        Of `signatures_schema`, in order of `numbers`.
    """
    lengths, schema = np.diff(tokens.offsets), signatures_schema(parameters.permutations)
    has_signature = is_first & (lengths >= parameters.signature_least)
    if not has_signature.any():
        return schema.empty_table()
    hashes = tokens.hashes[np.repeat(has_signature, lengths)]
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths[has_signature])])
    shingles = shingle(
        Tokens(hashes, _NO_INT32S, _NO_INT32S, offsets),
        parameters.signature_width,
        include_short=True,
    )
    rows = pa.array(fingerprint_signatures(shingles, parameters).ravel())
    signatures = pa.FixedSizeListArray.from_arrays(rows, type=schema.field("signature").type)
    return pa.table([pa.array(numbers[has_signature]), signatures], schema=schema)


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
