"""Ledgers that somebody changed, crafted or cut: an error or a finding, never another answer."""

import hashlib
import json
import random
import shutil
from datetime import date
from io import FileIO
from pathlib import Path

import pyarrow as pa
import pytest

from provenance.errors import LedgerError, ProvenanceError
from provenance.ledger.ledger_store import (
    Attachment,
    append_record,
    erase_files,
    read_ledger,
)
from provenance.ledger.ledger_verification import verify_ledger
from provenance.model.records.ledger import (
    WITHDRAWN_ITEMS,
    AccessFacts,
    DatasetFacts,
    ErasureReason,
    FileRole,
    UseFacts,
    WithdrawalFacts,
)

NONCE = {"schema": "provenance/ledger/1", "nonce": "0" * 32}


@pytest.fixture
def address(tmp_path):
    address = str(tmp_path / "ledger")
    items = pa.table([["x"], ["item-17"], [date(2023, 5, 2)]], schema=WITHDRAWN_ITEMS)
    append_record(address, DatasetFacts("posts@1"))
    append_record(address, WithdrawalFacts("x"), [Attachment(FileRole.ITEMS, items)])
    append_record(address, AccessFacts("x", calls=7))
    return address


def plant(address, *, facts=None, **changes):
    """Write a record with a true digest, as somebody would who knows the format."""
    content = json.dumps({**NONCE, "dataset": "a"} if facts is None else facts).encode()
    name = f"{hashlib.sha256(content).hexdigest()}.json"
    (Path(address) / "files" / name).write_bytes(content)
    newest = read_ledger(address).entries[-1]
    record = {
        "schema": "provenance/ledger/1",
        "kind": "use",
        "recorded": newest.record.recorded.isoformat(),
        "tool": "1",
        "writer": newest.record.writer,
        "number": newest.record.number + 1,
        "previous": [newest.digest],
        "files": [{"role": "facts", "name": name, "bytes": len(content), "rows": None}],
        **changes,
    }
    record = {name: value for name, value in record.items() if value is not None}
    text = json.dumps(record).encode()
    place = f"{newest.record.number + 1:08}-{hashlib.sha256(text).hexdigest()}.json"
    (Path(address) / "records" / newest.record.writer / place).write_bytes(text)
    return hashlib.sha256(text).hexdigest()


def files(address):
    return sorted(path for path in Path(address).rglob("*") if path.is_file())


def file(name, role="facts"):
    return {"role": role, "name": name, "bytes": 1, "rows": None}


VICTIMS = [
    "../../victim.json",
    "../victim.json",
    "/tmp/victim.json",
    "..\\..\\victim.json",
    "a/../../../victim.json",
    "victim.json",
    f"{'0' * 64}.json/../../../victim.json",
]


@pytest.mark.parametrize("name", VICTIMS)
def test_only_files_of_the_ledger_are_ever_erased(address, tmp_path, name):
    victims = [tmp_path / "victim.json", Path(address) / "victim.json"]
    for victim in victims:
        victim.write_text("mine")
    for changes in (
        {"files": [file(name)]},
        {"kind": "erasure", "erased": [name], "reason": "error"},
    ):
        digest = plant(address, **changes)
        for names in ([digest[:12]], [name], ["../"], [""]):
            with pytest.raises(LedgerError):
                erase_files(address, names, ErasureReason.ERROR)
        append_record(address, UseFacts("posts@1"))
        assert any(digest in fault.file for fault in verify_ledger(address).faults)
        shutil.rmtree(address)
        assert victims[0].read_text() == "mine"
        append_record(address, UseFacts("posts@1"))


def test_a_link_is_not_erased_but_named(address, tmp_path):
    victim = tmp_path / "victim.json"
    entry = read_ledger(address).entries[0]
    path = Path(address) / "files" / entry.record.files[0].name
    path.rename(victim)
    path.symlink_to(victim)
    with pytest.raises(LedgerError, match="what it stands for would stay"):
        erase_files(address, [entry.digest], ErasureReason.REQUEST)
    assert victim.exists()
    assert len(read_ledger(address).entries) == 3


