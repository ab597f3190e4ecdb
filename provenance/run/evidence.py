"""The second reading: only texts that hold something, to say exactly where and to show it."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from provenance.errors import CorruptFile
from provenance.fingerprint import tokenise
from provenance.model import Flags, Int64s, Texts, Tokens
from provenance.read import Corpus, Part
from provenance.run.backgrounds import held_too, passages, whole_passages
from provenance.run.claiming import Claims, document_bases
from provenance.run.entries import keep_table, recalled_table, spans_name
from provenance.run.excerpts import MARKS, excerpts
from provenance.run.itemedges import ItemEdges, read_edges
from provenance.run.memory import Memory
from provenance.run.readings import Opened, Reading, text_bases
from provenance.run.spans import Located, complement, in_characters, locate
from provenance.run.stages import stage
from provenance.run.wholes import Whole, filling, own_words, wholes_of

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
    """Read the texts that hold something again, and locate all of it.

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
    """

    def remembered(place: int) -> _Owned:
        part, reading, text = corpus.parts[place], readings[place], texts[place]
        low, high = np.searchsorted(claims.candidates.texts, [text, text + reading.counts.texts])
        own = claims.within(int(low), int(high), text)
        if not len(own) and not wholes_of(reading):
            return _Owned(own, int(low), None, SPANS.empty_table())
        name = spans_name(memory, part, own, backgrounds)
        return _Owned(own, int(low), name, recalled_table(memory, name, SPANS))

    def located(place: int) -> pa.Table:
        part, reading, owned = corpus.parts[place], readings[place], parts[place]
        found = owned.spans
        if found is None:
            found = _gathered(part, reading, owned.claims, edges, backgrounds)
            keep_table(memory, owned.name, found)
        return _counted_on(found, owned.low, texts[place], documents[place])

    texts, documents = text_bases(readings), document_bases(readings)
    places = range(len(readings))
    with ThreadPoolExecutor(threads) as pool:
        parts = list(pool.map(remembered, places))
        edges = read_edges([one.claims for one in parts if one.spans is None], registries)
        tables = list(pool.map(located, places))
    return pa.concat_tables([SPANS.empty_table(), *tables])


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
        _located(batch, numbers, reading.documents, wholes, claims, edges, backgrounds)
        for numbers, batch in _wanted(part, reading, claims.candidates.texts, wholes)
    ]
    return pa.concat_tables([SPANS.empty_table(), *tables])


def _counted_on(spans: pa.Table, claim: int, text: int, document: int) -> pa.Table:
    """Count claims, texts and documents through the whole corpus."""
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


def _wanted(
    part: Part, reading: Reading, claimed: Int64s, wholes: dict[int, Whole]
) -> Iterator[tuple[Int64s, pa.RecordBatch]]:
    """Give the texts that hold something, batch by batch, with their numbers within the part."""
    numbers = np.unique(np.concatenate([claimed, np.array(sorted(wholes), np.int64)]))
    if reading.likely is not None and reading.likely.hold(numbers):
        yield from reading.likely.give(numbers)
        return
    batches: Iterator[pa.RecordBatch]
    if reading.kept is not None:
        batches = reading.kept.batches()
    else:
        batches = (documents.batch for documents in part.batches())
    first = 0
    for batch in batches:
        low, high = np.searchsorted(numbers, [first, first + len(batch)])
        if high > low:
            chosen = numbers[low:high]
            yield chosen, batch.take(pa.array(chosen - first))
        first += len(batch)
        if high == len(numbers):
            return
    raise _changed(part.file)


def _changed(file: str) -> CorruptFile:
    return CorruptFile(
        f"{file} changed while it was checked",
        remedy="check it again when nobody writes to it",
    )


def _located(  # noqa: PLR0913 (one batch, and where it stands in the whole)
    batch: pa.RecordBatch,
    numbers: Int64s,
    documents: Int64s,
    wholes: dict[int, Whole],
    claims: Claims,
    edges: ItemEdges,
    backgrounds: Sequence[Opened],
) -> pa.Table:
    """Locate everything that some texts of a part hold."""
    texts = Texts.of(batch.column("text"))
    tokens = tokenise(texts)
    low, high = np.searchsorted(claims.candidates.texts, [numbers[0], numbers[-1] + 1])
    places = np.arange(low, high)
    rows = np.searchsorted(numbers, claims.candidates.texts[places])
    if (np.diff(tokens.offsets)[rows] != claims.candidates.sizes[places]).any():
        raise _changed(batch.column("file")[0].as_py())
    claimed = locate(claims, places, rows, texts, tokens, edges)
    chosen = claims.chosen[places]
    taken = _subset(claimed, np.flatnonzero(chosen))
    held = set(taken.rows.tolist())
    filled = {
        row: whole
        for row, number in enumerate(numbers.tolist())
        if (whole := filling(wholes.get(number), is_held=row in held)) is not None
    }
    rest = complement(taken, np.array(list(filled), np.int64), texts, tokens)
    fills = [filled[row] for row in rest.rows.tolist()]
    located = _joined(claimed, rest)
    starts, ends = in_characters(texts, located)
    shown = excerpts(batch, tokens, located, (starts, ends), claims, places)
    return pa.table(
        {
            **{
                name: batch.column(name).take(pa.array(located.rows))
                for name in ("document", "file", "row", "field")
            },
            "start": starts,
            "end": ends,
            "byte_start": located.starts,
            "byte_end": located.ends,
            "evidence": ["content"] * len(places) + [fill.evidence for fill in fills],
            "source": [None] * len(places) + [fill.source for fill in fills],
            "address": batch.column("url").take(pa.array(located.rows)),
            **own_words(len(places), fills),
            "registry": [*claims.registries[places].tolist(), *(fill.registry for fill in fills)],
            "number": [
                *claims.candidates.items[places].tolist(),
                *(fill.number for fill in fills),
            ],
            "claim": [*places.tolist(), *([-1] * len(fills))],
            "chosen": np.concatenate([chosen, np.ones(len(fills), bool)]),
            "held": _held(tokens, claims, places, rows, rest, backgrounds),
            "text_number": numbers[located.rows],
            "document_number": documents[numbers[located.rows]],
            "first_token": located.firsts,
            "span_tokens": located.lasts - located.firsts + 1,
            **shown,
        },
        schema=SPANS,
    )


def _held(
    tokens: Tokens,
    claims: Claims,
    places: Int64s,
    rows: Int64s,
    rest: Located,
    backgrounds: Sequence[Opened],
) -> Flags:
    """Tell what backgrounds hold of claims, and of the stretches that fill the rest."""
    held = np.zeros(len(places) + len(rest.rows), bool)
    if backgrounds:
        chosen = np.flatnonzero(claims.chosen[places])
        own = passages(claims, places[chosen], rows[chosen])
        held[chosen] = held_too(own, tokens, backgrounds)
        whole = whole_passages(rest.rows, rest.firsts, rest.lasts)
        held[len(places) :] = held_too(whole, tokens, backgrounds)
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
