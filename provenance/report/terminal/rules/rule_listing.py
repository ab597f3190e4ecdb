"""Lists and cards of rules for the terminal."""

from collections.abc import Iterable, Sequence

from provenance.model.rules.rule_library import (
    Condition,
    Licence,
    Signal,
    Source,
    StatutoryException,
)
from provenance.model.rules.terms import Terms, Verdict
from provenance.report.terminal.terminal_style import TerminalStyle
from provenance.report.text.number_format import count, date_span, period

Entry = Source | Licence | Signal | StatutoryException
COLOURS = {
    Verdict.FORBIDDEN: "1;31",
    Verdict.UNKNOWN: "1;35",
    Verdict.RESTRICTED: "1;33",
    Verdict.PERMITTED: "1;32",
}
"""ANSI codes of verdicts."""
_VERDICT, _PERIOD = 10, 24


def rule_list(selection: Iterable[tuple[Entry, Sequence[Terms]]], style: TerminalStyle) -> str:
    """List statements, one per line, by entry."""
    lines, entries, statements = [], 0, 0
    for entry, versions in selection:
        entries, statements = entries + 1, statements + len(versions)
        lines += style.wrap(f"{entry.id}  {entry.name}")[:1]
        lines[-1] = style.bold(lines[-1])
        lines += [_line(terms, style) for terms in sorted(versions, key=_by_date)]
    total = f"{count(statements, 'statement')} in {count(entries, 'file')}"
    return "\n".join([*lines, *([""] if lines else []), total]) + "\n"


def rule_card(entry: Entry, conditions: Sequence[Condition], style: TerminalStyle) -> str:
    """Return all rules on one source, licence, signal or exception."""
    lines = [style.bold(f"{entry.name} ({entry.id})")]
    for label, values in _names(entry):
        lines += style.wrap(f"{label}: {', '.join(values)}", "  ", "    ") if values else []
    meanings = {condition.id: condition.meaning for condition in conditions}
    documents: dict[str, list[Terms]] = {}
    for terms in entry.terms:
        documents.setdefault("/".join(terms.id.split("/")[:2]), []).append(terms)
    for versions in documents.values():
        lines += ["", *_document(versions[0], style)]
        for terms in sorted(versions, key=_by_date):
            lines += ["", *statement_lines(terms, style, meanings)]
    return "\n".join(lines) + "\n"


def statement_lines(
    terms: Terms, style: TerminalStyle, meanings: dict[str, str] | None = None
) -> list[str]:
    """Return lines on one statement: clause, condition, addresses, confidence."""
    verdict = style.paint(f"{terms.verdict}", COLOURS[terms.verdict])
    lines = [f"  {verdict} ({terms.basis}), {period(terms.period)}"]
    fields = {
        "Clause": terms.clause,
        "Says": terms.paraphrase,
        "Condition": terms.condition,
        "Tags": "; ".join(_tag(tag, meanings or {}) for tag in terms.conditions),
        "Models": None if terms.model_scope == "any" else str(terms.model_scope),
        "Uses": ", ".join(terms.uses),
        "Binds": ", ".join(terms.binds),
        "Where": None if terms.jurisdictions == ("any",) else ", ".join(terms.jurisdictions),
        "Unconfirmed": None if terms.unseen is None else period(terms.unseen),
        "Confidence": _confidence(terms),
        "Copy": terms.stored_copy,
        "SHA-256": terms.quotation_digest,
        "Id": terms.id,
    }
    for label, text in fields.items():
        lines += style.wrap(f"{label}: {text}", "    ", "      ") if text else []
    return lines


def _line(terms: Terms, style: TerminalStyle) -> str:
    verdict = style.paint(f"{terms.verdict:<{_VERDICT}}", COLOURS[terms.verdict])
    document = terms.id.split("/")[1]
    text = f"{period(terms.period):<{_PERIOD}}  {document} ({terms.basis})"
    return f"  {verdict}  {text[: style.width - _VERDICT - 4]}"


def _document(terms: Terms, style: TerminalStyle) -> list[str]:
    lines = style.wrap(terms.document, "", "  ")
    lines = [style.bold(line) for line in lines]
    lines += style.wrap(terms.address, "  ", "  ") if terms.address else []
    date_kind = {
        "collection": "the date of collection",
        "content": "the date of the content",
        "acceptance": "the date of acceptance",
    }[terms.time_axis]
    lines += style.wrap(f"Applicable version: by {date_kind}.", "  ", "  ")
    return lines + (style.wrap(f"Note: {terms.notes}", "  ", "  ") if terms.notes else [])


def _names(entry: Entry) -> list[tuple[str, Sequence[str]]]:
    content = getattr(entry, "content_licence", None)
    statements = dict(getattr(entry, "operators", ()))
    robots = (
        (f"Robots in {document}", [_robot(name, statements.get(name)) for name in names])
        for document, names in getattr(entry, "agents", ())
    )
    return [
        ("Also called", getattr(entry, "aliases", ())),
        ("Hosts", getattr(entry, "hosts", ())),
        ("All content is licensed under", () if content is None else (content,)),
        ("Made of", getattr(entry, "parts", ())),
        ("Also made of, without rules", getattr(entry, "other_parts", ())),
        *robots,
        ("Overrides limits of", [str(layer) for layer in getattr(entry, "lifts", ())]),
    ]


def _robot(name: str, statement: str | None) -> str:
    return name if statement is None else f"{name} ({statement})"


def _tag(condition: str, meanings: dict[str, str]) -> str:
    labels = [
        f"{tag}: {meanings[tag]}" if tag in meanings else tag for tag in condition.split(" or ")
    ]
    return " or ".join(labels)


def _confidence(terms: Terms) -> str:
    record = terms.record
    seen = date_span(record.first_seen, record.last_seen)
    sightings = f"; quotation seen {seen}" if record.last_seen else ""
    review = (
        f"reviewed by {record.reviewed_by} on {record.reviewed_on}"
        if record.reviewed_by
        else "not reviewed by a lawyer"
    )
    return f"{terms.confidence}{sightings}; {review}"


def _by_date(terms: Terms) -> tuple[str, str]:
    return str(terms.period.first or ""), terms.id
