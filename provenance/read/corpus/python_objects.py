"""Corpora of objects of a program: tables of Arrow, pandas and polars, datasets, rows, texts."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import date
from functools import partial
from io import IOBase
from itertools import chain
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from provenance.errors import EmptyCorpus, InputError
from provenance.model.content.tables import Documents
from provenance.model.rules.policy import MAX_DOCUMENT
from provenance.read.columns.column_choice import find_columns
from provenance.read.columns.column_paths import top_columns
from provenance.read.columns.table_parts import (
    RowBlock,
    TableFile,
    TablePiece,
    block_documents,
    row_blocks,
    table_parts,
)
from provenance.read.corpus import skipped_rows
from provenance.read.corpus.corpora import Corpus, check_labels, corpus_of_parts
from provenance.read.corpus.corpus_parts import Part
from provenance.read.corpus.hub_datasets import split_part
from provenance.read.corpus.saved_datasets import choose_splits
from provenance.read.corpus.size_limits import DocumentLimit
from provenance.read.corpus.stream_input import HashedStream
from provenance.read.formats.json_objects import Record, to_record
from provenance.read.formats.json_records import record_documents
from provenance.read.formats.jsonl_blocks import Records
from provenance.read.formats.jsonl_file import infer_layout, spread_sample
from provenance.read.formats.record_parts import as_text

IN_MEMORY = "in memory"
"""Address and file name of data that is in no file."""
_PIECE_BYTES = 32 << 20
_SAMPLE_ROWS = 200
_SAMPLE_CHARS = 1 << 18
_BATCH_CHARS = 4 << 20
_ROW_CHARS = 100
_CHUNK_ROWS = 1000
_NOT_A_TIME = "NaT"
"""What pandas has for a time that is missing."""
T = TypeVar("T")


def corpus_of_objects(
    data: object,
    *,
    text_columns: Sequence[str] = (),
    label_columns: Sequence[str] = (),
    split: str | None = None,
    max_document: int = MAX_DOCUMENT,
) -> Corpus:
    """Return data of a program as a corpus.

    Parameters
    ----------
    data : object
        A table of Arrow, pandas or polars, or anything that exports an Arrow stream; a mapping of
        columns to lists of the same length; a `Dataset` or `IterableDataset` of the `datasets`
        library; an iterable of texts, of rows (mappings, named tuples, dataclasses) or of tables;
        a sequence of these without an iterator, as torch has it; or a mapping of splits to any of
        these. What can be iterated over once is read once.
    text_columns : sequence of str
        Text columns given by the user.
    label_columns : sequence of str
        Columns that collections of the policy name.
    split : str or None
        The split to read, of a mapping; None reads all.
    max_document : int
        Largest size of a document in bytes.

    Raises
    ------
    InputError
        If it is none of these.
    DatasetNotFound
        If there is no such split.
    ColumnMissing
        If a given column is missing, or no column holds text.
    EmptyCorpus
        If there are no rows.
    """
    if isinstance(data, Mapping) and (rows := _rows_of_columns(data)) is not None:
        data = rows
    splits = data if isinstance(data, Mapping) else {IN_MEMORY: data}
    if split is not None:
        if not isinstance(data, Mapping):
            raise InputError(
                f"there is no split {split!r}: the data has no splits", remedy="leave out split."
            )
        splits = choose_splits(data, split, IN_MEMORY)
    parts = []
    columns = (text_columns, label_columns)
    digests: list[tuple[str, Callable[..., str]]] = []
    for name, content in splits.items():
        for part in _parts(str(name), content, columns, max_document):
            texts = HashedStream(part.read)
            parts.append(replace(part, read=texts.batches))
            digests.append((part.file, texts))
    if not parts:
        raise EmptyCorpus("there are no rows in the data", remedy="give data that has rows.")
    check_labels(label_columns, parts)
    return corpus_of_parts((IN_MEMORY,), parts, tuple(digests))


def _rows_of_columns(data: Mapping[str, Any]) -> list[Mapping[str, Any]] | None:
    """Return the rows of a mapping of columns; None if it is one of splits.

    Raises
    ------
    InputError
        If it is a single row.
    """
    if any(isinstance(value, str | bytes) for value in data.values()):
        raise InputError(
            "a mapping of texts is neither a table nor splits", remedy="give one row as [row]."
        )
    columns = [v for v in data.values() if isinstance(v, list | tuple | np.ndarray) and len(v)]
    is_table = (
        0 < len(columns) == len(data)
        and len({*map(len, columns)}) == 1
        and not any(isinstance(value, Mapping) for value, *_ in columns)
    )
    if not is_table:
        return None
    return [dict(zip(data, row, strict=True)) for row in zip(*columns, strict=True)]


def _parts(
    name: str, data: Any, columns: tuple[Sequence[str], Sequence[str]], max_document: int
) -> list[Part]:
    text_columns, labels = columns
    limit = DocumentLimit(name, max_document)
    if hasattr(data, "with_format") and hasattr(data, "iter"):
        part = split_part(name, data, text_columns, limit, labels)
        return [part] if part.text_columns else []
    import pyarrow.dataset as pds  # noqa: PLC0415 (slow, and no check of files needs it)

    if isinstance(data, pds.Dataset):
        data = data.scanner().to_reader()
    if isinstance(data, pa.RecordBatchReader):
        return _reader_parts(name, data, columns, limit)
    if (table := _as_table(data)) is not None:
        file = _table_file(name, table, limit)
        return table_parts(file, text_columns, labels) if file.pieces else []
    data = _as_rows(name, data)
    if not isinstance(data, Iterable) or isinstance(data, str | bytes | IOBase):
        raise InputError(
            f"data of the type {type(data).__name__} cannot be checked",
            remedy="give paths, texts, a table, a dataset, or an iterable of rows as mappings.",
        )
    return _row_parts(name, data, columns, limit)


def _as_rows(name: str, data: Any) -> Any:
    """Return the rows of a mapping of columns, or of a sequence without an iterator; else `data`.

    Raises
    ------
    InputError
        If it is a mapping of anything else.
    """
    if isinstance(data, Mapping):
        data = _rows_of_columns(data)
        if data is None:
            raise InputError(
                f"{name!r} is a mapping of rows, or of splits of splits",
                remedy="give the rows themselves, as list(data.values()), or one of the splits.",
            )
    if _is_frame(data):
        return _rows_of_frame(data)
    if hasattr(data, "__getitem__") and hasattr(data, "__len__") and not hasattr(data, "__iter__"):
        return map(data.__getitem__, range(len(data)))  # a Dataset of torch
    return data


def _as_table(data: Any) -> pa.Table | None:
    """Return what is a table or a column as a table of Arrow; None if it is read as rows.

    Raises
    ------
    InputError
        If it is a table that cannot be read.
    """
    try:
        return _to_table(data)
    except (pa.ArrowException, ValueError) as error:  # of names that pandas has twice
        if _has_nested_cells(data):
            return None  # Arrow has no column of texts and lists
        raise InputError(
            f"data of the type {type(data).__name__} cannot be read as a table "
            f"({' '.join(str(error).split()):.200})",
            remedy="give its columns of text, each with a name and with values of one type.",
        ) from error


def _to_table(data: Any) -> pa.Table | None:
    library = type(data).__module__.partition(".")[0]
    if library == "polars":
        data = data.collect() if hasattr(data, "collect") else data
        data = data.to_arrow()
    elif library == "pandas":
        # A column that holds objects is strings and nulls, or an error.
        if not hasattr(data, "to_numpy"):  # groups of rows
            return None
        is_column = not hasattr(data, "columns")
        data = pa.array(data, from_pandas=True) if is_column else pa.Table.from_pandas(data)
    if isinstance(data, pa.Array | pa.ChunkedArray):
        return pa.table({"text": data})
    if isinstance(data, pa.RecordBatch):
        return pa.Table.from_batches([data])
    if isinstance(data, pa.Table):
        return data
    return pa.table(data) if hasattr(data, "__arrow_c_stream__") else None


def _has_nested_cells(data: Any) -> bool:
    """Return whether data is a table of pandas with lists or mappings in it."""
    return (
        _is_frame(data)
        and data.columns.is_unique
        and any(
            isinstance(cell, list | dict)
            for name in data.columns
            if data[name].dtype == object
            for cell in data[name]
        )
    )


def _is_frame(data: Any) -> bool:
    library = type(data).__module__.partition(".")[0]
    return library == "pandas" and hasattr(data, "to_dict") and hasattr(data, "columns")


def _rows_of_frame(frame: Any) -> list[dict[str, Any]]:
    present = frame.astype(object).where(frame.notna(), None)
    rows: list[dict[str, Any]] = present.rename(columns=str).to_dict("records")
    return rows


def _table_file(name: str, table: pa.Table, limit: DocumentLimit) -> TableFile:
    rows = max(1, table.num_rows * _PIECE_BYTES // max(1, table.nbytes))
    firsts = range(0, table.num_rows, rows)
    size = table.nbytes // max(1, len(firsts))
    return TableFile(
        name,
        table.schema,
        tuple(
            TablePiece(size, partial(_read_rows, table.slice(first, rows), first, limit))
            for first in firsts
        ),
        lambda names: table.select(list(names)).slice(0, _SAMPLE_ROWS),
        name,
    )


def _read_rows(
    table: pa.Table, row: int, limit: DocumentLimit, paths: Sequence[str]
) -> Iterator[RowBlock]:
    names = top_columns(paths, table.column_names)
    return row_blocks(table.select(names).combine_chunks().to_batches(), limit, row)


def _reader_parts(
    name: str,
    reader: pa.RecordBatchReader,
    columns: tuple[Sequence[str], Sequence[str]],
    limit: DocumentLimit,
) -> list[Part]:
    text_columns, labels = columns
    head: list[pa.RecordBatch] = []
    for batch in reader:
        head.append(batch)
        if sum(map(len, head)) >= _SAMPLE_ROWS:
            break
    sample = pa.Table.from_batches(head, reader.schema)
    if not len(sample):
        return []
    choice = find_columns(reader.schema, text_columns, sample.select, file=name, labels=labels)
    waiting = [chain(head, reader)]

    def read() -> Iterator[Documents]:
        names = top_columns(choice.all(), reader.schema.names)
        batches = (batch.select(names) for batch in _take_once(waiting))
        for block in row_blocks(batches, limit):
            yield from block_documents(name, block, choice)

    return [Part(name, 0, read, choice.texts, rereadable=False, labels=choice.labels)]


def _take_once(waiting: list[chain[T]]) -> Iterator[T]:
    """Return what waits to be read.

    Raises
    ------
    InputError
        If it was read already.
    """
    if not waiting:
        raise InputError("the iterator can be read only once", remedy="give a list.")
    return waiting.pop()


def _row_parts(
    name: str,
    rows: Iterable[object],
    columns: tuple[Sequence[str], Sequence[str]],
    limit: DocumentLimit,
) -> list[Part]:
    text_columns, labels = columns
    is_read_once = iter(rows) is rows
    batches = _row_batches(_single_rows(rows), limit)
    first = next(batches)
    if not first.records and not first.faults:
        return []
    sample = spread_sample([record for _, record in first.records])
    layout = infer_layout(sample, text_columns, name, labels)
    waiting = [chain([first], batches)]
    if not is_read_once:
        batches.close()

    def read() -> Iterator[Documents]:
        again = not is_read_once
        for batch in _row_batches(_single_rows(rows), limit) if again else _take_once(waiting):
            yield from record_documents(name, batch, layout.record_columns, layout.sample_members)

    return [
        Part(
            name,
            0,
            read,
            layout.columns.texts,
            rereadable=not is_read_once,
            labels=tuple(labels),
        )
    ]


def _single_rows(rows: Iterable[object]) -> Iterator[object]:
    """Yield rows; of a table among them, such as one of its chunks, the rows of the table."""
    for row in rows:
        if isinstance(row, str | Mapping) or (table := _as_table(row)) is None:
            yield from _rows_of_frame(row) if _is_frame(row) else (row,)
        else:
            for batch in table.to_batches(_CHUNK_ROWS):
                yield from batch.to_pylist()


def _row_batches(rows: Iterator[object], limit: DocumentLimit) -> Generator[Records]:
    """Yield the rows in batches, the first one of a size for a sample; at least one batch."""
    batch, chars, is_sample = Records([], []), 0, True
    for row, value in enumerate(rows):
        record_or_reason = _to_record(value)
        values = () if isinstance(record_or_reason, str) else record_or_reason.values()
        size = sum(len(text) for text in values if isinstance(text, str))
        if size > limit.size:
            if row:
                yield batch  # the rows before it are fine
            raise limit.error_for_row(row)
        batch.add(row, record_or_reason)
        chars += _ROW_CHARS + size
        is_enough = is_sample and chars >= _SAMPLE_CHARS and len(batch.records) >= _SAMPLE_ROWS
        if is_enough or chars >= _BATCH_CHARS:
            yield batch
            batch, chars, is_sample = Records([], []), 0, False
    yield batch


def _to_record(value: object) -> Record | str:
    if isinstance(value, str):
        return {"text": str(value)}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        value = value._asdict()
    elif is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in fields(value)}
    elif isinstance(value, np.void) and value.dtype.names:
        value = dict(zip(value.dtype.names, value.tolist(), strict=True))
    if not isinstance(value, Mapping):
        return skipped_rows.NOT_MAPPING
    return to_record(_plain(value))


def _plain(value: Any, depth: int = 0) -> object:
    """Return a value as JSON would have it: days and times are strings in the form of ISO 8601."""
    if isinstance(value, np.generic | np.ndarray):
        is_time = value.dtype.kind == "M"
        value = (value.astype("M8[us]") if is_time else value).tolist()
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bytes):
        return as_text(value)
    if isinstance(value, date):
        return None if (text := value.isoformat()) == _NOT_A_TIME else text
    if depth < skipped_rows.MAX_NESTING:
        if isinstance(value, Mapping):
            return {str(key): _plain(inner, depth + 1) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [_plain(inner, depth + 1) for inner in value]
    return value
