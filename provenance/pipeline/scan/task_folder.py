"""A folder in which processes and machines exchange the results of their tasks."""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import fsspec
import numpy as np

from provenance.atomic_output import (
    make_durable_folders,
    remove_stale_temporaries,
    replace_file,
    temporary_folder,
)
from provenance.errors import OutputError
from provenance.model.content.fingerprints import UInt8s
from provenance.pipeline.caching.result_cache import Buffer, digest_of, entry_content, entry_header
from provenance.read.corpus.address_resolution import missing_library_remedy
from provenance.read.corpus.corpus_parts import Part
from provenance.read.corpus.file_access import translate_remote_errors

_OUR_FILES = re.compile(r"[0-9a-f]{2}/[0-9a-f]{62}")
"""Results, relative to their folder."""


@dataclass(frozen=True, slots=True)
class TaskFolder:
    """Results of tasks, named by the digest of everything that they depend on.

    Parts of a corpus are known by the identity of their files (`File.identity`), so that a task can
    be named without reading the part.

    Parameters
    ----------
    system : fsspec.AbstractFileSystem
        The file system.
    path : str
        The folder on it.
    context_digest : str
        Digest of everything that tasks depend on, except for the part.
    """

    system: fsspec.AbstractFileSystem
    path: str
    context_digest: str = ""

    @classmethod
    def at(cls, address: str) -> "TaskFolder":
        """Return the task folder at a path, or at an address of a file system that fsspec knows.

        Raises
        ------
        OutputError
            If there is no such file system.
        """
        try:
            return cls(*fsspec.core.url_to_fs(address))
        except (ImportError, ValueError, OSError) as error:
            remedy = "name a folder that can be written"
            if isinstance(error, ImportError):
                remedy = missing_library_remedy(address)
            raise OutputError(f"{address} cannot be opened: {error}", remedy=remedy) from error

    def in_context(self, digest: str) -> "TaskFolder":
        """Return the folder for tasks that depend on the given digest."""
        return replace(self, context_digest=digest)

    @property
    def keeps_unread(self) -> bool:
        """Return whether readings of parts that could not be read to their end are kept: yes."""
        return True

    def name_part(self, part: Part) -> str | None:
        """Return what a part is known by: the identity of its file; None for a stream."""
        return None if part.identity is None else part.identity()

    def key(self, *of: str | bytes) -> str:
        """Return the name of the task that depends on the given values."""
        return digest_of((self.context_digest, *of))

    def exists(self, name: str) -> bool:
        """Return whether a task was done."""
        with self._errors():
            return bool(self.system.exists(self._place(name)))

    def load(self, name: str) -> UInt8s | None:
        """Return the result of a task if it is there and intact, or None.

        Raises
        ------
        OutputError
            If the folder cannot be read.
        """
        with self._errors():
            try:
                entry = np.frombuffer(bytearray(self.system.cat_file(self._place(name))), np.uint8)
            except FileNotFoundError:
                return None
        return entry_content(name, entry)

    def store(self, name: str, content: Sequence[Buffer]) -> None:
        """Store the result of a task atomically.

        Raises
        ------
        OutputError
            If it cannot be stored.
        """
        entry = b"".join([entry_header(name, content), *content])
        self.write(
            f"{name[:2]}/{name[2:]}", entry, sync=False
        )  # a damaged one is known by its digest

    def delete(self, name: str) -> None:
        """Delete a result that cannot be used."""
        with self._errors(), suppress(FileNotFoundError):
            self.system.rm_file(self._place(name))

    def write(self, name: str, content: bytes, *, sync: bool = True) -> None:
        """Write a file of the folder atomically, and remove what killed writers left; as `store`.

        Parameters
        ----------
        name : str
            Its name.
        content : bytes
            Its content.
        sync : bool
            Whether to sync it to the disk.
        """
        place = f"{self.path}/{name}"
        with self._errors():
            if not self._is_local:
                self.system.pipe_file(place, content)  # object stores replace objects atomically
                return
            for is_last in (False, False, True):
                try:
                    self.system.makedirs(os.path.dirname(place), exist_ok=True)
                    with replace_file(Path(place), folder=Path(self.path), sync=sync) as stream:
                        stream.write(content)
                except FileNotFoundError:  # another process, which is done, removed the folder
                    if is_last:
                        raise
                else:
                    return

    @property
    def _is_local(self) -> bool:
        return "file" in self.system.protocol

    def read(self, name: str) -> bytes | None:
        """Return a file of the folder, or None if there is none; raises as `load`."""
        with self._errors():
            try:
                return bytes(self.system.cat_file(f"{self.path}/{name}"))
            except FileNotFoundError:
                return None

    def has_file(self, name: str) -> bool:
        """Return whether a file is in the folder; raises as `load`."""
        with self._errors():
            return bool(self.system.exists(f"{self.path}/{name}"))

    def check_writable(self) -> None:
        """Write and remove a file, so that errors appear before the work; raises as `store`."""
        with self._errors():
            if self._is_local:
                make_durable_folders(Path(self.path))
                with temporary_folder(Path(self.path)):
                    return
            place = f"{self.path}/{uuid4().hex}.tmp"
            self.system.pipe_file(place, b"")
            self.system.rm_file(place)

    def has_files(self) -> bool:
        """Return whether there is any file in the folder, or in its place; raises as `load`."""
        with self._errors():
            return bool(self.system.exists(self.path) and self.system.find(self.path))

    def upload(self, folder: Path, last: str) -> None:
        """Copy the files of a local folder, `last` after all others; raises as `store`.

        On errors, what was copied is removed again, as far as that is possible.
        """
        names = [
            path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
        ]
        copied = []
        try:
            for name in sorted(names, key=lambda name: (name == last, name)):
                place = f"{self.path}/{name}"
                copied.append(place)
                with self._errors():
                    self.system.makedirs(os.path.dirname(place), exist_ok=True)
                    self.system.put_file(str(folder / name), place)
        except OutputError:
            with suppress(Exception):
                self.system.rm(copied)
            raise

    def remove(self) -> None:
        """Remove all results; other files are kept, and so is their folder."""
        with self._errors():
            if not self.system.exists(self.path):
                return
            if self._is_local:
                remove_stale_temporaries(Path(self.path))
            places = self.system.find(self.path, withdirs=True)
            for place in sorted(places, reverse=True):
                if _OUR_FILES.fullmatch(str(place).removeprefix(self.path).lstrip("/")):
                    self.system.rm_file(place)
            folders = {str(place).rpartition("/")[0] for place in places}
            for folder in [*sorted(folders - {self.path}), self.path]:
                with suppress(OSError):  # not empty, or not a folder on an object store
                    self.system.rmdir(folder)

    def _place(self, name: str) -> str:
        return f"{self.path}/{name[:2]}/{name[2:]}"

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            with translate_remote_errors():
                yield
        except OSError as error:
            raise OutputError(
                f"the folder {self.path} cannot be used: {error.strerror or error}",
                remedy="make it writable for all workers, and check that there is free space",
            ) from error
