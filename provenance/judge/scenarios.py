"""Evaluate the rules in every possible scenario: day, role, place, kind of model."""

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple, TypeVar

from provenance.judge.binding_terms import (
    DAY,
    ELSEWHERE,
    Assumptions,
    BindingTerms,
    Scenario,
    SubjectTerms,
    collection_days,
    in_words,
    is_collected_too_early,
    publication_days,
)
from provenance.judge.precedence import AGREEMENT, STATUTE, Order, Statement
from provenance.judge.rule_index import RuleIndex
from provenance.model.rules.policy import Agreement
from provenance.model.rules.rulings import Alternative, Reason, VerdictPeriod
from provenance.model.rules.terms import Actor, DateRange, ModelScope, Verdict


class ScenarioOutcome(NamedTuple):
    """The statements of one scenario under some assumptions, the decisive one, its sort key."""

    statements: tuple[Statement, ...]
    decisive: Statement
    order: Order


class StatementCache:
    """Outcomes of one subject's scenarios, each evaluated once for all items.

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
        self._scenarios = subject_terms.scenarios(rules.circumstances, rules.places)
        self._alike = _alike_scenarios(self._scenarios, subject_terms)
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
        self, scenarios: Iterable[Scenario], assumptions: Iterable[Assumptions]
    ) -> list[ScenarioOutcome]:
        """Return the outcome of each scenario, the strictest under any of the assumptions."""
        entries = [self._binding_outcomes(each) for each in assumptions]
        # Assumptions that bind the same terms have the same outcomes.
        distinct = {id(outcomes): (binding, outcomes) for binding, outcomes in entries}.values()
        return [
            _merge(
                [
                    outcomes.get(m) or outcomes.setdefault(m, self._evaluate(m, binding))
                    for binding, outcomes in distinct
                ]
            )
            for m in (self._alike.get(scenario, scenario) for scenario in scenarios)
        ]

    def _binding_outcomes(
        self, assumptions: Assumptions
    ) -> tuple[BindingTerms, dict[Scenario, ScenarioOutcome]]:
        entry = self._by_assumptions.get(assumptions)
        if entry is None:
            binding = self.rules.binding_terms(self.subject_terms, assumptions)
            # Assumptions with the same binding terms share their outcomes.
            equal = (each for each in self._by_assumptions.values() if each[0] == binding)
            entry = self._by_assumptions[assumptions] = next(equal, (binding, {}))
        return entry

    def _evaluate(self, scenario: Scenario, binding: BindingTerms) -> ScenarioOutcome:
        statements = self.rules.statements(binding, scenario)
        decisive = self._decide(statements, scenario, binding)
        return ScenarioOutcome(tuple(statements), decisive, self.rules.precedence.order(decisive))

    def _decide(
        self, statements: list[Statement], scenario: Scenario, binding: BindingTerms
    ) -> Statement:
        """Return the decisive statement: that of an agreement, or of the public terms.

        An agreement that permits the use counts first, then one that forbids it. One of which it is
        not known whether it covers the use leaves open what the public terms do not allow.
        """
        decisive = self.rules.precedence.combine(statements)
        signed = {
            statement.verdict: statement
            for agreement in reversed(binding.agreements)
            if (statement := self.rules.statement_of_agreement(agreement, scenario)) is not None
        }
        permit, ban = signed.get(Verdict.PERMITTED), signed.get(Verdict.FORBIDDEN)
        if permit is None and ban is not None:
            return ban
        allowed = (Verdict.PERMITTED,) if permit else (Verdict.PERMITTED, Verdict.RESTRICTED)
        counts = permit or signed.get(Verdict.UNKNOWN)
        if counts is None or decisive.verdict in allowed:
            return decisive
        if counts.agreement is not None and counts.agreement.authors:
            return counts
        authors = self.rules.statements_of_authors(binding, statements)
        return self.rules.precedence.strictest([counts, *authors])


def _alike_scenarios(
    scenarios: Sequence[Scenario], subject_terms: SubjectTerms
) -> Mapping[Scenario, Scenario]:
    """Map scenarios to the first that differs by the names of claimed laws alone.

    The laws of countries that transpose a directive differ in their days alone, so that nearly all
    countries are alike on any day.
    """
    if not subject_terms.claimed or subject_terms.agreements:
        return {}
    own = (*subject_terms.platform, *subject_terms.licence, *subject_terms.signals)
    claimed = [law for claim in subject_terms.claimed for law in claim.terms]
    applicable = {
        place: (
            frozenset(t.id for t in own if scenario.applies_here(t)),
            [law for law in claimed if scenario.applies_here(law)],
        )
        for place, scenario in {scenario.place: scenario for scenario in scenarios}.items()
    }
    first: dict[Hashable, Scenario] = {}
    alike: dict[Scenario, Scenario] = {}
    for scenario in scenarios:
        documents, laws = applicable[scenario.place]
        effects = tuple(
            (law.subject, law.verdict, law.conditions, law.uses, law.binds)
            for law in laws
            if scenario.in_force(law)
        )
        is_elsewhere = scenario.place == ELSEWHERE
        days = scenario.collected, scenario.published
        key = *days, scenario.model, is_elsewhere, documents, effects
        alike[scenario] = first.setdefault(key, scenario)
    return alike


def _merge(outcomes: Sequence[ScenarioOutcome]) -> ScenarioOutcome:
    """Return the strictest of some outcomes, with the statements of all."""
    if len(outcomes) == 1:
        return outcomes[0]
    strictest = min(outcomes, key=_ORDER)
    return strictest._replace(statements=tuple(s for each in outcomes for s in each.statements))


ROLES = {
    Actor.SCRAPER: "as scraper",
    Actor.ACCOUNT_HOLDER: "as account holder",
    Actor.API_DEVELOPER: "as API developer",
    Actor.RECIPIENT: "as recipient of a copy",
    Actor.RESEARCH_ORGANISATION: "as research organisation",
    Actor.HERITAGE_INSTITUTION: "as heritage institution",
}


MODELS = {
    ModelScope.GENERATIVE: "a generative model",
    ModelScope.FOUNDATION_OR_FRONTIER: "a foundation or frontier model",
    ModelScope.COMPETING: "a model that competes with the source's own",
}
Outcome = tuple[object, ...]
Decided = TypeVar("Decided", Statement, VerdictPeriod)
Where = TypeVar("Where", bound=Hashable)
_ORDER = attrgetter("order")


@dataclass(frozen=True)  # without slots, for its cached properties
class ScenarioEvaluation:
    """One subject in every scenario that may be true.

    Parameters
    ----------
    cache : StatementCache
        Outcomes of the subject's scenarios.
    scenarios : tuple of Scenario
        At least one.
    undated_scenarios : tuple of Scenario
        The scenarios if the day of collection were unknown.
    collected_too_early : bool
        Whether the stated collection ended before the content was published.
    """

    cache: StatementCache
    scenarios: tuple[Scenario, ...]
    undated_scenarios: tuple[Scenario, ...]
    collected_too_early: bool = False

    @property
    def rules(self) -> RuleIndex:
        """The rules and the circumstances."""
        return self.cache.rules

    @property
    def subject_terms(self) -> SubjectTerms:
        """The documents that may apply."""
        return self.cache.subject_terms

    @cached_property
    def decisive(self) -> Statement:
        """The strictest of the decisive statements of all scenarios."""
        return self._decisive(self.scenarios)

    @property
    def agreements(self) -> tuple[Agreement, ...]:
        """The agreements that permit the content, each on some of the days."""
        deciding = (outcomes.decisive.agreement for outcomes in self._outcomes)
        return tuple(dict.fromkeys(each for each in deciding if each is not None))

    def reasons(self) -> tuple[Reason, ...]:
        """Return every document considered, decisive ones first.

        Of the laws of several countries that transpose one directive, one is named.
        """
        statements = [each for outcomes in self._outcomes for each in outcomes.statements]
        lifted = {
            s.lifted.terms.id: s.terms.subject
            for s in statements
            if s.terms and s.lifted and s.lifted.terms
        }
        all_statements = {
            _key(s): s for each in statements for s in (each, each.lifted) if s is not None
        }
        # A version with several statements is listed once: with the decisive or strictest one.
        reasons: dict[str, Reason] = {}
        for s in sorted(all_statements.values(), key=self._importance):
            if s.terms is not None:
                name = s.terms.subject if s.basis == STATUTE else s.terms.id
                is_decisive = verdict_and_basis(s) == verdict_and_basis(self.decisive)
                reasons.setdefault(name, Reason(s.terms, s.verdict, s.basis, is_decisive))
        laws = {name: each.terms.id for name, each in reasons.items() if each.basis == STATUTE}
        return tuple(
            replace(each, lifted_by=laws.get(lifted.get(name, "")))
            for name, each in reasons.items()
        )

    def alternatives(self) -> tuple[Alternative, ...]:
        """Return the verdict in each period, role and place, and without agreements or claims."""
        collected = _unless_uniform(_join_periods(self._by_collection_day, _key), _key)
        published = _unless_uniform(
            _join_periods(self._decisive_by(lambda m: m.published), _key), _key
        )
        by_model = _unless_uniform(self._by_model_kind, _key)
        cases = [
            *((self.collected_in_words(span), statement) for span, statement in collected),
            *((f"published {in_words(span)}", statement) for span, statement in published),
            *self.by_place,
            *((_model_in_words(model), statement) for model, statement in by_model),
            *self._undated(),
            *self._in_other_roles(),
            *(each for each in self.by_commerce if _key(each[1]) != _key(self.decisive)),
            *self._without_exemptions(),
        ]
        return tuple(Alternative(when, *_key(statement)) for when, statement in cases)

    @cached_property
    def by_collection(self) -> Sequence[tuple[DateRange, Statement]]:
        """The decisive statement in each period of collection; empty if it is the same in all."""
        return _unless_uniform(
            _join_periods(self._by_collection_day, verdict_and_basis), verdict_and_basis
        )

    def collected_in_words(self, span: DateRange) -> str:
        """Describe a period of collection, without a beginning if it starts with the content.

        Only days of the stated collection are named.
        """
        stated = self.rules.circumstances.collected
        if stated is not None and span.overlaps(stated):
            span = span.within(stated)
        elif stated is None and span.first == self.scenarios[0].collected.first:
            span = DateRange(None, span.until)
        return f"collected {in_words(span)}"

    @cached_property
    def by_role(self) -> list[tuple[str, Statement]]:
        """The decisive statement in each role; empty if the role is known."""
        if self.rules.circumstances.actor is not None:
            return []
        return [
            (ROLES[role], self._decisive(self.scenarios, [assumptions]))
            for role, assumptions in zip(self.rules.roles, self._assuming(), strict=True)
        ]

    @cached_property
    def by_place(self) -> Sequence[tuple[str, Statement]]:
        """The decisive statement in each place; empty if it is the same in all.

        Where an exception is claimed, places with the same verdict are one: the laws of countries
        that transpose a directive differ in their days alone.
        """
        every = self._decisive_by(lambda m: m.place)
        outcome = verdict_and_basis if self.subject_terms.claimed else _key
        places: dict[Outcome, list[str]] = {}
        for place, statement in _unless_uniform(every, outcome):
            key = outcome(statement) if self.subject_terms.claimed else (place,)
            places.setdefault(key, []).append(place)
        statements = dict(every)
        return [(self._places_in_words(names), statements[names[0]]) for names in places.values()]

    @cached_property
    def by_model(self) -> Sequence[tuple[str, Statement]]:
        """The decisive statement for each kind of model; empty if it is the same for all."""
        differing = _unless_uniform(self._by_model_kind, verdict_and_basis)
        return [(_model_in_words(model), statement) for model, statement in differing]

    @cached_property
    def by_commerce(self) -> list[tuple[str, Statement]]:
        """The decisive statement on non-commercial use; empty if it is known what the use is."""
        if self.rules.circumstances.commercial is not None:
            return []
        non_commercial = self._decisive(self.scenarios, self._assuming(commercial=False))
        return [("for non-commercial use", non_commercial)]

    @cached_property
    def undated(self) -> Statement:
        """The decisive statement if the day of collection were unknown."""
        if self.undated_scenarios == self.scenarios:
            return self.decisive
        return self._decisive(self.undated_scenarios)

    def without_agreements(self) -> Statement:
        """Return the decisive statement without agreements."""
        return self._decisive(self.scenarios, self._assuming(agreements=False))

    def without_claims(self) -> Statement:
        """Return the decisive statement if no statutory exception were claimed."""
        return self._decisive(self.scenarios, self._assuming(claims=False))

    def timeline(self) -> tuple[VerdictPeriod, ...]:
        """Return the verdict on each possible day of collection."""
        periods = _join_periods(self._by_collection_day, _key)
        return tuple(VerdictPeriod(span, *_key(statement)) for span, statement in periods)

    def _without_exemptions(self) -> Iterator[tuple[str, Statement]]:
        if self.decisive.agreement is not None:
            yield "without the agreement", self.without_agreements()
        # A claim that a reservation defeats is no reason to do without one.
        is_claimed = self.subject_terms.claimed and self.decisive.defeated is None
        if is_claimed and _key(unclaimed := self.without_claims()) != _key(self.decisive):
            yield "without the statutory exception", unclaimed

    def _in_other_roles(self) -> Sequence[tuple[str, Statement]]:
        differ = any(_key(statement) != _key(self.decisive) for _, statement in self.by_role)
        return self.by_role if differ else ()

    def _undated(self) -> Iterator[tuple[str, Statement]]:
        if verdict_and_basis(self.undated) != verdict_and_basis(self.decisive):
            yield "collected on an unknown date", self.undated

    def _places_in_words(self, places: Sequence[str]) -> str:
        # A stated place stands for every place within it that documents do not name.
        stated = self.rules.circumstances.jurisdiction
        named = [place for place in places if place not in (ELSEWHERE, stated)]
        words = [f"in {', '.join(named)}"] if named else []
        if ELSEWHERE in places:
            words.append("elsewhere")
        elif stated in places:
            words.append(f"elsewhere in {stated}")
        return " or ".join(words)

    def _assuming(
        self, *, commercial: bool | None = None, claims: bool = True, agreements: bool = True
    ) -> list[Assumptions]:
        """Return the assumptions for every party that may have collected the content."""
        if commercial is None:
            # Nothing is stricter on a non-commercial use than on a commercial one.
            commercial = self.rules.circumstances.commercial is not False
        return [Assumptions(roles, commercial, claims, agreements) for roles in self.rules.parties]

    @cached_property
    def _outcomes(self) -> list[ScenarioOutcome]:
        return self.cache.outcomes(self.scenarios, self._assuming())

    @cached_property
    def _by_collection_day(self) -> list[tuple[DateRange, Statement]]:
        return self._decisive_by(lambda m: m.collected)

    @cached_property
    def _by_model_kind(self) -> list[tuple[frozenset[str], Statement]]:
        return self._decisive_by(lambda m: m.model)

    def _decisive_by(self, axis: Callable[[Scenario], Where]) -> list[tuple[Where, Statement]]:
        """Return the decisive statement at each value of an axis, over all other axes."""
        outcomes_by_value: dict[Where, list[ScenarioOutcome]] = {}
        for scenario, outcomes in zip(self.scenarios, self._outcomes, strict=True):
            outcomes_by_value.setdefault(axis(scenario), []).append(outcomes)
        return [
            (where, min(outcomes, key=_ORDER).decisive)
            for where, outcomes in outcomes_by_value.items()
        ]

    def _decisive(
        self, scenarios: tuple[Scenario, ...], assumptions: Sequence[Assumptions] = ()
    ) -> Statement:
        outcomes = self.cache.outcomes(scenarios, assumptions or self._assuming())
        if self.subject_terms.is_signal:
            # Scenarios in which a signal has no meaning do not count.
            outcomes = [each for each in outcomes if each.decisive.terms is not None] or outcomes
        return min(outcomes, key=_ORDER).decisive

    def _importance(self, statement: Statement) -> tuple[bool, Order]:
        """Return a sort key that puts statements like the decisive one first."""
        is_other = verdict_and_basis(statement) != verdict_and_basis(self.decisive)
        return is_other, self.rules.precedence.order(statement)


def verdict_and_basis(statement: Statement) -> tuple[Verdict, str]:
    """Return verdict and basis, without the version of the document."""
    return statement.verdict, statement.basis


def _model_in_words(model: frozenset[str]) -> str:
    names = [MODELS[scope] for scope in ModelScope if scope in model]
    return f"for {' and '.join(names)}" if names else "for any other model"


def _key(statement: Statement) -> tuple[Verdict, str, str | None]:
    return (
        statement.verdict,
        statement.basis,
        None if statement.terms is None else statement.terms.id,
    )


def _join_periods(
    periods: Sequence[tuple[DateRange, Decided]], outcome: Callable[[Decided], Outcome]
) -> list[tuple[DateRange, Decided]]:
    """Join neighbouring periods with the same outcome."""
    joined: list[tuple[DateRange, Decided]] = []
    for span, statement in periods:
        if joined and outcome(joined[-1][1]) == outcome(statement):
            joined[-1] = (DateRange(joined[-1][0].first, span.until), joined[-1][1])
        else:
            joined.append((span, statement))
    return joined


def _unless_uniform(
    statements: Sequence[tuple[Where, Statement]], outcome: Callable[[Statement], Outcome]
) -> Sequence[tuple[Where, Statement]]:
    """Return the statements along an axis; empty if the outcome is the same for all."""
    return statements if len({outcome(statement) for _, statement in statements}) > 1 else ()


def timeline(cache: StatementCache, today: date | None) -> tuple[VerdictPeriod, ...]:
    """Return the verdict on content of unknown date, by day of collection until `today`.

    The last period is open, or ends today if a document is known to end later: what holds until
    then may depend on documents that end in between.
    """
    scenarios = evaluate(cache, None, today).undated_scenarios
    *periods, last = ScenarioEvaluation(cache, scenarios, scenarios).timeline()
    if today is not None and last.collected.until is not None:
        last = replace(last, collected=DateRange(last.collected.first, today + DAY))
    return (*periods, last)


def strictest_periods(
    own: Sequence[VerdictPeriod], *others: Sequence[VerdictPeriod]
) -> tuple[VerdictPeriod, ...]:
    """Return the strictest of several timelines; `own` counts alone where an agreement decides it.

    Of equally strict ones the first counts. All are of the same days.
    """
    return _merge_periods(
        [own, *others],
        lambda here: here[0] if here[0].basis == AGREEMENT else max(here, key=_strictness),
    )


def strictest_of(*timelines: Sequence[VerdictPeriod]) -> tuple[VerdictPeriod, ...]:
    """Return the strictest of several timelines of the same days; of equal ones, the first."""
    return _merge_periods(timelines, lambda here: max(here, key=_strictness))


def _merge_periods(
    timelines: Sequence[Sequence[VerdictPeriod]],
    decisive: Callable[[Sequence[VerdictPeriod]], VerdictPeriod],
) -> tuple[VerdictPeriod, ...]:
    firsts = {each.collected.first for periods in timelines for each in periods}
    starts = sorted(firsts, key=lambda day: day or date.min)
    merged: list[tuple[DateRange, VerdictPeriod]] = []
    for first, until in zip(starts, [*starts[1:], timelines[0][-1].collected.until], strict=True):
        here = [_period_at(periods, first) for periods in timelines]
        merged.append((DateRange(first, until), decisive(here)))
    joined = _join_periods(merged, lambda each: (each.verdict, each.basis, each.terms))
    return tuple(replace(period, collected=span) for span, period in joined)


def _strictness(period: VerdictPeriod) -> int:
    return period.verdict.strictness


def _period_at(periods: Sequence[VerdictPeriod], first: date | None) -> VerdictPeriod:
    starts = [each.collected.first or date.min for each in periods]
    return periods[bisect_right(starts, first or date.min) - 1]


def evaluate(
    cache: StatementCache, item_date: date | None, today: date | None
) -> ScenarioEvaluation:
    """Evaluate content of one date in all its possible scenarios."""
    collected = cache.rules.circumstances.collected
    undated_scenarios = cache.scenarios(item_date, collection_days(item_date, None, today))
    if collected is None:
        return ScenarioEvaluation(cache, undated_scenarios, undated_scenarios)
    scenarios = cache.scenarios(item_date, collection_days(item_date, collected, today))
    too_early = is_collected_too_early(item_date, collected, today)
    return ScenarioEvaluation(cache, scenarios, undated_scenarios, too_early)
