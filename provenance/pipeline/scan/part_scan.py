"""Scan one part of a corpus: fingerprint its texts slice by slice, and find candidates."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.fingerprint.boundaries import breaks
from provenance.fingerprint.minhash import cardinality, signatures
from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.tokenizer.tokenize import current_parameters, tokenise
from provenance.match.candidates.candidate_scan import find_candidates
from provenance.match.candidates.candidate_table import Candidates, concatenate_candidates
from provenance.match.candidates.near_duplicates import (
    NO_NEAR_DUPLICATES,
    NearDuplicates,
    find_near_duplicates,
)
from provenance.match.index.seed_postings import look_up_seeds
from provenance.match.scoring.classifier import select_reportable
from provenance.match.scoring.corpus_sample import (
    EMPTY_SAMPLE,
    MAX_SAMPLE_TOKENS,
    PassageCopies,
    PassageSample,
    merge_copies,
    merge_samples,
    sample_passages,
)
from provenance.match.scoring.features import copied_items
from provenance.match.scoring.information import NgramCounts, language_only_counts
from provenance.model.content.fingerprints import Flags, Int64s, Texts, Tokens
from provenance.model.content.tables import DOCUMENTS, Documents, Skipped, Unread
from provenance.pipeline.execution.batch_spool import BatchSpool
from provenance.pipeline.execution.ordered_map import map_in_order
from provenance.pipeline.scan.label_values import LabelValues
from provenance.pipeline.scan.readings import (
    Counts,
    Reading,
    RegistryIndex,
)
from provenance.pipeline.scan.row_metadata import DECLARED_SCHEMA, NO_DECLARATIONS
from provenance.pipeline.scan.windows import TextWindows, cut_windows
from provenance.pipeline.scan.wordless_counts import WordlessCounts
from provenance.read.corpus.corpus_parts import TEXT_FILES, Part
from provenance.read.language_counts import load_language

_SLICE_BYTES = 1 << 23
"""Bytes of text that are fingerprinted at a time; keeps the work per slice short."""


_MAX_READING_BYTES = 1 << 28
"""Bytes of text from which a reading ends: a part may be as large as a stream is long."""


def read_part(  # noqa: PLR0913 (a part, what it is compared with, and who scans it)
    part: Part,
    registries: Sequence[RegistryIndex],
    declare: Callable[[pa.RecordBatch, Tokens], pa.Table],
    bound: int,
    margin: int,
    pool: Executor | None = None,
    max_pending: int = 1,
) -> Iterator[Reading]:
    """Scan a part; yields one reading, or more where it is long.

    With a pool, it scans up to `max_pending` batches at a time while others are read; readings
    are the same.
    """
    spool = None if part.rereadable else BatchSpool(DOCUMENTS, "zstd")
    texts_before, gathered = 0, _GatheredSlices(bound, bound)

    def reading(*, is_last: bool) -> Reading:
        return gathered.reading(part, texts_before, len(registries), spool, is_last=is_last)

    def scan(documents: Documents) -> tuple[Documents, list[_Slice]]:
        return documents, [
            _scan_slice(
                batch,
                registries,
                declare,
                gathered.bound,  # whichever it is by now: a finer sample is coarsened
                margin,
                are_files=part.stratum == TEXT_FILES,
            )
            for batch in split_batch(documents)
        ]

    for documents, slices in map_in_order(pool, scan, part.batches(), max_pending):
        gathered.skipped.extend(documents.skipped)
        gathered.unread.extend(documents.unread)
        for scanned in slices:
            if gathered.counts.bytes >= _MAX_READING_BYTES:
                yield reading(is_last=False)
                texts_before += gathered.counts.texts
                gathered = _GatheredSlices(bound, gathered.bound)
            gathered.add(scanned)
        if spool is not None:
            spool.append(documents.batch)
    if spool is not None:
        spool.seal()
    yield reading(is_last=True)


class _GatheredSlices:
    """The slices of a reading."""

    def __init__(self, requested_bound: int, bound: int) -> None:
        self.counts = Counts()
        self.skipped: list[Skipped] = []
        self.unread: list[Unread] = []
        self.bound, self._requested_bound = bound, requested_bound
        self._slices: list[_Slice] = []
        self._sample, self._unmerged = EMPTY_SAMPLE, list[PassageSample]()

    def add(self, scanned: "_Slice") -> None:
        self._slices.append(scanned.numbered_after(self.counts))
        self.counts += scanned.counts
        self._unmerged.append(scanned.sample)
        if sum(len(sample.tokens) for sample in self._unmerged) > MAX_SAMPLE_TOKENS:
            self._sample, self._unmerged = merge_samples([self._sample, *self._unmerged]), []
            self.bound = min(self.bound, self._sample.bound)

    def reading(
        self,
        part: Part,
        texts_before: int,
        registries: int,
        spool: BatchSpool | None,
        *,
        is_last: bool,
    ) -> Reading:
        slices = self._slices
        sample = merge_samples([self._sample, *self._unmerged])
        return Reading(
            part.index,
            texts_before,
            is_last,
            self.counts,
            tuple(self.skipped),
            tuple(
                concatenate_candidates([part_slice.candidates[place] for part_slice in slices])
                for place in range(registries)
            ),
            tuple(
                merge_copies(part_slice.copies[place] for part_slice in slices).within(sample)
                for place in range(registries)
            ),
            tuple(_join_near_duplicates(slices, place) for place in range(registries)),
            _join_declared(slices),
            sample,
            np.concatenate([_NO_INT64S, *(part_slice.documents for part_slice in slices)]),
            spool,
            _join_windows(slices),
            self._requested_bound,
            tuple(self.unread),
            LabelValues.merge(part_slice.labels for part_slice in slices),
            WordlessCounts.merge(part_slice.wordless for part_slice in slices),
        )


_NO_INT64S = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class _Slice:
    counts: Counts
    candidates: tuple[Candidates, ...]
    copies: tuple[PassageCopies, ...]
    near_duplicates: tuple[NearDuplicates, ...]
    declared: pa.Table
    sample: PassageSample
    documents: Int64s
    windows: TextWindows | None
    labels: LabelValues
    wordless: WordlessCounts

    def numbered_after(self, before: Counts) -> "_Slice":
        """Return the slice with its texts and documents numbered after those before it."""
        return replace(
            self,
            candidates=tuple(matches.shift_texts(before.texts) for matches in self.candidates),
            near_duplicates=tuple(one.shift_texts(before.texts) for one in self.near_duplicates),
            declared=_shift_texts(self.declared, before.texts),
            documents=self.documents + before.documents,
            windows=None if self.windows is None else self.windows.shift_texts(before.texts),
        )


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


def _scan_slice(
    batch: pa.RecordBatch,
    registries: Sequence[RegistryIndex],
    declare: Callable[[pa.RecordBatch, Tokens], pa.Table],
    bound: int,
    margin: int,
    *,
    are_files: bool,
) -> _Slice:
    texts = Texts.of(batch.column("text"))
    tokens = tokenise(texts)
    documents, count = _document_numbers(batch)
    sample = sample_passages(tokens, bound)
    candidates, near_duplicates, declarations = [], [], declare(batch, tokens)
    seeds = shingle(tokens, current_parameters().seed_width)
    postings_list = look_up_seeds(seeds, [each.index for each in registries])
    for registry_index, postings in zip(registries, postings_list, strict=True):
        matches = find_candidates(tokens, seeds, registry_index.index, postings)
        candidate_breaks = breaks(texts, tokens, matches.texts, matches.firsts, matches.lasts)
        matches = replace(matches, breaks=candidate_breaks)
        candidates.append(_drop_unreportable(matches, registry_index))
        may_resemble = _MAX_SEED_RATIO * np.diff(postings.offsets) >= np.diff(seeds.offsets)
        near_duplicates.append(_match_whole_texts(tokens, may_resemble, registry_index))
    whole_texts = np.unique(
        np.concatenate(
            [declarations["text"].to_numpy(), *(duplicates.texts for duplicates in near_duplicates)]
        )
    )
    windows = None
    if np.diff(texts.offsets)[whole_texts].sum() <= _MAX_WHOLE_TEXT_BYTES:
        windows = cut_windows(batch, tokens, _passages(candidates), whole_texts, margin)
    return _Slice(
        Counts(count, len(batch), len(tokens.hashes), int(texts.offsets[-1] - texts.offsets[0])),
        tuple(candidates),
        tuple(
            copied_items(matches, registry_index.index, sample)
            for matches, registry_index in zip(candidates, registries, strict=True)
        ),
        tuple(near_duplicates),
        declarations,
        sample,
        documents,
        windows,
        LabelValues.of(batch, documents),
        WordlessCounts.of(batch, tokens, documents, are_files=are_files),
    )


def _passages(candidates: Sequence[Candidates]) -> tuple[Int64s, Int64s, Int64s]:
    """Return the text of each candidate of all registries, and its first and last token."""
    texts, firsts, lasts = (
        np.concatenate([_NO_INT64S, *(getattr(matches, name) for matches in candidates)])
        for name in ("texts", "firsts", "lasts")
    )
    return texts, firsts, lasts


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
