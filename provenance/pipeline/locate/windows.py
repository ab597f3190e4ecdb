"""Windows: what is seen of texts while something is located in them, each as if it were a text.

What is likely to be reported is cut out while a corpus is read, with the words and the signs around
it, so that nothing need be read again to locate it. That decides nothing but the time which this
takes: where a part lacks a window, its texts are read again, and are windows as a whole (`views`).
"""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from provenance.fingerprint.offsets import characters, cut, surroundings
from provenance.fingerprint.span_edges import REACH
from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.match.candidates.candidate_table import Candidates
from provenance.model import Flags, Int64s, Texts, Tokens, ranged

CONTEXT = 80
"""Characters shown before and after a passage."""

NEXT = 1
"""Tokens on both sides that a passage is located by."""

TOLD = ("document", "file", "row", "field", "url")
"""Columns of `DOCUMENTS` that a window has, besides its text."""

_HIGH = 32


@dataclass(frozen=True, slots=True)
class Passed:
    """What of its text lies before a window.

    Parameters
    ----------
    tokens, bytes, points : ndarray of int64, shape (n,)
        How many tokens, bytes and code points.
    """

    tokens: Int64s
    bytes: Int64s
    points: Int64s


@dataclass(frozen=True, slots=True)
class Windows:
    """Stretches of texts, with their tokens; no two have a token of a text in common.

    Parameters
    ----------
    numbers : ndarray of int64, shape (n,)
        The text of each, in order; a text may have several.
    firsts, lasts : ndarray of int64, shape (n,)
        Tokens, counted from the text's first, between which a passage has all in the window that
        locating it takes.
    whole : ndarray of bool, shape (n,)
        Whether it is all of its text.
    batch : pyarrow.RecordBatch
        Columns `TOLD` of its text, and what the window shows as `text`.
    tokens : Tokens
        Of the windows, each of which begins behind ``passed.tokens`` of its text. Those at the
        edges may lie outside of what is shown: their bytes are counted from its begin on all the
        same.
    passed : Passed
        What lies before each.
    margin : int
        Tokens on both sides of what it was cut around that are kept, too.
    """

    numbers: Int64s
    firsts: Int64s
    lasts: Int64s
    whole: Flags
    batch: pa.RecordBatch
    tokens: Tokens
    passed: Passed
    margin: int

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def size(self) -> int:
        """Bytes that they take."""
        tokens = (self.tokens.hashes, self.tokens.starts, self.tokens.ends)
        return int(self.batch.nbytes) + sum(column.nbytes for column in tokens)

    @property
    def texts(self) -> Texts:
        """What they show."""
        return Texts.of(self.batch.column("text"))

    def counted_from(self, text: int) -> "Windows":
        """Count the texts from `text` on."""
        return replace(self, numbers=self.numbers + text)

    def among(self, texts: Int64s) -> slice:
        """Give which of some texts, ascending, lie between the first one here and the last.

        Windows of the slices of a part, which follow each other, share none of them.
        """
        if not len(self):
            return slice(0, 0)
        return slice(*np.searchsorted(texts, [self.numbers[0], self.numbers[-1] + 1]).tolist())

    def rows_of(self, candidates: Candidates, own: slice) -> Int64s:
        """Give the window that each of some candidates is in; -1 where it is in none.

        Parameters
        ----------
        candidates : Candidates
            Their texts are counted as `numbers`.
        own : slice
            Which of them, as `among` their texts.
        """
        texts, lasts = candidates.texts[own], candidates.lasts[own]
        firsts = candidates.firsts[own].astype(np.int64)
        behind = np.searchsorted(_key(self.numbers, self.firsts), _key(texts, firsts), side="right")
        rows = behind.astype(np.int64) - 1
        is_in = (rows >= 0) & (self.numbers[rows] == texts) & (self.lasts[rows] >= lasts)
        return np.where(is_in, rows, -1)


def whole_texts(batch: pa.RecordBatch, numbers: Int64s, margin: int) -> Windows:
    """Give windows that show all of some texts.

    Parameters
    ----------
    batch : pyarrow.RecordBatch
        The texts, of schema `DOCUMENTS`.
    numbers : ndarray of int64
        The number of each, ascending.
    margin : int
        As of `windows`: there is no more than all.
    """
    tokens = tokenise(Texts.of(batch.column("text")))
    none, lasts = np.zeros(len(batch), np.int64), np.diff(tokens.offsets) - 1
    passed = Passed(none, none, none)
    whole = np.ones(len(batch), bool)
    shown = batch.select([*TOLD, "text"])
    return Windows(numbers, none, lasts, whole, shown, tokens, passed, margin)


