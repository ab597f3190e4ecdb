"""Addresses that people give, and the files that they mean."""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches
from glob import has_magic
from operator import itemgetter
from pathlib import Path

import fsspec
from fsspec.implementations.local import LocalFileSystem

from provenance.errors import (
    DatasetNotFound,
    EmptyCorpus,
    InputError,
    ProvenanceError,
    UnsupportedFormat,
)
from provenance.read.corpus.file_access import File, name_of, reading
from provenance.read.corpus.folder_listing import (
    REPORT,
    Listing,
    below,
    fixed_folder,
    matches,
    matching,
    missing_numbered,
    own_outputs,
    special,
)
from provenance.read.formats.detection import METADATA, named_format, recognised
from provenance.read.formats.zip_archive import is_zip, unzipped

_PACKED = (".zip", ".7z", ".rar", ".tar", ".tgz", ".gz", ".zst", ".bz2", ".xz", ".xml", ".js")
"""Endings of files that we know of, beside those of data."""


@dataclass(frozen=True, slots=True)
class Found:
    """The files of an address.

    Parameters
    ----------
    files : tuple of File
        In order of their names.
    ignored : int
        Files of a folder that are hidden, or no data.
    passed_over : tuple of str
        The names of those that are not hidden, and do not describe a dataset.
    """

    files: tuple[File, ...]
    ignored: int = 0
    passed_over: tuple[str, ...] = ()


def find_files(address: str) -> Found:
    """Find the files of an address: a file, folder or pattern, here or elsewhere.

    Parameters
    ----------
    address : str
        A path, or a URL that fsspec knows.

    Returns
    -------
    Found
        Names are relative to the address.

    Raises
    ------
    DatasetNotFound
        If nothing is there.
    UnsupportedFormat
        If what is there is no data.
    """
    system, path = file_system(address)
    with reaching(address):
        if has_magic(path) and not system.exists(path):
            return _of_pattern(system, path, address)
        if system.isdir(path):
            return _of_folder(system, path, address)
        if not system.exists(path):
            raise missing(address)
        return _of_file(system, path, address)


@contextmanager
def reaching(address: str) -> Iterator[None]:
    """Translate what goes wrong on the way to `address`."""
    try:
        with reading(address):
            yield
    except ProvenanceError:
        raise
    except Exception as error:
        if "://" not in address:
            raise
        # Every file system elsewhere has errors of its own, of no common kind.
        raise InputError(
            f"{address}: it cannot be reached ({error})",
            remedy="check the address and the connection.",
        ) from error


def missing(address: str) -> DatasetNotFound:
    """Say that nothing is at an address, and what it may have been meant to be."""
    near = " or ".join(map(repr, near_paths(address)))
    return DatasetNotFound(
        f"{address}: there is no such file or folder",
        remedy=f"did you mean {near}?" if near else "check the path for a typing error.",
    )


def near_paths(address: str, *, cutoff: float = 0.6) -> list[str]:
    """Return the paths beside `address` that are written almost like it, the nearest first."""
    if "://" in address:
        return []  # to list what is elsewhere may take long, or be forbidden
    system, path = file_system(address)
    folder, _, name = path.rpartition("/")
    try:
        names = [str(one).rpartition("/")[2] for one in system.ls(folder or "/", detail=False)]
    except OSError:
        return []
    # `data/trian` may have been meant to be `data/train.jsonl`.
    names = sorted(names, key=len)
    spelt = {one.partition(".")[0] or one: one for one in names} | {one: one for one in names}
    before = address[: -len(name)] if name and address.endswith(name) else ""
    near = get_close_matches(name, spelt, n=3, cutoff=cutoff)
    return list(dict.fromkeys(before + spelt[one] for one in near))


def is_path(address: str) -> bool:
    """Whether an address that is not there was meant as a path, going by how it is written."""
    if address.startswith((".", "/", "~")) or named_format(address) or address.endswith(_PACKED):
        return True
    # A folder of that name shows that `data/trian` is no dataset of somebody called `data`.
    parent = os.path.dirname(address.rstrip("/"))
    return bool(parent) and os.path.isdir(os.path.expanduser(parent))


def file_system(address: str) -> tuple[fsspec.AbstractFileSystem, str]:
    """Split an address into its file system, and the path there."""
    if "://" not in address:
        # fsspec takes "::" and a drive's colon apart, which are letters of a name here.
        return LocalFileSystem(), os.path.abspath(os.path.expanduser(address))
    try:
        return fsspec.core.url_to_fs(address)  # type: ignore[no-any-return]
    except (ImportError, ValueError) as error:
        raise UnsupportedFormat(
            f"{address}: {error}", remedy="install what the address needs, or copy the data here."
        ) from error


def exists(address: str) -> bool:
    """Whether anything is at `address`, or it is a pattern."""
    system, path = file_system(address)
    return has_magic(path) or bool(system.exists(path))


