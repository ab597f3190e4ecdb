"""CSV and TSV files: dialect detection, and parsing by Arrow or, if irregular, by `csv`."""

import codecs
import csv
import io
import re
import sys
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from threading import Lock, RLock
from typing import BinaryIO, Literal, cast

import numpy as np
import pyarrow as pa
import pyarrow.csv as pv

from provenance.errors import DocumentTooLarge, UnsupportedFormat
from provenance.model.content.fingerprints import Int64s
from provenance.read.columns.table_parts import RowBlock, TableFile, TablePiece
from provenance.read.corpus import skipped_rows
from provenance.read.corpus.file_access import File, corrupt_file_error, next_block
from provenance.read.corpus.size_limits import DocumentLimit
from provenance.read.formats.detection import check_text, format_by_name

_QUOTING: dict[bool, Literal[0, 3]] = {True: csv.QUOTE_MINIMAL, False: csv.QUOTE_NONE}
"""The library's constants, by whether cells may be quoted."""

_DELIMITERS = ",;\t|^\x01"
"""By likelihood; the last one is that of Hive."""
_DIALECT_ROWS = 100
_MIN_ROWS, _MIN_ALIKE = 5, 0.8
"""Number of rows, and share of those of one width, that say that the first row is no header."""
_MAX_NAME_CHARS = 64
_NUMBER = re.compile(r"[-+\d.,:/ ]*\d[-+\d.,:/ ]*([eE][-+]?\d+)?")
"""Numbers, dates, times: these are not column names."""


_ESCAPED_QUOTE = '\\"'
_ESCAPED_IN_CELL = re.compile(r'\\"(?![",;|\t\r\n]|\Z)')
"""One that neither ends a cell nor is doubled, as it had to be without the backslash."""
_BLANK_LINES = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Dialect:
    """The dialect of a CSV file.

    Parameters
    ----------
    delimiter : str
        Separates the cells of a row.
    quoted : bool
        Whether `"` quotes cells; in many TSV files it is an ordinary character.
    names : tuple of str
        Distinct names of the columns.
    header : bool
        Whether the first row has the names.
    blank_lines : int
        Number of empty lines before the first row.
    escaped : bool
        Whether a backslash stands before quotation marks within cells, as Spark and MySQL write.
    """

    delimiter: str
    quoted: bool
    names: tuple[str, ...]
    header: bool
    blank_lines: int = 0
    escaped: bool = False


class _CellLimit:
    """Lifts the cell size limit of `csv`, which is global to the process, while any file is read.

    It would refuse long documents; `DocumentLimit` bounds them instead.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._readers = 0
        self._before = 0

    @contextmanager
    def lifted(self) -> Iterator[None]:
        """Lift the limit; the last reader restores it, unless other code has changed it."""
        with self._lock:
            if not self._readers:
                self._before = csv.field_size_limit(sys.maxsize)
            self._readers += 1
        try:
            yield
        finally:
            with self._lock:
                self._readers -= 1
                if not self._readers and csv.field_size_limit() == sys.maxsize:
                    csv.field_size_limit(self._before)


_CELL_LIMIT = _CellLimit()


@contextmanager
def open_parser(
    lines: Iterable[str], delimiter: str, *, quoted: bool, escaped: bool = False
) -> Iterator[Iterator[list[str]]]:
    """Open the library's parser, without its limit on cells."""
    escape = "\\" if escaped else None
    with _CELL_LIMIT.lifted():
        yield csv.reader(lines, delimiter=delimiter, quoting=_QUOTING[quoted], escapechar=escape)


def detect_dialect(head: bytes, path: str, *, is_whole: bool) -> Dialect:
    """Detect the dialect of a file.

    Parameters
    ----------
    head : bytes
        Beginning of the file.
    path : str
        Its suffix decides between equally likely delimiters.
    is_whole : bool
        Whether `head` is the whole file, so that its last row is complete.
    """
    text = head.decode("utf-8-sig", "replace")
    is_tsv = re.search(r"\.(tsv|tab)(\.\w+)?$", path.lower()) is not None
    delimiters = sorted(_DELIMITERS, key="\t".__ne__) if is_tsv else _DELIMITERS
    rows_by_marks = {
        (delimiter, escaped): _first_rows(
            text, delimiter, quoted=True, escaped=escaped, is_whole=is_whole
        )
        for escaped in (False, True)[: 2 if _ESCAPED_QUOTE in text else 1]
        for delimiter in delimiters
    }
    is_escaped = _ESCAPED_IN_CELL.search(text) is not None
    delimiter, escaped = max(
        rows_by_marks,
        key=lambda marks: (_score_rows(rows_by_marks[marks]), marks[1] and is_escaped),
    )
    rows, quoted = rows_by_marks[delimiter, escaped], True
    if delimiter == "\t":
        unquoted_rows = _first_rows(text, delimiter, quoted=False, is_whole=is_whole)
        quoted = _is_quoted(unquoted_rows, rows)
        rows = rows if quoted else unquoted_rows
    first = rows[0] if rows else []
    header = _is_header(first)
    names = _unique_names(first if header else [""] * len(first))
    blank_lines = len(_BLANK_LINES.findall(_blank_head(text)))
    return Dialect(delimiter, quoted, names, header, blank_lines, escaped and quoted)


