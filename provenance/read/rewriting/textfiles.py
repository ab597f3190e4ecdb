"""Text files written again, in the encoding that they have."""

from typing import BinaryIO

from provenance.read.files import File
from provenance.read.rewriting.cuts import Cuts
from provenance.read.textfiles import content_of, encoding_of


def rewrite_text(file: File, sink: BinaryIO, cuts: Cuts) -> None:
    """Write a text file again."""
    data = content_of(file)
    mark, encoding = encoding_of(data)
    own = cuts.of(0, file.told)
    text = own.edit("text", data.removeprefix(mark).decode(encoding))
    own.check()
    sink.write(mark + text.encode(encoding))
