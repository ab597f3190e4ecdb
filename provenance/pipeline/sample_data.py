"""Unpack the sample data that the package ships."""

import filecmp
import os
import shutil
from importlib.resources import as_file, files
from pathlib import Path

from provenance.atomic_output import replace_folder
from provenance.errors import OutputError


def unpack_sample(folder: Path) -> tuple[str, ...]:
    """Copy the sample to a new folder, atomically; a folder that has it already is left as it is.

    Parameters
    ----------
    folder : Path
        Must not exist, or have the sample.

    Returns
    -------
    tuple of str
        Names of its files.

    Raises
    ------
    OutputError
        If the folder exists, or cannot be written.
    """
    try:
        with as_file(files("provenance").joinpath("sample")) as source:
            if not _has_all(folder, source):
                if os.path.lexists(folder):
                    raise OutputError(
                        f"{folder} already exists", remedy="name another folder with --output"
                    )
                with replace_folder(folder.absolute()) as target:
                    shutil.copytree(source, target, dirs_exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"{folder} cannot be written: {error.strerror}",
            remedy="name a folder whose parent exists and is writable, with --output",
        ) from error
    return tuple(sorted(path.name for path in folder.iterdir()))


def _has_all(folder: Path, source: Path) -> bool:
    """Return whether a folder has all files of another, as they are there."""
    names = os.listdir(source)
    return filecmp.cmpfiles(source, folder, names, shallow=False)[0] == names
