"""Hacker News: items of the Firebase API, of BigQuery and of hubs, and the search API's hits."""

from collections.abc import Iterator

from provenance.read.corpus import skipped_rows
from provenance.read.dumps.date_order import DateOrder, parse_ordered_date
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.html_text import plain_text
from provenance.read.dumps.item_batches import DeletionRecord, Entry, ItemRecord, RowFault
from provenance.read.dumps.json_posts import JsonObject, objects_in, to_text

ITEM_URL = "https://news.ycombinator.com/item?id="
COLUMNS = (
    *("id", "type", "by", "time", "timestamp", "text", "title", "dead", "deleted"),
    *("objectID", "author", "created_at", "created_at_i", "story_text", "comment_text"),
)

_PLACEHOLDERS = {"[deleted]", "[flagged]", "[dead]", "[delayed]"}
_TEXTS = ("text", "story_text", "comment_text")
_DATES = ("time", "timestamp", "created_at_i", "created_at")
_TRUE = {"1", "true", "t"}
_GONE = ("deleted", "dead")
_OTHERS = {"text", "title", "kids", "parent", "score", "descendants", "dead", "deleted"}


def is_item(entry: JsonObject) -> bool:
    """Return whether an object is a story, comment, job or poll."""
    keys = entry.keys()
    if {"id", "by", "time"} <= keys or {"id", "type", "time", "deleted"} <= keys:
        return bool(_OTHERS & keys) and "subreddit" not in keys
    if {"author", "created_at_i"} <= keys and {"objectID", "children"} & keys:
        return True
    if {"hits", "nbHits"} <= keys:
        return any(map(is_item, objects_in(entry["hits"])))
    return {"id", "title", "url", "num_points", "num_comments", "author", "created_at"} <= keys


def read_item(entry: JsonObject, row: int, dump: Dump) -> Iterator[Entry]:
    """Yield an item, the title and the text of a story or the text of a comment, and all in it."""
    if "nbHits" not in entry:
        yield _read_item(entry, row, dump)
    for inner in objects_in(entry.get("hits", entry.get("children"))):
        yield from read_item(inner, row, dump)


def _read_item(entry: JsonObject, row: int, dump: Dump) -> Entry:
    native = to_text(entry.get("id")) or to_text(entry.get("objectID"))
    gone = next((key for key in _GONE if _is_true(entry.get(key))), None)
    if gone is not None:
        if native is None:
            return RowFault(row, skipped_rows.DELETED)
        return DeletionRecord(row, dump.source, native, gone, counted_as=skipped_rows.DELETED)
    title, text = entry.get("title"), next((entry[key] for key in _TEXTS if entry.get(key)), None)
    parts = [plain_text(part) for part in (title, text) if isinstance(part, str)]
    present = [part for part in parts if part.strip() and part.strip() not in _PLACEHOLDERS]
    if not present:
        has_placeholder = any(part.strip() in _PLACEHOLDERS for part in parts)
        return RowFault(row, skipped_rows.DELETED if has_placeholder else skipped_rows.EMPTY)
    if native is None:
        return RowFault(row, skipped_rows.NO_ID)
    return ItemRecord(
        dump.source,
        native,
        "\n\n".join(present),
        ITEM_URL + native,
        _second(entry),
        to_text(entry.get("by")) or to_text(entry.get("author")),
    )


def _second(entry: JsonObject) -> int | None:
    seconds = (
        parse_ordered_date(entry.get(key), DateOrder.MONTH_FIRST)  # as in a set on Kaggle
        for key in _DATES
        if entry.get(key) is not None
    )
    return next((second for second in seconds if second is not None), None)


def _is_true(value: object) -> bool:
    return value.lower() in _TRUE if isinstance(value, str) else bool(value)