def lies_within(place: Path, address: str) -> bool:
    """Whether a file or folder, its links resolved, is part of what a path or pattern means."""
    _, path = file_system(address)
    if not has_magic(path) or os.path.exists(path):
        return place.is_relative_to(os.path.realpath(path))
    root = fixed_folder(path)
    pattern = os.path.realpath(root or "/").rstrip("/") + path[len(root) :]
    return any(matches(str(one), pattern) for one in (place, *(place / name for name in REPORT)))


def apart(found: Sequence[Found], addresses: Sequence[str]) -> list[File]:
    """Put the files of several addresses together, each once.

    Where names clash, the addresses tell them apart.

    Parameters
    ----------
    found : sequence of Found
        What is at each address.
    addresses : sequence of str
        As given.

    Returns
    -------
    list of File
        Of distinct names.
    """
    given = [
        (file.name, address, file)
        for one, address in zip(found, addresses, strict=True)
        for file in one.files
    ]
    # Sorted, so that which of a file's names it goes by is not a matter of the addresses' order.
    files = {
        _identity(file): (file, address)
        for _, address, file in sorted(given, key=itemgetter(0, 1), reverse=True)
    }
    if len({file.name for file, _ in files.values()}) == len(files):
        return [file for file, _ in files.values()]
    return [replace(file, name=_distinct(file.name, address)) for file, address in files.values()]


def _identity(file: File) -> tuple[str, str, str]:
    # Paths within an archive say nothing of the archive.
    archive = file.told if "zip" in file.protocols else ""
    return file.protocols[0], file.path, archive


def _distinct(name: str, address: str) -> str:
    address = name_of(address.rstrip("/"))
    if has_magic(address):
        address = re.split(r"[*?\[]", address, maxsplit=1)[0].rpartition("/")[0]
    return address if address.rsplit("/", 1)[-1] == name else f"{address}/{name}".lstrip("/")


def _of_pattern(system: fsspec.AbstractFileSystem, path: str, address: str) -> Found:
    found = matching(system, path)
    if not found.paths():
        raise DatasetNotFound(
            f"{address}: no file fits the pattern", remedy="check it, and quote it for the shell."
        )
    return _data(system, fixed_folder(path), found, address)


def _of_folder(system: fsspec.AbstractFileSystem, path: str, address: str) -> Found:
    found = _data(system, path.rstrip("/"), below(system, path), address)
    return replace(found, files=(*found.files, *missing_numbered(found.files)))


def _data(system: fsspec.AbstractFileSystem, root: str, found: Listing, address: str) -> Found:
    before = _before(address)
    files = []
    for path in found.paths():
        name = (
            name_of(path[len(root) :].lstrip("/")) or f"{address.rstrip('/')}/"
        )  # the folder itself
        fault = found.faults.get(path)
        size = found.files.get(path, 0)
        files.append(File(name, path, size, system, given=f"{before}{name}", fault=fault))
    if not files:
        raise EmptyCorpus(f"{address}: there are no files in it", remedy="name another folder.")
    own = own_outputs(files)
    known = list(_with_format([file for file in files if file.name not in own]))
    # Beside tables, a text file is a readme or a licence.
    tables = [file for file in known if file.format != "text"]
    if not any(file.format for file in tables):
        tables = known
    if not tables:
        raise UnsupportedFormat(
            f"{address}: none of its {len(files)} files is data that we read",
            remedy="give Parquet, JSON Lines, CSV, Arrow or text files.",
        )
    seen = {file.name for file in tables} | own
    others = [file.name for file in files if not _is_beside(file.name) and file.name not in seen]
    return Found(tuple(tables), len(files) - len(tables), tuple(others))


def _with_format(files: Sequence[File]) -> Iterator[File]:
    """Give the files that are data, or cannot be looked at to see whether they, or theirs, are."""
    for file in files:
        if _is_beside(file.name):
            continue
        if form := named_format(file.name):
            yield replace(file, format=form[0], compression=form[1])
        elif file.fault is not None and not isinstance(file.fault, UnsupportedFormat):
            yield file


def _is_beside(name: str) -> bool:
    """Whether a file is hidden, or describes a dataset."""
    parts = name.split("/")
    return any(part.startswith((".", "_")) for part in parts) or parts[-1] in METADATA


def _of_file(system: fsspec.AbstractFileSystem, path: str, address: str) -> Found:
    """Give the file that an address names, or what was packed into it."""
    facts = system.info(path)
    if isinstance(system, LocalFileSystem) and facts["type"] == "other":
        raise special(address, facts["mode"])
    size = int(facts["size"] or 0)
    file = File(name_of(path.rsplit("/", 1)[-1]), path, size, system, given=address)
    try:
        with reading(address):
            if named_format(path) is None and is_zip(file):
                return _of_folder(unzipped(file), "", address)
            return Found((recognised(file),))
    except InputError as error:
        return Found((replace(file, fault=error),))


def _before(address: str) -> str:
    """Return what the user would write before the name of a file found at an address."""
    if has_magic(address):
        folder, slash, _ = re.split(r"[*?\[]", address, maxsplit=1)[0].rpartition("/")
        return f"{folder}{slash}"
    return f"{address.rstrip('/')}/"
