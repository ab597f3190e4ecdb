"""Registries at addresses, such as `s3://`: they are pulled once, and matched against locally."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from blake3 import blake3

from provenance.pipeline.caching.result_cache import cache_folder
from provenance.pipeline.exchange.checkpoint import today
from provenance.pipeline.exchange.registry_signatures import require_trusted_folder, trust_check
from provenance.pipeline.exchange.trust_file import read_trust_file
from provenance.registry.files.data_files import Digest, digest_of_file
from provenance.registry.manifest import read_manifest
from provenance.registry.store import Registry, open_registry


def open_named_registry(
    name: str, digest: Digest = digest_of_file, trust: str | None = None
) -> Registry:
    """Open a registry by its path or address.

    Parameters
    ----------
    name : str
        Its path or address.
    digest : callable
        Computes the digests of its files.
    trust : str or None
        File with the keys that must have signed it; None accepts any registry.

    Raises
    ------
    SigningError
        If nobody who is trusted has signed it.
    ProvenanceError
        As for `open_registry` and `fetch_registries`.
    """
    fetch_registries([name], trust)
    folder = _folder(name)
    registry = open_registry(folder, digest)
    if trust is not None:
        require_trusted_folder(folder, registry.manifest, read_trust_file(trust))
    return replace(registry, address=name) if is_address(name) else registry


def local_folder(name: str) -> Path:
    """Return the folder of a registry: its path, or where it was fetched to from its address."""
    fetch_registries([name])
    return _folder(name)


def is_address(name: str) -> bool:
    """Return whether a registry is named by an address rather than a path."""
    return "://" in name


def fetch_registries(names: Sequence[str], trust: str | None = None, *, quiet: bool = True) -> None:
    """Fetch the registries that are named by an address, as far as they are not here already.

    Parameters
    ----------
    names : sequence of str
        Paths and addresses.
    trust : str or None
        File with the keys that must have signed them; None fetches any registry.
    quiet : bool
        Show no progress.

    Raises
    ------
    RegistryNotFound, RegistryError, RegistryVersion, CorruptFile, DigestMismatch, SigningError
        As for `pull`.
    """
    for name in filter(is_address, names):
        from provenance.pipeline.exchange.pulling import pull  # noqa: PLC0415 (few are remote)

        check = None if trust is None else trust_check(name, trust)
        pull(name, _folder(name), check=check, is_cache=True, quiet=quiet)


def overdue_registries(names: Sequence[str]) -> dict[str, date]:
    """Return which registries their owners should have published again by now, and by when."""
    days = {name: read_manifest(_folder(name)).fresh_until for name in names}
    return {name: day for name, day in days.items() if day is not None and day < today()}


def _folder(name: str) -> Path:
    if not is_address(name):
        return Path(name)
    return cache_folder() / "registries" / blake3(name.encode()).hexdigest(length=12)
