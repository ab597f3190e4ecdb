"""Compute what one row group of items contributes to each data file."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from provenance.fingerprint.fracminhash import Sketch, sketch
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
    lot: Sequence[pa.Table], gather: Gather, how: RowGroupContext
) -> list[RowGroup]:
    """Compute several row groups.

    Parameters
    ----------
    lot : sequence of pyarrow.Table
        Their numbers, as `read_row_groups` yields them. Larger batches read the parts less often,
        because items of similar age may be scattered over them.
    gather : callable
        Gathers the items.
    how : RowGroupContext
        Inputs shared by all row groups.

    Returns
    -------
    list of RowGroup
        In order.
    """
    rows = gather(np.concatenate([numbered["seq"].to_numpy() for numbered in lot]))
    made, at = [], 0
    for numbered in lot:
        own = rows.slice(at, len(numbered)).append_column("first", numbered["first"])
        made.append(_build_row_group(own, numbered["number"].to_numpy(), how))
        at += len(numbered)
    return made


def _build_row_group(rows: pa.Table, numbers: UInt32s, how: RowGroupContext) -> RowGroup:
    hashes, offsets = binary_to_lists(single_chunk(rows["tokens"]))
    tokens = Tokens(hashes, _NO_INT32S, _NO_INT32S, offsets)
    alone = numbers == rows["first"].to_numpy()
    shingles = shingle(tokens, how.parameters.seed_width)
    mute = np.diff(shingles.offsets) == 0
    return RowGroup(
        items=_item_table(rows),
        texts=rows.select(["text"]).cast(TEXTS_SCHEMA) if "text" in rows.column_names else None,
        signatures=item_signatures(tokens, numbers, alone, how.parameters),
        postings=PartitionedPostings(*partition_items(shingles, numbers, alone, how.depth)),
        origins=item_origins(rows, how.sources),
        sketches=source_sketches(shingles, rows["source"], how.parameters),
        tokens=tokens,
        is_first=alone,
        coverage=coverage_sums(rows, mute),
    )


def _item_table(rows: pa.Table) -> pa.Table:
    columns = {name: rows[name] for name in ITEMS_SCHEMA.names}
    columns["created_at"] = timestamps_from_seconds(rows["created_at"])
    return pa.table(columns).cast(ITEMS_SCHEMA)


def item_signatures(
    tokens: Tokens, numbers: UInt32s, alone: Flags, parameters: Parameters
) -> pa.Table:
    """Compute the signatures of items that are long enough and no copies of earlier ones (`alone`).

    Returns
    -------
    pyarrow.Table
        Of `signatures_schema`, in order of `numbers`.
    """
    lengths, schema = np.diff(tokens.offsets), signatures_schema(parameters.permutations)
    signed = alone & (lengths >= parameters.signature_least)
    if not signed.any():
        return schema.empty_table()
    hashes = tokens.hashes[np.repeat(signed, lengths)]
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths[signed])])
    shingles = shingle(
        Tokens(hashes, _NO_INT32S, _NO_INT32S, offsets),
        parameters.signature_width,
        include_short=True,
    )
    rows = pa.array(fingerprint_signatures(shingles, parameters).ravel())
    signatures = pa.FixedSizeListArray.from_arrays(rows, type=schema.field("signature").type)
    return pa.table([pa.array(numbers[signed]), signatures], schema=schema)


def source_sketches(
    shingles: Shingles, sources: pa.ChunkedArray, parameters: Parameters
) -> dict[str, Sketch]:
    """Sketch the items of each source; `sources` has one element per item. Omits empty sketches."""
    # The sketch of all items determines which hashes are in the sketch of each source.
    sampled = sketch(shingles, parameters).hashes
    if not len(sampled):
        return {}
    places = np.flatnonzero(shingles.hashes <= sampled[-1])
    items = np.searchsorted(shingles.offsets, places, side="right") - 1
    encoded = single_chunk(sources).dictionary_encode()
    codes = encoded.indices.to_numpy()[items]
    return {
        encoded.dictionary[code].as_py(): Sketch(
            parameters, np.unique(shingles.hashes[places[codes == code]])
        )
        for code in np.unique(codes)
    }
