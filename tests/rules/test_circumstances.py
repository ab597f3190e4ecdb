"""Circumstances as people ask about them, each with the verdict that a lawyer's reading gives."""

from datetime import date, timedelta
from typing import Any

import pytest

from provenance.judge.rulings import Judge
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import Actor, DateRange, Purpose
from provenance.read.rules.rule_files import load_rules

SCRAPER, ACCOUNT, DEVELOPER = Actor.SCRAPER, Actor.ACCOUNT_HOLDER, Actor.API_DEVELOPER
RECIPIENT, RESEARCH = Actor.RECIPIENT, Actor.RESEARCH_ORGANISATION
LIBRARY = load_rules()
TODAY = date(2026, 11, 28)
ASKED: list[tuple[str, dict[str, Any], str]] = [
    ("x", {"day": "2022-06-01", "actor": SCRAPER}, "restricted/automated-access"),
    ("x", {"day": "2024-06-01", "actor": SCRAPER}, "restricted/automated-access"),
    (
        "x",
        {"day": "2026-06-01", "actor": DEVELOPER, "model": ("foundation-or-frontier",)},
        "forbidden/explicit-ml",
    ),
    ("x", {"day": "2026-06-01", "actor": DEVELOPER, "model": ("other",)}, "unknown/licence-scope"),
    *(
        ("x", {"day": day, "actor": DEVELOPER, "purpose": purpose}, "unknown/licence-scope")
        for day in ("2025-06-03", "2025-06-04")
        for purpose in ("evaluation", "retrieval")
    ),
    ("x", {"day": "2024-01-01", "actor": DEVELOPER}, "unknown/licence-scope"),
    ("x", {"day": "2026-06-01", "actor": RECIPIENT}, "unknown/not-bound"),
    ("x", {}, "forbidden/explicit-ml"),
    (
        "x",
        {"day": "2022-06-01", "actor": SCRAPER, "licence": "cc-by-nc-4.0"},
        "forbidden/condition-unmet",
    ),
    (
        "x",
        {"day": "2022-06-01", "actor": SCRAPER, "licence": "cc-by-nc-4.0", "commercial": False},
        "restricted/copyright-licence",
    ),
    ("reddit", {"day": "2019-01-01", "actor": SCRAPER}, "restricted/automated-access"),
    ("reddit", {"day": "2023-05-01", "actor": DEVELOPER}, "forbidden/explicit-ml"),
    ("reddit", {"day": "2026-08-01", "actor": SCRAPER}, "forbidden/condition-unmet"),
    (
        "reddit",
        {"day": "2026-08-01", "actor": SCRAPER, "commercial": False},
        "restricted/explicit-ml",
    ),
    ("reddit", {"day": "2026-08-01", "actor": DEVELOPER}, "forbidden/explicit-ml"),
    ("reddit", {"day": "2026-08-01", "actor": RECIPIENT}, "unknown/not-bound"),
    (
        "stackexchange",
        {"day": "2015-01-01", "actor": RECIPIENT, "published": "2014-01-01"},
        "restricted/copyright-licence",
    ),
    (
        "stackexchange",
        {"day": "2024-01-01", "actor": RECIPIENT, "published": "2019-01-01"},
        "restricted/copyright-licence",
    ),
    (
        "stackexchange",
        {"day": "2025-01-01", "actor": ACCOUNT, "published": "2019-01-01"},
        "forbidden/explicit-ml",
    ),
    ("arxiv", {"day": "2022-01-01", "actor": RECIPIENT}, "unknown/not-seen"),
    ("arxiv", {"day": "2023-01-01", "actor": RECIPIENT}, "unknown/undeclared"),
    (
        "arxiv",
        {"day": "2026-10-01", "actor": RECIPIENT, "licence": "cc-by-4.0"},
        "restricted/copyright-licence",
    ),
    (
        "arxiv",
        {"day": "2026-10-01", "actor": RECIPIENT, "licence": "cc-by-nc-sa-4.0"},
        "forbidden/condition-unmet",
    ),
    (
        "github",
        {"day": "2022-08-31", "actor": RECIPIENT, "licence": "mit"},
        "permitted/copyright-licence",
    ),
    (
        "github",
        {"day": "2022-09-01", "actor": SCRAPER, "licence": "mit"},
        "unknown/licence-scope",
    ),
    (
        "github",
        {"day": "2022-09-01", "actor": SCRAPER, "licence": "mit", "commercial": False},
        "restricted/licence-scope",
    ),
    (
        "github",
        {"day": "2026-10-01", "actor": SCRAPER, "licence": "gpl-3.0"},
        "restricted/explicit-ml",
    ),
    ("github", {"day": "2026-10-01", "actor": SCRAPER}, "unknown/undeclared"),
    ("artstation", {"day": "2023-06-01", "actor": SCRAPER}, "unknown/not-signalled"),
    (
        "artstation",
        {"day": "2023-06-01", "actor": SCRAPER, "signals": ("noai",)},
        "forbidden/explicit-ml",
    ),
    (
        "sketchfab",
        {"day": "2024-01-01", "actor": SCRAPER, "signals": ("noai",)},
        "forbidden/explicit-ml",
    ),
    ("deviantart", {"day": "2024-06-01", "actor": SCRAPER}, "forbidden/explicit-ml"),
    ("nytimes", {"day": "2022-01-01", "actor": SCRAPER}, "restricted/automated-access"),
    ("nytimes", {"day": "2023-08-02", "actor": SCRAPER}, "unknown/not-seen"),
    ("nytimes", {"day": "2023-08-03", "actor": SCRAPER}, "forbidden/explicit-ml"),
    (
        "nytimes",
        {"day": "2025-06-01", "actor": SCRAPER, "purpose": "retrieval"},
        "forbidden/explicit-ml",
    ),
    (
        "nytimes",
        {"day": "2025-06-01", "actor": SCRAPER, "place": "DE", "claims": ("eu-dsm-art-4",)},
        "forbidden/explicit-ml",
    ),
    *(
        (
            "nytimes",
            {
                "day": "2025-06-01",
                "actor": Actor.HERITAGE_INSTITUTION,
                "place": "DE",
                "claims": claims,
                "purpose": "research-tdm",
                "commercial": False,
            },
            outcome,
        )
        for claims, outcome in [
            ((), "forbidden/explicit-ml"),
            (("eu-dsm-art-3",), "restricted/automated-access"),
        ]
    ),
    (
        "nytimes",
        {
            "day": "2025-06-01",
            "actor": RESEARCH,
            "place": "DE",
            "claims": ("eu-dsm-art-3",),
            "purpose": "research-tdm",
            "commercial": False,
        },
        "restricted/automated-access",
    ),
    ("washington-post", {"day": "2010-01-01", "actor": SCRAPER}, "unknown/not-seen"),
    ("genius", {"day": "2010-01-01", "actor": SCRAPER}, "unknown/not-seen"),
    ("bbc", {"day": "2024-01-01", "actor": SCRAPER}, "forbidden/explicit-ml"),
    ("cc-by-4.0", {}, "restricted/copyright-licence"),
    ("cc-by-sa-4.0", {}, "restricted/copyright-licence"),
    ("cc-by-nc-4.0", {}, "forbidden/condition-unmet"),
    ("cc-by-nc-4.0", {"commercial": False}, "restricted/copyright-licence"),
    (
        "cc-by-nc-4.0",
        {"commercial": True, "place": "JP", "claims": ("japan-30-4",), "day": "2024-01-01"},
        "restricted/statute",
    ),
    (
        "cc-by-nc-4.0",
        {"commercial": True, "place": "EU", "claims": ("eu-dsm-art-4",), "day": "2024-09-20"},
        "restricted/statute",
    ),
    (
        "cc-by-nc-4.0",
        {
            "commercial": True,
            "place": "EU",
            "claims": ("eu-dsm-art-4",),
            "day": "2024-01-01",
            "signals": ("tdmrep",),
        },
        "forbidden/condition-unmet",
    ),
    ("cc0-1.0", {}, "permitted/public-domain"),
    ("cc0-1.0", {"signals": ("tdmrep",), "place": "DE"}, "restricted/tdm-reservation"),
    ("cc0-1.0", {"signals": ("tdmrep",), "place": "US"}, "permitted/public-domain"),
    ("mit", {}, "permitted/copyright-licence"),
    ("gpl-3.0", {}, "restricted/copyright-licence"),
    ("odc-by-1.0", {}, "restricted/copyright-licence"),
    ("all-rights-reserved", {}, "forbidden/default-copyright"),
    ("all-rights-reserved", {"commercial": True}, "forbidden/default-copyright"),
    ("not-stated", {}, "unknown/undeclared"),
    (
        "all-rights-reserved",
        {"place": "DE", "claims": ("eu-dsm-art-4",), "day": "2024-01-01"},
        "restricted/statute",
    ),
    ("all-rights-reserved", {"place": "US", "claims": ("us-fair-use",)}, "restricted/statute"),
    ("public-domain", {}, "restricted/public-domain"),
    ("llama-2", {"published": "2023-08-01"}, "forbidden/model-output"),
    ("llama-3.1", {}, "unknown/no-terms"),
    ("llama-3.1", {"published": "2024-08-01"}, "restricted/model-output"),
    ("gemma", {"published": "2025-06-01"}, "restricted/model-output"),
    ("gemma", {"published": "2026-05-01"}, "unknown/not-verified"),
    (
        "openai",
        {"day": "2024-01-01", "actor": ACCOUNT, "model": ("competing",)},
        "forbidden/model-output",
    ),
    (
        "openai",
        {"day": "2024-01-01", "actor": ACCOUNT, "model": ("other",)},
        "restricted/automated-access",
    ),
    (
        "openai",
        {"day": "2024-01-01", "actor": DEVELOPER, "purpose": "evaluation"},
        "permitted/model-output",
    ),
    (
        "llama-api",
        {"day": "2026-08-01", "actor": DEVELOPER, "purpose": "evaluation"},
        "permitted/model-output",
    ),
    (
        "qwen-chat",
        {"day": "2025-09-01", "actor": ACCOUNT, "purpose": "evaluation", "commercial": False},
        "restricted/model-output",
    ),
    (
        "openai",
        {"day": "2024-01-01", "actor": RECIPIENT, "model": ("competing",)},
        "unknown/not-bound",
    ),
    ("deepseek", {}, "unknown/no-terms"),
    ("anthropic", {"day": "2025-05-01", "actor": ACCOUNT}, "forbidden/model-output"),
    ("microsoft-ai", {"day": "2024-01-01", "actor": ACCOUNT}, "forbidden/model-output"),
    (
        "aws-ai",
        {"day": "2026-07-01", "actor": DEVELOPER, "model": ("competing",)},
        "forbidden/model-output",
    ),
    ("tiktok", {"place": "JP"}, "forbidden/condition-unmet"),
    ("tiktok", {"place": "JP", "commercial": False}, "unknown/not-seen"),
    ("spotify", {"day": "2024-01-01", "actor": DEVELOPER}, "unknown/not-verified"),
    ("telegram", {"day": "2023-01-01", "actor": SCRAPER}, "unknown/not-bound"),
    ("fineweb", {"day": "2025-01-01", "actor": RECIPIENT}, "unknown/undeclared"),
    ("common-crawl", {"day": "2024-03-06", "actor": RECIPIENT}, "unknown/no-terms"),
    ("yelp-dataset", {"day": "2022-01-01", "commercial": True}, "forbidden/condition-unmet"),
    ("yelp-dataset", {"day": "2022-01-01", "commercial": False}, "restricted/non-commercial"),
    ("c4", {"day": "2022-01-01", "actor": RECIPIENT}, "unknown/undeclared"),
    ("dolma", {"day": "2026-10-01", "actor": DEVELOPER}, "forbidden/explicit-ml"),
    ("the-pile", {"day": "2021-01-01", "actor": RECIPIENT}, "unknown/not-seen"),
    (
        "common-corpus",
        {"day": "2025-06-01", "actor": RECIPIENT, "licence": "cc-by-4.0"},
        "restricted/copyright-licence",
    ),
    (
        "the-stack",
        {"day": "2026-11-28", "actor": RECIPIENT, "licence": "mit"},
        "restricted/explicit-ml",
    ),
    (
        "wikipedia",
        {"day": "2024-01-01", "actor": RECIPIENT, "published": "2024-01-01"},
        "restricted/copyright-licence",
    ),
    ("gutenberg", {"day": "2024-01-01", "actor": RECIPIENT}, "unknown/not-bound"),
    ("hackernews", {"day": "2024-01-01", "actor": SCRAPER}, "restricted/automated-access"),
    ("youtube", {"day": "2025-01-01", "actor": SCRAPER}, "restricted/automated-access"),
    *(
        ("ao3", {"day": "2025-06-01", "actor": SCRAPER, **more}, outcome)
        for more, outcome in [
            ({"commercial": True}, "forbidden/condition-unmet"),
            ({"commercial": False}, "restricted/explicit-ml"),
            ({"commercial": False, "purpose": "research-tdm"}, "restricted/explicit-ml"),
            ({"commercial": True, "model": ("other",)}, "restricted/automated-access"),
        ]
    ),
    (
        "quora",
        {"day": "2024-06-01", "actor": SCRAPER, "commercial": False},
        "forbidden/explicit-ml",
    ),
    *(
        ("quora", {"day": "2024-06-01", "actor": SCRAPER, "purpose": purpose, **more}, outcome)
        for purpose, more, outcome in [
            ("research-tdm", {"commercial": False}, "forbidden/explicit-ml"),
            ("retrieval", {"commercial": False}, "restricted/commercial-use"),
            ("retrieval", {"commercial": True}, "forbidden/condition-unmet"),
        ]
    ),
    *(
        (source, {"day": day, "actor": SCRAPER, "commercial": commercial, **more}, outcome)
        for source, day, more in [
            ("quora", "2023-07-23", {"purpose": "retrieval"}),
            ("quora", "2023-07-24", {"purpose": "retrieval"}),
            ("reddit", "2024-05-09", {"purpose": "retrieval"}),
            ("imdb", "2023-01-01", {}),
            ("tiktok", "2021-01-01", {}),
        ]
        for commercial, outcome in [
            (True, "forbidden/condition-unmet"),
            (
                False,
                {
                    ("quora", "2023-07-23"): "restricted/explicit-ml",
                    ("quora", "2023-07-24"): "restricted/commercial-use",
                    ("reddit", "2024-05-09"): "restricted/commercial-use",
                }.get((source, day), "restricted/automated-access"),
            ),
        ]
    ),
    ("guardian", {"day": "2023-02-22", "actor": SCRAPER}, "forbidden/tdm-reservation"),
    ("guardian", {"day": "2023-10-17", "actor": SCRAPER}, "forbidden/explicit-ml"),
    *(
        ("dailymotion", {"day": day, "actor": SCRAPER, "purpose": "research-tdm"}, outcome)
        for day, outcome in [
            ("2025-02-26", "unknown/no-terms"),
            ("2025-02-27", "restricted/automated-access"),
            ("2025-12-12", "forbidden/explicit-ml"),
        ]
    ),
    *(
        ("sourcehut", {"day": day, "actor": SCRAPER, "purpose": purpose, **more}, outcome)
        for day, purpose, more, outcome in [
            ("2024-06-01", "pretraining", {"commercial": True}, "forbidden/condition-unmet"),
            ("2024-06-01", "pretraining", {"commercial": False}, "restricted/licence-scope"),
            ("2025-09-01", "pretraining", {"commercial": False}, "forbidden/explicit-ml"),
            ("2025-09-01", "research-tdm", {"commercial": False}, "restricted/licence-scope"),
            ("2025-09-01", "research-tdm", {"commercial": True}, "forbidden/condition-unmet"),
        ]
    ),
    *(
        ("discord", {"day": day, "actor": DEVELOPER, "purpose": purpose}, outcome)
        for day, purpose, outcome in [
            ("2024-01-01", "pretraining", "unknown/licence-scope"),
            ("2025-01-01", "pretraining", "forbidden/explicit-ml"),
            ("2025-01-01", "retrieval", "unknown/licence-scope"),
        ]
    ),
    *(
        ("pixiv", {"day": "2025-01-01", "actor": SCRAPER, **more}, outcome)
        for more, outcome in [
            ({"commercial": True}, "forbidden/condition-unmet"),
            ({"commercial": False}, "restricted/explicit-ml"),
            ({"commercial": False, "purpose": "research-tdm"}, "restricted/explicit-ml"),
            ({"commercial": False, "purpose": "retrieval"}, "restricted/commercial-use"),
        ]
    ),
    *(
        (
            "elsevier",
            {"day": "2025-01-01", "actor": DEVELOPER, "purpose": "research-tdm", **more},
            outcome,
        )
        for more, outcome in [
            ({"commercial": False}, "restricted/licence-scope"),
            ({"commercial": True}, "forbidden/condition-unmet"),
        ]
    ),
    (
        "sketchfab",
        {"day": "2024-01-01", "actor": SCRAPER, "signals": ("noai",), "purpose": "research-tdm"},
        "forbidden/explicit-ml",
    ),
    (
        "sketchfab",
        {"day": "2024-01-01", "actor": SCRAPER, "signals": ("noai",), "model": ("other",)},
        "restricted/redistribution",
    ),
    (
        "artstation",
        {"day": "2023-06-01", "actor": SCRAPER, "signals": ("noai",), "model": ("other",)},
        "restricted/automated-access",
    ),
    ("goodreads", {"day": "2017-12-06", "actor": SCRAPER}, "restricted/automated-access"),
    ("amazon", {"day": "2018-05-21", "actor": SCRAPER}, "restricted/automated-access"),
    ("instagram", {"day": "2018-04-19", "actor": SCRAPER}, "restricted/automated-access"),
    ("academia-edu", {"day": "2017-05-15", "actor": SCRAPER}, "restricted/automated-access"),
    ("truth-social", {"day": "2024-03-13", "actor": SCRAPER}, "unknown/not-verified"),
    ("truth-social", {"day": "2024-03-14", "actor": SCRAPER}, "restricted/automated-access"),
    ("google-maps", {"day": "2026-04-21", "actor": DEVELOPER}, "unknown/not-seen"),
    ("google-maps", {"day": "2026-04-22", "actor": DEVELOPER}, "forbidden/explicit-ml"),
    ("glassdoor", {"day": "2024-02-17", "actor": SCRAPER}, "restricted/automated-access"),
    *(
        (
            source,
            {"day": "2026-10-01", "place": "DE", "purpose": "research-tdm", "commercial": False}
            | stated,
            outcome,
        )
        for source, actor, barred, lifted in [
            ("reddit", DEVELOPER, "forbidden/explicit-ml", "restricted/explicit-ml"),
            ("x", DEVELOPER, "forbidden/explicit-ml", "unknown/licence-scope"),
            ("discord", DEVELOPER, "forbidden/explicit-ml", "unknown/licence-scope"),
            ("pinterest", DEVELOPER, "forbidden/explicit-ml", "restricted/automated-access"),
            ("anthropic", ACCOUNT, "forbidden/model-output", "restricted/statute"),
        ]
        for stated, outcome in [
            ({"actor": actor}, barred),
            ({"actor": RESEARCH, "claims": ("eu-dsm-art-3",)}, lifted),
        ]
    ),
    *(
        (source, {"day": day, "actor": SCRAPER}, "restricted/automated-access")
        for source, day in [
            ("youtube", "2012-01-01"),
            ("quora", "2018-01-01"),
            ("fox-news", "2018-01-01"),
            ("x", "2015-01-01"),
            ("tumblr", "2015-01-01"),
            ("facebook", "2015-01-01"),
            ("instagram", "2015-01-01"),
            ("linkedin", "2015-01-01"),
            ("vimeo", "2020-01-01"),
            ("amazon", "2015-01-01"),
            ("netflix", "2015-01-01"),
        ]
    ),
    ("nobody-knows", {}, "unknown/no-rule"),
]


