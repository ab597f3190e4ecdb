"""A ruling told as a story: what was asked, what stands, why, and what is left open."""

from provenance.model import Circumstances, Reason, Ruling
from provenance.report.terminal.rule_listing import COLOURS
from provenance.report.terminal.terminal_style import Pen
from provenance.report.text.number_format import period
from provenance.report.text.sentences import BASES, asked


def story(name: str, ruling: Ruling, circumstances: Circumstances, pen: Pen) -> str:
    """Tell a ruling, each step with its clause and address.

    Parameters
    ----------
    name : str
        Of the source or licence.
    ruling : Ruling
        What the judge says.
    circumstances : Circumstances
        What was asked.
    pen : Pen
        How it is written.
    """
    basis = BASES.get(ruling.basis)
    meaning = f"{ruling.basis}: {basis}" if basis else ruling.basis
    heading = pen.wrap(f"{ruling.verdict.upper()} ({meaning})")
    lines = [
        *(pen.bold(line) for line in pen.wrap(f"{name}, {asked(circumstances)}")),
        *(pen.paint(line, COLOURS[ruling.verdict]) for line in heading),
        "",
        *pen.wrap(ruling.why),
    ]
    lines += _reasons(ruling, pen)
    if ruling.alternatives:
        lines += ["", pen.bold("If it were otherwise")]
    for other in ruling.alternatives:
        terms = f", {other.terms}" if other.terms else ""
        said = f"{other.circumstance}: {other.verdict} ({other.basis}){terms}"
        lines += pen.wrap(said, "  ", "    ")
    if ruling.questions:
        lines += ["", pen.bold("Open questions, which these rules do not decide")]
    for question in ruling.questions:
        lines += pen.wrap(f"{question.title} {question.text}", "  ", "    ")
    if ruling.remedy:
        lines += ["", pen.bold("Next"), *pen.wrap(ruling.remedy, "  ")]
    return "\n".join(lines) + "\n"


def _reasons(ruling: Ruling, pen: Pen) -> list[str]:
    if not ruling.reasons:
        return []
    lines = ["", pen.bold("What was considered, what decides first")]
    for reason in ruling.reasons:
        lines += _reason(reason, pen)
    return lines


def _reason(reason: Reason, pen: Pen) -> list[str]:
    terms = reason.terms
    clause = f", {terms.clause}" if terms.clause else ""
    mark = "* " if reason.decisive else "- "
    verdict = pen.paint(str(reason.verdict), COLOURS[reason.verdict])
    lines = pen.wrap(f"{terms.document}{clause}, {period(terms.period)}", f"{mark}", "  ")
    lines.append(f"    {verdict} ({reason.basis})")
    lines += pen.wrap(terms.paraphrase, "    ")
    if terms.condition:
        tags = f" [{'; '.join(terms.conditions)}]" if terms.conditions else ""
        lines += pen.wrap(f"Condition: {terms.condition}{tags}", "    ", "      ")
    if reason.lifted_by:
        lines += pen.wrap(f"Set aside by {reason.lifted_by}, as claimed.", "    ")
    lines += pen.wrap(terms.address, "    ") if terms.address else []
    return [*lines, *pen.wrap(f"{terms.id}; {terms.confidence}", "    ", "      ")]
