"""Books and other whole texts: plain text, Project Gutenberg, EPUB."""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import cast
from urllib.parse import unquote
from xml.etree.ElementTree import Element, ParseError, fromstring

from provenance.errors import UnsupportedFormat
from provenance.model import Items
from provenance.read.corpus import skipped_rows
from provenance.read.corpus.file_access import read_fully, translate_read_errors
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.html_text import plain_text
from provenance.read.dumps.item_batches import ItemRecord, RowFault, batch_records
from provenance.read.dumps.timestamps import parse_timestamp

GUTENBERG_START = re.compile(
    rb"[\s\S]{0,20000}?\*\*\* ?START OF TH(?:E|IS) PROJECT GUTENBERG EBOOK", re.IGNORECASE
)
EPUB_MARK = b"mimetypeapplication/epub+zip"
EPUB_MARK_OFFSET = 30

_GUTENBERG_END = re.compile(r"\*\*\* ?(?:START|END) OF TH(?:E|IS) PROJECT GUTENBERG EBOOK[^\n]*\n?")
_GUTENBERG_NUMBER = re.compile(r"\[E-?(?:Book|Text) #(\d+)\]", re.IGNORECASE)
_GUTENBERG_URL = "https://www.gutenberg.org/ebooks/"
_FIELD = "^{}: *(.+)$"
_CONTAINER = "META-INF/container.xml"


def read_text(dump: Dump) -> Iterator[Items]:
    """Read a whole file as one item; of a book of Project Gutenberg, without its notices."""
    return batch_records(dump.name, iter([_text(dump)]))


def _text(dump: Dump) -> ItemRecord | RowFault:
    with dump.file.stream() as stream, translate_read_errors(dump.display_path):
        content = read_fully(stream, dump.file.max_document + 1)
    if len(content) > dump.file.max_document:
        raise dump.file.limit.error_for_row(0)
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return RowFault(0, skipped_rows.NOT_UTF8)
    head, *parts = _GUTENBERG_END.split(text)
    if not parts:
        return _book(text, dump.name, None, None, None, None, dump)
    number = _GUTENBERG_NUMBER.search(head)
    return _book(
        parts[0],
        number[1] if number else dump.name,
        f"{_GUTENBERG_URL}{number[1]}" if number else None,
        None,
        _field("Author", head),
        _field("Language", head),
        dump,
    )


def _field(name: str, head: str) -> str | None:
    match = re.search(_FIELD.format(name), head, re.MULTILINE)
    return match[1].strip() if match else None


def read_epub(dump: Dump) -> Iterator[Items]:
    """Read a book in EPUB as one item: its chapters in the order of reading.

    Raises
    ------
    CorruptFile
        If the file is damaged.
    DocumentTooLarge
        If its text is larger than the limit.
    UnsupportedFormat
        If it declares entities, or is encrypted.
    """
    return batch_records(dump.name, iter([_epub(dump)]))


def _epub(dump: Dump) -> ItemRecord | RowFault:
    damage = (ParseError, KeyError, ValueError, RuntimeError, IndexError)
    stream = io.BufferedReader(cast("io.RawIOBase", dump.file.open()))
    with (
        stream,
        translate_read_errors(dump.display_path, damage=damage),
        zipfile.ZipFile(stream) as archive,
    ):
        reader = _EpubReader(archive, dump)
        package = reader.xml(reader.package_path())
        chapters = [plain_text(reader.read(path)) for path in reader.chapters(package)]
    text = "\n\n".join(chapter for chapter in chapters if chapter.strip())
    metadata = {
        _local(part.tag): (part.text or "").strip()
        for group in package
        if _local(group.tag) == "metadata"
        for part in reversed(group)
    }
    title = metadata.get("title")
    return _book(
        f"{title}\n\n{text}" if title and text else text,
        metadata.get("identifier") or dump.name,
        None,
        metadata.get("date"),
        metadata.get("creator"),
        metadata.get("language"),
        dump,
        metadata.get("rights"),
    )


class _EpubReader:
    """Reads members of an EPUB, up to the limit for a document in all."""

    def __init__(self, archive: zipfile.ZipFile, dump: Dump) -> None:
        self._archive, self._dump = archive, dump
        self._remaining = dump.file.max_document

    def read(self, path: str) -> str:
        """Return a member as text."""
        info = self._archive.getinfo(path)
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise ValueError(f"{path} in it is compressed with an unsupported method")
        with self._archive.open(info) as member:
            content = member.read(self._remaining + 1)
        self._remaining -= len(content)
        if self._remaining < 0:
            raise self._dump.file.limit.error_for_row(0)
        return content.decode("utf-8-sig", "replace")

    def xml(self, path: str) -> Element:
        """Return a member as XML."""
        content = self.read(path)
        if "<!ENTITY" in content:
            raise UnsupportedFormat(
                f"{self._dump.display_path}: {path} in it declares entities",
                remedy="convert the book to text, and use --layout text.",
            )
        return fromstring(content)  # noqa: S314 (entities are refused above)

    def package_path(self) -> str:
        """Return the path of the file that lists all others."""
        for element in self.xml(_CONTAINER).iter():
            if _local(element.tag) == "rootfile":
                return element.attrib["full-path"]
        raise ValueError("its container names no package")

    def chapters(self, package: Element) -> list[str]:
        """Return the paths of the chapters in the order of reading."""
        folder = posixpath.dirname(self.package_path())
        paths = {
            element.get("id"): posixpath.normpath(
                posixpath.join(folder, unquote(element.get("href", "")))
            )
            for element in package.iter()
            if _local(element.tag) == "item"
        }
        references = [e.get("idref") for e in package.iter() if _local(e.tag) == "itemref"]
        return [paths[reference] for reference in references if reference in paths]


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _book(  # noqa: PLR0913 (the fields of a book)
    text: str,
    native: str,
    url: str | None,
    date: str | None,
    author: str | None,
    language: str | None,
    dump: Dump,
    licence: str | None = None,
) -> ItemRecord | RowFault:
    if not text.strip():
        return RowFault(0, skipped_rows.EMPTY)
    return ItemRecord(
        dump.source, native, text.strip(), url, parse_timestamp(date), author, language, licence
    )
