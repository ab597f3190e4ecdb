"""Which layout a file has, by what it begins with."""

import re
from collections.abc import Set

from provenance.errors import UnsupportedFormat
from provenance.read.dumps.jsonlines import BOM, Object, parse
from provenance.read.dumps.jsonarrays import leading
from provenance.read.files import File

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
_ROOT = re.compile(rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(posts|comments)\b", re.DOTALL)
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
        If it begins like none that is known.
    """
    head = file.head(HEAD).removeprefix(BOM)
    if head.startswith(b"PAR1"):
        return TABLE
    if _ARCHIVE.match(head):
        return ARCHIVE
    if head.lstrip().startswith(b"<"):
        return _xml(head, file.name)
    for entry in _objects(head):
        for layout, all_of, one_of in _SIGNS:
            if all_of <= entry.keys() and one_of & entry.keys():
                return layout
    return TABLE


def _xml(head: bytes, name: str) -> str:
    if _ROOT.match(head):
        return STACKEXCHANGE
    raise UnsupportedFormat(
        f"{name}: this XML is not a layout we read",
        remedy="of Stack Exchange's files, give Posts.xml or Comments.xml.",
    )


def _objects(head: bytes) -> list[Object]:
    if head.lstrip().startswith(b"["):
        return leading(head, LINES)
    found = [parse(line) for line in head.split(b"\n")[:LINES]]
    return [entry for entry in found if isinstance(entry, dict)]
