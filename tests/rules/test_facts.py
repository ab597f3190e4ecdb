"""Every period of the facts stands in the rules, field by field; no quotation does."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from provenance.judge.identifiers import SourceHosts
from provenance.read.rules.rule_files import load_rules

Period = dict[str, Any]
USES = {"finetuning": "fine-tuning", "grounding": "retrieval", "tdm-research": "research-tdm"}
START = {
    "document-date": "document date",
    "first-seen": "first seen",
    "secondary-report": "secondary report",
    "not-verified": "not verified",
    "unknown": "not verified",
}
TRAINING = ["fine-tuning", "pretraining", "research-tdm"]
EVERY_USE = ["evaluation", "fine-tuning", "pretraining", "research-tdm", "retrieval"]
CORRECTIONS: dict[tuple[str, str | None], Period] = {
    # What its notes report of s.3.2 is an obligation.
    ("reddit-data-api-terms", "2023-04-18"): {
        "condition": "unless each rightsholder expressly permits; commercial use needs a separate "
        "agreement; on termination, content and models made from it are to be deleted, as reported "
        "of s.3.2"
    },
    # What was captured counts from its capture, whatever day the specification became final.
    ("tdmrep", "2024-02-02"): {"from": None},
    ("rsl-1.0", "2025-12-10"): {"from": None},
    # They reserve what their words reach, and research that trains is within that.
    ("aipref-content-usage", "2026-08-19"): {"from": None, "uses": TRAINING},
    ("ai-txt-spawning", None): {"uses": TRAINING},
    ("noai-meta", None): {"uses": EVERY_USE},
    # Default copyright needs no reading to be known.
    ("all-rights-reserved", None): {
        "verdict": "forbidden",
        "basis": "default-copyright",
        "confidence": "general law",
    },
    # Nobody verifies what a row declares, so that it is not permitted as it stands.
    ("public-domain", None): {
        "verdict": "restricted",
        "basis": "public-domain",
        "confidence": "general law",
    },
    # Read at second hand, and subject to lawful access.
    ("eu-dsm-article-3", "2021-06-07"): {"verdict": "restricted"},
    # Clauses of a contract about content that carries a signal, not signals themselves.
    ("artstation-terms", "2023-01-20"): {"basis": "explicit-ml", "uses": EVERY_USE},
    ("deviantart-terms", "2024-04-07"): {"basis": "explicit-ml", "uses": EVERY_USE},
    # The terms bind whoever accepts them or uses Developer Services: another statement is about
    # scrapers who do neither.
    ("reddit-developer-terms", "2026-03-24"): {"binds": ["api-developer"]},
    # The bar on crawlers is in the guidelines on live streams alone. What the terms themselves say
    # of posts is in Article 14; see pixiv/data-analysis-clause, too.
    ("pixiv-terms", "2023-04-19"): {
        "basis": "commercial-use",
        "clause": 'Article 14 "Prohibited Conduct", items 2 and 3',
        "paraphrase": "Copying posts needs their author's consent, and commercial use of the "
        "service or its content, or preparing it, is barred. Crawlers are barred by the guidelines "
        "on live streams alone.",
        "condition": "consent of the author; non-commercial",
        "last-seen": "2026-07-21",
        "end-status": "in the latest stored copy",
        "quotation-sha256": hashlib.sha256(
            b"Reproducing Posted Information Posted etc. to the Services or a related services "
            b"without the consent of the copyright holder (author)"
        ).hexdigest(),
    },
    # The cited copy has exemptions, and the clause was renumbered.
    # The page itself dates the clause, and asks for approval as the BBC does.
    ("guardian-terms", "2023-02-22"): {
        "from-basis": "document date",
        "verdict": "forbidden",
        "paraphrase": (
            "Without prior written approval, material must not be copied or extracted for mining, "
            "for analysis or for any commercial use. The page itself dates this to 22 February "
            "2023."
        ),
    },
    ("github-terms", "2025-09-29"): {
        "clause": 'D.8 "Access Reciprocity"; D.9 since 2026-04-27',
        "paraphrase": "Whoever collects public content to train a commercial model waives its own "
        "contractual limits on GitHub's access to its public data. Collection is not barred. "
        "Academic research is exempt, and so is whoever has fewer than 700 million monthly users.",
        "condition": "reciprocity from 700 million monthly users on, except for academic research; "
        "the licence of each repository still applies",
    },
    # Clause (iii) of the cited copy is about mining and machine learning; (ii) about robots.
    ("ign-terms", "2023-09-07"): {
        "verdict": "forbidden",
        "basis": "explicit-ml",
        "clause": "use restrictions (iii)",
        "condition": "permission in the terms",
        "paraphrase": "No content may be used to create or analyse datasets (text and data "
        "mining), or to develop or operate software such as models of machine learning, neither "
        "directly nor through a dataset of others that was made so. Robots are barred as well "
        "(ii).",
        "quotation-sha256": hashlib.sha256(
            b"in connection with the development or operation of any software program, including "
            b"but not limited to any artificial intelligence or machine learning model, software, "
            b"or process"
        ).hexdigest(),
    },
    # s.7 binds whoever uses information, by the API too.
    ("github-acceptable-use", "2022-09-01"): {
        "binds": ["account-holder", "api-developer", "scraper"],
        "paraphrase": "Names research (with open-access publication) and archiving as allowed "
        "reasons for using information, whether scraped, collected by the API or obtained "
        "otherwise; other uses are not listed.",
        "from": "2020-11-16",
        "first-seen": "2020-11-16",
        # Since then, the Terms of Service address training.
        "until": "2025-09-29",
        "end-status": "ended",
        "latest-copy": None,
    },
    # They are promised by whoever uses the API.
    ("arxiv-api-terms", "2022-09-08"): {"binds": ["api-developer"]},
    # The stored copy is of the general terms, which speak of scraping alone.
    ("telegram-content-licensing", "2026-02-04"): {"confidence": "secondary source only"},
    # It is about every site and service of the network.
    ("stackexchange-acceptable-use", "2025-11-18"): {
        "binds": ["account-holder", "api-developer", "scraper"],
        "paraphrase": "Automated collection for model work of any kind, including evaluation and "
        "indexing, is barred on every site and service of the network, its API included.",
        "condition": "aimed at automated access, not at the CC BY-SA text as such; prior written "
        "consent lifts it",
    },
    # In the cited copy, the limit on inputs is in J.3 and E.3, on private repositories alone.
    ("github-terms-platform", "2026-04-27"): {
        "paraphrase": "GitHub and its affiliates may train on what users post. Private "
        "repositories are used only as far as they are given as input to an AI feature, unless the "
        "user opts out (E.3, J.3).",
        "condition": "GitHub and its affiliates only",
    },
    # The bar is on commercial generative AI; other scraping is allowed within robots.txt.
    ("ao3-terms-faq", "2024-11-19"): {
        "verdict": "restricted",
        "uses": EVERY_USE,
        "paraphrase": "Scraping to get material for commercial generative AI is barred; scraping "
        "for other purposes within the rules is generally allowed. Date is that of the change in "
        "the site's source.",
        "condition": "not for commercial generative AI; robots.txt",
    },
    # A copy of 2019-12-20 has these words, and dates itself two days earlier.
    ("quora-terms", "2019-12-20"): {"from": "2019-12-18"},
    # Training is barred for whatever purpose, research included; retrieval is in s.4.4 alone.
    ("quora-terms", "2023-07-24"): {
        "uses": ["evaluation", "fine-tuning", "pretraining", "research-tdm"]
    },
    # Research that trains is within the words, which except nobody.
    ("dailymotion-terms", "2025-12-12"): {"uses": EVERY_USE},
    # The copy of 2022-12-01 states its own first day.
    ("discord-terms", "2020-05-07"): {"until": "2022-03-28"},
    ("discord-terms", "2022-12-01"): {"from": "2022-03-28", "from-basis": "document date"},
    # The text of 2023-11-14 was put off from 2023-12-14 to 2024-01-31, before it applied; the copy
    # of 2024-06-10 states its own first day.
    ("openai-outputs", "2023-03-14"): {"until": "2024-01-31"},
    ("openai-outputs", "2023-12-14"): {"from": "2024-01-31", "until": "2024-02-15"},
    ("openai-outputs", "2024-06-10"): {"from": "2024-02-15", "from-basis": "document date"},
    # The first stored copy is of the text in force since 2025-05-31, with the same words.
    ("openai-business-outputs", "2026-01-01"): {"from": "2025-05-31"},
    # The copy dates itself, and its words name research and more.
    ("deepseek-outputs", "2025-04-13"): {
        "from": "2025-01-20",
        "from-basis": "document date",
        "uses": EVERY_USE,
    },
    # The words end with a limit.
    ("wordpress-com-terms", "2020-12-03"): {
        "paraphrase": "Users let Automattic pass public posts to chosen third parties to analyse "
        "or distribute, though not to display in public. Visitors get nothing from this; the posts "
        "stay their authors'.",
        "condition": "third parties the platform selects; no public display; training not named",
    },
    # They govern Google AI Studio, too.
    ("gemini-api-outputs", "2025-05-20"): {"binds": ["account-holder", "api-developer"]},
    # Both govern the API.
    ("stability-outputs", "2025-07-31"): {"binds": ["account-holder", "api-developer"]},
    ("mistral-outputs", "2025-05-27"): {
        "binds": ["account-holder", "api-developer"],
        "paraphrase": "Only image outputs (competing image models) and web-search outputs are "
        "restricted; other outputs belong to the user. The API platform is among the products that "
        "this governs.",
    },
    # Distillation is barred for any model; the first stored copy states its own first day.
    ("xai-outputs", "2025-08-01"): {
        "from": "2025-06-09",
        "from-basis": "document date",
        "paraphrase": "Beside competing models, scraping or reselling outputs and distilling model "
        "data are barred, whatever the model is. The first stored copy is of the text in force "
        "since 2025-06-09.",
        "condition": "distillation, for any model",
    },
    # The copies state the days of their revision.
    ("youtube-terms", "2013-06-19"): {"from": "2010-06-09", "from-basis": "document date"},
    ("quora-terms", "2018-07-04"): {"from": "2017-12-18", "from-basis": "document date"},
    ("glassdoor-terms", "2024-03-20"): {"from": "2024-02-17", "from-basis": "document date"},
    ("goodreads-terms", "2020-07-29"): {"from": "2017-12-06", "from-basis": "document date"},
    ("amazon-conditions-of-use", "2020-10-20"): {
        "from": "2018-05-21",
        "from-basis": "document date",
    },
    ("instagram-terms", "2020-07-29"): {"from": "2018-04-19", "from-basis": "document date"},
    ("threads-terms", "2024-08-30"): {"from": "2023-12-04", "from-basis": "document date"},
    ("academia-edu-terms", "2017-10-27"): {"from": "2017-05-15", "from-basis": "document date"},
    # Two who read it quote the clause on storing, and the words before "non-commercial".
    ("kaggle-terms", None): {
        "paraphrase": "Reported to bar crawling and scraping, by hand too, and copying or storing "
        "a significant portion of the content, and to limit services to internal, personal, "
        "non-commercial use for oneself; each data set has its own licence and competition data "
        "its own rules.",
    },
    # Readers quote more clauses, and one the day of the last change.
    ("common-crawl-terms", None): {
        "from": "2024-03-07",
        "from-basis": "secondary report",
        "clause": "s.3; s.2(l), s.9",
        "paraphrase": "Access to the crawl is open; the pages stay under their owners' rights and "
        "terms. Personal data may not be gathered from it for separate use. Users indemnify Common "
        "Crawl, also for model uses.",
    },
    # Copies with dates were found. Some works are in copyright.
    ("gutenberg-licence", None): {
        "verdict": "restricted",
        "from": "2019-12-30",
        "from-basis": "first seen",
        "first-seen": "2019-12-30",
        "last-seen": "2026-01-30",
        "latest-copy": "2026-01-30",
        "end-status": "in the latest stored copy",
    },
    ("gutenberg-robot-policy", None): {
        "from": "2019-12-30",
        "from-basis": "first seen",
        "first-seen": "2019-12-30",
        "last-seen": "2025-11-18",
        "latest-copy": "2025-11-18",
        "end-status": "in the latest stored copy",
    },
    # Research on generative models is within the words.
    ("sketchfab-terms", "2023-03-23"): {"basis": "explicit-ml", "uses": EVERY_USE},
    # The days in the facts are those of annexes on personal data; the terms state their own.
    ("llama-api-outputs", "2025-08-23"): {"from": "2025-04-29"},
    ("llama-api-outputs", "2026-03-20"): {
        "from": "2026-07-08",
        "paraphrase": "Competing models barred without Meta's written consent, and so is "
        "collecting outputs for their training sets; evaluation of one's own systems is allowed. "
        "The terms were released on 2026-07-08; the earlier day in the copy is that of an annex on "
        "personal data.",
        "condition": "competing models; prior written consent; evaluation allowed",
    },
}
"""What a lawyer's review changed against the facts, by entry and first day, with the reason."""
NOT_OF_RESEARCH = {"github-terms", "sourcehut-terms", "nvidia-data-agreement-2025"}
"""Clauses that except research or allow training alone; other limits reach research that trains."""
END = {"not in the latest stored copy; end date not verified": "not verified"}
HOSTS_ELSEWHERE = {
    ("snapchat-ai-outputs", "snapchat.com"): "posts, which are another source than outputs",
    ("amazon-ai-outputs", "amazon.com"): "reviews, which are another source than outputs",
    ("google-ai-content", "google.com"): "pages, which are another source than outputs",
    ("reddit-pushshift", "the-eye.eu"): "a mirror of many other things",
    ("the-pile-books3", "the-eye.eu"): "the same; the path of the Pile alone is named",
    ("stackexchange-data-dump-agreement", "archive.org"): "the archive's own host",
    ("wikimedia-content-licence", "wikimedia.org"): "media there have other licences",
    ("wikimedia-content-licence", "wikinews.org"): "has another licence",
    ("wikimedia-content-licence", "wikidata.org"): "has another licence",
}


