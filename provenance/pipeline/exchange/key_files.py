"""Files with keys: of fingerprints of withdrawn items, and of keyed registries."""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from provenance.errors import InputError
from provenance.registry.files.file_encryption import RegistryKey
from provenance.registry.files.registry_keys import KEY_VARIABLE, given_keys
from provenance.registry.side_tables.withdrawn_texts import MIN_KEY_BYTES, FingerprintKey

_KEY_BYTES = 32
_MAX_KEY_BYTES = 4096


def read_key(path: Path) -> FingerprintKey:
    """Read a key; raises as `read_secret`."""
    return FingerprintKey(read_secret(path))


def read_secret(path: Path) -> bytes:
    """Read a secret; white space around it is no part of it.

    Raises
    ------
    InputError
        If it cannot be read, or is too short or too long to be a key.
    """
    secret = _read_secret(path)
    if not MIN_KEY_BYTES <= len(secret) <= _MAX_KEY_BYTES:
        raise InputError(
            f"{path} is no key: it has {len(secret):,} bytes or more",
            remedy=f"name a file with a secret of {MIN_KEY_BYTES} to {_MAX_KEY_BYTES:,} bytes",
        )
    return secret


def read_registry_key(path: Path) -> RegistryKey:
    """Read the key of a keyed registry.

    Raises
    ------
    InputError, RegistryError
        If the file cannot be read, or is no such key.
    """
    return RegistryKey.parse(_read_secret(path).decode("ascii", "replace"), str(path))


def key_environment(files: Sequence[str]) -> dict[str, str]:
    """Return the variable that gives the keys in files to a process and its workers.

    Those that it gives already are kept.
    """
    keys = [*given_keys(), *(read_registry_key(Path(file)) for file in files)]
    return {KEY_VARIABLE: " ".join(key.secret.hex() for key in keys)}


def _read_secret(path: Path) -> bytes:
    """Read the beginning of a file, of which a key is all, without white space around it."""
    try:
        with path.open("rb") as file:
            return file.read(_MAX_KEY_BYTES + 1).strip()
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}", remedy="name the file that has the key"
        ) from error


def make_key(path: Path) -> None:
    """Write a new key that only this user can read; raises `InputError` if that is impossible."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(f"{secrets.token_hex(_KEY_BYTES)}\n")
    except OSError as error:
        raise InputError(
            f"{path} cannot be written: {error.strerror}", remedy="name a file that can be written"
        ) from error
