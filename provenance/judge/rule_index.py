"""The rules, indexed: which documents bind in a scenario, and what they state."""

from collections.abc import Sequence
from dataclasses import replace

from provenance.judge.binding_terms import (
    ELSEWHERE,
    Assumptions,
    BindingTerms,
    Law,
    Scenario,
    SubjectTerms,
)
from provenance.judge.identifiers import aliases, folded
from provenance.judge.precedence import (
    NO_RULE,
    NO_TERMS,
    NOT_BOUND,
    NOT_SEEN,
    NOT_VERIFIED,
    OTHER_MODEL,
    STATUTE,
    UNMET,
    YIELDS,
    PrecedenceOrder,
    Statement,
    statement_of,
)
from provenance.model import (
    Actor,
    Agreement,
    Circumstances,
    Layer,
    Library,
    Licence,
    Precedence,
    StatementKind,
    StatutoryException,
    Terms,
    Verdict,
)

NON_COMMERCIAL, NO_RESERVATION, RESERVED = "non-commercial", "no-reservation", "mining-reserved"
"""Conditions that are checked against the circumstances."""
_EVERYBODY = frozenset({"any", Actor.RECIPIENT.value})
"""Whoever holds content is a recipient, in whatever role it was collected."""


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
    """

    def __init__(
        self, library: Library, circumstances: Circumstances, agreements: Sequence[Agreement]
    ) -> None:
        self.precedence = PrecedenceOrder(library)
        self.circumstances = circumstances
        self._excused = frozenset(library.excused_actors)
        # Roles in which content may have been collected, if the role is unknown.
        self.roles = tuple(actor for actor in Actor if actor not in self._excused)
        self._sources = {
            folded(name): source
            for source in library.sources
            for name in (*source.aliases, source.id)
        }
        self._licences = aliases(library.licences)
        self._signals = {signal.id: signal for signal in library.signals}
        self._claimed = _claimed(library, circumstances)
        purpose = circumstances.purpose
        signed = [each for each in agreements if purpose in each.purposes]
        self._agreements = [(self._called(each.source), each) for each in signed]

    def subject_terms(
        self, subject: str, declared: str | None, signals: Sequence[str] = ()
    ) -> SubjectTerms:
        """Return the terms that may apply to a source's content, a licence or a signal."""
        found = self._subject(subject, declared)
        given = tuple(t for each in signals for t in self._signalled(each))
        return replace(
            found,
            agreements=tuple(each for name, each in self._agreements if name == found.subject),
            signals=given or found.signals,
            claimed=self._claimed,
        )

    def _called(self, name: str) -> str:
        known = self._sources.get(folded(name)) or self._licence(name)
        return name if known is None else known.id

    def _subject(self, subject: str, declared: str | None) -> SubjectTerms:
        source, licence = self._sources.get(folded(subject)), self._licence(subject)
        signal = self._signals.get(subject)
        own: tuple[Terms, ...] = ()
        if source is not None:
            undocumented = bool(source.terms) or source.content_licence is None
            found = SubjectTerms(
                source.id, source.name, known=True, platform=source.terms, undocumented=undocumented
            )
            declared = declared or source.content_licence
        elif licence is not None:
            found = SubjectTerms(licence.id, licence.name, known=True, undocumented=False)
            own = licence.terms
        elif signal is not None:
            return SubjectTerms(
                signal.id,
                signal.name,
                known=True,
                signals=signal.terms,
                undocumented=False,
                is_signal=True,
            )
        else:
            found = SubjectTerms(subject, subject, known=False, undocumented=False)
        terms, unknown, name = self._declared(declared)
        lent = terms if own is terms else (*own, *terms)
        return replace(found, licence=lent, unknown_licence=unknown, known_licence=name)

    def binding_terms(self, subject_terms: SubjectTerms, assumptions: Assumptions) -> BindingTerms:
        """Return the terms that bind under some assumptions, in any scenario."""
        reached = [t for t in subject_terms.platform if self._reaches(t, assumptions.actor)]
        others = [t for t in subject_terms.platform if self._reaches(t, None)]
        claimed = subject_terms.claimed if assumptions.claims else ()
        return BindingTerms(
            subject_terms,
            platform=tuple(reached),
            licence=tuple(t for t in subject_terms.licence if self._reaches(t, assumptions.actor)),
            documents=tuple(
                t
                for t in (*reached, *others)
                if self.precedence.kind_of_basis(t.basis) is not StatementKind.SIGNAL
            ),
            laws=tuple(
                (c, t) for c in claimed for t in c.terms if self._serves(t, assumptions.actor)
            ),
            agreements=subject_terms.agreements if assumptions.agreements else (),
        )

    def statements(self, bound: BindingTerms, scenario: Scenario) -> list[Statement]:
        """Return the statements of all documents that bind in a scenario; at least one.

        At least one is not a signal, unless the subject is itself a signal.
        """
        subject_terms = bound.subject_terms
        lending = [self._said(t, scenario) for t in bound.licence if scenario.meets(t)]
        licensed = subject_terms.unknown_licence is None and any(
            self.precedence.kind_of(s) is StatementKind.SPEAKS for s in lending
        )
        own = [
            _yielding(self._said(t, scenario), licensed)
            for t in bound.platform
            if scenario.meets(t)
        ]
        own = self._as_seen(own, scenario)
        signals = [t for t in subject_terms.signals if scenario.meets(t)]
        said = own + lending + [replace(self._said(t, scenario), signalled=True) for t in signals]
        said = self._lifted(said, bound.laws, scenario)
        if subject_terms.is_signal:
            asking = [s for s in said if self.precedence.kind_of(s) is StatementKind.SIGNAL]
            return asking or said or [Statement(Verdict.UNKNOWN, NOT_BOUND)]
        if not subject_terms.known or subject_terms.unknown_licence is not None:
            said.append(Statement(Verdict.UNKNOWN, NO_RULE))
        if subject_terms.undocumented and not any(scenario.meets(t) for t in bound.documents):
            said.append(Statement(Verdict.UNKNOWN, NO_TERMS))
        elif all(self.precedence.kind_of(s) is StatementKind.SIGNAL for s in said):
            said.append(Statement(Verdict.UNKNOWN, NOT_BOUND))
        return said

    def _said(self, terms: Terms, scenario: Scenario) -> Statement:
        said = statement_of(terms, self.circumstances.purpose)
        if said.basis == NOT_VERIFIED:
            return said
        if not scenario.speaks_to(terms):
            return Statement(Verdict.UNKNOWN, OTHER_MODEL, terms)
        # Limits of access stay a class of their own, whatever their conditions.
        if (
            self.circumstances.commercial
            and NON_COMMERCIAL in terms.conditions
            and self.precedence.layer(said.basis) in (Layer.COPYRIGHT, Layer.CONTRACT)
            and self.precedence.is_stricter(Verdict.FORBIDDEN, said.verdict)
        ):
            return Statement(Verdict.FORBIDDEN, UNMET, terms)
        return said

    def _as_seen(self, said: list[Statement], scenario: Scenario) -> list[Statement]:
        """Turn what was not seen in force into unknown, unless a seen document speaks too."""
        speaking = [s for s in said if self.precedence.kind_of(s) is StatementKind.SPEAKS]
        unseen = [s for s in speaking if s.terms is not None and not scenario.has_seen(s.terms)]
        if not unseen or len(unseen) < len(speaking):
            return said
        return [
            Statement(Verdict.UNKNOWN, NOT_SEEN, s.terms)
            if s in unseen and self.precedence.is_stricter(Verdict.UNKNOWN, s.verdict)
            else s
            for s in said
        ]

    def _lifted(
        self, said: list[Statement], laws: Sequence[Law], scenario: Scenario
    ) -> list[Statement]:
        if not laws:
            return said
        reserved = any(s.terms is not None and RESERVED in s.terms.conditions for s in said)
        covering = [
            (claim, terms)
            for claim, terms in laws
            if scenario.place != ELSEWHERE
            and scenario.meets(terms)
            and not (reserved and NO_RESERVATION in terms.conditions)
        ]
        return [self._set_aside(s, covering) for s in said]

    def _set_aside(self, said: Statement, laws: Sequence[Law]) -> Statement:
        """Replace a statement by the laxest claimed law that lifts it; unknown stays unknown."""
        if said.terms is None or said.verdict is Verdict.UNKNOWN:
            return said
        layer = self.precedence.layer(said.terms.basis)
        laxer = [
            Statement(terms.verdict, STATUTE, terms, lifted=said)
            for claim, terms in laws
            if layer in claim.lifts and self.precedence.is_stricter(said.verdict, terms.verdict)
        ]
        return max(laxer, key=self.precedence.order) if laxer else said

    def _serves(self, law: Terms, actor: Actor | None) -> bool:
        """Return whether a law is for the purpose and the role, if one is stated."""
        return (
            self.circumstances.purpose in law.uses
            and ("any" in law.binds or actor in law.binds)
            and (NON_COMMERCIAL not in law.conditions or self.circumstances.commercial is False)
        )

    def _signalled(self, signal: str) -> tuple[Terms, ...]:
        """Return the documents of a signal, or one of them: "robots-txt/training-agents"."""
        known = self._signals.get(signal.partition("/")[0])
        every = () if known is None else known.terms
        return tuple(t for t in every if f"{t.id}/".startswith(f"{signal}/"))

    def _licence(self, declared: str) -> Licence | None:
        return self._licences.get(folded(declared))

    def _declared(self, declared: str | None) -> tuple[tuple[Terms, ...], str | None, str | None]:
        """Return a licence's terms, its declared name if unknown, and its name if known."""
        if declared is None or not declared.strip():
            return (), None, None
        licence = self._licence(declared)
        if licence is None:
            return (), declared.strip(), None
        return licence.terms, None, licence.name

    def _reaches(self, terms: Terms, actor: Actor | None) -> bool:
        named = actor in terms.binds
        if actor is None or actor in self._excused:
            # Who one is does not say how content was collected: every role stays possible.
            return named or not self._excused.issuperset(terms.binds)
        return named or not _EVERYBODY.isdisjoint(terms.binds)


def _yielding(said: Statement, licensed: bool) -> Statement:
    if licensed and said.terms is not None and said.terms.precedence is Precedence.LICENCE:
        return Statement(Verdict.UNKNOWN, YIELDS, said.terms)
    return said


def _claimed(library: Library, circumstances: Circumstances) -> tuple[StatutoryException, ...]:
    claims = circumstances.claims
    return tuple(exception for exception in library.exceptions if exception.id in claims)
