"""Evaluate the rules in every possible scenario: day, role, place, kind of model."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple, TypeVar

from provenance.judge.binding_terms import (
    ELSEWHERE,
    Assumptions,
    BindingTerms,
    Scenario,
    SubjectTerms,
    collection_days,
    in_words,
    publication_days,
)
from provenance.judge.precedence import AGREEMENT, Order, Statement
from provenance.judge.rule_index import RuleIndex
from provenance.model import (
    Actor,
    Agreement,
    Alternative,
    DateRange,
    ModelScope,
    Reason,
    Verdict,
    VerdictPeriod,
)


class ScenarioOutcome(NamedTuple):
    """The statements of one scenario, the one that stands, and its sort key."""

    said: tuple[Statement, ...]
    stands: Statement
    order: Order


class StatementCache:
    """Outcomes of one subject's scenarios, each evaluated once, whichever item asks for it.

    Parameters
    ----------
    rules : RuleIndex
        The rules and the circumstances.
    subject_terms : SubjectTerms
        The documents that may apply.
    """

    def __init__(self, rules: RuleIndex, subject_terms: SubjectTerms) -> None:
        self.rules = rules
        self.subject_terms = subject_terms
        self._scenarios = subject_terms.scenarios(rules.circumstances)
        self._by_assumptions: dict[
            Assumptions, tuple[BindingTerms, dict[Scenario, ScenarioOutcome]]
        ] = {}

    def scenarios(self, item_date: date | None, collected: DateRange) -> tuple[Scenario, ...]:
        """Return the possible scenarios of content with a date, collected in a range of days."""
        published = publication_days(item_date, collected)
        return tuple(
            scenario
            for scenario in self._scenarios
            if scenario.collected.overlaps(collected)
            and scenario.published.overlaps(published)
            and (item_date or scenario.is_possible())
        )

    def outcomes(
        self, scenarios: Iterable[Scenario], assumptions: Assumptions
    ) -> list[ScenarioOutcome]:
        """Return the outcome of each scenario."""
        bound, outcomes = self._opened(assumptions)
        return [
            outcomes.get(m) or outcomes.setdefault(m, self._evaluate(m, bound)) for m in scenarios
        ]

    def _opened(
        self, assumptions: Assumptions
    ) -> tuple[BindingTerms, dict[Scenario, ScenarioOutcome]]:
        opened = self._by_assumptions.get(assumptions)
        if opened is None:
            bound = self.rules.binding_terms(self.subject_terms, assumptions)
            # Assumptions under which the same terms bind share their outcomes.
            alike = (each for each in self._by_assumptions.values() if each[0] == bound)
            opened = self._by_assumptions[assumptions] = next(alike, (bound, {}))
        return opened

    def _evaluate(self, scenario: Scenario, bound: BindingTerms) -> ScenarioOutcome:
        said = self.rules.statements(bound, scenario)
        stands = self.rules.precedence.combine(said)
        if stands.verdict is not Verdict.PERMITTED:
            signed = (a for a in bound.agreements if a.period.overlaps(scenario.collected))
            permits = (Statement(Verdict.PERMITTED, AGREEMENT, None, a) for a in signed)
            stands = next(permits, stands)
        return ScenarioOutcome(tuple(said), stands, self.rules.precedence.order(stands))


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


@dataclass(frozen=True)  # without slots, for its cached properties
class ScenarioEvaluation:
    """One subject in every scenario that may be the true one.

    Parameters
    ----------
    cache : StatementCache
        Outcomes of the subject's scenarios.
    scenarios : tuple of Scenario
        At least one.
    ever : tuple of Scenario
        The scenarios if the day of collection were unknown.
    item_date : date or None
        When the content was published.
    """

    cache: StatementCache
    scenarios: tuple[Scenario, ...]
    ever: tuple[Scenario, ...]
    item_date: date | None = None

    @property
    def rules(self) -> RuleIndex:
        """The rules and the circumstances."""
        return self.cache.rules

    @property
    def subject_terms(self) -> SubjectTerms:
        """The documents that may apply."""
        return self.cache.subject_terms

    @cached_property
    def stands(self) -> Statement:
        """The statement that stands: the strictest of all scenarios."""
        return self._standing(self.scenarios, self._assumptions)

    @property
    def agreements(self) -> tuple[Agreement, ...]:
        """The agreements that permit what stands, each on some of the days."""
        signed = (outcomes.stands.agreement for outcomes in self._outcomes)
        return tuple(dict.fromkeys(each for each in signed if each is not None))

    def reasons(self) -> tuple[Reason, ...]:
        """Return every document considered, decisive ones first."""
        said = [each for outcomes in self._outcomes for each in outcomes.said]
        lifted = {
            s.lifted.terms.id: s.terms.id for s in said if s.terms and s.lifted and s.lifted.terms
        }
        every = {_key(s): s for each in said for s in (each, each.lifted) if s is not None}
        # A version with several statements is listed once: with the decisive or strictest one.
        told: dict[str, Reason] = {}
        for s in sorted(every.values(), key=self._importance):
            if s.terms is not None and s.terms.id not in told:
                decisive = verdict_and_basis(s) == verdict_and_basis(self.stands)
                lifted_by = lifted.get(s.terms.id)
                told[s.terms.id] = Reason(s.terms, s.verdict, s.basis, decisive, lifted_by)
        return tuple(told.values())

    def alternatives(self) -> tuple[Alternative, ...]:
        """Return what would stand in each period, role, place, and without agreements or claims."""
        collected = _split(_joined(self._collected, _key), _key)
        published = _split(_joined(self._each(lambda m: m.published), _key), _key)
        placed = _split(self._each(lambda m: m.place), _key)
        modelled = _split(self._models, _key)
        every = [
            *((self.collected_in_words(span), said) for span, said in collected),
            *((f"published {in_words(span)}", said) for span, said in published),
            *((_place_in_words(place), said) for place, said in placed),
            *((_model_in_words(model), said) for model, said in modelled),
            *self._undated(),
            *self._in_other_roles(),
            *self._without(),
        ]
        return tuple(Alternative(when, *_key(said)) for when, said in every)

    @cached_property
    def by_collection(self) -> Sequence[tuple[DateRange, Statement]]:
        """The decisive statement in each period of collection; empty if it is the same in all."""
        return _split(_joined(self._collected, verdict_and_basis), verdict_and_basis)

    def collected_in_words(self, span: DateRange) -> str:
        """Describe a period of collection, without a beginning if it starts with the content."""
        if (
            self.rules.circumstances.collected is None
            and span.first == self.scenarios[0].collected.first
        ):
            span = DateRange(None, span.until)
        return f"collected {in_words(span)}"

    @cached_property
    def by_role(self) -> list[tuple[str, Statement]]:
        """The decisive statement in each role; empty if the role is known."""
        if self._assumptions.actor is not None:
            return []
        return [
            (ROLES[role], self._standing(self.scenarios, Assumptions(role)))
            for role in self.rules.roles
        ]

    @cached_property
    def by_model(self) -> Sequence[tuple[str, Statement]]:
        """The decisive statement for each kind of model; empty if it is the same for all."""
        found = _split(self._models, verdict_and_basis)
        return [(_model_in_words(model), said) for model, said in found]

    @cached_property
    def undated(self) -> Statement:
        """The decisive statement if the day of collection were unknown."""
        if self.ever == self.scenarios:
            return self.stands
        return self._standing(self.ever, self._assumptions)

    def without_agreements(self) -> Statement:
        """Return the decisive statement without agreements."""
        return self._standing(self.scenarios, self._assumptions._replace(agreements=False))

    def without_claims(self) -> Statement:
        """Return the decisive statement if no statutory exception were claimed."""
        return self._standing(self.scenarios, self._assumptions._replace(claims=False))

    def timeline(self) -> tuple[VerdictPeriod, ...]:
        """Return the verdict on each possible day of collection."""
        joined = _joined(self._collected, _key)
        return tuple(VerdictPeriod(span, *_key(said)) for span, said in joined)

    def _without(self) -> Iterator[tuple[str, Statement]]:
        if self.stands.agreement is not None:
            yield "without the agreement", self.without_agreements()
        if self.subject_terms.claimed and _key(unclaimed := self.without_claims()) != _key(
            self.stands
        ):
            yield "without the statutory exception", unclaimed

    def _in_other_roles(self) -> Sequence[tuple[str, Statement]]:
        differ = any(_key(said) != _key(self.stands) for _, said in self.by_role)
        return self.by_role if differ else ()

    def _undated(self) -> Iterator[tuple[str, Statement]]:
        if verdict_and_basis(self.undated) != verdict_and_basis(self.stands):
            yield "collected on an unknown date", self.undated

    @cached_property
    def _assumptions(self) -> Assumptions:
        return Assumptions(self.rules.circumstances.actor)

    @cached_property
    def _outcomes(self) -> list[ScenarioOutcome]:
        return self.cache.outcomes(self.scenarios, self._assumptions)

    @cached_property
    def _collected(self) -> list[tuple[DateRange, Statement]]:
        return self._each(lambda m: m.collected)

    @cached_property
    def _models(self) -> list[tuple[frozenset[ModelScope], Statement]]:
        return self._each(lambda m: m.model)

    def _each(self, axis: Callable[[Scenario], Where]) -> list[tuple[Where, Statement]]:
        """Return what stands at each value of an axis, over all other axes."""
        found: dict[Where, list[ScenarioOutcome]] = {}
        for scenario, outcomes in zip(self.scenarios, self._outcomes, strict=True):
            found.setdefault(axis(scenario), []).append(outcomes)
        return [(where, min(outcomes, key=_ORDER).stands) for where, outcomes in found.items()]

    def _standing(self, scenarios: tuple[Scenario, ...], assumptions: Assumptions) -> Statement:
        outcomes = self.cache.outcomes(scenarios, assumptions)
        if self.subject_terms.is_signal:
            # A signal says nothing where and when it has no meaning.
            outcomes = [each for each in outcomes if each.stands.terms is not None] or outcomes
        return min(outcomes, key=_ORDER).stands

    def _importance(self, said: Statement) -> tuple[bool, Order]:
        """Return a sort key that puts statements like the one that stands first."""
        idle = verdict_and_basis(said) != verdict_and_basis(self.stands)
        return idle, self.rules.precedence.order(said)


def verdict_and_basis(said: Statement) -> tuple[Verdict, str]:
    """Return verdict and basis, whichever version of a document gave them."""
    return said.verdict, said.basis


def _place_in_words(place: str) -> str:
    return "elsewhere" if place == ELSEWHERE else f"in {place}"


def _model_in_words(model: frozenset[ModelScope]) -> str:
    named = [MODELS[scope] for scope in ModelScope if scope in model]
    return f"for {' and '.join(named)}" if named else "for any other model"


def _key(said: Statement) -> tuple[Verdict, str, str | None]:
    return said.verdict, said.basis, None if said.terms is None else said.terms.id


def _joined(
    found: Sequence[tuple[DateRange, Statement]], outcome: Callable[[Statement], Outcome]
) -> list[tuple[DateRange, Statement]]:
    """Join neighbouring periods with the same outcome."""
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
    """Return what was found along an axis; empty if the outcome is the same everywhere."""
    return found if len({outcome(said) for _, said in found}) > 1 else ()


def timeline(cache: StatementCache, today: date | None) -> tuple[VerdictPeriod, ...]:
    """Return what stands for content of unknown date, by day of collection."""
    ever = evaluate(cache, None, today).ever
    return ScenarioEvaluation(cache, ever, ever).timeline()


def evaluate(
    cache: StatementCache, item_date: date | None, today: date | None
) -> ScenarioEvaluation:
    """Evaluate content of one date in all its possible scenarios."""
    given = cache.rules.circumstances.collected
    ever = cache.scenarios(item_date, collection_days(item_date, None, today))
    if given is None:
        return ScenarioEvaluation(cache, ever, ever, item_date)
    known = cache.scenarios(item_date, collection_days(item_date, given, today))
    return ScenarioEvaluation(cache, known, ever, item_date)
