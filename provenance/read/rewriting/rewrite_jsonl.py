"""Rewriting of JSON Lines; lines without removals keep every byte."""

import codecs
from typing import BinaryIO

from provenance.read.corpus.file_access import File
from provenance.read.formats.jsonl_blocks import LineBlock
from provenance.read.formats.jsonl_file import read_blocks
from provenance.read.rewriting.json_strings import edit_json
from provenance.read.rewriting.removal_plan import Removals

_WHITE_SPACE = b" \t\r\n"


def rewrite_jsonl(file: File, sink: BinaryIO, removals: Removals) -> None:
    """Rewrite a JSON Lines file."""
    if file.head(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8:
        sink.write(codecs.BOM_UTF8)
    for block in read_blocks(file):
        if removals.touches(block.first, block.first + block.rows):
            _rewrite_block(file, block, sink, removals)
        else:
            sink.write(block.data)


def _rewrite_block(file: File, block: LineBlock, sink: BinaryIO, removals: Removals) -> None:
    row = block.first
    for line in _lines(block):
        if not line.strip(_WHITE_SPACE):
            sink.write(line)
            continue
        if row in removals.spans:
            sink.write(edit_json(line.decode(), removals.of(row, file.display_path)).encode())
        elif row not in removals.rows:
            sink.write(line)
        row += 1


def _lines(block: LineBlock) -> list[bytes]:
    *lines, last = block.data.split(b"\n")
    return [*(line + b"\n" for line in lines), *([last] if last else [])]
