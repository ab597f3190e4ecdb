"""Explain rulings in words: the ground of the verdict, the remedy, and open legal questions."""

import re
from collections.abc import Iterable, Mapping, Sequence

from provenance.judge.agreements import open_questions, reasons_not_to_cover
from provenance.judge.binding_terms import ELSEWHERE, Places, SubjectTerms, in_words
from provenance.judge.precedence import (
    AGREEMENT,
    AGREEMENT_ENDED,
    MINING_RESERVED,
    NO_RULE,
    NO_TERMS,
    NOT_HERE,
    NOT_LISTED,
    NOT_NAMED,
    NOT_SEEN,
    NOT_SIGNALLED,
    NOT_VERIFIED,
    OTHER_MODEL,
    OTHER_SUBJECT,
    RESERVED,
    UNDECLARED,
    UNMET,
    YIELDS,
    Statement,
    statement_of,
)
from provenance.judge.scenarios import ScenarioEvaluation, verdict_and_basis
from provenance.model.rules.policy import Agreement
from provenance.model.rules.rule_library import OpenQuestion, StatutoryException
from provenance.model.rules.rulings import Reason
from provenance.model.rules.terms import DateRange, Terms, Verdict

_QUALIFICATIONS = {
    OTHER_MODEL: "The clause is about other kinds of models.",
    OTHER_SUBJECT: "It is about something else than the content itself.",
    NOT_SIGNALLED: "Whether the content carries the signal is not known.",
    NOT_SEEN: "It has not been verified that it was in force on the day that counts.",
    UNMET: "Its condition is not met by a commercial use.",
    YIELDS: "It gives precedence to the licence of the content.",
    NOT_LISTED: "It lists what it allows, and a commercial use other than research is not there.",
    UNDECLARED: "The content declares no licence.",
}
_OPTIONS = {
    "on which day it was collected": "--collected",
    "in what role": "--actor",
    "in which country": "--jurisdiction",
    "for which model": "--model",
    "whether the use is commercial": "--non-commercial",
}
"""Facts that may decide, with the options that state them."""

QUOTATION_REMEDY = (
    "Find out which work is quoted and under which terms it is. If many quote it, build a registry "
    "of it and name it with --background."
)
"""What to do about words that items quote from an unknown work."""

_SENTENCE_END = re.compile(r"(?<=[a-z0-9)])\. (?=[A-Z])")


def quotation_why(source: str, work: str | None = None, work_why: str = "") -> str:
    """Return the reason for the verdict on words that items of a source quote.

    Parameters
    ----------
    source : str
        The source whose items quote them.
    work, work_why : str or None, str
        Source of the quoted work, if known, and the reason for the verdict on it.
    """
    quoted = f"Items of '{source}' have these words, but quote them"
    if work is None:
        return f"{quoted}: they are of another work, whose terms are not known."
    return f"{quoted} from a work of '{work}'. {work_why}"


def why(evaluation: ScenarioEvaluation) -> str:
    """Return one or two sentences on what the verdict rests on: document, date, clause."""
    decisive = evaluation.decisive
    condition = (
        _agreement_note(evaluation)
        if decisive.agreement is not None
        else _open_facts(evaluation, decisive)
    )
    ground = [
        _ground(evaluation, decisive),
        _licence_note(evaluation, decisive),
        _authors_note(evaluation, decisive),
        _uncovered_note(evaluation, decisive),
        _date_note(evaluation),
        *(_claim_limits(evaluation, claim) for claim in evaluation.subject_terms.claimed),
    ]
    return " ".join(filter(None, [*ground, condition]))


def remedy(evaluation: ScenarioEvaluation) -> str | None:
    """Return what to do next, if the verdict is not `permitted`."""
    decisive = evaluation.decisive
    if decisive.verdict is Verdict.PERMITTED:
        return None
    return " ".join(
        filter(
            None,
            [
                _facts_to_state(evaluation, decisive),
                _next_step(evaluation.subject_terms, decisive, evaluation.rules.conditions),
            ],
        )
    )


