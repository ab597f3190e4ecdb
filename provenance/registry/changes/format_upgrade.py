"""Convert a registry of format 4 to segments, without its dumps.

Format 4 had one folder of data files for all items. Their texts, tokens and metadata are read from
there; the rest follows from them.
"""

import os
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from itertools import pairwise
from json import dumps
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from provenance.errors import CorruptFile
from provenance.fingerprint.first_lines import first_line_sizes
from provenance.fingerprint.tokenizer.tokenize import current_parameters, tokenise
from provenance.model.content.chance import ChanceModel
from provenance.model.content.fingerprints import Int64s, Parameters, Texts
from provenance.model.content.tables import Skipped, Unread
from provenance.model.results.coverage import SourceCoverage
from provenance.registry import registry_folder
from provenance.registry.build.registry_builder import SegmentWriter, new_manifest
from provenance.registry.files.arrays_file import map_array
from provenance.registry.files.data_files import check_files
from provenance.registry.files.mapped_files import Files, MappedFile, map_files
from provenance.registry.files.parquet_tables import open_parquet, read_row_group, row_group_starts
from provenance.registry.items.item_copies import sequence_hashes
from provenance.registry.items.item_parts import stage_part
from provenance.registry.manifest import (
    DAMAGE_ERRORS,
    FORMAT,
    ITEMS_FILE,
    KEYED_FORMAT,
    MANIFEST,
    REMEDY,
    TEXTS_FILE,
    TOKENS_FILE,
    UPGRADED_FORMAT,
    DataFile,
    Manifest,
    altered_error,
    build_typed,
    damaged_error,
    fingerprint_mismatch,
    parse_chance,
    parse_count,
    parse_digest,
    parse_file,
    parse_skipped,
    parse_sources,
    parse_timestamp,
    read_content,
    read_manifest,
    registry_digest,
    version_error,
)
from provenance.registry.schema import lists_to_binary, seconds_from_timestamps, single_chunk
from provenance.registry.segments.build_dir import BuildDir
from provenance.registry.segments.segment_set import NO_SEGMENTS, SegmentSet
from provenance.registry.sorting.duckdb_engine import BuildLimits, check_row_count
from provenance.registry.sorting.table_stream import map_in_threads
from provenance.registry.source_coverage import declared_sizes

_ITEM_COLUMNS = (
    *("source", "item", "url", "author", "language", "licence", "length"),
    *("lead", "trail"),
)


@dataclass(frozen=True, slots=True)
class _EarlierManifest:
    """What matters of the manifest of a registry of format 4; fields as those of `Manifest`."""

    digest: str
    parameters: Parameters
    chance: ChanceModel
    created: datetime
    sources: tuple[SourceCoverage, ...]
    items: int
    tokens: int
    files: tuple[DataFile, ...]
    skipped: tuple[Skipped, ...]
    replaced: int
    unread: tuple[Unread, ...]

    @property
    def folder(self) -> str:
        """Name of the folder of data files."""
        return f"data-{self.digest[:12]}"

    @property
    def keeps_texts(self) -> bool:
        """Whether the registry keeps the items' texts."""
        return any(file.name == TEXTS_FILE for file in self.files)


def upgrade_registry(folder: Path, *, limits: BuildLimits | None = None) -> Manifest:
    """Convert a registry of format 4 to the present one, in place.

    Parameters
    ----------
    folder : Path
        The registry. It stays as it is until the new one is complete; one that has the present
        format already is not changed.
    limits : BuildLimits or None
        Resource limits.

    Returns
    -------
    Manifest
        Of the registry now.

    Raises
    ------
    RegistryNotFound
        If `folder` is not a registry.
    RegistryVersion
        If it has another format.
    FingerprintMismatch
        If its items were fingerprinted with parameters other than ours; another version of Unicode
        alone is accepted.
    DigestMismatch, CorruptFile
        If it is damaged.
    RegistryError
        If the disk is full.
    """
    folder = Path(os.path.realpath(folder))
    if read_content(folder)["format"] in (FORMAT, KEYED_FORMAT):
        return read_manifest(folder)
    with registry_folder.staged_conversion(folder) as staging:
        earlier = _read_manifest(folder)
        files = map_files(folder / earlier.folder, earlier.files)
        check_files(files, earlier.files)
        writer = SegmentWriter(staging, limits or BuildLimits(), keep_texts=earlier.keeps_texts)
        stage = partial(_stage_items, files, earlier)
        segments = tuple(writer.write_staged(stage, earlier.created))
        manifest = new_manifest(
            staging,
            SegmentSet(segments, NO_SEGMENTS.statuses),
            keep_texts=earlier.keeps_texts,
        )
        manifest = _carry_over(manifest, earlier)
        registry_folder.publish_change(staging, manifest, folder)
    return manifest


