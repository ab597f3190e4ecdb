"""Files with the key of the fingerprints that are kept of withdrawn items."""

import os
import secrets
from pathlib import Path

from provenance.errors import InputError
from provenance.registry.withdrawn_texts import MIN_KEY_BYTES, FingerprintKey

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
    try:
        with path.open("rb") as file:
            secret = file.read(_MAX_KEY_BYTES + 1).strip()
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}", remedy="name the file that has the key"
        ) from error
    if not MIN_KEY_BYTES <= len(secret) <= _MAX_KEY_BYTES:
        raise InputError(
            f"{path} is no key: it has {len(secret):,} bytes or more",
            remedy=f"name a file with a secret of {MIN_KEY_BYTES} to {_MAX_KEY_BYTES:,} bytes",
        )
    return secret


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
