"""Feeds: RSS, Atom, RDF and JSON Feed, and exports of blogs and abstracts in their form."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from xml.etree.ElementTree import Element

from provenance.model.content.tables import Items
from provenance.read.corpus import skipped_rows
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import ItemRecord, RowFault, batch_records
from provenance.read.dumps.parsers.html_text import plain_text
from provenance.read.dumps.parsers.json_members import read_members
from provenance.read.dumps.parsers.json_posts import JsonObject, objects_in, string_at, to_text
from provenance.read.dumps.parsers.timestamps import first_timestamp, parse_timestamp
from provenance.read.dumps.parsers.xml_elements import read_elements, text_at

ROOTS = ("rss", "feed", "rdf")

_ENTRIES = frozenset({"item", "entry", "atom:entry", "rss:item", "language", "author", "doc"})
"""With language and author of the whole feed, and `doc`, of the abstracts of Wikipedia."""
_TEXTS = ("content:encoded", "content", "description", "summary", "abstract")
_DATES = ("pubdate", "published", "issued", "dc:date", "updated", "modified")
_IDS = ("guid", "id", "link", "url")
_AUTHORS = ("author", "dc:creator")
_LICENCES = ("license", "cc:license", "creativecommons:license", "rights", "dc:rights", "copyright")

_BLOGGER_PARTS = ("#settings", "#template", "#page_template")
"""Ends of the kinds of entries of Blogger's export that are no posts, pages or comments."""
_PUBLISHED = "publish"
_WORDPRESS_PARTS = frozenset(
    (
        *("attachment", "nav_menu_item", "revision", "custom_css", "oembed_cache"),
        *("wp_navigation", "wp_global_styles", "wp_template", "wp_template_part", "wp_block"),
        *("wp_font_family", "wp_font_face", "customize_changeset", "user_request", "feedback"),
        *("flamingo_inbound", "wpcf7_contact_form", "acf-field", "acf-field-group"),
        *("elementor_library", "shop_order"),
    )
)
"""Types of posts of WordPress and its extensions that are not read as such."""
_SHORTCODE = re.compile(
    r"\[/?(?:(?:vc|et_pb|fusion|av|cs|mk|tdc?)_\w+|caption|gallery|embed|audio|video|playlist"
    r"|contact-form(?:-7)?)\b[^\]\n]*\]"
)
"""Marks for the layout of posts of WordPress."""
_APPEARED = re.compile(
    r"\n+The post [^\n]{1,500} (?:first appeared|appeared first) on [^\n]{1,200}\Z"
)
"""Is put below posts in feeds of WordPress."""
_MAX_APPEARED_CHARS = 400
_OF_NITTER = re.compile(r"(?:Pinned: )?(?:RT by @\w+: |R to @\w+: )?")
"""What Nitter puts before the texts of posts of X in their titles."""
_OF_SERVICES = "@/"
"""First characters of authors in feeds of Nitter and Reddit."""
_OF_REDDIT = "/u/"
_SUBMITTED = re.compile(r"\s*submitted by /u/\S+(?: to r/\S+)?\s+\[link\]\s*\[comments\]\s*\Z")
"""Prefix of authors, and what is below texts, in feeds of Reddit."""
_NITTER_ID = re.compile(r".*/status/(\d+)(?:#m)?")
_NOT_PUBLISHED = {"wp:post_password": None, "app:control": "yes", "blogger:trashed": None}
"""Members of an entry that is not public, and the value that says so; None for any."""
_WIKIPEDIA = "Wikipedia: "
"""Prefix of titles in the abstracts of Wikipedia."""


def read_feed(dump: Dump) -> Iterator[Items]:
    """Read the entries of a feed: the title, and the content or else the summary."""
    return batch_records(dump.name, _entries(dump))


def is_json_feed(entry: JsonObject) -> bool:
    """Return whether an object is a JSON Feed."""
    return (string_at(entry, "version") or "").startswith("https://jsonfeed.org/version/")


def read_json_feed(dump: Dump) -> Iterator[Items]:
    """Read the items of a JSON Feed: the title, and the content or else the summary."""
    return batch_records(dump.name, _json_entries(dump))


def _json_entries(dump: Dump) -> Iterator[ItemRecord | RowFault]:
    for row, around, item in read_members(dump, frozenset(), frozenset({"items"})):
        if isinstance(item, str):
            yield RowFault(row, item)
            continue
        html = string_at(item, "content_html")
        content = plain_text(html) if html else string_at(item, "content_text")
        parts = (string_at(item, "title"), content or string_at(item, "summary"))
        text, native = "\n\n".join(part for part in parts if part), to_text(item.get("id"))
        if not text or native is None:
            yield RowFault(row, skipped_rows.NO_ID if text else skipped_rows.EMPTY)
            continue
        authors = objects_in(item.get("authors")) or objects_in(around.get("authors"))
        yield ItemRecord(
            dump.source,
            native,
            text,
            string_at(item, "url") or (native if native.startswith("http") else None),
            parse_timestamp(string_at(item, "date_published")),
            ", ".join(name for author in authors if (name := string_at(author, "name"))) or None,
            string_at(item, "language") or string_at(around, "language"),
        )


def _entries(dump: Dump) -> Iterator[ItemRecord | RowFault]:
    row, language, author = 0, None, None
    for root, element in read_elements(dump, _ENTRIES):
        if element.tag == "language":
            language = (element.text or "").strip() or None
            continue
        if element.tag == "author":
            author = author or _value(element, "author") or None
            continue
        entry = _entry(element, language or root.get("xml:lang"), author, row, dump)
        yield entry
        row += 1
        if isinstance(entry, ItemRecord):
            for comment in element.findall("wp:comment"):
                yield _comment(comment, entry, row, dump)
                row += 1