@dataclass(frozen=True)
class Written:
    """A period as a rule file has it, with its document and its file."""

    file: str
    document: Period
    period: Period


def words(text: object) -> str:
    return " ".join(str(text).split())


def each_written(root: Path) -> Iterator[Written]:
    for path in sorted((root / "rules").glob("*/*.yaml")):
        for document in yaml.safe_load(path.read_text("utf-8")).get("documents", []):
            for period in document["periods"]:
                yield Written(path.stem, document, period)


@pytest.fixture(scope="module")
def facts(root: Path) -> list[tuple[Period, Period]]:
    folder = root.parent / "shared" / "facts"
    if not folder.is_dir():
        pytest.skip("the facts are not beside the checkout (../shared/facts)")
    entries = [
        entry
        for name in ("sources.yaml", "licences.yaml")
        for entry in yaml.safe_load((folder / name).read_text("utf-8"))
    ]
    assert len(entries) == 175
    return [(entry, period) for entry in entries for period in entry["periods"]]


@pytest.fixture(scope="module")
def found(root: Path, facts: list[tuple[Period, Period]]) -> list[tuple[Period, Period, Written]]:
    """Each fact with its one period in the rules."""
    written = list(each_written(root))
    pairs = []
    for entry, fact in facts:
        hits = [each for each in written if is_of(each, entry, fact)]
        assert len(hits) == 1, (entry["id"], fact["effective_from"], hits)
        written.remove(hits[0])
        pairs.append((entry, fact, hits[0]))
    return pairs


