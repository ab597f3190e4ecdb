"""Reposts of X as rows of a table, which have only a text like `RT @ann: …`."""

import re

import pyarrow as pa
import pyarrow.compute as pc

from provenance.model import Flags
from provenance.read.columns.string_arrays import to_flags

_START = "RT @"
_PATTERN = r"(?s)^RT @(?P<author>\w{1,20}): (?P<text>.+)$"
_REPOST = re.compile(_PATTERN)
_CUT_OFF = "…"


def split_repost(text: str, author: str | None) -> tuple[str | None, str | None]:
    """Return the repeated text and its author, or both as they are; no text if it is cut off.

    Examples
    --------
    >>> split_repost("RT @ben: a lantern", "ann"), split_repost("a lantern", "ann")
    (('a lantern', 'ben'), ('a lantern', 'ann'))
    >>> split_repost("RT @ben: a lant…", "ann")
    (None, 'ben')
    """
    match = _REPOST.match(text) if text.startswith(_START) else None
    if match is None:
        return text, author
    return (None if text.rstrip().endswith(_CUT_OFF) else match["text"]), match["author"]


def cut_off_reposts(texts: pa.Array) -> Flags | None:
    """Return a mask of the reposts whose text is cut off; None if there is no repost."""
    if not pc.any(pc.starts_with(texts, _START)).as_py():
        return None
    is_repost = pc.match_substring_regex(texts, _PATTERN)
    is_cut_off = pc.ends_with(pc.utf8_rtrim_whitespace(texts), _CUT_OFF)
    return to_flags(pc.and_(is_repost, is_cut_off))


def split_reposts(texts: pa.Array, authors: pa.Array | None) -> tuple[pa.Array, pa.Array | None]:
    """Return texts and authors with those of what reposts repeat."""
    if not pc.any(pc.starts_with(texts, _START)).as_py():
        return texts, authors
    parts = pc.extract_regex(texts, pattern=_PATTERN)
    of_repost = [pc.struct_field(parts, name).cast(texts.type) for name in ("text", "author")]
    return (
        pc.coalesce(of_repost[0], texts),
        of_repost[1] if authors is None else pc.coalesce(of_repost[1], authors),
    )
