"""Applicability: the documents that may apply to a subject, by scenario and day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import NamedTuple

from provenance.model.rules.policy import Agreement
from provenance.model.rules.rule_library import Library, StatutoryException
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import (
    Actor,
    DateRange,
    ModelScope,
    Terms,
    TimeAxis,
    possible_models,
)

DAY = timedelta(days=1)
ALWAYS = DateRange()


def change_days(ranges: Iterable[DateRange]) -> tuple[date, ...]:
    """Return every day on which one of the ranges begins or ends, in order."""
    days = {day for span in ranges for day in (span.first, span.until) if day is not None}
    return tuple(sorted(days))


def ranges_between(days: Sequence[date]) -> tuple[DateRange, ...]:
    """Return the ranges between consecutive days, from the unlimited past to the future."""
    return tuple(
        DateRange(first, until) for first, until in zip((None, *days), (*days, None), strict=True)
    )


def collection_days(
    item_date: date | None, collected: DateRange | None, today: date | None
) -> DateRange:
    """Return the range of days in which an item can have been collected.

    Parameters
    ----------
    item_date : date or None
        When it was published.
    collected : DateRange or None
        When it was collected, if known.
    today : date or None
        Last possible day; None leaves the future open.

    Returns
    -------
    DateRange
        Content is collected after it is published. A stated range that ended before the item's
        date cannot be right: then every day since the item's date counts. If that date itself is
        in the future, it is the wrong one, and every day since the stated range began counts.
    """
    stated = DateRange() if collected is None else collected
    end = stated.until if today is None else stated.until or today + DAY
    if stated.first is not None and end is not None and stated.first >= end:
        return stated
    first = stated.first
    if item_date is not None and (first is None or item_date > first):
        if end is None or item_date < end:
            first = item_date
        elif item_date == stated.until:  # on that day, in the time zone of the collector
            first, end = item_date, next_day(item_date)
        elif today is None:
            first, end = item_date, None
        elif item_date <= today:
            first, end = item_date, today + DAY
        else:
            end = max(end, today + DAY)
    return DateRange(first, end)


def is_collected_too_early(
    item_date: date | None, collected: DateRange | None, today: date | None
) -> bool:
    """Return whether the stated range of collection ended before an item was published.

    A day's difference can be one of time zones, and a date in the future is the item's mistake.
    """
    until = None if collected is None else collected.until
    if item_date is None or until is None:
        return False
    return item_date > until and (today is None or item_date <= today)


def next_day(day: date) -> date | None:
    """Return the day after a day; None after the last one of the calendar."""
    return None if day == date.max else day + DAY


def publication_days(item_date: date | None, collected: DateRange) -> DateRange:
    """Return the range of days in which an item can have been published."""
    if item_date is None:
        return DateRange(None, collected.until)
    return DateRange(item_date, next_day(item_date))


def in_words(span: DateRange) -> str:
    """Describe a range in words, with its last day included.

    Examples
    --------
    >>> in_words(DateRange(date(2020, 6, 18), date(2023, 9, 29)))
    '2020-06-18 to 2023-09-28'
    >>> in_words(DateRange(None, date(2023, 9, 29)))
    'before 2023-09-29'
    """
    match span.first, span.until:
        case None, None:
            return "at any time"
        case None, until:
            return f"before {until}"
        case first, None:
            return f"since {first}"
        case first, until if until == first + DAY:
            return f"on {first}"
    return f"{span.first} to {_day_before(span.until)}"


def _day_before(day: date | None) -> str:
    return "" if day is None else str(day - DAY)


ELSEWHERE = "any"


class Places:
    """The tree of places: countries within unions of countries.

    Parameters
    ----------
    library : Library
        Names the places within each place.
    """

    def __init__(self, library: Library) -> None:
        self._inside: Mapping[str, frozenset[str]] = {
            place.casefold(): frozenset(map(str.casefold, inner)) for place, inner in library.places
        }
        self._wider: Mapping[str, str] = {
            inner: place for place, places in self._inside.items() for inner in places
        }

    @property
    def names(self) -> frozenset[str]:
        """All places of the tree, without regard to case."""
        return frozenset(self._wider.keys() | self._wider.values())

    def around(self, place: str) -> frozenset[str]:
        """Return a place and every place that it lies in, without regard to case."""
        places = [place.casefold()]
        while places[-1] in self._wider:
            places.append(self._wider[places[-1]])
        return frozenset(places)

    def possible(self, stated: str | None, named: Iterable[str]) -> tuple[str, ...]:
        """Return the places that may be meant, of those that documents distinguish.

        Parameters
        ----------
        stated : str or None
            The stated place; it stands for every place within it. None is anywhere.
        named : iterable of str
            Places that documents name. A place of which every part is named stands for its parts.
        """
        parts = frozenset(map(str.casefold, named))
        named = sorted(
            place for place in set(named) - {ELSEWHERE} if not self._is_split(place, parts)
        )
        if stated is None:
            return (ELSEWHERE, *named)
        inside = [place for place in named if stated.casefold() in self.around(place)]
        others = [place for place in inside if place.casefold() != stated.casefold()]
        return tuple(others) if self._is_split(stated, parts) else (stated, *others)

    def _is_split(self, place: str, named: frozenset[str]) -> bool:
        """Return whether every part of a place is named, or split itself."""
        parts = self._inside.get(place.casefold(), frozenset())
        return bool(parts) and all(part in named or self._is_split(part, named) for part in parts)


Law = tuple[StatutoryException, Terms]


@dataclass(frozen=True, slots=True, eq=False)  # hashed by identity: a subject has each once
class Scenario:
    """A range of days in which no document changes, with a place and a kind of model.

    Parameters
    ----------
    collected, published : DateRange
        When the content was collected, and when it was published.
    place : str
        The jurisdiction; `ELSEWHERE` for all that no document names.
    model : frozenset of str
        The kind of model.
    places : frozenset of str
        The place and every place that it lies in, without regard to case.
    """

    collected: DateRange
    published: DateRange
    place: str = ELSEWHERE
    model: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()

    def is_possible(self) -> bool:
        """Return whether content can be collected on or after its publication."""
        first, until = self.published.first, self.collected.until
        return first is None or until is None or first < until

    def in_force(self, terms: Terms) -> bool:
        """Return whether a version of a document is in force."""
        return self.overlaps(terms.period, terms)

    def in_force_somewhere(self, terms: Terms) -> bool:
        """Return whether a version of a document is in force here or in another place."""
        return terms.period.overlaps(self._day(terms))

    def overlaps(self, span: DateRange, terms: Terms) -> bool:
        """Return whether a range of days counts for a version of a document that applies here."""
        return span.overlaps(self._day(terms)) and self.applies_here(terms)

    def applies_here(self, terms: Terms) -> bool:
        """Return whether a document applies in the place, whatever the day."""
        return ELSEWHERE in terms.jurisdictions or not self.places.isdisjoint(
            map(str.casefold, terms.jurisdictions)
        )

    def is_verified(self, terms: Terms) -> bool:
        """Return whether the version is known to have been in force, not only assumed."""
        return terms.unseen is None or not terms.unseen.overlaps(self._day(terms))

    def covers_model(self, terms: Terms) -> bool:
        """Return whether the clause is about this kind of model."""
        return terms.model_scope is ModelScope.ANY or terms.model_scope in self.model

    def _day(self, terms: Terms) -> DateRange:
        return self.published if terms.time_axis is TimeAxis.CONTENT else self.collected


@dataclass(frozen=True, slots=True)
class SubjectTerms:
    """The terms that may apply to one source's content under one declared licence.

    Parameters
    ----------
    subject, name : str
        Id and name of the source or licence.
    is_known : bool
        Whether there are rules about the subject.
    platform, licence : tuple of Terms
        Documents of the source, and of the licence.
    undocumented : bool
        Whether the terms are unknown on days without a document of the source.
    unknown_licence : str or None
        A declared licence without rules.
    agreements : tuple of Agreement
        Agreements about the source and the purpose.
    known_licence : str or None
        Name of a declared licence with rules.
    signals : tuple of Terms
        Documents of the machine-readable signals that came with the content.
    claimed : tuple of StatutoryException
        Statutory exceptions that the policy claims.
    is_declared : bool
        Whether the content of a known source declares the licence itself.
    is_signal : bool
        Whether the subject is itself a signal, for a ruling on its meaning.
    """

    subject: str
    name: str
    is_known: bool
    platform: tuple[Terms, ...] = ()
    licence: tuple[Terms, ...] = ()
    undocumented: bool = True
    unknown_licence: str | None = None
    agreements: tuple[Agreement, ...] = ()
    known_licence: str | None = None
    signals: tuple[Terms, ...] = ()
    claimed: tuple[StatutoryException, ...] = ()
    is_declared: bool = False
    is_signal: bool = False

    @property
    def is_licensed(self) -> bool:
        """Whether the content has a licence: one that it or its source declares, known or not."""
        return bool(self.licence) or self.unknown_licence is not None

    def scenarios(self, circumstances: Circumstances, places: Places) -> tuple[Scenario, ...]:
        """Return the scenarios: time is split at the changes of documents and agreements."""
        model = circumstances.model
        named = {place for terms in self._terms() for place in terms.jurisdictions}
        possible_places = places.possible(circumstances.jurisdiction, named)
        models = possible_models(model or (), self._model_scopes())
        agreement_periods = (agreement.period for agreement in self.agreements)
        collected = ranges_between(change_days([*self._periods(content=False), *agreement_periods]))
        published = ranges_between(change_days(self._periods(content=True)))
        return tuple(
            Scenario(collected_in, published_in, place, model_kind, places.around(place))
            for collected_in, published_in, place, model_kind in product(
                collected, published, possible_places, models
            )
        )

    def turning_days(self, collected: DateRange | None, today: date | None) -> tuple[date, ...]:
        """Return the days at which the ruling may change with an item's date, in order."""
        ends = [] if today is None else [DateRange(None, today + DAY)]
        if collected is not None and collected.until is not None:
            # An item of the day after the end may be one of that day; a later one is not.
            ends += [collected, DateRange(None, next_day(collected.until))]
        elif collected is not None:
            ends.append(collected)
        periods = [*self._periods(content=False), *self._periods(content=True)]
        agreement_periods = [agreement.period for agreement in self.agreements]
        return change_days([*periods, *agreement_periods, *ends])

    def _model_scopes(self) -> frozenset[ModelScope]:
        """Return the kinds of models that the documents and agreements distinguish."""
        if any(agreement.models is not None for agreement in self.agreements):
            # An agreement on some kinds of models does not cover one that is of another kind, too.
            return frozenset(ModelScope) - {ModelScope.ANY}
        return frozenset(terms.model_scope for terms in self._terms()) - {ModelScope.ANY}

    def before_first_seen(self) -> dict[str, DateRange]:
        """Return the days before the first version of a document was seen, by that version's id.

        Whether the document existed on these days is not known. A document is what one source
        publishes under one title at one address; several statements may be about it.
        """
        earliest: dict[tuple[str, str, str | None], date] = {}
        for t in self.platform:
            document = t.subject, t.document, t.address
            first = t.period.first or date.min
            earliest[document] = min(first, earliest.get(document, date.max))
        return {
            t.id: DateRange(None, t.known_from)
            for t in self.platform
            if t.known_from is not None
            and (t.period.first or date.min) == earliest[t.subject, t.document, t.address]
        }

    def _periods(self, *, content: bool) -> list[DateRange]:
        versions = [t for t in self._terms() if (t.time_axis is TimeAxis.CONTENT) is content]
        spans = [span for t in versions for span in (t.period, t.unseen) if span is not None]
        return spans if content else [*spans, *self.before_first_seen().values()]

    def _terms(self) -> tuple[Terms, ...]:
        laws = (terms for claim in self.claimed for terms in claim.terms)
        return (*self.platform, *self.licence, *self.signals, *laws)


class Assumptions(NamedTuple):
    """The roles of who collected content, whether its use is commercial, and what counts."""

    roles: frozenset[Actor]
    commercial: bool
    claims: bool = True
    agreements: bool = True


@dataclass(frozen=True, slots=True)
class BindingTerms:
    """The terms of a subject that bind under some assumptions, in any scenario.

    Parameters
    ----------
    subject_terms : SubjectTerms
        All terms that may apply.
    platform, licence : tuple of Terms
        The documents that bind.
    documents : tuple of Terms
        Documents of the source that bind any role: while one is in force, its terms are known.
    before_first_seen : dict of str to DateRange
        Days on which it is not known whether the document existed, by the id of its first version.
    laws : tuple of (StatutoryException, Terms)
        Statutory exceptions that are claimed.
    agreements : tuple of Agreement
        Agreements that count.
    commercial : bool
        Whether the use is commercial.
    """

    subject_terms: SubjectTerms
    platform: tuple[Terms, ...]
    licence: tuple[Terms, ...]
    documents: tuple[Terms, ...]
    before_first_seen: Mapping[str, DateRange]
    laws: tuple[Law, ...]
    agreements: tuple[Agreement, ...]
    commercial: bool
