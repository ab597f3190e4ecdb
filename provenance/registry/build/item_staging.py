"""Fingerprint the items of dumps and stage them in parts."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.fingerprint.first_lines import first_line_sizes
from provenance.fingerprint.span_edges import dropped_edges as fingerprint_edges
from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.model.content.fingerprints import Int64s, Texts
from provenance.model.content.tables import (
    ITEMS,
    Items,
    Skipped,
    Unread,
    merge_skipped,
    merge_unread,
)
from provenance.registry.items.author_digests import AuthorDigests
from provenance.registry.items.item_copies import sequence_hashes
from provenance.registry.items.item_parts import stage_part
from provenance.registry.schema import EARLIEST, LATEST, lists_to_binary
from provenance.registry.segments.build_dir import BuildDir
from provenance.registry.sorting.table_stream import ChunkSize, map_in_threads, split_into_chunks

CHUNK_SIZE = ChunkSize(rows=1 << 15, weight=1 << 25)
"""Items, and bytes of their texts, that one thread processes at a time."""


@dataclass(frozen=True, slots=True)
class StagedItems:
    """Outcome of staging.

    Parameters
    ----------
    rows : int
        Number of records; several of them may turn out to be one item.
    skipped : tuple of Skipped
        Records that the readers of the dumps skipped.
    unread : tuple of Unread
        Dumps that could not be read, or not to the end.
    """

    rows: int
    skipped: tuple[Skipped, ...]
    unread: tuple[Unread, ...] = ()


def stage_items(
    batches: Iterable[Items],
    build_dir: BuildDir,
    after: int,
    progress: Callable[[int], None] | None,
) -> StagedItems:
    """Fingerprint items and stage them.

    Parameters
    ----------
    batches : iterable of Items
        Of any size, in order: of two records of one item, the later counts.
    build_dir : BuildDir
        The build.
    after : int
        Number of rows staged before.
    progress : callable or None
        Called with the number of items of each batch.

    Returns
    -------
    StagedItems
        Of `batches` only.
    """
    skipped, unread = list[Skipped](), list[Unread]()
    chunks = split_into_chunks(
        _readable_batches(batches, skipped, unread, progress), CHUNK_SIZE, _text_sizes
    )
    digests = AuthorDigests(build_dir.connection, keep_names=build_dir.keep_authors)
    row_counts = map_in_threads(
        lambda chunk: _stage_chunk(build_dir, digests, *chunk),
        _number_chunks(chunks, after),
        build_dir.limits.threads,
    )
    rows = sum(row_counts)
    return StagedItems(rows, tuple(skipped), merge_unread(unread))


def _readable_batches(
    batches: Iterable[Items],
    skipped: list[Skipped],
    unread: list[Unread],
    progress: Callable[[int], None] | None,
) -> Iterator[pa.RecordBatch]:
    for items in batches:
        unread.extend(items.unread)
        if items.skipped:
            skipped[:] = merge_skipped([*skipped, *items.skipped])
        if progress is not None:
            progress(len(items.batch))
        yield items.batch.cast(ITEMS)


def _text_sizes(batch: pa.RecordBatch) -> Int64s:
    return np.diff(Texts.of(batch["text"]).offsets)


def _number_chunks(chunks: Iterable[pa.Table], after: int) -> Iterator[tuple[pa.Table, int]]:
    for chunk in chunks:
        yield chunk, after
        after += len(chunk)


def _stage_chunk(build_dir: BuildDir, digests: AuthorDigests, chunk: pa.Table, place: int) -> int:
    text = chunk["text"].chunk(0)
    texts = Texts.of(text)
    tokens = tokenise(texts)
    edges = fingerprint_edges(texts, tokens)
    columns = {
        "source": chunk["source"],
        "item": chunk["item"],
        "url": chunk["url"],
        "created_at": _to_seconds(chunk["created_at"]),
        "author": digests.of(chunk["source"], chunk["author"]),
        "language": chunk["language"],
        "licence": chunk["licence"],
        "link": chunk["link"],
        "length": np.diff(tokens.offsets).astype(np.uint32),
        "tokens": lists_to_binary(tokens.hashes, tokens.offsets),
        "lead": lists_to_binary(edges.lead, edges.lead_offsets),
        "trail": lists_to_binary(edges.trail, edges.trail_offsets),
        "first_line": first_line_sizes(texts, tokens),
    }
    if build_dir.keep_texts:
        columns["text"] = text
    token_hashes = pa.array(sequence_hashes(tokens.hashes, tokens.offsets))
    return stage_part(columns, token_hashes, place, build_dir.spill_buffer)


def _to_seconds(column: pa.ChunkedArray) -> pa.ChunkedArray:
    seconds = column.cast(pa.int64())
    # Dates outside the calendar are errors in the dump; the item counts as undated.
    is_valid = pc.and_(pc.greater_equal(seconds, EARLIEST), pc.less_equal(seconds, LATEST))
    return pc.if_else(is_valid, seconds, None)
