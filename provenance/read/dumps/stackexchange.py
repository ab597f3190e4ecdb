"""Stack Exchange's quarterly dump: Posts.xml and Comments.xml of a site."""

import re
from collections.abc import Iterator, Mapping
from typing import cast
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

from provenance.errors import UnsupportedFormat
from provenance.model import Items
from provenance.read import skips
from provenance.read.dumps.batches import Fault, Record, batched
from provenance.read.dumps.dump import Dump
from provenance.read.dumps.markup import plain_text
from provenance.read.dumps.moments import moment
from provenance.read.files import reading

KINDS = ("posts", "comments")
"""Root elements of the files that hold text of their own."""

_HOST = re.compile(
    r"([a-z0-9-]+\.)*(stackexchange|stackoverflow|superuser|serverfault|askubuntu|stackapps)\.com"
    r"|(meta\.)?mathoverflow\.net"
)
_FORBIDDEN = re.compile(
    rb"&#(?:x0*(?:[0-8bcef]|1[0-9a-f]|d[89a-f][0-9a-f]{2}|fff[ef])"
    rb"|0*(?:[0-8]|1[124-9]|2\d|3[01]));",
    re.IGNORECASE,
)
_LONGEST = 12
_PIECE = 1 << 18
_PATHS = {"1": "q", "2": "a"}


def read_posts_or_comments(dump: Dump) -> Iterator[Items]:
    """Read Posts.xml or Comments.xml."""
    return batched(dump.name, _entries(dump, dump.folder))


def rows(dump: Dump) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Read every row's attributes, with the name of the root.

    Raises
    ------
    CorruptFile
        If the XML is damaged or cut short.

    Notes
    -----
    Each element is forgotten when it has been read. Expat (2.4.1 and later) itself stops entities
    that grow without bound, and no external ones are fetched.
    """
    parser: XMLPullParser[Element] = XMLPullParser(("start", "end"))
    opened: list[Element] = []
    count = 0
    with reading(dump.told, lambda: f"after {count:,} rows", damage=(ParseError,)):
        for piece in _and_end(sound(dump.pieces(_PIECE))):
            parser.close() if piece is None else parser.feed(piece)
            for row in _closed(parser, opened):
                yield opened[0].tag, row.attrib
                count += 1


def sound(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Put U+FFFD for references to characters that XML forbids: one would end the reading."""
    rest = b""
    for piece in pieces:
        held = rest + piece
        # A reference may go on in the next piece.
        begun = held.rfind(b"&", max(0, len(held) - _LONGEST))
        cut = begun if begun >= 0 and b";" not in held[begun:] else len(held)
        yield _FORBIDDEN.sub(b"&#xFFFD;", held[:cut])
        rest = held[cut:]
    yield rest


def _and_end(pieces: Iterator[bytes]) -> Iterator[bytes | None]:
    yield from pieces
    yield None


def _closed(parser: "XMLPullParser[Element]", opened: list[Element]) -> Iterator[Element]:
    """Take the rows that are complete, and clear them from the root, which `opened` begins with."""
    events = cast("Iterator[tuple[str, Element]]", parser.read_events())
    for event, element in events:
        if event == "start":
            opened.append(element)
            continue
        opened.pop()
        if len(opened) == 1:
            yield element
            opened[0].clear()


def _entries(dump: Dump, site: str) -> Iterator[Record | Fault]:
    host = site if _HOST.fullmatch(site) else None
    for row, (root, values) in enumerate(rows(dump)):
        if root not in KINDS:
            raise UnsupportedFormat(
                f"{dump.told}: <{root}> holds no posts", remedy="give Posts.xml or Comments.xml."
            )
        read = _post if root == "posts" else _comment
        yield read(values, row, dump, host)


def _post(values: Mapping[str, str], row: int, dump: Dump, host: str | None) -> Record | Fault:
    parts = (values.get("Title", ""), plain_text(values.get("Body", "")))
    text = "\n\n".join(part.strip() for part in parts if part.strip())
    native = values.get("Id")
    if not text or native is None:
        return Fault(row, skips.NO_ID if text else skips.EMPTY)
    path = _PATHS.get(values.get("PostTypeId", ""))
    return Record(
        dump.source,
        f"{dump.folder}/{native}",
        text,
        f"https://{host}/{path}/{native}" if host and path else None,
        moment(values.get("CreationDate")),
        values.get("OwnerDisplayName") or values.get("OwnerUserId"),
        licence=values.get("ContentLicense"),
    )


def _comment(values: Mapping[str, str], row: int, dump: Dump, host: str | None) -> Record | Fault:
    text, native, post = values.get("Text", ""), values.get("Id"), values.get("PostId")
    if not text.strip() or native is None:
        return Fault(row, skips.NO_ID if text.strip() else skips.EMPTY)
    return Record(
        dump.source,
        f"{dump.folder}/comment-{native}",
        text,
        f"https://{host}/q/{post}#comment{native}_{post}" if host and post else None,
        moment(values.get("CreationDate")),
        values.get("UserDisplayName") or values.get("UserId"),
        licence=values.get("ContentLicense"),
    )
