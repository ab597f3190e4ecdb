"""Sentences that report formats share: meanings, circumstances, headline, gates, remedies."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from provenance.model.results.result import GateOutcome, ObservationKind, Result, SourceRuling
from provenance.model.results.shares import Share
from provenance.model.rules.policy import Collection, Route, Unit
from provenance.model.rules.rulings import Circumstances, Ruling
from provenance.model.rules.terms import OTHER_MODEL, Actor, Verdict
from provenance.report.text.collection_dates import refuted_dates_sentence
from provenance.report.text.number_format import count, day, exact_percent, percent, period
from provenance.report.text.unread_text import is_wordless, unchecked_phrase

VERDICT_MEANINGS = {
    Verdict.FORBIDDEN: "The terms prohibit this use.",
    Verdict.UNKNOWN: "No rule decides this use. Unknown does not mean permitted.",
    Verdict.RESTRICTED: "This use is allowed only under stated conditions.",
    Verdict.PERMITTED: "The terms allow this use.",
}
"""Meaning of each verdict, strictest first."""

EVIDENCE_MEANINGS = {
    "content": "the document contains words of the item",
    "resemblance": "the whole document is a near-duplicate of the item",
    "link": "the document's address belongs to the source, or the dataset card names it",
    "licence": "the row or the dataset card declares the licence",
    "signal": "a signal of the page or its site asks not to train on it",
}
"""Meaning of each kind of evidence."""

BASIS_MEANINGS = {
    "agreement": "a contract of your own permits it",
    "agreement-ended": "a contract of your own has ended and asks for deletion",
    "agreement-unclear": "not stated whether a contract of your own covers it",
    "automated-access": "access is limited; training is not addressed",
    "commercial-use": "commercial use requires a contract",
    "condition-unmet": "allowed under a condition that is not met here",
    "copyright-licence": "a licence of the content",
    "default-copyright": "no licence is granted; copyright reserves the use",
    "explicit-ml": "names the training of models",
    "guidance": "advice on a licence, not part of it",
    "licence-scope": "training is not among the permitted uses",
    "machine-signal": "a machine-readable file asks for it",
    "model-output": "concerns outputs of a model",
    "no-rule": "no rule covers the source or licence",
    "no-terms": "no document from that time is known",
    "not-bound": "the documents bind other roles",
    "not-here": "the documents of that time apply in other places",
    "not-named": "this purpose is not named",
    "non-commercial": "non-commercial use only",
    "not-seen": "not confirmed to have been in force then",
    "not-verified": "the document has not been read",
    "not-signalled": "concerns content with a signal that was not seen here",
    "other-model": "concerns other kinds of models",
    "other-subject": "concerns something else than the content",
    "policy-statement": "a public statement outside the terms",
    "public-domain": "rights are waived or have expired",
    "quoted-work": "a quotation; the quoted work is not known",
    "redistribution": "redistribution of copies is limited",
    "reserved": "reserved by the owner, so the claimed exception does not cover it",
    "separate-licence": "a licence for training is sold separately",
    "silence": "read; training is not mentioned",
    "statute": "a statutory exception, as claimed by the policy",
    "tdm-reservation": "text and data mining is reserved",
    "undeclared": "it is not stated under which licence the content is",
    "third-party-rights": "each page's own terms apply",
    "yields-to-licence": "defers to the licence",
}
"""Meaning of each basis of a verdict."""

EDIT_MEANINGS = {
    "light": "other case, markup, escapes, links or names",
    "changed 5%": "every 20th word",
    "changed 10%": "every 10th word",
    "changed 20%": "every 5th word",
    "cut to 70%": "from the start",
    "cut to 50%": "from the start",
    "excerpt of 70%": "from anywhere",
    "excerpt of 50%": "from anywhere",
    "excerpt of 35%": "from anywhere",
    "verbatim": "unchanged",
}
"""Meaning of each edit of the posts that recall was measured on."""

OUTCOMES = {
    "pass": "Passes the policy",
    "fail": "Fails the policy",
    "incomplete": "Incomplete",
    "warn": "Not decided",
}
"""Titles of the outcomes of `outcome_of`."""

_ALL = 0.9995
"""Share that is printed as 100 %."""

_ANSWERS = {
    "as ": "the role (--actor)",
    "collected ": "the day of collection (--collected)",
    "for non-commercial use": "that the use is not commercial (--non-commercial)",
    "for a": "the kind of model (--model)",
    "in ": "the place (--jurisdiction)",
}
"""What to state, by how the alternative that it would choose begins."""

NOT_CLEARANCE = (
    "Absence of a match is not clearance: a registry contains only what was put into it, short "
    "items cannot be distinguished from chance, and a paraphrase or a translation is not found."
)

_UNKNOWN_REMEDY = (
    "Find the terms of '{subject}' that apply to this use and write them as a rule file, record an "
    "agreement in the policy, or remove this content."
)
SHARES_NOTE = (
    "Share: what is attributed to a source. At least: the low end of its 95% interval, which a "
    "gate compares with the limit: without what may be chance or somebody else's words; the high "
    "end allows for what a check misses."
)
"""Explanation of the numbers beside a gate."""


def circumstances_phrase(circumstances: Circumstances) -> str:
    """Return the use that was checked.

    Parameters
    ----------
    circumstances : Circumstances
        Purpose, dates, actor, jurisdiction.

    Returns
    -------
    str
        "for pretraining, collected on an unknown date, by a party in any role".
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
        parts.append("for commercial use" if circumstances.commercial else "for non-commercial use")
    if circumstances.model is not None:
        parts.append(f"for a model that is {_model_kinds(circumstances.model)}")
    if circumstances.affiliate:
        parts.append("by an affiliate of the party to the agreements")
    if circumstances.claims:
        parts.append(f"claiming {' and '.join(circumstances.claims)}")
    return ", ".join(parts)


