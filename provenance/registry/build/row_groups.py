"""One row group of items: what goes into each of the registry's files."""

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
from provenance.registry.build.postings_writer import Parted
from provenance.registry.build.radix_sort import parted_records
from provenance.registry.build.shingle_origins import Origins, origins_of
from provenance.registry.schema import (
    ITEMS_SCHEMA,
    TEXTS_SCHEMA,
    as_stored,
    lists,
    one_chunk,
    signatures_schema,
)
from provenance.registry.source_coverage import covered

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
    tokens : Tokens
        Of the items.
    alone : ndarray of bool
        Which of them are not copies of earlier ones.
    covered : pyarrow.Table
        What they are of each source.
    """

    items: pa.Table
    texts: pa.Table | None
    signatures: pa.Table
    postings: Parted
    origins: Origins
    sketches: dict[str, Sketch]
    tokens: Tokens
    alone: Flags
    covered: pa.Table


@dataclass(frozen=True, slots=True)
class Grouping:
    """What is the same for all row groups.

    Parameters
    ----------
    parameters : Parameters
        How items are fingerprinted.
    sources : tuple of str
        Of all items, sorted.
    depth : int
        Bits that postings are parted by.
    """

    parameters: Parameters
    sources: tuple[str, ...]
    depth: int


def groups_of(lot: Sequence[pa.Table], gather: Gather, how: Grouping) -> list[Group]:
    """Work out all that the items of some row groups say.

    Parameters
    ----------
    lot : sequence of pyarrow.Table
        Their numbers, as `order.row_groups` gives them. The more at once, the fewer looks at the
        parts, in which neighbours by age may lie far apart.
    gather : callable
        Picks the items themselves.
    how : Grouping
        What is the same for all.

    Returns
    -------
    list of Group
        One each, in their order.
    """
    rows = gather(np.concatenate([numbered["seq"].to_numpy() for numbered in lot]))
    made, at = [], 0
    for numbered in lot:
        own = rows.slice(at, len(numbered)).append_column("first", numbered["first"])
        made.append(_group(own, numbered["number"].to_numpy(), how))
        at += len(numbered)
    return made


def _group(rows: pa.Table, numbers: UInt32s, how: Grouping) -> Group:
    hashes, offsets = lists(one_chunk(rows["tokens"]))
    tokens = Tokens(hashes, _NO_INT32S, _NO_INT32S, offsets)
    alone = numbers == rows["first"].to_numpy()
    shingles = shingle(tokens, how.parameters.seed_width)
    mute = np.diff(shingles.offsets) == 0
    return Group(
        items=_items(rows),
        texts=rows.select(["text"]).cast(TEXTS_SCHEMA) if "text" in rows.column_names else None,
        signatures=signatures_of(tokens, numbers, alone, how.parameters),
        postings=Parted(*parted_records(shingles, numbers, alone, how.depth)),
        origins=origins_of(rows, how.sources),
        sketches=sketches_of(shingles, rows["source"], how.parameters),
        tokens=tokens,
        alone=alone,
        covered=covered(rows, mute),
    )


def _items(rows: pa.Table) -> pa.Table:
    columns = {name: rows[name] for name in ITEMS_SCHEMA.names}
    columns["created_at"] = as_stored(rows["created_at"])
    return pa.table(columns).cast(ITEMS_SCHEMA)


def signatures_of(
    tokens: Tokens, numbers: UInt32s, alone: Flags, parameters: Parameters
) -> pa.Table:
    """Sign those items that are long enough, and `alone`: not copies of earlier ones.

    Returns
    -------
    pyarrow.Table
        Of the schema of the signatures, in order of `numbers`.
    """
    lengths, schema = np.diff(tokens.offsets), signatures_schema(parameters.permutations)
    signed = alone & (lengths >= parameters.signature_least)
    if not signed.any():
        return schema.empty_table()
    hashes = tokens.hashes[np.repeat(signed, lengths)]
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths[signed])])
    shingles = shingle(
        Tokens(hashes, _NO_INT32S, _NO_INT32S, offsets), parameters.signature_width, whole=True
    )
    rows = pa.array(fingerprint_signatures(shingles, parameters).ravel())
    signatures = pa.FixedSizeListArray.from_arrays(rows, type=schema.field("signature").type)
    return pa.table([pa.array(numbers[signed]), signatures], schema=schema)


def sketches_of(
    shingles: Shingles, sources: pa.ChunkedArray, parameters: Parameters
) -> dict[str, Sketch]:
    """Sketch the items of each source; `sources` has one an item. None of an empty sketch."""
    # The sketch of all says which hashes are in the sketch of each.
    sampled = sketch(shingles, parameters).hashes
    if not len(sampled):
        return {}
    places = np.flatnonzero(shingles.hashes <= sampled[-1])
    items = np.searchsorted(shingles.offsets, places, side="right") - 1
    encoded = one_chunk(sources).dictionary_encode()
    codes = encoded.indices.to_numpy()[items]
    return {
        encoded.dictionary[code].as_py(): Sketch(
            parameters, np.unique(shingles.hashes[places[codes == code]])
        )
        for code in np.unique(codes)
    }
