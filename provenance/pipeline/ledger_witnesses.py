"""Signatures and time stamps of a ledger: what shows others in which state it was, and when."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from provenance.atomic_output import read_file
from provenance.errors import LedgerError, SignatureInvalid
from provenance.ledger.ledger_states import all_states
from provenance.ledger.ledger_store import (
    Attachment,
    append_record,
    find_entry,
    read_attachment,
    read_ledger,
)
from provenance.ledger.ledger_verification import verify_ledger
from provenance.ledger.timestamps import is_request, stamped_digest, stated_time
from provenance.model.json_encoding import to_json_value
from provenance.model.records.ledger import (
    FileRole,
    Ledger,
    LedgerEntry,
    LedgerVerification,
    RecordKind,
    SignatureFacts,
    TimestampFacts,
    Witness,
)
from provenance.read.corpus.file_access import translate_read_errors
from provenance.signing.envelopes import Trust, sign_statement, verify_statement
from provenance.signing.keys import PrivateKey
from provenance.signing.statements import Namespace, Statement, Subject

LEDGER_STATE: Final = "urn:provenance:ledger-state:v1"
"""Type of the predicate of a signed statement on a ledger."""

_MAX_BYTES: Final = 1 << 20


def sign_ledger(address: str, key: PrivateKey) -> LedgerEntry:
    """Sign the state of a ledger, and append the signature to it.

    Raises
    ------
    LedgerError
        If the ledger is damaged, has no record, or cannot be written.
    """
    found = verify_ledger(address)
    if found.faults or not found.records:
        problem = "is not intact" if found.faults else "has no records"
        raise LedgerError(
            f"the ledger {address} {problem}: its state is not signed",
            remedy="`provenance ledger verify` lists what is wrong",
        )
    predicate = {"records": found.records, "signed": to_json_value(datetime.now(UTC))}
    statement = Statement((Subject("ledger", found.digest),), LEDGER_STATE, predicate)
    content = sign_statement(statement, key)
    newest = tuple(digest for _, _, digest in found.newest)
    facts = SignatureFacts(found.digest, newest, key.public.fingerprint)
    return append_record(address, facts, [Attachment(FileRole.SIGNATURE, content)])


def add_timestamp(address: str, file: Path) -> LedgerEntry:
    """Append a time stamp of a state of a ledger to it.

    Parameters
    ----------
    address : str
        The ledger.
    file : Path
        Response or token of RFC 3161, or another file that has the digest of a state.

    Raises
    ------
    LedgerError
        If it is of no state of this ledger, or states no time.
    """
    with translate_read_errors(str(file)):
        content = read_file(file, _MAX_BYTES)
    ledger = read_ledger(address)
    states = dict(all_states({entry.digest: entry.record for entry in ledger.entries}))
    digest = stamped_digest(content, states)
    if digest is None:
        raise LedgerError(
            f"{file} is not a time stamp of a state of the ledger {address}",
            remedy="let the digest that `provenance ledger verify` prints be stamped, as SHA-256",
        )
    if is_request(content):
        raise LedgerError(
            f"{file} is a request for a time stamp, and states no time",
            remedy="name the answer of the authority",
        )
    facts = TimestampFacts(digest, states[digest], stated_time(content))
    return append_record(address, facts, [Attachment(FileRole.TIMESTAMP, content)])


def check_witnesses(
    address: str, found: LedgerVerification, trust: Trust | None
) -> LedgerVerification:
    """Return a verification that says who signed which states, and when they were stamped.

    Parameters
    ----------
    address : str
        The ledger.
    found : LedgerVerification
        Its verification.
    trust : Trust or None
        Whose signatures count; None verifies none.
    """
    if not found.witnesses:
        return found
    if found.faults:
        unverified = "not verified, as the ledger is not intact"
        return replace(
            found, witnesses=tuple(replace(each, statement=unverified) for each in found.witnesses)
        )
    ledger = read_ledger(address)
    checked = tuple(_check_witness(ledger, each, trust) for each in found.witnesses)
    return replace(found, witnesses=checked)


def _check_witness(ledger: Ledger, witness: Witness, trust: Trust | None) -> Witness:
    entry = find_entry(ledger, witness.record)
    if isinstance(entry.facts, TimestampFacts):
        return replace(witness, statement=_time_statement(entry.facts))
    key = entry.facts.key if isinstance(entry.facts, SignatureFacts) else "not known"
    if trust is None:
        unverified = f"signed with the key {key}; not verified: give --key or --allowed-signers"
        return replace(witness, statement=unverified)
    try:
        return replace(witness, statement=_signers(ledger, entry, trust), is_verified=True)
    except SignatureInvalid as error:
        return replace(witness, statement=f"the signature does not count: {error.message}")


def _time_statement(facts: TimestampFacts) -> str:
    if facts.stated is None:
        return "a file that has its digest; in which form, and of which time, is not known"
    return (
        f"a time stamp that states {facts.stated:%Y-%m-%d %H:%M:%S} UTC; whether its authority "
        "signed it is not verified here: see `openssl ts -verify`"
    )


def _signers(ledger: Ledger, entry: LedgerEntry, trust: Trust) -> str:
    """Return who signed the state that a record names; raises `SignatureInvalid`."""
    where = f"the signature of record {entry.digest[:12]}"
    content = read_attachment(ledger.address, ledger, entry.record.files[1])
    if content is None:
        raise SignatureInvalid(f"{where} was erased", remedy="sign the ledger again")
    signed = verify_statement(content, where, trust, Namespace.ATTESTATION, [LEDGER_STATE])
    [subject, *others] = signed.statement.subjects
    if others or not isinstance(entry.facts, SignatureFacts) or subject.sha256 != entry.facts.state:
        raise SignatureInvalid(f"{where} is of another state", remedy="sign the ledger again")
    names = ", ".join(signer.name for signer in signed.signers)
    when = signed.statement.predicate.get("signed")
    return f"signed by {names}, who states the time {when}"


def has_signature(found: LedgerVerification) -> bool:
    """Return whether somebody who is trusted signed a state that is still there."""
    return any(
        each.is_verified and not each.state.faults
        for each in found.witnesses
        if each.kind is RecordKind.SIGNATURE
    )
