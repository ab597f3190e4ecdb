"""Rulings on content under several licences: one of them is enough, or all apply."""

from collections.abc import Mapping
from dataclasses import replace

from provenance.judge.licence_expressions import ALL, CHOICE, LIST, Expression
from provenance.judge.scenarios import strictest_of
from provenance.model.rules.rulings import Alternative, Ruling


def combine(
    expression: Expression, rulings: Mapping[Expression, Ruling], stated: str
) -> tuple[Expression, Ruling]:
    """Return the licence that decides, the first of several, and the ruling under all of them.

    Of a choice, the least strict alternative counts; of what applies together, or may do so, the
    strictest. So an unknown alternative beside a forbidden one is unknown, and so is a permitted
    part beside an unknown one.

    Parameters
    ----------
    expression : Expression
        The licences and how they are joined.
    rulings : mapping of Expression to Ruling
        The ruling under each licence alone.
    stated : str
        The expression as it was declared.
    """
    decisive, ruling = _decide(expression, rulings)
    licences = tuple(dict.fromkeys(expression.licences()))
    alternatives = [
        Alternative(f"under {each.stated}", made.verdict, made.basis, made.terms)
        for each in licences
        for made in [rulings[each]]
    ]
    reasons = {reason.terms.id: reason for reason in ruling.reasons}
    for each in licences:
        for reason in rulings[each].reasons:
            reasons.setdefault(reason.terms.id, replace(reason, decisive=False))
    return decisive, replace(
        ruling,
        why=f"{_note(expression, decisive, stated, rulings)}{ruling.why}",
        reasons=tuple(reasons.values()),
        alternatives=(*(alternatives if len(licences) > 1 else ()), *ruling.alternatives),
    )


def _decide(
    expression: Expression, rulings: Mapping[Expression, Ruling]
) -> tuple[Expression, Ruling]:
    if not expression.parts:
        return expression, rulings[expression]
    outcomes = [_decide(part, rulings) for part in expression.parts]
    if expression.stated == CHOICE:
        return min(outcomes, key=_strictness)
    decisive, strictest = max(outcomes, key=_strictness)
    parts = [ruling for _, ruling in outcomes]
    # What each of the equally strict licences asks for has to be done.
    remedies = [each.remedy for each in parts if each.verdict is strictest.verdict]
    return decisive, replace(
        strictest,
        remedy=" ".join(dict.fromkeys(filter(None, remedies))) or None,
        questions=tuple(dict.fromkeys(question for each in parts for question in each.questions)),
        timeline=strictest_of(*(each.timeline for each in parts)),
    )


def _strictness(outcome: tuple[Expression, Ruling]) -> int:
    return outcome[1].verdict.strictness


def _note(
    expression: Expression, decisive: Expression, stated: str, rulings: Mapping[Expression, Ruling]
) -> str:
    """Return a sentence on which licence decides; "" for one licence without an exception."""
    operators = expression.operators()
    if not operators and decisive.stated == decisive.licence:
        return ""
    if not operators:
        because = "an exception adds permissions and is not judged"
    elif len({(each.verdict, each.basis, each.terms) for each in rulings.values()}) == 1:
        because = "the verdict is the same under each of these licences"
    elif operators == {CHOICE}:
        because = f"the licence is a choice, of which the least strict counts, {decisive.stated}"
    elif operators == {ALL}:
        because = f"all of these licences apply, and the strictest counts, {decisive.stated}"
    elif operators == {LIST}:
        because = (
            "a list does not say whether you may choose, so the strictest counts, "
            f"{decisive.stated}"
        )
    else:
        because = (
            "the least strict of a choice counts, and the strictest of what applies together, "
            f"{decisive.stated}"
        )
    return f"{stated}: {because}. "
