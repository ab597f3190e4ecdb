"""Locate claims and whole-text evidence in the texts: byte ranges, code points and excerpts."""

from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.errors import InputError
from provenance.model.content.fingerprints import Int64s, Tokens
from provenance.model.content.row_selection import take_rows
from provenance.model.content.tables import LABELS, Unread
from provenance.pipeline.caching.cache_entries import EntryStore, load_table, store_table
from provenance.pipeline.execution.ordered_map import map_in_order
from provenance.pipeline.locate.backgrounds import (
    Background,
    BackgroundItems,
    claim_passages,
    find_background_items,
    margin_tokens,
    stretch_passages,
)
from provenance.pipeline.locate.claims import Claims
from provenance.pipeline.locate.document_marks import (
    DOCUMENT_MARK_COLUMNS,
    measure_document_marks,
)
from provenance.pipeline.locate.excerpts import MARKS_TYPE, build_excerpts
from provenance.pipeline.locate.part_views import ChangedPartError, part_windows
from provenance.pipeline.locate.span_cache import check_spans, spans_key
from provenance.pipeline.locate.span_positions import (
    ItemEdges,
    LocatedSpans,
    code_point_positions,
    locate_claims,
    read_item_edges,
    uncovered_spans,
)
from provenance.pipeline.locate.whole_texts import (
    WholeTextEvidence,
    declaration_columns,
    evidence_for_remainder,
    has_whole_text_evidence,
    whole_text_evidence,
)
from provenance.pipeline.scan.readings import (
    Reading,
    RegistryIndex,
    document_bases,
    text_bases,
)
from provenance.pipeline.scan.windows import TextWindows
from provenance.read.corpus.corpus_parts import Part

SPANS = pa.schema(
    [
        ("document", pa.string()),
        ("file", pa.string()),
        ("row", pa.int64()),
        ("field", pa.string()),
        ("start", pa.int64()),
        ("end", pa.int64()),
        ("byte_start", pa.int64()),
        ("byte_end", pa.int64()),
        ("evidence", pa.string()),
        ("source", pa.string()),  # null where it is the item's
        ("address", pa.string()),  # of the row
        ("fetched", pa.string()),  # when the row's page was fetched
        ("dated", pa.string()),  # the row's date, if it may be that of publication
        ("labels", LABELS),  # of the row
        ("licence", pa.string()),  # declared by the row, where that is evidence
        ("signals", pa.list_(pa.string())),  # stored with the row
        ("declared", pa.string()),  # licence and signals, verbatim
        ("registry", pa.int64()),
        ("number", pa.int64()),  # of the item; -1 where the evidence names only a source
        ("claim", pa.int64()),  # -1 where there is none
        ("chosen", pa.bool_()),
        ("background", pa.int64()),  # that has the passage, too; -1 for none, and if not chosen
        ("background_item", pa.int64()),  # its item
        ("text_number", pa.int64()),
        ("document_number", pa.int64()),
        ("first_token", pa.int64()),
        ("span_tokens", pa.int64()),
        ("excerpt", pa.string()),
        ("excerpt_start", pa.int64()),
        ("marks", MARKS_TYPE),
        *DOCUMENT_MARK_COLUMNS,
    ]
)
"""One row per claim, chosen or not, and one per stretch covered by whole-text evidence."""

_NO_SPANS = SPANS.empty_table()


class ChangedPartsError(InputError):
    """Some parts of a corpus changed between the first and the second reading.

    Parameters
    ----------
    faults : dict of int to Unread
        The fault of each such part, by the part's index in the corpus.
    """

    def __init__(self, faults: dict[int, Unread]) -> None:
        first = next(iter(faults.values()))
        super().__init__(f"{first.file}: {first.reason}", remedy=first.remedy)
        self.faults = faults


