"""Pull a registry from an address: only what is not here already, the manifest last.

Files are named by digest and never change, so that a pull that was interrupted continues, and one
after a change fetches only what is new. What was fetched is verified by its digest.

Neither the address nor what it serves is trusted: sizes, number of versions and time are limited,
and no file gets more bytes than its manifest states.
"""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from blake3 import blake3

from provenance.atomic_output import PREFIX, make_durable_folders, replace_file, sync_path
from provenance.errors import (
    DigestMismatch,
    ProvenanceError,
    RegistryError,
    RegistryExists,
    RegistryNotFound,
)
from provenance.model.short_repr import short_repr
from provenance.pipeline.caching.result_cache import CacheUsage, clear_cache
from provenance.pipeline.exchange.checkpoint import (
    CHECKPOINT_FILE,
    Check,
    Checkpoint,
    manifest_digest,
    read_checkpoint,
    today,
    write_checkpoint,
)
from provenance.pipeline.exchange.registry_address import CHUNK_BYTES, RegistryAddress
from provenance.pipeline.exchange.transfer_pace import SIGNATURE_BYTES
from provenance.pipeline.execution.progress import Progress, show_progress
from provenance.pipeline.item_addresses import known_addresses
from provenance.registry.changes.withdrawal import keep_withdrawn_names
from provenance.registry.files.data_files import digest_of_file
from provenance.registry.files.mapped_files import MappedRegistry, map_registry
from provenance.registry.files.registry_keys import find_key
from provenance.registry.manifest import (
    MANIFEST,
    DataFile,
    Manifest,
    parse_manifest,
    read_manifest_bytes,
)
from provenance.registry.registry_difference import RegistryDifference, compare_registries
from provenance.registry.registry_folder import (
    LOCK_FILE,
    locked_folder,
    remove_unlisted,
    require_free,
    signature_name,
)
from provenance.registry.side_tables.tombstones import (
    NO_TOMBSTONES,
    load_tombstones,
    read_tombstones,
)

MAX_VERSIONS = 3
"""Versions that are tried if an owner pushes while they are fetched."""

_CLOCK_DIFFERENCE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pull:
    """Outcome of a pull.

    Parameters
    ----------
    manifest : Manifest
        Of the registry.
    difference : RegistryDifference
        In items, from what was here before.
    fetched, fetched_bytes : int
        Number and size of the data files that were fetched.
    present : int
        Number of data files that were here.
    doubt : str or None
        Why all files that were here were read and compared; None if they were trusted.
    is_changed : bool
        Whether it is another version than what was here.
    cleared : CacheUsage or None
        The result cache before it was cleared; None if it was not.
    """

    manifest: Manifest
    difference: RegistryDifference
    fetched: int
    fetched_bytes: int
    present: int
    doubt: str | None = None
    is_changed: bool = True
    cleared: CacheUsage | None = None

    __repr__ = short_repr

    @property
    def is_overdue(self) -> bool:
        """Return whether its owner should have published it again by now."""
        fresh_until = self.manifest.fresh_until
        return fresh_until is not None and fresh_until < today()


def pull(  # noqa: PLR0913 (the options of the command)
    address: str,
    folder: Path,
    *,
    check: Check | None = None,
    allow_older: bool = False,
    purge: bool = False,
    is_cache: bool = False,
    quiet: bool = True,
) -> Pull:
    """Fetch a registry, or the changes since it was fetched.

    Parameters
    ----------
    address : str
        Where from.
    folder : Path
        Where to: absent, empty, or with what was pulled from there before.
    check : callable or None
        Judges the manifest before anything else is fetched.
    allow_older : bool
        Whether an older version may replace a newer one.
    purge : bool
        Whether to clear the result cache if items were withdrawn.
    is_cache : bool
        Whether nobody else changes the folder.
    quiet : bool
        Show no progress.

    Raises
    ------
    RegistryNotFound, RegistryVersion, CorruptFile, DigestMismatch
        If there is no intact registry at the address.
    RegistryExists
        If `folder` is something else, or was changed here.
    RegistryKeyMissing
        If it is a keyed copy, and its key is not given.
    RegistryError
        If the registry is older than what was pulled before, or cannot be fetched.
    """
    if not is_cache:
        _require_possible(folder, address)
    origin = RegistryAddress.of(address)
    outcome = _fetch_version(
        origin,
        lambda content: _Arrival(origin, folder, content, check).fetch(
            allow_older=allow_older, is_cache=is_cache, quiet=quiet
        ),
    )
    if purge and outcome.difference.withdrawn:
        return replace(outcome, cleared=clear_cache())
    return outcome