def is_of(each: Written, entry: Period, fact: Period) -> bool:
    corrected = CORRECTIONS.get((entry["id"], fact["effective_from"]), {})
    address = entry["document_url"] if entry["document_url"] != "-" else None
    return (
        words(each.period["paraphrase"]) == words(corrected.get("paraphrase", fact["paraphrase"]))
        and each.document.get("address") == address
        and str(each.period.get("from")) == str(corrected.get("from", fact["effective_from"]))
    )


def said(fact: Period) -> tuple[str, str, str]:
    """Give the verdict, basis and confidence that a fact has in the words of the rules."""
    if fact["verdict"] is None or fact["confidence"] == "not verified":
        return "unknown", "not-verified", "not verified"
    if (fact["verdict"], fact["verdict_basis"]) == ("silent", "licence-scope"):
        return "unknown", "licence-scope", fact["confidence"]
    if fact["verdict"] == "silent":
        return "unknown", "silence", fact["confidence"]
    return fact["verdict"], fact["verdict_basis"], fact["confidence"]


def uses_of(entry: Period, fact: Period) -> list[str]:
    """Give the uses of a fact; clauses on training that except no research reach it."""
    uses = {USES.get(use, use) for use in fact["uses"]}
    is_limit = fact["verdict"] in ("forbidden", "restricted")
    is_of_training = fact["verdict_basis"] in ("explicit-ml", "model-output")
    if is_limit and is_of_training and entry["id"] not in NOT_OF_RESEARCH:
        uses.add("research-tdm")
    return sorted(uses)


