"""A sample of a corpus's documents: who is in it, and for how many others each stands.

A draw of a corpus's texts, whoever reads it in what order: by a hash of where they stand.
"""

from bisect import insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from threading import Lock

import numpy as np
import pyarrow as pa
from numpy.random import default_rng

from provenance.match.estimation.bootstrap import (
    BootstrapSample,
    SampledDocuments,
    bootstrap_documents,
)
from provenance.model import Documents, Flags, Int64s, SampleSummary, Texts, UInt64s
from provenance.pipeline.scan.readings import Reading
from provenance.read.corpus.corpora import Corpus
from provenance.read.corpus.corpus_parts import Part

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


_SEED = 0
_DRAWS = 400


@dataclass(frozen=True, slots=True)
class _Part:
    """What was drawn of a part: a document's bytes each, and how much there is in all."""

    bytes: Int64s
    documents: int
    size: int


class Sample:
    """Draws documents of a corpus, by a hash of where they stand: the same ones in every reading.

    Every stratum, which is a file, gives its share of documents, by chance; and its first part at
    least one, the one of lowest hash, if there is any.

    Parameters
    ----------
    rate : float
        Part of the documents that is drawn, in (0, 1].
    """

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._strata: list[str] = []
        self._parts: dict[int, _Part] = {}

    def tap(self, corpus: Corpus) -> Corpus:
        """Give the corpus, of which only what is drawn is seen."""
        self._strata = [part.stratum or part.file for part in corpus.parts]
        firsts = _firsts(self._strata)
        parts = [
            self._tapped(part, place, first)
            for place, (part, first) in enumerate(zip(corpus.parts, firsts, strict=True))
        ]
        return replace(corpus, parts=tuple(parts))

    def leave_out(self, place: int) -> None:
        """Forget what was drawn of a part."""
        self._parts[place] = _Part(np.zeros(0, np.int64), 0, 0)

    def _tapped(self, part: Part, place: int, first: bool) -> Part:
        def read() -> Iterator[Documents]:
            drawn, count, size = [np.zeros(0, np.int64)], 0, 0
            spare = _Spare()
            for documents in part.batches():
                hashes, begins = standing(documents.batch, _SEED, ()), _begins(documents.batch)
                chosen = hashes < np.uint64(min(int(self._rate * 2**64), 2**64 - 1))
                if self._rate >= 1:
                    chosen[:] = True
                sizes = np.diff(Texts.of(documents.batch.column("text")).offsets)
                count, size = count + int(begins.sum()), size + int(sizes.sum())
                drawn.append(_sums(sizes[chosen], begins[chosen]))
                if first and not sum(map(len, drawn)):
                    spare.offer(documents.batch, hashes)
                yield replace(documents, batch=documents.batch.filter(pa.array(chosen)))
            if first and not sum(map(len, drawn)) and spare.batch is not None:
                drawn.append(np.array([_bytes(spare.batch)], np.int64))
                yield Documents(spare.batch)
            self._parts[place] = _Part(np.concatenate(drawn), count, size)

        return replace(part, read=read, key=None)  # what is read is not what is there

    def summary(self) -> SampleSummary:
        """Say how much was looked at, of how much."""
        return SampleSummary(
            self._rate,
            sum(len(part.bytes) for part in self._parts.values()),
            sum(part.documents for part in self._parts.values()),
            int(sum(part.bytes.sum() for part in self._parts.values())),
            sum(part.size for part in self._parts.values()),
        )

    def drawn(self, readings: Sequence[Reading]) -> SampledDocuments:
        """Say for how many documents each one that was drawn stands.

        Parameters
        ----------
        readings : sequence of Reading
            Of all parts, in order.

        Notes
        -----
        A document's weight is one over its chance to be drawn, scaled so that the weights of a
        stratum add up to its documents. In a first part of ``n`` documents that chance is
        ``rate + (1 - rate)**n / n``: all others may have been left out. The tokens of a document
        are its bytes, as many as those of its part have to a byte.
        """
        names = {name: number for number, name in enumerate(dict.fromkeys(self._strata))}
        parts = [self._parts[place] for place in range(len(self._strata))]
        own = np.array([names[name] for name in self._strata], np.int64)
        counts = np.array([len(part.bytes) for part in parts], np.int64)
        chances = [
            self._rate + (1 - self._rate) ** part.documents / part.documents
            if first and part.documents
            else self._rate
            for part, first in zip(parts, _firsts(self._strata), strict=True)
        ]
        raw = np.repeat(1 / np.array(chances, np.float64), counts)
        strata = np.repeat(own, counts)
        there = np.bincount(own, [part.documents for part in parts], len(names))
        scale = there / np.maximum(np.bincount(strata, raw, len(names)), 1e-12)
        density = [reading.counts.tokens / max(reading.counts.bytes, 1) for reading in readings]
        sizes = np.concatenate([np.zeros(0, np.int64), *(part.bytes for part in parts)])
        tokens = sizes * np.repeat(np.array(density, np.float64), counts)
        return SampledDocuments(
            raw * scale[strata], strata, np.stack([np.ones(len(sizes)), tokens, sizes])
        )

    def resampled(self, readings: Sequence[Reading], spans: pa.Table) -> BootstrapSample:
        """Draw the documents again and again, once it is known in which something was found.

        Parameters
        ----------
        readings : sequence of Reading
            Of all parts, in order.
        spans : pyarrow.Table
            What was found, of schema `evidence.SPANS`.
        """
        hits = np.unique(spans["document_number"].to_numpy())
        return bootstrap_documents(self.drawn(readings), hits, _DRAWS, default_rng(_SEED))


class _Spare:
    """The document of lowest hash, for a part of which no other is drawn."""

    def __init__(self) -> None:
        self.batch: pa.RecordBatch | None = None
        self._hash = 1 << 64

    def offer(self, batch: pa.RecordBatch, hashes: UInt64s) -> None:
        if not len(batch) or int(hashes.min()) >= self._hash:
            return
        self._hash = int(hashes.min())
        self.batch = batch.filter(pa.array(hashes == hashes.min()))


def _firsts(strata: Sequence[str]) -> list[bool]:
    seen: set[str] = set()
    firsts = []
    for stratum in strata:
        firsts.append(stratum not in seen)
        seen.add(stratum)
    return firsts


def _begins(batch: pa.RecordBatch) -> Flags:
    """Tell at which texts a document begins: those of a row follow each other."""
    rows = batch.column("row").to_numpy()
    files = batch.column("file").dictionary_encode().indices.to_numpy(zero_copy_only=False)
    begins = np.ones(len(rows), np.bool_)
    begins[1:] = (rows[1:] != rows[:-1]) | (files[1:] != files[:-1])
    return begins


def _sums(sizes: Int64s, begins: Flags) -> Int64s:
    """Add the texts of each document up."""
    if not len(sizes):
        return np.zeros(0, np.int64)
    return np.asarray(np.add.reduceat(sizes, np.flatnonzero(begins)), np.int64)


def _bytes(batch: pa.RecordBatch) -> int:
    offsets = Texts.of(batch.column("text")).offsets
    return int(offsets[-1] - offsets[0])
