"""CSV and TSV: parsed by Arrow as long as all is well, then by the standard library.

Rows of CSV as the standard library parses them, each within the limits of a document.

How a CSV file is written: what parts its cells, whether they are quoted, what columns it has.
"""

import codecs
import csv
import io
import re
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from threading import Lock, RLock
from typing import BinaryIO, Literal, cast

import numpy as np
import pyarrow as pa
import pyarrow.csv as pv

from provenance.errors import DocumentTooLarge
from provenance.model import Int64s
from provenance.read.columns.table_parts import RowBlock, TableFile, TablePiece
from provenance.read.corpus import skipped_rows as skips
from provenance.read.corpus.file_access import File, corrupt_file_error, next_block
from provenance.read.corpus.size_limits import DocumentLimit
from provenance.read.formats.detection import check_text

_QUOTING: dict[bool, Literal[0, 3]] = {True: csv.QUOTE_MINIMAL, False: csv.QUOTE_NONE}
"""What the library calls it, by whether cells are quoted."""

_DIALECT_ROWS = 100
_LONGEST_NAME = 64
_NUMBER = re.compile(r"[-+\d.,:/ ]*\d[-+\d.,:/ ]*([eE][-+]?\d+)?")
"""Numbers, dates, times."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a CSV file is written.

    Parameters
    ----------
    delimiter : str
        What parts the cells of a row.
    quoted : bool
        Whether `"` encloses cells; in many TSV files it is a letter like others.
    names : tuple of str
        Columns, each of its own name.
    header : bool
        Whether the first row names them.
    """

    delimiter: str
    quoted: bool
    names: tuple[str, ...]
    header: bool


class _CellLimit:
    """The limit of a cell that the library has for the whole process, lifted while somebody reads.

    It would refuse long documents; ours are bounded by `DocumentLimit`.
    """

    def __init__(self) -> None:
        self._turn = Lock()
        self._readers = 0
        self._before = 0

    @contextmanager
    def lifted(self) -> Iterator[None]:
        """Lift it; the last reader puts it back, unless somebody else has set it."""
        with self._turn:
            if not self._readers:
                self._before = csv.field_size_limit(sys.maxsize)
            self._readers += 1
        try:
            yield
        finally:
            with self._turn:
                self._readers -= 1
                if not self._readers and csv.field_size_limit() == sys.maxsize:
                    csv.field_size_limit(self._before)


_CELLS = _CellLimit()


@contextmanager
def parser(lines: Iterable[str], delimiter: str, *, quoted: bool) -> Iterator[Iterator[list[str]]]:
    """Open the library's parser, without its limit of a cell."""
    with _CELLS.lifted():
        yield csv.reader(lines, delimiter=delimiter, quoting=_QUOTING[quoted])


def dialect_of(head: bytes, path: str, *, whole: bool) -> Dialect:
    """Tell how a file is written.

    Parameters
    ----------
    head : bytes
        Its beginning.
    path : str
        Of which the ending prefers a delimiter.
    whole : bool
        Whether `head` is all there is, so that its last row is not cut.
    """
    text = head.decode("utf-8-sig", "replace")
    tabs = re.search(r"\.(tsv|tab)(\.\w+)?$", path.lower()) is not None
    tried = {
        delimiter: _rows(text, delimiter, quoted=True, whole=whole)
        for delimiter in ("\t,;|" if tabs else ",;\t|")
    }
    delimiter = max(tried, key=lambda mark: _fit(tried[mark]))
    rows, quoted = tried[delimiter], True
    if delimiter == "\t":
        plain = _rows(text, delimiter, quoted=False, whole=whole)
        quoted = _is_quoted(plain, rows)
        rows = rows if quoted else plain
    first = rows[0] if rows else []
    header = _is_header(first)
    return Dialect(delimiter, quoted, _distinct(first if header else [""] * len(first)), header)


def _rows(text: str, delimiter: str, *, quoted: bool, whole: bool) -> list[list[str]]:
    """Parse the first rows, but for one that may be cut."""
    lines = io.StringIO(text, newline="")
    with parser(lines, delimiter, quoted=quoted) as cells:
        rows = [row for row in islice(cells, _DIALECT_ROWS) if row]
    return rows if whole or len(rows) < 2 else rows[:-1]