def expected(entry: Period, fact: Period) -> Period:
    verdict, basis, confidence = said(fact)
    clause = fact["clause_location"]
    return {
        "until": fact["effective_until"],
        "from-basis": START[fact["effective_from_basis"]],
        "verdict": verdict,
        "basis": basis,
        "confidence": confidence,
        "binds": sorted(fact["applies_to_actors"]),
        "uses": uses_of(entry, fact),
        "jurisdictions": sorted(fact["jurisdictions"]),
        "clause": None if clause in (None, "-", "not seen") else words(clause),
        "condition": None if fact["condition"] is None else words(fact["condition"]),
        "first-seen": fact["first_seen"],
        "last-seen": fact["last_seen"],
        "latest-copy": fact["latest_stored_copy_date"],
        "end-status": END.get(fact["end_status"], fact["end_status"]),
        "quotation-sha256": hashlib.sha256(fact["quote"].encode()).hexdigest()
        if fact["quote"]
        else None,
    }


def got(period: Period, fact: Period) -> Period:
    # A missing first day has no basis, and a document that dates itself needs no word of it.
    start = "document date" if fact["effective_from"] else START[fact["effective_from_basis"]]
    plain = {
        "until": period.get("until") and str(period["until"]),
        "from-basis": period.get("from-basis", start),
        **{key: sorted(period[key]) for key in ("binds", "uses", "jurisdictions")},
    }
    same = ("verdict", "basis", "confidence", "end-status", "quotation-sha256")
    texts = ("clause", "condition")
    dates = ("first-seen", "last-seen", "latest-copy")
    return (
        plain
        | {key: period.get(key) for key in same}
        | {key: words(period[key]) if key in period else None for key in texts}
        | {key: str(period[key]) if key in period else None for key in dates}
    )


