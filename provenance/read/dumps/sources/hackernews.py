"""Hacker News: items of the Firebase API, of BigQuery and of hubs, and the search API's hits."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from provenance.model.content.fingerprints import Int64s
from provenance.model.content.tables import Items
from provenance.read.columns.string_arrays import is_textual
from provenance.read.corpus import skipped_rows
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import DeletionRecord, Entry, ItemRecord, RowFault
from provenance.read.dumps.item_columns import concatenate, first_of, non_empty, select_items
from provenance.read.dumps.link_posts import linked_page, linked_pages
from provenance.read.dumps.parsers.date_order import DateOrder, DateReader, parse_ordered_date
from provenance.read.dumps.parsers.html_text import plain_text
from provenance.read.dumps.parsers.json_posts import JsonObject, objects_in, to_text

ITEM_URL = "https://news.ycombinator.com/item?id="
_HOST = r"news\.ycombinator\.com"
COLUMNS = (
    *("id", "type", "by", "time", "timestamp", "text", "title", "url", "dead", "deleted"),
    *("objectID", "author", "created_at", "created_at_i", "story_text", "comment_text"),
)

_PLACEHOLDERS = {"[deleted]", "[flagged]", "[dead]", "[delayed]"}
_IDS = ("id", "objectID")
_TEXTS = ("text", "story_text", "comment_text")
_DATES = ("time", "timestamp", "created_at_i", "created_at")
_ORDER = DateOrder.MONTH_FIRST
"""As in a set on Kaggle."""
_NO_TEXT = (skipped_rows.DELETED, skipped_rows.EMPTY)
_TRUE = {"1", "true", "t"}
_GONE = ("deleted", "dead")
_OTHERS = {"type", "kids", "parent", "score", "descendants", "dead", "deleted"}


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
    text = next((entry[key] for key in _TEXTS if entry.get(key)), None)
    text, fault = _plain_text(entry.get("title"), text)
    if fault is not None:
        return RowFault(row, fault)
    if native is None:
        return RowFault(row, skipped_rows.NO_ID)
    return ItemRecord(
        dump.source,
        native,
        text,
        ITEM_URL + native,
        _second(entry),
        to_text(entry.get("by")) or to_text(entry.get("author")),
        link=linked_page(to_text(entry.get("url")), _HOST),
    )


def _plain_text(*parts: object) -> tuple[str, str | None]:
    """Return title and text as one, and why they are no item."""
    texts = [plain_text(part) for part in parts if isinstance(part, str) and part]
    present = [text for text in texts if text and text not in _PLACEHOLDERS]
    if present:
        return "\n\n".join(present), None
    return "", skipped_rows.DELETED if any(texts) else skipped_rows.EMPTY


def read_columns(batch: pa.RecordBatch, rows: Int64s, dump: Dump) -> Items | None:
    """Return the items of a table as `read_item` does; None if a column is of an unusual type."""
    kinds = {field.name: field.type for field in batch.schema}
    if not all(_is_usual(name, kind) for name, kind in kinds.items()):
        return None
    native = first_of(batch, _IDS, _as_names)
    parts = (first_of(batch, names, non_empty).to_pylist() for names in (("title",), _TEXTS))
    texts = [_plain_text(title, text) for title, text in zip(*parts, strict=True)]
    reasons = pa.array([reason for _, reason in texts], pa.string())
    gone = pa.nulls(len(batch), pa.string())
    for name in reversed([name for name in _GONE if name in kinds]):
        gone = pc.if_else(_are_true(batch[name]), name, gone)
    deletions = [
        DeletionRecord(row, dump.source, item, reason, counted_as=skipped_rows.DELETED)
        for row, item, reason in zip(
            rows.tolist(), native.to_pylist(), gone.to_pylist(), strict=True
        )
        if item is not None and reason is not None
    ]
    faults = (
        (skipped_rows.DELETED, pc.is_valid(gone)),
        *((reason, pc.fill_null(pc.equal(reasons, reason), False)) for reason in _NO_TEXT),
        (skipped_rows.NO_ID, pc.is_null(native)),
    )
    dates = DateReader(lambda: _ORDER)
    seconds = [dates.seconds(batch[name], rows) for name in _DATES if name in kinds]
    fields = {
        "text": pa.array([text for text, _ in texts], pa.large_string()),
        "item": native,
        "url": concatenate(ITEM_URL, native),
        "author": first_of(batch, ("by", "author"), non_empty),
        "link": linked_pages(first_of(batch, ("url",), non_empty), _HOST),
        "created_at": pc.coalesce(*seconds) if seconds else pa.nulls(len(batch)),
    }
    return select_items(fields, faults, rows, dump, deletions)


def _is_usual(name: str, kind: pa.DataType) -> bool:
    if name in _DATES or is_textual(kind):
        return True
    if name in _GONE:
        return bool(pa.types.is_integer(kind) or pa.types.is_boolean(kind))
    return name == "type" or (name in _IDS and bool(pa.types.is_integer(kind)))


def _as_names(column: pa.Array) -> pa.Array:
    return non_empty(column.cast(pa.large_string()))


def _are_true(column: pa.Array) -> pa.Array:
    if is_textual(column.type):
        return pc.is_in(pc.utf8_lower(column), value_set=pa.array(sorted(_TRUE), column.type))
    return pc.fill_null(column.cast(pa.bool_()), False)


def _second(entry: JsonObject) -> int | None:
    seconds = (
        parse_ordered_date(entry.get(key), _ORDER) for key in _DATES if entry.get(key) is not None
    )
    return next((second for second in seconds if second is not None), None)


def _is_true(value: object) -> bool:
    return value.lower() in _TRUE if isinstance(value, str) else bool(value)
