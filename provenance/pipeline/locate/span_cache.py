"""Cached tables of located claims: how they are named, and validated."""

from collections.abc import Sequence
from dataclasses import fields

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.match.candidates.candidate_table import Candidates
from provenance.model.content.fingerprints import Int64s
from provenance.pipeline.caching.cache_entries import (
    MAX_COUNT,
    EntryStore,
    reading_key,
    require,
    require_range,
)
from provenance.pipeline.locate.backgrounds import Background
from provenance.pipeline.locate.claims import Claims
from provenance.pipeline.scan.readings import Reading, RegistryIndex
from provenance.pipeline.scan.row_metadata import ROW_EVIDENCE
from provenance.read.corpus.corpus_parts import Part


def spans_key(
    cache: EntryStore | None,
    part: Part,
    reading: Reading,
    claims: Claims,
    backgrounds: Sequence[Background],
) -> str | None:
    """Return the cache key of the table that locates the claims on the texts of a reading."""
    name = reading_key(cache, part)
    if cache is None or name is None or reading.unread:  # the rest of the part may follow later
        return None
    digests = [background.digest for background in backgrounds]
    claim_columns = (claims.registries, claims.chosen, claims.firsts, claims.lasts)
    columns = [
        *claim_columns,
        *(getattr(claims.candidates, column.name) for column in fields(Candidates)),
    ]
    arrays = [np.ascontiguousarray(column).tobytes() for column in columns]
    return cache.key("spans", name, str(reading.texts_before), *digests, *arrays)


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
    require(spans.schema == schema)
    declared = ("address", "fetched", "dated", "labels", "licence", "signals", "declared")
    optional = ("source", *declared, *_EXCERPTS)
    require(not any(spans[name].null_count for name in schema.names if name not in optional))
    columns = {
        name: spans[name].to_numpy()
        for name in schema.names
        if pa.types.is_integer(schema.field(name).type) and name not in optional
    }
    claim, text, number = columns["claim"], columns["text_number"], columns["number"]
    require_range(claim, -1, len(claims))
    claim_rows = np.flatnonzero(claim >= 0)
    require(np.array_equal(np.sort(claim[claim_rows]), np.arange(len(claims))))
    require(np.array_equal(columns["registry"][claim_rows], claims.registries[claim[claim_rows]]))
    require(np.array_equal(number[claim_rows], claims.candidates.items[claim[claim_rows]]))
    require(np.array_equal(text[claim_rows], claims.candidates.texts[claim[claim_rows]]))
    require(
        np.array_equal(spans["chosen"].to_numpy()[claim_rows], claims.chosen[claim[claim_rows]])
    )
    require_range(text, 0, reading.counts.texts)
    require(np.array_equal(columns["document_number"], reading.documents[text]))
    _check_evidence(spans, claim, registries)
    _check_background_items(spans, backgrounds)
    for name in ("row", "start", "byte_start", "first_token"):
        require_range(columns[name], 0, MAX_COUNT)
    for first, end in (("start", "end"), ("byte_start", "byte_end")):
        require(bool((columns[first] <= columns[end]).all()))
        require_range(columns[end], 0, MAX_COUNT)
    require_range(columns["span_tokens"], 1, MAX_COUNT)
    _check_excerpts(spans)


def _check_evidence(spans: pa.Table, claim: Int64s, registries: Sequence[RegistryIndex]) -> None:
    """Check the items of spans: a claim's item, a near-duplicate, or none for a declaration."""
    evidence, owner = spans["evidence"], spans["registry"].to_numpy()
    number = spans["number"].to_numpy()
    is_claimed, is_declared = claim >= 0, pc.is_in(evidence, pa.array(ROW_EVIDENCE)).to_numpy()
    resembles = pc.equal(evidence, "resemblance").to_numpy()
    require(np.array_equal(pc.equal(evidence, "content").to_numpy(), is_claimed))
    require(bool((is_claimed | is_declared | resembles).all()))
    require(bool(((number == -1) & (owner == -1))[is_declared].all()))
    require(not spans.filter(pa.array(is_declared))["source"].null_count)
    item_counts = np.array(
        [len(registry_index.index.arrays.first) for registry_index in registries], np.int64
    )
    require_range(owner[~is_declared], 0, len(item_counts))
    require(bool(((number >= 0) & (number < item_counts[owner]))[~is_declared].all()))
    require(not pc.list_flatten(spans["signals"]).null_count)


def _check_background_items(spans: pa.Table, backgrounds: Sequence[Background]) -> None:
    owner, number = spans["background"].to_numpy(), spans["background_item"].to_numpy()
    counts = [background.item_count for background in backgrounds]
    require_range(owner, -1, len(counts))
    require(bool((number[owner < 0] == -1).all()))
    limits = np.array(counts, np.int64)[owner[owner >= 0]]
    require(bool(((number[owner >= 0] >= 0) & (number[owner >= 0] < limits)).all()))


_EXCERPTS = ("excerpt", "excerpt_start", "marks")


def _check_excerpts(spans: pa.Table) -> None:
    """Check that marks lie within their excerpts."""
    require(len({spans[name].null_count for name in _EXCERPTS}) == 1)
    starts = pc.fill_null(spans["excerpt_start"], 0).to_numpy()
    require_range(starts, 0, MAX_COUNT)
    lengths = pc.fill_null(pc.utf8_length(spans["excerpt"]), 0).to_numpy()
    owners = pc.list_parent_indices(spans["marks"]).to_numpy()
    pairs = pc.list_flatten(spans["marks"])
    marks = pc.list_flatten(pairs)
    require(not pairs.null_count and not marks.null_count)
    bounds = marks.to_numpy().reshape(-1, 2)
    require(bool((bounds[:, 0] <= bounds[:, 1]).all() and (bounds >= 0).all()))
    require(bool((bounds[:, 1] <= lengths[owners]).all()))