def locate_matches(  # noqa: PLR0913 (parts, their claims and all registries)
    parts: Sequence[Part],
    readings: Sequence[Reading],
    claims: Claims,
    registries: Sequence[RegistryIndex],
    backgrounds: Sequence[Background] = (),
    cache: EntryStore | None = None,
    threads: int = 1,
) -> pa.Table:
    """Locate everything found in some texts, in the windows kept of them or by reading them again.

    Parameters
    ----------
    parts : sequence of Part
        All parts of the corpus.
    readings : sequence of Reading
        Consecutive readings of the parts.
    claims : Claims
        The claims on its texts.
    registries : sequence of RegistryIndex
        The registries of the claims.
    backgrounds : sequence of Background
        Registries that make a finding contested if they hold it too.
    cache : EntryStore or None
        Locations of earlier checks of the same parts.
    threads : int
        Number of parts read at a time, and of slices of them located at a time.

    Returns
    -------
    pyarrow.Table
        Of schema `SPANS`; texts and documents are numbered from the first of the readings.

    Raises
    ------
    ChangedPartsError
        If parts cannot be read again.
    """

    def load_spans(place: int) -> _PartClaims:
        reading, text = readings[place], texts[place]
        part = parts[reading.part]
        low, high = np.searchsorted(claims.candidates.texts, [text, text + reading.counts.texts])
        part_claims = claims.slice(int(low), int(high), text)
        if not len(part_claims) and not has_whole_text_evidence(reading):
            return _PartClaims(part_claims, int(low), None, _NO_SPANS)
        name = spans_key(cache, part, reading, part_claims, backgrounds)
        check = partial(
            check_spans,
            schema=SPANS,
            claims=part_claims,
            reading=reading,
            registries=registries,
            backgrounds=backgrounds,
        )
        return _PartClaims(part_claims, int(low), name, load_table(cache, name, check))

    def locate_part(place: int) -> pa.Table | Unread:
        reading, part_claims = readings[place], claims_of_parts[place]
        spans = part_claims.spans
        if spans is None:
            try:
                spans = _locate_part(
                    parts[reading.part],
                    reading,
                    part_claims.claims,
                    edges,
                    backgrounds,
                    window_pool,
                    max_pending,
                )
            except ChangedPartError as error:
                return error.unread
            store_table(cache, part_claims.name, spans)
        return _shift_numbers(spans, part_claims.low, texts[place], documents[place])

    texts, documents = text_bases(readings), document_bases(readings)
    places = range(len(readings))
    window_pool = ThreadPoolExecutor(threads) if threads > 1 else None
    max_pending = 2 * threads // max(1, min(threads, len(readings)))
    with window_pool or nullcontext(), ThreadPoolExecutor(threads) as pool:
        claims_of_parts = list(pool.map(load_spans, places))
        unlocated = [one.claims for one in claims_of_parts if one.spans is None]
        edges = read_item_edges(unlocated, registries)
        tables = list(pool.map(locate_part, places))
    faults = {
        reading.part: one
        for reading, one in zip(readings, tables, strict=True)
        if isinstance(one, Unread)
    }
    if faults:
        raise ChangedPartsError(faults)
    return pa.concat_tables([_NO_SPANS, *tables])


@dataclass(frozen=True, slots=True)
class _PartClaims:
    """The claims on a part, the number of the first one, and their cached locations."""

    claims: Claims
    low: int
    name: str | None
    spans: pa.Table | None


def _locate_part(  # noqa: PLR0913 (a part, what is located in it, and by whom)
    part: Part,
    reading: Reading,
    claims: Claims,
    edges: ItemEdges,
    backgrounds: Sequence[Background],
    pool: Executor | None,
    max_pending: int,
) -> pa.Table:
    """Locate everything found in a part; texts, documents and claims are numbered within it."""
    wholes = whole_text_evidence(reading)
    locate = partial(
        _locate_windows,
        documents=reading.documents,
        wholes=wholes,
        claims=claims,
        edges=edges,
        backgrounds=backgrounds,
    )
    windows = part_windows(part, reading, claims.candidates, wholes, margin_tokens(backgrounds))
    tables = map_in_order(pool, locate, windows, max_pending)
    return _sort_by_text(pa.concat_tables([_NO_SPANS, *tables]))


def _sort_by_text(spans: pa.Table) -> pa.Table:
    """Sort rows by text: claims, then whole-text evidence."""
    texts = spans["text_number"].to_numpy()
    if not (np.diff(texts) < 0).any():
        return spans
    return take_rows(spans, pa.array(np.argsort(texts, kind="stable")))


def _shift_numbers(spans: pa.Table, claim: int, text: int, document: int) -> pa.Table:
    """Renumber claims, texts and documents from the part to the whole corpus."""
    if not len(spans):
        return spans
    claims = spans["claim"].to_numpy()
    shifted = {
        "claim": np.where(claims >= 0, claims + claim, claims),
        "text_number": spans["text_number"].to_numpy() + text,
        "document_number": spans["document_number"].to_numpy() + document,
    }
    for name, column in shifted.items():
        place = SPANS.get_field_index(name)
        spans = spans.set_column(place, SPANS.field(name), pa.array(column, pa.int64()))
    return spans


