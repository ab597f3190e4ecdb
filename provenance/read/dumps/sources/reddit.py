"""Reddit comments and submissions: Pushshift, Arctic Shift, tables, and a user's own export.

Regular blocks of lines are converted column by column, others post by post, with equal results.
"""

import re
from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model.content.fingerprints import Int64s
from provenance.model.content.tables import Items
from provenance.read.columns.string_arrays import (
    as_strings,
    is_blank,
    null_where,
    to_flags,
)
from provenance.read.corpus import skipped_rows
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import (
    DELETED_PATTERN,
    DeletionRecord,
    Entry,
    ItemRecord,
    RowFault,
    split_items,
)
from provenance.read.dumps.item_columns import (
    concatenate,
    is_placeholder,
    non_empty,
    select_items,
)
from provenance.read.dumps.link_posts import linked_page, linked_pages
from provenance.read.dumps.parsers.json_posts import (
    HEAD_BYTES,
    JsonObject,
    first_objects,
    items_from_objects,
    member,
    objects_in,
    parse_objects,
    read_object_blocks,
    string_at,
    to_text,
)
from provenance.read.dumps.parsers.timestamps import parse_timestamp, parse_timestamps
from provenance.read.dumps.tables.table_objects import items_from_rows, table_blocks
from provenance.read.formats.jsonl_blocks import JsonBlock, Records, parse_block

HOST = "https://www.reddit.com"
_HOSTS = r"reddit\.com|redd\.it|redditmedia\.com|reddituploads\.com"
COMMENT_PREFIX, SUBMISSION_PREFIX = "t1_", "t3_"
"""Prefixes of the full names of comments and submissions."""

_PREFIXES = (COMMENT_PREFIX, SUBMISSION_PREFIX)
_SUBREDDITS = ("subreddit_id", "subreddit", "subreddit.id")
"""Names of the column of the place; SocialGrep writes the last one."""
_REPLIES = ("comments", "replies")
_ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
"""All that the site escapes in texts."""
_ESCAPE = "&(?:lt|gt|amp);"
"""Any of them: an expression is found faster by Arrow than a substring."""
_LISTING, _THINGS = "Listing", ("t1", "t3")
"""Kinds of objects of the site's pages as JSON: a list, a comment, a submission."""

_TEXT = pa.large_string()
DELETED_LATER = "deleted later, as the dump says"
TEXT_FIELDS = ("body", "title", "selftext", "id", "name", "author", "permalink", "link_id", "url")
DATE_FIELD = "created_utc"


COLUMNS = (*TEXT_FIELDS, DATE_FIELD, "_meta", "subreddit", "date")

_META = pa.struct(
    [
        ("was_deleted_later", pa.bool_()),
        ("removal_type", pa.string()),
        ("retrieved_2nd_on", pa.int64()),
    ]
)
"""What Arctic Shift found when it looked a second time."""


def is_post(post: JsonObject) -> bool:
    """Return whether an object is a comment or a submission."""
    keys = post.keys()
    if post.get("kind") in (_LISTING, *_THINGS) and isinstance(post.get("data"), dict):
        return True
    if {"id", "permalink", "date", "subreddit", "body"} <= keys or {"thing", "$event"} <= keys:
        return True
    if {"id", "body", DATE_FIELD} <= keys:
        return bool({"link_id", "parent_id", *_SUBREDDITS} & keys)
    return {"id", "title", DATE_FIELD} <= keys and bool(
        {"selftext", "is_self", *_SUBREDDITS} & keys
    )


def post_schema(post: dict[str, object]) -> pa.Schema:
    """Return the schema for parsing posts like this one."""
    kind = {int: pa.int64(), float: pa.float64()}.get(type(post.get(DATE_FIELD)), _TEXT)
    texts = [(name, _TEXT) for name in TEXT_FIELDS]
    return pa.schema([*texts, (DATE_FIELD, kind), ("_meta", _META)])


