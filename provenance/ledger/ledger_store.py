"""Append records to a ledger, read them, and verify them.

A ledger is a folder:

- `ledger.json` says that it is one;
- `records/WRITER/NUMBER-SHA256.json` are the records. Each names the newest ones of the same writer
  (machine and user), so that none can be changed or removed without a trace; only of the newest
  ones of a writer, removal leaves none;
- `files/SHA256.json` and `files/SHA256.parquet` are their facts and tables, which can be erased.

No file is ever changed, and no two files with different content have the same name, so that any
number of processes may write at once. Where two of the same writer do, their records have the same
predecessor, and the next record names both.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from secrets import token_hex

import pyarrow as pa
import pyarrow.parquet as pq

from provenance import __version__
from provenance.errors import LedgerError
from provenance.file_locks import host_id
from provenance.ledger.ledger_folder import LedgerFolder, open_folder
from provenance.ledger.record_json import (
    decode_facts,
    decode_record,
    encode_facts,
    encode_record,
)
from provenance.model.records.ledger import (
    FACTS,
    LEDGER_SCHEMA,
    Erasure,
    ErasureFacts,
    ErasureReason,
    Facts,
    FileRole,
    Ledger,
    LedgerEntry,
    LedgerFault,
    LedgerFile,
    LedgerRecord,
    LedgerVerification,
)

MARKER_FILE = "ledger.json"
_MARKER = f'{{"schema":"{LEDGER_SCHEMA}"}}\n'.encode()
_RECORD_NAME = re.compile(r"records/([0-9a-f]{16})/(\d{8,})-([0-9a-f]{64})\.json")
_FILE_NAME = re.compile(r"files/([0-9a-f]{64})\.(?:json|parquet)")
_NEWEST = 64
"""Records of a writer, from the last number down, among which the newest are looked for."""

_VERIFY = "compare it with a copy: `provenance ledger verify` lists all that is wrong"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to be written with a record.

    Parameters
    ----------
    role : FileRole
        What it contains.
    content : bytes or pyarrow.Table
        JSON, or a table.
    """

    role: FileRole
    content: bytes | pa.Table


def make_ledger(address: str) -> None:
    """Make a ledger if there is none; raises as `append_record`, also where it is read-only."""
    folder = open_folder(address)
    _prepare(folder)
    if not folder.is_writable():
        raise LedgerError(
            f"the ledger {address} cannot be written",
            remedy="make its folder writable for this user, or name another ledger",
        )


def append_record(
    address: str, facts: Facts, attachments: Sequence[Attachment] = ()
) -> LedgerEntry:
    """Append a record to a ledger, which is created if there is none.

    Parameters
    ----------
    address : str
        Path of a folder, or an address that fsspec knows.
    facts : Facts
        The facts; their type decides the kind of the record.
    attachments : sequence of Attachment
        Further files.

    Raises
    ------
    LedgerError
        If it cannot be written, or the folder is not a ledger.
    """
    folder = open_folder(address)
    _prepare(folder)
    return _append(folder, facts, attachments)


def erase_files(
    address: str, names: Sequence[str], reason: ErasureReason, note: str | None = None
) -> tuple[str, ...]:
    """Erase files of a ledger, and record that they were.

    Parameters
    ----------
    address : str
        The ledger.
    names : sequence of str
        SHA-256 of files, or of records, all of whose files are meant; or their first digits.
    reason : ErasureReason
        Why.
    note : str or None
        Kept with the facts of the erasure.

    Returns
    -------
    tuple of str
        Names of the files.

    Raises
    ------
    LedgerError
        If a name fits no file or record, or several.
    """
    folder = open_folder(address)
    ledger = read_ledger(address)
    # Files without a record, of writers that were interrupted, can be erased, too.
    stored = (name.removeprefix("files/") for name in folder.names("files"))
    known: dict[str, tuple[str, ...]] = {name: (name,) for name in stored}
    for each in ledger.entries:
        known.update({file.name: (file.name,) for file in each.record.files})
        known[each.digest] = tuple(file.name for file in each.record.files)
    chosen = dict.fromkeys(file for name in names for file in known[_unique(name, known)])
    # The record comes first: a file that is gone without one would be damage.
    _append(folder, ErasureFacts(note), (), tuple(chosen), reason)
    for name in chosen:
        folder.remove(f"files/{name}")
    return tuple(chosen)