def _fetch_version(origin: RegistryAddress, fetch: Callable[[bytes], Pull]) -> Pull:
    """Fetch the version at an address; another one if its owner pushes that meanwhile."""
    content = origin.read_manifest()
    for _ in range(MAX_VERSIONS):
        try:
            return fetch(content)
        except ProvenanceError:
            latest = origin.read_manifest()
            if latest == content:
                raise
            content = latest  # its owner has pushed, and removed earlier files
    raise RegistryError(
        f"{origin.address} served {MAX_VERSIONS + 1} versions of the registry in a row, and none "
        "of them as a whole",
        remedy="pull again later; if that happens again, ask its owner why",
    )


class _Arrival:
    """A registry that is being fetched, by one manifest."""

    def __init__(
        self, origin: RegistryAddress, folder: Path, content: bytes, check: Check | None
    ) -> None:
        self._origin, self._folder, self._content = origin, folder, content
        self._manifest = parse_manifest(content, origin.address)
        self._require_past()
        if self._manifest.key_id:  # without it, nobody could say what was withdrawn
            find_key(self._manifest.key_id, origin.address)
        self._signature = origin.read(signature_name(content), SIGNATURE_BYTES)
        if check is not None:
            check(content, self._signature, self._manifest)

    def fetch(self, *, allow_older: bool, is_cache: bool, quiet: bool) -> Pull:
        """Fetch what is missing, and put the manifest in place."""
        folder, manifest = self._folder, self._manifest
        make_durable_folders(folder)
        with locked_folder(folder):  # another pull into it ends first
            if not is_cache:
                _require_own(folder, self._origin.address)
            checkpoint = read_checkpoint(folder)
            if checkpoint is not None and not allow_older:
                self._require_newer(checkpoint)
            present = _present_registry(folder, checkpoint)
            is_changed = manifest_bytes(folder) != self._content
            if present.is_trusted and not is_changed:
                self._write_signature()  # somebody else may have signed it, too
                return Pull(
                    manifest,
                    RegistryDifference(0, 0, 0, NO_TOMBSTONES),
                    0,
                    0,
                    len(manifest.places),
                    is_changed=False,
                )
            write_checkpoint(folder, self._checkpoint(previous=_manifest_digest(folder)))
            missing = self._missing(present)
            total = sum(file.bytes for _, file in missing)
            self._require_room(missing)
            with show_progress("fetching", total, "B", quiet=quiet) as progress:
                for place, file in missing:
                    self._fetch_file(place, file, progress)
            self._write_signature()
            self._keep_withdrawn_names(present)
            with replace_file(folder / MANIFEST) as stream:
                stream.write(self._content)
            difference = compare_registries(present.registry, map_registry(folder))
            self._complete_checkpoint()
            remove_unlisted(folder, manifest)
        return Pull(
            manifest,
            difference,
            len(missing),
            total,
            len(manifest.places) - len(missing),
            present.doubt,
            is_changed,
        )

    def _keep_withdrawn_names(self, present: "_Present") -> None:
        """Keep by what questions find what this version withdraws; a damaged copy cannot tell."""
        if present.registry is None:
            return
        tombstones = load_tombstones(self._folder, self._manifest)
        if not tombstones.equals(read_tombstones(present.registry)):
            with suppress(ProvenanceError):
                keep_withdrawn_names(self._folder, tombstones, known_addresses().canonical)

    def _require_newer(self, checkpoint: Checkpoint) -> None:
        if self._manifest.created < checkpoint.created:
            raise RegistryError(
                f"the registry at {self._origin.address}, of {_time(self._manifest.created)}, is "
                f"older than the one that was pulled before, of {_time(checkpoint.created)}",
                remedy="ask its owner why; if the older one is right: provenance registry pull "
                f"{self._origin.address} -o FOLDER --allow-older",
            )

    def _missing(self, present: "_Present") -> list[tuple[str, DataFile]]:
        trusted = set[str]()
        if present.is_trusted and present.registry is not None:
            trusted = {place for place, _ in present.registry.manifest.places}
        return [
            (place, file)
            for place, file in self._manifest.places
            if not _is_intact(self._folder / place, file, compare=place not in trusted)
        ]

    def _require_past(self) -> None:
        if self._manifest.created > datetime.now(UTC) + _CLOCK_DIFFERENCE:
            raise RegistryError(
                f"the registry at {self._origin.address} states that it was written on "
                f"{_time(self._manifest.created)}, which is in the future",
                remedy="check the clock of this machine; if it is right, ask its owner why",
            )

    def _require_room(self, missing: list[tuple[str, DataFile]]) -> None:
        total, free = sum(file.bytes for _, file in missing), shutil.disk_usage(self._folder).free
        here = sum(
            path.stat().st_size
            for place, _ in missing
            if (path := _arriving(self._folder / place)).exists()
        )
        if total - here > free:
            raise RegistryError(
                f"{self._origin.address} has {total - here:,} bytes to fetch, and the disk of "
                f"{self._folder} has room for {free:,}",
                remedy="make room, or pull into a folder of another disk",
            )

    def _fetch_file(self, place: str, file: DataFile, progress: Progress) -> None:
        target = self._folder / place
        target.parent.mkdir(exist_ok=True)
        arriving = _arriving(target)
        before = arriving.stat().st_size if arriving.exists() else 0
        try:
            received = self._receive(place, file, arriving, progress)
            is_intact = received == _Received(file.bytes, file.blake3)
            if before and not is_intact and received.size in {before, file.bytes}:
                arriving.unlink()  # it is damaged, or the rest is not to be had
                received = self._receive(place, file, arriving, progress)
        except FileNotFoundError as error:
            raise RegistryError(
                f"{self._origin.address} has no {place}, though its {MANIFEST} lists it",
                remedy="ask its owner to push the registry again",
            ) from error
        self._require_intact(place, file, received, arriving)
        sync_path(arriving)
        os.replace(arriving, target)
        sync_path(target.parent)

    def _require_intact(
        self, place: str, file: DataFile, received: "_Received", arriving: Path
    ) -> None:
        if received.size < file.bytes:  # what arrived is kept
            raise DigestMismatch(
                f"{self._origin.address}/{place} ended after {received.size:,} of the "
                f"{file.bytes:,} bytes that its {MANIFEST} states",
                remedy="pull again, which continues there; if it ends there again, ask its owner "
                "to push the registry again with --verify",
            )
        if received != _Received(file.bytes, file.blake3):
            arriving.unlink()
            is_longer = received.size > file.bytes
            raise DigestMismatch(
                f"{self._origin.address}/{place} "
                + (
                    f"is longer than the {file.bytes:,} bytes that its {MANIFEST} states"
                    if is_longer
                    else f"differs from what its {MANIFEST} says"
                ),
                remedy="ask its owner to push the registry again with --verify",
            )

    def _receive(
        self, place: str, file: DataFile, arriving: Path, progress: Progress
    ) -> "_Received":
        """Fetch a file, or the rest of it, up to its stated size; return what is there then."""
        digest = blake3()
        with arriving.open("ab+") as sink:
            if sink.tell() > file.bytes:
                sink.truncate(0)
            sink.seek(0)
            while chunk := sink.read(CHUNK_BYTES):
                digest.update(chunk)
                progress.advance(len(chunk))
            size = sink.tell()
            if size == file.bytes and size:
                return _Received(size, digest.hexdigest())
            with self._origin.open(place) as source:
                if size:
                    source.seek(size)
                while size < file.bytes and (
                    chunk := source.read(min(CHUNK_BYTES, file.bytes - size))
                ):
                    digest.update(chunk)
                    sink.write(chunk)
                    progress.advance(len(chunk))
                    size += len(chunk)
                if size == file.bytes and source.read(1):
                    size += 1  # not written
        return _Received(size, digest.hexdigest())

    def _write_signature(self) -> None:
        if self._signature is not None:
            with replace_file(self._folder / signature_name(self._content)) as stream:
                stream.write(self._signature)

    def _checkpoint(
        self, *, pulled: datetime | None = None, previous: str | None = None
    ) -> Checkpoint:
        return Checkpoint(
            address=self._origin.address,
            manifest=manifest_digest(self._content),
            created=self._manifest.created,
            fresh_until=self._manifest.fresh_until,
            pulled=pulled,
            previous=previous,
        )

    def _complete_checkpoint(self) -> None:
        try:
            pulled = datetime.now(UTC).replace(microsecond=0)
            write_checkpoint(self._folder, self._checkpoint(pulled=pulled))
        except OSError as error:
            raise RegistryError(
                f"{self._folder} has the registry now, as a whole, but {CHECKPOINT_FILE} in it "
                f"cannot be written: {error.strerror or error}",
                remedy="pull again, which compares every file with its digest",
            ) from error


