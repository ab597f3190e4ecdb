"""A hearing: every moment and role that may be the true one, and what stands in each."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TypeVar

from provenance.judge.lawbook import Lawbook
from provenance.judge.matters import ELSEWHERE, Matter, Moment
from provenance.judge.periods import collection_days, in_words, publication_days
from provenance.judge.statements import AGREEMENT, Statement
from provenance.judge.transcripts import Transcript
from provenance.model import Actor, Alternative, DateRange, ModelScope, Reason, Stretch, Verdict

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
    agreements, claims : bool
        Whether contracts, and claims of statutory exceptions, count.
    """

    transcript: Transcript
    moments: tuple[Moment, ...]
    ever: tuple[Moment, ...]
    item_date: date | None = None
    agreements: bool = True
    claims: bool = True

    @property
    def lawbook(self) -> Lawbook:
        """The rules, and the circumstances."""
        return self.transcript.lawbook

    @property
    def matter(self) -> Matter:
        """Whose documents."""
        return self.transcript.matter

    def stands(self, actor: Actor | None) -> Statement:
        """Return what stands for a role: the strictest, where the moment is not known."""
        said = [self._at(moment, actor) for moment in self.moments]
        if self.matter.is_signal:
            # Where and when a signal has no meaning, it says nothing to be weighed.
            said = [each for each in said if each.terms is not None] or said
        return self.lawbook.scale.strictest(said)

    def reasons(self, stands: Statement) -> tuple[Reason, ...]:
        """Return every document considered, decisive ones first."""
        heard = self._heard()
        every = [s for each in heard for s in (each.lifted, each) if s is not None]
        # A version that says one thing on some days and another on others is told once: as it
        # decides, or else at its strictest.
        every.sort(
            key=lambda s: (_has_no_part(s, stands), self.lawbook.scale.order(s)), reverse=True
        )
        said = {s.terms.id: s for s in every if s.terms is not None}
        lifted = {
            each.lifted.terms.id: each.terms.id
            for each in heard
            if each.terms and each.lifted and each.lifted.terms
        }
        reasons = [
            Reason(
                s.terms,
                s.verdict,
                s.basis,
                not _has_no_part(s, stands),
                lifted.get(s.terms.id),
            )
            for s in sorted(said.values(), key=self.lawbook.scale.order)
            if s.terms is not None
        ]
        return tuple(sorted(reasons, key=lambda reason: not reason.decisive))

    def alternatives(self, stands: Statement) -> tuple[Alternative, ...]:
        """Return what would stand in each period, role or place, or without what was granted."""
        collected = self.by_collection(_outcome)
        published = self.by_publication(_outcome)
        found = self.by_role
        every = [
            *((self.collected_in_words(span), said) for span, said in collected),
            *((f"published {in_words(span)}", said) for span, said in published),
            *self._by_place(),
            *self.by_model(_outcome),
            *self._undated(stands),
            *(found if any(_outcome(said) != _outcome(stands) for _, said in found) else []),
            *self._without(stands),
        ]
        return tuple(Alternative(when, *_outcome(said)) for when, said in every)

    def by_collection(
        self, outcome: Callable[[Statement], Outcome]
    ) -> list[tuple[DateRange, Statement]]:
        """Return what stands in each period of collection; nothing, where one outcome does."""
        return self._split(outcome, lambda moment: moment.collected)

    def collected_in_words(self, span: DateRange) -> str:
        """Write a period of collection; one that begins before the content did has no beginning."""
        if (
            self.lawbook.circumstances.collected is None
            and span.first == self.moments[0].collected.first
        ):
            span = DateRange(None, span.until)
        return f"collected {in_words(span)}"

    def by_publication(
        self, outcome: Callable[[Statement], Outcome]
    ) -> list[tuple[DateRange, Statement]]:
        """Return what stands for each date of publication; nothing, where one outcome does."""
        return self._split(outcome, lambda moment: moment.published)

    @cached_property
    def by_role(self) -> list[tuple[str, Statement]]:
        """Return what stands in each role; nothing, where the role is known."""
        if self.lawbook.circumstances.actor is not None:
            return []
        return [(ROLES[role], self.stands(role)) for role in self.lawbook.roles]

    def by_model(self, outcome: Callable[[Statement], Outcome]) -> list[tuple[str, Statement]]:
        """Return what stands for each kind of model; nothing, where one outcome does."""
        found = self._each(lambda moment: moment.model)
        if len({outcome(said) for _, said in found}) == 1:
            return []
        return [(_model_in_words(model), said) for model, said in found]

    @cached_property
    def undated(self) -> Statement:
        """Return what would stand if nobody knew when the content was collected."""
        return replace(self, moments=self.ever).stands(self.lawbook.circumstances.actor)

    def without_agreements(self) -> Statement:
        """Return what would stand if nothing had been signed."""
        bare = replace(self, agreements=False)
        return bare.stands(self.lawbook.circumstances.actor)

    def without_claims(self) -> Statement:
        """Return what would stand if no statutory exception were claimed."""
        bare = replace(self, claims=False)
        return bare.stands(self.lawbook.circumstances.actor)

    def _heard(self) -> list[Statement]:
        actor = self.lawbook.circumstances.actor
        return [
            said
            for moment in self.moments
            for said in self.transcript.at(moment, actor, claims=self.claims).said
        ]

    def _without(self, stands: Statement) -> list[tuple[str, Statement]]:
        bare = [("without the agreement", self.without_agreements())] if stands.agreement else []
        unclaimed = self.without_claims() if self.matter.claimed else stands
        if _outcome(unclaimed) == _outcome(stands):
            return bare
        return [*bare, ("without the statutory exception", unclaimed)]

    def _undated(self, stands: Statement) -> list[tuple[str, Statement]]:
        undated = self.undated
        if verdict_and_basis(undated) == verdict_and_basis(stands):
            return []
        return [("collected on an unknown date", undated)]

    def _by_place(self) -> list[tuple[str, Statement]]:
        found = self._each(lambda moment: moment.place)
        if len({_outcome(said) for _, said in found}) == 1:
            return []
        return [
            ("elsewhere" if place == ELSEWHERE else f"in {place}", said) for place, said in found
        ]

    def timeline(self) -> tuple[Stretch, ...]:
        """Return what stands on each day of collection that may be the true one."""
        joined = self._joined(_outcome, lambda moment: moment.collected)
        return tuple(Stretch(span, *_outcome(said)) for span, said in joined)

    def _split(
        self, outcome: Callable[[Statement], Outcome], axis: Callable[[Moment], DateRange]
    ) -> list[tuple[DateRange, Statement]]:
        joined = self._joined(outcome, axis)
        return joined if len(joined) > 1 else []

    def _joined(
        self, outcome: Callable[[Statement], Outcome], axis: Callable[[Moment], DateRange]
    ) -> list[tuple[DateRange, Statement]]:
        joined: list[tuple[DateRange, Statement]] = []
        for span, said in self._each(axis):
            if joined and outcome(joined[-1][1]) == outcome(said):
                joined[-1] = (DateRange(joined[-1][0].first, span.until), joined[-1][1])
            else:
                joined.append((span, said))
        return joined

    def _each(self, axis: Callable[[Moment], Where]) -> list[tuple[Where, Statement]]:
        """Return what stands at each place on an axis, whatever the rest of the moment."""
        actor = self.lawbook.circumstances.actor
        found: dict[Where, list[Statement]] = {}
        for moment in self.moments:
            found.setdefault(axis(moment), []).append(self._at(moment, actor))
        strictest = self.lawbook.scale.strictest
        return [(where, strictest(said)) for where, said in found.items()]

    def _at(self, moment: Moment, actor: Actor | None) -> Statement:
        stands = self.transcript.at(moment, actor, claims=self.claims).stands
        if stands.verdict is not Verdict.PERMITTED and self.agreements:
            for signed in self.matter.agreements:
                if signed.period.overlaps(moment.collected):
                    return Statement(Verdict.PERMITTED, AGREEMENT, None, signed)
        return stands


