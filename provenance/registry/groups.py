"""One row group of items: what goes into each of the registry's files."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance import fingerprint
from provenance.fingerprint import Sketch
from provenance.model import (
    BACKGROUND_BITS,
    Flags,
    Int32s,
    Int64s,
    Parameters,
    Shingles,
    Tokens,
    UInt32s,
)
from provenance.registry.columns import (
    ITEMS_SCHEMA,
    TEXTS_SCHEMA,
    lists,
    signatures_schema,
)
from provenance.registry.coverage import covered
from provenance.registry.origins import Origins, origins_of
from provenance.registry.parts import Gather
from provenance.registry.postings import Parted
from provenance.registry.sorting import partition, records_of

_NO_INT32S: Int32s = np.zeros(0, np.int32)


@dataclass(frozen=True, slots=True)
class Group:
    """What one row group gives to each file.

    Parameters
    ----------
    items, texts, signatures : pyarrow.Table
        Row groups to be written as they are; `texts` is None where they are not kept.
    postings : Parted
        In order of items within each part, the repeats of a shingle in one item among them.
    origins : Origins
        Whose the items are.
    sketches : dict of str to Sketch
        By source.
    cells : ndarray of int64, shape (2**BACKGROUND_BITS,)
        Counts of tokens.
    covered : pyarrow.Table
        What they are of each source.
    """

    items: pa.Table
    texts: pa.Table | None
    signatures: pa.Table
    postings: Parted
    origins: Origins
    sketches: dict[str, Sketch]
    cells: Int64s
    covered: pa.Table


def group(
    numbered: pa.Table,
    gather: Gather,
    parameters: Parameters,
    sources: tuple[str, ...],
    depth: int,
) -> Group:
    """Work out all that a row group's items say.

    Parameters
    ----------
    numbered : pyarrow.Table
        Their numbers, as `order.row_groups` gives them.
    gather : callable
        Picks the items themselves.
    parameters : Parameters
        How to fingerprint them.
    sources : tuple of str
        Of all items, sorted.
    depth : int
        Bits that postings are parted by.
    """
    rows = gather(numbered["seq"].to_numpy()).append_column("first", numbered["first"])
    hashes, offsets = lists(rows["tokens"].combine_chunks())
    tokens = Tokens(hashes, _NO_INT32S, _NO_INT32S, offsets)
    numbers, first = numbered["number"].to_numpy(), numbered["first"].to_numpy()
    alone = numbers == first
    shingles = fingerprint.shingle(tokens, parameters.seed_width)
    mute = np.diff(shingles.offsets) == 0
    cells = hashes[np.repeat(alone, np.diff(offsets))] >> np.uint32(32 - BACKGROUND_BITS)
    return Group(
        items=_items(rows),
        texts=rows.select(["text"]).cast(TEXTS_SCHEMA) if "text" in rows.column_names else None,
        signatures=_signatures(tokens, numbers, alone, parameters),
        postings=_postings(shingles, numbers, alone, depth),
        origins=origins_of(rows, sources),
        sketches=_sketches(shingles, rows["source"], parameters),
        cells=np.bincount(cells, minlength=1 << BACKGROUND_BITS),
        covered=covered(rows, mute),
    )


def _items(rows: pa.Table) -> pa.Table:
    columns = {name: rows[name] for name in ITEMS_SCHEMA.names}
    columns["created_at"] = pc.multiply(rows["created_at"], 1000).cast(pa.timestamp("ms", "UTC"))
    return pa.table(columns).cast(ITEMS_SCHEMA)


def _postings(shingles: Shingles, numbers: UInt32s, alone: Flags, depth: int) -> Parted:
    counts = np.diff(shingles.offsets)
    kept = np.repeat(alone, counts)
    owners = np.repeat(numbers[alone].astype(np.uint64), counts[alone])
    records = records_of(shingles.hashes[kept], owners, shingles.positions[kept].astype(np.uint64))
    return Parted(*partition(records, 0, depth))


def _signatures(tokens: Tokens, numbers: UInt32s, alone: Flags, parameters: Parameters) -> pa.Table:
    lengths = np.diff(tokens.offsets)
    signed = alone & (lengths >= parameters.signature_least)
    hashes = tokens.hashes[np.repeat(signed, lengths)]
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths[signed])])
    shingles = fingerprint.shingle(
        Tokens(hashes, _NO_INT32S, _NO_INT32S, offsets), parameters.signature_width, whole=True
    )
    schema = signatures_schema(parameters.permutations)
    rows = pa.array(fingerprint.signatures(shingles, parameters).ravel())
    signatures = pa.FixedSizeListArray.from_arrays(rows, type=schema.field("signature").type)
    return pa.table([pa.array(numbers[signed]), signatures], schema=schema)


def _sketches(
    shingles: Shingles, sources: pa.ChunkedArray, parameters: Parameters
) -> dict[str, Sketch]:
    # The sketch of all says which hashes are in the sketch of each.
    sampled = fingerprint.sketch(shingles, parameters).hashes
    if not len(sampled):
        return {}
    places = np.flatnonzero(shingles.hashes <= sampled[-1])
    items = np.searchsorted(shingles.offsets, places, side="right") - 1
    encoded = sources.combine_chunks().dictionary_encode()
    codes = encoded.indices.to_numpy()[items]
    return {
        encoded.dictionary[code].as_py(): Sketch(
            parameters, np.unique(shingles.hashes[places[codes == code]])
        )
        for code in np.unique(codes)
    }
