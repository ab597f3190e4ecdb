"""Sections of an answer on what was measured: items, evidence, withdrawals, measures."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, date
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.compute as pc

from provenance.model.records.audit import (
    DatasetCounts,
    EvidenceRung,
    Statement,
    WithdrawalTime,
)
from provenance.model.records.ledger import CleaningFacts, LedgerEntry
from provenance.model.results.result import Result
from provenance.model.rules.terms import DateRange, Verdict
from provenance.pipeline.audit.audit_evidence import (
    Check,
    CheckedDataset,
    Item,
    record_name,
    sources_of,
)
from provenance.pipeline.audit.audit_material import (
    AuditMaterial,
    declared,
    measured,
    recorded,
    unknowable,
)
from provenance.pipeline.audit.corpus_addresses import DomainDocuments, is_of_source
from provenance.pipeline.audit.found_items import (
    DatasetItems,
    FoundItem,
    Kind,
    SharedPassage,
    by_rung,
    distinct_items,
    has_exact_tokens,
    overlapping_documents,
    withdrawal_key,
    withdrawal_time,
)
from provenance.pipeline.audit.late_items import LateItems
from provenance.pipeline.ledger_records import recorded_removals
from provenance.read.corpus.skipped_rows import EMPTY, NULL
from provenance.report.text.coverage_text import coverage_sentence, source_coverage
from provenance.report.text.ledger_text import DIGEST_LENGTH
from provenance.report.text.number_format import (
    count,
    date_span,
    day,
    exact_percent,
    number,
    percent,
    period,
    size,
)
from provenance.report.text.sentences import (
    circumstances_phrase,
    shares_by,
    status_mark,
    verdict_phrase,
)

_EXAMPLES = 3
_SUB_SOURCES = 10
_EXAMPLE_IDS = 10

_RUNG_MEANINGS = {
    EvidenceRung.ADDRESS: "the address of the document itself",
    EvidenceRung.WHOLE: "the whole item, word for word but for a few edits",
    EvidenceRung.PASSAGE: "a passage of the item",
    EvidenceRung.SIMILARITY: "a text similar to the item as a whole",
    EvidenceRung.DECLARATION: "a licence or a signal that the document declares",
}
_LIMITS = (
    "Copies of fewer than five words, of words that are too common, or of words most of which "
    "another item explains, are not found."
)


def items(material: AuditMaterial) -> Iterator[Statement]:
    """Yield lines on the items that were found, dataset by dataset."""
    everything = list[FoundItem]()
    for found, counts in material.checked():
        if counts.passages:
            yield from _copied_lines(material, found, counts)
            everything += found.of_kind(Kind.COPIED)
        yield from _linked_lines(material, found, counts)
        yield from _absent_lines(material, found, counts)
        yield from _other_lines(material, found, counts)
    if sum(bool(each.passages) for each in material.counts) > 1:
        total = count(distinct_items(everything), "item")
        yield measured(
            f"In all datasets together: {total} after de-duplication, by copied words alone.",
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


def _linked_lines(
    material: AuditMaterial, found: DatasetItems, counts: DatasetCounts
) -> Iterator[Statement]:
    """Yield lines on documents that state an address or a licence, apart from copied words."""
    if counts.addresses:
        both = overlapping_documents(found)
        also = f"; {number(both)} of these have copied words, too, counted apart" if both else ""
        beside = ", beside those all of whose words are copies," if counts.passages else ""
        yield measured(
            f"{counts.dataset}: {count(counts.addresses, 'document')}{beside} whose own address, "
            f"or whose dataset card, names {_owner(material)}{also}. This says where a document is "
            "from; its words were not compared for it.",
            *found.dataset.rests_on,
            letter=True,
        )
    if counts.declarations:
        yield measured(
            f"{counts.dataset}: {count(counts.declarations, 'document')} that only declare a "
            "licence or have a signal: no evidence of copied words.",
            *found.dataset.rests_on,
        )


def _owner(material: AuditMaterial) -> str:
    query = material.query
    if query.source is not None and material.asked_items is None:
        return material.name_of(query.source)
    return query.domain or "what was asked about"


def _other_lines(
    material: AuditMaterial, found: DatasetItems, counts: DatasetCounts
) -> Iterator[Statement]:
    """Yield lines on passages that are not counted."""
    if counts.not_counted:
        yield measured(
            f"{counts.dataset}: {count(counts.not_counted, 'further passage')} not counted: "
            "quotations of another work, or words that are also elsewhere.",
            *found.dataset.rests_on,
        )
    if shared := len(_shared_passages(material, found)):
        what, whose = (
            ("other items", "what was asked about has, too: they may be from either")
            if material.asked_items is not None
            else ("another source", f"items of {_owner(material)} have, too")
        )
        yield measured(
            f"{counts.dataset}: {count(shared, 'passage')} attributed to {what}, with words that "
            f"{whose}.",
            *found.dataset.rests_on,
            letter=material.asked_items is not None,
        )


def _shared_passages(material: AuditMaterial, found: DatasetItems) -> set[SharedPassage]:
    """Return passages that what was asked about matches, and that others explain better."""
    asked, source = material.asked_items, material.query.source
    if asked is None:
        of_source = (each for item, each in found.shared.items() if item[0] == source)
        return {one for each in of_source for one in each if one.source != source}
    shared = (each for item, each in found.shared.items() if item in asked.items)
    return {one for each in shared for one in each if (one.source, one.item) not in asked.items}


def _address_lines(material: AuditMaterial, found: DomainDocuments) -> Iterator[Statement]:
    domain, rests_on = material.query.domain, f"dataset {found.digest[:DIGEST_LENGTH]}"
    examples = f" For example {'; '.join(found.examples)}." if found.examples else ""
    yield measured(
        f"{found.corpus}: {count(found.on_domain, 'document')} of "
        f"{number(found.documents)} with an address on {domain}, {size(found.text_bytes)} of "
        f"text; {count(found.with_address, 'document')} with an address at all. This says where a "
        f"document is from; its words were not compared for it.{examples}",
        rests_on,
        letter=True,
    )
    if found.with_address < found.documents:
        yield unknowable(
            f"{found.corpus}: whether documents without an address are from {domain} cannot be "
            "told by it.",
            rests_on,
            letter=True,
        )
    if found.unread:
        files = ", ".join(sorted({each.file for each in found.unread}))
        yield unknowable(
            f"{found.corpus}: what is in files that could not be read to the end: {files}.",
            rests_on,
            letter=True,
        )


def _copied_lines(
    material: AuditMaterial, found: DatasetItems, counts: DatasetCounts
) -> Iterator[Statement]:
    rests_on = found.dataset.rests_on
    copied = found.of_kind(Kind.COPIED)
    same = counts.items_with_copies - counts.items
    copies = (
        f", {number(counts.items)} after de-duplication of equal words"
        if same
        else ", no two with the same words" * (counts.items > 1)
    )
    least = "" if has_exact_tokens(found) else "at least "
    total = max(each.documents for each in found.dataset.checks)
    yield measured(
        f"{counts.dataset}: {count(counts.items_with_copies, 'item')} with distinct ids{copies}, "
        f"whose words are in {count(counts.documents, 'document')} of {number(total)}, "
        f"{count(counts.passages, 'passage')}, {least}{count(counts.tokens, 'token')}"
        f"{_interval(material, found, counts)}.{_dispute(copied)} "
        f"{coverage_phrase(material, found.dataset)}",
        *rests_on,
        letter=True,
    )
    if len(found.by_check) > 1:
        parts = (
            f"{', '.join(each.check.rests_on)}: {count(each.passages, 'passage')}"
            for each in found.by_check
        )
        yield measured(
            f"{counts.dataset}: this joins what {number(len(found.by_check))} checks found, each "
            f"passage once ({'; '.join(parts)}). What one of them found was found, even if a later "
            "one did not search for it.",
            *rests_on,
        )
    days = [each.first["created_at"] for each in copied if each.first["created_at"]]
    if days:
        first, last = min(days).date(), max(days).date()
        span = f"on {first}" if first == last else date_span(first, last)
        yield measured(f"{counts.dataset}: the items were published {span}.", *rests_on)
    places = Counter(filter(None, (sub_source(each.first["url"]) for each in copied)))
    if places:
        listing = ", ".join(f"{name} {number(n)}" for name, n in _top(places))
        rest = f" and {len(places) - _SUB_SOURCES:,} more" if len(places) > _SUB_SOURCES else ""
        yield measured(
            f"{counts.dataset}: sites and communities of the items: {listing}{rest}.", *rests_on
        )
    languages = Counter(
        material.languages[pair] for pair in _ids(copied) if pair in material.languages
    )
    if languages:
        listing = ", ".join(f"{name} {number(n)}" for name, n in _top(languages))
        yield measured(
            f"{counts.dataset}: items by language, as their dump states it: {listing}.", *rests_on
        )


def _dispute(copied: Sequence[FoundItem]) -> str:
    """Return how many items are disputed, and by whom."""
    disputed = [each for each in copied if each.disputed_by]
    if not disputed:
        return ""
    names = ", ".join(sorted(set[str]().union(*(each.disputed_by for each in disputed))))
    items = count(len(_ids(disputed)), "item")
    tokens = sum(each.tokens for each in disputed)
    return (
        f" DISPUTED: {items} of these ({count(tokens, 'token')}), by {names}: whether the words "
        "are the source's is not settled."
    )


def _top(counts: Counter[str]) -> list[tuple[str, int]]:
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return ordered[:_SUB_SOURCES]


def _ids(found: Iterable[FoundItem]) -> set[tuple[str, str]]:
    pairs = {(each.first["source"], each.first["item"]) for each in found}
    return {(source, item) for source, item in pairs if item is not None}


def _interval(material: AuditMaterial, found: DatasetItems, counts: DatasetCounts) -> str:
    """Return the interval of the documents, where it is of the same documents as are counted."""
    query = material.query
    checks = found.dataset.whole_checks
    if query.source is None or material.asked_items is not None or not checks:
        return ""
    result = checks[-1].result
    shares = [s for s in result.shares if s.by == "source" and s.key == query.source]
    if not shares or shares[0].documents.count != counts.documents or counts.addresses:
        return ""
    total, of = result.corpus.documents, shares[0].documents
    # Whole documents within the interval, without digits that are rounding errors.
    low, high = math.ceil(of.low * total - 1e-9), math.floor(of.high * total + 1e-9)
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


def _absent_lines(
    material: AuditMaterial, found: DatasetItems, counts: DatasetCounts
) -> Iterator[Statement]:
    """Yield lines on what was not found, where it was searched for in the whole dataset."""
    name, rests_on = counts.dataset, found.dataset.rests_on
    has_more = counts.not_counted or counts.addresses or _shared_passages(material, found)
    if material.asked_items is None:
        if counts.passages:
            return
        if _covers_source(material, found.dataset):
            text = "no copied words were found that count" if has_more else "nothing was found"
            coverage = coverage_phrase(material, found.dataset)
            said = f"{name}: {text}. {coverage} {_LIMITS}{_skipped(found.dataset)}"
            yield measured(said, *_whole_names(found.dataset), letter=True)
        else:
            yield from _unsearched_source(material, found.dataset)
        return
    asked, searched = material.asked_items, material.asked_items.searched(found.dataset)
    copied = {each for item in found.of_kind(Kind.COPIED) for each in _names_of(item)}
    present = {each for item in found.items for each in _names_of(item)} | found.shared.keys()
    if absent := searched - present:
        total = f"{count(len(absent), 'item')} {'was' if len(absent) == 1 else 'were'} searched for"
        said = (
            f"of what was asked about, {total} in the whole dataset, too, and not found"
            if copied or has_more
            else f"nothing was found. {coverage_phrase(material, found.dataset)} Of what was asked "
            f"about, {total} in the whole dataset"
        )
        yield measured(
            f"{name}: {said}. {_LIMITS}{_skipped(found.dataset)}",
            *_whole_names(found.dataset),
            letter=True,
        )
    read = {each.digest for each in material.addresses}
    is_read = found.dataset.digest in read or counts.addresses
    if material.query.domain is not None and not is_read:
        yield _no_address(material.query.domain, found.dataset, counts)
    if asked.items - searched - present or not asked.items or material.unknown_names():
        is_rest = bool(absent or copied)
        what = "the rest of what was asked about" if is_rest else "what was asked about"
        yield unknowable(
            f"{name}: {what} was not searched for, as far as is known: "
            f"{_why_unsearched(material, found.dataset)}. Whether the dataset has it is not known.",
            *rests_on,
            letter=True,
        )


def _no_address(domain: str, dataset: CheckedDataset, counts: DatasetCounts) -> Statement:
    """Return a line on a dataset in which no check found an address on a domain."""
    if dataset.whole_checks and is_of_source(domain):
        beside = ", beside those all of whose words are copies," if counts.passages else ""
        return measured(
            f"{counts.dataset}: no document{beside} has an address of its own on {domain}.",
            *_whole_names(dataset),
            letter=True,
        )
    return unknowable(
        f"{counts.dataset}: whether documents have an address of their own on {domain}: a check "
        "keeps only addresses of sources that the rules know, and only of what it read.",
        *dataset.rests_on,
        letter=True,
    )


def _names_of(item: FoundItem) -> set[tuple[str, str]]:
    source = item.first["source"]
    return {(source, name) for name in (item.first["item"], *item.same_words) if name is not None}


def _whole_names(dataset: CheckedDataset) -> tuple[str, ...]:
    return tuple(name for each in dataset.whole_checks for name in each.rests_on)


def _covers_source(material: AuditMaterial, dataset: CheckedDataset) -> bool:
    """Return whether a check searched all of a dataset for items of the source asked about."""
    source = material.query.source or ""
    return any(_items_of(each, source) for each in dataset.whole_checks)


def _items_of(check: Check, source: str) -> int:
    coverage = source_coverage(check.result, source)
    return 0 if coverage is None else coverage.items


def _unsearched_source(material: AuditMaterial, dataset: CheckedDataset) -> Iterator[Statement]:
    """Yield lines on a dataset that was not searched for a source, or not as a whole."""
    source = material.query.source or ""
    name = material.name_of(source)
    parts = [each for each in dataset.checks if _items_of(each, source)]
    if not parts:
        yield unknowable(
            f"{dataset.name}: not searched for: no check of it had items of {name}. Whether the "
            "dataset has such content is not known.",
            *dataset.rests_on,
            letter=True,
        )
        return
    yield unknowable(
        f"{dataset.name}: not searched for as a whole: each check that had items of {name} read "
        "only a part of it. Whether the dataset has such content is not known.",
        *dataset.rests_on,
        letter=True,
    )
    yield measured(
        f"{dataset.name}: {coverage_phrase(material, dataset)}", *dataset.rests_on, letter=True
    )


def _why_unsearched(material: AuditMaterial, dataset: CheckedDataset) -> str:
    asked = material.asked_items
    if asked is None or not asked.items:
        return "no registry that can be read has it"
    if not dataset.whole_checks:
        return "each check read only a part of the dataset"
    sources = {source for source, _ in asked.items}
    names = ", ".join(sorted(map(material.name_of, sources)))
    if not any(sources & sources_of(each.result) for each in dataset.checks):
        return f"it is of {names}, of which no check of the dataset had items"
    if not any(sources & sources_of(each.result) for each in dataset.whole_checks):
        return f"each check that had items of {names} read only a part of the dataset"
    return "it is not known to have been in a registry with which the whole dataset was checked"


def _skipped(dataset: CheckedDataset) -> str:
    """Return how many rows of a dataset no check could read, and in how many are no words."""
    corpus, said = dataset.result.corpus, ""
    if corpus.wordless_documents:
        documents = count(corpus.wordless_documents, "document")
        said = f" In texts that are not words nothing can be found: {documents}."
    skipped = [each for each in corpus.skipped if each.reason not in {NULL, EMPTY}]
    if skipped:
        reasons = ", ".join(sorted({each.reason for each in skipped}))
        rows = count(sum(each.count for each in skipped), "row")
        said += f" Not searched, since they could not be read: {rows} ({reasons})."
    return said


def coverage_phrase(material: AuditMaterial, dataset: CheckedDataset) -> str:
    """Return what the checks of a dataset searched for, and where not in all of it."""
    by_coverage = dict[str, list[Check]]()
    for check in dataset.checks:
        said = searched_sentence(material, check.result).removeprefix("Searched for: ")
        part = f" ({'; '.join(check.gaps)})" if check.gaps else ""
        by_coverage.setdefault(f"{said.removesuffix('.')}{part}", []).append(check)
    if len(by_coverage) == 1:
        return f"Searched for: {next(iter(by_coverage))}."
    parts = (
        f"{said}, by {', '.join(name for each in checks for name in each.rests_on)}"
        for said, checks in by_coverage.items()
    )
    return f"Searched for: {'; '.join(parts)}."


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
        for rung, of_rung in by_rung(found.counted).items():
            is_item = rung not in {EvidenceRung.ADDRESS, EvidenceRung.DECLARATION}
            places = {place for each in of_rung for place in each.places}
            total = count(len(_ids(of_rung)), "item") if is_item else count(len(places), "document")
            examples = "; ".join(
                _example(each, excerpts=material.excerpts) for each in of_rung[:_EXAMPLES]
            )
            yield measured(
                f"{counts.dataset}: {total}: {_RUNG_MEANINGS[rung]}. For example {examples}.",
                *found.dataset.rests_on,
            )
        marked = len({each.first["item"] for each in found.counted if each.first.get("marked")})
        if marked:
            yield measured(
                f"{counts.dataset}: {count(marked, 'item')} that the owner planted to see who "
                "takes it.",
                *found.dataset.rests_on,
            )
    for each in material.addresses:
        if each.on_domain:
            examples = f" For example {'; '.join(each.examples)}." if each.examples else ""
            yield measured(
                f"{each.corpus}: {count(each.on_domain, 'document')}: "
                f"{_RUNG_MEANINGS[EvidenceRung.ADDRESS]}.{examples}",
                f"dataset {each.digest[:DIGEST_LENGTH]}",
            )
    if not material.measured_names() and not any(each.on_domain for each in material.addresses):
        yield unknowable("No item was found that counts, so that there is no evidence to show.")


def _example(item: FoundItem, *, excerpts: bool) -> str:
    row = item.first
    what = row["url"] if row["item"] is None else f"item {row['item']}"
    place = f"{row['file']}, row {row['row']}, {row['field']} {row['start']}-{row['end']}"
    excerpt = f": “{row['excerpt']}”" if excerpts and row["excerpt"] else ""
    disputed = ", disputed" if item.disputed_by else ""
    return f"{what} in document {row['document']} ({place}{disputed}){excerpt}"


def withdrawals(material: AuditMaterial) -> Iterator[Statement]:
    """Yield lines on items that were withdrawn since."""
    withdrawn = material.evidence.withdrawn
    total = 0
    for found, counts in material.checked():
        collected, first_use = material.dates_of(found.dataset)
        keys = [withdrawal_key(each, withdrawn) for each in found.counted]
        times = dict[WithdrawalTime, list[Item]]()
        for key in filter(None, keys):
            time = withdrawal_time(withdrawn[key], collected, first_use)
            times.setdefault(time, []).append(key)
        if not times:
            continue
        number_of = sum(map(len, times.values()))
        total += number_of
        yield measured(
            f"{counts.dataset}: {count(number_of, 'item')} found of those recorded as withdrawn.",
            *found.dataset.rests_on,
            letter=True,
        )
        late = material.late.get(found.dataset.digest)
        dates = _dates_phrase(collected, first_use, late)
        when = f" ({dates})" if dates else ""
        for time in WithdrawalTime:
            if own := times.get(time):
                said = f"{counts.dataset}: of these, {number(len(own))} withdrawn: {time}{when}."
                yield _withdrawal_line(material, said, own)
    yield from _asked_withdrawals(material, is_any_found=bool(total))
    yield unknowable(
        "The day of a withdrawal is the one that was stated when it was recorded, or else the day "
        "of the record; the author may have deleted the item before. Deletions that nobody "
        "recorded are not known."
    )


def _withdrawal_line(material: AuditMaterial, text: str, items: Collection[Item]) -> Statement:
    """Return a line on withdrawals, with who recorded them, when, and how long after."""
    evidence = material.evidence
    records = [
        (entry, evidence.withdrawn[item])
        for item in items
        for entry in evidence.withdrawal_records.get(item, ())
    ]
    others = sum(item not in evidence.withdrawal_records for item in items)
    if others:
        which = "The day" if others == len(items) else f"The day of {number(others)} of them"
        text = f"{text} {which} is from a registry, which does not say who recorded it, or when."
    return (
        recorded(material, text, *records, letter=True) if records else declared(text, letter=True)
    )


def _asked_withdrawals(material: AuditMaterial, *, is_any_found: bool) -> Iterator[Statement]:
    """Yield lines on the withdrawals of what was asked about, and on those not assigned."""
    asked, on_record = material.asked_withdrawals, len(material.evidence.withdrawn)
    if asked.days:
        first, last = min(asked.days.values()), max(asked.days.values())
        span = f"on {first}" if first == last else date_span(first, last)
        ids = _some_ids(sorted(item for _, item in asked.days))
        said = (
            f"Of what was asked about, {count(len(asked.days), 'item')} recorded as withdrawn, "
            f"{span}: {ids}."
        )
        yield _withdrawal_line(material, said, asked.days)
    if asked.restored:
        records = [
            (entry, entry.record.recorded.astimezone(UTC).date())
            for item in asked.restored
            for entry in material.evidence.restored[item]
        ]
        names = _some_ids(sorted(item for _, item in asked.restored))
        said = (
            f"Of what was asked about, withdrawals of {count(len(asked.restored), 'item')} were "
            f"taken back: {names}."
        )
        yield recorded(material, said, *records, letter=True)
    if asked.unassigned:
        yield declared(
            f"{count(asked.unassigned, 'withdrawal')} on record without what would tell whether "
            "this is of what was asked about: its source, author, address or words.",
            letter=True,
        )
    if not asked.is_complete:
        reasons = "; ".join(asked.unread)
        yield unknowable(
            "Whether further items that were asked about, or were found, were withdrawn cannot be "
            f"known{f': {reasons}' if reasons else ''}.",
            letter=True,
        )
    elif is_any_found:
        return
    elif any(each.items for each in material.counts):
        yield measured(
            "None of the items found is recorded as withdrawn; "
            f"{count(on_record, 'withdrawal') if on_record else 'no withdrawal'} on record.",
            letter=True,
        )
    else:
        yield unknowable("No item was found to compare withdrawals with.")


def _some_ids(ids: Sequence[str]) -> str:
    more = f" and {number(len(ids) - _EXAMPLE_IDS)} more" if len(ids) > _EXAMPLE_IDS else ""
    return f"{', '.join(ids[:_EXAMPLE_IDS])}{more}"


def _dates_phrase(
    collected: DateRange | None, first_use: date | None, late: LateItems | None
) -> str:
    """Return the dates that withdrawals are compared with, as far as they are declared."""
    parts = [
        None if collected is None else f"collected {period(collected)}",
        None
        if late is None
        else f"recorded as collected {period(late.collected)}, which cannot be right",
        None if first_use is None else f"first use {first_use} at the earliest",
    ]
    return "; ".join(part for part in parts if part is not None)


def measures(material: AuditMaterial) -> Iterator[Statement]:
    """Yield lines on policies, gates and cleaning."""
    any_found = any(each.passages or each.addresses for each in material.counts)
    for found, counts in material.checked():
        if not any_found or counts.passages or counts.addresses:
            for check in found.dataset.checks:
                yield from _check_lines(material, counts.dataset, check)
    ledger = material.evidence.ledger
    if ledger is None:
        return
    names = {each.digest: each.name for each in material.evidence.checked}
    for entry in ledger.entries:
        if isinstance(entry.facts, CleaningFacts):
            yield _cleaning(material, entry, entry.facts, names)


def _check_lines(material: AuditMaterial, dataset: str, check: Check) -> Iterator[Statement]:
    """Yield what a check was told, and what came of it."""
    result, when = check.result, f"the check of {day(check.result.created)}"
    told = (
        f"{dataset}: {when} was told that the dataset is "
        f"{circumstances_phrase(result.policy.circumstances)}."
    )
    if check.entry is None:
        yield declared(f"{told} Stated on that day by whoever ran it.", *check.rests_on)
    else:
        yield recorded(material, told, (check.entry, result.created.astimezone(UTC).date()))
    shares = [
        f"{percent(share.tokens.share)} of the tokens are {verdict_phrase(verdict, result)}"
        for verdict in sorted(Verdict, key=lambda each: -each.strictness)
        for share in shares_by(result.shares, "verdict")
        if share.key == verdict and share.documents.count
    ]
    part = f" Of the dataset, {'; '.join(check.gaps)}." if check.gaps else ""
    yield measured(
        f"{dataset}: outcome of {when}, for all sources: {status_mark(result).lower()}. "
        f"{'; '.join(shares) or 'No content of a source was found'}.{_by_evidence(result)}{part}",
        *check.rests_on,
    )
    for outcome in result.gates:
        gate = outcome.gate
        yield measured(
            f"{dataset}: gate {gate} {'passed' if outcome.passed else 'failed'} in {when}: "
            f"{percent(outcome.share)} of the {gate.unit} found, limit "
            f"{exact_percent(gate.limit)}.",
            *check.rests_on,
        )


def _by_evidence(result: Result) -> str:
    """Return how many of the tokens are copied words, and how many of documents that state it."""
    tokens = {share.key: share.tokens.share for share in shares_by(result.shares, "evidence")}
    copied = sum(tokens.get(name, 0) for name in ("content", "resemblance"))
    others = sum(tokens.values()) - copied
    if others <= 0:
        return ""
    return (
        f" Policies count copied words ({percent(copied)} of the tokens) and all words of "
        f"documents that state an address of a source, a licence or a signal ({percent(others)})."
    )


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
    if ledger is None:
        return "what was removed is not recorded"
    table = recorded_removals(ledger, entry)
    if table is None:
        return "the list of what was removed was erased"
    of = ""
    if material.query.source is not None:
        table = table.filter(pc.equal(table["source"], material.query.source))
        of = f" of {material.name_of(material.query.source)}"
    if material.asked_items is not None:
        asked = material.asked_items.items
        pairs = zip(table["source"].to_pylist(), table["item"].to_pylist(), strict=True)
        table = table.filter(pa.array([pair in asked for pair in pairs], pa.bool_()))
        of = " of what was asked about"
    documents = len(set(zip(table["file"].to_pylist(), table["row"].to_pylist(), strict=True)))
    return f"{count(len(table), 'finding')}{of} removed, in {count(documents, 'document')}"