def _fit(rows: Sequence[Sequence[str]]) -> tuple[float, int]:
    """Measure how many rows have the width of the first; among equals the widest is best."""
    width = len(rows[0]) if rows else 0
    alike = sum(len(row) == width for row in rows) / max(1, len(rows))
    return (alike, width) if width > 1 else (0.0, width)


def _is_quoted(plain: Sequence[Sequence[str]], quoted: Sequence[Sequence[str]]) -> bool:
    """Whether `"` encloses the cells of a file with tabs, given its rows read both ways."""
    if plain and all(map(_is_enclosed, plain[0])):
        return True
    if _fit(plain) != _fit(quoted):
        return _fit(quoted) > _fit(plain)
    # Where quotation marks never hold a row together, they enclose all of a cell, or nothing.
    return all(_is_enclosed(cell) for row in plain for cell in row if cell.startswith('"'))


def _is_enclosed(cell: str) -> bool:
    return len(cell) > 1 and cell.startswith('"') and cell.endswith('"')


def _is_header(row: Sequence[str]) -> bool:
    """Whether a first row names columns, rather than being one of the rows."""
    names = [name.strip() for name in row]
    told = [name for name in names if name]
    return (
        bool(told)
        and all(len(name) <= _LONGEST_NAME and "\n" not in name for name in told)
        and not any(_NUMBER.fullmatch(name) for name in told)
    )


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Give every column a name of its own."""
    found: dict[str, None] = {}
    for place, name in enumerate(names):
        told = name.strip() or f"column{place}"
        found[f"{told}.{place}" if told in found else told] = None
    return tuple(found)


_ROWS = 4096
_SIZE = 4 << 20


class Lines:
    """Lines of a file of cells, as the parser takes them, for as long as a row is within limits.

    Parameters
    ----------
    stream : io.TextIOWrapper
        As `decoded` gives it.
    dialect : Dialect
        How its cells are parted.
    limit : Limit
        Of a row.

    Attributes
    ----------
    read : int
        Characters read so far.
    last : str
        What was taken last, as it is written.
    """

    def __init__(self, stream: io.TextIOWrapper, dialect: Dialect, limit: DocumentLimit) -> None:
        self._stream, self._delimiter, self._limit = stream, dialect.delimiter, limit
        self._passed: list[str] = []
        self._row = 0
        self.read = 0
        self.last = ""

    def __iter__(self) -> Iterator[str]:
        size = cells = 0
        while line := self._stream.readline(self._limit.size + 1):
            if not self._passed:
                size = cells = 0
            size, cells = size + len(line), cells + line.count(self._delimiter)
            if self._limit.is_exceeded(size, cells):
                raise self._limit.exceeded(self._row)
            self.read += len(line)
            self._passed.append(line)
            yield line

    def taken(self, *, row: bool) -> str:
        """Return the lines read since this was last asked; `row` tells whether they are a row."""
        passed, self._passed = "".join(self._passed), []
        self.last = passed or self.last
        self._row += row
        return passed


def decoded(stream: BinaryIO) -> io.TextIOWrapper:
    """Decode a stream; bad bytes are kept as they are, so that they cost their own row alone."""
    buffered = io.BufferedReader(cast("io.RawIOBase", stream))
    return io.TextIOWrapper(buffered, "utf-8-sig", errors="surrogateescape", newline="")


def rows_of(lines: Lines, dialect: Dialect) -> Iterator[list[str]]:
    """Give the cells of each row that has any, without the header."""
    return (cells for row, cells, _ in written_rows(lines, dialect) if row >= 0 and cells)


def written_rows(lines: Lines, dialect: Dialect) -> Iterator[tuple[int, list[str], str]]:
    """Give rows as they are parsed and as they are written; what is no row has number -1."""
    row = -1 if dialect.header else 0
    with parser(lines, dialect.delimiter, quoted=dialect.quoted) as rows:
        for cells in rows:
            if not cells:
                yield -1, cells, lines.taken(row=False)
                continue
            yield row, cells, lines.taken(row=row >= 0)
            row += 1
    if rest := lines.taken(row=False):
        yield -1, [], rest


def is_open(row: str, dialect: Dialect) -> bool:
    """Whether what is written as a row ends within a cell that is enclosed in `"`."""
    with parser([f"{row}\n", "behind it"], dialect.delimiter, quoted=dialect.quoted) as rows:
        return bool(row) and sum(1 for _ in rows) == 1


def lots_of(rows: Iterator[list[str]], lines: Lines) -> Iterator[list[list[str]]]:
    """Gather rows, up to `_ROWS` of them or about `_SIZE` characters."""
    lot: list[list[str]] = []
    end = _SIZE
    try:
        for cells in rows:
            lot.append(cells)
            if len(lot) == _ROWS or lines.read >= end:
                yield lot
                lot, end = [], lines.read + _SIZE
    except DocumentTooLarge:
        if lot:
            yield lot  # the rows before it can be read
        raise
    if lot:
        yield lot


_BLOCK = 4 << 20
SAMPLE = 1 << 18
_MOST_FAULTS = 100_000
"""Rows that the faster parser passes over before it gives way to the slower one, which counts."""

_Fault = tuple[int, str]


def open_delimited(file: File) -> TableFile:
    """Find out how a CSV file is written.

    Parameters
    ----------
    file : File
        The file.

    Returns
    -------
    Tabular
        In one piece; every column is of strings.

    Raises
    ------
    UnsupportedFormat
        If it is not what its name says.
    """
    head = file.head(SAMPLE)
    check_text(head, file.told)
    dialect = dialect_of(head, file.path, whole=len(head) < SAMPLE)
    schema = pa.schema([(name, pa.large_string()) for name in dialect.names])

    def read(paths: Sequence[str]) -> Iterator[RowBlock]:
        return _read(file, dialect, paths)

    def sample(names: Sequence[str]) -> pa.Table:
        rows = rows_of(Lines(decoded(io.BytesIO(head)), dialect, file.limit), dialect)
        whole = [cells for cells in islice(rows, 200) if len(cells) == len(dialect.names)]
        return pa.Table.from_batches([_batch(whole, dialect, names)])

    return TableFile(
        file.name, schema, (TablePiece(file.size, read),) if head else (), sample, file.told
    )


def _read(file: File, dialect: Dialect, paths: Sequence[str]) -> Iterator[RowBlock]:
    done = 0
    if file.max_document < _BLOCK:  # within a block the faster parser has no limits
        yield from _one_by_one(file, dialect, paths, done)
        return
    with closing(_at_once(file, dialect, paths)) as blocks:
        while True:
            try:
                block = next_block(blocks, file.told, done)
            except _Unfit:
                break
            if block is None:
                return
            yield block[0]
            done = block[1]
    yield from _one_by_one(file, dialect, paths, done)


class _Unfit(Exception):
    """The fast parser cannot go on; it would refuse the rest of the file for one cell."""


class _Utf8Only(io.RawIOBase):
    """Passes a stream on as long as it is UTF-8, and counts its quotation marks.

    Arrow reads ahead in a thread of its own, which may outlive its reader. The stream below may be
    closed only when this one is, or that thread goes on to read whatever file is opened next: the
    operating system gives it the same number.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self.quotes = 0
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        # Entered again where the garbage collector closes it in the middle of reading.
        self._turn = RLock()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        with self._turn:
            if self.closed:
                return b""
            data = self._stream.read(size)
        self.quotes += data.count(b'"')
        try:
            self._decoder.decode(data, final=not data)
        except UnicodeDecodeError as error:
            raise _Unfit from error
        return data

    def close(self) -> None:
        with self._turn:
            super().close()


