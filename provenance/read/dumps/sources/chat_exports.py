"""Messages of Telegram and Discord, as their exports have them."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from provenance.errors import InputError
from provenance.model.content.tables import Items
from provenance.read.corpus import skipped_rows
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import Entry, ItemRecord, RowFault, batch_records
from provenance.read.dumps.parsers.json_members import read_members
from provenance.read.dumps.parsers.json_posts import (
    JsonObject,
    member,
    objects_in,
    read_objects,
    string_at,
    to_text,
)
from provenance.read.dumps.parsers.timestamps import parse_timestamp
from provenance.read.dumps.tables.table_objects import read_objects_or_rows

TELEGRAM_COLUMNS = (
    *("id", "date", "message", "fwd_from", "from_id", "peer_id", "to_id", "post_author"),
    *("action", "_"),
)
DISCORD_COLUMNS = ("ID", "Timestamp", "Contents", "Attachments")

_TELEGRAM_CONTAINERS = frozenset({"chats", "left_chats", "list"})
_FORWARDED = ("fwd_from", "forward_date", "forward_origin")
_CHATS, _SENDERS = ("peer_id", "to_id", "chat"), ("from_id", "from_user", "sender_chat")
_TELEGRAM_TEXTS = ("message", "text", "caption")
_PEER_IDS = ("channel_id", "chat_id", "user_id", "id")
"""Members of messages of the API as Telethon and Pyrogram call them."""
_MESSAGES = frozenset({"messages"})
_DISCORD_URL = "https://discord.com/channels/{}/{}/{}"
_DISCORD_PRIVATE = ("DM", "GROUP_DM", 1, 3)
"""Types of channels of messages to single users."""
_WRITTEN = {"Default", "Reply", "ThreadStarterMessage", "ChatInputCommand"}


def is_telegram_export(entry: JsonObject) -> bool:
    """Return whether an object is an export of Telegram Desktop, of a chat or of all."""
    if "messages" in entry:
        return any(
            {"id", "type", "date"} <= message.keys() for message in objects_in(entry["messages"])
        )
    return isinstance(member(entry, "chats", "list"), list)


def is_telegram_message(entry: JsonObject) -> bool:
    """Return whether an object is a message of Telegram's API."""
    return entry.get("_") in ("Message", "MessageService", "MessageEmpty") or (
        {"id", "date", "message"} <= entry.keys()
        and bool({"peer_id", "to_id", "fwd_from"} & entry.keys())
    )


def is_discord_export(entry: JsonObject) -> bool:
    """Return whether an object is an export of a channel by DiscordChatExporter."""
    return {"guild", "channel"} <= entry.keys()


def is_discord_message(entry: JsonObject) -> bool:
    """Return whether an object is a message of the data package that Discord gives a user."""
    return {"ID", "Timestamp", "Contents"} <= entry.keys()


def read_telegram_export(dump: Dump) -> Iterator[Items]:
    """Read the messages of an export; forwarded and service messages are no items."""
    rows = read_members(dump, _TELEGRAM_CONTAINERS, _MESSAGES)
    return batch_records(
        dump.name,
        (
            RowFault(row, message)
            if isinstance(message, str)
            else _telegram_message(message, chat, row, dump)
            for row, chat, message in rows
        ),
    )


def _telegram_message(
    message: JsonObject, chat: JsonObject, row: int, dump: Dump
) -> ItemRecord | RowFault:
    is_one_of_all = (
        "about" in chat
    )  # of the export of all chats, rather than of one that was chosen
    if is_one_of_all and not str(chat.get("type", "")).startswith("public_"):
        return RowFault(row, skipped_rows.NOT_PUBLIC)
    if message.get("type") != "message":
        return RowFault(row, skipped_rows.SERVICE)
    if "forwarded_from" in message:
        return RowFault(row, skipped_rows.REPOST_ALONE)
    native, chat_id = to_text(message.get("id")), to_text(chat.get("id"))
    return _item(
        "".join(_telegram_texts(message.get("text"))),
        f"{chat_id}/{native}" if native and chat_id else native,
        None,
        message.get("date_unixtime", message.get("date")),
        string_at(message, "from") or to_text(message.get("from_id")),
        row,
        dump,
    )


