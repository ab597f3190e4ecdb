"""The list of obligations as Markdown: what has to be done for the content that may be used."""

from itertools import groupby

from provenance.model.results.result import Report, SourceRuling
from provenance.model.rules.policy import Agreement
from provenance.model.rules.terms import Verdict
from provenance.report.aggregates.obligations import (
    CREDIT,
    Obligation,
    obligations,
    without_conditions,
)
from provenance.report.render_options import RenderOptions
from provenance.report.sanitize import markdown_link, markdown_text
from provenance.report.text.number_format import count
from provenance.report.text.sentences import circumstances_phrase

_HEAD = "# Obligations"
_ATTRIBUTION = (
    "The items to be credited are listed by `provenance report REPORT --format attribution`."
)
_DELETION = "Do not delete what a litigation hold covers without asking counsel first."


def render(report: Report, _: RenderOptions) -> str:
    """Render the obligations for content that is permitted, or restricted by conditions.

    Parameters
    ----------
    report : Report
        Has the rulings.

    Returns
    -------
    str
        Markdown: a section for each kind of obligation, with its sources and clauses.
    """
    result = report.result
    use = circumstances_phrase(result.policy.circumstances)
    blocks = [
        _HEAD,
        markdown_text(f"For content that may be used {use}. This is not legal advice."),
    ]
    listed = obligations(result.rulings)
    for title, group in groupby(listed, lambda each: each.group):
        members = list(group)
        blocks += [f"## {title}", "\n".join(map(_line, members))]
        if any(each.condition in CREDIT for each in members):
            blocks.append(_ATTRIBUTION)
        if any("deletion" in each.condition for each in members):
            blocks.append(_DELETION)
    if not listed:
        blocks.append("No obligation is known for the content that was found.")
    blocks += _rest(report)
    return "\n\n".join(blocks) + "\n"


def _line(each: Obligation) -> str:
    terms = each.terms
    if terms is None:
        return f"- {_content(each.ruling)}: {_deletion_at_end(each.ruling)}"
    clause = f", {terms.clause}" if terms.clause else ""
    where = f" {markdown_link('text', terms.address)}" if terms.address else ""
    remark = (terms.condition or "").rstrip(".")
    return (
        f"- {_content(each.ruling)}: {markdown_text(each.meaning, 200)} "
        f"({markdown_text(f'{terms.document}{clause}', 300)}{where})."
        f"{f' In our words: {markdown_text(remark, 400)}.' if remark else ''}"
    )


def _deletion_at_end(each: SourceRuling) -> str:
    agreement = each.agreement
    if agreement is None:
        return ""
    of = (
        f"what was collected in the term of the agreement {markdown_text(agreement.reference, 200)}"
    )
    if each.ruling.verdict is Verdict.FORBIDDEN:
        return f"delete {of}, which ended on {agreement.last_day}."
    end = "" if agreement.last_day is None else f", after {agreement.last_day}"
    return f"delete {of} when it ends{end}."


def _content(each: SourceRuling) -> str:
    collection = f" of {each.collection}" if each.collection else ""
    documents = f"{count(each.documents, 'document')}{collection}, {each.ruling.verdict}"
    return f"**{markdown_text(each.name, 80)}** ({markdown_text(documents, 200)})"


def _rest(report: Report) -> list[str]:
    """Return what is not among the obligations, so that nobody thinks that it is settled."""
    unconditional = without_conditions(report.result)
    lines: dict[str, None] = {}  # several rulings on a source may have the same line
    for each in report.result.rulings:
        reason = _open_end(each, is_unconditional=each in unconditional)
        if each.documents and reason is not None:
            collection = f" ({each.collection})" if each.collection else ""
            name = markdown_text(f"{each.name}{collection}", 200)
            lines[f"- **{name}**, {each.ruling.verdict}: {reason}"] = None
    return ["## Not settled by this list", "\n".join(lines)] if lines else []


def _open_end(each: SourceRuling, *, is_unconditional: bool) -> str | None:
    if each.agreement is not None:
        return _open_end_of_agreement(each.ruling.verdict, each.agreement)
    match each.ruling.verdict:
        case Verdict.FORBIDDEN:
            return "no condition makes it usable; leave it out, or sign an agreement."
        case Verdict.UNKNOWN:
            return "no terms that are known decide its use."
        case Verdict.RESTRICTED if is_unconditional:
            return "the statement names no condition that could be met; ask counsel."
    return None


def _open_end_of_agreement(verdict: Verdict, agreement: Agreement) -> str:
    reference = markdown_text(agreement.reference, 200)
    match verdict:
        case Verdict.FORBIDDEN:
            return f"the agreement {reference} has ended; delete it, or renew the agreement."
        case Verdict.UNKNOWN:
            return f"the policy does not state whether the agreement {reference} covers the use."
    return f"by the agreement {reference}; what it asks for is in the contract."
