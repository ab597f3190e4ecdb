"""Contradictions between records: what cannot all be true is named, and nothing else."""

from datetime import UTC, date, datetime, timedelta

import pytest

from provenance.ledger.contradictions import find_contradictions
from provenance.model.records.ledger import (
    FACTS,
    AccessFacts,
    CheckFacts,
    CleaningFacts,
    DatasetFacts,
    DestructionFacts,
    Erasure,
    ErasureReason,
    FileRole,
    Ledger,
    LedgerEntry,
    LedgerFile,
    LedgerRecord,
    RecordKind,
    UseFacts,
)
from provenance.model.rules.policy import Route
from provenance.model.rules.terms import DateRange

RECORDED = datetime(2024, 6, 1, 12, tzinfo=UTC)
DIGEST = "ab" * 32


def days(first, until):
    return DateRange(first and date.fromisoformat(first), until and date.fromisoformat(until))


def entry_of(number, facts, kind=None, corrects=None, recorded=RECORDED):
    kind = kind or next(kind for kind, of in FACTS.items() if type(facts) is of)
    record = LedgerRecord(
        kind,
        recorded + timedelta(seconds=number),
        "1",
        "0" * 16,
        number,
        (LedgerFile(FileRole.FACTS, f"{number:064x}.json", 1),),
        corrects=corrects,
    )
    return LedgerEntry(f"{number:064x}", record, facts)


def ledger_of(*facts, recorded=RECORDED):
    entries = (entry_of(number, each, recorded=recorded) for number, each in enumerate(facts, 1))
    return Ledger("ledger", "", tuple(entries))


def sentences(*facts, recorded=RECORDED):
    return [each.sentence for each in find_contradictions(ledger_of(*facts, recorded=recorded))]


DESTROYED = DestructionFacts("posts@1", date(2023, 3, 1), copies_left="none")
YEAR_2023 = days("2023-01-01", "2024-01-01")


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ([DESTROYED, UseFacts("posts@1", "Lanterns", dates=days("2023-04-01", None))],
         ("posts@1 was destroyed on 2023-03-01 (copies left: none), but Lanterns used it from "
         "2023-04-01 on.")),
        ([DESTROYED, UseFacts("posts@1", dates=days("2023-02-01", "2023-06-01"))],
         "an application that is not named used it from 2023-02-01 to 2023-05-31"),
        ([DatasetFacts("posts@1", DIGEST), DESTROYED, CheckFacts(DIGEST, ("d",), date(2023, 3, 2))],
         "but checked on 2023-03-02"),
        ([DatasetFacts("posts@1", DIGEST), DESTROYED, CleaningFacts(("d",), "c", DIGEST)],
         "but cleaned on 2024-06-01"),
        ([DESTROYED, AccessFacts("x", dates=days("2024-01-01", "2024-02-01"),
                                 datasets=("posts@1",))],
         ("but items that an application that is not named accessed from 2024-01-01 to 2024-01-31 "
         "went into it")),
        ([DESTROYED, DatasetFacts("mix@1", collected=days("2024-01-01", None),
                                  made_from=("posts@1",))],
         "mix@1, collected from 2024-01-01 on, was made from it"),
        ([DESTROYED, DatasetFacts("posts@1", collected=days("2023-05-01", "2023-05-02"))],
         "but collected on 2023-05-01"),
        ([DESTROYED, DestructionFacts("posts@1", date(2023, 5, 1))],
         "posts@1 was destroyed twice: on 2023-03-01, and on 2023-05-01."),
        ([DestructionFacts("posts@1", date(2023, 3, 1), by="Ada"),
          DestructionFacts("posts@1", date(2023, 3, 1), by="Ben")],
         "destroyed twice: on 2023-03-01 by Ada, and on 2023-03-01 by Ben."),
        ([DestructionFacts("posts@1", date(2024, 6, 3))],
         "The destruction of posts@1 is of 2024-06-03, but was recorded on 2024-06-01"),
        ([UseFacts("posts@1", "Lanterns", dates=days("2025-01-01", "2026-01-01"))],
         ("The use of posts@1 by Lanterns is of the time from 2025-01-01 to 2025-12-31, but was "
         "recorded on 2024-06-01")),
        ([AccessFacts("x", dates=days("2024-01-10", "2024-09-01"))],
         "The access of an application that is not named to x is of the time from 2024-01-10"),
        ([DatasetFacts("posts@1", collected=days("2025-01-01", None))],
         "The collection of posts@1 is of the time from 2025-01-01 on"),
        ([DatasetFacts("posts@1", collected=days("2022-06-01", "2023-01-01")),
          UseFacts("posts@1", "Lanterns", dates=days("2022-02-01", "2022-03-01"))],
         ("Lanterns used posts@1 from 2022-02-01 to 2022-02-28, but it was collected from "
         "2022-06-01 to 2022-12-31.")),
        ([DatasetFacts("posts@1", sources=("reddit",)), AccessFacts("x", datasets=("posts@1",))],
         "Items of x went into posts@1, which is recorded as having content of reddit only."),
        ([DatasetFacts("posts@1", collected=days("2021-01-01", "2022-01-01")),
          AccessFacts("x", dates=YEAR_2023, datasets=("posts@1",))],
         "accessed from 2023-01-01 to 2023-12-31, but it was collected from 2021-01-01"),
        ([DatasetFacts("posts@1", DIGEST), DatasetFacts("posts@1", "cd" * 32)],
         "Two records of posts@1 differ in its digest."),
        ([DatasetFacts("posts@1", route=Route.API), DatasetFacts("posts@1", route=Route.PURCHASE)],
         "Two records of posts@1 differ in its route."),
        ([DatasetFacts("a", made_from=("b",)), DatasetFacts("b", made_from=("a",))],
         "a is recorded as made from itself, or from a dataset made from it."),
        ([AccessFacts("x", "Lanterns", calls=0, items=7)],
         "Lanterns retrieved 7 items of x with 0 calls."),
    ],
)  # fmt: skip
def test_what_cannot_all_be_true_is_named(facts, words):
    assert any(words in each for each in sentences(*facts)), sentences(*facts)
    assert any(words in each for each in sentences(*reversed(facts))) or "differ" in words


