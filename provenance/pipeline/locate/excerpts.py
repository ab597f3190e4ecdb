"""Excerpts of documents and items, with the matched words marked."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from provenance.fingerprint.highlight import Runs, highlight_ranges, match_extents
from provenance.fingerprint.offsets import character_offsets, slice_characters
from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.match.candidates.candidate_table import Candidates
from provenance.model.content.fingerprints import Int32s, Int64s, Texts, Tokens
from provenance.model.content.row_selection import take_rows
from provenance.pipeline.locate.claims import Claims
from provenance.pipeline.locate.item_marks import MARK_COLUMNS, measure_item_marks
from provenance.pipeline.locate.span_positions import LocatedSpans
from provenance.pipeline.scan.readings import RegistryIndex
from provenance.pipeline.scan.windows import CONTEXT_CHARACTERS, TextWindows

MAX_EXCERPT_LENGTH = 1200
"""Characters of a passage that are shown; the rest is cut off."""

MARKS_TYPE = pa.list_(pa.list_(pa.int32(), 2))
"""Half-open ranges of an excerpt in code points, counted from its start."""


@dataclass(frozen=True, slots=True)
class MatchedWords:
    """Matched words of some stretches of texts, in order.

    Parameters
    ----------
    texts, tokens : Texts, Tokens
        Texts, or windows of them, and their tokens.
    runs : Runs
        Matched runs of `n` stretches.
    """

    texts: Texts
    tokens: Tokens
    runs: Runs

    @property
    def spans(self) -> tuple[Int64s, Int64s]:
        """Start and end of each stretch in code points; both -1 where it has no word."""
        return match_extents(self.texts, self.tokens, self.runs)

    def marks(self, begins: Int64s, lows: Int64s, highs: Int64s) -> pa.ListArray:
        """Return the marks of the words of each stretch; adjacent words share one.

        Parameters
        ----------
        begins : ndarray of int64, shape (n,)
            Position that marks are counted from.
        lows, highs : ndarray of int64, shape (n,)
            Words that extend beyond these are not marked.

        Returns
        -------
        pyarrow.ListArray of MARKS_TYPE, of n elements
        """
        return _to_lists(
            *highlight_ranges(self.texts, self.tokens, self.runs, begins, (lows, highs))
        )


def _to_lists(pairs: Int32s, counts: Int64s) -> pa.ListArray:
    """Build lists of pairs from their lengths."""
    flat = pa.FixedSizeListArray.from_arrays(pa.array(pairs.ravel(), pa.int32()), 2)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), flat).cast(MARKS_TYPE)


def spread_lists(marks: pa.ListArray, places: Int64s, count: int) -> pa.ListArray:
    """Place lists, in order, at some rows of a column of `count` lists; the others are empty."""
    counts = np.zeros(count, np.int64)
    counts[places] = np.diff(marks.offsets.to_numpy())
    pairs = marks.flatten().flatten().to_numpy().reshape(-1, 2)
    return _to_lists(pairs, counts)


def matched_words(
    texts: Texts, tokens: Tokens, rows: Int64s, candidates: Candidates, column: int
) -> MatchedWords:
    """Return the matched words of candidates.

    Parameters
    ----------
    texts, tokens : Texts, Tokens
        Texts and their tokens.
    rows : ndarray of int64, shape (n,)
        Row in `texts` of each candidate. Fastest if sorted.
    candidates : Candidates
        The matches.
    column : int
        0 where the texts are items, 1 where they are documents.
    """
    firsts, lengths = (np.ascontiguousarray(candidates.runs[:, place]) for place in (column, 2))
    return MatchedWords(texts, tokens, Runs(rows, firsts, lengths, candidates.run_offsets))


def context_excerpts(
    texts: Texts, rows: Int64s, spans: tuple[Int64s, Int64s], marks: pa.ListArray
) -> dict[str, pa.Array]:
    """Return excerpts of texts with some context.

    Parameters
    ----------
    texts : Texts
        The texts.
    rows : ndarray of int64, shape (n,)
        The text of each excerpt.
    spans : (ndarray of int64, ndarray of int64), each of shape (n,)
        Range to show, in code points.
    marks : pyarrow.ListArray of MARKS_TYPE
        Half-open ranges to mark, counted from `excerpt_starts` of the spans.

    Returns
    -------
    dict of str to pyarrow.Array
        `excerpt`, `excerpt_start` (in code points of the texts given) and `marks`.
    """
    begins = excerpt_starts(spans[0])
    ends = np.minimum(spans[1] + CONTEXT_CHARACTERS, spans[0] + MAX_EXCERPT_LENGTH)
    return {
        "excerpt": slice_characters(texts, rows, begins, ends).column().cast(pa.string()),
        "excerpt_start": pa.array(begins),
        "marks": marks,
    }


def scatter_index(rows: Int64s, count: int) -> pa.Array:
    """Return, for each of `count` rows, the index of the value that belongs there; else null."""
    places, absent = np.zeros(count, np.int64), np.ones(count, bool)
    places[rows], absent[rows] = np.arange(len(rows)), False
    return pa.array(places, mask=absent)


def excerpt_starts(firsts: Int64s) -> Int64s:
    """Return the start of the excerpt that shows a stretch."""
    return np.maximum(firsts - CONTEXT_CHARACTERS, 0)


def build_excerpts(
    windows: TextWindows, spans: LocatedSpans, points: tuple[Int64s, Int64s], claims: Claims
) -> dict[str, pa.Array]:
    """Return excerpts of all chosen stretches; null for the others, which no report shows.

    Parameters
    ----------
    windows : TextWindows
        The windows they lie in.
    spans : LocatedSpans
        The claims in their order, followed by stretches without a matched item.
    points : (ndarray of int64, ndarray of int64)
        Start and end of each in code points of its window.
    claims : Claims
        The claims; tokens are counted from their windows' first.
    """
    texts, claim_rows = windows.texts, np.flatnonzero(claims.chosen)
    words = matched_words(
        texts, windows.tokens, spans.rows[claim_rows], claims.candidates.take(claim_rows), 1
    )
    # Where no item was matched, all words count, so none is marked.
    other_rows = np.arange(len(claims), len(spans.rows))
    shown = np.concatenate([claim_rows, other_rows])
    firsts, lasts = points[0][shown], points[1][shown]
    claimed = slice(len(claim_rows))
    highs = np.minimum(lasts, firsts + MAX_EXCERPT_LENGTH)
    marks = words.marks(excerpt_starts(firsts)[claimed], firsts[claimed], highs[claimed])
    marks = spread_lists(marks, np.arange(len(claim_rows)), len(shown))
    excerpts = context_excerpts(texts, spans.rows[shown], (firsts, lasts), marks)
    places = scatter_index(shown, len(spans.rows))
    return {name: column.take(places) for name, column in excerpts.items()}


_ITEMS_PER_BATCH = 4096  # findings: the working set of a thread fits into its caches


_NO_ITEM_EXCERPTS = pa.schema(
    [
        *(("item_start", pa.int64()), ("item_end", pa.int64())),
        *(("item_excerpt", pa.string()), ("item_marks", MARKS_TYPE), *MARK_COLUMNS),
    ]
).empty_table()


def build_item_excerpts(
    findings: pa.Table, claims: Claims, registries: Sequence[RegistryIndex], threads: int
) -> dict[str, pa.ChunkedArray]:
    """Return excerpts of the items of findings, where registries keep texts.

    Parameters
    ----------
    findings : pyarrow.Table
        Findings, of schema `SPANS`.
    claims : Claims
        All claims of the corpus.
    registries : sequence of RegistryIndex
        The registries of the items.
    threads : int
        Number of threads.

    Returns
    -------
    dict of str to pyarrow.ChunkedArray
        `item_start`, `item_end`, `item_excerpt` and `item_marks` of each finding, and the columns
        of `measure_item_marks`; null where there is no text.
    """
    batches = [_NO_ITEM_EXCERPTS]
    shown_rows = [np.zeros(0, np.int64)]
    owners, numbers = findings["registry"].to_numpy(), findings["number"].to_numpy()
    claim_of = findings["claim"].to_numpy()
    futures: list[Future[pa.Table]] = []
    with ThreadPoolExecutor(threads) as pool:
        for owner, registry_index in enumerate(registries):
            rows = np.flatnonzero((owners == owner) & (numbers >= 0))
            unique, places = np.unique(numbers[rows].astype(np.uint32), return_inverse=True)
            if not len(unique) or not registry_index.registry.manifest.keeps_texts:
                continue
            strings = registry_index.registry.text_array(unique)
            for low in range(0, len(rows), _ITEMS_PER_BATCH):
                batch = slice(low, low + _ITEMS_PER_BATCH)
                futures.append(
                    pool.submit(
                        _item_excerpts, strings, places[batch], claim_of[rows[batch]], claims
                    )
                )
            shown_rows.append(rows)
    batches += [future.result() for future in futures]
    rows = np.concatenate(shown_rows)
    table = pa.concat_tables(batches)
    if len(rows) < len(findings) or (np.diff(rows) < 0).any():
        table = take_rows(table, scatter_index(rows, len(findings)))
    return dict(zip(table.column_names, table.columns, strict=True))


def _item_excerpts(
    strings: pa.LargeStringArray, places: Int64s, claim_of: Int64s, claims: Claims
) -> pa.Table:
    """Return excerpts of items: the part that a claim matched, or the start of the item."""
    items, places = np.unique(places, return_inverse=True)
    texts = Texts.of(strings.take(pa.array(items)))
    claim_rows = np.flatnonzero(claim_of >= 0)
    candidates = claims.candidates.take(claim_of[claim_rows])
    tokens = tokenise(texts)
    numbers = claim_of[claim_rows]
    parts, _ = candidates.within(claims.firsts[numbers], claims.lasts[numbers])
    words = matched_words(texts, tokens, places[claim_rows], parts, 0)
    firsts = np.zeros(len(places), np.int64)
    lasts = character_offsets(texts, np.arange(len(texts)), np.diff(texts.offsets))[places]
    starts, ends = words.spans
    firsts[claim_rows] = passage_starts = np.maximum(starts, 0)
    lasts[claim_rows] = np.where(ends < 0, lasts[claim_rows], ends)
    marks = words.marks(
        excerpt_starts(passage_starts),
        passage_starts,
        np.minimum(lasts[claim_rows], passage_starts + MAX_EXCERPT_LENGTH),
    )
    excerpts = context_excerpts(
        texts, places, (firsts, lasts), spread_lists(marks, claim_rows, len(places))
    )
    quoting = measure_item_marks(texts, tokens, places[claim_rows], candidates)
    spread = scatter_index(claim_rows, len(places))
    return pa.table(
        {
            "item_start": pa.array(starts, mask=ends < 0).take(spread),
            "item_end": pa.array(ends, mask=ends < 0).take(spread),
            "item_excerpt": excerpts["excerpt"],
            "item_marks": excerpts["marks"],
            **{name: column.take(spread) for name, column in quoting.items()},
        },
        schema=_NO_ITEM_EXCERPTS.schema,
    )
