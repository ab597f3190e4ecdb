"""Sentences on the records of a ledger."""

from dataclasses import fields

from provenance.model.records.access_totals import AccessTotal, access_total
from provenance.model.records.ledger import (
    AccessFacts,
    CheckFacts,
    CleaningFacts,
    DatasetFacts,
    DestructionFacts,
    ErasureFacts,
    Facts,
    Ledger,
    LedgerEntry,
    Recipient,
    SignatureFacts,
    TimestampFacts,
    UseFacts,
    WithdrawalFacts,
)
from provenance.report.text.number_format import count, number, period, size
from provenance.report.text.sentences import route_phrase

_KEPT = frozenset({"digest", "documents", "tokens", "bytes"})

DIGEST_LENGTH = 12
"""Digits of a digest that are shown, and enough to name a record."""


def entry_sentence(entry: LedgerEntry) -> str:
    """Return what a record says."""
    if entry.facts is None:
        return "The facts of this record were erased."
    parts = [part for part in facts_phrases(entry.facts) if part is not None]
    parts += [
        f"{file.role}: {count(file.rows, 'row')}"
        for file in entry.record.files
        if file.rows is not None
    ]
    if entry.record.erased:
        files = count(len(entry.record.erased), "file")
        parts.insert(0, f"{files} erased, reason: {entry.record.reason}")
    return "; ".join(parts) or "no facts"


def access_totals(ledger: Ledger) -> str:
    """Return the sums of calls and items of accesses in force, as far as they are stated."""
    accesses = [facts for _, facts in ledger.facts(AccessFacts)]
    parts = []
    for noun, amounts in (
        ("call", [(each, each.calls) for each in accesses]),
        ("item", [(each, each.items) for each in accesses]),
    ):
        stated = [(facts, amount) for facts, amount in amounts if amount is not None]
        if stated:
            total = access_total(stated)
            parts.append(
                f"{total_phrase(total, noun)} (stated by {number(len(stated))}"
                f"{overlap_phrase(total, noun)})"
            )
    if not parts:
        return ""
    return f"{count(len(accesses), 'record')} of access in force: {', '.join(parts)}"


def left_out_facts(old: Facts, new: Facts) -> list[str]:
    """Return the names of what a corrected record states, and its correction does not.

    The digest and size of a dataset stay with it.
    """
    return [
        field.name.replace("_", " ")
        for field in fields(old)
        if field.name not in _KEPT
        and getattr(old, field.name) not in {None, ()}
        and getattr(new, field.name) in {None, ()}
    ]


def changed_facts(old: Facts, new: Facts) -> list[str]:
    """Return the names of what a correction states otherwise than the corrected record."""
    return [
        field.name.replace("_", " ")
        for field in fields(old)
        if getattr(old, field.name) != getattr(new, field.name)
        and getattr(new, field.name) not in {None, ()}
    ]


def total_phrase(total: AccessTotal, noun: str) -> str:
    """Return a sum in words: "5,100 calls", "51,000 to 56,100 calls"."""
    if total.least == total.most:
        return count(total.most, noun)
    return f"{total.least:,} to {count(total.most, noun)}"


def overlap_phrase(total: AccessTotal, noun: str) -> str:
    """Return why a sum is a range; empty if it is none."""
    if total.least == total.most:
        return ""
    return f", {number(total.overlapping)} of which may count the same {noun}s"


def facts_phrases(facts: Facts) -> list[str | None]:
    """Return what facts say, part by part; None for what they do not say."""
    match facts:
        case DatasetFacts():
            return _dataset(facts)
        case AccessFacts():
            return _access(facts)
        case UseFacts():
            return _use(facts)
        case DestructionFacts():
            return _destruction(facts)
        case _:
            return _recorded(facts)


def _recorded(
    facts: WithdrawalFacts
    | CheckFacts
    | CleaningFacts
    | ErasureFacts
    | SignatureFacts
    | TimestampFacts,
) -> list[str | None]:
    match facts:
        case WithdrawalFacts():
            what = "withdrawal taken back at" if facts.restored else "withdrawn from"
            return [_labelled(what, facts.source), _labelled("reason", facts.reason)]
        case CheckFacts():
            return [
                f"dataset {facts.digest[:DIGEST_LENGTH]} ({', '.join(facts.addresses)})",
                f"checked on {facts.checked}",
                _labelled("report", facts.report),
            ]
        case CleaningFacts():
            before, after = (
                "nothing" if digest is None else digest[:DIGEST_LENGTH]
                for digest in (facts.before, facts.after)
            )
            return [f"dataset {before} became {after} ({facts.output})"]
        case ErasureFacts():
            return [facts.note]
        case SignatureFacts():
            return [f"state {facts.state[:DIGEST_LENGTH]} signed with the key {facts.key}"]
        case TimestampFacts():
            stated = (
                None if facts.stated is None else f"states {facts.stated:%Y-%m-%d %H:%M:%S} UTC"
            )
            return [f"time stamp of state {facts.state[:DIGEST_LENGTH]}", stated]


def _dataset(facts: DatasetFacts) -> list[str | None]:
    return [
        facts.name,
        _labelled("content of", ", ".join(facts.sources)),
        None if facts.route is None else route_phrase(facts.route),
        None if facts.collected is None else f"collected {period(facts.collected)}",
        _labelled("account", facts.account),
        _labelled("agreement", facts.agreement),
        _labelled("made from", ", ".join(facts.made_from)),
        None if facts.documents is None else count(facts.documents, "document"),
        None if facts.bytes is None else size(facts.bytes),
        None if facts.digest is None else f"digest {facts.digest[:DIGEST_LENGTH]}",
        _labelled("received by", recipients_phrase(facts.recipients)),
        facts.note,
    ]


def _access(facts: AccessFacts) -> list[str | None]:
    return [
        facts.source,
        _labelled("application", facts.application),
        _labelled("account", facts.account),
        None if facts.route is None else route_phrase(facts.route),
        None if facts.dates is None else period(facts.dates),
        None if facts.calls is None else count(facts.calls, "call"),
        None if facts.items is None else f"{count(facts.items, 'item')} retrieved",
        _labelled("into", ", ".join(facts.datasets)),
        _labelled("agreement", facts.agreement),
        facts.note,
    ]


def _use(facts: UseFacts) -> list[str | None]:
    return [
        facts.dataset,
        _labelled("application", facts.application),
        _labelled("purpose", facts.purpose),
        None if facts.dates is None else period(facts.dates),
        _labelled("model", facts.model),
        None if facts.model_digest is None else f"digest {facts.model_digest[:DIGEST_LENGTH]}",
        _labelled("received by", recipients_phrase(facts.recipients)),
        facts.note,
    ]


def _destruction(facts: DestructionFacts) -> list[str | None]:
    return [
        f"{facts.dataset} destroyed on {facts.destroyed}",
        _labelled("by", facts.by),
        _labelled("how", facts.method),
        None if facts.items is None else count(facts.items, "item"),
        _labelled("copies left", facts.copies_left),
        None if facts.receipt is None else f"receipt {facts.receipt[:DIGEST_LENGTH]}",
        facts.note,
    ]


def recipients_phrase(recipients: tuple[Recipient, ...]) -> str:
    """Return names and kinds of recipients: "Example Office (government)"."""
    return ", ".join(f"{each.name} ({each.kind})" for each in recipients)


def _labelled(label: str, value: str | None) -> str | None:
    return f"{label} {value}" if value else None
