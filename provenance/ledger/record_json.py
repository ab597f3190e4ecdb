"""JSON of the records of a ledger and of their facts."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, fields, is_dataclass
from datetime import date
from itertools import chain
from secrets import token_hex
from typing import Any

from provenance.model.json_encoding import from_json_value, to_json_value
from provenance.model.records.ledger import (
    CORRECTABLE,
    FACTS,
    LEDGER_SCHEMA,
    Facts,
    FileRole,
    LedgerRecord,
    RecordKind,
)

_NONCE_BYTES = 16
_RECORDED_BY = "recorded_by"
_HALF = re.compile("[\ud800-\udfff]")
_DIGEST = re.compile(r"[0-9a-f]{64}")
FILE_NAME = re.compile(r"[0-9a-f]{64}\.(?:json|parquet|bin)")
"""Names of files of records: nothing else is ever read, written or erased."""

_ROLES = {
    RecordKind.CHECK: {FileRole.RESULT, FileRole.FINDINGS},
    RecordKind.CLEANING: {FileRole.RECEIPT, FileRole.REMOVALS},
    RecordKind.WITHDRAWAL: {FileRole.ITEMS},
    RecordKind.SIGNATURE: {FileRole.SIGNATURE},
    RecordKind.TIMESTAMP: {FileRole.TIMESTAMP},
}
"""Files that records of a kind have beside their facts."""


def encode_record(record: LedgerRecord) -> bytes:
    """Return the bytes of a record, by whose digest it is named."""
    document = {"schema": LEDGER_SCHEMA, **_without_defaults(record)}
    return _encode(document)


def decode_record(content: bytes) -> LedgerRecord:
    """Parse a record.

    Raises
    ------
    ValueError, TypeError or KeyError
        If it is not a record of this version.
    """
    record = from_json_value(LedgerRecord, _document(content))
    if (problem := next(chain(_chain_problems(record), _file_problems(record)), None)) is not None:
        raise ValueError(problem)
    return record


def _chain_problems(record: LedgerRecord) -> Iterator[str]:
    """Yield what a record says of time and other records, and no record can say."""
    if record.recorded.tzinfo is None:
        yield "its time has no time zone"
    if record.number < 1:
        yield f"its number is {record.number}"
    for digest in (*record.previous, *filter(None, [record.corrects])):
        if _DIGEST.fullmatch(digest) is None:
            yield f"{digest!r} is not a digest"
    if record.corrects is not None and record.kind not in CORRECTABLE:
        yield f"a record of kind {record.kind} cannot correct another"


def _file_problems(record: LedgerRecord) -> Iterator[str]:
    """Yield what a record says of files, and no record can say."""
    for name in (*(file.name for file in record.files), *record.erased):
        if FILE_NAME.fullmatch(name) is None:
            yield f"{name!r} is not the name of a file of a ledger"
    roles = [file.role for file in record.files]
    others = _ROLES.get(record.kind, set())
    if roles[:1] != [FileRole.FACTS] or sorted(roles[1:]) != sorted(others):
        wanted = ", ".join(sorted({FileRole.FACTS, *others}))
        yield f"a record of kind {record.kind} has the files {wanted}"
    if any(file.bytes < 0 or (file.rows or 0) < 0 for file in record.files):
        yield "the size of a file is negative"
    is_erasure = record.kind is RecordKind.ERASURE
    if bool(record.erased) != is_erasure or (record.reason is not None) != is_erasure:
        yield "a record of an erasure, and no other, has files that were erased and a reason"


def encode_facts(facts: Facts, recorded_by: str | None = None) -> bytes:
    """Return the bytes of facts.

    They have a random number, so that after they are erased, nobody can find out what they were by
    comparing the digest of a guess.
    """
    document = {"schema": LEDGER_SCHEMA, "nonce": token_hex(_NONCE_BYTES)}
    if recorded_by is not None:
        document[_RECORDED_BY] = recorded_by
    return _encode(document | _without_defaults(facts))


def decode_facts(kind: RecordKind, content: bytes) -> tuple[Facts, str | None]:
    """Parse the facts of a kind of record, and who recorded them; raises as `decode_record`."""
    document = _document(content)
    facts = from_json_value(FACTS[kind], document)
    recorded_by = document.get(_RECORDED_BY)
    if not isinstance(recorded_by, str | None):
        raise TypeError(f"{recorded_by!r} is not the name of an account")
    for value in (*_values(facts), recorded_by):
        _check_value(value)
    return facts, recorded_by


def _values(value: object) -> Iterator[object]:
    """Yield the values of facts, without those of tuples and dataclasses themselves."""
    if is_dataclass(value):
        for part in fields(value):
            yield from _values(getattr(value, part.name))
    elif isinstance(value, tuple):
        for each in value:
            yield from _values(each)
    else:
        yield value


def _check_value(value: object) -> None:
    """Raise ValueError for what no option takes, and what could not be shown."""
    if isinstance(value, date) and not date.min.year < value.year < date.max.year:
        raise ValueError(f"{value} is not a date between the years 2 and 9998")
    if isinstance(value, int) and value < 0:
        raise ValueError(f"{value} is negative")
    if isinstance(value, str):
        value.encode()  # half a character cannot be written


def facts_document(facts: Facts) -> dict[str, Any]:
    """Return facts as JSON values, without what is not known."""
    return _without_defaults(facts)


def _without_defaults(value: LedgerRecord | Facts) -> dict[str, Any]:
    return {
        name: to_json_value(getattr(value, name))
        for name, content in asdict(value).items()
        if content not in (None, ()) and content is not False
    }


def _encode(document: dict[str, Any]) -> bytes:
    # Half a character, as in names that are not UTF-8, could not be read back.
    whole = json.loads(_HALF.sub("\ufffd", json.dumps(document, ensure_ascii=False)))
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return f"{text}\n".encode()


def _document(content: bytes) -> dict[str, Any]:
    try:
        document = json.loads(content)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if not isinstance(document, dict) or document.get("schema") != LEDGER_SCHEMA:
        raise ValueError(f"its schema is not {LEDGER_SCHEMA}")
    return document
