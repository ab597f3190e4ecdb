"""A hearing: every moment and role that may be the true one, and what stands in each."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from operator import attrgetter
from typing import TypeVar

from provenance.judge.lawbook import Lawbook
from provenance.judge.matters import ELSEWHERE, Matter, Moment, Plea
from provenance.judge.periods import collection_days, in_words
from provenance.judge.statements import Order, Statement
from provenance.judge.transcripts import Heard, Transcript
from provenance.model import (
    Actor,
    Agreement,
    Alternative,
    DateRange,
    ModelScope,
    Reason,
    Stretch,
    Verdict,
)

ROLES = {
    Actor.SCRAPER: "as scraper",
    Actor.ACCOUNT_HOLDER: "as account holder",
    Actor.API_DEVELOPER: "as API developer",
    Actor.RECIPIENT: "as recipient of a copy",
    Actor.RESEARCH_ORGANISATION: "as research organisation",
}


MODELS = {
    ModelScope.GENERATIVE: "a generative model",
    ModelScope.FOUNDATION_OR_FRONTIER: "a foundation or frontier model",
    ModelScope.COMPETING: "a model that competes with the source's own",
}
Outcome = tuple[object, ...]
Where = TypeVar("Where", bound=Hashable)
_ORDER = attrgetter("order")


@dataclass(frozen=True)  # without slots: what is asked for again is kept
class Hearing:
    """One matter, at every moment that may be the true one.

    Parameters
    ----------
    transcript : Transcript
        What has been heard of the matter.
    moments : tuple of Moment
        At least one.
    ever : tuple of Moment
        What the moments would be if nobody knew when the content was collected.
    item_date : date or None
        When the content was published.
    """

    transcript: Transcript
    moments: tuple[Moment, ...]
    ever: tuple[Moment, ...]
    item_date: date | None = None

    @property
    def lawbook(self) -> Lawbook:
        """The rules, and the circumstances."""
        return self.transcript.lawbook

    @property
    def matter(self) -> Matter:
        """Whose documents."""
        return self.transcript.matter

    @cached_property
    def stands(self) -> Statement:
        """What stands: the strictest, where the moment is not known."""
        return self._standing(self.moments, self._plea)

    @property
    def agreements(self) -> tuple[Agreement, ...]:
        """The contracts that permit what stands, each on some of the days."""
        signed = (heard.stands.agreement for heard in self._heard)
        return tuple(dict.fromkeys(each for each in signed if each is not None))

    def reasons(self) -> tuple[Reason, ...]:
        """Return every document considered, decisive ones first."""
        said = [each for heard in self._heard for each in heard.said]
        lifted = {
            s.lifted.terms.id: s.terms.id for s in said if s.terms and s.lifted and s.lifted.terms
        }
        every = {_outcome(s): s for each in said for s in (each, each.lifted) if s is not None}
        # A version that says one thing on some days and another on others is told once: as it
        # decides, or else at its strictest.
        told: dict[str, Reason] = {}
        for s in sorted(every.values(), key=self._importance):
            if s.terms is not None and s.terms.id not in told:
                decisive = verdict_and_basis(s) == verdict_and_basis(self.stands)
                lifted_by = lifted.get(s.terms.id)
                told[s.terms.id] = Reason(s.terms, s.verdict, s.basis, decisive, lifted_by)
        return tuple(told.values())

    def alternatives(self) -> tuple[Alternative, ...]:
        """Return what would stand in each period, role or place, or without what was granted."""
        collected = _split(_joined(self._collected, _outcome), _outcome)
        published = _split(_joined(self._each(lambda m: m.published), _outcome), _outcome)
        placed = _split(self._each(lambda m: m.place), _outcome)
        modelled = _split(self._models, _outcome)
        every = [
            *((self.collected_in_words(span), said) for span, said in collected),
            *((f"published {in_words(span)}", said) for span, said in published),
            *((_place_in_words(place), said) for place, said in placed),
            *((_model_in_words(model), said) for model, said in modelled),
            *self._undated(),
            *self._in_other_roles(),
            *self._without(),
        ]
        return tuple(Alternative(when, *_outcome(said)) for when, said in every)

    @cached_property
    def by_collection(self) -> Sequence[tuple[DateRange, Statement]]:
        """What stands in each period of collection; nothing, where one outcome does."""
        return _split(_joined(self._collected, verdict_and_basis), verdict_and_basis)

    def collected_in_words(self, span: DateRange) -> str:
        """Write a period of collection; one that begins before the content did has no beginning."""
        if (
            self.lawbook.circumstances.collected is None
            and span.first == self.moments[0].collected.first
        ):
            span = DateRange(None, span.until)
        return f"collected {in_words(span)}"

    @cached_property
    def by_role(self) -> list[tuple[str, Statement]]:
        """What stands in each role; nothing, where the role is known."""
        if self._plea.actor is not None:
            return []
        return [
            (ROLES[role], self._standing(self.moments, Plea(role))) for role in self.lawbook.roles
        ]

    @cached_property
    def by_model(self) -> Sequence[tuple[str, Statement]]:
        """What stands for each kind of model; nothing, where one outcome does."""
        found = _split(self._models, verdict_and_basis)
        return [(_model_in_words(model), said) for model, said in found]

    @cached_property
    def undated(self) -> Statement:
        """What would stand if nobody knew when the content was collected."""
        if self.ever == self.moments:
            return self.stands
        return self._standing(self.ever, self._plea)

    def without_agreements(self) -> Statement:
        """Return what would stand if nothing had been signed."""
        return self._standing(self.moments, self._plea._replace(agreements=False))

    def without_claims(self) -> Statement:
        """Return what would stand if no statutory exception were claimed."""
        return self._standing(self.moments, self._plea._replace(claims=False))

    def timeline(self) -> tuple[Stretch, ...]:
        """Return what stands on each day of collection that may be the true one."""
        joined = _joined(self._collected, _outcome)
        return tuple(Stretch(span, *_outcome(said)) for span, said in joined)

    def _without(self) -> Iterator[tuple[str, Statement]]:
        if self.stands.agreement is not None:
            yield "without the agreement", self.without_agreements()
        if self.matter.claimed and _outcome(unclaimed := self.without_claims()) != _outcome(
            self.stands
        ):
            yield "without the statutory exception", unclaimed

    def _in_other_roles(self) -> Sequence[tuple[str, Statement]]:
        differ = any(_outcome(said) != _outcome(self.stands) for _, said in self.by_role)
        return self.by_role if differ else ()

    def _undated(self) -> Iterator[tuple[str, Statement]]:
        if verdict_and_basis(self.undated) != verdict_and_basis(self.stands):
            yield "collected on an unknown date", self.undated

    @cached_property
    def _plea(self) -> Plea:
        return Plea(self.lawbook.circumstances.actor)

    @cached_property
    def _heard(self) -> list[Heard]:
        return self.transcript.hear(self.moments, self._plea)

    @cached_property
    def _collected(self) -> list[tuple[DateRange, Statement]]:
        return self._each(lambda m: m.collected)

    @cached_property
    def _models(self) -> list[tuple[frozenset[ModelScope], Statement]]:
        return self._each(lambda m: m.model)

    def _each(self, axis: Callable[[Moment], Where]) -> list[tuple[Where, Statement]]:
        """Return what stands at each place on an axis, whatever the rest of the moment."""
        found: dict[Where, list[Heard]] = {}
        for moment, heard in zip(self.moments, self._heard, strict=True):
            found.setdefault(axis(moment), []).append(heard)
        return [(where, min(heard, key=_ORDER).stands) for where, heard in found.items()]

    def _standing(self, moments: tuple[Moment, ...], plea: Plea) -> Statement:
        heard = self.transcript.hear(moments, plea)
        if self.matter.is_signal:
            # Where and when a signal has no meaning, it says nothing to be weighed.
            heard = [each for each in heard if each.stands.terms is not None] or heard
        return min(heard, key=_ORDER).stands

    def _importance(self, said: Statement) -> tuple[bool, Order]:
        """Return a key that sorts what has a part in what stands first."""
        idle = verdict_and_basis(said) != verdict_and_basis(self.stands)
        return idle, self.lawbook.scale.order(said)


def verdict_and_basis(said: Statement) -> tuple[Verdict, str]:
    """Return the outcome as far as a reader cares, whichever version gave it."""
    return said.verdict, said.basis


def _place_in_words(place: str) -> str:
    return "elsewhere" if place == ELSEWHERE else f"in {place}"


def _model_in_words(model: frozenset[ModelScope]) -> str:
    named = [MODELS[scope] for scope in ModelScope if scope in model]
    return f"for {' and '.join(named)}" if named else "for any other model"


def _outcome(said: Statement) -> tuple[Verdict, str, str | None]:
    return said.verdict, said.basis, None if said.terms is None else said.terms.id


def _joined(
    found: Sequence[tuple[DateRange, Statement]], outcome: Callable[[Statement], Outcome]
) -> list[tuple[DateRange, Statement]]:
    """Join neighbouring days with one outcome."""
    joined: list[tuple[DateRange, Statement]] = []
    for span, said in found:
        if joined and outcome(joined[-1][1]) == outcome(said):
            joined[-1] = (DateRange(joined[-1][0].first, span.until), joined[-1][1])
        else:
            joined.append((span, said))
    return joined


def _split(
    found: Sequence[tuple[Where, Statement]], outcome: Callable[[Statement], Outcome]
) -> Sequence[tuple[Where, Statement]]:
    """Return what was found along an axis; nothing, where one outcome stands all along it."""
    return found if len({outcome(said) for _, said in found}) > 1 else ()


def timeline(transcript: Transcript, today: date | None) -> tuple[Stretch, ...]:
    """Return what stands for content of any date, by the day of collection."""
    ever = hear(transcript, None, today).ever
    return Hearing(transcript, ever, ever).timeline()


def hear(transcript: Transcript, item_date: date | None, today: date | None) -> Hearing:
    """Open the hearing on content of one date: list the moments that may be the true one."""
    given = transcript.lawbook.circumstances.collected
    ever = transcript.moments(item_date, collection_days(item_date, None, today))
    if given is None:
        return Hearing(transcript, ever, ever, item_date)
    known = transcript.moments(item_date, collection_days(item_date, given, today))
    return Hearing(transcript, known, ever, item_date)
