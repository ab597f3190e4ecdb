"""Pieces of a corpus that a thread can read on its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pyarrow as pa

from provenance.errors import InputError
from provenance.model import DOCUMENTS, Documents
from provenance.read.files import reading
from provenance.read.unread import unread_of


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
