"""Private keys of both kinds, written in both forms."""

import pytest

pytest.importorskip("securesystemslib", reason="the extra `sign` is not installed")
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

FORMS = {
    "pem": serialization.PrivateFormat.PKCS8,
    "openssh": serialization.PrivateFormat.OpenSSH,
}
KINDS = {
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "ecdsa-p256": lambda: ec.generate_private_key(ec.SECP256R1()),
}


def write_private(path, key, form="pem", phrase=None):
    lock = serialization.BestAvailableEncryption(phrase) if phrase else None
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, FORMS[form], lock or serialization.NoEncryption()
        )
    )
    path.chmod(0o600)
    return path


def public_line(key):
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
        .decode()
    )
