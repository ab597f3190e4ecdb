"""Lines without text that a file repeats, such as `{}`: each is parsed once, and all count."""

from collections.abc import Collection

import numpy as np

from provenance.model.content.tables import Skipped
from provenance.read.columns.column_choice import ColumnChoice
from provenance.read.corpus.skipped_rows import count_rows
from provenance.read.formats.json_records import reason_to_skip
from provenance.read.formats.jsonl_blocks import LineBlock, parse_line

_MEAN_BYTES = 256
"""Mean size of lines above which the time for each of them matters little."""
_MIN_REPETITIONS = 4
"""Mean number of times that a line must occur: with fewer, reading one by one is as fast."""
_MIN_LINES = 1000


def without_textless_lines(
    file: str, block: LineBlock, columns: ColumnChoice, sample_members: Collection[str] | None
) -> tuple[LineBlock, tuple[Skipped, ...]]:
    """Remove the lines without text from a block that consists of few different lines.

    Parameters
    ----------
    file : str
        As in `DOCUMENTS`.
    block : LineBlock
        The lines.
    columns, sample_members : ColumnChoice, collection of str or None
        As for `record_documents`.

    Returns
    -------
    LineBlock, tuple of Skipped
        The block without them, and their counts. A block of many different lines is returned as it
        is.
    """
    if block.rows < _MIN_LINES or len(block.data) > _MEAN_BYTES * block.rows:
        return block, ()
    lines = [line for _, line in block.lines()]
    places = {line: place for place, line in enumerate(dict.fromkeys(lines))}
    if len(places) * _MIN_REPETITIONS > len(lines):
        return block, ()
    reasons = [_reason_to_skip(line, columns, sample_members) for line in places]
    if not any(reasons):
        return block, ()
    line_places = np.fromiter(map(places.__getitem__, lines), np.int64, len(lines))
    numbers = block.numbers()
    rows = {
        reason: numbers[np.array([other == reason for other in reasons])[line_places]].tolist()
        for reason in dict.fromkeys(filter(None, reasons))
    }
    is_kept = np.array([reason is None for reason in reasons])[line_places]
    return block.select(lines, is_kept), count_rows(file, rows)


def _reason_to_skip(
    line: bytes, columns: ColumnChoice, sample_members: Collection[str] | None
) -> str | None:
    record_or_reason = parse_line(line)
    if isinstance(record_or_reason, str):
        return record_or_reason
    return reason_to_skip(record_or_reason, columns, sample_members)
