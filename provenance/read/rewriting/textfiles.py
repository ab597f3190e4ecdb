"""Text files written again, in the encoding that they have."""

import codecs
from typing import BinaryIO

from provenance.read.files import File, reading
from provenance.read.rewriting.cuts import Cuts

_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}


def rewrite_text(file: File, sink: BinaryIO, cuts: Cuts) -> None:
    """Write a text file again."""
    with file.stream() as stream, reading(file.told):
        data = b"".join(iter(lambda: stream.read(1 << 20), b""))
    mark = next((mark for mark in _MARKS if data.startswith(mark)), b"")
    encoding = _MARKS.get(mark, "utf-8")
    own = cuts.of(0, file.told)
    text = own.edit("text", data.removeprefix(mark).decode(encoding))
    own.check()
    sink.write(mark + text.encode(encoding))
