"""Temporary files and folders, with an error that names TMPDIR where they cannot be created."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryFile, gettempdir
from typing import BinaryIO

from provenance import atomic_output
from provenance.errors import OutputError


def temporary_file() -> BinaryIO:
    """Create a file that is removed when it is closed.

    Raises
    ------
    OutputError
        If it cannot be created.
    """
    with _translate_errors():
        return TemporaryFile()


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Create a folder that is removed with its context, or by the next run after a crash.

    Raises
    ------
    OutputError
        If it cannot be created.
    """
    with ExitStack() as stack:
        with _translate_errors():
            folder = stack.enter_context(atomic_output.temporary_folder(Path(gettempdir()), 0o700))
        yield folder


@contextmanager
def storage_errors() -> Iterator[None]:
    """Raise `OutputError` where a temporary file cannot be written or read."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"the temporary files in {gettempdir()} cannot be used: {error.strerror or error}",
            remedy="free space there, or name another folder in TMPDIR",
        ) from error


@contextmanager
def _translate_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"no temporary file can be created: {error.strerror or error}",
            remedy="set TMPDIR to a writable folder",
        ) from error
