"""Markdown, for job summaries and pull request comments."""

from provenance.model.results.baseline import FindingState
from provenance.model.results.result import Report, Result
from provenance.model.results.shares import Share
from provenance.report.aggregates.grouping import (
    failing_sources,
    group_findings,
    group_sentence,
    violating_findings,
)
from provenance.report.aggregates.terms_summary import decisive_terms
from provenance.report.aggregates.third_party_words import THIRD_PARTIES_NOTE, third_party_words
from provenance.report.aggregates.top_findings import Finding, strongest_findings
from provenance.report.render_options import RenderOptions
from provenance.report.sanitize import (
    markdown_code,
    markdown_details,
    markdown_link,
    markdown_row,
    markdown_table,
    markdown_text,
)
from provenance.report.text.caveats import (
    baseline_sentence,
    calibration_caveats,
    coverage_caveats,
    sample_sentence,
    undecided_sentence,
    upper_bound_sentence,
)
from provenance.report.text.gate_sentences import (
    documents_sentence,
    left_out_sentence,
    passing_sentence,
)
from provenance.report.text.next_steps import next_steps
from provenance.report.text.number_format import (
    count,
    date_span,
    exact_percent,
    interval,
    percent,
    size,
)
from provenance.report.text.observations import observation_sentences
from provenance.report.text.origin_sentences import origin_meaning, origin_note, other_origins
from provenance.report.text.policy_notes import excuse, waiver_sentences
from provenance.report.text.sentences import (
    NOT_CLEARANCE,
    OUTCOMES,
    SHARES_NOTE,
    checked_sentence,
    headline,
    outcome_of,
    source_shares,
)
from provenance.report.text.unread_text import unchecked_sentence, unread_lines

MAX_BYTES = 60_000
"""Maximum size. GitHub rejects job summaries above 1 MiB and comments above 65,536 characters."""

_FAILING, _OTHERS, _STEPS, _ROWS, _TERMS = 10, 25, 6, 20, 10
_CUT = (
    "_{} left out, because the size of comments is limited: see `report.html` and "
    "`findings.parquet` in the folder of the report._"
)


def render(report: Report, options: RenderOptions) -> str:
    """Render a report as Markdown.

    Parameters
    ----------
    report : Report
        The report.
    options : RenderOptions
        Whether to include excerpts.

    Returns
    -------
    str
        At most `MAX_BYTES` bytes of UTF-8. The first heading is of the third level, because a job's
        summary has other sections above it.
    """
    result = report.result
    blocks = [
        _verdict(report),
        _unread(result),
        _failing(report, options),
        _steps(report),
        _gates(result),
        _shares(result),
        _findings(report, options),
        _third_parties(report),
        _terms(result),
        _observations(result),
        _waivers(result),
        _limits(result),
        _footer(result),
    ]
    return _join_within_limit([block for block in blocks if block]) + "\n"


def _join_within_limit(blocks: list[str]) -> str:
    """Join as many whole blocks as fit, and note how many were left out."""
    room = MAX_BYTES - len(_CUT) - 40
    kept_blocks: list[str] = []
    for block in blocks:
        room -= len(block.encode("utf-8", "replace")) + 2
        if room < 0:
            break
        kept_blocks.append(block)
    omitted = len(blocks) - len(kept_blocks)
    return "\n\n".join(
        [*kept_blocks, *([_CUT.format(count(omitted, "section"))] if omitted else [])]
    )


def _verdict(report: Report) -> str:
    result, corpus = report.result, report.result.corpus
    sizes = ", ".join(
        (count(corpus.documents, "document"), count(corpus.tokens, "token"), size(corpus.bytes))
    )
    more = len(corpus.addresses) - _STEPS
    addresses = ", ".join(markdown_code(address) for address in corpus.addresses[:_STEPS])
    addresses += f" and {more} more" if more > 0 else ""
    note = [
        documents_sentence(report),
        left_out_sentence(report),
        passing_sentence(result),
        baseline_sentence(result),
        sample_sentence(result),
        upper_bound_sentence(result),
    ]
    return "\n\n".join(
        [
            f"### provenance: {OUTCOMES[outcome_of(result)].lower()}",
            f"**{markdown_text(headline(result))}**",
            f"{addresses}: {sizes}. {markdown_text(checked_sentence(result))}",
            *(markdown_text(each) for each in note if each),
        ]
    )


