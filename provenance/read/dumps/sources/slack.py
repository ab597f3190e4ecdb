"""Messages of a workspace of Slack, as its export has them: a file for each channel and day."""

import html
import re
from collections.abc import Iterator

from provenance.read.corpus import skipped_rows
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import Entry, ItemRecord, RowFault
from provenance.read.dumps.parsers.json_posts import JsonObject, objects_in, string_at, to_text
from provenance.read.dumps.parsers.timestamps import parse_timestamp

_WRITTEN = (None, "bot_message", "thread_broadcast", "me_message", "file_share", "file_comment")
"""Subtypes of messages that somebody wrote; others say who joined, or what was renamed."""
_MARKED = re.compile("[<&]")
_LINK = re.compile(r"<(?:[^<>|]*\|)?([^<>|]+)>")


def is_message(entry: JsonObject) -> bool:
    """Return whether an object is a message."""
    return (
        entry.get("type") == "message"
        and "ts" in entry
        and bool({"user", "bot_id", "subtype", "client_msg_id"} & entry.keys())
    )


def read_message(entry: JsonObject, row: int, dump: Dump) -> Iterator[Entry]:
    """Yield a message, and what slackdump has in it; the id is that of the channel and its time."""
    yield _message(entry, row, dump)
    for reply in objects_in(entry.get("slackdump_thread_replies")):
        yield _message(reply, row, dump)


def _message(entry: JsonObject, row: int, dump: Dump) -> Entry:
    if entry.get("subtype") not in _WRITTEN:
        return RowFault(row, skipped_rows.SERVICE)
    text, stamp = string_at(entry, "text"), string_at(entry, "ts")
    if text is None or stamp is None:
        return RowFault(row, skipped_rows.NO_ID if text else skipped_rows.EMPTY)
    channel = dump.folder
    return ItemRecord(
        dump.source,
        f"{channel}/{stamp}" if channel else stamp,
        html.unescape(_LINK.sub(r"\1", text)) if _MARKED.search(text) else text,
        None,
        parse_timestamp(stamp),
        to_text(entry.get("user")) or to_text(entry.get("bot_id")),
    )
