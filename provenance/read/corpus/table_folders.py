"""Folders that are one table or dataset: which of their files count, and which are missing."""

import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from typing import Any
from urllib.parse import unquote, urlsplit

from provenance.errors import CorruptFile, DatasetNotFound, InputError, UnsupportedFormat
from provenance.read.corpus.file_access import File, printable_path
from provenance.read.formats.compression import detect_compression

_DELTA_LOG = re.compile(r"(?:(?P<root>.*)/)?_delta_log/\d{20}\.(?:json|checkpoint\..*)")
_ICEBERG_METADATA = re.compile(
    r"(?:(?P<root>.*)/)?metadata/(?:v\d+|\d{5,}-[0-9a-fA-F-]{36})(?:\.gz)?\.metadata\.json"
)
_MDS_INDEX = re.compile(r"(?:(?P<root>.*)/)?index\.json")
_VERSION = re.compile(r"v?(\d+)")
_MAX_INDEX_BYTES = 1 << 26
_UNREADABLE_FEATURES = ("deletionVectors", "columnMapping")


def current_files(files: Sequence[File], address: str) -> list[File]:
    """Return files without those that belong to a table in its folder, and do not count in it.

    Parameters
    ----------
    files : sequence of File
        All files in a folder.
    address : str
        The folder, for errors.

    Returns
    -------
    list of File
        Of a Delta or Iceberg table, the files of its current state; of an MDS dataset, each shard
        once. Those that are missing have a fault.

    Raises
    ------
    UnsupportedFormat
        If a table cannot be read, or its library is not installed.
    CorruptFile
        If the library cannot read the table.
    """
    kept = list(files)
    for pattern, paths_of in ((_DELTA_LOG, _delta_paths), (_ICEBERG_METADATA, _iceberg_paths)):
        roots: dict[str, list[File]] = {}
        for file in files:
            match = pattern.fullmatch(file.name)
            if match and (pattern is _DELTA_LOG or _is_iceberg(file)):
                roots.setdefault(match["root"] or "", []).append(file)
        for root, logs in roots.items():
            folder = _folder_of(logs[0], root)
            where = f"{address.rstrip('/')}/{root}".rstrip("/")
            kept = _select(kept, root, folder, paths_of(logs, folder, where))
    return _select_shards(kept)


def _folder_of(file: File, root: str) -> str:
    """Return the path of the folder `root`, in which a file is."""
    return file.path[: len(file.path) - len(file.name)] + root


def _select(files: Sequence[File], root: str, folder: str, paths: Sequence[str]) -> list[File]:
    """Replace the files in a folder by those at `paths`."""
    inside = f"{root}/" if root else ""
    outside = [file for file in files if not file.name.startswith(inside)]
    known = {os.path.realpath(file.path): file for file in files if file.name.startswith(inside)}
    sample = next(iter(known.values()))
    before = sample.given_path[: len(sample.given_path) - len(sample.name)]
    chosen = []
    for path in paths:
        file = known.get(os.path.realpath(path))
        name = printable_path(f"{inside}{os.path.relpath(path, folder)}")
        chosen.append(file or _missing(sample, name, path, f"{before}{name}", "the table"))
    return sorted([*outside, *chosen], key=lambda file: file.name)


def _missing(sample: File, name: str, path: str, display_path: str, owner: str) -> File:
    fault = DatasetNotFound(
        f"{display_path}: the file is missing; {owner} lists it",
        remedy="fetch it, or write the table again.",
    )
    return replace(sample, name=name, path=path, given_path=display_path, size=0, fault=fault)


def _delta_paths(logs: Sequence[File], folder: str, address: str) -> list[str]:
    """Return the paths of the files in the current version of a Delta table."""
    library: Any = _import_library("deltalake", "delta", "a Delta table", logs[0], address)
    with _translate_errors(address):
        table = library.DeltaTable(folder)
        features = {*_UNREADABLE_FEATURES} & {*(table.protocol().reader_features or ())}
        # Before version 3 of the protocol, readers learn of it from the configuration alone.
        mode = table.metadata().configuration.get("delta.columnMapping.mode")
        if features or mode not in (None, "none"):
            names = ", ".join(sorted(features)) or "columnMapping"
            raise UnsupportedFormat(
                f"{address}: this is a Delta table with {names}, whose files "
                "cannot be read one by one",
                remedy="read it with Spark or the `deltalake` library, and write its rows as "
                "Parquet.",
            )
        return [_local_path(uri) for uri in table.file_uris()]


