"""CSV and TSV: parsed by Arrow as long as all is well, then by the standard library."""

import codecs
import io
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from itertools import islice
from threading import RLock
from typing import BinaryIO, cast

import numpy as np
import pyarrow as pa
import pyarrow.csv as pv

from provenance.model import Int64s
from provenance.read import skips
from provenance.read.cells import Lines, decoded, is_open, lots_of, rows_of
from provenance.read.dialects import Dialect, dialect_of
from provenance.read.files import File, damaged, following
from provenance.read.formats import check_text
from provenance.read.tabular import Block, Piece, Tabular

_BLOCK = 4 << 20
SAMPLE = 1 << 18
_MOST_FAULTS = 100_000
"""Rows that the faster parser passes over before it gives way to the slower one, which counts."""

_Fault = tuple[int, str]


def open_delimited(file: File) -> Tabular:
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

    def read(paths: Sequence[str]) -> Iterator[Block]:
        return _read(file, dialect, paths)

    def sample(names: Sequence[str]) -> pa.Table:
        rows = rows_of(Lines(decoded(io.BytesIO(head)), dialect, file.limit), dialect)
        whole = [cells for cells in islice(rows, 200) if len(cells) == len(dialect.names)]
        return pa.Table.from_batches([_batch(whole, dialect, names)])

    return Tabular(file.name, schema, (Piece(file.size, read),) if head else (), sample, file.told)


def _read(file: File, dialect: Dialect, paths: Sequence[str]) -> Iterator[Block]:
    done = 0
    if file.max_document < _BLOCK:  # within a block the faster parser has no limits
        yield from _one_by_one(file, dialect, paths, done)
        return
    with closing(_at_once(file, dialect, paths)) as blocks:
        while True:
            try:
                block = following(blocks, file.told, done)
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
) -> Generator[tuple[Block, int], None, None]:
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
                yield Block(batch, numbers, skips.by_reason(file.name, met)), row
        except pa.ArrowInvalid as error:
            raise _Unfit from error
    if faults:
        none, skipped = _batch([], dialect, paths), skips.by_reason(file.name, faults)
        row = faults[-1][0] + 1
        yield Block(none, np.zeros(0, np.int64), skipped), row
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


def _one_by_one(file: File, dialect: Dialect, paths: Sequence[str], done: int) -> Iterator[Block]:
    row = 0
    with decoded(file.stream()) as stream:
        lines = Lines(stream, dialect, file.limit)
        lots = lots_of(rows_of(lines, dialect), lines)
        while some := following(lots, file.told, row):
            later = [(row + n, cells) for n, cells in enumerate(some) if row + n >= done]
            row += len(some)
            yield _block(file, dialect, paths, later)
        _check_closed(file, dialect, lines, row)


def _check_closed(file: File, dialect: Dialect, lines: Lines, rows: int) -> None:
    """Refuse a file that ends within a cell, when all its lines were read."""
    if dialect.quoted and is_open(lines.last, dialect):
        raise damaged(file.told, f"after {rows:,} rows", "it ends in a quoted cell")


def _block(
    file: File, dialect: Dialect, paths: Sequence[str], rows: Sequence[tuple[int, list[str]]]
) -> Block:
    width = len(dialect.names)
    whole = [(row, cells) for row, cells in rows if len(cells) == width]
    faults = [(row, _width("".join(cells))) for row, cells in rows if len(cells) != width]
    numbers = np.array([row for row, _ in whole], np.int64)
    batch = _batch([cells for _, cells in whole], dialect, paths)
    return Block(batch, numbers, skips.by_reason(file.name, faults))


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
