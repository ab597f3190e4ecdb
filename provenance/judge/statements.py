"""What documents say of a purpose, and which of several statements stands."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from provenance.model import Agreement, Layer, Library, Purpose, Say, Terms, Verdict

NOT_VERIFIED = "not-verified"
"""Nobody has read the document."""
NOT_NAMED = "not-named"
"""The document was read, and does not speak of the purpose."""
NOT_BOUND = "not-bound"
"""The documents in force bind others."""
NO_TERMS = "no-terms"
"""No version that was in force is known."""
NO_RULE = "no-rule"
"""The rules do not know the source, or the licence."""
AGREEMENT = "agreement"
"""A contract permits it."""

OTHER_MODEL = "other-model"
"""The clause speaks of other models than the one asked about."""
NOT_SEEN = "not-seen"
"""The document was seen before the day that counts, and nobody knows whether it still held."""
UNMET = "condition-unmet"
"""The document allows it under a condition that is not met."""
YIELDS = "yields-to-licence"
"""The document leaves the last word to the licence of the content."""
STATUTE = "statute"
"""A law allows it, and the policy claims so."""

RESERVED_BASES = (
    *(NOT_VERIFIED, NOT_NAMED, NOT_BOUND, NO_TERMS, NO_RULE, AGREEMENT),
    *(OTHER_MODEL, NOT_SEEN, UNMET, YIELDS, STATUTE),
)
"""Bases that the judge gives by itself; `verdicts.yaml` says what they mean."""


Order = tuple[int, int, bool, date, str]
"""What sorts statements: the strictest, then the best founded, first."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A verdict, and what it rests on: a document, the lack of one, or a contract.

    Parameters
    ----------
    verdict, basis : Verdict, str
        What, and why.
    terms : Terms or None
        The document's version.
    agreement : Agreement or None
        The contract.
    lifted : Statement or None
        What would be said here, had nobody claimed a statutory exception.
    signalled : bool
        Whether it came with the content, as a signal for machines.
    """

    verdict: Verdict
    basis: str
    terms: Terms | None = None
    agreement: Agreement | None = None
    lifted: "Statement | None" = None
    signalled: bool = False


def statement_of(terms: Terms, purpose: Purpose) -> Statement:
    """Read what one version of a document says of a purpose."""
    if purpose in terms.uses or terms.basis == NOT_VERIFIED:
        return Statement(terms.verdict, terms.basis, terms)
    return Statement(Verdict.UNKNOWN, NOT_NAMED, terms)


class Scale:
    """Weighs statements against each other, as `verdicts.yaml` says.

    Parameters
    ----------
    library : Library
        Its order of verdicts and bases.
    """

    def __init__(self, library: Library) -> None:
        self._ranks = {verdict: rank for rank, verdict in enumerate(library.strictest_first)}
        self._weights = {basis.id: weight for weight, basis in enumerate(library.bases)}
        self._bases = {basis.id: basis for basis in library.bases}

    def say(self, statement: Statement) -> Say:
        """Return how much a statement counts beside others; on a basis without entry, fully."""
        say = self.say_of(statement.basis)
        return Say.SIGNAL if statement.signalled and say is Say.SPEAKS else say

    def say_of(self, basis: str) -> Say:
        """Return how much what rests on a basis counts, unless it came as a signal."""
        entry = self._bases.get(basis)
        return Say.SPEAKS if entry is None else entry.say

    def layer(self, basis: str) -> Layer:
        """Return what kind of right or duty a basis is; none, for one without entry."""
        entry = self._bases.get(basis)
        return Layer.NONE if entry is None else entry.layer

    def is_stricter(self, verdict: Verdict, other: Verdict) -> bool:
        """Whether one verdict is stricter than another."""
        return self._ranks[verdict] < self._ranks[other]

    def allows(self, other: Statement, stands: Statement) -> bool:
        """Whether another statement that speaks allows more than the one that stands."""
        return (
            self.say(other) is Say.SPEAKS
            and self._ranks[stands.verdict] < self._ranks[other.verdict]
        )

    def order(self, statement: Statement) -> Order:
        """Return a key that sorts the strictest, then the best founded, first."""
        weight = self._weights.get(statement.basis, len(self._weights))
        terms = statement.terms
        if terms is None:
            return self._ranks[statement.verdict], weight, False, date.min, ""
        verified = terms.confidence.startswith("verified")
        since = terms.period.first or date.min
        return self._ranks[statement.verdict], weight, not verified, since, terms.id

    def strictest(self, statements: Iterable[Statement]) -> Statement:
        """Return what stands where any of several circumstances may be the true one."""
        return min(statements, key=self.order)

    def combine(self, statements: Sequence[Statement]) -> Statement:
        """Return the statement that stands where all of them apply.

        Parameters
        ----------
        statements : sequence of Statement
            At least one.

        Returns
        -------
        Statement
            The strictest of those that speak. Silence counts only where nothing speaks, and a
            signal only where it makes the outcome stricter: neither can clear anything. Signals
            among themselves give their own word.
        """
        said = defaultdict[Say, list[Statement]](list)
        for statement in statements:
            said[self.say(statement)].append(statement)
        speaking, silent, signals = said[Say.SPEAKS], said[Say.SILENT], said[Say.SIGNAL]
        documents = [s for s in silent if not s.signalled]
        stands = self.strictest(speaking or documents or silent or signals)
        return self.strictest([stands, *signals]) if signals else stands
