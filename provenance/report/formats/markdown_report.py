"""Markdown, for a job's summary and a pull request's comment."""

from provenance.model import Report, Result, Share, State
from provenance.report.grouping import breaching, grouped, sentence
from provenance.report.render_options import Manner
from provenance.report.sanitize import code, folded, link, prose, row, table
from provenance.report.text.caveats import (
    baseline_sentence,
    bound,
    calibrated,
    limits,
    sampled,
    undecided,
)
from provenance.report.text.next_steps import next_steps
from provenance.report.text.number_format import count, days, interval, limit, percent, size
from provenance.report.text.policy_notes import waiver_sentences
from provenance.report.text.sentences import NOT_CLEARANCE, OUTCOMES, asked, by, headline
from provenance.report.text.terms_summary import terms_in_play
from provenance.report.text.top_findings import Finding, strongest
from provenance.report.text.unread_text import unread_line, unread_sentence

LIMIT = 60_000
"""Bytes that it takes at most. A job's summary above 1 MiB, and a comment above 65,536
characters, would be lost whole."""

_FAILING, _OTHERS, _STEPS, _ROWS, _TERMS = 10, 25, 6, 20, 10
_CUT = (
    "_{} left out here, for a comment holds only so much: the report's folder has all, in "
    "`report.html` and `findings.parquet`._"
)


def render(report: Report, manner: Manner) -> str:
    """Render a report as Markdown.

    Parameters
    ----------
    report : Report
        What to render.
    manner : Manner
        Whether with excerpts.

    Returns
    -------
    str
        At most `LIMIT` bytes of UTF-8. The first heading is of the third level, for a summary has
        other things above it.
    """
    result = report.result
    blocks = [
        _verdict(result),
        _unread(result),
        _failing(report, manner),
        _steps(result),
        _gates(result),
        _shares(result),
        _findings(report, manner),
        _terms(result),
        _waivers(result),
        _limits(result),
        _made(result),
    ]
    return _fitted([block for block in blocks if block]) + "\n"


def _fitted(blocks: list[str]) -> str:
    """Take whole blocks as long as there is room, and say where some are left out."""
    room = LIMIT - len(_CUT) - 40
    kept: list[str] = []
    for block in blocks:
        room -= len(block.encode("utf-8", "replace")) + 2
        if room < 0:
            break
        kept.append(block)
    left = len(blocks) - len(kept)
    return "\n\n".join([*kept, *([_CUT.format(count(left, "section"))] if left else [])])


def _verdict(result: Result) -> str:
    corpus = result.corpus
    read = ", ".join(
        (count(corpus.documents, "document"), count(corpus.tokens, "token"), size(corpus.bytes))
    )
    more = len(corpus.addresses) - _STEPS
    named = ", ".join(code(address) for address in corpus.addresses[:_STEPS])
    named += f" and {more} more" if more > 0 else ""
    said = [baseline_sentence(result), sampled(result), bound(result)]
    return "\n\n".join(
        [
            f"### provenance: {OUTCOMES[result.status].lower()}",
            f"**{prose(headline(result))}**",
            f"{named}: {read}. Asked: {prose(asked(result.policy.circumstances))}.",
            *(prose(each) for each in said if each),
        ]
    )


def _unread(result: Result) -> str:
    said = unread_sentence(result.unread, result.allow_unread)
    if said is None:
        return ""
    lines = [f"- {prose(unread_line(one))}" for one in result.unread[:_ROWS]]
    more = len(result.unread) - len(lines)
    lines += [f"- and {more} more: see result.json"] if more > 0 else []
    return "\n\n".join(["#### Not read", prose(said), "\n".join(lines)])


def _failing(report: Report, manner: Manner) -> str:
    found = breaching(report)
    if not found.num_rows:
        return ""
    shown = strongest(found, _FAILING)
    more = found.num_rows - len(shown)
    others = f" {count(more, 'more finding')} in the report." if more > 0 else ""
    rows = _table(report.result, shown, manner)
    return f"#### What fails\n\n{rows}\n\nRows count from 0.{others}\n\n{_why(report)}"


def _why(report: Report) -> str:
    """Say under which terms it fails, with the clause and where it stands."""
    lines = []
    for each in [group for group in grouped(report) if group.gates][:_STEPS]:
        terms = each.decisive
        named = f" {link(terms.document, terms.address)}" if terms else ""
        why = each.ruling.why if each.ruling else sentence(each, report.result)
        lines.append(f"- {prose(each.name, 80)}: {prose(why)}{named}")
    return "\n".join(lines)


