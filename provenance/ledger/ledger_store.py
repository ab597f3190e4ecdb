"""Append records to a ledger, read them, and erase files of them.

A ledger is a folder:

- `ledger.json` says that it is one;
- `records/WRITER/NUMBER-SHA256.json` are the records. Each names the newest ones of all writers, so
  that none can be changed or removed without a trace; only of the very newest, removal leaves none;
- `files/SHA256.json`, `.parquet` and `.bin` are their facts, tables and time stamps, which can be
  erased;
- `.gitattributes` keeps git from changing line breaks.

No file is ever changed, and no two files with different content have the same name, so that any
number of processes may write at once. Where two do, their records have the same predecessor, and
the next record names both.
"""

import hashlib
import os
import pwd
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from secrets import token_hex

import pyarrow as pa
import pyarrow.parquet as pq

from provenance import __version__
from provenance.errors import LedgerError
from provenance.ledger.installation_id import installation_id
from provenance.ledger.ledger_folder import LedgerFolder, open_folder
from provenance.ledger.ledger_states import newest_records, state_digest
from provenance.ledger.record_json import (
    FILE_NAME,
    decode_facts,
    decode_record,
    encode_facts,
    encode_record,
)
from provenance.model.records.ledger import (
    CORRECTABLE,
    FACTS,
    LEDGER_SCHEMA,
    Erasure,
    ErasureFacts,
    ErasureReason,
    Facts,
    FileRole,
    Ledger,
    LedgerEntry,
    LedgerFile,
    LedgerRecord,
    RecordKind,
)

MARKER_FILE = "ledger.json"
MARKER = f'{{"schema":"{LEDGER_SCHEMA}"}}\n'.encode()
_ATTRIBUTES_FILE, _ATTRIBUTES = ".gitattributes", b"* -text\n"
_RECORD_NAME = re.compile(r"records/[0-9a-f]{16}/[0-9]{8,18}-[0-9a-f]{64}\.json")
_NEWEST = 16
"""Records that are read at a time to find the newest, from the last number down."""

