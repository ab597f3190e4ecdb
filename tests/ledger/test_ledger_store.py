"""Ledgers: nothing is lost, nothing changes unseen, and what is erased is said to be."""

import json
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import jsonschema
import pyarrow as pa
import pytest

from provenance import __version__
from provenance.errors import LedgerError
from provenance.ledger.ledger_store import (
    Attachment,
    append_record,
    erase_files,
    find_entry,
    make_ledger,
    read_attachment,
    read_ledger,
)
from provenance.ledger.ledger_verification import verify_ledger
from provenance.ledger.record_json import encode_facts, encode_record
from provenance.model.records.ledger import (
    FACTS,
    WITHDRAWN_ITEMS,
    AccessFacts,
    CheckFacts,
    CleaningFacts,
    DatasetFacts,
    DestructionFacts,
    ErasureFacts,
    ErasureReason,
    FileRole,
    LedgerFile,
    LedgerRecord,
    Recipient,
    RecipientKind,
    RecordKind,
    SignatureFacts,
    TimestampFacts,
    UseFacts,
    WithdrawalFacts,
)
from provenance.model.rules.policy import Route
from provenance.model.rules.terms import DateRange
from tests.schemas import load_schema

YEAR = DateRange(date(2022, 1, 1), date(2023, 1, 1))
OFFICE = Recipient("Harbour Office", RecipientKind.GOVERNMENT)
DIGEST = "ab" * 32
EXAMPLES = (
    DatasetFacts(
        "posts@1", DIGEST, 10, 200, 900, ("x",), Route.API, YEAR, "app-1", "terms", ("raw@1",),
        (OFFICE,), "a note",
    ),
    AccessFacts("x", "Lanterns", "app-1", Route.API, YEAR, 17, 400, ("posts@1",), "terms", "note"),
    UseFacts("posts@1", "Lanterns", "model-1", DIGEST, "ranking", YEAR, (OFFICE,), "note"),
    DestructionFacts("posts@0", date(2023, 3, 1), "team", "shredded", 7, "none", DIGEST, "note"),
    WithdrawalFacts("x", DIGEST, "deleted", restored=True),
    CheckFacts(DIGEST, ("data",), date(2023, 4, 1), "report"),
    CleaningFacts(("data",), "clean", DIGEST, DIGEST),
    ErasureFacts("asked on the phone"),
    SignatureFacts(DIGEST, (DIGEST,), "SHA256:abc"),
    TimestampFacts(DIGEST, (DIGEST,), datetime(2023, 4, 1, tzinfo=UTC)),
)  # fmt: skip
ATTACHMENTS = {
    CheckFacts: (FileRole.RESULT, FileRole.FINDINGS),
    CleaningFacts: (FileRole.RECEIPT, FileRole.REMOVALS),
    WithdrawalFacts: (FileRole.ITEMS,),
    SignatureFacts: (FileRole.SIGNATURE,),
    TimestampFacts: (FileRole.TIMESTAMP,),
}


def items(*ids):
    days = [date(2023, 5, 2)] * len(ids)
    return pa.table([["x"] * len(ids), list(ids), days], schema=WITHDRAWN_ITEMS)


def add(address, *ids):
    facts = WithdrawalFacts("x", reason="deleted")
    return append_record(address, facts, [Attachment(FileRole.ITEMS, items(*ids))])


@pytest.fixture
def address(tmp_path):
    address = str(tmp_path / "ledger")
    append_record(address, DatasetFacts("posts@1", note="kept by Nobody Inparticular"))
    append_record(address, UseFacts("posts@1", "Lanterns", recipients=(OFFICE,)))
    add(address, "item-17", "item-18")
    return address


def files(address):
    paths = Path(address).rglob("*")
    return sorted(path for path in paths if path.is_file() and path.name[0] != ".")


def records(address):
    return sorted(Path(address, "records").rglob("*.json"))


def test_what_is_appended_is_read_back(address):
    ledger = read_ledger(address)
    assert [entry.facts for entry in ledger.entries][:2] == [
        DatasetFacts("posts@1", note="kept by Nobody Inparticular"),
        UseFacts("posts@1", "Lanterns", recipients=(OFFICE,)),
    ]
    last = ledger.entries[2].record
    assert last.previous == (ledger.entries[1].digest,)
    assert last.files[1].rows == 2
    assert verify_ledger(address).faults == ()
    assert verify_ledger(address).digest == ledger.digest


@pytest.mark.parametrize("facts", EXAMPLES, ids=lambda facts: type(facts).__name__)
def test_all_facts_survive_and_follow_the_schema(facts, tmp_path):
    address = str(tmp_path / "ledger")
    if isinstance(facts, ErasureFacts):
        gone = append_record(address, DatasetFacts("posts@1"))
        erase_files(address, [gone.digest], ErasureReason.ERROR, facts.note)
    else:
        roles = ATTACHMENTS.get(type(facts), ())
        append_record(address, facts, [Attachment(role, b"{}") for role in roles])
    entry = read_ledger(address).entries[-1]
    assert entry.facts == facts
    schema = load_schema("ledger/ledger")
    jsonschema.validate(json.loads(records(address)[-1].read_text()), schema)
    kind = next(str(kind) for kind, of in FACTS.items() if of is type(facts))
    of_kind = {**schema["$defs"][kind], "$defs": schema["$defs"]}
    document = json.loads((Path(address) / "files" / entry.record.files[0].name).read_text())
    jsonschema.validate(document, of_kind)
    assert set(document) == set(of_kind["properties"])


