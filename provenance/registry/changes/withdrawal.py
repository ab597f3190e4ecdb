"""Withdraw items from a registry, and lift withdrawals."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from provenance.model.short_repr import short_repr
from provenance.registry import registry_folder
from provenance.registry.build.registry_builder import (
    SegmentWriter,
    new_manifest,
    open_segments,
    resolve_folder,
)
from provenance.registry.files.mapped_files import MappedSegment
from provenance.registry.manifest import Manifest
from provenance.registry.recipe import BuildStep
from provenance.registry.segments.item_selection import Selection, item_identities, select_items
from provenance.registry.segments.pending_rewrites import PendingRewrite, pending_rewrites
from provenance.registry.segments.segment_set import ItemList, SegmentSet
from provenance.registry.segments.withdrawn_items import withdraw
from provenance.registry.side_tables.tombstones import (
    TOMBSTONES,
    TombstoneIndex,
    load_tombstones,
    merge_tombstones,
    without_expired,
)
from provenance.registry.side_tables.withdrawn_texts import FingerprintKey, fingerprint_items
from provenance.registry.sorting.duckdb_engine import BuildLimits

_FINGERPRINT_COLUMNS = ("fingerprint", "key", "expires")


@dataclass(frozen=True, slots=True)
class KeptFingerprints:
    """Fingerprints that are kept of withdrawn items.

    Parameters
    ----------
    key : FingerprintKey
        Their key.
    until : date
        First day on which they are not kept any more.
    """

    key: FingerprintKey
    until: date


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Outcome of withdrawing items.

    Parameters
    ----------
    manifest : Manifest
        Of the registry now.
    items : int
        Number of items that counted, and do not any more.
    absent : int
        Number of ids that are not in the registry.
    kept_out : int
        Number of these that have a tombstone now.
    withdrawn_before : int
        Number of ids that had one before.
    rewritten : int
        Number of segments that were rewritten, or removed.
    pending : sequence of PendingRewrite
        Segments whose files still have withdrawn items.
    linked_files : int
        Number of files of removed segments that have other links: another registry has them.
    fingerprints : int
        Number of the items of which a fingerprint is kept.
    """

    manifest: Manifest
    items: int
    absent: int
    kept_out: int
    withdrawn_before: int
    rewritten: int
    pending: Sequence[PendingRewrite]
    linked_files: int
    fingerprints: int = 0

    __repr__ = short_repr


def remove_items(  # noqa: PLR0913 (what is withdrawn, and what is left of it)
    folder: Path,
    selection: Selection,
    *,
    reason: str | None = None,
    at_once: bool = False,
    kept_fingerprints: KeptFingerprints | None = None,
    today: date | None = None,
    limits: BuildLimits | None = None,
) -> Withdrawal:
    """Withdraw items: they are not matched any more, their files are rewritten, and they stay out.

    Parameters
    ----------
    folder : Path
        The registry.
    selection : Selection
        The items. Ids that the registry lacks get a tombstone, too, if nothing but ids and source
        is given.
    reason : str or None
        Kept with the tombstones.
    at_once : bool
        Whether to rewrite segments of any size now, those with earlier withdrawals included.
    kept_fingerprints : KeptFingerprints or None
        Key and last day of fingerprints of the items; None keeps none.
    today : date or None
        Day of the withdrawal; None takes it from the clock.
    limits : BuildLimits or None
        Resource limits.

    Raises
    ------
    RegistryNotFound, FingerprintMismatch, DigestMismatch, RegistryError
        As for `extend_registry`.
    """
    folder, limits = resolve_folder(folder), limits or BuildLimits()
    today = today or datetime.now(UTC).date()
    with registry_folder.staged_change(folder) as (staging, earlier):
        present = open_segments(folder)
        before = load_tombstones(folder, earlier)
        selected = select_items(present, selection)
        identities = item_identities(present, selected)
        new = _tombstones(identities, today, reason)
        if kept_fingerprints is not None:
            new = _with_fingerprints(new, present, selected, kept_fingerprints)
        absent, withdrawn_before = _absent_ids(selection, identities, before)
        kept_out = _tombstones(absent, today, reason) if _is_by_name(selection) else new[:0]
        unexpired = without_expired(before, today)
        tombstones = merge_tombstones(unexpired, new, kept_out)
        segments = withdraw(present, TombstoneIndex(new))
        writer = SegmentWriter(staging, limits, keep_texts=earlier.keeps_texts)
        segments = writer.rewrite_withdrawn(segments, at_once=at_once, today=today)
        rewritten = _missing_from(segments, present)
        linked_files = _count_links(rewritten)
        manifest = earlier
        if rewritten or len(tombstones) > len(before) or unexpired is not before:
            manifest = new_manifest(
                staging,
                segments,
                earlier,
                keep_texts=earlier.keeps_texts,
                tombstones=tombstones,
            )
            registry_folder.publish_change(staging, manifest, folder)
    return Withdrawal(
        manifest=manifest,
        items=len(selected.items),
        absent=len(absent),
        kept_out=len(kept_out),
        withdrawn_before=withdrawn_before,
        rewritten=len(rewritten),
        pending=pending_rewrites(segments, limits.rewritten_bytes, today),
        linked_files=linked_files,
        fingerprints=len(new) - new["fingerprint"].null_count,
    )


