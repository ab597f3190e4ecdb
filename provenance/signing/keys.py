"""Private and public keys: ed25519 and ECDSA on P-256, as PEM or in the formats of OpenSSH."""

import base64
import binascii
import hashlib
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provenance.atomic_output import read_file, replace_file
from provenance.errors import SigningError

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner

PASSPHRASE_VARIABLE = "PROVENANCE_KEY_PASSPHRASE"  # noqa: S105 (a variable's name)
"""Name of the environment variable in which commands look for the passphrase of a key."""

_MAX_BYTES = 1 << 20
_KINDS = {"ssh-ed25519": "ed25519", "ecdsa-sha2-nistp256": "ecdsa-p256"}
"""Kinds of keys, by their names in OpenSSH."""
_MAKE_KEY = "make a key with `provenance attest new-key FILE`"
_OPENSSH_HEADER = b"-----BEGIN OPENSSH PRIVATE KEY-----"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that signatures are verified with.

    Parameters
    ----------
    kind : str
        "ed25519" or "ecdsa-p256".
    openssh : str
        The key as one line of OpenSSH, without a comment.
    """

    kind: str
    openssh: str

    @property
    def fingerprint(self) -> str:
        """Return the fingerprint that `ssh-keygen -l` shows; it is the key's id in envelopes."""
        digest = hashlib.sha256(base64.b64decode(self.openssh.split()[1])).digest()
        return f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A key that statements are signed with.

    Parameters
    ----------
    public : PublicKey
        Its public half.
    signer : securesystemslib.signer.CryptoSigner
        Signs bytes.
    is_exposed : bool
        Whether other users of the machine may read its file.
    """

    public: PublicKey
    signer: "CryptoSigner" = field(repr=False, compare=False)
    is_exposed: bool = False


def check_library() -> None:
    """Raise `SigningError` if the libraries of the extra `sign` are missing, before any work."""
    try:
        import cryptography  # noqa: F401, PLC0415 (an extra)
        import securesystemslib  # noqa: F401, PLC0415 (an extra)
    except ImportError as error:
        raise SigningError(
            f"signatures need the library `{error.name}`",
            remedy="install it with: pip install 'corpus-provenance[sign]'",
        ) from error


def load_private_key(path: Path, passphrase: bytes | None = None) -> PrivateKey:
    """Load a private key.

    Parameters
    ----------
    path : Path
        PEM or OpenSSH; ed25519 or ECDSA on P-256.
    passphrase : bytes or None
        Ignored if the key has none.

    Raises
    ------
    SigningError
        If it cannot be read, is of another kind, or is locked by another passphrase.
    """
    check_library()
    content = _read(path, "private key")
    key = _parse_private(content, path, passphrase)
    public = _public_key(key.public_key(), path)
    from securesystemslib.signer import CryptoSigner, SSlibKey  # noqa: PLC0415 (an extra)

    known = SSlibKey.from_crypto(key.public_key(), public.fingerprint)
    return PrivateKey(public, CryptoSigner(key, known), _is_exposed(path))


def load_public_key(path: Path) -> PublicKey:
    """Load a public key: a line of OpenSSH, or PEM.

    Raises
    ------
    SigningError
        If it cannot be read, or is of another kind.
    """
    check_library()
    content = _read(path, "public key").strip()
    if b"PRIVATE KEY" in content:
        raise SigningError(
            f"{str(path)!r} is a private key", remedy="name the public key, such as KEY.pub"
        )
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 (an extra)
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 (an extra)

    is_pem = content.startswith(b"-----BEGIN")
    load = serialization.load_pem_public_key if is_pem else serialization.load_ssh_public_key
    try:
        return _public_key(load(content), path)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SigningError(
            f"{str(path)!r} is not a public key that can be read: {error}",
            remedy="name a file with one public key, as PEM or as a line of OpenSSH",
        ) from error


def parse_openssh_key(kind: str, encoded: str) -> PublicKey | None:
    """Parse the public key of a line of OpenSSH.

    Parameters
    ----------
    kind, encoded : str
        The name of its kind, and the key in Base64.

    Returns
    -------
    PublicKey or None
        None if the key is of a kind that signs none of our envelopes.

    Raises
    ------
    ValueError
        If it is not a key.
    """
    blob = base64.b64decode(encoded, validate=True)
    if kind not in _KINDS:
        return None
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 (an extra)

    canonical = f"{kind} {base64.b64encode(blob).decode()}"
    serialization.load_ssh_public_key(canonical.encode())
    return PublicKey(_KINDS[kind], canonical)


def create_key(path: Path, passphrase: bytes | None = None) -> PublicKey:
    """Create an ed25519 key: the private one in `path`, the public one in `path` with `.pub`.

    Both are in the formats of OpenSSH; only the owner may read the private one.

    Raises
    ------
    SigningError
        If one of the files exists, or cannot be written.
    """
    check_library()
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 (an extra)
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 (an extra)

    key = ed25519.Ed25519PrivateKey.generate()
    lock = serialization.BestAvailableEncryption(passphrase) if passphrase else None
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.OpenSSH,
        lock or serialization.NoEncryption(),
    )
    public = _public_key(key.public_key(), path)
    public_path = path.with_name(f"{path.name}.pub")
    try:
        if public_path.exists():
            raise FileExistsError(17, "it exists already", str(public_path))
        with replace_file(path, mode=0o600, exclusive=True) as stream:
            stream.write(private)
        with replace_file(public_path, exclusive=True) as stream:
            stream.write(f"{public.openssh} {path.name}\n".encode())
    except OSError as error:
        raise SigningError(
            f"the key cannot be written to {str(error.filename or path)!r}: {error.strerror}",
            remedy="name a new file in a folder that you may write to",
        ) from error
    return public


def _read(path: Path, what: str) -> bytes:
    try:
        return read_file(path, _MAX_BYTES)
    except OSError as error:
        raise SigningError(
            f"the {what} {str(path)!r} cannot be read: {error.strerror}",
            remedy="check the path and its permissions" + _or_make(what),
        ) from error


def _or_make(what: str) -> str:
    return f", or {_MAKE_KEY}" if what == "private key" else ""


def _parse_private(content: bytes, path: Path, passphrase: bytes | None) -> Any:
    """Parse a private key, with the passphrase only if it has one."""
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 (an extra)
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 (an extra)

    is_openssh = content.lstrip().startswith(_OPENSSH_HEADER)
    load = serialization.load_ssh_private_key if is_openssh else serialization.load_pem_private_key
    try:
        try:
            return load(content, None)
        except TypeError:  # it has a passphrase
            if passphrase is None:
                raise SigningError(
                    f"the private key {str(path)!r} has a passphrase",
                    remedy=f"set the environment variable {PASSPHRASE_VARIABLE} to it",
                ) from None
            return load(content, passphrase)
    except UnsupportedAlgorithm as error:
        raise SigningError(
            f"the private key {str(path)!r} cannot be used: {error}", remedy=_MAKE_KEY
        ) from error
    except (ValueError, binascii.Error) as error:
        raise _unreadable(content, path, passphrase, error) from error


def _unreadable(
    content: bytes, path: Path, passphrase: bytes | None, error: Exception
) -> SigningError:
    if b"PUBLIC KEY" in content or content.startswith((b"ssh-", b"ecdsa-")):
        return SigningError(
            f"{str(path)!r} is a public key", remedy="name the private key, without .pub"
        )
    if passphrase is not None:
        return SigningError(
            f"the private key {str(path)!r} is damaged, or the passphrase in "
            f"{PASSPHRASE_VARIABLE} is wrong",
            remedy=f"check {PASSPHRASE_VARIABLE}",
        )
    return SigningError(
        f"{str(path)!r} is not a private key that can be read: {error}",
        remedy=f"name a PEM or OpenSSH private key, or {_MAKE_KEY}",
    )


def _public_key(key: Any, path: Path) -> PublicKey:
    """Return our form of a public key of `cryptography`."""
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 (an extra)

    try:
        line = key.public_bytes(
            serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
        ).decode()
    except (ValueError, TypeError, AttributeError):
        line = type(key).__name__
    kind = line.split()[0]
    if kind not in _KINDS:
        raise SigningError(
            f"{str(path)!r} is a key of the kind {kind}, which is not supported: only ed25519 and "
            "ECDSA on P-256 are",
            remedy=_MAKE_KEY,
        )
    return PublicKey(_KINDS[kind], line)


def _is_exposed(path: Path) -> bool:
    mode = path.stat().st_mode
    return stat.S_ISREG(mode) and bool(mode & 0o077)
