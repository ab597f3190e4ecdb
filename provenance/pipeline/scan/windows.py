"""Windows: the parts of texts in which findings are located, each treated as a text of its own.

While a corpus is read, passages that may be reported are cut out with the words and punctuation
around them, so that nothing needs to be read again to locate them. This affects speed only: where a
part lacks a window, its texts are read again as whole windows (`part_windows`).
"""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from provenance.fingerprint.offsets import character_offsets, slice_bytes, widen_ranges
from provenance.fingerprint.span_edges import REACH
from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.match.candidates.candidate_table import Candidates
from provenance.model.content.fingerprints import Flags, Int64s, Texts, Tokens, range_indices

CONTEXT_CHARACTERS = 80
"""Characters shown before and after a passage."""

NEIGHBOUR_TOKENS = 1
"""Tokens on both sides that are needed to locate a passage."""

WINDOW_COLUMNS = ("document", "file", "row", "field", "url", "fetched", "dated", "labels")
"""Columns of `DOCUMENTS` that a window keeps, besides its text."""

_KEY_SHIFT = 32


@dataclass(frozen=True, slots=True)
class WindowOffsets:
    """The amount of text before each window.

    Parameters
    ----------
    tokens, bytes, points : ndarray of int64, shape (n,)
        Number of tokens, bytes and code points.
    """

    tokens: Int64s
    bytes: Int64s
    points: Int64s


@dataclass(frozen=True, slots=True)
class TextWindows:
    """Stretches of texts with their tokens; no two share a token.

    Parameters
    ----------
    numbers : ndarray of int64, shape (n,)
        The text of each window, ascending; a text may have several.
    firsts, lasts : ndarray of int64, shape (n,)
        Tokens of the text between which a passage can be located within the window.
    whole : ndarray of bool, shape (n,)
        Whether the window is the whole text.
    batch : pyarrow.RecordBatch
        Columns `WINDOW_COLUMNS` of the text; `text` is the window's own text.
    tokens : Tokens
        Tokens of the windows, the first of each being token ``offsets.tokens`` of its text. Tokens
        at the edges may lie outside of the window's text; their bytes are counted from its start
        nevertheless.
    offsets : WindowOffsets
        What precedes each window in its text.
    margin : int
        Tokens kept on both sides of the passages that the windows were cut for.
    """

    numbers: Int64s
    firsts: Int64s
    lasts: Int64s
    whole: Flags
    batch: pa.RecordBatch
    tokens: Tokens
    offsets: WindowOffsets
    margin: int

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def texts(self) -> Texts:
        """The texts of the windows."""
        return Texts.of(self.batch.column("text"))

    def shift_texts(self, text: int) -> "TextWindows":
        """Return the windows with their texts numbered from `text`."""
        return replace(self, numbers=self.numbers + text)

    def text_slice(self, texts: Int64s) -> slice:
        """Return the slice of ascending text numbers that lies within the range of these windows.

        Windows of consecutive slices of a part share no text.
        """
        if not len(self):
            return slice(0, 0)
        return slice(*np.searchsorted(texts, [self.numbers[0], self.numbers[-1] + 1]).tolist())

    def find_windows(self, candidates: Candidates, indices: slice) -> Int64s:
        """Return the window that contains each candidate; -1 where none does.

        Parameters
        ----------
        candidates : Candidates
            The candidates; texts are numbered as in `numbers`.
        indices : slice
            The candidates to look for, as `text_slice` returns it for their texts.
        """
        texts, lasts = candidates.texts[indices], candidates.lasts[indices]
        firsts = candidates.firsts[indices].astype(np.int64)
        insertion_points = np.searchsorted(
            _token_keys(self.numbers, self.firsts), _token_keys(texts, firsts), side="right"
        )
        rows = insertion_points.astype(np.int64) - 1
        is_in = (rows >= 0) & (self.numbers[rows] == texts) & (self.lasts[rows] >= lasts)
        return np.where(is_in, rows, -1)


def whole_text_windows(batch: pa.RecordBatch, numbers: Int64s, margin: int) -> TextWindows:
    """Return windows that show whole texts.

    Parameters
    ----------
    batch : pyarrow.RecordBatch
        The texts, of schema `DOCUMENTS`.
    numbers : ndarray of int64
        The number of each, ascending.
    margin : int
        As for `cut_windows`; always satisfied.
    """
    tokens = tokenise(Texts.of(batch.column("text")))
    zeros, lasts = np.zeros(len(batch), np.int64), np.diff(tokens.offsets) - 1
    offsets = WindowOffsets(zeros, zeros, zeros)
    is_whole = np.ones(len(batch), bool)
    columns = batch.select([*WINDOW_COLUMNS, "text"])
    return TextWindows(numbers, zeros, lasts, is_whole, columns, tokens, offsets, margin)


