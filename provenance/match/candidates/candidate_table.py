"""Candidates: stretches of a text that may come from an item."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from provenance.model.content.fingerprints import (
    NO_BREAK,
    Int32s,
    Int64s,
    UInt8s,
    UInt32s,
    UInt64s,
    list_indices,
)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Aligned stretches of texts and items, not scored yet.

    Parameters
    ----------
    texts : ndarray of int64, shape (n,)
        Index of the text.
    items : ndarray of uint32, shape (n,)
        Number of the item.
    sizes : ndarray of int32, shape (n,)
        Tokens of the text.
    firsts, lasts : ndarray of int32, shape (n,)
        First and last matched token of the text.
    scores : ndarray of int32, shape (n,)
        Sum of the matched tokens' unigram information, in units of 1 / `BITS_SCALE` bit.
    shared_by : ndarray of int32, shape (n,)
        Number of items that share the rarest seed.
    multi_source : ndarray of uint8, shape (n,)
        1 if those items are of several sources.
    passages : ndarray of uint64, shape (n,)
        Hash of the text's passage in which the match begins (`corpus_sample.sample_passages`).
    breaks : ndarray of uint8, shape (n, 2)
        Separators from the words before and after the match: `NO_BREAK`, `BREAK` or
        `ELLIPSIS`.
    runs : ndarray of int32, shape (r, 3)
        Runs of matched tokens: index in the item, index in the text, length.
    run_offsets : ndarray of int64, shape (n + 1,)
        Runs of candidate `i` are `runs[run_offsets[i]:run_offsets[i + 1]]`.
    """

    texts: Int64s
    items: UInt32s
    sizes: Int32s
    firsts: Int32s
    lasts: Int32s
    scores: Int32s
    shared_by: Int32s
    multi_source: UInt8s
    passages: UInt64s
    breaks: UInt8s
    runs: Int32s
    run_offsets: Int64s

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def matched(self) -> Int64s:
        """Number of matched tokens of each candidate."""
        lengths = np.concatenate([[0], np.cumsum(self.runs[:, 2], dtype=np.int64)])
        return np.asarray(lengths[self.run_offsets[1:]] - lengths[self.run_offsets[:-1]])

    @property
    def longest_run(self) -> Int32s:
        """Length of the longest run of each candidate, in tokens."""
        if not len(self):
            return np.zeros(0, np.int32)
        return np.maximum.reduceat(self.runs[:, 2], self.run_offsets[:-1])

    @property
    def item_starts(self) -> Int32s:
        """Index of the item's first token that each candidate matches."""
        return np.asarray(self.runs[self.run_offsets[:-1], 0])

    @property
    def item_ends(self) -> Int32s:
        """Index after the item's last token that each candidate matches."""
        last = self.runs[self.run_offsets[1:] - 1]
        return np.asarray(last[:, 0] + last[:, 2])

    def take(self, indices: Int64s) -> "Candidates":
        """Return the candidates at these indices, in this order."""
        places, offsets = list_indices(self.run_offsets, indices)
        columns = {
            field.name: getattr(self, field.name)[indices]
            for field in fields(self)
            if field.name not in ("runs", "run_offsets")
        }
        return Candidates(runs=self.runs[places], run_offsets=offsets, **columns)

    def within(self, firsts: Int64s, lasts: Int64s) -> tuple["Candidates", Int64s]:
        """Return the part of each candidate between two tokens of its text.

        Parameters
        ----------
        firsts, lasts : ndarray of int64, shape (n,)
            The tokens.

        Returns
        -------
        parts : Candidates
            Without those of candidates that match nothing there.
        indices : ndarray of int64
            The candidate that each is a part of; ascending.
        """
        owners = np.repeat(np.arange(len(self)), np.diff(self.run_offsets))
        items, starts, lengths = self.runs.astype(np.int64).T
        begins = np.maximum(starts, firsts[owners])
        ends = np.minimum(starts + lengths, lasts[owners] + 1)
        inside = np.flatnonzero(ends > begins)
        runs = np.stack([items + begins - starts, begins, ends - begins], axis=1)[inside]
        counts = np.bincount(owners[inside], minlength=len(self))
        indices = np.flatnonzero(counts)
        offsets = np.concatenate([[0], np.cumsum(counts[indices])])
        parts = replace(
            self.take(indices),
            firsts=runs[offsets[:-1], 1].astype(np.int32),
            lasts=(runs[offsets[1:] - 1, 1] + runs[offsets[1:] - 1, 2] - 1).astype(np.int32),
            runs=runs.astype(np.int32),
            run_offsets=offsets,
        )
        parts.breaks[parts.firsts > self.firsts[indices], 0] = NO_BREAK
        parts.breaks[parts.lasts < self.lasts[indices], 1] = NO_BREAK
        return parts, indices

    def shared_tokens(self, left: Int64s, right: Int64s, firsts: Int64s, lasts: Int64s) -> Int64s:
        """Return how many tokens of a text both of two candidates match, between two tokens.

        Parameters
        ----------
        left, right : ndarray of int64, shape (n,)
            Indices of the candidates; each two are of one text.
        firsts, lasts : ndarray of int64, shape (n,)
            The tokens.
        """
        owners = np.repeat(np.arange(len(self)), np.diff(self.run_offsets))
        starts, lengths = self.runs[:, 1].astype(np.int64), self.runs[:, 2]
        keys = owners << 32 | starts
        matched = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])

        def matched_before(numbers: Int64s, tokens: Int64s) -> Int64s:
            runs = np.searchsorted(keys, numbers << 32 | tokens)
            is_begun = runs > self.run_offsets[numbers]
            beyond = np.maximum(starts[runs - 1] + lengths[runs - 1] - tokens, 0)
            return np.asarray(matched[runs] - np.where(is_begun, beyond, 0))

        runs, offsets = list_indices(self.run_offsets, left)
        pairs = np.repeat(np.arange(len(left)), np.diff(offsets))
        low, high = firsts[pairs], lasts[pairs] + 1
        begins = np.clip(starts[runs], low, high)
        ends = np.clip(starts[runs] + lengths[runs], low, high)
        others = right[pairs]
        counts = matched_before(others, ends) - matched_before(others, begins)
        return np.bincount(pairs, counts, len(left)).astype(np.int64)

    def shift_texts(self, texts: int) -> "Candidates":
        """Return the candidates with `texts` added to the index of each text."""
        return replace(self, texts=self.texts + texts)

    def rebase_tokens(self, tokens: Int64s) -> "Candidates":
        """Return the candidates with indices relative to `tokens` in each text; `sizes` stay."""
        runs, before = self.runs.copy(), tokens.astype(np.int32)
        runs[:, 1] -= np.repeat(before, np.diff(self.run_offsets))
        return replace(self, firsts=self.firsts - before, lasts=self.lasts - before, runs=runs)


NO_CANDIDATES = Candidates(
    np.zeros(0, np.int64),
    np.zeros(0, np.uint32),
    np.zeros(0, np.int32),
    np.zeros(0, np.int32),
    np.zeros(0, np.int32),
    np.zeros(0, np.int32),
    np.zeros(0, np.int32),
    np.zeros(0, np.uint8),
    np.zeros(0, np.uint64),
    np.zeros((0, 2), np.uint8),
    np.zeros((0, 3), np.int32),
    np.zeros(1, np.int64),
)
"""An empty table of candidates."""


def concatenate_candidates(parts: Sequence[Candidates]) -> Candidates:
    """Concatenate tables of candidates."""
    parts = [part for part in parts if len(part)]
    if len(parts) < 2:
        return parts[0] if parts else NO_CANDIDATES
    offsets = [np.zeros(1, np.int64)]
    total = 0
    for part in parts:
        offsets.append(part.run_offsets[1:] + total)
        total += len(part.runs)
    columns = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(Candidates)
        if field.name != "run_offsets"
    }
    return Candidates(run_offsets=np.concatenate(offsets), **columns)
