"""A registry at an address: its files, on any file system that fsspec knows."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import fsspec
from blake3 import blake3
from fsspec.implementations.local import LocalFileSystem

from provenance.atomic_output import (
    make_durable_folders,
    remove_stale_temporaries,
    replace_file,
)
from provenance.errors import RegistryError, RegistryNotFound
from provenance.pipeline.exchange.transfer_pace import MANIFEST_BYTES, TransferPace
from provenance.pipeline.exchange.web_server import WebServer
from provenance.read.corpus.file_access import read_fully, translate_remote_errors
from provenance.registry.manifest import MANIFEST

CHUNK_BYTES = 1 << 24


@dataclass(frozen=True, slots=True)
class RegistryAddress:
    """The files of a registry at an address, by their paths within it.

    All methods raise `RegistryError` if the file system fails.

    Parameters
    ----------
    address : str
        As the user gave it.
    system : fsspec.AbstractFileSystem
        Its file system.
    root : str
        Its path there.
    pace : TransferPace
        Of all that is read from another machine.
    """

    address: str
    system: fsspec.AbstractFileSystem
    root: str
    pace: TransferPace

    @classmethod
    def of(cls, address: str) -> "RegistryAddress":
        """Return the registry at an address, or at a path of this machine."""
        pace = TransferPace(address)
        if address.startswith(("http://", "https://")):
            return cls(address, WebServer(pace), address.rstrip("/"), pace)
        with translate_errors(address):
            system, root = fsspec.core.url_to_fs(address)
            return cls(address, system, str(root).rstrip("/"), pace)

    @property
    def is_local(self) -> bool:
        """Return whether it is on this machine, so that reading its files costs no transfer."""
        return isinstance(self.system, LocalFileSystem)

    def read(self, name: str, max_bytes: int = MANIFEST_BYTES) -> bytes | None:
        """Return the content of a small file; None if there is none.

        Raises
        ------
        RegistryError
            If it has more than `max_bytes`.
        """
        with suppress(FileNotFoundError, NotADirectoryError), self.open(name) as stream:
            content = read_fully(stream, max_bytes + 1)
            if len(content) > max_bytes:
                raise RegistryError(
                    f"{self.address}/{name} has more than {max_bytes:,} bytes",
                    remedy="check the address; no registry has such a file",
                )
            return content
        return None

    def read_manifest(self) -> bytes:
        """Return the manifest, as it is stored.

        Raises
        ------
        RegistryNotFound
            If there is none.
        """
        content = self.read(MANIFEST)
        if content is None:
            raise RegistryNotFound(
                f"{self.address} is not a registry: it has no {MANIFEST}",
                remedy="check the address; its owner publishes a registry with: "
                f"provenance registry push FOLDER {self.address}",
            )
        return content

    def sizes(self) -> dict[str, int]:
        """Return the sizes of all files."""
        with translate_errors(self.address):
            self.system.invalidate_cache()
            try:
                found = self.system.find(self.root, detail=True)
            except (FileNotFoundError, NotADirectoryError):
                return {}
        start = len(self.root) + 1
        return {str(place)[start:]: int(entry["size"]) for place, entry in found.items()}

    def digest(self, name: str) -> str:
        """Return the BLAKE3 of a file, in hex."""
        digest = blake3()
        with self.open(name) as stream:
            while chunk := stream.read(CHUNK_BYTES):
                digest.update(chunk)
        return digest.hexdigest()

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """Open a file for reading."""
        with (
            translate_errors(f"{self.address}/{name}"),
            self.system.open(f"{self.root}/{name}", "rb") as stream,
        ):
            is_paced = self.is_local or isinstance(self.system, WebServer)
            yield stream if is_paced else cast("BinaryIO", _PacedStream(stream, self.pace))

    def put(self, name: str, content: memoryview, advance: Callable[[int], None]) -> None:
        """Write a file, replacing one of the same name; an incomplete one has another size."""
        with self._open_new(name) as stream:
            for first in range(0, len(content), CHUNK_BYTES):
                chunk = content[first : first + CHUNK_BYTES]
                stream.write(chunk)
                advance(len(chunk))

    def remove(self, name: str) -> None:
        """Remove a file, if there is one, and its folder if that is empty then."""
        with translate_errors(f"{self.address}/{name}", "removed"), suppress(FileNotFoundError):
            self.system.rm_file(f"{self.root}/{name}")
            if self.is_local and "/" in name:
                folder = Path(self.root, name).parent
                remove_stale_temporaries(folder)
                with suppress(OSError):
                    folder.rmdir()

    @contextmanager
    def _open_new(self, name: str) -> Iterator[BinaryIO]:
        with translate_errors(f"{self.address}/{name}", "written"):
            if self.is_local:
                path = Path(self.root, name)
                make_durable_folders(path.parent)
                with replace_file(path) as file:
                    yield file
                return
            place = f"{self.root}/{name}"
            try:
                stream = self.system.open(place, "wb")
            except FileNotFoundError:  # a file system with folders
                self.system.makedirs(place.rpartition("/")[0], exist_ok=True)
                stream = self.system.open(place, "wb")
            with stream:
                yield stream


class _PacedStream:
    """A file of another machine that has to arrive at a pace."""

    def __init__(self, stream: BinaryIO, pace: TransferPace) -> None:
        self._stream, self._pace = stream, pace
        pace.begin_file()

    def seek(self, offset: int) -> int:
        return self._stream.seek(offset)

    def read(self, size: int) -> bytes:
        with self._pace.waiting():
            data = self._stream.read(size)
        self._pace.advance(len(data))
        return data


@contextmanager
def translate_errors(address: str, verb: str = "read") -> Iterator[None]:
    """Raise errors of a file system as `RegistryError`, except for a missing file."""
    try:
        with translate_remote_errors():
            yield
    except (FileNotFoundError, NotADirectoryError):
        raise
    except (OSError, ImportError, ValueError) as error:
        raise RegistryError(
            f"{address} cannot be {verb}: {error}",
            remedy="check the address, the access rights, and that its disk has space",
        ) from error
