"""The public summary of training content that Art. 53(1)(d) of the EU's AI Act asks for.

The form is the template of the European Commission, C(2025) 5235 of 24 July 2025, adopted as
C(2025) 8311 of 5 December 2025; identifiers are the numbers of its sections.
"""

from calendar import monthrange
from dataclasses import replace
from datetime import date

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
    or_not_given,
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

_TITLE = "Public Summary of Training Content"
_BASIS = (
    "Regulation (EU) 2024/1689, Art. 53(1)(d); template of the European Commission, "
    "C(2025) 8311 of 5 December 2025."
)
SECTIONS = {
    "1": "General information",
    "1.1": "Provider identification",
    "1.2": "Model identification",
    "1.3": "Modalities, overall training data size and other characteristics",
    "2": "List of data sources",
    "2.1": "Publicly available datasets",
    "2.2": "Private non-publicly available datasets obtained from third parties",
    "2.2.1": "Datasets commercially licensed by rightsholders or their representatives",
    "2.2.2": "Private datasets obtained from other third parties",
    "2.3": "Data crawled and scraped from online sources",
    "2.4": "User data",
    "2.5": "Synthetic data",
    "2.6": "Other sources of data",
    "3": "Data processing aspects",
    "3.1": "Respect of reservation of rights from text and data mining exception or limitation",
    "3.2": "Removal of illegal content",
    "3.3": "Other information (optional)",
}
"""Titles of the sections of the template, word for word, by their number."""
_COMMENTS = "Additional comments (optional)"
_LATEST = "Latest date of data acquisition/collection for model training"
_MODALITY = "Type of modality covered"
_COVERED = "Modality(ies) of the content covered by the datasets concerned"
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
        datasets=material.covered,
        day=material.created.date(),
        sections=_sections((*_general(material), *_sources(material), *_processing(material))),
        notes=("Nobody has checked by measurement what the provider declares.",),
        version=1 if previous is None else previous.version + 1,
        stale_after=months_later(material.created.date(), _MONTHS),
        previous=previous,
        stated_name=material.stated_name,
    )


def _sections(entries: tuple[Entry, ...]) -> tuple[EntrySection, ...]:
    """Return all sections of the template, with the entries by the number of their section."""
    by_number: dict[str, list[Entry]] = {"0": [], **{number: [] for number in SECTIONS}}
    for entry in entries:
        by_number[entry.id.partition("/")[0]].append(entry)
    head = (EntrySection("", tuple(by_number["0"])),) if by_number["0"] else ()
    return head + tuple(
        EntrySection(f"{number}. {title}", tuple(by_number[number]), number.count(".") + 1)
        for number, title in SECTIONS.items()
    )


def _comments(material: DisclosureMaterial, section: str, table: str) -> Entry:
    return or_not_given(answered(material, f"{section}/comments", _COMMENTS, f"{table}.comments"))


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
        _provider(material),
        answered(
            material,
            "1.1/representative",
            "Authorised representative name and contact details",
            "provider.representative",
        ),
        _models(material),
        _dependencies(material),
        _placement(material),
        _modalities(material),
        replace(
            text_size(material, "1.3/text-size", with_band=True), title="Training data size: text"
        ),
        *optional(
            answered(
                material,
                "1.3/other-sizes",
                "Training data size: other modalities",
                "dataset.other_sizes",
            )
        ),
        answered(material, "1.3/types", "Types of content", "dataset.types"),
        _latest_acquisition(material),
        *_newest_item(material),
        answered(
            material,
            "1.3/training-continues",
            "Continuously trained on new or dynamic data after this date",
            "dataset.training_continues",
        ),
        languages(
            material,
            "1.3/languages",
            "Description of the linguistic characteristics of the overall training data",
        ),
        or_not_given(
            answered(
                material,
                "1.3/characteristics",
                "Other relevant characteristics of the overall training data",
                "dataset.characteristics",
            )
        ),
        _comments(material, "1.3", "dataset"),
    )


def _provider(material: DisclosureMaterial) -> Entry:
    id_, title = "1.1/provider", "Provider name and contact details"
    answers = material.answers
    missing = [key for key in ("provider.name", "provider.contact") if key not in answers]
    if missing:
        return to_be_provided(id_, title, f"answer {' and '.join(missing)}")
    name, contact = (answers.text(key) or "" for key in ("provider.name", "provider.contact"))
    value = {"name": name, "contact": contact}
    return declared(material, id_, title, "provider.name, provider.contact", value, name, contact)


def _models(material: DisclosureMaterial) -> Entry:
    id_, title = "1.2/models", "Versioned model name(s)"
    if "models" not in material.answers:
        return to_be_provided(id_, title, "answer models")
    rows: list[AnswerRow] = [
        {key: row[key] for key in ("name", "version") if key in row}
        for row in material.answers.rows("models")
    ]
    return declared(material, id_, title, "models", rows, *map(row_line, rows))


def _placement(material: DisclosureMaterial) -> Entry:
    id_, title = "1.2/placement", "Date of placement of the model on the Union market"
    rows = material.answers.rows("models")
    missing = [str(row["name"]) for row in rows if "market" not in row]
    if missing or not rows:
        return to_be_provided(id_, title, f"answer market of {', '.join(missing) or 'models'}")
    value = [{"name": str(row["name"]), "market": str(row["market"])} for row in rows]
    lines = [f"{each['name']}: {each['market']}" for each in value]
    return declared(material, id_, title, "models", value, *lines)


