"""Sample documents or texts of a corpus by a hash of their position, and weight them.

The hash makes a sample independent of the order of reading.
"""

from bisect import insort
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from hashlib import blake2b
from itertools import chain
from threading import Lock

import numpy as np
import pyarrow as pa
from numpy.random import default_rng

from provenance.match.estimation.bootstrap import (
    BootstrapSample,
    SampledDocuments,
    bootstrap_documents,
)
from provenance.model.content.fingerprints import Flags, Int64s, Texts, UInt64s
from provenance.model.content.tables import Documents, Unread, merge_unread
from provenance.model.results.result import SampleSummary
from provenance.pipeline.scan.readings import Counts, StoredReading
from provenance.read.corpus.corpora import Corpus
from provenance.read.corpus.corpus_parts import Part

MAX_TEXT_LENGTH = 1 << 16
"""Characters kept of a text; longer ones are cut off."""


class TextReservoir:
    """The texts of a corpus with the lowest hashes, whatever the order of reading.

    Parameters
    ----------
    capacity : int
        Number of texts.
    seed : int
        Selects the hash function.
    """

    def __init__(self, capacity: int, seed: int) -> None:
        self._capacity, self._seed = capacity, seed
        self._entries: list[tuple[int, str, int, str, str]] = []
        self._lock = Lock()

    def tap_streams(self, corpus: Corpus) -> Corpus:
        """Return the corpus, with texts of parts that can be read only once drawn as it is read."""
        return replace(
            corpus,
            parts=tuple(
                part if part.rereadable else replace(part, read=partial(self._read, part))
                for part in corpus.parts
            ),
        )

    def draw(self, parts: Iterable[Part], threads: int) -> tuple[Unread, ...]:
        """Draw texts of parts that can be read again; return what could not be read this time."""
        with ThreadPoolExecutor(threads) as pool:
            unread = pool.map(self._exhaust, (part for part in parts if part.rereadable))
            return merge_unread(chain.from_iterable(unread))

    def texts(self) -> list[str]:
        """Return the texts in the order of their hashes."""
        return [entry[-1] for entry in self._entries]

    def _exhaust(self, part: Part) -> list[Unread]:
        return [fault for documents in self._read(part) for fault in documents.unread]

    def _read(self, part: Part) -> Iterator[Documents]:
        for documents in part.batches():
            self._offer(documents.batch)
            yield documents

    def _offer(self, batch: pa.RecordBatch) -> None:
        hashes = document_hashes(batch, self._seed, ("field",))
        with self._lock:
            bound = self._entries[-1][0] if len(self._entries) >= self._capacity else 1 << 64
            low = np.flatnonzero(hashes <= np.uint64(min(bound, (1 << 64) - 1)))
            for row in low[np.argsort(hashes[low])][: self._capacity].tolist():
                file, number, field, text = (
                    batch.column(name)[row].as_py() for name in ("file", "row", "field", "text")
                )
                insort(
                    self._entries, (int(hashes[row]), file, number, field, text[:MAX_TEXT_LENGTH])
                )
            del self._entries[self._capacity :]


def document_hashes(batch: pa.RecordBatch, seed: int, columns: tuple[str, ...]) -> UInt64s:
    """Hash the positions of texts.

    Parameters
    ----------
    batch : pyarrow.RecordBatch
        Of schema `DOCUMENTS`.
    seed : int
        Selects the hash function.
    columns : tuple of str
        Columns that identify a text, in addition to file and row.
    """
    numbers = batch.column("row").to_numpy().astype(np.uint64)
    hashes = numbers * np.uint64(0x9E3779B97F4A7C15)
    for name in ("file", *columns):
        names = batch.column(name).dictionary_encode()
        keys = [
            int.from_bytes(blake2b(f"{seed}\0{name}\0{key}".encode(), digest_size=8).digest())
            for key in names.dictionary.to_pylist()
        ]
        hashes = hashes ^ np.array(keys, np.uint64)[names.indices.to_numpy(zero_copy_only=False)]
        hashes = (hashes ^ (hashes >> np.uint64(31))) * np.uint64(0xBF58476D1CE4E5B9)
    return np.asarray(hashes ^ (hashes >> np.uint64(29)))


_SEED = 0
_RESAMPLES = 400


@dataclass(frozen=True, slots=True)
class _PartSample:
    """The sample of a part: sizes of the drawn documents, and the size of the part."""

    bytes: Int64s
    documents: int
    size: int