def _is_iceberg(file: File) -> bool:
    """Return whether the content of a file agrees with its name, which is one of Iceberg's."""
    if file.fault is not None:
        return True
    head = file.head(_MAX_INDEX_BYTES)
    return detect_compression(head) is not None or b'"format-version"' in head


def _iceberg_paths(logs: Sequence[File], _: str, address: str) -> list[str]:
    """Return the paths of the data files in the current snapshot of an Iceberg table."""
    latest = max(logs, key=_version)
    library: Any = _import_library(
        "pyiceberg.table", "iceberg", "an Iceberg table", latest, address
    )
    with _translate_errors(address):
        tasks = list(library.StaticTable.from_metadata(latest.path).scan().plan_files())
    if any(task.delete_files for task in tasks):
        raise UnsupportedFormat(
            f"{address}: this is an Iceberg table with deleted rows in its files (merge on read)",
            remedy="rewrite its data files, or write its rows as Parquet.",
        )
    return [_local_path(task.file.file_path) for task in tasks]


def _version(log: File) -> int:
    """Return the version of the metadata of an Iceberg table, by its name."""
    match = _VERSION.match(log.name.rpartition("/")[2])
    return int(match[1]) if match else -1


def _local_path(uri: str) -> str:
    return unquote(urlsplit(uri).path) if uri.startswith("file:") else uri


def _import_library(module: str, extra: str, what: str, file: File, address: str) -> Any:
    if not file.is_local:
        raise UnsupportedFormat(
            f"{address}: this is {what}, which is read from this machine's disk only",
            remedy="download it, or write its rows as Parquet.",
        )
    try:
        return import_module(module)
    except ImportError as error:
        raise UnsupportedFormat(
            f"{address}: this is {what}, whose files also hold deleted rows; reading it needs "
            f"the package `{module.partition('.')[0]}`",
            remedy=f"install it with: pip install 'corpus-provenance[{extra}]', or write the "
            "rows of the table as Parquet.",
        ) from error


@contextmanager
def _translate_errors(address: str) -> Iterator[None]:
    """Translate the exceptions of the libraries, which have no common base class."""
    try:
        yield
    except (InputError, MemoryError):
        raise
    except Exception as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise CorruptFile(
            f"{address}: the table cannot be read ({reason})",
            remedy="write its rows as Parquet, and give that.",
        ) from error


def _select_shards(files: Sequence[File]) -> list[File]:
    """Add the shards of MDS datasets that are missing; of a shard and its compressed copy, one."""
    by_name = {file.name: file for file in files}
    for file in files:
        match = _MDS_INDEX.fullmatch(file.name)
        if match is None:
            continue
        inside = f"{match['root']}/" if match["root"] else ""
        for names in _listed_shards(file):
            present = [inside + name for name in names if inside + name in by_name]
            for copy in present[1:]:
                del by_name[copy]
            if not present:
                shard = file.sibling(names[-1])
                by_name[shard.name] = _missing(
                    shard, shard.name, shard.path, shard.display_path, "index.json"
                )
    return sorted(by_name.values(), key=lambda file: file.name)


def _listed_shards(index: File) -> list[list[str]]:
    """Return the names that each shard of an MDS dataset may have; empty if the file lists none."""
    if index.fault is not None or index.size > _MAX_INDEX_BYTES:
        return []
    try:
        shards = json.loads(index.head(_MAX_INDEX_BYTES))["shards"]
        listed = [
            [shard[kind]["basename"] for kind in ("raw_data", "zip_data") if shard.get(kind)]
            for shard in shards
            if shard["format"] == "mds"
        ]
    except (InputError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []
    return [names for names in listed if names and all(map(_is_path, names))]


def _is_path(name: object) -> bool:
    return isinstance(name, str) and bool(name)
