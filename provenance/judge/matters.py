"""The matter to be judged: whose documents, and which of them bind."""

from dataclasses import dataclass
from datetime import date
from itertools import combinations, product, starmap
from typing import NamedTuple

from provenance.judge.periods import DAY, changes, stretches
from provenance.model import (
    Actor,
    Agreement,
    Circumstances,
    DateRange,
    ModelScope,
    StatutoryException,
    Terms,
    TimeAxis,
)

ELSEWHERE = "any"
Law = tuple[StatutoryException, Terms]


@dataclass(frozen=True, slots=True, eq=False)  # a matter has each once, and they are keys
class Moment:
    """Days within which no document changes, at one place, for one kind of model.

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

    def is_possible(self) -> bool:
        """Whether content can be published within its days, and then be collected."""
        first, until = self.published.first, self.collected.until
        return first is None or until is None or first < until

    def meets(self, terms: Terms) -> bool:
        """Whether a version of a document is in force then and there."""
        return terms.period.overlaps(self._day(terms)) and (
            ELSEWHERE in terms.jurisdictions
            or self.place.casefold() in map(str.casefold, terms.jurisdictions)
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

    def moments(self, circumstances: Circumstances) -> tuple[Moment, ...]:
        """Cut time where a document or an agreement changes, for each place and kind of model."""
        place, model = circumstances.jurisdiction, circumstances.model
        places = self._places() if place is None else (place,)
        models = self._models() if model is None else (frozenset(model),)
        signed = (agreement.period for agreement in self.agreements)
        collected = stretches(changes([*self._periods(content=False), *signed]))
        published = stretches(changes(self._periods(content=True)))
        return tuple(starmap(Moment, product(collected, published, places, models)))

    def turning_days(self, collected: DateRange | None, today: date | None) -> tuple[date, ...]:
        """Return the days at which another date of an item may give another ruling, in order."""
        ends = [] if today is None else [DateRange(None, today + DAY)]
        every = [*self._periods(content=False), *self._periods(content=True)]
        signed = [agreement.period for agreement in self.agreements]
        return changes([*every, *signed, *ends, *([] if collected is None else [collected])])

    def _places(self) -> tuple[str, ...]:
        """Return every jurisdiction in which other documents may hold."""
        named = {place for terms in self._terms() for place in terms.jurisdictions}
        return (ELSEWHERE, *sorted(named - {ELSEWHERE}))

    def _models(self) -> tuple[frozenset[ModelScope], ...]:
        """Return everything that the model may be, of what the documents distinguish."""
        named = sorted({terms.model_scope for terms in self._terms()} - {ModelScope.ANY})
        sizes = range(len(named) + 1)
        return tuple(frozenset(some) for size in sizes for some in combinations(named, size))

    def _periods(self, *, content: bool) -> list[DateRange]:
        chosen = [t for t in self._terms() if (t.time_axis is TimeAxis.CONTENT) is content]
        return [span for t in chosen for span in (t.period, t.unseen) if span is not None]

    def _terms(self) -> tuple[Terms, ...]:
        laws = (terms for claim in self.claimed for terms in claim.terms)
        return (*self.platform, *self.licence, *self.signals, *laws)


class Plea(NamedTuple):
    """In what role content was collected, and whether what was claimed and signed counts."""

    actor: Actor | None
    claims: bool = True
    agreements: bool = True


@dataclass(frozen=True, slots=True)
class Bound:
    """What of a matter counts for somebody, whatever the moment.

    Parameters
    ----------
    matter : Matter
        All of it.
    platform, licence : tuple of Terms
        The documents that bind.
    documents : tuple of Terms
        Where one of these is in force, the source's terms are known, though they bind others.
    laws : tuple of (StatutoryException, Terms)
        The exceptions that are claimed.
    agreements : tuple of Agreement
        Those that count.
    """

    matter: Matter
    platform: tuple[Terms, ...]
    licence: tuple[Terms, ...]
    documents: tuple[Terms, ...]
    laws: tuple[Law, ...]
    agreements: tuple[Agreement, ...]
