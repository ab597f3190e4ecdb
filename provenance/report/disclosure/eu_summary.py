"""The public summary of training content that Art. 53(1)(d) of the EU's AI Act asks for.

The form is the template of the European Commission, C(2025) 5235 of 24 July 2025, adopted as
C(2025) 8311 of 5 December 2025; identifiers are the numbers of its sections.
"""

from calendar import monthrange
from dataclasses import replace
from datetime import date
from itertools import groupby

from provenance.model.records.disclosure import (
    AnswerRow,
    Disclosure,
    DisclosureMaterial,
    Entry,
    EntrySection,
)
from provenance.model.records.disclosure_questions import Form
from provenance.report.disclosure.domain_list import domain_entry
from provenance.report.disclosure.entries import (
    answered,
    dates_of_collection,
    declared,
    has_one_modality,
    last_month,
    measured,
    optional,
    recorded,
    row_line,
    to_be_provided,
    under,
)
from provenance.report.disclosure.measured_entries import (
    check_made,
    languages,
    newest_item,
    text_size,
    with_source,
)

_TITLE = "Public summary of the content used for training"
_BASIS = (
    "Regulation (EU) 2024/1689, Art. 53(1)(d); template of the European Commission, "
    "C(2025) 8311 of 5 December 2025."
)
_SECTIONS = {
    "0": "This summary",
    "1.1": "Provider",
    "1.2": "Models",
    "1.3": "Modalities, size and characteristics of the data",
    "2.1": "Publicly available datasets",
    "2.2.1": "Data licensed by rights-holders",
    "2.2.2": "Other private datasets of third parties",
    "2.3": "Data that was crawled",
    "2.4": "Data of users",
    "2.5": "Synthetic data",
    "2.6": "Other sources",
    "3.1": "Respect for reservations of rights",
    "3.2": "Removal of illegal content",
    "3.3": "Further information",
}
"""Sections by their number in the form."""
_MONTHS = 6
LARGE = 0.03
"""A public dataset is large if it has more than this share of all public data of its modality."""


def eu_summary(material: DisclosureMaterial) -> Disclosure:
    """Fill in the form."""
    result = material.report.result
    previous = material.previous
    return Disclosure(
        kind=str(Form.EU),
        title=_TITLE,
        basis=_BASIS,
        tool=result.tool,
        dataset=material.name,
        dataset_digest=result.corpus.digest,
        day=material.created.date(),
        sections=_sections((*_general(material), *_sources(material), *_processing(material))),
        notes=("Nobody has checked by measurement what the provider declares.",),
        version=1 if previous is None else previous.version + 1,
        stale_after=months_later(material.created.date(), _MONTHS),
        previous=previous,
        signed_by=material.signed_by,
    )


def _sections(entries: tuple[Entry, ...]) -> tuple[EntrySection, ...]:
    """Return the entries by the number of their section."""
    by_number = groupby(entries, lambda entry: entry.id.partition("/")[0])
    return tuple(
        EntrySection(f"{number} {_SECTIONS[number]}".removeprefix("0 "), tuple(group))
        for number, group in by_number
    )


def months_later(day: date, months: int) -> date:
    """Return the same day some months later, or the last day of that month.

    Examples
    --------
    >>> months_later(date(2026, 8, 31), 6)
    datetime.date(2027, 2, 28)
    """
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _general(material: DisclosureMaterial) -> tuple[Entry, ...]:
    return (
        *optional(answered(material, "0/address", "Address of this summary", "summary.url")),
        answered(material, "1.1/provider", "Provider", "provider.name"),
        answered(material, "1.1/contact", "Contact", "provider.contact"),
        answered(
            material, "1.1/representative", "Authorised representative", "provider.representative"
        ),
        answered(material, "1.2/models", "Models", "models"),
        _dependencies(material),
        _modalities(material),
        text_size(material, "1.3/text-size", with_band=True),
        *optional(
            answered(material, "1.3/other-sizes", "Size of other content", "dataset.other_sizes")
        ),
        answered(material, "1.3/types", "Types of content", "dataset.types"),
        _latest_acquisition(material),
        *_newest_item(material),
        answered(
            material,
            "1.3/training-continues",
            "Continuously trained on new data",
            "dataset.training_continues",
        ),
        languages(material, "1.3/languages"),
        *optional(
            answered(
                material, "1.3/characteristics", "Other characteristics", "dataset.characteristics"
            )
        ),
    )


def _dependencies(material: DisclosureMaterial) -> Entry:
    id_, title = "1.2/dependencies", "Models that were modified"
    if "models" not in material.answers:
        return to_be_provided(id_, title, "answer models")
    rows: list[AnswerRow] = [
        {"name": str(row["made_from"]), "summary": str(row.get("made_from_summary", "not given"))}
        for row in material.answers.rows("models")
        if "made_from" in row
    ]
    lines = [row_line(row) for row in rows] or ["None: no model is a modification of another."]
    return declared(material, id_, title, "models", rows, *lines)


def _modalities(material: DisclosureMaterial) -> Entry:
    id_, title = "1.3/modalities", "Modalities"
    if "dataset.modalities" in material.answers:
        return answered(material, id_, title, "dataset.modalities")
    return measured(
        material, id_, title, ["text"], "Text. Other modalities are not measured: none is declared."
    )


def _modalities_of(material: DisclosureMaterial, section: str, table: str) -> Entry:
    """Return the modalities of a kind of data: as answered, else those of all, if it is one."""
    id_, title = f"{section}/modalities", "Modalities"
    if f"{table}.modalities" in material.answers or not has_one_modality(material):
        return answered(material, id_, title, f"{table}.modalities")
    return replace(_modalities(material), id=id_, title=title)


