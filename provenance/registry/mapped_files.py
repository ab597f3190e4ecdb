"""Data files, mapped when a registry is opened: they can be read however long that takes.

Whoever adds to a registry removes the files of the generation before; what is mapped stays. A file
is never changed where it lies, so a mapping holds what its digest was made of.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from mmap import ACCESS_COPY, ACCESS_READ, MADV_DONTNEED, mmap
from pathlib import Path
from typing import TypeAlias

from blake3 import blake3

from provenance.atomic_output import open_regular
from provenance.errors import DigestMismatch, is_out_of_memory
from provenance.registry.manifest import REMEDY, DataFile, Manifest, read_manifest

_AT_ONCE = 1 << 24


@dataclass(frozen=True, slots=True)
class MappedFile:
    """A data file that is mapped.

    Parameters
    ----------
    path : Path
        Where it was.
    memory : mmap or bytes
        What is in it; bytes where that is nothing, which cannot be mapped.
    """

    path: Path
    memory: mmap | bytes

    def checked(self) -> mmap | bytes:
        """Return the memory.

        Raises
        ------
        DigestMismatch
            If somebody cut the file short where it lies: reading on would end the process.
        """
        if isinstance(self.memory, mmap) and self.memory.size() < len(self.memory):
            raise _resized(self.path, self.memory.size(), len(self.memory))
        return self.memory

    def digest(self) -> str:
        """Return the BLAKE3 of what is in it."""
        found = blake3()
        with memoryview(self.checked()) as view:
            for first in range(0, len(view), _AT_ONCE):
                found.update(view[first : first + _AT_ONCE])
        self.release()
        return found.hexdigest()

    def release(self) -> None:
        """Let go of the pages that were read: mapped, they count as memory of the process.

        They are read again when they are looked at. Whoever wrote to an array loses that.
        """
        if isinstance(self.memory, mmap):
            self.memory.madvise(MADV_DONTNEED)


Files: TypeAlias = Mapping[str, MappedFile]
"""The files of a generation, by their names."""


def map_registry(folder: Path) -> tuple[Manifest, Files]:
    """Map all files of a registry, of one generation.

    Raises
    ------
    RegistryNotFound, RegistryVersion, CorruptFile
        As of `read_manifest`.
    DigestMismatch
        If a file is missing, or of another size than the manifest says.
    """
    failed = ""
    while True:
        manifest = read_manifest(folder)
        try:
            return manifest, map_files(folder / manifest.generation, manifest.files)
        except DigestMismatch:
            # Whoever adds to a registry removes the files that an earlier manifest names.
            if manifest.digest == failed:
                raise
            failed = manifest.digest


def map_files(data: Path, files: Iterable[DataFile]) -> Files:
    """Map data files.

    Parameters
    ----------
    data : Path
        Their folder.
    files : iterable of DataFile
        What the manifest says of them.

    Raises
    ------
    DigestMismatch
        If one is missing or of another size.
    """
    return {stated.name: _mapped(data / stated.name, stated.bytes) for stated in files}


def _mapped(path: Path, size: int) -> MappedFile:
    found = map_file(path)
    if len(found.memory) != size:
        raise _resized(path, len(found.memory), size)
    return found


def map_file(path: Path) -> MappedFile:
    """Map a data file.

    Raises
    ------
    DigestMismatch
        If it cannot be read.
    """
    # Kernels take an array that could be written to for any other; no copy is ever made.
    access = ACCESS_READ if _is_read_only(path) else ACCESS_COPY
    try:
        with open_regular(path) as file:
            is_empty = not file.seek(0, 2)
            return MappedFile(path, b"" if is_empty else mmap(file.fileno(), 0, access=access))
    except OSError as error:
        if is_out_of_memory(error):
            raise
        raise DigestMismatch(f"{path} cannot be read: {error.strerror}", remedy=REMEDY) from error
    except ValueError as error:  # it was emptied meanwhile
        raise _resized(path, 0, 1) from error


def _is_read_only(path: Path) -> bool:
    return path.suffix != ".npy"


def _resized(path: Path, size: int, stated: int) -> DigestMismatch:
    return DigestMismatch(f"{path} has {size} bytes; the manifest says {stated}", remedy=REMEDY)
