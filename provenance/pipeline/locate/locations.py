"""Locate claims and whole-text evidence in the texts: byte ranges, code points and excerpts."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.errors import InputError
from provenance.model import Flags, Int64s, Tokens, Unread, take_rows
from provenance.pipeline.cache_entries import load_table, spans_key, store_table
from provenance.pipeline.cache_validation import check_spans
from provenance.pipeline.locate.backgrounds import (
    claim_passages,
    held_by_backgrounds,
    margin_tokens,
    stretch_passages,
)
from provenance.pipeline.locate.claims import Claims, document_bases
from provenance.pipeline.locate.excerpts import MARKS_TYPE, build_excerpts
from provenance.pipeline.locate.part_views import ChangedPartError, part_windows
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
    whole_text_evidence,
)
from provenance.pipeline.locate.windows import TextWindows
from provenance.pipeline.result_cache import ResultCache
from provenance.pipeline.scan.readings import Reading, RegistryIndex, text_bases
from provenance.pipeline.stage_log import log_duration
from provenance.read.corpus.corpora import Corpus
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
        ("licence", pa.string()),  # declared by the row, where that is evidence
        ("signals", pa.list_(pa.string())),  # stored with the row
        ("declared", pa.string()),  # licence and signals, verbatim
        ("registry", pa.int64()),
        ("number", pa.int64()),  # of the item; -1 where the evidence names only a source
        ("claim", pa.int64()),  # -1 where there is none
        ("chosen", pa.bool_()),
        ("held", pa.bool_()),  # also by a background; set for chosen rows only
        ("text_number", pa.int64()),
        ("document_number", pa.int64()),
        ("first_token", pa.int64()),
        ("span_tokens", pa.int64()),
        ("excerpt", pa.string()),
        ("excerpt_start", pa.int64()),
        ("marks", MARKS_TYPE),
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


@log_duration("locating what was found")
def locate_matches(  # noqa: PLR0913 (a corpus, its claims and all registries)
    corpus: Corpus,
    readings: Sequence[Reading],
    claims: Claims,
    registries: Sequence[RegistryIndex],
    backgrounds: Sequence[RegistryIndex] = (),
    memory: ResultCache | None = None,
    threads: int = 1,
) -> pa.Table:
    """Locate everything found in a corpus, in the windows kept of texts or in texts read again.

    Parameters
    ----------
    corpus : Corpus
        The corpus.
    readings : sequence of Reading
        Of all its parts, in order.
    claims : Claims
        The claims on its texts.
    registries : sequence of RegistryIndex
        The registries of the claims.
    backgrounds : sequence of RegistryIndex
        Registries that make a finding contested if they hold it too.
    memory : ResultCache or None
        Locations of earlier checks of the same parts.
    threads : int
        Number of parts read at a time.

    Returns
    -------
    pyarrow.Table
        Of schema `SPANS`.

    Raises
    ------
    ChangedPartsError
        If parts cannot be read again.
    """

    def remembered(place: int) -> _PartClaims:
        part, reading, text = corpus.parts[place], readings[place], texts[place]
        low, high = np.searchsorted(claims.candidates.texts, [text, text + reading.counts.texts])
        own = claims.slice(int(low), int(high), text)
        if not len(own) and not whole_text_evidence(reading):
            return _PartClaims(own, int(low), None, _NO_SPANS)
        name = spans_key(memory, part, own, backgrounds)
        check = partial(
            check_spans, schema=SPANS, claims=own, reading=reading, registries=registries
        )
        return _PartClaims(own, int(low), name, load_table(memory, name, check))

    def located(place: int) -> pa.Table | Unread:
        part, reading, owned = corpus.parts[place], readings[place], parts[place]
        found = owned.spans
        if found is None:
            try:
                found = _locate_part(part, reading, owned.claims, edges, backgrounds)
            except ChangedPartError as error:
                return error.unread
            store_table(memory, owned.name, found)
        return _shift_numbers(found, owned.low, texts[place], documents[place])

    texts, documents = text_bases(readings), document_bases(readings)
    places = range(len(readings))
    with ThreadPoolExecutor(threads) as pool:
        parts = list(pool.map(remembered, places))
        edges = read_item_edges([one.claims for one in parts if one.spans is None], registries)
        tables = list(pool.map(located, places))
    lost = {place: one for place, one in enumerate(tables) if isinstance(one, Unread)}
    if lost:
        raise ChangedPartsError(lost)
    return pa.concat_tables([_NO_SPANS, *tables])


@dataclass(frozen=True, slots=True)
class _PartClaims:
    """The claims on a part, the number of the first one, and their cached locations."""

    claims: Claims
    low: int
    name: str | None
    spans: pa.Table | None


def _locate_part(
    part: Part,
    reading: Reading,
    claims: Claims,
    edges: ItemEdges,
    backgrounds: Sequence[RegistryIndex],
) -> pa.Table:
    """Locate everything found in a part; texts, documents and claims are numbered within it."""
    wholes = whole_text_evidence(reading)
    tables = [
        _locate_windows(seen, reading.documents, wholes, claims, edges, backgrounds)
        for seen in part_windows(
            part, reading, claims.candidates, wholes, margin_tokens(backgrounds)
        )
    ]
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
    counted = {
        "claim": np.where(claims >= 0, claims + claim, claims),
        "text_number": spans["text_number"].to_numpy() + text,
        "document_number": spans["document_number"].to_numpy() + document,
    }
    for name, column in counted.items():
        place = SPANS.get_field_index(name)
        spans = spans.set_column(place, SPANS.field(name), pa.array(column, pa.int64()))
    return spans


def _locate_windows(
    seen: TextWindows,
    documents: Int64s,
    wholes: dict[int, WholeTextEvidence],
    claims: Claims,
    edges: ItemEdges,
    backgrounds: Sequence[RegistryIndex],
) -> pa.Table:
    """Locate everything that the windows of a part show."""
    texts, tokens = seen.texts, seen.tokens
    own = seen.text_slice(claims.candidates.texts)
    rows = seen.find_windows(
        claims.candidates, own
    )  # each is in one: else `part_windows` reads the texts again
    claims = claims.slice(own.start, own.stop, 0).rebase_tokens(seen.offsets.tokens[rows])
    claimed = locate_claims(claims, rows, texts, tokens, edges)
    taken = _select_spans(claimed, np.flatnonzero(claims.chosen))
    filled = _evidence_for_rest(seen, wholes, set(taken.rows.tolist()))
    rest = uncovered_spans(taken, np.array(list(filled), np.int64), texts, tokens)
    fills = [filled[row] for row in rest.rows.tolist()]
    located = _concatenate_spans(claimed, rest)
    starts, ends = code_point_positions(texts, located)
    shown = build_excerpts(seen, located, (starts, ends), claims)
    count, row = len(claims), located.rows
    points = seen.offsets.points[row]
    return pa.table(
        {
            **{
                name: seen.batch.column(name).take(pa.array(row))
                for name in ("document", "file", "row", "field")
            },
            "start": starts + points,
            "end": ends + points,
            "byte_start": located.starts + seen.offsets.bytes[row],
            "byte_end": located.ends + seen.offsets.bytes[row],
            "evidence": ["content"] * count + [fill.evidence for fill in fills],
            "source": [None] * count + [fill.source for fill in fills],
            "address": seen.batch.column("url").take(pa.array(row)),
            **declaration_columns(count, fills),
            "registry": [*claims.registries.tolist(), *(fill.registry for fill in fills)],
            "number": [*claims.candidates.items.tolist(), *(fill.number for fill in fills)],
            "claim": [*range(own.start, own.stop), *([-1] * len(fills))],
            "chosen": np.concatenate([claims.chosen, np.ones(len(fills), bool)]),
            "held": _held_mask(tokens, claims, rows, rest, backgrounds),
            "text_number": seen.numbers[row],
            "document_number": documents[seen.numbers[row]],
            "first_token": located.firsts + seen.offsets.tokens[row],
            "span_tokens": located.lasts - located.firsts + 1,
            **shown,
            "excerpt_start": pc.add(shown["excerpt_start"], pa.array(points)),
        },
        schema=SPANS,
    )


def _evidence_for_rest(
    seen: TextWindows, wholes: dict[int, WholeTextEvidence], held: set[int]
) -> dict[int, WholeTextEvidence]:
    """Return, by row, the whole-text evidence for stretches that are attributed to no passage."""
    rows = np.flatnonzero(np.isin(seen.numbers, np.array(list(wholes), np.int64))).tolist()
    told = {
        row: evidence_for_remainder(wholes[number], is_held=row in held)
        for row, number in zip(rows, seen.numbers[rows].tolist(), strict=True)
    }
    return {row: whole for row, whole in told.items() if whole is not None}


def _held_mask(
    tokens: Tokens,
    claims: Claims,
    rows: Int64s,
    rest: LocatedSpans,
    backgrounds: Sequence[RegistryIndex],
) -> Flags:
    """Return which claims, and which remaining stretches, backgrounds hold too."""
    held = np.zeros(len(rows) + len(rest.rows), bool)
    if backgrounds:
        chosen = np.flatnonzero(claims.chosen)
        own = claim_passages(claims, chosen, rows[chosen])
        held[chosen] = held_by_backgrounds(own, tokens, backgrounds)
        whole = stretch_passages(rest.rows, rest.firsts, rest.lasts)
        held[len(rows) :] = held_by_backgrounds(whole, tokens, backgrounds)
    return held


def _select_spans(located: LocatedSpans, chosen: Int64s) -> LocatedSpans:
    return LocatedSpans(
        located.rows[chosen],
        located.starts[chosen],
        located.ends[chosen],
        located.firsts[chosen],
        located.lasts[chosen],
    )


def _concatenate_spans(left: LocatedSpans, right: LocatedSpans) -> LocatedSpans:
    return LocatedSpans(
        np.concatenate([left.rows, right.rows]),
        np.concatenate([left.starts, right.starts]),
        np.concatenate([left.ends, right.ends]),
        np.concatenate([left.firsts, right.firsts]),
        np.concatenate([left.lasts, right.lasts]),
    )
