"""The quarterly Stack Exchange dump: Posts.xml and Comments.xml of a site."""

import re
from collections.abc import Iterator, Mapping
from xml.parsers.expat import ExpatError, ParserCreate

from provenance.errors import UnsupportedFormat
from provenance.model import Items
from provenance.read.corpus import skipped_rows
from provenance.read.corpus.file_access import translate_read_errors
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.html_text import plain_text
from provenance.read.dumps.item_batches import ItemRecord, RowFault, batch_records
from provenance.read.dumps.timestamps import parse_timestamp

ROOT_ELEMENTS = ("posts", "comments")
"""Root elements of the files with texts."""

_HOST = re.compile(
    r"([a-z0-9-]+\.)*(stackexchange|stackoverflow|superuser|serverfault|askubuntu|stackapps)\.com"
    r"|(meta\.)?mathoverflow\.net"
)
_FORBIDDEN = re.compile(
    rb"&#(?:x0*(?:[0-8bcef]|1[0-9a-f]|d[89a-f][0-9a-f]{2}|fff[ef])"
    rb"|0*(?:[0-8]|1[124-9]|2\d|3[01]));",
    re.IGNORECASE,
)
_MAX_REFERENCE_BYTES = 12
_CHUNK_BYTES = 1 << 18
_PATHS = {"1": "q", "2": "a"}


def read_posts_or_comments(dump: Dump) -> Iterator[Items]:
    """Read Posts.xml or Comments.xml."""
    return batch_records(dump.name, _read_entries(dump, dump.folder))


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


def replace_forbidden_references(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Replace references to characters that XML forbids with U+FFFD: they would end the parsing."""
    remainder = b""
    for piece in pieces:
        data = remainder + piece
        # A reference may continue in the next chunk.
        start = data.rfind(b"&", max(0, len(data) - _MAX_REFERENCE_BYTES))
        end = start if start >= 0 and b";" not in data[start:] else len(data)
        yield _FORBIDDEN.sub(b"&#xFFFD;", data[:end])
        remainder = data[end:]
    yield remainder


def _read_entries(dump: Dump, site: str) -> Iterator[ItemRecord | RowFault]:
    host = site if _HOST.fullmatch(site) else None
    for row, (root, values) in enumerate(read_rows(dump)):
        if root not in ROOT_ELEMENTS:
            raise UnsupportedFormat(
                f"{dump.display_path}: <{root}> has no posts",
                remedy="give Posts.xml or Comments.xml.",
            )
        read_row = _read_post if root == "posts" else _read_comment
        yield read_row(values, row, dump, host)


def _read_post(
    values: Mapping[str, str], row: int, dump: Dump, host: str | None
) -> ItemRecord | RowFault:
    parts = (values.get("Title", ""), plain_text(values.get("Body", "")))
    text = "\n\n".join(part.strip() for part in parts if part.strip())
    native = values.get("Id")
    if not text or native is None:
        return RowFault(row, skipped_rows.NO_ID if text else skipped_rows.EMPTY)
    path = _PATHS.get(values.get("PostTypeId", ""))
    return ItemRecord(
        dump.source,
        f"{dump.folder}/{native}",
        text,
        f"https://{host}/{path}/{native}" if host and path else None,
        parse_timestamp(values.get("CreationDate")),
        values.get("OwnerDisplayName") or values.get("OwnerUserId"),
        licence=values.get("ContentLicense"),
    )


def _read_comment(
    values: Mapping[str, str], row: int, dump: Dump, host: str | None
) -> ItemRecord | RowFault:
    text, native, post = values.get("Text", ""), values.get("Id"), values.get("PostId")
    if not text.strip() or native is None:
        return RowFault(row, skipped_rows.NO_ID if text.strip() else skipped_rows.EMPTY)
    return ItemRecord(
        dump.source,
        f"{dump.folder}/comment-{native}",
        text,
        f"https://{host}/q/{post}#comment{native}_{post}" if host and post else None,
        parse_timestamp(values.get("CreationDate")),
        values.get("UserDisplayName") or values.get("UserId"),
        licence=values.get("ContentLicense"),
    )
