"""Listing of folders, local and remote; our own outputs and gaps in numbered files among them."""

import errno
import json
import os
import re
import stat
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

import fsspec
from fsspec.asyn import AsyncFileSystem
from fsspec.implementations.local import LocalFileSystem
from fsspec.spec import AbstractFileSystem
from fsspec.utils import glob_translate

from provenance.errors import DatasetNotFound, InputError, UnsupportedFormat
from provenance.model.json_encoding import SCHEMA_HEAD_BYTES, names_schema
from provenance.model.results.result import RESULT_SCHEMA
from provenance.read.corpus.file_access import (
    File,
    to_input_error,
    translate_read_errors,
    translate_remote_errors,
)

PathPredicate = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Listing:
    """The files below a folder.

    Parameters
    ----------
    files : dict of str to int
        Size of each file in bytes, by path.
    faults : dict of str to InputError
        Why something cannot be read, by path; the path of a folder ends in "/".
    """

    files: dict[str, int] = field(default_factory=dict)
    faults: dict[str, InputError] = field(default_factory=dict)

    def paths(self) -> list[str]:
        """Return the paths of all files and faults, sorted."""
        return sorted([*self.files, *self.faults])


def list_folder(
    system: fsspec.AbstractFileSystem, folder: str, is_wanted: PathPredicate | None = None
) -> Listing:
    """List everything below a folder, on local disks without the folders that are not wanted."""
    return _list(system, folder, is_wanted or (lambda _: True))


def list_matching(system: fsspec.AbstractFileSystem, pattern: str) -> Listing:
    """List the files that a pattern matches, and everything below the folders that it matches.

    Parameters
    ----------
    system : fsspec.AbstractFileSystem
        The file system.
    pattern : str
        As for `fsspec.AbstractFileSystem.glob`.
    """
    is_matched, leads_to_match = _matcher(pattern)
    root = literal_folder(pattern)
    if not system.isdir(root or "/"):
        return Listing()
    listing = _list(system, root, leads_to_match)
    return Listing(
        {path: size for path, size in listing.files.items() if is_matched(path)},
        {path: e for path, e in listing.faults.items() if path.endswith("/") or is_matched(path)},
    )


def matches_pattern(path: str, pattern: str) -> bool:
    """Return whether a pattern matches a path, or a folder above it."""
    return _matcher(pattern)[0](path)


def literal_folder(pattern: str) -> str:
    """Return the folder that a pattern names before its first wildcard."""
    return re.split(r"[*?\[]", pattern, maxsplit=1)[0].rpartition("/")[0]


def is_pipe(address: str) -> bool:
    """Return whether a named pipe is at an address."""
    try:
        return "://" not in address and stat.S_ISFIFO(os.stat(address).st_mode)
    except (OSError, ValueError):
        return False