def _unique(digits: str, known: Iterable[str]) -> str:
    fitting = [name for name in known if name.startswith(digits)]
    if len(fitting) == 1:
        return fitting[0]
    problem = "several records or files" if fitting else "no record or file"
    raise LedgerError(
        f"{digits!r} fits {problem} of the ledger",
        remedy="give more digits of a digest that `provenance ledger show` prints",
    )


def find_entry(ledger: Ledger, digits: str) -> LedgerEntry:
    """Return the record whose digest begins with some digits; raises as `erase_files`."""
    digest = _unique(digits, [entry.digest for entry in ledger.entries])
    return next(entry for entry in ledger.entries if entry.digest == digest)


def _append(
    folder: LedgerFolder,
    facts: Facts,
    attachments: Sequence[Attachment],
    erased: tuple[str, ...] = (),
    reason: ErasureReason | None = None,
) -> LedgerEntry:
    kind = next(kind for kind, of in FACTS.items() if type(facts) is of)
    written = [_write_file(folder, FileRole.FACTS, encode_facts(facts))]
    written += [_write_file(folder, each.role, each.content) for each in attachments]
    writer = writer_id()
    number, previous = _newest_records(folder, writer)
    record = LedgerRecord(
        kind=kind,
        recorded=datetime.now(UTC),
        tool=__version__,
        writer=writer,
        number=number,
        previous=previous,
        files=tuple(written),
        erased=erased,
        reason=reason,
    )
    content = encode_record(record)
    digest = hashlib.sha256(content).hexdigest()
    folder.write(f"records/{writer}/{number:08}-{digest}.json", content)
    return LedgerEntry(digest, record, facts)


def writer_id() -> str:
    """Return what identifies this machine and user, in 16 hex digits."""
    return hashlib.sha256(f"{host_id()} {os.getuid()}".encode()).hexdigest()[:16]


def _prepare(folder: LedgerFolder) -> None:
    if next(iter(folder.read([MARKER_FILE]))) is not None:
        return
    if folder.names():
        raise LedgerError(
            f"{folder.address} has files, but is not a ledger",
            remedy="name a ledger, or a folder that is absent or empty",
        )
    folder.write(MARKER_FILE, _MARKER)


def _write_file(folder: LedgerFolder, role: FileRole, content: bytes | pa.Table) -> LedgerFile:
    rows = None
    if isinstance(content, pa.Table):
        rows, content, kind = len(content), _parquet(content), "parquet"
    else:
        kind = "json"
    name = f"{hashlib.sha256(content).hexdigest()}.{kind}"
    folder.write(f"files/{name}", content)
    return LedgerFile(role, name, len(content), rows)


def _parquet(table: pa.Table) -> bytes:
    # A random number, as in `encode_facts`.
    table = table.replace_schema_metadata({"nonce": token_hex(16)})
    stream = BytesIO()
    pq.write_table(table, stream, compression="zstd")
    return stream.getvalue()


def _newest_records(folder: LedgerFolder, writer: str) -> tuple[int, tuple[str, ...]]:
    """Return the next number of a writer, and the digests of its newest records."""
    names = [name for name in folder.names(f"records/{writer}") if _RECORD_NAME.fullmatch(name)]
    last = names[-_NEWEST:]
    named = set[str]()
    for name, content in zip(last, folder.read(last), strict=True):
        record = _parse(name, content)
        # What is damaged is for `verify_ledger` to find: it must not keep others from recording.
        named.update(() if isinstance(record, str) else record.previous)
    digests = [_digest_of(name) for name in last]
    number = 1 + max((int(name.rpartition("/")[2].partition("-")[0]) for name in last), default=0)
    return number, tuple(digest for digest in digests if digest not in named)


