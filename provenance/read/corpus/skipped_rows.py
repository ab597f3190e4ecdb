"""Reasons for which rows are skipped, and counts of skipped rows with a few examples."""

from collections.abc import Iterable, Mapping, Sequence

from provenance.model.content.tables import Skipped

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

_MAX_NAMED = 5
"""Rows kept as examples of each reason."""


def beside_rows(path: str, rows: str) -> str:
    """Return the reason for which texts are skipped that are in no row of the list `rows`."""
    return f"texts in {path!r} beside the rows in {rows!r}; `jq .{path}` makes a file of them"


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
