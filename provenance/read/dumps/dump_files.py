"""Which files a dump is made of."""

import fnmatch
from collections.abc import Iterable, Sequence
from dataclasses import replace

import fsspec
from fsspec.implementations.local import LocalFileSystem

from provenance.errors import CorruptFile, DatasetNotFound, InputError, UnsupportedFormat
from provenance.read.corpus.address_resolution import (
    file_system,
    not_found_error,
    translate_address_errors,
)
from provenance.read.corpus.file_access import File, printable_path, translate_read_errors
from provenance.read.corpus.folder_listing import (
    list_folder,
    missing_numbered,
    own_outputs,
    special_file_error,
)
from provenance.read.corpus.saved_datasets import is_saved, saved_files
from provenance.read.formats.compression import compression_of, named_compression
from provenance.read.formats.detection import METADATA, named_format
from provenance.read.formats.zip_archive import is_zip, unzipped

ARCHIVE = ("tweets.js", "tweet.js", "tweets-part*.js", "tweet-part*.js", "note-tweet.js")
EXCHANGE = ("posts.xml", "comments.xml")
STREAMS = ("rc_*", "rs_*")
_PASSED_OVER = b"\x2a\x4d\x18"
"""What stands behind the first byte of a frame that zstd passes over."""


def files_at(address: str) -> list[File]:
    """Return the file at an address, or a folder's files that hold items.

    Raises
    ------
    DatasetNotFound
        If nothing is there.
    UnsupportedFormat
        If a folder holds no file of a layout we read, or nobody knows how to reach the address.
    CorruptFile
        If a folder is a saved dataset, and does not name its files.
    """
    if is_saved(address):
        return [_begun(file) for file in saved_files(address, None).files]
    system, place = file_system(address)
    with translate_address_errors(address):
        if not system.exists(place):
            raise not_found_error(address)
        if system.isdir(place):
            return _of_folder(system, place, address)
        return _of_file(system, place, address)


def _of_file(system: fsspec.AbstractFileSystem, place: str, address: str) -> list[File]:
    facts = system.info(place)
    if isinstance(system, LocalFileSystem) and facts["type"] == "other":
        raise special_file_error(address, facts["mode"])
    file = File(
        printable_path(place.rpartition("/")[2]),
        place,
        int(facts["size"] or 0),
        system,
        given=address,
    )
    try:
        with translate_read_errors(address):
            if is_zip(file):
                return _of_folder(unzipped(file), "", address)
    except InputError as error:
        return [replace(file, fault=error)]
    return [_begun(file)]


def _of_folder(system: fsspec.AbstractFileSystem, place: str, address: str) -> list[File]:
    found = list_folder(system, place)
    folder, root = address.rstrip("/"), len(place)
    files = []
    for path in found.paths():
        name = printable_path(path[root:].lstrip("/")) or f"{folder}/"  # the folder itself
        size, fault = found.files.get(path, 0), found.faults.get(path)
        files.append(File(name, path, size, system, given=f"{folder}/{name}", fault=fault))
    own = own_outputs(files)
    chosen = _chosen([file for file in files if file.name not in own])
    if not chosen:
        raise (UnsupportedFormat if files else DatasetNotFound)(
            f"{address}: it holds no dump that we read, in {len(files)} files",
            remedy="give the files themselves: tables, tweets.js, Posts.xml, RC_*.zst.",
        )
    return [_begun(file) for file in (*chosen, *missing_numbered(chosen))]


def _chosen(files: Sequence[File]) -> list[File]:
    """Choose an archive's posts where it is one; else every table and stream.

    What could not be looked at may be, or hold, any of these.
    """
    files = [file for file in files if not any(p[:1] in "._" for p in file.name.split("/") if p)]
    unknown = [
        file
        for file in files
        if file.fault is not None
        and not isinstance(file.fault, UnsupportedFormat)
        and not _is_known(file.path)
    ]
    for patterns in (ARCHIVE, EXCHANGE):
        if found := [file for file in files if _fits(file.path, patterns)]:
            return [*found, *unknown]
    return [*(file for file in files if _is_known(file.path)), *unknown]


def _is_known(path: str) -> bool:
    return _fits(path, STREAMS) or _is_table(path)


def _is_table(path: str) -> bool:
    name = path.rpartition("/")[2]
    form = named_format(name)
    return form is not None and form[0] != "text" and name not in METADATA and name[0] not in "._"


def _fits(path: str, patterns: Iterable[str]) -> bool:
    name = path.rpartition("/")[2].lower()
    inner = name.rpartition(".")[0] if named_compression(name) else name
    return any(fnmatch.fnmatchcase(inner, pattern) for pattern in patterns)


def _begun(file: File) -> File:
    """Give a file with its compression, going by its first bytes; or with what keeps it from us."""
    try:
        return file if file.fault is not None else _compressed(file)
    except InputError as error:
        return replace(file, fault=error)


def _compressed(file: File) -> File:
    with file.open() as stream, translate_read_errors(file.told):
        head = stream.read(8)
    found, said = compression_of(head), named_compression(file.path)
    if found is None and said is not None:
        if said != "zst" or head[1:4] != _PASSED_OVER:
            raise CorruptFile(
                f"{file.told}: named as .{file.path.rpartition('.')[2]}, and does not begin as "
                "such a file does",
                remedy="fetch it again, or give it the name of what it is.",
            )
        found = said
    return replace(file, compression=found)
