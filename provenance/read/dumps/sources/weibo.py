"""Weibo: posts of the API, and of the CED set of rumours."""

import re
from collections.abc import Iterator

from provenance.read.corpus import skipped_rows
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import ItemRecord, RowFault
from provenance.read.dumps.parsers.html_text import plain_text
from provenance.read.dumps.parsers.json_posts import JsonObject, member, string_at, to_text
from provenance.read.dumps.parsers.timestamps import first_timestamp

COLUMNS = ("id", "mid", "uid", "text", "t", "date", "created_at", "time", "parent", "username")

_POST_URL = "https://weibo.com/"
_IDS_IN_NAME = re.compile(r"(?:.*/)?\d+_(?P<mid>[A-Za-z0-9]{9})_(?P<uid>\d+)\.json")
_MARKUP = re.compile(r"<(?:a|br|i|img|span)[ />]")
"""The API writes links and icons as HTML; other layouts have plain texts."""
_DATES = ("created_at", "t", "date", "time")


def is_post(entry: JsonObject) -> bool:
    """Return whether an object is a post."""
    entry = _in_card(entry)
    keys = entry.keys()
    if {"mid", "text"} <= keys:
        return bool({"uid", "kids", "parent", "reposts_count", "user"} & keys)
    return {"text", "has_url", "pics", "reposts"} <= keys or (
        {"text", "reposts_count", "attitudes_count"} <= keys
    )


def read_post(entry: JsonObject, row: int, dump: Dump) -> Iterator[ItemRecord | RowFault]:
    """Yield a post, and the one that it repeats."""
    entry = _in_card(entry)
    yield _post(entry, row, dump)
    original = entry.get("retweeted_status", entry.get("retweet"))
    if isinstance(original, dict):
        yield from (item for item in read_post(original, row, dump) if isinstance(item, ItemRecord))


def _in_card(entry: JsonObject) -> JsonObject:
    """Return the post in a card, as pages of the site have it, or the object itself."""
    post = entry.get("mblog")
    return post if isinstance(post, dict) else entry


def _post(entry: JsonObject, row: int, dump: Dump) -> ItemRecord | RowFault:
    text = entry.get("text")
    if not isinstance(text, str) or not text.strip():
        return RowFault(row, skipped_rows.EMPTY if text == "" else skipped_rows.NULL)
    named = _IDS_IN_NAME.fullmatch(dump.name) if "mid" not in entry and "id" not in entry else None
    native = (
        to_text(entry.get("mid"))
        or to_text(entry.get("idstr"))
        or to_text(entry.get("id"))
        or (named["mid"] if named else None)
    )
    if native is None:
        return RowFault(row, skipped_rows.NO_ID)
    user = (
        to_text(entry.get("uid"))
        or to_text(entry.get("user_id"))
        or to_text(member(entry, "user", "idstr"))
        or to_text(member(entry, "user", "id"))
        or (named["uid"] if named else None)
    )
    return ItemRecord(
        dump.source,
        native,
        plain_text(text) if _MARKUP.search(text) else text,
        f"{_POST_URL}{user}/{native}" if user else None,
        first_timestamp(entry, _DATES),
        string_at(entry, "user", "screen_name")
        or to_text(entry.get("username"))
        or to_text(entry.get("screen_name"))
        or user,
    )
