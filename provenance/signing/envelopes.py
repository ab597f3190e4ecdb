"""Signed statements: DSSE envelopes, one JSON object on one line."""

import base64
import binascii
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from provenance.errors import SignatureInvalid
from provenance.signing.allowed_signers import AllowedSigner
from provenance.signing.keys import PrivateKey, check_library
from provenance.signing.statements import Namespace, Statement, decode_statement

PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
_RESTORE = "get the file again from whoever signed it"
_NO_TRUST = "ask the signer for the public key, by a way that you trust"


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose signatures count.

    Parameters
    ----------
    signers : tuple of AllowedSigner
        One of these must have signed; signatures of others are ignored.
    when : datetime
        The time at which a key must be valid.
    identity : str or None
        The name that the signer must have; None accepts all.
    """

    signers: tuple[AllowedSigner, ...]
    when: datetime
    identity: str | None = None


@dataclass(frozen=True, slots=True)
class Signer:
    """A verified signer.

    Parameters
    ----------
    name : str
        The principals of the key, or its fingerprint if it has none.
    fingerprint : str
        Fingerprint of the key.
    """

    name: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class SignedStatement:
    """A statement with those who signed it, all of them verified.

    Parameters
    ----------
    statement : Statement
        The statement.
    signers : tuple of Signer
        At least one.
    """

    statement: Statement
    signers: tuple[Signer, ...]


@dataclass(frozen=True, slots=True)
class _Envelope:
    payload: bytes
    payload_type: str
    signatures: tuple[tuple[str, bytes], ...]


def sign_statement(statement: Statement, *keys: PrivateKey) -> bytes:
    """Sign a statement with one or more keys.

    Returns
    -------
    bytes
        A DSSE envelope as one line of JSON, with a line break at its end.
    """
    check_library()
    from securesystemslib.dsse import Envelope  # noqa: PLC0415 (an extra)

    envelope = Envelope(statement.encode(), PAYLOAD_TYPE, {})
    for key in keys:
        envelope.sign(key.signer)
    return _encode(envelope.to_dict())


def verify_statement(
    content: bytes,
    where: str,
    trust: Trust,
    namespace: Namespace,
    predicate_types: Collection[str],
) -> SignedStatement:
    """Verify an envelope, and return its statement.

    Parameters
    ----------
    content : bytes
        The envelope, as `sign_statement` wrote it.
    where : str
        Its name, for errors.
    trust : Trust
        Whose signatures count.
    namespace : Namespace
        The signer must be allowed to sign in it.
    predicate_types : collection of str
        Types of predicates that belong to the namespace.

    Raises
    ------
    SignatureInvalid
        If the content was changed, nobody who is trusted signed it or was allowed to, or it is a
        statement of another kind.
    """
    check_library()
    envelope = _decode(content, where)
    if envelope.payload_type != PAYLOAD_TYPE:
        raise SignatureInvalid(
            f"{where}: the payload is of the type {envelope.payload_type!r}, not {PAYLOAD_TYPE!r}",
            remedy="name a file that provenance signed",
        )
    found = [
        signer
        for keyid, signature in envelope.signatures
        for signer in trust.signers
        if signer.key.fingerprint == keyid and _holds(envelope, signer, signature, where)
    ]
    signers = _allowed(found, envelope, where, trust, namespace)
    try:
        statement = decode_statement(envelope.payload)
    except ValueError as error:
        raise SignatureInvalid(f"{where}: {error}", remedy=_RESTORE) from error
    if statement.predicate_type not in predicate_types:
        raise SignatureInvalid(
            f"{where}: what is signed is {statement.predicate_type!r}, not "
            f"{' or '.join(map(repr, predicate_types))}",
            remedy="name a file of the kind that this command verifies",
        )
    return SignedStatement(statement, signers)


def _holds(envelope: _Envelope, signer: AllowedSigner, signature: bytes, where: str) -> bool:
    """Return True if a signature is by a key; raises `SignatureInvalid` if it is not."""
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 (an extra)
    from securesystemslib.dsse import Envelope  # noqa: PLC0415 (an extra)
    from securesystemslib.exceptions import VerificationError  # noqa: PLC0415 (an extra)
    from securesystemslib.signer import Signature, SSlibKey  # noqa: PLC0415 (an extra)

    keyid = signer.key.fingerprint
    public: Any = serialization.load_ssh_public_key(signer.key.openssh.encode())
    signed = Envelope(
        envelope.payload, envelope.payload_type, {keyid: Signature(keyid, signature.hex())}
    )
    try:
        signed.verify([SSlibKey.from_crypto(public, keyid)], 1)
    except VerificationError as error:
        raise SignatureInvalid(
            f"{where}: the signature of {signer.name} does not hold: the content or the "
            "signature was changed after signing",
            remedy=_RESTORE,
        ) from error
    return True


def _allowed(
    found: Sequence[AllowedSigner],
    envelope: _Envelope,
    where: str,
    trust: Trust,
    namespace: Namespace,
) -> tuple[Signer, ...]:
    """Return the signers that were allowed to sign; raises `SignatureInvalid` if none was."""
    if not found:
        keys = ", ".join(keyid for keyid, _ in envelope.signatures)
        raise SignatureInvalid(
            f"{where}: it is signed with the key {keys}, which is none of yours", remedy=_NO_TRUST
        )
    objections = {each: each.objection(namespace, trust.when) for each in found}
    allowed = [each for each, objection in objections.items() if objection is None]
    if not allowed:
        reasons = "; ".join(f"the key of {each.name} {why}" for each, why in objections.items())
        raise SignatureInvalid(
            f"{where}: {reasons}", remedy="ask for a signature with a key that is allowed"
        )
    named = [each for each in allowed if trust.identity is None or each.is_called(trust.identity)]
    if not named:
        names = ", ".join(each.name for each in allowed)
        raise SignatureInvalid(
            f"{where}: it is signed by {names}, not by {trust.identity!r}",
            remedy="name another identity, or ask for a signature of the right one",
        )
    return tuple(Signer(trust.identity or each.name, each.key.fingerprint) for each in named)


def _encode(envelope: dict[str, Any]) -> bytes:
    return f"{json.dumps(envelope, separators=(',', ':'))}\n".encode()


def _decode(content: bytes, where: str) -> _Envelope:
    """Parse an envelope strictly: what would have other bytes if written again was changed."""
    try:
        document = json.loads(content)
        envelope = _Envelope(
            _decode_base64(document["payload"]),
            str(document["payloadType"]),
            tuple((each["keyid"], _decode_base64(each["sig"])) for each in document["signatures"]),
        )
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise SignatureInvalid(
            f"{where} is not a signed statement (a DSSE envelope): {error}", remedy=_RESTORE
        ) from error
    if _encode(document).strip() != content.removesuffix(b"\n"):
        raise SignatureInvalid(
            f"{where}: the envelope was changed after signing: it is not written as signed "
            "statements are, compactly on one line",
            remedy=_RESTORE,
        )
    if not envelope.signatures:
        raise SignatureInvalid(f"{where} has no signature", remedy=_RESTORE)
    return envelope


def _decode_base64(text: str) -> bytes:
    """Decode Base64 in its only form; Python ignores unused bits at the end."""
    content = base64.b64decode(text, validate=True)
    if base64.b64encode(content).decode() != text:
        raise binascii.Error("its Base64 was changed")
    return content