@pytest.mark.parametrize(
    ("subject", "asked", "outcome"), ASKED, ids=[f"{row[0]}-{n}" for n, row in enumerate(ASKED)]
)
def test_content_is_judged_as_a_lawyer_reads_the_documents(subject, asked, outcome):
    stated = dict(asked)
    published, day = stated.pop("published", None), stated.pop("day", None)
    licence, signals = stated.pop("licence", None), stated.pop("signals", ())
    if day is not None:
        first = date.fromisoformat(day)
        stated["collected"] = DateRange(first, first + timedelta(days=1))
    stated["jurisdiction"] = stated.pop("place", None)
    stated["purpose"] = Purpose(stated.pop("purpose", "pretraining"))
    on = None if published is None else date.fromisoformat(published)
    ruling = Judge(LIBRARY, Circumstances(**stated), (), TODAY).rule(subject, on, licence, signals)
    assert f"{ruling.ruling.verdict}/{ruling.ruling.basis}" == outcome


@pytest.mark.parametrize(("actor", "is_bound"), [(SCRAPER, True), (RECIPIENT, False)])
def test_crawling_pubmed_central_is_limited_beside_the_licences_of_its_articles(actor, is_bound):
    collected = DateRange(date(2020, 1, 1), date(2020, 1, 2))
    judge = Judge(LIBRARY, Circumstances(collected=collected, actor=actor), (), TODAY)
    reasons = judge.rule("pubmed-central", None, "cc-by-4.0", ()).ruling.reasons
    named = {each.terms.id for each in reasons if each.terms is not None}
    assert ("pubmed-central/copyright-notice/2008-04-07" in named) is is_bound
