"""A ruling in words: what the verdict rests on, what to do next, and which questions are open."""

import re
from collections.abc import Iterable, Sequence

from provenance.judge.binding_terms import SubjectTerms, in_words, is_too_early
from provenance.judge.precedence import (
    NO_RULE,
    NO_TERMS,
    NOT_NAMED,
    NOT_SEEN,
    NOT_VERIFIED,
    OTHER_MODEL,
    UNMET,
    YIELDS,
    Statement,
    statement_of,
)
from provenance.judge.scenarios import ScenarioEvaluation, verdict_and_basis
from provenance.model import DateRange, OpenQuestion, Reason, Terms, Verdict

_BESIDE = {
    OTHER_MODEL: "The clause speaks of other models than the one asked about.",
    NOT_SEEN: "Whether it still held on the day that counts, nobody has verified.",
    UNMET: "Its condition is not met: the use is commercial.",
    YIELDS: "It leaves the last word to the licence of the content.",
}
_SENTENCE_END = re.compile(r"(?<=[a-z0-9)])\. (?=[A-Z])")


def why(evaluation: ScenarioEvaluation) -> str:
    """Return one or two sentences on what the verdict rests on: document, date, clause."""
    stands = evaluation.stands
    doubt = _bare(evaluation) if stands.agreement is not None else _doubt(evaluation, stands)
    ground = [_ground(evaluation, stands), _lent(evaluation, stands), _belief(evaluation)]
    return " ".join(filter(None, [*ground, doubt]))


def remedy(evaluation: ScenarioEvaluation) -> str | None:
    """Return what to do next, if the verdict is not `permitted`."""
    stands = evaluation.stands
    if stands.verdict is Verdict.PERMITTED:
        return None
    return " ".join(
        filter(None, [_missing(evaluation, stands), _step(evaluation.subject_terms, stands)])
    )


def _ground(evaluation: ScenarioEvaluation, stands: Statement) -> str:
    purpose = evaluation.rules.circumstances.purpose
    terms = stands.terms
    if stands.agreement is not None:
        return " ".join(
            f"Agreement {signed.reference!r} permits {purpose} on content of "
            f"{evaluation.subject_terms.name} collected {in_words(signed.period)}."
            for signed in evaluation.agreements
        )
    if terms is None:
        return _absence(evaluation, stands)
    if stands.basis == NOT_NAMED:
        return f"{_cited(terms)} does not speak of {purpose}."
    if stands.basis == NOT_VERIFIED:
        return f"{_cited(terms)}: nobody has verified what it says of {purpose}."
    if stands.basis in _BESIDE:
        return f"{_cited(terms)}: {_first_sentence(terms.paraphrase)} {_BESIDE[stands.basis]}"
    return f"{_cited(terms)}: {_first_sentence(terms.paraphrase)}"


def _absence(evaluation: ScenarioEvaluation, stands: Statement) -> str:
    subject_terms = evaluation.subject_terms
    if stands.basis == NO_RULE and not subject_terms.known:
        unknown = subject_terms.unknown_licence
        if unknown is not None and unknown.startswith(subject_terms.subject):
            return f"The rules do not know the licence {unknown!r}."
        licence = "" if unknown is None else f", nor the licence {unknown!r} of the content"
        return f"The rules do not know the source {subject_terms.subject!r}{licence}."
    if stands.basis == NO_RULE:
        return f"The rules do not know the licence {subject_terms.unknown_licence!r}."
    if subject_terms.is_signal:
        places = sorted({place for terms in subject_terms.signals for place in terms.jurisdictions})
        return f"{subject_terms.name} has no meaning here: it is about {', '.join(places)}."
    if stands.basis != NO_TERMS:
        return f"The documents of {subject_terms.name} that are known bind others than this role."
    spans = [span for span, said in evaluation.by_collection if said == stands]
    when = in_words(spans[0]) if spans else "at the date that counts"
    return f"No document of {subject_terms.name} is known that was in force {when}."


def _lent(evaluation: ScenarioEvaluation, stands: Statement) -> str | None:
    """Describe the licence of the content, if the source's own terms are unknown."""
    subject_terms = evaluation.subject_terms
    if subject_terms.known_licence is None or stands.basis not in (NO_RULE, NO_TERMS):
        return None
    purpose = evaluation.rules.circumstances.purpose
    lent = [statement_of(terms, purpose) for terms in subject_terms.licence]
    alone = f" ({evaluation.rules.precedence.strictest(lent).verdict} by itself)" if lent else ""
    return (
        f"The content stands under {subject_terms.known_licence}{alone}, but the terms of the "
        "source itself are not known, and the stricter of the two would count."
    )


def _belief(evaluation: ScenarioEvaluation) -> str | None:
    """Return a note if the stated day of collection contradicts the content's date."""
    if not is_too_early(evaluation.item_date, evaluation.rules.circumstances.collected):
        return None
    return "The content is dated after the stated collection; the stated date was used."


def _doubt(evaluation: ScenarioEvaluation, stands: Statement) -> str | None:
    if stands.lifted is not None:
        return _unclaimed(evaluation)
    dates = [
        f"{evaluation.collected_in_words(span)}, it is {said.verdict} ({said.basis})"
        for span, said in evaluation.by_collection
        if said.verdict is not stands.verdict
    ]
    roles = _laxer_roles(evaluation, stands)
    models = [
        f"{model}, it is {said.verdict} ({said.basis})"
        for model, said in evaluation.by_model
        if evaluation.rules.precedence.allows(said, stands)
    ]
    open_ends = {
        "on which day it was collected": dates,
        "in what role": roles,
        "for which model": models,
    }
    if not any(open_ends.values()):
        return _were_it_unknown(evaluation, stands)
    unknown = " and ".join(what for what, laxer in open_ends.items() if laxer)
    laxer = "; ".join([*dates, *roles, *models])
    return f"It is not stated {unknown}, so the strictest verdict applies: {laxer}."


