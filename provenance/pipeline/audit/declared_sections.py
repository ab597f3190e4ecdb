"""Sections of an answer on what people recorded: uses, accesses, destruction, recipients."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from provenance.model.records.access_totals import access_total, application_key
from provenance.model.records.audit import Statement
from provenance.model.records.ledger import (
    AccessFacts,
    DatasetFacts,
    DestructionFacts,
    LedgerEntry,
    Recipient,
    RecipientKind,
    UseFacts,
)
from provenance.model.rules.policy import Route
from provenance.pipeline.audit.audit_evidence import record_name
from provenance.pipeline.audit.audit_material import (
    AuditMaterial,
    Recorded,
    measured,
    measured_names,
    names_of,
    recorded,
    stated,
    unknowable,
)
from provenance.report.text.ledger_text import (
    DIGEST_LENGTH,
    overlap_phrase,
    recipients_phrase,
    total_phrase,
)
from provenance.report.text.number_format import count, number, period
from provenance.report.text.sentences import route_phrase

_MOST_IN_LETTER = 12
"""Lines on accesses, and on recipients, up to which a letter has each of them."""

NO_LEDGER = "There is no ledger: what datasets were used for, and by whom, was not recorded."

_VERBS = {
    None: "had access to {source}",
    Route.API: "had access to {source}",
    Route.CRAWL: "had access to {source}",
    Route.DOWNLOAD: "downloaded content of {source}",
    Route.PURCHASE: "purchased content of {source}",
    Route.USERS: "obtained content of {source} from users",
    Route.OWN: "had content of its own from {source}",
}
"""What an application did, by the route of a record of access."""


def uses(material: AuditMaterial) -> Iterator[Statement]:
    """Yield lines on applications, datasets, versions and models."""
    if material.evidence.ledger is None:
        yield unknowable(NO_LEDGER, letter=True)
        return
    yield from _applications(material)
    yield from _dataset_names(material)
    yield from _models(material)
    for entry, each in material.uses():
        yield recorded(material, _use_sentence(material, each), (entry, each.dates))
    for entry, dataset in material.datasets():
        if dataset.made_from:
            made = f"{dataset.name} was made from {', '.join(dataset.made_from)}."
            yield recorded(material, made, (entry, material.collection_of(dataset)))
    yield from _unexplained(material)


def _unexplained(material: AuditMaterial) -> Iterator[Statement]:
    """Yield lines on uses and datasets of which records do not say all."""
    all_uses = material.uses()
    explained = {application_key(e.application) for _, e in all_uses if e.application and e.purpose}
    accesses = [] if material.is_personal else material.accesses()
    named = _spellings([*accesses, *all_uses])
    for name in (spelt[0] for key, spelt in sorted(named.items()) if key not in explained):
        yield unknowable(
            f"No record says what {name} used the content for, if for anything.", letter=True
        )
    known = _recorded_datasets(material)
    for entry, use in [] if material.is_personal else material.evidence.facts(UseFacts):
        if use.dataset not in known:
            yield unknowable(
                f"{use.application or 'An application that is not named'} used {use.dataset}; no "
                "record says what that is.",
                record_name(entry),
            )
    for name in sorted(material.related - {each.dataset for _, each in all_uses}):
        yield unknowable(f"No record says what {name} was used for, if for anything.")


def _recorded_datasets(material: AuditMaterial) -> set[str]:
    evidence = material.evidence
    names = {each.name for _, each in evidence.facts(DatasetFacts)}
    return names.union(material.related, *(names_of(each) for each in evidence.checked))


def _spellings(
    facts: Iterable[tuple[LedgerEntry, AccessFacts | UseFacts]],
) -> dict[str, list[str]]:
    """Return the spellings of each application's name, the first one first."""
    found = dict[str, list[str]]()
    for _, each in facts:
        if each.application:
            spelt = found.setdefault(application_key(each.application), [])
            spelt += [] if each.application in spelt else [each.application]
    return found


