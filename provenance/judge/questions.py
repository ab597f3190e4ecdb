"""Open questions: which of them a ruling touches."""

from collections.abc import Iterable, Sequence

from provenance.model import OpenQuestion, Reason


class OpenQuestions:
    """What nobody has settled, looked up by what was heard.

    Parameters
    ----------
    questions : sequence of OpenQuestion
        All that the rules leave open.
    place : str or None
        The jurisdiction; questions about it are touched by every ruling.
    """

    def __init__(self, questions: Sequence[OpenQuestion], place: str | None) -> None:
        self._questions = questions
        here = None if place is None else place.casefold()
        self._here = frozenset(
            q.id for q in questions if here in {each.casefold() for each in q.jurisdictions}
        )
        self._touched: dict[tuple[str, str], frozenset[str]] = {}

    def about(self, reasons: Iterable[Reason]) -> tuple[OpenQuestion, ...]:
        """Return the questions that touch one of the reasons, or the place, in their order."""
        touched = self._here.union(*map(self._touched_by, reasons))
        return tuple(question for question in self._questions if question.id in touched)

    def _touched_by(self, reason: Reason) -> frozenset[str]:
        key = reason.terms.id, reason.basis
        touched = self._touched.get(key)
        if touched is None:
            touched = frozenset(q.id for q in self._questions if _touches(q, reason))
            self._touched[key] = touched
        return touched


def _touches(question: OpenQuestion, reason: Reason) -> bool:
    tags = {tag for condition in reason.terms.conditions for tag in condition.split(" or ")}
    return (
        bool({reason.basis, reason.terms.basis} & set(question.bases))
        or bool(tags & set(question.conditions))
        or any(f"{reason.terms.id}/".startswith(f"{each}/") for each in question.terms)
    )
