"""The manifest of a registry (`registry.json`): its data model, and its reader and writer."""

import hashlib
import json
import math
import os
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast, get_origin, get_type_hints

from provenance.atomic_output import read_small_file
from provenance.errors import (
    CorruptFile,
    DigestMismatch,
    FingerprintMismatch,
    RegistryNotFound,
    RegistryVersion,
)
from provenance.model.content.chance import ChanceModel
from provenance.model.content.fingerprints import Parameters
from provenance.model.content.tables import Skipped, Unread
from provenance.model.results.coverage import SourceCoverage
from provenance.model.short_repr import short_repr
from provenance.registry.recipe import BuildStep, DumpRecord

T = TypeVar("T")
D = TypeVar("D", bound=date)

_MAX_COUNT = 1 << 62
_YEARS = (1970, 9000)
"""First and last year in which something may have been written."""

_type_hints = cache(get_type_hints)


def build_typed(kind: type[T], values: dict[str, Any]) -> T:
    """Build a dataclass from JSON, checking that each value has the type of its field.

    The elements of tuples are left to the caller.

    Raises
    ------
    TypeError
        If a value has another type, is missing, or has no field.
    """
    instance = kind(**values)
    for name, expected in _type_hints(cast("Any", kind)).items():
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
        If it is not a timestamp with an offset, or of a year in which nothing was written.
    """
    timestamp = datetime.fromisoformat(text)
    if timestamp.tzinfo is None:
        raise ValueError(f"a timestamp without an offset: {text}")
    return _require_year(timestamp)


def _require_year(day: D) -> D:
    """Return a date that arithmetic with it cannot lead out of the calendar; raises ValueError."""
    if not _YEARS[0] <= day.year <= _YEARS[1]:
        raise ValueError(f"not in the years {_YEARS[0]} to {_YEARS[1]}: {day.isoformat()}")
    return day


FORMAT = 10
"""Version of the layout on disk."""

KEYED_FORMAT = 11
"""Version of the layout of a keyed copy, whose files are encrypted."""

PUBLIC_FORMAT = "public-1"
"""Version of the layout of a public copy, which is not a registry."""

MANIFEST = "registry.json"

ITEMS_FILE = "items.parquet"
TEXTS_FILE = "texts.parquet"
SKETCH_FILE = "sketch.parquet"
BACKGROUND_FILE = "background.parquet"
TOKENS_FILE = "tokens.npy"
OFFSETS_FILE = "offsets.npy"
SIZES_FILE = "sizes.npy"
FIRSTS_FILE = "firsts.npy"
CODES_FILE = "codes.npy"
AUTHORS_FILE = "authors.npy"
SIGNED_FILE = "signed.npy"
SIGNATURES_FILE = "signatures.npy"
BANDS_FILE = "bands.npy"
KEYS_FILE = "keys.npy"
SEQUENCES_FILE = "sequences.npy"
SHINGLES_FILE = "shingles.npy"
OWNERS_FILE = "owners.npy"
POSITIONS_FILE = "positions.npy"
DIRECTORY_FILE = "directory.npy"
PREFILTER_FILE = "prefilter.npy"
FILTER_FILE = "filter.npy"

REQUIRED = (
    *(ITEMS_FILE, SKETCH_FILE, BACKGROUND_FILE, SIGNED_FILE, SIGNATURES_FILE, BANDS_FILE),
    *(TOKENS_FILE, OFFSETS_FILE, SIZES_FILE, FIRSTS_FILE, CODES_FILE, AUTHORS_FILE),
    *(KEYS_FILE, SEQUENCES_FILE),
    *(SHINGLES_FILE, OWNERS_FILE, POSITIONS_FILE, DIRECTORY_FILE, PREFILTER_FILE, FILTER_FILE),
)

REMEDY = "build the registry again from its dumps, or fetch it again"
"""Remedy for any damage to a data file."""

MAX_SOURCES = 256
"""Source codes have eight bits."""

DAMAGE_ERRORS = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)
"""Errors raised by parsing JSON of an unexpected shape."""

_REBUILD = "build the registry again from its dumps: provenance registry build"
_KEYED_AGAIN = (
    "ask its owner for a copy that this version makes: provenance registry publish REGISTRY "
    "-o COPY --tier keyed --key-file KEY"
)


@dataclass(frozen=True, slots=True)
class DataFile:
    """A data file of the registry, as written.

    Parameters
    ----------
    name : str
        Name within its folder.
    bytes : int
        Size.
    blake3 : str
        BLAKE3 digest, in hex.
    """

    name: str
    bytes: int
    blake3: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment of a registry: some of its items, with an index of their own.

    Parameters
    ----------
    digest : str
        SHA-256 of the files' names and digests.
    created : datetime
        When it was written. Of two items with one id, that of the later segment counts.
    sources : tuple of SourceCoverage
        Coverage by source, in order of their identifiers.
    items, tokens, postings : int
        Numbers of items, tokens and postings.
    longest : int
        Number of tokens of the longest item.
    signatures : int
        Number of items that are long enough to have a signature.
    files : tuple of DataFile
        Data files, in order of their names.
    """

    digest: str
    created: datetime
    sources: tuple[SourceCoverage, ...]
    items: int
    tokens: int
    postings: int
    longest: int
    signatures: int
    files: tuple[DataFile, ...]

    @property
    def folder(self) -> str:
        """Name of its folder within the registry's."""
        return f"segment-{self.digest[:16]}"

    @property
    def bytes(self) -> int:
        """Size of all files."""
        return sum(file.bytes for file in self.files)


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of `registry.json`.

    Parameters
    ----------
    digest : str
        SHA-256 of the parameters, the chance model and the digests of segments and tables. It
        identifies the content; time and version of the build are not part of it.
    parameters : Parameters
        Parameters of the fingerprints.
    chance : ChanceModel
        Model of chance matches with the items: the shipped one, until `registry fit` measures it.
    created : datetime
        When the manifest was written; later than that of the registry before the change, so that
        it tells which of two versions is newer.
    tool : str
        Version of `provenance` that wrote it.
    keeps_texts : bool
        Whether the registry keeps the items' texts.
    sources : tuple of SourceCoverage
        Coverage by source, in order of their identifiers.
    items, tokens : int
        Numbers of items that count, and of their tokens.
    segments : tuple of Segment
        Segments, in the order of their digests; of a keyed copy, in that of its registry.
    statuses : DataFile or None
        The file with the items that do not count, or have copies in other segments; None if there
        are none.
    skipped : tuple of Skipped
        Records of the dumps that were skipped, or stored incompletely.
    replaced : int
        Records that a later one with the same source, site and id replaced.
    unread : tuple of Unread
        Dumps that could not be read, or not to the end, in any build.
    tombstones : DataFile or None
        The file with the records of withdrawn items; None if there are none.
    aliases : tuple of str
        Digests that the same items had in other segments: what was
        measured with them applies.
    supersets : tuple of str
        Digests that it had earlier, since when no item was added: with any of them, every item of
        this registry was searched for.
    earlier_digests : tuple of tuple of str
        Digests that it had before each addition of items, the oldest first.
    additions : DataFile or None
        The file that says which addition added an item; not part of the digest. None if there was
        none since the build.
    steps : tuple of BuildStep
        The commands that added its items; those of versions that did not record them are missing.
    opt_outs : DataFile or None
        The file with addresses whose owners opted out; None if there are none.
    marks : DataFile or None
        The file with the marked items; None if there are none.
    keeps_authors : bool
        Whether the names of authors of items that are added are kept, not only their digests.
    key_id : str
        Of a keyed copy: id of the key that its files are encrypted under. Empty: they are not.
    fresh_until : date or None
        Last day on which a copy counts as fresh: by then, its owner publishes it again; None if
        the owner does not say.
    """

    digest: str
    parameters: Parameters
    chance: ChanceModel
    created: datetime
    tool: str
    keeps_texts: bool
    sources: tuple[SourceCoverage, ...]
    items: int
    tokens: int
    segments: tuple[Segment, ...]
    statuses: DataFile | None
    skipped: tuple[Skipped, ...]
    replaced: int = 0
    unread: tuple[Unread, ...] = ()
    tombstones: DataFile | None = None
    aliases: tuple[str, ...] = ()
    supersets: tuple[str, ...] = ()
    earlier_digests: tuple[tuple[str, ...], ...] = ()
    additions: DataFile | None = None
    steps: tuple[BuildStep, ...] = ()
    opt_outs: DataFile | None = None
    marks: DataFile | None = None
    keeps_authors: bool = False
    key_id: str = ""
    fresh_until: date | None = None

    __repr__ = short_repr

    @property
    def searched_with(self) -> tuple[str, ...]:
        """Digests of registries that had every item of this one."""
        return tuple(dict.fromkeys((*self.supersets, *self.aliases, self.digest)))

    def after(self, earlier: "Manifest") -> "Manifest":
        """Return this manifest with the history of an earlier one, to which no item was added."""
        return replace(
            self,
            supersets=earlier.searched_with,
            earlier_digests=earlier.earlier_digests,
            additions=earlier.additions,
        )

    @property
    def postings(self) -> int:
        """Number of postings of all segments."""
        return sum(segment.postings for segment in self.segments)

    @property
    def bytes(self) -> int:
        """Size of all data files."""
        return sum(segment.bytes for segment in self.segments)

    @property
    def bytes_per_posting(self) -> float:
        """Bytes on disk per posting, without texts and signatures."""
        excluded = (TEXTS_FILE, SIGNED_FILE, SIGNATURES_FILE, BANDS_FILE)
        counted = sum(
            file.bytes
            for segment in self.segments
            for file in segment.files
            if file.name not in excluded
        )
        return counted / max(self.postings, 1)

    @property
    def places(self) -> list[tuple[str, DataFile]]:
        """All files beside the manifest, with their paths within the registry."""
        files = [
            (f"{segment.folder}/{file.name}", file)
            for segment in self.segments
            for file in segment.files
        ]
        return files + [(table.name, table) for table in self.tables]

    @property
    def folders(self) -> set[str]:
        """Names of the folders and files that belong to the registry, beside its manifest."""
        return {segment.folder for segment in self.segments} | {table.name for table in self.tables}

    @property
    def tables(self) -> list[DataFile]:
        """The files beside the segments."""
        tables = self.statuses, self.tombstones, self.opt_outs, self.marks, self.additions
        return [table for table in tables if table is not None]


def segment_digest(files: Iterable[DataFile]) -> str:
    """Return the digest that identifies a segment's content: SHA-256 in hex."""
    file_digests = sorted((file.name, file.blake3) for file in files)
    return hashlib.sha256(json.dumps([FORMAT, file_digests]).encode()).hexdigest()