def _carry_over(manifest: Manifest, earlier: _EarlierManifest) -> Manifest:
    """Return a manifest with what the earlier one says beside the items."""
    return replace(
        manifest,
        digest=registry_digest(
            earlier.parameters, earlier.chance, manifest.segments, manifest.statuses
        ),
        parameters=earlier.parameters,
        chance=earlier.chance,
        sources=declared_sizes(manifest.sources, {}, earlier.sources),
        skipped=earlier.skipped,
        replaced=earlier.replaced,
        unread=earlier.unread,
        aliases=(earlier.digest,),
    )


def _read_manifest(folder: Path) -> _EarlierManifest:
    path, content = folder / MANIFEST, read_content(folder)
    if content["format"] != UPGRADED_FORMAT:
        raise version_error(folder, content["format"])
    try:
        manifest = _EarlierManifest(
            digest=parse_digest(content["digest"]),
            parameters=build_typed(Parameters, content["parameters"]),
            chance=parse_chance(**content["chance"]),
            created=parse_timestamp(content["created"]),
            sources=parse_sources(content["sources"]),
            items=parse_count(content["items"]),
            tokens=parse_count(content["tokens"]),
            files=tuple(map(parse_file, content["files"])),
            skipped=tuple(map(parse_skipped, content["skipped"])),
            replaced=parse_count(content.get("replaced", 0)),  # early manifests lack it
            unread=tuple(build_typed(Unread, entry) for entry in content.get("unread", ())),
        )
        if missing := {ITEMS_FILE, TOKENS_FILE} - {file.name for file in manifest.files}:
            raise ValueError(f"does not list {', '.join(sorted(missing))}")
    except DAMAGE_ERRORS as error:
        raise damaged_error(path, error) from error
    if _digest_of(manifest) != manifest.digest:
        raise altered_error(path)
    ours = current_parameters()
    if replace(manifest.parameters, unicode=ours.unicode) != ours:
        raise fingerprint_mismatch(folder, manifest.parameters, ours)
    return manifest


def _digest_of(manifest: _EarlierManifest) -> str:
    file_digests = sorted((file.name, file.blake3) for file in manifest.files)
    parts = [UPGRADED_FORMAT, asdict(manifest.parameters), asdict(manifest.chance), file_digests]
    return sha256(dumps(parts, sort_keys=True).encode()).hexdigest()


def _stage_items(files: Files, manifest: _EarlierManifest, build_dir: BuildDir) -> int:
    """Stage all items, as `stage_items` does for those of dumps; return their number."""
    metadata = pq.read_metadata(files[ITEMS_FILE].path)  # its schema is not that of a segment
    with open_parquet(files[ITEMS_FILE], metadata) as file:
        bounds = pairwise(row_group_starts(file).tolist())
    tokens = map_array(files[TOKENS_FILE], np.uint32, manifest.tokens)
    offsets = _token_offsets(files[ITEMS_FILE], metadata, manifest)

    def stage(numbered_bounds: tuple[int, tuple[int, int]]) -> int:
        group, (low, high) = numbered_bounds
        with open_parquet(files[ITEMS_FILE], metadata) as file:
            table = read_row_group(file, group)
        own_tokens, own_offsets = tokens[offsets[low] : offsets[high]], offsets[low : high + 1]
        own_offsets = own_offsets - own_offsets[0]
        columns = {name: table[name] for name in _ITEM_COLUMNS} | {
            "link": pa.nulls(len(table), pa.string()),
            "created_at": seconds_from_timestamps(table["created_at"]),
            "tokens": lists_to_binary(own_tokens, own_offsets),
        }
        columns["first_line"] = pa.array(np.zeros(len(table), np.uint8))
        if build_dir.keep_texts:
            with open_parquet(files[TEXTS_FILE]) as file:
                columns["text"] = read_row_group(file, group)["text"]
            texts = Texts.of(single_chunk(columns["text"]))
            columns["first_line"] = pa.array(first_line_sizes(texts, tokenise(texts)))
        token_hashes = pa.array(sequence_hashes(own_tokens, own_offsets))
        return stage_part(columns, token_hashes, low, build_dir.spill_buffer)

    rows = sum(map_in_threads(stage, enumerate(bounds), build_dir.limits.threads))
    check_row_count("reading the registry's items", manifest.items, rows)
    return rows


def _token_offsets(
    items: MappedFile, metadata: pq.FileMetaData, manifest: _EarlierManifest
) -> Int64s:
    """Return where the tokens of each item begin, and where the last ones end."""
    offsets = np.zeros(metadata.num_rows + 1, np.int64)
    with open_parquet(items, metadata) as file:
        lengths = file.read(["length"], use_threads=False)["length"].to_numpy()
    np.cumsum(lengths, out=offsets[1:])
    if offsets[-1] != manifest.tokens:
        raise CorruptFile(
            f"the items of {items.path} have {offsets[-1]} tokens; the manifest says "
            f"{manifest.tokens}",
            remedy=REMEDY,
        )
    return offsets
