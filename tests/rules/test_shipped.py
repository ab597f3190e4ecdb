"""The shipped rules are honest: what they may not say, and what they must."""

import re
from itertools import combinations
from pathlib import Path

import pytest

from provenance.judge.identifiers import aliases, fold_name
from provenance.judge.precedence import RESERVED_BASES
from provenance.model.rules.rule_library import Library
from provenance.model.rules.terms import Purpose, Terms, Verdict
from provenance.read.dumps.checkouts.licence_passages import PASSAGES
from provenance.read.rules.rule_files import load_rules

GRANTS = {"platform", "platform-licensee"}


@pytest.fixture(scope="module")
def library() -> Library:
    return load_rules()


@pytest.fixture(scope="module")
def every(library: Library) -> list[Terms]:
    named = (*library.sources, *library.licences, *library.signals, *library.exceptions)
    return list({terms.id: terms for each in named for terms in each.terms}.values())


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


def test_every_licence_that_is_identified_in_checkouts_has_a_rule(library: Library):
    known = aliases(library.licences)
    assert {licence for licence, _ in PASSAGES if fold_name(licence) not in known} == set()


def test_every_licence_of_gnu_is_known_by_the_usual_names(library: Library):
    known = aliases(library.licences)
    for licence in ("gpl-2.0", "gpl-3.0", "agpl-3.0", "lgpl-2.0", "lgpl-2.1", "lgpl-3.0"):
        spellings = (licence.upper(), *(f"{licence}{end}" for end in ("-only", "-or-later", "+")))
        assert {known[fold_name(name)].id for name in spellings} == {licence}


@pytest.mark.parametrize("family", ["bsd", "gpl", "lgpl", "mpl", "epl", "ofl", "artistic", "cc"])
def test_the_name_of_a_family_is_no_licence(library: Library, family: str):
    assert fold_name(family) not in aliases(library.licences)


def test_no_name_belongs_to_two_licences_in_any_spelling(library: Library):
    owners: dict[str, set[str]] = {}
    for licence in library.licences:
        for name in (licence.id, licence.name, *licence.aliases):
            owners.setdefault(fold_name(name), set()).add(licence.id)
    assert {name: owned for name, owned in owners.items() if len(owned) > 1} == {}


def test_limits_on_robots_are_never_a_ban_on_training(every: list[Terms]):
    limits = [terms for terms in every if terms.basis == "automated-access"]
    assert limits
    assert {terms.verdict for terms in limits} == {Verdict.RESTRICTED}


def test_limits_on_training_that_except_no_research_reach_research_that_trains(every: list[Terms]):
    limits = [
        terms
        for terms in every
        if terms.verdict in (Verdict.FORBIDDEN, Verdict.RESTRICTED)
        and terms.basis in ("explicit-ml", "model-output")
        and Purpose.PRETRAINING in terms.uses
    ]
    without = {t.id.split("/")[0] for t in limits if Purpose.RESEARCH_TDM not in t.uses}
    assert without == {
        "github",  # academic research is exempt
        "sourcehut",  # research of non-profit bodies is allowed
        "nemotron-pretraining",  # training is what it allows, and nothing else
        "nvidia-data-agreement-2025",  # the same
    }


def test_whatever_nobody_verified_is_unknown(every: list[Terms]):
    unread = [terms for terms in every if terms.confidence.startswith("not verified")]
    assert unread
    assert {(terms.verdict, terms.basis) for terms in unread} == {(Verdict.UNKNOWN, "not-verified")}


def test_only_a_platform_is_bound_by_what_its_users_grant_it(library: Library):
    for source in library.sources:
        grants = [terms for terms in source.terms if "platform-only" in terms.conditions]
        assert all(set(terms.binds) <= GRANTS for terms in grants)
        assert all(
            terms.verdict is not Verdict.PERMITTED
            or terms in grants
            or "contract" in terms.conditions
            for terms in source.terms
            if GRANTS & set(terms.binds)
        )
    assert set(library.excused_actors) >= GRANTS


def test_every_verified_statement_can_be_looked_up(every: list[Terms]):
    for terms in every:
        if terms.confidence.startswith("verified"):
            assert terms.address, terms.id
            assert terms.stored_copy, terms.id
            assert terms.clause, terms.id


def test_periods_of_one_clause_do_not_overlap(every: list[Terms]):
    """Two that do are other clauses, or bind elsewhere: each stands by itself."""
    clashes = {
        (first.id, second.id)
        for first, second in combinations(every, 2)
        if first.id.split("/")[:2] == second.id.split("/")[:2]
        and first.period.overlaps(second.period)
        and set(first.binds) & set(second.binds)
        and set(first.jurisdictions) & set(second.jurisdictions)
    }
    assert clashes == set()


def test_a_version_ends_where_the_next_one_begins(every: list[Terms]):
    by_id = {terms.id: terms for terms in every}
    for terms in every:
        if terms.supersedes is not None:
            assert by_id[terms.supersedes].period.until == terms.period.first, terms.id


def test_no_internal_address_is_named(root: Path):
    for file in sorted((root / "rules").rglob("*")):
        if file.is_file():
            assert not re.search(r"index (file|id)|file ids?\b", file.read_text("utf-8")), file


def test_the_judge_s_own_bases_are_explained(library: Library):
    assert {basis.id for basis in library.bases} >= set(RESERVED_BASES)
    assert all(basis.meaning for basis in library.bases)
