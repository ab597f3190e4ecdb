"""JSON Lines, in blocks of whole lines: parsed at once where all is well, else line by line."""

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.json as pj

from provenance.model import Int64s
from provenance.read.columns.string_arrays import is_utf8
from provenance.read.corpus import skipped_rows as skips
from provenance.read.corpus.file_access import corrupt_file_error
from provenance.read.corpus.size_limits import VALUE_BYTES, DocumentLimit
from provenance.read.formats.json_objects import Record, decode, record_of

_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
BLOCK = 4 << 20
"""Bytes of lines taken at a time; a longer line is a block of its own."""
_SPACE = b" \t\r\n"
_LONGEST = 16
"""Characters of the longest thing in JSON that is not a string."""


@dataclass(frozen=True, slots=True)
class LineBlock:
    """Some whole lines of a file.

    Parameters
    ----------
    data : bytes
        The lines.
    first : int
        Row of the first. Blank lines are no rows.
    rows : int
        How many rows there are.
    regular : bool
        Whether every line begins with `{` and ends with `}`, as machines write them.
    """

    data: bytes
    first: int
    rows: int
    regular: bool

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Give each line that is not blank, with its row."""
        row = self.first
        for line in self.data.split(b"\n"):
            if line and line.strip(_SPACE):
                yield row, line
                row += 1


@dataclass(frozen=True, slots=True)
class Records:
    """Objects parsed one by one.

    Parameters
    ----------
    records : list of (int, dict)
        Each with its row.
    faults : list of (int, str)
        Rows that are no object, each with the reason.
    """

    records: list[tuple[int, Record]]
    faults: list[tuple[int, str]]

    def add(self, row: int, found: Record | str) -> None:
        """Add a row, or the reason why it is none."""
        if isinstance(found, str):
            self.faults.append((row, found))
        else:
            self.records.append((row, found))


def line_blocks(
    stream: BinaryIO, limit: DocumentLimit, size: int = BLOCK, row: int = 0
) -> Iterator[LineBlock]:
    """Cut a stream, of which the first line is `row`, into blocks of whole lines.

    Raises
    ------
    DocumentTooLarge
        At a line that is larger than the limit, when those before it have been given.
    CorruptFile
        At the end, if it is in the middle of an object; that line is not given.
    """
    pieces: list[bytes] = []
    held = 0
    chunk = stream.read(size).removeprefix(codecs.BOM_UTF8)
    while chunk:
        if cut := chunk.rfind(b"\n") + 1:
            for block in _within(limit, b"".join((*pieces, chunk[:cut])), row):
                row += block.rows
                yield block
            pieces, held = [], 0
        pieces.append(chunk[cut:])
        held += len(chunk) - cut
        if held > limit.size:
            raise limit.exceeded(row)
        chunk = stream.read(size)
    if held:
        last = b"".join(pieces)
        blocks = list(_within(limit, last, row))
        if _is_cut(last):
            raise corrupt_file_error(
                limit.file, f"after {row:,} rows", "it ends in the middle of a line"
            )
        yield from blocks


def table_of(block: LineBlock, schema: pa.Schema) -> pa.RecordBatch | None:
    """Parse a block at once.

    Parameters
    ----------
    block : LineBlock
        The lines.
    schema : pyarrow.Schema
        Members wanted, with the types they must have.

    Returns
    -------
    pyarrow.RecordBatch or None
        One row a line; None where any line is not as it should be.
    """
    # Between `}` and `{` a line break cannot be inside an object: with as many objects as lines,
    # there is one on each.
    if not block.regular or not is_utf8(block.data):
        return None
    try:
        # Not `read_json`: it takes a millisecond at least.
        reader = pj.open_json(
            pa.BufferReader(block.data),
            pj.ReadOptions(use_threads=False, block_size=len(block.data) + 1),
            pj.ParseOptions(
                explicit_schema=schema,
                unexpected_field_behavior="ignore",
                newlines_in_values=False,
            ),
        )
        batch: pa.RecordBatch = reader.read_next_batch()
    except (pa.ArrowException, StopIteration):
        return None
    return batch if len(batch) == block.rows else None


def records_of(block: LineBlock) -> Records:
    """Parse a block line by line."""
    found = Records([], [])
    for row, line in block.lines():
        found.add(row, parse(line))
    return found


def parse(line: bytes) -> Record | str:
    """Parse one line; what is no object gives the reason."""
    try:
        value = decode(line.decode())
    except UnicodeDecodeError:
        return skips.NOT_UTF8
    except RecursionError:
        return skips.TOO_DEEP
    except ValueError:
        return skips.NOT_JSON
    return record_of(value)


def _is_cut(line: bytes) -> bool:
    """Whether a line that no line break ends is the beginning of an object."""
    text = line.strip(_SPACE).decode(errors="replace")  # a letter may be cut, too
    if not text.startswith("{"):
        return False
    try:
        decode(text)
    except json.JSONDecodeError as error:
        left = len(text) - error.pos
        is_begun = left < _LONGEST and not text.endswith("}")  # a number, a word, an escape
        return not left or is_begun or error.msg.startswith("Unterminated")
    except RecursionError:
        pass
    return False


def _within(limit: DocumentLimit, data: bytes, row: int) -> Iterator[LineBlock]:
    """Make a block of lines; of lines before one that is too large, and then refuse that."""
    # A value takes two bytes at least, so that few blocks are long enough to be counted.
    if len(data) * VALUE_BYTES > 2 * limit.size and limit.is_exceeded(len(data), _marks(data)):
        at = 0
        for line in data.split(b"\n"):
            if limit.is_exceeded(len(line), _marks(line)) and _is_larger(limit, line):
                if at:
                    block = _block(data[:at], row)
                    yield block
                    row += block.rows
                raise limit.exceeded(row)
            at += len(line) + 1
    yield _block(data, row)


def _marks(data: bytes) -> int:
    """Count what stands before values of JSON, be it in a string or not."""
    return sum(map(data.count, (b",", b"[", b"{")))


def _is_larger(limit: DocumentLimit, line: bytes) -> bool:
    return limit.is_exceeded(len(line), _marks(_STRING.sub(b"", line)))


def _block(data: bytes, first: int) -> LineBlock:
    letters = np.frombuffer(data, np.uint8)
    breaks = np.flatnonzero(letters == 10)
    ends = breaks if letters[-1] == 10 else np.append(breaks, len(letters))
    begins = np.append(0, ends[:-1] + 1)
    # A carriage return before the line break belongs to the break.
    lasts = ends - 1
    lasts = lasts - ((lasts > begins) & (letters[lasts] == 13))
    regular = bool(
        (lasts > begins).all()
        and (letters[begins] == ord("{")).all()
        and (letters[lasts] == ord("}")).all()
    )
    blank = 0 if regular else _blank(data, begins, ends)
    return LineBlock(data, first, len(ends) - blank, regular)


def _blank(data: bytes, begins: Int64s, ends: Int64s) -> int:
    """Count the blank lines; of those that are not empty, only what begins with a space may be."""
    letters = np.frombuffer(data, np.uint8)
    doubtful = np.flatnonzero((letters[begins] <= 32) & (begins < ends))
    blank = sum(not data[begins[n] : ends[n]].strip(_SPACE) for n in doubtful)
    return int((begins == ends).sum()) + blank