def _check_header(head: bytes, dialect: Dialect, file: File) -> None:
    """Raise if the first row of a file called CSV has not the names of its columns.

    Raises
    ------
    UnsupportedFormat
        If most other rows have another number of cells, or names are in single quotation marks.
    """
    if format_by_name(file.path) not in {("csv", file.compression), ("csv", None)}:
        return
    names = dialect.names
    if len(names) > 1 and all(len(name) > 1 and name[0] == name[-1] == "'" for name in names):
        raise UnsupportedFormat(
            f"{file.display_path}: its cells are in single quotation marks",
            remedy="write the table again, with double ones.",
        )
    text = head.decode("utf-8-sig", "replace")
    for delimiter in (dialect.delimiter, *_DELIMITERS):
        rows = _first_rows(
            text, delimiter, quoted=dialect.quoted, is_whole=False, escaped=dialect.escaped
        )
        widths = Counter(map(len, rows))
        width, count = max(widths.items(), key=lambda entry: entry[::-1], default=(0, 0))
        if len(rows) < _MIN_ROWS or count < _MIN_ALIKE * len(rows):
            continue
        places = [place for place, row in enumerate(rows) if len(row) == width]
        if width == len(rows[0]):
            places = _places_of_names(rows) if delimiter == dialect.delimiter else []
        if not places:
            return
        place = places[0]
        remedy = "write it again with a name for each column, and quotation marks around texts."
        if _is_header(rows[place]):
            remedy = "remove the lines before the names of its columns"
            remedy += f": `tail -n +{_first_line(text, delimiter, place)}` does so."
        count = len(rows[0]) if width != len(rows[0]) else 1
        cells = f"{count} cell{'s' * (count != 1)}"
        raise UnsupportedFormat(
            f"{file.display_path}: its first row has {cells}, and most others have {width}",
            remedy=remedy,
        )


def _places_of_names(rows: Sequence[Sequence[str]]) -> list[int]:
    """Return the first full row below one with a single cell that is filled; else none."""
    filled = [sum(map(bool, row)) for row in rows[:_MIN_ROWS]]
    if len(rows[0]) < 3 or filled[0] != 1:
        return []
    return [place for place, count in enumerate(filled) if count == len(rows[0])][:1]


def _first_line(text: str, delimiter: str, place: int) -> int:
    """Return the number of the line at which a row that is not empty begins, from 1."""
    with open_parser(io.StringIO(text, newline=""), delimiter, quoted=True) as cells:
        last, found = 0, -1
        for row in cells:
            found += bool(row)
            if found == place:
                break
            last = cells.line_num  # type: ignore[attr-defined]
    return last + 1


def _blank_head(text: str) -> str:
    """Return the empty lines at the beginning."""
    return text[: len(text) - len(text.lstrip("\r\n"))]


def _first_rows(
    text: str, delimiter: str, *, quoted: bool, is_whole: bool, escaped: bool = False
) -> list[list[str]]:
    """Parse the first rows, except one that may be cut."""
    lines = io.StringIO(text, newline="")
    with open_parser(lines, delimiter, quoted=quoted, escaped=escaped) as cells:
        rows = [row for row in islice(cells, _DIALECT_ROWS) if row]
    return rows if is_whole or len(rows) < 2 else rows[:-1]


def _score_rows(rows: Sequence[Sequence[str]]) -> tuple[float, int]:
    """Return the share of rows as wide as the first, and the width; compare as tuples."""
    width = len(rows[0]) if rows else 0
    alike = sum(len(row) == width for row in rows) / max(1, len(rows))
    return (alike, width) if width > 1 else (0.0, width)


