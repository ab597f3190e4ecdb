"""Sections of an answer on the search: what was read, what cannot be known, how to repeat it."""

import shlex
from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import TYPE_CHECKING

from provenance import __version__
from provenance.model.records.audit import AuditSection, Statement
from provenance.model.records.ledger import DatasetFacts, DestructionFacts, RecordKind
from provenance.pipeline.audit import declared_sections, ledger_sections, measured_sections
from provenance.pipeline.audit.audit_evidence import CheckedDataset, record_name, sources_of
from provenance.pipeline.audit.audit_material import AuditMaterial, measured, stated, unknowable
from provenance.pipeline.audit.audit_query import is_text
from provenance.pipeline.audit.found_items import ItemId
from provenance.registry.manifest import read_manifest
from provenance.report.text.ledger_text import DIGEST_LENGTH
from provenance.report.text.number_format import count, day, number, percent

if TYPE_CHECKING:
    from provenance.model.results.method import MeasuredRecall


_MOST_NAMES = 5
"""Addresses that lead elsewhere of which a line names each."""


def sections(material: AuditMaterial) -> tuple[AuditSection, ...]:
    """Return the eleven points of an answer, without those that are withheld."""
    written = (
        ("The request, and what was searched", (declared_sections.request, searched)),
        ("Applications, datasets, versions and models", (declared_sections.uses,)),
        ("How the content was obtained", (declared_sections.acquisition,)),
        ("Items found", (measured_sections.items,)),
        ("Evidence, the strongest first", (measured_sections.evidence,)),
        ("Withdrawn since", (measured_sections.withdrawals,)),
        ("Destroyed", (declared_sections.destruction,)),
        ("Recipients", (declared_sections.recipients,)),
        ("Measures", (measured_sections.measures,)),
        ("What cannot be known", (limits, ledger_sections.contradictions)),
        ("Digests, versions, and how to repeat this", (ledger_sections.corrections, reproduction)),
    )
    return tuple(
        AuditSection(place, title, tuple(line for part in parts for line in part(material)))
        for place, (title, parts) in enumerate(written, 1)
        if place not in material.withheld
    )


def searched(material: AuditMaterial) -> Iterator[Statement]:
    """Yield lines on what was searched, and on which checks were used."""
    checked = material.evidence.checked
    yield measured(
        f"{count(len(checked), 'dataset')} searched, by reports of "
        f"{count(sum(len(each.checks) for each in checked), 'check')}"
        f"{_ledger_phrase(material)}.",
        letter=True,
    )
    for each in checked:
        yield from _dataset_lines(material, each)
    yield from _same_addresses(material)
    source = material.query.source
    if source is not None and not _is_known(material, source):
        yield unknowable(
            f"No registry that was searched, and no record, has the name {source}: it may be "
            "misspelt.",
            letter=True,
        )
    yield from _names_searched(material)
    yield from _not_searched(material)
    for unused in material.evidence.unused_checks:
        dataset = f" of {unused.dataset}" if unused.dataset else ""
        yield unknowable(
            f"A check{dataset} is not used: {unused.reason}. What it found is missing here.",
            unused.record,
            letter=True,
        )
    yield from _erased(material)


def _not_searched(material: AuditMaterial) -> Iterator[Statement]:
    """Yield lines on datasets that no check searched."""
    others = list[tuple[str, str]]()
    for entry, facts in material.evidence.unchecked:
        if facts.name in material.related:
            yield unknowable(
                f"{facts.name} was not checked: what it has is only declared.",
                record_name(entry),
                letter=True,
            )
        else:
            others.append((facts.name, record_name(entry)))
    if others:
        names, records = zip(*sorted(others), strict=True)
        yield unknowable(
            "Other datasets on record were never checked, and not searched for such content: "
            f"{', '.join(names)}.",
            *records,
            letter=True,
        )


def _same_addresses(material: AuditMaterial) -> Iterator[Statement]:
    """Yield lines on datasets that were read from the same address with different content."""
    by_address = dict[tuple[str, ...], list[CheckedDataset]]()
    for each in material.evidence.checked:
        for named in {check.result.corpus.addresses for check in each.checks}:
            by_address.setdefault(named, []).append(each)
    for addresses, datasets in sorted(by_address.items()):
        if len(datasets) > 1:
            digests = ", ".join(f"{each.name}: {each.digest[:DIGEST_LENGTH]}" for each in datasets)
            yield measured(
                f"{', '.join(addresses)} had different content when it was checked ({digests}): a "
                "check of one is used for no other."
            )


def _erased(material: AuditMaterial) -> Iterator[Statement]:
    """Yield a line for each record, except of checks, of which something was erased."""
    ledger = material.evidence.ledger
    for entry in ledger.entries if ledger else ():
        if ledger is None or entry.record.kind is RecordKind.CHECK:
            continue
        erasures = [
            ledger.erasures[file.name]
            for file in entry.record.files
            if file.name in ledger.erasures
        ]
        if erasures:
            yield unknowable(
                f"A record of kind {entry.record.kind} was erased, reason: {erasures[0].reason}. "
                "What it said is missing here.",
                record_name(entry),
                letter=True,
            )


