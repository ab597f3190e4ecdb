"""Detection of the layout of a dump file: recognised, read as a table, or refused by name."""

import codecs
import re
from contextlib import suppress

from provenance.errors import CorruptFile, UnsupportedFormat
from provenance.read.corpus.file_access import File, translate_read_errors
from provenance.read.dumps.checkouts import index_file
from provenance.read.dumps.object_layouts import OBJECT_LAYOUTS
from provenance.read.dumps.parsers.json_posts import JsonObject, first_objects, wrapped_rows
from provenance.read.dumps.sources import (
    books,
    chat_exports,
    chat_logs,
    feeds,
    mail,
    mastodon,
    web_archive,
    x_posts,
)
from provenance.read.dumps.tables.table_objects import table_opener
from provenance.read.dumps.tables.text_columns import has_text_by_name
from provenance.read.formats.detection import (
    ARROW_MAGICS,
    PARQUET_MAGIC,
    WIDE_BOMS,
    check_not_pointer,
    check_text,
    format_by_name,
)
from provenance.read.formats.refusals import (
    TO_LINES,
    named_refusals,
    refusal_by_name,
    refuse_beginning,
    refuse_by_magic,
    refuse_object,
    refuse_only_object,
    xml_refusal,
)

HEAD_BYTES = 1 << 20

TABLE, ARCHIVE, OUTBOX, STACKEXCHANGE = "table", "x-archive", "mastodon", "stackexchange"
MEDIAWIKI, WIKIEXTRACTOR, WEB_ARCHIVE, REPOSITORY = (
    "mediawiki",
    "wikiextractor",
    "warc",
    "bluesky-car",
)

TELEGRAM, DISCORD, IRC, WHATSAPP, MAIL, FEED = (
    *("telegram", "discord", "irc", "whatsapp", "mail", "feed"),
)
PUBMED, JATS, TEXT, EPUB = "pubmed", "jats", "text", "epub"
JSON_FEED, SUBTITLES, PAGE, CHECKOUT = "json-feed", "subtitles", "html", "git"

_ROOT = re.compile(
    rb"\s*(?:(?:<\?[^>]*>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[[^\]]*\]\s*)?>)\s*)*+<([A-Za-z][\w:.-]*)",
    re.DOTALL,
)
_XML_LAYOUTS = {
    **dict.fromkeys(("posts", "comments", "posthistory"), STACKEXCHANGE),
    "mediawiki": MEDIAWIKI,
    "doc": WIKIEXTRACTOR,
    **dict.fromkeys(feeds.ROOTS, FEED),
    "pubmedarticleset": PUBMED,
    **dict.fromkeys(("article", "pmc-articleset"), JATS),
}
_TEXT_LAYOUTS: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"WARC/[01]\.\d"), WEB_ARCHIVE),
    (re.compile(rb"[\x0a-\xff].{0,2}\xa2(?:eroots|gversion)", re.DOTALL), REPOSITORY),
    (mail.MAILBOX_START, MAIL),
    (mail.MESSAGE_START, MAIL),
    (chat_logs.IRC_START, IRC),
    (chat_logs.WHATSAPP_START, WHATSAPP),
    (books.GUTENBERG_START, TEXT),
    (books.FRONT_MATTER_START, TEXT),
    (books.SUBTITLES_START, SUBTITLES),
    (web_archive.EXPORTED_POST_START, PAGE),
)
"""Layouts of lines, by a pattern for the beginning of the file."""
_CONTAINERS = (
    (mastodon.is_outbox, OUTBOX),
    (chat_exports.is_discord_export, DISCORD),
    (chat_exports.is_telegram_export, TELEGRAM),
    (feeds.is_json_feed, JSON_FEED),
)
"""Layouts of one object that contains all items."""
_YTD = re.compile(rb"\s*window\.YTD\.(\w+)")
_SETTINGS = (".yaml", ".yml", ".toml")
"""Names of files that mostly have settings, so that nothing is said of them in a folder."""
_TABLE_MAGICS = (PARQUET_MAGIC, *ARROW_MAGICS)
_NUL_CHECK_BYTES = 1 << 12
_SUPPORTED = "Stack Exchange's files, exports of MediaWiki, RSS and Atom, PubMed and JATS"


def detect_layout(file: File) -> str:
    """Return the layout of a file.

    Raises
    ------
    UnsupportedFormat
        If it is not known: the message names what the file is, where that can be told.
    """
    head = _head(file).removeprefix(codecs.BOM_UTF8)
    name = file.display_path
    _refuse_unfinished(file)
    check_not_pointer(head, name)
    if head.startswith(_TABLE_MAGICS):
        return _table_layout(file)
    if head.startswith(books.EPUB_MARK, books.EPUB_MARK_OFFSET):
        return EPUB
    if head.startswith(index_file.MAGIC):
        return CHECKOUT
    refuse_by_magic(head, name)
    layout = _text_layout(head, name)
    if layout is not None:
        return layout
    _check_is_text(head, file)
    objects = first_objects(head)
    form = (format_by_name(file.path) or ("",))[0]
    if not any(objects):
        refuse_beginning(head, name, "text")
    if objects or form in {"json", "jsonl"}:
        return _object_layout(objects, name)
    if head.lstrip().startswith((b"{", b"[")):
        raise _not_recognised(file, head)
    return _table_layout(file, head)


