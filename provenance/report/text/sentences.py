"""The sentences that reports share: what was asked, the headline, the reasons."""

from collections.abc import Iterable

from provenance.model import (
    Actor,
    Circumstances,
    GateOutcome,
    Result,
    Ruling,
    Share,
    SourceRuling,
    Unit,
    Verdict,
)
from provenance.report.text.number_format import count, limit, percent, period

VERDICTS = {
    Verdict.FORBIDDEN: "The terms bar this use.",
    Verdict.UNKNOWN: "No rule settles this use. That is not a permission.",
    Verdict.RESTRICTED: "This use is allowed only under stated conditions.",
    Verdict.PERMITTED: "The terms allow this use.",
}
"""What each verdict means, strictest first."""

EVIDENCE = {
    "content": "words of the item stand in the document",
    "resemblance": "the document as a whole is nearly the item",
    "link": "the document's address is the source's",
    "licence": "the row, or the dataset's card, declares the licence",
    "signal": "what came with the page, or its site, asks not to train on it",
}
"""What each kind of evidence says."""

BASES = {
    "agreement": "a contract of your own permits it",
    "automated-access": "limits robots; does not name training",
    "commercial-use": "commercial use needs a contract",
    "condition-unmet": "allowed under a condition not met here",
    "copyright-licence": "a licence with conditions",
    "explicit-ml": "names the training of models",
    "guidance": "advice on a licence, no part of it",
    "licence-scope": "training is not among what it allows",
    "machine-signal": "a file for robots asks for it",
    "model-output": "speaks of outputs of a model",
    "no-rule": "no rule knows the source or licence",
    "no-terms": "no document of that time is known",
    "not-bound": "the documents bind other roles",
    "not-named": "this purpose is not named",
    "non-commercial": "for non-commercial use",
    "not-seen": "nobody has seen that it still held",
    "not-verified": "nobody has read the document",
    "other-model": "speaks of other models",
    "policy-statement": "said in public, outside the terms",
    "public-domain": "rights are waived or have ended",
    "redistribution": "limits how copies are passed on",
    "separate-licence": "a licence for training is sold apart",
    "silence": "read, and silent on training",
    "statute": "a law allows it, as the policy claims",
    "tdm-reservation": "text and data mining is reserved",
    "third-party-rights": "each page's own terms count",
    "yields-to-licence": "leaves the last word to the licence",
}
"""What each basis of a verdict means, in a few words."""

EDITS = {
    "anonymised": "names and links replaced",
    "ascii": "accents and signs dropped",
    "change5": "every 20th word changed",
    "change10": "every 10th word changed",
    "change20": "every 5th word changed",
    "cut50": "cut to half",
    "cut70": "cut to 70%",
    "escaped": "escaped as HTML",
    "lower": "in lower case",
    "tokenised": "spaces around punctuation",
    "verbatim": "as it is",
}
"""What was done to the posts that recall was measured on."""

OUTCOMES = {"pass": "Passes the policy", "fail": "Fails the policy", "incomplete": "Incomplete"}

NOT_CLEARANCE = (
    "Absence of a match is not clearance: a registry holds what was put into it, "
    "and short items cannot be told from chance."
)

_UNKNOWN_REMEDY = (
    "Find the terms of '{subject}' that hold for this use and write them as a rule file, record an "
    "agreement in the policy, or leave this content out."
)


def asked(circumstances: Circumstances) -> str:
    """Say what use was asked about.

    Parameters
    ----------
    circumstances : Circumstances
        Purpose, dates, actor, jurisdiction.

    Returns
    -------
    str
        "for pretraining, collected on an unknown date, by whoever it binds most strictly".
    """
    collected, actor = circumstances.collected, circumstances.actor
    parts = [
        f"for {circumstances.purpose}",
        f"collected {period(collected)}" if collected else "collected on an unknown date",
        f"by a party in the role of {_role(actor)}" if actor else "by a party in any role",
    ]
    if circumstances.jurisdiction:
        parts.append(f"under the law of {circumstances.jurisdiction}")
    if circumstances.commercial is not None:
        parts.append("commercially" if circumstances.commercial else "not commercially")
    if circumstances.model is not None:
        model = " and ".join(circumstances.model) or "not of a kind that clauses name"
        parts.append(f"for a model that is {model}")
    if circumstances.claims:
        parts.append(f"claiming {' and '.join(circumstances.claims)}")
    return ", ".join(parts)


def _role(actor: Actor) -> str:
    """Write a role as people do: "API developer"."""
    return str(actor).replace("-", " ").replace("api", "API")


def headline(result: Result) -> str:
    """Say the outcome in one sentence; `OUTCOMES` says whether the check passes.

    Parameters
    ----------
    result : Result
        The outcome.

    Returns
    -------
    str
        "1.9% of the tokens are forbidden for pretraining; the policy allows 0%."
    """
    if result.status != "incomplete":
        return _found(result)
    return f"{count(len(result.unread), 'file')} could not be read to the end. {_found(result)}"


