"""The public copy of a registry: a filter of its longer items, a sketch, and where its terms are.

Its `registry.json` has a format of its own, so that nobody takes it for a registry.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from provenance import __version__
from provenance.errors import CorruptFile, DigestMismatch, RegistryVersion
from provenance.fingerprint.tokenizer.tokenize import current_parameters
from provenance.fingerprint.whole_text_filter import WholeTextFilter, build_filter
from provenance.model.content.fingerprints import Parameters, list_indices
from provenance.model.content.registry_arrays import RegistryArrays
from provenance.model.results.coverage import SourceCoverage
from provenance.registry import registry_folder
from provenance.registry.files.arrays_file import ArraySink, map_array
from provenance.registry.files.data_files import check_files, sync_file
from provenance.registry.files.mapped_files import map_files
from provenance.registry.items.item_copies import sequence_hashes
from provenance.registry.manifest import (
    DAMAGE_ERRORS,
    MANIFEST,
    PUBLIC_FORMAT,
    DataFile,
    build_typed,
    damaged_error,
    fingerprint_mismatch,
    parse_sources,
    parse_timestamp,
    read_content,
    render_json,
)
from provenance.registry.store import Registry

MIN_TOKENS = 20
"""Items of fewer tokens are in no public copy: they could be guessed."""

FILTER_FILE, SKETCH_FILE = "filter.npy", "registry.sketch"

_MAX_PROBES = 64
_AGAIN = "get the public copy again from its owner"


@dataclass(frozen=True, slots=True)
class PublicTerms:
    """A document with terms of a source.

    Parameters
    ----------
    source, document, address : str
        The source, and title and address of the document.
    """

    source: str
    document: str
    address: str


@dataclass(frozen=True, slots=True)
class PublicManifest:
    """The content of a public copy's `registry.json`.

    Parameters
    ----------
    created : datetime
        When it was made.
    tool : str
        Version of `provenance` that made it.
    registry : str
        Digest of the registry that it was made of.
    parameters : Parameters
        Parameters of the fingerprints.
    sources : tuple of SourceCoverage
        Coverage by source of the registry, the items that are too short for the filter included.
    terms : tuple of PublicTerms
        Where the terms of the sources are.
    min_tokens : int
        Least number of tokens of an item that is in the filter and the sketch.
    items : int
        Number of distinct items in the filter.
    false_positive_rate : float
        Expected share of other texts that the filter accepts.
    probes : int
        Bits of the filter that are set for each item.
    files : tuple of DataFile
        Filter and sketch.
    """

    created: datetime
    tool: str
    registry: str
    parameters: Parameters
    sources: tuple[SourceCoverage, ...]
    terms: tuple[PublicTerms, ...]
    min_tokens: int
    items: int
    false_positive_rate: float
    probes: int
    files: tuple[DataFile, ...]


@dataclass(frozen=True, slots=True)
class PublicCopy:
    """A public copy.

    Parameters
    ----------
    path : Path
        Its folder.
    manifest : PublicManifest
        Its manifest.
    filter : WholeTextFilter
        Its filter.
    """

    path: Path
    manifest: PublicManifest
    filter: WholeTextFilter


def write_public_copy(
    registry: Registry,
    output: Path,
    false_positive_rate: float,
    terms: Mapping[str, tuple[PublicTerms, ...]],
    write_sketch: Callable[[RegistryArrays, Path], None],
) -> PublicManifest:
    """Make the public copy of a registry.

    Parameters
    ----------
    registry : Registry
        The registry.
    output : Path
        The folder to create; may exist if it is empty.
    false_positive_rate : float
        Expected share of other texts that the filter accepts.
    terms : mapping of str to tuple of PublicTerms
        Where the terms of each source are.
    write_sketch : callable
        Writes a sketch of the items that count in some arrays to a file.

    Raises
    ------
    RegistryExists
        If `output` exists and is not empty.
    RegistryError
        If the disk is full.
    """
    with registry_folder.staged_registry(output) as staging:
        arrays = _published_items(registry.arrays())
        firsts = arrays.firsts
        indices, offsets = list_indices(arrays.token_offsets, firsts)
        hashes = sequence_hashes(arrays.tokens[indices], offsets)
        made = build_filter(hashes, false_positive_rate)
        with ArraySink(staging / FILTER_FILE, np.uint64) as sink:
            sink.put(made.words)
        write_sketch(arrays, staging / SKETCH_FILE)
        manifest = PublicManifest(
            created=datetime.now(UTC).replace(microsecond=0),
            tool=__version__,
            registry=registry.manifest.digest,
            parameters=registry.manifest.parameters,
            sources=registry.manifest.sources,
            terms=tuple(
                each for source in registry.manifest.sources for each in terms[source.source]
            ),
            min_tokens=MIN_TOKENS,
            items=len(firsts),
            false_positive_rate=false_positive_rate,
            probes=made.probes,
            files=tuple(sync_file(staging / name) for name in (FILTER_FILE, SKETCH_FILE)),
        )
        registry_folder.publish_folder(staging, render_json(_content(manifest)), output)
    return manifest


def _published_items(arrays: RegistryArrays) -> RegistryArrays:
    """Return arrays in which only the items that are long enough count."""
    lengths = np.diff(arrays.token_offsets)
    return replace(arrays, is_live=arrays.is_live & (lengths >= MIN_TOKENS))


def _content(manifest: PublicManifest) -> dict[str, Any]:
    content = {"format": PUBLIC_FORMAT, "tier": "public", **asdict(manifest)}
    return content | {"digest": _digest(content)}


def _digest(content: Mapping[str, Any]) -> str:
    stated = {name: value for name, value in content.items() if name != "digest"}
    return hashlib.sha256(render_json(stated).encode()).hexdigest()


def is_public_copy(folder: Path) -> bool:
    """Return whether a folder is a public copy; raises as `read_content` if it is none of ours."""
    return bool(read_content(folder)["format"] == PUBLIC_FORMAT)


def open_public_copy(folder: Path) -> PublicCopy:
    """Open a public copy, after comparing its files with their digests.

    Raises
    ------
    RegistryNotFound, RegistryVersion
        If it is none, or of another version.
    FingerprintMismatch
        If its fingerprints are not comparable with ours.
    DigestMismatch, CorruptFile
        If it is damaged.
    """
    content = read_content(folder)
    if content["format"] != PUBLIC_FORMAT:
        raise RegistryVersion(
            f"{folder} has format {content['format']}: it is not the public copy of a registry",
            remedy="name a folder that `provenance registry publish --tier public` made",
        )
    try:
        manifest = _parse(content)
    except DAMAGE_ERRORS as error:
        raise damaged_error(folder / MANIFEST, error) from error
    if content.get("digest") != _digest(content):
        raise DigestMismatch(
            f"{folder / MANIFEST} was altered: its digest does not match", remedy=_AGAIN
        )
    ours = current_parameters()
    if replace(manifest.parameters, unicode=ours.unicode) != ours:
        raise fingerprint_mismatch(folder, manifest.parameters, ours)
    files = map_files(folder, manifest.files)
    check_files(files, manifest.files)
    words = map_array(files[FILTER_FILE], np.uint64)
    if not len(words):
        raise CorruptFile(f"{folder / FILTER_FILE} is not a filter: it is empty", remedy=_AGAIN)
    return PublicCopy(folder, manifest, WholeTextFilter(words, manifest.probes))


def _parse(content: Mapping[str, Any]) -> PublicManifest:
    manifest = PublicManifest(
        created=parse_timestamp(content["created"]),
        tool=str(content["tool"]),
        registry=str(content["registry"]),
        parameters=build_typed(Parameters, content["parameters"]),
        sources=parse_sources(content["sources"]),
        terms=tuple(build_typed(PublicTerms, entry) for entry in content["terms"]),
        min_tokens=int(content["min_tokens"]),
        items=int(content["items"]),
        false_positive_rate=float(content["false_positive_rate"]),
        probes=int(content["probes"]),
        files=tuple(build_typed(DataFile, entry) for entry in content["files"]),
    )
    if not 0 < manifest.false_positive_rate < 1 or not 1 <= manifest.probes <= _MAX_PROBES:
        raise ValueError("the rate or the number of probes is impossible")
    if [file.name for file in manifest.files] != [FILTER_FILE, SKETCH_FILE]:
        raise ValueError("its files are not a filter and a sketch")
    return manifest
