"""The shipped rules are honest: what they may not say, and what they must."""

import hashlib
import re
from pathlib import Path

import pytest
import yaml

from provenance.judge import RESERVED_BASES
from provenance.model import Library, Terms, Verdict
from provenance.read.rulefiles import load_rules

GRANTS = {"platform", "platform-licensee"}


@pytest.fixture(scope="module")
def library() -> Library:
    return load_rules()


@pytest.fixture(scope="module")
def every(library: Library) -> list[Terms]:
    return [terms for each in (*library.sources, *library.licences) for terms in each.terms]


def test_the_sources_that_people_ask_about_are_there(library: Library):
    assert {source.id for source in library.sources} >= {
        "bluesky",
        "hackernews",
        "mastodon",
        "reddit",
        "stackexchange",
        "weibo",
        "wikipedia",
        "x",
        "youtube",
    }


def test_the_licences_that_people_declare_are_there(library: Library):
    kinds = ("by", "by-sa", "by-nc", "by-nd", "by-nc-sa", "by-nc-nd")
    wanted = {f"cc-{kind}-{version}" for kind in kinds for version in ("3.0", "4.0")}
    wanted |= {"cc0-1.0", "mit", "apache-2.0", "public-domain", "all-rights-reserved"}
    assert {licence.id for licence in library.licences} >= wanted


def test_limits_on_robots_are_never_a_ban_on_training(every: list[Terms]):
    limits = [terms for terms in every if terms.basis == "automated-access"]
    assert limits
    assert {terms.verdict for terms in limits} == {Verdict.RESTRICTED}


def test_whatever_nobody_verified_is_unknown(every: list[Terms]):
    unread = [terms for terms in every if terms.confidence.startswith("not verified")]
    assert unread
    assert {(terms.verdict, terms.basis) for terms in unread} == {(Verdict.UNKNOWN, "not-verified")}


def test_only_a_platform_is_bound_by_what_its_users_grant_it(library: Library):
    for source in library.sources:
        grants = [terms for terms in source.terms if GRANTS & set(terms.binds)]
        assert all(set(terms.binds) <= GRANTS for terms in grants)
    assert set(library.excused_actors) >= GRANTS


def test_every_verified_statement_can_be_looked_up(every: list[Terms]):
    for terms in every:
        if terms.confidence.startswith("verified"):
            assert terms.address, terms.id
            assert terms.clause, terms.id


def test_periods_of_one_document_do_not_overlap_but_where_the_day_is_not_known(every: list[Terms]):
    by_document: dict[str, list[Terms]] = {}
    for terms in every:
        by_document.setdefault("/".join(terms.id.split("/")[:2]), []).append(terms)
    clashes = {
        document
        for document, versions in by_document.items()
        for first in versions
        for second in versions
        if first is not second
        and first.period.overlaps(second.period)
        and set(first.binds) & set(second.binds)
    }
    assert clashes == set()


def test_no_internal_address_is_named(root: Path):
    for file in sorted((root / "rules").rglob("*")):
        if file.is_file():
            assert "index file" not in file.read_text("utf-8"), file


def test_paraphrases_are_ours_and_quotations_are_digests(root: Path, shared_data: Path):
    """No quotation of the facts stands in the rules; each one's digest does."""
    facts = shared_data.parent / "facts"
    if not facts.is_dir():
        pytest.skip("the facts are not beside the checkout (../shared/facts)")
    texts = [file.read_text("utf-8") for file in sorted((root / "rules").glob("*/*.yaml"))]
    words = [" ".join(re.sub(r"\s+", " ", text).split()) for text in texts]
    digests = {found for text in texts for found in re.findall(r"sha256: ([0-9a-f]{64})", text)}
    told = set()
    for name in ("sources.yaml", "licences.yaml"):
        for entry in yaml.safe_load((facts / name).read_text("utf-8")):
            for quote in filter(None, (period["quote"] for period in entry["periods"])):
                digest = hashlib.sha256(quote.encode()).hexdigest()
                if digest in digests:
                    told.add(digest)
                    long = len(quote.split()) > 7
                    assert not (long and any(quote in text for text in words)), quote
    assert told == digests


def test_the_judge_s_own_bases_are_explained(library: Library):
    assert {basis.id for basis in library.bases} >= set(RESERVED_BASES)
    assert all(basis.meaning for basis in library.bases)