_VERIFY = "compare it with a copy: `provenance ledger verify` lists all that is wrong"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to be written with a record.

    Parameters
    ----------
    role : FileRole
        What it contains.
    content : bytes or pyarrow.Table
        JSON, a table, or a time stamp.
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


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A record to be written.

    Parameters
    ----------
    facts : Facts
        The facts; their type decides the kind of the record.
    attachments : sequence of Attachment
        Further files.
    corrects : str or None
        SHA-256 of the record that it takes the place of, or its first digits.
    """

    facts: Facts
    attachments: Sequence[Attachment] = ()
    corrects: str | None = None

    @property
    def kind(self) -> RecordKind:
        """Return the kind of the record."""
        return next(kind for kind, of in FACTS.items() if type(self.facts) is of)


def append_record(
    address: str,
    facts: Facts,
    attachments: Sequence[Attachment] = (),
    *,
    corrects: str | None = None,
) -> LedgerEntry:
    """Append a record to a ledger, which is created if there is none.

    Parameters
    ----------
    address : str
        Path of a folder, or an address that fsspec knows.
    facts, attachments, corrects
        As in `NewRecord`.

    Raises
    ------
    LedgerError
        If it cannot be written, the folder is not a ledger, or the record to be corrected is not
        there, of another kind, or corrected already.
    """
    return append_records(address, [NewRecord(facts, attachments, corrects)])[0]


def append_records(address: str, records: Sequence[NewRecord]) -> list[LedgerEntry]:
    """Append records to a ledger, one after the other; raises as `append_record`, before any."""
    folder = open_folder(address)
    _prepare(folder)
    if any(each.corrects is not None for each in records):
        ledger = read_ledger(address)
        records = [_with_correction(ledger, each) for each in records]
    place = _next_place(folder)
    entries = list[LedgerEntry]()
    for each in records:
        entries.append(_append(folder, each, place))
        place = _Place(place.number + 1, (entries[-1].digest,))
    return entries


def _with_correction(ledger: Ledger, new: NewRecord) -> NewRecord:
    if new.corrects is None:
        return new
    return replace(new, corrects=correctable_entry(ledger, new.kind, new.corrects).digest)


def correctable_entry(ledger: Ledger, kind: RecordKind, digits: str) -> LedgerEntry:
    """Return the record that a new one of a kind can correct.

    Raises
    ------
    LedgerError
        If no record, or several, begin with these digits, or it is of another kind, or corrected.
    """
    entry = find_entry(ledger, digits)
    name = f"the record {entry.digest[:12]}"
    if entry.record.kind is not kind or kind not in CORRECTABLE:
        raise LedgerError(
            f"{name} is of kind {entry.record.kind}: a record of kind {kind} cannot correct it",
            remedy="name a record of the same kind; `provenance ledger show --kind` lists them",
        )
    if (last := ledger.corrections().get(entry.digest)) is not None:
        raise LedgerError(
            f"{name} was corrected already: the record {last.digest[:12]} counts instead",
            remedy=f"correct that one: --corrects {last.digest[:12]}",
        )
    return entry


def erase_files(
    address: str, names: Sequence[str], reason: ErasureReason, note: str | None = None
) -> tuple[str, ...]:
    """Erase files of a ledger, and record that they were.

    What an earlier erasure did not finish, because it was interrupted, is finished, too.

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
        If a name fits no file or record, or several, or a file cannot be removed.
    """
    folder = open_folder(address)
    ledger = read_ledger(address)
    # Files without a record, of writers that were interrupted, can be erased, too.
    stored = [name.removeprefix("files/") for name in folder.names("files")]
    known: dict[str, tuple[str, ...]] = {
        name: (name,) for name in stored if FILE_NAME.fullmatch(name)
    }
    for each in ledger.entries:
        known.update({file.name: (file.name,) for file in each.record.files})
        known[each.digest] = tuple(file.name for file in each.record.files)
    chosen = dict.fromkeys(file for name in names for file in known[_unique(name, known)])
    gone = [f"files/{name}" for name in (chosen | ledger.erasures) if name in {*stored}]
    for path in gone:
        folder.check_removable(path)
    # The record comes first: a file that is gone without one would be damage.
    new = tuple(name for name in chosen if name not in ledger.erasures)
    if new:
        record = NewRecord(ErasureFacts(note))
        _append(folder, record, _next_place(folder), new, reason)
    folder.remove(gone)
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


@dataclass(frozen=True, slots=True)
class _Place:
    """Place of a new record: its number, and the records that it names."""

    number: int
    previous: tuple[str, ...]


def _append(
    folder: LedgerFolder,
    new: NewRecord,
    place: _Place,
    erased: tuple[str, ...] = (),
    reason: ErasureReason | None = None,
) -> LedgerEntry:
    account = _account()
    written = [_write_file(folder, FileRole.FACTS, encode_facts(new.facts, account))]
    written += [_write_file(folder, each.role, each.content) for each in new.attachments]
    record = LedgerRecord(
        kind=new.kind,
        recorded=datetime.now(UTC),
        tool=__version__,
        writer=installation_id(),
        number=place.number,
        previous=place.previous,
        corrects=new.corrects,
        files=tuple(written),
        erased=erased,
        reason=reason,
    )
    content = encode_record(record)
    digest = hashlib.sha256(content).hexdigest()
    folder.write(record_name(record, digest), content)
    return LedgerEntry(digest, record, new.facts, account)


def _account() -> str:
    """Return the name of the account that this process runs as, or its number."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def _prepare(folder: LedgerFolder) -> None:
    """Make a ledger if there is none."""
    marker, attributes = folder.read([MARKER_FILE, _ATTRIBUTES_FILE])
    if marker is not None:
        _check_marker(folder, marker)
        return
    if folder.names():
        # Another process may have made it in between.
        [marker] = folder.read([MARKER_FILE])
        if marker is not None:
            _check_marker(folder, marker)
            return
        raise LedgerError(
            f"{folder.address} has files, but is not a ledger",
            remedy="name a ledger, or a folder that is absent or empty",
        )
    if attributes is None:
        folder.write(_ATTRIBUTES_FILE, _ATTRIBUTES)
    folder.write(MARKER_FILE, MARKER)


def _check_marker(folder: LedgerFolder, marker: bytes) -> None:
    if marker != MARKER:
        raise LedgerError(
            f"{folder.address}/{MARKER_FILE}: this does not say that the folder is a ledger of "
            f"this version: {LEDGER_SCHEMA}",
            remedy="compare it with a copy of the ledger, or name another ledger",
        )


def _write_file(folder: LedgerFolder, role: FileRole, content: bytes | pa.Table) -> LedgerFile:
    rows = None
    if isinstance(content, pa.Table):
        rows, content, kind = len(content), _parquet(content), "parquet"
    else:
        kind = "bin" if role is FileRole.TIMESTAMP else "json"
    name = f"{hashlib.sha256(content).hexdigest()}.{kind}"
    folder.write(f"files/{name}", content)
    return LedgerFile(role, name, len(content), rows)


def _parquet(table: pa.Table) -> bytes:
    # A random number, as in `encode_facts`.
    table = table.replace_schema_metadata({"nonce": token_hex(16)})
    stream = BytesIO()
    pq.write_table(table, stream, compression="zstd")
    return stream.getvalue()


