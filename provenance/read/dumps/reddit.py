"""Reddit's comments and submissions as Pushshift wrote them.

Reddit's posts laid out a column at a time; `reddit` says post by post what that gives.
"""

import re
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model import Int64s, Items
from provenance.read.columns.string_arrays import is_blank, to_flags
from provenance.read.corpus import skipped_rows as skips
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import Fault, Record, portions
from provenance.read.dumps.item_columns import laid_out
from provenance.read.dumps.json_posts import (
    HEAD,
    Object,
    is_array,
    items_of,
    objects_in,
    read_posts,
    word,
)
from provenance.read.dumps.timestamps import moment
from provenance.read.formats.json_lines import LineBlock, table_of
from provenance.read.formats.jsonl_file import read_blocks

HOST = "https://www.reddit.com"
COMMENT, SUBMISSION = "t1_", "t3_"
"""What the full names of either begin with."""
GONE = r"[ \t\r\n]*\[ ?(deleted|removed)( [^\]]{0,80})?\][ \t\r\n]*"
"""What stands where a text was: "[deleted]", "[removed]", "[ Removed by Reddit ]"."""

_TEXT = pa.large_string()
FIELDS = ("body", "title", "selftext", "id", "name", "author", "permalink", "link_id")
DATE = "created_utc"


def schema_like(post: dict[str, object]) -> pa.Schema:
    """Return what to read of posts that are like this one."""
    kind = {int: pa.int64(), float: pa.float64()}.get(type(post.get(DATE)), _TEXT)
    return pa.schema([*((name, _TEXT) for name in FIELDS), (DATE, kind)])


def posts_of(batch: pa.RecordBatch, rows: Int64s, dump: Dump) -> Items | None:
    """Lay out posts as items.

    Parameters
    ----------
    batch : pyarrow.RecordBatch
        Of a `schema_like` them.
    rows : ndarray of int64
        Their numbers in the file.
    dump : Dump
        The file.

    Returns
    -------
    Items or None
        None where there is something that is neither comment nor submission.
    """
    body, title, selftext = (batch[name] for name in FIELDS[:3])
    is_comment = pc.is_valid(body)
    if not pc.all(pc.or_(is_comment, pc.is_valid(title)), min_count=0).as_py():
        return None
    text = pc.if_else(is_comment, _there(body), _joined(_there(title), _there(selftext)))
    ids = _fullnames(batch, is_comment)
    none = pc.is_null(text)
    gone = pc.and_(none, pc.or_(pc.or_(_gone(body), _gone(title)), _gone(selftext)))
    reasons = (
        (skips.DELETED, gone),
        (skips.EMPTY, pc.and_not(none, gone)),
        (skips.NO_ID, pc.and_not(pc.is_null(ids), none)),
    )
    faults = [(int(row), why) for why, which in reasons for row in rows[to_flags(which)]]
    kept = pc.and_(pc.invert(none), pc.is_valid(ids))
    columns = {
        "text": text,
        "item": ids,
        "url": _addresses(batch, ids, is_comment),
        "author": pc.if_else(_gone(batch["author"]), None, batch["author"]),
        "created_at": batch[DATE],
    }
    whole = {role: column.filter(kept) for role, column in columns.items()}
    items = laid_out(whole, rows[to_flags(kept)], dump, "")
    return Items(items.batch, skips.count_by_reason(dump.name, sorted(faults)))


def _gone(texts: pa.Array) -> pa.Array:
    found = pc.match_substring_regex(texts, f"^(?:{GONE})$", ignore_case=True)
    return pc.fill_null(found, fill_value=False)


def _there(texts: pa.Array) -> pa.Array:
    """Return texts, and null for what is gone or blank."""
    return pc.if_else(pc.or_(_gone(texts), pa.array(is_blank(texts))), None, texts)


def _joined(title: pa.Array, selftext: pa.Array) -> pa.Array:
    both = pc.binary_join_element_wise(title, selftext, pa.scalar("\n\n", _TEXT))
    return pc.coalesce(both, title, selftext)


def _fullnames(batch: pa.RecordBatch, is_comment: pa.Array) -> pa.Array:
    kind = pc.if_else(is_comment, pa.scalar(COMMENT, _TEXT), pa.scalar(SUBMISSION, _TEXT))
    name = batch["name"]
    fits = pc.equal(pc.utf8_slice_codeunits(name, 0, len(COMMENT)), kind)
    native = pc.if_else(pc.equal(batch["id"], ""), None, batch["id"])
    made = pc.binary_join_element_wise(kind, _bare_column(native), pa.scalar("", _TEXT))
    return pc.coalesce(pc.if_else(fits, name, None), made)


def _bare_column(names: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(names, "^t[13]_", "")


def _addresses(batch: pa.RecordBatch, ids: pa.Array, is_comment: pa.Array) -> pa.Array:
    path = pc.if_else(pc.equal(batch["permalink"], ""), None, batch["permalink"])
    told = pc.if_else(pc.starts_with(path, "http"), path, _written(HOST, path))
    thread = pc.if_else(pc.equal(batch["link_id"], ""), None, batch["link_id"])
    comment = _written(f"{HOST}/comments/", _bare_column(thread), "/_/", _bare_column(ids), "/")
    submission = _written(f"{HOST}/comments/", _bare_column(ids), "/")
    return pc.coalesce(told, pc.if_else(is_comment, comment, submission))


def _written(*parts: str | pa.Array) -> pa.Array:
    columns = [pa.scalar(part, _TEXT) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*columns, pa.scalar("", _TEXT))


_KIND = re.compile("^t[13]_")
_GONE = re.compile(GONE, re.IGNORECASE)


def read_pushshift(dump: Dump) -> Iterator[Items]:
    """Read comments (RC) or submissions (RS): a block at once, or post by post."""
    if is_array(dump.file.head(HEAD)):
        yield from read_posts(dump, _post)
        return
    for block in read_blocks(dump.file):
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
