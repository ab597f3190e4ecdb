"""Datasets of a hub, which the `datasets` library opens."""

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa

from provenance.errors import CorruptFile, DatasetNotFound
from provenance.model import MAX_DOCUMENT, Documents
from provenance.read.columns.column_choice import find_columns
from provenance.read.columns.column_paths import tops
from provenance.read.columns.table_parts import Block, block_documents
from provenance.read.corpus.corpus_parts import Part
from provenance.read.corpus.file_access import foreign_errors, reading
from provenance.read.corpus.saved_datasets import chosen_splits
from provenance.read.corpus.size_limits import Limit
from provenance.read.formats.batch_sizes import portions

_ROWS = 1000
HUB = "hf://datasets/"
"""How the address of a dataset on a hub begins."""
_NAME = re.compile(
    r"(?P<name>[\w-][\w.-]*(?:/[\w-][\w.-]*)?)(?:@(?P<revision>[\w./-]+))?(?::(?P<config>[\w.-]+))?"
)


def is_hub_name(address: str) -> bool:
    """Whether an address could be a dataset's name, or is one on a hub."""
    return _NAME.fullmatch(address.removeprefix(HUB).rstrip("/")) is not None


def hub_parts(
    address: str,
    named: Sequence[str],
    split: str | None,
    *,
    label: bool = False,
    max_document: int = MAX_DOCUMENT,
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
    max_document : int
        Bytes that a document may have.

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
        _split_part(f"{name}/{which}" if label else which, one, named, Limit(which, max_document))
        for which, one in sorted(chosen_splits(dict(opened), split, name).items())
    ]


def _split_part(file: str, dataset: Any, named: Sequence[str], limit: Limit) -> Part:
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
                for portion in portions(batch, limit, row):
                    numbers = np.arange(row, row + len(portion), dtype=np.int64)
                    yield from block_documents(file, Block(portion, numbers), columns)
                    row += len(portion)

    return Part(file, 0, read, columns.texts)


@dataclass(frozen=True, slots=True)
class _Batches:
    name: str
    dataset: Any

    def tables(self) -> Iterator[pa.Table]:
        batches = self.dataset.iter(_ROWS)
        while True:
            with reading(self.name), foreign_errors(), _translated(self.name):
                table = next(batches, None)
            if table is None:
                return
            yield table


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
        raise DatasetNotFound(
            f"{name}: {_line(error)}", remedy="name a configuration as name:configuration."
        ) from error


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
