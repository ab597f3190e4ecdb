"""Registries are built: dumps in, one folder out, or nothing at all."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from provenance import __version__
from provenance.atomic_output import is_utf8
from provenance.errors import InputError, RegistryError
from provenance.fingerprint.tokenizer.tokenize import parameters as fingerprint_parameters
from provenance.match.scoring.evalue import SHIPPED_CHANCE
from provenance.model import Chance, Items, merge_unread
from provenance.registry import registry_folder as folders
from provenance.registry.build.build_dir import Workshop, workshop
from provenance.registry.build.duckdb_engine import Limits
from provenance.registry.build.existing_items import lay_earlier
from provenance.registry.build.generation_writer import write_generation
from provenance.registry.build.item_order import order
from provenance.registry.build.item_staging import Staged, stage
from provenance.registry.data_files import check_files, settle_files
from provenance.registry.manifest import Manifest, digest_of, merged, mismatch
from provenance.registry.mapped_files import map_files
from provenance.registry.source_coverage import declared

Progress = Callable[[int], None]


def build(
    folder: Path,
    batches: Iterable[Items],
    *,
    keep_texts: bool = True,
    published: Mapping[str, int] | None = None,
    progress: Progress | None = None,
    limits: Limits | None = None,
) -> Manifest:
    """Build a registry.

    Parameters
    ----------
    folder : Path
        Where; it must not exist, or be empty.
    batches : iterable of Items
        Of any sizes and in any order: the same items make the same files. Of two with the same
        source and id, on one site, the later counts.
    keep_texts : bool
        Whether it holds the items' texts, to be shown beside what matches them.
    published : mapping of str to int, or None
        How many items sources have in all, as far as somebody declares it.
    progress : callable or None
        Told the number of items in each batch that was taken in.
    limits : Limits or None
        What the build may use of the machine.

    Returns
    -------
    Manifest
        Of what `folder` now holds.

    Raises
    ------
    RegistryExists
        If `folder` is taken.
    RegistryError
        If there are no items, another process is building there, or the disk is full.
    """
    folder = _resolved(folder)
    with folders.new(folder) as staging:
        with workshop(staging, limits or Limits(), keep_texts=keep_texts) as shop:
            staged = _some(stage(batches, shop, 0, progress))
            manifest = _made(shop, staged, 0, SHIPPED_CHANCE)
        sources = declared(manifest.sources, published or {})
        manifest = replace(manifest, sources=sources)
        folders.publish(shop.out, manifest, folder)
    return manifest


def add(
    folder: Path,
    batches: Iterable[Items],
    *,
    addresses: Sequence[str] = (),
    published: Mapping[str, int] | None = None,
    progress: Progress | None = None,
    limits: Limits | None = None,
) -> Manifest:
    """Add items to a registry; those that it holds already change nothing.

    Parameters
    ----------
    folder : Path
        The registry. It keeps the new items' texts if it keeps those of the old.
    batches : iterable of Items
        As for `build`; a new item takes the place of one with the same source, site and id.
    addresses : sequence of str
        Of the dumps: what could not be read there before is unread only if it is so again.
    published : mapping of str to int, or None
        As for `build`; of other sources what was declared before.
    progress : callable or None
        Told the number of items in each batch that was taken in.
    limits : Limits or None
        What it may use of the machine.

    Returns
    -------
    Manifest
        Of what `folder` now holds.

    Raises
    ------
    RegistryNotFound
        If `folder` is not a registry.
    FingerprintMismatch
        If its items were fingerprinted in another way than new ones would be.
    DigestMismatch
        If one of its files is missing or altered.
    RegistryError
        If none of the records is an item, another process is adding to it, or the disk is full.
    """
    folder = _resolved(folder)
    with folders.existing(folder) as (staging, earlier):
        if earlier.parameters != fingerprint_parameters():
            raise mismatch(folder, earlier.parameters, fingerprint_parameters())
        files = map_files(folder / earlier.generation, earlier.files)
        check_files(files, earlier.files)
        folders.drop_others(folder, earlier)
        with workshop(staging, limits or Limits(), keep_texts=earlier.keeps_texts) as shop:
            rows = lay_earlier(files, earlier, shop)
            staged = stage(batches, shop, rows, progress)
            if staged.skipped or staged.unread:
                staged = _some(staged)
            skipped = merged(earlier.skipped, staged.skipped)
            kept = (one for one in earlier.unread if not _is_within(one.file, addresses))
            unread = merge_unread([*staged.unread, *kept])
            both = Staged(rows + staged.rows, skipped, unread)
            manifest = _made(shop, both, earlier.replaced, earlier.chance)
        sources = declared(manifest.sources, published or {}, earlier.sources)
        if manifest.digest == earlier.digest:
            restated = replace(earlier, sources=sources, unread=unread)
            if restated != earlier:
                folders.restate(staging, restated, folder)
            return restated
        manifest = replace(manifest, sources=sources)
        folders.succeed(shop.out / manifest.generation, manifest, folder)
    return manifest


def _is_within(path: str, addresses: Sequence[str]) -> bool:
    places = [_place(address) for address in addresses]
    return _place(path) in places or _place(path).startswith(tuple(f"{one}/" for one in places))


def _place(address: str) -> str:
    """Return where an address is, however it is spelt."""
    return address.rstrip("/") if "://" in address else os.path.abspath(address)


def _some(staged: Staged) -> Staged:
    """Refuse dumps in which there was no item."""
    if staged.rows:
        return staged
    if staged.unread:
        [first, *others] = staged.unread
        more = f"; nor can {len(others):,} more be read" if others else ""
        raise InputError(f"{first.file}: {first.reason}{more}", remedy=first.remedy)
    why = "; ".join(f"{one.count:,} in {one.file}: {one.reason}" for one in staged.skipped)
    is_encoding = {one.reason for one in staged.skipped} == {"not valid UTF-8"}
    raise RegistryError(
        f"the dumps hold no item that could be read ({why or 'they are empty'})",
        remedy="convert the dumps to UTF-8"
        if is_encoding
        else "check the dumps, --layout and --text-column",
    )


def _made(shop: Workshop, staged: Staged, replaced: int, chance: Chance) -> Manifest:
    ordered = order(shop.connection, shop.shelf, staged.rows)
    shop.clear(shop.keys)
    parameters = fingerprint_parameters()
    written = write_generation(ordered, shop, parameters)
    files = settle_files(shop.data)
    manifest = Manifest(
        digest=digest_of(parameters, chance, files),
        parameters=parameters,
        chance=chance,
        created=datetime.now(UTC).replace(microsecond=0),
        tool=__version__,
        sources=written.sources,
        items=written.items,
        tokens=written.tokens,
        postings=written.postings,
        files=files,
        skipped=staged.skipped,
        unread=staged.unread,
        replaced=replaced + staged.rows - written.items,
    )
    shop.data.rename(shop.out / manifest.generation)
    return manifest


def _resolved(folder: Path) -> Path:
    """Resolve links, and refuse a path that Arrow and DuckDB cannot open."""
    folder = Path(os.path.realpath(folder))
    if not is_utf8(folder):
        raise RegistryError(
            f"{str(folder)!r}: the path is not valid UTF-8", remedy="name a folder whose path is."
        )
    return folder
