"""Memory-mapped data files, which stay readable while another process extends the registry.

Extending a registry removes the files of the previous generation; mapped files stay available. A
file is never modified in place, so a mapping holds the content that its digest was computed from.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from mmap import ACCESS_COPY, ACCESS_READ, MADV_DONTNEED, mmap
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa
from blake3 import blake3

from provenance.atomic_output import open_regular_file
from provenance.errors import DigestMismatch, is_out_of_memory
from provenance.registry.files.file_encryption import (
    TAG_BYTES,
    Content,
    DecryptedStream,
    RegistryKey,
    decrypt,
    is_authentic,
)
from provenance.registry.files.registry_keys import find_key
from provenance.registry.manifest import REMEDY, DataFile, Manifest, Segment, read_manifest

_HASH_CHUNK_BYTES = 1 << 24


@dataclass(frozen=True, slots=True)
class MappedFile:
    """A memory-mapped data file.

    Parameters
    ----------
    path : Path
        Path from which it was mapped.
    memory : mmap or bytes
        What is stored; bytes for an empty file, which cannot be mapped.
    """

    path: Path
    memory: mmap | bytes

    @property
    def key_id(self) -> str:
        """Id of the key that it is encrypted under; empty if it is not."""
        return ""

    def content(self) -> Content:
        """Return the content; raises as `stored`."""
        return self.stored()

    def reader(self) -> pa.NativeFile:
        """Return the content for reading at any place; raises as `stored`."""
        return pa.BufferReader(pa.py_buffer(self.stored()))

    def check_authentic(self) -> None:
        """Check that who encrypted the file had its key; raises `DigestMismatch` if not."""

    def stored(self) -> mmap | bytes:
        """Return what is stored: the content, unless it is encrypted.

        Raises
        ------
        DigestMismatch
            If the file was truncated in place: reading it would end the process with SIGBUS.
        """
        if isinstance(self.memory, mmap) and self.memory.size() < len(self.memory):
            raise _size_error(self.path, self.memory.size(), len(self.memory))
        return self.memory

    def digest(self) -> str:
        """Return the BLAKE3 of what is stored."""
        hasher = blake3()
        with memoryview(self.stored()) as view:
            for first in range(0, len(view), _HASH_CHUNK_BYTES):
                hasher.update(view[first : first + _HASH_CHUNK_BYTES])
        self.release()
        return hasher.hexdigest()

    def release(self) -> None:
        """Release the pages that were read, which count as memory of the process.

        They are read again on access. Changes to arrays in them are lost.
        """
        if isinstance(self.memory, mmap):
            self.memory.madvise(MADV_DONTNEED)


@dataclass(frozen=True)
class EncryptedFile(MappedFile):
    """A memory-mapped data file that is encrypted; what is read of it is decrypted into memory.

    Parameters
    ----------
    key : RegistryKey
        Its key.
    """

    key: RegistryKey

    @property
    def key_id(self) -> str:
        """Id of its key."""
        return self.key.id

    def content(self) -> Content:
        """Return the content, all of which is decrypted, and kept until it is released."""
        return self._plain

    def reader(self) -> pa.NativeFile:
        """Return the content for reading; only what is read is decrypted."""
        return pa.PythonFile(DecryptedStream(self.stored(), self.key), "r")

    def check_authentic(self) -> None:
        """Check that who encrypted the file had its key; raises `DigestMismatch` if not."""
        is_ours = is_authentic(self.stored(), self.content(), self.path.name, self.key)
        self.release()
        if not is_ours:
            raise DigestMismatch(
                f"{self.path} was not encrypted with the key {self.key.id}, or under another name",
                remedy=REMEDY,
            )

    def release(self) -> None:
        """Release the pages that were read, and what was decrypted, unless an array has it."""
        MappedFile.release(self)
        self.__dict__.pop("_plain", None)

    @cached_property
    def _plain(self) -> memoryview:
        plain = decrypt(self.stored(), self.key, 0, max(len(self.memory) - TAG_BYTES, 0))
        MappedFile.release(self)
        return memoryview(plain)  # type: ignore[arg-type]


Files: TypeAlias = Mapping[str, MappedFile]
"""The files of a segment, by name."""


@dataclass(frozen=True, slots=True)
class MappedSegment:
    """A segment whose files are mapped.

    Parameters
    ----------
    entry : Segment
        Its entry in the manifest.
    files : mapping of str to MappedFile
        Its files.
    """

    entry: Segment
    files: Files


@dataclass(frozen=True, slots=True)
class MappedRegistry:
    """A registry whose files are mapped.

    Parameters
    ----------
    manifest : Manifest
        Its manifest.
    segments : tuple of MappedSegment
        Its segments.
    tables : mapping of str to MappedFile
        The files beside the segments, by name.
    """

    manifest: Manifest
    segments: tuple[MappedSegment, ...]
    tables: Files

    @property
    def statuses(self) -> MappedFile | None:
        """The file of the items' statuses, if there is one."""
        entry = self.manifest.statuses
        return None if entry is None else self.tables[entry.name]