def test_every_period_is_there_field_by_field(found):
    assert len(found) == 233
    wrong = {
        f"{entry['id']} {fact['effective_from']} {key}": (value, want[key])
        for entry, fact, each in found
        for want in [
            expected(entry, fact) | CORRECTIONS.get((entry["id"], fact["effective_from"]), {})
        ]
        for key, value in got(each.period, fact).items()
        if value != want[key]
    }
    assert wrong == {}


def test_every_time_axis_title_kind_and_identifier_is_there(found, root):
    for entry, fact, each in found:
        name = entry["id"]
        assert each.document["time-axis"] == fact["time_axis"].removesuffix("-date"), name
        assert each.document["kind"] == entry["kind"], name
        if entry["document_title"] != "-":
            assert words(each.document["title"]) == words(entry["document_title"]), name
        (path,) = (root / "rules").glob(f"*/{each.file}.yaml")
        file = yaml.safe_load(path.read_text("utf-8"))
        assert entry["spdx_id"] in (None, file.get("spdx")), name
        # "unknown" does not say that there is none: see not-stated.yaml.
        hub = (None, "other", "unknown", file.get("hugging-face"))
        assert entry["hf_license_id"] in hub, name


def test_versions_and_dates_of_copies_are_there(found):
    day = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?$")
    for entry, fact, each in found:
        name = f"{entry['id']} {fact['effective_from']}"
        texts = [str(text) for text in each.period.get("versions", [])]
        # The facts say of one document which of its dates is that of the wording that was read.
        dated = [v.removesuffix(" (last revised)") for v in fact["document_versions"]]
        assert texts == [v for v in dated if day.match(v)], name
        if day.match(str(fact["stored_copy_date"])):
            assert str(each.period["stored-on"]) == fact["stored_copy_date"], name


