"""Sections of an answer on what people recorded: uses, accesses, destruction, recipients."""

from collections.abc import Iterator
from datetime import timedelta

from provenance.model.records.audit import Statement
from provenance.model.records.ledger import (
    AccessFacts,
    DatasetFacts,
    DestructionFacts,
    Recipient,
    RecipientKind,
    UseFacts,
)
from provenance.pipeline.audit.audit_material import (
    AuditMaterial,
    declared,
    measured,
    names_of,
    unknowable,
)
from provenance.report.text.ledger_text import DIGEST_LENGTH, recipients_phrase
from provenance.report.text.number_format import count, number, period
from provenance.report.text.sentences import route_phrase

_MOST_IN_LETTER = 12
"""Lines on accesses, and on recipients, up to which a letter has each of them."""

NO_LEDGER = "There is no ledger: what datasets were used for, and by whom, was not recorded."


def uses(material: AuditMaterial) -> Iterator[Statement]:
    """Yield lines on applications, datasets, versions and models."""
    if material.evidence.ledger is None:
        yield unknowable(NO_LEDGER, letter=True)
        return
    yield from _summary(material)
    all_uses, applications = material.uses(), _applications(material)
    yield from (declared(_use_sentence(each), record) for record, each in all_uses)
    for record, each in material.datasets():
        if each.made_from:
            yield declared(f"{each.name} was made from {', '.join(each.made_from)}.", record)
    explained = {each.application for _, each in all_uses if each.purpose}
    for name in sorted(applications - explained):
        yield unknowable(
            f"No record says what {name} used the content for, if for anything.", letter=True
        )
    known = _recorded_datasets(material)
    for record, use in material.evidence.facts(UseFacts):
        if use.dataset not in known:
            yield unknowable(
                f"{use.application or 'An application that is not named'} used {use.dataset}; no "
                "record says what that is.",
                record,
            )
    used = {each.dataset for _, each in all_uses}
    for name in sorted(material.related - used):
        yield unknowable(f"No record says what {name} was used for, if for anything.")


def _recorded_datasets(material: AuditMaterial) -> set[str]:
    evidence = material.evidence
    names = {each.name for _, each in evidence.facts(DatasetFacts)}
    return names.union(material.related, *(names_of(each) for each in evidence.checked))


def _summary(material: AuditMaterial) -> Iterator[Statement]:
    all_uses, applications = material.uses(), _applications(material)
    models = {each.model for _, each in all_uses if each.model}
    if not applications and not all_uses:
        yield declared(
            "No record names an application that had access to this content or used a dataset "
            "with it.",
            letter=True,
        )
    else:
        names = f": {', '.join(sorted(applications))}" if applications else ""
        source = material.query.source
        did = (
            f"had access to {material.name_of(source)}, or used a dataset that has such content or "
            "is recorded as having it"
            if source
            else "used a dataset with such content, or had access to obtain content for it"
        )
        yield declared(
            f"{count(len(applications), 'application')} {did}{names}.",
            letter=True,
        )
    if found := material.measured_names():
        yield measured(
            f"{count(len(found), 'dataset')} in which such content was found: "
            f"{', '.join(sorted(found))}.",
            letter=True,
        )
    if rest := material.related - found:
        name = material.name_of(material.query.source or "that kind")
        yield declared(
            f"{count(len(rest), 'dataset')} recorded as having content of "
            f"{name}, or as made from such a dataset, and not "
            f"found by measurement to have what was asked about: {', '.join(sorted(rest))}.",
            letter=True,
        )
    if models:
        yield declared(
            f"{count(len(models), 'model')} made with these datasets: {', '.join(sorted(models))}.",
            letter=True,
        )


def _applications(material: AuditMaterial) -> set[str]:
    names = {each.application for _, each in material.uses()}
    names |= {each.application for _, each in material.accesses()}
    return {name for name in names if name}


def _use_sentence(use: UseFacts) -> str:
    who = use.application or "An application that is not named"
    model = "" if use.model is None else f"; model: {use.model}"
    if use.model_digest is not None:
        model += f" (SHA-256 {use.model_digest[:DIGEST_LENGTH]})"
    when = "" if use.dates is None else f", {period(use.dates)}"
    purpose = "" if use.purpose is None else f" for {use.purpose}"
    note = "" if use.note is None else f" Note: {use.note}"
    return f"{who} used {use.dataset}{purpose}{when}{model}.{note}"