def _at_once(
    file: File, dialect: Dialect, paths: Sequence[str]
) -> Generator[tuple[RowBlock, int], None, None]:
    """Give blocks, each with the number of the row behind it."""
    faults: list[_Fault] = []

    def pass_over(row: pv.InvalidRow) -> str:
        # Arrow counts from 1, the header too.
        faults.append((row.number - 1 - dialect.header, _width(row.text)))
        return "skip" if len(faults) < _MOST_FAULTS else "error"

    row = 0
    with file.stream() as stream, _Utf8Only(stream) as checked:
        try:
            reader = _arrow_reader(checked, dialect, paths, pass_over)
            while (batch := next(reader, None)) is not None:
                numbers = _numbers(row, len(batch), [fault for fault, _ in faults])
                row = int(numbers[-1]) + 1 if len(numbers) else row
                # Arrow reads ahead: faults of later rows are told with those.
                met = [fault for fault in faults if fault[0] < row]
                del faults[: len(met)]
                yield RowBlock(batch, numbers, skips.count_by_reason(file.name, met)), row
        except pa.ArrowInvalid as error:
            raise _Unfit from error
    if faults:
        none, skipped = _batch([], dialect, paths), skips.count_by_reason(file.name, faults)
        row = faults[-1][0] + 1
        yield RowBlock(none, np.zeros(0, np.int64), skipped), row
    if checked.quotes % 2:  # else every cell that was opened is closed
        with decoded(file.stream()) as text:
            lines = Lines(text, dialect, file.limit)
            for _ in rows_of(lines, dialect):
                pass
        _check_closed(file, dialect, lines, row)


