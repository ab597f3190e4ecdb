"""JUnit XML: one test case per gate, and one per source and statement."""

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from provenance.model.results.result import GateOutcome, Report, Result
from provenance.report.aggregates.grouping import (
    ERROR,
    FindingGroup,
    group_findings,
    group_places,
    group_remedy,
    group_sentence,
    severity,
)
from provenance.report.aggregates.top_findings import Finding, strongest_findings
from provenance.report.render_options import RenderOptions
from provenance.report.sanitize import shorten_line
from provenance.report.text.collection_dates import refuted_dates_sentence
from provenance.report.text.gate_sentences import passing_sentence, unlimited_verdicts
from provenance.report.text.sentences import gate_sentence, headline, outcome_of
from provenance.report.text.unread_text import unread_line

_LONGEST = 2000
_WITH_EXCERPTS = 25
_UNREAD = 1000
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report, options: RenderOptions) -> str:
    """Render a report as JUnit XML.

    Parameters
    ----------
    report : Report
        The report.
    options : RenderOptions
        Whether to include excerpts.

    Returns
    -------
    str
        One suite for the dataset. A case fails if a gate fails, is an error if a file could not be
        read or the stated date of collection cannot be right, and is skipped if all its findings
        are waived or no gate limits them.
    """
    result = report.result
    cases = [
        *_unread(result),
        *_dates(result),
        *(_gate(outcome, result) for outcome in result.gates),
        *_undecided(result),
        *_passing(result),
        *(_statement(group, result) for group in group_findings(report)),
    ]
    failures = sum(case.find("failure") is not None for case in cases)
    errors = sum(case.find("error") is not None for case in cases)
    skipped = sum(case.find("skipped") is not None for case in cases)
    counts = {"tests": len(cases), "failures": failures, "errors": errors, "skipped": skipped}
    attributes = {name: str(number) for name, number in counts.items()}
    root = Element("testsuites", {"name": "provenance", **attributes})
    suite = SubElement(
        root,
        "testsuite",
        {
            "name": _text(", ".join(result.corpus.addresses)) or "corpus",
            "timestamp": f"{result.created:%Y-%m-%dT%H:%M:%S}",
            **attributes,
        },
    )
    properties = SubElement(suite, "properties")
    SubElement(properties, "property", {"name": "status", "value": outcome_of(result)})
    suite.extend(cases)
    if options.excerpts:
        excerpts = "\n".join(
            _excerpt_line(each) for each in strongest_findings(report.findings, _WITH_EXCERPTS)
        )
        SubElement(suite, "system-out").text = excerpts
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _unread(result: Result) -> list[Element]:
    """Return a case per file that was not checked: an error, unless that is accepted."""
    cases = []
    for unread in result.unchecked[:_UNREAD]:
        case = _case("unread", unread.file)
        sentence = _text(unread_line(unread))
        if result.lacks_files:
            SubElement(case, "error", {"type": "unread", "message": sentence})
        else:
            SubElement(case, "skipped", {"message": sentence})
        cases.append(case)
    return cases


def _dates(result: Result) -> list[Element]:
    """Return a case in error if a stated date of collection cannot be right."""
    sentence = refuted_dates_sentence(result)
    if sentence is None:
        return []
    case = _case("policy", "collected")
    SubElement(case, "error", {"type": "collected", "message": _text(sentence)})
    return [case]


def _gate(outcome: GateOutcome, result: Result) -> Element:
    case = _case("gates", str(outcome.gate))
    if not outcome.passed:
        remedies = [each.remedy for each in result.violations if each.gate == str(outcome.gate)]
        _failure(case, gate_sentence(outcome), *remedies)
    return case


def _undecided(result: Result) -> list[Element]:
    """Return a skipped case if the outcome is not decided: JUnit has no warnings."""
    if outcome_of(result) != "warn":
        return []
    case = _case("gates", "unknown")
    SubElement(case, "skipped", {"message": _text(f"Not decided: {headline(result)}")})
    return [case]


def _passing(result: Result) -> list[Element]:
    """Return a skipped case for the verdicts that no gate limits."""
    sentence = passing_sentence(result)
    if sentence is None:
        return []
    verdicts = unlimited_verdicts(each.gate for each in result.gates)
    case = _case("gates", f"no gate: {', '.join(verdicts)}")
    SubElement(case, "skipped", {"message": _text(sentence)})
    return [case]


def _statement(group: FindingGroup, result: Result) -> Element:
    case = _case(group.source, group.rule)
    sentence = group_sentence(group, result)
    if severity(group) == ERROR:
        reason = group.ruling.why if group.ruling else ""
        _failure(case, sentence, f"Where: {group_places(group)}", reason, group_remedy(group))
    elif (group.waived or group.disputed) and not group.counted:
        how = "Waived" if group.waived else "Disputed"
        SubElement(case, "skipped", {"message": _text(f"{how}: {sentence}")})
    else:
        SubElement(case, "system-out").text = _text(sentence)
    return case


def _case(kind: str, name: str) -> Element:
    return Element("testcase", {"classname": _text(f"provenance.{kind}"), "name": _text(name)})


def _failure(case: Element, message: str, *lines: str) -> None:
    failure = SubElement(case, "failure", {"type": "policy", "message": _text(message)})
    failure.text = "\n".join(_text(line) for line in (message, *lines) if line)


def _excerpt_line(finding: Finding) -> str:
    return _text(f"{finding.document} ({finding.source}): {finding.excerpt or ''}")


def _text(text: str) -> str:
    """Replace characters that XML does not allow; show control characters as numbers."""
    return _NOT_XML.sub("\ufffd", shorten_line(text, _LONGEST))
