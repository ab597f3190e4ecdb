"""The keys of keyed registries that this process was given."""

import os
from pathlib import Path

from provenance.errors import RegistryError, RegistryKeyMissing
from provenance.registry.files.file_encryption import RegistryKey

KEY_VARIABLE = "PROVENANCE_REGISTRY_KEY"
"""Environment variable with keys, separated by white space; worker processes inherit it."""


def given_keys() -> list[RegistryKey]:
    """Return the keys in the environment; raises `RegistryError` if something there is none."""
    return [
        RegistryKey.parse(text, KEY_VARIABLE) for text in os.environ.get(KEY_VARIABLE, "").split()
    ]


def find_key(key_id: str, registry: Path | str) -> RegistryKey:
    """Return the key with an id; `registry` is named in errors.

    Raises
    ------
    RegistryKeyMissing
        If it is not given.
    """
    keys = given_keys()
    for key in keys:
        if key.id == key_id:
            return key
    given = ", ".join(key.id for key in keys)
    raise RegistryKeyMissing(
        f"{registry} is keyed with the key {key_id}; "
        + (f"the keys given are {given}" if keys else "no key is given"),
        remedy=f"name the file with its key (--registry-key), or put the key into {KEY_VARIABLE}",
    )


def only_key() -> RegistryKey:
    """Return the key in the environment, of which there must be one."""
    keys = given_keys()
    if len(keys) != 1:
        raise RegistryError(
            f"{KEY_VARIABLE} has {len(keys)} keys, not one",
            remedy="name the file with the key (--key-file), and make one with --new-key",
        )
    return keys[0]
