"""How a document presents the passage that an item shares with it: within a sentence, or named."""

import pyarrow as pa
import pyarrow.compute as pc

from provenance.fingerprint.offsets import slice_bytes, widen_ranges
from provenance.model import Texts
from provenance.pipeline.locate.item_marks import NAMED_AFTER, sentence_edges
from provenance.pipeline.locate.span_positions import LocatedSpans
from provenance.pipeline.locate.windows import CONTEXT_CHARACTERS

_NAME_ALONE = NAMED_AFTER + r"[\t \x{00A0}*_”\"]*(?:$|[\n\r,.;:(\[|])"
"""A name behind a passage, and nothing behind the name that a sentence goes on with."""

_HOST = (
    r"(?i)@|\bu/\w|https?:|\bwww\.|\bvia\b|\bpost(?:ed|s)?\b|\bcomment|\bthread\b|\bforum\b"
    r"|twitter|tweet|reddit|facebook|tumblr|mastodon|youtube|stack ?(?:overflow|exchange)"
)
"""What names an account or a place where items are published, not the author of a work."""

DOCUMENT_MARK_COLUMNS = pa.schema(
    [(name, pa.bool_()) for name in ("runs_on_before", "runs_on_after", "named")]
)
"""Columns that `measure_document_marks` returns."""


def measure_document_marks(texts: Texts, spans: LocatedSpans) -> dict[str, pa.Array]:
    """Return how documents present passages.

    Parameters
    ----------
    texts : Texts
        The documents, or windows of them.
    spans : LocatedSpans
        The passages.

    Returns
    -------
    dict of str to pyarrow.Array
        `runs_on_before`, `runs_on_after`: whether a sentence of the document goes on beyond the
        passage, on that side; `named`: whether it names an author behind the passage.
    """
    lows, highs = widen_ranges(texts, spans.rows, (spans.starts, spans.ends), CONTEXT_CHARACTERS)
    before = slice_bytes(texts, spans.rows, lows, spans.starts).column()
    after = slice_bytes(texts, spans.rows, spans.ends, highs).column()
    begins, ends = sentence_edges(before, after)
    is_named = pc.and_not(
        pc.match_substring_regex(after, _NAME_ALONE), pc.match_substring_regex(after, _HOST)
    )
    return {
        "runs_on_before": pc.invert(begins),
        "runs_on_after": pc.invert(ends),
        "named": is_named,
    }
