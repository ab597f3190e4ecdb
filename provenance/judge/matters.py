"""The matter to be judged: whose documents, and which of them bind."""

from dataclasses import dataclass
from datetime import date
from itertools import combinations

from provenance.judge.periods import DAY, changes, stretches
from provenance.model import (
    Agreement,
    DateRange,
    ModelScope,
    StatutoryException,
    Terms,
    TimeAxis,
)

ELSEWHERE = "any"


@dataclass(frozen=True, slots=True)
class Moment:
    """Days within which no document changes, at one place.

    Parameters
    ----------
    collected, published : DateRange
        When the content was collected, and when it was published.
    place : str
        The jurisdiction; `ELSEWHERE` is any that no document names.
    model : frozenset of ModelScope
        What the model is.
    """

    collected: DateRange
    published: DateRange
    place: str = ELSEWHERE
    model: frozenset[ModelScope] = frozenset()

    def meets(self, terms: Terms) -> bool:
        """Whether a version of a document is in force then and there."""
        here = {ELSEWHERE, self.place.casefold()}
        return terms.period.overlaps(self._day(terms)) and any(
            place.casefold() in here for place in terms.jurisdictions
        )

    def has_seen(self, terms: Terms) -> bool:
        """Whether somebody has seen that the version held then."""
        return terms.unseen is None or not terms.unseen.overlaps(self._day(terms))

    def speaks_to(self, terms: Terms) -> bool:
        """Whether the clause speaks of the model."""
        return terms.model_scope is ModelScope.ANY or terms.model_scope in self.model

    def _day(self, terms: Terms) -> DateRange:
        return self.published if terms.time_axis is TimeAxis.CONTENT else self.collected


@dataclass(frozen=True, slots=True)
class Matter:
    """Everything that may decide about one source's content under one declared licence.

    Parameters
    ----------
    subject, name : str
        Id of the source or licence, and what people call it.
    known : bool
        Whether the rules know the subject.
    platform, licence : tuple of Terms
        The source's own documents; the licence's.
    undocumented : bool
        Whether a day without a document of the source leaves its terms unknown.
    unknown_licence : str or None
        A declared licence that no rule knows.
    agreements : tuple of Agreement
        Those for the source and the purpose.
    known_licence : str or None
        Name of a declared licence that one knows.
    signals : tuple of Terms
        What signals for machines say that came with the content.
    claimed : tuple of StatutoryException
        What the policy claims.
    is_signal : bool
        Whether the subject is a signal itself: it is asked for its own word, and for no other's.
    """

    subject: str
    name: str
    known: bool
    platform: tuple[Terms, ...] = ()
    licence: tuple[Terms, ...] = ()
    undocumented: bool = True
    unknown_licence: str | None = None
    agreements: tuple[Agreement, ...] = ()
    known_licence: str | None = None
    signals: tuple[Terms, ...] = ()
    claimed: tuple[StatutoryException, ...] = ()
    is_signal: bool = False

    def collection_stretches(self) -> tuple[DateRange, ...]:
        """Cut time where a document that counts by collection, or an agreement, changes."""
        signed = (agreement.period for agreement in self.agreements)
        return stretches(changes([*self._periods(content=False), *signed]))

    def publication_stretches(self) -> tuple[DateRange, ...]:
        """Cut time where a document that counts by the content's own date changes."""
        return stretches(changes(self._periods(content=True)))

    def places(self) -> tuple[str, ...]:
        """Return every jurisdiction in which other documents may hold."""
        named = {place for terms in self._terms() for place in terms.jurisdictions}
        return (ELSEWHERE, *sorted(named - {ELSEWHERE}))

    def models(self) -> tuple[frozenset[ModelScope], ...]:
        """Return everything that the model may be, of what the documents distinguish."""
        named = sorted({terms.model_scope for terms in self._terms()} - {ModelScope.ANY})
        sizes = range(len(named) + 1)
        return tuple(frozenset(some) for size in sizes for some in combinations(named, size))

    def turning_days(self, collected: DateRange | None, today: date | None) -> tuple[date, ...]:
        """Return the days at which another date of an item may give another ruling, in order."""
        ends = [] if today is None else [DateRange(None, today + DAY)]
        every = [*self._periods(content=False), *self._periods(content=True)]
        signed = [agreement.period for agreement in self.agreements]
        return changes([*every, *signed, *ends, *([] if collected is None else [collected])])

    def _periods(self, *, content: bool) -> list[DateRange]:
        chosen = [t for t in self._terms() if (t.time_axis is TimeAxis.CONTENT) is content]
        return [span for t in chosen for span in (t.period, t.unseen) if span is not None]

    def _terms(self) -> tuple[Terms, ...]:
        laws = (terms for claim in self.claimed for terms in claim.terms)
        return (*self.platform, *self.licence, *self.signals, *laws)
