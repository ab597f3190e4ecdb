"""The Arrow schemas of tables passed between packages, and batches with what could not be read."""

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa

CAME_WITH = pa.list_(pa.struct([("kind", pa.string()), ("value", pa.large_string())]))
"""Signals of a page: "robots.txt", "header:x-robots-tag", "tag:robots", each with its text."""

LABELS = pa.list_(pa.struct([("column", pa.string()), ("value", pa.large_string())]))
"""Values of columns that say to which collection a row belongs, each with the column's name."""

DOCUMENTS = pa.schema(
    [
        pa.field("document", pa.string(), nullable=False),  # the `id` column, else "file#row"
        pa.field("file", pa.string(), nullable=False),  # relative to the CORPUS given
        pa.field("row", pa.int64(), nullable=False),  # 0-based, within the file
        pa.field("field", pa.string(), nullable=False),  # "text", "messages[3].content"
        pa.field("text", pa.large_string(), nullable=False),
        pa.field("url", pa.string()),
        pa.field("licence", pa.string()),
        pa.field("fetched", pa.string()),  # when the page was fetched, as the row states it
        pa.field("dated", pa.string()),  # its date, on which it was fetched or published
        pa.field("came_with", CAME_WITH),
        # Values of the columns that collections of a policy name, and of `collected`.
        pa.field("labels", LABELS),
    ]
)
"""One row for each text; the texts of a row of the corpus are consecutive."""

ITEMS = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("item", pa.string(), nullable=False),  # the source's own id
        pa.field("text", pa.large_string(), nullable=False),
        pa.field("url", pa.string()),
        pa.field("created_at", pa.timestamp("s", "UTC")),
        pa.field("author", pa.string()),
        pa.field("language", pa.string()),
        pa.field("licence", pa.string()),
        pa.field("link", pa.string()),  # the page whose title the item's first line is
    ]
)
"""One row for each item of a dump."""

DELETIONS = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("item", pa.string(), nullable=False),
        pa.field("date", pa.date32()),  # null where the dump does not say when
        pa.field("reason", pa.string(), nullable=False),  # in the words of the dump
    ]
)
"""One row for each item that a dump says was deleted."""

FINDINGS = pa.schema(
    [
        pa.field("document", pa.string(), nullable=False),
        pa.field("file", pa.string(), nullable=False),
        pa.field("row", pa.int64(), nullable=False),
        pa.field("field", pa.string(), nullable=False),
        pa.field("start", pa.int64(), nullable=False),  # Unicode code points of the field's text
        pa.field("end", pa.int64(), nullable=False),
        pa.field("byte_start", pa.int64(), nullable=False),
        pa.field("byte_end", pa.int64(), nullable=False),
        # Code points since the finding before, which this one continues: both are of one passage of
        # an item, and the words between are not. Null where a passage begins.
        pa.field("gap", pa.int64()),
        pa.field("source", pa.string(), nullable=False),
        pa.field("item", pa.string()),  # null where the evidence names only a source
        pa.field("url", pa.string()),  # the item's address
        pa.field("created_at", pa.timestamp("s", "UTC")),
        # content, resemblance, link, licence, signal
        pa.field("evidence", pa.string(), nullable=False),
        pa.field("verdict", pa.string(), nullable=False),
        pa.field("basis", pa.string()),
        pa.field("terms", pa.string()),  # id of the terms that decided
        pa.field("collection", pa.string()),  # of the policy; null where [check] applies
        pa.field("declared", pa.string()),  # the licence, or the line of a signal, verbatim
        pa.field("row_licence", pa.string()),  # that the row, or the dataset's card, declares
        pa.field("withheld", pa.string()),  # why the document is withdrawn or opted out
        pa.field("marked", pa.bool_()),  # whether its owner planted the item
        pa.field("waiver", pa.string()),  # the waiver that excuses it
        pa.field("state", pa.string()),  # new or unchanged, compared with a baseline; else null
        pa.field("tokens", pa.int64(), nullable=False),  # matched
        pa.field("item_tokens", pa.int64()),  # of the whole item
        # The passage in the item's text, in code points; null where the registry has no text.
        pa.field("item_start", pa.int64()),
        pa.field("item_end", pa.int64()),
        pa.field("bits", pa.float64(), nullable=False),  # information of the matched words
        # Bits: chance once in 2**strength tokens.
        pa.field("strength", pa.float64(), nullable=False),
        pa.field("expected", pa.float64(), nullable=False),  # chance matches of this strength
        pa.field("contested", pa.bool_(), nullable=False),  # not counted for the source
        # Whose words they are: item, quotation, undecided; null where the evidence is no content.
        pa.field("origin", pa.string()),
        pa.field("origin_reasons", pa.list_(pa.string())),
        pa.field("own_probability", pa.float64()),  # that they are the item's author's own
        pa.field("quoted_work", pa.string()),  # title of the work that a background has them from
        pa.field("quoted_url", pa.string()),  # its address, or that of the linked page
        # Other items in the same place: `share` of the matched words that each has, from half on.
        pa.field(
            "alternatives",
            pa.list_(
                pa.struct(
                    [
                        ("source", pa.string()),
                        ("item", pa.string()),
                        ("share", pa.float64()),
                        ("same_words", pa.bool_()),  # whether the items have the same text
                    ]
                )
            ),
            nullable=False,
        ),
        pa.field("copies", pa.int64()),  # documents of the corpus that have words of the item
        pa.field("occurrences", pa.int64()),  # passages of the item
        pa.field("excerpt", pa.string()),  # the document's text from `excerpt_start` on
        pa.field("excerpt_start", pa.int64()),
        pa.field("item_excerpt", pa.string()),
        # Matched words as half-open spans: of `excerpt`, and of `item_excerpt`, in code points.
        pa.field("marks", pa.list_(pa.list_(pa.int32(), 2))),
        pa.field("item_marks", pa.list_(pa.list_(pa.int32(), 2))),
    ]
)
"""One row for each exclusive span: the spans of a field never overlap."""