@dataclass(frozen=True, slots=True)
class _Received:
    """What is there of a file: its size, one more than stated if it is longer, and BLAKE3."""

    size: int
    blake3: str


@dataclass(frozen=True, slots=True)
class _Present:
    """State of the local copy before a pull.

    Parameters
    ----------
    registry : MappedRegistry or None
        The registry; None if there is none, or it is damaged.
    doubt : str or None
        Why its files are to be read and compared.
    """

    registry: MappedRegistry | None
    doubt: str | None = None

    @property
    def is_trusted(self) -> bool:
        return self.registry is not None and self.doubt is None


def _present_registry(folder: Path, checkpoint: Checkpoint | None) -> _Present:
    if not (folder / MANIFEST).exists():
        return _Present(None)
    try:
        registry = map_registry(folder)
        read_tombstones(registry)
    except ProvenanceError:
        return _Present(None, "the copy was damaged")
    if checkpoint is None:
        return _Present(registry, "it was not known which version the copy was")
    if checkpoint.pulled is None:
        return _Present(registry, "the last pull was interrupted")
    fresh_until = checkpoint.fresh_until
    if fresh_until is not None and checkpoint.pulled.date() <= fresh_until < today():
        return _Present(registry, f"the copy was fresh until {fresh_until}")
    return _Present(registry)


