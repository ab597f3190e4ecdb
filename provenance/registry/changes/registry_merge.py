"""Make a registry from the segments of others: merge several, or take a part of one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.errors import RegistryError
from provenance.match.scoring.evalue import SHIPPED_CHANCE
from provenance.model.content.fingerprints import UInt32s
from provenance.model.content.tables import merge_unread
from provenance.model.short_repr import short_repr
from provenance.registry import registry_folder
from provenance.registry.array_reader import item_array
from provenance.registry.build.registry_builder import (
    SegmentWriter,
    new_manifest,
    resolve_folder,
)
from provenance.registry.files.mapped_files import MappedSegment, map_segment
from provenance.registry.files.verified_segments import file_states, remember_linked
from provenance.registry.items.item_keys import IDENTITY_BITS, identity_bits, identity_hashes
from provenance.registry.manifest import (
    KEYS_FILE,
    TEXTS_FILE,
    Manifest,
    fingerprint_mismatch,
    merge_counts,
)
from provenance.registry.recipe import BuildStep, merge_steps
from provenance.registry.segments.item_selection import (
    Selection,
    find_withdrawn,
    item_identities,
    select_items,
)
from provenance.registry.segments.segment_links import share_segment, without_file
from provenance.registry.segments.segment_set import (
    ItemList,
    SegmentSet,
    concatenate_lists,
    distinct_values,
    find_values,
    items_without,
    replace_segments,
    review_copies,
    segment_age,
    shared_sequences,
    with_statuses,
)
from provenance.registry.segments.withdrawn_items import names_of_items, withdraw
from provenance.registry.side_tables.marks import merge_marks, read_marks
from provenance.registry.side_tables.opt_outs import merge_opt_outs, read_opt_outs
from provenance.registry.side_tables.statuses import (
    COPY,
    NO_STATUSES,
    REPLACED,
    STATUSES,
    WITHDRAWN,
)
from provenance.registry.side_tables.tombstones import (
    TombstoneIndex,
    merge_tombstones,
    read_tombstones,
)
from provenance.registry.side_tables.withdrawn_names import (
    Canonical,
    no_form,
    read_names,
    write_names,
)
from provenance.registry.sorting.duckdb_engine import BuildLimits
from provenance.registry.store import Registry, open_registry

if TYPE_CHECKING:
    from provenance.model.results.coverage import SourceCoverage

_RANGES = 16  # of identities that are looked at one after the other


@dataclass(frozen=True, slots=True)
class Combination:
    """A registry that was made from others.

    Parameters
    ----------
    manifest : Manifest
        Its manifest.
    shared : int
        Number of segments whose files it shares with the others.
    copied : int
        Number of segments with files that had to be copied.
    rewritten : int
        Number of segments that it has for itself.
    replaced : int
        Number of items that another registry has, too, in a later segment.
    withdrawn : int
        Number of items that counted in a registry, and have a tombstone in another.
    has_other_chance : bool
        Whether the shipped chance model replaces those of the others, which differ.
    """

    manifest: Manifest
    shared: int
    copied: int
    rewritten: int
    replaced: int = 0
    withdrawn: int = 0
    has_other_chance: bool = False

    __repr__ = short_repr


def merge_registries(
    folders: Sequence[Path],
    output: Path,
    *,
    limits: BuildLimits | None = None,
    canonical: Canonical = no_form,
) -> Combination:
    """Merge registries into a new one; their order does not matter.

    Parameters
    ----------
    folders : sequence of Path
        The registries. They share their segments with the new one; those with withdrawn items are
        written again.
    output : Path
        The folder to create; may exist if it is empty.
    limits : BuildLimits or None
        Resource limits.
    canonical : callable
        Brings addresses into the form by which withdrawn items are found again.

    Returns
    -------
    Combination
        Of two items with one id, that of the later segment counts. A tombstone of any registry
        applies to all. Texts are kept if all of them do; a chance model, if all have the same.

    Raises
    ------
    RegistryExists
        If `output` exists and is not empty.
    FingerprintMismatch
        If the registries were fingerprinted with different parameters.
    RegistryNotFound, RegistryVersion, DigestMismatch, CorruptFile
        As for `open_registry`.
    RegistryError
        If there are too many items or sources, or the disk is full.
    """
    output, limits = resolve_folder(output), limits or BuildLimits()
    with registry_folder.staged_registry(output) as staging:
        registries = _open_all(folders)
        tables = _Tables(
            merge_tombstones(*(read_tombstones(registry.files) for registry in registries)),
            merge_opt_outs(*(read_opt_outs(registry.files) for registry in registries)),
            merge_marks(*(read_marks(registry.files) for registry in registries)),
        )
        earlier = _merge_manifests([registry.manifest for registry in registries])
        united, owners = _unite(registries, keep_texts=earlier.keeps_texts)
        conflicts = _earlier_versions(united, owners)
        united = with_statuses(united, _status_rows(conflicts, REPLACED))
        counting = united.live_items
        index = TombstoneIndex(tables.tombstones)
        kept = [read_names(registry.path) for registry in registries]
        kept.append(names_of_items(united, find_withdrawn(united, index)[0], canonical))
        write_names(staging, kept, tables.tombstones)
        united = withdraw(united, index)
        withdrawn = counting - united.live_items
        united = _without_empty(_with_copies(united))
        earlier = replace(earlier, replaced=earlier.replaced + len(conflicts.items))
        combination = _Output(staging, output, limits).publish(united, earlier, tables)
    return replace(
        combination,
        replaced=len(conflicts.items),
        withdrawn=withdrawn,
        has_other_chance=len({each.manifest.chance for each in registries}) > 1,
    )


def subset_registry(
    folder: Path,
    selection: Selection,
    output: Path,
    *,
    limits: BuildLimits | None = None,
    step: BuildStep | None = None,
) -> Combination:
    """Make a registry of some items of another; all tombstones are kept.

    Parameters
    ----------
    folder : Path
        The registry. Segments of which all items are selected are shared with the new one.
    selection : Selection
        The items.
    output : Path
        The folder to create; may exist if it is empty.
    limits : BuildLimits or None
        Resource limits.
    step : BuildStep or None
        The step that the manifest is to record, without its base.

    Raises
    ------
    RegistryExists
        If `output` exists and is not empty.
    RegistryNotFound, RegistryVersion, DigestMismatch, CorruptFile
        As for `open_registry`.
    RegistryError
        If no item is selected, or the disk is full.
    """
    output, limits = resolve_folder(output), limits or BuildLimits()
    with registry_folder.staged_registry(output) as staging:
        [registry] = _open_all([folder])
        present = SegmentSet(registry.segments, registry.statuses)
        selected = select_items(present, selection)
        if not len(selected.items):
            raise RegistryError(
                f"{folder} has no such item", remedy="look at its sources and dates: registry show"
            )
        others = concatenate_lists(
            [
                _as_list(place, items_without(0, segment.entry.items, selected.of(place)))
                for place, segment in enumerate(present.segments)
            ]
        )
        part = with_statuses(present, _status_rows(others, WITHDRAWN))
        part = _with_copies(part)
        earlier = registry.manifest
        if step is not None:
            earlier = replace(earlier, steps=(replace(step, base=earlier.steps),))
        tables = _Tables(
            read_tombstones(registry.files),
            read_opt_outs(registry.files),
            read_marks(registry.files),
        )
        write_names(staging, [read_names(registry.path)], tables.tombstones)
        return _Output(staging, output, limits).publish(part, earlier, tables)


def _open_all(folders: Sequence[Path]) -> list[Registry]:
    """Open registries in the order of their digests; of those with one content, the latest."""
    for folder in folders:
        registry_folder.require_original(folder)
    opened = [open_registry(resolve_folder(folder)) for folder in folders]
    first = opened[0]
    for other in opened[1:]:
        if other.manifest.parameters != first.manifest.parameters:
            raise fingerprint_mismatch(
                other.path, other.manifest.parameters, first.manifest.parameters, first.path
            )
    # Of equal registries the one whose segments are the latest counts, in whatever order they come.
    opened.sort(key=lambda registry: [each.entry.created for each in registry.segments])
    by_digest = {registry.manifest.digest: registry for registry in opened}
    return [by_digest[digest] for digest in sorted(by_digest)]


def _unite(registries: Sequence[Registry], *, keep_texts: bool) -> tuple[SegmentSet, list[int]]:
    """Return the segments of all registries, with the items that count in none of them.

    With them comes the number of the registry that each is of; of several, a number of its own.
    """
    by_digest: dict[str, MappedSegment] = {}
    statuses: dict[str, list[pa.Table]] = {}
    owners: dict[str, list[int]] = {}
    for number, registry in enumerate(registries):
        for place, stored in enumerate(registry.segments):
            segment = stored if keep_texts else without_file(stored, TEXTS_FILE)
            digest = segment.entry.digest
            known = by_digest.setdefault(digest, segment)
            if segment_age(segment) > segment_age(known):
                by_digest[digest] = segment
            owners.setdefault(digest, []).append(number)
            dead = pc.and_(
                pc.equal(registry.statuses["segment"], place),
                pc.not_equal(registry.statuses["state"], COPY),
            )
            statuses.setdefault(digest, []).append(registry.statuses.filter(dead))
    segments = sorted(by_digest.values(), key=segment_age)
    rows = [
        _dead_in_all(place, statuses[segment.entry.digest])
        for place, segment in enumerate(segments)
    ]
    united = SegmentSet(tuple(segments), pa.concat_tables([NO_STATUSES, *rows]))
    numbers = [owners[segment.entry.digest] for segment in segments]
    return united, [
        own[0] if len(own) == 1 else len(registries) + place for place, own in enumerate(numbers)
    ]


def _dead_in_all(place: int, statuses: Sequence[pa.Table]) -> pa.Table:
    """Return the items of a segment that count in none of the registries that have it."""
    rows = pa.concat_tables(statuses)
    # Where they do not agree: withdrawn, as it was first.
    keys = [("item", "ascending"), ("state", "descending")]
    rows = rows.take(pc.sort_indices(rows, [*keys, ("date", "ascending"), ("reason", "ascending")]))
    _, firsts, counts = np.unique(rows["item"].to_numpy(), return_index=True, return_counts=True)
    dead = rows.take(pa.array(firsts[counts == len(statuses)]))
    columns = dict(zip(dead.column_names, dead.columns, strict=True)) | {
        "segment": pa.repeat(pa.scalar(place, pa.uint16()), len(dead)),
        "first_segment": pa.nulls(len(dead), pa.uint16()),
        "first_item": pa.nulls(len(dead), pa.uint32()),
    }
    return pa.table(columns, schema=STATUSES)


def _earlier_versions(segments: SegmentSet, owners: Sequence[int]) -> ItemList:
    """Return the items that count, and of which a later segment has another that counts.

    Segments of one owner have no two such items.
    """
    shared = concatenate_lists([*_possible_versions(segments, owners)])
    order = np.lexsort((shared.items, shared.segments))
    shared = ItemList(shared.segments[order], shared.items[order])
    names = item_identities(segments, shared)
    hashes = identity_hashes(names["source"], names["site"], names["item"])
    order = np.lexsort((shared.segments, hashes))
    is_earlier = np.zeros(len(order), np.bool_)
    is_earlier[:-1] = hashes[order][1:] == hashes[order][:-1]
    rows = order[is_earlier]
    return ItemList(shared.segments[rows], shared.items[rows])


def _possible_versions(segments: SegmentSet, owners: Sequence[int]) -> Iterator[ItemList]:
    """Yield the items that count, and of whose identity several owners have a part in their keys.

    They come in ranges, of which each takes little memory.
    """
    if len(set(owners)) == 1:
        return
    is_live = [np.ones(segment.entry.items, np.bool_) for segment in segments.segments]
    for place, flags in enumerate(is_live):
        flags[segments.dead_items(place)] = False
    bits = [
        identity_bits(item_array(segment, KEYS_FILE, np.uint64)) for segment in segments.segments
    ]
    width = (1 << IDENTITY_BITS) // _RANGES
    for low in range(0, 1 << IDENTITY_BITS, width):
        inside = [
            np.flatnonzero((own - np.uint32(low) < width) & flags)
            for own, flags in zip(bits, is_live, strict=True)
        ]
        pairs = [
            own[items].astype(np.uint64) << np.uint64(32) | np.uint64(owner)
            for own, items, owner in zip(bits, inside, owners, strict=True)
        ]
        distinct = distinct_values(np.concatenate([np.zeros(0, np.uint64), *pairs]))
        values = (distinct >> np.uint64(32)).astype(np.uint32)
        several = distinct_values(values[1:][values[1:] == values[:-1]])
        for place, (own, items) in enumerate(zip(bits, inside, strict=True)):
            yield _as_list(place, items[find_values(own[items], several)].astype(np.uint32))


def _as_list(place: int, items: UInt32s) -> ItemList:
    return ItemList(np.full(len(items), place), items)


def _status_rows(items: ItemList, state: str) -> pa.Table:
    count = len(items.items)
    day = pa.scalar(datetime.now(UTC).date() if state == WITHDRAWN else None, pa.date32())
    columns = [
        pa.array(items.segments, pa.uint16()),
        pa.array(items.items, pa.uint32()),
        pa.repeat(state, count),
        pa.nulls(count, pa.uint16()),
        pa.nulls(count, pa.uint32()),
        pa.nulls(count, pa.string()),
        pa.repeat(day, count),
    ]
    return pa.table(columns, schema=STATUSES)


def _with_copies(segments: SegmentSet) -> SegmentSet:
    """Determine which items are copies."""
    for halves in shared_sequences(segments):
        segments = review_copies(segments, halves)
    return segments


def _without_empty(segments: SegmentSet) -> SegmentSet:
    """Leave out segments of which no item counts."""
    empty = [
        place
        for place, segment in enumerate(segments.segments)
        if len(segments.dead_items(place)) == segment.entry.items
    ]
    return replace_segments(segments, empty, []) if empty else segments


def _merge_manifests(manifests: Sequence[Manifest]) -> Manifest:
    """Return what manifests say beside the segments, in any order."""
    [first, *_] = manifests
    chances = {manifest.chance for manifest in manifests}
    skipped = first.skipped
    for manifest in manifests:
        skipped = merge_counts(skipped, manifest.skipped)
    largest: dict[str, SourceCoverage] = {}
    for source in (source for manifest in manifests for source in manifest.sources):
        known = largest.setdefault(source.source, source)
        if (source.published or 0) > (known.published or 0):
            largest[source.source] = source
    return replace(
        first,
        keeps_texts=all(manifest.keeps_texts for manifest in manifests),
        keeps_authors=any(manifest.keeps_authors for manifest in manifests),
        chance=first.chance if len(chances) == 1 else SHIPPED_CHANCE,
        sources=tuple(largest[name] for name in sorted(largest)),
        skipped=skipped,
        replaced=sum(manifest.replaced for manifest in manifests),
        unread=merge_unread(entry for manifest in manifests for entry in manifest.unread),
        steps=merge_steps(step for manifest in manifests for step in manifest.steps),
    )


@dataclass(frozen=True, slots=True)
class _Tables:
    """The tables of the registry that is being made, beside its segments."""

    tombstones: pa.Table
    opt_outs: pa.Table
    marks: pa.Table


@dataclass(frozen=True, slots=True)
class _Output:
    """The registry that is being made."""

    staging: Path
    folder: Path
    limits: BuildLimits

    def publish(self, segments: SegmentSet, earlier: Manifest, tables: _Tables) -> Combination:
        """Rewrite segments with withdrawn items, share the others, and publish the registry."""
        keep_texts = earlier.keeps_texts
        writer = SegmentWriter(self.staging, self.limits, keep_texts=keep_texts)
        segments = writer.rewrite_withdrawn(segments, at_once=True)
        others = [
            segment
            for segment in segments.segments
            if not (self.staging / segment.entry.folder).exists()
        ]
        states = [file_states(segment) for segment in others]
        is_linked = [share_segment(segment, self.staging) for segment in others]
        manifest = new_manifest(
            self.staging,
            segments,
            replace(earlier, fresh_until=None),  # its owner says so of another registry
            keep_texts=keep_texts,
            tombstones=tables.tombstones,
            opt_outs=tables.opt_outs,
            marks=tables.marks,
        )
        registry_folder.publish_registry(self.staging, manifest, self.folder)
        for segment, before, linked in zip(others, states, is_linked, strict=True):
            if linked:
                remember_linked(segment, before, map_segment(self.folder, segment.entry))
        return Combination(
            manifest,
            shared=sum(is_linked),
            copied=len(others) - sum(is_linked),
            rewritten=len(segments.segments) - len(others),
        )
