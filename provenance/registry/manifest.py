"""The manifest of a registry (`registry.json`): its data model, and its reader and writer."""

import hashlib
import json
import math
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar, get_origin, get_type_hints

from provenance.atomic_output import read_small_file
from provenance.errors import (
    CorruptFile,
    DigestMismatch,
    FingerprintMismatch,
    RegistryNotFound,
    RegistryVersion,
)
from provenance.model import ChanceModel, Parameters, Skipped, SourceCoverage, Unread

T = TypeVar("T")

_MAX_COUNT = 1 << 62


def build_typed(kind: type[T], values: dict[str, Any]) -> T:
    """Build a dataclass from JSON, checking that each value has the type of its field.

    The elements of tuples are left to the caller.

    Raises
    ------
    TypeError
        If a value has another type, is missing, or has no field.
    """
    instance = kind(**values)
    for name, expected in get_type_hints(kind).items():
        value = getattr(instance, name)
        if isinstance(value, int):
            parse_count(value)
        if get_origin(expected) is not tuple and not isinstance(value, expected):
            raise TypeError(f"{name} is {value!r}")
    return instance


def parse_count(value: object) -> int:
    """Parse a non-negative count.

    Raises
    ------
    TypeError
        If it is not a count.
    """
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _MAX_COUNT:
        raise TypeError(f"not a count: {value!r}")
    return value


def parse_timestamp(text: str) -> datetime:
    """Parse a timestamp with an offset.

    Raises
    ------
    ValueError, TypeError
        If it is not a timestamp with an offset.
    """
    timestamp = datetime.fromisoformat(text)
    if timestamp.tzinfo is None:
        raise ValueError(f"a timestamp without an offset: {text}")
    return timestamp


FORMAT = 4
"""Version of the layout on disk."""

MANIFEST = "registry.json"

ITEMS_FILE = "items.parquet"
TOKENS_FILE = "tokens.npy"
TEXTS_FILE = "texts.parquet"
SHARED_FILE = "shared.parquet"
SIGNATURES_FILE = "signatures.parquet"
SKETCH_FILE = "sketch.parquet"
BACKGROUND_FILE = "background.parquet"
SHINGLES_FILE = "shingles.npy"
OWNERS_FILE = "owners.npy"
POSITIONS_FILE = "positions.npy"
DIRECTORY_FILE = "directory.npy"
PREFILTER_FILE = "prefilter.npy"
FILTER_FILE = "filter.npy"

REQUIRED = (
    *(ITEMS_FILE, TOKENS_FILE, SIGNATURES_FILE, SKETCH_FILE, BACKGROUND_FILE, SHARED_FILE),
    *(SHINGLES_FILE, OWNERS_FILE, POSITIONS_FILE, DIRECTORY_FILE, PREFILTER_FILE, FILTER_FILE),
)

REMEDY = "build the registry again from its dumps, or fetch it again"
"""Remedy for any damage to a data file."""

_MAX_SOURCES = 256  # source codes have eight bits
_DAMAGE_ERRORS = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)
"""Errors raised by parsing JSON of an unexpected shape."""

_REBUILD = "build the registry again from its dumps: provenance registry build"


@dataclass(frozen=True, slots=True)
class DataFile:
    """A data file of the registry, as written.

    Parameters
    ----------
    name : str
        Name within the generation's folder.
    bytes : int
        Size.
    blake3 : str
        BLAKE3 digest, in hex.
    """

    name: str
    bytes: int
    blake3: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of `registry.json`.

    Parameters
    ----------
    digest : str
        SHA-256 of the parameters, the chance model and the files' names and digests. It identifies
        the content; time and version of the build are not part of it.
    parameters : Parameters
        Parameters of the fingerprints.
    chance : ChanceModel
        Model of chance matches with the items: the shipped one, until `registry fit` measures it.
    created : datetime
        Time when this generation was built.
    tool : str
        Version of `provenance` that built it.
    sources : tuple of SourceCoverage
        Coverage by source, in order of their identifiers.
    items, tokens, postings : int
        Numbers of items, tokens and postings.
    files : tuple of DataFile
        Data files, in order of their names.
    skipped : tuple of Skipped
        Records of the dumps that were skipped, or stored incompletely.
    replaced : int
        Records that a later one with the same source, site and id replaced.
    unread : tuple of Unread
        Dumps that could not be read, or not to the end, in any build.
    """

    digest: str
    parameters: Parameters
    chance: ChanceModel
    created: datetime
    tool: str
    sources: tuple[SourceCoverage, ...]
    items: int
    tokens: int
    postings: int
    files: tuple[DataFile, ...]
    skipped: tuple[Skipped, ...]
    replaced: int = 0
    unread: tuple[Unread, ...] = ()

    @property
    def generation(self) -> str:
        """Name of the folder with the data files."""
        return f"data-{self.digest[:12]}"

    @property
    def keeps_texts(self) -> bool:
        """True if the registry keeps the items' texts."""
        return any(file.name == TEXTS_FILE for file in self.files)

    @property
    def bytes_per_posting(self) -> float:
        """Bytes on disk per posting, without texts and signatures."""
        excluded = (TEXTS_FILE, SIGNATURES_FILE)
        return sum(f.bytes for f in self.files if f.name not in excluded) / max(self.postings, 1)


