"""`provenance ledger sign` and `timestamp`: what shows others in which state a ledger was."""

import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import pytest

import provenance as library
from provenance.ledger.timestamps import stamped_digest, stated_time
from provenance.signing import create_key
from tests.cli.commandline import provenance

pytest.importorskip("securesystemslib", reason="the extra `sign` is not installed")

AUTHORITY = """\
[req]
distinguished_name = name
x509_extensions = ext
prompt = no
[name]
CN = An authority of our own
[ext]
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = ours
[ours]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
accuracy = secs:1
"""


def run(folder, *arguments, code=0):
    done = provenance("ledger", *arguments, "--ledger", "kept", cwd=folder)
    assert done.returncode == code, done.stdout + done.stderr
    return " ".join((done.stdout if not code else done.stdout + done.stderr).split())


def digest_of(folder):
    return run(folder, "verify").split("digest ")[1].split()[0]


@pytest.fixture
def folder(tmp_path):
    run(tmp_path, "add", "access", "x", "--calls", "7")
    run(tmp_path, "add", "access", "x", "--calls", "8")
    key, other = create_key(tmp_path / "key"), create_key(tmp_path / "other")
    (tmp_path / "allowed").write_text(
        f'ann@example.org namespaces="provenance-attestation" {key.openssh}\n'
        f'bob@example.org namespaces="provenance-registry" {other.openssh}\n'
    )
    return tmp_path


def test_a_signed_state_is_verified_with_allowed_signers(folder):
    digest = digest_of(folder)
    assert "Recorded: signature" in run(folder, "sign", "--key", "key")
    run(folder, "add", "access", "x", "--calls", "9")
    said = run(folder, "verify")
    assert f"signature of state {digest[:12]} (2 records): signed with the key SHA256:" in said
    assert "not verified: give --key or --allowed-signers" in said
    said = run(folder, "verify", "--allowed-signers", "allowed")
    assert "signed by ann@example.org, who states the time" in said
    said = run(folder, "verify", "--key", "other.pub", code=1)
    assert "the signature does not count" in said
    assert "no state of the ledger is signed by anybody whom you trust" in said


def test_a_signature_of_who_may_not_sign_does_not_count(folder):
    run(folder, "sign", "--key", "other")
    assert "may not sign" in run(folder, "verify", "--allowed-signers", "allowed", code=1)


def test_a_ledger_without_a_signature_is_not_signed(folder):
    assert "no state of the ledger is signed" in run(folder, "verify", "--key", "key.pub", code=1)


def test_what_was_signed_and_is_gone_is_found(folder):
    run(folder, "sign", "--key", "key")
    for path in (folder / "kept" / "records").rglob("00000002-*"):
        path.unlink()
    assert "NOT intact" in run(folder, "verify", "--allowed-signers", "allowed", code=1)
    assert "is not intact: its state is not signed" in run(folder, "sign", "--key", "key", code=2)


def test_an_erased_signature_counts_no_more(folder):
    signature = run(folder, "sign", "--key", "key").split()[2]
    run(folder, "erase", signature, "--reason", "error")
    run(folder, "verify")
    assert "no state of the ledger" in run(folder, "verify", "--key", "key.pub", code=1)


def openssl(folder, *arguments):
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def stamp(folder, digest):
    """Let an authority of our own stamp a digest, as `openssl ts` does."""
    (folder / "tsa.cnf").write_text(AUTHORITY)
    (folder / "serial").write_text("01\n")
    new = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-config", "tsa.cnf")
    openssl(folder, *new, "-keyout", "tsa.key", "-out", "tsa.pem", "-days", "2")
    query = ("ts", "-query", "-digest", digest, "-sha256", "-cert", "-out", "query.tsq")
    openssl(folder, *query)
    reply = ("ts", "-reply", "-config", "tsa.cnf", "-section", "ours", "-queryfile", "query.tsq")
    openssl(folder, *reply, "-out", "answer.tsr")


def test_a_time_stamp_of_an_authority_is_kept_with_its_time(folder):
    digest = digest_of(folder)
    stamp(folder, digest)
    run(folder, "add", "access", "x", "--calls", "9")
    assert "Recorded: timestamp" in run(folder, "timestamp", "answer.tsr")
    stated = stated_time((folder / "answer.tsr").read_bytes())
    assert timedelta(0) <= datetime.now(UTC) - stated < timedelta(minutes=5)
    said = run(folder, "verify")
    assert (
        f"timestamp of state {digest[:12]} (2 records): a time stamp that states {stated:%Y-%m-%d}"
        in said
    )
    assert "not verified here: see `openssl ts -verify`" in said
    kept = next((folder / "kept" / "files").glob("*.bin"))
    verify = ("ts", "-verify", "-digest", digest, "-in", str(kept), "-CAfile", "tsa.pem")
    openssl(folder, *verify)


def test_a_time_stamp_of_something_else_is_refused(folder):
    stamp(folder, "ab" * 32)
    said = run(folder, "timestamp", "answer.tsr", code=2)
    assert "answer.tsr is not a time stamp of a state of the ledger" in said


def test_a_request_is_no_time_stamp(folder):
    stamp(folder, digest_of(folder))
    assert "states no time" in run(folder, "timestamp", "query.tsq", code=2)


def test_any_other_file_that_has_the_digest_is_kept_without_a_time(folder):
    digest = digest_of(folder)
    (folder / "proof.ots").write_bytes(b"\0OpenTimestamps" + bytes.fromhex(digest) + b"\xff")
    (folder / "minutes.txt").write_text(f"Digest noted: {digest.upper()}\n")
    for name in ("proof.ots", "minutes.txt"):
        run(folder, "timestamp", name)
    assert run(folder, "verify").count("in which form, and of which time, is not known") == 2
    (folder / "empty.txt").write_text("")
    assert "is not a time stamp" in run(folder, "timestamp", "empty.txt", code=2)


def test_damaged_time_stamps_state_no_time(folder):
    digest = "ab" * 32
    stamp(folder, digest)
    content = (folder / "answer.tsr").read_bytes()
    place = content.index(bytes.fromhex(digest)) + 32
    assert stamped_digest(content, [digest]) == digest
    assert stamped_digest(content, ["cd" * 32]) is None
    assert stated_time(content[:place]) is None
    assert stated_time(content[: place + 3]) is None
    assert stated_time(content[:place] + b"\x02\x84" + content[place + 2 :]) is None
    assert stated_time(content[:place] + b"\x02\x01\x01\x18\x0f" + b"x" * 15) is None


def test_python_signs_and_verifies_as_the_commands_do(folder):
    ledger = library.open_ledger(folder / "kept")
    digest = ledger.verify().digest
    record = ledger.sign(folder / "key")
    (folder / "minutes.txt").write_text(digest)
    ledger.timestamp(folder / "minutes.txt")
    found = ledger.verify(since=digest, allowed_signers=folder / "allowed")
    assert [each.is_verified for each in found.witnesses] == [True, False]
    assert (found.witnesses[0].record, found.since.faults) == (record, ())
    assert not ledger.verify(keys=folder / "other.pub").witnesses[0].is_verified
    assert not ledger.verify().witnesses[0].is_verified
