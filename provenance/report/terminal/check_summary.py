"""The summary that a check prints."""

from collections.abc import Mapping, Sequence

from provenance.model.results.baseline import FindingState
from provenance.model.results.result import Report, Result, SourceRuling
from provenance.report.aggregates.grouping import failing_sources, outcome_documents
from provenance.report.aggregates.repeated_items import repeated_items, repetition_sentence
from provenance.report.aggregates.third_party_words import (
    THIRD_PARTIES_NOTE,
    third_party_sentence,
    third_party_words,
)
from provenance.report.aggregates.top_findings import Finding, cut_excerpt, strongest_findings
from provenance.report.render_options import RenderOptions
from provenance.report.sanitize import one_line, one_line_fragment
from provenance.report.terminal.share_table import (
    MAX_NAME_CELLS,
    MAX_SOURCES,
    contested_lines,
    share_lines,
)
from provenance.report.terminal.terminal_style import MAX_SENTENCE_LENGTH, TerminalStyle
from provenance.report.text.caveats import (
    baseline_sentence,
    calibration_caveats,
    coverage_caveats,
    sample_sentence,
    undecided_sentence,
    upper_bound_sentence,
)
from provenance.report.text.cell_width import cell_width, truncate, wrap
from provenance.report.text.coverage_text import coverage_sentence
from provenance.report.text.gate_sentences import (
    documents_sentence,
    left_out_sentence,
    passing_sentence,
)
from provenance.report.text.next_steps import next_steps
from provenance.report.text.number_format import count, date_span, percent, size
from provenance.report.text.observations import observation_sentences
from provenance.report.text.origin_sentences import origin_note
from provenance.report.text.policy_notes import excuse, policy_notes, waiver_sentences
from provenance.report.text.sentences import (
    NOT_CLEARANCE,
    SHARES_NOTE,
    Outcome,
    checked_sentence,
    gate_sentence,
    headline,
    outcome_of,
    ruling_outcome,
    rulings_by_source,
    split_repeated,
    status_mark,
    unknown_licences,
)
from provenance.report.text.unread_text import unchecked_sentence, unread_lines

MIN_WIDTH, MAX_WIDTH = 40, 100
"""Range of line widths in cells: narrower terminals wrap lines, longer lines are hard to read."""

_FINDINGS = 3
_OTHERS = 3
_UNREAD = 10
_OBSERVATIONS = 10


def terminal_summary(report: Report, *, width: int, colour: bool) -> str:
    """Summarise a report for a terminal.

    Parameters
    ----------
    report : Report
        The report.
    width : int
        Columns of the terminal; limited to 40 to 100.
    colour : bool
        Whether to use colours; no information is in colours only.

    Returns
    -------
    str
        Lines, including the last newline, without escape sequences of others.
    """
    style = TerminalStyle(min(max(width, MIN_WIDTH), MAX_WIDTH), colour)
    result = report.result
    sections = [
        _verdict(style, report),
        _unread(style, result),
        _gates(style, result),
        _policy(style, report),
        share_lines(style, result),
        contested_lines(style, result),
        _repeated(style, report),
        _reasons(style, report),
        _third_parties(style, report),
        _strongest(style, report),
        _observations(style, result),
        _waivers(style, result),
        _limits(style, result),
        _next(style, report),
    ]
    return "\n\n".join("\n".join(section) for section in sections if section) + "\n"


def render(report: Report, _: RenderOptions) -> str:
    """Render a report for a terminal of 80 columns without colours."""
    return terminal_summary(report, width=80, colour=False)


def _verdict(style: TerminalStyle, report: Report) -> list[str]:
    result, corpus = report.result, report.result.corpus
    sizes = ", ".join(
        (count(corpus.documents, "document"), count(corpus.tokens, "token"), size(corpus.bytes))
    )
    mark = f"{status_mark(result):<4}  "
    sentence = wrap(one_line(headline(result)), style.width, " " * len(mark), " " * 6)
    sentence[0] = mark + sentence[0][len(mark) :]
    code = {"fail": "1;31", "incomplete": "1;33", "warn": "1;33"}.get(outcome_of(result), "1;32")
    return [
        *(style.paint(line, code) for line in sentence),
        *(style.wrap(extent, " " * 6) if (extent := documents_sentence(report)) else ()),
        *(style.wrap(rest, " " * 6) if (rest := left_out_sentence(report)) else ()),
        *(style.wrap(bound, " " * 6) if (bound := upper_bound_sentence(result)) else ()),
        *style.wrap(f"{', '.join(corpus.addresses)}: {sizes}.", " " * 6),
        *(style.wrap(note, " " * 6) if (note := sample_sentence(result)) else ()),
        *(style.wrap(comparison, " " * 6) if (comparison := baseline_sentence(result)) else ()),
        *style.wrap(checked_sentence(result), " " * 6),
    ]