def build_post_items(batch: pa.RecordBatch, rows: Int64s, dump: Dump) -> Items | None:
    """Return posts as items.

    Parameters
    ----------
    batch : pyarrow.RecordBatch
        Posts, of a `post_schema`.
    rows : ndarray of int64
        Their numbers in the file.
    dump : Dump
        The file.

    Returns
    -------
    Items or None
        None if any row is neither comment nor submission.
    """
    body, title, selftext = (batch[name] for name in TEXT_FIELDS[:3])
    is_comment = pc.and_(pc.is_valid(body), pc.is_null(title))
    if not pc.all(pc.or_(is_comment, pc.is_valid(title)), min_count=0).as_py():
        return None
    gone_body, gone_title, gone_selftext = (
        pa.array(is_placeholder(texts)) for texts in (body, title, selftext)
    )
    body, title = _present_texts(body, gone_body), _present_texts(title, gone_title)
    selftext = _present_texts(selftext, gone_selftext)
    text = _unescape(
        _by_kind(is_comment, body, lambda: _join_title(title, pc.coalesce(selftext, body)))
    )
    is_later = pc.fill_null(pc.struct_field(batch["_meta"], "was_deleted_later"), False)
    ids, native = _fullnames(batch, is_comment)
    is_missing = pc.is_null(text)
    is_deleted = pc.and_(is_missing, pc.or_(pc.or_(gone_body, gone_title), gone_selftext))
    faults = (
        (DELETED_LATER, is_later),
        (skipped_rows.DELETED, is_deleted),
        (skipped_rows.EMPTY, is_missing),
        (skipped_rows.NO_ID, pc.is_null(ids)),
    )
    author = batch["author"]
    has_no_author = pc.or_(pa.array(is_placeholder(author)), pc.equal(author, ""))
    fields = {
        "text": text,
        "item": ids,
        "url": _post_urls(batch, native, is_comment),
        "author": null_where(has_no_author, author),
        "created_at": parse_timestamps(batch[DATE_FIELD]),
        "link": null_where(is_comment, linked_pages(non_empty(batch["url"]), _HOSTS)),
    }
    deletions = _deletions(batch["_meta"], ids, is_later, rows, dump)
    return select_items(fields, faults, rows, dump, deletions)


def _deletions(
    metas: pa.Array, ids: pa.Array, is_later: pa.Array, rows: Int64s, dump: Dump
) -> list[DeletionRecord]:
    """Return the posts that were deleted later, as far as they have an id."""
    chosen = pc.and_(is_later, pc.is_valid(ids))
    found = zip(metas.filter(chosen), ids.filter(chosen), rows[to_flags(chosen)], strict=True)
    return [
        _deleted_later(meta.as_py(), native.as_py(), int(row), dump) for meta, native, row in found
    ]


def _deleted_later(meta: JsonObject, native: str, row: int, dump: Dump) -> DeletionRecord:
    reason = string_at(meta, "removal_type") or "deleted"
    when = parse_timestamp(meta.get("retrieved_2nd_on"))
    return DeletionRecord(row, dump.source, native, reason, when, DELETED_LATER)


def _present_texts(texts: pa.Array, is_deleted: pa.Array) -> pa.Array:
    """Return texts with null for those that are deleted or blank."""
    if texts.null_count == len(texts):
        return texts
    return null_where(pc.or_(is_deleted, pa.array(is_blank(texts))), texts)


def _unescape(texts: pa.Array) -> pa.Array:
    is_escaped = pc.fill_null(pc.match_substring_regex(texts, _ESCAPE), fill_value=False)
    if not is_escaped.true_count:
        return texts
    unescaped = texts.filter(is_escaped)
    for escape, character in _ESCAPES:
        unescaped = pc.replace_substring(unescaped, escape, character)
    return pc.replace_with_mask(texts, is_escaped, unescaped)


def _by_kind(
    is_comment: pa.Array, comments: pa.Array, submissions: Callable[[], pa.Array]
) -> pa.Array:
    """Return a column for comments, and another one for submissions, of which there may be none."""
    if not is_comment.false_count:
        return comments
    return pc.if_else(is_comment, comments, submissions())


def _join_title(title: pa.Array, selftext: pa.Array) -> pa.Array:
    both = pc.binary_join_element_wise(title, selftext, pa.scalar("\n\n", _TEXT))
    return pc.coalesce(both, title, selftext)


