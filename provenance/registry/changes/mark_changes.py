"""Mark items of a registry as planted by their owner, and remove marks."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from provenance.judge.item_names import ItemNames
from provenance.registry import registry_folder
from provenance.registry.build.registry_builder import (
    new_manifest,
    open_segments,
    resolve_folder,
)
from provenance.registry.manifest import Manifest
from provenance.registry.segments.item_selection import (
    Selection,
    found_names,
    item_identities,
    select_items,
)
from provenance.registry.side_tables.marks import MARKS, load_marks, merge_marks

_IDENTITY = ("source", "site", "item")


@dataclass(frozen=True, slots=True)
class Marking:
    """Outcome of marking items.

    Parameters
    ----------
    manifest : Manifest
        Of the registry now.
    items : int
        Number of items that are marked now, or not any more.
    absent : int
        Number of ids and addresses that no item has.
    """

    manifest: Manifest
    items: int
    absent: int


def mark_items(
    folder: Path,
    names: pa.Array | ItemNames,
    source: str | None = None,
    *,
    note: str | None = None,
    undo: bool = False,
) -> Marking:
    """Mark items as planted by their owner, or remove the marks.

    Parameters
    ----------
    folder : Path
        The registry.
    names : pyarrow.StringArray or ItemNames
        Ids of the items, or also their addresses.
    source : str or None
        Their source; None means any.
    note : str or None
        Kept with the marks.
    undo : bool
        Whether marks are removed.

    Raises
    ------
    RegistryNotFound, DigestMismatch, CorruptFile, RegistryError
        As for `extend_registry`.
    """
    folder = resolve_folder(folder)
    with registry_folder.staged_change(folder) as (staging, earlier):
        present = open_segments(folder)
        if isinstance(names, ItemNames):
            selection = Selection(names=names, source=source)
        else:
            selection = Selection(names, source=source)
        selected = select_items(present, selection)
        identities = item_identities(present, selected).combine_chunks()
        if isinstance(names, ItemNames):
            absent = len(names.names - found_names(present, selected, names))
        else:
            absent = len(set(names.to_pylist()) - set(identities["item"].to_pylist()))
        before = load_marks(folder, earlier)
        new = _marks_of(identities, note)
        after = _without(before, new, names, source) if undo else merge_marks(before, new)
        manifest = earlier
        if not after.equals(before):
            manifest = new_manifest(
                staging, present, earlier, keep_texts=earlier.keeps_texts, marks=after
            )
            manifest = manifest.after(earlier)
            registry_folder.publish_change(staging, manifest, folder)
    return Marking(manifest, abs(len(after) - len(before)), absent)


def _marks_of(identities: pa.Table, note: str | None) -> pa.Table:
    count = len(identities)
    notes = pa.nulls(count, pa.string()) if note is None else pa.repeat(note, count)
    sites = pc.fill_null(identities["site"], "")
    return pa.table([identities["source"], sites, identities["item"], notes], schema=MARKS)


def _without(
    marks: pa.Table, found: pa.Table, names: pa.Array | ItemNames, source: str | None
) -> pa.Table:
    """Return the marks but for those of items that were found, or that are not there any more."""
    identities = set(zip(*(found[name].to_pylist() for name in _IDENTITY), strict=True))
    ids = names.readings if isinstance(names, ItemNames) else set(names.to_pylist())
    items = names.items if isinstance(names, ItemNames) else frozenset()
    is_kept = [
        row not in identities
        and (row[2] not in ids or source not in {None, row[0]})
        and ((row[0], row[2]) not in items or source not in {None, row[0]})
        for row in zip(*(marks[name].to_pylist() for name in _IDENTITY), strict=True)
    ]
    return marks.filter(pa.array(is_kept, pa.bool_())).combine_chunks()
