"""The export that LinkedIn gives its users: shares and comments."""

from collections.abc import Iterator

from provenance.read.corpus import skipped_rows
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import ItemRecord, RowFault
from provenance.read.dumps.json_posts import JsonObject, string_at
from provenance.read.dumps.timestamps import parse_timestamp

COLUMNS = ("Date", "ShareLink", "ShareCommentary", "Visibility", "Link", "Message")

_VISIBLE = {"MEMBER_NETWORK", "PUBLIC", "ANYONE", ""}


def is_entry(entry: JsonObject) -> bool:
    """Return whether a row is a share or a comment."""
    keys = entry.keys()
    return {"Date", "ShareLink", "ShareCommentary"} <= keys or keys == {"Date", "Link", "Message"}


def read_entry(entry: JsonObject, row: int, dump: Dump) -> Iterator[ItemRecord | RowFault]:
    """Yield a share or a comment."""
    text = string_at(entry, "ShareCommentary") or string_at(entry, "Message")
    link = string_at(entry, "ShareLink") or string_at(entry, "Link")
    if text is None:
        yield RowFault(row, skipped_rows.EMPTY)
    elif (string_at(entry, "Visibility") or "") not in _VISIBLE:
        yield RowFault(row, skipped_rows.NOT_PUBLIC)
    else:
        # Comments have the address of what they answer.
        native = f"{dump.prefix}#{row}" if link is None or "Message" in entry else link
        # Quotation marks are doubled once more than in CSV.
        text = text.replace('"\n"', "\n").replace('""', '"')
        yield ItemRecord(dump.source, native, text, link, parse_timestamp(entry.get("Date")))
