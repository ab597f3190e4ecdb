"""Index of the rules: the documents that bind in a scenario, and their statements."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from provenance.judge.agreements import statement_of_agreement
from provenance.judge.binding_terms import (
    ELSEWHERE,
    Assumptions,
    BindingTerms,
    Law,
    Places,
    Scenario,
    SubjectTerms,
)
from provenance.judge.identifiers import aliases, expression_name, fold_name
from provenance.judge.licence_expressions import Expression
from provenance.judge.precedence import (
    AUTHOR_SETTING,
    DEFAULT_COPYRIGHT,
    ITEM_LICENCE,
    MINING_RESERVED,
    NO_RULE,
    NO_TERMS,
    NOT_BOUND,
    NOT_HERE,
    NOT_LISTED,
    NOT_SEEN,
    NOT_SIGNALLED,
    NOT_VERIFIED,
    OTHER_MODEL,
    OTHER_SUBJECT,
    RESERVED,
    STATUTE,
    UNDECLARED,
    UNMET,
    YIELDS,
    PrecedenceOrder,
    Statement,
    statement_of,
)
from provenance.model.rules.policy import Agreement
from provenance.model.rules.rule_library import (
    Layer,
    Library,
    Licence,
    StatementKind,
    StatutoryException,
)
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import (
    Actor,
    Precedence,
    Purpose,
    SubjectMatter,
    Terms,
    Verdict,
)

NON_COMMERCIAL, NO_RESERVATION, EXCEPTION = "non-commercial", "no-reservation", "exception"
RESEARCH_ONLY = "research-only"
"""Conditions that are checked against the circumstances."""
_LAYERS_OF_OWNERS = (Layer.COPYRIGHT, Layer.CONTRACT, Layer.ACCESS)
"""What owners may allow under conditions; signals and laws are another thing."""
_MET_BY_AGREEMENT = frozenset({"consent", "contract"})
"""Conditions that only an agreement meets, which a policy states."""
_ALL_ROLES = frozenset({"any", Actor.RECIPIENT.value})
"""Roles that include every actor: whoever has the content is a recipient, too."""


class RuleIndex:
    """An index of all rules, for given circumstances.

    Parameters
    ----------
    library : Library
        All rules.
    circumstances : Circumstances
        Purpose, actor, jurisdiction, commerce and claims.
    agreements : sequence of Agreement
        Signed agreements.
    today : date or None
        The day of the use.
    """

    def __init__(
        self,
        library: Library,
        circumstances: Circumstances,
        agreements: Sequence[Agreement],
        today: date | None = None,
    ) -> None:
        self.today = today
        self.precedence = PrecedenceOrder(library)
        self.places = Places(library)
        self.conditions = {each.id: each.meaning for each in library.conditions}
        self.circumstances = circumstances
        self._excused = frozenset(library.excused_actors)
        # Roles in which content may have been collected, if the role is unknown.
        self.roles = tuple(actor for actor in Actor if actor not in self._excused)
        self.parties = self._possible_parties(circumstances.actor)
        self._sources = {
            fold_name(name): source
            for source in library.sources
            for name in (*source.aliases, source.id)
        }
        self._licences = aliases(library.licences)
        self._signals = {signal.id: signal for signal in library.signals}
        self._claimed = _claimed_exceptions(library, circumstances)
        purpose = circumstances.purpose
        signed = [each for each in agreements if purpose in each.purposes]
        self._agreements = [(self._canonical_id(each.source), each) for each in signed]

    def _possible_parties(self, actor: Actor | None) -> tuple[frozenset[Actor], ...]:
        """Return the roles of every party that may have collected content."""
        if actor is None:
            return tuple(frozenset({role}) for role in self.roles)
        # What an organisation is does not show in which role it collected.
        return (frozenset({actor, *(self.roles if actor in self._excused else ())}),)

    def parts(self, subject: str) -> tuple[str, tuple[str, ...]]:
        """Return the name of a corpus, and what it is made of; nothing for other subjects."""
        source = self._sources.get(fold_name(subject))
        return (subject, ()) if source is None else (source.name, source.parts + source.other_parts)

    def is_subject(self, name: str) -> bool:
        """Return whether there is a source, a licence or a signal of a name."""
        return fold_name(name) in self._sources or name in self._signals or self.is_licence(name)

    def is_licence(self, name: str) -> bool:
        """Return whether there is a licence of a name, in any spelling."""
        return self._licence(name) is not None

    def expression_name(self, expression: Expression) -> str:
        """Return what stands for an expression of licences, however it is spelt."""
        return expression_name(expression, self._licences)

    def subject_terms(
        self, subject: str, declared: str | None, signals: Sequence[str] = ()
    ) -> SubjectTerms:
        """Return the terms that may apply to a source's content, a licence or a signal."""
        terms = self._subject(subject, declared)
        signal_terms = tuple(t for each in signals for t in self._signal_terms(each))
        return replace(
            terms,
            agreements=tuple(each for name, each in self._agreements if name == terms.subject),
            signals=signal_terms or terms.signals,
            claimed=self._claimed,
        )

    def _canonical_id(self, name: str) -> str:
        entry = self._sources.get(fold_name(name)) or self._licence(name)
        return name if entry is None else entry.id

    def _subject(self, subject: str, declared: str | None) -> SubjectTerms:
        source, licence = self._sources.get(fold_name(subject)), self._licence(subject)
        is_declared = source is not None and declared is not None and bool(declared.strip())
        signal = self._signals.get(subject)
        licence_terms: tuple[Terms, ...] = ()
        if source is not None:
            undocumented = bool(source.terms) or source.content_licence is None
            subject_terms = SubjectTerms(
                source.id,
                source.name,
                is_known=True,
                platform=source.terms,
                undocumented=undocumented,
            )
            declared = declared or source.content_licence
        elif licence is not None:
            subject_terms = SubjectTerms(
                licence.id, licence.name, is_known=True, undocumented=False
            )
            licence_terms = licence.terms
        elif signal is not None:
            return SubjectTerms(
                signal.id,
                signal.name,
                is_known=True,
                signals=signal.terms,
                undocumented=False,
                is_signal=True,
            )
        else:
            subject_terms = SubjectTerms(subject, subject, is_known=False, undocumented=False)
        terms, unknown, name = self._declared_licence(declared)
        combined = terms if licence_terms is terms else (*licence_terms, *terms)
        return replace(
            subject_terms,
            licence=combined,
            unknown_licence=unknown,
            known_licence=name,
            is_declared=is_declared,
        )

    def binding_terms(self, subject_terms: SubjectTerms, assumptions: Assumptions) -> BindingTerms:
        """Return the terms that bind under some assumptions, in any scenario."""
        roles = assumptions.roles
        binding = [t for t in subject_terms.platform if _binds(t, roles)]
        others = [t for t in subject_terms.platform if not self._excused.issuperset(t.binds)]
        claimed = subject_terms.claimed if assumptions.claims else ()
        return BindingTerms(
            subject_terms,
            platform=tuple(binding),
            licence=tuple(t for t in subject_terms.licence if _binds(t, roles)),
            documents=tuple(
                t
                for t in (*binding, *others)
                if self.precedence.kind_of_basis(t.basis) is not StatementKind.SIGNAL
            ),
            before_first_seen=subject_terms.before_first_seen(),
            laws=tuple(
                (c, t) for c in claimed for t in c.terms if self._is_applicable(t, assumptions)
            ),
            agreements=subject_terms.agreements if assumptions.agreements else (),
            commercial=assumptions.commercial,
        )

    def statements(self, binding: BindingTerms, scenario: Scenario) -> list[Statement]:
        """Return the statements of all documents that bind in a scenario; at least one.

        At least one is not a signal, unless the subject is itself a signal.
        """
        subject_terms = binding.subject_terms
        commercial = binding.commercial
        carried = frozenset(t.subject for t in subject_terms.signals)
        licence = self._licence_statements(binding, scenario, carried)
        is_licensed = subject_terms.unknown_licence is None and any(
            self.precedence.kind_of(s) is StatementKind.SPEAKS
            and self.precedence.is_stricter(Verdict.UNKNOWN, s.verdict)
            for s in licence
        )
        platform = [
            self._platform_statement(t, binding, scenario, is_licensed=is_licensed)
            for t in binding.platform
            if scenario.in_force(t) and not _is_too_early(t, binding, scenario)
        ]
        platform = self._mark_unverified(platform, scenario)
        signals = [t for t in subject_terms.signals if scenario.in_force(t)]
        signalled = [
            replace(self._statement(t, scenario, carried, commercial=commercial), signalled=True)
            for t in signals
        ]
        statements = platform + licence + signalled
        if subject_terms.is_signal:
            signals_alone = [
                s for s in statements if self.precedence.kind_of(s) is StatementKind.SIGNAL
            ]
            own = signals_alone or statements or [Statement(Verdict.UNKNOWN, NOT_BOUND)]
            return self._apply_laws(own, binding, scenario)
        if not subject_terms.is_known or subject_terms.unknown_licence is not None:
            statements.append(Statement(Verdict.UNKNOWN, NO_RULE))
        if subject_terms.licence and not licence:
            earliest = min(subject_terms.licence, key=lambda t: (t.period.first or date.min, t.id))
            statements.append(Statement(Verdict.UNKNOWN, NO_TERMS, earliest))
        early = [
            t
            for t in binding.platform
            if _is_too_early(t, binding, scenario)
            and self.precedence.kind_of_basis(t.basis) is not StatementKind.SIGNAL
        ]
        if subject_terms.undocumented and not any(
            scenario.in_force(t) and not _is_too_early(t, binding, scenario)
            for t in binding.documents
        ):
            unseen = [
                Statement(Verdict.UNKNOWN, NOT_SEEN, t)
                for t in early
                if t.subject_matter is SubjectMatter.CONTENT
            ]
            is_elsewhere = any(
                scenario.in_force_somewhere(t) and not scenario.in_force(t)
                for t in binding.documents
            )
            absence = NOT_HERE if is_elsewhere else NO_TERMS
            statements += unseen or [Statement(Verdict.UNKNOWN, absence)]
        elif all(
            s.signalled or self.precedence.kind_of(s) is StatementKind.SIGNAL for s in statements
        ):
            statements.append(Statement(Verdict.UNKNOWN, NOT_BOUND))
        known = self.precedence.combine(statements).verdict
        statements += [
            perhaps
            for t in early
            for s in [self._platform_statement(t, binding, scenario, is_licensed=is_licensed)]
            for perhaps in [self._perhaps(s)]
            # Whether the document existed matters if it would change the verdict.
            if self.precedence.kind_of(s) is StatementKind.SPEAKS
            and self.precedence.is_stricter(perhaps.verdict, known)
        ]
        return self._apply_laws(statements, binding, scenario)

    def statement_of_agreement(self, agreement: Agreement, scenario: Scenario) -> Statement | None:
        """Return what an agreement says in a scenario; None if it does not cover it."""
        return statement_of_agreement(agreement, scenario, self.circumstances, self.today)

    def statements_of_authors(
        self, binding: BindingTerms, statements: Sequence[Statement]
    ) -> list[Statement]:
        """Return what authors state by the licence that the content declares, and by signals.

        An agreement with a source sets its terms aside, not what authors have stated. Where they
        reserve all rights, it is the consent that they ask for if the source may give it.
        """
        signals = [
            s
            for s in statements
            if s.signalled and s.terms is not None and AUTHOR_SETTING in s.terms.conditions
        ]
        if not binding.subject_terms.is_declared:
            return signals
        licence = {terms.id for terms in binding.licence}
        return signals + [
            replace(s, verdict=Verdict.RESTRICTED) if s.basis == DEFAULT_COPYRIGHT else s
            for s in statements
            if self.precedence.kind_of(s) is StatementKind.SPEAKS
            and (
                any(each.terms.id in licence for each in (s, s.lifted) if each and each.terms)
                or (s.basis == NO_RULE and binding.subject_terms.unknown_licence is not None)
            )
        ]

    def _statement(
        self, terms: Terms, scenario: Scenario, signals: frozenset[str], *, commercial: bool
    ) -> Statement:
        statement = statement_of(terms, self.circumstances.purpose)
        if statement.basis == NOT_VERIFIED:
            return statement
        if terms.subject_matter is not SubjectMatter.CONTENT:
            return Statement(Verdict.UNKNOWN, OTHER_SUBJECT, terms)
        if not scenario.covers_model(terms):
            return Statement(Verdict.UNKNOWN, OTHER_MODEL, terms)
        if terms.where_signal is not None and terms.where_signal not in signals:
            return Statement(Verdict.UNKNOWN, NOT_SIGNALLED, terms)
        unmet = self._unmet(terms, commercial=commercial)
        if (
            unmet is not None
            and self.precedence.layer(statement.basis) in _LAYERS_OF_OWNERS
            and self.precedence.is_stricter(unmet.verdict, statement.verdict)
        ):
            return unmet
        return statement

    def _unmet(self, terms: Terms, *, commercial: bool) -> Statement | None:
        """Return what terms say of a use that does not meet their conditions; None if it does."""
        if not commercial:
            return None
        if any(map(_bars_commerce, terms.conditions)):
            return Statement(Verdict.FORBIDDEN, UNMET, terms)
        if (
            RESEARCH_ONLY in terms.conditions
            and self.circumstances.purpose is not Purpose.RESEARCH_TDM
        ):
            return Statement(Verdict.UNKNOWN, NOT_LISTED, terms)
        return None

    def _platform_statement(
        self, terms: Terms, binding: BindingTerms, scenario: Scenario, *, is_licensed: bool
    ) -> Statement:
        """Return what a document of the source says beside the licence of the content, if any."""
        carried = frozenset(t.subject for t in binding.subject_terms.signals)
        statement = self._statement(terms, scenario, carried, commercial=binding.commercial)
        if is_licensed and terms.precedence is Precedence.LICENCE:
            return Statement(Verdict.UNKNOWN, YIELDS, terms)
        if (
            ITEM_LICENCE in terms.conditions
            and not binding.subject_terms.is_licensed
            and self.precedence.is_stricter(Verdict.UNKNOWN, statement.verdict)
        ):
            return Statement(Verdict.UNKNOWN, UNDECLARED, terms)
        return statement

    def _licence_statements(
        self, binding: BindingTerms, scenario: Scenario, signals: frozenset[str]
    ) -> list[Statement]:
        """Return what the licence of the content says; if it is silent, it grants nothing."""
        statements = [
            self._statement(t, scenario, signals, commercial=binding.commercial)
            for t in binding.licence
            if scenario.in_force(t)
        ]
        is_silent = not any(self.precedence.kind_of(s) is StatementKind.SPEAKS for s in statements)
        return [replace(s, of_licence=True) for s in statements] if is_silent else statements

    def _perhaps(self, statement: Statement) -> Statement:
        """Return what follows from a document that may not have existed: at worst, what it says."""
        verdict = statement.verdict
        is_stricter = self.precedence.is_stricter(verdict, Verdict.UNKNOWN)
        verdict = Verdict.UNKNOWN if is_stricter else verdict
        return replace(statement, verdict=verdict, basis=NOT_SEEN)

    def _mark_unverified(self, statements: list[Statement], scenario: Scenario) -> list[Statement]:
        """Replace what is allowed, but not verified to be in force, by unknown.

        Not if another document that was seen allows the use, too.
        """
        speaking = [s for s in statements if self.precedence.kind_of(s) is StatementKind.SPEAKS]
        unverified = [
            s for s in speaking if s.terms is not None and not scenario.is_verified(s.terms)
        ]
        if any(
            s not in unverified and self.precedence.is_stricter(Verdict.UNKNOWN, s.verdict)
            for s in speaking
        ):
            return statements
        return [
            Statement(Verdict.UNKNOWN, NOT_SEEN, s.terms)
            if s in unverified and self.precedence.is_stricter(Verdict.UNKNOWN, s.verdict)
            else s
            for s in statements
        ]

    def _apply_laws(
        self, statements: list[Statement], binding: BindingTerms, scenario: Scenario
    ) -> list[Statement]:
        """Lift what claimed laws lift; forbid what is reserved, unless a licence grants it."""
        laws = [
            (claim, terms)
            for claim, terms in binding.laws
            if scenario.place != ELSEWHERE and scenario.in_force(terms)
        ]
        if not laws:
            return statements
        reservations = self._reservations(binding, scenario)
        is_reserved = any(s.basis == RESERVED for s in reservations)
        covering = [law for law in laws if not (is_reserved and _respects_reservations(law))]
        lifted = [self._lift(s, covering) for s in statements]
        if not all(map(_respects_reservations, covering)) or any(
            self.precedence.grants(s, is_licence=s.terms in binding.licence) for s in statements
        ):
            return lifted
        _, law = laws[0]
        return lifted + [replace(s, defeated=law) for s in reservations]

    def _reservations(self, binding: BindingTerms, scenario: Scenario) -> list[Statement]:
        """Return what reserves the use: signals, and documents whomever they bind.

        A reservation is a declaration of the owner, not a contract. If it is not known whether a
        document was in force, it is not known whether the use is reserved.
        """
        subject_terms = binding.subject_terms
        carried = frozenset(t.subject for t in subject_terms.signals)
        return [
            Statement(Verdict.UNKNOWN, NOT_SEEN, t)
            if is_early or not scenario.is_verified(t)
            else Statement(Verdict.FORBIDDEN, RESERVED, t)
            for t in (*subject_terms.signals, *subject_terms.platform)
            for is_early in [_is_too_early(t, binding, scenario)]
            if MINING_RESERVED in t.conditions
            and self.circumstances.purpose in t.uses
            and t.subject_matter is SubjectMatter.CONTENT
            and (is_early or scenario.in_force(t))
            and scenario.covers_model(t)
            and (t.where_signal is None or t.where_signal in carried)
        ]

    def _lift(self, statement: Statement, laws: Sequence[Law]) -> Statement:
        """Replace a statement by the laxest claimed law that lifts it, unless it is unknown.

        A law lifts what is stricter, and what asks for an exception.
        """
        if statement.terms is None or statement.verdict is Verdict.UNKNOWN:
            return statement
        asks_for_it = any(EXCEPTION in each.split(" or ") for each in statement.terms.conditions)
        layer = self.precedence.layer(statement.terms.basis)
        laxer = [
            Statement(terms.verdict, STATUTE, terms, lifted=statement)
            for claim, terms in laws
            if layer in claim.lifts
            and (
                self.precedence.is_stricter(statement.verdict, terms.verdict)
                or (asks_for_it and statement.verdict is terms.verdict)
            )
        ]
        return max(laxer, key=self.precedence.order) if laxer else statement

    def _is_applicable(self, law: Terms, assumptions: Assumptions) -> bool:
        """Return whether a law is for the purpose and one of the roles."""
        return (
            self.circumstances.purpose in law.uses
            and ("any" in law.binds or not assumptions.roles.isdisjoint(law.binds))
            and (NON_COMMERCIAL not in law.conditions or not assumptions.commercial)
        )

    def _signal_terms(self, signal: str) -> tuple[Terms, ...]:
        """Return the documents of a signal, or one of them: "robots-txt/training-agents"."""
        entry = self._signals.get(signal.partition("/")[0])
        all_terms = () if entry is None else entry.terms
        return tuple(t for t in all_terms if f"{t.id}/".startswith(f"{signal}/"))

    def _licence(self, declared: str) -> Licence | None:
        return self._licences.get(fold_name(declared))

    def _declared_licence(
        self, declared: str | None
    ) -> tuple[tuple[Terms, ...], str | None, str | None]:
        """Return a licence's terms, its declared name if unknown, and its name if known."""
        if declared is None or not declared.strip():
            return (), None, None
        licence = self._licence(declared)
        if licence is None:
            return (), declared.strip(), None
        return licence.terms, None, licence.name


def _is_too_early(terms: Terms, binding: BindingTerms, scenario: Scenario) -> bool:
    """Return whether it is not known that the document existed."""
    span = binding.before_first_seen.get(terms.id)
    return span is not None and scenario.overlaps(span, terms)


def _bars_commerce(condition: str) -> bool:
    """Return whether a commercial use meets a condition by an agreement alone, if at all."""
    tags = frozenset(condition.split(" or "))
    return NON_COMMERCIAL in tags and tags <= {NON_COMMERCIAL, *_MET_BY_AGREEMENT}


def _respects_reservations(law: Law) -> bool:
    _, terms = law
    return NO_RESERVATION in terms.conditions


def _binds(terms: Terms, roles: frozenset[Actor]) -> bool:
    return not roles.isdisjoint(terms.binds) or not _ALL_ROLES.isdisjoint(terms.binds)


def _claimed_exceptions(
    library: Library, circumstances: Circumstances
) -> tuple[StatutoryException, ...]:
    claims = circumstances.claims
    return tuple(exception for exception in library.exceptions if exception.id in claims)
