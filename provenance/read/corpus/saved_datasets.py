"""Datasets that `save_to_disk` of the `datasets` library wrote: Arrow files, and JSON naming them.

The library itself maps such files, and trusts what is in them.
"""

import json
import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from fsspec.implementations.local import LocalFileSystem

from provenance.atomic_output import read_small
from provenance.errors import CorruptFile, DatasetNotFound
from provenance.read.corpus.address_resolution import Found
from provenance.read.corpus.file_access import File, reading

T = TypeVar("T")

_STATE, _FEATURES, _INDEX = "state.json", "dataset_info.json", "dataset_dict.json"
_MOST = 1 << 24
"""Bytes of each of these."""


def is_saved(path: str) -> bool:
    """Whether a folder was written by `save_to_disk`."""

    def has(name: str) -> bool:
        return os.path.isfile(os.path.join(path, name))

    return has(_INDEX) or (has(_STATE) and has(_FEATURES))


def saved_files(path: str, split: str | None) -> Found:
    """Find the Arrow files of a dataset that was saved to disk.

    Parameters
    ----------
    path : str
        The folder.
    split : str or None
        The split wanted, where there are several; None takes all.

    Returns
    -------
    Found
        Names are relative to `path`.

    Raises
    ------
    DatasetNotFound
        If there is no such split, or a file is missing.
    CorruptFile
        If the JSON that names the files is damaged.
    """
    index = os.path.join(path, _INDEX)
    if os.path.isfile(index):
        names = _names(_read(index).get("splits"), index)
        folders = {name: os.path.join(path, name) for name in names}
    else:
        # A dataset that was saved by itself may still know of which split it is.
        folders = {str(_read(os.path.join(path, _STATE)).get("_split") or "all"): path}
    chosen = chosen_splits(folders, split, path).values()
    return Found(tuple(_file(one, path) for folder in chosen for one in _arrow_files(folder)))


def chosen_splits(splits: Mapping[str, T], split: str | None, name: str) -> dict[str, T]:
    """Choose one of the splits of the dataset called `name`; all where none is named.

    Raises
    ------
    DatasetNotFound
        If there is no such split.
    """
    if split is None:
        return dict(splits)
    if split not in splits:
        near = get_close_matches(split, list(splits), n=1)
        raise DatasetNotFound(
            f"{name}: there is no split {split!r}; the dataset has {sorted(splits)}",
            remedy=f"did you mean --split {near[0]}?" if near else "choose one with --split.",
        )
    return {split: splits[split]}


def _arrow_files(folder: str) -> list[str]:
    state = os.path.join(folder, _STATE)
    stated = _read(state).get("_data_files")
    listed = stated if isinstance(stated, list) else [None]
    names = [one.get("filename") if isinstance(one, dict) else None for one in listed]
    return [os.path.join(folder, name) for name in _names(names, state)]


def _file(path: str, root: str) -> File:
    size = os.path.getsize(path) if os.path.exists(path) else 0  # who opens it learns that
    name = os.path.relpath(path, root).replace(os.sep, "/")
    whole = os.path.abspath(path)
    return File(name, whole, size, LocalFileSystem(), "arrow", given=os.path.relpath(path))


def _read(path: str) -> dict[str, object]:
    with reading(path, damage=(ValueError, RecursionError)):
        stated = json.loads(read_small(Path(path), _MOST))
    if not isinstance(stated, dict):
        raise _damaged(path)
    return stated


def _names(stated: object, path: str) -> list[str]:
    """Take a list of names of files or folders beside the file at `path`."""
    names = [name for name in stated if _is_plain(name)] if isinstance(stated, list) else []
    if not isinstance(stated, list) or len(names) < len(stated):
        raise _damaged(path)
    return names


def _is_plain(name: object) -> bool:
    """Whether a name leads nowhere out of its folder."""
    return isinstance(name, str) and name not in {"", ".", ".."} and os.path.basename(name) == name


def _damaged(path: str) -> CorruptFile:
    return CorruptFile(
        f"{path}: it does not name the files of a saved dataset", remedy="save the dataset again."
    )