def _entry(
    element: Element, language: str | None, feed_author: str | None, row: int, dump: Dump
) -> ItemRecord | RowFault:
    parts = _parts(element)
    if not _is_public(parts):
        return RowFault(row, skipped_rows.NOT_PUBLIC)
    if _is_part_of_blogger(element) or parts.get("wp:post_type") in _WORDPRESS_PARTS:
        return RowFault(row, skipped_rows.SERVICE)
    title = plain_text(parts.get("title", "").removeprefix(_WIKIPEDIA))
    body, native = _body(element, parts), _first(parts, _IDS)
    author = _author(parts, feed_author)
    if author and author[0] in _OF_SERVICES:
        title, body, native, author = _of_service(title, body, native, author)
    # Posts without titles repeat their beginning in its place.
    texts = [body] if body.startswith(title.rstrip("….")) else [title, body]
    text = "\n\n".join([part for part in texts if part])
    if not text or native is None:
        return RowFault(row, skipped_rows.NO_ID if text else skipped_rows.EMPTY)
    return ItemRecord(
        dump.source,
        native,
        text,
        parts.get("link") or parts.get("url") or (native if native.startswith("http") else None),
        first_timestamp(parts, _DATES),
        author,
        language,
        _first(parts, _LICENCES),
    )


def _is_part_of_blogger(element: Element) -> bool:
    """Return whether an entry of Blogger's export is no post, page or comment."""
    if element.tag == "item":  # not of Atom
        return False
    kinds = element.findall("category")
    return any(kind.get("term", "").endswith(_BLOGGER_PARTS) for kind in kinds)


def _body(element: Element, parts: dict[str, str]) -> str:
    """Return the content of an entry, or else its summary, as plain text."""
    content = _first(parts, _TEXTS)
    if content is None:
        content = text_at(element, "media:group", "media:description") or ""  # of YouTube
    if "wp:post_type" in parts:
        content = _SHORTCODE.sub("", content)
    body = plain_text(content)
    return _APPEARED.sub("", body) if "appeared" in body[-_MAX_APPEARED_CHARS:] else body


def _author(parts: dict[str, str], feed_author: str | None) -> str | None:
    """Return the author of an entry, or that of the feed unless it is of another one."""
    author = parts.get("dc:creator") or parts.get("author")
    return feed_author if author is None and "source" not in parts else author


def _of_service(
    title: str, body: str, native: str | None, author: str
) -> tuple[str, str, str | None, str]:
    """Return title, text, id and author without what Nitter and Reddit put around them."""
    if author.startswith("@"):
        post = _NITTER_ID.fullmatch(native or "")
        return _OF_NITTER.sub("", title, count=1), body, post[1] if post else native, author[1:]
    if author.startswith(_OF_REDDIT):
        return title, _SUBMITTED.sub("", body), native, author.removeprefix(_OF_REDDIT)
    return title, body, native, author


def _first(parts: dict[str, str], names: Sequence[str]) -> str | None:
    """Return the first of some members that there is."""
    for name in names:
        if name in parts:
            return parts[name]
    return None


def _parts(element: Element) -> dict[str, str]:
    """Return the first value of each member of an entry, and all its authors."""
    parts: dict[str, str] = {}
    for part in element:
        name = _member_name(part.tag)
        if name == "link" and (relation := part.get("rel", "alternate")) != "alternate":
            if relation == "license":
                parts.setdefault("license", part.get("href", ""))
            continue
        if name in parts and name not in _AUTHORS:
            continue
        value = _value(part, name)
        if value:
            parts[name] = f"{parts[name]}, {value}" if name in parts else value
    return parts


@lru_cache
def _member_name(tag: str) -> str:
    return tag.lower().removeprefix("atom:").removeprefix("rss:")


def _is_public(parts: dict[str, str]) -> bool:
    if parts.get("wp:status", _PUBLISHED) != _PUBLISHED:  # of an export of WordPress
        return False
    if parts.get("blogger:status", "LIVE") != "LIVE":
        return False
    marks = parts.keys() & _NOT_PUBLISHED.keys()
    return not any(_NOT_PUBLISHED[name] in {None, parts[name]} for name in marks)


def _comment(comment: Element, post: ItemRecord, row: int, dump: Dump) -> ItemRecord | RowFault:
    """Return a comment on a post of an export of WordPress."""
    parts = {part.tag: _value(part, part.tag) for part in comment}
    if parts.get("wp:comment_approved") != "1":
        return RowFault(row, skipped_rows.NOT_PUBLIC)
    if parts.get("wp:comment_type", "") not in {"", "comment"}:
        return RowFault(row, skipped_rows.SERVICE)
    text, number = plain_text(parts.get("wp:comment_content", "")), parts.get("wp:comment_id")
    if not text or not number:
        return RowFault(row, skipped_rows.NO_ID if text else skipped_rows.EMPTY)
    return ItemRecord(
        dump.source,
        f"{post.item}#comment-{number}",
        text,
        f"{post.url}#comment-{number}" if post.url else None,
        parse_timestamp(parts.get("wp:comment_date_gmt")),
        parts.get("wp:comment_author") or None,
        post.language,
    )


def _value(part: Element, name: str) -> str:
    if name == "author" and (author := part.findtext("name") or part.findtext("atom:name")):
        return author.strip()
    if name == "link" and (address := part.get("href")):
        return address.strip()
    return ("".join(part.itertext()) if len(part) else part.text or "").strip()
