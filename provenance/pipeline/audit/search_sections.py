"""Sections of an answer on the search: what was read, what cannot be known, how to repeat it."""

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING

from provenance import __version__
from provenance.model.records.audit import AuditSection, Statement
from provenance.model.records.ledger import DatasetFacts, DestructionFacts, RecordKind
from provenance.pipeline.audit import declared_sections, measured_sections
from provenance.pipeline.audit.audit_evidence import CheckedDataset, record_name, sources_of
from provenance.pipeline.audit.audit_material import AuditMaterial, declared, measured, unknowable
from provenance.pipeline.audit.audit_query import is_text
from provenance.registry.manifest import read_manifest
from provenance.report.text.number_format import count, day, number, percent

if TYPE_CHECKING:
    from provenance.model.results.method import MeasuredRecall

_REPORT = "report in "


def sections(material: AuditMaterial) -> tuple[AuditSection, ...]:
    """Return the eleven points of an answer."""
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
        ("What cannot be known", (limits,)),
        ("Digests, versions, and how to repeat this", (reproduction,)),
    )
    return tuple(
        AuditSection(place, title, tuple(line for part in parts for line in part(material)))
        for place, (title, parts) in enumerate(written, 1)
    )


def searched(material: AuditMaterial) -> Iterator[Statement]:
    """Yield lines on what was searched."""
    checked = material.evidence.checked
    yield measured(
        f"{count(len(checked), 'dataset')} searched, by reports of checks"
        f"{_ledger_phrase(material)}.",
        letter=True,
    )
    for dataset in checked:
        yield from _dataset_lines(material, dataset)
    source = material.query.source
    if source is not None and not _is_known(material, source):
        yield unknowable(
            f"No registry that was searched, and no record, has the name {source}: it may be "
            "misspelt.",
            letter=True,
        )
    yield from _names_searched(material)
    yield from _not_searched(material)
    if material.evidence.erased_checks:
        yield unknowable(
            f"{count(material.evidence.erased_checks, 'check')}: the report was erased from the "
            "ledger.",
            letter=True,
        )
    yield from _erased(material)


def _not_searched(material: AuditMaterial) -> Iterator[Statement]:
    """Yield lines on datasets that no check searched, or not for everything."""
    others = list[tuple[str, str]]()
    for record, facts in material.evidence.unchecked:
        if facts.name in material.related:
            yield unknowable(
                f"{facts.name} was not checked: what it has is only declared.", record, letter=True
            )
        else:
            others.append((facts.name, record))
    if others:
        names, records = zip(*sorted(others), strict=True)
        yield unknowable(
            f"{count(len(others), 'other dataset')} on record, never checked: whether such content "
            f"is there was not searched: {', '.join(names)}.",
            *records,
            letter=True,
        )
    for name, sources in material.evidence.other_checks:
        yield unknowable(
            f"{name}: another check of it, which this answer does not use, searched for "
            f"{', '.join(sources)}, too. An answer on that source uses it.",
            letter=True,
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
                f"A record of kind {entry.record.kind} was erased on {erasures[0].day}, reason: "
                f"{erasures[0].reason}. What it said is missing here.",
                record_name(entry),
                letter=True,
            )


def _names_searched(material: AuditMaterial) -> Iterator[Statement]:
    """Yield lines on which items that were asked about are in the registries."""
    query, known = material.query, material.searched_for
    if query.author is not None:
        if known.items:
            yield measured(
                f"{count(known.items, 'item')} of {query.author} in the registries.", letter=True
            )
        else:
            yield unknowable(
                f"No item of {query.author} is in the registries: none could be found.",
                letter=True,
            )
        if withdrawn := len(material.evidence.withdrawn):
            yield unknowable(
                f"Withdrawn items have no author in the registries: whether some of "
                f"{count(withdrawn, 'withdrawn item')} are of {query.author} is not known. They "
                "can be asked about by their ids.",
                letter=True,
            )
    if query.item is not None and is_text(query.item):
        if known.texts:
            yield measured(
                f"{count(known.texts, 'item')} of the registries with words of the text. What "
                "follows is about these items, and about all of their words.",
                letter=True,
            )
        else:
            yield unknowable(
                "No item of the registries has words of the text: it could not be found.",
                letter=True,
            )
    if known.asked:
        yield measured(
            f"Ids and addresses asked about: {number(known.asked)}; ids of items in the "
            f"registries as they are now: {number(known.ids)}.",
            letter=True,
        )
        if known.ids < known.asked:
            yield unknowable(
                "An item that no registry had when a dataset was checked can only be found by its "
                "address.",
                letter=True,
            )


def _is_known(material: AuditMaterial, source: str) -> bool:
    evidence = material.evidence
    return (
        any(source in sources_of(each.result) for each in evidence.checked)
        or any(source in each.sources for _, each in evidence.facts(DatasetFacts))
        or bool(material.accesses() or any(each.passages for each in material.counts))
    )


def _changed_registries(material: AuditMaterial) -> Iterator[Statement]:
    """Yield a line if items were looked up in other registries than were searched for."""
    query = material.query
    if not (query.author or query.item or query.works):
        return
    read = {read_manifest(folder).digest for folder in material.evidence.registries}
    names = [
        each.name
        for each in material.evidence.checked
        if any(registry.digest not in read for registry in each.result.registries)
    ]
    if names:
        yield unknowable(
            "Whether all items that the registries have now were there when datasets were checked: "
            f"registries were changed since, or others are read here. Checked before: "
            f"{', '.join(names)}.",
            letter=True,
        )


