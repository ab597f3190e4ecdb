"""Build a registry from dumps, or extend one; either completes or changes nothing."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from provenance import __version__
from provenance.atomic_output import is_utf8
from provenance.errors import InputError, RegistryError
from provenance.fingerprint.tokenizer.tokenize import current_parameters as fingerprint_parameters
from provenance.match.scoring.evalue import SHIPPED_CHANCE
from provenance.model import ChanceModel, Items, merge_unread
from provenance.registry import registry_folder
from provenance.registry.build.build_dir import BuildDir, open_build_dir
from provenance.registry.build.duckdb_engine import BuildLimits
from provenance.registry.build.existing_items import stage_existing_items
from provenance.registry.build.generation_writer import write_generation
from provenance.registry.build.item_order import order_items
from provenance.registry.build.item_staging import StagedItems, stage_items
from provenance.registry.data_files import check_files, sync_files
from provenance.registry.manifest import (
    Manifest,
    fingerprint_mismatch,
    merge_counts,
    registry_digest,
)
from provenance.registry.mapped_files import map_files
from provenance.registry.source_coverage import declared_sizes

Progress = Callable[[int], None]


def create_registry(
    folder: Path,
    batches: Iterable[Items],
    *,
    keep_texts: bool = True,
    published: Mapping[str, int] | None = None,
    progress: Progress | None = None,
    limits: BuildLimits | None = None,
) -> Manifest:
    """Build a registry.

    Parameters
    ----------
    folder : Path
        The folder to create; may exist if it is empty.
    batches : iterable of Items
        Items in batches of any size and in any order; the files depend on the items only. Of two
        items with the same source, site and id, the later one is kept.
    keep_texts : bool
        Whether to store the items' texts, to be shown beside matches.
    published : mapping of str to int, or None
        Total number of items of sources, where declared.
    progress : callable or None
        Called with the number of items of each batch.
    limits : BuildLimits or None
        Resource limits.

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
    folder = _resolve_folder(folder)
    with registry_folder.staged_registry(folder) as staging:
        with open_build_dir(staging, limits or BuildLimits(), keep_texts=keep_texts) as build_dir:
            staged_items = _require_items(stage_items(batches, build_dir, 0, progress))
            manifest = _write_registry(build_dir, staged_items, 0, SHIPPED_CHANCE)
        sources = declared_sizes(manifest.sources, published or {})
        manifest = replace(manifest, sources=sources)
        registry_folder.publish_registry(build_dir.out, manifest, folder)
    return manifest


def extend_registry(
    folder: Path,
    batches: Iterable[Items],
    *,
    addresses: Sequence[str] = (),
    published: Mapping[str, int] | None = None,
    progress: Progress | None = None,
    limits: BuildLimits | None = None,
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
        If none of the records is an item, another process is adding to it, or the disk is full.
    """
    folder = _resolve_folder(folder)
    with registry_folder.staged_generation(folder) as (staging, earlier):
        if earlier.parameters != fingerprint_parameters():
            raise fingerprint_mismatch(folder, earlier.parameters, fingerprint_parameters())
        files = map_files(folder / earlier.generation, earlier.files)
        check_files(files, earlier.files)
        registry_folder.remove_other_generations(folder, earlier)
        with open_build_dir(
            staging, limits or BuildLimits(), keep_texts=earlier.keeps_texts
        ) as build_dir:
            rows = stage_existing_items(files, earlier, build_dir)
            staged_items = stage_items(batches, build_dir, rows, progress)
            if staged_items.skipped or staged_items.unread:
                staged_items = _require_items(staged_items)
            skipped = merge_counts(earlier.skipped, staged_items.skipped)
            kept_unread = (
                entry for entry in earlier.unread if not _is_within(entry.file, addresses)
            )
            unread = merge_unread([*staged_items.unread, *kept_unread])
            all_items = StagedItems(rows + staged_items.rows, skipped, unread)
            manifest = _write_registry(build_dir, all_items, earlier.replaced, earlier.chance)
        sources = declared_sizes(manifest.sources, published or {}, earlier.sources)
        if manifest.digest == earlier.digest:
            updated = replace(earlier, sources=sources, unread=unread)
            if updated != earlier:
                registry_folder.replace_manifest(staging, updated, folder)
            return updated
        manifest = replace(manifest, sources=sources)
        registry_folder.publish_generation(build_dir.out / manifest.generation, manifest, folder)
    return manifest


def _is_within(path: str, addresses: Sequence[str]) -> bool:
    places = [_absolute_address(address) for address in addresses]
    return _absolute_address(path) in places or _absolute_address(path).startswith(
        tuple(f"{place}/" for place in places)
    )


def _absolute_address(address: str) -> str:
    """Return the normal form of an address."""
    return address.rstrip("/") if "://" in address else os.path.abspath(address)


def _require_items(staged_items: StagedItems) -> StagedItems:
    """Raise if the dumps contain no item."""
    if staged_items.rows:
        return staged_items
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


def _write_registry(
    build_dir: BuildDir, staged_items: StagedItems, replaced: int, chance: ChanceModel
) -> Manifest:
    ordered_items = order_items(build_dir.connection, build_dir.spill_buffer, staged_items.rows)
    build_dir.remove_later(build_dir.keys)
    parameters = fingerprint_parameters()
    generation = write_generation(ordered_items, build_dir, parameters)
    files = sync_files(build_dir.data)
    manifest = Manifest(
        digest=registry_digest(parameters, chance, files),
        parameters=parameters,
        chance=chance,
        created=datetime.now(UTC).replace(microsecond=0),
        tool=__version__,
        sources=generation.sources,
        items=generation.items,
        tokens=generation.tokens,
        postings=generation.postings,
        files=files,
        skipped=staged_items.skipped,
        unread=staged_items.unread,
        replaced=replaced + staged_items.rows - generation.items,
    )
    build_dir.data.rename(build_dir.out / manifest.generation)
    return manifest


def _resolve_folder(folder: Path) -> Path:
    """Resolve links, and reject a path that Arrow and DuckDB cannot open."""
    folder = Path(os.path.realpath(folder))
    if not is_utf8(folder):
        raise RegistryError(
            f"{str(folder)!r}: the path is not valid UTF-8", remedy="name a folder whose path is."
        )
    return folder
