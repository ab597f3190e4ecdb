"""Replace the chance model of a registry."""

import os
from dataclasses import replace
from pathlib import Path

from provenance.errors import RegistryError
from provenance.model import ChanceModel
from provenance.registry import registry_folder
from provenance.registry.manifest import Manifest, registry_digest
from provenance.registry.mapped_files import map_files


def replace_chance_model(folder: Path, chance: ChanceModel) -> Manifest:
    """Store a measured chance model in a registry.

    Parameters
    ----------
    folder : Path
        The registry. Its data files stay; its digest changes.
    chance : ChanceModel
        The model.

    Raises
    ------
    RegistryNotFound
        If `folder` is not a registry.
    DigestMismatch
        If one of its files is missing or has another size.
    RegistryError
        If another process is writing to it, or it cannot be written.
    """
    folder = Path(os.path.realpath(folder))
    with registry_folder.staged_generation(folder) as (staging, earlier):
        map_files(folder / earlier.generation, earlier.files)
        registry_folder.remove_other_generations(folder, earlier)
        digest = registry_digest(earlier.parameters, chance, earlier.files)
        manifest = replace(earlier, chance=chance, digest=digest)
        if manifest.digest == earlier.digest:
            return earlier
        generation = staging / manifest.generation
        try:
            generation.mkdir()
            for file in earlier.files:
                os.link(folder / earlier.generation / file.name, generation / file.name)
        except OSError as error:
            raise RegistryError(
                f"{folder} cannot be written: {error}",
                remedy="check that the folder is writable and its file system supports hard links",
            ) from error
        registry_folder.publish_generation(generation, manifest, folder)
    return manifest