def windows(
    batch: pa.RecordBatch,
    tokens: Tokens,
    passages: tuple[Int64s, Int64s, Int64s],
    whole: Int64s,
    margin: int,
) -> Windows:
    """Cut windows out of texts.

    Parameters
    ----------
    batch : pyarrow.RecordBatch
        The texts, of schema `DOCUMENTS`.
    tokens : Tokens
        Of the texts.
    passages : tuple of three ndarray of int64, shape (n,)
        What to cut out: the row of its text, and its first and last token.
    whole : ndarray of int64
        Rows of texts to show all of.
    margin : int
        Tokens on both sides that are kept too; at least `NEXT`.

    Returns
    -------
    Windows
        Counted by rows of the batch. Passages so near that their windows touch have one together.
    """
    texts, sizes = Texts.of(batch.column("text")), np.diff(tokens.offsets)
    all_of = whole, np.zeros(len(whole), np.int64), sizes[whole] - 1
    told = np.concatenate([np.stack(passages), np.stack(all_of)], axis=1)
    rows, firsts, lasts = _merged(told, margin)
    is_whole = np.isin(rows, whole)
    begins, ends = np.zeros(len(rows), np.int64), np.diff(texts.offsets)[rows]
    part = np.flatnonzero(~is_whole)
    spans = _wide(texts, tokens, rows[part], firsts[part], lasts[part])
    begins[part], ends[part] = surroundings(texts, rows[part], spans, CONTEXT)
    lows, highs = np.maximum(firsts - margin, 0), np.minimum(lasts + margin + 1, sizes[rows])
    return Windows(
        rows,
        firsts,
        lasts,
        is_whole,
        _batch(batch, rows, cut(texts, rows, begins, ends)),
        _tokens(tokens, tokens.offsets[rows] + lows, highs - lows, begins),
        Passed(lows, begins, characters(texts, rows, begins)),
        margin,
    )


def _key(texts: Int64s, tokens: Int64s) -> Int64s:
    return np.asarray((texts << _HIGH) + tokens)


def _merged(passages: Int64s, margin: int) -> tuple[Int64s, Int64s, Int64s]:
    """Put passages together whose margins touch: rows of texts, first and last tokens."""
    rows, firsts, lasts = passages[:, np.lexsort((passages[1], passages[0]))]
    reached = np.maximum.accumulate(_key(rows, lasts))
    is_first = np.ones(len(rows), bool)
    is_first[1:] = _key(rows[1:], firsts[1:]) > reached[:-1] + 2 * margin
    begun = np.flatnonzero(is_first)
    ended = np.append(begun[1:], len(rows))[: len(begun)] - 1
    return rows[begun], firsts[begun], reached[ended] - _key(rows[begun], np.zeros(1, np.int64))


def _wide(
    texts: Texts, tokens: Tokens, rows: Int64s, firsts: Int64s, lasts: Int64s
) -> tuple[Int64s, Int64s]:
    """Give the bytes that passages can be widened to (`fingerprint.widen`)."""
    first, last = tokens.offsets[rows] + firsts, tokens.offsets[rows] + lasts
    before = np.where(firsts > 0, tokens.ends[first - 1], 0)
    behind = np.minimum(last + 1, len(tokens.hashes) - 1)
    is_last = last + 1 == tokens.offsets[rows + 1]
    after = np.where(is_last, np.diff(texts.offsets)[rows], tokens.starts[behind])
    lows = np.maximum(before, tokens.starts[first].astype(np.int64) - REACH)
    return lows, np.minimum(after, tokens.ends[last].astype(np.int64) + REACH)


def _tokens(tokens: Tokens, firsts: Int64s, sizes: Int64s, begins: Int64s) -> Tokens:
    """Give the tokens of windows, whose bytes are counted from where these begin."""
    places, offsets = ranged(firsts, sizes)
    before = np.repeat(begins, sizes).astype(np.int32)
    starts, ends = tokens.starts[places] - before, tokens.ends[places] - before
    return Tokens(tokens.hashes[places], starts, ends, offsets)


def _batch(batch: pa.RecordBatch, rows: Int64s, texts: Texts) -> pa.RecordBatch:
    """Give what is told of some texts, and what is shown of them."""
    others = [batch.column(name).take(pa.array(rows)) for name in TOLD]
    return pa.RecordBatch.from_arrays([*others, texts.column()], [*TOLD, "text"])