def collection_phrase(collection: Collection) -> str:
    """Return what belongs to a collection, and how it was obtained.

    Parameters
    ----------
    collection : Collection
        Of the policy.

    Returns
    -------
    str
        "bought (files bought/*; purchased, under contract 17)".
    """
    selects = [
        f"files {collection.files}" if collection.files else None,
        f"source {collection.source}" if collection.source else None,
        f"host {collection.host}" if collection.host else None,
        f"{collection.column} = {collection.value}" if collection.column else None,
    ]
    obtained = [
        route_phrase(collection.route) if collection.route else None,
        f"under {collection.agreement}" if collection.agreement else None,
    ]
    parts = [", ".join(filter(None, words)) for words in (selects, obtained)]
    return f"{collection.name} ({'; '.join(filter(None, parts))})"


_ROUTES = {
    Route.CRAWL: "obtained by crawling",
    Route.API: "obtained through an API",
    Route.DOWNLOAD: "downloaded",
    Route.PURCHASE: "purchased",
    Route.USERS: "obtained from users",
    Route.OWN: "our own content",
}


def route_phrase(route: Route) -> str:
    """Return how content was obtained: "obtained through an API"."""
    return _ROUTES[route]


def _model_kinds(kinds: Sequence[str]) -> str:
    """Return kinds of a model in words: "generative, of no other kind that terms name"."""
    known = " and ".join(kind for kind in kinds if kind != OTHER_MODEL)
    if OTHER_MODEL not in kinds:
        return known
    return f"{known}, of no other kind that terms name" if known else "of no kind that terms name"


def _role(actor: Actor) -> str:
    """Return a role in words: "API developer"."""
    return str(actor).replace("-", " ").replace("api", "API")


def headline(result: Result) -> str:
    """Return the outcome in one sentence, without the status.

    Parameters
    ----------
    result : Result
        The outcome.

    Returns
    -------
    str
        "1.9% of the tokens are forbidden for pretraining; the policy allows 0%."
    """
    unchecked = f"{unchecked_phrase(result.unchecked, result.unread)}."
    sentences = [
        unchecked if result.lacks_files else None,
        refuted_dates_sentence(result),
        _outcome_sentence(result) + _disputes(result),
    ]
    return " ".join(filter(None, sentences))


