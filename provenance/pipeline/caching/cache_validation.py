"""Validate cached entries, so that no index in them is out of bounds.

A digest detects damage, but not an entry forged by a user with write access. Kernels do not check
bounds, so every index is checked first.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from provenance.match.candidates.candidate_table import Candidates
from provenance.match.candidates.near_duplicates import NearDuplicates
from provenance.match.scoring.corpus_sample import FULL_BOUND, PASSAGE_LENGTH, PassageSample
from provenance.model.content.fingerprints import ELLIPSIS, Int64s
from provenance.model.content.tables import DOCUMENTS, Skipped, Unread
from provenance.pipeline.locate.backgrounds import Background
from provenance.pipeline.locate.claims import Claims
from provenance.pipeline.locate.windows import WINDOW_COLUMNS, TextWindows
from provenance.pipeline.scan.readings import Counts, Reading, RegistryIndex
from provenance.pipeline.scan.row_metadata import DECLARED_SCHEMA, ROW_EVIDENCE

_MAX_COUNT = 1 << 48
"""Upper limit of all counts."""


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
    _require(type(reading.texts_before) is int and type(reading.is_last) is bool)
    _require_range(np.array([reading.texts_before]), 0, _MAX_COUNT)
    for skipped in reading.skipped:
        _check_skipped(skipped)
    for unread in reading.unread:
        _check_unread(unread)
    _check_passages(reading.sample)
    requested_bound = reading.requested_bound
    _require(type(requested_bound) is int and reading.sample.bound <= requested_bound <= FULL_BOUND)
    for registry_index, candidates, copies, near_duplicates in zip(
        registries, reading.candidates, reading.copies, reading.near_duplicates, strict=True
    ):
        offsets = registry_index.index.arrays.token_offsets
        _check_candidates(candidates, reading, offsets)
        _require(len(copies.passages) == len(copies.items))
        _require_range(copies.items, 0, len(offsets) - 1)
        _check_near_duplicates(near_duplicates, reading.counts.texts, len(offsets) - 1)
    _check_declared(reading.declared, reading.counts.texts)
    last = -1
    for windows in reading.windows or ():
        _check_windows(windows, reading.counts)
        if len(windows):
            _require(windows.numbers[0] > last)  # groups share no text
            last = int(windows.numbers[-1])


def check_spans(
    spans: pa.Table,
    schema: pa.Schema,
    claims: Claims,
    reading: Reading,
    registries: Sequence[RegistryIndex],
    backgrounds: Sequence[Background],
) -> None:
    """Validate the table of located claims of a part.

    Parameters
    ----------
    spans : pyarrow.Table
        As loaded, after Arrow's own validation.
    schema : pyarrow.Schema
        The expected schema.
    claims : Claims
        The claims it locates, numbered from the part's first.
    reading : Reading
        Of the part.
    registries, backgrounds : sequence of Background
        The registries and backgrounds that it was matched against.

    Raises
    ------
    ValueError
        If it is invalid.
    """
    _require(spans.schema == schema)
    declared = ("address", "fetched", "dated", "labels", "licence", "signals", "declared")
    optional = ("source", *declared, *_EXCERPTS)
    _require(not any(spans[name].null_count for name in schema.names if name not in optional))
    columns = {
        name: spans[name].to_numpy()
        for name in schema.names
        if pa.types.is_integer(schema.field(name).type) and name not in optional
    }
    claim, text, number = columns["claim"], columns["text_number"], columns["number"]
    _require_range(claim, -1, len(claims))
    claim_rows = np.flatnonzero(claim >= 0)
    _require(np.array_equal(np.sort(claim[claim_rows]), np.arange(len(claims))))
    _require(np.array_equal(columns["registry"][claim_rows], claims.registries[claim[claim_rows]]))
    _require(np.array_equal(number[claim_rows], claims.candidates.items[claim[claim_rows]]))
    _require(np.array_equal(text[claim_rows], claims.candidates.texts[claim[claim_rows]]))
    _require(
        np.array_equal(spans["chosen"].to_numpy()[claim_rows], claims.chosen[claim[claim_rows]])
    )
    _require_range(text, 0, reading.counts.texts)
    _require(np.array_equal(columns["document_number"], reading.documents[text]))
    _check_evidence(spans, claim, registries)
    _check_background_items(spans, backgrounds)
    for name in ("row", "start", "byte_start", "first_token"):
        _require_range(columns[name], 0, _MAX_COUNT)
    for first, end in (("start", "end"), ("byte_start", "byte_end")):
        _require(bool((columns[first] <= columns[end]).all()))
        _require_range(columns[end], 0, _MAX_COUNT)
    _require_range(columns["span_tokens"], 1, _MAX_COUNT)
    _check_excerpts(spans)


def _check_evidence(spans: pa.Table, claim: Int64s, registries: Sequence[RegistryIndex]) -> None:
    """Check the items of spans: a claim's item, a near-duplicate, or none for a declaration."""
    evidence, owner = spans["evidence"], spans["registry"].to_numpy()
    number = spans["number"].to_numpy()
    is_claimed, is_declared = claim >= 0, pc.is_in(evidence, pa.array(ROW_EVIDENCE)).to_numpy()
    resembles = pc.equal(evidence, "resemblance").to_numpy()
    _require(np.array_equal(pc.equal(evidence, "content").to_numpy(), is_claimed))
    _require(bool((is_claimed | is_declared | resembles).all()))
    _require(bool(((number == -1) & (owner == -1))[is_declared].all()))
    _require(not spans.filter(pa.array(is_declared))["source"].null_count)
    item_counts = np.array(
        [len(registry_index.index.arrays.first) for registry_index in registries], np.int64
    )
    _require_range(owner[~is_declared], 0, len(item_counts))
    _require(bool(((number >= 0) & (number < item_counts[owner]))[~is_declared].all()))
    _require(not pc.list_flatten(spans["signals"]).null_count)


