"""The law of chance of a registry, put in the place of the one that it was made with."""

import os
from dataclasses import replace
from pathlib import Path

from provenance.errors import RegistryError
from provenance.model import Chance
from provenance.registry import registry_folder as folders
from provenance.registry.manifest import Manifest, digest_of
from provenance.registry.mapped_files import map_files


def refit(folder: Path, chance: Chance) -> Manifest:
    """Store how often chance gives a match with a registry's items.

    Parameters
    ----------
    folder : Path
        The registry. Its data files stay as they are; its digest does not.
    chance : Chance
        As it was measured.

    Raises
    ------
    RegistryNotFound
        If `folder` is not a registry.
    DigestMismatch
        If one of its files is missing or of another size.
    RegistryError
        If another process is writing to it, or it cannot be written.
    """
    folder = Path(os.path.realpath(folder))
    with folders.existing(folder) as (staging, earlier):
        map_files(folder / earlier.generation, earlier.files)
        folders.drop_others(folder, earlier)
        digest = digest_of(earlier.parameters, chance, earlier.files)
        made = replace(earlier, chance=chance, digest=digest)
        if made.digest == earlier.digest:
            return earlier
        generation = staging / made.generation
        try:
            generation.mkdir()
            for file in earlier.files:
                os.link(folder / earlier.generation / file.name, generation / file.name)
        except OSError as error:
            raise RegistryError(
                f"{folder} cannot be written: {error}",
                remedy="make sure that you may write there, on a file system that has hard links",
            ) from error
        folders.succeed(generation, made, folder)
    return made