def _application_names(
    facts: Iterable[tuple[LedgerEntry, AccessFacts | UseFacts]],
) -> list[str]:
    """Return the applications, each with its other spellings: "Lanterns (also lanterns)"."""
    return [
        f"{first} (also {', '.join(others)})" if others else first
        for first, *others in sorted(_spellings(facts).values())
    ]


def _applications(material: AuditMaterial) -> Iterator[Statement]:
    """Yield lines on which applications did what, each kind of deed apart."""
    deeds = dict[str, list[tuple[LedgerEntry, AccessFacts]]]()
    # Who else had access to a source is no answer to one person.
    for entry, access in () if material.is_personal else material.accesses():
        verb = _VERBS[access.route].format(source=material.name_of(access.source))
        deeds.setdefault(verb, []).append((entry, access))
    for verb, of_verb in deeds.items():
        names = _application_names(of_verb)
        if names:
            yield recorded(
                material,
                f"{count(len(names), 'application')} {verb}: {', '.join(names)}.",
                *((entry, each.dates) for entry, each in of_verb if each.application),
                letter=True,
            )
    found = material.measured_names()
    with_found = [each for each in material.uses() if each[1].dataset in found]
    others = [each for each in material.uses() if each[1].dataset not in found]
    source = material.name_of(material.query.source or "that kind")
    subject = material.subject
    yield from _users(material, with_found, f"in which a check found {subject}")
    yield from _users(
        material,
        others,
        f"that is recorded as having content of {source}, or as made from such a dataset, and in "
        f"which no check found {subject}",
    )
    unnamed = [each for each in material.uses() if not each[1].application]
    if len(unnamed) < len(material.uses()):
        yield from _unnamed_users(unnamed)
    else:
        yield unknowable(
            "No record names an application that used a dataset with such content.", letter=True
        )
    if not deeds and not material.is_personal:
        yield unknowable(
            "No record names an application that had access to such content.", letter=True
        )


def _users(
    material: AuditMaterial, uses: Sequence[tuple[LedgerEntry, UseFacts]], which: str
) -> Iterator[Statement]:
    names = _application_names(uses)
    if names:
        datasets = ", ".join(sorted({each.dataset for _, each in uses if each.application}))
        yield recorded(
            material,
            f"{count(len(names), 'application')} used a dataset {which} ({datasets}): "
            f"{', '.join(names)}.",
            *((entry, each.dates) for entry, each in uses if each.application),
            letter=True,
        )


def _unnamed_users(uses: Sequence[tuple[LedgerEntry, UseFacts]]) -> Iterator[Statement]:
    """Yield that more applications may have used a dataset than those that are named."""
    for name in sorted({each.dataset for _, each in uses}):
        records = [record_name(entry) for entry, each in uses if each.dataset == name]
        yield unknowable(
            f"Which application used {name} is not stated by {count(len(records), 'record')} of "
            "its use.",
            *records,
            letter=True,
        )


def _dataset_names(material: AuditMaterial) -> Iterator[Statement]:
    found = material.measured_names()
    source = material.subject.removeprefix("content of ")
    counts = [each for each in material.counts if each.passages]
    copied = measured_names(material.evidence, counts, ())
    for names, what in (
        (copied, f"copied words of {source}"),
        (found - copied, f"documents with an address of {source}, and no copied words"),
    ):
        if names:
            yield measured(
                f"{count(len(names), 'dataset')} in which checks found {what}: "
                f"{', '.join(sorted(names))}.",
                letter=True,
            )
    checked = {name for each in material.evidence.checked for name in names_of(each)}
    rest = material.related - found
    yield from _declared_only(
        material, rest & checked, "in which no check found what was asked about"
    )
    yield from _declared_only(material, rest - checked, "of which no usable check is on record")


def _declared_only(
    material: AuditMaterial, names: frozenset[str], which: str
) -> Iterator[Statement]:
    """Yield a line on datasets whose content is known by records alone."""
    if not names:
        return
    records = [(entry, material.collection_of(each)) for entry, each in material.datasets()]
    own = [each for each in records if _name_of(each[0]) in names]
    accesses = [(e, a.dates) for e, a in material.accesses() if names & set(a.datasets)]
    source = material.name_of(material.query.source or "that kind")
    yield recorded(
        material,
        f"{count(len(names), 'dataset')} recorded as having content of {source}, or as made from "
        f"such a dataset, {which}: {', '.join(sorted(names))}.",
        *own,
        *accesses,
        letter=True,
    )


