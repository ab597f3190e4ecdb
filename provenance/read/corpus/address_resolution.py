"""Resolution of addresses to files."""

import os
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
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
from provenance.read.corpus.file_access import File, printable_path, translate_read_errors
from provenance.read.corpus.folder_listing import (
    REPORT_FILES,
    Listing,
    list_folder,
    list_matching,
    literal_folder,
    matches_pattern,
    missing_numbered,
    own_outputs,
    special_file_error,
)
from provenance.read.corpus.table_folders import current_files
from provenance.read.formats.detection import (
    METADATA_FILES,
    detect_format,
    format_by_name,
    is_hidden_table,
    refusal_of,
)
from provenance.read.formats.json_array import is_description
from provenance.read.formats.refusals import refusal_by_name
from provenance.read.formats.tar_archive import check_members, open_tar
from provenance.read.formats.webdataset_file import holds_tables
from provenance.read.formats.zip_archive import is_zip, open_zip

_KNOWN_ENDINGS = (
    ".zip",
    ".7z",
    ".rar",
    ".tar",
    ".tgz",
    ".gz",
    ".zst",
    ".bz2",
    ".xz",
    ".xml",
    ".js",
)
"""Endings of file names that mark an address as a path, in addition to those of data formats."""


_MAX_LOOKED_AT = 20
"""Files of a folder without data that are looked at, to say what they are."""


@dataclass(frozen=True, slots=True)
class AddressFiles:
    """The files at an address.

    Parameters
    ----------
    files : tuple of File
        In order of their names.
    ignored : int
        Files of a folder that are hidden, or hold no data.
    passed_over : tuple of str
        Names of the ignored files, without metadata of a dataset, and hidden files but tables.
    """

    files: tuple[File, ...]
    ignored: int = 0
    passed_over: tuple[str, ...] = ()


def find_files(address: str) -> AddressFiles:
    """Find the files at an address: a file, folder or pattern, local or remote.

    Parameters
    ----------
    address : str
        A path, or a URL that fsspec knows.

    Returns
    -------
    AddressFiles
        Names are relative to the address.

    Raises
    ------
    DatasetNotFound
        If nothing is there.
    UnsupportedFormat
        If there is no data in a supported format.
    """
    system, path = file_system(address)
    with translate_address_errors(address):
        if has_magic(path) and not system.exists(path):
            return _resolve_pattern(system, path, address)
        if system.isdir(path):
            return _resolve_folder(system, path, address)
        if not system.exists(path):
            raise not_found_error(address)
        return _resolve_file(system, path, address)


@contextmanager
def translate_address_errors(address: str) -> Iterator[None]:
    """Translate exceptions that occur while `address` is resolved."""
    try:
        with translate_read_errors(address):
            yield
    except ProvenanceError:
        raise
    except Exception as error:
        if "://" not in address:
            raise
        # Remote file systems raise exceptions of their own, with no common base class.
        raise _unreachable_error(address, error) from error


def not_found_error(address: str) -> DatasetNotFound:
    """Return the error for an address at which nothing is, with similar paths as suggestions."""
    suggestions = " or ".join(map(repr, similar_paths(address)))
    return DatasetNotFound(
        f"{address}: there is no such file or folder",
        remedy=f"did you mean {suggestions}?"
        if suggestions
        else "check the path for typing errors.",
    )


def similar_paths(address: str, *, cutoff: float = 0.6) -> list[str]:
    """Return the paths in the folder of `address` with a similar name, the most similar first."""
    if "://" in address:
        return []  # listing a remote folder may be slow or forbidden
    system, path = file_system(address)
    folder, _, name = path.rpartition("/")
    try:
        names = [str(entry).rpartition("/")[2] for entry in system.ls(folder or "/", detail=False)]
    except OSError:
        return []
    # Compare stems too: `data/trian` may stand for `data/train.jsonl`.
    names = sorted(names, key=len)
    full_names = {entry.partition(".")[0] or entry: entry for entry in names} | {
        entry: entry for entry in names
    }
    before = address[: -len(name)] if name and address.endswith(name) else ""
    matches = get_close_matches(name, full_names, n=3, cutoff=cutoff)
    return list(dict.fromkeys(before + full_names[entry] for entry in matches))


def looks_like_path(address: str) -> bool:
    """Return whether an address at which nothing is was meant as a path, by how it is written."""
    if (
        address.startswith((".", "/", "~"))
        or format_by_name(address)
        or address.endswith(_KNOWN_ENDINGS)
    ):
        return True
    # If there is a folder `data`, `data/trian` is a path, not a hub dataset of the owner `data`.
    parent = os.path.dirname(address.rstrip("/"))
    return bool(parent) and os.path.isdir(os.path.expanduser(parent))