def _check_background_items(spans: pa.Table, backgrounds: Sequence[Background]) -> None:
    owner, number = spans["background"].to_numpy(), spans["background_item"].to_numpy()
    counts = [background.item_count for background in backgrounds]
    _require_range(owner, -1, len(counts))
    _require(bool((number[owner < 0] == -1).all()))
    limits = np.array(counts, np.int64)[owner[owner >= 0]]
    _require(bool(((number[owner >= 0] >= 0) & (number[owner >= 0] < limits)).all()))


_EXCERPTS = ("excerpt", "excerpt_start", "marks")


def _check_excerpts(spans: pa.Table) -> None:
    """Check that marks lie within their excerpts."""
    _require(len({spans[name].null_count for name in _EXCERPTS}) == 1)
    starts = pc.fill_null(spans["excerpt_start"], 0).to_numpy()
    _require_range(starts, 0, _MAX_COUNT)
    lengths = pc.fill_null(pc.utf8_length(spans["excerpt"]), 0).to_numpy()
    owners = pc.list_parent_indices(spans["marks"]).to_numpy()
    pairs = pc.list_flatten(spans["marks"])
    marks = pc.list_flatten(pairs)
    _require(not pairs.null_count and not marks.null_count)
    bounds = marks.to_numpy().reshape(-1, 2)
    _require(bool((bounds[:, 0] <= bounds[:, 1]).all() and (bounds >= 0).all()))
    _require(bool((bounds[:, 1] <= lengths[owners]).all()))


def _check_counts(counts: Counts, documents: Int64s) -> None:
    values = (counts.documents, counts.texts, counts.tokens, counts.bytes)
    _require(all(type(value) is int and 0 <= value < _MAX_COUNT for value in values))
    _require(counts.tokens <= counts.bytes and counts.texts == len(documents))
    steps = np.diff(documents, prepend=-1, append=counts.documents)
    _require(bool(((steps == 0) | (steps == 1)).all()))
    _require(counts.texts > 0 or counts.documents == 0)


def _check_skipped(skipped: Skipped) -> None:
    _require(type(skipped.file) is str and type(skipped.reason) is str)
    _require(
        all(
            type(number) is int and 0 <= number < _MAX_COUNT
            for number in (skipped.count, *skipped.rows)
        )
    )


def _check_unread(unread: Unread) -> None:
    _require(all(type(text) is str for text in (unread.file, unread.reason, unread.remedy)))
    for place in (unread.row, unread.offset):
        _require(place is None or (type(place) is int and 0 <= place < _MAX_COUNT))


def _check_passages(passages: PassageSample) -> None:
    _require(type(passages.bound) is int and 0 <= passages.bound <= FULL_BOUND)
    hashes, offsets = passages.hashes, passages.offsets
    _require(bool((hashes[:-1] < hashes[1:]).all() and passages.contains(hashes).all()))
    _require(len(offsets) == len(hashes) + 1)
    sizes = np.diff(offsets)
    _require(offsets[0] == 0 and offsets[-1] == len(passages.tokens))
    _require_range(sizes, 0, PASSAGE_LENGTH + 1)


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
    _require(
        all(len(column) == count for column in (*columns, candidates.passages, candidates.breaks))
    )
    _require_range(candidates.texts, 0, reading.counts.texts)
    _require_range(candidates.items, 0, len(offsets) - 1)
    _require_range(candidates.sizes, 0, reading.counts.tokens + 1)
    _require(
        bool(
            (
                (candidates.firsts >= 0)
                & (candidates.firsts <= candidates.lasts)
                & (candidates.lasts < candidates.sizes)
            ).all()
        )
    )
    _require_range(candidates.shared_by, 0, len(offsets) + 1)
    _require_range(candidates.multi_source, 0, 2)
    _require_range(candidates.breaks, 0, ELLIPSIS + 1)
    _require(len(candidates.run_offsets) == count + 1 and candidates.run_offsets[0] == 0)
    _require(candidates.run_offsets[-1] == len(runs))
    counts = np.diff(candidates.run_offsets)
    _require_range(counts, 1, len(runs) + 1)
    owners = np.repeat(np.arange(count), counts)
    items = candidates.items.astype(np.int64)
    lengths = (offsets[items + 1] - offsets[items])[owners]
    _require(bool((runs >= (0, 0, 1)).all()))
    _require(bool((runs[:, 0] + runs[:, 2] <= lengths).all()))
    _require(bool((runs[:, 1] >= candidates.firsts[owners]).all()))
    _require(bool((runs[:, 1] + runs[:, 2] <= candidates.lasts[owners].astype(np.int64) + 1).all()))
    sampled = candidates.passages[reading.sample.contains(candidates.passages)]
    _require(bool(reading.sample.holds(sampled).all()))


