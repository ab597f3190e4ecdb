"""Files that are recognised and not read: what each is, and what to do instead."""

import re
from collections.abc import Callable
from typing import NamedTuple

from provenance.errors import UnsupportedFormat
from provenance.read.dumps.json_posts import JsonObject, member

TO_LINES = "convert its texts to JSON Lines with `id`, `text`, `url`, `created_at`, `author`."
UNPACK = "unpack it first, and give the folder."
NOT_ITEMS = "give the files with the items themselves; this one may stay where it is."


class Refusal(NamedTuple):
    """What a file is, and what to do instead of reading it."""

    what: str
    remedy: str

    def error(self, name: str) -> UnsupportedFormat:
        """Return the error for the file `name`."""
        return UnsupportedFormat(f"{name}: this is {self.what}", remedy=self.remedy)


_MAGICS: tuple[tuple[bytes, Refusal], ...] = (
    (b"{\\rtf", Refusal("a document in RTF", "save it as text; --layout text reads text files.")),
    (b"7z\xbc\xaf\x27\x1c", Refusal("an archive of files (7z)", "unpack it with `7z x` first.")),
    (b"Rar!", Refusal("an archive of files (RAR)", UNPACK)),
    (b"PK\x03\x04", Refusal("an archive of files (zip)", UNPACK)),
    (
        b"%PDF-",
        Refusal("a PDF document", "extract its text first; --layout text reads text files."),
    ),
    (b"SQLite format 3\0", Refusal("an SQLite database", "export its table as CSV or Parquet.")),
    (b"\x89HDF", Refusal("an HDF5 file", "export its table as Parquet or JSON Lines.")),
    (b"\x93NUMPY", Refusal("a NumPy array", "give the texts themselves, not numbers.")),
    (b"Obj\x01", Refusal("an Avro file", "convert it to Parquet.")),
    (b"ORC", Refusal("an ORC file", "convert it to Parquet.")),
    (b"# v2 git bundle", Refusal("a git bundle", "clone it, and give The Stack or a table.")),
    (b"PACK", Refusal("a pack of git objects", "give The Stack, or a table of the files.")),
    (b"\x80\x04\x95", Refusal("a Python pickle", "write its rows as JSON Lines.")),
    (b"\xd0\xcf\x11\xe0", Refusal("a document of an office program", "save it as text or CSV.")),
)

_JSON: tuple[tuple[Callable[[JsonObject], object], Refusal], ...] = (
    (
        lambda entry: str(entry.get("schema", "")).startswith("provenance/"),
        Refusal("a result of provenance", NOT_ITEMS),
    ),
    (
        lambda entry: {"format", "digest", "postings", "files"} <= entry.keys(),
        Refusal(
            "the manifest of a registry", "give it to `check --registry`; it is built already."
        ),
    ),
    (
        lambda entry: {"version", "shards"} <= entry.keys(),
        Refusal(
            "the index of an MDS dataset (MosaicML Streaming)",
            "convert it with the `streaming` library: write its samples as JSON Lines.",
        ),
    ),
    (
        lambda entry: (
            {"protocol", "metaData", "commitInfo"} & entry.keys()
            and not {"text", "body"} & entry.keys()
        ),
        Refusal("the log of a Delta table", "read it with the `deltalake` library into Parquet."),
    ),
    (
        lambda entry: {"format-version", "table-uuid"} <= entry.keys(),
        Refusal("the metadata of an Iceberg table", "read it with `pyiceberg` into Parquet."),
    ),
    (
        lambda entry: (
            {"name", "version"} <= entry.keys()
            and {"dependencies", "devDependencies", "scripts", "main"} & entry.keys()
        ),
        Refusal("the description of a package", NOT_ITEMS),
    ),
    (
        lambda entry: {"Text#", "Issued", "Bookshelves"} <= entry.keys(),
        Refusal("the catalogue of Project Gutenberg", "give the books, as text or EPUB."),
    ),
    (
        lambda entry: {"pmcid", "license_code", "is_retracted"} <= entry.keys(),
        Refusal("the metadata of an article of PubMed Central", "give its XML."),
    ),
    (
        lambda entry: entry.get("type") in {"FeatureCollection", "Feature"},
        Refusal("a file of geographic features (GeoJSON)", TO_LINES),
    ),
    (
        lambda entry: {"nbformat", "cells"} <= entry.keys(),
        Refusal("a Jupyter notebook", TO_LINES),
    ),
    (
        lambda entry: isinstance(member(entry, "features"), dict) and "splits" in entry,
        Refusal("the description of a dataset", NOT_ITEMS),
    ),
)

_XML = {
    **dict.fromkeys(
        ("votes", "users", "tags", "badges", "postlinks"),
        Refusal(
            "a file of Stack Exchange's dump that has no texts",
            "give Posts.xml, Comments.xml or PostHistory.xml.",
        ),
    ),
    "html": Refusal("a web page", "give a WARC of pages, or " + TO_LINES),
    "tei": Refusal("a document in TEI, which is not supported", TO_LINES),
    "opml": Refusal("a list of feeds", "give the feeds."),
}

_YTD = re.compile(rb"\s*window\.YTD\.(\w+)")


def refuse_by_magic(head: bytes, name: str) -> None:
    """Raise if the first bytes of the file `name` are those of a format that is not supported.

    Raises
    ------
    UnsupportedFormat
        If so.
    """
    for magic, refusal in _MAGICS:
        if head.startswith(magic):
            raise refusal.error(name)


def refuse_object(entry: JsonObject, name: str) -> None:
    """Raise if an object of the file `name` shows that the file has no items.

    Raises
    ------
    UnsupportedFormat
        If so.
    """
    for is_entry, refusal in _JSON:
        if is_entry(entry):
            raise refusal.error(name)


def xml_refusal(root: str, name: str, supported: str) -> UnsupportedFormat:
    """Return the error for XML whose root element is `root`."""
    known = _XML.get(root.lower())
    if known is not None:
        return known.error(name)
    return UnsupportedFormat(
        f"{name}: XML with <{root}> at its root is not supported",
        remedy=f"supported are {supported}. Else {TO_LINES}",
    )


def archive_part(head: bytes) -> str | None:
    """Return the name of the part of an X archive; None if it is none.

    Examples
    --------
    >>> archive_part(b"window.YTD.like.part0 = [")
    'like'
    """
    match = _YTD.match(head)
    return None if match is None else match[1].decode()


def archive_part_error(part: str, name: str) -> UnsupportedFormat:
    """Return the error for a part of an X archive without posts."""
    return UnsupportedFormat(
        f"{name}: this part of an X archive holds no posts but {part.replace('_', ' ')!r}",
        remedy="give the archive, its data folder or tweets.js.",
    )
