"""What one reading of a corpus brings: counts, candidates, and a sample of its own words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np
import pyarrow as pa

from provenance.match.candidates.candidate_table import Candidates
from provenance.match.candidates.near_duplicates import LshIndex, NearDuplicates, build_lsh_index
from provenance.match.index.postings_index import PostingsIndex, build_postings_index
from provenance.match.index.stop_shingles import find_stop_shingles
from provenance.match.scoring.corpus_sample import FULL_BOUND, PassageSample
from provenance.match.scoring.detectability import min_match_tokens
from provenance.model import CorpusModel, Int64s, Skipped, Unread
from provenance.pipeline.locate.windows import Windows
from provenance.pipeline.scan.text_spool import Spool
from provenance.registry.store import Registry


@dataclass(frozen=True, slots=True)
class Opened:
    """A registry, ready to be matched against.

    Parameters
    ----------
    registry : Registry
        As on disk.
    index : Index
        Its postings.
    bands : callable
        Gives its signatures when the first text asks for them; None where no item is long enough.
    """

    registry: Registry
    index: PostingsIndex
    bands: Callable[[], LshIndex | None]

    @property
    def size(self) -> int:
        """Tokens of all items; those of equal items count once."""
        return self.index.holdings.size

    @property
    def known_by(self) -> bytes:
        """What decides what is read for it: what it holds, and what is asked of matches."""
        return self.registry.manifest.digest.encode() + self.index.min_tokens.tobytes()


def opened(registries: Sequence[Registry], *, to_report: bool = False) -> list[Opened]:
    """Make the registries of a check ready: what everybody writes is known from all of them.

    Parameters
    ----------
    registries : sequence of Registry
        All that a corpus is matched against.
    to_report : bool
        Whether only what may be reported is of interest. Then a match of too few tokens to be
        reported, beside all of these registries, is dropped where it is met (`min_match_tokens`);
        unless shingles are everybody's, for those do not count as tokens.
    """
    held = [registry.holdings() for registry in registries]
    public, size = find_stop_shingles(held), sum(holdings.size for holdings in held)
    indexes = [build_postings_index(holdings, public) for holdings in held]
    if to_report and not len(public):
        indexes = [
            replace(one, min_tokens=min_match_tokens(one.holdings.chance, size)) for one in indexes
        ]
    return [
        Opened(registry, one, cache(partial(_bands, registry)))
        for registry, one in zip(registries, indexes, strict=True)
    ]


def _bands(registry: Registry) -> LshIndex | None:
    items, matrix = registry.signatures()
    return build_lsh_index(items, matrix) if len(items) else None


@dataclass(frozen=True, slots=True)
class Counts:
    """How much was read."""

    documents: int = 0
    texts: int = 0
    tokens: int = 0
    bytes: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        """Add up, unit by unit."""
        return Counts(
            self.documents + other.documents,
            self.texts + other.texts,
            self.tokens + other.tokens,
            self.bytes + other.bytes,
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """What one part of a corpus brought.

    Parameters
    ----------
    counts : Counts
        How much it holds.
    skipped : tuple of Skipped
        What could not be read.
    candidates : tuple of Candidates
        One table a registry; texts are counted from the part's first.
    lookalikes : tuple of Lookalikes
        One a registry.
    declared : pyarrow.Table
        Of schema `DECLARED`: what rows themselves say; texts are counted from the part's first.
    passages : Passages
        A sample of its own words.
    documents : ndarray of int64, shape (texts,)
        Document of each text, counted from the part's first.
    kept : Spool or None
        The texts themselves, where the part cannot be read again.
    windows : tuple of Windows or None
        What is likely to be reported, and texts about which as a whole there is evidence, where
        there was room for all; texts are counted from the part's first.
    sampled_below : int
        The bound that `passages` were asked for; theirs is lower only where the part by itself has
        too many below it.
    unread : tuple of Unread
        Where reading ended before its end.
    """

    counts: Counts
    skipped: tuple[Skipped, ...]
    candidates: tuple[Candidates, ...]
    lookalikes: tuple[NearDuplicates, ...]
    declared: pa.Table
    passages: PassageSample
    documents: Int64s
    kept: Spool | None
    windows: tuple[Windows, ...] | None = None
    sampled_below: int = FULL_BOUND
    unread: tuple[Unread, ...] = ()


def text_bases(readings: Sequence[Reading]) -> list[int]:
    """Give the number of the first text of each part."""
    counts = [reading.counts.texts for reading in readings]
    return [int(base) for base in np.concatenate([[0], np.cumsum(counts)])[:-1]]


def known_copies(model: CorpusModel, opened: Opened) -> Int64s:
    """Count the passages that hold a copy of each item, as a model knows them."""
    return model.copies(opened.registry.manifest.digest, len(opened.index.holdings.first))
