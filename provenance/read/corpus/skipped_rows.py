"""Reasons for which rows are skipped, their counts, and files of which too many rows are."""

import json
import re
import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import pyarrow as pa

from provenance.model.content.tables import Documents, Skipped, Unread

NULL = "null text"
EMPTY = "empty text"
NOT_UTF8 = "not valid UTF-8"
NOT_JSON = "not valid JSON"
NOT_OBJECT = "not a JSON object"
NOT_MAPPING = "neither a text nor a mapping"
MAX_NESTING = 64
"""Levels of lists and objects in a row; Arrow reads no more of its own files either."""
TOO_DEEP = f"nested more than {MAX_NESTING} levels deep"
WIDTH = "wrong number of cells"
UNCLOSED = "wrong number of cells over several lines; is a quotation mark closed?"
DELETED = "deleted or removed"
NO_ID = "no id"
NOT_A_POST = "not a post"
DELETION = "deletion notice"
REPOST = "repost; its original is an item"
REPOST_ALONE = "repost without its original"
NOT_PUBLIC = "not public"
SERVICE = "notice of the service"

REMEDIES = {
    NOT_UTF8: "convert the file to UTF-8: `iconv -f latin1 -t utf-8` does so for Latin-1.",
    NOT_JSON: "write an object on each line, without a comma behind it.",
    WIDTH: "write the table again, with quotation marks around texts.",
    UNCLOSED: "write the table again, with quotation marks around texts.",
}
"""Reasons that say that the file is written otherwise, if many rows have them, and what to do."""

_MIN_INVALID = 10
_MIN_INVALID_SHARE = 0.1
"""Rows of a file that have such reasons, and their share of all its rows, from which the file is
unread; or all of them."""

_MAX_NAMED = 5
"""Rows kept as examples of each reason."""
_MAX_NAME = 100
"""Characters shown of the name of a member."""
_JQ_NAME = re.compile("[A-Za-z_][A-Za-z0-9_]*")
"""Names that need no quotation marks in a filter of jq."""


def beside_rows(path: Sequence[str], rows: Sequence[str]) -> str:
    """Return the reason for which texts are skipped that lie beside the list of rows.

    Parameters
    ----------
    path, rows : sequence of str
        Names of the members that lead to the texts, and to the list.

    Examples
    --------
    >>> print(beside_rows(["data", "user notes"], ["data", "posts"]))
    texts in 'data.user notes' beside the rows in 'data.posts'; `jq '.data."user notes"'` makes a \
file of them
    """
    beside, listed = (".".join(name[:_MAX_NAME] for name in names) for names in (path, rows))
    selected = "".join(
        f".{name if _JQ_NAME.fullmatch(name) else json.dumps(name)}"
        for name in (each[:_MAX_NAME] for each in path)
    )
    return (
        f"texts in {beside!r} beside the rows in {listed!r}; `jq {shlex.quote(selected)}` makes a "
        "file of them"
    )


def count_skipped(file: str, reason: str, rows: Sequence[int]) -> tuple[Skipped, ...]:
    """Return the count of `rows` of `file`; empty if there are none."""
    if not len(rows):
        return ()
    return (Skipped(file, reason, len(rows), tuple(int(row) for row in rows[:_MAX_NAMED])),)


def count_by_reason(file: str, skipped: Iterable[tuple[int, str]]) -> tuple[Skipped, ...]:
    """Return the counts of rows by reason, in the order in which the reasons occur."""
    rows: dict[str, list[int]] = {}
    for row, reason in skipped:
        rows.setdefault(reason, []).append(row)
    return count_rows(file, rows)


def count_rows(file: str, rows: Mapping[str, Sequence[int]]) -> tuple[Skipped, ...]:
    """Return the counts of rows, given the rows of each reason."""
    return tuple(
        entry for reason, numbers in rows.items() for entry in count_skipped(file, reason, numbers)
    )


class InvalidRows:
    """Counts the rows of files, to tell of which too many cannot be read."""

    def __init__(self) -> None:
        self._rows: Counter[str] = Counter()
        self._invalid: dict[str, Skipped] = {}

    def add(self, documents: Documents) -> None:
        """Count the rows of a batch."""
        for entry in documents.skipped:
            self._rows[entry.file] += entry.count
            if entry.reason in REMEDIES:
                earlier = self._invalid.get(entry.file, replace(entry, count=0))
                self._invalid[entry.file] = replace(earlier, count=earlier.count + entry.count)
        table = pa.Table.from_batches([documents.batch.select(["file", "row"])])
        with_text = table.group_by("file").aggregate([("row", "count_distinct")])
        for counted in with_text.to_pylist():
            self._rows[counted["file"]] += counted["row_count_distinct"]

    def unread(self) -> tuple[Unread, ...]:
        """Return the files of which too many rows cannot be read."""
        return tuple(
            Unread(
                file,
                f"{entry.count:,} of {self._rows[file]:,} rows: {entry.reason}",
                REMEDIES[entry.reason],
                entry.rows[0] if entry.rows else None,
            )
            for file, entry in self._invalid.items()
            if _are_too_many(entry.count, self._rows[file])
        )


def _are_too_many(invalid: int, rows: int) -> bool:
    return invalid == rows or invalid >= max(_MIN_INVALID, _MIN_INVALID_SHARE * rows)
