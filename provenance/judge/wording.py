"""A ruling in words: why it stands, and what to do next."""

import re

from provenance.judge.hearings import Hearing, verdict_and_basis
from provenance.judge.matters import Matter
from provenance.judge.periods import in_words, is_too_early
from provenance.judge.statements import (
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
from provenance.model import DateRange, Terms, Verdict

_BESIDE = {
    OTHER_MODEL: "The clause speaks of other models than the one asked about.",
    NOT_SEEN: "Whether it still held on the day that counts, nobody has verified.",
    UNMET: "Its condition is not met: the use is commercial.",
    YIELDS: "It leaves the last word to the licence of the content.",
}
_SENTENCE_END = re.compile(r"(?<=[a-z0-9)])\. (?=[A-Z])")


def why(hearing: Hearing) -> str:
    """Say in one or two sentences what the verdict rests on: document, date, clause."""
    stands = hearing.stands
    doubt = _bare(hearing) if stands.agreement is not None else _doubt(hearing, stands)
    ground = [_ground(hearing, stands), _lent(hearing, stands), _belief(hearing)]
    return " ".join(filter(None, [*ground, doubt]))


def remedy(hearing: Hearing) -> str | None:
    """Say what to do next, where the verdict is not `permitted`."""
    stands = hearing.stands
    if stands.verdict is Verdict.PERMITTED:
        return None
    return " ".join(filter(None, [_missing(hearing, stands), _step(hearing.matter, stands)]))


def _ground(hearing: Hearing, stands: Statement) -> str:
    purpose = hearing.lawbook.circumstances.purpose
    terms = stands.terms
    if stands.agreement is not None:
        return " ".join(
            f"Agreement {signed.reference!r} permits {purpose} on content of "
            f"{hearing.matter.name} collected {in_words(signed.period)}."
            for signed in hearing.agreements
        )
    if terms is None:
        return _absence(hearing, stands)
    if stands.basis == NOT_NAMED:
        return f"{_cited(terms)} does not speak of {purpose}."
    if stands.basis == NOT_VERIFIED:
        return f"{_cited(terms)}: nobody has verified what it says of {purpose}."
    if stands.basis in _BESIDE:
        return f"{_cited(terms)}: {_first_sentence(terms.paraphrase)} {_BESIDE[stands.basis]}"
    return f"{_cited(terms)}: {_first_sentence(terms.paraphrase)}"


def _absence(hearing: Hearing, stands: Statement) -> str:
    matter = hearing.matter
    if stands.basis == NO_RULE and not matter.known:
        unknown = matter.unknown_licence
        if unknown is not None and unknown.startswith(matter.subject):
            return f"The rules do not know the licence {unknown!r}."
        licence = "" if unknown is None else f", nor the licence {unknown!r} of the content"
        return f"The rules do not know the source {matter.subject!r}{licence}."
    if stands.basis == NO_RULE:
        return f"The rules do not know the licence {matter.unknown_licence!r}."
    if matter.is_signal:
        places = sorted({place for terms in matter.signals for place in terms.jurisdictions})
        return f"{matter.name} has no meaning here: it is about {', '.join(places)}."
    if stands.basis != NO_TERMS:
        return f"The documents of {matter.name} that are known bind others than this role."
    spans = [span for span, said in hearing.by_collection if said == stands]
    when = in_words(spans[0]) if spans else "at the date that counts"
    return f"No document of {matter.name} is known that was in force {when}."


def _lent(hearing: Hearing, stands: Statement) -> str | None:
    """Tell of the licence of the content, where the source's own terms are unknown."""
    matter = hearing.matter
    if matter.known_licence is None or stands.basis not in (NO_RULE, NO_TERMS):
        return None
    purpose = hearing.lawbook.circumstances.purpose
    lent = [statement_of(terms, purpose) for terms in matter.licence]
    alone = f" ({hearing.lawbook.scale.strictest(lent).verdict} by itself)" if lent else ""
    return (
        f"The content stands under {matter.known_licence}{alone}, but the terms of the source "
        "itself are not known, and the stricter of the two would count."
    )


def _belief(hearing: Hearing) -> str | None:
    """Say that a statement is believed which cannot be right for this content."""
    if not is_too_early(hearing.item_date, hearing.lawbook.circumstances.collected):
        return None
    return "The content is dated later than the stated collection, which is believed."


def _doubt(hearing: Hearing, stands: Statement) -> str | None:
    if stands.lifted is not None:
        return _unclaimed(hearing)
    dates = [
        f"{hearing.collected_in_words(span)}, it is {said.verdict} ({said.basis})"
        for span, said in hearing.by_collection
        if said.verdict is not stands.verdict
    ]
    roles = _laxer_roles(hearing, stands)
    models = [
        f"{model}, it is {said.verdict} ({said.basis})"
        for model, said in hearing.by_model
        if hearing.lawbook.scale.allows(said, stands)
    ]
    open_ends = {
        "on which day it was collected": dates,
        "in what role": roles,
        "for which model": models,
    }
    if not any(open_ends.values()):
        return _were_it_unknown(hearing, stands)
    unknown = " and ".join(what for what, laxer in open_ends.items() if laxer)
    laxer = "; ".join([*dates, *roles, *models])
    return f"Nobody says {unknown}, so the strictest verdict stands: {laxer}."


def _laxer_roles(hearing: Hearing, stands: Statement) -> list[str]:
    roles: dict[tuple[Verdict, str], list[str]] = {}
    for role, said in hearing.by_role:
        # A role that no document binds has no say, so it is no way out either.
        if hearing.lawbook.scale.allows(said, stands):
            roles.setdefault(verdict_and_basis(said), []).append(role)
    return [
        f"{' or '.join(names)}, it is {verdict} ({basis})"
        for (verdict, basis), names in roles.items()
    ]


def _were_it_unknown(hearing: Hearing, stands: Statement) -> str | None:
    undated = hearing.undated
    if undated.verdict is stands.verdict:
        return None
    ground = "" if undated.terms is None else f": {_cited(undated.terms)}"
    return f"Were the date of collection not known, it would be {undated.verdict}{ground}."


def _unclaimed(hearing: Hearing) -> str:
    bare = hearing.without_claims()
    ground = "" if bare.terms is None else f": {_cited(bare.terms)}"
    return (
        "This counts because the policy claims the exception. Without the claim, the content "
        f"would be {bare.verdict} ({bare.basis}){ground}."
    )


def _bare(hearing: Hearing) -> str:
    bare = hearing.without_agreements()
    return f"Without it, the content would be {bare.verdict} ({bare.basis})."


def _missing(hearing: Hearing, stands: Statement) -> str | None:
    allows = hearing.lawbook.scale.allows
    by_date = [said for _, said in hearing.by_collection]
    by_role = [said for _, said in hearing.by_role]
    by_model = [said for _, said in hearing.by_model]
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


def _step(matter: Matter, stands: Statement) -> str:
    signed = f'if you hold a permission, add [[agreements]] with source = "{matter.subject}"'
    if stands.verdict is Verdict.FORBIDDEN:
        return f"Leave this content out, or sign an agreement; {signed}."
    if stands.verdict is Verdict.RESTRICTED:
        condition = None if stands.terms is None else stands.terms.condition
        return f"Meet the condition: {condition or 'see the clause'}."
    if stands.basis == NO_RULE:
        rule = f"{_missing_rule(matter)}, named by --rules (rules/README.md says how)"
        return f"Write {rule}{_alone(matter)}, or, {signed}."
    if stands.basis in (NO_TERMS, NOT_SEEN):
        return f"Find the terms of that time and record them in {_book(matter)}, or, {signed}."
    if stands.basis == NOT_VERIFIED:
        return f"Read the document, record in {_book(matter)} what it says, or, {signed}."
    if matter.is_signal:
        signed = "the signal itself cannot answer"
    return f"Ask {matter.name} or counsel: no known document settles it; {signed}."


def _cited(terms: Terms) -> str:
    clause = f", {terms.clause}" if terms.clause else ""
    dated = "" if terms.period == DateRange() else f", in force {in_words(terms.period)}"
    how = f" ({terms.confidence})" if terms.confidence.startswith("secondary") else ""
    return f"{terms.document}{clause}{dated}{how}"


def _first_sentence(paraphrase: str) -> str:
    return _SENTENCE_END.split(paraphrase, maxsplit=1)[0].rstrip(".") + "."


def _book(matter: Matter) -> str:
    kind = "sources" if matter.platform else "licences"
    return f"rules/{kind}/{matter.subject}.yaml"


def _alone(matter: Matter) -> str:
    if matter.known or not matter.licence:
        return ""
    subject = matter.licence[0].subject
    return f"; if only the licence binds, build the registry with --source {subject}"


def _missing_rule(matter: Matter) -> str:
    unknown = matter.unknown_licence
    if matter.known or (unknown is not None and unknown.startswith(matter.subject)):
        return f"a file in my-rules/licences for {matter.unknown_licence!r}"
    return f"my-rules/sources/{matter.subject}.yaml"