def _digest_of(name: str) -> str:
    return name[-len(".json") - 64 : -len(".json")]


def _decode(folder: LedgerFolder, name: str, content: bytes | None) -> LedgerRecord:
    """Return a record; raises `LedgerError` if it is not as it was written."""
    record = _parse(name, content)
    if isinstance(record, str):
        raise LedgerError(f"{folder.address}/{name}: {record}", remedy=_VERIFY)
    return record


def _parse(name: str, content: bytes | None) -> LedgerRecord | str:
    """Return a record, or what is wrong with it."""
    place = _RECORD_NAME.fullmatch(name)
    if place is None:
        return "this is not the name of a record"
    if content is None:
        return "the record is gone"
    writer, number, digest = place.groups()
    if hashlib.sha256(content).hexdigest() != digest:
        return "the record was changed: its digest is not that of its name"
    try:
        record = decode_record(content)
    except (ValueError, TypeError, KeyError) as error:
        return f"the record cannot be read: {error}"
    if (record.writer, record.number) != (writer, int(number)):
        return "the record is not in its place"
    return record


def require_ledger(folder: LedgerFolder) -> None:
    """Raise `LedgerError` if a folder is not a ledger."""
    if next(iter(folder.read([MARKER_FILE]))) is None:
        raise LedgerError(
            f"there is no ledger at {folder.address}",
            remedy="check the address; `provenance ledger add` makes a ledger",
        )


def read_ledger(address: str, advance: Callable[[int], object] = lambda _: None) -> Ledger:
    """Read all records of a ledger.

    Parameters
    ----------
    address : str
        The ledger.
    advance : callable
        Called with the number of records that were read since the last call.

    Raises
    ------
    LedgerError
        If there is no ledger, a record is damaged, or facts are gone that were not erased.
    """
    folder = open_folder(address)
    require_ledger(folder)
    names = folder.names("records")
    records = []
    for name, content in zip(names, folder.read(names), strict=True):
        records.append((_digest_of(name), _decode(folder, name, content)))
        advance(1)
    records.sort(key=lambda each: (each[1].recorded, each[0]))
    erasures = _erasures(record for _, record in records)
    facts = _facts(folder, [record for _, record in records], erasures)
    entries = [LedgerEntry(*each, of) for each, of in zip(records, facts, strict=True)]
    return Ledger(address, _digest(digest for digest, _ in records), tuple(entries), erasures)


def _erasures(records: Iterable[LedgerRecord]) -> dict[str, Erasure]:
    erasures = dict[str, Erasure]()
    for record in records:
        for name in record.erased:
            reason = record.reason or ErasureReason.ERROR
            erasures.setdefault(name, Erasure(record.recorded.date(), reason))
    return erasures


def _digest(digests: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(digests)).encode()).hexdigest()


def _facts(
    folder: LedgerFolder, records: Sequence[LedgerRecord], erasures: dict[str, Erasure]
) -> Iterator[Facts | None]:
    names = [f"files/{record.files[0].name}" for record in records]
    for record, name, content in zip(records, names, folder.read(names), strict=True):
        if record.files[0].name in erasures:
            yield None
            continue
        if content is None:
            problem = "the facts of a record are gone, and no record says that they were erased"
        elif hashlib.sha256(content).hexdigest() != record.files[0].name.partition(".")[0]:
            problem = "the facts of a record were changed"
        else:
            yield decode_facts(record.kind, content)
            continue
        raise LedgerError(f"{folder.address}/{name}: {problem}", remedy=_VERIFY)


def read_attachment(address: str, ledger: Ledger, file: LedgerFile) -> bytes | None:
    """Return the content of a file of a record; None if it was erased.

    Raises
    ------
    LedgerError
        If it is damaged, or gone without having been erased.
    """
    if file.name in ledger.erasures:
        return None
    content = next(iter(open_folder(address).read([f"files/{file.name}"])))
    if content is None or hashlib.sha256(content).hexdigest() != file.name.partition(".")[0]:
        problem = "the file is gone" if content is None else "the file was changed"
        raise LedgerError(f"{address}/files/{file.name}: {problem}", remedy=_VERIFY)
    return content