def _name_of(entry: LedgerEntry) -> str | None:
    return entry.facts.name if isinstance(entry.facts, DatasetFacts) else None


def _models(material: AuditMaterial) -> Iterator[Statement]:
    uses = [each for each in material.uses() if each[1].model]
    models = sorted({each.model for _, each in uses if each.model})
    if models:
        yield recorded(
            material,
            f"{count(len(models), 'model')} made with these datasets: {', '.join(models)}.",
            *((entry, each.dates) for entry, each in uses),
            letter=True,
        )


def _use_sentence(material: AuditMaterial, use: UseFacts) -> str:
    who = use.application or "An application that is not named"
    model = "" if use.model is None else f"; model: {use.model}"
    if use.model_digest is not None:
        model += f" (SHA-256 {use.model_digest[:DIGEST_LENGTH]})"
    when = "" if use.dates is None else f", {period(use.dates)}"
    purpose = "" if use.purpose is None else f" for {use.purpose}"
    note = "" if use.note is None or material.is_personal else f" Note: {use.note}"
    return f"{who} used {use.dataset}{purpose}{when}{model}.{note}"


def acquisition(material: AuditMaterial) -> Iterator[Statement]:
    """Yield lines on how content was obtained."""
    accesses, datasets = material.accesses(), material.datasets()
    if not material.is_personal:
        in_letter = len(accesses) <= _MOST_IN_LETTER
        for entry, access in accesses:
            said = _access_sentence(material, access)
            yield recorded(material, said, (entry, access.dates), letter=in_letter)
    for entry, each in datasets:
        in_letter = material.is_personal or (
            each.route is not None and len(datasets) <= _MOST_IN_LETTER
        )
        if (sentence := _collection_sentence(material, each)) is not None:
            event = material.collection_of(each)
            yield recorded(material, sentence, (entry, event), letter=in_letter)
        else:
            yield unknowable(f"No record says how {each.name} was obtained.", record_name(entry))
    if material.is_personal:
        yield unknowable(
            "By which access this content was obtained is not recorded item by item.", letter=True
        )
    else:
        yield from _totals(material, accesses)
        if not _is_known_how(material):
            yield _unknown_access(material)
    yield unknowable(
        "How often a source was accessed, and how many items were retrieved, cannot be measured in "
        "a dataset."
    )


def _is_known_how(material: AuditMaterial) -> bool:
    """Return whether records say by which access, or else how, all that is related was obtained."""
    accesses, datasets = material.accesses(), material.datasets()
    if accesses:
        of_source = material.query.source is not None
        return of_source or any(material.related & set(each.datasets) for _, each in accesses)
    return bool(datasets) and all(each.route or each.made_from for _, each in datasets)


def _unknown_access(material: AuditMaterial) -> Statement:
    """Return that no access is known, and which ones to the sources of the items may be it."""
    sources = {each.first["source"] for found in material.found for each in found.counted}
    possible = [
        (entry, access)
        for entry, access in material.evidence.facts(AccessFacts)
        if access.source in sources and not access.datasets
    ]
    unknown = "No record says by which access this content was obtained"
    if not possible:
        return unknowable(f"{unknown}.", letter=True)
    names = ", ".join(sorted({material.name_of(access.source) for _, access in possible}))
    one = len(possible) == 1
    of = f"{'a record' if one else 'records'} of access to {names} {'names' if one else 'name'}"
    records = (record_name(entry) for entry, _ in possible)
    return unknowable(f"{unknown}; {of} no dataset.", *records, letter=True)