def _ground(evaluation: ScenarioEvaluation, decisive: Statement) -> str:
    purpose = evaluation.rules.circumstances.purpose
    terms = decisive.terms
    if decisive.agreement is not None:
        return _agreement_ground(evaluation, decisive)
    if terms is None:
        return _absence_sentence(evaluation, decisive)
    if decisive.basis == NO_TERMS:
        return f"{terms.subject} is known since {terms.period.first}; the content may be older."
    if decisive.basis == NOT_NAMED:
        return f"{_citation(terms)} does not address {purpose}."
    if decisive.basis == NOT_VERIFIED:
        return f"{_citation(terms)}: what it says about {purpose} has not been verified."
    # A document may itself have the basis and the verdict: then its paraphrase says it.
    is_its_own = (decisive.basis, decisive.verdict) == (terms.basis, terms.verdict)
    qualification = None if is_its_own else _QUALIFICATIONS.get(decisive.basis)
    if decisive.basis == NOT_SEEN and terms.known_from is not None and terms.unseen is None:
        qualification = (
            f"It was first seen on {terms.known_from}; what applied before is not known."
        )
    if decisive.basis == RESERVED and decisive.defeated is not None:
        law = _citation(decisive.defeated)
        qualification = f"This reserves the use, so the claimed exception does not cover it: {law}."
    paraphrase = _first_sentence(terms.paraphrase)
    return " ".join(filter(None, [f"{_citation(terms)}: {paraphrase}", qualification]))


def _agreement_ground(evaluation: ScenarioEvaluation, decisive: Statement) -> str:
    circumstances, today = evaluation.rules.circumstances, evaluation.rules.today
    if decisive.basis == AGREEMENT and evaluation.agreements:
        return " ".join(
            f"Agreement {agreement.reference!r} permits {circumstances.purpose} on content of "
            f"{evaluation.subject_terms.name} collected {in_words(agreement.period)}"
            f"{', also after its end' if agreement.has_ended(today) else ''}."
            for agreement in evaluation.agreements
        )
    agreement = decisive.agreement
    if agreement is not None and decisive.basis == AGREEMENT_ENDED:
        return (
            f"Agreement {agreement.reference!r} ended on {agreement.last_day}, and asks for the "
            "deletion of what was collected in its term: content that is still held must not be "
            "used."
        )
    return "" if agreement is None else _open_agreement(agreement, evaluation)


def _open_agreement(agreement: Agreement, evaluation: ScenarioEvaluation) -> str:
    circumstances, today = evaluation.rules.circumstances, evaluation.rules.today
    questions = " and ".join(open_questions(agreement, circumstances, today))
    return f"The policy does not state of agreement {agreement.reference!r} {questions}."


def _uncovered_note(evaluation: ScenarioEvaluation, decisive: Statement) -> str | None:
    """Return why agreements with the source do not cover the use, or may not."""
    if decisive.agreement is not None or decisive.verdict is Verdict.PERMITTED:
        return None
    circumstances, today = evaluation.rules.circumstances, evaluation.rules.today
    notes = []
    for agreement in evaluation.subject_terms.agreements:
        reasons = " and ".join(reasons_not_to_cover(agreement, circumstances, today))
        if reasons:
            notes.append(f"Agreement {agreement.reference!r} {reasons}: it does not cover this.")
        elif any(open_questions(agreement, circumstances, today)):
            notes.append(_open_agreement(agreement, evaluation))
    return " ".join(notes) or None


def _absence_sentence(evaluation: ScenarioEvaluation, decisive: Statement) -> str:
    subject_terms = evaluation.subject_terms
    if decisive.basis == NO_RULE and not subject_terms.is_known:
        unknown = subject_terms.unknown_licence
        if unknown is not None and unknown.startswith(subject_terms.subject):
            return f"The rules do not know the licence {unknown!r}."
        licence = "" if unknown is None else f", nor the licence {unknown!r} of the content"
        return f"The rules do not know the source {subject_terms.subject!r}{licence}."
    if decisive.basis == NO_RULE:
        return f"The rules do not know the licence {subject_terms.unknown_licence!r}."
    if subject_terms.is_signal:
        places = sorted({place for terms in subject_terms.signals for place in terms.jurisdictions})
        return f"{subject_terms.name} has no meaning here: it is about {', '.join(places)}."
    return _absence_of_terms(evaluation, decisive)


def _absence_of_terms(evaluation: ScenarioEvaluation, decisive: Statement) -> str:
    subject_terms = evaluation.subject_terms
    if decisive.basis == NOT_HERE:
        named = {place for terms in subject_terms.platform for place in terms.jurisdictions}
        elsewhere = ", ".join(sorted(named - {ELSEWHERE}))
        return f"The documents of {subject_terms.name} of that time apply in {elsewhere} alone."
    if decisive.basis != NO_TERMS:
        unbound = [role for role, statement in evaluation.by_role if statement == decisive]
        role = f"anyone {' or '.join(unbound)}" if unbound else "this role"
        return f"No known document of {subject_terms.name} binds {role}."
    spans = [span for span, statement in evaluation.by_collection if statement == decisive]
    when = in_words(spans[0]) if spans else "at the date that counts"
    return f"No document of {subject_terms.name} is known that was in force {when}."


