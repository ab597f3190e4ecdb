"""A licence that content declares is named, also where it does not decide."""

from datetime import date

import pytest

from provenance.judge.rulings import Judge
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import DateRange, Verdict
from provenance.read.rules.rule_files import load_rules
from tests.judge.single_rulings import judge_content

SHIPPED = load_rules()
UNKNOWN, RESTRICTED, PERMITTED = Verdict.UNKNOWN, Verdict.RESTRICTED, Verdict.PERMITTED


@pytest.mark.parametrize(
    ("declared", "outcome"),
    [
        ("© 2024 Example", "forbidden/default-copyright"),
        ("(c) Example and Sons", "forbidden/default-copyright"),
        ("Copyright 2024 Example. All rights reserved.", "forbidden/default-copyright"),
        ("Copyright © 2019-2024 Example Ltd", "forbidden/default-copyright"),
        ("2024 Example; all rights reserved", "forbidden/default-copyright"),
        ("Copyright 2024 Example, MIT License", "unknown/no-rule"),
        ("© 2024 Example, CC BY 4.0", "unknown/no-rule"),
        ("Copyright Office", "unknown/no-rule"),
        *(
            (f"cc-by-nc{more}-{version}", "forbidden/condition-unmet")
            for more in ("", "-sa", "-nd")
            for version in ("1.0", "2.0", "2.5", "3.0", "4.0")
        ),
        ("cc-by-nc", "forbidden/condition-unmet"),
        ("CC BY-NC-SA", "forbidden/condition-unmet"),
        ("http://creativecommons.org/licenses/by-nc-nd/2.5/", "forbidden/condition-unmet"),
        ("cc-by", "restricted/copyright-licence"),
        ("CC-BY-2.0", "restricted/copyright-licence"),
        ("CC-BY-ND-2.0", "restricted/copyright-licence"),
        ("CC-SA-1.0", "restricted/copyright-licence"),
        ("CC-PDDC", "restricted/public-domain"),
        ("https://creativecommons.org/publicdomain/mark/1.0/", "restricted/public-domain"),
        ("PolyForm-Noncommercial-1.0.0", "forbidden/condition-unmet"),
        ("GFDL-1.3-or-later", "restricted/copyright-licence"),
        ("OGL-UK-3.0", "restricted/copyright-licence"),
        ("etalab-2.0", "restricted/copyright-licence"),
    ],
)
def test_what_is_declared_is_judged_as_what_it_is(declared, outcome):
    ruling = Judge(SHIPPED, Circumstances(commercial=True)).rule(declared).ruling
    assert f"{ruling.verdict}/{ruling.basis}" == outcome


def test_a_known_licence_under_an_unknown_source_stays_unknown_and_is_named(book, terms):
    library = book(terms("free/text", PERMITTED))
    ruling = judge_content("elsewhere", None, " FREE ", Circumstances(), library)
    assert (ruling.verdict, ruling.basis) == (UNKNOWN, "no-rule")
    assert "do not know the source 'elsewhere'" in ruling.why
    assert "The content is under FREE (permitted by itself)" in ruling.why
    assert "the terms of the source itself are not known" in ruling.why
    assert "--source free" in (ruling.remedy or "")


def test_a_licence_that_no_rule_knows_is_named_beside_an_unknown_source(book, terms):
    ruling = judge_content(
        "elsewhere", None, "Odd 1.0", Circumstances(), book(terms("free/text", PERMITTED))
    )
    assert ruling.verdict is UNKNOWN
    assert "'elsewhere', nor the licence 'Odd 1.0' of the content" in ruling.why
    assert "--source" not in (ruling.remedy or "")


def test_a_licence_is_named_where_the_terms_of_that_time_are_not_known(book, terms):
    library = book(terms("here/a", RESTRICTED, "2024-01-01"), terms("free/text", PERMITTED))
    before = Circumstances(collected=DateRange(date(2020, 1, 1), date(2020, 1, 2)))
    ruling = judge_content("here", None, "free", before, library)
    assert (ruling.verdict, ruling.basis) == (UNKNOWN, "no-terms")
    assert "The content is under FREE (permitted by itself)" in ruling.why
    assert "content is under" not in judge_content("here", None, None, before, library).why


def test_a_licence_that_is_asked_for_does_not_hide_what_the_content_declares(book, terms):
    library = book(terms("free/text", PERMITTED), terms("ban/text", Verdict.FORBIDDEN))

    def outcome(declared):
        ruling = judge_content("free", None, declared, Circumstances(), library)
        return ruling.verdict, ruling.basis

    assert outcome(None) == outcome("FREE") == (PERMITTED, "public-domain")
    assert outcome("ban") == (Verdict.FORBIDDEN, "explicit-ml")
    assert outcome("odd") == (UNKNOWN, "no-rule")