def _disputes(result: Result) -> str:
    """Return what no gate counts because it is disputed, and by whom."""
    disputed = [each for each in result.observations if each.kind is ObservationKind.DISPUTED]
    if not disputed:
        return ""
    names = ", ".join(dict.fromkeys(each.detail or "" for each in disputed))
    tokens = sum(each.tokens for each in disputed)
    return f" No gate counts {count(tokens, 'token')} that {names} disputed."


def checked_sentence(result: Result) -> str:
    """Return for which use, when and by which version the corpus was checked."""
    use = circumstances_phrase(result.policy.circumstances)
    return f"Checked {use}; on {day(result.created)}, with provenance {result.tool}."


def outcome_of(result: Result) -> str:
    """Return the status; "warn" if it passes without being decided.

    So it does if no gate limits what is unknown, if what a gate limits was found, but not surely
    enough for it to fail, or if nothing was found in so little text that no source is ruled out.

    Parameters
    ----------
    result : Result
        The outcome.

    Returns
    -------
    str
        A key of `OUTCOMES`.
    """
    is_open = _passes_unknown(result) or bool(_doubtful_gates(result)) or rules_out_nothing(result)
    return "warn" if result.status == "pass" and is_open else result.status


def _passes_unknown(result: Result) -> bool:
    """Return whether something is of unknown status, and no gate limits what is."""
    limits_unknown = any(
        gate.verdict is Verdict.UNKNOWN and gate.source is None and gate.basis is None
        for gate in (each.gate for each in result.gates)
    )
    return _counted_share(Verdict.UNKNOWN, result) > 0 and not limits_unknown


def rules_out_nothing(result: Result) -> bool:
    """Return whether nothing was found, and a source may still account for all of the text."""
    sources = shares_by(result.shares, "source")
    return (
        bool(sources)
        and result.worst is None
        and max(share.tokens.high for share in sources) >= _ALL
    )


def status_mark(result: Result) -> str:
    """Return the outcome in capitals: "PASS", "FAIL", "INCOMPLETE", "NOT DECIDED"."""
    is_open = outcome_of(result) == "warn"
    return "NOT DECIDED" if is_open else result.status.upper()


def _answers(result: Result) -> str:
    """Return what stating more circumstances may decide, of the sources that are unknown."""
    unknown = [
        each for each in result.rulings if each.documents and each.ruling.verdict is Verdict.UNKNOWN
    ]
    facts: dict[str, set[str]] = {}
    for each in unknown:
        for alternative in each.ruling.alternatives:
            if alternative.verdict.strictness < Verdict.UNKNOWN.strictness:
                facts.setdefault(_fact(alternative.circumstance), set()).add(each.source)
    facts.pop("", None)
    if not facts:
        return ""
    decidable = len(set().union(*facts.values()))
    total = count(len({each.source for each in unknown}), "source")
    return f" Stating {' or '.join(sorted(facts))} may decide {decidable} of {total}."


def _fact(circumstance: str) -> str:
    return next((fact for begin, fact in _ANSWERS.items() if circumstance.startswith(begin)), "")


def _outcome_sentence(result: Result) -> str:
    if failed_gates := [outcome for outcome in result.gates if not outcome.passed]:
        more = (
            f" {count(len(failed_gates) - 1, 'more gate')} failed." if len(failed_gates) > 1 else ""
        )
        return _breach(failed_gates[0], result) + more
    if result.worst is None:
        return _nothing_found(result)
    worst = next((each for each in Verdict if _counted_share(each, result)), None)
    if worst is None:
        counts = any(_share(each, result) for each in Verdict)
        return (
            "No gate counts any of what was found."
            if counts
            else "Nothing of what was found counts for its source."
        )
    if worst is Verdict.PERMITTED:
        counting = "" if result.worst is Verdict.PERMITTED else " and counts"
        return f"All content that was found{counting} is permitted."
    if outcome_of(result) != "warn":
        return f"{_part(worst, result)}; no gate fails."
    return " ".join(_open_sentences(worst, result))


