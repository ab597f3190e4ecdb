"""Zip archives as folders of files."""

import io
import zipfile
from typing import BinaryIO, cast
from weakref import finalize

from fsspec.implementations.zip import ZipFileSystem

from provenance.errors import UnsupportedFormat
from provenance.read.corpus.file_access import File, translate_read_errors

_MAGIC = b"PK\x03\x04"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Supported methods; with others, `zipfile` may expand a read of 4 KB to gigabytes at once."""
_ENCRYPTED = 0x41
_PATCHED = 0x20
"""Bits of a member's flags: encrypted, or strongly encrypted; made of patches to other data."""


def is_zip(file: File) -> bool:
    """Return whether a file is a zip archive, or is named and begins like one."""
    with file.open() as stream, translate_read_errors(file.display_path):
        has_magic = stream.read(len(_MAGIC)) == _MAGIC
        return has_magic and (file.path.lower().endswith(".zip") or zipfile.is_zipfile(stream))


def fetch_end(stream: BinaryIO) -> None:
    """Read the last byte of an archive, because `zipfile` takes failures to fetch it for damage."""
    stream.seek(-1, io.SEEK_END)
    stream.read(1)


def open_zip(file: File) -> ZipFileSystem:
    """Open an archive as a file system.

    Raises
    ------
    UnsupportedFormat
        If a member is encrypted, patched data, or compressed with an unsupported method.
    CorruptFile
        If it is damaged or cut short.
    """
    stream = io.BufferedReader(cast("io.RawIOBase", file.open()))
    try:
        with translate_read_errors(
            file.display_path, damage=(IndexError, ValueError, RuntimeError)
        ):
            fetch_end(stream)
            folder = ZipFileSystem(stream)
    except BaseException:
        stream.close()
        raise
    finalize(folder, stream.close)
    for member in folder.zip.infolist():
        if (obstacle := _obstacle(member)) is not None:
            raise UnsupportedFormat(
                f"{file.display_path}: {member.filename} in it {obstacle}",
                remedy="unpack it, and give the unpacked files.",
            )
    return folder


def _obstacle(member: zipfile.ZipInfo) -> str | None:
    """Return why a member cannot be read, if it cannot."""
    if member.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if member.flag_bits & _PATCHED:
        return "is patched data"
    if member.compress_type not in _METHODS:
        return "uses an unsupported compression method"
    return None
