"""Publish copies of registries that do not have the items' texts."""

from collections.abc import Sequence
from pathlib import Path

from provenance.errors import InputError
from provenance.model.content.registry_arrays import RegistryArrays
from provenance.model.rules.rule_library import Library
from provenance.pipeline.exchange.key_files import make_key, read_registry_key
from provenance.pipeline.settings import Settings
from provenance.pipeline.sketching import SHARED_SCALED, sketch_items
from provenance.read.policy.gate_syntax import parse_rate
from provenance.read.rules.rule_files import load_rules
from provenance.registry.build.registry_builder import resolve_folder
from provenance.registry.changes.keyed_copy import DROPPABLE, publish_keyed
from provenance.registry.files.file_encryption import RegistryKey
from provenance.registry.files.registry_keys import only_key
from provenance.registry.manifest import Manifest
from provenance.registry.public_copy import (
    PublicManifest,
    PublicTerms,
    is_public_copy,
    open_public_copy,
    write_public_copy,
)
from provenance.registry.registry_folder import require_original, require_vacant
from provenance.registry.sketch_file import write_sketch
from provenance.registry.store import open_registry

__all__ = [
    "is_public_copy",
    "open_public_copy",
    "parse_rate",
    "publish_keyed_copy",
    "publish_public_copy",
]

_LEAST_RATE, _HIGHEST_RATE = 0.0001, 0.5


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


def publish_public_copy(
    folder: Path, output: Path, false_positive_rate: float, settings: Settings
) -> PublicManifest:
    """Make the public copy of a registry.

    Parameters
    ----------
    folder : Path
        The registry.
    output : Path
        The folder to create.
    false_positive_rate : float
        Expected share of texts that are no items, but may be by the copy's filter.
    settings : Settings
        Number of threads, and whether to show progress.

    Raises
    ------
    InputError
        If the rate is impossible, or so low that a hit could not be denied.
    RegistryError
        As for `write_public_copy`.
    """
    if not _LEAST_RATE <= false_positive_rate <= _HIGHEST_RATE:
        raise InputError(
            f"{false_positive_rate:g} is no rate of false positives for a public copy",
            remedy=f"give one from {_LEAST_RATE:.2%} to {_HIGHEST_RATE:.0%}: a hit must be "
            "deniable, and not the rule",
        )
    require_vacant(output)
    require_original(folder)
    registry = open_registry(resolve_folder(folder))

    def write(arrays: RegistryArrays, path: Path) -> None:
        digest = registry.manifest.digest
        write_sketch(sketch_items(arrays, digest, settings, SHARED_SCALED), path)

    library = load_rules()
    terms = {each.source: _terms(library, each.source) for each in registry.manifest.sources}
    return write_public_copy(registry, resolve_folder(output), false_positive_rate, terms, write)


def _terms(library: Library, source: str) -> tuple[PublicTerms, ...]:
    """Return the documents in force of a source that the rules know, each once."""
    found = {
        (terms.document, terms.address): PublicTerms(source, terms.document, terms.address or "")
        for each in library.sources
        if each.id == source
        for terms in each.terms
        if terms.period.until is None
    }
    return tuple(found.values())


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
