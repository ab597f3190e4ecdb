"""Scan a corpus once: find candidates and draw the sample of its own words.

Threads scan parts independently of each other. Their results are put together in the order of the
parts, so that the outcome does not depend on timing.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.fingerprint.boundaries import breaks
from provenance.fingerprint.minhash import cardinality, signatures
from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.match.candidates.candidate_scan import find_candidates
from provenance.match.candidates.candidate_table import Candidates, concatenate_candidates
from provenance.match.candidates.near_duplicates import (
    NO_NEAR_DUPLICATES,
    NearDuplicates,
    find_near_duplicates,
)
from provenance.match.index.probe import probe_index
from provenance.match.scoring.classifier import select_reportable
from provenance.match.scoring.corpus_sample import (
    EMPTY_SAMPLE,
    FULL_BOUND,
    MAX_SAMPLE_TOKENS,
    PassageSample,
    coarsen,
    merge_samples,
    sample_passages,
)
from provenance.match.scoring.information import NgramCounts, language_only_counts
from provenance.model import Documents, Flags, Int64s, Skipped, Texts, Tokens, Unread
from provenance.pipeline.cache_entries import load_reading, reading_key, store_reading
from provenance.pipeline.locate.windows import NEIGHBOUR_TOKENS, TextWindows, cut_windows
from provenance.pipeline.progress import Progress
from provenance.pipeline.result_cache import ResultCache
from provenance.pipeline.scan.likely_matches import select_likely_passages
from provenance.pipeline.scan.readings import Counts, Reading, RegistryIndex
from provenance.pipeline.scan.row_metadata import DECLARED_SCHEMA, NO_DECLARATIONS
from provenance.pipeline.scan.text_spool import TextSpool
from provenance.pipeline.stage_log import log_fact
from provenance.read.corpus.corpora import Corpus
from provenance.read.corpus.corpus_parts import Part
from provenance.read.language_counts import load_language

WINDOW_BUDGET_BYTES = 256 << 20
"""Bytes of windows kept for all parts together; parts that are being read may exceed it."""


class ReadingCollector:
    """Collects the readings of a corpus's parts, added in any order, within bounded memory.

    The final sample of all parts is the finest one of at most `MAX_SAMPLE_TOKENS` tokens. It
    depends on the corpus's texts alone: the bound is lowered only where some of its parts are known
    to hold too many tokens below twice that bound.

    Attributes
    ----------
    bound : int
        Passages with a hash above it are not in the final sample.
    room : int
        Bytes that windows may still take.
    candidate_count : int
        Candidates of all registries.
    """

    def __init__(self) -> None:
        self.bound = FULL_BOUND
        self.room = WINDOW_BUDGET_BYTES
        self.candidate_count = 0
        self._readings: dict[int, Reading] = {}
        self._sample: PassageSample = EMPTY_SAMPLE
        self._unmerged: list[PassageSample] = []
        self._waiting = 0

    def is_sufficient(self, reading: Reading) -> bool:
        """Return whether a reading's sample is fine enough.

        A sample coarser than requested reached its size limit by itself, so that no finer one is
        needed.
        """
        bound = reading.sample.bound
        return bound >= self.bound or bound < reading.requested_bound

    def add(self, index: int, reading: Reading) -> None:
        """Add the reading of a part; its sample must be sufficient."""
        self.room -= sum(window_group.size for window_group in reading.windows or ())
        self.candidate_count += sum(map(len, reading.candidates))
        passages = coarsen(reading.sample, self.bound)
        self._unmerged.append(passages)
        self._waiting += len(passages.tokens)
        self.bound = min(self.bound, reading.sample.bound)
        self._readings[index] = replace(reading, sample=EMPTY_SAMPLE)
        if self._waiting > MAX_SAMPLE_TOKENS:
            self._merge()

    def in_order(self) -> list[Reading]:
        """Return the readings in the order of parts; the first one holds the sample of all."""
        self._merge()
        readings = [self._readings[index] for index in sorted(self._readings)]
        return [
            replace(reading, sample=EMPTY_SAMPLE if position else self._sample)
            for position, reading in enumerate(readings)
        ]

    def _merge(self) -> None:
        self._sample = merge_samples([self._sample, *self._unmerged])
        self._unmerged, self._waiting = [], 0
        self.bound = self._sample.bound


A = TypeVar("A")
B = TypeVar("B")

_SLICE_BYTES = 1 << 23
"""Bytes of text that are fingerprinted at a time; keeps the work per slice short."""


def read_corpus(  # noqa: PLR0913 (corpus, registries, callbacks and limits)
    corpus: Corpus,
    registries: Sequence[RegistryIndex],
    declare: Callable[[pa.RecordBatch], pa.Table],
    threads: int,
    progress: Progress,
    cache: ResultCache | None = None,
    margin: int = NEIGHBOUR_TOKENS,
) -> list[Reading]:
    """Read a corpus once.

    Parameters
    ----------
    corpus : Corpus
        The corpus.
    registries : sequence of RegistryIndex
        The registries to match against.
    declare : callable
        Returns what the rows of a batch declare, as a table of schema `DECLARED_SCHEMA`.
    threads : int
        Number of parts read at a time.
    progress : Progress
        Advanced after every part.
    cache : ResultCache or None
        Readings of earlier checks against the same registries: unchanged parts are not read again.
    margin : int
        Tokens kept on both sides of passages that are likely to be reported.

    Returns
    -------
    list of Reading
        One per part, in order.
    """
    readings = ReadingCollector()
    uncached_parts: list[Part] = []

    def read_part(part: Part) -> Reading:
        uncached_parts.append(part)
        reading = _read_part(part, registries, declare, readings.bound, margin, readings.room)
        store_reading(cache, reading_key(cache, part), reading)
        return reading

    def load_or_read(part: Part) -> tuple[Part, Reading]:
        return part, load_reading(cache, reading_key(cache, part), registries) or read_part(part)

    def reread_if_insufficient(part_reading: tuple[Part, Reading]) -> tuple[Part, Reading]:
        part, reading = part_reading
        return part, reading if readings.is_sufficient(reading) else read_part(part)

    def add(part: Part, reading: Reading) -> None:
        readings.add(part.index, reading)
        progress.advance(
            part.size or 0, reading.counts.documents, f"{readings.candidate_count:,} candidates"
        )

    insufficient: list[tuple[Part, Reading]] = []
    with ThreadPoolExecutor(threads) as pool:
        for part, reading in _map_in_order(pool, load_or_read, corpus.parts, 2 * threads):
            if readings.is_sufficient(reading):
                add(part, reading)
            else:
                insufficient.append((part, reading))
        # Once all other parts are added the bound is lower: most of these are sufficient now.
        for part, reading in _map_in_order(pool, reread_if_insufficient, insufficient, 2 * threads):
            add(part, reading)
    cached_parts, count = len(corpus.parts) - len(uncached_parts), readings.candidate_count
    log_fact(
        f"parts: {len(corpus.parts)}, of which the cache had {cached_parts}; candidates: {count:,}"
    )
    return readings.in_order()


def _map_in_order(
    pool: ThreadPoolExecutor, function: Callable[[A], B], arguments: Sequence[A], max_pending: int
) -> Iterator[B]:
    """Map in threads, a few results ahead of the consumer rather than the whole corpus."""
    pending: list[Future[B]] = []
    try:
        for argument in arguments:
            pending.append(pool.submit(function, argument))
            if len(pending) >= max_pending:
                yield pending.pop(0).result()
        while pending:
            yield pending.pop(0).result()
    finally:
        for future in pending:
            future.cancel()


def _read_part(
    part: Part,
    registries: Sequence[RegistryIndex],
    declare: Callable[[pa.RecordBatch], pa.Table],
    bound: int,
    margin: int,
    room: int,
) -> Reading:
    counts, slices = Counts(), list[_Slice]()
    skipped, unread = list[Skipped](), list[Unread]()
    passages, pending, requested_bound = EMPTY_SAMPLE, list[PassageSample](), bound
    spool = None if part.rereadable else TextSpool()
    for documents in part.batches():
        skipped.extend(documents.skipped)
        unread.extend(documents.unread)
        for batch in split_batch(documents):
            slice_margin = margin if room > 0 else None
            scanned_slice = _read_slice(batch, registries, declare, counts, bound, slice_margin)
            counts += scanned_slice.counts
            room = 0 if scanned_slice.windows is None else room - scanned_slice.windows.size
            slices.append(scanned_slice)
            pending.append(scanned_slice.sample)
            if sum(len(sample.tokens) for sample in pending) > MAX_SAMPLE_TOKENS:
                passages, pending = merge_samples([passages, *pending]), []
                bound = min(bound, passages.bound)
            if spool is not None:
                spool.append(batch)
    if spool is not None:
        spool.seal()
    return Reading(
        counts,
        tuple(skipped),
        tuple(
            concatenate_candidates([part_slice.candidates[place] for part_slice in slices])
            for place in range(len(registries))
        ),
        tuple(_join_near_duplicates(slices, place) for place in range(len(registries))),
        _join_declared(slices),
        merge_samples([passages, *pending]),
        np.concatenate([_NO_INT64S, *(part_slice.documents for part_slice in slices)]),
        spool,
        _join_windows(slices),
        requested_bound,
        tuple(unread),
    )


_NO_INT64S = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class _Slice:
    counts: Counts
    candidates: tuple[Candidates, ...]
    near_duplicates: tuple[NearDuplicates, ...]
    declared: pa.Table
    sample: PassageSample
    documents: Int64s
    windows: TextWindows | None


def split_batch(documents: Documents) -> Iterator[pa.RecordBatch]:
    """Split a batch between documents into slices of about `_SLICE_BYTES` of text."""
    batch = documents.batch
    offsets = Texts.of(batch.column("text")).offsets
    rows = batch.column("row").to_numpy()
    first = 0
    while first < len(batch):
        last = int(np.searchsorted(offsets, offsets[first] + _SLICE_BYTES, "left"))
        end = min(max(last, first + 1), len(batch))
        while end < len(batch) and rows[end] == rows[end - 1]:
            end += 1
        yield batch.slice(first, end - first)
        first = end


def _read_slice(
    batch: pa.RecordBatch,
    registries: Sequence[RegistryIndex],
    declare: Callable[[pa.RecordBatch], pa.Table],
    before: Counts,
    bound: int,
    margin: int | None,
) -> _Slice:
    texts = Texts.of(batch.column("text"))
    tokens = tokenise(texts)
    documents, count = _document_numbers(batch)
    candidates, near_duplicates, declarations = [], [], declare(batch)
    for registry_index in registries:
        seeds = shingle(tokens, registry_index.index.arrays.parameters.seed_width)
        probe_result = probe_index(seeds, registry_index.index)
        matches = find_candidates(tokens, seeds, registry_index.index, probe_result)
        candidate_breaks = breaks(texts, tokens, matches.texts, matches.firsts, matches.lasts)
        matches = replace(matches, breaks=candidate_breaks)
        candidates.append(_drop_unreportable(matches, registry_index))
        may_resemble = _MAX_SEED_RATIO * np.diff(probe_result.offsets) >= np.diff(seeds.offsets)
        near_duplicates.append(_match_whole_texts(tokens, may_resemble, registry_index))
    whole_texts = np.unique(
        np.concatenate(
            [declarations["text"].to_numpy(), *(duplicates.texts for duplicates in near_duplicates)]
        )
    )
    windows = None
    if margin is not None and np.diff(texts.offsets)[whole_texts].sum() <= _MAX_WHOLE_TEXT_BYTES:
        passages = select_likely_passages(
            candidates, [registry_index.index for registry_index in registries]
        )
        windows = cut_windows(batch, tokens, passages, whole_texts, margin).shift_texts(
            before.texts
        )
    return _Slice(
        Counts(count, len(batch), len(tokens.hashes), int(texts.offsets[-1] - texts.offsets[0])),
        tuple(matches.shift_texts(before.texts) for matches in candidates),
        tuple(matches.shift_texts(before.texts) for matches in near_duplicates),
        _shift_texts(declarations, before.texts),
        sample_passages(tokens, bound),
        documents + before.documents,
        windows,
    )


def _drop_unreportable(candidates: Candidates, registry_index: RegistryIndex) -> Candidates:
    size = registry_index.size_of_all
    if size is None:
        return candidates
    return candidates.take(select_reportable(candidates, registry_index.index, _language(), size))


@cache
def _language() -> NgramCounts:
    return language_only_counts(load_language())


def _document_numbers(batch: pa.RecordBatch) -> tuple[Int64s, int]:
    """Return the document number of each text, and the number of documents.

    Texts of one document are consecutive: they share the row and the file.
    """
    rows, files = batch.column("row").to_numpy(), batch.column("file")
    starts_document = np.ones(len(rows), bool)
    starts_document[1:] = rows[1:] != rows[:-1]
    # Few texts share a row number with the one before: only these need their files compared.
    continued = np.flatnonzero(~starts_document)
    if len(continued):
        is_other_file = pc.not_equal(
            files.take(pa.array(continued)), files.take(pa.array(continued - 1))
        )
        starts_document[continued] = is_other_file.to_numpy(zero_copy_only=False)
    numbers = np.cumsum(starts_document) - 1
    return numbers.astype(np.int64), int(starts_document.sum())


def _shift_texts(declared: pa.Table, before: int) -> pa.Table:
    if not len(declared):
        return declared
    return declared.set_column(0, DECLARED_SCHEMA.field(0), pc.add(declared["text"], before))


def _match_whole_texts(
    tokens: Tokens, may_resemble: Flags, registry_index: RegistryIndex
) -> NearDuplicates:
    parameters = registry_index.index.arrays.parameters
    rows = np.flatnonzero(may_resemble & (np.diff(tokens.offsets) >= parameters.signature_least))
    bands = registry_index.lsh_index() if len(rows) else None
    if bands is None:
        return NO_NEAR_DUPLICATES
    shingles = shingle(tokens.take(rows), parameters.signature_width, include_short=True)
    matrix = signatures(shingles, parameters)
    informative = np.flatnonzero(cardinality(matrix) >= _MIN_DISTINCT_SHINGLES)
    return find_near_duplicates(bands, rows[informative].astype(np.int64), matrix[informative])


_MAX_SEED_RATIO = 8
"""A text that resembles an item by half shares a third of its seeds with it. One that shares less
than one seed in this many with all items together resembles none of them."""

_MAX_WHOLE_TEXT_BYTES = 1 << 21
"""Bytes of whole texts kept per slice. Where there are more, as in datasets whose every row names
its licence, reading all of them again is as good."""

_MIN_DISTINCT_SHINGLES = 50
"""Fewest distinct shingles with which a whole text can resemble another; excludes `ha ha ha`."""


def _join_windows(batches: Sequence[_Slice]) -> tuple[TextWindows, ...] | None:
    """Return the windows of a part, or None where a slice has none."""
    windows = [batch.windows for batch in batches if batch.windows is not None]
    return tuple(windows) if len(windows) == len(batches) else None


def _join_declared(batches: Sequence[_Slice]) -> pa.Table:
    tables = [batch.declared for batch in batches if len(batch.declared)]
    return pa.concat_tables(tables) if tables else NO_DECLARATIONS


def _join_near_duplicates(batches: Sequence[_Slice], place: int) -> NearDuplicates:
    parts = [
        batch.near_duplicates[place] for batch in batches if len(batch.near_duplicates[place].texts)
    ]
    if not parts:
        return NO_NEAR_DUPLICATES
    return NearDuplicates(
        np.concatenate([_NO_INT64S, *(part.texts for part in parts)]),
        np.concatenate([np.zeros(0, np.uint32), *(part.items for part in parts)]),
        np.concatenate([np.zeros(0), *(part.similarities for part in parts)]),
    )