def registry_digest(  # noqa: PLR0913 (each part of a registry)
    parameters: Parameters,
    chance: ChanceModel,
    segments: Iterable[Segment],
    statuses: DataFile | None,
    tombstones: DataFile | None = None,
    opt_outs: DataFile | None = None,
    marks: DataFile | None = None,
    key_id: str = "",
) -> str:
    """Return the digest that identifies a registry's content.

    Parameters
    ----------
    parameters : Parameters
        Parameters of the fingerprints.
    chance : ChanceModel
        Model of chance matches.
    segments : iterable of Segment
        Its segments, in order.
    statuses : DataFile or None
        The file of its items' statuses.
    tombstones : DataFile or None
        The file of its tombstones.
    opt_outs, marks : DataFile or None
        The files of its opt-outs and its marks.
    key_id : str
        Id of the key of a keyed copy.

    Returns
    -------
    str
        SHA-256 in hex.
    """
    tables = [table and table.blake3 for table in (statuses, tombstones)]
    if opt_outs or marks:
        tables += [table and table.blake3 for table in (opt_outs, marks)]
    if key_id:
        tables.append(key_id)
    parts = [segment.digest for segment in segments], *tables
    content = json.dumps([FORMAT, asdict(parameters), asdict(chance), *parts], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def time_after(earlier: Manifest | None) -> datetime:
    """Return the time of a manifest that follows an earlier one: now, but later than that."""
    now = datetime.now(UTC).replace(microsecond=0)
    return now if earlier is None else max(now, earlier.created + timedelta(seconds=1))


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
    content = {"format": KEYED_FORMAT if manifest.key_id else FORMAT, **asdict(manifest)}
    content["postings"] = manifest.postings
    content["bytes_per_posting"] = round(manifest.bytes_per_posting, 2)
    return render_json(content)


def render_json(content: dict[str, Any]) -> str:
    """Return JSON whose dates are in ISO format."""
    text = json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False, default=_render_date)
    return text + "\n"


