"""Add opt-outs to a registry, or make a registry of them."""

from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa

from provenance.registry import registry_folder
from provenance.registry.build.registry_builder import (
    new_manifest,
    open_segments,
    resolve_folder,
)
from provenance.registry.manifest import MANIFEST, Manifest
from provenance.registry.segments.segment_set import NO_SEGMENTS
from provenance.registry.side_tables.opt_outs import load_opt_outs, make_opt_outs, merge_opt_outs


def add_opt_outs(
    folder: Path, addresses: pa.Array, *, reason: str | None = None, today: date | None = None
) -> tuple[Manifest, int]:
    """Add opt-outs to a registry; one without items is created if there is none.

    Parameters
    ----------
    folder : Path
        The registry.
    addresses : pyarrow.StringArray
        Domains and addresses, as in `OPT_OUTS`.
    reason : str or None
        Kept with them.
    today : date or None
        Day from which they count as known; None takes it from the clock.

    Returns
    -------
    manifest : Manifest
        Of the registry now.
    count : int
        Number of addresses that are new.

    Raises
    ------
    RegistryVersion, CorruptFile, DigestMismatch, RegistryError
        As for `extend_registry`.
    """
    folder = resolve_folder(folder)
    new = make_opt_outs(addresses, today or datetime.now(UTC).date(), reason)
    if not (folder / MANIFEST).exists():
        with registry_folder.staged_registry(folder) as staging:
            opt_outs = merge_opt_outs(new)
            manifest = new_manifest(staging, NO_SEGMENTS, keep_texts=False, opt_outs=opt_outs)
            registry_folder.publish_registry(staging, manifest, folder)
        return manifest, len(opt_outs)
    with registry_folder.staged_change(folder) as (staging, earlier):
        before = load_opt_outs(folder, earlier)
        opt_outs = merge_opt_outs(before, new)
        if len(opt_outs) == len(before):
            return earlier, 0
        manifest = new_manifest(
            staging,
            open_segments(folder),
            earlier,
            keep_texts=earlier.keeps_texts,
            opt_outs=opt_outs,
        )
        manifest = manifest.after(earlier)
        registry_folder.publish_change(staging, manifest, folder)
    return manifest, len(opt_outs) - len(before)
