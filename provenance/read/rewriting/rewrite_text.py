"""Text files written again, in the encoding that they have."""

from typing import BinaryIO

from provenance.read.corpus.file_access import File
from provenance.read.formats.text_file import content_of, encoding_of
from provenance.read.rewriting.removal_plan import Cuts


def rewrite_text(file: File, sink: BinaryIO, cuts: Cuts) -> None:
    """Write a text file again."""
    data = content_of(file)
    mark, encoding = encoding_of(data)
    own = cuts.of(0, file.told)
    text = own.edit("text", data.removeprefix(mark).decode(encoding))
    own.check()
    sink.write(mark + text.encode(encoding))
