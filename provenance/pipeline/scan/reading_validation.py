"""Validate cached readings, so that no index in them is out of bounds."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.match.candidates.candidate_table import Candidates
from provenance.match.candidates.near_duplicates import NearDuplicates
from provenance.match.scoring.corpus_sample import FULL_BOUND, PASSAGE_LENGTH, PassageSample
from provenance.model.content.fingerprints import ELLIPSIS, Int64s
from provenance.model.content.tables import DOCUMENTS, Skipped, Unread
from provenance.pipeline.caching.cache_entries import MAX_COUNT, require, require_range
from provenance.pipeline.scan.readings import Counts, Reading, RegistryIndex
from provenance.pipeline.scan.row_metadata import DECLARED_SCHEMA, ROW_EVIDENCE
from provenance.pipeline.scan.windows import WINDOW_COLUMNS, TextWindows


def check_reading(reading: Reading, registries: Sequence[RegistryIndex]) -> None:
    """Validate a reading of a part.

    Parameters
    ----------
    reading : Reading
        As loaded; its arrays have the right types and dimensions.
    registries : sequence of RegistryIndex
        The registries that the part was matched against.

    Raises
    ------
    ValueError
        If it is invalid.
    """
    _check_counts(reading.counts, reading.documents)
    require(type(reading.texts_before) is int and type(reading.is_last) is bool)
    require_range(np.array([reading.texts_before]), 0, MAX_COUNT)
    for skipped in reading.skipped:
        _check_skipped(skipped)
    for unread in reading.unread:
        _check_unread(unread)
    _check_passages(reading.sample)
    requested_bound = reading.requested_bound
    require(type(requested_bound) is int and reading.sample.bound <= requested_bound <= FULL_BOUND)
    for registry_index, candidates, copies, near_duplicates in zip(
        registries, reading.candidates, reading.copies, reading.near_duplicates, strict=True
    ):
        offsets = registry_index.index.arrays.token_offsets
        _check_candidates(candidates, reading, offsets)
        require(len(copies.passages) == len(copies.items))
        require_range(copies.items, 0, len(offsets) - 1)
        _check_near_duplicates(near_duplicates, reading.counts.texts, len(offsets) - 1)
    _check_declared(reading.declared, reading.counts.texts)
    last = -1
    for windows in reading.windows or ():
        _check_windows(windows, reading.counts)
        if len(windows):
            require(windows.numbers[0] > last)  # groups share no text
            last = int(windows.numbers[-1])


def _check_counts(counts: Counts, documents: Int64s) -> None:
    values = (counts.documents, counts.texts, counts.tokens, counts.bytes)
    require(all(type(value) is int and 0 <= value < MAX_COUNT for value in values))
    require(counts.tokens <= counts.bytes and counts.texts == len(documents))
    steps = np.diff(documents, prepend=-1, append=counts.documents)
    require(bool(((steps == 0) | (steps == 1)).all()))
    require(counts.texts > 0 or counts.documents == 0)


def _check_skipped(skipped: Skipped) -> None:
    require(type(skipped.file) is str and type(skipped.reason) is str)
    require(
        all(
            type(number) is int and 0 <= number < MAX_COUNT
            for number in (skipped.count, *skipped.rows)
        )
    )


def _check_unread(unread: Unread) -> None:
    require(all(type(text) is str for text in (unread.file, unread.reason, unread.remedy)))
    for place in (unread.row, unread.offset):
        require(place is None or (type(place) is int and 0 <= place < MAX_COUNT))


def _check_passages(passages: PassageSample) -> None:
    require(type(passages.bound) is int and 0 <= passages.bound <= FULL_BOUND)
    hashes, offsets = passages.hashes, passages.offsets
    require(bool((hashes[:-1] < hashes[1:]).all() and passages.contains(hashes).all()))
    require(len(offsets) == len(hashes) + 1)
    sizes = np.diff(offsets)
    require(offsets[0] == 0 and offsets[-1] == len(passages.tokens))
    require_range(sizes, 0, PASSAGE_LENGTH + 1)


def _check_candidates(candidates: Candidates, reading: Reading, offsets: Int64s) -> None:
    count, runs = len(candidates), candidates.runs.astype(np.int64)
    columns = (
        candidates.items,
        candidates.sizes,
        candidates.firsts,
        candidates.lasts,
        candidates.scores,
        candidates.shared_by,
        candidates.multi_source,
    )
    require(
        all(len(column) == count for column in (*columns, candidates.passages, candidates.breaks))
    )
    require_range(candidates.texts, 0, reading.counts.texts)
    require_range(candidates.items, 0, len(offsets) - 1)
    require_range(candidates.sizes, 0, reading.counts.tokens + 1)
    require(
        bool(
            (
                (candidates.firsts >= 0)
                & (candidates.firsts <= candidates.lasts)
                & (candidates.lasts < candidates.sizes)
            ).all()
        )
    )
    require_range(candidates.shared_by, 0, len(offsets) + 1)
    require_range(candidates.multi_source, 0, 2)
    require_range(candidates.breaks, 0, ELLIPSIS + 1)
    require(len(candidates.run_offsets) == count + 1 and candidates.run_offsets[0] == 0)
    require(candidates.run_offsets[-1] == len(runs))
    counts = np.diff(candidates.run_offsets)
    require_range(counts, 1, len(runs) + 1)
    owners = np.repeat(np.arange(count), counts)
    items = candidates.items.astype(np.int64)
    lengths = (offsets[items + 1] - offsets[items])[owners]
    require(bool((runs >= (0, 0, 1)).all()))
    require(bool((runs[:, 0] + runs[:, 2] <= lengths).all()))
    require(bool((runs[:, 1] >= candidates.firsts[owners]).all()))
    require(bool((runs[:, 1] + runs[:, 2] <= candidates.lasts[owners].astype(np.int64) + 1).all()))
    sampled = candidates.passages[reading.sample.contains(candidates.passages)]
    require(bool(reading.sample.holds(sampled).all()))


def _check_windows(windows: TextWindows, counts: Counts) -> None:
    """Check that windows lie in texts, and that their tokens lie in their own texts."""
    count, before = len(windows.numbers), windows.offsets
    columns = (windows.firsts, windows.lasts, windows.whole)
    require(all(len(column) == count for column in (*columns, windows.batch)))
    require(all(len(column) == count for column in (before.tokens, before.bytes, before.points)))
    require(type(windows.margin) is int)
    require_range(windows.numbers, 0, counts.texts)
    require_range(windows.whole.view(np.uint8), 0, 2)
    require(bool((np.diff(windows.numbers) >= 0).all()))
    for column in (windows.firsts, windows.lasts, before.tokens, before.bytes, before.points):
        require_range(column, 0, counts.bytes + 1)
    windows.batch.validate(full=True)
    names = (*WINDOW_COLUMNS, "text")
    require(windows.batch.schema.names == list(names))
    require(windows.batch.schema.types == [DOCUMENTS.field(name).type for name in names])
    required = ("document", "file", "row", "field", "text")
    require(not any(windows.batch.column(name).null_count for name in required))
    _check_window_tokens(windows)


def _check_window_tokens(windows: TextWindows) -> None:
    """Check that passages begin and end with tokens that lie in the window's text."""
    count, tokens, before = len(windows.numbers), windows.tokens, windows.offsets
    offsets = tokens.offsets
    require(len(offsets) == count + 1 and offsets[0] == 0 and offsets[-1] == len(tokens.hashes))
    require(bool((np.diff(offsets) >= 0).all()))
    require(len(tokens.starts) == len(tokens.ends) == len(tokens.hashes))
    require(bool((tokens.starts <= tokens.ends).all()))
    places = offsets[:-1] - before.tokens
    firsts, lasts = places + windows.firsts, places + windows.lasts
    is_used = windows.firsts <= windows.lasts  # a text without tokens has none
    require(bool(((offsets[:-1] <= firsts) & (lasts < offsets[1:]))[is_used].all()))
    sizes = np.diff(windows.texts.offsets)
    require(bool((tokens.starts[firsts[is_used]] >= 0).all()))
    require(bool((tokens.ends[lasts[is_used]] <= sizes[is_used]).all()))
    owners = np.repeat(np.arange(count), np.diff(offsets))
    is_next = owners[1:] == owners[:-1]
    for edges in (tokens.starts, tokens.ends):
        require(bool((np.diff(edges.astype(np.int64)) >= 0)[is_next].all()))


def _check_near_duplicates(near_duplicates: NearDuplicates, texts: int, items: int) -> None:
    require(
        len(near_duplicates.texts)
        == len(near_duplicates.items)
        == len(near_duplicates.similarities)
    )
    require_range(near_duplicates.texts, 0, texts)
    require_range(near_duplicates.items, 0, items)
    require(bool(np.isfinite(near_duplicates.similarities).all()))


def _check_declared(declared: pa.Table, texts: int) -> None:
    declared.validate(full=True)
    require(declared.schema == DECLARED_SCHEMA)
    require(not any(declared[name].null_count for name in ("text", "evidence", "source")))
    require_range(declared["text"].to_numpy(), 0, texts)
    require(
        bool(pc.all(pc.is_in(declared["evidence"], pa.array(ROW_EVIDENCE)), min_count=0).as_py())
    )
    require(not declared["signals"].null_count)
    require(not pc.list_flatten(declared["signals"]).null_count)
