"""Posts and comments of a user of Facebook, as the export in JSON has them."""

from collections.abc import Iterator

from provenance.read.corpus import skipped_rows
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import Entry, ItemRecord, RowFault
from provenance.read.dumps.json_posts import JsonObject, objects_in, string_at
from provenance.read.dumps.timestamps import parse_timestamp

_MEMBERS = frozenset({"timestamp", "data", "attachments", "title", "tags"})
_TEXTS = (("post",), ("comment", "comment"))


def is_entry(entry: JsonObject) -> bool:
    """Return whether an object is a post or a comment."""
    return (
        "timestamp" in entry
        and entry.keys() <= _MEMBERS
        and (isinstance(entry.get("data"), list) or isinstance(entry.get("attachments"), list))
    )


def read_entry(entry: JsonObject, row: int, dump: Dump) -> Iterator[Entry]:
    """Yield a post or comment; `title` only says what the user did, and there are no ids."""
    data = objects_in(entry.get("data"))
    texts = (string_at(each, *path) for each in data for path in _TEXTS)
    text = next((text for text in texts if text), None)
    if text is None:
        yield RowFault(row, skipped_rows.NULL)
        return
    authors = (string_at(each, "comment", "author") for each in data)
    author = next((author for author in authors if author), None)
    yield ItemRecord(
        dump.source,
        f"{dump.prefix}#{row}",
        _repaired(text),
        None,
        parse_timestamp(entry.get("timestamp")),
        None if author is None else _repaired(author),
    )


def _repaired(text: str) -> str:
    """Undo that the export escapes the bytes of UTF-8 as if they were characters."""
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text
