"""Unpack the sample data that the package ships."""

import os
import shutil
from importlib.resources import as_file, files
from pathlib import Path

from provenance.atomic_output import replace_folder
from provenance.errors import OutputError


def unpack_sample(folder: Path) -> tuple[str, ...]:
    """Copy the sample to a new folder, atomically.

    Parameters
    ----------
    folder : Path
        Must not exist.

    Returns
    -------
    tuple of str
        Names of its files.

    Raises
    ------
    OutputError
        If the folder exists, or cannot be written.
    """
    if os.path.lexists(folder):
        raise OutputError(f"{folder} already exists", remedy="name another folder with --output")
    try:
        with (
            as_file(files("provenance").joinpath("sample")) as source,
            replace_folder(folder.absolute()) as target,
        ):
            shutil.copytree(source, target, dirs_exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"{folder} cannot be written: {error.strerror}",
            remedy="name a folder whose parent exists and is writable, with --output",
        ) from error
    return tuple(sorted(path.name for path in folder.iterdir()))