def _render_date(value: date) -> str:
    return value.isoformat()


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
    return parse_manifest(read_manifest_bytes(folder), folder)


def parse_manifest(text: bytes, folder: Path | str) -> Manifest:
    """Parse the manifest of a registry.

    Parameters
    ----------
    text : bytes
        Its content.
    folder : Path or str
        Folder or address of the registry, to be named in errors.

    Raises
    ------
    RegistryVersion
        If its format has another version than ours.
    CorruptFile, DigestMismatch
        If it is damaged or was altered.
    """
    path, content = f"{folder}/{MANIFEST}", _parse_content(text, folder)
    own_format = KEYED_FORMAT if content.get("key_id") else FORMAT
    if content["format"] != own_format:
        raise _version_error(folder, content["format"], own_format)
    try:
        manifest = _parse_manifest(content)
        _require_distinct(manifest)
    except DAMAGE_ERRORS as error:
        raise damaged_error(path, error) from error
    if _digest_of(manifest) != manifest.digest or any(
        segment_digest(segment.files) != segment.digest for segment in manifest.segments
    ):
        raise altered_error(path)
    return manifest


def read_content(folder: Path) -> dict[str, Any]:
    """Read the manifest of a registry of any format, as JSON; key `format` has its version.

    Raises
    ------
    RegistryNotFound
        If there is none.
    CorruptFile
        If it is damaged.
    """
    return _parse_content(read_manifest_bytes(folder), folder)


