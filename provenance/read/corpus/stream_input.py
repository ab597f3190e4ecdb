"""Streams that can be read once: standard input and named pipes."""

import hashlib
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO, cast

import numpy as np

from provenance.errors import InputError, UnsupportedFormat
from provenance.model.content.fingerprints import Texts
from provenance.model.content.tables import Documents
from provenance.model.rules.policy import MAX_DOCUMENT
from provenance.read.corpus.corpus_parts import Part
from provenance.read.corpus.file_access import translate_read_errors
from provenance.read.corpus.folder_listing import is_pipe
from provenance.read.corpus.size_limits import DocumentLimit
from provenance.read.formats.compression import detect_compression
from provenance.read.formats.detection import check_text
from provenance.read.formats.jsonl_blocks import LineBlock, line_blocks, parse_rows
from provenance.read.formats.jsonl_file import infer_layout, read_rows

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

STANDARD_INPUT = "-"
_HEAD_BYTES = 1 << 12
_TO_FILE = "give JSON Lines; write any other format to a file with its suffix, and name that."


class _HashingReader:
    """A stream whose bytes are hashed as they are read.

    Parameters
    ----------
    stream : BinaryIO
        The stream.
    hasher : hash of hashlib
        Gets the bytes.
    """

    def __init__(self, stream: BinaryIO, hasher: "Hash") -> None:
        self._stream, self._hasher = stream, hasher

    def read(self, size: int) -> bytes:
        data = self._stream.read(size)
        self._hasher.update(data)
        return data


class HashedStream:
    """Texts that are hashed as they are read, because there is no file to hash.

    Parameters
    ----------
    read : callable
        Returns the texts.
    hasher : hash of hashlib or None
        Has the bytes that they are read from once these are read; None if there are none, and the
        texts are hashed instead.
    """

    def __init__(
        self, read: Callable[[], Iterator[Documents]], hasher: "Hash | None" = None
    ) -> None:
        self._read, self._hasher = read, hasher
        self._digest: str | None = None
        self._fault: InputError | None = None

    def batches(self) -> Iterator[Documents]:
        """Yield the texts."""
        try:
            yield from self._hash_texts()
        except InputError as error:
            self._fault = error
            raise

    @property
    def has_bytes(self) -> bool:
        """Return whether the digest is of bytes: that of the file that was piped."""
        return self._hasher is not None

    def _hash_texts(self) -> Iterator[Documents]:
        if self._hasher is not None:
            yield from self._read()
            self._digest = self._hasher.hexdigest()
            return
        lengths, letters = hashlib.sha256(), hashlib.sha256()
        for documents in self._read():
            texts = Texts.of(documents.batch.column("text"))
            lengths.update(np.diff(texts.offsets).astype("<i8").tobytes())
            letters.update(texts.data[texts.offsets[0] : texts.offsets[-1]].tobytes())
            yield documents
        self._digest = hashlib.sha256(lengths.digest() + letters.digest()).hexdigest()

    def __call__(self) -> str:
        """Return the SHA-256 of the bytes, or over the digests of lengths and texts.

        What is left is read first.

        Raises
        ------
        InputError
            If they could not be read to their end.
        """
        if self._fault is not None:
            raise self._fault
        if self._digest is None:
            for _ in self.batches():
                pass
        return str(self._digest)


def is_stream(address: str) -> bool:
    """Return whether an address is standard input, or a pipe such as a shell's `<(zcat a.gz)`."""
    return address == STANDARD_INPUT or is_pipe(address)


def stream_part(
    address: str,
    text_columns: Sequence[str],
    max_document: int = MAX_DOCUMENT,
    label_columns: Sequence[str] = (),
) -> Part:
    """Return the JSON Lines on standard input, or in a pipe, as a part that can be read once.

    Parameters
    ----------
    address : str
        "-", or the path of a pipe.
    text_columns : sequence of str
        Text columns given by the user.
    max_document : int
        Largest size of a line in bytes.
    label_columns : sequence of str
        Columns that collections of the policy name; they may first occur later.

    Raises
    ------
    UnsupportedFormat
        If its beginning is not text in UTF-8, or no line is an object.
    ColumnMissing
        If a given column is in none of the first objects, or none holds text.
    """
    display_name = "standard input" if address == STANDARD_INPUT else address
    hasher = hashlib.sha256()
    blocks = _read_blocks(address, DocumentLimit(display_name, max_document), hasher)
    head: list[LineBlock] = []
    sample = []
    for block in blocks:
        if not head:
            _check_beginning(block.data[:_HEAD_BYTES], display_name)
        head.append(block)
        sample = [record for _, record in parse_rows(block).records]
        if sample:
            break
    if not sample and any(parse_rows(block).faults for block in head):
        raise UnsupportedFormat(f"{display_name}: no line is an object in JSON", remedy=_TO_FILE)
    layout = infer_layout(sample, text_columns, address, label_columns)
    waiting = [chain(head, blocks)]

    def read() -> Iterator[Documents]:
        if not waiting:
            raise InputError(
                f"{display_name} can be read only once", remedy="write it to a file first."
            )
        return read_rows(address, waiting.pop(), layout)

    return Part(
        address,
        0,
        read,
        layout.columns.texts,
        rereadable=False,
        labels=tuple(label_columns),
        hasher=hasher,
    )


def _check_beginning(head: bytes, name: str) -> None:
    """Raise if the beginning of a stream is not that of text in UTF-8."""
    if (compression := detect_compression(head)) is not None:
        raise UnsupportedFormat(
            f"{name}: the content is compressed with {compression}",
            remedy="decompress it before: `zcat pages.jsonl.gz | provenance check -`.",
        )
    check_text(head, name)


def _read_blocks(address: str, limit: DocumentLimit, hasher: "Hash") -> Iterator[LineBlock]:
    is_input = address == STANDARD_INPUT
    with (
        translate_read_errors(limit.file),
        nullcontext(sys.stdin.buffer) if is_input else open(address, "rb") as stream,
    ):
        yield from line_blocks(cast("BinaryIO", _HashingReader(stream, hasher)), limit)
