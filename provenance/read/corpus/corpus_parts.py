"""Parts of a corpus: pieces that a thread can read independently.

Many small files are grouped into one part, because the fixed cost of a part exceeds that of reading
a small file.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING
from zlib import crc32

import pyarrow as pa

from provenance.errors import InputError
from provenance.model.content.tables import DOCUMENTS, Documents
from provenance.read.corpus.documents import BATCH_BYTES
from provenance.read.corpus.file_access import translate_read_errors, unread_entry
from provenance.read.corpus.skipped_rows import InvalidRows

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

TEXT_FILES = "text files"
"""Stratum of files that are one document each, which is too small to be sampled."""


@dataclass(frozen=True, slots=True)
class Part:
    """A file, some row groups or a range of lines of a file, or several small files.

    Parameters
    ----------
    file : str
        Its name, as in `DOCUMENTS`; the first one if there are several.
    size : int
        Bytes as stored, for progress; 0 if unknown.
    read : callable
        Reads it from its start; raises the errors that `batches` turns into entries.
    text_columns : tuple of str
        Columns with text, as far as known before it is read.
    rereadable : bool
        Whether it can be read again.
    index : int
        Its position in the corpus.
    stratum : str or None
        Name of the stratum for sampling, if it is not the file.
    extent : (int, int) or None
        Its half-open byte range in the file, if its rows depend on nothing else in the file.
    layout : str
        How its columns are read, as far as its bytes do not say; part of the cache key.
    key : callable or None
        Returns a digest of its content, or None; None if it is unknown before it is read.
    identity : callable or None
        Returns a name of its content that is the same on all machines and is known without reading
        it (`File.identity`); None where there is none, as for streams.
    row : int
        Number of its first row in the file.
    names : tuple of str
        Names of its files, if there are several.
    labels : tuple of str
        Columns that it has of those that collections of the policy name.
    hasher : hash of hashlib or None
        Has all bytes of a stream once it is read to its end; None for everything else.
    """

    file: str
    size: int
    read: Callable[[], Iterator[Documents]]
    text_columns: tuple[str, ...] = ()
    rereadable: bool = True
    index: int = 0
    stratum: str | None = None
    extent: tuple[int, int] | None = None
    layout: str = ""
    key: Callable[[], str | None] | None = None
    identity: Callable[[], str | None] | None = None
    row: int = 0
    names: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    hasher: "Hash | None" = None

    @property
    def files(self) -> tuple[str, ...]:
        """Return the names of all its files."""
        return self.names or (self.file,)

    def batches(self) -> Iterator[Documents]:
        """Yield its documents in batches of about 8 MB of text.

        If it cannot be read further, the last batch is empty and has an `unread` entry, so that
        the other parts are still read; so it has for files of which too many rows are invalid.
        """
        batches, row, invalid = self._lazily(), self.row, InvalidRows()
        while True:
            try:
                with translate_read_errors(self.file):
                    documents = next(batches, None)
            except InputError as error:
                offset = self.extent[0] if self.extent is not None and row == self.row else None
                unread = unread_entry(self.file, error, row, offset)
                yield Documents(_EMPTY_BATCH, unread=(unread,))
                return
            if documents is None:
                break
            invalid.add(documents)
            if len(documents.batch):
                row = documents.batch.column("row")[-1].as_py() + 1
            yield documents
        if too_invalid := invalid.unread():
            yield Documents(_EMPTY_BATCH, unread=too_invalid)

    def _lazily(self) -> Iterator[Documents]:
        yield from self.read()  # `read` itself may raise, before the first batch


_EMPTY_BATCH = pa.RecordBatch.from_pylist([], schema=DOCUMENTS)


_SMALL_FILE_BYTES = 1 << 16
"""Stored size up to which a file is grouped with others."""
_MIN_SMALL_FILES = 256
"""Minimum number of small files to group; fewer are few enough to be parts of their own."""
_MAX_GROUP_FILES, _MAX_GROUP_BYTES = 2048, 4 << 20
"""Most files in a group, and bytes as stored."""
_GROUP_BOUNDARY_INTERVAL = 512


def group_small_files(parts: Sequence[Part]) -> list[Part]:
    """Group runs of small files into parts, if there are many.

    Parameters
    ----------
    parts : sequence of Part
        In order of their files' names; a small file is one part.

    Notes
    -----
    The end of a group depends on the hash of a file's name, so that adding or removing a file
    changes its own group only: the cached results of other groups stay valid.
    """
    parts = list(parts)
    if (
        sum(0 < part.size <= _SMALL_FILE_BYTES and part.rereadable for part in parts)
        < _MIN_SMALL_FILES
    ):
        return parts
    files: dict[str, int] = {}
    for part in parts:
        files[part.file] = files.get(part.file, 0) + 1
    grouped_parts: list[Part] = []
    group: list[Part] = []
    size = 0
    for part in parts:
        is_small = (
            part.rereadable
            and 0 < part.size <= _SMALL_FILE_BYTES
            and files[part.file] == 1
            and not part.names
        )
        fits = (
            is_small
            and size < _MAX_GROUP_BYTES
            and len(group) < _MAX_GROUP_FILES
            and crc32(_name_bytes(part)) % _GROUP_BOUNDARY_INTERVAL
        )
        if group and not (fits and group[0].stratum == part.stratum):
            grouped_parts.append(_merge_group(group))
            group, size = [], 0
        if is_small:
            group.append(part)
            size += part.size
        else:
            grouped_parts.append(part)
    return [*grouped_parts, *([_merge_group(group)] if group else [])]


def _merge_group(group: Sequence[Part]) -> Part:
    if len(group) == 1:
        return group[0]
    names = tuple(part.file for part in group)
    columns = dict.fromkeys(column for part in group for column in part.text_columns)
    where = sha256("\0".join(names).encode("utf-8", "surrogateescape")).hexdigest()
    layouts = (repr((part.layout, part.text_columns)) for part in group)
    # The first line of a layout says what precedes the rows: here, the names of the files.
    layout = f"{where}\n{sha256(repr(list(layouts)).encode()).hexdigest()}"
    return replace(
        group[0],
        size=sum(part.size for part in group),
        read=partial(_read_group, group),
        text_columns=tuple(columns),
        extent=None,
        layout=layout,
        key=_group_key([part.key for part in group]),
        identity=_group_key([part.identity for part in group]),
        names=names,
        labels=tuple(dict.fromkeys(label for part in group for label in part.labels)),
    )


def _group_key(
    functions: Sequence[Callable[[], str | None] | None],
) -> Callable[[], str | None] | None:
    """Return a function that combines the keys of all parts; None where a part has none."""
    known = [function for function in functions if function is not None]
    return partial(_combine_keys, known) if len(known) == len(functions) else None


def _combine_keys(functions: Sequence[Callable[[], str | None]]) -> str | None:
    hasher = sha256()
    for function in functions:
        key = function()
        if key is None:
            return None
        hasher.update(f"{key}\n".encode())
    return hasher.hexdigest()


def _read_group(group: Sequence[Part]) -> Iterator[Documents]:
    batches: list[Documents] = []
    size = 0
    for part in group:
        for documents in part.batches():
            batches.append(documents)
            size += documents.batch.nbytes
            if size >= BATCH_BYTES:
                yield _concat_documents(batches)
                batches, size = [], 0
    if batches:
        yield _concat_documents(batches)


def _concat_documents(batches: Sequence[Documents]) -> Documents:
    table = pa.Table.from_batches([documents.batch for documents in batches])
    return Documents(
        next(iter(table.combine_chunks().to_batches()), batches[0].batch),
        tuple(entry for documents in batches for entry in documents.skipped),
        tuple(entry for documents in batches for entry in documents.unread),
    )


def _name_bytes(part: Part) -> bytes:
    return part.file.encode("utf-8", "surrogateescape")
