"""Make the keyed copy of a registry: without texts, and with its files encrypted for a licensee."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pyarrow as pa

from provenance.model.content.fingerprints import UInt32s
from provenance.model.content.tables import Unread
from provenance.registry import registry_folder
from provenance.registry.build.existing_items import stage_segment
from provenance.registry.build.registry_builder import (
    SegmentWriter,
    new_manifest,
    resolve_folder,
)
from provenance.registry.files.data_files import check_files, sync_file
from provenance.registry.files.file_encryption import RegistryKey, encrypt_file
from provenance.registry.files.mapped_files import MappedSegment, map_file
from provenance.registry.items.author_digests import author_digests
from provenance.registry.items.item_keys import url_sites
from provenance.registry.manifest import (
    TEXTS_FILE,
    DataFile,
    Manifest,
    Segment,
    registry_digest,
    segment_digest,
)
from provenance.registry.schema import single_chunk
from provenance.registry.segments.build_dir import BuildDir
from provenance.registry.segments.segment_links import without_file
from provenance.registry.segments.segment_set import (
    SegmentSet,
    order_by_digest,
    replace_segments,
)
from provenance.registry.side_tables.marks import NO_MARKS, read_marks
from provenance.registry.side_tables.opt_outs import read_opt_outs
from provenance.registry.side_tables.tombstones import NO_TOMBSTONES, read_tombstones
from provenance.registry.sorting.duckdb_engine import BuildLimits
from provenance.registry.store import Registry, open_registry
from provenance.temporary_files import temporary_folder

IDS, AUTHORS, MARKS = DROPPABLE = ("ids", "authors", "marks")
"""Parts that can be left out of a keyed copy: ids and addresses, digests of authors, marks."""


def publish_keyed(
    folder: Path,
    output: Path,
    key: RegistryKey,
    drop: Collection[str] = (),
    *,
    limits: BuildLimits | None = None,
) -> Manifest:
    """Make a keyed copy of a registry.

    Parameters
    ----------
    folder : Path
        The registry.
    output : Path
        The folder to create; may exist if it is empty.
    key : RegistryKey
        The key to encrypt with.
    drop : collection of str
        Of `DROPPABLE`, what the copy does not have. Instead of their ids, items have pseudonyms
        under the key; tombstones and marks, which name items by their ids, are dropped with them.
    limits : BuildLimits or None
        Resource limits.

    Returns
    -------
    Manifest
        Of the copy, which names no dump. It has no texts and no names of authors, and no items
        that do not count.

    Raises
    ------
    RegistryExists
        If `output` exists and is not empty.
    RegistryNotFound, RegistryVersion, DigestMismatch, CorruptFile
        As for `open_registry`.
    RegistryError
        If the registry is a keyed copy itself, or the disk is full.
    """
    output, limits = resolve_folder(output), limits or BuildLimits()
    registry_folder.require_original(folder)
    with registry_folder.staged_registry(output) as staging, temporary_folder() as work:
        registry = open_registry(resolve_folder(folder))
        redaction = _Redaction(key, frozenset(drop), registry.manifest.keeps_authors)
        segments = order_by_digest(_redacted_segments(registry, redaction, work, limits))
        plain = new_manifest(
            work,
            segments,
            replace(registry.manifest, keeps_authors=False, steps=(), skipped=()),
            keep_texts=False,
            tombstones=NO_TOMBSTONES if IDS in drop else read_tombstones(registry.files),
            opt_outs=read_opt_outs(registry.files),
            marks=NO_MARKS if {IDS, MARKS} & {*drop} else read_marks(registry.files),
        )
        manifest = _encrypt_registry(plain, segments, work, staging, key)
        manifest = replace(
            manifest,
            unread=_without_names(manifest.unread),
            # What was measured with a registry applies to a copy in which the same is found.
            aliases=() if drop else (*registry.manifest.aliases, registry.manifest.digest),
        )
        registry_folder.publish_registry(staging, manifest, output)
    return manifest


@dataclass(frozen=True, slots=True)
class _Redaction:
    """Columns that are taken out of the rows of items."""

    key: RegistryKey
    drop: frozenset[str]
    has_names: bool

    def __bool__(self) -> bool:
        return self.has_names or bool(self.drop - {MARKS})

    def __call__(self, rows: pa.Table) -> pa.Table:
        count, columns = len(rows), {}
        if IDS in self.drop:
            columns["item"] = pa.array(self._pseudonyms(rows))
            columns["url"] = columns["link"] = pa.nulls(count, pa.string())
        if AUTHORS in self.drop:
            columns["author"] = pa.nulls(count, pa.string())
        elif self.has_names:
            columns["author"] = author_digests(single_chunk(rows["author"]))
        for name, values in columns.items():
            place = rows.column_names.index(name)
            rows = rows.set_column(place, rows.schema.field(name), values)
        return rows

    def _pseudonyms(self, rows: pa.Table) -> Iterator[str]:
        identities = rows["source"], url_sites(rows["url"]), rows["item"]
        for identity in zip(*(column.to_pylist() for column in identities), strict=True):
            yield self.key.pseudonym("\n".join(identity))


def _redacted_segments(
    registry: Registry, redaction: _Redaction, work: Path, limits: BuildLimits
) -> SegmentSet:
    """Return the segments without texts; those that change are written to a temporary folder."""
    writer = SegmentWriter(work, limits, keep_texts=False)
    originals = [without_file(segment, TEXTS_FILE) for segment in registry.segments]
    segments = SegmentSet(tuple(originals), registry.statuses)
    for original in originals:
        place = segments.segments.index(original)
        dead = segments.dead_items(place)
        if not len(dead) and not redaction:
            check_files(original.files, original.entry.files)
            continue
        stage = partial(_stage_redacted, original, dead, redaction)
        written = writer.write_staged(stage, original.entry.created)
        segments = replace_segments(segments, [place], written)
    return segments


def _stage_redacted(
    segment: MappedSegment, dead: UInt32s, redaction: _Redaction, build_dir: BuildDir
) -> int:
    return stage_segment(segment, dead, build_dir, 0, redaction)


def _encrypt_registry(
    plain: Manifest, segments: SegmentSet, work: Path, staging: Path, key: RegistryKey
) -> Manifest:
    """Encrypt all files into the staging folder, and return a manifest of them."""
    entries = tuple(_encrypt_segment(segment, staging, key) for segment in segments.segments)
    encrypt = partial(_encrypt_table, work=work, staging=staging, key=key)
    statuses, tombstones = encrypt(plain.statuses), encrypt(plain.tombstones)
    opt_outs, marks = encrypt(plain.opt_outs), encrypt(plain.marks)
    tables = statuses, tombstones, opt_outs, marks
    return replace(
        plain,
        digest=registry_digest(plain.parameters, plain.chance, entries, *tables, key.id),
        segments=entries,
        statuses=statuses,
        tombstones=tombstones,
        opt_outs=opt_outs,
        marks=marks,
        key_id=key.id,
    )


def _encrypt_segment(segment: MappedSegment, staging: Path, key: RegistryKey) -> Segment:
    arriving, files = staging / "arriving", []
    arriving.mkdir()
    for name, file in sorted(segment.files.items()):
        encrypt_file(file.content(), arriving / name, key)
        file.release()
        files.append(sync_file(arriving / name))
    entry = replace(segment.entry, digest=segment_digest(files), files=tuple(files))
    arriving.rename(staging / entry.folder)
    return entry


def _encrypt_table(
    entry: DataFile | None, work: Path, staging: Path, key: RegistryKey
) -> DataFile | None:
    if entry is None:
        return None
    path = staging / entry.name
    encrypt_file(map_file(work / entry.name).content(), path, key)
    encrypted = sync_file(path)
    stem, ending = entry.name.split("-")[0], path.suffix
    named = path.rename(staging / f"{stem}-{encrypted.blake3[:16]}{ending}")
    return replace(encrypted, name=named.name)


def _without_names(unread: tuple[Unread, ...]) -> tuple[Unread, ...]:
    """Replace the names of dumps, which may name people or machines, by numbers."""
    return tuple(
        Unread(f"dump {number}", "could not be read to its end", "ask the owner of the registry")
        for number, _ in enumerate(unread, start=1)
    )