def test_a_folder_that_leads_out_of_the_ledger_is_refused(address, tmp_path):
    outside = tmp_path / "outside"
    (Path(address) / "files").rename(outside)
    (Path(address) / "files").symlink_to(outside)
    digest = "0" * 64
    (outside / f"{digest}.json").write_text("mine")
    for work in (
        lambda: erase_files(address, [digest], ErasureReason.ERROR),
        lambda: append_record(address, UseFacts("a")),
        lambda: read_ledger(address),
        lambda: verify_ledger(address),
    ):
        with pytest.raises(LedgerError, match="is a link to another folder"):
            work()
    assert (outside / f"{digest}.json").read_text() == "mine"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "party"}, "'party'"),
        ({"kind": "check"}, "a record of kind check has the files facts, findings, result"),
        ({"kind": "withdrawal"}, "has the files facts, items"),
        ({"files": []}, "a record of kind use has the files facts"),
        ({"files": None}, "'files' is missing"),
        ({"number": None}, "'number' is missing"),
        ({"number": -4}, "its number is -4"),
        ({"number": "4"}, "is not int"),
        ({"recorded": "2023-01-01T00:00:00"}, "no time zone"),
        ({"recorded": "0001-01-01T00:00:00+00:00"}, "is not a date between"),
        ({"recorded": "yesterday"}, "yesterday"),
        ({"previous": ["x"]}, "'x' is not a digest"),
        ({"corrects": "x"}, "'x' is not a digest"),
        ({"erased": [f"{'0' * 64}.json"]}, "and no other, has files that were erased"),
        ({"kind": "erasure"}, "has files that were erased and a reason"),
        ({"schema": "provenance/ledger/9"}, "its schema is not provenance/ledger/1"),
    ],
)
def test_a_record_that_cannot_be_is_a_finding_and_an_error(address, changes, words):
    digest = plant(address, **changes)
    assert any(
        digest in fault.file and words in fault.message for fault in verify_ledger(address).faults
    ), verify_ledger(address).faults
    with pytest.raises(LedgerError, match="cannot be read"):
        read_ledger(address)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, "its schema is not"),
        ([], "its schema is not"),
        ({**NONCE}, "'dataset' is missing"),
        ({**NONCE, "dataset": 7}, "7 is not str"),
        ({**NONCE, "dataset": "\ud800"}, "surrogates"),
        ({**NONCE, "dataset": "a", "recorded_by": 7}, "7 is not the name of an account"),
        ({**NONCE, "dataset": "a", "dates": {"first": "0001-01-01"}}, "not a date between"),
        ({**NONCE, "dataset": "a", "dates": {"until": "9999-12-31"}}, "not a date between"),
        ({**NONCE, "dataset": "a", "recipients": [{"name": "b", "kind": "friend"}]}, "'friend'"),
    ],
)
def test_facts_that_cannot_be_are_a_finding_and_an_error(address, facts, words):
    digest = plant(address, facts=facts)
    [fault] = verify_ledger(address).faults
    assert words in fault.message
    assert digest[:12] in fault.message
    with pytest.raises(LedgerError, match="the facts of a record cannot be read"):
        read_ledger(address)


def test_a_number_below_zero_is_a_finding(address):
    plant(address, kind="access", facts={**NONCE, "source": "x", "calls": -5})
    [fault] = verify_ledger(address).faults
    assert "-5 is negative" in fault.message


def test_a_correction_of_another_kind_changes_nothing_and_is_found(address):
    dataset = read_ledger(address).entries[0]
    plant(address, corrects=dataset.digest)
    [fault] = verify_ledger(address).faults
    assert "it is of kind use, and corrects a record of kind dataset" in fault.message
    assert read_ledger(address).corrections() == {}


def test_a_correction_of_what_is_not_there_is_found(address):
    plant(address, corrects="0" * 64)
    [fault] = verify_ledger(address).faults
    assert "the record is gone" in fault.message


def answer(reader, address):
    """Return what a reader says, or its error."""
    try:
        return reader(address)
    except ProvenanceError as error:
        return error.message


def is_noticed(address):
    found = answer(verify_ledger, address)
    return isinstance(found, str) or bool(found.faults)


def mutations(content, dice):
    place = dice.randrange(max(len(content), 1))
    flipped = bytes([content[place] ^ (1 << dice.randrange(8))])
    yield content[:place]
    yield b""
    yield content[:place] + flipped + content[place + 1 :]
    yield content[:place] + content[place + 1 :]
    yield content + b" "
    yield content.replace(b"\n", b"\r\n")
    yield content[place:] + content[:place]


def test_every_change_of_every_file_is_an_error_or_a_finding(address):
    dice = random.Random(51)
    before = [answer(reader, address) for reader in (read_ledger, verify_ledger)]
    last = read_ledger(address).entries[-1].digest
    paths = [path for path in files(address) if path.name != ".gitattributes"]
    assert len(paths) == 8
    for path in paths:
        content = path.read_bytes()
        for changed in mutations(content, dice):
            path.write_bytes(changed)
            assert is_noticed(address) == (changed != content), (path, changed)
            assert answer(read_ledger, address) is not None
        path.unlink()
        assert is_noticed(address) == (last not in path.name), path  # of the newest, see --since
        path.mkdir()
        assert answer(verify_ledger, address) is not None
        assert answer(read_ledger, address) is not None
        path.rmdir()
        path.write_bytes(content)
        shutil.copy(path, path.with_name(f"0{path.name}"))
        assert is_noticed(address) == (path.name != "ledger.json"), path
        path.with_name(f"0{path.name}").unlink()
    assert [answer(reader, address) for reader in (read_ledger, verify_ledger)] == before


class CutFile(FileIO):
    """A file whose last byte is never read."""

    def readall(self):
        return super().readall()[:-1]


def test_a_short_read_is_an_error_and_never_another_answer(address, monkeypatch):
    before = answer(read_ledger, address)
    with monkeypatch.context() as patch:
        patch.setattr("provenance.ledger.ledger_folder.open_regular_file", CutFile)
        for work in (read_ledger, verify_ledger, lambda one: append_record(one, UseFacts("a"))):
            with pytest.raises(LedgerError, match="bytes were read"):
                work(address)
    assert answer(read_ledger, address) == before