def test_periods_of_one_entry_stand_in_one_file(found):
    files: dict[str, set[str]] = {}
    for entry, _, each in found:
        files.setdefault(entry["id"], set()).add(each.file)
    assert {name: stood for name, stood in files.items() if len(stood) > 1} == {}


def test_every_host_belongs_to_the_source_of_its_entry(found):
    library = load_rules()
    hosts, sources = SourceHosts(library), {source.id for source in library.sources}
    for entry, _, each in found:
        under = [s.id for s in library.sources if any(t.subject == each.file for t in s.terms)]
        for host in entry["hosts"]:
            if each.file in sources and (entry["id"], host) not in HOSTS_ELSEWHERE:
                assert hosts.source_of(host) in under, (entry["id"], host)


def test_every_address_is_there(found, root):
    shipped = " ".join(path.read_text("utf-8") for path in (root / "rules").glob("*/*.yaml"))
    for entry, fact, _ in found:
        told = " ".join(
            str(text) for text in (*entry.values(), *fact.values()) if isinstance(text, str)
        )
        for address in re.findall(r"https?://[^\s)\];,']+", told):
            assert address.rstrip(".") in shipped, (entry["id"], address)


def test_no_quotation_is_shipped_only_its_digest(found, root):
    """Eight words or more of a quotation in a row stand nowhere in the rules."""
    texts = [path.read_text("utf-8") for path in sorted((root / "rules").rglob("*.yaml"))]
    shipped = " ".join(words(re.sub(r"(?m)^\s*#", "", text)) for text in texts).casefold()
    for entry, fact, _ in found:
        quoted = words(fact["quote"] or "").casefold().split()
        for start in range(len(quoted) - 7):
            assert " ".join(quoted[start : start + 8]) not in shipped, entry["id"]


def test_the_robots_are_those_that_the_facts_name(facts, root):
    """Every name in the facts is in a list; of every other, the operator's statement is given."""
    told = " ".join(
        fact["paraphrase"] for entry, fact in facts if entry["id"] == "robots-txt-ai-agents"
    )
    (signal,) = (each for each in load_rules().signals if each.id == "robots-txt")
    names = [name for _, listed in signal.agents for name in listed]
    stated = {name for name, _ in signal.operators}
    search = {
        name for document, listed in signal.agents if document == "search-agents" for name in listed
    }
    assert [name for name in names if name not in told and name not in stated | search] == []
    assert stated >= {"AI2Bot", "Applebot-Extended", "meta-externalagent", "Amazonbot"}
    named = re.findall(
        r"\b[A-Za-z]+-(?:Extended|User|SearchBot|ai|externalagent)|\w+[Bb]ot\b", told
    )
    assert set(named) - set(names) == set()


def test_what_nobody_verified_is_unknown(found, root):
    library = load_rules()
    unread = [each for _, fact, each in found if fact["verdict"] is None]
    assert len(unread) == 7
    every = {t.id: t for s in (*library.sources, *library.licences) for t in s.terms}
    for each in unread:
        start = each.period.get("from")
        name = f"{each.file}/{each.document['id']}" + (f"/{start}" if start else "")
        assert every[name].verdict == "unknown"
