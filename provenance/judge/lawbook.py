"""The law book, ready to be asked: which documents bind at a moment, and what they say."""

from collections.abc import Sequence
from dataclasses import replace

from provenance.judge.licences import aliases, folded
from provenance.judge.matters import ELSEWHERE, Matter, Moment
from provenance.judge.statements import (
    NO_RULE,
    NO_TERMS,
    NOT_BOUND,
    NOT_SEEN,
    NOT_VERIFIED,
    OTHER_MODEL,
    STATUTE,
    UNMET,
    YIELDS,
    Scale,
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
    OpenQuestion,
    Precedence,
    Reason,
    Say,
    StatutoryException,
    Terms,
    Verdict,
)

NON_COMMERCIAL, NO_RESERVATION, RESERVED = "non-commercial", "no-reservation", "mining-reserved"
"""Conditions that the judge itself can hold against the circumstances."""
_EVERYBODY = frozenset({"any", Actor.RECIPIENT.value})
"""Whoever holds content has received it, in whatever role it was collected."""


class Lawbook:
    """A library, ready to be asked.

    Parameters
    ----------
    library : Library
        All rules.
    circumstances : Circumstances
        Purpose, actor, jurisdiction, commerce and claims choose what is heard.
    agreements : sequence of Agreement
        What has been signed.
    """

    def __init__(
        self, library: Library, circumstances: Circumstances, agreements: Sequence[Agreement]
    ) -> None:
        self.scale = Scale(library)
        self.circumstances = circumstances
        self._excused = frozenset(library.excused_actors)
        self._sources = {
            folded(name): source
            for source in library.sources
            for name in (*source.aliases, source.id)
        }
        self._licences = aliases(library.licences)
        self._signals = {signal.id: signal for signal in library.signals}
        self._questions = library.questions
        self._claimed = _claimed(library, circumstances)
        purpose = circumstances.purpose
        self._agreements = [signed for signed in agreements if purpose in signed.purposes]

    @property
    def roles(self) -> tuple[Actor, ...]:
        """Roles in which content may have been collected, where nobody says."""
        return tuple(actor for actor in Actor if actor not in self._excused)

    def matter(self, subject: str, declared: str | None, signals: Sequence[str] = ()) -> Matter:
        """Gather what may decide about a source's content, or about a licence or signal alone."""
        found = self._subject(subject, declared)
        given = tuple(t for each in signals for t in self._signalled(each))
        return replace(
            found,
            agreements=tuple(a for a in self._agreements if a.source in (subject, found.subject)),
            signals=given or found.signals,
            claimed=self._claimed,
        )

    def _subject(self, subject: str, declared: str | None) -> Matter:
        source, licence = self._sources.get(folded(subject)), self._licence(subject)
        signal = self._signals.get(subject)
        if source is not None:
            terms, unknown, name = self._declared(declared or source.content_licence)
            undocumented = bool(source.terms) or source.content_licence is None
            return Matter(
                source.id,
                source.name,
                known=True,
                platform=source.terms,
                licence=terms,
                undocumented=undocumented,
                unknown_licence=unknown,
                known_licence=name,
            )
        if licence is not None:
            return Matter(
                licence.id, licence.name, known=True, licence=licence.terms, undocumented=False
            )
        if signal is not None:
            return Matter(
                signal.id,
                signal.name,
                known=True,
                signals=signal.terms,
                undocumented=False,
                is_signal=True,
            )
        terms, unknown, name = self._declared(declared)
        return Matter(
            subject,
            subject,
            known=False,
            licence=terms,
            undocumented=False,
            unknown_licence=unknown,
            known_licence=name,
        )

    def hear(self, matter: Matter, moment: Moment, actor: Actor | None) -> list[Statement]:
        """Collect what every document that binds says at a moment; at least one.

        At least one is no signal, but where a signal is asked for its own word.
        """
        here = [t for t in matter.platform if moment.meets(t)]
        bound = [t for t in here if self._reaches(t, actor)]
        known = bound + [t for t in here if self._reaches(t, None)]
        lent = [t for t in matter.licence if self._reaches(t, actor) and moment.meets(t)]
        lending = [self._said(t, moment) for t in lent]
        licensed = matter.unknown_licence is None and any(
            self.scale.say(s) is Say.SPEAKS for s in lending
        )
        own = [_yielding(self._said(t, moment), licensed) for t in bound]
        own = self._as_seen(own, moment)
        signals = [t for t in matter.signals if moment.meets(t)]
        said = own + lending + [replace(self._said(t, moment), signalled=True) for t in signals]
        said = self._lifted(said, matter, moment, actor)
        if matter.is_signal:
            asking = [s for s in said if self.scale.say(s) is Say.SIGNAL]
            return asking or said or [Statement(Verdict.UNKNOWN, NOT_BOUND)]
        if not matter.known or matter.unknown_licence is not None:
            said.append(Statement(Verdict.UNKNOWN, NO_RULE))
        if matter.undocumented and all(self._is_signal(t) for t in known):
            said.append(Statement(Verdict.UNKNOWN, NO_TERMS))
        elif all(self.scale.say(s) is Say.SIGNAL for s in said):
            said.append(Statement(Verdict.UNKNOWN, NOT_BOUND))
        return said

    def questions(self, reasons: Sequence[Reason]) -> tuple[OpenQuestion, ...]:
        """Return the open questions that touch what was heard, or the place."""
        place = self.circumstances.jurisdiction
        return tuple(
            question
            for question in self._questions
            if place in question.jurisdictions or any(_touches(question, r) for r in reasons)
        )

    def _said(self, terms: Terms, moment: Moment) -> Statement:
        said = statement_of(terms, self.circumstances.purpose)
        if said.basis == NOT_VERIFIED:
            return said
        if not moment.speaks_to(terms):
            return Statement(Verdict.UNKNOWN, OTHER_MODEL, terms)
        layer = self.scale.layer(said.basis)
        # Limits of access stay a class of their own, whatever they turn on.
        if (
            self.circumstances.commercial
            and NON_COMMERCIAL in terms.conditions
            and layer in (Layer.COPYRIGHT, Layer.CONTRACT)
            and self.scale.is_stricter(Verdict.FORBIDDEN, said.verdict)
        ):
            return Statement(Verdict.FORBIDDEN, UNMET, terms)
        return said

    def _as_seen(self, said: list[Statement], moment: Moment) -> list[Statement]:
        """Doubt what was not seen to hold, unless another document that was seen speaks too."""
        speaking = [s for s in said if s.terms is not None and self.scale.say(s) is Say.SPEAKS]
        unseen = [s for s in speaking if s.terms is not None and not moment.has_seen(s.terms)]
        if len(unseen) < len(speaking):
            return said
        return [
            Statement(Verdict.UNKNOWN, NOT_SEEN, s.terms)
            if s in unseen and self.scale.is_stricter(Verdict.UNKNOWN, s.verdict)
            else s
            for s in said
        ]

    def _lifted(
        self, said: list[Statement], matter: Matter, moment: Moment, actor: Actor | None
    ) -> list[Statement]:
        reserved = any(s.terms is not None and RESERVED in s.terms.conditions for s in said)
        laws = [
            (claim, terms)
            for claim in matter.claimed
            for terms in claim.terms
            if self._covers(terms, moment, actor, reserved=reserved)
        ]
        return [self._set_aside(s, laws) for s in said]

    def _set_aside(
        self, said: Statement, laws: Sequence[tuple[StatutoryException, Terms]]
    ) -> Statement:
        """Put the laxest law that reaches a statement in its place; unknown stays unknown."""
        if said.terms is None or said.verdict is Verdict.UNKNOWN:
            return said
        layer = self.scale.layer(said.terms.basis)
        laxer = [
            Statement(terms.verdict, STATUTE, terms, lifted=said)
            for claim, terms in laws
            if layer in claim.lifts and self.scale.is_stricter(said.verdict, terms.verdict)
        ]
        return max(laxer, key=self.scale.order) if laxer else said

    def _covers(self, law: Terms, moment: Moment, actor: Actor | None, *, reserved: bool) -> bool:
        bound = set(law.binds)
        return (
            self.circumstances.purpose in law.uses
            and moment.place != ELSEWHERE
            and moment.meets(law)
            and ("any" in bound or (actor is not None and actor.value in bound))
            and not (reserved and NO_RESERVATION in law.conditions)
            and (NON_COMMERCIAL not in law.conditions or self.circumstances.commercial is False)
        )

    def _signalled(self, signal: str) -> tuple[Terms, ...]:
        """Return what a signal says, or one of its documents: "robots-txt/training-agents"."""
        known = self._signals.get(signal.partition("/")[0])
        every = () if known is None else known.terms
        return tuple(t for t in every if f"{t.id}/".startswith(f"{signal}/"))

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


def _yielding(said: Statement, licensed: bool) -> Statement:
    if licensed and said.terms is not None and said.terms.precedence is Precedence.LICENCE:
        return Statement(Verdict.UNKNOWN, YIELDS, said.terms)
    return said


def _claimed(library: Library, circumstances: Circumstances) -> tuple[StatutoryException, ...]:
    claims = circumstances.claims
    return tuple(exception for exception in library.exceptions if exception.id in claims)


def _touches(question: OpenQuestion, reason: Reason) -> bool:
    tags = {tag for condition in reason.terms.conditions for tag in condition.split(" or ")}
    return (
        bool({reason.basis, reason.terms.basis} & set(question.bases))
        or bool(tags & set(question.conditions))
        or any(f"{reason.terms.id}/".startswith(f"{each}/") for each in question.terms)
    )