def _licence_note(evaluation: ScenarioEvaluation, decisive: Statement) -> str | None:
    """Describe the licence of the content, if the source's own terms are unknown."""
    subject_terms = evaluation.subject_terms
    is_absent = decisive.terms is None and decisive.basis in (NO_RULE, NO_TERMS)
    if subject_terms.known_licence is None or not is_absent:
        return None
    purpose = evaluation.rules.circumstances.purpose
    statements = [statement_of(terms, purpose) for terms in subject_terms.licence]
    by_itself = (
        f" ({evaluation.rules.precedence.strictest(statements).verdict} by itself)"
        if statements
        else ""
    )
    return (
        f"The content is under {subject_terms.known_licence}{by_itself}, but the terms of the "
        "source itself are not known, and the stricter of the two would count."
    )


def _authors_note(evaluation: ScenarioEvaluation, decisive: Statement) -> str | None:
    """Return a note if an agreement with the source leaves what authors state as it is."""
    subject_terms = evaluation.subject_terms
    is_licence = decisive.terms in subject_terms.licence or decisive.basis == NO_RULE
    if not subject_terms.agreements:
        return None
    if decisive.terms is not None and decisive.signalled:
        theirs = "what authors reserve"
    elif subject_terms.is_declared and is_licence:
        theirs = "the licence that the content declares"
    else:
        return None
    return (
        f"An agreement with {subject_terms.name} sets its terms aside, not {theirs}; if it grants "
        "the rights of authors, too, state `authors = true`."
    )


def _date_note(evaluation: ScenarioEvaluation) -> str | None:
    """Return a note if the stated day of collection contradicts the content's date."""
    if not evaluation.collected_too_early:
        return None
    return (
        "The content is dated after the stated collection, which therefore cannot be right: every "
        "day since the content's own date counts."
    )


def _open_facts(evaluation: ScenarioEvaluation, decisive: Statement) -> str | None:
    if decisive.lifted is not None:
        return _claim_note(evaluation)
    open_facts = _laxer_by_fact(evaluation, decisive)
    if not open_facts:
        return _undated_note(evaluation, decisive)
    laxer = "; ".join(each for laxer in open_facts.values() for each in laxer)
    return f"It is not stated {_listed(open_facts)}, so the strictest verdict applies: {laxer}."


def _laxer_by_fact(evaluation: ScenarioEvaluation, decisive: Statement) -> dict[str, list[str]]:
    """Return what is not stated and could lead to another verdict, with these verdicts."""
    dates = [
        f"{evaluation.collected_in_words(span)}, it is {statement.verdict} ({statement.basis})"
        for span, statement in evaluation.by_collection
        if statement.verdict is not decisive.verdict
    ]
    models = [
        f"{model}, it is {statement.verdict} ({statement.basis})"
        for model, statement in evaluation.by_model
        if evaluation.rules.precedence.allows(statement, decisive)
    ]
    commerce = [
        f"{use}, it is {statement.verdict} ({statement.basis})"
        for use, statement in evaluation.by_commerce
        if evaluation.rules.precedence.allows(statement, decisive)
    ]
    places = [
        f"{place}, it is {statement.verdict} ({statement.basis})"
        for place, statement in evaluation.by_place
        if evaluation.subject_terms.claimed
        and evaluation.rules.precedence.allows(statement, decisive)
    ]
    roles = _laxer_roles(evaluation, decisive)
    found = zip(_OPTIONS, (dates, roles, places, models, commerce), strict=True)
    return {fact: laxer for fact, laxer in found if laxer}


def _laxer_roles(evaluation: ScenarioEvaluation, decisive: Statement) -> list[str]:
    roles: dict[tuple[Verdict, str], list[str]] = {}
    for role, statement in evaluation.by_role:
        # Roles that no document binds are not listed.
        if evaluation.rules.precedence.allows(statement, decisive):
            roles.setdefault(verdict_and_basis(statement), []).append(role)
    return [
        f"{' or '.join(names)}, it is {verdict} ({basis})"
        for (verdict, basis), names in roles.items()
    ]


