"""Books and other whole texts: plain text, Markdown, Project Gutenberg, subtitles, EPUB."""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from html import unescape
from typing import cast
from urllib.parse import unquote
from xml.etree.ElementTree import Element, ParseError, fromstring

from provenance.errors import UnsupportedFormat
from provenance.model.content.tables import Items
from provenance.read.corpus import skipped_rows
from provenance.read.corpus.file_access import read_fully, translate_read_errors
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import ItemRecord, RowFault, batch_records
from provenance.read.dumps.parsers.html_text import plain_text
from provenance.read.dumps.parsers.timestamps import parse_timestamp
from provenance.read.formats.zip_archive import fetch_end

GUTENBERG_START = re.compile(
    rb"[\s\S]{0,20000}?\*\*\* ?START OF TH(?:E|IS) PROJECT GUTENBERG EBOOK", re.IGNORECASE
)
FRONT_MATTER_START = re.compile(
    rb"(?:---|\+\+\+)[ \t]*\r?\n(?:[^\n]*\n){0,60}?(?:title|date|layout)[\"']?\s*[:=]",
    re.IGNORECASE,
)
"""Of texts of blogs (Jekyll, Hugo): what is known of them, between two lines."""
SUBTITLES_START = re.compile(
    rb"\s*(?:WEBVTT\b|\d+[ \t]*\r?\n\d+:\d\d:\d\d[,.]\d{1,3}[ \t]*-->)", re.IGNORECASE
)
EPUB_MARK = b"mimetypeapplication/epub+zip"
EPUB_MARK_OFFSET = 30

_GUTENBERG_END = re.compile(r"\*\*\* ?(?:START|END) OF TH(?:E|IS) PROJECT GUTENBERG EBOOK[^\n]*\n?")
_GUTENBERG_CREDITS = re.compile(r"\A\s*(?:Produced by|E-text prepared by) [^\n]*\n(?:[^\n]+\n)*\n")
_GUTENBERG_LAST = re.compile(r"\n\s*End of (?:the )?Project Gutenberg[^\n]*(?:\n[^\n]+)?\s*\Z")
"""Lines of the producers at the ends of books."""
_GUTENBERG_NUMBER = re.compile(r"\[E-?(?:Book|Text) #(\d+)\]", re.IGNORECASE)
ONLY_ADDRESSES = "a list of addresses"
_ADDRESSES = re.compile(r"https?://\S+(?:\s+https?://\S+)*")
_GUTENBERG_ENCODING = re.compile(rb"Character set encoding: *([\w-]{1,40})", re.IGNORECASE)
_FRONT_MATTER = re.compile(r"\A(---|\+\+\+)[ \t]*\n(.*?)\n\1[ \t]*(?:\n|\Z)", re.DOTALL)
_FRONT_FIELD = re.compile(r"""^["']?(\w+)["']?\s*[:=]\s*(.*?)\s*,?$""")
_FOLDED = re.compile(r"^(\w+:)[ \t]*[>|][+-]?[ \t]*\n((?:[ \t]+[^\n]*\n)+)", re.MULTILINE)
"""A member whose value is in the lines below its name."""
_YAML = re.compile(r"(?:[\w-]+:(?: [^\n]*)?(?:\n(?:[ \t]|- )[^\n]*)*(?:\n|\Z))+")
"""Nothing but members, each on lines of its own: what other programs put before a text."""
_FRONT_FIELDS = {"title", "date", "layout"}
_FILE_DATE = re.compile(r"(\d{4}-\d\d-\d\d)-")
"""The day in the name of a post of Jekyll."""
_CUE = re.compile(r"\d+:\d\d(?::\d\d)?[,.]\d{1,3}[ \t]*-->")
_CUE_TAG = re.compile(r"</?[a-z][^<>\n]{0,200}>|<\d\d:[\d:.]+>|\{\\[^{}\n]*\}", re.IGNORECASE)
_GUTENBERG_URL = "https://www.gutenberg.org/ebooks/"
_HEAD_BYTES = 20_000
_FIELD = "^{}: *(.+)$"
_CONTAINER = "META-INF/container.xml"


def read_text(dump: Dump) -> Iterator[Items]:
    """Read a whole file as one item; of a book of Project Gutenberg, without its notices.

    Raises
    ------
    DocumentTooLarge
        If it is larger than the limit.
    UnsupportedFormat
        If it is not text.
    """
    return batch_records(dump.name, iter([_text(dump)]))


