"""Registries at addresses, such as `s3://`: they are fetched once, and matched against locally.

Segments are named by their digests and never change, so that after an addition only the new ones
are fetched.
"""

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import fsspec
from blake3 import blake3

from provenance.atomic_output import make_durable_folders
from provenance.errors import RegistryError, RegistryNotFound
from provenance.file_locks import open_locked
from provenance.pipeline.progress import show_progress
from provenance.pipeline.result_cache import cache_folder
from provenance.read.corpus.file_access import translate_remote_errors
from provenance.registry.data_files import Digest, digest_of_file
from provenance.registry.manifest import MANIFEST, DataFile, read_manifest
from provenance.registry.registry_folder import remove_unlisted
from provenance.registry.store import Registry, open_registry

_CHUNK_BYTES = 1 << 24


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
        If one is not there, or what was fetched is damaged.
    """
    for name in names:
        if is_address(name):
            with _translate_errors(name):
                _fetch(name, quiet=quiet)


def _fetch(address: str, *, quiet: bool) -> None:
    system, root = fsspec.core.url_to_fs(address)
    folder = _cached_folder(address)
    make_durable_folders(folder)
    with _locked(folder):
        content = bytes(system.cat_file(f"{root}/{MANIFEST}"))
        present = folder / MANIFEST
        if present.exists() and present.read_bytes() == content:
            return
        arriving = folder / f"{uuid4().hex}.tmp"
        arriving.mkdir()
        try:
            (arriving / MANIFEST).write_bytes(content)
            manifest = read_manifest(arriving)
            missing = [
                (place, file)
                for place, file in manifest.places
                if not _is_here(folder / place, file)
            ]
            total = sum(file.bytes for _, file in missing)
            with show_progress("fetching", total, "B", quiet=quiet) as progress:
                for place, file in missing:
                    target = folder / place
                    target.parent.mkdir(exist_ok=True)
                    _fetch_file(system, f"{root}/{place}", file, target, progress.advance)
            os.replace(arriving / MANIFEST, present)
        finally:
            (arriving / MANIFEST).unlink(missing_ok=True)
            arriving.rmdir()
        remove_unlisted(folder, manifest)


def _is_here(path: Path, file: DataFile) -> bool:
    # Its digest was checked when it was fetched, and is checked again when it is opened.
    return path.exists() and path.stat().st_size == file.bytes


def _fetch_file(
    system: fsspec.AbstractFileSystem,
    place: str,
    file: DataFile,
    target: Path,
    advance: Callable[[int], None],
) -> None:
    arriving, digest = target.with_name(f"{target.name}.tmp"), blake3()
    with system.open(place, "rb") as source, arriving.open("wb") as sink:
        while chunk := source.read(_CHUNK_BYTES):
            digest.update(chunk)
            sink.write(chunk)
            advance(len(chunk))
    if digest.hexdigest() != file.blake3:
        arriving.unlink()
        raise RegistryError(
            f"{place} differs from what its registry's manifest says",
            remedy="upload the registry again, its manifest last",
        )
    os.replace(arriving, target)


def _cached_folder(address: str) -> Path:
    return cache_folder() / "registries" / blake3(address.encode()).hexdigest(length=12)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    descriptor = open_locked(folder / ".lock", os.O_RDWR | os.O_CREAT, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _translate_errors(address: str) -> Iterator[None]:
    try:
        with translate_remote_errors():
            yield
    except FileNotFoundError as error:
        raise RegistryNotFound(
            f"{address} is not a registry: it has no {MANIFEST}",
            remedy="check the address; upload a registry as a folder, registry.json last",
        ) from error
    except (OSError, ImportError, ValueError) as error:
        raise RegistryError(
            f"{address} cannot be fetched: {error}",
            remedy="check the address, the access rights, and that the cache's disk has space",
        ) from error