def _laxer_roles(evaluation: ScenarioEvaluation, stands: Statement) -> list[str]:
    roles: dict[tuple[Verdict, str], list[str]] = {}
    for role, said in evaluation.by_role:
        # A role that no document binds is no way out.
        if evaluation.rules.precedence.allows(said, stands):
            roles.setdefault(verdict_and_basis(said), []).append(role)
    return [
        f"{' or '.join(names)}, it is {verdict} ({basis})"
        for (verdict, basis), names in roles.items()
    ]


def _were_it_unknown(evaluation: ScenarioEvaluation, stands: Statement) -> str | None:
    undated = evaluation.undated
    if undated.verdict is stands.verdict:
        return None
    ground = "" if undated.terms is None else f": {_cited(undated.terms)}"
    return f"If the date of collection were unknown, it would be {undated.verdict}{ground}."


def _unclaimed(evaluation: ScenarioEvaluation) -> str:
    bare = evaluation.without_claims()
    ground = "" if bare.terms is None else f": {_cited(bare.terms)}"
    return (
        "This counts because the policy claims the exception. Without the claim, the content "
        f"would be {bare.verdict} ({bare.basis}){ground}."
    )


def _bare(evaluation: ScenarioEvaluation) -> str:
    bare = evaluation.without_agreements()
    return f"Without it, the content would be {bare.verdict} ({bare.basis})."


def _missing(evaluation: ScenarioEvaluation, stands: Statement) -> str | None:
    allows = evaluation.rules.precedence.allows
    by_date = [said for _, said in evaluation.by_collection]
    by_role = [said for _, said in evaluation.by_role]
    by_model = [said for _, said in evaluation.by_model]
    options = (("--collected", by_date), ("--actor", by_role), ("--model", by_model))
    asked = [option for option, said in options if any(allows(each, stands) for each in said)]
    if not asked:
        return None
    return (
        f"State what you know of when, how and for which model it was collected "
        f"({' and '.join(asked)})."
        if "--model" in asked
        else f"State what you know of when and how it was collected ({' and '.join(asked)})."
    )


def _step(subject_terms: SubjectTerms, stands: Statement) -> str:
    signed = f'if you hold a permission, add [[agreements]] with source = "{subject_terms.subject}"'
    if stands.verdict is Verdict.FORBIDDEN:
        return f"Leave this content out, or sign an agreement; {signed}."
    if stands.verdict is Verdict.RESTRICTED:
        condition = None if stands.terms is None else stands.terms.condition
        return f"Meet the condition: {condition or 'see the clause'}."
    if stands.basis == NO_RULE:
        rule = f"{_missing_rule(subject_terms)}, named by --rules (rules/README.md says how)"
        return f"Write {rule}{_alone(subject_terms)}, or, {signed}."
    if stands.basis in (NO_TERMS, NOT_SEEN):
        return (
            f"Find the terms of that time and record them in {_book(subject_terms)}, or, {signed}."
        )
    if stands.basis == NOT_VERIFIED:
        return f"Read the document, record in {_book(subject_terms)} what it says, or, {signed}."
    if subject_terms.is_signal:
        signed = "the signal itself cannot answer"
    return f"Ask {subject_terms.name} or counsel: no known document settles it; {signed}."


def _cited(terms: Terms) -> str:
    clause = f", {terms.clause}" if terms.clause else ""
    dated = "" if terms.period == DateRange() else f", in force {in_words(terms.period)}"
    how = f" ({terms.confidence})" if terms.confidence.startswith("secondary") else ""
    return f"{terms.document}{clause}{dated}{how}"


def _first_sentence(paraphrase: str) -> str:
    return _SENTENCE_END.split(paraphrase, maxsplit=1)[0].rstrip(".") + "."


def _book(subject_terms: SubjectTerms) -> str:
    kind = "sources" if subject_terms.platform else "licences"
    return f"rules/{kind}/{subject_terms.subject}.yaml"


def _alone(subject_terms: SubjectTerms) -> str:
    if subject_terms.known or not subject_terms.licence:
        return ""
    subject = subject_terms.licence[0].subject
    return f"; if only the licence binds, build the registry with --source {subject}"


def _missing_rule(subject_terms: SubjectTerms) -> str:
    unknown = subject_terms.unknown_licence
    if subject_terms.known or (unknown is not None and unknown.startswith(subject_terms.subject)):
        return f"a file in my-rules/licences for {subject_terms.unknown_licence!r}"
    return f"my-rules/sources/{subject_terms.subject}.yaml"


class OpenQuestions:
    """Index of open legal questions, by the reasons of rulings.

    Parameters
    ----------
    questions : sequence of OpenQuestion
        All open questions of the rules.
    place : str or None
        The jurisdiction; questions about it belong to every ruling.
    """

    def __init__(self, questions: Sequence[OpenQuestion], place: str | None) -> None:
        self._questions = questions
        here = None if place is None else place.casefold()
        self._here = frozenset(
            q.id for q in questions if here in {each.casefold() for each in q.jurisdictions}
        )
        self._touched: dict[tuple[str, str], frozenset[str]] = {}

    def about(self, reasons: Iterable[Reason]) -> tuple[OpenQuestion, ...]:
        """Return the questions about one of the reasons or the place, in their order."""
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