MATCHES = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),  # of the batch, 0-based
        *(
            FINDINGS.field(name)
            for name in (
                *("start", "end", "source", "item", "url", "created_at", "tokens", "item_tokens"),
                *("strength", "verdict", "basis", "terms", "contested", "origin"),
            )
        ),
    ]
)
"""One row for each match in a batch of texts; columns as in `FINDINGS`."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Rows of a file that were skipped for one reason.

    Parameters
    ----------
    file : str
        As in `DOCUMENTS`.
    reason : str
        In plain words: "null text", "not valid UTF-8", "not valid JSON".
    count : int
        Number of rows; 0 if a column of all rows is meant.
    rows : tuple of int
        The first few of them, 0-based.
    """

    file: str
    reason: str
    count: int
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class IgnoredFiles:
    """Files in the folders of a corpus that were ignored, because they are not data.

    Parameters
    ----------
    count : int
        Number of files, without hidden files and metadata of datasets.
    files : tuple of str
        The first few of them, relative to the address given.
    """

    count: int
    files: tuple[str, ...]


def merge_skipped(skipped: Iterable[Skipped]) -> tuple[Skipped, ...]:
    """Merge skipped rows into one entry per file and reason."""
    sums: dict[tuple[str, str], Skipped] = {}
    for entry in skipped:
        merged = sums.get((entry.file, entry.reason), Skipped(entry.file, entry.reason, 0))
        rows = (merged.rows + entry.rows)[:_ROWS_KEPT]
        sums[entry.file, entry.reason] = Skipped(
            entry.file, entry.reason, merged.count + entry.count, rows
        )
    return tuple(sums[key] for key in sorted(sums))


_ROWS_KEPT = 5


@dataclass(frozen=True, slots=True)
class Unread:
    """A file or folder that could not be read to its end.

    Parameters
    ----------
    file : str
        As in `DOCUMENTS`; a folder ends in "/".
    reason : str
        Such as "permission denied".
    remedy : str
        What to do about it.
    row : int or None
        First row that was not read; None if nothing was read.
    offset : int or None
        Its byte offset in the stored file, if known.
    """

    file: str
    reason: str
    remedy: str
    row: int | None = None
    offset: int | None = None


def merge_unread(unread: Iterable[Unread]) -> tuple[Unread, ...]:
    """Return one entry for each file, the one that was read least, in order of the files."""

    def rank(entry: Unread) -> tuple[str, bool, int, bool, int, str]:
        position = entry.row or 0, entry.offset is None, entry.offset or 0
        return (entry.file, entry.row is None, *position, entry.reason)

    firsts: dict[str, Unread] = {}
    for entry in sorted(unread, key=rank):
        firsts.setdefault(entry.file, entry)
    return tuple(firsts.values())


@dataclass(frozen=True, slots=True)
class Documents:
    """A batch of texts, with what could not be read.

    Parameters
    ----------
    batch : pyarrow.RecordBatch
        Of schema `DOCUMENTS`.
    skipped : tuple of Skipped
        Rows that were skipped.
    unread : tuple of Unread
        Files that could not be read to their end; no later batch has rows of them.
    """

    batch: pa.RecordBatch
    skipped: tuple[Skipped, ...] = ()
    unread: tuple[Unread, ...] = ()


@dataclass(frozen=True, slots=True)
class Items:
    """A batch of items, with what could not be read.

    Parameters
    ----------
    batch : pyarrow.RecordBatch
        Of schema `ITEMS`.
    skipped : tuple of Skipped
        Records that were skipped.
    unread : tuple of Unread
        Files that could not be read to their end.
    deletions : pyarrow.RecordBatch or None
        Of schema `DELETIONS`: the deletion records among those skipped, whose items may be in any
        batch, or in none. None if there are none.
    licence_origins : tuple of (str, int)
        Of files of repositories: where licences are stated, and of how many items; "" where none
        is known.
    dated_by_id : int
        Number of items whose date is that of their id, as the dump states none.
    """

    batch: pa.RecordBatch
    skipped: tuple[Skipped, ...] = ()
    unread: tuple[Unread, ...] = ()
    deletions: pa.RecordBatch | None = None
    licence_origins: tuple[tuple[str, int], ...] = ()
    dated_by_id: int = 0
