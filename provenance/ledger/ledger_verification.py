"""Verify every byte of a ledger, and that its records follow each other."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from provenance.errors import LedgerError
from provenance.ledger.contradictions import find_contradictions
from provenance.ledger.ledger_folder import LedgerFolder, open_folder
from provenance.ledger.ledger_states import (
    covered_records,
    find_states,
    newest_records,
    state_digest,
)
from provenance.ledger.ledger_store import (
    MARKER,
    MARKER_FILE,
    digest_of,
    find_erasures,
    parse_facts,
    parse_record,
    require_ledger,
)
from provenance.ledger.record_json import FILE_NAME
from provenance.model.records.ledger import (
    EarlierState,
    Erasure,
    Ledger,
    LedgerEntry,
    LedgerFault,
    LedgerRecord,
    LedgerVerification,
    SignatureFacts,
    TimestampFacts,
    Witness,
)

_CLOCK_TOLERANCE = timedelta(minutes=1)
"""How far clocks of several machines may be apart."""

_LATE = timedelta(hours=1)
"""Age from which a record that others do not know came late, and was not written at once."""

_DIGITS = re.compile(r"[0-9a-f]{8,64}")


@dataclass(slots=True)
class _Reading:
    """What was read of a ledger, and what is wrong with it.

    Parameters
    ----------
    records : dict of str to LedgerRecord
        The records that can be read, by digest.
    places : dict of str to str
        Path of each record that is there, by digest, also of those that cannot be read.
    faults : list of LedgerFault
        What is wrong.
    """

    records: dict[str, LedgerRecord] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    faults: list[LedgerFault] = field(default_factory=list)


def verify_ledger(
    address: str,
    advance: Callable[[int], object] = lambda _: None,
    *,
    since: str | None = None,
) -> LedgerVerification:
    """Verify every byte of a ledger; what is wrong is returned, not raised.

    Parameters
    ----------
    address : str
        The ledger.
    advance : callable
        Called with the number of records and files that were read since the last call.
    since : str or None
        Digest of an earlier state, or of a record: all that it covers must be there, unchanged.

    Raises
    ------
    LedgerError
        If there is no ledger, it cannot be read, or `since` fits several states.
    """
    folder = open_folder(address)
    reading = _Reading()
    _read_records(folder, reading, advance)
    _check_chain(reading)
    records = reading.records
    erasures = find_erasures(records.values())
    stored = set(folder.names("files"))
    entries = _read_facts(folder, reading, erasures, advance)
    _check_files(folder, reading, erasures, advance)
    _check_stored(reading, erasures, stored)
    newest = newest_records(records)
    wanted = {f"files/{file.name}" for record in records.values() for file in record.files}
    digest = state_digest(newest)
    witnesses = tuple(_witnesses(reading, entries))
    return LedgerVerification(
        records=len(records),
        files=len(stored & wanted),
        writers=len({record.writer for record in records.values()}),
        digest=digest,
        newest=tuple(sorted((records[one].writer, records[one].number, one) for one in newest)),
        erased=tuple(sorted(erasures.items())),
        faults=tuple(reading.faults),
        unnamed=tuple(sorted(name for name in stored - wanted if _is_file_name(name))),
        late=tuple(_late_records(reading)),
        contradictions=find_contradictions(Ledger(address, digest, entries, erasures)),
        since=None if since is None else _earlier_state(reading, since),
        witnesses=witnesses,
    )


def _is_file_name(name: str) -> bool:
    return FILE_NAME.fullmatch(name.removeprefix("files/")) is not None


def _read_records(
    folder: LedgerFolder, reading: _Reading, advance: Callable[[int], object]
) -> None:
    [marker] = folder.read([MARKER_FILE])
    if marker is None:
        require_ledger(folder)
    if marker != MARKER:
        reading.faults.append(LedgerFault(MARKER_FILE, "the file was changed"))
    names = folder.names("records")
    for name, content in zip(names, folder.read(names), strict=True):
        advance(1)
        record = parse_record(name, content)
        reading.places.setdefault(digest_of(name), name)
        if isinstance(record, str):
            reading.faults.append(LedgerFault(name, record))
        else:
            reading.records[digest_of(name)] = record


def _check_chain(reading: _Reading) -> None:
    """Find records that are gone, and those that do not follow what they name."""
    gone, now = dict[str, str](), datetime.now(UTC)
    for digest, record in reading.records.items():
        for other in (*record.previous, *filter(None, [record.corrects])):
            if other not in reading.places:
                gone.setdefault(other, digest)
        place = reading.places[digest]
        reading.faults += [
            LedgerFault(place, message)
            for message in (
                *_order_problems(record, reading.records),
                *_time_problems(record, reading.records, now),
            )
        ]
    reading.faults += [
        LedgerFault(f"records/…-{other}.json", f"the record is gone; record {by[:12]} names it")
        for other, by in gone.items()
    ]


def _order_problems(record: LedgerRecord, records: dict[str, LedgerRecord]) -> Iterator[str]:
    """Yield what is wrong with the number of a record, and with what it corrects."""
    numbers = [records[each].number for each in record.previous if each in records]
    if len(numbers) == len(record.previous):
        least = max(numbers, default=0) + max(len(numbers) - 1, 0)
        if not least <= record.number - 1 <= sum(numbers):
            follows = " and ".join(map(str, numbers)) or "no record"
            yield f"its number {record.number} does not follow {follows}"
    corrected = records.get(record.corrects or "")
    if corrected is not None and corrected.kind is not record.kind:
        yield f"it is of kind {record.kind}, and corrects a record of kind {corrected.kind}"


def _time_problems(
    record: LedgerRecord, records: dict[str, LedgerRecord], now: datetime
) -> Iterator[str]:
    """Yield what is wrong with the time of a record."""
    if record.recorded > now + _CLOCK_TOLERANCE:
        yield f"it is of {_time(record.recorded)}, which is still to come"
    for digest in record.previous:
        earlier = records.get(digest)
        if earlier is not None and earlier.recorded > record.recorded + _CLOCK_TOLERANCE:
            yield (
                f"it is of {_time(record.recorded)}, but follows the record {digest[:12]} of "
                f"{_time(earlier.recorded)}: a clock was wrong, or the time is not true"
            )


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _late_records(reading: _Reading) -> Iterator[LedgerFault]:
    """Yield records that others, written long after them, did not know."""
    records = reading.records
    times = sorted(record.recorded for record in records.values())
    known = dict[str, datetime]()
    for record in records.values():
        for digest in record.previous:
            known[digest] = min(record.recorded, known.get(digest, record.recorded))
    for digest, record in records.items():
        first = bisect_right(times, record.recorded + _LATE)
        if first == len(times) or (digest in known and times[first] >= known[digest]):
            continue
        when = f"until {_time(known[digest])}" if digest in known else "to this day"
        message = (
            f"it is of {_time(record.recorded)}, but records from {_time(times[first])} on do not "
            f"know it, {when}: it came from a copy of the ledger, or was added later"
        )
        yield LedgerFault(reading.places[digest], message)


def _read_facts(
    folder: LedgerFolder,
    reading: _Reading,
    erasures: dict[str, Erasure],
    advance: Callable[[int], object],
) -> tuple[LedgerEntry, ...]:
    """Return the records whose facts can be read or were erased, in the order of time."""
    records = sorted(reading.records.items(), key=lambda each: (each[1].recorded, each[0]))
    names = [f"files/{record.files[0].name}" for _, record in records]
    entries = list[LedgerEntry]()
    for (digest, record), name, content in zip(records, names, folder.read(names), strict=True):
        advance(1)
        if record.files[0].name in erasures:
            entries.append(LedgerEntry(digest, record, None))
            continue
        facts = parse_facts(record, content)
        if isinstance(facts, str):
            reading.faults.append(LedgerFault(name, f"{facts} (record {digest[:12]})"))
        else:
            entries.append(LedgerEntry(digest, record, *facts))
    return tuple(entries)


def _check_files(
    folder: LedgerFolder,
    reading: _Reading,
    erasures: dict[str, Erasure],
    advance: Callable[[int], object],
) -> None:
    """Find files beside the facts that were changed or removed."""
    wanted = dict[str, str]()
    for digest, record in reading.records.items():
        for file in record.files[1:]:
            if file.name not in erasures:
                wanted.setdefault(f"files/{file.name}", digest)
    for name, digest in sorted(wanted.items()):
        advance(1)
        found = folder.sha256(name)
        if found is None:
            message = f"the file of record {digest[:12]} is gone; no record says it was erased"
            reading.faults.append(LedgerFault(name, message))
        elif found not in name:
            message = f"the file of record {digest[:12]} was changed"
            reading.faults.append(LedgerFault(name, message))


def _check_stored(reading: _Reading, erasures: dict[str, Erasure], stored: set[str]) -> None:
    """Find files that are there and should not be, and those of which all records are gone."""
    if stored and not reading.places:
        message = (
            f"there is no record, but {len(stored)} {'file' if len(stored) == 1 else 'files'}: all "
            "records were removed, or the first command that recorded something was interrupted"
        )
        reading.faults.append(LedgerFault("records", message))
    for name, erasure in sorted(erasures.items()):
        if f"files/{name}" in stored:
            message = (
                f"erased on {erasure.day}, but the file is there: the erasure was interrupted, or "
                "the file came back from a copy. `provenance ledger erase` finishes it"
            )
            reading.faults.append(LedgerFault(f"files/{name}", message))
    reading.faults += [
        LedgerFault(name, "this is not the name of a file of a ledger")
        for name in sorted(stored)
        if not _is_file_name(name)
    ]


def _earlier_state(reading: _Reading, digits: str) -> EarlierState:
    """Return what became of the state with a digest."""
    if _DIGITS.fullmatch(digits) is None:
        raise LedgerError(
            f"{digits!r} is not the digest of a state of a ledger, nor its first digits",
            remedy="give at least 8 of the 64 digits that `provenance ledger verify` printed",
        )
    found = find_states(reading.records, digits)
    if len(found) > 1:
        raise LedgerError(
            f"several states of the ledger have a digest that begins with {digits!r}",
            remedy="give all 64 digits",
        )
    if not found:
        message = (
            "no state of this ledger has this digest: records that it covers were removed or "
            "changed, or it is the digest of another ledger"
        )
        return EarlierState(digits, 0, 0, 0, (LedgerFault(f"state {digits}", message),))
    [(digest, newest)] = found.items()
    return _state_of(reading, digest, newest)


def _witnesses(reading: _Reading, entries: Iterable[LedgerEntry]) -> Iterator[Witness]:
    """Yield signatures and time stamps, and find those of a state that never was."""
    for entry in entries:
        facts = entry.facts
        if not isinstance(facts, SignatureFacts | TimestampFacts):
            continue
        if state_digest(facts.newest) != facts.state:
            message = "the state that it names is not that of the records that it names"
            reading.faults.append(LedgerFault(reading.places[entry.digest], message))
            continue
        state = _state_of(reading, facts.state, facts.newest)
        yield Witness(entry.digest, entry.record.kind, state)


def _state_of(reading: _Reading, digest: str, newest: Iterable[str]) -> EarlierState:
    """Return what became of the state with these newest records."""
    covered = covered_records(reading.records, newest)
    later = reading.records.keys() - covered
    erased = {f"files/{name}" for each in later for name in reading.records[each].erased}
    files = {
        f"files/{file.name}"
        for each in covered & reading.records.keys()
        for file in reading.records[each].files
    }
    faults = list(_faults_of(reading.faults, covered, files))
    named = {fault.file for fault in faults}
    gone = {f"records/…-{each}.json" for each in covered - reading.places.keys()}
    faults += [LedgerFault(name, "the record is gone") for name in sorted(gone - named)]
    return EarlierState(digest, len(covered), len(later), len(erased & files), tuple(faults))


def _faults_of(
    faults: Iterable[LedgerFault], covered: set[str], files: set[str]
) -> Iterator[LedgerFault]:
    for fault in faults:
        is_record = fault.file.startswith("records/") and digest_of(fault.file) in covered
        if is_record or fault.file in files:
            yield fault
