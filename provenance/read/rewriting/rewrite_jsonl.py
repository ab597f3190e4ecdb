"""JSON Lines written again: lines of which nothing goes keep every byte."""

import codecs
from typing import BinaryIO

from provenance.read.corpus.file_access import File
from provenance.read.formats.json_lines import LineBlock
from provenance.read.formats.jsonl_file import read_blocks
from provenance.read.rewriting.json_strings import edited
from provenance.read.rewriting.removal_plan import Cuts

_SPACE = b" \t\r\n"


def rewrite_lines(file: File, sink: BinaryIO, cuts: Cuts) -> None:
    """Write a JSON Lines file again."""
    if file.head(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8:
        sink.write(codecs.BOM_UTF8)
    for block in read_blocks(file):
        if cuts.touches(block.first, block.first + block.rows):
            _rewrite_block(file, block, sink, cuts)
        else:
            sink.write(block.data)


def _rewrite_block(file: File, block: LineBlock, sink: BinaryIO, cuts: Cuts) -> None:
    row = block.first
    for line in _lines(block):
        if not line.strip(_SPACE):
            sink.write(line)
            continue
        if row in cuts.spans:
            sink.write(edited(line.decode(), cuts.of(row, file.told)).encode())
        elif row not in cuts.rows:
            sink.write(line)
        row += 1


def _lines(block: LineBlock) -> list[bytes]:
    *lines, rest = block.data.split(b"\n")
    return [*(line + b"\n" for line in lines), *([rest] if rest else [])]