def _open_sentences(worst: Verdict, result: Result) -> list[str]:
    """Return what is not decided: what gates do not count for certain, and what is unknown."""
    sentences = []
    if doubtful := _doubtful_gates(result):
        found = _found(doubtful[0], result, may=True)
        sentences.append(f"{found}, but it is too uncertain whose words they are to fail a gate.")
    elif worst is Verdict.FORBIDDEN:
        sentences.append(f"{_part(worst, result)}.")
    if _passes_unknown(result):
        unknown = f"{_part(Verdict.UNKNOWN, result)}, and no gate limits that."
        sentences.append(unknown + _answers(result))
    return sentences


def _doubtful_gates(result: Result) -> list[GateOutcome]:
    """Return the gates that pass although more was found than they allow."""
    return [each for each in result.gates if each.passed and each.share > each.gate.limit]


def _counted_share(verdict: Verdict, result: Result) -> float:
    """Return the share of the tokens that a gate on a verdict counts, or would count."""
    for outcome in result.gates:
        gate = outcome.gate
        if (gate.verdict, gate.source, gate.basis, gate.unit) == (verdict, None, None, Unit.TOKENS):
            return outcome.share
    return _share(verdict, result)


def _share(verdict: Verdict, result: Result) -> float:
    """Return the share of the tokens that counts for its source."""
    shares = [share for share in shares_by(result.shares, "verdict") if share.key == verdict]
    # Without digits that are rounding errors.
    return round(sum(each.tokens.share - each.tokens.contested for each in shares), 12)


def _nothing_found(result: Result) -> str:
    if is_wordless(result):
        return "No text was compared with any: none of it is words."
    if not any(registry.items for registry in result.registries):
        return "No text was compared; no document declares an address or licence that counts."
    if rules_out_nothing(result):
        return "Nothing was found, in too little text to rule out any source."
    return "No content of the sources in the registries was found."


def gate_sentence(outcome: GateOutcome) -> str:
    """Return the share, its low end and the limit of a gate.

    Parameters
    ----------
    outcome : GateOutcome
        The gate and the measured share.

    Returns
    -------
    str
        "2.1% of tokens, at least 1.9%; 0% is allowed".
    """
    gate = outcome.gate
    return (
        f"{percent(outcome.share)} of {gate.unit}, at least {percent(outcome.low)}; "
        f"{exact_percent(gate.limit)} is allowed"
    )


def ruling_remedy(ruling: Ruling) -> str | None:
    """Return what to do about a ruling.

    Parameters
    ----------
    ruling : Ruling
        The ruling.

    Returns
    -------
    str or None
        The remedy of the ruling; never None for an unknown verdict.
    """
    if ruling.remedy is None and ruling.verdict is Verdict.UNKNOWN:
        return _UNKNOWN_REMEDY.format(subject=ruling.subject)
    return None if ruling.remedy is None else capitalize(ruling.remedy)


def unknown_licences(result: Result) -> frozenset[str]:
    """Return the sources that are licences as rows spell them, which no rule decides.

    A dataset may have hundreds: they are listed after all other sources.
    """
    searched = {source.source for registry in result.registries for source in registry.sources}
    undecided = {each.source for each in result.rulings if each.ruling.basis == "no-rule"}
    return frozenset(undecided - searched)


def source_shares(result: Result) -> tuple[Share, ...]:
    """Return the shares by source, strictest first, then largest; unknown licences last."""
    last = unknown_licences(result)
    return tuple(sorted(shares_by(result.shares, "source"), key=lambda share: share.key in last))


def rulings_by_source(rulings: Iterable[SourceRuling]) -> tuple[tuple[SourceRuling, ...], ...]:
    """Group rulings by source; items of a source may differ in date and licence.

    Parameters
    ----------
    rulings : iterable of SourceRuling
        Strictest first.

    Returns
    -------
    tuple of tuple of SourceRuling
        Sources in order of first occurrence; of each, the strictest rulings first, then those on
        most documents.
    """
    groups: dict[str, list[SourceRuling]] = {}
    for each in rulings:
        groups.setdefault(each.source, []).append(each)
    return tuple(
        tuple(sorted(group, key=lambda each: (-each.ruling.verdict.strictness, -each.documents)))
        for group in groups.values()
    )