def _refuse_unfinished(file: File) -> None:
    refusal = refusal_by_name(file.path)
    if refusal is not None and refusal.name == "unfinished":
        raise refusal.error(file.display_path)


def _check_is_text(head: bytes, file: File) -> None:
    """Raise if the beginning of a file shows that it is neither text nor a known table.

    Raises
    ------
    UnsupportedFormat
        If so.
    """
    name = file.display_path
    if head.startswith(WIDE_BOMS):
        raise UnsupportedFormat(
            f"{name}: the encoding is UTF-16 or UTF-32, not UTF-8",
            remedy="convert it to UTF-8; in XML, change its first line, too.",
        )
    if b"\0" in head[:_NUL_CHECK_BYTES]:
        _refuse_name(file.path, name)
        check_text(head, name)
        raise UnsupportedFormat(
            f"{name}: the file is neither text nor a supported table",
            remedy="convert it to Parquet, CSV or JSON Lines; text must be UTF-8.",
        )


def _text_layout(head: bytes, name: str) -> str | None:
    """Return the layout of a file that begins with a mark, a line or an element of its own."""
    if (archive := _YTD.match(head)) is not None:
        part = archive[1].decode()
        if part not in x_posts.ARCHIVE_NAMES:
            raise UnsupportedFormat(
                f"{name}: this part of an X archive holds no posts but {part.replace('_', ' ')!r}",
                remedy="give the archive, its data folder or tweets.js.",
            )
        return ARCHIVE
    refuse_beginning(head, name, "begins")
    for pattern, layout in _TEXT_LAYOUTS:
        if pattern.match(head):
            return layout
    root = _ROOT.match(head)
    if root is None:
        return None
    refuse_beginning(head[root.start(1) :], name, "element")
    return _xml_layout(root[1].decode(), name)


def _head(file: File) -> bytes:
    """Return what can be read of the head; damage is reported by the reader later."""
    head = b""
    with suppress(CorruptFile), file.stream() as stream, translate_read_errors(file.display_path):
        while (
            len(head) < HEAD_BYTES
            and not _tells_layout(head)
            and (piece := stream.read(HEAD_BYTES >> 4))
        ):
            head += piece
    return head


def _tells_layout(head: bytes) -> bool:
    """Return whether the first bytes of a file suffice, as those of tables and lines do."""
    return head.startswith(_TABLE_MAGICS) or any(p.match(head) for p, _ in _TEXT_LAYOUTS)


def _xml_layout(root: str, name: str) -> str:
    """Return the layout of XML by the name of its root."""
    layout = _XML_LAYOUTS.get(root.rpartition(":")[2].lower())
    if layout is not None:
        return layout
    if (refusal := xml_refusal(root)) is not None:
        raise refusal.error(name)
    raise UnsupportedFormat(
        f"{name}: XML with <{root}> at its root is not supported",
        remedy=f"supported are {_SUPPORTED}. Else {TO_LINES}",
    )


def _refuse_name(path: str, name: str) -> None:
    """Raise if a file has the name of a known format that is not supported.

    Raises
    ------
    UnsupportedFormat
        If so.
    """
    form, _ = format_by_name(path) or ("", None)
    refusal = named_refusals().get(form) or refusal_by_name(path)
    if path.lower().endswith(_SETTINGS):
        refusal = named_refusals()["settings"]
    if refusal is not None:
        raise refusal.error(name)


def _object_layout(objects: list[JsonObject], name: str) -> str:
    for entry in (*objects, *(row for each in objects for row in wrapped_rows(each))):
        for is_container, container in _CONTAINERS:
            if is_container(entry):
                return container
        for layout in OBJECT_LAYOUTS:
            if layout.is_entry(entry):
                return layout.name
        refuse_object(entry, name, is_dump=True)
    if len(objects) == 1:
        refuse_only_object(objects[0], name)
    return TABLE


def _table_layout(file: File, head: bytes = b"") -> str:
    """Return the layout of a table by its columns.

    Raises
    ------
    UnsupportedFormat
        If neither its name nor its columns say that it is a table.
    """
    opener = table_opener(file)
    try:
        schema = None if opener is None else opener(file).schema
    except CorruptFile:
        return TABLE  # reported by the reader
    if schema is None or not len(schema):
        return TABLE
    row: JsonObject = dict.fromkeys(schema.names)
    for layout in OBJECT_LAYOUTS:
        if layout.columns and layout.is_entry(row):
            return layout.name
    refuse_object(row, file.display_path, is_dump=True)
    form = format_by_name(file.path)
    is_table = len(schema) > 1 and has_text_by_name(schema)
    if (form is None or form[0] == "text") and not is_table:
        raise _not_recognised(file, head)
    return TABLE


def _not_recognised(file: File, head: bytes) -> UnsupportedFormat:
    refuse_beginning(head, file.display_path, "text")
    if format_by_name(file.path) is None:
        _refuse_name(file.path, file.display_path)
    return UnsupportedFormat(
        f"{file.display_path}: the layout is not recognised",
        remedy="name the columns of a table (--text-column), or the layout: --layout text "
        "makes the whole file one item. A text on each line: `jq -Rc '{text: .}'` makes rows "
        "of them.",
    )
