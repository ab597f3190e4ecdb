"""JSON Lines files as parts of a corpus; a long file is cut into ranges that threads share."""

import codecs
import io
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import compress
from typing import BinaryIO, cast

import numpy as np
import pyarrow as pa

from provenance.errors import ColumnMissing, InputError, UnsupportedFormat
from provenance.model.content.fingerprints import Flags
from provenance.model.content.tables import DOCUMENTS, Documents
from provenance.read.columns.column_choice import (
    COLLECTED_NAMES,
    ID_NAMES,
    LICENCE_NAMES,
    URL_NAMES,
    ColumnChoice,
    find_columns,
    has_prose,
    is_scalar,
    without_headings,
)
from provenance.read.columns.column_paths import column_at, top_column
from provenance.read.columns.json_schema import infer_schema, narrow_schema
from provenance.read.columns.nested_texts import is_list, texts_within
from provenance.read.columns.signal_columns import EXPECTED_NAMES, holds_headers, mentions_signal
from provenance.read.columns.string_arrays import is_blank, is_textual, replace_surrogates, to_flags
from provenance.read.columns.table_parts import RowBlock, block_documents
from provenance.read.corpus.corpus_parts import Part
from provenance.read.corpus.file_access import File, next_block
from provenance.read.corpus.size_limits import until_error
from provenance.read.formats.json_names import has_other_texts, member_names
from provenance.read.formats.json_objects import Record
from provenance.read.formats.json_records import (
    find_hidden_texts,
    record_documents,
    value_at,
)
from provenance.read.formats.jsonl_blocks import (
    BLOCK_BYTES,
    JsonBlock,
    LineBlock,
    Records,
    line_blocks,
    parse_block,
    parse_line,
    parse_rows,
)
from provenance.read.formats.textless_lines import without_textless_lines

RANGE_BYTES = 16 << 20
"""Bytes in a range, unless a single line is longer."""


@dataclass(frozen=True, slots=True)
class LineRange:
    """A range of whole lines of a file.

    Parameters
    ----------
    offset, size : int
        Byte offset and length.
    row : int
        Row of the first line.
    """

    offset: int
    size: int
    row: int

    def open(self, file: File) -> BinaryIO:
        """Open the range as a stream of its own."""
        stream = file.open()
        stream.seek(self.offset)
        return cast("BinaryIO", _RangeStream(stream, self.size))


def line_ranges(file: File) -> list[LineRange]:
    """Cut a file into ranges; empty if it is short, compressed or in an archive.

    Rows are counted on the way, which takes a small part of the time of parsing: a thread has to
    know the number of the first row of its range.
    """
    if file.compression or "zip" in file.protocols or file.size < 2 * RANGE_BYTES:
        return []
    return list(_cut_ranges(file))


