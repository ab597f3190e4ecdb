"""Comparisons of datasets and registries by their sketches."""

from dataclasses import dataclass

from provenance.model.content.tables import Unread
from provenance.model.results.control import Rate
from provenance.model.short_repr import short_repr

COMPARISON_SCHEMA = "provenance/comparison/1"
"""Name and version of the JSON of a comparison."""


@dataclass(frozen=True, slots=True)
class SketchSummary:
    """Facts about a dataset or registry, stored in its sketch.

    Parameters
    ----------
    name : str
        As it was named.
    kind : str
        "sketch", "dataset" or "registry".
    digest : str
        The digest of the sketch.
    inputs : tuple of str
        What it was made from: `dataset:` or `registry:`, and the digest of that.
    documents, tokens : int
        Numbers of documents (or items) and tokens.
    short_tokens : int
        Tokens of texts that are too short to be compared.
    hashes, scaled : int
        Number of sampled shingles; one in `scaled` is sampled.
    shingles : Rate
        Estimated number of distinct shingles.
    unread : tuple of Unread
        Files that could not be read, where it was sketched just now.
    unread_before : int
        Number of files that could not be read when the sketch was made.
    """

    name: str
    kind: str
    digest: str
    inputs: tuple[str, ...]
    documents: int
    tokens: int
    short_tokens: int
    hashes: int
    scaled: int
    shingles: Rate
    unread: tuple[Unread, ...] = ()
    unread_before: int = 0


@dataclass(frozen=True, slots=True)
class Overlap:
    """Overlap of two datasets, with intervals.

    Parameters
    ----------
    other : SketchSummary
        The other one.
    scaled : int
        One in this many shingles was compared: as many as the coarser sketch has.
    shared : int
        Sampled shingles that both have.
    contained : Rate or None
        Share of the dataset's distinct shingles that the other has too; None: it has none in the
        sample, and nothing is known.
    contains : Rate or None
        Share of the other's distinct shingles that the dataset has too.
    resemblance : Rate or None
        Share that both have of the shingles that either has (Jaccard).
    """

    other: SketchSummary
    scaled: int
    shared: int
    contained: Rate | None
    contains: Rate | None
    resemblance: Rate | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A dataset or registry compared with others.

    Parameters
    ----------
    tool : str
        Version of provenance.
    width : int
        Words of a shingle.
    query : SketchSummary
        The dataset.
    overlaps : tuple of Overlap
        With each other one, that which contains most of it first.
    allow_unread : int
        Number of unread files that is accepted.
    """

    tool: str
    width: int
    query: SketchSummary
    overlaps: tuple[Overlap, ...]
    allow_unread: int = 0

    __repr__ = short_repr

    @property
    def unread(self) -> tuple[Unread, ...]:
        """Files that could not be read now."""
        sides = self.query, *(overlap.other for overlap in self.overlaps)
        return tuple(file for side in sides for file in side.unread)

    @property
    def is_incomplete(self) -> bool:
        """Return whether more files than accepted could not be read."""
        return len(self.unread) > self.allow_unread
