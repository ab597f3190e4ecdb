"""Build a registry from dumps, or add to one; either completes or changes nothing."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from provenance import __version__
from provenance.atomic_output import is_utf8
from provenance.errors import InputError, RegistryError
from provenance.fingerprint.tokenizer.tokenize import current_parameters as fingerprint_parameters
from provenance.match.scoring.evalue import SHIPPED_CHANCE
from provenance.model.content.registry_arrays import NO_ITEM
from provenance.model.content.tables import Items, Unread, merge_skipped, merge_unread
from provenance.registry import registry_folder
from provenance.registry.array_reader import item_array
from provenance.registry.build.build_progress import BuildProgress, load_progress, save_progress
from provenance.registry.build.existing_items import stage_segment
from provenance.registry.build.item_staging import StagedItems, stage_items
from provenance.registry.build.known_items import find_known_items
from provenance.registry.build.withheld_items import WithheldItems
from provenance.registry.files.data_files import sync_files
from provenance.registry.files.mapped_files import MappedSegment, map_files
from provenance.registry.items.item_order import (
    LatestRows,
    order_items,
    select_latest,
    without_rows,
)
from provenance.registry.items.item_parts import Gather
from provenance.registry.manifest import (
    KEYS_FILE,
    MAX_SOURCES,
    Manifest,
    Segment,
    fingerprint_mismatch,
    merge_counts,
    registry_digest,
    segment_digest,
    time_after,
)
from provenance.registry.recipe import BuildStep
from provenance.registry.segments.build_dir import BuildDir, open_build_dir
from provenance.registry.segments.pending_rewrites import pending_rewrites
from provenance.registry.segments.segment_set import (
    NO_SEGMENTS,
    SegmentSet,
    add_segment,
    order_by_digest,
    replace_segments,
)
from provenance.registry.segments.segment_writer import write_segment
from provenance.registry.segments.withdrawn_items import DeletionRecords
from provenance.registry.side_tables.additions import write_additions
from provenance.registry.side_tables.marks import write_marks
from provenance.registry.side_tables.opt_outs import write_opt_outs
from provenance.registry.side_tables.statuses import write_statuses
from provenance.registry.side_tables.tombstones import (
    NO_TOMBSTONES,
    load_tombstones,
    without_expired,
    write_tombstones,
)
from provenance.registry.sorting.duckdb_engine import BuildLimits
from provenance.registry.source_coverage import declared_sizes
from provenance.registry.store import Registry, open_registry

Progress = Callable[[int], None]

_SMALLEST_TIER_BITS, _BITS_PER_TIER = 18, 2
_PER_TIER = 4
"""Segments of fewer than 2**18 tokens are merged whenever there are two; of larger ones, four whose
sizes have the same power of four. So each item is rewritten a few times while a registry grows."""

_MOST_TOKENS = 1 << 31
"""Largest number of tokens of a segment that `compact_registry` writes."""

_MAX_DEAD = 0.25
"""A segment is rewritten once this share of its items does not count."""


def create_registry(  # noqa: PLR0913 (what is built, and how)
    folder: Path,
    batches: Iterable[Items],
    *,
    keep_texts: bool = True,
    keep_authors: bool = False,
    published: Mapping[str, int] | None = None,
    progress: Progress | None = None,
    limits: BuildLimits | None = None,
    recipe: str | None = None,
    record: Callable[[], BuildStep] | None = None,
    deletions: DeletionRecords | None = None,
) -> Manifest:
    """Build a registry.

    Parameters
    ----------
    folder : Path
        The folder to create; may exist if it is empty.
    batches : iterable of Items
        Items in batches of any size and in any order; what is found with the registry depends on
        the items only. Of two items with the same source, site and id, the later one is kept.
    keep_texts : bool
        Whether to store the items' texts, to be shown beside matches.
    keep_authors : bool
        Whether to store the authors' names, for attribution lists; else only digests.
    published : mapping of str to int, or None
        Total number of items of sources, where declared.
    progress : callable or None
        Called with the number of items of each batch.
    limits : BuildLimits or None
        Resource limits.
    recipe : str or None
        Identifies the batches: a build of the same recipe that was killed is continued. None starts
        from the beginning.
    record : callable or None
        Returns the step that the manifest is to record; called when all items have been read.
    deletions : DeletionRecords or None
        Collects the deletion records among the batches, for the caller to see what they came to.
        The items that they name are withdrawn, in whatever order they come.

    Returns
    -------
    Manifest
        Of the new registry.

    Raises
    ------
    RegistryExists
        If `folder` exists and is not empty.
    RegistryError
        If there are no items, another process is building there, or the disk is full.
    """
    folder, deletions = resolve_folder(folder), deletions or DeletionRecords()
    with registry_folder.staged_registry(folder, recipe) as staging:
        writer = SegmentWriter(
            staging,
            limits or BuildLimits(),
            keep_texts=keep_texts,
            keep_authors=keep_authors,
            is_resumable=recipe is not None,
        )
        earlier = load_progress(staging, folder) if recipe else None
        added = writer.add_items(
            earlier or BuildProgress(NO_SEGMENTS, StagedItems(0, ())),
            deletions.collect(batches),
            progress,
        )
        today = datetime.now(UTC).date()
        segments, tombstones = deletions.apply(added.segments, NO_TOMBSTONES, today)
        if not len(tombstones):
            _require_items(added.staged_items)
        segments = writer.rewrite_withdrawn(segments, today=today)
        manifest = new_manifest(staging, segments, keep_texts=keep_texts, tombstones=tombstones)
        manifest = replace(
            manifest,
            keeps_authors=keep_authors,
            sources=declared_sizes(manifest.sources, published or {}),
            skipped=added.staged_items.skipped,
            unread=added.staged_items.unread,
            replaced=added.replaced,
            steps=() if record is None else (record(),),
        )
        deletions.keep_names(staging, tombstones)
        registry_folder.publish_registry(staging, manifest, folder)
    return manifest


def extend_registry(  # noqa: PLR0913 (what is added, and how)
    folder: Path,
    batches: Iterable[Items],
    *,
    addresses: Sequence[str] = (),
    published: Mapping[str, int] | None = None,
    progress: Progress | None = None,
    limits: BuildLimits | None = None,
    recipe: str | None = None,
    watch: Callable[[Iterator[Items]], Iterator[Items]] = iter,
    record: Callable[[], BuildStep] | None = None,
    deletions: DeletionRecords | None = None,
) -> Manifest:
    """Add items to a registry; items that it already holds change nothing.

    Parameters
    ----------
    folder : Path
        The registry. Texts of new items are kept if it keeps texts.
    batches : iterable of Items
        As for `create_registry`; a new item replaces one with the same source, site and id.
    addresses : sequence of str
        Addresses of the dumps; earlier faults below them are dropped unless they recur.
    published : mapping of str to int, or None
        As for `create_registry`; declared totals of other sources are kept.
    progress : callable or None
        Called with the number of items of each batch.
    limits : BuildLimits or None
        Resource limits.
    recipe : str or None
        As for `create_registry`.
    watch : callable
        Passes on the batches without withdrawn items, which are among the skipped.
    record : callable or None
        As for `create_registry`; called only if items were added, or withdrawn.
    deletions : DeletionRecords or None
        As for `create_registry`; items that the registry holds are withdrawn, too.

    Returns
    -------
    Manifest
        Of the extended registry.

    Raises
    ------
    RegistryNotFound
        If `folder` is not a registry.
    FingerprintMismatch
        If its items were fingerprinted with other parameters.
    DigestMismatch
        If one of its files is missing or altered.
    RegistryError
        If none of the records is an item, or the disk is full.
    """
    folder, deletions = resolve_folder(folder), deletions or DeletionRecords()
    with registry_folder.staged_change(folder, recipe) as (staging, earlier):
        present = open_segments(folder)
        if earlier.parameters != fingerprint_parameters():
            raise fingerprint_mismatch(folder, earlier.parameters, fingerprint_parameters())
        writer = SegmentWriter(
            staging,
            limits or BuildLimits(),
            keep_texts=earlier.keeps_texts,
            keep_authors=earlier.keeps_authors,
            is_resumable=recipe is not None,
        )
        done = load_progress(staging, folder) if recipe else None
        tombstones, today = load_tombstones(folder, earlier), datetime.now(UTC).date()
        kept = without_expired(tombstones, today)
        withheld = WithheldItems(tombstones, addresses)
        added = writer.add_items(
            done or BuildProgress(present, StagedItems(0, ())),
            deletions.collect(watch(withheld.filter(batches))),
            progress,
        )
        staged_items = added.staged_items
        segments, kept = deletions.apply(added.segments, kept, today)
        _require_change(staged_items, withheld, deletions)
        unread = merge_unread([*staged_items.unread, *_unread_elsewhere(earlier, addresses)])
        skipped = merge_counts(earlier.skipped, withheld.skipped)
        segments = writer.rewrite_withdrawn(segments, today=today)
        if segments.segments == present.segments and kept is tombstones:
            sources = declared_sizes(earlier.sources, published or {}, earlier.sources)
            updated = replace(earlier, sources=sources, skipped=skipped, unread=unread)
            if updated != earlier:
                updated = replace(updated, created=time_after(earlier))
                registry_folder.publish_change(staging, updated, folder)
            return updated
        is_changed = added.segments.segments != present.segments or len(kept) > len(tombstones)
        segments = writer.merge_due(segments)
        manifest = new_manifest(
            staging,
            segments,
            earlier,
            keep_texts=earlier.keeps_texts,
            tombstones=None if kept is tombstones else kept,
        )
        manifest = replace(
            _with_addition(manifest, earlier, added.segments, staging, folder),
            sources=declared_sizes(manifest.sources, published or {}, earlier.sources),
            skipped=merge_counts(earlier.skipped, staged_items.skipped),
            unread=unread,
            replaced=earlier.replaced + added.replaced,
            steps=earlier.steps if record is None or not is_changed else (*earlier.steps, record()),
        )
        deletions.keep_names(folder, kept)
        registry_folder.publish_change(staging, manifest, folder)
    return manifest


def _with_addition(
    manifest: Manifest, earlier: Manifest, added: SegmentSet, staging: Path, folder: Path
) -> Manifest:
    """Return a manifest with the history of the earlier one, and the keys of the items added."""
    known = {segment.digest for segment in earlier.segments}
    keys = [
        item_array(segment, KEYS_FILE, np.uint64)
        for segment in added.segments
        if segment.entry.digest not in known
    ]
    if not keys:
        return manifest.after(earlier)
    return replace(
        manifest,
        earlier_digests=(*earlier.earlier_digests, earlier.searched_with),
        additions=write_additions(staging, folder, earlier, keys),
    )


def compact_registry(folder: Path, *, limits: BuildLimits | None = None) -> Manifest:
    """Merge the segments of a registry into as few as possible.

    What is found with it stays the same.

    Parameters
    ----------
    folder : Path
        The registry.
    limits : BuildLimits or None
        Resource limits.

    Returns
    -------
    Manifest
        Of the registry.

    Raises
    ------
    RegistryNotFound, FingerprintMismatch, DigestMismatch, RegistryError
        As for `extend_registry`.
    """
    folder = resolve_folder(folder)
    with registry_folder.staged_change(folder) as (staging, earlier):
        present = open_segments(folder)
        writer = SegmentWriter(staging, limits or BuildLimits(), keep_texts=earlier.keeps_texts)
        segments = writer.merge_all(present)
        if segments is present:
            return earlier
        manifest = new_manifest(staging, segments, earlier, keep_texts=earlier.keeps_texts)
        manifest = replace(manifest.after(earlier), aliases=(*earlier.aliases, earlier.digest))
        registry_folder.publish_change(staging, manifest, folder)
    return manifest


class SegmentWriter:
    """Writes segments into a folder.

    Parameters
    ----------
    staging : Path
        The folder.
    limits : BuildLimits
        Resource limits.
    keep_texts : bool
        Whether texts are stored with the items.
    keep_authors : bool
        Whether the names of the authors of new items are stored; those of others are kept.
    is_resumable : bool
        Whether progress is saved after each segment.
    """

    def __init__(
        self,
        staging: Path,
        limits: BuildLimits,
        *,
        keep_texts: bool,
        keep_authors: bool = False,
        is_resumable: bool = False,
    ) -> None:
        self._staging, self._limits, self._keep_texts = staging, limits, keep_texts
        self._keep_authors, self._is_resumable = keep_authors, is_resumable

    def add_items(
        self, done: BuildProgress, batches: Iterable[Items], progress: Progress | None
    ) -> BuildProgress:
        """Write the items that were not read yet into new segments of bounded size."""
        stream = _Stream(batches, self._limits.segment_bytes, done.rows, progress)
        segments, all_staged, replaced = done.segments, done.staged_items, done.replaced
        while not stream.is_exhausted:
            with self._build_dir() as build_dir:
                staged_items = stage_items(stream.take(), build_dir, 0, progress)
                all_staged = _merge_staged(all_staged, staged_items)
                if not staged_items.rows:
                    continue
                spill_buffer = build_dir.spill_buffer
                latest = select_latest(build_dir.connection, spill_buffer, staged_items.rows)
                gather = spill_buffer.seal()
                replaced += staged_items.rows - latest.items
                known = find_known_items(latest, gather, segments)
                latest = without_rows(latest, known.repeated)
                if not latest.items:
                    continue
                created = _after(segments, datetime.now(UTC))
                added = self._write(latest, gather, build_dir, created)
            segments = add_segment(segments, added, known.replaced)
            replaced += len(known.replaced.items)
            if self._is_resumable and not stream.is_exhausted:
                save_progress(
                    self._staging, BuildProgress(segments, all_staged, stream.rows, replaced)
                )
        return BuildProgress(segments, all_staged, stream.rows, replaced)

    def merge_due(self, segments: SegmentSet) -> SegmentSet:
        """Merge segments until there are few of each size, and none with many dead items."""
        while places := _places_due(segments, self._limits.merged_tokens):
            segments = self._merge(segments, places)
        return segments

    def rewrite_withdrawn(
        self, segments: SegmentSet, *, at_once: bool = False, today: date | None = None
    ) -> SegmentSet:
        """Rewrite the segments from whose files withdrawn items are to be removed now.

        Parameters
        ----------
        segments : SegmentSet
            The segments.
        at_once : bool
            Whether this is due for all of them.
        today : date or None
            The day; None takes it from the clock.
        """
        today = today or datetime.now(UTC).date()
        limit = None if at_once else self._limits.rewritten_bytes
        while due := [each for each in pending_rewrites(segments, limit, today) if each.is_due]:
            segments = self._merge(segments, [due[0].segment])
        return segments

    def merge_all(self, segments: SegmentSet) -> SegmentSet:
        """Merge all segments, as far as one can hold their items."""
        while places := _next_group(segments, _MOST_TOKENS):
            segments = self._merge(segments, places)
        return segments

    def _merge(self, segments: SegmentSet, places: Sequence[int]) -> SegmentSet:

        def stage(build_dir: BuildDir) -> int:
            rows = 0
            for place in places:
                dead = segments.dead_items(place)
                rows += stage_segment(segments.segments[place], dead, build_dir, rows)
            return rows

        created = max(segments.segments[place].entry.created for place in places)
        return replace_segments(segments, places, self.write_staged(stage, created))

    def write_staged(
        self, stage: Callable[[BuildDir], int], created: datetime
    ) -> list[MappedSegment]:
        """Write a segment of what a function stages, which returns the number of rows.

        Returns
        -------
        list of MappedSegment
            The segment; empty if there are no rows.
        """
        with self._build_dir() as build_dir:
            rows = stage(build_dir)
            if not rows:
                return []
            latest = select_latest(build_dir.connection, build_dir.spill_buffer, rows)
            return [self._write(latest, build_dir.spill_buffer.seal(), build_dir, created)]

    def _build_dir(self) -> AbstractContextManager[BuildDir]:
        return open_build_dir(
            self._staging / "work",
            self._limits,
            keep_texts=self._keep_texts,
            keep_authors=self._keep_authors,
        )

    def _write(
        self, latest: LatestRows, gather: Gather, build_dir: BuildDir, created: datetime
    ) -> MappedSegment:
        written = write_segment(order_items(latest), gather, build_dir, fingerprint_parameters())
        files = sync_files(build_dir.data)
        entry = Segment(
            digest=segment_digest(files),
            created=created,
            sources=written.sources,
            items=written.items,
            tokens=written.tokens,
            postings=written.postings,
            longest=written.longest,
            signatures=written.signatures,
            files=files,
        )
        folder = self._staging / entry.folder
        # There is one where items were replaced and came again, or a damaged one was left.
        shutil.rmtree(folder, ignore_errors=True)
        build_dir.data.rename(folder)
        return MappedSegment(entry, map_files(folder, files))


class _Stream:
    """Batches of items, taken up to some size at a time; the first `done` items are left out."""

    def __init__(
        self, batches: Iterable[Items], most_bytes: int, done: int, progress: Progress | None
    ) -> None:
        self._batches, self._most_bytes = iter(batches), most_bytes
        self._done, self._progress = done, progress
        self.rows, self.is_exhausted = 0, False

    def take(self) -> Iterator[Items]:
        """Yield the next batches, about `most_bytes` of them."""
        taken = 0
        while taken < self._most_bytes:
            items = next(self._batches, None)
            if items is None:
                self.is_exhausted = True
                return
            rows, self.rows = self.rows, self.rows + len(items.batch)
            if rows < self._done and self._progress is not None:
                self._progress(min(self._done, self.rows) - rows)
            if rows >= self._done or self.rows > self._done:
                yield replace(items, batch=items.batch.slice(max(self._done - rows, 0)))
                taken += items.batch["text"].nbytes


def _merge_staged(one: StagedItems, other: StagedItems) -> StagedItems:
    return StagedItems(
        one.rows + other.rows,
        merge_skipped([*one.skipped, *other.skipped]),
        merge_unread([*one.unread, *other.unread]),
    )


def _after(segments: SegmentSet, now: datetime) -> datetime:
    """Return the time of a new segment: later than those of all others."""
    latest = [segment.entry.created for segment in segments.segments]
    return max([now, *(created + timedelta(microseconds=1) for created in latest)])


def _places_due(segments: SegmentSet, most_tokens: int) -> list[int]:
    """Return the segments to merge into one; none if they are few enough."""
    for place, segment in enumerate(segments.segments):
        if len(segments.dead_items(place)) > _MAX_DEAD * segment.entry.items:
            return [place]
    by_tier: dict[int, list[int]] = {}
    for place, segment in enumerate(segments.segments):
        by_tier.setdefault(_tier(segment.entry.tokens), []).append(place)
    for tier in sorted(by_tier):
        places = by_tier[tier]
        tokens = sum(_tokens(segments, place) for place in places)
        if len(places) >= (_PER_TIER if tier else 2) and tokens <= most_tokens:
            return places
    return []


def _tier(tokens: int) -> int:
    return -(-max(tokens.bit_length() - _SMALLEST_TIER_BITS, 0) // _BITS_PER_TIER)


def _next_group(segments: SegmentSet, most_tokens: int) -> list[int]:
    """Return segments to merge into one that is as full as possible; none if nothing is gained."""
    places, tokens = list[int](), 0
    by_size = sorted(range(len(segments.segments)), key=lambda place: _tokens(segments, place))
    for place in by_size:
        if tokens + _tokens(segments, place) <= most_tokens:
            places.append(place)
            tokens += _tokens(segments, place)
    has_dead = [place for place in by_size if len(segments.dead_items(place))]
    return places if len(places) > 1 else has_dead[:1]


def _tokens(segments: SegmentSet, place: int) -> int:
    return segments.segments[place].entry.tokens


def new_manifest(  # noqa: PLR0913 (each part of a registry)
    staging: Path,
    segments: SegmentSet,
    earlier: Manifest | None = None,
    *,
    keep_texts: bool,
    tombstones: pa.Table | None = None,
    opt_outs: pa.Table | None = None,
    marks: pa.Table | None = None,
) -> Manifest:
    """Write the statuses and tombstones of items, and return a manifest of the segments.

    Parameters
    ----------
    staging : Path
        Folder to write to.
    segments : SegmentSet
        The segments.
    earlier : Manifest or None
        A manifest of which what it says beside the segments is kept.
    keep_texts : bool
        Whether the segments have texts.
    tombstones : pyarrow.Table or None
        All tombstones; None keeps those of `earlier`.
    opt_outs, marks : pyarrow.Table or None
        All opt-outs, and all marks; None keeps those of `earlier`.
    """
    segments = order_by_digest(segments)
    parameters = fingerprint_parameters() if earlier is None else earlier.parameters
    chance = SHIPPED_CHANCE if earlier is None else earlier.chance
    entries = tuple(segment.entry for segment in segments.segments)
    statuses = write_statuses(staging, segments.statuses)
    withdrawn, opted_out, marked = (
        (None, None, None)
        if earlier is None
        else (earlier.tombstones, earlier.opt_outs, earlier.marks)
    )
    if tombstones is not None:
        withdrawn = write_tombstones(staging, tombstones)
    if opt_outs is not None:
        opted_out = write_opt_outs(staging, opt_outs)
    if marks is not None:
        marked = write_marks(staging, marks)
    sources = declared_sizes(segments.coverage(), {}, () if earlier is None else earlier.sources)
    if len(sources) > MAX_SOURCES or sum(each.items + 1 for each in entries) >= NO_ITEM:
        raise RegistryError(
            f"{sum(each.items for each in entries):,} items of {len(sources):,} sources are too "
            "many for one registry",
            remedy=f"use several, each of fewer than 2**32 items and at most {MAX_SOURCES} sources",
        )
    return Manifest(
        digest=registry_digest(parameters, chance, entries, statuses, withdrawn, opted_out, marked),
        parameters=parameters,
        chance=chance,
        created=time_after(earlier),
        tool=__version__,
        keeps_texts=keep_texts,
        keeps_authors=False if earlier is None else earlier.keeps_authors,
        sources=sources,
        items=sum(source.items for source in sources),
        tokens=sum(source.tokens for source in sources),
        segments=entries,
        statuses=statuses,
        skipped=() if earlier is None else earlier.skipped,
        replaced=0 if earlier is None else earlier.replaced,
        unread=() if earlier is None else earlier.unread,
        tombstones=withdrawn,
        opt_outs=opted_out,
        marks=marked,
        steps=() if earlier is None else earlier.steps,
        fresh_until=None if earlier is None else earlier.fresh_until,
    )


def open_segments(folder: Path) -> SegmentSet:
    """Open the segments of a registry; raises as `open_registry`."""
    registry: Registry = open_registry(folder)
    return SegmentSet(registry.segments, registry.statuses)


def _unread_elsewhere(manifest: Manifest, addresses: Sequence[str]) -> list[Unread]:
    """Return what could not be read of other dumps."""
    return [entry for entry in manifest.unread if not _is_within(entry.file, addresses)]


def _is_within(path: str, addresses: Sequence[str]) -> bool:
    places = [_absolute_address(address) for address in addresses]
    return _absolute_address(path) in places or _absolute_address(path).startswith(
        tuple(f"{place}/" for place in places)
    )


def _absolute_address(address: str) -> str:
    """Return the normal form of an address."""
    return address.rstrip("/") if "://" in address else os.path.abspath(address)


def _require_change(
    staged_items: StagedItems, withheld: WithheldItems, deletions: DeletionRecords
) -> None:
    """Raise if the dumps contain no item, neither a withdrawn one, nor a deletion record."""
    is_withheld = not {*staged_items.skipped} - {*withheld.skipped} and not staged_items.unread
    if not is_withheld and not deletions.outcome.ids:
        _require_items(staged_items)


def _require_items(staged_items: StagedItems) -> None:
    """Raise if the dumps contain no item."""
    if staged_items.rows:
        return
    if staged_items.unread:
        [first, *other_files] = staged_items.unread
        more = f"; nor can {len(other_files):,} more be read" if other_files else ""
        raise InputError(f"{first.file}: {first.reason}{more}", remedy=first.remedy)
    reasons = "; ".join(
        f"{entry.count:,} in {entry.file}: {entry.reason}" for entry in staged_items.skipped
    )
    is_encoding = {entry.reason for entry in staged_items.skipped} == {"not valid UTF-8"}
    raise RegistryError(
        f"the dumps hold no item that could be read ({reasons or 'they are empty'})",
        remedy="convert the dumps to UTF-8"
        if is_encoding
        else "check the dumps, --layout and --text-column",
    )


def resolve_folder(folder: Path) -> Path:
    """Resolve links, and reject a path that Arrow and DuckDB cannot open."""
    folder = Path(os.path.realpath(folder))
    if not is_utf8(folder):
        raise RegistryError(
            f"{str(folder)!r}: the path is not valid UTF-8", remedy="name a folder whose path is."
        )
    return folder