Statement: TypeAlias = tuple[str, str, str | None, str | None]
"""Source, verdict, basis and statement, as findings have them."""


def explained_rulings(rulings: Iterable[SourceRuling]) -> dict[Statement, SourceRuling]:
    """Return the ruling that all reports explain of each statement: that on most documents."""
    explained: dict[Statement, SourceRuling] = {}
    for group in rulings_by_source(rulings):
        for each in group:
            explained.setdefault(ruling_outcome(each)[:4], each)
    return explained


Outcome: TypeAlias = tuple[str, str, str | None, str | None, str | None]
"""Source, verdict, basis, statement and collection of a ruling."""


def ruling_outcome(each: SourceRuling) -> Outcome:
    """Return the outcome of a ruling: rulings on items of other dates may have the same."""
    ruling = each.ruling
    return (each.source, str(ruling.verdict), ruling.basis, ruling.terms, each.collection)


def split_repeated(
    group: Iterable[SourceRuling],
) -> tuple[tuple[SourceRuling, ...], tuple[SourceRuling, ...]]:
    """Split rulings into distinct outcomes and repetitions of them.

    Parameters
    ----------
    group : iterable of SourceRuling
        Of one source, in the order of display.

    Returns
    -------
    tuple of two tuples of SourceRuling
        The first ruling of each verdict, basis, statement and collection; and the others.
    """
    groups: dict[Outcome, list[SourceRuling]] = {}
    for each in group:
        groups.setdefault(ruling_outcome(each), []).append(each)
    firsts = tuple(same_outcome[0] for same_outcome in groups.values())
    return firsts, tuple(ruling for same_outcome in groups.values() for ruling in same_outcome[1:])


def shares_by(shares: Iterable[Share], kind: str) -> tuple[Share, ...]:
    """Return the shares of one kind.

    Parameters
    ----------
    shares : iterable of Share
        All.
    kind : str
        "source", "verdict", "terms", "basis", "evidence" or "collection".

    Returns
    -------
    tuple of Share
        Strictest first, then largest.
    """

    def rank(share: Share) -> tuple[int, float, str]:
        strictness = 0 if share.verdict is None else share.verdict.strictness
        return (-strictness, -share.tokens.share, share.key)

    return tuple(sorted((share for share in shares if share.by == kind), key=rank))


def _part(verdict: Verdict, result: Result) -> str:
    share = percent(_counted_share(verdict, result))
    return f"{share} of the tokens are {verdict_phrase(verdict, result)}"


def _breach(outcome: GateOutcome, result: Result) -> str:
    allowed = exact_percent(outcome.gate.limit)
    return f"{_found(outcome, result)}; the policy allows {allowed}."


def _found(outcome: GateOutcome, result: Result, *, may: bool = False) -> str:
    """Return what a gate found: "1.9% of the tokens are forbidden for pretraining"."""
    gate = outcome.gate
    basis = "" if gate.basis is None else f" ({gate.basis})"
    new = "" if result.baseline is None else "new and "
    status = f"{new}{verdict_phrase(gate.verdict, result)}{basis}"
    content = f"content of {gate.source}" if gate.source else ""
    if gate.unit is Unit.DOCUMENTS:
        verb = "may hold" if may else "hold"
        phrase = f"{verb} {content or 'content'} that is {status}"
    else:
        verb = "may be" if may else "are"
        phrase = f"{verb} {content} that is {status}" if content else f"{verb} {status}"
    return f"{percent(outcome.share)} of the {gate.unit} {phrase}"


def capitalize(text: str) -> str:
    """Return a text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def verdict_phrase(verdict: Verdict, result: Result) -> str:
    """Return a verdict with the purpose: "forbidden for pretraining"."""
    purpose = result.policy.circumstances.purpose
    return {
        Verdict.FORBIDDEN: f"forbidden for {purpose}",
        Verdict.UNKNOWN: f"of unknown status for {purpose}",
        Verdict.RESTRICTED: f"allowed for {purpose} only under conditions",
        Verdict.PERMITTED: f"permitted for {purpose}",
    }[verdict]
