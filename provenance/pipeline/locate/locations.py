"""What was found, located: where exactly it stands, and what a person is shown of it.

Evidence about whole texts: an item that one resembles, or what its row says of itself.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.errors import InputError
from provenance.model import Flags, Int64s, Tokens, Unread, rows_at
from provenance.pipeline.cache_entries import keep_table, recalled_table, spans_name
from provenance.pipeline.cache_validation import check_spans
from provenance.pipeline.locate.backgrounds import held_too, margin_for, passages, whole_passages
from provenance.pipeline.locate.claims import Claims, document_bases
from provenance.pipeline.locate.excerpts import MARKS, excerpts
from provenance.pipeline.locate.part_views import Lost, views
from provenance.pipeline.locate.span_positions import (
    ItemEdges,
    Located,
    complement,
    in_characters,
    locate,
    read_edges,
)
from provenance.pipeline.locate.whole_texts import Whole, filling, own_words, wholes_of
from provenance.pipeline.locate.windows import Windows
from provenance.pipeline.result_cache import Memory
from provenance.pipeline.scan.readings import Opened, Reading, text_bases
from provenance.pipeline.stage_log import stage
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
        ("source", pa.string()),  # null where the item says it
        ("address", pa.string()),  # of the row
        ("licence", pa.string()),  # that the row declares, where that is evidence
        ("signals", pa.list_(pa.string())),  # that came with it
        ("declared", pa.string()),  # both, as they stand
        ("registry", pa.int64()),
        ("number", pa.int64()),  # of the item; -1 where the evidence names a source alone
        ("claim", pa.int64()),  # -1 where there is none
        ("chosen", pa.bool_()),
        ("held", pa.bool_()),  # by a background, too; told of what is chosen
        ("text_number", pa.int64()),
        ("document_number", pa.int64()),
        ("first_token", pa.int64()),
        ("span_tokens", pa.int64()),
        ("excerpt", pa.string()),
        ("excerpt_start", pa.int64()),
        ("marks", MARKS),
    ]
)
"""One row a claim, chosen or not, and one a stretch that a whole text's evidence fills."""

_NO_SPANS = SPANS.empty_table()


class PartsLost(InputError):
    """Some parts of a corpus cannot be read a second time as they were the first time.

    Parameters
    ----------
    faults : dict of int to Unread
        What and why, by the part's place in the corpus.
    """

    def __init__(self, faults: dict[int, Unread]) -> None:
        first = next(iter(faults.values()))
        super().__init__(f"{first.file}: {first.reason}", remedy=first.remedy)
        self.faults = faults


@stage("locating what was found")
def gather(  # noqa: PLR0913 (a corpus, and all that it is held against)
    corpus: Corpus,
    readings: Sequence[Reading],
    claims: Claims,
    registries: Sequence[Opened],
    backgrounds: Sequence[Opened] = (),
    memory: Memory | None = None,
    threads: int = 1,
) -> pa.Table:
    """Locate all that was found: in windows that were kept of texts, or in texts read again.

    Parameters
    ----------
    corpus : Corpus
        As it was read.
    readings : sequence of Reading
        Of all its parts, in order.
    claims : Claims
        What was found.
    registries : sequence of Opened
        Where it was found.
    backgrounds : sequence of Opened
        Where it is looked up, too: what they hold of it is contested.
    memory : Memory or None
        What earlier checks located in the same parts.
    threads : int
        How many parts are read at a time.

    Returns
    -------
    pyarrow.Table
        Of schema `SPANS`.

    Raises
    ------
    PartsLost
        If parts cannot be read again.
    """

    def remembered(place: int) -> _Owned:
        part, reading, text = corpus.parts[place], readings[place], texts[place]
        low, high = np.searchsorted(claims.candidates.texts, [text, text + reading.counts.texts])
        own = claims.within(int(low), int(high), text)
        if not len(own) and not wholes_of(reading):
            return _Owned(own, int(low), None, _NO_SPANS)
        name = spans_name(memory, part, own, backgrounds)
        check = partial(
            check_spans, schema=SPANS, claims=own, reading=reading, registries=registries
        )
        return _Owned(own, int(low), name, recalled_table(memory, name, check))

    def located(place: int) -> pa.Table | Unread:
        part, reading, owned = corpus.parts[place], readings[place], parts[place]
        found = owned.spans
        if found is None:
            try:
                found = _gathered(part, reading, owned.claims, edges, backgrounds)
            except Lost as error:
                return error.unread
            keep_table(memory, owned.name, found)
        return _counted_on(found, owned.low, texts[place], documents[place])

    texts, documents = text_bases(readings), document_bases(readings)
    places = range(len(readings))
    with ThreadPoolExecutor(threads) as pool:
        parts = list(pool.map(remembered, places))
        edges = read_edges([one.claims for one in parts if one.spans is None], registries)
        tables = list(pool.map(located, places))
    lost = {place: one for place, one in enumerate(tables) if isinstance(one, Unread)}
    if lost:
        raise PartsLost(lost)
    return pa.concat_tables([_NO_SPANS, *tables])


@dataclass(frozen=True, slots=True)
class _Owned:
    """The claims on a part, the first one's number, and what an earlier check located of them."""

    claims: Claims
    low: int
    name: str | None
    spans: pa.Table | None


