"""Datasets saved by `save_to_disk` of the `datasets` library: Arrow files listed in JSON.

The library itself memory-maps such files without validation; they are read as any Arrow file here.
"""

import json
import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from fsspec.implementations.local import LocalFileSystem

from provenance.atomic_output import read_small_file
from provenance.errors import CorruptFile, DatasetNotFound
from provenance.read.corpus.address_resolution import AddressFiles
from provenance.read.corpus.file_access import File, translate_read_errors

T = TypeVar("T")

_STATE, _FEATURES, _INDEX = "state.json", "dataset_info.json", "dataset_dict.json"
_MAX_JSON_BYTES = 1 << 24
"""Largest size of each JSON file."""


def is_saved(path: str) -> bool:
    """Return whether a folder was written by `save_to_disk`."""

    def has(name: str) -> bool:
        return os.path.isfile(os.path.join(path, name))

    return has(_INDEX) or (has(_STATE) and has(_FEATURES))


def saved_files(path: str, split: str | None) -> AddressFiles:
    """Return the Arrow files of a saved dataset.

    Parameters
    ----------
    path : str
        The folder.
    split : str or None
        The split to read, if there are several; None reads all.

    Returns
    -------
    AddressFiles
        Names are relative to `path`.

    Raises
    ------
    DatasetNotFound
        If there is no such split, or a file is missing.
    CorruptFile
        If the JSON that lists the files is damaged.
    """
    index = os.path.join(path, _INDEX)
    if os.path.isfile(index):
        names = _plain_names(_read_json(index).get("splits"), index)
        folders = {name: os.path.join(path, name) for name in names}
    else:
        # A dataset that was saved alone may have recorded the split it came from.
        folders = {str(_read_json(os.path.join(path, _STATE)).get("_split") or "all"): path}
    split_folders = choose_splits(folders, split, path).values()
    return AddressFiles(
        tuple(_arrow_file(file, path) for folder in split_folders for file in _arrow_files(folder))
    )


def choose_splits(splits: Mapping[str, T], split: str | None, name: str) -> dict[str, T]:
    """Return the chosen split of the dataset `name`, or all splits if none is chosen.

    Raises
    ------
    DatasetNotFound
        If there is no such split.
    """
    if split is None:
        return dict(splits)
    if split not in splits:
        matches = get_close_matches(split, list(splits), n=1)
        raise DatasetNotFound(
            f"{name}: there is no split {split!r}; the dataset has {sorted(splits)}",
            remedy=f"did you mean --split {matches[0]}?" if matches else "choose one with --split.",
        )
    return {split: splits[split]}


def _arrow_files(folder: str) -> list[str]:
    state = os.path.join(folder, _STATE)
    data_files = _read_json(state).get("_data_files")
    entries = data_files if isinstance(data_files, list) else [None]
    names = [entry.get("filename") if isinstance(entry, dict) else None for entry in entries]
    return [os.path.join(folder, name) for name in _plain_names(names, state)]


def _arrow_file(path: str, root: str) -> File:
    size = os.path.getsize(path) if os.path.exists(path) else 0  # opening it raises the error
    name = os.path.relpath(path, root).replace(os.sep, "/")
    absolute_path = os.path.abspath(path)
    return File(
        name, absolute_path, size, LocalFileSystem(), "arrow", given_path=os.path.relpath(path)
    )


def _read_json(path: str) -> dict[str, object]:
    with translate_read_errors(path, damage=(ValueError, RecursionError)):
        content = json.loads(read_small_file(Path(path), _MAX_JSON_BYTES))
    if not isinstance(content, dict):
        raise _damaged_error(path)
    return content


def _plain_names(value: object, path: str) -> list[str]:
    """Validate a list of names of files or folders next to the file at `path`."""
    names = [name for name in value if _is_plain(name)] if isinstance(value, list) else []
    if not isinstance(value, list) or len(names) < len(value):
        raise _damaged_error(path)
    return names


def _is_plain(name: object) -> bool:
    """Return whether a name stays within its folder."""
    return isinstance(name, str) and name not in {"", ".", ".."} and os.path.basename(name) == name


def _damaged_error(path: str) -> CorruptFile:
    return CorruptFile(
        f"{path}: it does not list the files of a saved dataset", remedy="save the dataset again."
    )
