"""Files whose rows are read one by one, as if they were JSON objects, as parts of a corpus."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing

from provenance.model.content.tables import Documents
from provenance.read.corpus.corpus_parts import Part
from provenance.read.corpus.file_access import (
    ExceptionTypes,
    File,
    read_fully,
    translate_read_errors,
)
from provenance.read.corpus.size_limits import until_error
from provenance.read.formats.json_objects import Record, to_record
from provenance.read.formats.jsonl_blocks import JsonBlock, Records, parse_rows
from provenance.read.formats.jsonl_file import infer_layout, layout_key, read_rows, spread_sample

BATCH_BYTES = 4 << 20
_SAMPLE_BYTES = 1 << 18
_MIN_SAMPLE_RECORDS = 200
_ROW_BYTES = 100
"""Bytes that a row counts for in addition to its values."""

SizedRecord = tuple[Record | str, int]
"""A row, or the reason why it cannot be read; and its size in bytes as stored."""


def record_parts(
    file: File, read: Callable[[int], Generator[JsonBlock]], text_columns: Sequence[str]
) -> list[Part]:
    """Return the part of a file.

    Parameters
    ----------
    file : File
        The file.
    read : callable
        Returns its rows in batches of about as many bytes as its argument says.
    text_columns : sequence of str
        Text columns given by the user.

    Raises
    ------
    ColumnMissing
        If a given column is missing, or no column holds text.
    """
    with closing(read(_SAMPLE_BYTES)) as blocks:
        records: list[Record] = []
        for block in until_error(blocks):
            records += (record for _, record in parse_rows(block).records)
            if len(records) >= _MIN_SAMPLE_RECORDS:
                break
    labels = file.label_columns
    sample = spread_sample(records)
    layout = infer_layout(sample, text_columns, file.display_path, labels)

    def read_documents() -> Iterator[Documents]:
        yield from read_rows(file.name, read(BATCH_BYTES), layout)

    # Columns may first occur after the sample.
    return [
        Part(
            file.name,
            file.size,
            read_documents,
            layout.columns.texts,
            layout=layout_key(labels),
            labels=labels,
        )
    ]


def in_batches(
    file: File, rows: Generator[SizedRecord], size: int, damage: ExceptionTypes
) -> Generator[Records]:
    """Collect rows into batches of about `size` bytes.

    Parameters
    ----------
    file : File
        The file.
    rows : generator of SizedRecord
        Its rows.
    size : int
        Bytes in a batch.
    damage : tuple of type
        Exceptions that the parser raises for damaged content.

    Raises
    ------
    CorruptFile
        If the file is damaged; the rows before that are yielded first.
    DocumentTooLarge
        At a row that is larger than the limit.
    """
    batch, batch_bytes, row = Records([], []), 0, 0
    with (
        closing(rows),
        translate_read_errors(file.display_path, lambda: f"after {row:,} rows", damage=damage),
    ):
        try:
            for record, record_bytes in rows:
                _check_size(file, row, record_bytes)
                batch.add(row, record if isinstance(record, str) else to_record(record))
                row += 1
                batch_bytes += _ROW_BYTES + record_bytes
                if batch_bytes >= size:
                    yield batch
                    batch, batch_bytes = Records([], []), 0
        except Exception:
            yield batch  # the rows before it are fine
            raise
    yield batch


def _check_size(file: File, row: int, size: int) -> None:
    if size > file.max_document:
        raise file.limit.error_for_row(row)


def as_text(data: bytes) -> str | bytes:
    """Return bytes as text; unchanged if they are not text in UTF-8, as images are not."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return data
    return data if 4 * data.count(0) > len(data) else text


def read_exactly(stream: object, size: int) -> bytes:
    """Read `size` bytes.

    Raises
    ------
    EOFError
        If fewer are left.
    """
    data = read_fully(stream, size)  # type: ignore[arg-type]
    if len(data) < size:
        raise EOFError(f"{size - len(data):,} bytes are missing at its end")
    return data
