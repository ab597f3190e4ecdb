"""The law book as lists and cards on a terminal."""

from collections.abc import Iterable, Sequence

from provenance.model import (
    Condition,
    Licence,
    Signal,
    Source,
    StatutoryException,
    Terms,
    Verdict,
)
from provenance.report.terminal.terminal_style import Pen
from provenance.report.text.number_format import count, period

Entry = Source | Licence | Signal | StatutoryException
COLOURS = {
    Verdict.FORBIDDEN: "1;31",
    Verdict.UNKNOWN: "1;35",
    Verdict.RESTRICTED: "1;33",
    Verdict.PERMITTED: "1;32",
}
"""How verdicts are painted, where colour is allowed; their words say the same."""
_VERDICT, _PERIOD = 10, 24


def rule_list(picked: Iterable[tuple[Entry, Sequence[Terms]]], pen: Pen) -> str:
    """List statements, a line each, below the entries that they belong to."""
    lines, entries, statements = [], 0, 0
    for entry, every in picked:
        entries, statements = entries + 1, statements + len(every)
        lines += pen.wrap(f"{entry.id}  {entry.name}")[:1]
        lines[-1] = pen.bold(lines[-1])
        lines += [_line(terms, pen) for terms in sorted(every, key=_by_date)]
    total = f"{count(statements, 'statement')} in {count(entries, 'file')}"
    return "\n".join([*lines, *([""] if lines else []), total]) + "\n"


def rule_card(entry: Entry, conditions: Sequence[Condition], pen: Pen) -> str:
    """Show all that the rules say of one source, licence, signal or exception."""
    lines = [pen.bold(f"{entry.name} ({entry.id})")]
    for label, values in _names(entry):
        lines += pen.wrap(f"{label}: {', '.join(values)}", "  ", "    ") if values else []
    meanings = {condition.id: condition.meaning for condition in conditions}
    documents: dict[str, list[Terms]] = {}
    for terms in entry.terms:
        documents.setdefault("/".join(terms.id.split("/")[:2]), []).append(terms)
    for every in documents.values():
        lines += ["", *_document(every[0], pen)]
        for terms in sorted(every, key=_by_date):
            lines += ["", *statement_lines(terms, pen, meanings)]
    return "\n".join(lines) + "\n"


def statement_lines(terms: Terms, pen: Pen, meanings: dict[str, str] | None = None) -> list[str]:
    """Write one statement with its clause, condition, addresses and how well it is known."""
    verdict = pen.paint(f"{terms.verdict}", COLOURS[terms.verdict])
    lines = [f"  {verdict} ({terms.basis}), {period(terms.period)}"]
    told = {
        "Clause": terms.clause,
        "Says": terms.paraphrase,
        "Condition": terms.condition,
        "Tags": "; ".join(_tag(tag, meanings or {}) for tag in terms.conditions),
        "Models": None if terms.model_scope == "any" else str(terms.model_scope),
        "Uses": ", ".join(terms.uses),
        "Binds": ", ".join(terms.binds),
        "Where": None if terms.jurisdictions == ("any",) else ", ".join(terms.jurisdictions),
        "Not seen": None if terms.unseen is None else period(terms.unseen),
        "Known": _known(terms),
        "Copy": terms.stored_copy,
        "SHA-256": terms.quotation_digest,
        "Id": terms.id,
    }
    for label, text in told.items():
        lines += pen.wrap(f"{label}: {text}", "    ", "      ") if text else []
    return lines


def _line(terms: Terms, pen: Pen) -> str:
    verdict = pen.paint(f"{terms.verdict:<{_VERDICT}}", COLOURS[terms.verdict])
    document = terms.id.split("/")[1]
    text = f"{period(terms.period):<{_PERIOD}}  {document} ({terms.basis})"
    return f"  {verdict}  {text[: pen.width - _VERDICT - 4]}"


def _document(terms: Terms, pen: Pen) -> list[str]:
    lines = pen.wrap(terms.document, "", "  ")
    lines = [pen.bold(line) for line in lines]
    lines += pen.wrap(terms.address, "  ", "  ") if terms.address else []
    chosen = {
        "collection": "the day of collection",
        "content": "the content's own day",
        "acceptance": "the day of acceptance",
    }[terms.time_axis]
    lines += pen.wrap(f"Which version counts: that of {chosen}.", "  ", "  ")
    return lines + (pen.wrap(f"Note: {terms.notes}", "  ", "  ") if terms.notes else [])


def _names(entry: Entry) -> list[tuple[str, Sequence[str]]]:
    content = getattr(entry, "content_licence", None)
    return [
        ("Also called", getattr(entry, "aliases", ())),
        ("Hosts", getattr(entry, "hosts", ())),
        ("All content stands under", () if content is None else (content,)),
        *((f"Robots of {document}", names) for document, names in getattr(entry, "agents", ())),
        ("Sets aside limits of", [str(layer) for layer in getattr(entry, "lifts", ())]),
    ]


def _tag(condition: str, meanings: dict[str, str]) -> str:
    words = [
        f"{tag}: {meanings[tag]}" if tag in meanings else tag for tag in condition.split(" or ")
    ]
    return " or ".join(words)


def _known(terms: Terms) -> str:
    record = terms.record
    seen = f"; words seen {record.first_seen} to {record.last_seen}" if record.last_seen else ""
    reviewed = (
        f"reviewed by {record.reviewed_by} on {record.reviewed_on}"
        if record.reviewed_by
        else "no lawyer has reviewed it"
    )
    return f"{terms.confidence}{seen}; {reviewed}"


def _by_date(terms: Terms) -> tuple[str, str]:
    return str(terms.period.first or ""), terms.id
