"""Text files: each is a document."""

import codecs
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from provenance.model import Documents
from provenance.read.documents import Rows, documents
from provenance.read.files import File, reading
from provenance.read.leaves import Leaves
from provenance.read.parts import Part

_FIELD = "text"
_STRATUM = "text files"  # a file of one document gives no share of it
_WIDE = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def text_parts(file: File) -> list[Part]:
    """Make a text file a part of a corpus."""

    def read() -> Iterator[Documents]:
        with file.stream() as stream, reading(file.told):
            # Raw files may give less than all there is.
            data = b"".join(iter(lambda: stream.read(1 << 20), b""))
        texts = pa.array([_utf8(data)], pa.large_binary())
        rows = np.zeros(1, np.int64)
        return documents(Rows(file.name, rows), Leaves.of({_FIELD: texts}))

    return [Part(file.name, file.size, read, (_FIELD,), stratum=_STRATUM)]


def _utf8(data: bytes) -> bytes:
    """Return text in UTF-8, without the mark that some editors put before it."""
    encoding = _WIDE.get(data[:2])
    if encoding is None:
        return data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode(encoding).encode()
    except UnicodeDecodeError:
        return data  # which is counted as what it is: not UTF-8
