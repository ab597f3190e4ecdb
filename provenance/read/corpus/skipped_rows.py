"""What could not be read is counted, and the first few rows of it are kept."""

from collections.abc import Iterable, Sequence

from provenance.model import Skipped

NULL = "null text"
EMPTY = "empty text"
NOT_UTF8 = "not valid UTF-8"
NOT_JSON = "not valid JSON"
NOT_OBJECT = "not a JSON object"
DEEPEST = 64
"""Levels of lists and objects in a row; Arrow reads no more of its own files either."""
TOO_DEEP = f"nested more than {DEEPEST} levels deep"
WIDTH = "wrong number of cells"
UNCLOSED = "wrong number of cells over several lines; is a quotation mark closed?"
DELETED = "deleted or removed"
NO_ID = "no id"
NOT_A_POST = "not a post"

_FIRST = 5
"""Rows kept of each reason: enough to look at, few enough to print."""


def skipped(file: str, reason: str, rows: Sequence[int]) -> tuple[Skipped, ...]:
    """Count `rows` of `file`; nothing where there are none."""
    if not len(rows):
        return ()
    return (Skipped(file, reason, len(rows), tuple(int(row) for row in rows[:_FIRST])),)


def by_reason(file: str, found: Iterable[tuple[int, str]]) -> tuple[Skipped, ...]:
    """Count rows, each with its reason; reasons in the order in which they were met."""
    rows: dict[str, list[int]] = {}
    for row, reason in found:
        rows.setdefault(reason, []).append(row)
    return tuple(one for reason, place in rows.items() for one in skipped(file, reason, place))
