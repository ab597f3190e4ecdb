"""The first reading of a corpus: what might come from a registry, and what the corpus is like.

Parts are read by threads, each on its own; what they bring back is put together in the order of
the parts, so that the outcome does not depend on who was fast.

Readings of a corpus's parts so far, whose sample and windows together are bounded.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
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
from provenance.match.scoring.corpus_sample import (
    EMPTY_SAMPLE,
    FULL_BOUND,
    MAX_SAMPLE_TOKENS,
    PassageSample,
    coarsen,
    merge_samples,
    sample_passages,
)
from provenance.model import Documents, Flags, Int64s, Skipped, Texts, Tokens, Unread
from provenance.pipeline.cache_entries import keep_reading, reading_name, recalled_reading
from provenance.pipeline.locate.windows import NEXT, Windows, windows
from provenance.pipeline.progress import Progress
from provenance.pipeline.result_cache import Memory
from provenance.pipeline.scan.likely_matches import likely
from provenance.pipeline.scan.readings import Counts, Opened, Reading
from provenance.pipeline.scan.row_metadata import DECLARED, NOTHING
from provenance.pipeline.scan.text_spool import Spool
from provenance.pipeline.stage_log import note
from provenance.read.corpus.corpora import Corpus
from provenance.read.corpus.corpus_parts import Part

ROOM = 256 << 20
"""Bytes of windows that all parts keep together; those that are being read may go beyond."""


class Readings:
    """Collect the readings of a corpus's parts, in any order.

    The sample that all of them end with is the finest one of at most `MAX_SAMPLE_TOKENS` tokens. It
    depends on the corpus's texts alone: the bound is lowered only where some of its parts are known
    to hold too much below twice that bound.

    Attributes
    ----------
    bound : int
        Passages with a hash above it are not in the final sample.
    room : int
        Bytes that windows may still take.
    found : int
        Candidates of all registries.
    """

    def __init__(self) -> None:
        self.bound = FULL_BOUND
        self.room = ROOM
        self.found = 0
        self._readings: dict[int, Reading] = {}
        self._sample: PassageSample = EMPTY_SAMPLE
        self._unmerged: list[PassageSample] = []
        self._waiting = 0

    def suits(self, reading: Reading) -> bool:
        """Return whether a reading's sample is fine enough.

        A sample that is coarser than was asked for filled up by itself, so no finer one is needed.
        """
        bound = reading.passages.bound
        return bound >= self.bound or bound < reading.sampled_below

    def add(self, index: int, reading: Reading) -> None:
        """Add the reading of a part, which must suit."""
        self.room -= sum(one.size for one in reading.windows or ())
        self.found += sum(map(len, reading.candidates))
        passages = coarsen(reading.passages, self.bound)
        self._unmerged.append(passages)
        self._waiting += len(passages.tokens)
        self.bound = min(self.bound, reading.passages.bound)
        self._readings[index] = replace(reading, passages=EMPTY_SAMPLE)
        if self._waiting > MAX_SAMPLE_TOKENS:
            self._merge()

    def in_order(self) -> list[Reading]:
        """Return the readings in the order of their parts; the first one has the sample of all."""
        self._merge()
        ordered = [self._readings[index] for index in sorted(self._readings)]
        return [
            replace(reading, passages=EMPTY_SAMPLE if place else self._sample)
            for place, reading in enumerate(ordered)
        ]

    def _merge(self) -> None:
        self._sample = merge_samples([self._sample, *self._unmerged])
        self._unmerged, self._waiting = [], 0
        self.bound = self._sample.bound


A = TypeVar("A")
B = TypeVar("B")

_SLICE = 1 << 23
"""Bytes of text fingerprinted at a time: what is done once a slice should take little time."""


def read_corpus(  # noqa: PLR0913 (what is read, what for, and what is known and kept of it)
    corpus: Corpus,
    registries: Sequence[Opened],
    declared: Callable[[pa.RecordBatch], pa.Table],
    threads: int,
    progress: Progress,
    memory: Memory | None = None,
    margin: int = NEXT,
) -> list[Reading]:
    """Read a corpus once.

    Parameters
    ----------
    corpus : Corpus
        What to read.
    registries : sequence of Opened
        What to look for.
    declared : callable
        Gives what the rows of a batch say of themselves, of schema `DECLARED`.
    threads : int
        How many parts are read at a time.
    progress : Progress
        Told of every part.
    memory : Memory or None
        What earlier checks against the same registries learnt: parts that have not changed are
        not read.
    margin : int
        Tokens that are kept on both sides of what is likely to be reported.

    Returns
    -------
    list of Reading
        One a part, in the order of the parts.
    """
    readings = Readings()
    fresh: list[Part] = []

    def read(part: Part) -> Reading:
        fresh.append(part)
        reading = _read_part(part, registries, declared, readings.bound, margin, readings.room)
        keep_reading(memory, reading_name(memory, part), reading)
        return reading

    def recall_or_read(part: Part) -> tuple[Part, Reading]:
        return part, recalled_reading(memory, reading_name(memory, part), registries) or read(part)

    def read_again_unless_it_suits(known: tuple[Part, Reading]) -> tuple[Part, Reading]:
        part, reading = known
        return part, reading if readings.suits(reading) else read(part)

    def add(part: Part, reading: Reading) -> None:
        readings.add(part.index, reading)
        progress.advance(part.size or 0, reading.counts.documents, f"{readings.found:,} candidates")

    unsuited: list[tuple[Part, Reading]] = []
    with ThreadPoolExecutor(threads) as pool:
        for part, reading in _in_order(pool, recall_or_read, corpus.parts, 2 * threads):
            if readings.suits(reading):
                add(part, reading)
            else:
                unsuited.append((part, reading))
        # The bound is lower once all other parts are added: most of these suit now.
        for part, reading in _in_order(pool, read_again_unless_it_suits, unsuited, 2 * threads):
            add(part, reading)
    recalled, found = len(corpus.parts) - len(fresh), readings.found
    note(f"parts: {len(corpus.parts)}, of which the cache knew {recalled}; candidates: {found:,}")
    return readings.in_order()


def _in_order(
    pool: ThreadPoolExecutor, function: Callable[[A], B], arguments: Sequence[A], ahead: int
) -> Iterator[B]:
    """Map in threads, ahead of the consumer by a few results, not by the whole corpus."""
    waiting: list[Future[B]] = []
    try:
        for argument in arguments:
            waiting.append(pool.submit(function, argument))
            if len(waiting) >= ahead:
                yield waiting.pop(0).result()
        while waiting:
            yield waiting.pop(0).result()
    finally:
        for future in waiting:
            future.cancel()


def _read_part(
    part: Part,
    registries: Sequence[Opened],
    declared: Callable[[pa.RecordBatch], pa.Table],
    bound: int,
    margin: int,
    room: int,
) -> Reading:
    counts, batches = Counts(), list[_Slice]()
    skipped, unread = list[Skipped](), list[Unread]()
    passages, pending, sampled_below = EMPTY_SAMPLE, list[PassageSample](), bound
    kept = None if part.rereadable else Spool()
    for documents in part.batches():
        skipped.extend(documents.skipped)
        unread.extend(documents.unread)
        for piece in slices(documents):
            around = margin if room > 0 else None
            scanned = _read_slice(piece, registries, declared, counts, bound, around)
            counts += scanned.counts
            room = 0 if scanned.windows is None else room - scanned.windows.size
            batches.append(scanned)
            pending.append(scanned.passages)
            if sum(len(one.tokens) for one in pending) > MAX_SAMPLE_TOKENS:
                passages, pending = merge_samples([passages, *pending]), []
                bound = min(bound, passages.bound)
            if kept is not None:
                kept.append(piece)
    if kept is not None:
        kept.seal()
    return Reading(
        counts,
        tuple(skipped),
        tuple(
            concatenate_candidates([batch.candidates[place] for batch in batches])
            for place in range(len(registries))
        ),
        tuple(_all_lookalikes(batches, place) for place in range(len(registries))),
        _all_declared(batches),
        merge_samples([passages, *pending]),
        np.concatenate([_NO_NUMBERS, *(batch.documents for batch in batches)]),
        kept,
        _all_windows(batches),
        sampled_below,
        tuple(unread),
    )


_NO_NUMBERS = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class _Slice:
    counts: Counts
    candidates: tuple[Candidates, ...]
    lookalikes: tuple[NearDuplicates, ...]
    declared: pa.Table
    passages: PassageSample
    documents: Int64s
    windows: Windows | None


def slices(documents: Documents) -> Iterator[pa.RecordBatch]:
    """Cut a batch into pieces of about `_SLICE` bytes of text, between documents."""
    batch = documents.batch
    offsets = Texts.of(batch.column("text")).offsets
    rows = batch.column("row").to_numpy()
    first = 0
    while first < len(batch):
        last = int(np.searchsorted(offsets, offsets[first] + _SLICE, "left"))
        end = min(max(last, first + 1), len(batch))
        while end < len(batch) and rows[end] == rows[end - 1]:
            end += 1
        yield batch.slice(first, end - first)
        first = end


def _read_slice(
    batch: pa.RecordBatch,
    registries: Sequence[Opened],
    declared: Callable[[pa.RecordBatch], pa.Table],
    before: Counts,
    bound: int,
    margin: int | None,
) -> _Slice:
    texts = Texts.of(batch.column("text"))
    tokens = tokenise(texts)
    documents, count = _documents_of(batch)
    candidates, alike, told = [], [], declared(batch)
    for opened in registries:
        seeds = shingle(tokens, opened.index.holdings.parameters.seed_width)
        known = probe_index(seeds, opened.index)
        found = find_candidates(tokens, seeds, opened.index, known)
        parted = breaks(texts, tokens, found.texts, found.firsts, found.lasts)
        candidates.append(replace(found, breaks=parted))
        sharing = _SHARING * np.diff(known.offsets) >= np.diff(seeds.offsets)
        alike.append(_resembling(tokens, sharing, opened))
    whole = np.unique(np.concatenate([told["text"].to_numpy(), *(one.texts for one in alike)]))
    kept = None
    if margin is not None and np.diff(texts.offsets)[whole].sum() <= _WHOLE:
        passages = likely(candidates, [opened.index for opened in registries])
        kept = windows(batch, tokens, passages, whole, margin).counted_from(before.texts)
    return _Slice(
        Counts(count, len(batch), len(tokens.hashes), int(texts.offsets[-1] - texts.offsets[0])),
        tuple(found.shift_texts(before.texts) for found in candidates),
        tuple(found.shift_texts(before.texts) for found in alike),
        _counted_from(told, before.texts),
        sample_passages(tokens, bound),
        documents + before.documents,
        kept,
    )


def _documents_of(batch: pa.RecordBatch) -> tuple[Int64s, int]:
    """Tell which document each text of a batch belongs to: those of a row follow each other."""
    rows, files = batch.column("row").to_numpy(), batch.column("file")
    begins = np.ones(len(rows), bool)
    begins[1:] = rows[1:] != rows[:-1]
    again = np.flatnonzero(~begins)  # few, if any: only they need their files compared
    if len(again):
        others = pc.not_equal(files.take(pa.array(again)), files.take(pa.array(again - 1)))
        begins[again] = others.to_numpy(zero_copy_only=False)
    numbers = np.cumsum(begins) - 1
    return numbers.astype(np.int64), int(begins.sum())


def _counted_from(declared: pa.Table, before: int) -> pa.Table:
    if not len(declared):
        return declared
    return declared.set_column(0, DECLARED.field(0), pc.add(declared["text"], before))


def _resembling(tokens: Tokens, sharing: Flags, opened: Opened) -> NearDuplicates:
    parameters = opened.index.holdings.parameters
    long = np.flatnonzero(sharing & (np.diff(tokens.offsets) >= parameters.signature_least))
    bands = opened.bands() if len(long) else None
    if bands is None:
        return NO_NEAR_DUPLICATES
    shingles = shingle(tokens.take(long), parameters.signature_width, whole=True)
    rows = signatures(shingles, parameters)
    telling = np.flatnonzero(cardinality(rows) >= _TELLING)
    return find_near_duplicates(bands, long[telling].astype(np.int64), rows[telling])


_SHARING = 8
"""A text that resembles an item by half shares a third of its seeds with it. Whoever shares less
than one in so many with all items together resembles none."""

_WHOLE = 1 << 21
"""Bytes of texts that are kept as a whole of a slice: where there are more, as where each row names
its licence, all may as well be read again."""

_TELLING = 50
"""Different shingles from which a whole text can resemble another: a page of `ha ha ha` cannot."""


def _all_windows(batches: Sequence[_Slice]) -> tuple[Windows, ...] | None:
    """Give the windows of a part, where all of its slices have some."""
    kept = [batch.windows for batch in batches if batch.windows is not None]
    return tuple(kept) if len(kept) == len(batches) else None


def _all_declared(batches: Sequence[_Slice]) -> pa.Table:
    tables = [batch.declared for batch in batches if len(batch.declared)]
    return pa.concat_tables(tables) if tables else NOTHING


def _all_lookalikes(batches: Sequence[_Slice], place: int) -> NearDuplicates:
    parts = [batch.lookalikes[place] for batch in batches if len(batch.lookalikes[place].texts)]
    if not parts:
        return NO_NEAR_DUPLICATES
    return NearDuplicates(
        np.concatenate([_NO_NUMBERS, *(part.texts for part in parts)]),
        np.concatenate([np.zeros(0, np.uint32), *(part.items for part in parts)]),
        np.concatenate([np.zeros(0), *(part.similarities for part in parts)]),
    )
