"""JSON Lines as parts of a corpus.

Stretches of a long file of lines, so that threads can share it.
"""

import codecs
import io
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import BinaryIO, cast

import numpy as np
import pyarrow as pa

from provenance.errors import ColumnMissing, InputError
from provenance.model import Documents, Flags
from provenance.read.columns.column_choice import (
    ADDRESSES,
    IDS,
    LICENCES,
    Columns,
    bodies,
    find_columns,
)
from provenance.read.columns.column_paths import column_at, top
from provenance.read.columns.json_schema import narrowed, shape_of
from provenance.read.columns.signal_columns import EXPECTED, holds_headers, mentions_any
from provenance.read.columns.string_arrays import blank, flags_of, is_textual, writable
from provenance.read.columns.table_parts import Block, block_documents
from provenance.read.corpus.corpus_parts import Part
from provenance.read.corpus.file_access import File, following
from provenance.read.corpus.size_limits import readable
from provenance.read.formats.json_lines import (
    BLOCK,
    LineBlock,
    line_blocks,
    parse,
    records_of,
    table_of,
)
from provenance.read.formats.json_objects import Record
from provenance.read.formats.json_records import hidden_texts, record_documents, texts_in

STRETCH = 16 << 20
"""Bytes in a stretch, unless one line alone has more."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some whole lines of a file.

    Parameters
    ----------
    offset, size : int
        Where they begin, and how long they are, in bytes.
    row : int
        Row of the first.
    """

    offset: int
    size: int
    row: int

    def open(self, file: File) -> BinaryIO:
        """Open them, as if there was nothing else in `file`."""
        stream = file.open()
        stream.seek(self.offset)
        return cast("BinaryIO", _Window(stream, self.size))


def stretches(file: File) -> list[Stretch]:
    """Cut a file into stretches; none where it is short, compressed or in an archive.

    Rows are counted on the way, which takes a small part of the time that parsing takes: no
    thread could know otherwise with which row its stretch begins.
    """
    if file.compression or "zip" in file.protocols or file.size < 2 * STRETCH:
        return []
    return list(_stretches(file))


