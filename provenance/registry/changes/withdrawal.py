"""Withdraw items from a registry, and lift withdrawals."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from provenance.errors import InputError
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
from provenance.registry.segments.item_selection import (
    Selection,
    find_withdrawn,
    found_names,
    item_identities,
    latest_item,
    select_items,
)
from provenance.registry.segments.pending_rewrites import PendingRewrite, pending_rewrites
from provenance.registry.segments.segment_set import ItemList, SegmentSet
from provenance.registry.segments.withdrawn_items import names_of_items, withdraw
from provenance.registry.side_tables.tombstones import (
    TOMBSTONES,
    TombstoneIndex,
    load_tombstones,
    merge_tombstones,
    without_expired,
)
from provenance.registry.side_tables.withdrawn_names import (
    Canonical,
    are_of_author,
    have_address,
    no_form,
    read_names,
    write_names,
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


def _select(present: SegmentSet, selection: Selection, day: date, today: date) -> ItemList:
    """Return the selected items; on an earlier day, none may be later but by time zones."""
    selected = select_items(present, selection)
    latest = latest_item(present, selected) if day < today else None
    if latest is not None and latest[1].date() > day + timedelta(days=1):
        item, published = latest
        raise InputError(
            f"item {item!r} was published on {published:%Y-%m-%d}: it cannot have been "
            f"withdrawn on {day}",
            remedy="give the day on which the items were withdrawn, or leave it out for today",
        )
    return selected


def remove_items(  # noqa: PLR0913 (what is withdrawn, and what is left of it)
    folder: Path,
    selection: Selection,
    *,
    reason: str | None = None,
    at_once: bool = False,
    kept_fingerprints: KeptFingerprints | None = None,
    day: date | None = None,
    today: date | None = None,
    limits: BuildLimits | None = None,
    canonical: Canonical = no_form,
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
    day : date or None
        Day on which they were withdrawn; None means today. Of items that were withdrawn before,
        the earlier day counts.
    today : date or None
        Day of the change; None takes it from the clock.
    limits : BuildLimits or None
        Resource limits.
    canonical : callable
        Brings addresses into the form by which withdrawn items are found again.

    Raises
    ------
    RegistryNotFound, FingerprintMismatch, DigestMismatch, RegistryError
        As for `extend_registry`.
    InputError
        If an item was published after the day on which it is said to be withdrawn.
    """
    folder, limits = resolve_folder(folder), limits or BuildLimits()
    today = today or datetime.now(UTC).date()
    day = day or today
    with registry_folder.staged_change(folder) as (staging, earlier):
        present = open_segments(folder)
        before = load_tombstones(folder, earlier)
        names = read_names(folder)
        selected = _select(present, selection, day, today)
        identities = item_identities(present, selected)
        new = _tombstones(identities, day, reason)
        if kept_fingerprints is not None:
            new = _with_fingerprints(new, present, selected, kept_fingerprints)
        absent = _absent_ids(selection, present, selected, identities)
        repeated = _repeated(selection, before, absent, names)
        absent = absent.filter(_are_without(absent["item"], before, selection.source))
        kept_out = _tombstones(absent, day, reason) if _is_by_name(selection) else new[:0]
        unexpired = without_expired(before, today)
        tombstones = merge_tombstones(
            unexpired, new, kept_out, _on_day(without_expired(repeated, today), day, reason)
        )
        segments = withdraw(present, TombstoneIndex(new), today)
        writer = SegmentWriter(staging, limits, keep_texts=earlier.keeps_texts)
        segments = writer.rewrite_withdrawn(segments, at_once=at_once, today=today)
        rewritten = _missing_from(segments, present)
        linked_files = _count_links(rewritten)
        manifest = earlier
        if rewritten or not tombstones.equals(merge_tombstones(before)):
            manifest = new_manifest(
                staging,
                segments,
                earlier,
                keep_texts=earlier.keeps_texts,
                tombstones=tombstones,
            )
            manifest = manifest.after(earlier)
            write_names(folder, [names, names_of_items(present, selected, canonical)], tombstones)
            registry_folder.publish_change(staging, manifest, folder)
    return Withdrawal(
        manifest=manifest,
        items=len(selected.items),
        absent=len(absent),
        kept_out=len(kept_out),
        withdrawn_before=len(repeated),
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
    selection: Selection, segments: SegmentSet, selected: ItemList, identities: pa.Table
) -> pa.Table:
    """Return the identities, of any site, of the ids that no selected item has.

    An address with the id of an item in it stands for that id.
    """
    if selection.names is not None:
        missing = selection.names.names - found_names(segments, selected, selection.names)
        ids = pa.array(sorted({_id_of(name, selection) for name in missing}), pa.string())
    else:
        ids = pa.array([], pa.string()) if selection.ids is None else selection.ids.unique()
        is_present = pc.is_in(ids, value_set=identities["item"].combine_chunks())
        ids = ids.filter(pc.invert(is_present))
    columns = [
        pa.repeat(selection.source or "", len(ids)),
        pa.nulls(len(ids), pa.string()),
        ids,
    ]
    return pa.table(columns, schema=identities.schema)


