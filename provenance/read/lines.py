"""JSON Lines, in blocks of whole lines: parsed at once where all is well, else line by line."""

import codecs
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.json as pj

from provenance.model import Int64s
from provenance.read import skips
from provenance.read.strings import is_utf8

BLOCK = 4 << 20
"""Bytes of lines taken at a time; a longer line is a block of its own."""
_SPACE = b" \t\r\n"

Record = dict[str, object]


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
            if line.strip(_SPACE):
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


def line_blocks(stream: BinaryIO, size: int = BLOCK, row: int = 0) -> Iterator[LineBlock]:
    """Cut a stream, of which the first line is `row`, into blocks of whole lines."""
    for data in _whole_lines(stream, size):
        block = _block(data, row)
        row += block.rows
        yield block


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
        table = pj.read_json(
            pa.BufferReader(block.data),
            pj.ReadOptions(use_threads=False, block_size=len(block.data) + 1),
            pj.ParseOptions(
                explicit_schema=schema,
                unexpected_field_behavior="ignore",
                newlines_in_values=False,
            ),
        )
    except pa.ArrowException:
        return None
    if table.num_rows != block.rows:
        return None
    return table.combine_chunks().to_batches()[0]


def records_of(block: LineBlock) -> Records:
    """Parse a block line by line."""
    found = Records([], [])
    for row, line in block.lines():
        record = parse(line)
        if isinstance(record, str):
            found.faults.append((row, record))
        else:
            found.records.append((row, record))
    return found


def parse(line: bytes) -> Record | str:
    """Parse one line; what is no object gives the reason."""
    try:
        value = json.loads(line.decode())
    except UnicodeDecodeError:
        return skips.NOT_UTF8
    except (ValueError, RecursionError):
        return skips.NOT_JSON
    return value if isinstance(value, dict) else skips.NOT_OBJECT


def _whole_lines(stream: BinaryIO, size: int) -> Iterator[bytes]:
    """Cut a stream behind the last line break of each `size` bytes."""
    pieces: list[bytes] = []
    chunk = stream.read(size).removeprefix(codecs.BOM_UTF8)
    while chunk:
        cut = chunk.rfind(b"\n") + 1
        if cut:
            yield b"".join((*pieces, chunk[:cut]))
            pieces = []
        pieces.append(chunk[cut:])
        chunk = stream.read(size)
    if any(pieces):
        yield b"".join(pieces)


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
    """Count the blank lines; only those that begin with a space need a look."""
    letters = np.frombuffer(data, np.uint8)
    doubtful = np.flatnonzero(letters[begins] <= 32)
    return sum(not data[begins[n] : ends[n]].strip(_SPACE) for n in doubtful)