def acquisition(material: AuditMaterial) -> Iterator[Statement]:
    """Yield lines on how content was obtained."""
    accesses, datasets = material.accesses(), material.datasets()
    in_letter = len(accesses) <= _MOST_IN_LETTER
    for record, access in accesses:
        yield declared(_access_sentence(material, access), record, letter=in_letter)
    for record, each in datasets:
        if (sentence := _collection_sentence(each)) is not None:
            yield declared(sentence, record)
        else:
            yield unknowable(f"No record says how {each.name} was obtained.", record)
    if accesses:
        yield _total("call", "made", [each.calls for _, each in accesses])
        yield _total("item", "retrieved", [each.items for _, each in accesses])
    else:
        yield _unknown_access(material)
    yield unknowable(
        "How often a source was accessed, and how many items were retrieved, cannot be measured in "
        "a dataset."
    )


def _unknown_access(material: AuditMaterial) -> Statement:
    """Return that no access is known, and which ones to the sources of the items may be it."""
    sources = {each.first["source"] for found in material.found for each in found.counted}
    possible = [
        (record, access)
        for record, access in material.evidence.facts(AccessFacts)
        if access.source in sources and not access.datasets
    ]
    unknown = "No record says by which access this content was obtained"
    if not possible:
        return unknowable(f"{unknown}.", letter=True)
    names = ", ".join(sorted({material.name_of(access.source) for _, access in possible}))
    records = count(len(possible), "record")
    of = f"{records} of access to {names} {'names' if len(possible) == 1 else 'name'} no dataset"
    return unknowable(f"{unknown}; {of}.", *(record for record, _ in possible), letter=True)


def _total(noun: str, verb: str, amounts: list[int | None]) -> Statement:
    stated = [each for each in amounts if each is not None]
    if not stated:
        return unknowable(f"No record says how many {noun}s were {verb}.", letter=True)
    records = count(len(amounts), "record")
    return declared(
        f"{count(sum(stated), noun)} {verb} in all, as stated by {number(len(stated))} of "
        f"{records} of access.",
        letter=True,
    )


def _access_sentence(material: AuditMaterial, access: AccessFacts) -> str:
    who = access.application or "An application that is not named"
    details = [
        None if access.account is None else f"account {access.account}",
        None if access.route is None else route_phrase(access.route),
        None if access.dates is None else period(access.dates),
        None if access.calls is None else count(access.calls, "call"),
        None if access.items is None else f"{count(access.items, 'item')} retrieved",
        f"into {', '.join(access.datasets)}" if access.datasets else None,
        None if access.agreement is None else f"under {access.agreement}",
        access.note,
    ]
    text = "; ".join(detail for detail in details if detail is not None)
    name = material.name_of(access.source)
    return f"{who} had access to {name}{f': {text}' if text else ''}."


def _collection_sentence(dataset: DatasetFacts) -> str | None:
    details = [
        None if dataset.route is None else route_phrase(dataset.route),
        None if dataset.collected is None else f"collected {period(dataset.collected)}",
        None if dataset.account is None else f"account {dataset.account}",
        None if dataset.agreement is None else f"under {dataset.agreement}",
        f"made from {', '.join(dataset.made_from)}" if dataset.made_from else None,
    ]
    text = "; ".join(detail for detail in details if detail is not None)
    return f"{dataset.name}: {text}." if text else None


def destruction(material: AuditMaterial) -> Iterator[Statement]:
    """Yield lines on what was destroyed."""
    if material.evidence.ledger is None:
        yield unknowable("There is no ledger: what was destroyed was not recorded.", letter=True)
        return
    checked = {name for each in material.evidence.checked for name in names_of(each)}
    lines = list[Statement]()
    for record, each in material.evidence.facts(DestructionFacts):
        if each.dataset in material.related:
            lines.append(declared(_destruction_sentence(each), record, letter=True))
            if each.receipt is None:
                lines.append(
                    unknowable(f"No receipt of the destruction of {each.dataset} is recorded.")
                )
        elif each.dataset not in checked:
            lines.append(
                unknowable(
                    f"{each.dataset} was destroyed on {each.destroyed}; no record says whether it "
                    "had content that was asked about.",
                    record,
                    letter=True,
                )
            )
    if not lines:
        lines.append(
            declared("No dataset with this content is recorded as destroyed.", letter=True)
        )
    yield from lines


