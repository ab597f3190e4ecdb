"""Sections of an answer on what was measured: items, evidence, withdrawals, measures."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from io import BytesIO
from urllib.parse import urlsplit

import pyarrow.compute as pc
import pyarrow.parquet as pq

from provenance.ledger.ledger_store import read_attachment
from provenance.model.records.audit import DatasetCounts, EvidenceRung, Statement, WithdrawalTime
from provenance.model.records.ledger import CleaningFacts, FileRole, LedgerEntry
from provenance.model.results.result import Result
from provenance.model.rules.terms import DateRange
from provenance.pipeline.audit.audit_evidence import record_name, sources_of
from provenance.pipeline.audit.audit_material import (
    AuditMaterial,
    dates_of,
    declared,
    measured,
    unknowable,
)
from provenance.pipeline.audit.corpus_addresses import DomainDocuments
from provenance.pipeline.audit.found_items import (
    DatasetItems,
    FoundItem,
    by_rung,
    withdrawal_day,
    withdrawal_time,
)
from provenance.report.text.coverage_text import coverage_sentence, source_coverage
from provenance.report.text.ledger_text import DIGEST_LENGTH
from provenance.report.text.number_format import count, date_span, number, percent, period, size
from provenance.report.text.sentences import (
    circumstances_phrase,
    gate_sentence,
    headline,
    status_mark,
)

_EXAMPLES = 3
_SUB_SOURCES = 10

_RUNG_MEANINGS = {
    EvidenceRung.ADDRESS: "the address of the document itself",
    EvidenceRung.WHOLE: "the whole item, word for word but for a few edits",
    EvidenceRung.PASSAGE: "a passage of the item",
    EvidenceRung.SIMILARITY: "a text similar to the item as a whole",
}


def items(material: AuditMaterial) -> Iterator[Statement]:
    """Yield lines on the items that were found, dataset by dataset."""
    everything = set[tuple[str, str]]()
    for found, counts in material.checked():
        if counts.passages:
            yield from _found_lines(material, found, counts)
            everything |= _ids(found.counted)
        else:
            yield _not_found(material, found, counts)
        yield from _other_lines(material, found, counts)
    if sum(bool(each.passages) for each in material.counts) > 1:
        yield measured(
            f"In all datasets together: {count(len(everything), 'item')} after de-duplication.",
            letter=True,
        )
    for each in material.addresses:
        yield from _address_lines(material, each)
    for file in material.files:
        yield measured(
            f"The ids are in {file.name}: {count(file.rows, 'row')}{_ROWS.get(file.name, '')}, "
            f"SHA-256 {file.sha256}."
        )
    if not material.found and not material.addresses:
        yield unknowable("No dataset was checked: nothing could be measured.", letter=True)


_ROWS = {
    "items.parquet": ", one for each item and dataset, those not counted included, with the ids of "
    "items of the same words",
    "works.csv": ", one for each work asked about",
}


def _other_lines(
    material: AuditMaterial, found: DatasetItems, counts: DatasetCounts
) -> Iterator[Statement]:
    """Yield lines on passages that are not counted."""
    if counts.not_counted:
        yield measured(
            f"{counts.dataset}: {count(counts.not_counted, 'further passage')} not counted: "
            "quotations of another work, or words that are also elsewhere.",
            found.dataset.rests_on,
        )
    if found.shared:
        yield measured(
            f"{counts.dataset}: {count(found.shared, 'passage')} attributed to another source, "
            f"with the same words as items of {material.name_of(material.query.source or '')}.",
            found.dataset.rests_on,
        )


def _address_lines(material: AuditMaterial, found: DomainDocuments) -> Iterator[Statement]:
    domain, rests_on = material.query.domain, f"dataset {found.digest[:DIGEST_LENGTH]}"
    if found.with_address:
        examples = f" For example {'; '.join(found.examples)}." if found.examples else ""
        yield measured(
            f"{found.corpus}: {count(found.on_domain, 'document')} of "
            f"{number(found.documents)} with an address on {domain}, {size(found.text_bytes)} of "
            f"text; {count(found.with_address, 'document')} with an address at all.{examples}",
            rests_on,
            letter=True,
        )
    if found.with_address < found.documents:
        yield unknowable(
            f"{found.corpus}: {count(found.documents - found.with_address, 'document')} without an "
            f"address: whether they are from {domain} cannot be told by it.",
            rests_on,
            letter=True,
        )
    if found.unread:
        yield unknowable(
            f"{found.corpus}: {count(len(found.unread), 'file')} could not be read to the end.",
            rests_on,
            letter=True,
        )


def _found_lines(
    material: AuditMaterial, found: DatasetItems, counts: DatasetCounts
) -> Iterator[Statement]:
    result, rests_on = found.dataset.result, found.dataset.rests_on
    same = counts.items_with_copies - counts.items
    copies = (
        f", {number(counts.items)} after de-duplication of equal words"
        if same
        else ", no two with the same words" * (counts.items > 1)
    )
    yield measured(
        f"{counts.dataset}: {count(counts.items_with_copies, 'item')} with distinct ids"
        f"{copies if counts.items else ''}, in {count(counts.documents, 'document')} of "
        f"{number(result.corpus.documents)}, {count(counts.passages, 'passage')}, "
        f"{count(counts.tokens, 'token')}{_interval(material, result)}.",
        rests_on,
        letter=True,
    )
    if counts.addresses:
        yield measured(
            f"{counts.dataset}: of these documents, {number(counts.addresses)} by address: the "
            "dataset itself states an address of the source.",
            rests_on,
        )
    days = [each.first["created_at"] for each in found.counted if each.first["created_at"]]
    if days:
        first, last = min(days).date(), max(days).date()
        span = f"on {first}" if first == last else date_span(first, last)
        yield measured(f"{counts.dataset}: the items were published {span}.", rests_on)
    places = Counter(filter(None, (sub_source(each.first["url"]) for each in found.counted)))
    if places:
        listing = ", ".join(f"{name} {number(n)}" for name, n in _top(places))
        rest = f" and {len(places) - _SUB_SOURCES:,} more" if len(places) > _SUB_SOURCES else ""
        yield measured(
            f"{counts.dataset}: sites and communities of items and documents: {listing}{rest}.",
            rests_on,
        )
    languages = Counter(
        material.languages[pair] for pair in _ids(found.counted) if pair in material.languages
    )
    if languages:
        listing = ", ".join(f"{name} {number(n)}" for name, n in _top(languages))
        yield declared(
            f"{counts.dataset}: items by language, as their dump states it: {listing}.", rests_on
        )


def _top(counts: Counter[str]) -> list[tuple[str, int]]:
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return ordered[:_SUB_SOURCES]


def _ids(found: Iterable[FoundItem]) -> set[tuple[str, str]]:
    pairs = {(each.first["source"], each.first["item"]) for each in found}
    return {(source, item) for source, item in pairs if item is not None}


def _interval(material: AuditMaterial, result: Result) -> str:
    """Return the interval of the documents, where a whole source was asked about."""
    query = material.query
    if query.source is None or any((query.domain, query.author, query.item, query.works)):
        return ""
    shares = [s for s in result.shares if s.by == "source" and s.key == query.source]
    if not shares:
        return ""
    total, of = result.corpus.documents, shares[0].documents
    low, high = round(of.low * total), round(of.high * total)
    return (
        f"; 95 % interval of the documents with content of {material.name_of(query.source)}: "
        f"{number(low)} to {number(high)} ({percent(of.low)} to {percent(of.high)})"
    )


def sub_source(url: str | None) -> str | None:
    """Return the part of a source that an address is in: a subreddit, or else the host.

    Examples
    --------
    >>> sub_source("https://www.reddit.com/r/slowmiles/comments/zz99005/"), sub_source(None)
    ('r/slowmiles', None)
    >>> sub_source("https://cooking.stackexchange.com/q/9900000901")
    'cooking.stackexchange.com'
    """
    if url is None:
        return None
    try:
        split = urlsplit(url)
        host = (split.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    steps = split.path.split("/")
    if f".{host}".endswith(".reddit.com") and len(steps) > 2 and steps[1] == "r":
        return f"r/{steps[2]}"
    return host or None


def _not_found(material: AuditMaterial, found: DatasetItems, counts: DatasetCounts) -> Statement:
    result = found.dataset.result
    state, reason = measured, _unsearched(material, found)
    if reason:
        state, reason = unknowable, f" {reason}"
    return state(
        f"{counts.dataset}: nothing was found.{reason} {searched_sentence(material, result)} "
        "Copies of fewer than five words, or of words that are too common, are not found.",
        found.dataset.rests_on,
        letter=True,
    )


def _unsearched(material: AuditMaterial, found: DatasetItems) -> str:
    """Return why content could be there although nothing was found; "" if it was searched for."""
    query, result = material.query, found.dataset.result
    if query.source is not None and source_coverage(result, query.source) is None:
        return "This proves nothing."
    if query.author or query.item or query.works:
        sources = material.searched_for.sources | {
            item.first["source"] for each in material.found for item in each.items
        }
        if not sources:
            return "This proves nothing: no registry knows what was asked about."
        if not sources & sources_of(result):
            names = ", ".join(sorted(map(material.name_of, sources)))
            return f"This proves nothing: what was asked about is of {names}, not searched for."
    if query.domain is not None and query.source is None:
        own = found.dataset.digest in {each.digest for each in material.addresses}
        return (
            f"Reports know addresses of items, and of documents on sites that the rules know; how "
            f"many of the items searched for are on {query.domain} was not counted."
            f"{' For the addresses of its documents see below.' if own else ''}"
        )
    return ""


def searched_sentence(material: AuditMaterial, result: Result) -> str:
    """Return what a check searched for."""
    source = material.query.source
    if source is not None and source_coverage(result, source) is None:
        return f"Searched for: no item of {material.name_of(source)}, only addresses of documents."
    if source is not None:
        return coverage_sentence(result, source)
    found = {each.source for registry in result.registries for each in registry.sources}
    sources = sorted(map(material.name_of, found))
    total = sum(registry.items for registry in result.registries)
    return f"Searched for: {count(total, 'item')} of {', '.join(sources) or 'no source'}."


def evidence(material: AuditMaterial) -> Iterator[Statement]:
    """Yield lines on the kinds of evidence, the strongest first, with examples."""
    for found, counts in material.checked():
        groups = by_rung(found.counted)
        for rung, of_rung in groups.items():
            noun = "document" if rung is EvidenceRung.ADDRESS else "item"
            examples = "; ".join(
                _example(each, excerpts=material.excerpts) for each in of_rung[:_EXAMPLES]
            )
            yield measured(
                f"{counts.dataset}: {count(len(of_rung), noun)}: {_RUNG_MEANINGS[rung]}. "
                f"For example {examples}.",
                found.dataset.rests_on,
            )
        marked = len({each.first["item"] for each in found.counted if each.first.get("marked")})
        if marked:
            yield measured(
                f"{counts.dataset}: {count(marked, 'item')} that the owner planted to see who "
                "takes it.",
                found.dataset.rests_on,
            )
    for each in material.addresses:
        if each.on_domain:
            yield measured(
                f"{each.corpus}: {count(each.on_domain, 'document')}: "
                f"{_RUNG_MEANINGS[EvidenceRung.ADDRESS]}. Examples are in point 4.",
                f"dataset {each.digest[:DIGEST_LENGTH]}",
            )
    if not material.measured_names() and not any(each.on_domain for each in material.addresses):
        yield unknowable(
            "Nothing was found, so that there is no evidence to show; point 4 says what was "
            "searched for, and what was not."
        )


def _example(item: FoundItem, *, excerpts: bool) -> str:
    row = item.first
    what = row["url"] if row["item"] is None else f"item {row['item']}"
    place = f"{row['file']}, row {row['row']}, {row['field']} {row['start']}-{row['end']}"
    excerpt = f": “{row['excerpt']}”" if excerpts and row["excerpt"] else ""
    return f"{what} in document {row['document']} ({place}){excerpt}"


def withdrawals(material: AuditMaterial) -> Iterator[Statement]:
    """Yield lines on items that were withdrawn since."""
    withdrawn = material.evidence.withdrawn
    total = 0
    for found, counts in material.checked():
        collected, first_use = dates_of(found.dataset, material.evidence)
        days = [withdrawal_day(each, withdrawn) for each in found.counted]
        times = Counter(
            withdrawal_time(day, collected, first_use) for day in days if day is not None
        )
        if not times:
            continue
        total += sum(times.values())
        yield measured(
            f"{counts.dataset}: {count(sum(times.values()), 'item')} found of those recorded as "
            "withdrawn.",
            found.dataset.rests_on,
            letter=True,
        )
        when = f" ({dates})" if (dates := _dates_phrase(collected, first_use)) else ""
        for time in WithdrawalTime:
            if times[time]:
                yield declared(
                    f"{counts.dataset}: of these, {number(times[time])} withdrawn: {time}{when}.",
                    letter=True,
                )
    if not total:
        known = count(len(withdrawn), "withdrawal") if withdrawn else "no withdrawal"
        if any(each.items for each in material.counts):
            yield measured(
                f"None of the items found is recorded as withdrawn; {known} on record.",
                letter=True,
            )
        else:
            yield unknowable(f"No item was found to compare withdrawals with; {known} on record.")
    yield unknowable(
        "The day of a withdrawal is the one that was stated when it was recorded, or else the day "
        "of the record; the author may have deleted the item before. Deletions that nobody "
        "recorded are not known."
    )


def _dates_phrase(collected: DateRange | None, first_use: date | None) -> str:
    """Return the dates that withdrawals are compared with, as far as they are declared."""
    parts = [
        None if collected is None else f"collected {period(collected)}",
        None if first_use is None else f"first use {first_use} at the earliest",
    ]
    return "; ".join(part for part in parts if part is not None)


def measures(material: AuditMaterial) -> Iterator[Statement]:
    """Yield lines on policies, gates and cleaning."""
    any_found = any(each.passages for each in material.counts)
    for found, counts in material.checked():
        if any_found and not counts.passages:
            continue
        result = found.dataset.result
        yield declared(
            f"{counts.dataset}: the check was told that the dataset is "
            f"{circumstances_phrase(result.policy.circumstances)}.",
            found.dataset.rests_on,
        )
        yield measured(
            f"{counts.dataset}: outcome of the check, for all sources: "
            f"{status_mark(result).lower()}. {headline(result)}",
            found.dataset.rests_on,
        )
        for gate in result.gates:
            outcome = "passed" if gate.passed else "failed"
            yield measured(
                f"{counts.dataset}: gate {gate.gate} {outcome}: {gate_sentence(gate)}.",
                found.dataset.rests_on,
            )
    ledger = material.evidence.ledger
    if ledger is None:
        return
    names = {each.digest: each.name for each in material.evidence.checked}
    for entry in ledger.entries:
        if isinstance(entry.facts, CleaningFacts):
            yield _cleaning(material, entry, entry.facts, names)


def _cleaning(
    material: AuditMaterial, entry: LedgerEntry, facts: CleaningFacts, names: dict[str, str]
) -> Statement:
    before, after = (_name(digest, names) for digest in (facts.before, facts.after))
    removed = _removed(material, entry)
    return measured(f"{before} was cleaned: {removed}. The copy is {after}.", record_name(entry))


def _name(digest: str | None, names: dict[str, str]) -> str:
    if digest is None:
        return "empty"
    return names.get(digest, f"a dataset with the digest {digest[:DIGEST_LENGTH]}")


def _removed(material: AuditMaterial, entry: LedgerEntry) -> str:
    ledger = material.evidence.ledger
    files = [each for each in entry.record.files if each.role is FileRole.REMOVALS]
    if ledger is None or not files:
        return "what was removed is not recorded"
    content = read_attachment(ledger.address, ledger, files[0])
    if content is None:
        return "the list of what was removed was erased"
    table = pq.read_table(BytesIO(content))
    of = ""
    if material.query.source is not None:
        table = table.filter(pc.equal(table["source"], material.query.source))
        of = f" of {material.name_of(material.query.source)}"
    documents = len(set(zip(table["file"].to_pylist(), table["row"].to_pylist(), strict=True)))
    return f"{count(len(table), 'finding')}{of} removed, in {count(documents, 'document')}"