def _is_quoted(
    unquoted_rows: Sequence[Sequence[str]], quoted_rows: Sequence[Sequence[str]]
) -> bool:
    """Return whether `"` quotes cells of a TSV file, given its rows parsed both ways."""
    if unquoted_rows and all(map(_is_enclosed, unquoted_rows[0])):
        return True
    if _score_rows(unquoted_rows) != _score_rows(quoted_rows):
        return _score_rows(quoted_rows) > _score_rows(unquoted_rows)
    # If quotes never change the number of cells, they have to enclose whole cells.
    return all(_is_enclosed(cell) for row in unquoted_rows for cell in row if cell.startswith('"'))


def _is_enclosed(cell: str) -> bool:
    return len(cell) > 1 and cell.startswith('"') and cell.endswith('"')


def _is_header(row: Sequence[str]) -> bool:
    """Return whether the first row has column names."""
    names = [name.strip() for name in row]
    filled = [name for name in names if name]
    return (
        bool(filled)
        and all(len(name) <= _MAX_NAME_CHARS and "\n" not in name for name in filled)
        and not any(_NUMBER.fullmatch(name) for name in filled)
    )


def _unique_names(names: Sequence[str]) -> tuple[str, ...]:
    """Return distinct column names; empty ones are numbered."""
    unique: dict[str, None] = {}
    for place, name in enumerate(names):
        unique_name = name.strip() or f"column{place}"
        unique[f"{unique_name}.{place}" if unique_name in unique else unique_name] = None
    return tuple(unique)


_BATCH_ROWS = 4096
_BATCH_CHARS = 4 << 20


class CsvLines:
    """Lines of a CSV file for the parser, with the limit on the size of a row.

    Parameters
    ----------
    stream : io.TextIOWrapper
        As returned by `decode_stream`.
    dialect : Dialect
        Of the file.
    limit : DocumentLimit
        For a row.

    Attributes
    ----------
    read : int
        Characters read so far.
    last : str
        Source text returned last by `take_text`.
    """

    def __init__(self, stream: io.TextIOWrapper, dialect: Dialect, limit: DocumentLimit) -> None:
        self._stream, self._delimiter, self._limit = stream, dialect.delimiter, limit
        self._lines: list[str] = []
        self._row = 0
        self.read = 0
        self.last = ""

    def __iter__(self) -> Iterator[str]:
        size = cells = 0
        while line := self._stream.readline(self._limit.size + 1):
            if not self._lines:
                size = cells = 0
            size, cells = size + len(line), cells + line.count(self._delimiter)
            if self._limit.is_exceeded(size, cells):
                raise self._limit.error_for_row(self._row)
            self.read += len(line)
            self._lines.append(line)
            yield line

    def take_text(self, *, is_row: bool) -> str:
        """Return the lines read since the last call; `is_row` tells whether they are a row."""
        text, self._lines = "".join(self._lines), []
        self.last = text or self.last
        self._row += is_row
        return text


def decode_stream(stream: BinaryIO) -> io.TextIOWrapper:
    """Decode a stream; invalid bytes become surrogates, so that they affect their row only."""
    reader = io.BufferedReader(cast("io.RawIOBase", stream))
    return io.TextIOWrapper(reader, "utf-8-sig", errors="surrogateescape", newline="")


def _open_lines(
    lines: Iterable[str], dialect: Dialect
) -> AbstractContextManager[Iterator[list[str]]]:
    return open_parser(lines, dialect.delimiter, quoted=dialect.quoted, escaped=dialect.escaped)


def data_rows(lines: CsvLines, dialect: Dialect) -> Iterator[list[str]]:
    """Return an iterator of the cells of each non-empty row, without the header."""
    return (cells for row, cells, _ in rows_with_source(lines, dialect) if row >= 0 and cells)


def rows_with_source(lines: CsvLines, dialect: Dialect) -> Iterator[tuple[int, list[str], str]]:
    """Yield number, cells and source text of each row; -1 for the header and blank lines."""
    row = -1 if dialect.header else 0
    with _open_lines(lines, dialect) as rows:
        for cells in rows:
            if not cells:
                yield -1, cells, lines.take_text(is_row=False)
                continue
            yield row, cells, lines.take_text(is_row=row >= 0)
            row += 1
    if text := lines.take_text(is_row=False):
        yield -1, [], text


def ends_in_open_cell(row: str, dialect: Dialect) -> bool:
    """Return whether the source text of a row ends within a quoted cell."""
    with _open_lines([f"{row}\n", "behind it"], dialect) as rows:
        return bool(row) and sum(1 for _ in rows) == 1