def _text(dump: Dump) -> ItemRecord | RowFault:
    content = _content(dump)
    text = _decode(content)
    if text is None:
        return RowFault(0, skipped_rows.NOT_UTF8)
    if "\0" in text[:_HEAD_BYTES]:
        raise UnsupportedFormat(
            f"{dump.display_path}: this is not text, but a file of another kind",
            remedy="unpack or convert it first.",
        )
    if _ADDRESSES.fullmatch(text.strip()):
        return RowFault(0, ONLY_ADDRESSES)
    head, *parts = _GUTENBERG_END.split(text)
    if not parts:
        return _post(text, dump)
    number = _GUTENBERG_NUMBER.search(head)
    return _book(
        _GUTENBERG_CREDITS.sub("", _GUTENBERG_LAST.sub("", parts[0])),
        number[1] if number else dump.name,
        f"{_GUTENBERG_URL}{number[1]}" if number else None,
        None,
        _field("Author", head),
        _field("Language", head),
        dump,
    )


def _content(dump: Dump) -> bytes:
    with dump.file.stream() as stream, translate_read_errors(dump.display_path):
        content = read_fully(stream, dump.file.max_document + 1)
    if len(content) > dump.file.max_document:
        raise dump.file.limit.error_for_row(0)
    return content


def _decode(content: bytes) -> str | None:
    """Return the text in UTF-8, or in the encoding that a book of Project Gutenberg names."""
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        named = _GUTENBERG_ENCODING.search(content[:_HEAD_BYTES])
    if named is None:
        return None
    with suppress(LookupError, UnicodeDecodeError):
        return str(content, named[1].decode()).replace("\r\n", "\n")
    return None


def _post(text: str, dump: Dump) -> ItemRecord | RowFault:
    """Return a text, without what is said of it between two lines at its beginning."""
    front = _FRONT_MATTER.match(text)
    fields = {} if front is None else _front_fields(front[2])
    if front is None or not (fields.keys() & _FRONT_FIELDS or _YAML.fullmatch(front[2])):
        text = plain_text(text) if dump.columns.text_format == "html" else text
        return _book(text, dump.name, None, None, None, None, dump)
    if fields.get("draft") == "true" or fields.get("published") == "false":
        return RowFault(0, skipped_rows.NOT_PUBLIC)
    body, title = text[front.end() :].strip(), fields.get("title")
    day = _FILE_DATE.match(posixpath.basename(dump.name))
    return _book(
        f"{title}\n\n{body}" if title and body else body,
        dump.name,
        fields.get("canonical_url") or fields.get("url"),
        fields.get("date") or (day[1] if day else None),
        fields.get("author") or None,
        fields.get("lang") or fields.get("language"),
        dump,
        fields.get("license") or fields.get("licence"),
    )


def _front_fields(front: str) -> dict[str, str]:
    lines = _FOLDED.sub(lambda match: f"{match[1]} {' '.join(match[2].split())}\n", front + "\n")
    matches = map(_FRONT_FIELD.match, lines.split("\n"))
    return {match[1].lower(): match[2].strip("\"'") for match in matches if match}


def read_subtitles(dump: Dump) -> Iterator[Items]:
    """Read what is said in a file of subtitles (SRT, WebVTT) as one item, without its times."""
    return batch_records(dump.name, iter([_subtitles(dump)]))


def _subtitles(dump: Dump) -> ItemRecord | RowFault:
    text = _decode(_content(dump))
    if text is None:
        return RowFault(0, skipped_rows.NOT_UTF8)
    spoken = []
    for block in re.split(r"\n[ \t]*(?:\n[ \t]*)+", text.replace("\r", "\n")):
        lines = block.strip().split("\n")
        cues = [place for place, line in enumerate(lines[:2]) if _CUE.match(line.strip())]
        if cues:
            said = [unescape(_CUE_TAG.sub("", line)).strip() for line in lines[cues[0] + 1 :]]
            spoken.append([line for line in said if line])
    text = "\n".join(_said_once([lines for lines in spoken if lines]))
    return _book(text, dump.name, None, None, None, None, dump)


def _said_once(spoken: list[list[str]]) -> Iterator[str]:
    """Yield the lines of all cues; of captions that roll, each line once.

    Where most cues begin with the line that the one before ends with, as in YouTube's automatic
    captions, it is shown again, not said again.
    """
    begins_again = [
        place > 0 and lines[0] == spoken[place - 1][-1] for place, lines in enumerate(spoken)
    ]
    is_rolling = sum(begins_again) > len(spoken) / 2
    for lines, is_again in zip(spoken, begins_again, strict=True):
        yield from lines[1:] if is_rolling and is_again else lines


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
    with stream, translate_read_errors(dump.display_path, damage=damage):
        fetch_end(stream)
        with zipfile.ZipFile(stream) as archive:
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
