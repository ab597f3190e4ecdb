"""Reddit's comments and submissions as Pushshift wrote them."""

import re
from collections.abc import Iterator

import numpy as np

from provenance.model import Items
from provenance.read import skips
from provenance.read.dumps.batches import Fault, Record, portions
from provenance.read.dumps.dump import Dump
from provenance.read.dumps.moments import moment
from provenance.read.dumps.posts import (
    HEAD,
    Object,
    is_array,
    items_of,
    objects_in,
    read_posts,
    word,
)
from provenance.read.dumps.redditcolumns import (
    COMMENT,
    GONE,
    HOST,
    SUBMISSION,
    posts_of,
    schema_like,
)
from provenance.read.jsonlines import blocks_of
from provenance.read.lines import LineBlock, table_of

_KIND = re.compile("^t[13]_")
_GONE = re.compile(GONE, re.IGNORECASE)


def read_pushshift(dump: Dump) -> Iterator[Items]:
    """Read comments (RC) or submissions (RS): a block at once, or post by post."""
    if is_array(dump.file.head(HEAD)):
        yield from read_posts(dump, _post)
        return
    for block in blocks_of(dump.file):
        items = _at_once(block, dump)
        if items is None:
            yield from items_of(dump, objects_in(block), _post)
        else:
            yield from portions(items)


def _at_once(block: LineBlock, dump: Dump) -> Items | None:
    _, first = next(objects_in(block), (0, ""))
    batch = table_of(block, schema_like(first)) if isinstance(first, dict) else None
    if batch is None:
        return None
    rows = np.arange(block.first, block.first + block.rows, dtype=np.int64)
    return posts_of(batch, rows, dump)


def _post(post: Object, row: int, dump: Dump) -> Record | Fault:
    kind = COMMENT if _is_comment(post) else SUBMISSION
    text = _words(post)
    if text is None:
        return Fault(row, _why_none(post))
    native = _fullname(post, kind)
    if native is None:
        return Fault(row, skips.NO_ID)
    return Record(
        dump.source,
        native,
        text,
        _address(post, native),
        moment(post.get("created_utc")),
        _author(post),
    )


def _words(post: Object) -> str | None:
    """Return a comment's body, or a submission's title and, below it, its text."""
    parts = [post.get(key) for key in (("body",) if _is_comment(post) else ("title", "selftext"))]
    there = [part for part in parts if isinstance(part, str) and not _is_gone(part)]
    return "\n\n".join(part for part in there if part.strip()) or None


def _is_comment(post: Object) -> bool:
    return isinstance(post.get("body"), str)


def _is_gone(part: object) -> bool:
    return isinstance(part, str) and _GONE.fullmatch(part) is not None


def _why_none(post: Object) -> str:
    parts = [post.get(key) for key in ("body", "title", "selftext")]
    if any(map(_is_gone, parts)):
        return skips.DELETED
    if any(isinstance(part, str) for part in parts):
        return skips.EMPTY
    return skips.NULL if "body" in post or "title" in post else skips.NOT_A_POST


def _fullname(post: Object, kind: str) -> str | None:
    name, native = word(post.get("name")), word(post.get("id"))
    if name and name.startswith(kind):
        return name
    return native and kind + _bare(native)


def _author(post: Object) -> str | None:
    author = word(post.get("author"))
    return None if author is None or _is_gone(author) else author


def _address(post: Object, native: str) -> str | None:
    """Return where a post is; the dumps of early years do not say it, and it can be made."""
    path, of = word(post.get("permalink")), word(post.get("link_id"))
    if path:
        return path if path.startswith("http") else HOST + path
    if native.startswith(SUBMISSION):
        return f"{HOST}/comments/{_bare(native)}/"
    if of is None:
        return None
    thread = _bare(of)
    return f"{HOST}/comments/{thread}/_/{_bare(native)}/"


def _bare(name: str) -> str:
    return _KIND.sub("", name)
