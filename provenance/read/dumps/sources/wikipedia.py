"""Wikis: XML exports of MediaWiki, the output of WikiExtractor, and Wikimedia Enterprise."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import Element

from provenance.model.content.tables import Items
from provenance.read.corpus import skipped_rows
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import ItemRecord, RowFault, batch_records
from provenance.read.dumps.optional_libraries import import_parser
from provenance.read.dumps.parsers.html_text import plain_text, remove_elements
from provenance.read.dumps.parsers.json_posts import (
    JsonObject,
    member,
    objects_in,
    string_at,
    to_text,
)
from provenance.read.dumps.parsers.timestamps import parse_timestamp
from provenance.read.dumps.parsers.xml_elements import read_elements

NOT_AN_ARTICLE = "not an article (a talk page, a template, a redirect)"

_LICENCE = "CC BY-SA 4.0"
_LICENSED_HOSTS = re.compile(
    r"https?://[a-z0-9.-]*\b(?:wikipedia|wiktionary|wikibooks|wikiquote|wikisource|wikiversity"
    r"|wikivoyage)\.org/"
)
_PROJECTS = {"wiki": "wikipedia", "wiktionary": "wiktionary"} | {
    f"wiki{name}": f"wiki{name}"
    for name in ("books", "news", "quote", "source", "versity", "voyage")
}
"""Hosts of projects, by the ends of the names of their wikis."""
_PAGE_PARTS = frozenset({"base", "namespace", "title", "ns", "id", "redirect", "revision"})
_NO_PROSE = (
    *(("table", ""), ("figure", ""), ("sup", r"\breference\b"), ("ol", r"\breferences\b")),
    *(("div", r"\b(?:navbox|hatnote|thumb)\b"), ("span", r"\bmw-editsection\b")),
)
"""Elements of pages that are no part of the text, each with a mark in its start tag."""
_SET_APART = frozenset({"file", "image", "category"})
"""Namespaces whose links show an image, or nothing, in the place where they are."""
_SET_APART_KEYS = ("6", "14")
"""Numbers of these namespaces, which have names in the language of the wiki, too."""
_TEXT_MODELS = {None, "wikitext"}
_SWITCH = re.compile("__[A-Z]+__")
"""A mark for how a page is shown, such as __NOTOC__."""
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")

_DOC = re.compile(rb'\s*<doc id="([^"]*)"(?: revid="[^"]*")? url="([^"]*)" title="([^"]*)">\s*')


def is_enterprise(entry: JsonObject) -> bool:
    """Return whether an object is an article of Wikimedia Enterprise."""
    return {"name", "identifier", "url"} <= entry.keys() and bool(
        {"article_body", "sections", "is_part_of", "in_language"} & entry.keys()
    )


def read_enterprise(entry: JsonObject, row: int, dump: Dump) -> Iterator[ItemRecord | RowFault]:
    """Yield an article."""
    html, wikitext = (string_at(entry, "article_body", form) for form in ("html", "wikitext"))
    sections = "\n\n".join(_section_texts(entry.get("sections")))
    body = (
        _plain_article(html) if html else _plain_wikitext(wikitext, dump) if wikitext else sections
    )
    title, native = string_at(entry, "name"), to_text(entry.get("identifier"))
    if not body.strip() or native is None:
        yield RowFault(row, skipped_rows.NO_ID if body.strip() else skipped_rows.EMPTY)
        return
    licences = (
        string_at(licence, "identifier") or string_at(licence, "name")
        for licence in objects_in(entry.get("license"))
    )
    yield ItemRecord(
        dump.source,
        native,
        f"{title}\n\n{body}" if title else body,
        string_at(entry, "url"),
        parse_timestamp(entry.get("date_modified")),
        language=string_at(entry, "in_language", "identifier"),
        licence=next((licence for licence in licences if licence), None),
    )


def _plain_article(html: str) -> str:
    """Return the text of a page, without tables, captions and references, as of wiki markup."""
    for name, mark in _NO_PROSE:
        if f"<{name}" in html:
            html = remove_elements(html, name, mark)
    return plain_text(html)


def _section_texts(value: object) -> Iterator[str]:
    for section in objects_in(value):
        if (text := string_at(section, "value")) is not None:
            yield text
        yield from _section_texts(member(section, "has_parts"))


def read_export(dump: Dump) -> Iterator[Items]:
    """Read the articles of an XML export, each in its latest revision."""
    return batch_records(dump.name, _articles(dump))


@dataclass(slots=True)
class _Wiki:
    """A wiki, as the beginning of its export describes it."""

    base: str = ""
    set_apart: frozenset[str] = _SET_APART

    def add(self, element: Element) -> None:
        """Add an element from the beginning of the export."""
        if element.tag == "base":
            self.base = (element.text or "").rpartition("/")[0] + "/"
        elif element.get("key") in _SET_APART_KEYS:
            self.set_apart |= {(element.text or "").lower()}


@dataclass(slots=True)
class _Page:
    """A page as far as it was read."""

    parts: dict[str, str] = field(default_factory=dict)
    is_redirect: bool = False
    revision: Element | None = None

    def add(self, element: Element) -> None:
        """Add an element; of several revisions, the last one counts."""
        if element.tag == "revision":
            self.revision = element
        elif element.tag == "redirect":
            self.is_redirect = True
        else:
            self.parts[element.tag] = element.text or ""


def _articles(dump: Dump) -> Iterator[ItemRecord | RowFault]:
    wiki, page, row, language = _Wiki(), _Page(), 0, None
    for root, element in read_elements(dump, _PAGE_PARTS):
        language = root.get("xml:lang")
        if element.tag in {"base", "namespace"}:
            wiki.add(element)
            continue
        if element.tag == "title":
            if page.parts:
                yield _article(page, wiki, language, row, dump)
                row += 1
            page = _Page()
        page.add(element)
    if page.parts:
        yield _article(page, wiki, language, row, dump)


def _article(
    page: _Page, wiki: _Wiki, language: str | None, row: int, dump: Dump
) -> ItemRecord | RowFault:
    revision, title = page.revision, page.parts["title"]
    if revision is None or page.is_redirect or page.parts.get("ns", "0") != "0":
        return RowFault(row, NOT_AN_ARTICLE)
    text = revision.find("text")
    if text is None or text.get("deleted"):
        return RowFault(row, skipped_rows.DELETED)
    if revision.findtext("model") not in _TEXT_MODELS:
        return RowFault(row, NOT_AN_ARTICLE)
    body = _plain_wikitext(text.text or "", dump, wiki.set_apart)
    if not body:
        return RowFault(row, skipped_rows.EMPTY)
    if not page.parts.get("id"):
        return RowFault(row, skipped_rows.NO_ID)
    return ItemRecord(
        dump.source,
        page.parts["id"],
        f"{title}\n\n{body}",
        _address(wiki.base, title),
        parse_timestamp(revision.findtext("timestamp")),
        language=language,
        licence=_LICENCE if _LICENSED_HOSTS.match(wiki.base) else None,
    )


def _plain_wikitext(wikitext: str, dump: Dump, set_apart: frozenset[str] = _SET_APART) -> str:
    parser: Any = import_parser("mwparserfromhell", "wikipedia", dump)
    parsed = parser.parse(wikitext)
    for node in parsed.filter_tags(matches=lambda tag: str(tag.tag) in {"ref", "table", "gallery"}):
        _remove(parsed, node)
    for link in parsed.filter_wikilinks():
        if str(link.title).partition(":")[0].strip().lower() in set_apart:
            _remove(parsed, link)
    text = _SWITCH.sub("", str(parsed.strip_code()))
    return _BLANK_LINES.sub("\n\n", text).strip()


def _remove(parsed: Any, node: object) -> None:
    try:
        parsed.remove(node)
    except ValueError:  # it was within another one
        return


def is_search_page(entry: JsonObject) -> bool:
    """Return whether an object is a page in a dump of the search index (CirrusSearch)."""
    return {"title", "text", "namespace", "wiki"} <= entry.keys()


def read_search_page(entry: JsonObject, row: int, dump: Dump) -> Iterator[ItemRecord | RowFault]:
    """Yield an article of the search index; lines before pages only have their ids."""
    title, text = string_at(entry, "title"), string_at(entry, "text")
    if title is None or entry.get("namespace") != 0:
        yield RowFault(row, NOT_AN_ARTICLE if "wiki" in entry else skipped_rows.NOT_A_POST)
        return
    if text is None:
        yield RowFault(row, skipped_rows.EMPTY)
        return
    language, wiki = string_at(entry, "language") or "", string_at(entry, "wiki") or ""
    project = _PROJECTS.get(wiki.removeprefix(language.replace("-", "_")))
    base = f"https://{language}.{project}.org/wiki/" if language and project else ""
    yield ItemRecord(
        dump.source,
        to_text(entry.get("page_id")) or f"{dump.prefix}#{row}",
        f"{title}\n\n{text}",
        _address(base, title),
        parse_timestamp(entry.get("timestamp")),
        language=language or None,
        licence=_LICENCE if _LICENSED_HOSTS.match(base) else None,
    )


def _address(base: str, title: str) -> str | None:
    return base + quote(title.replace(" ", "_"), safe="/:()',!*~") if base else None


def read_extracted(dump: Dump) -> Iterator[Items]:
    """Read the output of WikiExtractor: texts between `<doc …>` and `</doc>`."""
    return batch_records(dump.name, _documents(dump))


def _documents(dump: Dump) -> Iterator[ItemRecord | RowFault]:
    buffer, row = b"", 0
    for piece in dump.pieces():
        buffer += piece
        *documents, buffer = buffer.split(b"\n</doc>")
        for document in documents:
            yield _document(document, row, dump)
            row += 1
        if len(buffer) > dump.file.max_document:
            raise dump.file.limit.error_for_row(row)
    if buffer.strip():
        yield RowFault(row, "cut short: there is no </doc>")


def _document(document: bytes, row: int, dump: Dump) -> ItemRecord | RowFault:
    head = _DOC.match(document)
    if head is None:
        return RowFault(row, skipped_rows.NO_ID)
    try:
        native, url, title = map(bytes.decode, head.groups())
        text = unescape(document[head.end() :].decode().strip())
    except UnicodeDecodeError:
        return RowFault(row, skipped_rows.NOT_UTF8)
    if not text or text == unescape(title):  # the title is the first line of every text
        return RowFault(row, skipped_rows.EMPTY)
    return ItemRecord(
        dump.source,
        native,
        text,
        unescape(url),
        licence=_LICENCE if _LICENSED_HOSTS.match(url) else None,
    )