def batch_rows(rows: Iterator[list[str]], lines: CsvLines) -> Iterator[list[list[str]]]:
    """Yield batches of up to `_BATCH_ROWS` rows or about `_BATCH_CHARS` characters."""
    batch: list[list[str]] = []
    end = _BATCH_CHARS
    try:
        for cells in rows:
            batch.append(cells)
            if len(batch) == _BATCH_ROWS or lines.read >= end:
                yield batch
                batch, end = [], lines.read + _BATCH_CHARS
    except DocumentTooLarge:
        if batch:
            yield batch  # the rows before it are fine
        raise
    if batch:
        yield batch


_BLOCK_BYTES = 4 << 20
SAMPLE_BYTES = 1 << 18
_MAX_FAULTS = 100_000
"""Faulty rows after which the fast parser gives way to the slow one."""

_Fault = tuple[int, str]


def open_csv(file: File) -> TableFile:
    """Detect the dialect of a CSV file.

    Parameters
    ----------
    file : File
        The file.

    Returns
    -------
    TableFile
        In one piece; every column holds strings.

    Raises
    ------
    UnsupportedFormat
        If its content contradicts its name.
    """
    head = file.head(SAMPLE_BYTES)
    check_text(head, file.display_path)
    dialect = detect_dialect(head, file.path, is_whole=len(head) < SAMPLE_BYTES)
    _check_header(head, dialect, file)
    schema = pa.schema([(name, pa.large_string()) for name in dialect.names])

    def read(paths: Sequence[str]) -> Iterator[RowBlock]:
        return _read(file, dialect, paths)

    def sample(names: Sequence[str]) -> pa.Table:
        rows = data_rows(CsvLines(decode_stream(io.BytesIO(head)), dialect, file.limit), dialect)
        complete_rows = [cells for cells in islice(rows, 200) if len(cells) == len(dialect.names)]
        return pa.Table.from_batches([_make_batch(complete_rows, dialect, names)])

    return TableFile(
        file.name, schema, (TablePiece(file.size, read),) if head else (), sample, file.display_path
    )


def _read(file: File, dialect: Dialect, paths: Sequence[str]) -> Iterator[RowBlock]:
    next_row = 0
    if file.max_document < _BLOCK_BYTES:  # the fast parser has no limits within a block
        yield from _read_slow(file, dialect, paths, next_row)
        return
    with closing(_read_fast(file, dialect, paths)) as blocks:
        while True:
            try:
                block = next_block(blocks, file.display_path, next_row)
            except _FastParserFailed:
                break
            if block is None:
                return
            yield block[0]
            next_row = block[1]
    yield from _read_slow(file, dialect, paths, next_row)


class _FastParserFailed(Exception):
    """The fast parser cannot continue; it would refuse the rest of the file for one cell."""


