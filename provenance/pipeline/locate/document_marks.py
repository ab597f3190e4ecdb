"""Marks of documents: sentences that run on beyond a passage, authors named behind it, links."""

import pyarrow as pa
import pyarrow.compute as pc

from provenance.fingerprint.offsets import slice_bytes, widen_ranges
from provenance.model.content.fingerprints import Texts
from provenance.pipeline.locate.item_marks import BEFORE_WORD, NAMED_AFTER, WORD
from provenance.pipeline.locate.span_positions import LocatedSpans
from provenance.pipeline.scan.windows import CONTEXT_CHARACTERS

_NAME_ALONE = NAMED_AFTER + r"[\t \x{00A0}*_”\"]*(?:$|[\n\r,.;:()\[\]{}<>/|])"
"""A name behind a passage, and nothing behind the name that a sentence goes on with."""

_HOST = (
    r"(?i)@|\bu/\w|https?:|\bwww\.|\bvia\b|\bpost(?:ed|s)?\b|\bcomment|\bthread\b|\bforum\b"
    r"|twitter|tweet|reddit|facebook|tumblr|mastodon|youtube|stack ?(?:overflow|exchange)"
)
"""Names of accounts, and of places where items are published, in contrast to authors of works."""

_WORDS_BEFORE = rf"{BEFORE_WORD}(?:{WORD}){{2}}$"
"""Two words in the line before the passage; one may have been added to a copy of the item."""

_BEGINS_WITH_WORD = r"^[\p{L}\p{N}]"
"""No quotation mark, tag or account's name begins the passage."""

_WORDS_AFTER = r"^(?:,?[ \x{00A0}]+\p{Ll}[\p{L}'\x{2019}]*){3}"
"""Three words in the line behind the passage that begin no sentence."""

_ENDS_WITH_WORD = rf"{BEFORE_WORD}[\p{{L}}\p{{N}}'\x{{2019}}]+$"
"""No stop, quotation mark, tag, account's name or address ends the passage."""

_ABBREVIATION = r"(?:\.[\p{L}\p{N}]+|\b[\p{L}\p{N}]{1,4})\.\s+$"
"""A possible abbreviation before the passage: its full stop may not end a sentence."""

_OPENS_LINK = r"(?:\[[^\[\]\n]*|<a\s[^<>]*>[^<>]*)$"
"""The beginning of a link's text, in Markdown or HTML, before the passage."""

_CLOSES_LINK = r"^(?:[^\[\]\n]*\][(\[:]|[^<>]*</a>)"
"""The end of a link's text, and its address or what stands for it, behind the passage."""

_TAGGED = r"(?:^|[^\p{L}\p{N}])[#@][\p{L}\p{N}_]"
"""A tag, or the name of an account."""

DOCUMENT_MARK_COLUMNS = pa.schema(
    [
        (name, pa.bool_())
        for name in ("runs_on_before", "runs_on_after", "named", "link_text", "tagged")
    ]
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
        `runs_on_before`, `runs_on_after`: whether a sentence of the document runs on into the
        passage, and out of it; `named`: whether the document names an author behind it;
        `link_text`: whether the passage is in the text of a link; `tagged`: whether it has a tag or
        the name of an account.
    """
    lows, highs = widen_ranges(texts, spans.rows, (spans.starts, spans.ends), CONTEXT_CHARACTERS)
    before = slice_bytes(texts, spans.rows, lows, spans.starts).column()
    passage = slice_bytes(texts, spans.rows, spans.starts, spans.ends).column()
    after = slice_bytes(texts, spans.rows, spans.ends, highs).column()
    return {
        "runs_on_before": pc.and_(
            pc.match_substring_regex(before, _WORDS_BEFORE),
            pc.match_substring_regex(passage, _BEGINS_WITH_WORD),
        ),
        "runs_on_after": pc.and_not(
            pc.and_(
                pc.match_substring_regex(passage, _ENDS_WITH_WORD),
                pc.match_substring_regex(after, _WORDS_AFTER),
            ),
            pc.match_substring_regex(before, _ABBREVIATION),
        ),
        "named": pc.and_not(
            pc.match_substring_regex(after, _NAME_ALONE), pc.match_substring_regex(after, _HOST)
        ),
        "link_text": pc.and_(
            pc.match_substring_regex(before, _OPENS_LINK),
            pc.match_substring_regex(after, _CLOSES_LINK),
        ),
        "tagged": pc.match_substring_regex(passage, _TAGGED),
    }