def map_registry(folder: Path, *, as_stored: bool = False) -> MappedRegistry:
    """Map the files of a registry, also while it is changed.

    Parameters
    ----------
    folder : Path
        The registry.
    as_stored : bool
        Whether encrypted files are only to be copied: their key is not needed.

    Raises
    ------
    RegistryNotFound, RegistryVersion, CorruptFile
        As for `read_manifest`.
    DigestMismatch
        If a file is missing, or its size differs from the manifest.
    RegistryKeyMissing
        If its files are encrypted, and the key is not given.
    """
    failed_digest = ""
    while True:
        manifest = read_manifest(folder)
        is_encrypted = bool(manifest.key_id) and not as_stored
        key = find_key(manifest.key_id, folder) if is_encrypted else None
        try:
            segments = tuple(map_segment(folder, segment, key) for segment in manifest.segments)
            return MappedRegistry(manifest, segments, map_files(folder, manifest.tables, key))
        except DigestMismatch:
            # A process that changes the registry removes the files of the previous manifest.
            if manifest.digest == failed_digest:
                raise
            failed_digest = manifest.digest


def map_segment(folder: Path, segment: Segment, key: RegistryKey | None = None) -> MappedSegment:
    """Map the files of a segment; raises as `map_files`."""
    return MappedSegment(segment, map_files(folder / segment.folder, segment.files, key))


def map_files(data: Path, files: Iterable[DataFile], key: RegistryKey | None = None) -> Files:
    """Map data files.

    Parameters
    ----------
    data : Path
        Their folder.
    files : iterable of DataFile
        Their entries in the manifest.
    key : RegistryKey or None
        The key that they are encrypted under; None if they are not.

    Raises
    ------
    DigestMismatch
        If one is missing or has another size.
    """
    mapped = {entry.name: _map_with_size(data / entry.name, entry.bytes) for entry in files}
    if key is None:
        return mapped
    return {name: EncryptedFile(file.path, file.memory, key) for name, file in mapped.items()}


def _map_with_size(path: Path, size: int) -> MappedFile:
    file = map_file(path)
    if len(file.memory) != size:
        raise _size_error(path, len(file.memory), size)
    return file


def map_file(path: Path) -> MappedFile:
    """Map a data file.

    Raises
    ------
    DigestMismatch
        If it cannot be read.
    """
    # Kernels are compiled for writable arrays only. Copy-on-write maps are never written to.
    access = ACCESS_READ if _is_read_only(path) else ACCESS_COPY
    try:
        with open_regular_file(path) as file:
            is_empty = not file.seek(0, 2)
            return MappedFile(path, b"" if is_empty else mmap(file.fileno(), 0, access=access))
    except OSError as error:
        if is_out_of_memory(error):
            raise
        raise DigestMismatch(f"{path} cannot be read: {error.strerror}", remedy=REMEDY) from error
    except ValueError as error:  # it was emptied meanwhile
        raise _size_error(path, 0, 1) from error


def _is_read_only(path: Path) -> bool:
    return path.suffix != ".npy"


def _size_error(path: Path, size: int, expected: int) -> DigestMismatch:
    return DigestMismatch(f"{path} has {size} bytes; the manifest says {expected}", remedy=REMEDY)
