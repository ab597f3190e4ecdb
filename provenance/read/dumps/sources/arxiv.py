"""Metadata of arXiv: titles and abstracts, with authors, licence and the date of version 1."""

import re
from collections.abc import Iterator

from provenance.read.corpus import skipped_rows
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import ItemRecord, RowFault
from provenance.read.dumps.parsers.json_posts import (
    JsonObject,
    names_text,
    objects_in,
    string_at,
    to_text,
)
from provenance.read.dumps.parsers.timestamps import parse_timestamp

ABSTRACT_URL = "https://arxiv.org/abs/"
COLUMNS = (
    *("id", "title", "abstract", "authors", "submitter", "license", "versions", "update_date"),
    *("categories", "authors_parsed"),
)

_PARAGRAPH_BREAK = re.compile(r"\n[ \t]*\n\s*")


def is_paper(entry: JsonObject) -> bool:
    """Return whether an object is the metadata of a paper."""
    return {"id", "title", "abstract", "categories"} <= entry.keys() and bool(
        {"authors_parsed", "versions", "submitter", "journal-ref"} & entry.keys()
    )


def read_paper(entry: JsonObject, row: int, dump: Dump) -> Iterator[ItemRecord | RowFault]:
    """Yield a paper's title and abstract."""
    parts = [_unwrap(text) for key in ("title", "abstract") if (text := string_at(entry, key))]
    native = to_text(entry.get("id"))
    if not parts or native is None:
        yield RowFault(row, skipped_rows.NO_ID if parts else skipped_rows.EMPTY)
        return
    first_version = next(iter(objects_in(entry.get("versions"))), {})
    date = first_version.get("created") or entry.get("update_date")
    yield ItemRecord(
        dump.source,
        native,
        "\n\n".join(parts),
        ABSTRACT_URL + native,
        parse_timestamp(date),
        names_text(entry.get("authors")) or to_text(entry.get("submitter")),
        licence=to_text(entry.get("license")),
    )


def _unwrap(text: str) -> str:
    """Join the lines of each paragraph, which are broken at a fixed width."""
    return "\n\n".join(" ".join(part.split()) for part in _PARAGRAPH_BREAK.split(text.strip()))