class _Utf8Only(io.RawIOBase):
    """Passes a stream on while it is valid UTF-8, and counts its quotation marks.

    Arrow reads ahead in a thread of its own, which may outlive the reader. The underlying stream
    may be closed only together with this one: else that thread would read from whatever file is
    opened next under the same file descriptor.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self.quotes = 0
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        # Reentrant: the garbage collector may close it during a read.
        self._lock = RLock()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        with self._lock:
            if self.closed:
                return b""
            data = self._stream.read(size)
        self.quotes += data.count(b'"')
        try:
            self._decoder.decode(data, final=not data)
        except UnicodeDecodeError as error:
            raise _FastParserFailed from error
        return data

    def close(self) -> None:
        with self._lock:
            super().close()


def _read_fast(
    file: File, dialect: Dialect, paths: Sequence[str]
) -> Generator[tuple[RowBlock, int], None, None]:
    """Yield blocks parsed by Arrow, each with the number of the row after it."""
    faults: list[_Fault] = []

    def pass_over(invalid_row: pv.InvalidRow) -> str:
        # Arrow counts from 1, including the header.
        number = invalid_row.number - 1 - dialect.header - dialect.blank_lines
        faults.append((number, _width_fault(invalid_row.text)))
        return "skip" if len(faults) < _MAX_FAULTS else "error"

    row = 0
    with file.stream() as stream, _Utf8Only(stream) as utf8_stream:
        try:
            reader = _arrow_reader(utf8_stream, dialect, paths, pass_over)
            while (batch := next(reader, None)) is not None:
                numbers = _row_numbers(row, len(batch), [fault for fault, _ in faults])
                row = int(numbers[-1]) + 1 if len(numbers) else row
                # Arrow reads ahead: faults of later rows belong to later blocks.
                block_faults = [fault for fault in faults if fault[0] < row]
                del faults[: len(block_faults)]
                yield (
                    RowBlock(batch, numbers, skipped_rows.count_by_reason(file.name, block_faults)),
                    row,
                )
        except pa.ArrowInvalid as error:
            raise _FastParserFailed from error
    if faults:
        empty, skipped = (
            _make_batch([], dialect, paths),
            skipped_rows.count_by_reason(file.name, faults),
        )
        row = faults[-1][0] + 1
        yield RowBlock(empty, np.zeros(0, np.int64), skipped), row
    if utf8_stream.quotes % 2:  # an even number means that all quoted cells are closed
        with decode_stream(file.stream()) as text:
            lines = CsvLines(text, dialect, file.limit)
            for _ in data_rows(lines, dialect):
                pass
        _check_not_open(file, dialect, lines, row)


def _arrow_reader(
    stream: io.RawIOBase,
    dialect: Dialect,
    paths: Sequence[str],
    on_invalid_row: Callable[[pv.InvalidRow], str],
) -> Iterator[pa.RecordBatch]:
    return cast(
        "Iterator[pa.RecordBatch]",
        pv.open_csv(
            pa.PythonFile(stream, mode="r"),
            pv.ReadOptions(
                use_threads=False,  # faulty rows have numbers only without threads
                block_size=_BLOCK_BYTES,
                column_names=dialect.names,
                # Arrow counts empty lines here, which it skips elsewhere.
                skip_rows=dialect.blank_lines,
                skip_rows_after_names=int(dialect.header),
            ),
            pv.ParseOptions(
                delimiter=dialect.delimiter,
                quote_char='"' if dialect.quoted else False,
                escape_char="\\" if dialect.escaped else False,
                newlines_in_values=dialect.quoted,
                invalid_row_handler=on_invalid_row,
            ),
            pv.ConvertOptions(
                check_utf8=False,
                column_types={name: pa.large_string() for name in paths},
                include_columns=list(paths),
            ),
        ),
    )


def _row_numbers(first: int, count: int, faults: Sequence[int]) -> Int64s:
    """Return the numbers of `count` rows from `first` on, skipping faulty rows."""
    numbers = np.arange(first, first + count, dtype=np.int64)
    for fault in faults:
        numbers[numbers >= fault] += 1
    return numbers


def _read_slow(
    file: File, dialect: Dialect, paths: Sequence[str], first_row: int
) -> Iterator[RowBlock]:
    row = 0
    with decode_stream(file.stream()) as stream:
        lines = CsvLines(stream, dialect, file.limit)
        batches = batch_rows(data_rows(lines, dialect), lines)
        while batch := next_block(batches, file.display_path, row):
            new_rows = [(row + n, cells) for n, cells in enumerate(batch) if row + n >= first_row]
            row += len(batch)
            yield _make_block(file, dialect, paths, new_rows)
        _check_not_open(file, dialect, lines, row)


def _check_not_open(file: File, dialect: Dialect, lines: CsvLines, rows: int) -> None:
    """Raise if a file that was read to its end ends within a quoted cell."""
    if dialect.quoted and ends_in_open_cell(lines.last, dialect):
        raise corrupt_file_error(
            file.display_path, f"after {rows:,} rows", "it ends within a quoted cell"
        )


def _make_block(
    file: File, dialect: Dialect, paths: Sequence[str], rows: Sequence[tuple[int, list[str]]]
) -> RowBlock:
    width = len(dialect.names)
    complete_rows = [(row, cells) for row, cells in rows if len(cells) == width]
    faults = [(row, _width_fault("".join(cells))) for row, cells in rows if len(cells) != width]
    numbers = np.array([row for row, _ in complete_rows], np.int64)
    batch = _make_batch([cells for _, cells in complete_rows], dialect, paths)
    return RowBlock(batch, numbers, skipped_rows.count_by_reason(file.name, faults))


def _width_fault(text: str) -> str:
    return skipped_rows.UNCLOSED if text.count("\n") > 1 else skipped_rows.WIDTH


def _make_batch(
    rows: Sequence[list[str]], dialect: Dialect, names: Sequence[str]
) -> pa.RecordBatch:
    places = [dialect.names.index(name) for name in names]
    columns = [
        _to_string_array([row[place].encode("utf-8", "surrogateescape") for row in rows])
        for place in places
    ]
    return pa.record_batch(columns, names=list(names))


def _to_string_array(values: Sequence[bytes]) -> pa.Array:
    """Return bytes as a string array without validation, which happens later."""
    binary_array = pa.array(values, pa.large_binary())
    return pa.LargeStringArray.from_buffers(len(binary_array), *binary_array.buffers()[1:])
