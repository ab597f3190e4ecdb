"""What a registry says of itself: `registry.json`.

Values that JSON states, held against the types of what they are for.
"""

import hashlib
import json
import math
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar, get_origin, get_type_hints

from provenance.atomic_output import read_small
from provenance.errors import (
    CorruptFile,
    DigestMismatch,
    FingerprintMismatch,
    RegistryNotFound,
    RegistryVersion,
)
from provenance.model import Chance, Parameters, Skipped, SourceCoverage, Unread

T = TypeVar("T")

_MOST = 1 << 62


def typed(kind: type[T], stated: dict[str, Any]) -> T:
    """Make a dataclass, if each value is of the type of its field; tuples are the caller's.

    Raises
    ------
    TypeError
        If one is not, is missing, or has no field.
    """
    made = kind(**stated)
    for name, expected in get_type_hints(kind).items():
        value = getattr(made, name)
        if isinstance(value, int):
            count(value)
        if get_origin(expected) is not tuple and not isinstance(value, expected):
            raise TypeError(f"{name} is {value!r}")
    return made


def count(stated: object) -> int:
    """Take a number of things.

    Raises
    ------
    TypeError
        If it is none.
    """
    if not isinstance(stated, int) or isinstance(stated, bool) or not 0 <= stated < _MOST:
        raise TypeError(f"not a count: {stated!r}")
    return stated


def moment(stated: str) -> datetime:
    """Take a moment, with its offset.

    Raises
    ------
    ValueError, TypeError
        If it is none.
    """
    found = datetime.fromisoformat(stated)
    if found.tzinfo is None:
        raise ValueError(f"a moment without an offset: {stated}")
    return found


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
"""Of all that is wrong with a data file."""

_MOST_SOURCES = 256  # codes of eight bits tell them apart
_DAMAGE = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)
"""What JSON raises that is not what it should be."""

_REBUILD = "build the registry again from its dumps: provenance registry build"


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of the registry, as it was written.

    Parameters
    ----------
    name : str
        Within the generation's folder.
    bytes : int
        Its size.
    blake3 : str
        Its BLAKE3, in hex.
    """

    name: str
    bytes: int
    blake3: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """All that `registry.json` holds.

    Parameters
    ----------
    digest : str
        SHA-256 of the parameters, the law of chance and the files' names and digests: what the
        registry *is*. When and by which version it was made is not part of it.
    parameters : Parameters
        How the items were fingerprinted.
    chance : Chance
        How often chance gives a match with them: as shipped, until `fit` measures it.
    created : datetime
        When this generation was made.
    tool : str
        Version of `provenance` that made it.
    sources : tuple of SourceCoverage
        In order of their ids.
    items, tokens, postings : int
        How many.
    files : tuple of DataFile
        In order of their names.
    skipped : tuple of Skipped
        Records of the dumps that are not in it, or not with all that they say.
    replaced : int
        Records of the dumps in place of which another with the same source and id counts.
    unread : tuple of Unread
        Dumps that could not be read, or not to their end, whenever that was.
    """

    digest: str
    parameters: Parameters
    chance: Chance
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
        """Name of the folder that holds the files."""
        return f"data-{self.digest[:12]}"

    @property
    def keeps_texts(self) -> bool:
        """Whether the items' texts are in the registry."""
        return any(file.name == TEXTS_FILE for file in self.files)

    @property
    def bytes_per_posting(self) -> float:
        """Bytes on disk for each posting, texts and signatures aside."""
        aside = (TEXTS_FILE, SIGNATURES_FILE)
        return sum(f.bytes for f in self.files if f.name not in aside) / max(self.postings, 1)


def digest_of(parameters: Parameters, chance: Chance, files: Iterable[DataFile]) -> str:
    """Digest what the registry is.

    Parameters
    ----------
    parameters : Parameters
        How its items were fingerprinted.
    chance : Chance
        How often chance gives a match with them.
    files : iterable of DataFile
        In any order.

    Returns
    -------
    str
        SHA-256 in hex.
    """
    named = sorted((file.name, file.blake3) for file in files)
    stated = json.dumps([FORMAT, asdict(parameters), asdict(chance), named], sort_keys=True)
    return hashlib.sha256(stated.encode()).hexdigest()


def merged(earlier: Iterable[Skipped], later: Iterable[Skipped]) -> tuple[Skipped, ...]:
    """Join two tallies; a dump that was read twice has skipped its records once."""
    most: dict[tuple[str, str], Skipped] = {}
    for one in (*earlier, *later):
        known = most.setdefault((one.file, one.reason), one)
        if one.count > known.count:
            most[one.file, one.reason] = one
    return tuple(most[key] for key in sorted(most))


