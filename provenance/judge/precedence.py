"""Statements of documents about a purpose, and the order of precedence between them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from provenance.model.rules.policy import Agreement
from provenance.model.rules.rule_library import Layer, Library, StatementKind
from provenance.model.rules.terms import Purpose, Terms, Verdict

NOT_VERIFIED = "not-verified"
"""The document has not been read."""
NOT_NAMED = "not-named"
"""The document was read and does not address the purpose."""
NOT_BOUND = "not-bound"
"""The documents in force bind only others."""
NO_TERMS = "no-terms"
"""No version in force is known."""
NOT_HERE = "not-here"
"""The documents in force apply in other places."""
NO_RULE = "no-rule"
"""There are no rules about the source or the licence."""
AGREEMENT = "agreement"
"""An agreement permits it."""
AGREEMENT_ENDED = "agreement-ended"
"""An agreement has ended, and asks for the deletion of what was collected in its term."""
AGREEMENT_UNCLEAR = "agreement-unclear"
"""It is not stated whether an agreement covers the use."""

OTHER_MODEL = "other-model"
"""The clause is about other kinds of models."""
OTHER_SUBJECT = "other-subject"
"""The statement is about something else than the content: its metadata, for instance."""
NOT_SIGNALLED = "not-signalled"
"""The statement is about content that carries a signal, which was not seen."""
NOT_SEEN = "not-seen"
"""It is not verified that the document was in force on the day that counts."""
UNMET = "condition-unmet"
"""The document permits it under a condition that is not met."""
YIELDS = "yields-to-licence"
"""The document gives precedence to the licence of the content."""
STATUTE = "statute"
"""A statutory exception that the policy claims permits it."""
RESERVED = "reserved"
"""The owner has reserved the use, and the exception that the policy claims respects that."""
QUOTED_WORK = "quoted-work"
"""The words are a quotation; the terms of the quoted work are not known."""

DEFAULT_COPYRIGHT = "default-copyright"
"""No licence is granted."""
NOT_LISTED = "licence-scope"
"""The document lists the uses that it allows, and this is none of them."""
UNDECLARED = "undeclared"
"""It is not stated under which licence the content is."""

RESERVED_BASES = (
    *(NOT_VERIFIED, NOT_NAMED, NOT_BOUND, NOT_HERE, NO_TERMS, NO_RULE, AGREEMENT),
    *(OTHER_MODEL, OTHER_SUBJECT, NOT_SIGNALLED, NOT_SEEN, UNMET, YIELDS, STATUTE),
    *(RESERVED, QUOTED_WORK, AGREEMENT_ENDED, AGREEMENT_UNCLEAR),
)
"""Bases that no document states; `verdicts.yaml` explains them."""
GRANTS = ("copyright-licence", "public-domain", "non-commercial")
"""Bases on which a document of a source may grant the rights of copyright itself."""
ITEM_LICENCE, MINING_RESERVED = "item-licence", "mining-reserved"
"""Conditions: each item has a licence of its own; mining is reserved."""
AUTHOR_SETTING = "author-setting"
"""Condition: each author decides; a signal with it is the author's, not the source's."""


Order = tuple[int, int, bool, date, str]
"""Sort key of statements: the strictest, then the best founded, first."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A verdict and its ground: a document, the lack of one, or an agreement.

    Parameters
    ----------
    verdict, basis : Verdict, str
        Verdict, and the basis it rests on.
    terms : Terms or None
        Version of the document.
    agreement : Agreement or None
        The agreement.
    lifted : Statement or None
        The statement without the claimed statutory exception.
    signalled : bool
        Whether it is a machine-readable signal that came with the content.
    defeated : Terms or None
        The claimed exception that does not apply because of what these terms reserve.
    of_licence : bool
        Whether it is what the licence of the content says: if that is silent, it grants nothing.
    """

    verdict: Verdict
    basis: str
    terms: Terms | None = None
    agreement: Agreement | None = None
    lifted: "Statement | None" = None
    signalled: bool = False
    defeated: Terms | None = None
    of_licence: bool = False


def statement_of(terms: Terms, purpose: Purpose) -> Statement:
    """Return what one version of a document states about a purpose."""
    if purpose in terms.uses or terms.basis == NOT_VERIFIED:
        return Statement(terms.verdict, terms.basis, terms)
    return Statement(Verdict.UNKNOWN, NOT_NAMED, terms)


class PrecedenceOrder:
    """Orders statements as `verdicts.yaml` defines.

    Parameters
    ----------
    library : Library
        Defines the order of verdicts and bases.
    """

    def __init__(self, library: Library) -> None:
        self._ranks = {verdict: rank for rank, verdict in enumerate(library.strictest_first)}
        self._weights = {basis.id: weight for weight, basis in enumerate(library.bases)}
        self._bases = {basis.id: basis for basis in library.bases}

    def kind_of(self, statement: Statement) -> StatementKind:
        """Return how a statement is combined with others; it speaks if its basis has no entry."""
        kind = self.kind_of_basis(statement.basis)
        if statement.of_licence and kind is StatementKind.SILENT:
            return StatementKind.SPEAKS
        return (
            StatementKind.SIGNAL if statement.signalled and kind is StatementKind.SPEAKS else kind
        )

    def kind_of_basis(self, basis: str) -> StatementKind:
        """Return how statements on a basis count, unless they are signals."""
        entry = self._bases.get(basis)
        return StatementKind.SPEAKS if entry is None else entry.say

    def layer(self, basis: str) -> Layer:
        """Return the kind of right or duty of a basis; `Layer.NONE` if it has no entry."""
        entry = self._bases.get(basis)
        return Layer.NONE if entry is None else entry.layer

    def is_stricter(self, verdict: Verdict, other: Verdict) -> bool:
        """Return whether one verdict is stricter than another."""
        return self._ranks[verdict] < self._ranks[other]

    def grants(self, statement: Statement, *, is_licence: bool = False) -> bool:
        """Return whether a statement grants the rights of copyright, if under conditions.

        The licence of the content does, whatever it says of training.
        """
        leaves_it_to_items = (
            statement.terms is not None and ITEM_LICENCE in statement.terms.conditions
        )
        return (
            (is_licence or statement.basis in GRANTS)
            and self.is_stricter(Verdict.UNKNOWN, statement.verdict)
            and not leaves_it_to_items
        )

    def allows(self, other: Statement, decisive: Statement) -> bool:
        """Return whether another statement that counts permits more than the decisive one."""
        return (
            self.kind_of(other) is StatementKind.SPEAKS
            and self._ranks[decisive.verdict] < self._ranks[other.verdict]
        )

    def order(self, statement: Statement) -> Order:
        """Return the sort key of a statement."""
        weight = self._weights.get(statement.basis, len(self._weights))
        terms = statement.terms
        if terms is None:
            return self._ranks[statement.verdict], weight, False, date.min, ""
        verified = terms.confidence.startswith("verified")
        since = terms.period.first or date.min
        return self._ranks[statement.verdict], weight, not verified, since, terms.id

    def strictest(self, statements: Iterable[Statement]) -> Statement:
        """Return the strictest statement, which decides if any of several scenarios may be true."""
        return min(statements, key=self.order)

    def combine(self, statements: Sequence[Statement]) -> Statement:
        """Return the decisive statement if all of them apply.

        Parameters
        ----------
        statements : sequence of Statement
            At least one.

        Returns
        -------
        Statement
            The strictest of those that speak. Silence counts only if nothing speaks, and a signal
            only if it makes the outcome stricter: neither can clear anything. If there are only
            signals, the strictest of them.
        """
        by_kind = defaultdict[StatementKind, list[Statement]](list)
        for statement in statements:
            by_kind[self.kind_of(statement)].append(statement)
        speaking, silent, signals = (
            by_kind[StatementKind.SPEAKS],
            by_kind[StatementKind.SILENT],
            by_kind[StatementKind.SIGNAL],
        )
        documents = [s for s in silent if not s.signalled]
        decisive = self.strictest(speaking or documents or silent or signals)
        return self.strictest([decisive, *signals]) if signals else decisive
