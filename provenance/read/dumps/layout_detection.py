"""Which layout a file has, by what it begins with."""

import codecs
import io
import re
from collections.abc import Set
from contextlib import suppress

from provenance.errors import CorruptFile, UnsupportedFormat
from provenance.read.corpus.file_access import File, translate_read_errors
from provenance.read.corpus.size_limits import DocumentLimit
from provenance.read.dumps.json_posts import Object
from provenance.read.formats.detection import ARROW, PARQUET, check_fetched
from provenance.read.formats.json_array import array_records, is_lines
from provenance.read.formats.json_lines import parse

HEAD = 1 << 20
LINES = 50

TABLE, ARCHIVE, API, REDDIT, STACKEXCHANGE = (
    "table",
    "x-archive",
    "x-api",
    "reddit",
    "stackexchange",
)

_ARCHIVE = re.compile(rb"\s*window\.YTD\.")
_ROOT = re.compile(rb"\s*(<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*+<(posts|comments)\b", re.DOTALL)
_PACKS = (b"PK\x03\x04", b"7z\xbc\xaf\x27\x1c", b"Rar!")
_LOOK = 1 << 12
_SIGNS: tuple[tuple[str, Set[str], Set[str]], ...] = (
    (API, {"id_str", "created_at"}, {"text", "full_text", "extended_tweet"}),
    (API, {"user", "created_at", "id"}, {"full_text", "extended_tweet", "retweet_count"}),
    (REDDIT, {"id", "body", "created_utc"}, {"link_id", "parent_id", "subreddit_id"}),
    (REDDIT, {"id", "title", "created_utc"}, {"selftext", "is_self", "subreddit_id"}),
)
"""Keys of a layout's objects: all of the first, and one of the second."""


def layout_of(file: File) -> str:
    """Tell a file's layout.

    Raises
    ------
    UnsupportedFormat
        If it begins like none that is known, or is a pointer to a file elsewhere.
    """
    head = _head(file).removeprefix(codecs.BOM_UTF8)
    check_fetched(head, file.told)
    if head.startswith((PARQUET, *ARROW)):
        return TABLE
    if _ARCHIVE.match(head):
        return ARCHIVE
    if head.lstrip().startswith(b"<"):
        return _xml(head, file.told)
    _check_text(head, file.told)
    for entry in _objects(head):
        if "orderedItems" in entry:
            # As a table it would be one row, of which the text is "OrderedCollection".
            raise UnsupportedFormat(
                f"{file.told}: an ActivityPub outbox is not a layout we read",
                remedy="convert its posts to JSON Lines with `id`, `text`, `url`, `created_at`.",
            )
        for layout, all_of, one_of in _SIGNS:
            if all_of <= entry.keys() and one_of & entry.keys():
                return layout
    return TABLE


def _head(file: File) -> bytes:
    """Read what can be read: a file that is damaged further on is refused by its reader."""
    found = b""
    with suppress(CorruptFile), file.stream() as stream, translate_read_errors(file.told):
        while len(found) < HEAD and (piece := stream.read(HEAD >> 4)):
            found += piece
    return found


def _xml(head: bytes, name: str) -> str:
    if _ROOT.match(head):
        return STACKEXCHANGE
    raise UnsupportedFormat(
        f"{name}: this XML is not a layout we read",
        remedy="of Stack Exchange's files, give Posts.xml or Comments.xml.",
    )


def _check_text(head: bytes, name: str) -> None:
    if head.startswith(_PACKS):
        raise UnsupportedFormat(f"{name}: an archive of files", remedy="unpack it first.")
    if b"\0" in head[:_LOOK]:
        raise UnsupportedFormat(
            f"{name}: neither text nor a table that we read",
            remedy="convert it to Parquet, CSV or JSON Lines; text must be UTF-8.",
        )


def _objects(head: bytes) -> list[Object]:
    if not is_lines(head):
        return _leading(head)
    found = [parse(line) for line in head.split(b"\n")[:LINES]]
    return [entry for entry in found if isinstance(entry, dict)]


def _leading(head: bytes) -> list[Object]:
    """Return the first objects of an array or a print, of which the rest is cut off here."""
    found: list[Object] = []
    with suppress(CorruptFile):
        for some in array_records(io.BytesIO(head), DocumentLimit(""), 1):
            found += [entry for _, entry in some.records]
    return found