def render(manifest: Manifest) -> str:
    """Write a manifest as JSON."""
    stated = {"format": FORMAT, **asdict(manifest)}
    stated["created"] = manifest.created.isoformat()
    stated["bytes_per_posting"] = round(manifest.bytes_per_posting, 2)
    return json.dumps(stated, indent=2, sort_keys=True, ensure_ascii=False, default=str) + "\n"


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a registry.

    Raises
    ------
    RegistryNotFound
        If there is none.
    RegistryVersion
        If its format is not ours.
    CorruptFile, DigestMismatch
        If it was damaged or altered.
    """
    path = folder / MANIFEST
    try:
        text = read_small(path)
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
        stated = json.loads(text)
        version = stated["format"]
    except _DAMAGE as error:
        raise _damaged(path, error) from error
    if version != FORMAT:
        raise RegistryVersion(
            f"{folder} has format {version}; this version of provenance reads format {FORMAT}",
            remedy="use the version that made it, or " + _REBUILD,
        )
    try:
        manifest = _parsed(stated)
    except _DAMAGE as error:
        raise _damaged(path, error) from error
    if digest_of(manifest.parameters, manifest.chance, manifest.files) != manifest.digest:
        raise DigestMismatch(
            f"{path} was altered: its digest is not that of its parameters and files",
            remedy=_REBUILD,
        )
    return manifest


def mismatch(folder: Path, stated: Parameters, ours: Parameters) -> FingerprintMismatch:
    """Say in what a registry's fingerprints differ from ours."""
    names = [
        one.name for one in fields(ours) if getattr(stated, one.name) != getattr(ours, one.name)
    ]

    def told(parameters: Parameters) -> str:
        return ", ".join(f"{name}={getattr(parameters, name)!r}" for name in names)

    return FingerprintMismatch(
        f"{folder} was fingerprinted with {told(stated)}; this version of provenance does so with "
        f"{told(ours)}",
        remedy="use the version that made it, or " + _REBUILD,
    )


def _damaged(path: Path, error: Exception) -> CorruptFile:
    return CorruptFile(f"{path} is damaged: {type(error).__name__}: {error}", remedy=_REBUILD)


def _parsed(stated: dict[str, Any]) -> Manifest:
    files = tuple(typed(DataFile, file) for file in stated["files"])
    for file in files:
        # A name is joined to a path: nothing may lead out of the registry.
        if not re.fullmatch(r"[a-z]+\.(parquet|npy)", file.name):
            raise ValueError(f"not the name of a data file: {file.name!r}")
    if missing := set(REQUIRED) - {file.name for file in files}:
        raise ValueError(f"does not list {', '.join(sorted(missing))}")
    if not re.fullmatch(r"[0-9a-f]{64}", stated["digest"]):
        raise ValueError(f"not a digest: {stated['digest']!r}")
    return Manifest(
        digest=stated["digest"],
        parameters=typed(Parameters, stated["parameters"]),
        chance=_chance(**stated["chance"]),
        created=moment(stated["created"]),
        tool=str(stated["tool"]),
        sources=_sources(stated["sources"]),
        items=count(stated["items"]),
        tokens=count(stated["tokens"]),
        postings=count(stated["postings"]),
        files=files,
        skipped=tuple(_skipped(one) for one in stated["skipped"]),
        replaced=count(stated.get("replaced", 0)),  # the first ones do not say
        unread=tuple(typed(Unread, one) for one in stated.get("unread", ())),
    )


def _skipped(stated: dict[str, Any]) -> Skipped:
    return typed(Skipped, stated | {"rows": tuple(map(count, stated["rows"]))})


def _chance(decay: float, scale: float, exceedances: int) -> Chance:
    if not (0 < decay < math.inf and 0 < scale < math.inf):
        raise ValueError(f"no law of chance: decay {decay}, scale {scale}")
    return Chance(float(decay), float(scale), int(exceedances))


def _sources(stated: list[dict[str, Any]]) -> tuple[SourceCoverage, ...]:
    sources = tuple(_coverage(source) for source in stated)
    names = [source.source for source in sources]
    if names != sorted(set(names)) or len(names) > _MOST_SOURCES:
        raise ValueError("its sources are not in order, or too many")
    return sources


def _coverage(stated: dict[str, Any]) -> SourceCoverage:
    days = {end: stated[end] and date.fromisoformat(stated[end]) for end in ("first", "last")}
    return typed(SourceCoverage, stated | days)
