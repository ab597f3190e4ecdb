"""Policies held against the rules: what they name has to be there."""

from collections.abc import Collection
from difflib import get_close_matches

from provenance.errors import PolicyError
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


def doubts(policy: Policy, library: Library) -> tuple[str, ...]:
    """Return in words what a policy names that the rules do not know; it may be meant so."""
    known = {source.id for source in library.sources} | {lic.id for lic in library.licences}
    named = {
        **{f"gate {gate}": gate.source for gate in policy.gates},
        **{f"agreement {signed.reference!r}": signed.source for signed in policy.agreements},
        **{f"waiver {waiver.id!r}": waiver.source for waiver in policy.waivers},
    }
    return tuple(
        f"{where}: the rules know no source {source!r}{_suggestion(source, sorted(known))}"
        for where, source in named.items()
        if source is not None and source not in known
    )


def _unknown(message: str, word: str, known: Collection[str]) -> PolicyError:
    near = get_close_matches(word, known, n=1)
    choice = f"did you mean {near[0]!r}?" if near else f"choose one of: {', '.join(known)}."
    return PolicyError(message, remedy=choice)


def _suggestion(word: str, known: Collection[str]) -> str:
    near = get_close_matches(word, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
