"""Items from dumps, fingerprinted and laid down in parts."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.fingerprint.span_edges import edges as fingerprint_edges
from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.model import ITEMS, Int64s, Items, Skipped, Texts, Unread, merge_unread, tally
from provenance.registry.author_digests import Digests
from provenance.registry.build.build_dir import Workshop
from provenance.registry.build.deduplication import whole_hashes
from provenance.registry.build.item_parts import lay_part
from provenance.registry.build.table_stream import Portion, in_threads, portions
from provenance.registry.schema import EARLIEST, LATEST, blobs

CHUNK = Portion(rows=1 << 15, weight=1 << 25)
"""Items, and bytes of their texts, that one thread works on."""


@dataclass(frozen=True, slots=True)
class Staged:
    """What was laid down.

    Parameters
    ----------
    rows : int
        How many records; those that will turn out to be one item are counted apart.
    skipped : tuple of Skipped
        What the dumps' readers left out.
    unread : tuple of Unread
        Dumps that could not be read, or not to their end.
    """

    rows: int
    skipped: tuple[Skipped, ...]
    unread: tuple[Unread, ...] = ()


def stage(
    batches: Iterable[Items], shop: Workshop, after: int, progress: Callable[[int], None] | None
) -> Staged:
    """Fingerprint items and lay them down.

    Parameters
    ----------
    batches : iterable of Items
        Of any size, in order: of two that are one item, the later will count.
    shop : Workshop
        Where to.
    after : int
        Number of rows that were laid down before.
    progress : callable or None
        Told the number of items taken in, again and again.

    Returns
    -------
    Staged
        The rows of `batches` alone.
    """
    skipped, unread = list[Skipped](), list[Unread]()
    chunks = portions(_taken(batches, skipped, unread, progress), CHUNK, _text_sizes)
    digests = Digests(shop.connection)
    laid = in_threads(
        lambda one: _lay(shop, digests, *one), _placed(chunks, after), shop.limits.threads
    )
    rows = sum(laid)
    return Staged(rows, tuple(skipped), merge_unread(unread))


def _taken(
    batches: Iterable[Items],
    skipped: list[Skipped],
    unread: list[Unread],
    progress: Callable[[int], None] | None,
) -> Iterator[pa.RecordBatch]:
    for items in batches:
        unread.extend(items.unread)
        if items.skipped:
            skipped[:] = tally([*skipped, *items.skipped])
        if progress is not None:
            progress(len(items.batch))
        yield items.batch.cast(ITEMS)


def _text_sizes(batch: pa.RecordBatch) -> Int64s:
    return np.diff(Texts.of(batch["text"]).offsets)


def _placed(chunks: Iterable[pa.Table], after: int) -> Iterator[tuple[pa.Table, int]]:
    for chunk in chunks:
        yield chunk, after
        after += len(chunk)


def _lay(shop: Workshop, digests: Digests, chunk: pa.Table, place: int) -> int:
    text = chunk["text"].chunk(0)
    texts = Texts.of(text)
    tokens = tokenise(texts)
    edges = fingerprint_edges(texts, tokens)
    columns = {
        "source": chunk["source"],
        "item": chunk["item"],
        "url": chunk["url"],
        "created_at": _seconds(chunk["created_at"]),
        "author": digests.of(chunk["source"], chunk["author"]),
        "language": chunk["language"],
        "licence": chunk["licence"],
        "length": np.diff(tokens.offsets).astype(np.uint32),
        "tokens": blobs(tokens.hashes, tokens.offsets),
        "lead": blobs(edges.lead, edges.lead_offsets),
        "trail": blobs(edges.trail, edges.trail_offsets),
    }
    if shop.keep_texts:
        columns["text"] = text
    whole = pa.array(whole_hashes(tokens.hashes, tokens.offsets))
    return lay_part(columns, whole, place, shop.shelf)


def _seconds(column: pa.ChunkedArray) -> pa.ChunkedArray:
    seconds = column.cast(pa.int64())
    # Days outside the calendar are typing errors; the item counts as undated.
    known = pc.and_(pc.greater_equal(seconds, EARLIEST), pc.less_equal(seconds, LATEST))
    return pc.if_else(known, seconds, None)
