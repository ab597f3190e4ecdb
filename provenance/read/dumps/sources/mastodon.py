"""Mastodon: the outbox of an account's archive, and statuses of the API. Public posts only."""

from collections.abc import Iterator

from provenance.model.content.tables import Items
from provenance.read.corpus import skipped_rows
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import (
    DeletionRecord,
    Entry,
    ItemRecord,
    RowFault,
    batch_records,
)
from provenance.read.dumps.parsers.html_text import plain_text, remove_elements
from provenance.read.dumps.parsers.json_members import read_members
from provenance.read.dumps.parsers.json_posts import (
    JsonObject,
    member,
    objects_in,
    string_at,
    to_text,
)
from provenance.read.dumps.parsers.timestamps import parse_timestamp

_PUBLIC = {"https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"}
_LISTS = ("statuses", "favourites", "bookmarks", "mentions", "ancestors", "descendants", "status")
"""Members with statuses: of what a tool archives, of a thread, of a notification."""
_QUOTE_LINK = "quote-inline"
"""Class of the address of the post that a post quotes, which servers put into its text."""
_VISIBLE = {"public", "unlisted"}


def is_outbox(entry: JsonObject) -> bool:
    """Return whether an object is a collection of activities."""
    return "orderedItems" in entry


def is_status(entry: JsonObject) -> bool:
    """Return whether an object is a status of the API, or has lists of them."""
    keys = entry.keys()
    if {"id", "content", "account", "visibility"} <= keys or {"ancestors", "descendants"} <= keys:
        return True
    return {"statuses", "favourites"} <= keys or (
        {"type", "status", "account"} <= keys and isinstance(entry["account"], dict)
    )


def read_outbox(dump: Dump) -> Iterator[Items]:
    """Read the public posts of `outbox.json`; reposts are of others, and only links."""
    return batch_records(
        dump.name,
        (
            RowFault(row, activity) if isinstance(activity, str) else _post(activity, row, dump)
            for row, _, activity in read_members(dump, frozenset(), frozenset({"orderedItems"}))
        ),
    )


def read_status(entry: JsonObject, row: int, dump: Dump) -> Iterator[ItemRecord | RowFault]:
    """Yield a status or the one that it repeats, and quotes; of a thread, all in it."""
    if "visibility" not in entry:
        for name in _LISTS:
            for status in objects_in(entry.get(name)):
                yield from read_status(status, row, dump)
        if not any(name in entry for name in _LISTS):
            yield RowFault(row, skipped_rows.NOT_A_POST)
        return
    original = entry.get("reblog")
    if isinstance(original, dict):
        yield from read_status(original, row, dump)
        yield RowFault(row, skipped_rows.REPOST)
    elif string_at(entry, "visibility") not in _VISIBLE:
        yield RowFault(row, skipped_rows.NOT_PUBLIC)
    else:
        native = string_at(entry, "uri") or to_text(entry.get("id"))
        yield _item(
            entry,
            native,
            to_text(member(entry, "account", "acct")),
            entry.get("language"),
            row,
            dump,
        )
    quoted = member(entry, "quote", "quoted_status") or entry.get("quote")
    if isinstance(quoted, dict) and "visibility" in quoted:
        yield from (item for item in read_status(quoted, row, dump) if isinstance(item, ItemRecord))


def _post(activity: JsonObject, row: int, dump: Dump) -> Entry:
    kind, note = activity.get("type"), activity.get("object")
    if kind == "Announce":
        return RowFault(row, skipped_rows.REPOST_ALONE)
    if kind == "Delete":
        native = string_at(note, "id") or to_text(note)
        if native is None:
            return RowFault(row, skipped_rows.DELETION)
        when = parse_timestamp(activity.get("published"))
        return DeletionRecord(row, dump.source, native, "deleted", when)
    if kind != "Create" or not isinstance(note, dict):
        return RowFault(row, skipped_rows.NOT_A_POST)
    if not _PUBLIC & {*_addresses(note, "to"), *_addresses(note, "cc")}:
        return RowFault(row, skipped_rows.NOT_PUBLIC)
    languages = member(note, "contentMap")
    language = next(iter(languages), None) if isinstance(languages, dict) else None
    author = to_text(note.get("attributedTo")) or to_text(activity.get("actor"))
    return _item(note, to_text(note.get("id")), author, language, row, dump)


def _item(
    post: JsonObject, native: str | None, author: str | None, language: object, row: int, dump: Dump
) -> ItemRecord | RowFault:
    warning = string_at(post, "summary") or string_at(post, "spoiler_text")
    content = string_at(post, "content")
    if content and _QUOTE_LINK in content:
        for name in ("p", "span"):
            content = remove_elements(content, name, _QUOTE_LINK)
    parts = [plain_text(part) for part in (warning, content) if part]
    text = "\n\n".join(part for part in parts if part.strip())
    if not text or native is None:
        return RowFault(row, skipped_rows.NO_ID if text else skipped_rows.EMPTY)
    date = post.get("published", post.get("created_at"))
    return ItemRecord(
        dump.source,
        native,
        text,
        to_text(post.get("url")) or native,
        parse_timestamp(date),
        author,
        to_text(language),
    )


def _addresses(note: JsonObject, key: str) -> list[str]:
    values = note.get(key)
    return [v for v in (values if isinstance(values, list) else [values]) if isinstance(v, str)]