def _telegram_texts(value: object) -> Iterator[str]:
    """Yield the parts of a text, which is a list where some of it is formatted."""
    for part in value if isinstance(value, list) else [value]:
        text = member(part, "text") if isinstance(part, dict) else part
        if isinstance(text, str):
            yield text


def read_telegram_message(
    message: JsonObject, row: int, dump: Dump
) -> Iterator[ItemRecord | RowFault]:
    """Yield a message of the API."""
    if message.get("_", "Message") != "Message" or "service" in message:
        yield RowFault(row, skipped_rows.SERVICE)
    elif any(message.get(name) for name in _FORWARDED):
        yield RowFault(row, skipped_rows.REPOST_ALONE)
    else:
        native = to_text(message.get("id"))
        chat = next((p for name in _CHATS if (p := _peer(message.get(name)))), None)
        yield _item(
            next((text for name in _TELEGRAM_TEXTS if (text := message.get(name))), None),
            f"{chat}/{native}" if chat and native else native,
            None,
            message.get("date"),
            string_at(message, "from_user", "username")
            or next((p for name in _SENDERS if (p := _peer(message.get(name)))), None)
            or string_at(message, "post_author"),
            row,
            dump,
        )


def _peer(value: object) -> str | None:
    if not isinstance(value, dict):
        return to_text(value)
    ids = (to_text(value.get(key)) for key in _PEER_IDS)
    return next((native for native in ids if native), None)


def read_discord_export(dump: Dump) -> Iterator[Items]:
    """Read the messages of a channel; notices, such as of who joined, are no items."""
    return batch_records(
        dump.name,
        (
            RowFault(row, message)
            if isinstance(message, str)
            else _discord_message(message, around, row, dump)
            for row, around, message in read_members(dump, frozenset(), _MESSAGES)
        ),
    )


def _discord_message(
    message: JsonObject, around: JsonObject, row: int, dump: Dump
) -> ItemRecord | RowFault:
    if str(message.get("type", "Default")) not in _WRITTEN:
        return RowFault(row, skipped_rows.SERVICE)
    native = to_text(message.get("id"))
    places = (member(around, "guild", "id"), member(around, "channel", "id"), native)
    return _item(
        message.get("content"),
        native,
        _DISCORD_URL.format(*places) if all(places) else None,
        message.get("timestamp"),
        string_at(message, "author", "name"),
        row,
        dump,
    )


def read_discord_package(dump: Dump) -> Iterator[Items]:
    """Read the messages of a channel of a user's own package, unless `channel.json` says DM."""
    is_private = _discord_channel_type(dump) in _DISCORD_PRIVATE

    def read(message: JsonObject, row: int, dump: Dump) -> Iterator[Entry]:
        if is_private:
            yield RowFault(row, skipped_rows.NOT_PUBLIC)
        else:
            yield from read_discord_message(message, row, dump)

    return read_objects_or_rows(dump, read, DISCORD_COLUMNS)


def _discord_channel_type(dump: Dump) -> object:
    channel = replace(dump, file=dump.file.sibling("channel.json"))
    with suppress(InputError):
        for _, entry in read_objects(channel, unwraps=False):
            return member(entry, "type")
    return None


def read_discord_message(
    message: JsonObject, row: int, dump: Dump
) -> Iterator[ItemRecord | RowFault]:
    """Yield a message of a user's own package."""
    native, date = to_text(message.get("ID")), message.get("Timestamp")
    yield _item(message.get("Contents"), native, None, date, None, row, dump)


def _item(  # noqa: PLR0913 (the fields of a message)
    text: object,
    native: str | None,
    url: str | None,
    date: object,
    author: str | None,
    row: int,
    dump: Dump,
) -> ItemRecord | RowFault:
    if not isinstance(text, str) or not text.strip():
        return RowFault(row, skipped_rows.EMPTY if text == "" else skipped_rows.NULL)
    if native is None:
        return RowFault(row, skipped_rows.NO_ID)
    return ItemRecord(dump.source, native, text, url, parse_timestamp(date), author)