def _totals(
    material: AuditMaterial, accesses: Sequence[tuple[LedgerEntry, AccessFacts]]
) -> Iterator[Statement]:
    """Yield the sums of calls and items; what was purchased is none of the accesses."""
    bought = [each for each in accesses if each[1].route is Route.PURCHASE]
    others = [each for each in accesses if each[1].route is not Route.PURCHASE]
    sums = (
        ("call", "made", "access", [(entry, each, each.calls) for entry, each in others]),
        ("item", "retrieved", "access", [(entry, each, each.items) for entry, each in others]),
        ("item", "purchased", "purchase", [(entry, each, each.items) for entry, each in bought]),
    )
    for noun, verb, what, amounts in sums:
        known = [(entry, each, amount) for entry, each, amount in amounts if amount is not None]
        if amounts and not known:
            yield unknowable(f"No record says how many {noun}s were {verb}.", letter=True)
        if known:
            total = access_total((each, amount) for _, each, amount in known)
            yield recorded(
                material,
                f"{total_phrase(total, noun)} {verb} in all, as stated by {number(len(known))} of "
                f"{count(len(amounts), 'record')} of {what}{overlap_phrase(total, noun)}.",
                *((entry, each.dates) for entry, each, _ in known),
                letter=True,
            )


def _access_sentence(material: AuditMaterial, access: AccessFacts) -> str:
    who = access.application or "An application that is not named"
    did = _VERBS[access.route].format(source=material.name_of(access.source))
    is_said = access.route not in {None, Route.API, Route.CRAWL}
    taken = "" if access.route is Route.PURCHASE else " retrieved"
    details = [
        None if access.account is None else f"account {access.account}",
        None if access.route is None or is_said else route_phrase(access.route),
        None if access.dates is None else period(access.dates),
        None if access.calls is None else count(access.calls, "call"),
        None if access.items is None else f"{count(access.items, 'item')}{taken}",
        f"into {', '.join(access.datasets)}" if access.datasets else None,
        None if access.agreement is None else f"under {access.agreement}",
        access.note,
    ]
    text = "; ".join(detail for detail in details if detail is not None)
    return f"{who} {did}{f': {text}' if text else ''}."


