"""The chain of a ledger: whatever is removed of it is missed, whoever wrote it."""

import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from provenance.errors import LedgerError
from provenance.ledger.ledger_store import NewRecord, append_record, append_records, read_ledger
from provenance.ledger.ledger_verification import verify_ledger
from provenance.ledger.record_json import decode_record, encode_record
from provenance.model.records.ledger import UseFacts


@pytest.fixture
def address(tmp_path):
    return str(tmp_path / "ledger")


@pytest.fixture
def installation(monkeypatch, tmp_path):
    """Return a function that goes on as another installation, or as one from before."""

    def become(name):
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / f"state-{name}"))

    become("first")
    return become


def use(address, name):
    return append_record(address, UseFacts(name))


def path_of(address, entry):
    record = entry.record
    return Path(address, "records", record.writer, f"{record.number:08}-{entry.digest}.json")


def rewrite(address, entry, **changes):
    """Change a record as somebody would who knows the format, and return its new digest."""
    path = path_of(address, entry)
    record = replace(decode_record(path.read_bytes()), **changes)
    content = encode_record(record)
    path.unlink()
    digest = hashlib.sha256(content).hexdigest()
    path.with_name(f"{record.number:08}-{digest}.json").write_bytes(content)
    return digest


def messages(address, **options):
    return [fault.message for fault in verify_ledger(address, **options).faults]


def test_a_writer_is_the_same_in_another_process(address, installation):
    first = use(address, "a")
    code = (
        "import sys; from provenance.ledger.ledger_store import append_record; "
        "from provenance.model.records.ledger import UseFacts; "
        "append_record(sys.argv[1], UseFacts('b'))"
    )
    subprocess.run([sys.executable, "-c", code, address], check=True)
    assert {entry.record.writer for entry in read_ledger(address).entries} == {first.record.writer}


def test_records_name_those_of_other_writers(address, installation):
    first = use(address, "a")
    installation("second")
    second = use(address, "b")
    assert second.record.writer != first.record.writer
    assert second.record.previous == (first.digest,)
    assert (first.record.number, second.record.number) == (1, 2)
    assert messages(address) == []


def test_a_whole_earlier_writer_that_was_removed_is_missed(address, installation):
    first = [use(address, "a"), use(address, "b")]
    installation("second")
    use(address, "c")
    shutil.rmtree(path_of(address, first[0]).parent)
    for entry in first:
        (Path(address) / "files" / entry.record.files[0].name).unlink()
    [message] = messages(address)
    assert "the record is gone" in message


