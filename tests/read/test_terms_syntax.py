"""What a period may say of itself, and what it may not."""

from datetime import date
from pathlib import Path

import pytest

from provenance.errors import RuleSyntax
from provenance.model.rules.rule_library import Layer
from provenance.model.rules.terms import DateRange, ModelScope, Precedence, Record
from provenance.read.rules.rule_files import parse_library
from tests.read.rule_texts import SOURCE

VERDICTS = (Path(__file__).resolve().parents[2] / "rules" / "verdicts.yaml").read_bytes()
EXCEPTION = """\
id: law
name: A Law
lifts: [copyright, contract]
documents:
  - id: act
    title: An Act
    time-axis: collection
    periods:
      - verdict: restricted
        basis: public-domain
        uses: [pretraining]
        binds: [any]
        jurisdictions: [EU]
        paraphrase: It is allowed.
        confidence: secondary source only
cases: {}
"""
CHILD = """\
id: board
name: A Board
hosts: []
under: [forum]
cases: {}
"""


def library(source=SOURCE, **files):
    own = {name.replace("__", "/") + ".yaml": text.encode() for name, text in files.items()}
    return parse_library({"verdicts.yaml": VERDICTS, "sources/forum.yaml": source.encode()} | own)


def test_a_version_says_how_well_it_is_documented():
    (source,) = library().sources
    old, new = source.terms
    assert (source.aliases, source.hosts[1]) == (("the-forum",), "big.example/forum/*")
    assert (old.record, old.unseen, old.supersedes) == (Record(), None, None)
    assert (new.kind, new.notes, new.supersedes) == ("platform", "Read twice.", "forum/terms")
    assert new.model_scope is ModelScope.GENERATIVE
    assert new.precedence is Precedence.LICENCE
    assert new.conditions == ("robots or consent", "attribution")
    assert new.confidence.endswith("; its first day is the one on which it was first seen")
    assert new.record == Record(
        from_basis="first seen",
        versions=("2021-01-01", "2022"),
        stored_on="2022-03",
        first_seen=date(2021, 1, 1),
        last_seen=date(2023, 6, 30),
        latest_copy=date(2024, 1, 1),
        end_status="not verified",
        reviewed_by="A. Lawyer",
        reviewed_on=date(2024, 2, 1),
    )


def test_a_text_whose_end_is_not_verified_is_unseen_from_the_day_after_it_was_last_seen():
    assert library().sources[0].terms[1].unseen == DateRange(date(2023, 7, 1), None)
    still = library(SOURCE.replace("end-status: not verified", "end-status: not tracked"))
    assert still.sources[0].terms[1].unseen is None
    told = SOURCE.replace("end-status: not", "unseen: {from: 2022-01-01}\n        end-status: not")
    assert library(told).sources[0].terms[1].unseen == DateRange(date(2022, 1, 1), None)


def test_a_source_has_the_documents_of_those_that_it_stands_under():
    board, forum = library(sources__board=CHILD).sources
    assert [terms.id for terms in board.terms] == [terms.id for terms in forum.terms]
    with pytest.raises(RuleSyntax, match="'forom' is not a known value"):
        library(sources__board=CHILD.replace("[forum]", "[forom]"))


def test_a_document_has_periods_and_a_source_documents():
    bare = EXCEPTION[: EXCEPTION.index("documents:")]
    for listed, place in (
        ("documents: []\n", "documents"),
        (f"{EXCEPTION[len(bare) : EXCEPTION.index('    periods')]}    periods: []\n", "periods"),
    ):
        with pytest.raises(RuleSyntax, match=f"{place}: the list is empty"):
            library(exceptions__law=f"{bare}{listed}cases: {{}}\n")


def test_an_exception_says_what_it_lifts():
    (law,) = library(exceptions__law=EXCEPTION).exceptions
    assert (law.id, law.lifts) == ("law", (Layer.COPYRIGHT, Layer.CONTRACT))
    with pytest.raises(RuleSyntax, match="'signal' is not a known value"):
        library(exceptions__law=EXCEPTION.replace("contract]", "signal]"))


def test_nothing_is_permitted_at_second_hand():
    text = EXCEPTION.replace("verdict: restricted", "verdict: permitted")
    with pytest.raises(RuleSyntax, match="permitted, but the evidence is: secondary source only"):
        library(exceptions__law=text)


@pytest.mark.parametrize(
    ("old", "new", "said", "remedy"),
    [
        ("format: 2", "format: 3", "format: the format 3 is not the supported 2", "format 2"),
        (
            "supersedes: forum/terms",
            "supersedes: forum/old",
            "'forum/old' is not a version",
            "forum/",
        ),
        ("[robots or consent,", "[robots or luck,", "conditions[0]: 'luck'", "choose one of"),
        ("[robots or consent,", "[robotz,", "conditions[0]: 'robotz'", "'robots'"),
        ("        reviewed-on: 2024-02-01\n", "", "reviewed-by: a review needs a name", "neither"),
        ("        reviewed-by: A. Lawyer\n", "", "reviewed-on: a review needs a name", "neither"),
        ("stored-on: 2022-03", "stored-on: long ago", "stored-on: 'long ago'", "2023-06-01"),
        ("2021-01-01, 2022]", "2021-01-01, old]", "versions[1]: 'old'", "2023-06-01"),
        ("precedence: licence", "precedence: license", "precedence: 'license'", "'licence'"),
        ("end-status: not", "unseen: {}\n        end-status: not", "unseen: it has no day", "both"),
        ("end-status: not verified", "end-status: open", "end-status: 'open'", "ended"),
        (
            "verdict: restricted",
            "where-signal: noai\n        verdict: restricted",
            "it is restricted where content carries a signal",
            "without where-signal",
        ),
        ("binds: [scraper]", "binds: []", "binds: the list is empty", "at least one"),
        ("jurisdictions: [any]", "jurisdictions: []", "jurisdictions: the list is", "at least"),
        (
            "confidence: verified on a stored copy",
            "confidence: general law",
            "it follows from the law alone, but gives unknown (silence)",
            "default-copyright",
        ),
        (
            "        stored-copy: https://copies.example/forum\n",
            "",
            "it is verified on a stored copy, but has neither `stored-copy` nor `quotation-sha256`",
            "where the copy is stored",
        ),
        (
            "verdict: restricted\n        basis: automated-access",
            "verdict: forbidden\n        basis: automated-access",
            "a limit on robots is not a ban on training",
            "verdict: restricted",
        ),
        ("big.example/forum/*", "big.example/a b", "hosts[1]: 'big.example/a b'", "with a path"),
    ],
)
def test_a_mistake_in_it_is_named_with_its_place(old, new, said, remedy):
    assert old in SOURCE
    with pytest.raises(RuleSyntax) as caught:
        library(SOURCE.replace(old, new, 1))
    assert said in caught.value.message
    assert remedy in caught.value.remedy
