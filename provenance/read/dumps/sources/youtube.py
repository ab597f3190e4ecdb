"""YouTube: what yt-dlp and comment downloaders write, the API's threads, and Takeout."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

from provenance.read.corpus import skipped_rows
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import ItemRecord, RowFault
from provenance.read.dumps.parsers.html_text import plain_text
from provenance.read.dumps.parsers.json_posts import (
    JsonObject,
    member,
    objects_in,
    string_at,
    to_text,
)
from provenance.read.dumps.parsers.timestamps import parse_timestamp

COLUMNS = (
    *("Comment ID", "Channel ID", "Comment Create Timestamp", "Video ID", "Comment Text"),
    *("Live Chat ID", "Live Chat Create Timestamp", "Live Chat Text"),
    *("cid", "text", "time", "time_parsed", "author", "channel", "votes"),
)

_VIDEO_URL = "https://www.youtube.com/watch?v="
_TAKEOUT_KINDS = ("Comment", "Live Chat")
"""Prefixes of the names of columns in Takeout."""
_API_KIND = "youtube#comment"


def is_entry(entry: JsonObject) -> bool:
    """Return whether an object is a video with comments, or a comment."""
    keys = entry.keys()
    return (
        ({"id", "title", "webpage_url"} <= keys and bool({"extractor", "comments"} & keys))
        or any({f"{kind} ID", f"{kind} Text"} <= keys for kind in _TAKEOUT_KINDS)
        or {"cid", "text", "author", "votes"} <= keys
        or str(entry.get("kind", "")).startswith(_API_KIND)
    )


def read_entry(entry: JsonObject, row: int, dump: Dump) -> Iterator[ItemRecord | RowFault]:
    """Yield a comment; of a video, its title with the description, and all comments."""
    if "kind" in entry:
        for comment, video in _api_comments(entry):
            yield _api_comment(comment, video, row, dump)
    elif (
        kind := next((kind for kind in _TAKEOUT_KINDS if f"{kind} ID" in entry), None)
    ) is not None:
        yield _takeout_comment(entry, kind, row, dump)
    elif "cid" in entry:
        date = entry.get("time_parsed")
        yield _item(entry.get("text"), entry.get("cid"), None, date, entry.get("author"), row, dump)
    else:
        yield from _video(entry, row, dump)


def _video(entry: JsonObject, row: int, dump: Dump) -> Iterator[ItemRecord | RowFault]:
    native, address = to_text(entry.get("id")), string_at(entry, "webpage_url")
    parts = (string_at(entry, "title"), string_at(entry, "description"))
    text = "\n\n".join(part for part in parts if part)
    uploader = entry.get("uploader") or entry.get("channel")
    date = entry.get("timestamp") or _day(entry.get("upload_date"))
    licence = string_at(entry, "license")
    yield _item(text, native, address, date, uploader, row, dump, licence)
    is_here = str(entry.get("extractor", "youtube")).startswith("youtube")
    for comment in objects_in(entry.get("comments")):
        link = f"{_VIDEO_URL}{native}&lc={comment.get('id')}" if is_here else address
        yield _item(
            comment.get("text"),
            comment.get("id"),
            link,
            comment.get("timestamp"),
            comment.get("author") or comment.get("author_id"),
            row,
            dump,
        )


def _day(value: object) -> int | None:
    try:
        return int(datetime.strptime(str(value), "%Y%m%d").replace(tzinfo=UTC).timestamp())
    except ValueError:
        return None


def _api_comments(entry: JsonObject) -> Iterator[tuple[JsonObject, str | None]]:
    """Yield the comments of a page, a thread or a comment, each with the id of the video."""
    for inner in objects_in(entry.get("items")):
        yield from _api_comments(inner)
    thread, video = member(entry, "snippet", "topLevelComment"), _video_id(entry)
    if isinstance(thread, dict):
        for comment in (thread, *objects_in(member(entry, "replies", "comments"))):
            yield comment, video or _video_id(comment)
    elif "textDisplay" in (member(entry, "snippet") or ()):  # type: ignore[operator]
        yield entry, video


def _video_id(entry: JsonObject) -> str | None:
    return string_at(entry, "snippet", "videoId")


def _api_comment(
    comment: JsonObject, video: str | None, row: int, dump: Dump
) -> ItemRecord | RowFault:
    snippet = member(comment, "snippet")
    display = string_at(snippet, "textDisplay")
    text = string_at(snippet, "textOriginal") or (plain_text(display) if display else None)
    native = comment.get("id")
    link = f"{_VIDEO_URL}{video}&lc={native}" if video else None
    author = string_at(snippet, "authorChannelId", "value") or member(snippet, "authorDisplayName")
    return _item(text, native, link, member(snippet, "publishedAt"), author, row, dump)


def _takeout_comment(entry: JsonObject, kind: str, row: int, dump: Dump) -> ItemRecord | RowFault:
    native, video = to_text(entry.get(f"{kind} ID")), to_text(entry.get("Video ID"))
    link = f"{_VIDEO_URL}{video}" if video else None
    return _item(
        _takeout_text(entry.get(f"{kind} Text")),
        native,
        f"{link}&lc={native}" if link and kind == "Comment" else link,
        entry.get(f"{kind} Create Timestamp"),
        entry.get("Channel ID"),
        row,
        dump,
    )


def _takeout_text(value: object) -> object:
    """Return the text of a comment, which is written as objects with commas between them.

    Until 2024 they were in a list, `takeoutSegments`.
    """
    if not isinstance(value, str) or not value.startswith("{"):
        return value
    try:
        parts = json.loads(f"[{value}]")
    except (ValueError, RecursionError):
        return value
    parts = [part for each in parts for part in objects_in(member(each, "takeoutSegments") or each)]
    return "".join(text for part in parts if isinstance(text := member(part, "text"), str))


def _item(  # noqa: PLR0913 (the fields of a comment)
    text: object,
    native: object,
    url: str | None,
    date: object,
    author: object,
    row: int,
    dump: Dump,
    licence: str | None = None,
) -> ItemRecord | RowFault:
    if not isinstance(text, str) or not text or text.isspace():
        return RowFault(row, skipped_rows.EMPTY if text == "" else skipped_rows.NULL)
    name = to_text(native)
    if name is None:
        return RowFault(row, skipped_rows.NO_ID)
    moment = parse_timestamp(date)
    return ItemRecord(dump.source, name, text, url, moment, to_text(author), licence=licence)
