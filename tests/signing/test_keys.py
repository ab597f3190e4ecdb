"""Loading and creating keys."""

import os
import shutil
import subprocess

import pytest

from provenance.errors import SigningError
from provenance.signing import create_key, load_private_key, load_public_key

pytest.importorskip("securesystemslib", reason="the extra `sign` is not installed")
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.signing.private_keys import FORMS, KINDS, public_line, write_private

PHRASE = b"nine green kettles"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("phrase", [None, PHRASE], ids=["open", "locked"])
def test_private_keys_are_loaded(tmp_path, form, kind, phrase):
    key = KINDS[kind]()
    path = write_private(tmp_path / "key", key, form, phrase)
    loaded = load_private_key(path, phrase)
    assert (loaded.public.kind, loaded.public.openssh) == (kind, public_line(key))
    assert not loaded.is_exposed


@pytest.mark.parametrize("kind", KINDS)
def test_public_keys_are_loaded_from_both_formats(tmp_path, kind):
    key = KINDS[kind]()
    line, pem = tmp_path / "key.pub", tmp_path / "key.pem"
    line.write_text(f"{public_line(key)} me@host\n")
    pem.write_bytes(
        key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    assert load_public_key(line) == load_public_key(pem)
    assert load_public_key(line).fingerprint.startswith("SHA256:")


@pytest.mark.parametrize("form", FORMS)
def test_a_passphrase_is_asked_for_by_the_name_of_its_variable(tmp_path, form):
    path = write_private(tmp_path / "key", KINDS["ed25519"](), form, PHRASE)
    with pytest.raises(SigningError, match="has a passphrase") as caught:
        load_private_key(path)
    assert "PROVENANCE_KEY_PASSPHRASE" in caught.value.remedy
    with pytest.raises(SigningError, match="passphrase in PROVENANCE_KEY_PASSPHRASE is wrong"):
        load_private_key(path, b"another")


@pytest.mark.parametrize("form", FORMS)
def test_a_passphrase_that_is_not_needed_is_ignored(tmp_path, form):
    path = write_private(tmp_path / "key", KINDS["ed25519"](), form)
    assert load_private_key(path, PHRASE).public.kind == "ed25519"


def test_keys_that_others_may_read_are_marked(tmp_path):
    path = write_private(tmp_path / "key", KINDS["ed25519"]())
    path.chmod(0o640)
    assert load_private_key(path).is_exposed


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        (rsa.generate_private_key(65537, 2048), "ssh-rsa"),
        (ec.generate_private_key(ec.SECP384R1()), "ecdsa-sha2-nistp384"),
    ],
    ids=["rsa", "p384"],
)
def test_other_kinds_of_keys_are_named(tmp_path, key, kind):
    path = write_private(tmp_path / "key", key)
    with pytest.raises(SigningError, match=f"of the kind {kind}, which is not supported"):
        load_private_key(path)
    (tmp_path / "key.pub").write_text(public_line(key))
    with pytest.raises(SigningError, match=f"of the kind {kind}, which is not supported"):
        load_public_key(tmp_path / "key.pub")


def test_halves_of_a_key_are_told_apart(tmp_path):
    create_key(tmp_path / "key")
    with pytest.raises(SigningError, match="is a private key"):
        load_public_key(tmp_path / "key")
    with pytest.raises(SigningError, match="is a public key"):
        load_private_key(tmp_path / "key.pub")


@pytest.mark.parametrize("load", [load_private_key, load_public_key])
@pytest.mark.parametrize("content", [b"", b"nothing", b"-----BEGIN PUBLIC KEY-----\n", b"\xff\x00"])
def test_what_is_no_key_is_an_error(tmp_path, load, content):
    path = tmp_path / "key"
    path.write_bytes(content)
    with pytest.raises(SigningError, match="key"):
        load(path)


@pytest.mark.parametrize("load", [load_private_key, load_public_key])
def test_a_missing_key_is_an_error(tmp_path, load):
    with pytest.raises(SigningError, match="cannot be read: No such file"):
        load(tmp_path / "key")


@pytest.mark.parametrize("phrase", [None, PHRASE], ids=["open", "locked"])
def test_a_created_key_has_two_halves(tmp_path, phrase):
    public = create_key(tmp_path / "key", phrase)
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert load_public_key(tmp_path / "key.pub") == public
    assert load_private_key(tmp_path / "key", phrase).public == public
    if phrase is not None:
        with pytest.raises(SigningError, match="has a passphrase"):
            load_private_key(tmp_path / "key")


@pytest.mark.parametrize("name", ["key", "key.pub"])
def test_creating_a_key_replaces_nothing(tmp_path, name):
    (tmp_path / name).write_text("kept")
    with pytest.raises(SigningError, match="cannot be written"):
        create_key(tmp_path / "key")
    assert {p.name: p.read_text() for p in tmp_path.iterdir()} == {name: "kept"}


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa"])
@pytest.mark.parametrize("phrase", [None, PHRASE], ids=["open", "locked"])
def test_keys_of_ssh_keygen_are_loaded(tmp_path, kind, phrase):
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed")
    path = tmp_path / "key"
    arguments = ["-q", "-t", kind, "-N", (phrase or b"").decode(), "-f", str(path)]
    subprocess.run(["ssh-keygen", *arguments], check=True)
    loaded = load_private_key(path, phrase)
    assert loaded.public == load_public_key(tmp_path / "key.pub")
    shown = subprocess.run(
        ["ssh-keygen", "-l", "-f", str(path)], check=True, capture_output=True, text=True
    ).stdout
    assert loaded.public.fingerprint in shown


def test_ssh_keygen_reads_a_created_key(tmp_path):
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed")
    public = create_key(tmp_path / "key")
    shown = subprocess.run(
        ["ssh-keygen", "-y", "-f", str(tmp_path / "key")],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ,
    ).stdout
    assert shown.split()[:2] == public.openssh.split()