def read_manifest_bytes(folder: Path) -> bytes:
    """Read the manifest of a registry of any format, as it is.

    Raises
    ------
    RegistryNotFound
        If there is none.
    """
    path = folder / MANIFEST
    try:
        return read_small_file(path)
    except (FileNotFoundError, NotADirectoryError) as error:
        within = sorted(folder.glob(f"*/{MANIFEST}")) if folder.is_dir() else []
        make = f"make one: provenance registry build {folder} --source SOURCE DUMP"
        if os.path.lexists(folder):  # then nothing can be built there
            make = "name a folder that `provenance registry build` wrote"
        raise RegistryNotFound(
            f"{folder} is not a registry: it has no {MANIFEST}",
            remedy=f"name a registry in it, such as {within[0].parent}" if within else make,
        ) from error
    except OSError as error:
        raise RegistryNotFound(
            f"{path} cannot be read: {error.strerror}", remedy="check the path and its permissions"
        ) from error


def _parse_content(text: bytes, folder: Path | str) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(text)
        content["format"]
    except DAMAGE_ERRORS as error:
        raise damaged_error(f"{folder}/{MANIFEST}", error) from error
    return content


def _version_error(folder: Path | str, version: object, own_format: int) -> RegistryVersion:
    """Return the error that a registry has a format that this version does not read."""
    if version == PUBLIC_FORMAT:
        return RegistryVersion(
            f"{folder} is the public copy of a registry: it knows only whether a whole text may be "
            "one of its items, from which no verdict follows",
            remedy=f"count such texts: provenance registry screen {folder} CORPUS; for findings, "
            "ask the owner for a keyed copy",
        )
    return RegistryVersion(
        f"{folder} has format {version}; this version of provenance reads format {own_format}",
        remedy=_KEYED_AGAIN if own_format == KEYED_FORMAT else _REBUILD,
    )