def file_system(address: str) -> tuple[fsspec.AbstractFileSystem, str]:
    """Split an address into its file system and the path there.

    Raises
    ------
    DatasetNotFound
        If it is empty: as a path, it would be the current folder.
    UnsupportedFormat
        If the library for its protocol is missing.
    InputError
        If it cannot be reached.
    """
    if not address:
        raise DatasetNotFound("the path is empty", remedy="give a file, a folder or an address.")
    if "://" not in address:
        # fsspec would split at "::" and at the colon of a drive; both are valid in local names.
        return LocalFileSystem(), os.path.abspath(os.path.expanduser(address))
    try:
        return fsspec.core.url_to_fs(address)  # type: ignore[no-any-return]
    except (ImportError, ValueError) as error:
        remedy = f"{missing_library_remedy(address)}, or copy the data here."
        raise UnsupportedFormat(f"{address}: {error}", remedy=remedy) from error
    except OSError as error:  # some connect at once
        raise _unreachable_error(address, error) from error


def _unreachable_error(address: str, error: Exception) -> InputError:
    return InputError(
        f"{address}: the address cannot be reached ({error})",
        remedy="check the address and the connection.",
    )


_EXTRAS = {
    **dict.fromkeys(("s3", "s3a"), "s3"),
    **dict.fromkeys(("gs", "gcs"), "gcs"),
    **dict.fromkeys(("http", "https"), "http"),
}


def missing_library_remedy(address: str) -> str:
    """Return what to install for an address."""
    extra = _EXTRAS.get(address.partition("://")[0])
    if extra is None:
        return "install the library of fsspec that the address needs"
    return f"install it with: pip install 'corpus-provenance[{extra}]'"


def address_exists(address: str) -> bool:
    """Return whether anything is at `address`, or it is a pattern."""
    system, path = file_system(address)
    return has_magic(path) or bool(system.exists(path))


def lies_within(place: Path, address: str) -> bool:
    """Return whether a resolved file or folder belongs to what a path or pattern matches."""
    _, path = file_system(address)
    if not has_magic(path) or os.path.exists(path):
        return place.is_relative_to(os.path.realpath(path))
    root = literal_folder(path)
    pattern = os.path.realpath(root or "/").rstrip("/") + path[len(root) :]
    return any(
        matches_pattern(str(candidate), pattern)
        for candidate in (place, *(place / name for name in REPORT_FILES))
    )


def distinct_files(address_files: Sequence[AddressFiles], addresses: Sequence[str]) -> list[File]:
    """Merge the files of several addresses, each file once.

    Names that clash are qualified with the address.

    Parameters
    ----------
    address_files : sequence of AddressFiles
        The files at each address.
    addresses : sequence of str
        As given.

    Returns
    -------
    list of File
        With distinct names.
    """
    entries = [
        (file.name, address, file)
        for group, address in zip(address_files, addresses, strict=True)
        for file in group.files
    ]
    # Sorted, so that the name of a file does not depend on the order of the addresses.
    files = {
        _identity(file): (file, address)
        for _, address, file in sorted(entries, key=itemgetter(0, 1), reverse=True)
    }
    if len({file.name for file, _ in files.values()}) == len(files):
        return [file for file, _ in files.values()]
    return [
        replace(file, name=_qualified_name(file.name, address)) for file, address in files.values()
    ]


def _identity(file: File) -> tuple[str, str, str]:
    # Paths within an archive do not identify the archive.
    archive = file.display_path if "zip" in file.protocols else ""
    return file.protocols[0], file.path, archive


def _qualified_name(name: str, address: str) -> str:
    address = printable_path(address.rstrip("/"))
    if has_magic(address):
        address = re.split(r"[*?\[]", address, maxsplit=1)[0].rpartition("/")[0]
    return address if address.rsplit("/", 1)[-1] == name else f"{address}/{name}".lstrip("/")


def _resolve_pattern(system: fsspec.AbstractFileSystem, path: str, address: str) -> AddressFiles:
    listing = list_matching(system, path)
    if not listing.paths():
        raise DatasetNotFound(
            f"{address}: no file matches the pattern",
            remedy="check it, and quote it for the shell.",
        )
    return _select_data(system, literal_folder(path), listing, address)


def _resolve_folder(system: fsspec.AbstractFileSystem, path: str, address: str) -> AddressFiles:
    data = _select_data(system, path.rstrip("/"), list_folder(system, path), address)
    return replace(data, files=(*data.files, *missing_numbered(data.files)))


