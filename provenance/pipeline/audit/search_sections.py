"""Sections of an answer on the search: what was read, what cannot be known, how to repeat it."""

import shlex
from collections.abc import Iterator

from provenance import __version__
from provenance.model import (
    AuditSection,
    DestructionFacts,
    MeasuredRecall,
    Statement,
)
from provenance.pipeline.audit import declared_sections, measured_sections
from provenance.pipeline.audit.audit_evidence import CheckedDataset
from provenance.pipeline.audit.audit_material import AuditMaterial, declared, measured, unknowable
from provenance.pipeline.audit.audit_query import is_text
from provenance.registry.manifest import read_manifest
from provenance.report.text.number_format import count, day, number, percent

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
    yield from _names_searched(material)
    for record, facts in material.evidence.unchecked:
        if not checked or facts.name in material.related:
            yield unknowable(
                f"{facts.name} was not checked: what it has is only declared.", record, letter=True
            )
    if material.evidence.erased_checks:
        yield unknowable(
            f"{count(material.evidence.erased_checks, 'check')}: the report was erased from the "
            "ledger."
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
    if query.item is not None and is_text(query.item):
        if known.texts:
            yield measured(
                f"{count(known.texts, 'item')} of the registries with words of the text.",
                letter=True,
            )
        else:
            yield unknowable(
                "No item of the registries has words of the text: it could not be found.",
                letter=True,
            )
    if known.asked:
        yield measured(
            f"Ids and addresses asked about: {number(known.asked)}; of these, "
            f"{number(known.ids)} are ids that the registries know.",
            letter=True,
        )
        if known.ids < known.asked:
            yield unknowable(
                "What the registries do not know by id can only be found by its address.",
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
    yield unknowable(f"How short a copy may be: {_shortest(material)}", letter=True)
    yield unknowable(
        "Paraphrases and translations are not found; nor is what a model has learnt or repeats: "
        "outputs of models are not part of this answer.",
        letter=True,
    )
    records = material.evidence.ledger.entries if material.evidence.ledger else ()
    since = f"the first is of {day(records[0].record.recorded)}" if records else "there is none"
    yield unknowable(
        f"What was collected, used or destroyed without a record in a ledger; {since}.",
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
        "together rare enough; one of fewer than five words mostly is not."
    )
    checked = material.evidence.checked
    recall: tuple[MeasuredRecall, ...] = checked[0].result.method.recall if checked else ()
    told = [
        f"{percent(each.recall)} of the items of {each.length.replace('+', ' or more')} words"
        for each in recall
        if each.edit == "verbatim"
    ]
    if not told:
        return rule
    return (
        f"{rule} On the maintainers' data, word-for-word copies of {' and '.join(told)} are found."
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
    query, asked = material.query, material.request
    options = {
        "--domain": query.domain,
        "--author": query.author,
        "--item": "TEXT" if query.item is not None and is_text(query.item) else query.item,
        "--works": query.works,
        "--ledger": material.evidence.ledger.address if material.evidence.ledger else None,
        "--requester": asked.requester,
        "--reference": asked.reference,
        "--received": asked.received,
        "--due": asked.due,
        "--signed-by": asked.signed_by,
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
