"""Notes on a policy: replaced rules, settings without effect, implausible dates, waivers."""

from collections.abc import Iterator
from datetime import timedelta
from difflib import get_close_matches

from provenance.model.results.result import Report, Result, WaiverOutcome
from provenance.model.results.shares import OTHER_CONTENT
from provenance.model.rules.policy import Waiver, WaiverReason
from provenance.model.rules.terms import DateRange
from provenance.report.text.collection_dates import late_findings
from provenance.report.text.number_format import count, percent
from provenance.report.text.sentences import circumstances_phrase, collection_phrase, shares_by


def policy_notes(report: Report) -> tuple[str, ...]:
    """Return notes on agreements and gates without effect, and on implausible dates.

    Parameters
    ----------
    report : Report
        The outcome.

    Returns
    -------
    tuple of str
        Sentences. Waivers are in `waiver_sentences`.
    """
    result = report.result
    return (
        *_replaced_rules(result),
        *_agreements(result),
        *_gates(result),
        *_dates(result),
        *_collections(result),
    )


def _replaced_rules(result: Result) -> Iterator[str]:
    if result.rules_replaced:
        files = ", ".join(result.rules_replaced)
        yield (
            f"WARNING: files in {result.rules_path} replace shipped rules: {files}. What the "
            "shipped files say does not count. To see the differences: provenance rules diff "
            f"shipped {result.rules_path}"
        )


def _agreements(result: Result) -> Iterator[str]:
    present = [each for each in result.rulings if each.documents]
    in_use = {each.agreement for each in present}
    # Of an expression of licences, another one can decide.
    parts = {
        alternative.circumstance.casefold()
        for each in present
        for alternative in each.ruling.alternatives
        if alternative.basis == "agreement"
    }
    for agreement in result.policy.agreements:
        if agreement not in in_use and f"under {agreement.source.casefold()}" not in parts:
            undated = (
                "; it covers what was collected during its term, but the policy states no day of "
                "collection"
                if result.policy.circumstances.collected is None and agreement.period != DateRange()
                else ""
            )
            if agreement.has_ended(result.created.date()):
                undated += f"; it ended on {agreement.last_day}"
            yield (
                f"The agreement {agreement.reference!r} ({agreement.source}) changes the verdict "
                f"of no finding{_suggestion(agreement.source, result) or undated}."
            )


def _gates(result: Result) -> Iterator[str]:
    sources = _sources(result)
    for outcome in result.gates:
        source = outcome.gate.source
        if source is not None and source not in sources:
            yield (
                f"The gate {outcome.gate} has no effect: no registry contains items of {source!r}, "
                f"and none were found{_suggestion(source, result)}."
            )


def _dates(result: Result) -> Iterator[str]:
    for each in result.misdatings:
        if not each.refuting:
            yield (
                f"{late_findings(each)}, and judged by every day since. As they are contested, "
                "waived or quotations, they do not show that the date is wrong."
            )


def _collections(result: Result) -> Iterator[str]:
    """Say which share was judged under which circumstances, if they differ within the corpus."""
    collections = {each.name: each for each in result.policy.collections}
    general = result.policy.circumstances
    for share in shares_by(result.shares, "collection"):
        each = collections.get(share.key)
        if each is not None:
            name, use = f"Collection {collection_phrase(each)}", each.circumstances(general)
            checked = f"checked {circumstances_phrase(use)}"
        elif share.key == OTHER_CONTENT:
            name, checked = "Content in no collection", f"checked {circumstances_phrase(general)}"
        else:
            name, checked = share.key.capitalize(), "collected on the day that each row states"
        size = f"what was found is {percent(share.tokens.share)} of the tokens of the dataset"
        found = f"{size}, {share.verdict or 'with several verdicts'}"
        yield f"{name}: {found if share.documents.count else 'nothing was found'}; {checked}."


def _sources(result: Result) -> list[str]:
    return sorted(share.key for share in result.shares if share.by == "source")


def _suggestion(source: str, result: Result) -> str:
    sources = _sources(result)
    matches = [] if source in sources else get_close_matches(source, sources, n=1)
    return f" (did you mean {matches[0]!r}?)" if matches else ""


def waiver_sentences(result: Result) -> tuple[str, ...]:
    """Return the state of each waiver, expired and unused ones first.

    Parameters
    ----------
    result : Result
        The outcome.

    Returns
    -------
    tuple of str
        "'own-content: source=x' excuses 3 findings until 2027-01-30; approved by legal."
    """
    return tuple(_sentence(each) for each in sorted(result.waivers, key=_rank))


def last_day(waiver: Waiver) -> str:
    """Return the last day on which a waiver applies: the day before it expires."""
    if waiver.expires is None:
        return "it is settled"
    return str(waiver.expires - timedelta(days=1))


def excuse(waiver: str) -> str:
    """Return what a finding is, by the id of its waiver: "waived" or "disputed"."""
    return "disputed" if waiver.startswith(f"{WaiverReason.DISPUTED}: ") else "waived"


def _rank(outcome: WaiverOutcome) -> int:
    return 0 if outcome.expired else 1 if not outcome.findings else 2


def _sentence(outcome: WaiverOutcome) -> str:
    waiver, findings = outcome.waiver, count(outcome.findings, "finding")
    if waiver.reason is WaiverReason.DISPUTED:
        item = f"{findings} of item {waiver.item} of {waiver.source}"
        if outcome.expired:
            return (
                f"LAPSED {waiver.expires}: the dispute by {waiver.approver} ({item}) no longer "
                "counts, as no owner signed it and nobody settled it."
            )
        lapse = "" if waiver.expires is None else f" It lapses on {waiver.expires}."
        return f"DISPUTED by {waiver.approver} ({item}): {waiver.statement}{lapse}"
    if outcome.expired:
        return (
            f"EXPIRED {waiver.expires}: '{waiver.id}' no longer applies; what it excused "
            f"({findings}) counts again."
        )
    last = last_day(waiver)
    if not outcome.findings:
        return f"Unused: '{waiver.id}', valid until {last}, excuses no finding."
    return f"'{waiver.id}' excuses {findings} until {last}; approved by {waiver.approver}."