def _is_by_name(selection: Selection) -> bool:
    """Return whether ids and their source are all that items are selected by."""
    others = (selection.author, selection.since, selection.before)
    return selection.source is not None and others == (None,) * len(others)


def _absent_ids(
    selection: Selection, identities: pa.Table, tombstones: pa.Table
) -> tuple[pa.Table, int]:
    """Return the identities, of any site, of ids that no selected item has.

    Those with a tombstone are only counted.
    """
    if selection.source is not None:
        tombstones = tombstones.filter(pc.equal(tombstones["source"], selection.source))
    ids = pa.array([], pa.string()) if selection.ids is None else selection.ids.unique()
    absent = _without(ids, identities["item"])
    unknown = _without(absent, tombstones["item"])
    columns = [
        pa.repeat(selection.source or "", len(unknown)),
        pa.nulls(len(unknown), pa.string()),
        unknown,
    ]
    return pa.table(columns, schema=identities.schema), len(absent) - len(unknown)


def _without(ids: pa.Array, others: pa.ChunkedArray) -> pa.Array:
    return ids.filter(pc.invert(pc.is_in(ids, value_set=others.combine_chunks())))


def _tombstones(identities: pa.Table, day: date, reason: str | None) -> pa.Table:
    count = len(identities)
    days = pa.repeat(pa.scalar(day, pa.date32()), count)
    reasons = pa.nulls(count, pa.string()) if reason is None else pa.repeat(reason, count)
    none = [pa.nulls(count, TOMBSTONES.field(name).type) for name in _FINGERPRINT_COLUMNS]
    return pa.table([*identities.columns, days, reasons, *none], schema=TOMBSTONES)


def _with_fingerprints(
    tombstones: pa.Table, segments: SegmentSet, items: ItemList, kept: KeptFingerprints
) -> pa.Table:
    """Return the tombstones of items with their fingerprints, as far as they are long enough."""
    fingerprints = pa.array(
        [
            fingerprint
            for place, segment in enumerate(segments.segments)
            for fingerprint in fingerprint_items(segment, items.of(place), kept.key)
        ],
        TOMBSTONES.field("fingerprint").type,
    )
    columns = {
        "fingerprint": fingerprints,
        "key": _where_valid(fingerprints, pa.scalar(kept.key.id)),
        "expires": _where_valid(fingerprints, pa.scalar(kept.until)),
    }
    for name, column in columns.items():
        place = TOMBSTONES.get_field_index(name)
        tombstones = tombstones.set_column(place, TOMBSTONES.field(name), column)
    return tombstones


def _where_valid(column: pa.Array, value: pa.Scalar) -> pa.Array:
    return pc.if_else(column.is_valid(), value, pa.scalar(None, value.type))


def _missing_from(after: SegmentSet, before: SegmentSet) -> list[MappedSegment]:
    """Return the segments that are no longer there."""
    kept = {segment.entry.digest for segment in after.segments}
    return [segment for segment in before.segments if segment.entry.digest not in kept]


def _count_links(segments: Sequence[MappedSegment]) -> int:
    """Return how many files have other links."""
    return sum(
        file.path.stat().st_nlink > 1 for segment in segments for file in segment.files.values()
    )


def restore_items(
    folder: Path, ids: pa.Array, source: str | None = None, *, step: BuildStep | None = None
) -> tuple[Manifest, int]:
    """Lift tombstones, so that their items can be added again.

    Parameters
    ----------
    folder : Path
        The registry.
    ids : pyarrow.StringArray
        Ids of the items.
    source : str or None
        Source of the items; None means any.
    step : BuildStep or None
        What the registry records of it.

    Returns
    -------
    manifest : Manifest
        Of the registry now.
    count : int
        Number of tombstones lifted.

    Raises
    ------
    RegistryNotFound, FingerprintMismatch, DigestMismatch, RegistryError
        As for `extend_registry`.
    """
    folder = resolve_folder(folder)
    with registry_folder.staged_change(folder) as (staging, earlier):
        present = open_segments(folder)
        tombstones = load_tombstones(folder, earlier)
        is_lifted = pc.is_in(tombstones["item"], value_set=ids)
        if source is not None:
            is_lifted = pc.and_(is_lifted, pc.equal(tombstones["source"], source))
        kept = tombstones.filter(pc.invert(is_lifted))
        if len(kept) == len(tombstones):
            return earlier, 0
        manifest = new_manifest(
            staging,
            present,
            earlier,
            keep_texts=earlier.keeps_texts,
            tombstones=without_expired(kept, datetime.now(UTC).date()),
        )
        if step is not None:
            manifest = replace(manifest, steps=(*manifest.steps, step))
        registry_folder.publish_change(staging, manifest, folder)
    return manifest, len(tombstones) - len(kept)
