"""Text files, each of which is one document."""

import codecs
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from provenance.model.content.tables import Documents
from provenance.read.columns.nested_texts import TextLeaves
from provenance.read.corpus.corpus_parts import TEXT_FILES, Part
from provenance.read.corpus.documents import RowMetadata, build_documents
from provenance.read.corpus.file_access import File, read_fully, translate_read_errors

_FIELD = "text"
_BOMS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",  # before UTF-16, whose mark is a prefix of it
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_NO_BOM = (b"", "utf-8")


def text_parts(file: File) -> list[Part]:
    """Return a text file as one part."""

    def read() -> Iterator[Documents]:
        texts = pa.array([_to_utf8(read_content(file))], pa.large_binary())
        rows = np.zeros(1, np.int64)
        return build_documents(RowMetadata(file.name, rows), TextLeaves.of({_FIELD: texts}))

    return [Part(file.name, file.size, read, (_FIELD,), stratum=TEXT_FILES)]


def read_content(file: File) -> bytes:
    """Return the content of a file, decompressed.

    Raises
    ------
    DocumentTooLarge
        If it is larger than its limit.
    """
    with file.stream() as stream, translate_read_errors(file.display_path):
        content = read_fully(stream, file.max_document + 1)
    if len(content) > file.max_document:
        raise file.limit.error_for_row(0)
    return content


def detect_encoding(data: bytes) -> tuple[bytes, str]:
    """Return the byte order mark of a text, and its encoding."""
    return next(((mark, code) for mark, code in _BOMS.items() if data.startswith(mark)), _NO_BOM)


def _to_utf8(data: bytes) -> bytes:
    """Return text in UTF-8, without a byte order mark."""
    mark, encoding = detect_encoding(data)
    if encoding == "utf-8":
        return data.removeprefix(mark)
    try:
        return data.removeprefix(mark).decode(encoding).encode()
    except UnicodeDecodeError:
        return data  # counted as not valid UTF-8