def cut_windows(
    batch: pa.RecordBatch,
    tokens: Tokens,
    passages: tuple[Int64s, Int64s, Int64s],
    whole_rows: Int64s,
    margin: int,
) -> TextWindows:
    """Cut windows out of texts.

    Parameters
    ----------
    batch : pyarrow.RecordBatch
        The texts, of schema `DOCUMENTS`.
    tokens : Tokens
        Tokens of the texts.
    passages : tuple of three ndarray of int64, shape (n,)
        Passages to cut out: row of the text, first and last token.
    whole_rows : ndarray of int64
        Rows of texts to keep whole.
    margin : int
        Tokens kept on both sides; at least `NEIGHBOUR_TOKENS`.

    Returns
    -------
    TextWindows
        Texts are numbered by rows of the batch. Passages whose windows would touch share one.
    """
    texts, sizes = Texts.of(batch.column("text")), np.diff(tokens.offsets)
    whole_passages = whole_rows, np.zeros(len(whole_rows), np.int64), sizes[whole_rows] - 1
    all_passages = np.concatenate([np.stack(passages), np.stack(whole_passages)], axis=1)
    rows, firsts, lasts = _merge_passages(all_passages, margin)
    is_whole = np.isin(rows, whole_rows)
    begins, ends = np.zeros(len(rows), np.int64), np.diff(texts.offsets)[rows]
    part = np.flatnonzero(~is_whole)
    spans = _byte_ranges(texts, tokens, rows[part], firsts[part], lasts[part])
    begins[part], ends[part] = widen_ranges(texts, rows[part], spans, CONTEXT_CHARACTERS)
    lows, highs = np.maximum(firsts - margin, 0), np.minimum(lasts + margin + 1, sizes[rows])
    return TextWindows(
        rows,
        firsts,
        lasts,
        is_whole,
        _window_batch(batch, rows, slice_bytes(texts, rows, begins, ends)),
        _window_tokens(tokens, tokens.offsets[rows] + lows, highs - lows, begins),
        WindowOffsets(lows, begins, character_offsets(texts, rows, begins)),
        margin,
    )


def _token_keys(texts: Int64s, tokens: Int64s) -> Int64s:
    return np.asarray((texts << _KEY_SHIFT) + tokens)


def _merge_passages(passages: Int64s, margin: int) -> tuple[Int64s, Int64s, Int64s]:
    """Merge passages whose margins touch; returns rows of texts, first and last tokens."""
    rows, firsts, lasts = passages[:, np.lexsort((passages[1], passages[0]))]
    last_keys = np.maximum.accumulate(_token_keys(rows, lasts))
    is_first = np.ones(len(rows), bool)
    is_first[1:] = _token_keys(rows[1:], firsts[1:]) > last_keys[:-1] + 2 * margin
    group_starts = np.flatnonzero(is_first)
    group_ends = np.append(group_starts[1:], len(rows))[: len(group_starts)] - 1
    return (
        rows[group_starts],
        firsts[group_starts],
        last_keys[group_ends] - _token_keys(rows[group_starts], np.zeros(1, np.int64)),
    )


def _byte_ranges(
    texts: Texts, tokens: Tokens, rows: Int64s, firsts: Int64s, lasts: Int64s
) -> tuple[Int64s, Int64s]:
    """Return the bytes that passages can be widened to (`widen_spans`)."""
    first, last = tokens.offsets[rows] + firsts, tokens.offsets[rows] + lasts
    before = np.where(firsts > 0, tokens.ends[first - 1], 0)
    behind = np.minimum(last + 1, len(tokens.hashes) - 1)
    is_last = last + 1 == tokens.offsets[rows + 1]
    after = np.where(is_last, np.diff(texts.offsets)[rows], tokens.starts[behind])
    lows = np.maximum(before, tokens.starts[first].astype(np.int64) - REACH)
    return lows, np.minimum(after, tokens.ends[last].astype(np.int64) + REACH)


def _window_tokens(tokens: Tokens, firsts: Int64s, sizes: Int64s, begins: Int64s) -> Tokens:
    """Return the tokens of windows, with bytes counted from the windows' starts."""
    places, offsets = range_indices(firsts, sizes)
    before = np.repeat(begins, sizes).astype(np.int32)
    starts, ends = tokens.starts[places] - before, tokens.ends[places] - before
    return Tokens(tokens.hashes[places], starts, ends, offsets)


def _window_batch(batch: pa.RecordBatch, rows: Int64s, texts: Texts) -> pa.RecordBatch:
    """Return the metadata of the texts, with the windows' own texts."""
    columns = [batch.column(name).take(pa.array(rows)) for name in WINDOW_COLUMNS]
    return pa.RecordBatch.from_arrays([*columns, texts.column()], [*WINDOW_COLUMNS, "text"])
