"""Material for disclosures, made by hand: every question is answered, or none."""

from dataclasses import replace
from datetime import date

import pyarrow as pa

from provenance.model.records.disclosure import (
    DOMAIN_SIZES,
    Answers,
    CorpusContents,
    DisclosureMaterial,
    DomainSizes,
    LanguageSample,
    LanguageShare,
    RecordedFacts,
)
from provenance.model.records.disclosure_questions import QUESTIONS
from provenance.model.records.ledger import CleaningFacts, DatasetFacts, UseFacts
from provenance.model.rules.terms import DateRange
from tests.report.samples import clear_report, sample_report

CONTENTS = CorpusContents(
    digest="8f" * 32,
    documents=1204,
    languages=LanguageSample(
        tool="py3langid 0.4.0",
        texts=1000,
        of_texts=1204,
        languages=(
            LanguageShare("ja", 480, 0.48, 0.449, 0.511),
            LanguageShare("en", 400, 0.4, 0.37, 0.431),
            LanguageShare("mt", 100, 0.1, 0.083, 0.12),
            LanguageShare("und", 18, 0.018, 0.011, 0.028),
            LanguageShare("vo", 2, 0.002, 0.001, 0.007),
        ),
    ),
    domains=DomainSizes(
        tool="publicsuffixlist 1.1.2",
        domains=31,
        documents=1100,
        bytes=1_700_000,
        largest=pa.table(
            {
                "domain": ["ferry.example", "museum.example", "pier.example", "quay.example"],
                "bytes": [900_000, 300_000, 120_000, 90_000],
                "documents": [500, 210, 90, 60],
            },
            DOMAIN_SIZES,
        ),
    ),
)

RECORDED = RecordedFacts(
    datasets=(
        (
            "record 0a1b2c3d4e5f",
            DatasetFacts("pages@2026-05", collected=DateRange(date(2025, 1, 1), date(2026, 3, 1))),
        ),
    ),
    uses=(
        (
            "record 1b2c3d4e5f60",
            UseFacts(
                "pages@2026-05",
                model="Lantern 2",
                dates=DateRange(date(2026, 5, 6), date(2026, 7, 1)),
            ),
        ),
    ),
    cleanings=(
        ("record 2c3d4e5f6071", CleaningFacts(("raw/pages",), "data/pages", "7e" * 32, "8f" * 32)),
    ),
)

VALUES = {
    "provider.name": "Harbour Models GmbH",
    "provider.contact": "copyright@harbour.example",
    "provider.representative": "none: established in the Union",
    "provider.small": False,
    "provider.url": "https://harbour.example",
    "dataset.name": "Harbour Pages",
    "dataset.version": "2026-09",
    "dataset.description": "Pages of museums and harbours in six languages.",
    "dataset.url": "https://data.example/harbour-pages",
    "dataset.licence": "CC-BY-4.0",
    "dataset.published": date(2026, 9, 15),
    "dataset.purpose": "Pretraining of language models; not for decisions on persons.",
    "dataset.biases": "European ports are over-represented.",
    "dataset.personal_information": "Names of authors; addresses were removed.",
    "dataset.social_impact": "May help small ports.",
    "dataset.limitations": "Not representative of spoken language.",
    "models": (
        {
            "name": "Lantern 2",
            "version": "2.1",
            "market": "2026-09-01",
            "made_from": "Lantern 1",
            "made_from_summary": "https://harbour.example/lantern-1",
        },
    ),
    "dataset.types": ("museum pages", "posts of a harbour forum"),
    "dataset.modalities": ("text", "image"),
    "dataset.other_sizes": "2,400 images",
    "dataset.characteristics": "Mostly European; 1990 to today.",
    "dataset.training_continues": False,
    "public.used": True,
    "public.datasets": (
        {
            "name": "Harbour Corpus",
            "link": "https://data.example/harbour",
            "bytes": 1_500_000,
            "part": "German pages",
        },
        {"name": "Tide Tables", "link": "https://data.example/tides", "bytes": 20_000},
    ),
    "public.others": "Some small text datasets.",
    "licensed.used": True,
    "licensed.modalities": ("text",),
    "public.modalities": ("text",),
    "crawl.modalities": ("text", "image"),
    "synthetic.modalities": ("text",),
    "summary.url": "https://harbour.example/lantern-2/training-content",
    "third_party.used": False,
    "crawl.used": True,
    "crawl.crawlers": ("HarbourBot/2",),
    "crawl.purposes": "Training of language models.",
    "crawl.behaviour": "Obeys robots.txt; stops at captchas, logins and paywalls.",
    "crawl.period": DateRange(date(2025, 1, 1), date(2026, 3, 1)),
    "crawl.content": "Articles and guides on the sites of museums and ferry operators.",
    "users.own": False,
    "users.other_services": True,
    "users.description": "Public posts of our forum, with consent since 2024.",
    "synthetic.used": True,
    "synthetic.models": ({"name": "Lantern 1", "link": "https://harbour.example/lantern-1"},),
    "synthetic.description": "Questions and answers on manuals; 2 % of the tokens.",
    "other.used": False,
    "rights.code_of_practice": True,
    "rights.reservations": "Robots.txt, TDMRep and RSL were read at each visit.",
    "rights.policy": "https://harbour.example/copyright",
    "illegal_content.measures": "Lists of known material, classifiers, and review by people.",
    "dataset.collection_continues": False,
    "california.sources": "Web sites of museums and ports.",
    "california.labels": "Language of each page.",
    "california.intellectual_property": "Most pages are protected by copyright.",
    "california.purchased": False,
    "california.consumer_information": "None that we know of.",
    "california.processing": "Duplicates were removed, to improve quality.",
    "dataset.comments": "Sizes are those of the text after deduplication.",
    "public.comments": "None of them is a crawl.",
    "third_party.datasets": ({"name": "Journals of the Quay"},),
    "third_party.comments": "No such data is planned either.",
    "crawl.comments": "All domains are listed on request.",
    "users.modalities": ("text",),
    "users.comments": "Posts of minors were left out.",
    "synthetic.other_models": "None.",
    "synthetic.comments": "About 2 % of the tokens.",
    "other.comments": "Nothing was digitised.",
    "rights.comments": "The policy is summarised at its address.",
    "additional.information": "The report can be inspected | on *request*.",
}

NOT_NEEDED = {
    *("dataset.languages", "dataset.collected", "third_party.description", "other.description"),
    "third_party.modalities",
    *("crawl.files", "california.first_used"),
}
"""Questions to which `VALUES` has no answer: measured, recorded, or of what was not used."""


def answered_material() -> DisclosureMaterial:
    """The sample report, measured, recorded, with all answers."""
    assert VALUES.keys() == {question.key for question in QUESTIONS} - NOT_NEEDED
    return DisclosureMaterial(
        report=sample_report(),
        digest="1d" * 32,
        answers=Answers(VALUES, "summary.toml", "2e" * 32),
        contents=CONTENTS,
        recorded=RECORDED,
    )


def with_answers(**changed: object) -> DisclosureMaterial:
    """The sample, with some other answers; None takes one away."""
    values = {**VALUES, **{key.replace("__", "."): value for key, value in changed.items()}}
    kept = {key: value for key, value in values.items() if value is not None}
    return replace(answered_material(), answers=Answers(kept, "summary.toml", "2e" * 32))


def unanswered_material() -> DisclosureMaterial:
    """A report in which nothing was found, and nothing else."""
    return DisclosureMaterial(
        report=clear_report(),
        digest="1d" * 32,
        answers=Answers(),
        not_measured="the dataset is not where it was checked; name it with --corpus",
    )