def _check_windows(windows: TextWindows, counts: Counts) -> None:
    """Check that windows lie in texts, and that their tokens lie in their own texts."""
    count, before = len(windows.numbers), windows.offsets
    columns = (windows.firsts, windows.lasts, windows.whole)
    _require(all(len(column) == count for column in (*columns, windows.batch)))
    _require(all(len(column) == count for column in (before.tokens, before.bytes, before.points)))
    _require(type(windows.margin) is int)
    _require_range(windows.numbers, 0, counts.texts)
    _require_range(windows.whole.view(np.uint8), 0, 2)
    _require(bool((np.diff(windows.numbers) >= 0).all()))
    for column in (windows.firsts, windows.lasts, before.tokens, before.bytes, before.points):
        _require_range(column, 0, counts.bytes + 1)
    windows.batch.validate(full=True)
    names = (*WINDOW_COLUMNS, "text")
    _require(windows.batch.schema.names == list(names))
    _require(windows.batch.schema.types == [DOCUMENTS.field(name).type for name in names])
    required = ("document", "file", "row", "field", "text")
    _require(not any(windows.batch.column(name).null_count for name in required))
    _check_window_tokens(windows)


def _check_window_tokens(windows: TextWindows) -> None:
    """Check that passages begin and end with tokens that lie in the window's text."""
    count, tokens, before = len(windows.numbers), windows.tokens, windows.offsets
    offsets = tokens.offsets
    _require(len(offsets) == count + 1 and offsets[0] == 0 and offsets[-1] == len(tokens.hashes))
    _require(bool((np.diff(offsets) >= 0).all()))
    _require(len(tokens.starts) == len(tokens.ends) == len(tokens.hashes))
    _require(bool((tokens.starts <= tokens.ends).all()))
    places = offsets[:-1] - before.tokens
    firsts, lasts = places + windows.firsts, places + windows.lasts
    is_used = windows.firsts <= windows.lasts  # a text without tokens has none
    _require(bool(((offsets[:-1] <= firsts) & (lasts < offsets[1:]))[is_used].all()))
    sizes = np.diff(windows.texts.offsets)
    _require(bool((tokens.starts[firsts[is_used]] >= 0).all()))
    _require(bool((tokens.ends[lasts[is_used]] <= sizes[is_used]).all()))
    owners = np.repeat(np.arange(count), np.diff(offsets))
    is_next = owners[1:] == owners[:-1]
    for edges in (tokens.starts, tokens.ends):
        _require(bool((np.diff(edges.astype(np.int64)) >= 0)[is_next].all()))


def _check_near_duplicates(near_duplicates: NearDuplicates, texts: int, items: int) -> None:
    _require(
        len(near_duplicates.texts)
        == len(near_duplicates.items)
        == len(near_duplicates.similarities)
    )
    _require_range(near_duplicates.texts, 0, texts)
    _require_range(near_duplicates.items, 0, items)
    _require(bool(np.isfinite(near_duplicates.similarities).all()))


def _check_declared(declared: pa.Table, texts: int) -> None:
    declared.validate(full=True)
    _require(declared.schema == DECLARED_SCHEMA)
    _require(not any(declared[name].null_count for name in ("text", "evidence", "source")))
    _require_range(declared["text"].to_numpy(), 0, texts)
    _require(
        bool(pc.all(pc.is_in(declared["evidence"], pa.array(ROW_EVIDENCE)), min_count=0).as_py())
    )
    _require(not declared["signals"].null_count)
    _require(not pc.list_flatten(declared["signals"]).null_count)


def _require_range(values: npt.NDArray[Any], low: int, end: int) -> None:
    _require(bool(((values >= low) & (values < end)).all()))


def _require(condition: object) -> None:
    if not condition:
        raise ValueError("invalid cache entry")
