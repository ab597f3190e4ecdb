"""Registries at addresses, such as `s3://`: they are pulled once, and matched against locally."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from blake3 import blake3

from provenance.pipeline.exchange.pulling import pull
from provenance.pipeline.result_cache import cache_folder
from provenance.registry.data_files import Digest, digest_of_file
from provenance.registry.store import Registry, open_registry


def open_named_registry(name: str, digest: Digest = digest_of_file) -> Registry:
    """Open a registry by its path or address; raises as `open_registry` and `fetch_registries`."""
    if not is_address(name):
        return open_registry(Path(name), digest)
    return replace(open_registry(local_folder(name), digest), address=name)


def local_folder(name: str) -> Path:
    """Return the folder of a registry: its path, or where it was fetched to from its address."""
    if not is_address(name):
        return Path(name)
    fetch_registries([name])
    return _cached_folder(name)


def is_address(name: str) -> bool:
    """Return whether a registry is named by an address rather than a path."""
    return "://" in name


def fetch_registries(names: Sequence[str], *, quiet: bool = True) -> None:
    """Fetch the registries that are named by an address, as far as they are not here already.

    Raises
    ------
    RegistryNotFound, RegistryError, RegistryVersion, CorruptFile, DigestMismatch
        As for `pull`.
    """
    for name in names:
        if is_address(name):
            pull(name, _cached_folder(name), is_cache=True, quiet=quiet)


def _cached_folder(address: str) -> Path:
    return cache_folder() / "registries" / blake3(address.encode()).hexdigest(length=12)
