"""Reddit's posts laid out a column at a time; `reddit` says post by post what that gives."""

import pyarrow as pa
import pyarrow.compute as pc

from provenance.model import Int64s, Items
from provenance.read import skips
from provenance.read.dumps.columnar import laid_out
from provenance.read.dumps.dump import Dump
from provenance.read.strings import blank, flags_of

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
    faults = [(int(row), why) for why, which in reasons for row in rows[flags_of(which)]]
    kept = pc.and_(pc.invert(none), pc.is_valid(ids))
    columns = {
        "text": text,
        "item": ids,
        "url": _addresses(batch, ids, is_comment),
        "author": pc.if_else(_gone(batch["author"]), None, batch["author"]),
        "created_at": batch[DATE],
    }
    whole = {role: column.filter(kept) for role, column in columns.items()}
    items = laid_out(whole, rows[flags_of(kept)], dump, "")
    return Items(items.batch, skips.by_reason(dump.name, sorted(faults)))


def _gone(texts: pa.Array) -> pa.Array:
    found = pc.match_substring_regex(texts, f"^(?:{GONE})$", ignore_case=True)
    return pc.fill_null(found, fill_value=False)


def _there(texts: pa.Array) -> pa.Array:
    """Return texts, and null for what is gone or blank."""
    return pc.if_else(pc.or_(_gone(texts), pa.array(blank(texts))), None, texts)


def _joined(title: pa.Array, selftext: pa.Array) -> pa.Array:
    both = pc.binary_join_element_wise(title, selftext, pa.scalar("\n\n", _TEXT))
    return pc.coalesce(both, title, selftext)


def _fullnames(batch: pa.RecordBatch, is_comment: pa.Array) -> pa.Array:
    kind = pc.if_else(is_comment, pa.scalar(COMMENT, _TEXT), pa.scalar(SUBMISSION, _TEXT))
    name = batch["name"]
    fits = pc.equal(pc.utf8_slice_codeunits(name, 0, len(COMMENT)), kind)
    native = pc.if_else(pc.equal(batch["id"], ""), None, batch["id"])
    made = pc.binary_join_element_wise(kind, _bare(native), pa.scalar("", _TEXT))
    return pc.coalesce(pc.if_else(fits, name, None), made)


def _bare(names: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(names, "^t[13]_", "")


def _addresses(batch: pa.RecordBatch, ids: pa.Array, is_comment: pa.Array) -> pa.Array:
    path = pc.if_else(pc.equal(batch["permalink"], ""), None, batch["permalink"])
    told = pc.if_else(pc.starts_with(path, "http"), path, _written(HOST, path))
    thread = pc.if_else(pc.equal(batch["link_id"], ""), None, batch["link_id"])
    comment = _written(f"{HOST}/comments/", _bare(thread), "/_/", _bare(ids), "/")
    submission = _written(f"{HOST}/comments/", _bare(ids), "/")
    return pc.coalesce(told, pc.if_else(is_comment, comment, submission))


def _written(*parts: str | pa.Array) -> pa.Array:
    columns = [pa.scalar(part, _TEXT) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*columns, pa.scalar("", _TEXT))