def _select_data(
    system: fsspec.AbstractFileSystem, root: str, listing: Listing, address: str
) -> AddressFiles:
    prefix = _display_prefix(address)
    files = []
    for path in listing.paths():
        name = (
            printable_path(path[len(root) :].lstrip("/")) or f"{address.rstrip('/')}/"
        )  # the folder itself
        fault = listing.faults.get(path)
        size = listing.files.get(path, 0)
        files.append(File(name, path, size, system, given_path=f"{prefix}{name}", fault=fault))
    if not files:
        raise EmptyCorpus(f"{address}: the folder has no files", remedy="give another folder.")
    own_names = own_outputs(files)
    current = current_files([file for file in files if file.name not in own_names], address)
    data = _without_archives(list(_data_files(current)))
    # Next to tables, text files are readmes and licences, not data; so are objects in JSON.
    tables = [file for file in data if file.format != "text"]
    if any(file.format not in {"", "json"} for file in tables):
        tables = [file for file in tables if file.format != "json" or not is_description(file)]
    if not any(file.format for file in tables):
        tables = data
    if not tables:
        raise _no_data_error(address, files, own_names)
    used_names = {file.name for file in tables} | own_names
    passed_over = [
        file.name
        for file in files
        if file.name not in used_names
        and (is_hidden_table(file.name) or not _is_hidden_or_metadata(file.name))
    ]
    return AddressFiles(tuple(tables), len(files) - len(tables), tuple(passed_over))


def _no_data_error(
    address: str, files: Sequence[File], own_names: Collection[str]
) -> UnsupportedFormat:
    """Return the error for a folder without data; it names what one of the files is."""
    if own_names:
        return UnsupportedFormat(
            f"{address}: this is a registry or a report of provenance, not a dataset",
            remedy="give the dataset; a registry is named with --registry.",
        )
    visible = [file for file in files if not _is_hidden_or_metadata(file.name)]
    for file in sorted(visible, key=lambda file: -file.size)[:_MAX_LOOKED_AT]:
        with suppress(InputError):
            if (refusal := refusal_of(file)) is not None:
                return UnsupportedFormat(
                    f"{address}: none of its files ({len(files):,}) is in a supported format; "
                    f"{file.name} is {refusal.what}",
                    remedy=refusal.remedy,
                )
            form = detect_format(file).format
            return UnsupportedFormat(
                f"{address}: the names of its files ({len(files):,}) tell no format; "
                f"{file.name} is {form} by its content",
                remedy=f"name the files themselves, or rename them, such as to {file.name}.{form}.",
            )
    return UnsupportedFormat(
        f"{address}: none of its files ({len(files):,}) is in a supported format",
        remedy="give Parquet, JSON Lines, CSV, Arrow or text files.",
    )


def _data_files(files: Sequence[File]) -> Iterator[File]:
    """Yield files of a data format, and files and folders that could not be looked at."""
    for file in files:
        if _is_hidden_or_metadata(file.name):
            continue
        if form := format_by_name(file.name):
            yield replace(file, format=form[0], compression=form[1])
        elif file.fault is not None and not isinstance(file.fault, UnsupportedFormat):
            yield file


def _without_archives(files: list[File]) -> list[File]:
    """Return files without archives of tables, as long as there is anything beside them."""
    if all(file.format == "tar" for file in files):
        return files
    return [file for file in files if not (file.format == "tar" and _is_archive_of_tables(file))]


def _is_archive_of_tables(file: File) -> bool:
    try:
        return file.fault is None and holds_tables(file)
    except InputError:
        return False  # damaged: it is listed when it is read


def _is_hidden_or_metadata(name: str) -> bool:
    """Return whether a file is hidden, or describes a dataset."""
    parts = name.split("/")
    return any(part.startswith((".", "_")) for part in parts) or parts[-1] in METADATA_FILES


def _resolve_file(system: fsspec.AbstractFileSystem, path: str, address: str) -> AddressFiles:
    """Return the file at an address, or the files within it if it is an archive."""
    facts = system.info(path)
    if isinstance(system, LocalFileSystem) and facts["type"] == "other":
        raise special_file_error(address, facts["mode"])
    size = int(facts["size"] or 0)
    file = File(printable_path(path.rsplit("/", 1)[-1]), path, size, system, given_path=address)
    try:
        with translate_read_errors(address):
            if format_by_name(path) is None and not _is_document(path) and is_zip(file):
                return _resolve_folder(open_zip(file), "", address)
            file = detect_format(file)
            if file.format == "tar" and holds_tables(file):
                tables = _resolve_folder(open_tar(file), "", address)
                check_members(file, len(tables.files))
                return tables
            return AddressFiles((file,))
    except InputError as error:
        return AddressFiles((replace(file, fault=error),))


def _is_document(path: str) -> bool:
    """Return whether a name is that of a document that is a zip archive itself: DOCX, EPUB."""
    return not path.lower().endswith(".zip") and refusal_by_name(path) is not None


def _display_prefix(address: str) -> str:
    """Return the path to put before the name of a file found at an address."""
    if has_magic(address):
        folder, slash, _ = re.split(r"[*?\[]", address, maxsplit=1)[0].rpartition("/")
        return f"{folder}{slash}"
    return f"{address.rstrip('/')}/"
