"""CSV and TSV written again: rows of which nothing goes keep every byte, and so do other cells."""

import codecs
from collections.abc import Sequence
from typing import BinaryIO

from provenance.read.corpus.file_access import File, translate_read_errors
from provenance.read.formats.csv_file import (
    SAMPLE,
    Dialect,
    Lines,
    decoded,
    dialect_of,
    written_rows,
)
from provenance.read.rewriting.removal_plan import Cuts, RowCuts


def rewrite_delimited(file: File, sink: BinaryIO, cuts: Cuts) -> None:
    """Write a file of cells again."""
    head = file.head(SAMPLE)
    dialect = dialect_of(head, file.path, whole=len(head) < SAMPLE)
    if head.startswith(codecs.BOM_UTF8):
        sink.write(codecs.BOM_UTF8)
    with decoded(file.stream()) as stream, translate_read_errors(file.told):
        for row, cells, written in written_rows(Lines(stream, dialect, file.limit), dialect):
            if row in cuts.rows:
                continue
            kept = written
            if row in cuts.spans:
                kept = _edited(cells, written, dialect, cuts.of(row, file.told))
            sink.write(kept.encode("utf-8", "surrogateescape"))


def _edited(cells: Sequence[str], written: str, dialect: Dialect, cuts: RowCuts) -> str:
    line = written.rstrip("\r\n")
    pieces = _pieces(line, dialect)
    if len(pieces) != len(cells):  # written in a way that only the parser understands
        pieces = [_quoted(cell, dialect, enclosed=True) for cell in cells]
    for place, name in enumerate(dialect.names):
        if name in cuts.spans:
            cell = cuts.edit(name, cells[place])
            enclosed = pieces[place].startswith('"') or (not cell and len(cells) == 1)
            pieces[place] = _quoted(cell, dialect, enclosed=enclosed)
    cuts.check()
    return dialect.delimiter.join(pieces) + written[len(line) :]


def _pieces(line: str, dialect: Dialect) -> list[str]:
    """Part a row at its delimiters, each piece as it is written."""
    if not dialect.quoted:
        return line.split(dialect.delimiter)
    pieces, start, at = [], 0, 0
    while at < len(line):
        if at == start and line[at] == '"':
            at = _closing(line, at + 1)
        elif line[at] == dialect.delimiter:
            pieces.append(line[start:at])
            start = at = at + 1
        else:
            at += 1
    return [*pieces, line[start:]]


def _closing(line: str, at: int) -> int:
    """Give the place behind the mark that closes what was opened before `at`."""
    while (end := line.find('"', at)) >= 0:
        if line[end + 1 : end + 2] != '"':
            return end + 1
        at = end + 2
    return len(line)


def _quoted(cell: str, dialect: Dialect, *, enclosed: bool) -> str:
    if not dialect.quoted:
        return cell
    if enclosed or any(mark in cell for mark in (dialect.delimiter, '"', "\r", "\n")):
        return '"' + cell.replace('"', '""') + '"'
    return cell
