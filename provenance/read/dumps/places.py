"""Which files a dump is made of."""

import fnmatch
from collections.abc import Iterable
from dataclasses import replace

import fsspec

from provenance.errors import CorruptFile, DatasetNotFound, UnsupportedFormat
from provenance.read.addresses import file_system, missing, reaching
from provenance.read.compression import compression_of, named_compression
from provenance.read.files import File, reading
from provenance.read.formats import METADATA, named_format
from provenance.read.zipped import is_zip, unzipped

ARCHIVE = ("tweets.js", "tweet.js", "tweets-part*.js", "tweet-part*.js", "note-tweet.js")
EXCHANGE = ("posts.xml", "comments.xml")
STREAMS = ("rc_*", "rs_*")
_PASSED_OVER = b"\x2a\x4d\x18"
"""What stands behind the first byte of a frame that zstd passes over."""


def files_at(address: str) -> list[File]:
    """Return the file at an address, or a folder's files that hold items.

    Raises
    ------
    DatasetNotFound
        If nothing is there.
    UnsupportedFormat
        If a folder holds no file of a layout we read, or nobody knows how to reach the address.
    """
    system, place = file_system(address)
    with reaching(address):
        if not system.exists(place):
            raise missing(address)
        if system.isdir(place):
            return _of_folder(system, place, address)
        if is_zip(system, place):
            return _of_folder(unzipped(system, place, address), "", address)
        return [_file(system, place, place.rpartition("/")[2], address)]


def _of_folder(system: fsspec.AbstractFileSystem, place: str, address: str) -> list[File]:
    inside = sorted(str(path) for path in system.find(place))
    chosen = _chosen(inside)
    if not chosen:
        kind = UnsupportedFormat if inside else DatasetNotFound
        raise kind(
            f"{address}: it holds no dump that we read, in {len(inside)} files",
            remedy="give the files themselves: tables, tweets.js, Posts.xml, RC_*.zst.",
        )
    names = [path[len(place) :].lstrip("/") for path in chosen]
    folder = address.rstrip("/")
    return [
        _file(system, path, name, f"{folder}/{name}")
        for path, name in zip(chosen, names, strict=True)
    ]


def _chosen(paths: Iterable[str]) -> list[str]:
    """Choose an archive's posts where it is one; else every table and stream."""
    for patterns in (ARCHIVE, EXCHANGE):
        if found := [path for path in paths if _fits(path, patterns)]:
            return found
    return [path for path in paths if _fits(path, STREAMS) or _is_table(path)]


def _is_table(path: str) -> bool:
    name = path.rpartition("/")[2]
    form = named_format(name)
    return form is not None and form[0] != "text" and name not in METADATA and name[0] not in "._"


def _fits(path: str, patterns: Iterable[str]) -> bool:
    name = path.rpartition("/")[2].lower()
    inner = name.rpartition(".")[0] if named_compression(name) else name
    return any(fnmatch.fnmatchcase(inner, pattern) for pattern in patterns)


def _file(system: fsspec.AbstractFileSystem, place: str, name: str, given: str) -> File:
    with reading(given):
        size = int(system.info(place)["size"] or 0)
    file = File(name, place, size, system, given=given)
    with file.open() as stream, reading(given):
        head = stream.read(8)
    found, said = compression_of(head), named_compression(place)
    if found is None and said is not None:
        if said != "zst" or head[1:4] != _PASSED_OVER:
            raise CorruptFile(
                f"{given}: named as .{place.rpartition('.')[2]}, and does not begin as such a file "
                "does",
                remedy="fetch it again, or give it the name of what it is.",
            )
        found = said
    return replace(file, compression=found)
