"""Rewriting of CSV and TSV files; rows and cells without removals keep every byte."""

import codecs
from collections.abc import Sequence
from typing import BinaryIO

from provenance.read.corpus.file_access import File, translate_read_errors
from provenance.read.formats.csv_file import (
    SAMPLE_BYTES,
    CsvLines,
    Dialect,
    decode_stream,
    detect_dialect,
    rows_with_source,
)
from provenance.read.rewriting.removal_plan import Removals, RowRemovals


def rewrite_csv(file: File, sink: BinaryIO, cuts: Removals) -> None:
    """Rewrite a CSV or TSV file."""
    head = file.head(SAMPLE_BYTES)
    dialect = detect_dialect(head, file.path, whole=len(head) < SAMPLE_BYTES)
    if head.startswith(codecs.BOM_UTF8):
        sink.write(codecs.BOM_UTF8)
    with decode_stream(file.stream()) as stream, translate_read_errors(file.display_path):
        for row, cells, written in rows_with_source(CsvLines(stream, dialect, file.limit), dialect):
            if row in cuts.rows:
                continue
            kept = written
            if row in cuts.spans:
                kept = _edit_row(cells, written, dialect, cuts.of(row, file.display_path))
            sink.write(kept.encode("utf-8", "surrogateescape"))


def _edit_row(cells: Sequence[str], written: str, dialect: Dialect, cuts: RowRemovals) -> str:
    line = written.rstrip("\r\n")
    pieces = _split_raw(line, dialect)
    if len(pieces) != len(cells):  # quoted in a way that only the parser handles
        pieces = [_quote(cell, dialect, enclosed=True) for cell in cells]
    for place, name in enumerate(dialect.names):
        if name in cuts.spans:
            cell = cuts.edit(name, cells[place])
            enclosed = pieces[place].startswith('"') or (not cell and len(cells) == 1)
            pieces[place] = _quote(cell, dialect, enclosed=enclosed)
    cuts.check()
    return dialect.delimiter.join(pieces) + written[len(line) :]


def _split_raw(line: str, dialect: Dialect) -> list[str]:
    """Split the source text of a row at its delimiters."""
    if not dialect.quoted:
        return line.split(dialect.delimiter)
    pieces, start, at = [], 0, 0
    while at < len(line):
        if at == start and line[at] == '"':
            at = _closing_quote(line, at + 1)
        elif line[at] == dialect.delimiter:
            pieces.append(line[start:at])
            start = at = at + 1
        else:
            at += 1
    return [*pieces, line[start:]]


def _closing_quote(line: str, at: int) -> int:
    """Return the offset after the closing quote of a cell opened before `at`."""
    while (end := line.find('"', at)) >= 0:
        if line[end + 1 : end + 2] != '"':
            return end + 1
        at = end + 2
    return len(line)


def _quote(cell: str, dialect: Dialect, *, enclosed: bool) -> str:
    if not dialect.quoted:
        return cell
    if enclosed or any(mark in cell for mark in (dialect.delimiter, '"', "\r", "\n")):
        return '"' + cell.replace('"', '""') + '"'
    return cell
