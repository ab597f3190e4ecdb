"""Mark items of a registry as planted by their owner, and remove marks."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from provenance.registry import registry_folder
from provenance.registry.build.registry_builder import (
    new_manifest,
    open_segments,
    resolve_folder,
)
from provenance.registry.manifest import Manifest
from provenance.registry.segments.item_selection import Selection, item_identities, select_items
from provenance.registry.side_tables.marks import MARKS, load_marks, merge_marks


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
        Number of ids that no item has.
    """

    manifest: Manifest
    items: int
    absent: int


def mark_items(
    folder: Path,
    ids: pa.Array,
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
    ids : pyarrow.StringArray
        Ids of the items.
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
        identities = item_identities(present, select_items(present, Selection(ids, source=source)))
        identities = identities.combine_chunks()
        is_present = pc.is_in(ids.unique(), value_set=identities["item"].combine_chunks())
        before = load_marks(folder, earlier)
        new = _marks_of(identities, note)
        after = _without(before, ids, source) if undo else merge_marks(before, new)
        manifest = earlier
        if not after.equals(before):
            manifest = new_manifest(
                staging, present, earlier, keep_texts=earlier.keeps_texts, marks=after
            )
            registry_folder.publish_change(staging, manifest, folder)
    absent = pc.sum(pc.invert(is_present)).as_py() or 0
    return Marking(manifest, abs(len(after) - len(before)), absent)


def _marks_of(identities: pa.Table, note: str | None) -> pa.Table:
    count = len(identities)
    notes = pa.nulls(count, pa.string()) if note is None else pa.repeat(note, count)
    sites = pc.fill_null(identities["site"], "")
    return pa.table([identities["source"], sites, identities["item"], notes], schema=MARKS)


def _without(marks: pa.Table, ids: pa.Array, source: str | None) -> pa.Table:
    is_named = pc.is_in(marks["item"], value_set=ids)
    if source is not None:
        is_named = pc.and_(is_named, pc.equal(marks["source"], source))
    return marks.filter(pc.invert(is_named)).combine_chunks()
