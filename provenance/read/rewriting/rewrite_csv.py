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
from provenance.read.rewriting.json_strings import edit_text
from provenance.read.rewriting.removal_plan import Removals, RowRemovals


def rewrite_csv(file: File, sink: BinaryIO, removals: Removals) -> None:
    """Rewrite a CSV or TSV file."""
    head = file.head(SAMPLE_BYTES)
    dialect = detect_dialect(head, file.path, is_whole=len(head) < SAMPLE_BYTES)
    if head.startswith(codecs.BOM_UTF8):
        sink.write(codecs.BOM_UTF8)
    with decode_stream(file.stream()) as stream, translate_read_errors(file.display_path):
        for row, cells, source in rows_with_source(CsvLines(stream, dialect, file.limit), dialect):
            if row in removals.rows:
                continue
            edited = source
            if row in removals.spans:
                edited = _edit_row(cells, source, dialect, removals.of(row, file.display_path))
            sink.write(edited.encode("utf-8", "surrogateescape"))


def _edit_row(cells: Sequence[str], source: str, dialect: Dialect, removals: RowRemovals) -> str:
    line = source.rstrip("\r\n")
    pieces = _split_raw(line, dialect)
    if len(pieces) != len(cells):  # quoted in a way that only the parser handles
        pieces = [_quote(cell, dialect, is_enclosed=True) for cell in cells]
    for place, name in enumerate(dialect.names):
        if name in removals.spans or removals.within_structure(name):
            cell = edit_text(cells[place], name, removals)
            is_enclosed = pieces[place].startswith('"') or (not cell and len(cells) == 1)
            pieces[place] = _quote(cell, dialect, is_enclosed=is_enclosed)
    removals.check()
    return dialect.delimiter.join(pieces) + source[len(line) :]


def _split_raw(line: str, dialect: Dialect) -> list[str]:
    """Split the source text of a row at its delimiters."""
    if not dialect.quoted:
        return line.split(dialect.delimiter)
    pieces, start, at = [], 0, 0
    while at < len(line):
        if at == start and line[at] == '"':
            at = _closing_quote(line, at + 1, dialect)
        elif dialect.escaped and line[at] == "\\":
            at += 2
        elif line[at] == dialect.delimiter:
            pieces.append(line[start:at])
            start = at = at + 1
        else:
            at += 1
    return [*pieces, line[start:]]


def _closing_quote(line: str, at: int, dialect: Dialect) -> int:
    """Return the offset after the closing quote of a cell opened before `at`."""
    while (end := line.find('"', at)) >= 0:
        before = line[at:end]
        if dialect.escaped and (len(before) - len(before.rstrip("\\"))) % 2:
            at = end + 1
            continue
        if line[end + 1 : end + 2] != '"':
            return end + 1
        at = end + 2
    return len(line)


def _quote(cell: str, dialect: Dialect, *, is_enclosed: bool) -> str:
    if not dialect.quoted:
        return cell
    if dialect.escaped:
        cell = cell.replace("\\", "\\\\")
    if is_enclosed or any(mark in cell for mark in (dialect.delimiter, '"', "\r", "\n")):
        return '"' + cell.replace('"', '\\"' if dialect.escaped else '""') + '"'
    return cell