def _stretches(file: File) -> Iterator[Stretch]:
    with file.open() as stream:
        offset = len(codecs.BOM_UTF8) if file.head(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8 else 0
        blocks, first, size, row = line_blocks(stream, file.limit, min(BLOCK, STRETCH)), 0, 0, 0
        while True:
            try:
                block = following(blocks, file.told, row)
            except InputError:  # the last stretch will meet it where it is
                size = file.size - offset
                break
            if block is None:
                break
            if size and size + len(block.data) > STRETCH:
                yield Stretch(offset, size, first)
                offset, size, first = offset + size, 0, block.first
            size += len(block.data)
            row = block.first + block.rows
    if size:
        yield Stretch(offset, size, first)


class _Window(io.RawIOBase):
    """The next bytes of a stream, as many as there should be."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._stream.read(min(len(buffer), self._left))
        buffer[: len(data)] = data
        self._left -= len(data)
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


_SAMPLE = 1 << 18
_SAMPLED = 200


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file's objects are read.

    Parameters
    ----------
    columns : Columns
        Where what is wanted lies.
    schema : pyarrow.Schema
        Of what is wanted, for parsing many lines at once.
    met : frozenset of str or None
        Members that have a value in the sample; None where the user named the columns, and an
        object without text there is not searched for any.
    nested : bool
        Whether headers of pages may be members of a structure in it.
    """

    columns: Columns
    schema: pa.Schema
    met: frozenset[str] | None
    nested: bool = False


def lines_parts(file: File, named: Sequence[str]) -> list[Part]:
    """Make a JSON Lines file parts of a corpus; `named` are the text columns asked for."""
    with closing(blocks_of(file, _SAMPLE)) as blocks:
        layout = layout_of(_sample(readable(blocks), named), named, file.told)
    shared: list[Stretch | None] = [*stretches(file)] or [None]
    return [
        Part(
            file.name,
            stretch.size if stretch else file.size,
            partial(_read_part, file, layout, stretch),
            layout.columns.texts,
            row=stretch.row if stretch else 0,
        )
        for stretch in shared
    ]


def _read_part(file: File, layout: Layout, stretch: Stretch | None) -> Iterator[Documents]:
    return read_lines(file.name, blocks_of(file, stretch=stretch), layout)


def blocks_of(
    file: File, size: int = BLOCK, stretch: Stretch | None = None
) -> Generator[LineBlock]:
    """Open a file, or a stretch of it, and give its lines."""
    row = stretch.row if stretch else 0
    with stretch.open(file) if stretch else file.stream() as stream:
        blocks = line_blocks(stream, file.limit, size, row)
        while (block := following(blocks, file.told, row)) is not None:
            yield block
            row = block.first + block.rows


def layout_of(records: Sequence[Record], named: Sequence[str], file: str) -> Layout:
    """Learn from some objects how to read the others.

    Raises
    ------
    ColumnMissing
        If a column that was named is in none of them, or none holds text.
    """
    shape = shape_of(records, file)
    if not records:
        return _laid_out(shape, Columns(tuple(named)), named)
    known = _by_names(shape, tuple(named))
    if known is not None:
        return known
    columns = find_columns(shape, named, _sampler(records), file=file)
    return _laid_out(shape, columns, named)


class _SampleAskedForError(Exception):
    """Names alone do not tell which columns hold text."""


@lru_cache(maxsize=64)
def _by_names(shape: pa.Schema, named: tuple[str, ...]) -> Layout | None:
    """Return the layout of objects of a shape, where names settle it; else None.

    Thousands of small files are of one shape.
    """

    def sample(_: Sequence[str]) -> pa.Table:
        raise _SampleAskedForError

    try:
        columns = find_columns(shape, named, sample, file="")
    except (_SampleAskedForError, ColumnMissing):
        return None
    return _laid_out(shape, columns, named)


def _laid_out(shape: pa.Schema, columns: Columns, named: Sequence[str]) -> Layout:
    # The others may have what the sample has not.
    columns = replace(
        columns,
        ids=columns.ids or _unmet(IDS, shape),
        urls=columns.urls or _unmet(ADDRESSES, shape),
        licences=columns.licences or _unmet(LICENCES, shape),
        # Members of structures differ from row to row: rows that have them are read by themselves.
        signals=(*(path for path in columns.signals if "." not in path), *_unmet(EXPECTED, shape)),
    )
    met = frozenset(member.name for member in shape if not pa.types.is_null(member.type))
    known = {*shape.names}
    missing = [path for path in columns.all() if top(path, known) not in known]
    shape = pa.schema([*shape, *((path, pa.string()) for path in missing)])
    nested = any(map(holds_headers, shape))
    return Layout(columns, narrowed(shape, columns.all()), None if named else met, nested)


def read_lines(file: str, blocks: Iterable[LineBlock], layout: Layout) -> Iterator[Documents]:
    """Read lines as documents: many at once where they are alike, else one by one."""
    for block in blocks:
        special = layout.nested and mentions_any(block.data)
        batch = None if special else table_of(block, layout.schema)
        if batch is None or _hides_text(block, batch, layout):
            yield from record_documents(file, records_of(block), layout.columns, layout.met)
        else:
            numbers = np.arange(block.first, block.first + block.rows, dtype=np.int64)
            yield from block_documents(file, Block(batch, numbers), layout.columns)


def _hides_text(block: LineBlock, batch: pa.RecordBatch, layout: Layout) -> bool:
    """Whether a row without text in the columns chosen has some elsewhere, or nests too deep."""
    columns, met = layout.columns, layout.met
    if met is None:
        return False
    silent = np.ones(len(batch), bool)
    for path in (*bodies(columns.texts), *columns.repeated):
        silent &= _says_nothing(column_at(batch, path))
    if not silent.any():
        return False
    lines = (line for row, line in block.lines() if silent[row - block.first])
    found = map(parse, lines)
    return any(isinstance(one, str) or hidden_texts(one, columns, met) for one in found)


def _says_nothing(column: pa.Array) -> Flags:
    empty = flags_of(column.is_null())
    return empty | blank(column) if is_textual(column.type) else empty


def _sample(blocks: Iterator[LineBlock], named: Sequence[str]) -> list[Record]:
    """Take some objects; where a column was named, read on until one has it."""
    sample: list[Record] = []
    wanted = set(named)
    size = 0
    for block in blocks:
        size += len(block.data)
        if size > _SAMPLE and sample and not any(_key(name) in block.data for name in wanted):
            continue
        records = [record for _, record in records_of(block).records]
        met = {name: next((r for r in records if _has(r, name)), None) for name in sorted(wanted)}
        wanted -= {name for name, record in met.items() if record is not None}
        sample += [record for record in met.values() if record is not None]
        sample += records[:_SAMPLED]
        # A last line without a line end is a block of its own.
        if sample and not wanted and size >= _SAMPLE:
            break
    return sample


def _has(record: Record, path: str) -> bool:
    return top(path, record) in record


def _key(name: str) -> bytes:
    return f'"{name.partition(".")[0]}'.encode()


def _unmet(names: Sequence[str], shape: pa.Schema) -> tuple[str, ...]:
    """Return the names of which nothing is known: they are not there, or always null."""
    seen = {member.name for member in shape if not pa.types.is_null(member.type)}
    return tuple(name for name in names if "." not in name and name not in seen)


def _sampler(records: Sequence[Record]) -> Callable[[Sequence[str]], pa.Table]:
    def sample(names: Sequence[str]) -> pa.Table:
        columns = {
            name: [
                writable(" ".join(text for _, text in texts_in(record.get(name), name)))
                for record in records
            ]
            for name in names
        }
        return pa.table({n: pa.array(c, pa.large_string()) for n, c in columns.items()})

    return sample
