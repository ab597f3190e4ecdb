"""Replies in lists within the rows of a table: comments on a post, answers to a question."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache

from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import ItemRecord, RowFault
from provenance.read.dumps.item_columns import is_private, row_fault
from provenance.read.dumps.parsers.date_order import DateReader
from provenance.read.dumps.parsers.html_text import plain_text
from provenance.read.dumps.parsers.json_posts import JsonObject, names_text
from provenance.read.dumps.tables.column_mapping import NULL_TEXTS
from provenance.read.dumps.tables.column_names import (
    AUTHOR_MEMBERS,
    AUTHOR_OBJECTS,
    KNOWN_NAMES,
    MARK_ROLES,
    PAGE_NAMES,
    REPLY_NAMES,
    REPLY_TEXT_NAMES,
    TITLE_NAMES,
    bare_name,
    text_prefix,
)

_MIN_ID_CHARS = 5
"""Shorter ids may only number the replies of one row."""
_MARKS = (*MARK_ROLES, "deleted_at", "system")
_IDENTIFIER = re.compile("[!-~]*")
"""Ids and addresses of replies that are elsewhere; also a word."""
_ROLE_NAMES = {
    role: names.split()
    for role, names in (KNOWN_NAMES | {"text": REPLY_TEXT_NAMES, "title": TITLE_NAMES}).items()
}
_ROLE_NAMES["author"] += AUTHOR_OBJECTS


def read_replies(
    lists: Iterable[object], around: ItemRecord, row: int, dump: Dump, dates: DateReader
) -> Iterator[ItemRecord | RowFault]:
    """Yield the replies in lists, and those in them.

    Parameters
    ----------
    lists : iterable
        Lists of replies, or structures of lists with a member of each.
    around : ItemRecord
        What they reply to; replies have its address, language and licence, unless they name others.
    row : int
        Row of the table.
    dump : Dump
        The file.
    dates : DateReader
        Parses their dates.
    """
    replies = (reply for value in lists for reply in _elements(value))
    for place, reply in enumerate(replies):
        text, prefix = _text(reply, dump)
        native = names_text(_value(reply, "item", prefix))
        when = _value(reply, "created_at", prefix)
        marks = {mark: _value(reply, mark) for mark in _MARKS}
        author = _author(_value(reply, "author", prefix))
        record = ItemRecord(
            around.source,
            native if native and len(native) >= _MIN_ID_CHARS else f"{around.item}.{place}",
            text,
            names_text(_value(reply, "url")) or around.url,
            dates.second(str(when) if isinstance(when, date) else when, row),
            author,
            names_text(_value(reply, "language")) or around.language,
            names_text(_value(reply, "licence")) or around.licence,
        )
        fault = row_fault(text, marks, author)
        found = record if fault is None else RowFault(row, fault)
        yield found
        if is_private(found):
            continue
        inner = [value for name, value in reply.items() if bare_name(name) in REPLY_NAMES]
        yield from read_replies(inner, record, row, dump, dates)


def _elements(value: object) -> Iterator[JsonObject]:
    """Yield the objects of a list or page, or those whose members an object has as lists."""
    if isinstance(value, dict):
        page = next((value[name] for name in PAGE_NAMES if name in value), None)
        value = page if isinstance(page, list) else _rows(value)
    for element in value if isinstance(value, list) else ():
        if isinstance(element, dict):
            node = element.get("node")
            yield node if isinstance(node, dict) else element
        elif isinstance(element, str) and not _IDENTIFIER.fullmatch(element):
            yield {"text": element}


def _rows(columns: JsonObject) -> list[JsonObject]:
    """Return the rows of an object of lists; none if it has other members."""
    lists = [inner for inner in columns.values() if isinstance(inner, list)]
    if len(lists) < len(columns):
        return []
    return [dict(zip(columns, row, strict=True)) for row in zip(*lists, strict=False)]


def _text(reply: JsonObject, dump: Dump) -> tuple[str, str]:
    """Return the text, and the first word of its name."""
    members = _by_name((*reply,))
    names = (members[name] for name in _ROLE_NAMES["text"] if name in members)
    prefix = next((text_prefix(name) for name in names if reply[name]), "")
    values = (_value(reply, "title", prefix), _value(reply, "text"))
    parts = [part for part in values if isinstance(part, str) and part not in NULL_TEXTS]
    if dump.columns.text_format == "html":
        parts = [plain_text(part) for part in parts]
    return "\n\n".join(part for part in parts if part and not part.isspace()), prefix


def _author(value: object) -> str | None:
    if isinstance(value, dict):
        members = _by_name((*value,))
        names = (value[members[name]] for name in AUTHOR_MEMBERS.split() if name in members)
        value = next((name for name in names if name), None)
    return names_text(value)


def _value(reply: JsonObject, role: str, prefix: str = "") -> object:
    members, usual = _by_name((*reply,)), _ROLE_NAMES[role]
    names = [*(f"{prefix}{name}" for name in usual if prefix), *usual]
    values = (reply[members[name]] for name in names if name in members)
    return next((value for value in values if value not in (None, "")), None)


@lru_cache(1 << 10)
def _by_name(members: tuple[str, ...]) -> dict[str, str]:
    return {bare_name(member): member for member in reversed(members)}