def verify_ledger(
    address: str, advance: Callable[[int], object] = lambda _: None
) -> LedgerVerification:
    """Verify every byte of a ledger; what is wrong is returned, not raised.

    Parameters
    ----------
    address : str
        The ledger.
    advance : callable
        Called with the number of records and files that were read since the last call.

    Raises
    ------
    LedgerError
        If there is no ledger, or it cannot be read.
    """
    folder = open_folder(address)
    require_ledger(folder)
    names = folder.names("records")
    faults, records = [], dict[str, LedgerRecord]()
    if next(iter(folder.read([MARKER_FILE]))) != _MARKER:
        faults.append(LedgerFault(MARKER_FILE, "the file was changed"))
    for name, content in zip(names, folder.read(names), strict=True):
        advance(1)
        record = _parse(name, content)
        if isinstance(record, str):
            faults.append(LedgerFault(name, record))
        else:
            records[_digest_of(name)] = record
    faults += _missing_records(records, {fault.file for fault in faults})
    erasures = _erasures(records.values())
    stored = set(folder.names("files"))
    file_faults, count = _verify_files(folder, records, erasures, stored, advance)
    named = {digest for record in records.values() for digest in record.previous}
    newest = [
        (record.writer, record.number, digest)
        for digest, record in records.items()
        if digest not in named
    ]
    return LedgerVerification(
        records=len(records),
        files=count,
        writers=len({record.writer for record in records.values()}),
        digest=_digest(records),
        newest=tuple(sorted(newest)),
        erased=tuple(sorted(erasures.items())),
        faults=(*faults, *file_faults),
        unnamed=_unnamed(stored, records.values()),
    )


def _unnamed(stored: set[str], records: Iterable[LedgerRecord]) -> tuple[str, ...]:
    named = {f"files/{file.name}" for record in records for file in record.files}
    return tuple(sorted(name for name in stored - named if _FILE_NAME.fullmatch(name)))


def _missing_records(records: dict[str, LedgerRecord], damaged: set[str]) -> list[LedgerFault]:
    present = {*records, *map(_digest_of, damaged)}
    faults = dict[str, LedgerFault]()
    for digest, record in records.items():
        for previous in record.previous:
            if previous not in present:
                name = f"records/{record.writer}/…-{previous}.json"
                message = f"the record is gone; record {digest[:12]} names it"
                faults.setdefault(previous, LedgerFault(name, message))
    return list(faults.values())


def _verify_files(
    folder: LedgerFolder,
    records: dict[str, LedgerRecord],
    erasures: dict[str, Erasure],
    stored: set[str],
    advance: Callable[[int], object],
) -> tuple[list[LedgerFault], int]:
    """Return what is wrong with files of records, and the number of those that are there."""
    faults, wanted = [], dict[str, str]()
    for digest, record in records.items():
        for file in record.files:
            wanted.setdefault(f"files/{file.name}", digest)
    for name, digest in sorted(wanted.items()):
        advance(1)
        erasure = erasures.get(name.removeprefix("files/"))
        if erasure is not None:
            if name in stored:
                message = (
                    f"erased on {erasure.day}, but the file is there: "
                    "run `provenance ledger erase` again"
                )
                faults.append(LedgerFault(name, message))
            continue
        found = folder.sha256(name)
        if found is None:
            message = f"the file of record {digest[:12]} is gone; no record says it was erased"
            faults.append(LedgerFault(name, message))
        elif found not in name:
            message = f"the file of record {digest[:12]} was changed"
            faults.append(LedgerFault(name, message))
    faults += [
        LedgerFault(name, "this is not the name of a file of a ledger")
        for name in sorted(stored - wanted.keys())
        if _FILE_NAME.fullmatch(name) is None
    ]
    return faults, len(stored & wanted.keys())