def _undated_note(evaluation: ScenarioEvaluation, decisive: Statement) -> str | None:
    undated = evaluation.undated
    if undated.verdict is decisive.verdict:
        return None
    ground = "" if undated.terms is None else f": {_citation(undated.terms)}"
    return f"If the date were unknown: {undated.verdict}{ground}."


def _claim_note(evaluation: ScenarioEvaluation) -> str:
    statement = evaluation.without_claims()
    ground = "" if statement.terms is None else f": {_citation(statement.terms)}"
    return (
        "This counts because the policy claims the exception. Without the claim, the content "
        f"would be {statement.verdict} ({statement.basis}){ground}."
    )


def _claim_limits(evaluation: ScenarioEvaluation, claim: StatutoryException) -> str | None:
    """Return for what or since when a claimed exception is law, where that limits the claim."""
    asked = evaluation.rules.circumstances
    if not any(asked.purpose in law.uses for law in claim.terms):
        return f"The claimed exception, {claim.name}, does not cover {asked.purpose}."
    if asked.jurisdiction is None:
        return f"The claimed exception, {claim.name}, counts only where the place is stated."
    places = {scenario.place: scenario for scenario in evaluation.scenarios}
    laws = {
        place: [law for law in claim.terms if scenario.applies_here(law)]
        for place, scenario in places.items()
    }
    days = sorted(
        (law.period.first, place) for place in laws for law in laws[place] if law.period.first
    )
    if not any(laws.values()):
        return f"{claim.name} is not known to be law in {asked.jurisdiction}."
    without = [place for place in laws if not laws[place]]
    lacking = f"; in other places of {asked.jurisdiction} it is not known to be law" * bool(without)
    if len(days) > 1:
        (first, earliest), (last, latest) = days[0], days[-1]
        return (
            f"{claim.name} became law country by country, from {first} ({earliest}) to {last} "
            f"({latest}){lacking}."
        )
    is_in_force = all(
        any(scenario.in_force(law) for law in claim.terms) for scenario in evaluation.scenarios
    )
    return None if is_in_force or not days else f"{claim.name} is law here since {days[0][0]}."


def _agreement_note(evaluation: ScenarioEvaluation) -> str:
    statement = evaluation.without_agreements()
    return f"Without it, the content would be {statement.verdict} ({statement.basis})."


def _facts_to_state(evaluation: ScenarioEvaluation, decisive: Statement) -> str | None:
    missing = _laxer_by_fact(evaluation, decisive)
    if not missing:
        return None
    options = _listed(_OPTIONS[fact] for fact in missing)
    return f"State what you know: {_listed(missing)} ({options})."


def _listed(parts: Iterable[str]) -> str:
    """Return "a", "a and b", or "a, b and c"."""
    *others, last = parts
    return f"{', '.join(others)} and {last}" if others else last


def _next_step(
    subject_terms: SubjectTerms, decisive: Statement, meanings: Mapping[str, str]
) -> str:
    if decisive.agreement is not None:
        return _step_on_agreement(decisive.basis, decisive.agreement)
    return _step_on_terms(subject_terms, decisive, meanings)


def _step_on_agreement(basis: str, agreement: Agreement) -> str:
    if basis == AGREEMENT_ENDED:
        return (
            "Delete this content wherever it is held, unless a litigation hold covers it (ask "
            f"counsel), or renew agreement {agreement.reference!r}."
        )
    return f"Look it up in agreement {agreement.reference!r}, and state it in the policy."


def _step_on_terms(
    subject_terms: SubjectTerms, decisive: Statement, meanings: Mapping[str, str]
) -> str:
    agreement_hint = (
        f'if you have a permission, add [[agreements]] with source = "{subject_terms.subject}"'
    )
    if decisive.verdict is Verdict.FORBIDDEN:
        return f"Leave this content out, or sign an agreement; {agreement_hint}."
    if decisive.verdict is Verdict.RESTRICTED:
        return _conditions_to_meet(decisive, meanings)
    return _how_to_settle(subject_terms, decisive, agreement_hint)


