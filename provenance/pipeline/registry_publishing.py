"""Publish copies of registries that do not have the items' texts."""

from collections.abc import Sequence
from pathlib import Path

from provenance.errors import InputError
from provenance.pipeline.key_files import make_key, read_registry_key
from provenance.registry.build.keyed_copy import DROPPABLE, publish_keyed
from provenance.registry.file_encryption import RegistryKey
from provenance.registry.manifest import Manifest
from provenance.registry.registry_folder import require_original, require_vacant
from provenance.registry.registry_keys import only_key


def publish_keyed_copy(
    folder: Path,
    output: Path,
    *,
    key_file: Path | None = None,
    new_key: bool = False,
    drop: Sequence[str] = (),
) -> Manifest:
    """Make the keyed copy of a registry.

    Parameters
    ----------
    folder : Path
        The registry.
    output : Path
        The folder to create.
    key_file : Path or None
        File with the key; None takes the key in the environment.
    new_key : bool
        Whether to make the key, and the file.
    drop : sequence of str
        What the copy does not have: "ids", "authors", "marks".

    Raises
    ------
    InputError
        If the key cannot be read or made, or something else is to be dropped.
    RegistryError
        As for `publish_keyed`.
    """
    if unknown := sorted({*drop} - {*DROPPABLE}):
        raise InputError(
            f"a copy has no {unknown[0]!r} that could be dropped",
            remedy=f"name some of {', '.join(DROPPABLE)}",
        )
    require_vacant(output)
    require_original(folder)
    return publish_keyed(folder, output, _key(output, key_file, new_key=new_key), drop)


def _key(output: Path, file: Path | None, *, new_key: bool) -> RegistryKey:
    if file is None:
        if new_key:
            raise InputError(
                "there is no file to write the new key to", remedy="name one with --key-file"
            )
        return only_key()
    if file.resolve().is_relative_to(output.resolve()):
        raise InputError(
            f"{file} is in {output}: whoever gets the copy would get the key with it",
            remedy="keep the key elsewhere, and send it by another way",
        )
    if new_key:
        make_key(file)
    return read_registry_key(file)
