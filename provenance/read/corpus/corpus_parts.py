"""Pieces of a corpus that a thread can read on its own.

Small files, many of them in one part: what is done once a part takes longer than reading one.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from zlib import crc32

import pyarrow as pa

from provenance.errors import InputError
from provenance.model import DOCUMENTS, Documents
from provenance.read.corpus.documents import BATCH
from provenance.read.corpus.file_access import reading, unread_of


@dataclass(frozen=True, slots=True)
class Part:
    """A file, some row groups of one, or some small files.

    Parameters
    ----------
    file : str
        Its name, as in `DOCUMENTS`; the first, where there are several.
    size : int
        Bytes on disk, for progress; 0 where nobody knows.
    read : callable
        Reads it from its start; raises what `batches` tells.
    text_columns : tuple of str
        Where its text is, as far as that is known before it is read.
    rereadable : bool
        Whether it can be read again.
    index : int
        Its place in the corpus.
    stratum : str or None
        What it is drawn from together with others, where they are not parts of one file.
    extent : (int, int) or None
        Where its bytes lie in the file, half-open, if nothing else of the file tells of its rows.
    layout : str
        How its columns are read, where its bytes do not say.
    key : callable or None
        Gives a digest of all that it holds, or None; None where it cannot be told before it is
        read.
    row : int
        Number of its first row in the file.
    names : tuple of str
        Of all its files, where there are several.
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
    row: int = 0
    names: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """Names of all its files."""
        return self.names or (self.file,)

    def batches(self) -> Iterator[Documents]:
        """Read it, in batches of about 8 MB of text.

        Where it cannot be read on, the last batch is empty and says so: everybody who reads a
        corpus goes on with the other parts.
        """
        batches, row = self._lazily(), self.row
        while True:
            try:
                with reading(self.file):
                    documents = next(batches, None)
            except InputError as error:
                begun = self.extent[0] if self.extent is not None and row == self.row else None
                unread = unread_of(self.file, error, row, begun)
                yield Documents(_NOTHING, unread=(unread,))
                return
            if documents is None:
                return
            if len(documents.batch):
                row = documents.batch.column("row")[-1].as_py() + 1
            yield documents

    def _lazily(self) -> Iterator[Documents]:
        yield from self.read()  # which may fail before it gives anything


_NOTHING = pa.RecordBatch.from_pylist([], schema=DOCUMENTS)


_SMALL = 1 << 16
"""Bytes on disk of a file that is read together with others."""
_MANY = 256
"""Small files from which on they are put together; fewer are as many parts as threads can share."""
_MOST, _SIZE = 2048, 4 << 20
"""Files in a part, and their bytes on disk."""
_SPACING = 512


def grouped(parts: Sequence[Part]) -> list[Part]:
    """Put parts that are small files into one, where there are many of them in a row.

    Parameters
    ----------
    parts : sequence of Part
        In order of their files' names, each of a file of its own where it is small.

    Notes
    -----
    Names say where a group ends, so that a file that comes or goes changes its own group alone:
    the others are known to the cache.
    """
    parts = list(parts)
    if sum(0 < part.size <= _SMALL and part.rereadable for part in parts) < _MANY:
        return parts
    files: dict[str, int] = {}
    for part in parts:
        files[part.file] = files.get(part.file, 0) + 1
    made: list[Part] = []
    group: list[Part] = []
    size = 0
    for part in parts:
        is_small = (
            part.rereadable and 0 < part.size <= _SMALL and files[part.file] == 1 and not part.names
        )
        fits = is_small and size < _SIZE and len(group) < _MOST and crc32(_named(part)) % _SPACING
        if group and not (fits and group[0].stratum == part.stratum):
            made.append(_one(group))
            group, size = [], 0
        if is_small:
            group.append(part)
            size += part.size
        else:
            made.append(part)
    return [*made, *([_one(group)] if group else [])]


def _one(group: Sequence[Part]) -> Part:
    if len(group) == 1:
        return group[0]
    names = tuple(part.file for part in group)
    columns = dict.fromkeys(column for part in group for column in part.text_columns)
    where = sha256("\0".join(names).encode("utf-8", "surrogateescape")).hexdigest()
    layouts = (repr((part.layout, part.text_columns)) for part in group)
    # The first line of a layout says what stands before: here, which files it is of.
    layout = f"{where}\n{sha256(repr(list(layouts)).encode()).hexdigest()}"
    has_keys = all(part.key is not None for part in group)
    return replace(
        group[0],
        size=sum(part.size for part in group),
        read=partial(_read, group),
        text_columns=tuple(columns),
        extent=None,
        layout=layout,
        key=partial(_key, group) if has_keys else None,
        names=names,
    )


def _key(group: Sequence[Part]) -> str | None:
    found = sha256()
    for part in group:
        key = None if part.key is None else part.key()
        if key is None:
            return None
        found.update(f"{key}\n".encode())
    return found.hexdigest()


def _read(group: Sequence[Part]) -> Iterator[Documents]:
    held: list[Documents] = []
    size = 0
    for part in group:
        for documents in part.batches():
            held.append(documents)
            size += documents.batch.nbytes
            if size >= BATCH:
                yield _joined(held)
                held, size = [], 0
    if held:
        yield _joined(held)


def _joined(held: Sequence[Documents]) -> Documents:
    table = pa.Table.from_batches([documents.batch for documents in held])
    return Documents(
        next(iter(table.combine_chunks().to_batches()), held[0].batch),
        tuple(one for documents in held for one in documents.skipped),
        tuple(one for documents in held for one in documents.unread),
    )


def _named(part: Part) -> bytes:
    return part.file.encode("utf-8", "surrogateescape")