def _dependencies(material: DisclosureMaterial) -> Entry:
    id_, title = "1.2/dependencies", "Model dependencies"
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
    id_, title = "1.3/modalities", "Modality"
    if "dataset.modalities" in material.answers:
        return answered(material, id_, title, "dataset.modalities")
    return measured(
        material, id_, title, ["text"], "Text. Other modalities are not measured: none is declared."
    )


def _modalities_of(
    material: DisclosureMaterial, section: str, table: str, title: str = _COVERED
) -> Entry:
    """Return the modalities of a kind of data: as answered, else those of all, if it is one."""
    id_ = f"{section}/modalities"
    if f"{table}.modalities" in material.answers or not has_one_modality(material):
        return answered(material, id_, title, f"{table}.modalities")
    return replace(_modalities(material), id=id_, title=title)


def _latest_acquisition(material: DisclosureMaterial) -> Entry:
    id_, title = "1.3/latest-acquisition", _LATEST
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
        _comments(material, "2.1", "public"),
        ask("2.2.1/used", "Used", "licensed.used"),
        *under(
            material,
            "licensed.used",
            "no licensed data was used",
            _modalities_of(material, "2.2.1", "licensed"),
        ),
        ask("2.2.2/used", "Used", "third_party.used"),
        *under(material, "third_party.used", "no such data was used", *_third_party(material)),
        _comments(material, "2.2.2", "third_party"),
        ask("2.3/used", "Used", "crawl.used"),
        *under(material, "crawl.used", no_crawl, *_crawl(material)),
        _comments(material, "2.3", "crawl"),
        ask("2.4/own", "Used, from interactions with the model", "users.own"),
        ask("2.4/other-services", "Used, from other services", "users.other_services"),
        *_users(material),
        _comments(material, "2.4", "users"),
        ask("2.5/used", "Used", "synthetic.used"),
        *under(material, "synthetic.used", no_synthetic, *_synthetic(material)),
        _comments(material, "2.5", "synthetic"),
        ask("2.6/used", "Used", "other.used"),
        *under(
            material,
            "other.used",
            "no data from other sources was used",
            ask("2.6/description", "Description of these data sources and the data", _OTHERS),
        ),
        _comments(material, "2.6", "other"),
    )


_OTHERS = "other.description"


def _third_party(material: DisclosureMaterial) -> tuple[Entry, ...]:
    return (
        _modalities_of(material, "2.2.2", "third_party"),
        or_not_given(
            answered(
                material,
                "2.2.2/datasets",
                "Publicly known private datasets obtained from other third parties",
                "third_party.datasets",
            )
        ),
        answered(
            material,
            "2.2.2/description",
            "General description of non-publicly known private datasets obtained from third "
            "parties",
            "third_party.description",
        ),
    )


def _crawl(material: DisclosureMaterial) -> tuple[Entry, ...]:
    def ask(id_: str, title: str, key: str) -> Entry:
        return answered(material, id_, title, key)

    return (
        ask("2.3/crawlers", "Crawler name(s)/identifier(s)", "crawl.crawlers"),
        ask("2.3/purposes", "Purposes of the crawler(s)", "crawl.purposes"),
        ask("2.3/behaviour", "General description of crawler behaviour", "crawl.behaviour"),
        ask("2.3/period", "Period of data collection", "crawl.period"),
        ask(
            "2.3/content",
            "Comprehensive description of the type of content and online sources crawled",
            "crawl.content",
        ),
        _modalities_of(material, "2.3", "crawl", _MODALITY),
        domain_entry(material, "2.3/domains"),
    )


def _synthetic(material: DisclosureMaterial) -> tuple[Entry, ...]:
    return (
        _modalities_of(material, "2.5", "synthetic", "Modality of the synthetic data"),
        answered(
            material,
            "2.5/models",
            "General-purpose AI model(s) used to generate the synthetic data",
            "synthetic.models",
        ),
        answered(
            material,
            "2.5/other-models",
            "Information about other AI models used to generate synthetic data",
            "synthetic.other_models",
        ),
    )


def _public(material: DisclosureMaterial) -> tuple[Entry, ...]:
    id_, title = "2.1/large-datasets", "List of large publicly available datasets"
    general = "General description of other publicly available datasets not listed above"
    others = (or_not_given(answered(material, "2.1/others", general, "public.others")),)
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
    title = "General description of the services or products that were used to collect the data"
    entries = (
        answered(material, "2.4/description", title, "users.description"),
        _modalities_of(material, "2.4", "users", _MODALITY),
    )
    if all(answers.truth(key) is False for key in keys):
        return under(material, keys[0], "no user data was used", *entries)
    return entries


def _processing(material: DisclosureMaterial) -> tuple[Entry, ...]:
    def ask(id_: str, title: str, key: str) -> Entry:
        return answered(material, id_, title, key)

    other = ask(
        "3.3/additional",
        "Other relevant information about data processing (optional)",
        "additional.information",
    )
    return (
        ask("3.1/code-of-practice", "Signatory to the Code of Practice", "rights.code_of_practice"),
        ask(
            "3.1/reservations",
            "Measures to respect reservations of rights before and during data collection",
            "rights.reservations",
        ),
        ask("3.1/policy", "Copyright policy", "rights.policy"),
        _comments(material, "3.1", "rights"),
        ask("3.2/measures", "General description of measures taken", "illegal_content.measures"),
        check_made(material, "3.2/check"),
        or_not_given(other),
    )