def _gathered(
    part: Part,
    reading: Reading,
    claims: Claims,
    edges: ItemEdges,
    backgrounds: Sequence[Opened],
) -> pa.Table:
    """Locate all that a part holds, everything counted from its own first."""
    wholes = wholes_of(reading)
    tables = [
        _located(seen, reading.documents, wholes, claims, edges, backgrounds)
        for seen in views(part, reading, claims.candidates, wholes, margin_for(backgrounds))
    ]
    return _by_text(pa.concat_tables([_NO_SPANS, *tables]))


def _by_text(spans: pa.Table) -> pa.Table:
    """Put what fills a text behind its claims, however many texts were looked at together."""
    texts = spans["text_number"].to_numpy()
    if not (np.diff(texts) < 0).any():
        return spans
    return rows_at(spans, pa.array(np.argsort(texts, kind="stable")))


def _counted_on(spans: pa.Table, claim: int, text: int, document: int) -> pa.Table:
    """Count claims, texts and documents through the whole corpus."""
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


def _located(
    seen: Windows,
    documents: Int64s,
    wholes: dict[int, Whole],
    claims: Claims,
    edges: ItemEdges,
    backgrounds: Sequence[Opened],
) -> pa.Table:
    """Locate everything that is seen of a part."""
    texts, tokens = seen.texts, seen.tokens
    own = seen.among(claims.candidates.texts)
    rows = seen.rows_of(claims.candidates, own)  # each is in one, or `views` had read all again
    claims = claims.within(own.start, own.stop, 0).counted_from(seen.passed.tokens[rows])
    claimed = locate(claims, rows, texts, tokens, edges)
    taken = _subset(claimed, np.flatnonzero(claims.chosen))
    filled = _filled(seen, wholes, set(taken.rows.tolist()))
    rest = complement(taken, np.array(list(filled), np.int64), texts, tokens)
    fills = [filled[row] for row in rest.rows.tolist()]
    located = _joined(claimed, rest)
    starts, ends = in_characters(texts, located)
    shown = excerpts(seen, located, (starts, ends), claims)
    count, row = len(claims), located.rows
    points = seen.passed.points[row]
    return pa.table(
        {
            **{
                name: seen.batch.column(name).take(pa.array(row))
                for name in ("document", "file", "row", "field")
            },
            "start": starts + points,
            "end": ends + points,
            "byte_start": located.starts + seen.passed.bytes[row],
            "byte_end": located.ends + seen.passed.bytes[row],
            "evidence": ["content"] * count + [fill.evidence for fill in fills],
            "source": [None] * count + [fill.source for fill in fills],
            "address": seen.batch.column("url").take(pa.array(row)),
            **own_words(count, fills),
            "registry": [*claims.registries.tolist(), *(fill.registry for fill in fills)],
            "number": [*claims.candidates.items.tolist(), *(fill.number for fill in fills)],
            "claim": [*range(own.start, own.stop), *([-1] * len(fills))],
            "chosen": np.concatenate([claims.chosen, np.ones(len(fills), bool)]),
            "held": _held(tokens, claims, rows, rest, backgrounds),
            "text_number": seen.numbers[row],
            "document_number": documents[seen.numbers[row]],
            "first_token": located.firsts + seen.passed.tokens[row],
            "span_tokens": located.lasts - located.firsts + 1,
            **shown,
            "excerpt_start": pc.add(shown["excerpt_start"], pa.array(points)),
        },
        schema=SPANS,
    )


def _filled(seen: Windows, wholes: dict[int, Whole], held: set[int]) -> dict[int, Whole]:
    """Give the evidence that fills what no passage of a text is given to, by its row."""
    rows = np.flatnonzero(np.isin(seen.numbers, np.array(list(wholes), np.int64))).tolist()
    told = {
        row: filling(wholes[number], is_held=row in held)
        for row, number in zip(rows, seen.numbers[rows].tolist(), strict=True)
    }
    return {row: whole for row, whole in told.items() if whole is not None}


def _held(
    tokens: Tokens, claims: Claims, rows: Int64s, rest: Located, backgrounds: Sequence[Opened]
) -> Flags:
    """Tell what backgrounds hold of claims, and of the stretches that fill the rest."""
    held = np.zeros(len(rows) + len(rest.rows), bool)
    if backgrounds:
        chosen = np.flatnonzero(claims.chosen)
        own = passages(claims, chosen, rows[chosen])
        held[chosen] = held_too(own, tokens, backgrounds)
        whole = whole_passages(rest.rows, rest.firsts, rest.lasts)
        held[len(rows) :] = held_too(whole, tokens, backgrounds)
    return held


def _subset(located: Located, chosen: Int64s) -> Located:
    return Located(
        located.rows[chosen],
        located.starts[chosen],
        located.ends[chosen],
        located.firsts[chosen],
        located.lasts[chosen],
    )


def _joined(left: Located, right: Located) -> Located:
    return Located(
        np.concatenate([left.rows, right.rows]),
        np.concatenate([left.starts, right.starts]),
        np.concatenate([left.ends, right.ends]),
        np.concatenate([left.firsts, right.firsts]),
        np.concatenate([left.lasts, right.lasts]),
    )
