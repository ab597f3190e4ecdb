"""Papers: PubMed, articles of PubMed Central (JATS), works of OpenAlex and Crossref."""

import re
from collections.abc import Iterator
from functools import lru_cache
from xml.etree.ElementTree import Element, SubElement

from provenance.model.content.tables import Items
from provenance.read.corpus import skipped_rows
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import (
    DeletionRecord,
    Entry,
    ItemRecord,
    RowFault,
    batch_records,
)
from provenance.read.dumps.parsers.html_text import plain_text
from provenance.read.dumps.parsers.json_posts import (
    JsonObject,
    member,
    objects_in,
    string_at,
    to_text,
)
from provenance.read.dumps.parsers.timestamps import parse_timestamp
from provenance.read.dumps.parsers.xml_elements import elements_at, read_elements, text_at

_CITATIONS = frozenset({"PubmedArticle", "DeleteCitation"})
_ARTICLE_PARTS = frozenset({"front", "body"})
_PUBMED_URL = "https://pubmed.ncbi.nlm.nih.gov/"
_PMC_URL = "https://pmc.ncbi.nlm.nih.gov/articles/PMC"
_NOT_RETRACTED = "metadata of an article, without its text"
_MEDLINE_DATE = re.compile(r"(\d{4})(?: (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec))?")
"""Of a span, such as "1998 Dec-1999 Jan": its beginning."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def read_pubmed(dump: Dump) -> Iterator[Items]:
    """Read titles and abstracts, and which citations were deleted."""
    return batch_records(dump.name, _citations(dump))


def _citations(dump: Dump) -> Iterator[Entry]:
    row = 0
    for _, element in read_elements(dump, _CITATIONS):
        if element.tag == "DeleteCitation":
            for deleted in element.iter("PMID"):
                native = (deleted.text or "").strip()
                yield (
                    DeletionRecord(row, dump.source, native, "deleted")
                    if native
                    else RowFault(row, skipped_rows.DELETION)
                )
                row += 1
            continue
        yield _citation(element, row, dump)
        row += 1


def _citation(element: Element, row: int, dump: Dump) -> ItemRecord | RowFault:
    native = text_at(element, "MedlineCitation", "PMID")
    articles = elements_at(element, "MedlineCitation", "Article")
    if native is None or not articles:
        return RowFault(row, skipped_rows.NO_ID)
    article = articles[0]
    abstract = elements_at(article, "Abstract", "AbstractText")
    text = _joined([*article.findall("ArticleTitle")[:1], *abstract])
    if not text:
        return RowFault(row, skipped_rows.EMPTY)
    authors = (
        " ".join(filter(None, (author.findtext("ForeName"), author.findtext("LastName"))))
        for author in elements_at(article, "AuthorList", "Author")
    )
    return ItemRecord(
        dump.source,
        native,
        text,
        f"{_PUBMED_URL}{native}/",
        _publication_date(elements_at(article, "Journal", "JournalIssue", "PubDate")),
        ", ".join(filter(None, authors)) or None,
        article.findtext("Language"),
    )


def _publication_date(elements: list[Element]) -> int | None:
    """Return the day of an issue, or the first day of its month, year or season."""
    element = elements[0] if elements else None
    span = None if element is None else element.findtext("MedlineDate")
    match = None if span is None else _MEDLINE_DATE.match(span)
    if match is not None:
        element = Element("PubDate")
        SubElement(element, "Year").text = match[1]
        SubElement(element, "Month").text = match[2]
    return _date(element, "Year", "Month", "Day")


def is_metadata(entry: JsonObject) -> bool:
    """Return whether an object is what PubMed Central says of an article beside its XML."""
    return {"pmcid", "license_code", "is_retracted"} <= entry.keys()


def read_metadata(entry: JsonObject, row: int, dump: Dump) -> Iterator[Entry]:
    """Yield that an article was retracted, if it was."""
    native = to_text(entry.get("pmcid"))
    if entry.get("is_retracted") is not True:
        yield RowFault(row, _NOT_RETRACTED)
    elif native is None:
        yield RowFault(row, skipped_rows.DELETION)
    else:
        yield DeletionRecord(row, dump.source, f"PMC{native.removeprefix('PMC')}", "retracted")


def is_work(entry: JsonObject) -> bool:
    """Return whether an object is a work of OpenAlex, which has its abstract by words."""
    return {"id", "abstract_inverted_index"} <= entry.keys()


def read_work(entry: JsonObject, row: int, dump: Dump) -> Iterator[Entry]:
    """Yield title and abstract of a work of OpenAlex, or that it was retracted."""
    native = to_text(entry.get("id"))
    if native is None:
        yield RowFault(row, skipped_rows.NO_ID)
        return
    if entry.get("is_retracted") is True:
        yield DeletionRecord(row, dump.source, native, "retracted")
        return
    title = string_at(entry, "title") or string_at(entry, "display_name")
    text = "\n\n".join(filter(None, (title, _in_order(entry.get("abstract_inverted_index")))))
    if not text:
        yield RowFault(row, skipped_rows.EMPTY)
        return
    authors = objects_in(entry.get("authorships"))
    names = (string_at(author, "author", "display_name") for author in authors)
    yield ItemRecord(
        dump.source,
        native,
        text,
        string_at(entry, "primary_location", "landing_page_url")
        or string_at(entry, "doi")
        or native,
        parse_timestamp(string_at(entry, "publication_date")),
        ", ".join(filter(None, names)) or None,
        string_at(entry, "language"),
        string_at(entry, "primary_location", "license"),
    )


def _in_order(index: object) -> str:
    """Return the text of an index of words and their places."""
    places = index.items() if isinstance(index, dict) else ()
    words = [
        (place, word)
        for word, found in places
        if isinstance(found, list)
        for place in found
        if isinstance(place, int)
    ]
    return " ".join([word for _, word in sorted(words)])


def is_crossref(entry: JsonObject) -> bool:
    """Return whether an object is the metadata of a work in Crossref."""
    return {"DOI", "publisher", "title"} <= entry.keys() and isinstance(entry["title"], list)


def read_crossref(entry: JsonObject, row: int, dump: Dump) -> Iterator[ItemRecord | RowFault]:
    """Yield title and abstract of a work in Crossref."""
    native = to_text(entry.get("DOI"))
    abstract = string_at(entry, "abstract")
    title = plain_text(": ".join(filter(None, map(to_text, _list(entry, "title")))))
    if abstract is None:
        text = title
    else:
        abstract = plain_text(abstract).removeprefix("Abstract").strip()
        text = "\n\n".join(filter(None, (title, abstract)))
    if not text or native is None:
        yield RowFault(row, skipped_rows.NO_ID if text else skipped_rows.EMPTY)
        return
    authors = (
        " ".join(filter(None, (string_at(part, "given"), string_at(part, "family"))))
        or string_at(part, "name")
        for part in objects_in(entry.get("author"))
    )
    licences = {string_at(part, "URL") for part in objects_in(entry.get("license"))} - {None}
    yield ItemRecord(
        dump.source,
        native,
        text,
        string_at(entry, "URL"),
        _date_of_parts(entry),
        ", ".join(filter(None, authors)) or None,
        string_at(entry, "language"),
        licences.pop() if len(licences) == 1 else None,
    )


def _date_of_parts(entry: JsonObject) -> int | None:
    """Return the day of publication, or the first day of its month or year."""
    for name in ("published", "issued"):
        [parts, *_] = _list(entry, name, "date-parts") or [None]
        if isinstance(parts, list) and parts and all(isinstance(part, int) for part in parts):
            return _second_of_day(*[*parts, 1, 1][:3])
    return None


@lru_cache(1 << 14)
def _second_of_day(year: int, month: int, day: int) -> int | None:
    return parse_timestamp(f"{year:04}-{month:02}-{day:02}")


def _list(entry: JsonObject, *path: str) -> list[object]:
    value = member(entry, *path)
    return value if isinstance(value, list) else []


def read_articles(dump: Dump) -> Iterator[Items]:
    """Read articles in JATS: title, abstract and the paragraphs of the body."""
    return batch_records(dump.name, _articles(dump))


def _articles(dump: Dump) -> Iterator[ItemRecord | RowFault]:
    front: Element | None = None
    row = 0
    for _, element in read_elements(dump, _ARTICLE_PARTS):
        if front is not None:
            is_its_body = element.tag == "body"
            yield _article(front, element if is_its_body else None, row, dump)
            front, row = None, row + 1
        if element.tag == "front":
            front = element
    if front is not None:
        yield _article(front, None, row, dump)


def _article(front: Element, body: Element | None, row: int, dump: Dump) -> ItemRecord | RowFault:
    meta = front.find("article-meta")
    if meta is None:
        return RowFault(row, skipped_rows.NO_ID)
    ids = {part.get("pub-id-type"): "".join(part.itertext()) for part in meta.iter("article-id")}
    native = (ids.get("pmc") or ids.get("pmcid") or "").removeprefix("PMC")
    paragraphs = [
        *elements_at(meta, "title-group", "article-title")[:1],
        *(part for abstract in meta.findall("abstract") for part in abstract.iter("p")),
        *(() if body is None else _paragraphs(body)),
    ]
    text = _joined(paragraphs)
    if not text or not (native or ids.get("doi")):
        return RowFault(row, skipped_rows.NO_ID if text else skipped_rows.EMPTY)
    names = (
        " ".join(filter(None, (name.findtext("given-names"), name.findtext("surname"))))
        for name in elements_at(meta, "contrib-group", "contrib", "name")
    )
    return ItemRecord(
        dump.source,
        f"PMC{native}" if native else ids["doi"],
        text,
        f"{_PMC_URL}{native}/" if native else None,
        _date(meta.find("pub-date"), "year", "month", "day"),
        ", ".join(filter(None, names)) or None,
        licence=_licence(meta),
    )


def _paragraphs(element: Element) -> Iterator[Element]:
    """Yield the paragraphs of an element that are not within another one."""
    remaining = [element]
    while remaining:
        part = remaining.pop()
        if part.tag == "p":
            yield part
        else:
            remaining += reversed(part)


def _licence(meta: Element) -> str | None:
    for element in elements_at(meta, "permissions", "license"):
        for part in element.iter():
            text = part.text if part.tag.endswith("license_ref") else None
            address = part.get("xlink:href") or text or ""
            if "licenses" in address:
                return address.strip()
    return None


def _joined(paragraphs: list[Element]) -> str:
    texts = (" ".join("".join(part.itertext()).split()) for part in paragraphs)
    return "\n\n".join(text for text in texts if text)


def _date(element: Element | None, *names: str) -> int | None:
    if element is None:
        return None
    year, month, day = (element.findtext(name) or "1" for name in names)
    number = _MONTHS.index(month[:3]) + 1 if month[:3] in _MONTHS else month
    return parse_timestamp(f"{year}-{number:0>2}-{day:0>2}")