def registry_digest(parameters: Parameters, chance: ChanceModel, files: Iterable[DataFile]) -> str:
    """Return the digest that identifies a registry's content.

    Parameters
    ----------
    parameters : Parameters
        Parameters of the fingerprints.
    chance : ChanceModel
        Model of chance matches.
    files : iterable of DataFile
        Data files, in any order.

    Returns
    -------
    str
        SHA-256 in hex.
    """
    file_digests = sorted((file.name, file.blake3) for file in files)
    content = json.dumps([FORMAT, asdict(parameters), asdict(chance), file_digests], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def merge_counts(earlier: Iterable[Skipped], later: Iterable[Skipped]) -> tuple[Skipped, ...]:
    """Merge two tallies of skipped records; a dump that was read twice counts once."""
    most: dict[tuple[str, str], Skipped] = {}
    for entry in (*earlier, *later):
        largest = most.setdefault((entry.file, entry.reason), entry)
        if entry.count > largest.count:
            most[entry.file, entry.reason] = entry
    return tuple(most[key] for key in sorted(most))


def render_manifest(manifest: Manifest) -> str:
    """Return a manifest as JSON."""
    content = {"format": FORMAT, **asdict(manifest)}
    content["created"] = manifest.created.isoformat()
    content["bytes_per_posting"] = round(manifest.bytes_per_posting, 2)
    return json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False, default=str) + "\n"


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a registry.

    Raises
    ------
    RegistryNotFound
        If there is none.
    RegistryVersion
        If its format has another version than ours.
    CorruptFile, DigestMismatch
        If it is damaged or was altered.
    """
    path = folder / MANIFEST
    try:
        text = read_small_file(path)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise RegistryNotFound(
            f"{folder} is not a registry: it has no {MANIFEST}",
            remedy=f"make one: provenance registry build {folder} --source SOURCE DUMP",
        ) from error
    except OSError as error:
        raise RegistryNotFound(
            f"{path} cannot be read: {error.strerror}", remedy="check the path and its permissions"
        ) from error
    try:
        content = json.loads(text)
        version = content["format"]
    except _DAMAGE_ERRORS as error:
        raise _damaged_error(path, error) from error
    if version != FORMAT:
        raise RegistryVersion(
            f"{folder} has format {version}; this version of provenance reads format {FORMAT}",
            remedy="use the version that made it, or " + _REBUILD,
        )
    try:
        manifest = _parse_manifest(content)
    except _DAMAGE_ERRORS as error:
        raise _damaged_error(path, error) from error
    if registry_digest(manifest.parameters, manifest.chance, manifest.files) != manifest.digest:
        raise DigestMismatch(
            f"{path} was altered: its digest does not match its parameters and files",
            remedy=_REBUILD,
        )
    return manifest


def fingerprint_mismatch(folder: Path, stored: Parameters, ours: Parameters) -> FingerprintMismatch:
    """Return the error that names the parameters in which fingerprints differ."""
    names = [
        field.name
        for field in fields(ours)
        if getattr(stored, field.name) != getattr(ours, field.name)
    ]

    def format_parameters(parameters: Parameters) -> str:
        return ", ".join(f"{name}={getattr(parameters, name)!r}" for name in names)

    return FingerprintMismatch(
        f"{folder} was fingerprinted with {format_parameters(stored)}; this version of provenance "
        f"uses {format_parameters(ours)}",
        remedy="use the version that made it, or " + _REBUILD,
    )


def _damaged_error(path: Path, error: Exception) -> CorruptFile:
    return CorruptFile(f"{path} is damaged: {type(error).__name__}: {error}", remedy=_REBUILD)


def _parse_manifest(content: dict[str, Any]) -> Manifest:
    files = tuple(build_typed(DataFile, file) for file in content["files"])
    for file in files:
        # A name is joined to a path: nothing may lead out of the registry.
        if not re.fullmatch(r"[a-z]+\.(parquet|npy)", file.name):
            raise ValueError(f"not the name of a data file: {file.name!r}")
    if missing := set(REQUIRED) - {file.name for file in files}:
        raise ValueError(f"does not list {', '.join(sorted(missing))}")
    if not re.fullmatch(r"[0-9a-f]{64}", content["digest"]):
        raise ValueError(f"not a digest: {content['digest']!r}")
    return Manifest(
        digest=content["digest"],
        parameters=build_typed(Parameters, content["parameters"]),
        chance=_parse_chance(**content["chance"]),
        created=parse_timestamp(content["created"]),
        tool=str(content["tool"]),
        sources=_parse_sources(content["sources"]),
        items=parse_count(content["items"]),
        tokens=parse_count(content["tokens"]),
        postings=parse_count(content["postings"]),
        files=files,
        skipped=tuple(_parse_skipped(entry) for entry in content["skipped"]),
        replaced=parse_count(content.get("replaced", 0)),  # early manifests lack it
        unread=tuple(build_typed(Unread, entry) for entry in content.get("unread", ())),
    )


def _parse_skipped(entry: dict[str, Any]) -> Skipped:
    return build_typed(Skipped, entry | {"rows": tuple(map(parse_count, entry["rows"]))})


def _parse_chance(decay: float, scale: float, exceedances: int) -> ChanceModel:
    if not (0 < decay < math.inf and 0 < scale < math.inf):
        raise ValueError(f"invalid chance model: decay {decay}, scale {scale}")
    return ChanceModel(float(decay), float(scale), int(exceedances))


def _parse_sources(entries: list[dict[str, Any]]) -> tuple[SourceCoverage, ...]:
    sources = tuple(_parse_coverage(source) for source in entries)
    names = [source.source for source in sources]
    if names != sorted(set(names)) or len(names) > _MAX_SOURCES:
        raise ValueError("its sources are not sorted, or too many")
    return sources


def _parse_coverage(entry: dict[str, Any]) -> SourceCoverage:
    days = {end: entry[end] and date.fromisoformat(entry[end]) for end in ("first", "last")}
    return build_typed(SourceCoverage, entry | days)