@pytest.mark.parametrize(
    "facts",
    [
        [DESTROYED, UseFacts("posts@1", dates=days("2022-01-01", "2023-03-02"))],
        [DESTROYED, UseFacts("posts@1", dates=YEAR_2023)],  # some day of it
        [DESTROYED, UseFacts("posts@1", dates=days("2023-03-01", "2023-04-01"))],
        [DESTROYED, UseFacts("posts@1")],
        [DESTROYED, UseFacts("posts@2", dates=days("2024-01-01", None))],
        [DESTROYED, DESTROYED],
        [DestructionFacts("posts@1", date(2023, 3, 1), copies_left="the backups"),
         DestructionFacts("posts@1", date(2023, 5, 1), copies_left="none")],
        [DatasetFacts("posts@1", DIGEST), DESTROYED, CheckFacts(DIGEST, ("d",), date(2023, 3, 1))],
        [DatasetFacts("posts@1", DIGEST), DESTROYED, CheckFacts("cd" * 32, (), date(2024, 1, 1))],
        [DestructionFacts("posts@1", date(2024, 6, 2))],  # it is that day somewhere
        [UseFacts("posts@1", dates=days("2024-01-01", "2025-01-01"))],
        [DatasetFacts("posts@1", collected=days("2022-06-01", "2023-01-01")),
         UseFacts("posts@1", dates=days("2022-01-01", "2023-01-01"))],
        [DatasetFacts("posts@1", sources=("x", "reddit")), AccessFacts("x", datasets=("posts@1",))],
        [DatasetFacts("posts@1", DIGEST, note="a"), DatasetFacts("posts@1", DIGEST, note="b")],
        [DatasetFacts("a", made_from=("b",)), DatasetFacts("c", made_from=("b", "a"))],
        [AccessFacts("x", calls=3, items=700), AccessFacts("x", items=700)],
    ],
)  # fmt: skip
def test_what_can_be_true_is_left_alone(facts):
    assert sentences(*facts) == []


def test_records_that_were_corrected_contradict_nothing():
    use = UseFacts("posts@1", dates=days("2023-04-01", None))
    right = UseFacts("posts@1", dates=days("2022-04-01", None))
    first, second = entry_of(1, DESTROYED), entry_of(2, use)
    third = entry_of(3, right, corrects=second.digest)
    assert find_contradictions(Ledger("ledger", "", (first, second)))
    assert not find_contradictions(Ledger("ledger", "", (first, second, third)))


def test_two_corrections_of_one_record_are_named():
    first = entry_of(1, UseFacts("posts@1"))
    others = [entry_of(n, UseFacts("posts@2"), corrects=first.digest) for n in (2, 3)]
    [found] = find_contradictions(Ledger("ledger", "", (first, *others)))
    assert "was corrected by 2 others" in found.sentence
    assert found.records == (first.digest, *(each.digest for each in others))


def test_an_erased_destruction_is_named():
    gone = entry_of(1, None, RecordKind.DESTRUCTION)
    erasure = Erasure(date(2024, 7, 1), ErasureReason.REQUEST)
    ledger = Ledger("ledger", "", (gone,), {gone.record.files[0].name: erasure})
    [found] = find_contradictions(ledger)
    assert "its facts were erased on 2024-07-01" in found.sentence


def test_the_records_and_datasets_are_given():
    use = UseFacts("posts@1", dates=days("2023-04-01", None))
    [found] = find_contradictions(ledger_of(DESTROYED, use))
    assert found.records == (f"{1:064x}", f"{2:064x}")
    assert found.datasets == ("posts@1",)


def test_what_was_done_several_times_after_a_destruction_is_one_contradiction():
    again = [CheckFacts(DIGEST, ("d",), date(2023, month, 2)) for month in (5, 2, 4, 5)]
    other = CheckFacts("cd" * 32, ("d",), date(2023, 6, 2))
    datasets = DatasetFacts("posts@1", DIGEST), DatasetFacts("posts@1", "cd" * 32, note="again")
    found = find_contradictions(ledger_of(DESTROYED, *datasets, *again, other))
    [later] = [each for each in found if "destroyed" in each.sentence]
    assert "but checked 4 times from 2023-04-02 to 2023-06-02." in later.sentence
    assert later.records == tuple(f"{number:064x}" for number in (1, 6, 4, 7, 8))
    cleaned = [CleaningFacts(("d",), "c", DIGEST)] * 2
    [found] = find_contradictions(ledger_of(DESTROYED, datasets[0], *cleaned))
    assert "but cleaned 2 times on 2024-06-01." in found.sentence
