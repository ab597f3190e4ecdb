"""Signing of statements, and verification."""

import base64
import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.errors import SignatureInvalid, SigningError
from provenance.signing import (
    Namespace,
    Statement,
    Subject,
    Trust,
    create_key,
    load_private_key,
    parse_allowed_signers,
    sign_statement,
    signers_of_keys,
    verify_statement,
)
from tests.signing.private_keys import KINDS, write_private

pytest.importorskip("securesystemslib", reason="the extra `sign` is not installed")

NOW = datetime(2026, 11, 29, tzinfo=UTC)
KIND = "https://in-toto.io/attestation/test-result/v0.1"
STATEMENT = Statement((Subject("pages", "0a" * 32),), KIND, {"result": "PASSED", "n": [1, "é"]})


@pytest.fixture(scope="module", params=KINDS)
def key(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("keys") / "key"
    return load_private_key(write_private(path, KINDS[request.param]()))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory):
    path = tmp_path_factory.mktemp("keys") / "key"
    create_key(path)
    return load_private_key(path)


def verify(content, signers, namespace=Namespace.ATTESTATION, identity=None):
    trust = Trust(signers, NOW, identity)
    return verify_statement(content, "statement.json", trust, namespace, [KIND])


def test_a_signed_statement_is_read_back(key):
    found = verify(sign_statement(STATEMENT, key), signers_of_keys([key.public]))
    assert found.statement == STATEMENT
    assert [each.fingerprint for each in found.signers] == [key.public.fingerprint]


def test_envelopes_are_those_of_the_specification(key):
    envelope = json.loads(sign_statement(STATEMENT, key))
    payload = base64.b64decode(envelope["payload"])
    kind = b"application/vnd.in-toto+json"
    assert envelope["payloadType"].encode() == kind
    assert json.loads(payload)["_type"] == "https://in-toto.io/Statement/v1"
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    public = serialization.load_ssh_public_key(key.public.openssh.encode())
    how = [] if key.public.kind == "ed25519" else [ec.ECDSA(hashes.SHA256())]
    encoded = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
    public.verify(base64.b64decode(envelope["signatures"][0]["sig"]), encoded, *how)


def test_equal_statements_have_the_same_bytes():
    other = replace(STATEMENT, predicate={"n": [1, "é"], "result": "PASSED"})
    assert STATEMENT.encode() == other.encode()


def test_the_key_of_somebody_else_is_not_accepted(key, stranger):
    with pytest.raises(SignatureInvalid, match="none of yours") as caught:
        verify(sign_statement(STATEMENT, stranger), signers_of_keys([key.public]))
    assert stranger.public.fingerprint in caught.value.message


def test_a_borrowed_key_id_is_not_accepted(key, stranger):
    content = sign_statement(STATEMENT, stranger).decode()
    forged = content.replace(stranger.public.fingerprint, key.public.fingerprint).encode()
    with pytest.raises(SignatureInvalid, match="does not hold"):
        verify(forged, signers_of_keys([key.public]))


def test_one_trusted_signature_of_several_is_enough(key, stranger):
    content = sign_statement(STATEMENT, stranger, key)
    found = verify(content, signers_of_keys([key.public]))
    assert [each.fingerprint for each in found.signers] == [key.public.fingerprint]
    both = verify(content, signers_of_keys([key.public, stranger.public]))
    assert len(both.signers) == 2


def test_allowed_signers_decide_who_signs_what_and_when(key, stranger):
    allowed = parse_allowed_signers(
        f'ann@example.org namespaces="provenance-attestation" {key.public.openssh}\n'
        f'old@example.org valid-before="20260101Z" {stranger.public.openssh}\n',
        "allowed",
    )
    content = sign_statement(STATEMENT, key)
    assert verify(content, allowed).signers[0].name == "ann@example.org"
    assert verify(content, allowed, identity="ann@example.org").signers[0].name == "ann@example.org"
    with pytest.raises(SignatureInvalid, match=r"signed by ann@example\.org, not by 'bob'"):
        verify(content, allowed, identity="bob")
    with pytest.raises(SignatureInvalid, match="may not sign in the namespace provenance-reg"):
        verify(content, allowed, namespace=Namespace.REGISTRY)
    with pytest.raises(SignatureInvalid, match=r"old@example\.org expired: it was valid until"):
        verify(sign_statement(STATEMENT, stranger), allowed)