def _unread(style: TerminalStyle, result: Result) -> list[str]:
    note = unchecked_sentence(result)
    if note is None:
        return []
    lines = [style.bold("Not checked"), *style.wrap(note, "  ")]
    for line in unread_lines(result.unchecked, _UNREAD, "result.json"):
        lines += style.wrap(line, "  ", "    ")
    return lines


def _gates(style: TerminalStyle, result: Result) -> list[str]:
    if not result.gates:
        return []
    lines = [style.bold("Gates")]
    for outcome in result.gates:
        mark = "passes" if outcome.passed else "FAILS"
        lines += style.wrap(f"{outcome.gate} {mark}: {gate_sentence(outcome)}", "  ", "    ")
        lines += style.wrap(warning, "    ") if (warning := undecided_sentence(outcome)) else []
    if (passing := passing_sentence(result)) is not None:
        lines += style.wrap(passing, "  ", "    ")
    return [*lines, *style.wrap(SHARES_NOTE, "  ")]


def _policy(style: TerminalStyle, report: Report) -> list[str]:
    notes = policy_notes(report)
    lines = [style.bold("Policy")]
    for note in notes:
        lines += style.wrap(one_line(note), "  ", "    ")
    return lines if notes else []


def _reasons(style: TerminalStyle, report: Report) -> list[str]:
    result, documents = report.result, outcome_documents(report)
    last = unknown_licences(result)
    groups = rulings_by_source(each for each in result.rulings if each.documents)
    groups = tuple(sorted(groups, key=lambda group: group[0].source in last))
    lines = [style.bold("Why")]
    for group in groups[:MAX_SOURCES]:
        lines += _rulings(style, group, documents)
        lines += style.wrap(coverage_sentence(result, group[0].source), "    ")
    return lines if groups else []


def _rulings(
    style: TerminalStyle, group: Sequence[SourceRuling], documents: Mapping[Outcome, int]
) -> list[str]:
    (each, *other_rulings), repetitions = split_repeated(group)
    ruling = each.ruling
    place = _place(each, documents)
    lines = style.wrap(
        f"{each.name} is {ruling.verdict} {place} ({ruling.basis}). {ruling.why}", "  ", "    "
    )
    lines += style.wrap(f"Terms: {ruling.terms}", "    ") if ruling.terms else []
    for ruling_of_part in other_rulings[:_OTHERS]:
        lines += style.wrap(
            f"{_place(ruling_of_part, documents).capitalize()}: {ruling_of_part.ruling.verdict} "
            f"({ruling_of_part.ruling.basis}), {ruling_of_part.ruling.terms or 'no terms'}",
            "    ",
            "      ",
        )
    if more := other_rulings[_OTHERS:]:
        lines += style.wrap(f"and {count(len(more), 'more ruling')}", "    ")
    if repetitions:
        number = count(len(repetitions), "more ruling")
        lines += style.wrap(
            f"These counts include {number} with the same outcome, on items of other dates or "
            "licences.",
            "    ",
            "      ",
        )
    return lines


def _repeated(style: TerminalStyle, report: Report) -> list[str]:
    names = {each.source: each.name for each in report.result.rulings}
    lines = [
        line
        for each in repeated_items(report.findings, _FINDINGS)
        for line in style.wrap(
            one_line(repetition_sentence(each, names.get(each.source, each.source))), "  ", "    "
        )
    ]
    return [style.bold("Most repeated items"), *lines] if lines else []


def _third_parties(style: TerminalStyle, report: Report) -> list[str]:
    works = third_party_words(report.findings)
    lines = [style.bold("Third parties' words"), *style.wrap(THIRD_PARTIES_NOTE, "  ")]
    for each in works[:_FINDINGS]:
        lines += style.wrap(one_line(third_party_sentence(each)), "  ", "    ")
    if more := works[_FINDINGS:]:
        words = count(sum(each.tokens for each in more), "word")
        lines += style.wrap(f"and of {count(len(more), 'other')}: {words}", "  ")
    return lines if works else []


def _place(each: SourceRuling, documents: Mapping[Outcome, int]) -> str:
    collection = f" of {one_line(each.collection)}" if each.collection else ""
    return f"in {count(documents[ruling_outcome(each)], 'document')}{collection}"