def _arrow_reader(
    stream: io.RawIOBase,
    dialect: Dialect,
    paths: Sequence[str],
    pass_over: Callable[[pv.InvalidRow], str],
) -> Iterator[pa.RecordBatch]:
    return cast(
        "Iterator[pa.RecordBatch]",
        pv.open_csv(
            pa.PythonFile(stream, mode="r"),
            pv.ReadOptions(
                use_threads=False,  # rows are numbered only without
                block_size=_BLOCK,
                column_names=dialect.names,
                skip_rows_after_names=int(dialect.header),
            ),
            pv.ParseOptions(
                delimiter=dialect.delimiter,
                quote_char='"' if dialect.quoted else False,
                newlines_in_values=dialect.quoted,
                invalid_row_handler=pass_over,
            ),
            pv.ConvertOptions(
                check_utf8=False,
                column_types={name: pa.large_string() for name in paths},
                include_columns=list(paths),
            ),
        ),
    )


def _numbers(first: int, count: int, faults: Sequence[int]) -> Int64s:
    """Give `count` rows their numbers from `first` on, past those passed over."""
    numbers = np.arange(first, first + count, dtype=np.int64)
    for fault in faults:
        numbers[numbers >= fault] += 1
    return numbers


def _one_by_one(
    file: File, dialect: Dialect, paths: Sequence[str], done: int
) -> Iterator[RowBlock]:
    row = 0
    with decoded(file.stream()) as stream:
        lines = Lines(stream, dialect, file.limit)
        lots = lots_of(rows_of(lines, dialect), lines)
        while some := next_block(lots, file.told, row):
            later = [(row + n, cells) for n, cells in enumerate(some) if row + n >= done]
            row += len(some)
            yield _block(file, dialect, paths, later)
        _check_closed(file, dialect, lines, row)


def _check_closed(file: File, dialect: Dialect, lines: Lines, rows: int) -> None:
    """Refuse a file that ends within a cell, when all its lines were read."""
    if dialect.quoted and is_open(lines.last, dialect):
        raise corrupt_file_error(file.told, f"after {rows:,} rows", "it ends in a quoted cell")


def _block(
    file: File, dialect: Dialect, paths: Sequence[str], rows: Sequence[tuple[int, list[str]]]
) -> RowBlock:
    width = len(dialect.names)
    whole = [(row, cells) for row, cells in rows if len(cells) == width]
    faults = [(row, _width("".join(cells))) for row, cells in rows if len(cells) != width]
    numbers = np.array([row for row, _ in whole], np.int64)
    batch = _batch([cells for _, cells in whole], dialect, paths)
    return RowBlock(batch, numbers, skips.count_by_reason(file.name, faults))


def _width(text: str) -> str:
    return skips.UNCLOSED if text.count("\n") > 1 else skips.WIDTH


def _batch(rows: Sequence[list[str]], dialect: Dialect, names: Sequence[str]) -> pa.RecordBatch:
    places = [dialect.names.index(name) for name in names]
    columns = [
        _strings([row[place].encode("utf-8", "surrogateescape") for row in rows])
        for place in places
    ]
    return pa.record_batch(columns, names=list(names))


def _strings(values: Sequence[bytes]) -> pa.Array:
    """Take bytes for strings, as they are: whether they are UTF-8 is seen later."""
    stored = pa.array(values, pa.large_binary())
    return pa.LargeStringArray.from_buffers(len(stored), *stored.buffers()[1:])