def test_several_keys_may_have_one_name(key, stranger):
    allowed = parse_allowed_signers(
        f"ann {stranger.public.openssh}\nann {key.public.openssh}\n", "allowed"
    )
    assert verify(sign_statement(STATEMENT, key), allowed, identity="ann").signers


def test_statements_of_another_kind_are_refused(key):
    other = replace(STATEMENT, predicate_type="https://example.org/other")
    with pytest.raises(SignatureInvalid, match=r"what is signed is 'https://example\.org/other'"):
        verify(sign_statement(other, key), signers_of_keys([key.public]))


def test_payloads_of_another_type_are_refused(key):
    envelope = json.loads(sign_statement(STATEMENT, key))
    envelope["payloadType"] = "text/plain"
    content = json.dumps(envelope, separators=(",", ":")).encode()
    with pytest.raises(SignatureInvalid, match="the payload is of the type 'text/plain'"):
        verify(content, signers_of_keys([key.public]))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b'{"payload":"","payloadType":"a"}',
        b'{"payload":"","payloadType":"application/vnd.in-toto+json","signatures":[]}',
        b'{"payload":"?","payloadType":"a","signatures":[]}',
        b'{"payload":1,"payloadType":"a","signatures":[]}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_envelope_is_invalid(key, content):
    with pytest.raises(SignatureInvalid, match=r"statement\.json"):
        verify(content, signers_of_keys([key.public]))


@pytest.mark.parametrize("payload", [b"{}", b"[]", b"\xff", b'{"_type":"x"}'])
def test_what_is_signed_must_be_a_statement(key, payload):
    from securesystemslib.dsse import Envelope

    envelope = Envelope(payload, "application/vnd.in-toto+json", {})
    envelope.sign(key.signer)
    content = json.dumps(envelope.to_dict(), separators=(",", ":")).encode()
    with pytest.raises(SignatureInvalid, match=r"statement\.json"):
        verify(content, signers_of_keys([key.public]))


@pytest.fixture(scope="module")
def signed(key):
    return sign_statement(STATEMENT, key)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_changed_byte_is_found(key, signed, data):
    content = bytearray(signed)
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SignatureInvalid):
        verify(bytes(content), signers_of_keys([key.public]))


def test_every_bit_of_the_last_bytes_counts(key):
    """Base64 has unused bits, and JSON has several line breaks."""
    content = sign_statement(STATEMENT, key)
    for place in range(len(content) - 8, len(content)):
        for bit in range(8):
            changed = bytearray(content)
            changed[place] ^= 1 << bit
            with pytest.raises(SignatureInvalid):
                verify(bytes(changed), signers_of_keys([key.public]))


@pytest.mark.parametrize("end", [b" ", b"\t", b"\r", b"\n\n"])
def test_another_end_of_the_line_is_a_change(signed, key, end):
    with pytest.raises(SignatureInvalid, match="was changed after signing"):
        verify(signed.removesuffix(b"\n") + end, signers_of_keys([key.public]))


def test_an_envelope_that_was_formatted_again_is_refused(signed, key):
    for content in (json.dumps(json.loads(signed)), signed.decode().replace("SHA", "S\\u0048A")):
        with pytest.raises(SignatureInvalid, match="was changed after signing"):
            verify(content.encode(), signers_of_keys([key.public]))


def test_missing_libraries_are_named(tmp_path):
    code = (
        "import sys; sys.modules['securesystemslib'] = None\n"
        "from pathlib import Path\n"
        "from provenance.errors import SigningError\n"
        "from provenance.signing import create_key\n"
        "try: create_key(Path(sys.argv[1]))\n"
        "except SigningError as error: print(error.message, error.remedy)"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "key")],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert "`securesystemslib`" in shown
    assert "pip install 'corpus-provenance[sign]'" in shown


def test_errors_survive_pickling():
    import pickle

    error = pickle.loads(pickle.dumps(SignatureInvalid("a", remedy="b")))
    assert isinstance(error, SigningError)
    assert (error.message, error.remedy) == ("a", "b")
