"""Share the files of a segment with another registry, by hard links where these are possible."""

import os
from dataclasses import replace
from pathlib import Path

from provenance.atomic_output import sync_path
from provenance.registry.files.mapped_files import MappedFile, MappedSegment
from provenance.registry.manifest import DataFile, segment_digest


def without_file(segment: MappedSegment, name: str) -> MappedSegment:
    """Leave one file out of a segment."""
    files = tuple(file for file in segment.entry.files if file.name != name)
    if len(files) == len(segment.entry.files):
        return segment
    entry = replace(segment.entry, digest=segment_digest(files), files=files)
    return MappedSegment(entry, {file.name: segment.files[file.name] for file in files})


def share_segment(segment: MappedSegment, folder: Path) -> bool:
    """Link the files of a segment into the folder of a registry that is being made.

    A file is copied where it cannot be linked: to another file system, or because another process
    has removed it since it was mapped.

    Returns
    -------
    bool
        Whether all of them were linked.
    """
    own = folder / segment.entry.folder
    own.mkdir()
    linked = [_link(segment.files[file.name], file, own) for file in segment.entry.files]
    return all(linked)


def _link(file: MappedFile, entry: DataFile, folder: Path) -> bool:
    """Link a file into a folder; copy it, and return false, where that fails."""
    target = folder / entry.name
    try:
        os.link(file.path, target)
    except OSError:
        target.write_bytes(file.content())
        file.release()
        sync_path(target)
        return False
    return True
