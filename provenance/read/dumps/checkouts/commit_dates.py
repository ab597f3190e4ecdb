"""Dates of commits, from the objects of a repository.

dulwich would take the place of this module, but not of `index_file`: it passes over the mark of an
index that is split, and so over most of its files. For damaged packs it raises `AssertionError` and
`struct.error`, so that its callers have to catch everything.
"""

import os
import re
import struct
import zlib
from typing import BinaryIO

_MAX_COMMIT_BYTES = 1 << 20
_MAX_PACKS = 1000
_MAX_DELTAS = 50
_PACK_INDEX = b"\xfftOc\0\0\0\2"
_FANOUT_BYTES = 256 * 4
_COMMIT, _OFFSET_DELTA, _ID_DELTA = 1, 6, 7
_LARGE = 1 << 31
_COMMITTER = re.compile(rb"^committer .*> (\d{1,12}) [+-]\d{4}$", re.MULTILINE)


def commit_date(objects: str, commit: str) -> int | None:
    """Return when a commit was made, in seconds since 1970; None if its object cannot be read.

    Parameters
    ----------
    objects : str
        The folder `objects` of a repository.
    commit : str
        Its identifier.
    """
    try:
        content = _loose(objects, commit) or _packed(objects, bytes.fromhex(commit))
    except (OSError, ValueError, IndexError, struct.error, zlib.error):
        return None
    found = None if content is None else _COMMITTER.search(content.partition(b"\n\n")[0])
    return None if found is None else int(found[1])


def _loose(objects: str, commit: str) -> bytes | None:
    path = os.path.join(objects, commit[:2], commit[2:])
    if not os.path.isfile(path):
        return None
    with open(path, "rb") as stream:
        return _inflate(stream).partition(b"\0")[2]


def _packed(objects: str, object_id: bytes) -> bytes | None:
    folder = os.path.join(objects, "pack")
    if not os.path.isdir(folder):
        return None
    names = sorted(name for name in os.listdir(folder) if name.endswith(".idx"))
    for name in names[:_MAX_PACKS]:
        path = os.path.join(folder, name)
        pack_path = f"{path.removesuffix('.idx')}.pack"
        if not (os.path.isfile(path) and os.path.isfile(pack_path)):
            continue
        with open(path, "rb") as index:
            offset = _find(index, object_id)
        if offset is not None:
            with open(pack_path, "rb") as pack:
                return _object_at(pack, offset, path, len(object_id), 0)
    return None


def _find(index: BinaryIO, object_id: bytes) -> int | None:
    """Return the place of an object in a pack, from the index of the pack in version 2."""
    head = index.read(len(_PACK_INDEX) + _FANOUT_BYTES)
    if not head.startswith(_PACK_INDEX):
        return None
    counts = struct.unpack_from(">256L", head, len(_PACK_INDEX))
    low, high, total = (
        counts[object_id[0] - 1] if object_id[0] else 0,
        counts[object_id[0]],
        counts[-1],
    )
    names, width = len(head), len(object_id)
    while low < high:
        middle = (low + high) // 2
        index.seek(names + middle * width)
        found = index.read(width)
        if found == object_id:
            offsets = names + total * (width + 4)
            offset = _number(index, offsets + 4 * middle, 4)
            if offset & _LARGE:
                offset = _number(index, offsets + 4 * total + 8 * (offset ^ _LARGE), 8)
            return offset
        low, high = (middle + 1, high) if found < object_id else (low, middle)
    return None


def _number(index: BinaryIO, place: int, size: int) -> int:
    index.seek(place)
    return int.from_bytes(index.read(size), "big")


def _object_at(
    pack: BinaryIO, offset: int, index_path: str, width: int, depth: int
) -> bytes | None:
    """Return a commit in a pack; it may be stored as the difference from another one."""
    if depth > _MAX_DELTAS:
        return None
    pack.seek(offset)
    byte = pack.read(1)[0]
    kind = byte >> 4 & 7
    while byte & 0x80:
        byte = pack.read(1)[0]
    if kind == _COMMIT:
        return _inflate(pack)
    if kind == _OFFSET_DELTA:
        byte = pack.read(1)[0]
        distance = byte & 0x7F
        while byte & 0x80:
            byte = pack.read(1)[0]
            distance = (distance + 1) << 7 | byte & 0x7F
        base_offset: int | None = offset - distance
    elif kind == _ID_DELTA:
        with open(index_path, "rb") as index:
            base_offset = _find(index, pack.read(width))
    else:
        return None
    delta = _inflate(pack)
    if base_offset is None or not 0 < base_offset < offset + _LARGE:
        return None
    base = _object_at(pack, base_offset, index_path, width, depth + 1)
    return None if base is None else _apply(delta, base)


def _inflate(stream: BinaryIO) -> bytes:
    """Return what is compressed from here on, up to the limit."""
    decompressor, content = zlib.decompressobj(), b""
    while not decompressor.eof and len(content) < _MAX_COMMIT_BYTES:
        piece = stream.read(1 << 14)
        if not piece:
            break
        content += decompressor.decompress(piece, _MAX_COMMIT_BYTES)
    return content


def _apply(delta: bytes, base: bytes) -> bytes:
    """Return the object that a difference makes of another one."""
    place = 0
    for _ in range(2):  # the sizes of both
        while delta[place] & 0x80:
            place += 1
        place += 1
    pieces: list[bytes] = []
    size = 0
    while place < len(delta) and size < _MAX_COMMIT_BYTES:
        code, place = delta[place], place + 1
        if code & 0x80:
            values = []
            for bits in (range(4), range(4, 7)):  # of the place, and of the length
                present = [code >> bit & 1 for bit in bits]
                count = sum(present)
                given = iter(delta[place : place + count])
                place += count
                values.append(
                    sum(next(given) << 8 * n for n, is_given in enumerate(present) if is_given)
                )
            start, length = values[0], values[1] or 0x10000
            pieces.append(base[start : start + length])
        else:
            pieces.append(delta[place : place + code])
            place += code
        size += len(pieces[-1])
    return b"".join(pieces)
