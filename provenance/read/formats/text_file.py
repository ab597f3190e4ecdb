"""Text files: each is a document."""

import codecs
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from provenance.model import Documents
from provenance.read.columns.nested_texts import TextLeaves
from provenance.read.corpus.corpus_parts import Part
from provenance.read.corpus.documents import RowMetadata, build_documents
from provenance.read.corpus.file_access import File, read_fully, translate_read_errors

_FIELD = "text"
_STRATUM = "text files"  # a file of one document gives no share of it
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",  # which begins as UTF-16 does
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_PLAIN = (b"", "utf-8")


def text_parts(file: File) -> list[Part]:
    """Make a text file a part of a corpus."""

    def read() -> Iterator[Documents]:
        texts = pa.array([_utf8(content_of(file))], pa.large_binary())
        rows = np.zeros(1, np.int64)
        return build_documents(RowMetadata(file.name, rows), TextLeaves.of({_FIELD: texts}))

    return [Part(file.name, file.size, read, (_FIELD,), stratum=_STRATUM)]


def content_of(file: File) -> bytes:
    """Read all of a file, decompressed.

    Raises
    ------
    DocumentTooLarge
        If it is larger than its limit.
    """
    with file.stream() as stream, translate_read_errors(file.told):
        content = read_fully(stream, file.max_document + 1)
    if len(content) > file.max_document:
        raise file.limit.exceeded(0)
    return content


def encoding_of(data: bytes) -> tuple[bytes, str]:
    """Return the mark that some editors put before a text, and the encoding that it stands for."""
    return next(((mark, code) for mark, code in _MARKS.items() if data.startswith(mark)), _PLAIN)


def _utf8(data: bytes) -> bytes:
    """Return text in UTF-8, without a mark before it."""
    mark, encoding = encoding_of(data)
    if encoding == "utf-8":
        return data.removeprefix(mark)
    try:
        return data.removeprefix(mark).decode(encoding).encode()
    except UnicodeDecodeError:
        return data  # which is counted as what it is: not UTF-8
