"""Replace the chance model of a registry."""

import os
from dataclasses import replace
from pathlib import Path

from provenance.model.content.chance import ChanceModel
from provenance.registry import registry_folder
from provenance.registry.files.mapped_files import map_registry
from provenance.registry.manifest import Manifest, registry_digest, time_after


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
    with registry_folder.staged_change(folder) as (staging, earlier):
        map_registry(folder)
        digest = registry_digest(
            earlier.parameters,
            chance,
            earlier.segments,
            earlier.statuses,
            earlier.tombstones,
            earlier.opt_outs,
            earlier.marks,
        )
        manifest = replace(earlier, chance=chance, digest=digest, aliases=())
        if digest != earlier.digest:
            manifest = replace(manifest, created=time_after(earlier)).after(earlier)
            registry_folder.publish_change(staging, manifest, folder)
    return manifest
