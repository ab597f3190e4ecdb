"""Erasures that are killed at any step: the old state or the new one, and the next one finishes."""

import os
import shutil
import sys
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from provenance.ledger.ledger_store import (
    Attachment,
    append_record,
    erase_files,
    read_attachment,
    read_ledger,
)
from provenance.ledger.ledger_verification import verify_ledger
from provenance.model.records.ledger import (
    WITHDRAWN_ITEMS,
    DatasetFacts,
    ErasureReason,
    FileRole,
    RecordKind,
    UseFacts,
    WithdrawalFacts,
)

STEPS = 14
"""More than an erasure of two files has."""

CHANGES = {"os.remove", "os.rename", "os.link", "os.mkdir", "os.rmdir"}


@pytest.fixture
def address(tmp_path):
    address = str(tmp_path / "ledger")
    append_record(address, DatasetFacts("posts@1"))
    items = pa.table([["x"], ["item-17"], [date(2023, 5, 2)]], schema=WITHDRAWN_ITEMS)
    append_record(address, WithdrawalFacts("x"), [Attachment(FileRole.ITEMS, items)])
    append_record(address, UseFacts("posts@1"))
    return address


def withdrawal(ledger):
    return ledger.entries[1]


def erase(address):
    digest = withdrawal(read_ledger(address)).digest
    erase_files(address, [digest], ErasureReason.REQUEST, "asked on the phone")


def killed(step, work):
    """Run something in a fork that dies before its n-th change of a file; return whether it did."""
    child = os.fork()
    if not child:
        left = [step]

        def count(event, arguments):
            writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & 3
            if event in CHANGES or writes:
                left[0] -= 1
                if left[0] < 0:
                    os._exit(9)

        sys.addaudithook(count)
        try:
            work()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def is_erased(address):
    """Return whether the record was erased; all of it, or nothing."""
    ledger = read_ledger(address)
    entry = withdrawal(ledger)
    without = {
        entry.facts is None,
        read_attachment(address, ledger, entry.record.files[1]) is None,
        len(ledger.entries) == 4,
    }
    [outcome] = without
    return outcome


def files_of(address):
    return {
        file.name
        for file in withdrawal(read_ledger(address)).record.files
        if (Path(address) / "files" / file.name).exists()
    }


@pytest.mark.parametrize("step", range(STEPS))
def test_a_killed_erasure_is_the_old_state_or_the_new_one(address, step, tmp_path):
    was_killed = killed(step, lambda: erase(address))
    assert was_killed or step > 4
    before = shutil.copytree(address, tmp_path / "copy")
    found = verify_ledger(address)
    there = files_of(address)
    if is_erased(address):
        assert {fault.file for fault in found.faults} == {f"files/{name}" for name in there}
        assert all("the erasure was interrupted" in fault.message for fault in found.faults)
    else:
        assert len(there) == 2
        assert found.faults == ()
    for finish in (erase, lambda one: (append_record(one, UseFacts("posts@2")), erase(one))):
        finish(address)
        assert is_finished(address)
        shutil.rmtree(address)
        shutil.copytree(before, address)


def is_finished(address):
    ledger = read_ledger(address)
    kinds = [entry.record.kind for entry in ledger.entries]
    assert kinds.count(RecordKind.ERASURE) == 1
    return not files_of(address) and verify_ledger(address).faults == ()


def test_the_next_record_finishes_an_erasure(address, tmp_path):
    interrupted = 0
    copy = shutil.copytree(address, tmp_path / "copy")
    for step in range(STEPS):
        shutil.rmtree(address)
        shutil.copytree(copy, address)
        killed(step, lambda: erase(address))
        if len(read_ledger(address).entries) == 4 and files_of(address):
            interrupted += 1
            append_record(address, UseFacts("posts@2"))
            assert is_finished(address)
    assert interrupted >= 2