def altered_error(path: Path | str) -> DigestMismatch:
    """Return the error that a manifest does not have the digest that it states."""
    return DigestMismatch(
        f"{path} was altered: its digest does not match its parameters and files", remedy=_REBUILD
    )


def _digest_of(manifest: Manifest) -> str:
    return registry_digest(
        manifest.parameters,
        manifest.chance,
        manifest.segments,
        manifest.statuses,
        manifest.tombstones,
        manifest.opt_outs,
        manifest.marks,
        manifest.key_id,
    )


def fingerprint_mismatch(
    folder: Path, stored: Parameters, ours: Parameters, other: Path | None = None
) -> FingerprintMismatch:
    """Return the error that names the parameters in which fingerprints differ.

    Parameters
    ----------
    folder : Path
        A registry.
    stored : Parameters
        Its parameters.
    ours : Parameters
        Those to compare with.
    other : Path or None
        The registry that has them; None means this version of provenance.
    """
    names = [
        field.name
        for field in fields(ours)
        if getattr(stored, field.name) != getattr(ours, field.name)
    ]

    def format_parameters(parameters: Parameters) -> str:
        return ", ".join(f"{name}={getattr(parameters, name)!r}" for name in names)

    return FingerprintMismatch(
        f"{folder} was fingerprinted with {format_parameters(stored)}; "
        f"{other or 'this version of provenance'} uses {format_parameters(ours)}",
        remedy="use the version that made it, or " + _REBUILD,
    )


def damaged_error(path: Path | str, error: Exception) -> CorruptFile:
    """Return the error that a manifest cannot be parsed."""
    return CorruptFile(f"{path} is damaged: {type(error).__name__}: {error}", remedy=_REBUILD)


def _parse_manifest(content: dict[str, Any]) -> Manifest:
    statuses, tombstones = content["statuses"], content["tombstones"]
    opt_outs, marks = content.get("opt_outs"), content.get("marks")
    additions = content.get("additions")
    return Manifest(
        digest=parse_digest(content["digest"]),
        parameters=build_typed(Parameters, content["parameters"]),
        chance=parse_chance(**content["chance"]),
        created=parse_timestamp(content["created"]),
        tool=str(content["tool"]),
        keeps_texts=bool(content["keeps_texts"]),
        sources=parse_sources(content["sources"]),
        items=parse_count(content["items"]),
        tokens=parse_count(content["tokens"]),
        segments=tuple(map(parse_segment, content["segments"])),
        statuses=None if statuses is None else parse_file(statuses),
        skipped=tuple(parse_skipped(entry) for entry in content["skipped"]),
        replaced=parse_count(content["replaced"]),
        unread=tuple(build_typed(Unread, entry) for entry in content["unread"]),
        tombstones=None if tombstones is None else parse_file(tombstones),
        aliases=tuple(map(parse_digest, content["aliases"])),
        supersets=tuple(map(parse_digest, content.get("supersets", ()))),
        earlier_digests=tuple(
            tuple(map(parse_digest, digests)) for digests in content.get("earlier_digests", ())
        ),
        additions=None if additions is None else parse_file(additions),
        steps=tuple(map(_parse_step, content.get("steps", ()))),
        opt_outs=None if opt_outs is None else parse_file(opt_outs),
        marks=None if marks is None else parse_file(marks),
        keeps_authors=bool(content.get("keeps_authors", False)),
        key_id=_parse_key_id(content.get("key_id", "")),
        fresh_until=_parse_day(content.get("fresh_until")),
    )


