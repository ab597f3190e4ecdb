"""Stop-shingle filter: shingles used by at least 20 authors in two or more sources are ignored.

A shingle that is frequent inside a single source is kept: a post that hundreds of users repeat
there is still that source's content. Which shingles are ignored is determined when a text has them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock

import numpy as np

from provenance.jit.decorators import Scalar, allocating_part, kernel
from provenance.match.candidates.candidate_table import Candidates
from provenance.match.index.probe import probe_postings
from provenance.model.content.fingerprints import (
    Flags,
    Int64s,
    Shingles,
    Tokens,
    UInt8s,
    UInt32s,
    UInt64s,
    range_indices,
)
from provenance.model.content.registry_arrays import NO_ITEM, RegistryArrays

MIN_AUTHORS = 20
"""Least authors of a stop shingle, over at least two sources with two or more authors each."""

_BATCH = 1 << 12  # shingles that are judged at a time
_ROOM = 512  # authors of a shingle that are listed: fewer than `MIN_AUTHORS` of a source suffice
_NO_SHINGLES: UInt64s = np.zeros(0, np.uint64)


@dataclass(slots=True)
class StopShingles:
    """Tells which shingles are stop shingles.

    Parameters
    ----------
    registries : sequence of RegistryArrays
        All registries that a corpus is matched against, in any order. An item of unknown author
        counts as one by an author of its own.
    shingle : callable
        Returns the shingles of tokens, of the registries' seed width.
    """

    registries: Sequence[RegistryArrays]
    shingle: Callable[[Tokens], Shingles]
    # Earlier answers: a cache only.
    _known: tuple[UInt64s, Flags] = field(
        default=(_NO_SHINGLES, np.zeros(0, np.bool_)), init=False, repr=False
    )
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    @property
    def may_exist(self) -> bool:
        """Whether there are several sources."""
        return len({name for arrays in self.registries for name in arrays.sources}) > 1

    def contain(self, shingles: UInt64s) -> Flags:
        """Return which shingles are stop shingles.

        Parameters
        ----------
        shingles : ndarray of uint64
            Whole hashes, in any order.
        """
        if not self.may_exist or not len(shingles):
            return np.zeros(len(shingles), np.bool_)
        unique, places = np.unique(shingles, return_inverse=True)
        known, answers = self._known
        at = np.searchsorted(known, unique)
        is_known = np.zeros(len(unique), np.bool_)
        if len(known):
            is_known = known[np.minimum(at, len(known) - 1)] == unique
        is_stop = np.zeros(len(unique), np.bool_)
        is_stop[is_known] = answers[at[is_known]]
        new = unique[~is_known]
        if len(new):
            is_stop[~is_known] = self._judge(new)
            self._remember(new, is_stop[~is_known])
        return is_stop[places]

    def mark_runs(self, candidates: Candidates, arrays: RegistryArrays) -> Flags:
        """Return whether a stop shingle begins at each matched token of candidates.

        Returns
        -------
        ndarray of bool, shape (matched tokens,) or (0,)
            In the order of the candidates' runs; empty if there is none.
        """
        if not self.may_exist or not len(candidates):
            return np.zeros(0, np.bool_)
        items = np.repeat(candidates.items, np.diff(candidates.run_offsets)).astype(np.int64)
        firsts = arrays.token_offsets[items] + candidates.runs[:, 0]
        places, offsets = range_indices(firsts, candidates.runs[:, 2].astype(np.int64))
        no_places = np.zeros(0, np.int32)
        seeds = self.shingle(Tokens(arrays.tokens[places], no_places, no_places, offsets))
        stops = np.flatnonzero(self.contain(seeds.hashes))
        marks = np.zeros(len(places) if len(stops) else 0, np.bool_)
        runs = np.searchsorted(seeds.offsets, stops, side="right") - 1
        marks[offsets[runs] + seeds.positions[stops]] = True
        return marks

    def _remember(self, shingles: UInt64s, answers: Flags) -> None:
        with self._lock:
            known, before = self._known
            both = np.concatenate([known, shingles])
            merged, places = np.unique(both, return_index=True)
            self._known = merged, np.concatenate([before, answers])[places]

    def _judge(self, shingles: UInt64s) -> Flags:
        """Return which shingles are stop shingles; they are sorted and distinct."""
        names = sorted({name for arrays in self.registries for name in arrays.sources})
        is_stop = np.zeros(len(shingles), np.bool_)
        for at in range(0, len(shingles), _BATCH):
            batch = shingles[at : at + _BATCH]
            authors = np.empty((len(batch), _ROOM), np.uint64)
            counts = np.zeros(len(batch), np.int64)
            for arrays in self.registries:
                sources = np.array([names.index(name) for name in arrays.sources], np.uint64)
                for segment in arrays.segments:
                    found = probe_postings(batch, segment.postings)
                    _collect_authors(
                        (found.indices, found.firsts, found.lasts),
                        (segment.postings.items, segment.first_number, arrays.representatives),
                        (arrays.source_codes, arrays.authors, sources),
                        (authors, counts),
                        is_stop[at : at + _BATCH],
                    )
        return is_stop


NO_STOPS = StopShingles((), lambda tokens: Shingles(_NO_SHINGLES, tokens.starts, tokens.offsets))
"""No shingle is a stop shingle."""


@kernel
def _collect_authors(
    found: tuple[Int64s, Int64s, Int64s],
    postings: tuple[UInt32s, Scalar, UInt32s],
    origins: tuple[UInt8s, UInt32s, UInt64s],
    lists: tuple[UInt64s, Int64s],
    is_stop: Flags,
) -> None:
    """Add the authors of each shingle's items to its list, until they suffice."""
    indices, firsts, lasts = found
    items, first_number, representatives = postings
    codes, item_authors, sources = origins
    authors, counts = lists
    for row in range(len(indices)):
        shingle = indices[row]
        for posting in range(firsts[row], lasts[row]):
            if is_stop[shingle]:
                break
            item = np.int64(items[np.uint64(posting)]) + first_number
            if representatives.size:
                if representatives[item] == NO_ITEM:
                    continue
                item = np.int64(representatives[item])
            source = sources[codes[item]]
            author = source << np.uint64(32) | np.uint64(item_authors[item])
            if _may_add(authors[shingle], counts[shingle], author):
                authors[shingle, counts[shingle]] = author
                counts[shingle] += 1
                is_stop[shingle] = _suffices(authors[shingle], counts[shingle])


@allocating_part
def _may_add(authors: UInt64s, count: Scalar, author: Scalar) -> Scalar:
    """Return whether an author is new, and its source is not listed often enough."""
    same_source = 0
    for place in range(count):
        if authors[place] == author:
            return False
        same_source += authors[place] >> np.uint64(32) == author >> np.uint64(32)
    return count < _ROOM and same_source < MIN_AUTHORS


@allocating_part
def _suffices(authors: UInt64s, count: Scalar) -> Scalar:
    """Return whether two or more sources with two authors each have `MIN_AUTHORS` together."""
    total, sources = 0, 0
    for place in range(count):
        same, is_first = 0, True
        for other in range(count):
            is_same = authors[other] >> np.uint64(32) == authors[place] >> np.uint64(32)
            same += is_same
            is_first &= not (is_same and other < place)
        total += same >= 2
        sources += is_first and same >= 2
    return sources >= 2 and total >= MIN_AUTHORS
