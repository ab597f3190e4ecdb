"""A draw of a corpus's texts, whoever reads it in what order: by a hash of where they stand."""

from bisect import insort
from collections.abc import Iterator
from dataclasses import replace
from hashlib import blake2b
from threading import Lock

import numpy as np
import pyarrow as pa

from provenance.model import Documents, UInt64s
from provenance.read import Corpus, Part

LONGEST = 1 << 16
"""Characters of a text that are kept; longer ones are cut."""


class Reservoir:
    """The texts of a corpus that hash lowest: the same ones, whoever reads it in what order.

    Parameters
    ----------
    most : int
        How many are kept.
    seed : int
        Decides which.
    """

    def __init__(self, most: int, seed: int) -> None:
        self._most, self._seed = most, seed
        self._kept: list[tuple[int, str, int, str, str]] = []
        self._lock = Lock()

    def tap(self, corpus: Corpus) -> Corpus:
        """Give the same corpus; what is read of it is drawn from."""
        return replace(corpus, parts=tuple(map(self._tapped, corpus.parts)))

    def texts(self) -> list[str]:
        """Give the texts, in the order of their hashes."""
        return [kept[-1] for kept in self._kept]

    def _tapped(self, part: Part) -> Part:
        def read() -> Iterator[Documents]:
            for documents in part.batches():
                self._offer(documents.batch)
                yield documents

        return replace(part, read=read, key=None)  # what is read is not what is there

    def _offer(self, batch: pa.RecordBatch) -> None:
        hashes = standing(batch, self._seed, ("field",))
        with self._lock:
            bound = self._kept[-1][0] if len(self._kept) >= self._most else 1 << 64
            low = np.flatnonzero(hashes <= np.uint64(min(bound, (1 << 64) - 1)))
            for row in low[np.argsort(hashes[low])][: self._most].tolist():
                file, number, field, text = (
                    batch.column(name)[row].as_py() for name in ("file", "row", "field", "text")
                )
                insort(self._kept, (int(hashes[row]), file, number, field, text[:LONGEST]))
            del self._kept[self._most :]


def standing(batch: pa.RecordBatch, seed: int, columns: tuple[str, ...]) -> UInt64s:
    """Hash where texts stand.

    Parameters
    ----------
    batch : pyarrow.RecordBatch
        Of schema `DOCUMENTS`.
    seed : int
        Another one gives other hashes.
    columns : tuple of str
        What counts beside file and row.
    """
    numbers = batch.column("row").to_numpy().astype(np.uint64)
    mixed = numbers * np.uint64(0x9E3779B97F4A7C15)
    for name in ("file", *columns):
        names = batch.column(name).dictionary_encode()
        keys = [
            int.from_bytes(blake2b(f"{seed}\0{name}\0{key}".encode(), digest_size=8).digest())
            for key in names.dictionary.to_pylist()
        ]
        mixed = mixed ^ np.array(keys, np.uint64)[names.indices.to_numpy(zero_copy_only=False)]
        mixed = (mixed ^ (mixed >> np.uint64(31))) * np.uint64(0xBF58476D1CE4E5B9)
    return np.asarray(mixed ^ (mixed >> np.uint64(29)))