def _strongest(style: TerminalStyle, report: Report) -> list[str]:
    findings = strongest_findings(report.findings, _FINDINGS)
    total = report.findings.num_rows
    lines = [style.bold(f"Strongest findings ({len(findings)} of {total:,})")]
    for finding in findings:
        lines += _finding(style, finding)
    return lines if findings else []


def _finding(style: TerminalStyle, finding: Finding) -> list[str]:
    item_size = f" of {finding.item_tokens}" if finding.item_tokens else ""
    item = f" {_name(finding.item)}" if finding.item else ""
    match_size = f"{finding.tokens}{item_size} words, strength {finding.strength:.0f} bits"
    where = (
        f"{finding.verdict}: {_name(finding.source)}{item} in {_name(finding.document)}, "
        f"{match_size if finding.bits else finding.evidence}"
        f"{origin_note(finding.origin, finding.quoted_work and _name(finding.quoted_work))}"
        f"{', contested' if finding.contested else ''}"
        f"{', ' + excuse(finding.waiver) if finding.waiver else ''}"
        f"{', new' if finding.state == FindingState.NEW else ''}"
    )
    lines = style.wrap(where, indent="  ", hanging="    ")
    if finding.declared:
        lines += style.wrap(one_line(finding.declared), "    ", "      ")
    if finding.excerpt:
        lines.append("    " + _excerpt(style, finding))
    return lines


def _name(text: str) -> str:
    return truncate(one_line(text[:MAX_SENTENCE_LENGTH]), MAX_NAME_CELLS)


def _excerpt(style: TerminalStyle, finding: Finding) -> str:
    room = style.width - len("    “”")
    excerpt = cut_excerpt(finding.excerpt or "", finding.marks, lead=12, limit=room)
    before = (("…", False),) if excerpt.before or finding.excerpt_start else ()
    room -= excerpt.after
    line = ""
    for piece, is_match in (*before, *excerpt.pieces):
        text = one_line_fragment(piece)
        fitting = truncate(text, room)
        line += style.bold(fitting) if is_match else fitting
        room -= cell_width(fitting)
        if fitting != text:
            break
    else:
        line += "…" if excerpt.after else ""
    return f"“{line.strip()}”"


def _waivers(style: TerminalStyle, result: Result) -> list[str]:
    notes = waiver_sentences(result)
    lines = [style.bold("Waivers")]
    for each in notes[:MAX_SOURCES]:
        lines += style.wrap(each, "  ", "    ")
    if notes[MAX_SOURCES:]:
        lines += style.wrap(f"and {count(len(notes) - MAX_SOURCES, 'more waiver')}", "  ")
    return lines if notes else []


def _observations(style: TerminalStyle, result: Result) -> list[str]:
    sentences = observation_sentences(result)
    if not sentences:
        return []
    lines = [style.bold("Observed beside the shares")]
    for sentence in sentences[:_OBSERVATIONS]:
        lines += style.wrap(one_line(sentence), "  ", "    ")
    if more := len(sentences[_OBSERVATIONS:]):
        lines += style.wrap(f"and {more:,} more: see result.json", "  ")
    return lines


def _limits(style: TerminalStyle, result: Result) -> list[str]:
    lines = [style.bold("Limits")]
    for note in calibration_caveats(result):
        lines += style.wrap(note, "  ", "    ")
    skipped = sum(each.count for each in result.corpus.skipped)
    if skipped:
        reasons = ", ".join(dict.fromkeys(each.reason for each in result.corpus.skipped))
        lines += style.wrap(f"{count(skipped, 'row')} not read: {reasons}.", "  ", "    ")
    sources = [source for registry in result.registries for source in registry.sources]
    for each in sources[:MAX_SOURCES]:
        short = f"; {each.unattributable:,} cannot be matched" if each.unattributable else ""
        part = "" if each.fraction is None else f" ({percent(each.fraction)} of all)"
        lines += style.wrap(
            f"{each.source}: {count(each.items, 'item')} in the registry{part}, "
            f"{date_span(each.first, each.last)}{short}.",
            "  ",
            "    ",
        )
    if sources[MAX_SOURCES:]:
        lines += style.wrap(
            f"{count(len(sources[MAX_SOURCES:]), 'more source')} in the report.", "  "
        )
    for reservation in coverage_caveats(result):
        lines += style.wrap(reservation, "  ", "    ")
    return [*lines, *style.wrap(NOT_CLEARANCE, "  ")]


def _next(style: TerminalStyle, report: Report) -> list[str]:
    steps = next_steps(report.result, failing_sources(report))
    lines = [style.bold("Next")]
    for number, step in enumerate(steps, 1):
        lines += style.wrap(f"{number}. {step}", indent="  ", hanging="     ")
    return lines if steps else []
