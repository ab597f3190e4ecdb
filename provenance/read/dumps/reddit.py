"""Reddit's comments and submissions as Pushshift wrote them."""

import re
from collections.abc import Iterator

from provenance.model import Items
from provenance.read import skips
from provenance.read.dumps.batches import Fault, Record
from provenance.read.dumps.dump import Dump
from provenance.read.dumps.moments import moment
from provenance.read.dumps.posts import Object, read_posts, word

HOST = "https://www.reddit.com"
GONE = re.compile(r"\s*\[ ?(deleted|removed)( [^\]]{0,80})?\]\s*", re.IGNORECASE)
"""What stands where a text was: "[deleted]", "[removed]", "[ Removed by Reddit ]"."""
COMMENT, SUBMISSION = "t1_", "t3_"


def read_pushshift(dump: Dump) -> Iterator[Items]:
    """Read comments (RC) or submissions (RS)."""
    return read_posts(dump, _post)


def _post(post: Object, row: int, dump: Dump) -> Record | Fault:
    kind = COMMENT if "body" in post else SUBMISSION
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
    parts = [post.get(key) for key in (("body",) if "body" in post else ("title", "selftext"))]
    there = [part for part in parts if isinstance(part, str) and not _is_gone(part)]
    return "\n\n".join(part for part in there if part.strip()) or None


def _is_gone(part: object) -> bool:
    return isinstance(part, str) and GONE.fullmatch(part) is not None


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
    return native and kind + native.removeprefix(kind)


def _author(post: Object) -> str | None:
    author = word(post.get("author"))
    return None if author is None or _is_gone(author) else author


def _address(post: Object, native: str) -> str | None:
    """Return where a post is; the dumps of early years do not say it, and it can be made."""
    path, of = word(post.get("permalink")), word(post.get("link_id"))
    if path:
        return path if path.startswith("http") else HOST + path
    if native.startswith(SUBMISSION):
        return f"{HOST}/comments/{native.removeprefix(SUBMISSION)}/"
    if of is None:
        return None
    thread = of.removeprefix(SUBMISSION)
    return f"{HOST}/comments/{thread}/_/{native.removeprefix(COMMENT)}/"
