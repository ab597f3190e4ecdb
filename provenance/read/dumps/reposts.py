"""Reposts of X as rows of a table, which have only a text like `RT @ann: …`."""

import re

import pyarrow as pa
import pyarrow.compute as pc

_START = "RT @"
_PATTERN = r"(?s)^RT @(?P<author>\w{1,20}): (?P<text>.+)$"
_REPOST = re.compile(_PATTERN)


def split_repost(text: str, author: str | None) -> tuple[str, str | None]:
    """Return the repeated text and its author; both as they are if the text is no repost.

    Examples
    --------
    >>> split_repost("RT @ben: a lantern", "ann"), split_repost("a lantern", "ann")
    (('a lantern', 'ben'), ('a lantern', 'ann'))
    """
    match = _REPOST.match(text) if text.startswith(_START) else None
    return (text, author) if match is None else (match["text"], match["author"])


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
