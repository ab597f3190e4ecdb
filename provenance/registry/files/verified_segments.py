"""Segments that were verified on this machine before.

Reading all bytes of a registry takes seconds where opening it takes milliseconds. So a segment
whose digests were checked is remembered with the inode, size and times of its files, and not read
again while these stand. Any write changes them: a file's change time cannot be set. What changes
below the file system, such as a bit on a failing disk, is found by `registry verify`, and by
`check --verify`.
"""

import json
from pathlib import Path

from blake3 import blake3

from provenance.disk_cache import load_entry, remove_entry, store_entry
from provenance.errors import ProvenanceError
from provenance.registry.files.mapped_files import MappedSegment, map_registry


def file_states(segment: MappedSegment) -> bytes:
    """Return the states of a segment's files, to be taken before they are verified.

    Empty if a file is gone: another process has changed the registry.
    """
    try:
        states = [
            (name, state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns)
            for name, file in sorted(segment.files.items())
            for state in [file.path.stat()]
        ]
    except OSError:
        return b""
    [key_id] = {file.key_id for file in segment.files.values()}
    keyed = [key_id] if key_id else []  # decrypted with another key, it would be another segment
    return json.dumps([segment.entry.digest, states, *keyed]).encode()


def is_verified(segment: MappedSegment, states: bytes) -> bool:
    """Return whether a segment was verified when its files had these states."""
    return bool(states) and load_entry(_entry_name(segment), states) is not None


def remember_verified(segment: MappedSegment, states: bytes) -> None:
    """Remember that a segment, whose files had these states, is intact."""
    if states:
        store_entry(_entry_name(segment), states, b"")


def remember_linked(original: MappedSegment, before: bytes, linked: MappedSegment) -> None:
    """Remember of two segments that share their files what was known of one.

    Parameters
    ----------
    original : MappedSegment
        The segment.
    before : bytes
        The states of its files before they were linked, which changes the time of their inodes.
    linked : MappedSegment
        The other, with the same files or some of them.
    """
    if is_verified(original, before):
        remember_verified(original, file_states(original))
        remember_verified(linked, file_states(linked))


def forget_verified(folder: Path) -> None:
    """Forget that the segments of a registry are intact; one that cannot be read is left alone."""
    try:
        segments = map_registry(folder).segments
    except (ProvenanceError, OSError):
        return
    for segment in segments:
        remove_entry(_entry_name(segment))


def _entry_name(segment: MappedSegment) -> str:
    [path, *_] = (file.path.resolve().parent for file in segment.files.values())
    place = blake3(str(path).encode("utf-8", "surrogateescape")).hexdigest(length=8)
    return f"verified-{segment.entry.digest[:16]}-{place}"
