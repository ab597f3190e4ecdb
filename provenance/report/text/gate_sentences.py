"""Sentences on the content that gates count, and on what they leave out."""

from collections.abc import Iterable

from provenance.model.results.result import GateOutcome, Report, Result
from provenance.model.rules.policy import Gate
from provenance.model.rules.terms import Verdict
from provenance.report.aggregates.grouping import gate_content
from provenance.report.text.number_format import count, percent
from provenance.report.text.sentences import capitalize, shares_by, verdict_phrase


def documents_sentence(report: Report) -> str | None:
    """Return in how many documents content is that the first failed gate counts.

    Parameters
    ----------
    report : Report
        The outcome.

    Returns
    -------
    str or None
        "Forbidden content is in 58 of 153 documents (38%)."; None if no gate failed.
    """
    result = report.result
    gate = next((each.gate for each in result.gates if not each.passed), None)
    if gate is None:
        return None
    counted = gate_content(gate, report.findings).documents
    estimates = [s.documents for s in shares_by(result.shares, "verdict") if s.key == gate.verdict]
    found = estimates[0].count if estimates else 0
    if not counted or not found:
        return None
    share = percent(estimates[0].share * counted / found)
    what = capitalize(f"{'' if result.baseline is None else 'new '}{_content(gate)}")
    if result.sample:
        return f"{what} is in {share} of the documents."
    return f"{what} is in {counted:,} of {count(result.corpus.documents, 'document')} ({share})."


def _content(gate: Gate) -> str:
    basis = "" if gate.basis is None else f" ({gate.basis})"
    return f"{gate.verdict} content{f' of {gate.source}' if gate.source else ''}{basis}"


def unlimited_verdicts(gates: Iterable[Gate]) -> tuple[Verdict, ...]:
    """Return which of `unknown` and `restricted` no gate limits for all content."""
    limited = {each.verdict for each in gates if each.source is None and each.basis is None}
    return tuple(each for each in (Verdict.UNKNOWN, Verdict.RESTRICTED) if each not in limited)


def unlimited_sentence(gates: Iterable[Gate]) -> str | None:
    """Return which verdicts pass whatever their share; None if all but `permitted` are limited.

    Examples
    --------
    >>> unlimited_sentence([Gate(Verdict.FORBIDDEN)])
    'What is unknown or restricted passes: no gate limits all of it.'
    """
    verdicts = unlimited_verdicts(gates)
    if not verdicts:
        return None
    return f"What is {' or '.join(verdicts)} passes: no gate limits all of it."


def passing_sentence(result: Result) -> str | None:
    """Return what passes because no gate limits it, with its share.

    Parameters
    ----------
    result : Result
        The outcome.

    Returns
    -------
    str or None
        "What is unknown or restricted passes: no gate limits all of it. 0% of the tokens are of
        unknown status for pretraining, 6.7% are allowed for pretraining only under conditions.";
        None if gates limit both.
    """
    gates = [each.gate for each in result.gates]
    rule = unlimited_sentence(gates)
    if rule is None:
        return None
    found = {share.key: share.tokens.share for share in shares_by(result.shares, "verdict")}
    parts = [
        f"{percent(found.get(each, 0.0))} {'of the tokens ' * (number == 0)}are "
        f"{verdict_phrase(each, result)}"
        for number, each in enumerate(unlimited_verdicts(gates))
    ]
    return f"{rule} {', '.join(parts)}."


def left_out_sentence(report: Report) -> str | None:
    """Return which part of the shares by verdict gates do not count, and why.

    Parameters
    ----------
    report : Report
        The outcome.

    Returns
    -------
    str or None
        "Not counted by gates, but in the shares below: 1.1% of the tokens are forbidden for
        pretraining but waived."; None if gates count all.
    """
    parts = [part for each in report.result.gates if (part := _left_out(each, report))]
    if not parts:
        return None
    return f"Not counted by gates, but in the shares below: {'; '.join(dict.fromkeys(parts))}."


def _left_out(outcome: GateOutcome, report: Report) -> str | None:
    gate, result = outcome.gate, report.result
    if gate.source is not None or gate.basis is not None:
        return None
    shares = [s for s in shares_by(result.shares, "verdict") if s.key == gate.verdict]
    excuses = gate_content(gate, report.findings).excuses
    if not shares or not excuses:
        return None
    # A document with a finding that counts is counted: without digits that are rounding errors.
    share = round(getattr(shares[0], str(gate.unit)).share - outcome.share, 12)
    if share <= 0:
        return None
    why = " or ".join(filter(None, (", ".join(excuses[:-1]), excuses[-1])))
    phrase = verdict_phrase(gate.verdict, result)
    return f"{percent(share)} of the {gate.unit} are {phrase} but {why}"
