"""Output files whose write errors are kept apart from errors of the input."""

import io
from pathlib import Path
from typing import BinaryIO, cast


class UnwritableError(Exception):
    """A file cannot be written; the cause is the system's error.

    Not an `OSError`, which would be taken for damage of the file that is being read.
    """


class _OutputFile(io.FileIO):
    def write(self, data: bytes | memoryview) -> int:  # type: ignore[override]
        try:
            return super().write(data)
        except OSError as error:
            raise UnwritableError from error


def create_file(path: Path) -> BinaryIO:
    """Create a file for writing; raises `FileExistsError` if it exists.

    Raises
    ------
    UnwritableError
        On writing to it, if that fails.
    """
    return cast("BinaryIO", io.BufferedWriter(_OutputFile(path, "xb"), 1 << 16))