def _collection_sentence(material: AuditMaterial, dataset: DatasetFacts) -> str | None:
    late = material.late_items_of(dataset)
    account = None if material.is_personal else dataset.account
    agreement = None if material.is_personal else dataset.agreement
    details = [
        None if dataset.route is None else route_phrase(dataset.route),
        None if dataset.collected is None else f"collected {period(dataset.collected)}",
        None if late is None else f"but {late.sentence}",
        None if account is None else f"account {account}",
        None if agreement is None else f"under {agreement}",
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
    for entry, each in material.evidence.facts(DestructionFacts):
        is_related = each.dataset in material.related
        if not is_related and (each.dataset in checked or material.is_personal):
            continue
        said = _destruction_sentence(material, each)
        lines.append(recorded(material, said, (entry, each.destroyed), letter=True))
        if not is_related:
            lines.append(
                unknowable(
                    f"No record says whether {each.dataset}, which was destroyed, had content that "
                    "was asked about.",
                    record_name(entry),
                    letter=True,
                )
            )
            continue
        if each.copies_left is None:
            lines.append(
                unknowable(
                    f"No record says whether copies of {each.dataset} are left.", letter=True
                )
            )
        lines += _not_destroyed(material, each.dataset)
        if each.receipt is None:
            lines.append(
                unknowable(f"No receipt of the destruction of {each.dataset} is recorded.")
            )
    if not lines:
        lines.append(
            unknowable(
                "No record says that a dataset with this content was destroyed.", letter=True
            )
        )
    yield from lines


def _not_destroyed(material: AuditMaterial, destroyed: str) -> Iterator[Statement]:
    """Yield a line on what was made from a dataset, and is not recorded as destroyed with it."""
    gone = {each.dataset for _, each in material.evidence.facts(DestructionFacts)}
    datasets = [
        (entry, each)
        for entry, each in material.datasets()
        if destroyed in each.made_from and each.name not in gone
    ]
    models = [(e, use) for e, use in material.uses() if use.dataset == destroyed and use.model]
    names = sorted({each.name for _, each in datasets} | {str(use.model) for _, use in models})
    if names:
        records = [record_name(entry) for entry, _ in (*datasets, *models)]
        yield unknowable(
            f"No record says whether what was made from {destroyed} was destroyed, too: "
            f"{', '.join(names)}.",
            *dict.fromkeys(records),
            letter=True,
        )


def _destruction_sentence(material: AuditMaterial, facts: DestructionFacts) -> str:
    by = "" if facts.by is None else f" by {facts.by}"
    method = "" if facts.method is None else f" ({facts.method})"
    items = "" if facts.items is None else f" It had {count(facts.items, 'item')}."
    left = "" if facts.copies_left is None else f" Copies left: {facts.copies_left}."
    receipt = "" if facts.receipt is None else f" Receipt: SHA-256 {facts.receipt}."
    note = "" if facts.note is None or material.is_personal else f" Note: {facts.note}"
    what = f"{facts.dataset} was destroyed on {facts.destroyed}{by}{method}."
    return f"{what}{items}{left}{receipt}{note}"


def recipients(material: AuditMaterial) -> Iterator[Statement]:
    """Yield lines on who received datasets, or what was made of them; to one person, no names."""
    if material.evidence.ledger is None:
        yield unknowable("There is no ledger: recipients were not recorded.", letter=True)
        return
    receipts = [
        (use.recipients, use.model or _product(use), (entry, use.dates))
        for entry, use in material.uses()
        if use.recipients
    ]
    # When they received a dataset is not recorded: its days are those of its collection.
    receipts += [
        (each.recipients, f"a copy of {each.name}", (entry, None))
        for entry, each in material.datasets()
        if each.recipients
    ]
    if not receipts:
        yield unknowable(
            "No record names a recipient of this content, or of what was made of it.", letter=True
        )
        return
    in_letter = len(receipts) <= _MOST_IN_LETTER
    for who, what, record in receipts:
        received = f"{_who(material, who)} received {what}."
        yield recorded(material, received, record, letter=in_letter)
    if not in_letter:
        names = len({each.name for who, _, _ in receipts for each in who})
        yield recorded(
            material,
            f"{count(names, 'recipient')} of datasets, or of what was made of them.",
            *(record for _, _, record in receipts),
            letter=True,
        )
    yield _governments(material, [(each, record) for who, _, record in receipts for each in who])


def _product(use: UseFacts) -> str:
    return f"what {use.application or 'an application'} made of {use.dataset}"


def _who(material: AuditMaterial, recipients: Sequence[Recipient]) -> str:
    """Return who received something; one person is told of which kind they are."""
    if not material.is_personal:
        return recipients_phrase(tuple(recipients))
    kinds = Counter(f"recipient of the kind {each.kind}" for each in recipients)
    return ", ".join(f"{number(n)} {kind}" for kind, n in sorted(kinds.items()))


def _governments(
    material: AuditMaterial, everyone: Sequence[tuple[Recipient, Recorded]]
) -> Statement:
    offices = sorted({each.name for each, _ in everyone if each.kind is RecipientKind.GOVERNMENT})
    named = ", ".join(offices) if not material.is_personal else number(len(offices))
    said = (
        f"Of these, government: {named}."
        if offices
        else "None of these is recorded as a government."
    )
    return recorded(material, said, *(record for _, record in everyone), letter=True)


def request(material: AuditMaterial) -> Iterator[Statement]:
    """Yield lines on who asked for what, and until when."""
    inquiry = material.request
    who = inquiry.requester or "A person or company not named here"
    reference = "" if inquiry.reference is None else f", reference {inquiry.reference}"
    yield stated(f"{who} asked about {query_phrase(material)}{reference}.", letter=True)
    if inquiry.received is None:
        yield unknowable("When the request was received is not stated.")
    else:
        yield stated(f"The request was received on {inquiry.received}.", letter=True)
    if inquiry.due is not None:
        days = None if inquiry.received is None else inquiry.due - inquiry.received
        after = "" if days is None or days < timedelta(0) else f", {_days(days)} after that"
        yield stated(f"An answer was asked for by {inquiry.due}{after}.", letter=True)


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