def test_a_writer_without_a_state_folder_chains_all_the_same(address, installation, monkeypatch):
    first = use(address, "a")
    Path(address, "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(Path(address, "file")))
    second, third = use(address, "b"), use(address, "c")
    Path(address, "file").unlink()
    assert second.record.writer == third.record.writer != first.record.writer
    assert third.record.previous == (second.digest,)
    assert messages(address) == []


def test_two_copies_that_were_written_apart_can_be_merged(address, installation, tmp_path):
    use(address, "a")
    copy = str(tmp_path / "copy")
    shutil.copytree(address, copy)
    here = [use(address, f"here-{number}") for number in range(40)]
    installation("second")
    there = use(copy, "there")
    shutil.copytree(copy, address, dirs_exist_ok=True)
    assert messages(address) == []
    assert len(verify_ledger(address).newest) == 2
    last = use(address, "both")
    assert set(last.record.previous) == {here[-1].digest, there.digest}
    assert last.record.number == 43
    found = verify_ledger(address)
    assert (found.faults, found.newest[0][2], found.digest) == ((), last.digest, last.digest)
    after = use(address, "after")
    assert after.record.previous == (last.digest,)


def test_several_records_at_once_are_a_chain(address):
    entries = append_records(address, [NewRecord(UseFacts(name)) for name in "abc"])
    assert [entry.record.number for entry in entries] == [1, 2, 3]
    assert entries[2].record.previous == (entries[1].digest,)
    assert messages(address) == []


def test_a_time_that_runs_backwards_is_found(address):
    use(address, "a")
    second = use(address, "b")
    rewrite(address, second, recorded=second.record.recorded - timedelta(days=400))
    [message] = messages(address)
    assert "a clock was wrong, or the time is not true" in message


def test_a_time_that_is_still_to_come_is_found(address):
    entry = use(address, "a")
    rewrite(address, entry, recorded=datetime.now(UTC) + timedelta(days=2))
    [message] = messages(address)
    assert "which is still to come" in message


@pytest.mark.parametrize("number", [1, 2, 4, 9])
def test_a_number_that_is_repeated_or_left_out_is_found(address, number):
    use(address, "a")
    use(address, "b")
    rewrite(address, use(address, "c"), number=number)
    assert messages(address) == [f"its number {number} does not follow 2"]


def test_a_record_that_was_added_for_an_earlier_day_is_said_to_be_late(address, tmp_path):
    first = use(address, "a")
    rewrite(address, first, recorded=first.record.recorded - timedelta(days=9))
    forged = use(str(tmp_path / "other"), "forged")
    early = first.record.recorded - timedelta(days=20)
    digest = rewrite(str(tmp_path / "other"), forged, recorded=early)
    shutil.copytree(tmp_path / "other", address, dirs_exist_ok=True)
    found = verify_ledger(address)
    assert found.faults == ()
    [late] = found.late
    assert digest in late.file
    assert "to this day: it came from a copy of the ledger, or was added later" in late.message
    use(address, "after")
    [late] = verify_ledger(address).late
    assert "was added later" in late.message


def test_all_that_a_digest_covers_is_proven_to_be_there(address):
    use(address, "a")
    use(address, "b")
    digest = verify_ledger(address).digest
    assert digest == read_ledger(address).digest
    use(address, "c")
    since = verify_ledger(address, since=digest).since
    assert (since.digest, since.records, since.added, since.faults) == (digest, 2, 1, ())
    assert verify_ledger(address, since=digest[:12]).since == since


def test_the_digest_of_the_newest_record_is_the_digest_of_its_file(address):
    entry = use(address, "a")
    content = path_of(address, entry).read_bytes()
    assert verify_ledger(address).digest == hashlib.sha256(content).hexdigest()


def test_newest_records_that_were_removed_are_missed_by_their_digest(address):
    use(address, "a")
    last = use(address, "b")
    digest = verify_ledger(address).digest
    path_of(address, last).unlink()
    assert messages(address) == []
    [fault] = verify_ledger(address, since=digest).since.faults
    assert "no state of this ledger has this digest" in fault.message
    use(address, "another")
    assert verify_ledger(address, since=digest).since.faults


def test_what_was_changed_of_an_earlier_state_is_named(address):
    first = use(address, "a")
    use(address, "b")
    digest = verify_ledger(address).digest
    later = use(address, "c")
    (Path(address) / "files" / later.record.files[0].name).write_text("{}")
    assert verify_ledger(address, since=digest).since.faults == ()
    (Path(address) / "files" / first.record.files[0].name).write_text("{}")
    [fault] = verify_ledger(address, since=digest).since.faults
    assert first.record.files[0].name in fault.file


def test_a_removed_record_is_named_by_its_own_digest(address):
    first = use(address, "a")
    use(address, "b")
    path_of(address, first).unlink()
    [fault] = verify_ledger(address, since=first.digest).since.faults
    assert "the record is gone" in fault.message


def test_a_state_with_several_newest_records_has_a_digest(address, installation, tmp_path):
    use(address, "a")
    copy = str(tmp_path / "copy")
    shutil.copytree(address, copy)
    use(address, "here")
    installation("second")
    use(copy, "there")
    shutil.copytree(copy, address, dirs_exist_ok=True)
    digest = verify_ledger(address).digest
    use(address, "both")
    use(address, "after")
    since = verify_ledger(address, since=digest).since
    assert (since.records, since.added, since.faults) == (3, 2, ())


def test_a_digest_that_is_none_is_an_error(address):
    use(address, "a")
    for since in ("", "xyz", "12345", "AB" * 8, "a" * 65):
        with pytest.raises(LedgerError, match="not the digest of a state"):
            verify_ledger(address, since=since)


def test_line_breaks_are_safe_in_git(address):
    use(address, "a")
    assert Path(address, ".gitattributes").read_text() == "* -text\n"


def test_the_attributes_of_a_repository_are_kept(tmp_path):
    (tmp_path / ".gitattributes").write_text("*.md text\n")
    use(str(tmp_path), "a")
    assert (tmp_path / ".gitattributes").read_text() == "*.md text\n"


def test_records_have_no_name_of_the_machine_or_the_user(address):
    entry = use(address, "a")
    content = json.loads(path_of(address, entry).read_bytes())
    assert entry.recorded_by not in content.values()
