"""Web pages, in WARC files or on their own: their main text, or the text in WET files."""

import re
from collections.abc import Iterator
from contextlib import suppress
from html.parser import HTMLParser
from typing import Any, BinaryIO, cast

from provenance.model.content.tables import Items
from provenance.read.corpus import skipped_rows
from provenance.read.corpus.file_access import read_fully, translate_read_errors
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import ItemRecord, RowFault, batch_records
from provenance.read.dumps.optional_libraries import import_parser
from provenance.read.dumps.parsers.timestamps import first_timestamp, parse_timestamp

NOT_A_PAGE = "not a page (a request, metadata, or another type)"
FAILED_FETCH = "not fetched (HTTP status)"

_HTML_TYPES = ("text/html", "application/xhtml+xml")
_PLAIN_TYPE = "text/plain"
_HEAD_BYTES = 1 << 22
_ADDRESSES = ("canonical", "og:url")
_DATES = ("article:published_time", "datepublished", "date", "dc.date", "dcterms.date", "time")
_AUTHORS = ("author", "article:author", "dc.creator")
"""Tags that state address, date and author of a page, the best first."""
_TEXT_RECORDS = {"response", "resource", "conversion"}
EXPORTED_POST_START = re.compile(
    rb"<!DOCTYPE html><html>[\s\S]{0,20000}?<article class=\"h-entry\">", re.IGNORECASE
)
"""A post in an export of Medium."""


def read_web_archive(dump: Dump) -> Iterator[Items]:
    """Read the pages of a WARC file, or the texts of a WET file.

    The date of an item is that of the capture: a page has no other.

    Raises
    ------
    CorruptFile
        If the file is damaged or cut short.
    DocumentTooLarge
        At a page that is larger than the limit.
    """
    return batch_records(dump.name, _records(dump))


def _records(dump: Dump) -> Iterator[ItemRecord | RowFault]:
    archive = import_parser("warcio.archiveiterator", "web", dump)
    failure = import_parser("warcio.exceptions", "web", dump).ArchiveLoadFailed
    row = 0
    with (
        dump.file.stream() as stream,
        translate_read_errors(
            dump.display_path,
            lambda: f"after {row:,} records",
            damage=(failure, ValueError, AttributeError, KeyError),
        ),
    ):
        records = archive.ArchiveIterator(stream)
        records.INC_RECORD = ""  # a warning that it would print; the next record is an error
        for record in records:
            entry = _record(record, row, dump)
            _check_whole(record)
            yield entry
            row += 1


def _record(record: Any, row: int, dump: Dump) -> ItemRecord | RowFault:
    kind = record.rec_type
    if kind not in _TEXT_RECORDS:
        return RowFault(row, NOT_A_PAGE)
    headers = record.rec_headers
    content_type = _PLAIN_TYPE if kind == "conversion" else _content_type(record)
    is_page = content_type.startswith(_HTML_TYPES)
    if not is_page and not content_type.startswith(_PLAIN_TYPE):
        return RowFault(row, NOT_A_PAGE)
    if record.http_headers is not None and record.http_headers.get_statuscode() != "200":
        return RowFault(row, FAILED_FETCH)
    content = read_fully(cast("BinaryIO", record.content_stream()), dump.file.max_document + 1)
    if len(content) > dump.file.max_document:
        raise dump.file.limit.error_for_row(row)
    text = _page_text(content, content_type, dump) if is_page else _decode(content)
    address = headers.get_header("WARC-Target-URI")
    if text is None or not text.strip() or not address:
        has_text = text is not None and text.strip()
        reason = skipped_rows.NO_ID if has_text else skipped_rows.EMPTY
        return RowFault(row, skipped_rows.NOT_UTF8 if text is None else reason)
    languages = headers.get_header("WARC-Identified-Content-Language") or ""
    return ItemRecord(
        dump.source,
        address,
        text.strip(),
        address,
        parse_timestamp(headers.get_header("WARC-Date")),
        language=languages.partition(",")[0] or None,
    )


def read_page(dump: Dump) -> Iterator[Items]:
    """Read a web page as one item: its main text, with the address and date that it states.

    Raises
    ------
    DocumentTooLarge
        If it is larger than the limit.
    UnsupportedFormat
        If the parser is not installed.
    """
    return batch_records(dump.name, iter([_page(dump)]))


def _page(dump: Dump) -> ItemRecord | RowFault:
    with dump.file.stream() as stream, translate_read_errors(dump.display_path):
        content = read_fully(stream, dump.file.max_document + 1)
    if len(content) > dump.file.max_document:
        raise dump.file.limit.error_for_row(0)
    text = _page_text(content, _HTML_TYPES[0], dump).strip()
    if not text:
        return RowFault(0, skipped_rows.EMPTY)
    statements = _Statements()
    with suppress(AssertionError):  # of a declaration that the parser does not know
        statements.feed(content[:_HEAD_BYTES].decode("utf-8", "replace"))
    found = statements.found
    return ItemRecord(
        dump.source,
        dump.name,
        text,
        next((found[name] for name in _ADDRESSES if name in found), None),
        first_timestamp(found, _DATES),
        next((found[name] for name in _AUTHORS if name in found), None),
        found.get("lang"),
        found.get("license"),
    )


class _Statements(HTMLParser):
    """Collects what a page says of itself: the first of each kind."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._names_author = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what an element states."""
        values = {name: value or "" for name, value in attrs}
        if tag == "html":
            self._keep("lang", values.get("lang") or values.get("xml:lang"))
        elif tag == "meta":
            name = values.get("property") or values.get("name") or values.get("itemprop") or ""
            self._keep(name.lower(), values.get("content"))
        elif tag == "time":
            self._keep("time", values.get("datetime"))
        elif tag in {"link", "a"}:
            for kind in values.get("rel", "").lower().split():
                if kind in {"canonical", "license"}:
                    self._keep(kind, values.get("href"))
            classes = values.get("class", "").split()
            if "p-canonical" in classes:
                self._keep("canonical", values.get("href"))
            self._names_author = "p-author" in classes

    def handle_data(self, data: str) -> None:
        """Keep the name in a link to the author."""
        if self._names_author:
            self._keep("author", data)
            self._names_author = False

    def _keep(self, name: str, value: str | None) -> None:
        if value and value.strip():
            self.found.setdefault(name, value.strip())


def _content_type(record: Any) -> str:
    headers = record.http_headers or record.rec_headers
    return str(headers.get_header("Content-Type") or "").strip().lower()


def _page_text(page: bytes, content_type: str, dump: Dump) -> str:
    """Return the main text of a page, without navigation and other boilerplate."""
    encodings = import_parser("resiliparse.parse.encoding", "web", dump)
    extraction = import_parser("resiliparse.extract.html2text", "web", dump)
    _, _, charset = content_type.partition("charset=")
    charset = charset.partition(";")[0].strip("\"' ") or encodings.detect_encoding(page)
    html = encodings.bytes_to_str(page, charset)
    return str(extraction.extract_plain_text(html, main_content=True, alt_texts=False))


def _decode(content: bytes) -> str | None:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None


def _check_whole(record: Any) -> None:
    """Read what is left of a record, and raise if it is cut short."""
    stream = record.raw_stream
    while stream.read(1 << 16):
        pass
    if getattr(stream, "limit", 0):
        raise ValueError("it ends within a record")
