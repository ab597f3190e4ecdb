"""The result of scanning a part of a corpus, and the registry indexes it is matched with."""

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
from provenance.match.scoring.detectability import report_limits
from provenance.model import CorpusModel, Int64s, Skipped, Unread
from provenance.pipeline.locate.windows import TextWindows
from provenance.pipeline.scan.text_spool import TextSpool
from provenance.read.language_counts import load_language
from provenance.registry.store import Registry


@dataclass(frozen=True, slots=True)
class RegistryIndex:
    """A registry with the indexes that matching needs.

    Parameters
    ----------
    registry : Registry
        The registry on disk.
    index : PostingsIndex
        Its postings.
    lsh_index : callable
        Builds the index of its signatures on first use; returns None where no item is long enough.
    size_of_all : int or None
        Tokens of all registries that are matched together, if only matches that may be reported
        are needed; None keeps all candidates.
    """

    registry: Registry
    index: PostingsIndex
    lsh_index: Callable[[], LshIndex | None]
    size_of_all: int | None = None

    @property
    def size(self) -> int:
        """Tokens of all distinct items."""
        return self.index.arrays.size

    @property
    def cache_key(self) -> bytes:
        """Everything that affects readings: the digest and what is known to be unreportable."""
        return f"{self.registry.manifest.digest} {self.size_of_all} ".encode()


def build_registry_indexes(
    registries: Sequence[Registry], *, to_report: bool = False
) -> list[RegistryIndex]:
    """Index the registries of a check; stop shingles are computed from all of them together.

    Parameters
    ----------
    registries : sequence of Registry
        All registries that a corpus is matched against.
    to_report : bool
        Whether only reportable matches are needed. If so, candidates that cannot be reported are
        dropped while scanning (`report_limits`, then `select_reportable`).
    """
    arrays_list = [registry.arrays() for registry in registries]
    stop_shingles, size = (
        find_stop_shingles(arrays_list),
        sum(arrays.size for arrays in arrays_list),
    )
    indexes = [build_postings_index(arrays, stop_shingles) for arrays in arrays_list]
    if to_report:
        language = load_language()
        indexes = [
            replace(index, limits=report_limits(index.arrays.chance, size, language))
            for index in indexes
        ]
    return [
        RegistryIndex(
            registry, index, cache(partial(_build_bands, registry)), size if to_report else None
        )
        for registry, index in zip(registries, indexes, strict=True)
    ]


def _build_bands(registry: Registry) -> LshIndex | None:
    items, matrix = registry.signatures()
    return build_lsh_index(items, matrix) if len(items) else None


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of documents, texts, tokens and bytes."""

    documents: int = 0
    texts: int = 0
    tokens: int = 0
    bytes: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        """Return the sum, unit by unit."""
        return Counts(
            self.documents + other.documents,
            self.texts + other.texts,
            self.tokens + other.tokens,
            self.bytes + other.bytes,
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """The result of scanning one part of a corpus.

    Parameters
    ----------
    counts : Counts
        Size of the part.
    skipped : tuple of Skipped
        Rows that could not be read.
    candidates : tuple of Candidates
        One table per registry; texts are numbered from the part's first.
    near_duplicates : tuple of NearDuplicates
        One per registry.
    declared : pyarrow.Table
        What rows declare, of schema `DECLARED_SCHEMA`; texts are numbered from the part's first.
    sample : PassageSample
        A sample of the part's own words.
    documents : ndarray of int64, shape (texts,)
        Document of each text, numbered from the part's first.
    spool : TextSpool or None
        The texts themselves, where the part cannot be read again.
    windows : tuple of TextWindows or None
        Windows on likely findings, and texts with evidence about the whole text, where the budget
        allowed all of them; texts are numbered from the part's first.
    requested_bound : int
        The bound requested for `sample`; the sample's own is lower only where the part alone has
        too many tokens below it.
    unread : tuple of Unread
        Where reading stopped before the end.
    """

    counts: Counts
    skipped: tuple[Skipped, ...]
    candidates: tuple[Candidates, ...]
    near_duplicates: tuple[NearDuplicates, ...]
    declared: pa.Table
    sample: PassageSample
    documents: Int64s
    spool: TextSpool | None
    windows: tuple[TextWindows, ...] | None = None
    requested_bound: int = FULL_BOUND
    unread: tuple[Unread, ...] = ()


def text_bases(readings: Sequence[Reading]) -> list[int]:
    """Return the number of the first text of each part."""
    counts = [reading.counts.texts for reading in readings]
    return [int(base) for base in np.concatenate([[0], np.cumsum(counts)])[:-1]]


def known_copies(model: CorpusModel, registry_index: RegistryIndex) -> Int64s:
    """Return the number of passages that copy each item, as stored in a model."""
    return model.copies(
        registry_index.registry.manifest.digest, len(registry_index.index.arrays.first)
    )