def _require_possible(folder: Path, address: str) -> None:
    """Raise an error if a folder, which others may be changing, is of something else."""
    if (
        read_checkpoint(folder) is None
        and not _is_vacant(folder)
        and read_checkpoint(folder) is None
    ):
        require_free(folder)
    _require_address(folder, read_checkpoint(folder), address)


def _is_vacant(folder: Path) -> bool:
    """Return whether a folder is absent or has nothing but what a pull puts there first."""
    return not folder.exists() or (
        folder.is_dir()
        and all(path.name == LOCK_FILE or path.name.startswith(PREFIX) for path in folder.iterdir())
    )


def _require_address(folder: Path, checkpoint: Checkpoint | None, address: str) -> None:
    if checkpoint is not None and checkpoint.address != address:
        raise RegistryExists(
            f"{folder} was pulled from {checkpoint.address}", remedy="name another folder"
        )


def _require_own(folder: Path, address: str) -> None:
    """Raise an error if a locked folder has something else, or was changed since a pull."""
    checkpoint = read_checkpoint(folder)
    if checkpoint is None:
        if not _is_vacant(folder):
            require_free(folder)
        return
    _require_address(folder, checkpoint, address)
    content = manifest_bytes(folder)
    known = {checkpoint.manifest, checkpoint.previous}
    if content is not None and manifest_digest(content) not in known:
        raise RegistryExists(
            f"{folder} was changed after it was pulled; the next version would undo that",
            remedy="pull into another folder, and merge the two: provenance registry merge",
        )


def manifest_bytes(folder: Path) -> bytes | None:
    """Return the manifest of a registry, as it is stored; None if there is none."""
    try:
        return read_manifest_bytes(folder)
    except RegistryNotFound:
        return None


def _manifest_digest(folder: Path) -> str | None:
    content = manifest_bytes(folder)
    return None if content is None else manifest_digest(content)


def _arriving(target: Path) -> Path:
    """Return where a file is kept until all of it is there."""
    return target.with_name(f"{target.name}.tmp")


def _is_intact(path: Path, file: DataFile, *, compare: bool) -> bool:
    try:
        if path.stat().st_size != file.bytes:
            return False
        return not compare or digest_of_file(path) == file.blake3
    except OSError:
        return False


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"
