"""A sample of a corpus's documents: who is in it, and for how many others each stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.random import default_rng

from provenance.match.estimation.bootstrap import (
    BootstrapSample,
    SampledDocuments,
    bootstrap_documents,
)
from provenance.model import Documents, Flags, Int64s, SampleSummary, Texts, UInt64s
from provenance.read import Corpus, Part
from provenance.run.readings import Reading
from provenance.run.reservoir import standing

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
