"""Temporary files: what is said where the folder for them cannot be written."""

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory, TemporaryFile
from typing import BinaryIO

from provenance.errors import OutputError


def temporary_file() -> BinaryIO:
    """Make a file that is gone when it is closed.

    Raises
    ------
    OutputError
        If none can be made.
    """
    with _told():
        return TemporaryFile()


def temporary_folder() -> "TemporaryDirectory[str]":
    """Make a folder that is gone when its context ends; as `temporary_file`."""
    with _told():
        return TemporaryDirectory()


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"no temporary file can be made: {error.strerror or error}",
            remedy="set TMPDIR to a folder that can be written",
        ) from error
