"""Sites of Stack Exchange: Posts.xml, Comments.xml and PostHistory.xml, and posts of the API."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from xml.parsers.expat import ExpatError, ParserCreate

from provenance.errors import UnsupportedFormat
from provenance.model.content.tables import Items
from provenance.read.corpus import skipped_rows
from provenance.read.corpus.file_access import translate_read_errors
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import ItemRecord, RowFault, batch_records
from provenance.read.dumps.parsers.html_text import plain_text
from provenance.read.dumps.parsers.json_posts import JsonObject, objects_in, string_at, to_text
from provenance.read.dumps.parsers.timestamps import parse_timestamp
from provenance.read.dumps.parsers.xml_elements import replace_forbidden_references

PLANTED = "planted by the publisher"
"""Posts that nobody wrote, in every dump since 2025."""
_PLANTED_IDS = {"1000000001", "1000000010"}
_PLANTER = "-1"

_LICENCES = (
    (1_525_219_200, "CC BY-SA 4.0"),  # 2018-05-02
    (1_302_220_800, "CC BY-SA 3.0"),  # 2011-04-08
    (0, "CC BY-SA 2.5"),
)
"""Licence of a revision by the second from which it holds; older dumps do not state it."""

_BODY_REVISIONS = {"2", "5", "8"}
"""Kinds of revisions that have a whole body: first, edited, rolled back."""
_DELETION = "12"

_HOST = re.compile(
    r"([a-z0-9-]+\.)*(stackexchange|stackoverflow|superuser|serverfault|askubuntu|stackapps)\.com"
    r"|(meta\.)?mathoverflow\.net"
)
_ADDRESS = re.compile("https?://([^/?#:@]+)")
_API_IDS = {"comment_id": "comment-", "answer_id": "", "question_id": ""}
"""Members that have the id of a post of the API, and what its id begins with."""
_API_NAMES = {
    "content_license": "ContentLicense",
    "creation_date": "CreationDate",
    "last_edit_date": "LastEditDate",
}
"""Members of a post of the API, and the attributes of the dump that say the same."""
WITHOUT_BODY = "without its body: ask the API for it (filter=withbody)"
_CHUNK_BYTES = 1 << 18
_PATHS = {"1": "q", "2": "a"}
_FILE_SUFFIX = re.compile(r"-(?:Posts|Comments|PostHistory)$")


def read_site(dump: Dump) -> Iterator[Items]:
    """Read Posts.xml, Comments.xml or PostHistory.xml."""
    return batch_records(dump.name, _read_entries(dump))


def is_api_post(entry: JsonObject) -> bool:
    """Return whether an object is a question, answer or comment of the API."""
    return {"owner", "creation_date", "link"} <= entry.keys() and any(
        name in entry for name in _API_IDS
    )


def read_api_post(entry: JsonObject, row: int, dump: Dump) -> Iterator[ItemRecord | RowFault]:
    """Yield a post of the API, and the answers and comments within it."""
    address = _ADDRESS.match(string_at(entry, "link") or "")
    yield from _api_posts(entry, address[1].lower() if address else "", row, dump)


def _api_posts(
    entry: JsonObject, site: str, row: int, dump: Dump
) -> Iterator[ItemRecord | RowFault]:
    yield _api_post(entry, site, row, dump)
    for name in ("answers", "comments"):
        for inner in objects_in(entry.get(name)):
            yield from _api_posts(inner, site, row, dump)


def _api_post(entry: JsonObject, site: str, row: int, dump: Dump) -> ItemRecord | RowFault:
    """Return a post, with the id that it has in the dump of its site."""
    kind = next((name for name in _API_IDS if name in entry), "question_id")
    native, link = to_text(entry.get(kind)), string_at(entry, "link")
    title = plain_text(string_at(entry, "title") or "") if kind == "question_id" else ""
    text = "\n\n".join(filter(None, (title, plain_text(string_at(entry, "body") or ""))))
    if "body" not in entry:
        return RowFault(row, WITHOUT_BODY)
    if not text or native is None or not site:
        return RowFault(row, skipped_rows.NO_ID if text else skipped_rows.EMPTY)
    values = {
        attribute: value
        for name, attribute in _API_NAMES.items()
        if (value := to_text(entry.get(name)))
    }
    return ItemRecord(
        dump.source,
        f"{site}/{_API_IDS[kind]}{native}",
        text,
        link or (f"https://{site}/a/{native}" if kind == "answer_id" else None),
        parse_timestamp(entry.get("creation_date")),
        string_at(entry, "owner", "display_name"),
        licence=_licence(values, "LastEditDate"),
    )


def read_rows(dump: Dump) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield the attributes of every row, with the name of the root element.

    Raises
    ------
    CorruptFile
        If the XML is damaged or cut short.
    DocumentTooLarge
        At a row that is larger than the limit.
    UnsupportedFormat
        If it declares entities, which can expand without bound.
    """
    reader = _Rows(dump.display_path)
    count = unparsed_bytes = attributes = 0
    with translate_read_errors(
        dump.display_path,
        lambda: f"after {count:,} rows",
        damage=(ExpatError, LookupError, ValueError),
    ):
        for piece in replace_forbidden_references(dump.pieces(_CHUNK_BYTES)):
            for row in reader.read(piece):
                yield row
                count, unparsed_bytes, attributes = count + 1, 0, 0
            unparsed_bytes, attributes = unparsed_bytes + len(piece), attributes + piece.count(b"=")
            if dump.file.limit.is_exceeded(unparsed_bytes, attributes):
                raise dump.file.limit.error_for_row(count)
        reader.end()