def _table(result: Result, shown: tuple[Finding, ...], manner: Manner) -> str:
    names = {each.source: each.name for each in result.rulings}
    heads = ("Where", "Document", "Whose", "Verdict", "Words:")
    lines = []
    for each in shown:
        whole = f" of {each.item_tokens:,}" if each.item_tokens else ""
        state = f"{each.verdict}{', waived' if each.waiver else ''}"
        cells = (
            f"{code(each.file)} row {each.row}{_field(each)}",
            code(each.document),
            _whose(each, names.get(each.source, each.source)),
            f"{state}{', contested' if each.contested else ''}{', new' if _is_new(each) else ''}",
            f"{each.tokens:,}{whole}" if each.tokens else each.evidence,
            *((code(each.excerpt or "", 300),) if manner.excerpts else ()),
        )
        lines.append(row(*cells))
    return table((*heads, *(("Excerpt",) if manner.excerpts else ())), lines)


def _whose(finding: Finding, name: str) -> str:
    return f"{prose(name, 80)} {link(finding.item or 'page', finding.url)}"


def _field(finding: Finding) -> str:
    return "" if finding.field == "text" else f" {code(finding.field)}"


def _is_new(finding: Finding) -> bool:
    return finding.state == State.NEW


def _steps(result: Result) -> str:
    steps = next_steps(result)[:_STEPS]
    lines = [f"{number}. {prose(step)}" for number, step in enumerate(steps, 1)]
    return "#### What to do\n\n" + "\n".join(lines) if steps else ""


def _gates(result: Result) -> str:
    lines = [
        row(
            code(str(each.gate)),
            "passes" if each.passed else "**fails**",
            f"{percent(each.share)} of {each.gate.unit}",
            percent(each.low),
            limit(each.gate.limit),
        )
        for each in result.gates[:_ROWS]
    ]
    doubts = [prose(doubt) for each in result.gates[:_ROWS] if (doubt := undecided(each))]
    heads = ("Gate", "Outcome", "Share:", "At least:", "Allowed:")
    return "\n\n".join([table(heads, lines), *doubts[:1]]) if lines else ""


def _shares(result: Result) -> str:
    found = [share for share in by(result.shares, "source") if share.documents.count]
    lines = [
        row(
            code(share.key),
            str(share.verdict or "mixed"),
            percent(share.tokens.share),
            interval(share.tokens.low, share.tokens.high),
            f"{share.documents.count:,}",
            _uncontested(share),
        )
        for share in found[:_ROWS]
    ]
    if not lines:
        return ""
    more = len(found) - len(lines)
    heads = ("Source", "Verdict", "Tokens:", "95 % interval:", "Documents:", "Contested:")
    return "#### Shares\n\n" + "\n\n".join(
        [table(heads, lines), *([f"and {count(more, 'more source')}."] if more > 0 else [])]
    )


def _uncontested(share: Share) -> str:
    return percent(share.tokens.contested) if share.tokens.contested else ""


def _findings(report: Report, manner: Manner) -> str:
    shown = strongest(report.findings, _OTHERS)
    if len(shown) <= min(breaching(report).num_rows, _FAILING):  # all stand above
        return ""
    title = f"Strongest findings ({len(shown)} of {report.findings.num_rows:,})"
    return folded(title, _table(report.result, shown, manner))


def _terms(result: Result) -> str:
    lines = []
    for each in terms_in_play(result)[:_TERMS]:
        clause = f", {prose(each.terms.clause, 200)}" if each.terms.clause else ""
        title = f"{link(each.terms.document, each.terms.address)}{clause}"
        lines.append(f"- {title}: **{each.terms.verdict}**. {prose(each.terms.paraphrase)}")
    return folded("What the terms say", "\n".join(lines)) if lines else ""


def _waivers(result: Result) -> str:
    if not result.waivers:
        return ""
    lines = [f"- {prose(said)}" for said in waiver_sentences(result)[:_ROWS]]
    more = len(result.waivers) - len(lines)
    lines += [f"- and {more} more"] if more > 0 else []
    return folded(f"Waivers ({len(result.waivers)})", "\n".join(lines))


def _limits(result: Result) -> str:
    held = [source for registry in result.registries for source in registry.sources][:_ROWS]
    skipped = sum(each.count for each in result.corpus.skipped)
    lines = [
        *(calibrated(result)),
        *([f"{count(skipped, 'row')} not read."] if skipped else []),
        *(
            f"{each.source}: {count(each.items, 'item')} in the registry, "
            f"{days(each.first, each.last)}."
            for each in held
        ),
        *limits(result),
        NOT_CLEARANCE,
    ]
    return folded("Limits", "\n".join(f"- {prose(line)}" for line in lines))


def _made(result: Result) -> str:
    digests = f"corpus {code(result.corpus.digest[:16])}, rules {code(result.rules_digest[:16])}"
    return f"<sub>provenance {prose(result.tool, 40)}; {digests}; policy {_policy(result)}</sub>"


def _policy(result: Result) -> str:
    return code(result.policy.path) if result.policy.path else "none, so the defaults"
