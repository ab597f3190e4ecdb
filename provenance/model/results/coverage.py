"""Coverage of sources by registries; the absence of a match is not clearance."""

from dataclasses import dataclass
from datetime import date, datetime

from provenance.model.content.tables import Unread


@dataclass(frozen=True, slots=True)
class SourceCoverage:
    """Coverage of a source by a registry.

    Parameters
    ----------
    source : str
        Id of the source.
    items, tokens : int
        In the registry.
    first, last : date or None
        Range of the items' dates, where known.
    undated : int
        Items without a date.
    unattributable : int
        Items too short, or of too common words, to be matched.
    published : int or None
        Items that the source has in total, as declared when the registry was built; None if
        unknown.
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
        """Return the share of the source's items in the registry; None if the total is unknown."""
        return min(self.items / self.published, 1.0) if self.published else None


@dataclass(frozen=True, slots=True)
class RegistrySummary:
    """A registry that the corpus was matched against.

    Parameters
    ----------
    path, digest : str
        Path and digest.
    created : datetime
        When it was built.
    items : int
        Number of items.
    sources : tuple of SourceCoverage
        In order of their ids.
    unread : tuple of Unread
        Parts of its dumps that could not be read.
    withdrawn, opt_outs : int
        Numbers of withdrawn items, and of domains and addresses whose owners opted out.
    """

    path: str
    digest: str
    created: datetime
    items: int
    sources: tuple[SourceCoverage, ...]
    unread: tuple[Unread, ...] = ()
    withdrawn: int = 0
    opt_outs: int = 0

    @property
    def is_empty(self) -> bool:
        """Return whether it never held anything, like the registry of `check --declared-only`."""
        return not (self.items or self.sources or self.unread or self.withdrawn or self.opt_outs)
