"""Zip archives: a folder of files in one file."""

import zipfile

import fsspec
from fsspec.implementations.zip import ZipFileSystem

from provenance.errors import UnsupportedFormat
from provenance.read.files import reading

_MAGIC = b"PK\x03\x04"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Of other methods the library decompresses at once what 4 KB hold, which may be gigabytes."""
_ENCRYPTED = 0x1


def is_zip(system: fsspec.AbstractFileSystem, path: str) -> bool:
    """Whether a file is a zip archive, or is named as one and begins like it."""
    with system.open(path, "rb") as stream:
        begun = stream.read(len(_MAGIC)) == _MAGIC
        return begun and (path.lower().endswith(".zip") or zipfile.is_zipfile(stream))


def unzipped(system: fsspec.AbstractFileSystem, path: str, given: str) -> ZipFileSystem:
    """Open an archive as the folder that was packed into it.

    Parameters
    ----------
    system, path : fsspec.AbstractFileSystem, str
        Where it lies.
    given : str
        As the user named it, for errors.

    Raises
    ------
    UnsupportedFormat
        If a password, or a way of packing that we do not know, keeps its files from us.
    CorruptFile
        If it is damaged or cut short.
    """
    with reading(given, damage=(IndexError, ValueError)):
        folder = ZipFileSystem(system.open(path, "rb"))
    for member in folder.zip.infolist():
        if member.flag_bits & _ENCRYPTED or member.compress_type not in _METHODS:
            why = "needs a password" if member.flag_bits & _ENCRYPTED else "is packed in a rare way"
            raise UnsupportedFormat(
                f"{given}: {member.filename} in it {why}",
                remedy="unpack it first, and give what was in it.",
            )
    return folder
