"""Git's index: the files of a checkout that are tracked."""

import hashlib
import struct
from typing import NamedTuple

MAGIC = b"DIRC"
LINK, SUBMODULE, FOLDER = 0o120000, 0o160000, 0o040000
"""Kinds of entries that are no files; a folder stands for files of a sparse checkout."""

_VERSIONS = (2, 3, 4)
_SHORTENED = 4
"""The version in which a path is stored as the difference from the one before it."""
_HEAD = struct.Struct(">4sLL")
_EXTENSION = struct.Struct(">4sL")
_KIND = 0o170000
_MODE_OFFSET, _STATE_BYTES = 24, 40
_EXTENDED, _STAGE, _SKIP_WORKTREE = 0x4000, 0x3000, 0x4000
_SPLIT, _SPARSE = b"link", b"sdir"


class TrackedFile(NamedTuple):
    """An entry of the index.

    Parameters
    ----------
    path : bytes
        Relative to the root of the checkout.
    kind : int
        0o100000 for a file; else `LINK`, `SUBMODULE` or `FOLDER`.
    object_id : bytes
        Digest of the content, as git has it.
    size : int
        Bytes of the file as git last saw it.
    is_left_out : bool
        Whether a sparse checkout leaves the file out.
    is_in_conflict : bool
        Whether a merge has left several versions.
    """

    path: bytes
    kind: int
    object_id: bytes
    size: int = 0
    is_left_out: bool = False
    is_in_conflict: bool = False


class SplitIndexError(ValueError):
    """The index refers to another file for most of its entries."""


def parse_index(content: bytes, digest_name: str) -> list[TrackedFile]:
    """Return the entries of an index, in versions 2 to 4.

    Parameters
    ----------
    content : bytes
        The file.
    digest_name : str
        "sha1" or "sha256", as the repository names objects.

    Raises
    ------
    ValueError
        If it is damaged, or of another version.
    SplitIndexError
        If it refers to another file.
    """
    digest_bytes = hashlib.new(digest_name, usedforsecurity=False).digest_size
    end = len(content) - digest_bytes
    if end < _HEAD.size:
        raise ValueError("it ends within its head")
    magic, version, count = _HEAD.unpack_from(content)
    if magic != MAGIC or version not in _VERSIONS:
        raise ValueError(f"version {version} of the index is not known")
    stored = content[end:]
    if any(stored):  # with index.skipHash, git writes zeros
        found = hashlib.new(digest_name, content[:end], usedforsecurity=False).digest()
        if found != stored:
            raise ValueError("its digest is that of another content")
    place, path = _HEAD.size, b""
    entries = []
    for _ in range(count):
        try:
            entry, place = _parse_entry(content, place, path, version, digest_bytes)
        except (struct.error, IndexError) as error:
            raise ValueError("it ends within an entry") from error
        path = entry.path
        entries.append(entry)
    _check_extensions(content, place, end)
    return [*{entry.path: entry for entry in entries}.values()]  # of a conflict, one version


def _parse_entry(
    content: bytes, start: int, before: bytes, version: int, digest_bytes: int
) -> tuple[TrackedFile, int]:
    """Return the entry at `start`, and where the next one is; `before` is the path before it."""
    mode, _, _, size = struct.unpack_from(">4L", content, start + _MODE_OFFSET)
    place = start + _STATE_BYTES + digest_bytes
    object_id = content[start + _STATE_BYTES : place]
    (flags,) = struct.unpack_from(">H", content, place)
    place, more = place + 2, 0
    if flags & _EXTENDED:
        (more,) = struct.unpack_from(">H", content, place)
        place += 2
    kept = b""
    if version == _SHORTENED:
        removed, place = _parse_number(content, place)
        if removed > len(before):
            raise ValueError("a path in it is longer than the one before it")
        kept = before[: len(before) - removed]
    end = content.index(b"\0", place)
    path = kept + content[place:end]
    after = end + 1 if version == _SHORTENED else start + (end - start + 8 & ~7)
    entry = TrackedFile(
        path, mode & _KIND, object_id, size, bool(more & _SKIP_WORKTREE), bool(flags & _STAGE)
    )
    return entry, after


def _parse_number(content: bytes, place: int) -> tuple[int, int]:
    """Return a number of variable length, as in packs, and where it ends."""
    byte = content[place]
    value = byte & 0x7F
    while byte & 0x80:
        place += 1
        byte = content[place]
        value = ((value + 1) << 7) | (byte & 0x7F)
        if value > len(content):
            raise ValueError("a number in it is too large")
    return value, place + 1


def _check_extensions(content: bytes, place: int, end: int) -> None:
    while place + _EXTENSION.size <= end:
        name, size = _EXTENSION.unpack_from(content, place)
        if name == _SPLIT:
            raise SplitIndexError("it refers to another file")
        if not name[:1].isupper() and name != _SPARSE:
            raise ValueError(f"its extension {name!r} is not known")
        place += _EXTENSION.size + size
    if place != end:
        raise ValueError("its entries end elsewhere than the file")