def _unread(result: Result) -> str:
    note = unchecked_sentence(result)
    if note is None:
        return ""
    lines = unread_lines(result.unchecked, _ROWS, "result.json")
    lines = [f"- {markdown_text(line)}" for line in lines]
    return "\n\n".join(["#### Not checked", markdown_text(note), "\n".join(lines)])


def _failing(report: Report, options: RenderOptions) -> str:
    violating = violating_findings(report)
    if not violating.num_rows:
        return ""
    strongest = strongest_findings(violating, _FAILING)
    more = violating.num_rows - len(strongest)
    more_note = f" {count(more, 'more finding')} in the report." if more > 0 else ""
    rows = _table(report.result, strongest, options)
    return f"#### What fails\n\n{rows}\n\nRows count from 0.{more_note}\n\n{_reasons(report)}"


def _reasons(report: Report) -> str:
    """List the reasons of the failure, each with a link to its document."""
    lines = []
    for each in [group for group in group_findings(report) if group.gates][:_STEPS]:
        terms = each.decisive
        link = f" {markdown_link(terms.document, terms.address)}" if terms else ""
        reason = each.ruling.why if each.ruling else group_sentence(each, report.result)
        lines.append(f"- {markdown_text(each.name, 80)}: {markdown_text(reason)}{link}")
    return "\n".join(lines)


def _table(result: Result, findings: tuple[Finding, ...], options: RenderOptions) -> str:
    names = {each.source: each.name for each in result.rulings}
    has_ids = any(each.document != f"{each.file}#{each.row}" for each in findings)
    heads = ("Where", *(("Document",) if has_ids else ()), "Item", "Verdict", "Words:")
    lines = []
    for each in findings:
        item_size = f" of {each.item_tokens:,}" if each.item_tokens else ""
        excused = f", {excuse(each.waiver)}" if each.waiver else ""
        state = f"{each.verdict}{origin_note(each.origin)}{excused}"
        cells = (
            f"{markdown_code(each.file)} row {each.row}{_field(each)}",
            *((markdown_code(each.document),) if has_ids else ()),
            _item_link(each, names.get(each.source, each.source)),
            f"{state}{', contested' if each.contested else ''}{', new' if _is_new(each) else ''}",
            f"{each.tokens:,}{item_size}" if each.tokens else each.evidence,
            *((markdown_code(each.excerpt or "", 300),) if options.excerpts else ()),
        )
        lines.append(markdown_row(*cells))
    return markdown_table((*heads, *(("Excerpt",) if options.excerpts else ())), lines)


def _item_link(finding: Finding, name: str) -> str:
    return f"{markdown_text(name, 80)} {markdown_link(finding.item or 'page', finding.url)}"


def _field(finding: Finding) -> str:
    return "" if finding.field == "text" else f" {markdown_code(finding.field)}"


def _is_new(finding: Finding) -> bool:
    return finding.state == FindingState.NEW


def _steps(report: Report) -> str:
    steps = next_steps(report.result, failing_sources(report))[:_STEPS]
    lines = [f"{number}. {markdown_text(step)}" for number, step in enumerate(steps, 1)]
    return "#### What to do\n\n" + "\n".join(lines) if steps else ""


def _gates(result: Result) -> str:
    lines = [
        markdown_row(
            markdown_code(str(each.gate)),
            "passes" if each.passed else "**fails**",
            f"{percent(each.share)} of {each.gate.unit}",
            percent(each.low),
            exact_percent(each.gate.limit),
        )
        for each in result.gates[:_ROWS]
    ]
    warnings = [
        markdown_text(warning)
        for each in result.gates[:_ROWS]
        if (warning := undecided_sentence(each))
    ]
    heads = ("Gate", "Outcome", "Share:", "At least:", "Allowed:")
    table = markdown_table(heads, lines)
    note = markdown_text(SHARES_NOTE)
    return "\n\n".join([table, *warnings[:1], note]) if lines else ""