def _next_place(folder: LedgerFolder) -> _Place:
    """Return the place of the next record, and finish an erasure that was interrupted."""
    names = [name for name in folder.names("records") if _RECORD_NAME.fullmatch(name)]
    names.sort(key=_number_of, reverse=True)
    named, newest, erased = set[str](), list[str](), set[str]()
    for first in range(0, len(names), _NEWEST):
        batch = names[first : first + _NEWEST]
        for count, (name, content) in enumerate(zip(batch, folder.read(batch), strict=True), 1):
            record = parse_record(name, content)
            # What is damaged is for `verify_ledger` to find: it must not keep others from
            # recording.
            if not isinstance(record, str):
                named.update(record.previous)
                erased.update(record.erased)
            # Only records with a larger number can name one, and these were read before it.
            if (digest := digest_of(name)) not in named:
                newest.append(digest)
            if len(names) - first - count < _number_of(name):
                break  # all others come before this one
        else:
            continue
        break
    if erased:
        with suppress(LedgerError):  # `verify_ledger` names what is still there
            folder.remove([f"files/{name}" for name in sorted(erased)])
    last = _number_of(names[0]) if names else 0
    return _Place(1 + max(len(names), last + max(len(newest) - 1, 0)), tuple(sorted(newest)))


def _number_of(name: str) -> int:
    return int(name.rpartition("/")[2].partition("-")[0])


def record_name(record: LedgerRecord, digest: str) -> str:
    """Return the path of a record."""
    return f"records/{record.writer}/{record.number:08}-{digest}.json"


def digest_of(name: str) -> str:
    """Return the digest in the path of a record."""
    return name[-len(".json") - 64 : -len(".json")]


def _decode(folder: LedgerFolder, name: str, content: bytes | None) -> LedgerRecord:
    """Return a record; raises `LedgerError` if it is not as it was written."""
    record = parse_record(name, content)
    if isinstance(record, str):
        raise LedgerError(f"{folder.address}/{name}: {record}", remedy=_VERIFY)
    return record


def parse_record(name: str, content: bytes | None) -> LedgerRecord | str:
    """Return the record at a path, or what is wrong with it."""
    if _RECORD_NAME.fullmatch(name) is None:
        return "this is not the name of a record"
    if content is None:
        return "the record is gone"
    digest = digest_of(name)
    if hashlib.sha256(content).hexdigest() != digest:
        return "the record was changed: its digest is not that of its name"
    try:
        record = decode_record(content)
    except (ValueError, TypeError, KeyError) as error:
        return f"the record cannot be read: {describe(error)}"
    if record_name(record, digest) != name:
        return "the record is not in its place"
    return record


def require_ledger(folder: LedgerFolder) -> None:
    """Raise `LedgerError` if a folder is not a ledger."""
    [marker] = folder.read([MARKER_FILE])
    if marker is None:
        raise LedgerError(
            f"there is no ledger at {folder.address}",
            remedy="check the address; `provenance ledger add` makes a ledger",
        )
    _check_marker(folder, marker)


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
        records.append((digest_of(name), _decode(folder, name, content)))
        advance(1)
    records.sort(key=lambda each: (each[1].recorded, each[0]))
    erasures = find_erasures(record for _, record in records)
    facts = _facts(folder, [record for _, record in records], erasures)
    entries = tuple(LedgerEntry(*each, *of) for each, of in zip(records, facts, strict=True))
    return Ledger(address, state_digest(newest_records(dict(records))), entries, erasures)


def find_erasures(records: Iterable[LedgerRecord]) -> dict[str, Erasure]:
    """Return which files records say were erased, by name."""
    erasures = dict[str, Erasure]()
    for record in records:
        for name in record.erased:
            reason = record.reason or ErasureReason.ERROR
            erasures.setdefault(name, Erasure(record.recorded.date(), reason))
    return erasures


def _facts(
    folder: LedgerFolder, records: Sequence[LedgerRecord], erasures: dict[str, Erasure]
) -> Iterator[tuple[Facts | None, str | None]]:
    names = [f"files/{record.files[0].name}" for record in records]
    for record, name, content in zip(records, names, folder.read(names), strict=True):
        if record.files[0].name in erasures:
            yield None, None
            continue
        facts = parse_facts(record, content)
        if isinstance(facts, str):
            raise LedgerError(f"{folder.address}/{name}: {facts}", remedy=_VERIFY)
        yield facts


def parse_facts(record: LedgerRecord, content: bytes | None) -> tuple[Facts, str | None] | str:
    """Return the facts of a record and who recorded them, or what is wrong with them."""
    if content is None:
        return "the facts of a record are gone, and no record says that they were erased"
    if hashlib.sha256(content).hexdigest() != record.files[0].name.partition(".")[0]:
        return "the facts of a record were changed"
    if len(content) != record.files[0].bytes:
        return "the facts of a record do not have the size that it states"
    try:
        return decode_facts(record.kind, content)
    except (ValueError, TypeError, KeyError) as error:
        return f"the facts of a record cannot be read: {describe(error)}"


def describe(error: Exception) -> str:
    """Return what is wrong with a JSON document, in a line."""
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


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