def test_each_kind_has_an_example():
    assert {type(facts) for facts in EXAMPLES} == set(FACTS.values())
    defined = set(load_schema("ledger/ledger")["$defs"])
    assert defined == {*map(str, RecordKind), "dates", "recipient"}


def test_chained_records_have_no_names_ids_or_texts(address):
    chained = b"".join(path.read_bytes() for path in records(address))
    assert len(records(address)) == 3
    for word in (b"posts", b"Lanterns", b"Harbour", b"item-17", b"deleted", b"Nobody"):
        assert word not in chained
        assert any(word in path.read_bytes() for path in files(address)) or word == b"item-17"


def test_a_guess_at_erased_facts_cannot_be_confirmed(tmp_path):
    once, twice = (
        append_record(str(tmp_path / name), DatasetFacts("posts@1")) for name in ("a", "b")
    )
    assert once.record.files[0].name != twice.record.files[0].name
    lists = [add(str(tmp_path / name), "item-17").record.files[1].name for name in ("a", "b")]
    assert len(set(lists)) == 2


def test_a_change_of_any_byte_is_found(address):
    for path in files(address):
        content = path.read_bytes()
        step = 1 if len(content) < 1000 else 7
        for place in range(0, len(content), step):
            path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
            [*faults] = verify_ledger(address).faults
            assert any(fault.file in str(path) for fault in faults), (path, place)
        path.write_bytes(content)
    assert verify_ledger(address).faults == ()


def test_damage_is_an_error_for_those_who_read(address):
    path = records(address)[1]
    path.write_bytes(path.read_bytes().replace(b"use", b"usd"))
    with pytest.raises(LedgerError, match="was changed"):
        read_ledger(address)


def test_damage_keeps_nobody_from_recording(address):
    path = records(address)[2]
    path.write_bytes(path.read_bytes()[:-9])
    append_record(address, DatasetFacts("posts@2"))
    assert [fault.file for fault in verify_ledger(address).faults] == [
        str(path.relative_to(address))
    ]


def test_a_record_that_is_gone_is_missed(address):
    gone = records(address)[1]
    gone.unlink()
    [fault] = [f for f in verify_ledger(address).faults if "gone" in f.message]
    assert gone.stem.partition("-")[2] in fault.file


def test_a_record_that_was_renamed_is_found(address):
    path = records(address)[2]
    path.rename(path.with_name(path.name.replace("00000003", "00000009")))
    assert [f.message for f in verify_ledger(address).faults] == ["the record is not in its place"]


def test_a_file_that_is_gone_without_a_record_of_it_is_missed(address):
    name = read_ledger(address).entries[2].record.files[1].name
    (Path(address) / "files" / name).unlink()
    [fault] = verify_ledger(address).faults
    assert fault.file == f"files/{name}"
    assert "no record says it was erased" in fault.message


def test_what_is_erased_is_said_to_be_and_is_no_damage(address):
    entry = read_ledger(address).entries[2]
    table = entry.record.files[1]
    assert erase_files(address, [table.name[:12]], ErasureReason.REQUEST, "by phone") == (
        table.name,
    )
    assert not (Path(address) / "files" / table.name).exists()
    found = verify_ledger(address)
    assert found.faults == ()
    [(name, erasure)] = found.erased
    today = datetime.now(UTC).date()
    assert (name, erasure.reason) == (table.name, ErasureReason.REQUEST)
    assert today - timedelta(1) <= erasure.day <= today
    ledger = read_ledger(address)
    assert read_attachment(address, ledger, table) is None
    assert find_entry(ledger, entry.digest[:9]).facts == entry.facts


def test_a_whole_record_can_be_erased(address):
    entry = read_ledger(address).entries[1]
    erase_files(address, [entry.digest[:10]], ErasureReason.RETENTION)
    assert not any(b"Harbour" in path.read_bytes() for path in files(address))
    assert read_ledger(address).entries[1].facts is None
    assert verify_ledger(address).faults == ()


def test_a_file_that_comes_back_after_it_was_erased_is_found(address):
    table = read_ledger(address).entries[2].record.files[1]
    path = Path(address) / "files" / table.name
    content = path.read_bytes()
    erase_files(address, [table.name], ErasureReason.ORDER)
    path.write_bytes(content)
    [fault] = verify_ledger(address).faults
    assert "erase" in fault.message
    erase_files(address, [table.name], ErasureReason.ORDER)
    assert verify_ledger(address).faults == ()


