"""Zip archives: a folder of files in one file."""

import io
import zipfile
from typing import cast
from weakref import finalize

from fsspec.implementations.zip import ZipFileSystem

from provenance.errors import UnsupportedFormat
from provenance.read.corpus.file_access import File, translate_read_errors

_MAGIC = b"PK\x03\x04"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Of other methods the library decompresses at once what 4 KB hold, which may be gigabytes."""
_ENCRYPTED = 0x1


def is_zip(file: File) -> bool:
    """Whether a file is a zip archive, or is named as one and begins like it."""
    with file.open() as stream, translate_read_errors(file.told):
        begun = stream.read(len(_MAGIC)) == _MAGIC
        return begun and (file.path.lower().endswith(".zip") or zipfile.is_zipfile(stream))


def unzipped(file: File) -> ZipFileSystem:
    """Open an archive as the folder that was packed into it.

    Raises
    ------
    UnsupportedFormat
        If a password, or a way of packing that we do not know, keeps its files from us.
    CorruptFile
        If it is damaged or cut short.
    """
    stream = io.BufferedReader(cast("io.RawIOBase", file.open()))
    try:
        with translate_read_errors(file.told, damage=(IndexError, ValueError)):
            folder = ZipFileSystem(stream)
    except BaseException:
        stream.close()
        raise
    finalize(folder, stream.close)
    for member in folder.zip.infolist():
        if member.flag_bits & _ENCRYPTED or member.compress_type not in _METHODS:
            why = "needs a password" if member.flag_bits & _ENCRYPTED else "is packed in a rare way"
            raise UnsupportedFormat(
                f"{file.told}: {member.filename} in it {why}",
                remedy="unpack it first, and give what was in it.",
            )
    return folder