def _names_searched(material: AuditMaterial) -> Iterator[Statement]:
    """Yield lines on which items that were asked about are in the registries."""
    query, asked = material.query, material.asked_items
    if asked is None:
        return
    known = frozenset[ItemId]().union(*(each.items.keys() for each in asked.registries))
    total = count(len(known), "item")
    has_text = query.item is not None and is_text(query.item)
    what = (
        f"of {query.author}" if query.author is not None else "",
        f"with an address on {query.domain}" if query.domain is not None else "",
        "with words of the text" if has_text else "",
    )
    said = " ".join(filter(None, what))
    follows = " What follows is about these items, and about all of their words." * has_text
    if said and known:
        yield measured(
            f"{total} {said} {'is' if len(known) == 1 else 'are'} in the registries that were "
            f"read.{follows}",
            letter=True,
        )
    elif said:
        yield unknowable(
            f"No item {said} is in the registries that were read: none could be found by its "
            "words, unless a registry had it when a dataset was checked.",
            letter=True,
        )
    if material.asked_names:
        yield measured(
            f"Ids and addresses asked about: {number(len(material.asked_names))}; of items in the "
            f"registries as they are now: {number(len(material.known_names()))}.",
            letter=True,
        )
        if indirect := material.indirect_names():
            yield unknowable(
                "Which item is meant is not in a short link, nor in an address under which a site "
                f"shows what is on another one: {_first_names(indirect)}. The address to which it "
                "leads can be searched for.",
                letter=True,
            )
        if unread := material.unread_names():
            yield unknowable(
                "Neither an address, nor the id of an item that a registry or a check had: "
                f"{_first_names(unread)}. Whether it was written as its source writes it is not "
                "known.",
                letter=True,
            )
        if len(material.known_names()) < len(material.asked_names):
            yield unknowable(
                "An item that no registry had when a dataset was checked can only be found by its "
                "address.",
                letter=True,
            )


def _first_names(names: Sequence[str]) -> str:
    return f"{', '.join(names[:_MOST_NAMES])}{', …' if len(names) > _MOST_NAMES else ''}"


def _is_known(material: AuditMaterial, source: str) -> bool:
    evidence = material.evidence
    return (
        any(
            source in sources_of(check.result) for each in evidence.checked for check in each.checks
        )
        or any(source in each.sources for _, each in evidence.facts(DatasetFacts))
        or bool(
            material.accesses() or any(each.passages or each.addresses for each in material.counts)
        )
    )


def _ledger_phrase(material: AuditMaterial) -> str:
    ledger = material.evidence.ledger
    if ledger is None:
        return "; there is no ledger"
    if not ledger.entries:
        return "; the ledger has no record"
    days = [entry.record.recorded.astimezone(UTC).date() for entry in ledger.entries]
    received = material.request.received
    late = sum(day > received for day in days) if received else 0
    after = f"; {number(late)} of them after the request was received" if received else ""
    return (
        f"; the ledger has {count(len(days), 'record')}, written from {min(days)} to {max(days)} "
        f"by the clocks of their writers{after}"
    )


def _dataset_lines(material: AuditMaterial, dataset: CheckedDataset) -> Iterator[Statement]:
    for check in dataset.checks:
        result, corpus = check.result, check.result.corpus
        registries = ", ".join(
            f"{each.path} ({count(each.items, 'item')}, digest {each.digest})"
            for each in result.registries
        )
        sampled = result.sample is not None
        size = f"{count(corpus.documents, 'document')}, {count(corpus.tokens, 'token')}"
        part = f" Not the whole dataset: {'; '.join(check.gaps)}." if check.gaps else ""
        yield measured(
            f"{dataset.name}: used: the check of {day(result.created)}, of "
            f"{'a sample of ' if sampled else ''}{size}, against {registries or 'no registry'}. "
            f"{measured_sections.searched_sentence(material, result)}{part}",
            *check.rests_on,
        )
    if not dataset.whole_checks:
        yield unknowable(
            f"{dataset.name} was not searched as a whole: what else it has is not known.",
            *dataset.rests_on,
            letter=True,
        )
    unfindable = max(
        sum(
            coverage.unattributable
            for registry in check.result.registries
            for coverage in registry.sources
            if material.query.source in {None, coverage.source}
        )
        for check in dataset.checks
    )
    if unfindable:
        yield measured(
            f"{dataset.name}: {count(unfindable, 'item')} of those searched for too short, or of "
            "too common words, to be found.",
            *dataset.rests_on,
        )


