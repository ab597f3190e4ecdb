"""JSON of the records of a ledger and of their facts."""

import json
from dataclasses import asdict
from importlib.resources import files
from secrets import token_hex
from typing import Any

from provenance.model.json_encoding import from_json_value, to_json_value
from provenance.model.records.ledger import FACTS, LEDGER_SCHEMA, Facts, LedgerRecord, RecordKind

_NONCE_BYTES = 16


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
    return from_json_value(LedgerRecord, _document(content))


def encode_facts(facts: Facts) -> bytes:
    """Return the bytes of facts.

    They have a random number, so that after they are erased, nobody can find out what they were by
    comparing the digest of a guess.
    """
    document = {"schema": LEDGER_SCHEMA, "nonce": token_hex(_NONCE_BYTES)}
    return _encode(document | _without_defaults(facts))


def decode_facts(kind: RecordKind, content: bytes) -> Facts:
    """Parse the facts of a kind of record; raises as `decode_record`."""
    return from_json_value(FACTS[kind], _document(content))


def facts_document(facts: Facts) -> dict[str, Any]:
    """Return facts as JSON values, without what is not known."""
    return _without_defaults(facts)


def ledger_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of records and their facts."""
    text = files("provenance.ledger").joinpath("ledger.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def _without_defaults(value: LedgerRecord | Facts) -> dict[str, Any]:
    return {
        name: to_json_value(getattr(value, name))
        for name, content in asdict(value).items()
        if content is not None and content != ()
    }


def _encode(document: dict[str, Any]) -> bytes:
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return f"{text}\n".encode()


def _document(content: bytes) -> dict[str, Any]:
    try:
        document = json.loads(content)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if not isinstance(document, dict) or document.get("schema") != LEDGER_SCHEMA:
        raise ValueError(f"its schema is not {LEDGER_SCHEMA}")
    return document