def _how_to_settle(subject_terms: SubjectTerms, decisive: Statement, agreement_hint: str) -> str:
    """Return what settles a verdict that is unknown."""
    if decisive.basis == NO_RULE:
        rule = f"{_missing_rule(subject_terms)}, named by --rules (rules/README.md says how)"
        return f"Write {rule}{_licence_only_hint(subject_terms)}, or, {agreement_hint}."
    if decisive.basis in (NO_TERMS, NOT_HERE, NOT_SEEN):
        rule_file = _rule_file(subject_terms)
        return (
            f"Find the terms of that time and place and record them in {rule_file}, or, "
            f"{agreement_hint}."
        )
    if decisive.basis == NOT_VERIFIED:
        rule_file = _rule_file(subject_terms)
        return f"Read the document, record in {rule_file} what it says, or, {agreement_hint}."
    if decisive.basis == UNDECLARED:
        return f"Find out under which licence the content is, or, {agreement_hint}."
    if subject_terms.is_signal:
        agreement_hint = "the signal itself does not say"
    return f"Ask {subject_terms.name} or counsel: no known document settles it; {agreement_hint}."


def _conditions_to_meet(decisive: Statement, meanings: Mapping[str, str]) -> str:
    """Return the conditions by their meanings, and apart from them the remark on the clause."""
    terms = decisive.terms
    tags = () if terms is None else terms.conditions
    wanted = [
        ", or ".join(meanings.get(tag, tag).rstrip(".") for tag in tags_of_one.split(" or "))
        for tags_of_one in tags
        if tags_of_one != MINING_RESERVED  # nothing that could be met
    ]
    remark = "" if terms is None or terms.condition is None else f" Remark: {terms.condition}."
    if not wanted:
        return f"The clause states no condition that you could meet; ask counsel.{remark}"
    return f"Meet the condition{'s' * (len(wanted) > 1)}: {'; '.join(wanted)}.{remark}"


def _citation(terms: Terms) -> str:
    clause = f", {terms.clause}" if terms.clause else ""
    period = "" if terms.period == DateRange() else f", in force {in_words(terms.period)}"
    how = f" ({terms.confidence})" if terms.confidence.startswith("secondary") else ""
    return f"{terms.document}{clause}{period}{how}"


def _first_sentence(paraphrase: str) -> str:
    return _SENTENCE_END.split(paraphrase, maxsplit=1)[0].rstrip(".") + "."


def _rule_file(subject_terms: SubjectTerms) -> str:
    kind = "sources" if subject_terms.platform else "licences"
    return f"my-rules/{kind}/{subject_terms.subject}.yaml (see --rules)"


def _licence_only_hint(subject_terms: SubjectTerms) -> str:
    if subject_terms.is_known or not subject_terms.licence:
        return ""
    subject = subject_terms.licence[0].subject
    return f"; if only the licence binds, build the registry with --source {subject}"


def _missing_rule(subject_terms: SubjectTerms) -> str:
    unknown = subject_terms.unknown_licence
    if subject_terms.is_known or (
        unknown is not None and unknown.startswith(subject_terms.subject)
    ):
        return f"a file in my-rules/licences for {subject_terms.unknown_licence!r}"
    return f"my-rules/sources/{subject_terms.subject}.yaml"


class OpenQuestions:
    """Index of open legal questions, by the reasons of rulings.

    Parameters
    ----------
    questions : sequence of OpenQuestion
        All open questions of the rules.
    place : str or None
        The jurisdiction; questions about it, or a place that it lies in, belong to every ruling.
    places : Places
        The tree of places.
    """

    def __init__(
        self, questions: Sequence[OpenQuestion], place: str | None, places: Places
    ) -> None:
        self._questions = questions
        here = frozenset[str]() if place is None else places.around(place)
        self._about_place = frozenset(
            q.id for q in questions if not here.isdisjoint(map(str.casefold, q.jurisdictions))
        )
        self._by_reason: dict[tuple[str, str], frozenset[str]] = {}

    def about(self, reasons: Iterable[Reason]) -> tuple[OpenQuestion, ...]:
        """Return the questions about one of the reasons or the place, in their order."""
        ids = self._about_place.union(*map(self._questions_about, reasons))
        return tuple(question for question in self._questions if question.id in ids)

    def _questions_about(self, reason: Reason) -> frozenset[str]:
        key = reason.terms.id, reason.basis
        ids = self._by_reason.get(key)
        if ids is None:
            ids = frozenset(q.id for q in self._questions if _is_about(q, reason))
            self._by_reason[key] = ids
        return ids


def _is_about(question: OpenQuestion, reason: Reason) -> bool:
    tags = {tag for condition in reason.terms.conditions for tag in condition.split(" or ")}
    return (
        bool({reason.basis, reason.terms.basis} & set(question.bases))
        or bool(tags & set(question.conditions))
        or any(f"{reason.terms.id}/".startswith(f"{each}/") for each in question.terms)
    )
