"""What a person is shown of a finding: a few words of the document and of the item, marked.

What a person is shown of the items that were found: a few words of each, marked.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from provenance.fingerprint.highlight import Runs, marked, reach
from provenance.fingerprint.offsets import characters, stretches
from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.match.candidates.candidate_table import Candidates
from provenance.model import Int32s, Int64s, Texts, Tokens, rows_at
from provenance.pipeline.locate.claims import Claims
from provenance.pipeline.locate.span_positions import Located
from provenance.pipeline.locate.windows import CONTEXT, Windows
from provenance.pipeline.scan.readings import Opened

LONGEST = 1200
"""Characters of a passage that are shown; the rest is cut."""

MARKS = pa.list_(pa.list_(pa.int32(), 2))
"""Half-open stretches of an excerpt, in code points, counted from its begin."""


@dataclass(frozen=True, slots=True)
class Words:
    """Matched words of some stretches of texts, in order.

    Parameters
    ----------
    texts, tokens : Texts, Tokens
        Texts, or the windows that stand for them, and their tokens.
    runs : Runs
        What matched, of `n` stretches.
    """

    texts: Texts
    tokens: Tokens
    runs: Runs

    @property
    def spans(self) -> tuple[Int64s, Int64s]:
        """Where each stretch begins and ends, in code points; both -1 where it has no word."""
        return reach(self.texts, self.tokens, self.runs)

    def marks(self, begins: Int64s, lows: Int64s, highs: Int64s) -> pa.ListArray:
        """Mark the words of each stretch, neighbours as one.

        Parameters
        ----------
        begins : ndarray of int64, shape (n,)
            What marks are counted from.
        lows, highs : ndarray of int64, shape (n,)
            Words that reach beyond are not marked.

        Returns
        -------
        pyarrow.ListArray of MARKS, of n elements
        """
        return _lists(*marked(self.texts, self.tokens, self.runs, begins, (lows, highs)))


def _lists(pairs: Int32s, counts: Int64s) -> pa.ListArray:
    """Give lists of pairs, so many to each."""
    flat = pa.FixedSizeListArray.from_arrays(pa.array(pairs.ravel(), pa.int32()), 2)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), flat).cast(MARKS)


def among(marks: pa.ListArray, places: Int64s, count: int) -> pa.ListArray:
    """Put marks, in order, where they belong among `count` lists; the others are empty."""
    counts = np.zeros(count, np.int64)
    counts[places] = np.diff(marks.offsets.to_numpy())
    pairs = marks.flatten().flatten().to_numpy().reshape(-1, 2)
    return _lists(pairs, counts)


def matched(
    texts: Texts, tokens: Tokens, rows: Int64s, candidates: Candidates, column: int
) -> Words:
    """Give the matched words of candidates.

    Parameters
    ----------
    texts, tokens : Texts, Tokens
        Texts, and their tokens.
    rows : ndarray of int64, shape (n,)
        Which of the texts belongs to each candidate. Fastest where sorted.
    candidates : Candidates
        What matched.
    column : int
        0 where the texts are items, 1 where they are documents.
    """
    firsts, lengths = (np.ascontiguousarray(candidates.runs[:, place]) for place in (column, 2))
    return Words(texts, tokens, Runs(rows, firsts, lengths, candidates.run_offsets))


def shown(
    texts: Texts, rows: Int64s, spans: tuple[Int64s, Int64s], marks: pa.ListArray
) -> dict[str, pa.Array]:
    """Show stretches of texts with some context.

    Parameters
    ----------
    texts : Texts
        The texts.
    rows : ndarray of int64, shape (n,)
        The text of each stretch.
    spans : (ndarray of int64, ndarray of int64), each of shape (n,)
        What to show, in code points.
    marks : pyarrow.ListArray of MARKS
        Half-open stretches to mark, counted from `begins_of` the spans.

    Returns
    -------
    dict of str to pyarrow.Array
        `excerpt`, `excerpt_start`, counted in the texts given, and `marks` of each.
    """
    begins = begins_of(spans[0])
    ends = np.minimum(spans[1] + CONTEXT, spans[0] + LONGEST)
    return {
        "excerpt": stretches(texts, rows, begins, ends).column().cast(pa.string()),
        "excerpt_start": pa.array(begins),
        "marks": marks,
    }


def scattered(rows: Int64s, count: int) -> pa.Array:
    """Give, for each of `count` rows, which value belongs there, if value `i` does at `rows[i]`.

    Where none does, it is null.
    """
    places, absent = np.zeros(count, np.int64), np.ones(count, bool)
    places[rows], absent[rows] = np.arange(len(rows)), False
    return pa.array(places, mask=absent)


def begins_of(firsts: Int64s) -> Int64s:
    """Give where the excerpt begins that shows a stretch."""
    return np.maximum(firsts - CONTEXT, 0)


def excerpts(
    seen: Windows, located: Located, points: tuple[Int64s, Int64s], claims: Claims
) -> dict[str, pa.Array]:
    """Show every chosen stretch; the others take no part in any report.

    Parameters
    ----------
    seen : Windows
        Where they are shown.
    located : Located
        Claims, in their order, and behind them stretches that no item was matched with.
    points : (ndarray of int64, ndarray of int64)
        Where each starts and ends, in code points of its window.
    claims : Claims
        These, their tokens counted from their windows' first.
    """
    texts, chosen = seen.texts, np.flatnonzero(claims.chosen)
    words = matched(texts, seen.tokens, located.rows[chosen], claims.candidates.take(chosen), 1)
    # Of what no item was matched with, all words count, so none is marked.
    wholes = np.arange(len(claims), len(located.rows))
    told = np.concatenate([chosen, wholes])
    firsts, lasts = points[0][told], points[1][told]
    own = slice(len(chosen))
    highs = np.minimum(lasts, firsts + LONGEST)
    marks = words.marks(begins_of(firsts)[own], firsts[own], highs[own])
    marks = among(marks, np.arange(len(chosen)), len(told))
    made = shown(texts, located.rows[told], (firsts, lasts), marks)
    places = scattered(told, len(located.rows))
    return {name: column.take(places) for name, column in made.items()}


_AT_ONCE = 4096  # findings: what a thread needs of these fits into the nearer caches


def item_excerpts(
    own: pa.Table, claims: Claims, registries: Sequence[Opened], threads: int
) -> dict[str, pa.ChunkedArray]:
    """Show the items beside the documents, where their texts are kept.

    Parameters
    ----------
    own : pyarrow.Table
        Findings, of schema `evidence.SPANS`.
    claims : Claims
        All of the corpus.
    registries : sequence of Opened
        Where the items are.
    threads : int
        How many show items at a time.

    Returns
    -------
    dict of str to pyarrow.ChunkedArray
        `item_excerpt` and `item_marks` of each finding; None where there is no text.
    """
    excerpts, marks = [pa.array([], pa.string())], [pa.array([], MARKS)]
    shown_rows = [np.zeros(0, np.int64)]
    owners, numbers = own["registry"].to_numpy(), own["number"].to_numpy()
    claim_of = own["claim"].to_numpy()
    told: list[Future[dict[str, pa.Array]]] = []
    with ThreadPoolExecutor(threads) as pool:
        for owner, opened in enumerate(registries):
            rows = np.flatnonzero((owners == owner) & (numbers >= 0))
            unique, places = np.unique(numbers[rows].astype(np.uint32), return_inverse=True)
            if not len(unique) or not opened.registry.manifest.keeps_texts:
                continue
            strings = opened.registry.strings(unique)
            for low in range(0, len(rows), _AT_ONCE):
                piece = slice(low, low + _AT_ONCE)
                told.append(
                    pool.submit(_shown, strings, places[piece], claim_of[rows[piece]], claims)
                )
            shown_rows.append(rows)
    for one in told:
        excerpts.append(one.result()["excerpt"])
        marks.append(one.result()["marks"])
    rows = np.concatenate(shown_rows)
    made = pa.table(
        {"item_excerpt": pa.chunked_array(excerpts), "item_marks": pa.chunked_array(marks)}
    )
    if len(rows) < len(own) or (np.diff(rows) < 0).any():
        made = rows_at(made, scattered(rows, len(own)))
    return dict(zip(made.column_names, made.columns, strict=True))


def _shown(
    strings: pa.LargeStringArray, places: Int64s, claim_of: Int64s, claims: Claims
) -> dict[str, pa.Array]:
    """Show the items at some places: what of each a claim matched, all of it where none did."""
    items, places = np.unique(places, return_inverse=True)
    texts = Texts.of(strings.take(pa.array(items)))
    claimed = np.flatnonzero(claim_of >= 0)
    taken = claims.candidates.take(claim_of[claimed])
    words = matched(texts, tokenise(texts), places[claimed], taken, 0)
    firsts = np.zeros(len(places), np.int64)
    lasts = characters(texts, np.arange(len(texts)), np.diff(texts.offsets))[places]
    starts, ends = words.spans
    firsts[claimed] = own = np.maximum(starts, 0)
    lasts[claimed] = np.where(ends < 0, lasts[claimed], ends)
    made = words.marks(begins_of(own), own, np.minimum(lasts[claimed], own + LONGEST))
    return shown(texts, places, (firsts, lasts), among(made, claimed, len(places)))
