"""The documentation of training data that California's AB 2013 asks for.

Civil Code § 3110 and 3111, in force since 1 January 2026: a high-level summary with twelve items.
Identifiers are the numbers of the items of § 3111(a).
"""

from datetime import date

from provenance.model.records.disclosure import (
    Disclosure,
    DisclosureMaterial,
    Entry,
    EntrySection,
    EntryStatus,
)
from provenance.model.records.disclosure_questions import Form
from provenance.report.disclosure.entries import (
    answered,
    dates_of_collection,
    measured,
    optional,
    recorded,
    to_be_provided,
)
from provenance.report.disclosure.measured_entries import (
    check_made,
    sources_found,
    text_size,
    with_source,
)
from provenance.report.text.number_format import period

_TITLE = "Documentation of training data"
_BASIS = (
    "California Civil Code § 3111(a), added by AB 2013 (Statutes of 2024), in force since "
    "1 January 2026."
)


def ab_2013(material: DisclosureMaterial) -> Disclosure:
    """Fill in the twelve items."""
    result = material.report.result
    items = (
        ("1. Sources or owners", _sources(material)),
        ("2. How the data furthers the intended purpose", _purpose(material)),
        ("3. Number of data points", (text_size(material, "3/size"),)),
        ("4. Types of data points", _types(material)),
        ("5. Copyright, trademarks, patents, public domain", _rights(material)),
        ("6. Purchased or licensed", _acquired(material)),
        ("7. Personal information", _personal(material)),
        ("8. Aggregate consumer information", _consumers(material)),
        ("9. Cleaning, processing and modification, and its purpose", _processing(material)),
        ("10. Period of collection", _collection(material)),
        ("11. First use in development", (_first_use(material),)),
        ("12. Synthetic data", _synthetic(material)),
    )
    return Disclosure(
        kind=str(Form.AB_2013),
        title=_TITLE,
        basis=_BASIS,
        tool=result.tool,
        datasets=material.covered,
        day=material.created.date(),
        sections=tuple(EntrySection(title, entries) for title, entries in items),
        notes=("The statute asks for a high-level summary; ranges and estimates are allowed.",),
        stated_name=material.stated_name,
    )


def _sources(material: DisclosureMaterial) -> tuple[Entry, ...]:
    return (
        answered(material, "1/sources", "Sources or owners", "california.sources"),
        *optional(answered(material, "1/datasets", "Public datasets", "public.datasets")),
        sources_found(material, "1/sources-found", verdicts=False),
    )


def _purpose(material: DisclosureMaterial) -> tuple[Entry, ...]:
    return (answered(material, "2/purpose", "Purpose", "dataset.purpose"),)


def _types(material: DisclosureMaterial) -> tuple[Entry, ...]:
    return (
        answered(material, "4/types", "General characteristics", "dataset.types"),
        *optional(answered(material, "4/labels", "Types of labels", "california.labels")),
    )


def _rights(material: DisclosureMaterial) -> tuple[Entry, ...]:
    return (
        answered(
            material, "5/rights", "Protected or public domain", "california.intellectual_property"
        ),
        check_made(material, "5/check"),
    )


def _acquired(material: DisclosureMaterial) -> tuple[Entry, ...]:
    sources = sorted(
        {
            agreement.source
            for each in material.checks
            for agreement in each.report.result.policy.agreements
        }
    )
    entries = (
        answered(material, "6/licensed", "Licensed from rights-holders", "licensed.used"),
        answered(material, "6/purchased", "Purchased", "california.purchased"),
    )
    if not sources:
        return entries
    policy = measured(
        material, "6/agreements", "Agreements in the policy of the check", sources, *sources
    )
    return (*entries, with_source(policy, "policy of the check: agreements"))


def _personal(material: DisclosureMaterial) -> tuple[Entry, ...]:
    title = "Personal information (Civil Code § 1798.140)"
    return (answered(material, "7/personal", title, "dataset.personal_information"),)


def _consumers(material: DisclosureMaterial) -> tuple[Entry, ...]:
    title = "Aggregate consumer information (Civil Code § 1798.140)"
    return (answered(material, "8/consumers", title, "california.consumer_information"),)


def _processing(material: DisclosureMaterial) -> tuple[Entry, ...]:
    cleanings = tuple(
        recorded(
            record,
            f"9/cleaning-{number}",
            "Cleaning",
            record,
            "Content whose terms forbid the use was removed, in order to respect them; the receipt "
            f"has numbers and digests ({record}).",
        )
        for number, (record, _) in enumerate(material.recorded.cleanings, 1)
    )
    answer = answered(material, "9/processing", "Processing", "california.processing")
    return (*cleanings, *(optional(answer) if cleanings else (answer,)))


def _collection(material: DisclosureMaterial) -> tuple[Entry, ...]:
    id_, title = "10/period", "Period of collection"
    dates, source = dates_of_collection(material)
    if dates is None:
        entry = to_be_provided(id_, title, "answer dataset.collected")
    else:
        entry = with_source(measured(material, id_, title, period(dates), period(dates)), source)
    ongoing = "dataset.collection_continues"
    return entry, answered(material, "10/ongoing", "Collection is ongoing", ongoing)


def _first_use(material: DisclosureMaterial) -> Entry:
    id_, title = "11/first-use", "First used in development"
    if "california.first_used" in material.answers:
        return answered(material, id_, title, "california.first_used")
    first = first_recorded_use(material)
    if first is None:
        return to_be_provided(id_, title, "answer california.first_used, or record the use")
    record, day = first
    return recorded(record, id_, title, day.isoformat(), str(day))


def first_recorded_use(material: DisclosureMaterial) -> tuple[str, date] | None:
    """Return the earliest dated use of the dataset in the ledger, with its record."""
    dated = [
        (facts.dates.first, record)
        for record, facts in material.recorded.uses
        if facts.dates is not None and facts.dates.first is not None
    ]
    if not dated:
        return None
    day, record = min(dated)
    return record, day


def _synthetic(material: DisclosureMaterial) -> tuple[Entry, ...]:
    used = answered(material, "12/used", "Synthetic data used", "synthetic.used")
    text = answered(material, "12/description", "Synthetic data", "synthetic.description")
    needs_text = used.status is not EntryStatus.TO_BE_PROVIDED and used.value is True
    return (used, text) if needs_text else (used,)