def _shares(result: Result) -> str:
    present = [share for share in source_shares(result) if share.documents.count]
    lines = [
        markdown_row(
            markdown_code(share.key),
            str(share.verdict or "mixed"),
            percent(share.tokens.share),
            interval(share.tokens.low, share.tokens.high),
            f"{share.documents.count:,}",
            _contested_cell(share),
        )
        for share in present[:_ROWS]
    ]
    if not lines:
        return ""
    lines += [_origin_row(share) for share in other_origins(result)]
    more = len(present) - len(present[:_ROWS])
    heads = ("Source", "Verdict", "Tokens:", "95 % interval:", "Documents:", "Contested:")
    return "#### Shares\n\n" + "\n\n".join(
        [
            markdown_table(heads, lines),
            *([f"and {count(more, 'more source')}."] if more > 0 else []),
        ]
    )


def _origin_row(share: Share) -> str:
    return markdown_row(
        markdown_text(f"{share.key}: {origin_meaning(share.key)}"),
        str(share.verdict or "mixed"),
        percent(share.tokens.share),
        interval(share.tokens.low, share.tokens.high),
        f"{share.documents.count:,}",
        _contested_cell(share),
    )


def _contested_cell(share: Share) -> str:
    return percent(share.tokens.contested) if share.tokens.contested else ""


def _findings(report: Report, options: RenderOptions) -> str:
    strongest = strongest_findings(report.findings, _OTHERS)
    if len(strongest) <= min(violating_findings(report).num_rows, _FAILING):  # all are listed above
        return ""
    title = f"Strongest findings ({len(strongest)} of {report.findings.num_rows:,})"
    return markdown_details(title, _table(report.result, strongest, options))


def _third_parties(report: Report) -> str:
    works = third_party_words(report.findings)
    if not works:
        return ""
    lines = [
        markdown_row(
            markdown_link(each.title, each.address),
            f"{each.documents:,}",
            f"{each.findings:,}",
            f"{each.tokens:,}",
        )
        for each in works[:_ROWS]
    ]
    table = markdown_table(("Whose", "Documents:", "Findings:", "Words:"), lines)
    more = len(works) - len(lines)
    parts = [
        markdown_text(THIRD_PARTIES_NOTE),
        table,
        *([f"and of {count(more, 'other')}."] if more > 0 else []),
    ]
    findings = count(sum(each.findings for each in works), "finding")
    return markdown_details(f"Third parties' words ({findings})", "\n\n".join(parts))


def _terms(result: Result) -> str:
    lines = []
    for each in decisive_terms(result)[:_TERMS]:
        clause = f", {markdown_text(each.terms.clause, 200)}" if each.terms.clause else ""
        title = f"{markdown_link(each.terms.document, each.terms.address)}{clause}"
        lines.append(f"- {title}: **{each.terms.verdict}**. {markdown_text(each.terms.paraphrase)}")
    return markdown_details("What the terms say", "\n".join(lines)) if lines else ""


def _waivers(result: Result) -> str:
    if not result.waivers:
        return ""
    lines = [f"- {markdown_text(note)}" for note in waiver_sentences(result)[:_ROWS]]
    more = len(result.waivers) - len(lines)
    lines += [f"- and {more} more"] if more > 0 else []
    return markdown_details(f"Waivers ({len(result.waivers)})", "\n".join(lines))


def _observations(result: Result) -> str:
    sentences = observation_sentences(result)
    if not sentences:
        return ""
    lines = [f"- {markdown_text(sentence)}" for sentence in sentences[:_ROWS]]
    if more := len(sentences[_ROWS:]):
        lines.append(f"- and {more:,} more: see result.json")
    return "\n".join(["### Observed beside the shares", "", *lines])


def _limits(result: Result) -> str:
    sources = [source for registry in result.registries for source in registry.sources][:_ROWS]
    skipped = sum(each.count for each in result.corpus.skipped)
    lines = [
        *(calibration_caveats(result)),
        *([f"{count(skipped, 'row')} not read."] if skipped else []),
        *(
            f"{each.source}: {count(each.items, 'item')} in the registry, "
            f"{date_span(each.first, each.last)}."
            for each in sources
        ),
        *coverage_caveats(result),
        NOT_CLEARANCE,
    ]
    return markdown_details("Limits", "\n".join(f"- {markdown_text(line)}" for line in lines))


def _footer(result: Result) -> str:
    corpus = markdown_code(result.corpus.digest[:16])
    rules = markdown_code(result.rules_digest[:16])
    policy = markdown_code(result.policy.path) if result.policy.path else "none (defaults)"
    tool = markdown_text(result.tool, 40)
    return f"<sub>provenance {tool}; corpus {corpus}, rules {rules}; policy {policy}</sub>"
