"""Posts, comments and messages of a user of Facebook or Instagram, as exports in JSON have them."""

from collections.abc import Iterator

from provenance.read.corpus import skipped_rows
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import Entry, ItemRecord, RowFault
from provenance.read.dumps.parsers.json_posts import JsonObject, member, objects_in, string_at
from provenance.read.dumps.parsers.timestamps import parse_timestamp

_MEMBERS = frozenset({"timestamp", "data", "attachments", "title", "tags"})
_CAPTION_TIME = "creation_timestamp"


def is_entry(entry: JsonObject) -> bool:
    """Return whether an object is a post, a comment or a message, or a conversation."""
    return (
        (
            "timestamp" in entry
            and entry.keys() <= _MEMBERS
            and (isinstance(entry.get("data"), list) or isinstance(entry.get("attachments"), list))
        )
        or any(_CAPTION_TIME in media for media in objects_in(entry.get("media")))
        or {"uri", "title", _CAPTION_TIME} <= entry.keys()
        or {"sender_name", "timestamp_ms"} <= entry.keys()
        or {"participants", "messages", "thread_path"} <= entry.keys()
        or "string_map_data" in entry
    )


def read_entry(entry: JsonObject, row: int, dump: Dump) -> Iterator[Entry]:
    """Yield a post, comment or message, or those of a conversation; there are no ids."""
    if "participants" in entry:
        for place, message in enumerate(objects_in(entry.get("messages"))):
            yield _item(*_message(message), f"{row}.{place}", row, dump)
    elif "sender_name" in entry:
        yield _item(*_message(entry), f"{row}", row, dump)
    elif "media" in entry or _CAPTION_TIME in entry:
        yield _item(*_captioned(entry), f"{row}", row, dump)
    elif "string_map_data" in entry:
        values = entry["string_map_data"]
        date = member(values, "Time", "timestamp")
        yield _item(string_at(values, "Comment", "value"), date, None, f"{row}", row, dump)
    else:
        yield _item(*_post(entry), f"{row}", row, dump)


def _message(entry: JsonObject) -> tuple[str | None, object, str | None]:
    return string_at(entry, "content"), entry.get("timestamp_ms"), string_at(entry, "sender_name")


def _captioned(entry: JsonObject) -> tuple[str | None, object, str | None]:
    """Return the caption and the date of pictures, of which a single one has both itself."""
    sources = (entry, *objects_in(entry.get("media")))
    captions = (string_at(source, "title") for source in sources)
    dates = (source[_CAPTION_TIME] for source in sources if _CAPTION_TIME in source)
    return next((text for text in captions if text), None), next(dates, None), None


def _post(entry: JsonObject) -> tuple[str | None, object, str | None]:
    """Return the text of a post or comment; `title` only says what the user did."""
    text = author = None
    for part in objects_in(entry.get("data")):
        text = text or string_at(part, "post") or string_at(part, "comment", "comment")
        author = author or string_at(part, "comment", "author")
    if "attachments" in entry:
        text = _with_captions(text, entry["attachments"])
    return text, entry.get("timestamp"), author


def _with_captions(text: str | None, attachments: object) -> str | None:
    """Return a text and the captions of pictures, which for a single one is the text again."""
    texts = {} if text is None else {text: None}
    for attachment in objects_in(attachments):
        for part in objects_in(attachment.get("data")):
            caption = string_at(part, "media", "description")
            if caption is not None:
                texts[caption] = None
    return "\n\n".join(texts) or None


def _item(
    text: str | None, date: object, author: str | None, number: str, row: int, dump: Dump
) -> ItemRecord | RowFault:
    if text is None:
        return RowFault(row, skipped_rows.NULL)
    return ItemRecord(
        dump.source,
        f"{dump.prefix}#{number}",
        _repaired(text),
        None,
        parse_timestamp(date),
        None if author is None else _repaired(author),
    )


def _repaired(text: str) -> str:
    """Undo that the export escapes the bytes of UTF-8 as if they were characters."""
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text
