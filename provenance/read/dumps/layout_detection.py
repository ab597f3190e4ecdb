"""Detection of the layout of a dump file by its first bytes."""

import codecs
import io
import re
from collections.abc import Set
from contextlib import suppress

from provenance.errors import CorruptFile, UnsupportedFormat
from provenance.read.corpus.file_access import File, translate_read_errors
from provenance.read.corpus.size_limits import DocumentLimit
from provenance.read.dumps.json_posts import JsonObject
from provenance.read.formats.detection import ARROW_MAGICS, PARQUET_MAGIC, check_not_pointer
from provenance.read.formats.json_array import array_records, starts_as_jsonl
from provenance.read.formats.jsonl_blocks import parse_line

HEAD_BYTES = 1 << 20
HEAD_LINES = 50

TABLE, ARCHIVE, API, REDDIT, STACKEXCHANGE = (
    "table",
    "x-archive",
    "x-api",
    "reddit",
    "stackexchange",
)

_ARCHIVE = re.compile(rb"\s*window\.YTD\.")
_ROOT = re.compile(rb"\s*(<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*+<(posts|comments)\b", re.DOTALL)
_ARCHIVE_MAGICS = (b"PK\x03\x04", b"7z\xbc\xaf\x27\x1c", b"Rar!")
_NUL_CHECK_BYTES = 1 << 12
_OBJECT_KEYS: tuple[tuple[str, Set[str], Set[str]], ...] = (
    (API, {"id_str", "created_at"}, {"text", "full_text", "extended_tweet"}),
    (API, {"user", "created_at", "id"}, {"full_text", "extended_tweet", "retweet_count"}),
    (REDDIT, {"id", "body", "created_utc"}, {"link_id", "parent_id", "subreddit_id"}),
    (REDDIT, {"id", "title", "created_utc"}, {"selftext", "is_self", "subreddit_id"}),
)
"""Keys of the objects of a layout: all of the first set, and any of the second."""


def detect_layout(file: File) -> str:
    """Return the layout of a file.

    Raises
    ------
    UnsupportedFormat
        If its layout is not known, or it is a Git LFS pointer.
    """
    head = _head(file).removeprefix(codecs.BOM_UTF8)
    check_not_pointer(head, file.display_path)
    if head.startswith((PARQUET_MAGIC, *ARROW_MAGICS)):
        return TABLE
    if _ARCHIVE.match(head):
        return ARCHIVE
    if head.lstrip().startswith(b"<"):
        return _xml_layout(head, file.display_path)
    _check_text(head, file.display_path)
    for entry in _first_objects(head):
        if "orderedItems" in entry:
            # As a table it would be a single row with the text "OrderedCollection".
            raise UnsupportedFormat(
                f"{file.display_path}: ActivityPub outboxes are not supported",
                remedy="convert its posts to JSON Lines with `id`, `text`, `url`, `created_at`.",
            )
        for layout, all_of, one_of in _OBJECT_KEYS:
            if all_of <= entry.keys() and one_of & entry.keys():
                return layout
    return TABLE


def _head(file: File) -> bytes:
    """Return what can be read of the head; damage is reported by the reader later."""
    head = b""
    with suppress(CorruptFile), file.stream() as stream, translate_read_errors(file.display_path):
        while len(head) < HEAD_BYTES and (piece := stream.read(HEAD_BYTES >> 4)):
            head += piece
    return head


def _xml_layout(head: bytes, name: str) -> str:
    if _ROOT.match(head):
        return STACKEXCHANGE
    raise UnsupportedFormat(
        f"{name}: this kind of XML is not supported",
        remedy="of Stack Exchange's files, give Posts.xml or Comments.xml.",
    )


def _check_text(head: bytes, name: str) -> None:
    if head.startswith(_ARCHIVE_MAGICS):
        raise UnsupportedFormat(f"{name}: this is an archive of files", remedy="unpack it first.")
    if b"\0" in head[:_NUL_CHECK_BYTES]:
        raise UnsupportedFormat(
            f"{name}: the file is neither text nor a supported table",
            remedy="convert it to Parquet, CSV or JSON Lines; text must be UTF-8.",
        )


def _first_objects(head: bytes) -> list[JsonObject]:
    if not starts_as_jsonl(head):
        return _first_array_objects(head)
    values = [parse_line(line) for line in head.split(b"\n")[:HEAD_LINES]]
    return [entry for entry in values if isinstance(entry, dict)]


def _first_array_objects(head: bytes) -> list[JsonObject]:
    """Return the first objects of an array or pretty-printed file that is cut off here."""
    objects: list[JsonObject] = []
    with suppress(CorruptFile):
        for batch in array_records(io.BytesIO(head), DocumentLimit(""), 1):
            objects += [entry for _, entry in batch.records]
    return objects