def limits(material: AuditMaterial) -> Iterator[Statement]:
    """Yield lines on what cannot be known."""
    yield unknowable(
        "That an item was not found does not prove that it is in no dataset: only items in the "
        "registries were searched for, and only datasets that were checked were searched.",
        letter=True,
    )
    yield from _changed_registries(material)
    yield from _shortest(material)
    yield unknowable(
        "Paraphrases and translations are not found; nor is what a model has learnt or repeats: "
        "outputs of models are not part of this answer.",
        letter=True,
    )
    yield unknowable(
        "What was collected, used or destroyed and not recorded in the ledger.", letter=True
    )
    yield unknowable(
        "Whether what people recorded is so, and was recorded completely: records state when they "
        "were made by the clock of the machine that made them.",
        letter=True,
    )
    measured_names = {each.name for one in material.evidence.checked for each in one.facts}
    destroyed = dict[str, list[str]]()
    for entry, facts in material.evidence.facts(DestructionFacts):
        if material.withholds(entry):
            continue
        if facts.dataset in material.related and facts.dataset not in measured_names:
            destroyed.setdefault(facts.dataset, []).append(record_name(entry))
    for name, records in destroyed.items():
        yield unknowable(
            f"What {name} contained: it was destroyed, and no check of it is on record.",
            *records,
            letter=True,
        )


def _changed_registries(material: AuditMaterial) -> Iterator[Statement]:
    """Yield a line if items were looked up in other registries than were searched for."""
    if material.asked_items is None:
        return
    read = {name for each in material.asked_items.registries for name in each.searched_with}
    names = [
        each.name
        for each in material.evidence.checked
        if any(not check.registries <= read for check in each.checks)
    ]
    if names:
        yield unknowable(
            "What else registries had when datasets were checked: they were changed since, or "
            f"others are read here. Checked before, or with others: {', '.join(names)}.",
            letter=True,
        )


def _shortest(material: AuditMaterial) -> Iterator[Statement]:
    """Yield how long copies have to be, with the recall of the detector as shipped."""
    yield unknowable(
        "Whether shorter copies are there: a copy is found if it shares at least four consecutive "
        "words with the item that are together rare enough; a copy of fewer than five words is, "
        "as a rule, not found.",
        letter=True,
    )
    checked = material.evidence.checked
    recall: tuple[MeasuredRecall, ...] = checked[0].result.method.recall if checked else ()
    rates = [
        f"{percent(each.recall)} of the items of {each.length.replace('+', ' or more')} words"
        for each in recall
        if each.edit == "verbatim"
    ]
    if rates:
        yield measured(
            f"In the tool's own tests, word-for-word copies of {' and '.join(rates)} are found."
        )


def reproduction(material: AuditMaterial) -> Iterator[Statement]:
    """Yield lines on digests and versions, and how to repeat the answer."""
    evidence = material.evidence
    yield measured(f"Written by provenance {__version__}.")
    if evidence.ledger is not None:
        ledger = evidence.ledger
        yield measured(
            f"Ledger: {count(len(ledger.entries), 'record')}, digest {ledger.digest}. "
            "`provenance ledger verify --since` with this digest proves, also later, that all of "
            "these records are there, unchanged."
        )
    for dataset in evidence.checked:
        for check in dataset.checks:
            result = check.result
            yield measured(
                f"{dataset.name}: dataset {result.corpus.digest}, rules {result.rules_digest}, "
                f"policy {result.policy.digest}, provenance {result.tool}.",
                *check.rests_on,
            )
    for found in material.addresses:
        yield measured(f"{found.corpus}: read for addresses of documents, dataset {found.digest}.")
    for folder in evidence.registries:
        digest = read_manifest(folder).digest
        yield measured(
            f"Registry read for authors, languages and withdrawals: {folder}, digest {digest}."
        )
    command = command_line(material)
    yield measured(f"The same ledger, reports and registries give the same bytes: `{command}`")
    name = material.request.stated_name
    if name is None:
        yield unknowable("Whether anybody has reviewed this answer: no name was stated.")
    else:
        yield stated(
            f"It was stated that {name} has reviewed and signed this answer. That is text, and "
            "no proof; `provenance audit verify` checks a signature, if the folder has one."
        )


def command_line(material: AuditMaterial) -> str:
    """Return the command that gives the same answer from the same ledger and reports."""
    query, request = material.query, material.request
    options = {
        "--domain": query.domain,
        "--author": query.author,
        "--item": "TEXT" if query.item is not None and is_text(query.item) else query.item,
        "--works": query.works,
        "--ledger": material.evidence.ledger.address if material.evidence.ledger else None,
        "--requester": request.requester,
        "--reference": request.reference,
        "--received": request.received,
        "--due": request.due,
        "--signed-by": request.stated_name,
        "--withhold": ",".join(map(str, material.withheld)) or None,
        "--output": "DIR" if material.files else None,
    }
    words = ["provenance", "audit", *filter(None, [query.source])]
    for option, value in options.items():
        if value is not None:
            words += [option, str(value)]
    reports = {
        str(check.report)
        for dataset in material.evidence.checked
        for check in dataset.checks
        if check.report is not None
    }
    for report in sorted(reports):
        words += ["--report", report]
    for folder in material.evidence.registries:
        words += ["--registry", str(folder)]
    for found in material.addresses:
        words += ["--corpus", found.corpus]
    if material.excerpts:
        words.append("--excerpts")
    return shlex.join(words)
