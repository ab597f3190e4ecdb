"""The export that LinkedIn gives its users: shares and comments."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from provenance.model.content.fingerprints import Int64s
from provenance.model.content.tables import Items
from provenance.read.columns.string_arrays import is_textual
from provenance.read.corpus import skipped_rows
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import ItemRecord, RowFault
from provenance.read.dumps.item_columns import concatenate, first_of, non_blank, select_items
from provenance.read.dumps.parsers.json_posts import JsonObject, string_at
from provenance.read.dumps.parsers.timestamps import parse_timestamp, parse_timestamps

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


def read_columns(batch: pa.RecordBatch, rows: Int64s, dump: Dump) -> Items | None:
    """Return shares or comments as `read_entry` does; None if a column is not of texts."""
    if not all(is_textual(kind) for kind in batch.schema.types):
        return None
    text = first_of(batch, ("ShareCommentary", "Message"), non_blank)
    link = first_of(batch, ("ShareLink", "Link"), non_blank)
    visibility = pc.fill_null(first_of(batch, ("Visibility",), non_blank), "")
    is_visible = pc.is_in(visibility, value_set=pa.array(sorted(_VISIBLE), visibility.type))
    faults = (
        (skipped_rows.EMPTY, pc.is_null(text)),
        (skipped_rows.NOT_PUBLIC, pc.invert(is_visible)),
    )
    numbered = concatenate(f"{dump.prefix}#", pa.array(rows).cast(link.type))
    fields = {
        "text": pc.replace_substring(pc.replace_substring(text, '"\n"', "\n"), '""', '"'),
        "item": numbered if "Message" in batch.schema.names else pc.coalesce(link, numbered),
        "url": link,
        "created_at": parse_timestamps(first_of(batch, ("Date",), non_blank)),
    }
    return select_items(fields, faults, rows, dump)
