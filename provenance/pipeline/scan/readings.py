"""The results of scanning a corpus's parts, and the registry indexes they are matched with."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np
import pyarrow as pa

from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.tokenizer.tokenize import current_parameters
from provenance.match.candidates.candidate_table import Candidates
from provenance.match.candidates.near_duplicates import LshIndex, NearDuplicates
from provenance.match.index.postings_index import PostingsIndex, build_postings_index
from provenance.match.index.stop_shingles import StopShingles
from provenance.match.scoring.corpus_sample import FULL_BOUND, PassageCopies, PassageSample
from provenance.match.scoring.detectability import report_limits
from provenance.match.scoring.evalue import STRENGTH_THRESHOLD
from provenance.model.content.fingerprints import Int64s, Shingles, Tokens
from provenance.model.content.registry_arrays import RegistryArrays
from provenance.model.content.tables import Skipped, Unread
from provenance.pipeline.execution.batch_spool import BatchSpool
from provenance.pipeline.scan.label_values import NO_LABELS, LabelValues
from provenance.pipeline.scan.windows import TextWindows
from provenance.pipeline.scan.wordless_counts import NO_WORDLESS_COUNTS, WordlessCounts
from provenance.read.language_counts import load_language
from provenance.registry.store import Registry


@dataclass(frozen=True, slots=True)
class RegistryIndex:
    """A registry with the indexes that matching needs.

    Parameters
    ----------
    registry : Registry
        The registry on disk.
    index : PostingsIndex
        Its postings.
    lsh_index : callable
        Builds the index of its signatures on first use; returns None where no item is long enough.
    size_of_all : int or None
        Tokens of all registries that are matched together, if only matches that may be reported
        are needed; None keeps all candidates.
    """

    registry: Registry
    index: PostingsIndex
    lsh_index: Callable[[], LshIndex | None]
    size_of_all: int | None = None

    @property
    def size(self) -> int:
        """Tokens of all distinct items."""
        return self.index.arrays.size

    @property
    def cache_key(self) -> bytes:
        """Everything that affects readings: the digest and what is known to be unreportable."""
        limits = f"{self.size_of_all} {self.index.threshold!r}"
        return f"{self.registry.manifest.digest} {limits} ".encode()


def build_registry_indexes(
    registries: Sequence[Registry],
    *,
    to_report: bool = False,
    threshold: float = STRENGTH_THRESHOLD,
) -> list[RegistryIndex]:
    """Index the registries of a check; stop shingles are computed from all of them together.

    Parameters
    ----------
    registries : sequence of Registry
        All registries that a corpus is matched against.
    to_report : bool
        Whether only reportable matches are needed. If so, candidates that cannot be reported are
        dropped while scanning (`report_limits`, then `select_reportable`).
    threshold : float
        Strength from which matches are reported.
    """
    arrays_list = [registry.arrays() for registry in registries]
    stops = StopShingles(arrays_list, _seeds_of)
    size = sum(arrays.size for arrays in arrays_list)
    indexes = [build_postings_index(arrays, stops, threshold) for arrays in arrays_list]
    if to_report:
        language = load_language()
        indexes = [
            replace(index, limits=report_limits(index.arrays.chance, size, language, threshold))
            for index in indexes
        ]
    return [
        RegistryIndex(
            registry,
            index,
            cache(partial(_build_bands, registry, index.arrays)),
            size if to_report else None,
        )
        for registry, index in zip(registries, indexes, strict=True)
    ]


def _seeds_of(tokens: Tokens) -> Shingles:
    return shingle(tokens, current_parameters().seed_width)


def _build_bands(registry: Registry, arrays: RegistryArrays) -> LshIndex | None:
    tables = registry.signatures()
    return LshIndex(tables, arrays) if any(len(table.items) for table in tables) else None


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of documents, texts, tokens and bytes."""

    documents: int = 0
    texts: int = 0
    tokens: int = 0
    bytes: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        """Return the sum, unit by unit."""
        return Counts(
            self.documents + other.documents,
            self.texts + other.texts,
            self.tokens + other.tokens,
            self.bytes + other.bytes,
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """The result of scanning a part of a corpus, or some consecutive texts of a long one.

    Texts and documents are numbered from the reading's first.

    Parameters
    ----------
    part : int
        Index of the part.
    texts_before : int
        Texts of the part in earlier readings.
    is_last : bool
        Whether the part ends with it.
    counts : Counts
        Size of what was read.
    skipped : tuple of Skipped
        Rows that could not be read.
    candidates : tuple of Candidates
        One table per registry.
    copies : tuple of PassageCopies
        One per registry: items copied by passages of `sample`.
    near_duplicates : tuple of NearDuplicates
        One per registry.
    declared : pyarrow.Table
        What rows declare, of schema `DECLARED_SCHEMA`.
    sample : PassageSample
        A sample of the passages of these texts.
    documents : ndarray of int64, shape (texts,)
        Document of each text.
    spool : BatchSpool or None
        The texts of the whole part, where it cannot be read again.
    windows : tuple of TextWindows or None
        Windows on likely findings, and texts with evidence about the whole text, unless there were
        too many of the latter.
    requested_bound : int
        The bound requested for the part; the sample's own is lower only where the part alone has
        too many tokens below it.
    unread : tuple of Unread
        Where reading stopped before the end.
    labels : LabelValues
        What rows have in the columns that collections name.
    wordless : WordlessCounts
        Counts of the texts that are not words.
    """

    part: int
    texts_before: int
    is_last: bool
    counts: Counts
    skipped: tuple[Skipped, ...]
    candidates: tuple[Candidates, ...]
    copies: tuple[PassageCopies, ...]
    near_duplicates: tuple[NearDuplicates, ...]
    declared: pa.Table
    sample: PassageSample
    documents: Int64s
    spool: BatchSpool | None
    windows: tuple[TextWindows, ...] | None = None
    requested_bound: int = FULL_BOUND
    unread: tuple[Unread, ...] = ()
    labels: LabelValues = NO_LABELS
    wordless: WordlessCounts = NO_WORDLESS_COUNTS

    def select_registries(self, first: int, last: int) -> "Reading":
        """Return the reading restricted to the registries from `first` up to `last`."""
        return replace(
            self,
            candidates=self.candidates[first:last],
            copies=self.copies[first:last],
            near_duplicates=self.near_duplicates[first:last],
        )


@dataclass(frozen=True, slots=True)
class StoredReading:
    """A reading whose tables are on disk.

    Parameters
    ----------
    part, counts, skipped, unread, labels, wordless
        As in the reading.
    memory_bytes : int
        Memory that the reading and its findings take, approximately.
    load : callable
        Returns the reading, without its sample and copies.
    """

    part: int
    counts: Counts
    skipped: tuple[Skipped, ...]
    unread: tuple[Unread, ...]
    labels: LabelValues
    wordless: WordlessCounts
    memory_bytes: int
    load: Callable[[], Reading]


@dataclass(frozen=True, slots=True)
class ReadingBatch:
    """Consecutive readings, in memory.

    Parameters
    ----------
    readings : list of Reading
        The readings.
    texts, documents : int
        Number of texts and documents in the readings before.
    """

    readings: list[Reading]
    texts: int
    documents: int


_MAX_BATCH_BYTES = 1 << 26
"""Size limit of the readings that are in memory at a time, unless a single one is larger."""


@dataclass(frozen=True, slots=True)
class ScannedCorpus:
    """The result of scanning a corpus.

    Parameters
    ----------
    readings : tuple of StoredReading
        Of all parts, in order.
    sample : PassageSample
        A sample of the corpus's own passages.
    copies : tuple of PassageCopies
        One per registry: items copied by passages of the corpus, among others by all of `sample`.
    """

    readings: tuple[StoredReading, ...]
    sample: PassageSample
    copies: tuple[PassageCopies, ...]

    @property
    def counts(self) -> Counts:
        """Size of the corpus."""
        return sum((reading.counts for reading in self.readings), Counts())

    def select_registries(self, first: int, last: int) -> "ScannedCorpus":
        """Return the corpus restricted to the registries from `first` up to `last`."""

        def load(reading: StoredReading) -> Reading:
            return reading.load().select_registries(first, last)

        return ScannedCorpus(
            tuple(replace(reading, load=partial(load, reading)) for reading in self.readings),
            self.sample,
            self.copies[first:last],
        )

    def batches(self) -> Iterator[ReadingBatch]:
        """Load the readings, a bounded amount at a time."""
        first, before = 0, Counts()
        while first < len(self.readings):
            end, size = first + 1, self.readings[first].memory_bytes
            while (
                end < len(self.readings)
                and size + self.readings[end].memory_bytes <= _MAX_BATCH_BYTES
            ):
                size += self.readings[end].memory_bytes
                end += 1
            batch = self.readings[first:end]
            loaded = [reading.load() for reading in batch]
            yield ReadingBatch(loaded, before.texts, before.documents)
            first, before = end, sum((reading.counts for reading in batch), before)


def text_bases(readings: Sequence[Reading]) -> list[int]:
    """Return the number of the first text of each of some consecutive readings."""
    counts = [reading.counts.texts for reading in readings]
    return [int(base) for base in np.concatenate([[0], np.cumsum(counts)])[:-1]]


def document_bases(readings: Sequence[Reading]) -> list[int]:
    """Return the number of the first document of each of some consecutive readings."""
    counts = [reading.counts.documents for reading in readings]
    return [int(base) for base in np.concatenate([[0], np.cumsum(counts)])[:-1]]


def document_numbers(readings: Sequence[Reading]) -> Int64s:
    """Return the document of each text of some consecutive readings."""
    parts = [
        reading.documents + base
        for reading, base in zip(readings, document_bases(readings), strict=True)
    ]
    return np.concatenate([np.zeros(0, np.int64), *parts])
