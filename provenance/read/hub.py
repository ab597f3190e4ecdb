"""Datasets that the `datasets` library opens: saved ones, and those of a hub."""

import json
import logging
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa
from fsspec.implementations.local import LocalFileSystem

from provenance.errors import CorruptFile, DatasetNotFound, InputError
from provenance.model import Documents
from provenance.read.addresses import Found
from provenance.read.columnpaths import tops
from provenance.read.columns import find_columns
from provenance.read.files import File
from provenance.read.parts import Part
from provenance.read.tabular import Block, block_documents

_ROWS = 1000
HUB = "hf://datasets/"
"""How the address of a dataset on a hub begins."""
_NAME = re.compile(
    r"(?P<name>[\w-][\w.-]*(?:/[\w-][\w.-]*)?)(?:@(?P<revision>[\w./-]+))?(?::(?P<config>[\w.-]+))?"
)


def is_hub_name(address: str) -> bool:
    """Whether an address could be a dataset's name, or is one on a hub."""
    return _NAME.fullmatch(address.removeprefix(HUB).rstrip("/")) is not None


def is_saved(path: str) -> bool:
    """Whether a folder was written by `save_to_disk`."""
    return any(
        os.path.isfile(os.path.join(path, name)) for name in ("state.json", "dataset_dict.json")
    )


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
    """
    try:
        names = _shards(path, split)
    except CorruptFile:
        # The library opens all or nothing: of the others, the folder itself tells.
        names = _listed_shards(path, split)
        if not names:
            raise
    root = os.path.abspath(path)
    files = [
        File(
            os.path.relpath(name, root).replace(os.sep, "/"),
            os.path.abspath(name),
            os.path.getsize(name) if os.path.exists(name) else 0,
            LocalFileSystem(),
            "arrow",
            given=os.path.relpath(name),
        )
        for name in names
    ]
    return Found(tuple(files))


def _shards(path: str, split: str | None) -> list[str]:
    with _library(path) as datasets:
        opened = datasets.load_from_disk(path)
    # A dataset that was saved by itself may still know of which split it is.
    splits = opened if isinstance(opened, dict) else {str(opened.split or "all"): opened}
    parts = _chosen(splits, split, path)
    return [entry["filename"] for one in parts.values() for entry in one.cache_files]


def _listed_shards(path: str, split: str | None) -> list[str]:
    """List the Arrow files that a saved dataset names; none where it cannot be told."""
    try:
        folders = {"all": path}
        if os.path.isfile(place := os.path.join(path, "dataset_dict.json")):
            with open(place, encoding="utf-8") as file:
                folders = {name: os.path.join(path, name) for name in json.load(file)["splits"]}
        names = []
        for folder in _chosen(folders, split, path).values():
            with open(os.path.join(folder, "state.json"), encoding="utf-8") as file:
                shards = json.load(file)["_data_files"]
            names += [os.path.join(folder, shard["filename"]) for shard in shards]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return names


def hub_parts(
    address: str, named: Sequence[str], split: str | None, *, label: bool = False
) -> list[Part]:
    """Open a dataset of a hub, to be streamed.

    Parameters
    ----------
    address : str
        "owner/name", with "hf://datasets/" before it or not, "@revision" and ":config" behind.
    named : sequence of str
        Text columns asked for.
    split : str or None
        The split wanted; None takes all.
    label : bool
        Put the dataset's name before the split's.

    Returns
    -------
    list of Part
        One a split, which is the name of the file.

    Raises
    ------
    DatasetNotFound
        If there is no such dataset or split, or no connection.
    """
    match = _NAME.fullmatch(address.removeprefix(HUB).rstrip("/"))
    if match is None:
        raise DatasetNotFound(
            f"{address}: this is no dataset's name", remedy="write it as owner/name."
        )
    name = match["name"]
    with _library(name) as datasets:
        opened = datasets.load_dataset(
            name, match["config"], revision=match["revision"], streaming=True
        )
    return [
        _split_part(f"{name}/{which}" if label else which, one, named)
        for which, one in sorted(_chosen(opened, split, name).items())
    ]


def _split_part(file: str, dataset: Any, named: Sequence[str]) -> Part:
    batches = _Batches(file, dataset.with_format("arrow"))
    first = next(batches.tables(), None)
    if first is None:
        return Part(file, 0, lambda: iter(()))
    columns = find_columns(first.schema, named, first.select, file=file)

    def read() -> Iterator[Documents]:
        row = 0
        for table in batches.tables():
            wanted = tops(columns.all(), table.column_names)
            for batch in table.select(wanted).combine_chunks().to_batches():
                numbers = np.arange(row, row + len(batch), dtype=np.int64)
                yield from block_documents(file, Block(batch, numbers), columns)
                row += len(batch)

    return Part(file, 0, read, columns.texts)


@dataclass(frozen=True, slots=True)
class _Batches:
    name: str
    dataset: Any

    def tables(self) -> Iterator[pa.Table]:
        batches = self.dataset.iter(_ROWS)
        while True:
            with _translated(self.name):
                table = next(batches, None)
            if table is None:
                return
            yield table


def _chosen(opened: Mapping[str, Any], split: str | None, name: str) -> dict[str, Any]:
    if split is None:
        return dict(opened)
    if split not in opened:
        near = get_close_matches(split, list(opened), n=1)
        raise DatasetNotFound(
            f"{name}: there is no split {split!r}; the dataset has {sorted(opened)}",
            remedy=f"did you mean --split {near[0]}?" if near else "choose one with --split.",
        )
    return {split: opened[split]}


@contextmanager
def _library(name: str) -> Iterator[ModuleType]:
    """Lend the library, silent."""
    import datasets  # noqa: PLC0415 (over a second, for those who need it alone)

    bars = datasets.are_progress_bars_disabled()
    datasets.disable_progress_bars()
    logs = [logging.getLogger(log) for log in ("datasets", "huggingface_hub")]
    levels = [log.level for log in logs]
    for log in logs:
        log.setLevel(logging.ERROR)  # what matters is raised, and told once
    try:
        with _translated(name):
            yield datasets
    finally:
        for log, level in zip(logs, levels, strict=True):
            log.setLevel(level)
        if not bars:
            datasets.enable_progress_bars()


@contextmanager
def _translated(name: str) -> Iterator[None]:
    """Translate what goes wrong in the library."""
    from datasets import exceptions  # noqa: PLC0415 (as above)

    try:
        yield
    except (FileNotFoundError, exceptions.DatasetNotFoundError, ConnectionError) as error:
        raise DatasetNotFound(
            f"{name}: no file or folder is there, and no dataset could be fetched by that name "
            f"({_line(error)})",
            remedy="check the name and the connection; a private dataset needs a login to its hub.",
        ) from error
    except (OSError, pa.ArrowException, exceptions.DatasetsError) as error:
        raise CorruptFile(
            f"{name}: the dataset cannot be read ({_line(error)})",
            remedy="fetch or save it again.",
        ) from error
    except ValueError as error:
        raise InputError(
            f"{name}: {_line(error)}", remedy="name a configuration as name:configuration."
        ) from error


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
