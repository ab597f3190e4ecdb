"""JSON Lines in blocks of whole lines: parsed by Arrow if a block is regular, else line by line."""

import codecs
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import compress
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.json as pj

from provenance.model.content.fingerprints import Flags, Int64s
from provenance.read.columns.string_arrays import is_utf8
from provenance.read.corpus import skipped_rows
from provenance.read.corpus.file_access import corrupt_file_error
from provenance.read.corpus.size_limits import VALUE_BYTES, DocumentLimit
from provenance.read.formats.json_objects import (
    PARSE_ERRORS,
    Record,
    are_shallow,
    decode,
    has_surrogates,
    is_shallow,
    parse,
    to_record,
)

_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
BLOCK_BYTES = 4 << 20
"""Bytes of lines in a block; a longer line is a block of its own."""
_CACHED_BYTES = 1 << 18
"""Bytes that fit into the processor's cache."""
_WHITE_SPACE = b" \t\r\n"
_SHORT_LINE = 16
"""Mean size of lines, in bytes, below which empty ones are removed before lines are counted."""
_MAX_SCALAR_CHARS = 16
"""Length of the longest JSON token that is not a string."""


@dataclass(frozen=True, slots=True)
class LineBlock:
    """Some whole lines of a file.

    Parameters
    ----------
    data : bytes
        The lines.
    first : int
        Row of the first line. Blank lines are not rows.
    rows : int
        Number of rows.
    regular : bool
        Whether every line begins with `{` and ends with `}`, as machines write them.
    value : object
        Value of its only line, if that was parsed to see whether the file is cut short.
    selected : ndarray of int64, or None
        Row of each line, if some lines between them were removed.
    """

    data: bytes
    first: int
    rows: int
    regular: bool
    value: object = None
    selected: Int64s | None = None

    def numbers(self) -> Int64s:
        """Return the row of each line that is not blank."""
        if self.selected is not None:
            return self.selected
        return np.arange(self.first, self.first + self.rows, dtype=np.int64)

    def select(self, lines: Sequence[bytes], is_selected: Flags) -> "LineBlock":
        """Return the block with some of its `lines()` only."""
        data = b"".join(line + b"\n" for line in compress(lines, is_selected))
        rows = self.numbers()[is_selected]
        is_regular = bool(len(rows)) and _measure_lines(data)[0]
        return LineBlock(data, self.first, len(rows), is_regular, selected=rows)

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield each line that is not blank, with its row."""
        data = self.data if self.regular else _without_blank_runs(self.data)
        lines = data.split(b"\n")
        if not self.regular:
            lines = [line for line in lines if line and line.strip(_WHITE_SPACE)]
        elif not lines[-1]:
            lines.pop()
        if self.selected is None:
            return enumerate(lines, self.first)
        return zip(self.selected.tolist(), lines, strict=True)


@dataclass(frozen=True, slots=True)
class Records:
    """Objects that were parsed one by one.

    Parameters
    ----------
    records : list of (int, dict)
        Each with its row.
    faults : list of (int, str)
        Rows that are not objects, each with the reason.
    """

    records: list[tuple[int, Record]]
    faults: list[tuple[int, str]]

    def add(self, row: int, record_or_reason: Record | str) -> None:
        """Add a row, or the reason why it is not an object."""
        if isinstance(record_or_reason, str):
            self.faults.append((row, record_or_reason))
        else:
            self.records.append((row, record_or_reason))


JsonBlock = LineBlock | Records
"""Some rows of a file: lines, or objects that could not be cut into lines."""


def line_blocks(
    stream: BinaryIO, limit: DocumentLimit, size: int = BLOCK_BYTES, row: int = 0
) -> Iterator[LineBlock]:
    """Cut a stream whose first line is `row` into blocks of whole lines.

    Raises
    ------
    DocumentTooLarge
        At a line that is larger than the limit, after the lines before it were yielded.
    CorruptFile
        At the end, if the last line is cut short; that line is not yielded.
    """
    pieces: list[bytes] = []
    held_bytes = 0
    chunk = stream.read(size).removeprefix(codecs.BOM_UTF8)
    while chunk:
        if end := chunk.rfind(b"\n") + 1:
            for block in limited_blocks(limit, b"".join((*pieces, chunk[:end])), row):
                row += block.rows
                yield block
            pieces, held_bytes = [], 0
        pieces.append(chunk[end:])
        held_bytes += len(chunk) - end
        if held_bytes > limit.size:
            raise limit.error_for_row(row)
        chunk = stream.read(size)
    if held_bytes:
        last = b"".join(pieces)
        blocks = list(limited_blocks(limit, last, row))
        value, is_cut_short = _parse_last(last)
        if is_cut_short:
            raise corrupt_file_error(
                limit.file, f"after {row:,} rows", "it ends in the middle of a line"
            )
        yield from (replace(block, value=value) for block in blocks)


def parse_block(block: JsonBlock, schema: pa.Schema) -> pa.RecordBatch | None:
    """Parse a block with Arrow.

    Parameters
    ----------
    block : LineBlock or Records
        The rows.
    schema : pyarrow.Schema
        Wanted members, with the types that they must have.

    Returns
    -------
    pyarrow.RecordBatch or None
        One row per line; None if any line does not fit the schema, or the rows are not lines.
    """
    # A line break between `}` and `{` cannot be inside an object: if there are as many objects as
    # lines, there is one object on each line.
    if isinstance(block, Records) or not block.regular or not is_utf8(block.data):
        return None
    batch = parse_json(block.data, schema)
    return batch if batch is not None and len(batch) == block.rows else None


def parse_json(
    data: bytes, schema: pa.Schema, *, newlines_in_values: bool = False
) -> pa.RecordBatch | None:
    """Parse consecutive objects with Arrow, without members that are not in a schema.

    Returns
    -------
    pyarrow.RecordBatch or None
        None if the data is not valid JSON, or does not fit the schema.
    """
    try:
        # `read_json` would take at least a millisecond.
        reader = pj.open_json(
            pa.BufferReader(data),
            pj.ReadOptions(use_threads=False, block_size=len(data) + 1),
            pj.ParseOptions(
                explicit_schema=schema,
                unexpected_field_behavior="ignore",
                newlines_in_values=newlines_in_values,
            ),
        )
        return reader.read_next_batch()
    except (pa.ArrowException, StopIteration):
        return None


def parse_rows(block: JsonBlock) -> Records:
    """Parse a block line by line."""
    if isinstance(block, Records):
        return block
    records = Records([], [])
    for row, record_or_reason in parse_lines(block):
        records.add(row, record_or_reason)
    return records


def parse_lines(block: LineBlock) -> Iterator[tuple[int, Record | str]]:
    """Yield each row of a block, or the reason why it is not an object."""
    is_all_shallow = block.rows > 1 and are_shallow(block.data, _line_ends(block.data))
    faults: dict[bytes, str] = {}
    for row, line in block.lines():
        try:
            value = parse(line) if block.value is None else block.value
        except PARSE_ERRORS:
            record_or_reason = faults.get(line) or parse_line(line)
            if isinstance(record_or_reason, str):
                faults[line] = record_or_reason
            yield row, record_or_reason
            continue
        if isinstance(value, dict) and (is_all_shallow or is_shallow(line)):
            yield row, value
        else:
            yield row, to_record(value, has_clean_keys=True)


def _line_ends(data: bytes) -> Int64s:
    return np.append(np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n")), len(data))


def parse_line(line: bytes) -> Record | str:
    """Parse one line; return the reason if it is not an object."""
    try:
        text = line.decode()
        value = decode(text)
    except UnicodeDecodeError:
        return skipped_rows.NOT_UTF8
    except RecursionError:
        return skipped_rows.TOO_DEEP
    except ValueError:
        return skipped_rows.NOT_JSON
    return to_record(value, has_clean_keys=not has_surrogates(text))


def _parse_last(line: bytes) -> tuple[object, bool]:
    """Return the value of a last line without line break, and whether it is cut short.

    The value is None if only the parsers of the standard library read it.
    """
    with suppress(*PARSE_ERRORS):
        return parse(line), False
    text = line.strip(_WHITE_SPACE).decode(errors="replace")  # a character may be cut, too
    if not text.startswith("{"):
        return None, False
    try:
        decode(text)
    except json.JSONDecodeError as error:
        remaining = len(text) - error.pos
        is_cut_token = remaining < _MAX_SCALAR_CHARS and not text.endswith(
            "}"
        )  # a number, a word, an escape
        return None, not remaining or is_cut_token or error.msg.startswith("Unterminated")
    except RecursionError:
        pass
    return None, False


def limited_blocks(limit: DocumentLimit, data: bytes, row: int) -> Iterator[LineBlock]:
    """Yield lines as a block; if one is too large, the lines before it, and raise.

    Raises
    ------
    DocumentTooLarge
        At a line that is larger than the limit.
    """
    # A value takes at least two bytes: most blocks are too short for too many values.
    if len(data) * VALUE_BYTES > 2 * limit.size and limit.is_exceeded(
        len(data), _count_marks(data)
    ):
        at = 0
        for line in data.split(b"\n"):
            if limit.is_exceeded(len(line), _count_marks(line)) and _exceeds_limit(limit, line):
                if at:
                    block = _make_block(data[:at], row)
                    yield block
                    row += block.rows
                raise limit.error_for_row(row)
            at += len(line) + 1
    yield _make_block(data, row)


def _count_marks(data: bytes) -> int:
    """Count the characters that precede JSON values, including those within strings."""
    codes = np.frombuffer(data, np.uint8)
    pieces = (codes[at : at + _CACHED_BYTES] for at in range(0, len(codes), _CACHED_BYTES))
    return sum(int(np.count_nonzero(piece == mark)) for piece in pieces for mark in b",[{")


def _exceeds_limit(limit: DocumentLimit, line: bytes) -> bool:
    return limit.is_exceeded(len(line), _count_marks(_STRING.sub(b"", line)))


def _make_block(data: bytes, first: int) -> LineBlock:
    lines = _without_blank_runs(data)
    regular, rows = _measure_lines(lines)
    return LineBlock(data, first, rows, regular and lines is data)


def _without_blank_runs(data: bytes) -> bytes:
    """Return lines without empty ones, if most may be empty.

    160 KB may expand to 5 GB of line breaks, which would take minutes one by one.
    """
    if data.count(b"\n") * _SHORT_LINE <= len(data):
        return data
    if not data.translate(None, _WHITE_SPACE):  # `strip` takes ten times as long
        return b"\n"
    codes = np.frombuffer(data, np.uint8)
    is_kept = codes != ord("\n")
    is_kept[1:] |= is_kept[:-1].copy()
    return data if is_kept.all() else bytes(codes[is_kept])


def _measure_lines(data: bytes) -> tuple[bool, int]:
    """Return whether every line begins and ends as an object does, and the number of rows."""
    codes = np.frombuffer(data, np.uint8)
    if data.find(b"\n", 0, -1) < 0:  # one line, perhaps of many megabytes
        ends = np.array([len(data) - data.endswith(b"\n")])
    else:
        breaks = np.flatnonzero(codes == 10)
        ends = breaks if codes[-1] == 10 else np.append(breaks, len(codes))
    begins = np.append(0, ends[:-1] + 1)
    # A carriage return before the line break is part of it.
    lasts = ends - 1
    lasts = lasts - ((lasts > begins) & (codes[lasts] == 13))
    regular = bool(
        (lasts > begins).all()
        and (codes[begins] == ord("{")).all()
        and (codes[lasts] == ord("}")).all()
    )
    blank = 0 if regular else _count_blank(data, begins, ends)
    return regular, len(ends) - blank


def _count_blank(data: bytes, begins: Int64s, ends: Int64s) -> int:
    """Count the blank lines; a blank line is empty or begins with white space."""
    codes = np.frombuffer(data, np.uint8)
    doubtful = np.flatnonzero((codes[begins] <= 32) & (begins < ends))
    blank = sum(not data[begins[n] : ends[n]].strip(_WHITE_SPACE) for n in doubtful)
    return int((begins == ends).sum()) + blank
