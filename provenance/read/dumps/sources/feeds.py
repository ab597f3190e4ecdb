"""Feeds: RSS, Atom and RDF."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from provenance.model import Items
from provenance.read.corpus import skipped_rows
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.html_text import plain_text
from provenance.read.dumps.item_batches import ItemRecord, RowFault, batch_records
from provenance.read.dumps.timestamps import parse_timestamp
from provenance.read.dumps.xml_elements import read_elements

ROOTS = ("rss", "feed", "rdf")

_ENTRIES = frozenset({"item", "entry", "atom:entry", "rss:item", "language"})
_TEXTS = ("content:encoded", "content", "description", "summary")
_DATES = ("pubdate", "published", "issued", "dc:date", "updated", "modified")
_IDS = ("guid", "id", "link")
_LICENCES = ("license", "cc:license", "creativecommons:license", "rights", "dc:rights", "copyright")

_BLOGGER_PARTS = ("#settings", "#template", "#page_template")
"""Ends of the kinds of entries of Blogger's export that are no posts, pages or comments."""
_PUBLISHED, _DRAFT = "publish", "yes"
_WORDPRESS_PARTS = ("attachment", "nav_menu_item", "revision", "custom_css", "oembed_cache")
"""Types of posts of WordPress that are not read as such."""


def read_feed(dump: Dump) -> Iterator[Items]:
    """Read the entries of a feed: the title, and the content or else the summary."""
    return batch_records(dump.name, _entries(dump))


def _entries(dump: Dump) -> Iterator[ItemRecord | RowFault]:
    row, language = 0, None
    for root, element in read_elements(dump, _ENTRIES):
        if element.tag == "language":
            language = (element.text or "").strip() or None
            continue
        yield _entry(element, language or root.get("xml:lang"), row, dump)
        row += 1


def _entry(element: Element, language: str | None, row: int, dump: Dump) -> ItemRecord | RowFault:
    parts: dict[str, str] = {}
    for part in element:
        name = part.tag.lower().removeprefix("atom:").removeprefix("rss:")
        value = _value(part, name)
        if value and (name != "link" or part.get("rel", "alternate") == "alternate"):
            parts.setdefault(name, value)
        if name == "link" and part.get("rel") == "license":
            parts.setdefault("license", part.get("href", ""))
    if (reason := _reason(element, parts)) is not None:
        return RowFault(row, reason)
    content = next((parts[name] for name in _TEXTS if name in parts), "")
    title, body = plain_text(parts.get("title", "")), plain_text(content)
    # Posts without titles repeat their beginning in its place.
    texts = (body,) if body.startswith(title.strip().rstrip("….")) else (title, body)
    text = "\n\n".join(part for part in texts if part.strip())
    native = next((parts[name] for name in _IDS if name in parts), None)
    if not text or native is None:
        return RowFault(row, skipped_rows.NO_ID if text else skipped_rows.EMPTY)
    return ItemRecord(
        dump.source,
        native,
        text,
        parts.get("link") or (native if native.startswith("http") else None),
        next((s for name in _DATES if (s := parse_timestamp(parts.get(name))) is not None), None),
        parts.get("dc:creator") or parts.get("author"),
        language,
        next((parts[name] for name in _LICENCES if name in parts), None),
    )


def _reason(element: Element, parts: dict[str, str]) -> str | None:
    """Return why an entry of an export of WordPress or Blogger is no item; None if it is one."""
    if parts.get("wp:status", _PUBLISHED) != _PUBLISHED or parts.get("app:control") == _DRAFT:
        return skipped_rows.NOT_PUBLIC
    is_part = any(part.get("term", "").endswith(_BLOGGER_PARTS) for part in element)
    if is_part or parts.get("wp:post_type") in _WORDPRESS_PARTS:
        return skipped_rows.SERVICE
    return None


def _value(part: Element, name: str) -> str:
    if name == "author" and (author := part.findtext("name") or part.findtext("atom:name")):
        return author.strip()
    if name == "link" and part.get("href"):
        return part.get("href", "").strip()
    return "".join(part.itertext()).strip()
