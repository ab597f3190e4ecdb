"""Where files are written again: what goes wrong there is not taken for damage of what is read."""

import io
from pathlib import Path
from typing import BinaryIO, cast


class UnwritableError(Exception):
    """A file cannot be written; the cause is the system's error.

    It is no `OSError`, of which those who read a file would say that the file is damaged.
    """


class _Sink(io.FileIO):
    def write(self, data: bytes | memoryview) -> int:  # type: ignore[override]
        try:
            return super().write(data)
        except OSError as error:
            raise UnwritableError from error


def new_file(path: Path) -> BinaryIO:
    """Open a file that is not there yet for writing.

    Raises
    ------
    UnwritableError
        Whoever writes to it, if that fails.
    """
    return cast("BinaryIO", io.BufferedWriter(_Sink(path, "xb"), 1 << 16))