def _fullnames(batch: pa.RecordBatch, is_comment: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return ids with the prefix of their kind, and without it."""
    kind = pa.scalar(COMMENT_PREFIX, _TEXT)
    if is_comment.false_count:
        kind = pc.if_else(is_comment, kind, pa.scalar(SUBMISSION_PREFIX, _TEXT))
    native, name = _strip_prefixes(non_empty(batch["id"])), batch["name"]
    made = concatenate(kind, native)
    if name.null_count == len(name):
        return made, native
    fits = pc.equal(pc.utf8_slice_codeunits(name, 0, len(COMMENT_PREFIX)), kind)
    ids = pc.coalesce(null_where(pc.invert(fits), name), made)
    return ids, _strip_prefixes(ids)


def _strip_prefixes(names: pa.Array) -> pa.Array:
    has_prefix = pc.or_(*(pc.starts_with(names, prefix) for prefix in _PREFIXES))
    if not pc.any(has_prefix).as_py():
        return names
    return pc.if_else(has_prefix, pc.utf8_slice_codeunits(names, len(COMMENT_PREFIX)), names)


def _post_urls(batch: pa.RecordBatch, native: pa.Array, is_comment: pa.Array) -> pa.Array:
    thread = _strip_prefixes(non_empty(batch["link_id"]))
    comment = concatenate(f"{HOST}/comments/", thread, "/_/", native, "/")
    made = _by_kind(is_comment, comment, lambda: concatenate(f"{HOST}/comments/", native, "/"))
    path = non_empty(batch["permalink"])
    if path.null_count == len(path):
        return made
    told = pc.if_else(pc.starts_with(path, "http"), path, concatenate(HOST, path))
    return pc.coalesce(told, made)


_GONE = ("deleted", "gone")
"""Actions of events."""
_TYPE_PREFIX = re.compile("^t[13]_")
_DELETED = re.compile(DELETED_PATTERN, re.IGNORECASE)


def read_reddit(dump: Dump) -> Iterator[Items]:
    """Yield comments (RC) or submissions (RS), from JSON or a table."""
    blocks = table_blocks(dump, COLUMNS)
    if blocks is not None:
        for rows in blocks:
            yield from items_from_rows(rows, read_post, _read_columns, dump)
        return
    is_outermost = any(map(is_post, first_objects(dump.file.head(HEAD_BYTES))))
    for block in read_object_blocks(dump, unwraps=not is_outermost):
        items = _read_block(block, dump)
        if items is None:
            yield from items_from_objects(dump, parse_objects(block), read_post)
        else:
            yield from split_items(items)


def _read_columns(batch: pa.RecordBatch, rows: Int64s, dump: Dump) -> Items | None:
    names = batch.schema.names
    if DATE_FIELD not in names or "_meta" in names:
        return None
    try:
        columns = [
            as_strings(batch[name]) if name in names else pa.nulls(len(batch), _TEXT)
            for name in TEXT_FIELDS
        ]
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    columns += [batch[DATE_FIELD], pa.nulls(len(batch), _META)]
    names = [*TEXT_FIELDS, DATE_FIELD, "_meta"]
    return build_post_items(pa.RecordBatch.from_arrays(columns, names=names), rows, dump)


def _read_block(block: JsonBlock, dump: Dump) -> Items | None:
    if isinstance(block, Records):
        return None
    _, first = next(parse_objects(block), (0, ""))
    if not isinstance(first, dict) or any(objects_in(first.get(name)) for name in _REPLIES):
        return None
    batch = parse_block(block, post_schema(first))
    if batch is None:
        return None
    rows = np.arange(block.first, block.first + block.rows, dtype=np.int64)
    return build_post_items(batch, rows, dump)


def read_post(post: JsonObject, row: int, dump: Dump) -> Iterator[Entry]:
    """Yield a comment or submission; of a page of the site as JSON, all of them, with replies."""
    kind, data = post.get("kind"), post.get("data")
    if not isinstance(kind, str) or not isinstance(data, dict):
        yield _read_post(post, row, dump)
        for name in _REPLIES:  # a listing, or as the tools of others nest them
            for reply in objects_in(post.get(name)):
                yield from read_post(reply, row, dump)
    elif kind == _LISTING:
        for thing in objects_in(data.get("children")):
            yield from read_post(thing, row, dump)
    elif kind in _THINGS:
        yield from read_post(data, row, dump)
    else:
        yield RowFault(row, skipped_rows.SERVICE)


def _read_post(post: JsonObject, row: int, dump: Dump) -> Entry:
    if "$event" in post:
        return _read_event(post, row, dump)
    kind = COMMENT_PREFIX if _is_comment(post) else SUBMISSION_PREFIX
    native = _fullname(post, kind)
    meta = post.get("_meta")
    if isinstance(meta, dict) and meta.get("was_deleted_later") is True:
        if native is None:
            return RowFault(row, DELETED_LATER)
        return _deleted_later(meta, native, row, dump)
    text = _post_text(post)
    if text is None:
        return RowFault(row, _skip_reason(post))
    if native is None:
        return RowFault(row, skipped_rows.NO_ID)
    return ItemRecord(
        dump.source,
        native,
        text,
        _post_url(post, native),
        parse_timestamp(post.get(DATE_FIELD, post.get("date"))),
        _author(post),
        link=None if _is_comment(post) else linked_page(to_text(post.get("url")), _HOSTS),
    )


def _read_event(event: JsonObject, row: int, dump: Dump) -> Entry:
    """Return an event of the compliance stream: what was deleted, or is gone; others say less."""
    action, name = string_at(event, "$event", "action"), string_at(event, "name")
    if action not in _GONE or not (name or "").startswith(_PREFIXES):
        return RowFault(row, skipped_rows.SERVICE)
    when = parse_timestamp(member(event, "$event", "created"))
    return DeletionRecord(row, dump.source, str(name), str(action), when)


def _post_text(post: JsonObject) -> str | None:
    """Return the body of a comment, or title and text of a submission."""
    if _is_comment(post):
        return _present(post["body"])
    title, *others = (_present(post.get(key)) for key in ("title", "selftext", "body"))
    parts = (title, next(filter(None, others), None))
    return "\n\n".join(part for part in parts if part) or None


def _present(part: object) -> str | None:
    if not isinstance(part, str) or not part.strip() or _is_deleted(part):
        return None
    for escape, character in _ESCAPES if "&" in part else ():
        part = part.replace(escape, character)
    return part


def _is_comment(post: JsonObject) -> bool:
    return isinstance(post.get("body"), str) and not isinstance(post.get("title"), str)


def _is_deleted(part: object) -> bool:
    return isinstance(part, str) and _DELETED.fullmatch(part) is not None


def _skip_reason(post: JsonObject) -> str:
    parts = [post.get(key) for key in ("body", "title", "selftext")]
    if any(map(_is_deleted, parts)):
        return skipped_rows.DELETED
    if any(isinstance(part, str) for part in parts):
        return skipped_rows.EMPTY
    return skipped_rows.NULL if "body" in post or "title" in post else skipped_rows.NOT_A_POST


def _fullname(post: JsonObject, kind: str) -> str | None:
    name, native = to_text(post.get("name")), to_text(post.get("id"))
    if name and name.startswith(kind):
        return name
    return native and kind + _strip_prefix(native)


def _author(post: JsonObject) -> str | None:
    author = to_text(post.get("author"))
    return None if author is None or _is_deleted(author) else author


def _post_url(post: JsonObject, native: str) -> str | None:
    """Return the URL of a post, constructed from its ids if the dump is too old to have it."""
    path, parent = to_text(post.get("permalink")), to_text(post.get("link_id"))
    if path:
        return path if path.startswith("http") else HOST + path
    if native.startswith(SUBMISSION_PREFIX):
        return f"{HOST}/comments/{_strip_prefix(native)}/"
    if parent is None:
        return None
    thread = _strip_prefix(parent)
    return f"{HOST}/comments/{thread}/_/{_strip_prefix(native)}/"


def _strip_prefix(name: str) -> str:
    return _TYPE_PREFIX.sub("", name)