def _require_distinct(manifest: Manifest) -> None:
    """Raise ValueError if a manifest lists a segment or a file more than once."""
    places = [place for place, _ in manifest.places]
    if len({*places}) < len(places):
        raise ValueError("it lists a file more than once")


def _parse_key_id(text: object) -> str:
    if not isinstance(text, str) or not re.fullmatch(r"([0-9a-f]{16})?", text):
        raise ValueError(f"not the id of a key: {text!r}")
    return text


def _parse_day(text: str | None) -> date | None:
    return None if text is None else _require_year(date.fromisoformat(text))


def _parse_step(content: dict[str, Any]) -> BuildStep:
    return BuildStep(
        command=str(content["command"]),
        options=tuple(map(str, content["options"])),
        dumps=tuple(build_typed(DumpRecord, dump) for dump in content["dumps"]),
        ended=parse_timestamp(content["ended"]),
        tool=str(content["tool"]),
        base=tuple(map(_parse_step, content["base"])),
        dated_by_id=parse_count(content.get("dated_by_id", 0)),
    )


def parse_segment(content: dict[str, Any]) -> Segment:
    """Parse the entry of a segment; raises one of `DAMAGE_ERRORS` if it is damaged."""
    files = tuple(map(parse_file, content["files"]))
    if missing := set(REQUIRED) - {file.name for file in files}:
        raise ValueError(f"a segment does not list {', '.join(sorted(missing))}")
    return Segment(
        digest=parse_digest(content["digest"]),
        created=parse_timestamp(content["created"]),
        sources=parse_sources(content["sources"]),
        items=parse_count(content["items"]),
        tokens=parse_count(content["tokens"]),
        postings=parse_count(content["postings"]),
        longest=parse_count(content["longest"]),
        signatures=parse_count(content["signatures"]),
        files=files,
    )


def parse_file(content: dict[str, Any]) -> DataFile:
    """Parse the entry of a data file; raises one of `DAMAGE_ERRORS` if it is damaged."""
    file = build_typed(DataFile, content)
    # A name is joined to a path: nothing may lead out of the registry.
    if not re.fullmatch(r"[a-z]+(-[0-9a-f]+)?\.(parquet|npy)", file.name):
        raise ValueError(f"not the name of a data file: {file.name!r}")
    return file


def parse_digest(text: object) -> str:
    """Parse a digest in hex; raises one of `DAMAGE_ERRORS` if it is none."""
    if not isinstance(text, str) or not re.fullmatch(r"[0-9a-f]{64}", text):
        raise ValueError(f"not a digest: {text!r}")
    return text


def parse_skipped(entry: dict[str, Any]) -> Skipped:
    """Parse a tally of skipped records; raises one of `DAMAGE_ERRORS` if it is damaged."""
    return build_typed(Skipped, entry | {"rows": tuple(map(parse_count, entry["rows"]))})


def parse_chance(decay: float, scale: float, exceedances: int) -> ChanceModel:
    """Parse a chance model; raises one of `DAMAGE_ERRORS` if it is damaged."""
    if not (0 < decay < math.inf and 0 < scale < math.inf):
        raise ValueError(f"invalid chance model: decay {decay}, scale {scale}")
    return ChanceModel(float(decay), float(scale), int(exceedances))


def parse_sources(entries: list[dict[str, Any]]) -> tuple[SourceCoverage, ...]:
    """Parse the coverage of sources; raises one of `DAMAGE_ERRORS` if it is damaged."""
    sources = tuple(_parse_coverage(source) for source in entries)
    names = [source.source for source in sources]
    if names != sorted(set(names)) or len(names) > MAX_SOURCES:
        raise ValueError("its sources are not sorted, or too many")
    return sources


def _parse_coverage(entry: dict[str, Any]) -> SourceCoverage:
    days = {end: entry[end] and date.fromisoformat(entry[end]) for end in ("first", "last")}
    return build_typed(SourceCoverage, entry | days)
