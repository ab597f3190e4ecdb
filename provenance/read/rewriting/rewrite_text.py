"""Rewriting of text files in their own encoding."""

from typing import BinaryIO

from provenance.read.corpus.file_access import File
from provenance.read.formats.text_file import detect_encoding, read_content
from provenance.read.rewriting.removal_plan import Removals


def rewrite_text(file: File, sink: BinaryIO, removals: Removals) -> None:
    """Rewrite a text file."""
    data = read_content(file)
    mark, encoding = detect_encoding(data)
    row_removals = removals.of(0, file.display_path)
    text = row_removals.edit("text", data.removeprefix(mark).decode(encoding))
    row_removals.check()
    sink.write(mark + text.encode(encoding))