def _ledger_phrase(material: AuditMaterial) -> str:
    ledger = material.evidence.ledger
    if ledger is None:
        return "; there is no ledger"
    return f"; the ledger has {count(len(ledger.entries), 'record')}"


def _dataset_lines(material: AuditMaterial, dataset: CheckedDataset) -> Iterator[Statement]:
    result = dataset.result
    corpus = result.corpus
    registries = ", ".join(
        f"{each.path} ({count(each.items, 'item')}, digest {each.digest})"
        for each in result.registries
    )
    yield measured(
        f"{dataset.name}: {count(corpus.documents, 'document')}, {count(corpus.tokens, 'token')}; "
        f"checked on {day(result.created)} against {registries}. "
        f"{measured_sections.searched_sentence(material, result)}",
        dataset.rests_on,
    )
    if result.sample is not None:
        yield measured(
            f"{dataset.name}: only a sample of {percent(result.sample.rate)} of the documents was "
            "searched; the rest may have more.",
            dataset.rests_on,
            letter=True,
        )
    if result.unread:
        yield measured(
            f"{dataset.name}: {count(len(result.unread), 'file')} could not be read to the end, "
            "and not searched.",
            dataset.rests_on,
            letter=True,
        )
    unfindable = sum(
        coverage.unattributable
        for registry in result.registries
        for coverage in registry.sources
        if material.query.source in {None, coverage.source}
    )
    if unfindable:
        yield measured(
            f"{dataset.name}: {count(unfindable, 'item')} of those searched for too short, or of "
            "too common words, to be found.",
            dataset.rests_on,
        )


def limits(material: AuditMaterial) -> Iterator[Statement]:
    """Yield lines on what cannot be known."""
    yield unknowable(
        "That an item was not found does not prove that it is in no dataset: only items in the "
        "registries were searched for, and only datasets that were checked were searched.",
        letter=True,
    )
    yield from _changed_registries(material)
    yield unknowable(f"How short a copy may be: {_shortest(material)}", letter=True)
    yield unknowable(
        "Paraphrases and translations are not found; nor is what a model has learnt or repeats: "
        "outputs of models are not part of this answer.",
        letter=True,
    )
    records = material.evidence.ledger.entries if material.evidence.ledger else ()
    since = (
        f"The first record is of {day(records[0].record.recorded)}"
        if records
        else "There are no records"
    )
    yield unknowable(
        f"What was collected, used or destroyed and not recorded in the ledger. {since}.",
        letter=True,
    )
    measured_names = {name.name for each in material.evidence.checked for name in each.facts}
    for record, facts in material.evidence.facts(DestructionFacts):
        if facts.dataset in material.related and facts.dataset not in measured_names:
            yield unknowable(
                f"What {facts.dataset} contained: it was destroyed on {facts.destroyed} and no "
                "check of it is on record.",
                record,
                letter=True,
            )


def _shortest(material: AuditMaterial) -> str:
    """Return how long copies have to be, with the recall of the detector as shipped."""
    rule = (
        "a copy is found if it shares at least four consecutive words with the item that are "
        "together rare enough; a copy of fewer than five words is, as a rule, not found."
    )
    checked = material.evidence.checked
    recall: tuple[MeasuredRecall, ...] = checked[0].result.method.recall if checked else ()
    rates = [
        f"{percent(each.recall)} of the items of {each.length.replace('+', ' or more')} words"
        for each in recall
        if each.edit == "verbatim"
    ]
    if not rates:
        return rule
    return (
        f"{rule} In the tool's own tests, word-for-word copies of {' and '.join(rates)} are found."
    )


def reproduction(material: AuditMaterial) -> Iterator[Statement]:
    """Yield lines on digests and versions, and how to repeat the answer."""
    evidence = material.evidence
    yield measured(f"Written by provenance {__version__}.")
    if evidence.ledger is not None:
        ledger = evidence.ledger
        yield measured(
            f"Ledger: {count(len(ledger.entries), 'record')}, digest {ledger.digest}. "
            "`provenance ledger verify` computes the same digest if nothing was changed."
        )
    for dataset in evidence.checked:
        result = dataset.result
        yield measured(
            f"{dataset.name}: dataset {result.corpus.digest}, rules {result.rules_digest}, policy "
            f"{result.policy.digest}, provenance {result.tool}.",
            dataset.rests_on,
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
    signed = material.request.signed_by
    if signed is None:
        yield unknowable("Nobody has reviewed and signed this answer.")
    else:
        yield declared(f"Reviewed and signed by {signed}.")


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
        "--signed-by": request.signed_by,
        "--output": "DIR" if material.files else None,
    }
    words = ["provenance", "audit", *filter(None, [query.source])]
    for option, value in options.items():
        if value is not None:
            words += [option, str(value)]
    for dataset in material.evidence.checked:
        if dataset.rests_on.startswith(_REPORT):
            words += ["--report", dataset.rests_on.removeprefix(_REPORT)]
    for folder in material.evidence.registries:
        words += ["--registry", str(folder)]
    for found in material.addresses:
        words += ["--corpus", found.corpus]
    if material.excerpts:
        words.append("--excerpts")
    return shlex.join(words)
