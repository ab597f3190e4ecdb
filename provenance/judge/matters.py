"""The matter to be judged: whose documents, and which of them bind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from provenance.judge.licences import aliases, folded
from provenance.judge.periods import DAY, changes, stretches
from provenance.judge.statements import (
    NO_RULE,
    NO_TERMS,
    NOT_BOUND,
    Scale,
    Statement,
    statement_of,
)
from provenance.model import (
    Actor,
    Agreement,
    Circumstances,
    DateRange,
    Library,
    Licence,
    Say,
    Terms,
    TimeAxis,
    Verdict,
)

ELSEWHERE = "any"
_EVERYBODY = frozenset({"any", Actor.RECIPIENT.value})
"""Whoever holds content has received it, in whatever role it was collected."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Days within which no document changes, at one place.

    Parameters
    ----------
    collected, published : DateRange
        When the content was collected, and when it was published.
    place : str
        The jurisdiction; `ELSEWHERE` is any that no document names.
    """

    collected: DateRange
    published: DateRange
    place: str = ELSEWHERE

    def meets(self, terms: Terms) -> bool:
        """Whether a version of a document is in force then and there."""
        content = terms.time_axis is TimeAxis.CONTENT
        day = self.published if content else self.collected
        here = {ELSEWHERE, self.place.casefold()}
        return terms.period.overlaps(day) and any(
            place.casefold() in here for place in terms.jurisdictions
        )


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
    known_licence : str or None
        Name of a declared licence that one knows.
    agreements : tuple of Agreement
        Those for the source and the purpose.
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

    def collection_stretches(self) -> tuple[DateRange, ...]:
        """Cut time where a document that counts by collection, or an agreement, changes."""
        own = [terms.period for terms in self._terms() if terms.time_axis is not TimeAxis.CONTENT]
        return stretches(changes([*own, *(agreement.period for agreement in self.agreements)]))

    def publication_stretches(self) -> tuple[DateRange, ...]:
        """Cut time where a document that counts by the content's own date changes."""
        own = [terms.period for terms in self._terms() if terms.time_axis is TimeAxis.CONTENT]
        return stretches(changes(own))

    def places(self) -> tuple[str, ...]:
        """Return every jurisdiction in which other documents may hold."""
        named = {place for terms in self._terms() for place in terms.jurisdictions}
        return (ELSEWHERE, *sorted(named - {ELSEWHERE}))

    def turning_days(self, collected: DateRange | None, today: date | None) -> tuple[date, ...]:
        """Return the days at which another date of an item may give another ruling, in order."""
        ends = [] if today is None else [DateRange(None, today + DAY)]
        every = [terms.period for terms in self._terms()]
        signed = [agreement.period for agreement in self.agreements]
        return changes([*every, *signed, *ends, *([] if collected is None else [collected])])

    def _terms(self) -> tuple[Terms, ...]:
        return self.platform + self.licence


class Lawbook:
    """A library, ready to be asked.

    Parameters
    ----------
    library : Library
        All rules.
    circumstances : Circumstances
        Purpose, actor and jurisdiction choose what is heard.
    agreements : sequence of Agreement
        What has been signed.
    """

    def __init__(
        self, library: Library, circumstances: Circumstances, agreements: Sequence[Agreement]
    ) -> None:
        self.scale = Scale(library)
        self.circumstances = circumstances
        self._excused = frozenset(library.excused_actors)
        self._sources = {source.id: source for source in library.sources}
        self._licences = aliases(library.licences)
        purpose = circumstances.purpose
        self._agreements = [signed for signed in agreements if purpose in signed.purposes]

    @property
    def roles(self) -> tuple[Actor, ...]:
        """Roles in which content may have been collected, where nobody says."""
        return tuple(actor for actor in Actor if actor not in self._excused)

    def matter(self, subject: str, declared: str | None) -> Matter:
        """Gather what may decide about a source's content, or about a licence alone."""
        source = self._sources.get(subject)
        signed = tuple(a for a in self._agreements if a.source == subject)
        if source is None and (licence := self._licence(subject)) is not None:
            terms = licence.terms
            return Matter(licence.id, licence.name, True, (), terms, False, None, signed)
        if source is None:
            terms, unknown, name = self._declared(declared)
            return Matter(subject, subject, False, (), terms, False, unknown, signed, name)
        terms, unknown, name = self._declared(declared or source.content_licence)
        undocumented = bool(source.terms) or source.content_licence is None
        return Matter(
            source.id, source.name, True, source.terms, terms, undocumented, unknown, signed, name
        )

    def hear(self, matter: Matter, moment: Moment, actor: Actor | None) -> list[Statement]:
        """Collect what every document that binds says at a moment; at least one is no signal."""
        here = [t for t in matter.platform if moment.meets(t)]
        bound = [t for t in here if self._reaches(t, actor)]
        known = bound + [t for t in here if self._reaches(t, None)]
        lent = [t for t in matter.licence if self._reaches(t, actor) and moment.meets(t)]
        said = [statement_of(t, self.circumstances.purpose) for t in bound + lent]
        if not matter.known or matter.unknown_licence is not None:
            said.append(Statement(Verdict.UNKNOWN, NO_RULE))
        if matter.undocumented and all(self._is_signal(t) for t in known):
            said.append(Statement(Verdict.UNKNOWN, NO_TERMS))
        elif all(self.scale.say(s) is Say.SIGNAL for s in said):
            said.append(Statement(Verdict.UNKNOWN, NOT_BOUND))
        return said

    def _licence(self, declared: str) -> Licence | None:
        return self._licences.get(folded(declared))

    def _declared(self, declared: str | None) -> tuple[tuple[Terms, ...], str | None, str | None]:
        """Return the terms of a licence, and its name: the first where no rule knows it."""
        if declared is None or not declared.strip():
            return (), None, None
        licence = self._licence(declared)
        if licence is None:
            return (), declared.strip(), None
        return licence.terms, None, licence.name

    def _reaches(self, terms: Terms, actor: Actor | None) -> bool:
        binds = set(terms.binds)
        if actor is None:
            return bool(binds - self._excused)
        if actor in self._excused:
            # Who one is does not say how one collected: every collecting role stays possible.
            return bool(binds - (self._excused - {actor.value}))
        return bool(binds & (_EVERYBODY | {actor.value}))

    def _is_signal(self, terms: Terms) -> bool:
        return self.scale.say(Statement(terms.verdict, terms.basis)) is Say.SIGNAL
