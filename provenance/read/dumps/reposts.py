"""Reposts of X as rows of a table, which have only a text like `RT @ann: …`."""

import re

import pyarrow as pa
import pyarrow.compute as pc

_START = "RT @"
_PATTERN = r"^RT @(?P<author>\w{1,20}): "
_REPOST = re.compile(_PATTERN)


def original_author(text: str, author: str | None) -> str | None:
    """Return who wrote what a repost repeats; the given author if the text is no repost.

    Examples
    --------
    >>> original_author("RT @ben: a lantern", "ann"), original_author("a lantern", "ann")
    ('ben', 'ann')
    """
    match = _REPOST.match(text) if text.startswith(_START) else None
    return author if match is None else match["author"]


def original_authors(texts: pa.Array, authors: pa.Array | None) -> pa.Array | None:
    """Return the authors of a column of texts, as `original_author`; None if none are known."""
    if not pc.any(pc.starts_with(texts, _START)).as_py():
        return authors
    named = pc.struct_field(pc.extract_regex(texts, pattern=_PATTERN), "author").cast(texts.type)
    return named if authors is None else pc.coalesce(named, authors)
