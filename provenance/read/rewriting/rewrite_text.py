"""Rewriting of text files in their own encoding."""

from typing import BinaryIO

from provenance.read.corpus.file_access import File
from provenance.read.formats.text_file import detect_encoding, read_content
from provenance.read.rewriting.removal_plan import Removals


def rewrite_text(file: File, sink: BinaryIO, cuts: Removals) -> None:
    """Rewrite a text file."""
    data = read_content(file)
    mark, encoding = detect_encoding(data)
    own = cuts.of(0, file.display_path)
    text = own.edit("text", data.removeprefix(mark).decode(encoding))
    own.check()
    sink.write(mark + text.encode(encoding))