def describe_file_type(mode: int) -> str:
    """Return the name of the type of a special file, by its mode."""
    kinds = (
        (stat.S_ISFIFO, "a named pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISCHR, "a device"),
        (stat.S_ISBLK, "a device"),
    )
    return next((name for test, name in kinds if test(mode)), "no file")


def _list(system: fsspec.AbstractFileSystem, folder: str, is_wanted: PathPredicate) -> Listing:
    if isinstance(system, LocalFileSystem):
        return _list_local(folder, is_wanted)
    if _lists_flat(system):
        # Object stores list all keys with a prefix in a few requests, or fail as a whole.
        entries = system.find(folder, detail=True)
        return Listing({str(path): int(facts["size"] or 0) for path, facts in entries.items()})
    return _list_remote(system, folder, is_wanted)


def _list_local(root: str, is_wanted: PathPredicate) -> Listing:
    """Walk local folders; each folder and file is listed once, whatever links lead to it."""
    listing, visited = Listing(), set[tuple[int, int]]()
    names = defaultdict[tuple[int, int], list[os.DirEntry[str]]](list)
    folders, links = [root or "/"], list[str]()
    while folders or links:
        folder = folders.pop() if folders else links.pop(0)
        for entry in _scan_folder(folder, visited, listing):
            try:
                facts = entry.stat()
            except OSError as error:
                listing.faults[entry.path] = _entry_error(entry, error)
                continue
            if stat.S_ISREG(facts.st_mode):
                listing.files[entry.path] = facts.st_size
                names[facts.st_dev, facts.st_ino].append(entry)
            elif not stat.S_ISDIR(facts.st_mode):
                listing.faults[entry.path] = special_file_error(entry.path, facts.st_mode)
            elif is_wanted(entry.path):
                (links if entry.is_symlink() else folders).append(entry.path)
    _keep_one_name_each(names, listing)
    return listing


def _keep_one_name_each(
    names: Mapping[tuple[int, int], list["os.DirEntry[str]"]], listing: Listing
) -> None:
    """Drop the other names of files, by device and inode."""
    for (_, inode), entries in names.items():
        # On Windows, the inode is not stated here.
        for entry in sorted(entries, key=_name_order)[1:] if inode else ():
            del listing.files[entry.path]


def _name_order(entry: "os.DirEntry[str]") -> tuple[bool, bool, str]:
    """Order the names of a file: in caches of hubs, links have an extension, and files have not."""
    return not os.path.splitext(entry.name)[1], entry.is_symlink(), entry.path


def _scan_folder(
    folder: str, visited: set[tuple[int, int]], listing: Listing
) -> list["os.DirEntry[str]"]:
    """List a folder that was not listed before; failures are added to `listing`."""
    inside: list[os.DirEntry[str]] = []
    try:
        facts = os.stat(folder)
        if (facts.st_dev, facts.st_ino) in visited:
            return []
        visited.add((facts.st_dev, facts.st_ino))
        with os.scandir(folder) as entries:
            inside.extend(entries)
    except OSError as error:
        listing.faults[f"{folder.rstrip('/')}/"] = _folder_error(folder, error)
    return sorted(inside, key=lambda entry: entry.name)


def special_file_error(path: str, mode: int) -> UnsupportedFormat:
    """Return the error for a pipe, socket or device."""
    return UnsupportedFormat(
        f"{path}: this is {describe_file_type(mode)}, not a regular file",
        remedy="write its output to a file, or leave it out.",
    )


def _entry_error(entry: "os.DirEntry[str]", error: OSError) -> InputError:
    if isinstance(error, FileNotFoundError) and entry.is_symlink():
        return InputError(
            f"{entry.path}: dangling link to {os.readlink(entry.path)!r}",
            remedy="fetch what the link leads to, or remove the link.",
        )
    if error.errno == errno.ELOOP:
        return InputError(f"{entry.path}: a link that leads to itself", remedy="remove the link.")
    return to_input_error(entry.path, error)


def _folder_error(folder: str, error: OSError) -> InputError:
    reason = "permission denied" if isinstance(error, PermissionError) else str(error.strerror)
    return InputError(
        f"{folder}: the folder cannot be listed ({reason})",
        remedy="make the folder readable for this user, or leave it out.",
    )


def _lists_flat(system: fsspec.AbstractFileSystem) -> bool:
    kind = type(system)
    generic = AsyncFileSystem._find  # noqa: SLF001 (what backends are asked to override)
    is_generic = getattr(kind, "_find", generic) is generic
    return kind.find is not AbstractFileSystem.find or not is_generic


def _list_remote(system: fsspec.AbstractFileSystem, root: str, is_wanted: PathPredicate) -> Listing:
    """Walk remote folders: fsspec's own walk silently omits those that it cannot list."""
    listing, folders, visited = Listing(), [root], set[str]()
    while folders:
        folder = folders.pop()
        visited.add(folder)
        try:
            with translate_read_errors(folder), translate_remote_errors():
                entries = system.ls(folder, detail=True)
        except InputError as error:
            listing.faults[f"{folder}/"] = error
            continue
        for entry in entries:
            path = str(entry["name"]).rstrip("/")
            if entry["type"] != "directory":
                listing.files[path] = int(entry.get("size") or 0)
            elif path not in visited and is_wanted(path):
                folders.append(path)
    return listing


def _matcher(pattern: str) -> tuple[PathPredicate, PathPredicate]:
    """Return two predicates: does a path or a folder above it match, may a folder hold matches."""
    parts = pattern.split("/")
    try:
        heads = [
            re.compile(glob_translate("/".join(parts[: count + 1]))) for count in range(len(parts))
        ]
    except ValueError as error:
        raise InputError(
            f"{pattern:.200}: this is not a valid pattern ({error})",
            remedy="write it as data/**/*.jsonl.",
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
    while (end := path.rfind("/")) > 0:
        path = path[:end]
        yield path


REPORT_FILES = ("result.json", "findings.parquet", "model.parquet", "report.html")
"""Files of a report."""

_REGISTRY = "registry.json"
_REGISTRY_DATA = re.compile(
    r"(?:(?P<folder>.*)/)?(?:data-[0-9a-f]{12}/[^/]+|segment-[0-9a-f]{16}/[^/]+"
    r"|(?:statuses|tombstones|optouts|marks|additions|signature|withdrawn-names)-[^/]+)"
)
_MAX_MANIFEST_BYTES = 1 << 24


def own_outputs(files: Sequence[File]) -> frozenset[str]:
    """Return the names of the files that belong to reports or registries that we wrote.

    Parameters
    ----------
    files : sequence of File
        Files below a folder, or that match a pattern. The files by which a report or registry is
        recognised may be among them or next to them.
    """
    answers: dict[tuple[str, str], bool] = {}

    def has_marker(file: File, folder: str, name: str, is_ours: Callable[[File], bool]) -> bool:
        if (folder, name) not in answers:
            inner = file.name[len(folder) :].lstrip("/")
            path = file.path[: len(file.path) - len(inner)] + name
            answers[folder, name] = is_ours(replace(file, path=path, fault=None, compression=None))
        return answers[folder, name]

    own_names = set()
    for file in files:
        folder, _, name = file.name.rpartition("/")
        data = _REGISTRY_DATA.fullmatch(file.name)
        if name in REPORT_FILES and has_marker(file, folder, REPORT_FILES[0], _is_result):
            own_names.add(file.name)
        elif data or name == _REGISTRY:
            place = (data["folder"] or "") if data else folder
            if has_marker(file, place, _REGISTRY, _is_manifest):
                own_names.add(file.name)
    return frozenset(own_names)


def _is_result(file: File) -> bool:
    return names_schema(_head(file, SCHEMA_HEAD_BYTES), RESULT_SCHEMA)


def _is_manifest(file: File) -> bool:
    try:
        content = json.loads(_head(file, _MAX_MANIFEST_BYTES))
    except (ValueError, RecursionError):
        return False
    return (
        isinstance(content, dict) and {"format", "digest", "postings", "sources"} <= content.keys()
    )


def _head(file: File, size: int) -> bytes:
    try:
        return file.head(size)
    except InputError:
        return b""


_NUMBERED = re.compile(r"-(?P<number>\d{1,9})(?P<rest>-of-(?P<total>\d{1,9})(\.\w+)*)$", re.ASCII)
_MAX_NAMED = 100
"""Missing files of a set that are listed individually."""


def missing_numbered(files: Sequence[File]) -> list[File]:
    """Return the files that are missing from numbered sets, each with its fault.

    Parameters
    ----------
    files : sequence of File
        All data files of a folder.

    Returns
    -------
    list of File
        Up to 100 of each set; one more stands for the rest.

    Notes
    -----
    `<stem>-NNNNN-of-NNNNN<suffix>` is how `datasets`, TensorFlow and Beam name the files that they
    write. They count from 0; a set whose last number equals its total counts from 1.
    """
    sets: dict[tuple[str, str], list[tuple[File, re.Match[str]]]] = {}
    for file in files:
        if match := _NUMBERED.search(file.name):
            key = file.name[: match.start()], match["rest"]
            sets.setdefault(key, []).append((file, match))
    return [file for members in sets.values() for file in _missing(members)]


def _missing(members: Sequence[tuple[File, re.Match[str]]]) -> list[File]:
    """Return the files that one set lacks."""
    member, first_match = members[0]
    count, suffix = int(first_match["total"]), first_match["rest"]
    numbers = {int(match["number"]) for _, match in members}
    width = min(len(match["number"]) for _, match in members)
    suffix_chars = len(first_match["number"] + suffix)
    first = 1 if count in numbers and 0 not in numbers else 0
    expected = range(first, first + count)
    gaps = (number for number in expected if number not in numbers)

    def absent(number: int, more: int = 0) -> File:
        name, path, display_path = (
            f"{text[:-suffix_chars]}{number:0{width}}{suffix}"
            for text in (member.name, member.path, member.display_path)
        )
        statement = f"it and {more:,} more are missing" if more else "it is missing"
        fault = DatasetNotFound(
            f"{display_path}: {statement}; the files next to it are numbered as parts of {count:,}",
            remedy="fetch it, or name the files that are there, each or with a pattern.",
        )
        return replace(member, name=name, path=path, given_path=display_path, size=0, fault=fault)

    missing = [absent(number) for number in islice(gaps, _MAX_NAMED)]
    if (number := next(gaps, None)) is not None:
        present = sum(each in expected for each in numbers)
        missing.append(absent(number, count - present - len(missing) - 1))
    return missing