def _found(result: Result) -> str:
    if failed := [outcome for outcome in result.gates if not outcome.passed]:
        more = f" {count(len(failed) - 1, 'more gate')} failed." if len(failed) > 1 else ""
        return _breach(failed[0], result) + more
    if result.worst is None:
        return "Nothing of any source looked for was found."
    if result.worst is Verdict.PERMITTED:
        return "Everything that was found is permitted."
    return f"{_part(result.worst, result)}; no gate stands against that."


def gate_sentence(outcome: GateOutcome) -> str:
    """Say how a gate came out.

    Parameters
    ----------
    outcome : GateOutcome
        The gate, and what was held against it.

    Returns
    -------
    str
        "2.1% of tokens, at least 1.9%; 0% is allowed".
    """
    gate = outcome.gate
    return (
        f"{percent(outcome.share)} of {gate.unit}, at least {percent(outcome.low)}; "
        f"{limit(gate.limit)} is allowed"
    )


def remedy_of(ruling: Ruling) -> str | None:
    """Say what to do about a ruling.

    Parameters
    ----------
    ruling : Ruling
        Any.

    Returns
    -------
    str or None
        Its own remedy; an unknown verdict always has one.
    """
    if ruling.remedy is None and ruling.verdict is Verdict.UNKNOWN:
        return _UNKNOWN_REMEDY.format(subject=ruling.subject)
    return None if ruling.remedy is None else capital(ruling.remedy)


def by_source(rulings: Iterable[SourceRuling]) -> tuple[tuple[SourceRuling, ...], ...]:
    """Group rulings by their source: its items may be of several times and licences.

    Parameters
    ----------
    rulings : iterable of SourceRuling
        Strictest first.

    Returns
    -------
    tuple of tuple of SourceRuling
        Sources in the order in which they first come; of each, the strictest rulings first, then
        those on the most documents.
    """
    groups: dict[str, list[SourceRuling]] = {}
    for each in rulings:
        groups.setdefault(each.source, []).append(each)
    return tuple(
        tuple(sorted(group, key=lambda each: (-each.ruling.verdict.strictness, -each.documents)))
        for group in groups.values()
    )


def told_apart(
    group: Iterable[SourceRuling],
) -> tuple[tuple[SourceRuling, ...], tuple[SourceRuling, ...]]:
    """Part rulings that say something new from those that repeat the outcome of another.

    Parameters
    ----------
    group : iterable of SourceRuling
        Of one source, in the order in which they are told.

    Returns
    -------
    tuple of two tuples of SourceRuling
        The first of each verdict, basis and statement; and the others, for items of other dates or
        licences.
    """
    said: dict[tuple[Verdict, str, str | None], list[SourceRuling]] = {}
    for each in group:
        outcome = (each.ruling.verdict, each.ruling.basis, each.ruling.terms)
        said.setdefault(outcome, []).append(each)
    firsts = tuple(alike[0] for alike in said.values())
    return firsts, tuple(other for alike in said.values() for other in alike[1:])


def by(shares: Iterable[Share], kind: str) -> tuple[Share, ...]:
    """Pick the shares of one kind.

    Parameters
    ----------
    shares : iterable of Share
        All.
    kind : str
        "source", "verdict", "terms", "basis" or "evidence".

    Returns
    -------
    tuple of Share
        The strictest first, then the largest; verdicts in their own order.
    """

    def rank(share: Share) -> tuple[int, float, str]:
        strictness = 0 if share.verdict is None else share.verdict.strictness
        return (-strictness, -share.tokens.share, share.key)

    return tuple(sorted((share for share in shares if share.by == kind), key=rank))


def _part(verdict: Verdict, result: Result) -> str:
    tokens = [share.tokens for share in by(result.shares, "verdict") if share.key == verdict]
    share = percent(tokens[0].share) if tokens else "A part"
    return f"{share} of the tokens are {standing(verdict, result)}"


def _breach(outcome: GateOutcome, result: Result) -> str:
    gate = outcome.gate
    basis = "" if gate.basis is None else f" ({gate.basis})"
    new = "" if result.baseline is None else "new and "
    stands = f"{new}{standing(gate.verdict, result)}{basis}"
    whose = f"content of {gate.source}" if gate.source else ""
    if gate.unit is Unit.DOCUMENTS:
        what = f"hold {whose or 'content'} that is {stands}"
    else:
        what = f"are {whose} that is {stands}" if whose else f"are {stands}"
    share = percent(outcome.share)
    return f"{share} of the {gate.unit} {what}; the policy allows {limit(gate.limit)}."


def capital(text: str) -> str:
    """Begin a text with a capital."""
    return text[:1].upper() + text[1:]


def standing(verdict: Verdict, result: Result) -> str:
    """Say how content of a verdict stands: "forbidden for pretraining"."""
    purpose = result.policy.circumstances.purpose
    return {
        Verdict.FORBIDDEN: f"forbidden for {purpose}",
        Verdict.UNKNOWN: f"of unknown standing for {purpose}",
        Verdict.RESTRICTED: f"allowed for {purpose} only under conditions",
        Verdict.PERMITTED: f"permitted for {purpose}",
    }[verdict]