def test_a_file_of_an_interrupted_writer_is_named_and_can_be_erased(address):
    content = encode_facts(DatasetFacts("posts@2", note="half-written"))
    name = f"{sha256(content).hexdigest()}.json"
    (Path(address) / "files" / name).write_bytes(content)
    found = verify_ledger(address)
    assert (found.unnamed, found.faults) == ((f"files/{name}",), ())
    assert erase_files(address, [name[:12]], ErasureReason.ERROR) == (name,)
    assert not (Path(address) / "files" / name).exists()
    assert verify_ledger(address).unnamed == ()
    assert verify_ledger(address).faults == ()


def test_digits_that_fit_nothing_or_several_are_refused(address):
    with pytest.raises(LedgerError, match="no record or file"):
        erase_files(address, ["zz"], ErasureReason.ERROR)
    with pytest.raises(LedgerError, match="several"):
        erase_files(address, [""], ErasureReason.ERROR)
    assert len(read_ledger(address).entries) == 3


def test_a_folder_with_other_files_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(LedgerError, match="not a ledger"):
        make_ledger(str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_ledger_that_is_read_only_is_an_error_before_the_work(address, monkeypatch):
    make_ledger(address)
    monkeypatch.setattr("os.access", lambda path, mode: str(path) != address)
    with pytest.raises(LedgerError, match="cannot be written"):
        make_ledger(address)


def test_no_ledger_is_an_error(tmp_path):
    for read in (read_ledger, verify_ledger):
        with pytest.raises(LedgerError, match="no ledger"):
            read(str(tmp_path / "nowhere"))


def test_a_git_repository_can_be_a_ledger(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    append_record(str(tmp_path), DatasetFacts("posts@1"))
    assert verify_ledger(str(tmp_path)).records == 1


def test_an_address_of_a_local_file_is_a_path(tmp_path):
    append_record(f"file://{tmp_path}/ledger", DatasetFacts("posts@1"))
    assert verify_ledger(str(tmp_path / "ledger")).records == 1


def test_any_file_system_of_fsspec_will_do():
    address = "memory://bucket/ledger"
    append_record(address, DatasetFacts("posts@1"))
    entry = add(address, "item-17")
    erase_files(address, [entry.record.files[1].name], ErasureReason.REQUEST)
    found = verify_ledger(address)
    assert (found.records, len(found.erased), found.faults) == (3, 1, ())
    assert read_ledger(address).entries[0].facts == DatasetFacts("posts@1")


WRITER = """
import sys
from provenance.ledger.ledger_store import append_record
from provenance.model.records.ledger import UseFacts
for number in range(int(sys.argv[3])):
    append_record(sys.argv[1], UseFacts(f"{sys.argv[2]}-{number}"))
"""


def test_ten_writers_at_once_lose_nothing(tmp_path):
    address = str(tmp_path / "ledger")
    each = 12
    processes = [
        subprocess.Popen([sys.executable, "-c", WRITER, address, str(number), str(each)])
        for number in range(10)
    ]
    assert [process.wait(120) for process in processes] == [0] * 10
    ledger = read_ledger(address)
    names = {entry.facts.dataset for entry in ledger.entries}
    assert names == {f"{writer}-{number}" for writer in range(10) for number in range(each)}
    assert len(ledger.entries) == 10 * each
    found = verify_ledger(address)
    assert found.faults == ()
    assert found.writers == 1
    # The next record names all that no record names yet, so that each of them is chained.
    append_record(address, UseFacts("last"))
    after = verify_ledger(address)
    assert len(after.newest) == 1, [each[1] for each in found.newest]


def fill(folder, count):
    """Write records without waiting for the disk, as `append_record` would."""
    writer, previous = "0123456789abcdef", ()
    (folder / "files").mkdir(parents=True)
    (folder / "records" / writer).mkdir(parents=True)
    make = datetime(2026, 1, 1, tzinfo=UTC)
    (folder / "ledger.json").write_text('{"schema":"provenance/ledger/1"}\n')
    for number in range(1, count + 1):
        facts = encode_facts(UseFacts(f"posts@{number}"))
        name = f"{sha256(facts).hexdigest()}.json"
        (folder / "files" / name).write_bytes(facts)
        record = encode_record(
            LedgerRecord(
                RecordKind.USE,
                make + timedelta(seconds=number),
                __version__,
                writer,
                number,
                (LedgerFile(FileRole.FACTS, name, len(facts)),),
                previous,
            )
        )
        previous = (sha256(record).hexdigest(),)
        path = folder / "records" / writer / f"{number:08}-{previous[0]}.json"
        path.write_bytes(record)


def test_many_records_are_read_in_order(tmp_path):
    fill(tmp_path, 500)
    read = []
    ledger = read_ledger(str(tmp_path), read.append)
    assert [each.facts.dataset for each in ledger.entries] == [f"posts@{n}" for n in range(1, 501)]
    assert sum(read) == 500
    assert len(verify_ledger(str(tmp_path)).newest) == 1


@pytest.mark.long
def test_a_hundred_thousand_records_are_read_in_seconds(tmp_path):
    fill(tmp_path, 100_000)
    start = time.process_time()
    assert len(read_ledger(str(tmp_path)).entries) == 100_000
    assert time.process_time() - start < 60
