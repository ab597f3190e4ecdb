"""Policies held against the rules: what they name has to be there."""

from collections.abc import Collection
from difflib import get_close_matches

from provenance.errors import PolicyError, UnknownSource
from provenance.judge.matters import ELSEWHERE
from provenance.judge.names import Names
from provenance.model import Library, Policy


def check_known(policy: Policy, library: Library) -> None:
    """Make sure that the rules know every exception that is claimed, and the basis of every gate.

    Raises
    ------
    PolicyError
        If one is not known. It names the nearest that is.
    """
    exceptions = [exception.id for exception in library.exceptions]
    for claim in policy.circumstances.claims:
        if claim not in exceptions:
            raise _unknown(
                f"claims: the rules know no statutory exception {claim!r}", claim, exceptions
            )
    bases = [basis.id for basis in library.bases]
    for gate in policy.gates:
        if gate.basis is not None and gate.basis not in bases:
            raise _unknown(
                f"the gate {gate}: the rules know no basis {gate.basis!r}", gate.basis, bases
            )


def check_signals(signals: Collection[str], library: Library) -> None:
    """Make sure that the rules know every signal that content is said to have come with.

    Raises
    ------
    UnknownSource
        If one is not known: it would count for nothing, and nobody would see.
    """
    known = [signal.id for signal in library.signals]
    known += [
        "/".join(terms.id.split("/")[:2]) for signal in library.signals for terms in signal.terms
    ]
    for signal in signals:
        if signal not in known:
            near = get_close_matches(signal, known, n=1)
            raise UnknownSource(
                f"the rules know no signal {signal!r}",
                remedy=f"did you mean {near[0]!r}?"
                if near
                else "see `provenance rules list --kind signal`.",
            )


def doubts(policy: Policy, library: Library) -> tuple[str, ...]:
    """Return in words what a policy names that the rules do not know; it may be meant so."""
    names = Names(library)
    named = {
        **{f"gate {gate}": gate.source for gate in policy.gates},
        **{f"agreement {signed.reference!r}": signed.source for signed in policy.agreements},
        **{f"waiver {waiver.id!r}": waiver.source for waiver in policy.waivers},
    }
    unknown = tuple(
        f"{where}: {doubt}"
        for where, source in named.items()
        if source is not None and (doubt := names.doubt(source)) is not None
    )
    return (*unknown, *_strange_place(policy.circumstances.jurisdiction, library))


def _strange_place(asked: str | None, library: Library) -> tuple[str, ...]:
    """Doubt a jurisdiction that no document names: it may be meant, or be mistyped."""
    every = (
        *(terms for source in library.sources for terms in source.terms),
        *(terms for licence in library.licences for terms in licence.terms),
        *(terms for signal in library.signals for terms in signal.terms),
        *(terms for exception in library.exceptions for terms in exception.terms),
    )
    places = sorted({place for terms in every for place in terms.jurisdictions} - {ELSEWHERE})
    if asked is None or asked.casefold() in {place.casefold() for place in places}:
        return ()
    known = ", ".join(places)
    return (f"jurisdiction {asked!r}: no document names it; those named are {known}",)


def _unknown(message: str, word: str, known: Collection[str]) -> PolicyError:
    near = get_close_matches(word, known, n=1)
    choice = f"did you mean {near[0]!r}?" if near else f"choose one of: {', '.join(known)}."
    return PolicyError(message, remedy=choice)
