"""Explanation of a ruling: circumstances, verdict, reasons, alternatives, open questions."""

from provenance.model.rules.rulings import Circumstances, Reason, Ruling
from provenance.report.terminal.rules.rule_listing import COLOURS
from provenance.report.terminal.terminal_style import TerminalStyle
from provenance.report.text.number_format import period
from provenance.report.text.sentences import BASIS_MEANINGS, circumstances_phrase


def ruling_explanation(
    name: str, ruling: Ruling, circumstances: Circumstances, style: TerminalStyle
) -> str:
    """Explain a ruling, each step with its clause and address.

    Parameters
    ----------
    name : str
        Display name of the source or licence.
    ruling : Ruling
        The ruling.
    circumstances : Circumstances
        The circumstances that it is for.
    style : TerminalStyle
        Width and colours.
    """
    basis = BASIS_MEANINGS.get(ruling.basis)
    meaning = f"{ruling.basis}: {basis}" if basis else ruling.basis
    heading = style.wrap(f"{ruling.verdict.upper()} ({meaning})")
    lines = [
        *(
            style.bold(line)
            for line in style.wrap(f"{name}, {circumstances_phrase(circumstances)}")
        ),
        *(style.paint(line, COLOURS[ruling.verdict]) for line in heading),
        "",
        *style.wrap(ruling.why),
    ]
    lines += _reasons(ruling, style)
    if ruling.alternatives:
        lines += ["", style.bold("Under other circumstances")]
    for other in ruling.alternatives:
        terms = f", {other.terms}" if other.terms else ""
        alternative = f"{other.circumstance}: {other.verdict} ({other.basis}){terms}"
        lines += style.wrap(alternative, "  ", "    ")
    if ruling.questions:
        lines += ["", style.bold("Open questions that these rules do not decide")]
    for question in ruling.questions:
        lines += style.wrap(f"{question.title} {question.text}", "  ", "    ")
    if ruling.remedy:
        lines += ["", style.bold("Next"), *style.wrap(ruling.remedy, "  ")]
    return "\n".join(lines) + "\n"


def _reasons(ruling: Ruling, style: TerminalStyle) -> list[str]:
    if not ruling.reasons:
        return []
    lines = ["", style.bold("Statements considered, decisive ones first")]
    for reason in ruling.reasons:
        lines += _reason(reason, style)
    return lines


def _reason(reason: Reason, style: TerminalStyle) -> list[str]:
    terms = reason.terms
    clause = f", {terms.clause}" if terms.clause else ""
    mark = "* " if reason.decisive else "- "
    verdict = style.paint(str(reason.verdict), COLOURS[reason.verdict])
    lines = style.wrap(f"{terms.document}{clause}, {period(terms.period)}", f"{mark}", "  ")
    lines.append(f"    {verdict} ({reason.basis})")
    lines += style.wrap(terms.paraphrase, "    ")
    if terms.condition:
        tags = f" [{'; '.join(terms.conditions)}]" if terms.conditions else ""
        lines += style.wrap(f"Condition: {terms.condition}{tags}", "    ", "      ")
    if reason.lifted_by:
        lines += style.wrap(f"Overridden by {reason.lifted_by}, as claimed.", "    ")
    lines += style.wrap(terms.address, "    ") if terms.address else []
    return [*lines, *style.wrap(f"{terms.id}; {terms.confidence}", "    ", "      ")]
