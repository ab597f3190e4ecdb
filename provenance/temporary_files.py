"""Temporary files: what is said where the folder for them cannot be written."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryFile, gettempdir
from typing import BinaryIO

from provenance import atomic_output as atomic
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


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Lend a folder that is gone when its context ends, or when the next run sweeps it.

    Raises
    ------
    OutputError
        If none can be made.
    """
    with ExitStack() as stack:
        with _told():
            made = stack.enter_context(atomic.temporary_folder(Path(gettempdir()), 0o700))
        yield made


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"no temporary file can be made: {error.strerror or error}",
            remedy="set TMPDIR to a folder that can be written",
        ) from error