class _Rows:
    """Collects the attributes of the children of the root, without building a tree."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._root = ""
        self._depth = 0
        self._pending_rows: list[tuple[str, Mapping[str, str]]] = []
        self._parser = ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._close
        self._parser.EntityDeclHandler = self._refuse

    def read(self, data: bytes) -> list[tuple[str, Mapping[str, str]]]:
        """Read on; return the rows that begin there, each with the name of the root."""
        self._parser.Parse(data, False)
        rows, self._pending_rows = self._pending_rows, []
        return rows

    def end(self) -> None:
        """Check that the document is complete."""
        self._parser.Parse(b"", True)

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if self._depth == 0:
            self._root = name
        elif self._depth == 1:
            self._pending_rows.append((self._root, attributes))
        self._depth += 1

    def _close(self, _: str) -> None:
        self._depth -= 1

    def _refuse(self, *_: object) -> None:
        raise UnsupportedFormat(
            f"{self._file}: the XML declares entities", remedy="give the dump as published."
        )


class _Site(NamedTuple):
    """A site of the network; it has no address if its name is not that of a host."""

    source: str
    name: str
    host: str | None


def _read_entries(dump: Dump) -> Iterator[ItemRecord | RowFault]:
    name = _FILE_SUFFIX.sub("", dump.folder)
    site = _Site(dump.source, name, name if _HOST.fullmatch(name) else None)
    for row, (root, values) in enumerate(read_rows(dump)):
        if root not in _READERS:
            raise UnsupportedFormat(
                f"{dump.display_path}: <{root}> has no posts",
                remedy="give Posts.xml, Comments.xml or PostHistory.xml.",
            )
        yield _READERS[root](values, row, site)


def _read_post(values: Mapping[str, str], row: int, site: _Site) -> ItemRecord | RowFault:
    parts = (values.get("Title", ""), plain_text(values.get("Body", "")))
    text = "\n\n".join(part.strip() for part in parts if part.strip())
    native = values.get("Id")
    if not text or native is None:
        return RowFault(row, skipped_rows.NO_ID if text else skipped_rows.EMPTY)
    if native in _PLANTED_IDS and values.get("OwnerUserId") == _PLANTER:
        return RowFault(row, PLANTED)
    path = _PATHS.get(values.get("PostTypeId", ""))
    return ItemRecord(
        site.source,
        f"{site.name}/{native}",
        text,
        f"https://{site.host}/{path}/{native}" if site.host and path else None,
        parse_timestamp(values.get("CreationDate")),
        values.get("OwnerDisplayName") or values.get("OwnerUserId"),
        licence=_licence(values, "LastEditDate"),
    )


def _read_comment(values: Mapping[str, str], row: int, site: _Site) -> ItemRecord | RowFault:
    text, native, post = values.get("Text", ""), values.get("Id"), values.get("PostId")
    if not text.strip() or native is None:
        return RowFault(row, skipped_rows.NO_ID if text.strip() else skipped_rows.EMPTY)
    return ItemRecord(
        site.source,
        f"{site.name}/comment-{native}",
        text,
        f"https://{site.host}/q/{post}#comment{native}_{post}" if site.host and post else None,
        parse_timestamp(values.get("CreationDate")),
        values.get("UserDisplayName") or values.get("UserId"),
        licence=_licence(values),
    )


def _read_revision(values: Mapping[str, str], row: int, site: _Site) -> ItemRecord | RowFault:
    kind, native, post = (values.get(k) for k in ("PostHistoryTypeId", "Id", "PostId"))
    if kind == _DELETION:
        return RowFault(row, skipped_rows.DELETION)
    if kind not in _BODY_REVISIONS:
        return RowFault(row, skipped_rows.NOT_A_POST)
    text = values.get("Text", "")
    if not text.strip() or native is None:
        return RowFault(row, skipped_rows.NO_ID if text.strip() else skipped_rows.EMPTY)
    return ItemRecord(
        site.source,
        f"{site.name}/revision-{native}",
        text,
        f"https://{site.host}/posts/{post}/revisions" if site.host and post else None,
        parse_timestamp(values.get("CreationDate")),
        values.get("UserDisplayName") or values.get("UserId"),
        licence=_licence(values),
    )


def _licence(values: Mapping[str, str], edited: str = "CreationDate") -> str | None:
    """Return the licence that the dump states, else that of the date of the latest revision."""
    if (stated := values.get("ContentLicense")) is not None:
        return stated
    second = parse_timestamp(values.get(edited) or values.get("CreationDate"))
    if second is None:
        return None
    return next((licence for first, licence in _LICENCES if second >= first), None)


_READERS = {"posts": _read_post, "comments": _read_comment, "posthistory": _read_revision}
"""By the root element of the files with texts."""