def _latest_acquisition(material: DisclosureMaterial) -> Entry:
    id_, title = "1.3/latest-acquisition", "Latest date of acquisition"
    dates, source = dates_of_collection(material)
    month = None if dates is None else last_month(dates)
    if month is None:
        return to_be_provided(id_, title, "answer dataset.collected, with an end")
    if source.startswith("ledger"):
        return recorded(source.removeprefix("ledger: "), id_, title, month, month)
    if source.startswith("policy"):
        return with_source(measured(material, id_, title, month, month), source)
    return declared(material, id_, title, "dataset.collected", month, month)


def _newest_item(material: DisclosureMaterial) -> tuple[Entry, ...]:
    day = newest_item(material)
    if day is None:
        return ()
    return (
        measured(
            material,
            "1.3/newest-item",
            "Newest item found in the text",
            day.isoformat(),
            f"Published on {day}: some of the data was acquired on that day or later.",
        ),
    )


def _sources(material: DisclosureMaterial) -> tuple[Entry, ...]:
    def ask(id_: str, title: str, key: str) -> Entry:
        return answered(material, id_, title, key)

    no_crawl = "no data was crawled by or for the provider"
    no_synthetic = "no synthetic data was made by or for the provider"
    return (
        ask("2.1/used", "Used", "public.used"),
        *under(material, "public.used", "no public datasets were used", *_public(material)),
        ask("2.2.1/used", "Used", "licensed.used"),
        *under(
            material,
            "licensed.used",
            "no licensed data was used",
            _modalities_of(material, "2.2.1", "licensed"),
        ),
        ask("2.2.2/used", "Used", "third_party.used"),
        *under(
            material,
            "third_party.used",
            "no such data was used",
            ask("2.2.2/description", "Datasets", "third_party.description"),
        ),
        ask("2.3/used", "Used", "crawl.used"),
        *under(
            material,
            "crawl.used",
            no_crawl,
            ask("2.3/crawlers", "Crawlers", "crawl.crawlers"),
            ask("2.3/purposes", "Purposes of the crawlers", "crawl.purposes"),
            ask("2.3/behaviour", "Behaviour of the crawlers", "crawl.behaviour"),
            ask("2.3/period", "Period of collection", "crawl.period"),
            ask("2.3/content", "Content and kinds of sites", "crawl.content"),
            _modalities_of(material, "2.3", "crawl"),
            domain_entry(material, "2.3/domains"),
        ),
        ask("2.4/own", "Data from use of the model", "users.own"),
        ask("2.4/other-services", "Data from use of other services", "users.other_services"),
        *_users(material),
        ask("2.5/used", "Used", "synthetic.used"),
        *under(
            material,
            "synthetic.used",
            no_synthetic,
            _modalities_of(material, "2.5", "synthetic"),
            ask("2.5/models", "Models that made it", "synthetic.models"),
            ask("2.5/description", "Description", "synthetic.description"),
        ),
        ask("2.6/used", "Used", "other.used"),
        *under(
            material,
            "other.used",
            "no data from other sources was used",
            ask("2.6/description", "Description", "other.description"),
        ),
    )


def _public(material: DisclosureMaterial) -> tuple[Entry, ...]:
    id_, title = "2.1/large-datasets", "Large datasets"
    others = optional(answered(material, "2.1/others", "Other datasets", "public.others"))
    modalities = _modalities_of(material, "2.1", "public")
    if "public.datasets" not in material.answers:
        return modalities, to_be_provided(id_, title, "answer public.datasets"), *others
    rows = material.answers.rows("public.datasets")
    large = large_datasets(rows)
    small = [str(row["name"]) for row in rows if row not in large]
    lines = [row_line(row) for row in large] or ["None has more than 3 % of all public text."]
    note = f"Smaller: {', '.join(small)}." if small else ""
    return (
        modalities,
        declared(
            material,
            id_,
            title,
            "public.datasets",
            {"large": [dict(row) for row in large], "smaller": small},
            *lines,
            *filter(None, [note]),
        ),
        *others,
    )


def large_datasets(rows: tuple[AnswerRow, ...]) -> list[AnswerRow]:
    """Return the public datasets that have to be named; those of unknown size among them."""
    total = sum(row["bytes"] for row in rows if isinstance(row.get("bytes"), int))  # type: ignore[misc]
    return [
        row for row in rows if not isinstance(size := row.get("bytes"), int) or size > LARGE * total
    ]


def _users(material: DisclosureMaterial) -> tuple[Entry, ...]:
    answers = material.answers
    keys = ("users.own", "users.other_services")
    entry = answered(material, "2.4/description", "Description", "users.description")
    if any(answers.truth(key) for key in keys):
        return (entry,)
    if all(answers.truth(key) is False for key in keys):
        return under(material, keys[0], "no user data was used", entry)
    return optional(entry)


def _processing(material: DisclosureMaterial) -> tuple[Entry, ...]:
    def ask(id_: str, title: str, key: str) -> Entry:
        return answered(material, id_, title, key)

    return (
        ask("3.1/code-of-practice", "Signatory of the Code of Practice", "rights.code_of_practice"),
        ask("3.1/reservations", "Respect for reservations of rights", "rights.reservations"),
        ask("3.1/policy", "Copyright policy", "rights.policy"),
        ask("3.2/measures", "Measures against illegal content", "illegal_content.measures"),
        check_made(material, "3.2/check"),
        *optional(ask("3.3/additional", "Additional information", "additional.information")),
    )
