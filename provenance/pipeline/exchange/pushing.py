"""Push a registry to an address: only what is not there already, the manifest last.

Files are named by digest and never change, so that a push that was interrupted continues, and that
who reads meanwhile sees the registry as it was or as it is afterwards.

What a push writes, and what it is going to remove, is listed at the address as long as it lasts
(`sending-*.json`): if it is killed, the next one knows its files. Others' files are never removed.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from provenance.errors import RegistryError
from provenance.model.short_repr import short_repr
from provenance.pipeline.exchange.checkpoint import day_after, today
from provenance.pipeline.exchange.registry_address import RegistryAddress
from provenance.pipeline.execution.progress import show_progress
from provenance.registry.files.data_files import check_files
from provenance.registry.files.mapped_files import MappedFile, MappedRegistry, map_registry
from provenance.registry.manifest import (
    DAMAGE_ERRORS,
    MANIFEST,
    DataFile,
    Manifest,
    parse_manifest,
    read_manifest_bytes,
)
from provenance.registry.registry_folder import signature_name, state_fresh_until
from provenance.registry.segments.pending_rewrites import pending_rewrites
from provenance.registry.segments.segment_set import SegmentSet
from provenance.registry.side_tables.statuses import read_statuses

_SENDING_LIST = r"sending-[0-9a-f]{16}\.json"
_PLACE = r"(segment-[0-9a-f]{16}/)?[a-z]+(-[0-9a-f]+)?\.(parquet|npy|json)"
"""Of a file that a push writes."""


@dataclass(frozen=True, slots=True)
class Push:
    """Outcome of a push.

    Parameters
    ----------
    manifest : Manifest
        Of the registry.
    sent, sent_bytes : int
        Number and size of the data files that were sent.
    present : int
        Number of data files that were there.
    removed : int
        Number of files that the registry does not have any more, and were removed.
    is_signed : bool
        Whether the registry is signed.
    """

    manifest: Manifest
    sent: int
    sent_bytes: int
    present: int
    removed: int
    is_signed: bool

    __repr__ = short_repr


def push(
    folder: Path,
    address: str,
    *,
    fresh_days: int | None = None,
    verify: bool = False,
    quiet: bool = True,
) -> Push:
    """Publish a registry at an address, or the changes since it was published there.

    Parameters
    ----------
    folder : Path
        The registry.
    address : str
        Where to.
    fresh_days : int or None
        Number of days from now for which copies count as fresh; None leaves that as it is.
    verify : bool
        Whether to read the files that are there, and send the damaged ones again. Otherwise, on
        other machines, one of the right size counts as intact.
    quiet : bool
        Show no progress.

    Raises
    ------
    RegistryNotFound, RegistryVersion, CorruptFile, DigestMismatch
        If `folder` is not a registry, or is damaged.
    RegistryError
        If withdrawn items are still in its files, the registry at the address is newer or another
        one, or one of the two cannot be read or written.
    """
    if fresh_days is not None:
        _state_freshness(folder, fresh_days)
    content, mapped = _map_with_manifest(folder)
    _require_rewritten(folder, mapped)
    target = RegistryAddress.of(address)
    before = target.read(MANIFEST)
    if before is not None and before != content:
        _require_succession(folder, mapped.manifest, address, parse_manifest(before, address))
    files = _files(mapped)
    sizes = target.sizes()
    missing = _missing(target, files, sizes, verify=verify)
    listed = {place for place, *_ in files} | {signature_name(content), MANIFEST}
    written = {place for place, *_ in missing} | (_written_by(before, address) & {*sizes} - listed)
    _write_sending_list(target, content, written)
    total = sum(file.bytes for _, file, _ in missing)
    with show_progress("sending", total, "B", quiet=quiet) as progress:
        for place, file, data in missing:
            check_files({file.name: data}, [file])
            with memoryview(data.stored()) as view:  # a keyed copy stays encrypted
                target.put(place, view, progress.advance)
            data.release()
    is_signed = _push_signature(folder, content, target)
    if before != content:
        if target.read(MANIFEST) != before:
            raise RegistryError(
                f"somebody else has pushed to {address} meanwhile",
                remedy="push again, if yours is the later version",
            )
        with memoryview(content) as view:
            target.put(MANIFEST, view, lambda _: None)
    removed = _remove_unlisted(target, content, listed)
    return Push(mapped.manifest, len(missing), total, len(files) - len(missing), removed, is_signed)


def _state_freshness(folder: Path, days: int) -> None:
    day = day_after(days)
    content = read_manifest_bytes(folder)
    is_stated = parse_manifest(content, folder).fresh_until == day
    if (folder / signature_name(content)).exists() and not is_stated:
        raise RegistryError(
            f"{folder} is signed, and a new day until which it is fresh would void the signature",
            remedy="state it when you sign: provenance registry sign --fresh-for DAYS",
        )
    state_fresh_until(folder, day)


def _map_with_manifest(folder: Path) -> tuple[bytes, MappedRegistry]:
    """Map a registry, and read the manifest that it was mapped by."""
    while True:
        content = read_manifest_bytes(folder)
        mapped = map_registry(folder, as_stored=True)
        if parse_manifest(content, folder) == mapped.manifest:
            return content, mapped


def _require_rewritten(folder: Path, mapped: MappedRegistry) -> None:
    """Raise an error if files still have withdrawn items: they must not leave the machine."""
    if mapped.manifest.key_id:
        return  # a keyed copy never has them
    statuses = read_statuses(mapped.statuses, [each.entry.items for each in mapped.segments])
    pending = pending_rewrites(SegmentSet(mapped.segments, statuses), None, today())
    if pending:
        number = sum(each.items for each in pending)
        raise RegistryError(
            f"the files of {folder} still have {number:,} withdrawn items",
            remedy=f"rewrite them first: provenance registry remove {folder} --purge",
        )


def _require_succession(folder: Path, ours: Manifest, address: str, theirs: Manifest) -> None:
    sources, others = ({each.source for each in manifest.sources} for manifest in (ours, theirs))
    if sources and others and not sources & others:
        raise RegistryError(
            f"{address} has a registry of {', '.join(sorted(others))}; {folder} is of "
            f"{', '.join(sorted(sources))}",
            remedy="push it to an address of its own",
        )
    if theirs.created > ours.created:
        raise RegistryError(
            f"the registry at {address}, of {theirs.created:%Y-%m-%d %H:%M:%S}, is newer than "
            f"{folder}, of {ours.created:%Y-%m-%d %H:%M:%S}",
            remedy=f"pull it first; or, if {folder} is right, make it the newer one by stating "
            "anew for how long it is fresh: --fresh-for DAYS",
        )


def _files(mapped: MappedRegistry) -> list[tuple[str, DataFile, MappedFile]]:
    """Return all data files, with their places."""
    return [
        *(
            (f"{segment.entry.folder}/{file.name}", file, segment.files[file.name])
            for segment in mapped.segments
            for file in segment.entry.files
        ),
        *((file.name, file, mapped.tables[file.name]) for file in mapped.manifest.tables),
    ]


def _missing(
    target: RegistryAddress,
    files: list[tuple[str, DataFile, MappedFile]],
    sizes: Mapping[str, int],
    *,
    verify: bool,
) -> list[tuple[str, DataFile, MappedFile]]:
    """Return the files that are not at an address, or not whole."""
    compare = verify or target.is_local
    return [
        (place, file, data)
        for place, file, data in files
        if sizes.get(place) != file.bytes or (compare and target.digest(place) != file.blake3)
    ]


def _push_signature(folder: Path, content: bytes, target: RegistryAddress) -> bool:
    name = signature_name(content)
    there = target.read(name)
    try:
        signature = (folder / name).read_bytes()
    except FileNotFoundError:
        return there is not None
    if there != signature:
        with memoryview(signature) as view:
            target.put(name, view, lambda _: None)
    return True


def _written_by(manifest: bytes | None, address: str) -> set[str]:
    """Return the files that the push of a manifest wrote, beside that."""
    if manifest is None:
        return set()
    places = parse_manifest(manifest, address).places
    return {place for place, _ in places} | {signature_name(manifest)}


def _write_sending_list(target: RegistryAddress, content: bytes, written: set[str]) -> None:
    """List at an address the files that are not to stay there if a push is killed."""
    name = f"sending-{hashlib.sha256(content).hexdigest()[:16]}.json"
    listed = _read_sending_list(target, name)
    if written - listed:
        text = json.dumps(sorted(written | listed), indent=0) + "\n"
        with memoryview(text.encode()) as view:
            target.put(name, view, lambda _: None)


def _read_sending_list(target: RegistryAddress, name: str) -> set[str]:
    try:
        places = json.loads(target.read(name) or b"[]")
        return {place for place in places if re.fullmatch(_PLACE, place)}
    except DAMAGE_ERRORS:  # a push was killed while it wrote it, and had sent nothing
        return set()


def _remove_unlisted(target: RegistryAddress, content: bytes, listed: set[str]) -> int:
    """Remove files of earlier versions: they may have items that were withdrawn since."""
    present = set(target.sizes())
    lists = {name for name in present if re.fullmatch(_SENDING_LIST, name)}
    if not lists:
        return 0
    written = set[str]().union(*(_read_sending_list(target, name) for name in lists))
    unlisted = written & present - listed
    if target.read(MANIFEST) != content:
        return 0  # somebody else pushes: they are theirs
    for name in (*sorted(unlisted), *sorted(lists)):
        target.remove(name)
    return len(unlisted)
