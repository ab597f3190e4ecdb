"""Lines of an answer on the records themselves: what was corrected, and what contradicts itself."""

from collections.abc import Iterator

from provenance.ledger.contradictions import find_contradictions
from provenance.model.records.audit import Statement
from provenance.model.records.ledger import (
    Contradiction,
    DatasetFacts,
    Ledger,
    LedgerEntry,
    named_datasets,
)
from provenance.pipeline.audit.audit_material import AuditMaterial, declared, writing_phrase
from provenance.pipeline.audit.check_contradictions import check_contradictions
from provenance.report.text.ledger_text import DIGEST_LENGTH, changed_facts, left_out_facts


def contradictions(material: AuditMaterial) -> Iterator[Statement]:
    """Yield lines on records about what was asked that cannot all be true."""
    ledger = material.evidence.ledger
    entries = {} if ledger is None else {entry.digest: entry for entry in ledger.entries}
    for each in () if ledger is None else _all_contradictions(ledger, material):
        own = [entries[digest] for digest in each.records if digest in entries]
        if _is_related(material, each) and not any(map(material.withholds, own)):
            who = f" {writing_phrase(own)}." if own else ""
            yield declared(
                f"The records contradict each other: {each.sentence}{who}",
                *(f"record {digest[:DIGEST_LENGTH]}" for digest in each.records),
                letter=True,
            )


def _all_contradictions(ledger: Ledger, material: AuditMaterial) -> Iterator[Contradiction]:
    yield from find_contradictions(ledger)
    yield from check_contradictions(ledger, material.evidence.checked)


def _is_related(material: AuditMaterial, contradiction: Contradiction) -> bool:
    """Return whether a contradiction is about what was asked, or may be."""
    names, sources = contradiction.datasets, contradiction.sources
    if not names and not sources:
        return True
    return bool(material.related & set(names)) or material.query.source in sources


def corrections(material: AuditMaterial) -> Iterator[Statement]:
    """Yield a line for each record that another took the place of."""
    ledger = material.evidence.ledger
    if ledger is None:
        return
    corrected = ledger.corrections()
    for entry in ledger.entries:
        if (instead := corrected.get(entry.digest)) is None or material.withholds(entry):
            continue
        old, new = entry.digest[:DIGEST_LENGTH], instead.digest[:DIGEST_LENGTH]
        yield declared(
            f"The {entry.record.kind} record {old} of {entry.record.recorded:%Y-%m-%d} was "
            f"corrected on {instead.record.recorded:%Y-%m-%d}: this answer uses record {new} "
            f"instead of it{_renamed(ledger, entry, instead)}.{_changes(entry, instead)} "
            f"{writing_phrase([entry, instead])}.",
            f"record {new}",
        )


def _changes(entry: LedgerEntry, instead: LedgerEntry) -> str:
    """Return which facts a correction changed; what they are may be withheld."""
    old, new = entry.facts, instead.facts
    if old is None or new is None:
        return " What it changed is not known: facts were erased."
    changed, left_out = changed_facts(old, new), left_out_facts(old, new)
    otherwise = f" It states otherwise: {', '.join(changed)}." if changed else ""
    no_longer = f" It no longer states: {', '.join(left_out)}." if left_out else ""
    return f"{otherwise}{no_longer}"


def _renamed(ledger: Ledger, entry: LedgerEntry, instead: LedgerEntry) -> str:
    """Return what follows for records that name a dataset which a correction calls otherwise."""
    old, new = entry.facts, instead.facts
    if not (isinstance(old, DatasetFacts) and isinstance(new, DatasetFacts)):
        return ""
    named = {name for each in ledger.entries for name in named_datasets(each.facts)}
    if old.name == new.name or old.name not in named:
        return ""
    return f", and what other records say of {old.name} as said of {new.name}"
