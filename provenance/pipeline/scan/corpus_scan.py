"""Scan the parts of a corpus, each independently of the others, and put their results together.

They are put together in the order of the parts, so that the outcome does not depend on timing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from itertools import chain
from typing import Protocol

import pyarrow as pa

from provenance.match.scoring.corpus_sample import (
    EMPTY_SAMPLE,
    FULL_BOUND,
    MAX_SAMPLE_TOKENS,
    NO_COPIES,
    PassageCopies,
    PassageSample,
    coarsen,
    merge_copies,
    merge_samples,
)
from provenance.model.content.fingerprints import Tokens
from provenance.model.content.tables import Documents, Unread
from provenance.pipeline.caching.cache_entries import EntryStore, reading_key
from provenance.pipeline.execution.ordered_map import map_in_order
from provenance.pipeline.execution.progress import Progress, SilentProgress
from provenance.pipeline.execution.stage_log import log_fact
from provenance.pipeline.scan.part_scan import read_part
from provenance.pipeline.scan.reading_cache import load_readings, store_readings
from provenance.pipeline.scan.reading_store import ReadingStore
from provenance.pipeline.scan.readings import (
    Reading,
    RegistryIndex,
    ScannedCorpus,
    StoredReading,
)
from provenance.pipeline.scan.windows import NEIGHBOUR_TOKENS
from provenance.read.corpus.corpora import Corpus
from provenance.read.corpus.corpus_parts import Part


@dataclass(frozen=True, slots=True)
class ScannedPart:
    """The result of scanning a part.

    Parameters
    ----------
    readings : tuple of StoredReading
        Of its texts, in order.
    sample : PassageSample
        A sample of its passages.
    copies : tuple of PassageCopies
        One per registry: items copied by passages of `sample`.
    requested_bound : int
        The bound requested for `sample`.
    candidates : int
        Candidates of all registries.
    """

    readings: tuple[StoredReading, ...]
    sample: PassageSample
    copies: tuple[PassageCopies, ...]
    requested_bound: int
    candidates: int

    @property
    def documents(self) -> int:
        """Number of documents."""
        return sum(reading.counts.documents for reading in self.readings)


def _collect_readings(readings: Iterator[Reading], store: ReadingStore) -> ScannedPart | None:
    """Store the readings of a part as they are made; None if they are not all of one scan."""
    stored: list[StoredReading] = []
    scanned: ScannedPart | None = None
    texts, is_complete = 0, False
    for reading in readings:
        if reading.texts_before != texts:
            return None
        texts += reading.counts.texts
        stored.append(store.add(reading))
        candidates = sum(map(len, reading.candidates))
        if scanned is None:
            scanned = ScannedPart(
                (), reading.sample, reading.copies, reading.requested_bound, candidates
            )
        elif reading.requested_bound != scanned.requested_bound:
            return None
        else:
            scanned = replace(
                scanned,
                sample=merge_samples([scanned.sample, reading.sample]),
                copies=tuple(map(merge_copies, zip(scanned.copies, reading.copies, strict=True))),
                candidates=scanned.candidates + candidates,
            )
        is_complete = reading.is_last
    return replace(scanned, readings=tuple(stored)) if scanned and is_complete else None


class PartCollector:
    """Collects the scanned parts of a corpus, added in any order.

    The final sample of all parts is the finest one of at most `MAX_SAMPLE_TOKENS` tokens. It
    depends on the corpus's texts alone: the bound is lowered only where some of its parts are known
    to hold too many tokens below twice that bound.

    Parameters
    ----------
    registries : int
        Number of registries that the parts are matched against.

    Attributes
    ----------
    bound : int
        Passages with a hash above it are not in the final sample.
    candidates : int
        Candidates of all registries.
    """

    def __init__(self, registries: int) -> None:
        self.bound = FULL_BOUND
        self.candidates = 0
        self._readings: dict[int, tuple[StoredReading, ...]] = {}
        self._sample: PassageSample = EMPTY_SAMPLE
        self._copies = registries * (NO_COPIES,)
        self._unmerged: list[tuple[PassageSample, tuple[PassageCopies, ...]]] = []
        self._unmerged_tokens = 0

    def is_sufficient(self, part: ScannedPart) -> bool:
        """Return whether a part's sample is fine enough.

        A sample coarser than requested reached its size limit by itself, so that no finer one is
        needed.
        """
        bound = part.sample.bound
        return bound >= self.bound or bound < part.requested_bound

    def add(self, index: int, part: ScannedPart) -> None:
        """Add a part; its sample must be sufficient."""
        self.candidates += part.candidates
        passages = coarsen(part.sample, self.bound)
        self._unmerged.append((passages, tuple(one.within(passages) for one in part.copies)))
        self._unmerged_tokens += len(passages.tokens)
        self.bound = min(self.bound, part.sample.bound)
        self._readings[index] = part.readings
        if self._unmerged_tokens > MAX_SAMPLE_TOKENS:
            self.merge()

    def scanned_corpus(self) -> ScannedCorpus:
        """Return the readings in the order of parts, with the sample and copies of all."""
        self.merge()
        readings = chain.from_iterable(self._readings[index] for index in sorted(self._readings))
        return ScannedCorpus(tuple(readings), self._sample, self._copies)

    def merge(self) -> None:
        """Merge the samples of the parts added so far, which lowers the bound."""
        samples = [sample for sample, _ in self._unmerged]
        self._sample = merge_samples([self._sample, *samples])
        self._copies = tuple(
            merge_copies([known, *(copies[place] for _, copies in self._unmerged)]).within(
                self._sample
            )
            for place, known in enumerate(self._copies)
        )
        self._unmerged, self._unmerged_tokens = [], 0
        self.bound = self._sample.bound


class Engine(Protocol):
    """Has parts scanned elsewhere."""

    def scan(self, parts: Sequence[Part], progress: Progress) -> Mapping[int, tuple[Unread, ...]]:
        """Have all parts scanned, and their readings stored; return the files of those that failed.

        Raises
        ------
        EngineError
            If the parts cannot be scanned.
        """


def scan_corpus(  # noqa: PLR0913 (corpus, registries, callbacks and limits)
    corpus: Corpus,
    registries: Sequence[RegistryIndex],
    declare: Callable[[pa.RecordBatch, Tokens], pa.Table],
    threads: int,
    progress: Progress,
    cache: EntryStore | None = None,
    margin: int = NEIGHBOUR_TOKENS,
    engine: Engine | None = None,
) -> ScannedCorpus:
    """Scan a corpus once.

    Parameters
    ----------
    corpus : Corpus
        The corpus.
    registries : sequence of RegistryIndex
        The registries to match against.
    declare : callable
        Returns what the rows of a batch declare, given their tokens: schema `DECLARED_SCHEMA`.
    threads : int
        Number of parts read at a time, and of their batches that are scanned at a time.
    progress : Progress
        Advanced after every part.
    cache : EntryStore or None
        Readings of earlier checks against the same registries: unchanged parts are not read again.
    margin : int
        Tokens kept on both sides of passages that may be reported.
    engine : Engine or None
        Scans the parts and leaves their readings in `cache`; None scans them in threads.

    Returns
    -------
    ScannedCorpus
        The readings of its parts, in order.
    """
    collector = PartCollector(len(registries))
    failures: Mapping[int, tuple[Unread, ...]] = {}
    if engine is not None:
        failures, progress = engine.scan(corpus.parts, progress), SilentProgress()
    batch_pool = ThreadPoolExecutor(threads) if threads > 1 else None
    max_pending = 2 * threads // max(1, min(threads, len(corpus.parts)))

    def scan(part: Part, bound: int) -> Iterator[Reading]:
        return read_part(part, registries, declare, bound, margin, batch_pool, max_pending)

    scanner = _PartScanner(registries, scan, cache, collector, failures, retries=engine is None)

    def rescan_if_insufficient(pair: tuple[Part, ScannedPart]) -> tuple[Part, ScannedPart]:
        part, scanned = pair
        return part, scanned if collector.is_sufficient(scanned) else scanner.scan(part)

    def add(part: Part, scanned: ScannedPart) -> None:
        collector.add(part.index, scanned)
        cached = len(scanner.cached_parts)
        note = f", {cached:,} parts from the cache" if cached else ""
        progress.advance(
            part.size or 0, scanned.documents, f"{collector.candidates:,} candidates{note}"
        )

    insufficient: list[tuple[Part, ScannedPart]] = []
    with batch_pool or nullcontext(), ThreadPoolExecutor(threads) as pool:
        for part, scanned in map_in_order(pool, scanner.load_or_scan, corpus.parts, 2 * threads):
            if collector.is_sufficient(scanned):
                add(part, scanned)
            else:
                insufficient.append((part, scanned))
        # With all other parts the bound is lower: most of these are sufficient now.
        collector.merge()
        for part, scanned in map_in_order(pool, rescan_if_insufficient, insufficient, 2 * threads):
            add(part, scanned)
    log_fact(
        f"parts: {len(corpus.parts)}, of which the cache had {len(scanner.cached_parts)}; "
        f"candidates: {collector.candidates:,}"
    )
    return collector.scanned_corpus()


class _PartScanner:
    """Scans parts, or loads their readings from the cache."""

    def __init__(
        self,
        registries: Sequence[RegistryIndex],
        scan: Callable[[Part, int], Iterator[Reading]],
        cache: EntryStore | None,
        collector: PartCollector,
        failures: Mapping[int, tuple[Unread, ...]],
        *,
        retries: bool,
    ) -> None:
        self.cached_parts: set[int] = set()
        self._registries, self._scan = registries, scan
        self._cache, self._collector, self._store = cache, collector, ReadingStore()
        self._failures, self._retries = failures, retries

    def load_or_scan(self, part: Part) -> tuple[Part, ScannedPart]:
        if part.index in self._failures:
            failed = replace(part, read=no_documents, key=None, identity=None)
            scanned = self.scan(failed)
            unread = self._failures[part.index]
            return part, replace(
                scanned, readings=tuple(replace(one, unread=unread) for one in scanned.readings)
            )
        name = reading_key(self._cache, part)
        readings = load_readings(self._cache, name, part, self._registries)
        loaded = _collect_readings(readings, self._store)
        if loaded is None or (self._retries and any(one.unread for one in loaded.readings)):
            return part, self.scan(part)
        self.cached_parts.add(part.index)
        return part, loaded

    def scan(self, part: Part) -> ScannedPart:
        scanned = _collect_readings(self._cached(part), self._store)
        if scanned is None:
            raise AssertionError
        return scanned

    def _cached(self, part: Part) -> Iterator[Reading]:
        """Return the readings of a part, which are stored in the cache."""
        bound, name = self._collector.bound, reading_key(self._cache, part)
        return store_readings(self._cache, name, self._scan(part, bound))


def no_documents() -> Iterator[Documents]:
    """Return the documents of a part that is left out."""
    return iter(())