def verdict_and_basis(said: Statement) -> tuple[Verdict, str]:
    """Return the outcome as far as a reader cares, whichever version gave it."""
    return said.verdict, said.basis


def _has_no_part(said: Statement, stands: Statement) -> bool:
    """Whether a statement has no part in what stands: those that have, sort first."""
    return verdict_and_basis(said) != verdict_and_basis(stands)


def _model_in_words(model: frozenset[ModelScope]) -> str:
    named = [MODELS[scope] for scope in ModelScope if scope in model]
    return f"for {' and '.join(named)}" if named else "for any other model"


def _outcome(said: Statement) -> tuple[Verdict, str, str | None]:
    return said.verdict, said.basis, None if said.terms is None else said.terms.id


def timeline(transcript: Transcript, today: date | None) -> tuple[Stretch, ...]:
    """Return what stands for content of any date, by the day of collection."""
    undated = hear(transcript, None, today)
    return replace(undated, moments=undated.ever).timeline()


def hear(transcript: Transcript, item_date: date | None, today: date | None) -> Hearing:
    """Open the hearing on content of one date: list the moments that may be the true one."""
    given, matter = transcript.lawbook.circumstances, transcript.matter
    places = matter.places() if given.jurisdiction is None else (given.jurisdiction,)
    models = matter.models() if given.model is None else (frozenset(given.model),)
    known, ever = (
        _moments(matter, collection_days(item_date, collected, today), item_date, places, models)
        for collected in (given.collected, None)
    )
    return Hearing(transcript, known, ever, item_date)


def _is_before(publication: DateRange, collection: DateRange) -> bool:
    """Whether content can be published within some days, and collected within others."""
    first, until = publication.first, collection.until
    return first is None or until is None or first < until


def _moments(
    matter: Matter,
    collected: DateRange,
    item_date: date | None,
    places: tuple[str, ...],
    models: tuple[frozenset[ModelScope], ...],
) -> tuple[Moment, ...]:
    published = publication_days(item_date, collected)
    return tuple(
        Moment(collection, publication, place, model)
        for collection in matter.collection_stretches()
        if collection.overlaps(collected)
        for publication in matter.publication_stretches()
        if publication.overlaps(published) and (item_date or _is_before(publication, collection))
        for place in places
        for model in models
    )