def _locate_windows(
    windows: TextWindows,
    documents: Int64s,
    wholes: dict[int, WholeTextEvidence],
    claims: Claims,
    edges: ItemEdges,
    backgrounds: Sequence[Background],
) -> pa.Table:
    """Locate everything that the windows of a part show."""
    texts, tokens = windows.texts, windows.tokens
    claim_range = windows.text_slice(claims.candidates.texts)
    # Each claim is in a window: otherwise `part_windows` reads the texts again.
    rows = windows.find_windows(claims.candidates, claim_range)
    claims = claims.slice(claim_range.start, claim_range.stop, 0).rebase_tokens(
        windows.offsets.tokens[rows]
    )
    claim_spans = locate_claims(claims, rows, texts, tokens, edges)
    attributed_spans = _select_spans(claim_spans, np.flatnonzero(claims.chosen))
    evidence = _remainder_evidence(windows, wholes, set(attributed_spans.rows.tolist()))
    remainder = uncovered_spans(attributed_spans, np.array(list(evidence), np.int64), texts, tokens)
    remainder_evidence = [evidence[text_rows] for text_rows in remainder.rows.tolist()]
    spans = _concatenate_spans(claim_spans, remainder)
    starts, ends = code_point_positions(texts, spans)
    excerpts = build_excerpts(windows, spans, (starts, ends), claims)
    held = _find_background_items(tokens, claims, rows, remainder, backgrounds)
    count, text_rows = len(claims), spans.rows
    points = windows.offsets.points[text_rows]
    return pa.table(
        {
            **{
                name: windows.batch.column(name).take(pa.array(text_rows))
                for name in ("document", "file", "row", "field", "fetched", "dated", "labels")
            },
            "start": starts + points,
            "end": ends + points,
            "byte_start": spans.starts + windows.offsets.bytes[text_rows],
            "byte_end": spans.ends + windows.offsets.bytes[text_rows],
            "evidence": ["content"] * count + [fill.evidence for fill in remainder_evidence],
            "source": [None] * count + [fill.source for fill in remainder_evidence],
            "address": windows.batch.column("url").take(pa.array(text_rows)),
            **declaration_columns(
                [wholes.get(number) for number in windows.numbers[rows].tolist()],
                remainder_evidence,
            ),
            "registry": [
                *claims.registries.tolist(),
                *(fill.registry for fill in remainder_evidence),
            ],
            "number": [
                *claims.candidates.items.tolist(),
                *(fill.number for fill in remainder_evidence),
            ],
            "claim": [
                *range(claim_range.start, claim_range.stop),
                *([-1] * len(remainder_evidence)),
            ],
            "chosen": np.concatenate([claims.chosen, np.ones(len(remainder_evidence), bool)]),
            "background": held.backgrounds,
            "background_item": held.items,
            "text_number": windows.numbers[text_rows],
            "document_number": documents[windows.numbers[text_rows]],
            "first_token": spans.firsts + windows.offsets.tokens[text_rows],
            "span_tokens": spans.lasts - spans.firsts + 1,
            **excerpts,
            "excerpt_start": pc.add(excerpts["excerpt_start"], pa.array(points)),
            **measure_document_marks(texts, spans),
        },
        schema=SPANS,
    )


def _remainder_evidence(
    windows: TextWindows, wholes: dict[int, WholeTextEvidence], attributed_rows: set[int]
) -> dict[int, WholeTextEvidence]:
    """Return, by row, the whole-text evidence for stretches that are attributed to no passage."""
    rows = np.flatnonzero(np.isin(windows.numbers, np.array(list(wholes), np.int64))).tolist()
    evidence = {
        row: evidence_for_remainder(wholes[number], is_held=row in attributed_rows)
        for row, number in zip(rows, windows.numbers[rows].tolist(), strict=True)
    }
    return {
        row: text_evidence for row, text_evidence in evidence.items() if text_evidence is not None
    }


def _find_background_items(
    tokens: Tokens,
    claims: Claims,
    rows: Int64s,
    remainder: LocatedSpans,
    backgrounds: Sequence[Background],
) -> BackgroundItems:
    """Return the backgrounds that claims, and remaining stretches, are in too."""
    held = BackgroundItems.none(len(rows) + len(remainder.rows))
    if backgrounds:
        indices = np.flatnonzero(claims.chosen)
        passages = claim_passages(claims, indices, rows[indices])
        of_claims = find_background_items(passages, tokens, backgrounds)
        held.backgrounds[indices], held.items[indices] = of_claims.backgrounds, of_claims.items
        stretches = stretch_passages(remainder.rows, remainder.firsts, remainder.lasts)
        of_rest = find_background_items(stretches, tokens, backgrounds)
        held.backgrounds[len(rows) :], held.items[len(rows) :] = of_rest.backgrounds, of_rest.items
    return held


def _select_spans(spans: LocatedSpans, indices: Int64s) -> LocatedSpans:
    return LocatedSpans(
        spans.rows[indices],
        spans.starts[indices],
        spans.ends[indices],
        spans.firsts[indices],
        spans.lasts[indices],
    )


def _concatenate_spans(left: LocatedSpans, right: LocatedSpans) -> LocatedSpans:
    return LocatedSpans(
        np.concatenate([left.rows, right.rows]),
        np.concatenate([left.starts, right.starts]),
        np.concatenate([left.ends, right.ends]),
        np.concatenate([left.firsts, right.firsts]),
        np.concatenate([left.lasts, right.lasts]),
    )
