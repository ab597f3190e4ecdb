"""Folders that files are written to: those of others in them are not replaced."""

import os
from collections.abc import Collection, Mapping
from pathlib import Path

from provenance.atomic_output import open_regular_file
from provenance.errors import OutputError
from provenance.model.json_encoding import SCHEMA_HEAD_BYTES, names_schema
from provenance.report.files.folder_replacement import MOVED, NEW, replace_files


def check_replaceable(
    folder: Path, names: Collection[str], mark: str, schema: str, option: str
) -> None:
    """Check that files of these names in a folder, if any, are of an earlier output.

    Parameters
    ----------
    folder : Path
        The folder; it need not exist.
    names : collection of str
        Names of the files that would be written.
    mark : str
        Name of the file that says what the folder is.
    schema : str
        The schema that it names.
    option : str
        The option that names the folder.

    Raises
    ------
    OutputError
        If they are not.
    """
    present = [
        name for name in names if os.path.lexists(folder / name) and not (folder / name).is_dir()
    ]
    if present:
        heads = (_head(folder / place / mark) for place in ("", NEW, MOVED))
        check_own_files(str(folder), present, next(filter(None, heads), b""), schema, option)


def write_folder(
    contents: Mapping[str, bytes],
    folder: Path,
    option: str,
    *,
    owned: Collection[str] = (),
    mark: str = "",
) -> None:
    """Write files into the folder that an option names, as `replace_files` does.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    try:
        replace_files(folder, contents, owned, mark)
    except OSError as error:
        raise OutputError(
            f"{folder} cannot be written: {error.strerror or error}",
            remedy=f"name another folder with {option}",
        ) from error


def check_own_files(
    folder: str, present: Collection[str], head: bytes, schema: str, option: str
) -> None:
    """Check that files that would be replaced are of an earlier output.

    Parameters
    ----------
    folder : str
        Where they are: a path or an address.
    present : collection of str
        Their names.
    head : bytes
        Beginning of the file that says what the folder is; empty if there is none.
    schema, option : str
        As for `check_replaceable`.

    Raises
    ------
    OutputError
        If there are any, and they are not.
    """
    if present and not names_schema(head, schema):
        raise OutputError(
            f"{folder} has a file {min(present)} that provenance did not write, and that would be "
            "replaced",
            remedy=f"name another folder with {option}, or move that file",
        )


def _head(path: Path) -> bytes:
    try:
        with open_regular_file(path) as stream:
            return stream.read(SCHEMA_HEAD_BYTES) or b""
    except OSError:
        return b""
