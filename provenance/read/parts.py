"""Pieces of a corpus that a thread can read on its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from provenance.model import Documents


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
        Reads it from its start.
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
        Gives a digest of all that it holds; None where it cannot be told before it is read.
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
    key: Callable[[], str] | None = None

    def batches(self) -> Iterator[Documents]:
        """Read it, in batches of about 8 MB of text."""
        return self.read()