def _id_of(name: str, selection: Selection) -> str:
    found = None if selection.names is None else selection.names.item_of(name)
    if found is None or (selection.source is not None and found[0] != selection.source):
        return name
    return found[1]


def _are_without(ids: pa.ChunkedArray, tombstones: pa.Table, source: str | None) -> pa.ChunkedArray:
    """Return which ids have no tombstone."""
    if source is not None:
        tombstones = tombstones.filter(pc.equal(tombstones["source"], source))
    return pc.invert(pc.is_in(ids, value_set=tombstones["item"].combine_chunks()))


def _repeated(
    selection: Selection, tombstones: pa.Table, absent: pa.Table, names: pa.Table
) -> pa.Table:
    """Return the tombstones of items that are selected again, as far as that can be told."""
    if selection.since is not None or selection.before is not None:
        return tombstones[:0]
    chosen = pc.is_in(tombstones["item"], value_set=absent["item"].combine_chunks())
    if selection.names is not None and len(names):
        addressed = names.filter(pa.array(have_address(names, selection.names.canonical)))
        chosen = pc.or_(chosen, _are_among(tombstones, addressed))
    if selection.author is not None:
        own = names.filter(pa.array(are_of_author(names, selection.author)))
        is_own = _are_among(tombstones, own)
        by_name = selection.names is not None or selection.ids is not None
        chosen = pc.and_(chosen, is_own) if by_name else is_own
    if selection.source is not None:
        chosen = pc.and_(chosen, pc.equal(tombstones["source"], selection.source))
    return tombstones.filter(chosen)


def _are_among(tombstones: pa.Table, names: pa.Table) -> pa.Array:
    pairs = set(zip(names["source"].to_pylist(), names["item"].to_pylist(), strict=True))
    rows = zip(tombstones["source"].to_pylist(), tombstones["item"].to_pylist(), strict=True)
    return pa.array([row in pairs for row in rows], pa.bool_())


def _on_day(tombstones: pa.Table, day: date, reason: str | None) -> pa.Table:
    """Return tombstones with another day, and another reason if there is one."""
    columns = {"date": pa.repeat(pa.scalar(day, pa.date32()), len(tombstones))}
    if reason is not None:
        columns["reason"] = pa.repeat(reason, len(tombstones))
    for name, column in columns.items():
        place = TOMBSTONES.get_field_index(name)
        tombstones = tombstones.set_column(place, TOMBSTONES.field(name), column)
    return tombstones


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


def keep_withdrawn_names(folder: Path, tombstones: pa.Table, canonical: Canonical) -> None:
    """Keep digests of whose the items of a registry are that its next version withdraws.

    Parameters
    ----------
    folder : Path
        The registry, before that version takes its place.
    tombstones : pyarrow.Table
        Those of that version, of schema `TOMBSTONES`.
    canonical : callable
        Brings addresses into the form by which withdrawn items are found again.

    Raises
    ------
    RegistryNotFound, FingerprintMismatch, DigestMismatch, RegistryError
        As for `open_registry`.
    CorruptFile
        If what is kept of earlier withdrawals is damaged.
    """
    present = open_segments(folder)
    items, _ = find_withdrawn(present, TombstoneIndex(merge_tombstones(tombstones)))
    names = [read_names(folder), names_of_items(present, items, canonical)]
    write_names(folder, names, tombstones)


def restore_items(
    folder: Path,
    ids: pa.Array,
    source: str | None = None,
    *,
    addresses: Iterable[str] = (),
    step: BuildStep | None = None,
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
    addresses : iterable of str
        Addresses of further items, in canonical form.
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
        names = read_names(folder)
        addressed = names.filter(pa.array(have_address(names, addresses)))
        is_lifted = pc.or_(
            pc.is_in(tombstones["item"], value_set=ids), _are_among(tombstones, addressed)
        )
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
        manifest = manifest.after(earlier)
        if step is not None:
            manifest = replace(manifest, steps=(*manifest.steps, step))
        registry_folder.publish_change(staging, manifest, folder)
        write_names(folder, [names], kept)
    return manifest, len(tombstones) - len(kept)