def _cut_ranges(file: File) -> Iterator[LineRange]:
    with file.open() as stream:
        offset = len(codecs.BOM_UTF8) if file.head(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8 else 0
        blocks, first_row, size, row = (
            line_blocks(stream, file.limit, min(BLOCK_BYTES, RANGE_BYTES)),
            0,
            0,
            0,
        )
        while True:
            try:
                block = next_block(blocks, file.display_path, row)
            except InputError:  # raised again when the last range is read
                size = file.size - offset
                break
            if block is None:
                break
            if size and size + len(block.data) > RANGE_BYTES:
                yield LineRange(offset, size, first_row)
                offset, size, first_row = offset + size, 0, block.first
            size += len(block.data)
            row = block.first + block.rows
    if size:
        yield LineRange(offset, size, first_row)


class _RangeStream(io.RawIOBase):
    """The next `size` bytes of a stream."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self._remaining = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._stream.read(min(len(buffer), self._remaining))
        buffer[: len(data)] = data
        self._remaining -= len(data)
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


_LONG_BYTES = 4 * BLOCK_BYTES
"""Bytes above which lines are parsed one by one: they are few, and may be full of quotes."""
_SAMPLE_BYTES = 1 << 18
_SAMPLE_RECORDS = 200


@dataclass(frozen=True, slots=True)
class JsonlLayout:
    """Layout of the objects of a file: the columns to read, and their types.

    Parameters
    ----------
    columns : ColumnChoice
        The chosen columns.
    schema : pyarrow.Schema
        Schema of the chosen columns, for parsing many lines at once.
    sample_members : frozenset of str or None
        Members with a scalar or a string in the sample; None if the user gave the columns, so that
        an object without text in them is not searched for other texts.
    nested : bool
        Whether headers of pages may be members of a struct.
    unseen_labels : tuple of str
        Columns that collections name, and that the sample lacks.
    names : frozenset of bytes
        Names of members in the sample, at any level.
    """

    columns: ColumnChoice
    schema: pa.Schema
    sample_members: frozenset[str] | None
    nested: bool
    unseen_labels: tuple[str, ...]
    names: frozenset[bytes]

    @property
    def record_columns(self) -> ColumnChoice:
        """Return the columns for objects that are parsed one by one."""
        return replace(self.columns, labels=(*self.columns.labels, *self.unseen_labels))

    def is_special(self, data: bytes) -> bool:
        """Return whether lines may have members that the schema lacks, but that are needed."""
        return (
            (self.nested and mentions_signal(data))
            or any(f'"{name.rpartition(".")[2]}"'.encode() in data for name in self.unseen_labels)
            or len(data) > _LONG_BYTES
            or has_other_texts(data, self.names)
        )


def jsonl_parts(file: File, text_columns: Sequence[str]) -> list[Part]:
    """Return the parts of a JSON Lines file; `text_columns` are those given by the user."""
    with closing(read_blocks(file, _SAMPLE_BYTES)) as blocks:
        layout = infer_layout(
            _read_sample(until_error(blocks), text_columns, file.label_columns),
            text_columns,
            file.display_path,
            file.label_columns,
        )
    ranges: list[LineRange | None] = [*line_ranges(file)] or [None]
    return [
        Part(
            file.name,
            line_range.size if line_range else file.size,
            partial(_read_part, file, layout, line_range),
            layout.columns.texts,
            layout=layout_key(file.label_columns),
            row=line_range.row if line_range else 0,
            labels=layout.columns.labels,
        )
        for line_range in ranges
    ]


def layout_key(labels: Sequence[str]) -> str:
    """Return what the layout depends on besides the bytes and the text columns."""
    return f"\n{labels}" if labels else ""


def _read_part(
    file: File, layout: JsonlLayout, line_range: LineRange | None
) -> Iterator[Documents]:
    return read_rows(file.name, read_blocks(file, line_range=line_range), layout)


def read_blocks(
    file: File, size: int = BLOCK_BYTES, line_range: LineRange | None = None
) -> Generator[LineBlock]:
    """Yield the lines of a file, or of a range of it."""
    row = line_range.row if line_range else 0
    with line_range.open(file) if line_range else file.stream() as stream:
        blocks = line_blocks(stream, file.limit, size, row)
        while (block := next_block(blocks, file.display_path, row)) is not None:
            yield block
            row = block.first + block.rows


def infer_layout(
    records: Sequence[Record], text_columns: Sequence[str], file: str, labels: Sequence[str] = ()
) -> JsonlLayout:
    """Infer from a sample of objects how to read a file.

    Raises
    ------
    ColumnMissing
        If a given column is in none of them, or none holds text.
    """
    schema = infer_schema(records, file)
    if not records:
        return _complete_layout(schema, ColumnChoice(tuple(text_columns)), text_columns, labels)
    layout = _layout_by_names(schema, tuple(text_columns), tuple(labels))
    if layout is not None:
        return layout
    columns = find_columns(schema, text_columns, _sampler(records), file=file, labels=labels)
    return _complete_layout(schema, columns, text_columns, labels)


def records_have_prose(records: Sequence[Record], file: str) -> bool:
    """Return whether the members of objects show prose, other than headings."""
    return has_prose(infer_schema(records, file), _sampler(records))


class _SampleRequiredError(Exception):
    """The choice of columns needs a sample, not only names."""


@lru_cache(maxsize=64)
def _layout_by_names(
    schema: pa.Schema, text_columns: tuple[str, ...], labels: tuple[str, ...]
) -> JsonlLayout | None:
    """Return the layout for a schema if names alone decide it; else None.

    Cached, because thousands of small files have the same schema.
    """

    def sample(_: Sequence[str]) -> pa.Table:
        raise _SampleRequiredError

    try:
        columns = find_columns(schema, text_columns, sample, file="", labels=labels)
    except (_SampleRequiredError, ColumnMissing, UnsupportedFormat):
        return None
    return _complete_layout(schema, columns, text_columns, labels)


def _complete_layout(
    schema: pa.Schema,
    columns: ColumnChoice,
    text_columns: Sequence[str],
    labels: Sequence[str],
) -> JsonlLayout:
    names_seen = member_names(schema)
    # Later objects may have members that the sample lacks.
    columns = replace(
        columns,
        ids=columns.ids or _unseen_names(ID_NAMES, schema),
        urls=columns.urls or _unseen_names(URL_NAMES, schema),
        licences=columns.licences or _unseen_names(LICENCE_NAMES, schema),
        collected=columns.collected or _unseen_names(COLLECTED_NAMES, schema),
        # Members of structs vary from row to row: such rows are parsed one by one.
        signals=(
            *(path for path in columns.signals if "." not in path),
            *_unseen_names(EXPECTED_NAMES, schema),
        ),
    )
    sample_members = frozenset(
        member.name for member in schema if is_scalar(member.type) or _has_strings(member.type)
    )
    names = {*schema.names}
    missing = [path for path in columns.all() if top_column(path, names) not in names]
    schema = pa.schema([*schema, *((path, pa.string()) for path in missing)])
    nested = any(map(holds_headers, schema))
    return JsonlLayout(
        columns,
        narrow_schema(schema, columns.all()),
        None if text_columns else sample_members,
        nested,
        tuple(name for name in labels if name not in columns.labels),
        names_seen,
    )


def _has_strings(kind: pa.DataType) -> bool:
    if pa.types.is_struct(kind):
        return any(_has_strings(member.type) for member in kind)
    return _has_strings(kind.value_type) if is_list(kind) else is_textual(kind)


def read_rows(file: str, blocks: Iterable[JsonBlock], layout: JsonlLayout) -> Iterator[Documents]:
    """Yield rows as documents: parsed in blocks if they fit the schema, else one by one."""
    for block in blocks:
        if isinstance(block, Records):
            yield from _read_records(file, block, layout)
            continue
        lines, skipped = without_textless_lines(
            file, block, layout.record_columns, layout.sample_members
        )
        if skipped:
            yield Documents(pa.RecordBatch.from_pylist([], DOCUMENTS), skipped)
        batch = None if layout.is_special(lines.data) else parse_block(lines, layout.schema)
        if batch is None or _hides_text(lines, batch, layout):
            yield from _read_records(file, parse_rows(lines), layout)
        else:
            yield from block_documents(file, RowBlock(batch, lines.numbers()), layout.columns)


def _read_records(file: str, records: Records, layout: JsonlLayout) -> Iterator[Documents]:
    return record_documents(file, records, layout.record_columns, layout.sample_members)


def _hides_text(block: LineBlock, batch: pa.RecordBatch, layout: JsonlLayout) -> bool:
    """Return whether a row without text in its columns has some elsewhere, or nests too deep."""
    columns, sample_members = layout.columns, layout.sample_members
    if sample_members is None:
        return False
    silent = np.ones(len(batch), bool)
    for path in (*without_headings(columns.texts), *columns.repeated):
        silent &= _is_empty(column_at(batch, path))
    if not silent.any():
        return False
    lines = compress((line for _, line in block.lines()), silent)
    records = map(parse_line, lines)
    return any(
        isinstance(record_or_reason, str)
        or find_hidden_texts(record_or_reason, columns, sample_members)
        for record_or_reason in records
    )


def _is_empty(column: pa.Array) -> Flags:
    empty = to_flags(column.is_null())
    return empty | is_blank(column) if is_textual(column.type) else empty


def _read_sample(
    blocks: Iterator[LineBlock], text_columns: Sequence[str], labels: Sequence[str]
) -> list[Record]:
    """Return a sample of objects; read on until each given column occurs."""
    sample: list[Record] = []
    missing = {*text_columns, *labels}
    size = 0
    for block in blocks:
        size += len(block.data)
        if (
            size > _SAMPLE_BYTES
            and sample
            and not any(_key_prefix(name) in block.data for name in missing)
        ):
            continue
        records = [record for _, record in parse_rows(block).records]
        examples = {
            name: next((r for r in records if _has_path(r, name)), None) for name in sorted(missing)
        }
        missing -= {name for name, record in examples.items() if record is not None}
        sample += [record for record in examples.values() if record is not None]
        sample += spread_sample(records)
        # A last line without a line break is a separate block.
        if sample and not missing and size >= _SAMPLE_BYTES:
            break
    return sample


def spread_sample(records: Sequence[Record]) -> list[Record]:
    """Return half of a sample from the beginning, and half from all the rest."""
    half = _SAMPLE_RECORDS // 2
    rest = records[half:]
    return [*records[:half], *rest[:: max(1, -(-len(rest) // half))]]


def _has_path(record: Record, path: str) -> bool:
    return top_column(path, record) in record and (
        "." not in path or path in record or value_at(record, path) is not None
    )


def _key_prefix(name: str) -> bytes:
    return f'"{name.partition(".")[0]}'.encode()


def _unseen_names(names: Sequence[str], schema: pa.Schema) -> tuple[str, ...]:
    """Return the names of members that are absent or always null in the sample."""
    present = {member.name for member in schema if not pa.types.is_null(member.type)}
    return tuple(name for name in names if "." not in name and name not in present)


def _sampler(records: Sequence[Record]) -> Callable[[Sequence[str]], pa.Table]:
    def sample(names: Sequence[str]) -> pa.Table:
        columns = {
            name: [
                replace_surrogates(
                    " ".join(text for _, text in texts_within(record.get(name), name))
                )
                for record in records
            ]
            for name in names
        }
        return pa.table({n: pa.array(c, pa.large_string()) for n, c in columns.items()})

    return sample
