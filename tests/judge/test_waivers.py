"""Waivers excuse findings until they expire."""

from datetime import date
from time import process_time

from provenance.judge.gates import waive
from provenance.model.rules.policy import Waiver, WaiverReason

TODAY = date(2026, 6, 1)
SOURCES = ["x", "x", "reddit", "x"]
DOCUMENTS = ["faq-1", "faq-2", "faq-3", None]
ITEMS = ["1", "2", None, "1"]
FILES = ["a/1.parquet", "a/2.parquet", "b/1.parquet", "a/1.parquet"]
TERMS = ["x/terms/2020", "x/policy", None, "x/terms/2023"]


def columns(source, document, item, file=None, terms=None):
    blank = [None] * len(source)
    return {
        "source": source,
        "document": document,
        "item": item,
        "file": file or blank,
        "terms": terms or blank,
    }


def waiver(expires=date(2027, 1, 31), reason=WaiverReason.OWN_CONTENT, **covers):
    return Waiver(reason, "our own account", "legal", expires, **covers)


def waived(*waivers, today=TODAY):
    return waive(waivers, today, columns(SOURCES, DOCUMENTS, ITEMS, FILES, TERMS))


def test_a_waiver_excuses_what_it_covers():
    own = waiver(source="x", documents="faq-*")
    ids, (outcome,) = waived(own)
    assert ids == [own.id, own.id, None, None]
    assert (outcome.expired, outcome.findings) == (False, 2)


def test_an_item_is_covered_wherever_it_stands():
    own = waiver(item="1")
    assert waived(own)[0] == [own.id, None, None, own.id]


def test_a_waiver_may_cover_a_part_of_the_corpus_or_a_rule():
    own = waiver(dataset="a/*")
    assert waived(own)[0] == [own.id, own.id, None, own.id]
    rule = waiver(rule="x/terms/*")
    assert waived(rule)[0] == [rule.id, None, None, rule.id]
    both = waiver(dataset="a/1.*", rule="x/policy")
    assert waived(both)[0] == [None] * 4
    assert both.id == "own-content: dataset=a/1.*, rule=x/policy"


def test_a_source_and_an_item_are_no_globs():
    assert waived(waiver(source="*"))[0] == [None] * 4
    assert waived(waiver(item="?"))[0] == [None] * 4


def test_the_first_waiver_that_covers_a_finding_excuses_it():
    first, second = waiver(item="1"), waiver(source="x")
    ids, outcomes = waived(first, second)
    assert ids == [first.id, second.id, None, first.id]
    assert [outcome.findings for outcome in outcomes] == [2, 1]


def test_an_expired_waiver_excuses_nothing_and_says_what_it_would_have():
    late = waiver(expires=TODAY, source="x")
    ids, (outcome,) = waived(late)
    assert ids == [None] * 4
    assert (outcome.expired, outcome.findings) == (True, 3)
    assert waived(late, today=date(2026, 5, 31))[0].count(late.id) == 3


def test_an_unused_waiver_is_shown():
    _, (outcome,) = waived(waiver(source="youtube"))
    assert (outcome.expired, outcome.findings) == (False, 0)


def test_nothing_found_is_nothing_waived():
    ids, (outcome,) = waive([waiver(source="x")], TODAY, columns([], [], []))
    assert ids == []
    assert outcome.findings == 0


def test_a_million_findings_are_waived_in_seconds():
    count = 1_000_000
    documents = [f"faq-{number}" for number in range(count)]
    began = process_time()
    ids, _ = waive(
        [waiver(documents="faq-*7"), waiver(source="y")],
        TODAY,
        columns(["x"] * count, documents, documents),
    )
    assert process_time() - began < 10
    assert sum(each is not None for each in ids) == count // 10