class DocumentSampler:
    """Draws documents of a corpus by a hash of their position: the same ones on every reading.

    Each stratum (a file) contributes in proportion to its size, at random; its first part
    contributes at least the document of lowest hash, if it has any.

    Parameters
    ----------
    rate : float
        Share of the documents to draw, in (0, 1].
    """

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._strata: list[str] = []
        self._parts: dict[int, _PartSample] = {}

    def tap(self, corpus: Corpus) -> Corpus:
        """Return the corpus restricted to the drawn documents."""
        self._strata = [part.stratum or part.file for part in corpus.parts]
        firsts = _stratum_starts(self._strata)
        parts = [
            self._tap_part(part, place, first)
            for place, (part, first) in enumerate(zip(corpus.parts, firsts, strict=True))
        ]
        return replace(corpus, parts=tuple(parts))

    def leave_out(self, place: int) -> None:
        """Discard the sample of a part."""
        self._parts[place] = _PartSample(np.zeros(0, np.int64), 0, 0)

    def _tap_part(self, part: Part, place: int, first: bool) -> Part:
        def read() -> Iterator[Documents]:
            drawn_sizes, count, size = [np.zeros(0, np.int64)], 0, 0
            lowest = _LowestDocument()
            for documents in part.batches():
                hashes, starts_document = (
                    document_hashes(documents.batch, _SEED, ()),
                    _document_starts(documents.batch),
                )
                is_drawn = hashes < np.uint64(min(int(self._rate * 2**64), 2**64 - 1))
                if self._rate >= 1:
                    is_drawn[:] = True
                sizes = np.diff(Texts.of(documents.batch.column("text")).offsets)
                count, size = count + int(starts_document.sum()), size + int(sizes.sum())
                drawn_sizes.append(_document_sums(sizes[is_drawn], starts_document[is_drawn]))
                if first and not sum(map(len, drawn_sizes)):
                    lowest.offer(documents.batch, hashes)
                yield replace(documents, batch=documents.batch.filter(pa.array(is_drawn)))
            if first and not sum(map(len, drawn_sizes)) and lowest.batch is not None:
                drawn_sizes.append(np.array([_text_sizes(lowest.batch)], np.int64))
                yield Documents(lowest.batch)
            self._parts[place] = _PartSample(np.concatenate(drawn_sizes), count, size)

        return replace(part, read=read, key=None, identity=None)  # a sample is not cached

    def summary(self) -> SampleSummary:
        """Summarise the size of the sample and of the corpus."""
        return SampleSummary(
            self._rate,
            sum(len(part.bytes) for part in self._parts.values()),
            sum(part.documents for part in self._parts.values()),
            int(sum(part.bytes.sum() for part in self._parts.values())),
            sum(part.size for part in self._parts.values()),
        )

    def weighted_documents(self, readings: Sequence[StoredReading]) -> SampledDocuments:
        """Return the weights of the drawn documents.

        Parameters
        ----------
        readings : sequence of StoredReading
            Of all parts.

        Notes
        -----
        A document's weight is the inverse of its inclusion probability, scaled so that the weights
        of a stratum add up to its number of documents. In a first part of ``n`` documents that
        probability is ``rate + (1 - rate)**n / n``, because one document is drawn where the hash
        selects none. The tokens of a document are estimated from its bytes by the ratio of its
        part.
        """
        names = {name: number for number, name in enumerate(dict.fromkeys(self._strata))}
        parts = [self._parts[place] for place in range(len(self._strata))]
        part_strata = np.array([names[name] for name in self._strata], np.int64)
        counts = np.array([len(part.bytes) for part in parts], np.int64)
        chances = [
            self._rate + (1 - self._rate) ** part.documents / part.documents
            if first and part.documents
            else self._rate
            for part, first in zip(parts, _stratum_starts(self._strata), strict=True)
        ]
        weights = np.repeat(1 / np.array(chances, np.float64), counts)
        strata = np.repeat(part_strata, counts)
        stratum_documents = np.bincount(part_strata, [part.documents for part in parts], len(names))
        scale = stratum_documents / np.maximum(np.bincount(strata, weights, len(names)), 1e-12)
        counts_of_parts = [Counts() for _ in parts]
        for reading in readings:
            counts_of_parts[reading.part] += reading.counts
        density = [part.tokens / max(part.bytes, 1) for part in counts_of_parts]
        sizes = np.concatenate([np.zeros(0, np.int64), *(part.bytes for part in parts)])
        tokens = sizes * np.repeat(np.array(density, np.float64), counts)
        return SampledDocuments(
            weights * scale[strata], strata, np.stack([np.ones(len(sizes)), tokens, sizes])
        )

    def bootstrap(self, readings: Sequence[StoredReading], spans: pa.Table) -> BootstrapSample:
        """Bootstrap the drawn documents, given the documents with findings.

        Parameters
        ----------
        readings : sequence of StoredReading
            Of all parts, in order.
        spans : pyarrow.Table
            What was found, with a column `document_number`.
        """
        hits = np.unique(spans["document_number"].to_numpy())
        return bootstrap_documents(
            self.weighted_documents(readings), hits, _RESAMPLES, default_rng(_SEED)
        )


class _LowestDocument:
    """The document of lowest hash, drawn where the hash selects none."""

    def __init__(self) -> None:
        self.batch: pa.RecordBatch | None = None
        self._hash = 1 << 64

    def offer(self, batch: pa.RecordBatch, hashes: UInt64s) -> None:
        if not len(batch) or int(hashes.min()) >= self._hash:
            return
        self._hash = int(hashes.min())
        self.batch = batch.filter(pa.array(hashes == hashes.min()))


def _stratum_starts(strata: Sequence[str]) -> list[bool]:
    seen: set[str] = set()
    firsts = []
    for stratum in strata:
        firsts.append(stratum not in seen)
        seen.add(stratum)
    return firsts


def _document_starts(batch: pa.RecordBatch) -> Flags:
    """Return the texts that start a document; texts of one document are consecutive."""
    rows = batch.column("row").to_numpy()
    files = batch.column("file").dictionary_encode().indices.to_numpy(zero_copy_only=False)
    begins = np.ones(len(rows), np.bool_)
    begins[1:] = (rows[1:] != rows[:-1]) | (files[1:] != files[:-1])
    return begins


def _document_sums(sizes: Int64s, begins: Flags) -> Int64s:
    """Add up the sizes of each document's texts."""
    if not len(sizes):
        return np.zeros(0, np.int64)
    return np.asarray(np.add.reduceat(sizes, np.flatnonzero(begins)), np.int64)


def _text_sizes(batch: pa.RecordBatch) -> int:
    offsets = Texts.of(batch.column("text")).offsets
    return int(offsets[-1] - offsets[0])
