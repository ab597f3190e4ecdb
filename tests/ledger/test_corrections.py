"""Corrections: a record takes the place of an earlier one, wherever records are read."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

import pytest

from provenance.errors import LedgerError
from provenance.ledger.contradictions import find_contradictions
from provenance.ledger.ledger_store import append_record, erase_files, read_ledger
from provenance.ledger.ledger_verification import verify_ledger
from provenance.model.records.ledger import (
    AccessFacts,
    CheckFacts,
    DatasetFacts,
    DestructionFacts,
    ErasureReason,
    Ledger,
    UseFacts,
)
from provenance.model.rules.terms import DateRange


@pytest.fixture
def address(tmp_path):
    return str(tmp_path / "ledger")


def access(address, calls, corrects=None):
    facts = AccessFacts("x", "Lanterns", calls=calls)
    return append_record(address, facts, corrects=corrects)


def calls(ledger):
    return [facts.calls for _, facts in ledger.facts(AccessFacts)]


def test_the_correction_counts_and_the_corrected_record_stays(address):
    wrong = access(address, 51000)
    right = access(address, 5100, wrong.digest[:9])
    ledger = read_ledger(address)
    assert calls(ledger) == [5100]
    assert [entry.digest for entry in ledger.entries] == [wrong.digest, right.digest]
    assert [entry.digest for entry in ledger.entries_in_force] == [right.digest]
    assert ledger.corrections() == {wrong.digest: ledger.entries[1]}
    assert right.record.corrects == wrong.digest
    assert verify_ledger(address).faults == ()


def test_a_correction_can_be_corrected(address):
    first = access(address, 51000)
    second = access(address, 5200, first.digest)
    third = access(address, 5100, second.digest)
    ledger = read_ledger(address)
    assert calls(ledger) == [5100]
    assert {each.digest for each in ledger.corrections().values()} == {third.digest}


def test_what_cannot_be_corrected_is_refused_and_nothing_is_written(address):
    first = access(address, 51000)
    second = access(address, 5100, first.digest)
    use = append_record(address, UseFacts("posts@1"))
    with pytest.raises(LedgerError, match=f"corrected already: the record {second.digest[:12]}"):
        access(address, 510, first.digest)
    with pytest.raises(LedgerError, match="of kind use: a record of kind access"):
        access(address, 510, use.digest)
    with pytest.raises(LedgerError, match="no record"):
        access(address, 510, "zz")
    with pytest.raises(LedgerError, match="several"):
        access(address, 510, "")
    assert len(read_ledger(address).entries) == 3
    assert verify_ledger(address).unnamed == ()


def test_what_a_command_recorded_cannot_be_corrected(address):
    access(address, 1)
    erase_files(address, [read_ledger(address).entries[0].digest], ErasureReason.ERROR)
    erasure = read_ledger(address).entries[1]
    for facts in (AccessFacts("x"), CheckFacts("ab" * 32, ("data",), erasure.record.recorded)):
        with pytest.raises(LedgerError, match="of kind erasure"):
            append_record(address, facts, corrects=erasure.digest)


def test_an_erased_correction_revives_nothing(address):
    wrong = access(address, 51000)
    right = access(address, 5100, wrong.digest)
    erase_files(address, [right.digest], ErasureReason.REQUEST)
    ledger = read_ledger(address)
    assert calls(ledger) == []
    assert wrong.digest in ledger.corrections()


def test_of_two_corrections_the_newest_counts_in_any_order_of_the_records(address):
    first = access(address, 51000)
    second = access(address, 5200, first.digest)
    # As in another copy of the ledger, whose writer did not know of the second record.
    later = second.record.recorded + timedelta(seconds=5)
    rival = replace(
        second,
        digest="f" * 64,
        record=replace(second.record, recorded=later),
        facts=AccessFacts("x", "Lanterns", calls=5100),
    )
    for entries in permutations([first, second, rival]):
        ledger = Ledger(address, "", entries)
        assert calls(ledger) == [5100]
        assert len(ledger.corrections()) == 2


def test_a_dataset_is_known_by_its_corrected_name_only(address):
    wrong = append_record(address, DatasetFacts("posts@2022-09"))
    append_record(address, DatasetFacts("timeline@2022-09"), corrects=wrong.digest)
    names = [facts.name for _, facts in read_ledger(address).facts(DatasetFacts)]
    assert names == ["timeline@2022-09"]


def test_who_recorded_it_is_kept_and_goes_with_the_facts(address):
    entry = access(address, 1)
    [read] = read_ledger(address).entries
    assert read.recorded_by == entry.recorded_by
    assert read.recorded_by
    erase_files(address, [entry.digest], ErasureReason.REQUEST)
    assert read_ledger(address).entries[0].recorded_by is None


def renamed(address, *facts, old="posts@1", new="posts@2"):
    """A dataset, records that name it as it was called, and a correction of its name."""
    wrong = append_record(address, DatasetFacts(old, "ab" * 32, documents=7))
    for each in facts:
        append_record(address, each)
    return append_record(address, DatasetFacts(new), corrects=wrong.digest)


def test_records_that_name_a_dataset_follow_its_name(address):
    renamed(
        address,
        UseFacts("posts@1", "Lanterns"),
        AccessFacts("x", datasets=("posts@1", "other@1")),
        DestructionFacts("posts@1", date(2023, 1, 1)),
        DatasetFacts("mix@1", made_from=("other@1", "posts@1")),
    )
    append_record(address, UseFacts("posts@1", "Quilt Studio"))  # by the old name, afterwards
    ledger = read_ledger(address)
    assert [each.dataset for _, each in ledger.facts(UseFacts)] == ["posts@2", "posts@2"]
    assert ledger.facts(AccessFacts)[0][1].datasets == ("posts@2", "other@1")
    assert ledger.facts(DestructionFacts)[0][1].dataset == "posts@2"
    datasets = {each.name: each for _, each in ledger.facts(DatasetFacts)}
    assert datasets["mix@1"].made_from == ("other@1", "posts@2")
    assert (datasets["posts@2"].digest, datasets["posts@2"].documents) == ("ab" * 32, 7)


def test_a_use_stays_with_its_dataset_when_another_one_gets_the_old_name(address):
    renamed(address, UseFacts("posts@1", "Lanterns"))
    append_record(address, DatasetFacts("posts@1"))
    append_record(address, UseFacts("posts@1", "Quilt Studio"))
    ledger = read_ledger(address)
    uses = {each.application: each.dataset for _, each in ledger.facts(UseFacts)}
    assert uses == {"Lanterns": "posts@2", "Quilt Studio": "posts@1"}
    assert find_contradictions(ledger) == ()


def test_a_use_that_was_recorded_before_its_dataset_follows_its_name(address):
    append_record(address, UseFacts("posts@1"))
    renamed(address)
    assert [each.dataset for _, each in read_ledger(address).facts(UseFacts)] == ["posts@2"]


def test_a_use_of_a_name_that_two_datasets_had_is_named(address):
    append_record(address, DatasetFacts("posts@1"))
    renamed(address, UseFacts("posts@1"))
    [found] = find_contradictions(read_ledger(address))
    assert found.sentence == (
        "1 record names posts@1 when 2 datasets were called so, which are now posts@1 and "
        "posts@2: counted for posts@2."
    )
    assert found.datasets == ("posts@2", "posts@1")


def test_contradictions_follow_the_name(address):
    use = UseFacts("posts@1", "Lanterns", dates=DateRange(date(2023, 5, 1)))
    renamed(address, use, DestructionFacts("posts@2", date(2023, 1, 1)))
    [found] = find_contradictions(read_ledger(address))
    assert "posts@2 was destroyed on 2023-01-01, but Lanterns used it" in found.sentence