def _destruction_sentence(facts: DestructionFacts) -> str:
    by = "" if facts.by is None else f" by {facts.by}"
    method = "" if facts.method is None else f" ({facts.method})"
    items = "" if facts.items is None else f" It had {count(facts.items, 'item')}."
    left = (
        " Whether copies are left is not recorded."
        if facts.copies_left is None
        else f" Copies left: {facts.copies_left}."
    )
    receipt = "" if facts.receipt is None else f" Receipt: SHA-256 {facts.receipt}."
    note = "" if facts.note is None else f" Note: {facts.note}"
    what = f"{facts.dataset} was destroyed on {facts.destroyed}{by}{method}."
    return f"{what}{items}{left}{receipt}{note}"


def recipients(material: AuditMaterial) -> Iterator[Statement]:
    """Yield lines on who received datasets, or what was made of them."""
    if material.evidence.ledger is None:
        yield unknowable("There is no ledger: recipients were not recorded.", letter=True)
        return
    everyone, lines = list[Recipient](), list[tuple[str, str]]()
    for record, use in material.uses():
        if use.recipients:
            everyone += use.recipients
            what = use.model or f"what {use.application or 'an application'} made of {use.dataset}"
            lines.append((f"{recipients_phrase(use.recipients)} received {what}.", record))
    for record, each in material.datasets():
        if each.recipients:
            everyone += each.recipients
            received = f"{recipients_phrase(each.recipients)} received a copy of {each.name}."
            lines.append((received, record))
    in_letter = len(lines) <= _MOST_IN_LETTER
    yield from (declared(text, record, letter=in_letter) for text, record in lines)
    if not in_letter:
        names = len({each.name for each in everyone})
        yield declared(
            f"{count(names, 'recipient')} of datasets, or of what was made of them.", letter=True
        )
    offices = sorted({e.name for e in everyone if e.kind is RecipientKind.GOVERNMENT})
    if everyone:
        yield declared(
            f"Of these, government: {', '.join(offices)}."
            if offices
            else "None of these is recorded as a government.",
            letter=True,
        )
    else:
        yield declared(
            "No recipient of this content, or of what was made of it, is recorded.", letter=True
        )


def request(material: AuditMaterial) -> Iterator[Statement]:
    """Yield lines on who asked for what, and until when."""
    inquiry = material.request
    who = inquiry.requester or "A person or company not named here"
    reference = "" if inquiry.reference is None else f", reference {inquiry.reference}"
    yield declared(f"{who} asked about {query_phrase(material)}{reference}.", letter=True)
    if inquiry.received is None:
        yield declared("When the request was received is not stated.")
    else:
        yield declared(f"The request was received on {inquiry.received}.", letter=True)
    if inquiry.due is not None:
        days = None if inquiry.received is None else inquiry.due - inquiry.received
        after = "" if days is None or days < timedelta(0) else f", {_days(days)} after that"
        yield declared(f"An answer was asked for by {inquiry.due}{after}.", letter=True)


def _days(delta: timedelta) -> str:
    return count(delta.days, "day")


def query_phrase(material: AuditMaterial) -> str:
    """Return what was asked about: "content of x by somebody"."""
    query = material.query
    parts = [
        f"content of {material.name_of(query.source)}" if query.source else "content",
        f"of the domain {query.domain} and its subdomains" if query.domain else None,
        f"of the author {query.author}" if query.author else None,
        f"listed in {query.works}" if query.works else None,
        None if query.item is None else _item_phrase(query.item),
    ]
    return " ".join(part for part in parts if part is not None)


def _item_phrase(item: str) -> str:
    words = len(item.split())
    return f"that is a text of {words} words" if words > 1 else f"with the id or address {item}"
