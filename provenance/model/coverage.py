"""What registries hold, told with every result. Absence of a match is not clearance."""

from dataclasses import dataclass
from datetime import date, datetime

from provenance.model.tables import Unread


@dataclass(frozen=True, slots=True)
class SourceCoverage:
    """What a registry holds of a source. Absence of a match is not clearance.

    Parameters
    ----------
    source : str
        Its id.
    items, tokens : int
        How many.
    first, last : date or None
        Range of the items' own dates, where known.
    undated : int
        Items without a date.
    unattributable : int
        Items too short, or too common in their words, ever to be matched.
    published : int or None
        Items that the source has in all, as whoever built the registry declared; None where nobody
        did.
    """

    source: str
    items: int
    tokens: int
    first: date | None
    last: date | None
    undated: int
    unattributable: int
    published: int | None = None

    @property
    def fraction(self) -> float | None:
        """The part of the source's items that is held; None where nobody declared it."""
        return min(self.items / self.published, 1.0) if self.published else None


@dataclass(frozen=True, slots=True)
class RegistrySummary:
    """A registry that the corpus was matched against.

    Parameters
    ----------
    path, digest : str
        Where, and what.
    created : datetime
        When it was made.
    items : int
        How many.
    sources : tuple of SourceCoverage
        In order of their ids.
    unread : tuple of Unread
        What could not be read of the dumps that it was made of.
    """

    path: str
    digest: str
    created: datetime
    items: int
    sources: tuple[SourceCoverage, ...]
    unread: tuple[Unread, ...] = ()
