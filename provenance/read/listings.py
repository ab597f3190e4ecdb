"""What is below a folder: files, and what of it cannot be read."""

import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import fsspec
from fsspec.asyn import AsyncFileSystem
from fsspec.implementations.local import LocalFileSystem
from fsspec.spec import AbstractFileSystem
from fsspec.utils import glob_translate

from provenance.errors import InputError, UnsupportedFormat
from provenance.read.elsewhere import foreign_errors
from provenance.read.files import fault_of, reading

Wanted = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Listing:
    """What is below a folder.

    Parameters
    ----------
    files : dict of str to int
        Size in bytes of each file, by its path.
    faults : dict of str to InputError
        Why something cannot be read, by its path; a folder's path ends in "/".
    """

    files: dict[str, int] = field(default_factory=dict)
    faults: dict[str, InputError] = field(default_factory=dict)

    def paths(self) -> list[str]:
        """Return the paths of everything, sorted."""
        return sorted([*self.files, *self.faults])


def below(system: fsspec.AbstractFileSystem, folder: str) -> Listing:
    """List everything below a folder."""
    return _listing(system, folder, lambda _: True)


def matching(system: fsspec.AbstractFileSystem, pattern: str) -> Listing:
    """List the files that a pattern matches, and everything below the folders that it matches.

    Parameters
    ----------
    system : fsspec.AbstractFileSystem
        Where to look.
    pattern : str
        As `fsspec.AbstractFileSystem.glob` takes it.
    """
    is_matched, leads_to_match = _matcher(pattern)
    root = fixed_folder(pattern)
    if not system.isdir(root or "/"):
        return Listing()
    found = _listing(system, root, leads_to_match)
    return Listing(
        {path: size for path, size in found.files.items() if is_matched(path)},
        {path: e for path, e in found.faults.items() if path.endswith("/") or is_matched(path)},
    )


def matches(path: str, pattern: str) -> bool:
    """Whether a pattern matches a path, or a folder above it."""
    return _matcher(pattern)[0](path)


def fixed_folder(pattern: str) -> str:
    """Return the folder that a pattern names before its first wildcard."""
    return re.split(r"[*?\[]", pattern, maxsplit=1)[0].rpartition("/")[0]


def is_pipe(address: str) -> bool:
    """Whether a named pipe is at an address."""
    try:
        return "://" not in address and stat.S_ISFIFO(os.stat(address).st_mode)
    except (OSError, ValueError):
        return False


def kind_of(mode: int) -> str:
    """Name what is no regular file, by its mode."""
    kinds = (
        (stat.S_ISFIFO, "a named pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISCHR, "a device"),
        (stat.S_ISBLK, "a device"),
    )
    return next((name for test, name in kinds if test(mode)), "no file")


def _listing(system: fsspec.AbstractFileSystem, folder: str, wanted: Wanted) -> Listing:
    if isinstance(system, LocalFileSystem):
        return _local(folder, wanted)
    if _lists_flat(system):
        # Object stores list all that begins alike in a few requests, or fail as a whole.
        found = system.find(folder, detail=True)
        return Listing({str(path): int(facts["size"] or 0) for path, facts in found.items()})
    return _remote(system, folder, wanted)


def _local(root: str, wanted: Wanted) -> Listing:
    """Walk folders of this machine; each is listed once, whatever links lead to it."""
    found, seen = Listing(), set[tuple[int, int]]()
    folders, links = [root or "/"], list[str]()
    while folders or links:
        folder = folders.pop() if folders else links.pop(0)
        for entry in _entries(folder, seen, found):
            try:
                facts = entry.stat()
            except OSError as error:
                found.faults[entry.path] = _entry_fault(entry, error)
                continue
            if stat.S_ISREG(facts.st_mode):
                found.files[entry.path] = facts.st_size
            elif not stat.S_ISDIR(facts.st_mode):
                found.faults[entry.path] = special(entry.path, facts.st_mode)
            elif wanted(entry.path):
                (links if entry.is_symlink() else folders).append(entry.path)
    return found


def _entries(folder: str, seen: set[tuple[int, int]], found: Listing) -> list["os.DirEntry[str]"]:
    """List a folder that was not seen yet, as far as it can be."""
    inside: list[os.DirEntry[str]] = []
    try:
        facts = os.stat(folder)
        if (facts.st_dev, facts.st_ino) in seen:
            return []
        seen.add((facts.st_dev, facts.st_ino))
        with os.scandir(folder) as entries:
            inside.extend(entries)
    except OSError as error:
        found.faults[f"{folder.rstrip('/')}/"] = _folder_fault(folder, error)
    return sorted(inside, key=lambda one: one.name)


def special(path: str, mode: int) -> UnsupportedFormat:
    """Say that a pipe, socket or device is not read."""
    return UnsupportedFormat(
        f"{path}: it is {kind_of(mode)}, not a file",
        remedy="write what comes out of it to a file, or leave it out.",
    )


def _entry_fault(entry: "os.DirEntry[str]", error: OSError) -> InputError:
    if isinstance(error, FileNotFoundError) and entry.is_symlink():
        return InputError(
            f"{entry.path}: dangling link to {os.readlink(entry.path)!r}",
            remedy="fetch what the link leads to, or remove the link.",
        )
    return fault_of(entry.path, error)


def _folder_fault(folder: str, error: OSError) -> InputError:
    why = "permission denied" if isinstance(error, PermissionError) else str(error.strerror)
    return InputError(
        f"{folder}: the folder cannot be listed ({why})",
        remedy="make the folder readable for this user, or leave it out.",
    )


def _lists_flat(system: fsspec.AbstractFileSystem) -> bool:
    kind = type(system)
    generic = AsyncFileSystem._find  # noqa: SLF001 (what backends are asked to override)
    is_generic = getattr(kind, "_find", generic) is generic
    return kind.find is not AbstractFileSystem.find or not is_generic


def _remote(system: fsspec.AbstractFileSystem, root: str, wanted: Wanted) -> Listing:
    """Walk folders elsewhere: fsspec's own walk leaves out those that it cannot list."""
    found, folders, seen = Listing(), [root], set[str]()
    while folders:
        folder = folders.pop()
        seen.add(folder)
        try:
            with reading(folder), foreign_errors():
                entries = system.ls(folder, detail=True)
        except InputError as error:
            found.faults[f"{folder}/"] = error
            continue
        for entry in entries:
            path = str(entry["name"]).rstrip("/")
            if entry["type"] != "directory":
                found.files[path] = int(entry.get("size") or 0)
            elif path not in seen and wanted(path):
                folders.append(path)
    return found


def _matcher(pattern: str) -> tuple[Wanted, Wanted]:
    """Tell whether a path, or a folder above it, matches; and whether one below a folder may."""
    parts = pattern.split("/")
    try:
        heads = [
            re.compile(glob_translate("/".join(parts[: count + 1]))) for count in range(len(parts))
        ]
    except ValueError as error:
        raise InputError(
            f"{pattern:.200}: it is no pattern ({error})", remedy="write it as data/**/*.jsonl."
        ) from error
    deep = next((place for place, part in enumerate(parts) if "**" in part), len(parts))

    def is_matched(path: str) -> bool:
        return any(heads[-1].match(above) for above in _prefixes(path))

    def leads_to_match(folder: str) -> bool:
        depth = folder.count("/")
        if depth >= deep or is_matched(folder):
            return True
        return depth < len(parts) - 1 and heads[depth].match(folder) is not None

    return is_matched, leads_to_match


def _prefixes(path: str) -> Iterator[str]:
    yield path
    while (cut := path.rfind("/")) > 0:
        path = path[:cut]
        yield path
