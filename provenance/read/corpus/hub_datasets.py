"""Hub datasets, streamed by the `datasets` library."""

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pyarrow as pa

from provenance.errors import CorruptFile, DatasetNotFound
from provenance.model.content.tables import Documents
from provenance.model.rules.policy import MAX_DOCUMENT
from provenance.read.columns.column_choice import find_columns
from provenance.read.columns.column_paths import top_columns
from provenance.read.columns.table_parts import block_documents, row_blocks
from provenance.read.corpus.corpus_parts import Part
from provenance.read.corpus.file_access import translate_read_errors, translate_remote_errors
from provenance.read.corpus.saved_datasets import choose_splits
from provenance.read.corpus.size_limits import DocumentLimit

_BATCH_ROWS = 1000
HUB_PREFIX = "hf://datasets/"
"""Prefix of the address of a hub dataset."""
_NAME = re.compile(
    r"(?P<name>[\w-][\w.-]*(?:/[\w-][\w.-]*)?)(?:@(?P<revision>[\w./-]+))?(?::(?P<config>[\w.-]+))?"
)


def is_hub_name(address: str) -> bool:
    """Return whether an address has the form of a dataset name, with or without `HUB_PREFIX`."""
    return _NAME.fullmatch(address.removeprefix(HUB_PREFIX).rstrip("/")) is not None


def hub_parts(
    address: str,
    text_columns: Sequence[str],
    split: str | None,
    *,
    label: bool = False,
    max_document: int = MAX_DOCUMENT,
    label_columns: Sequence[str] = (),
) -> list[Part]:
    """Open a hub dataset for streaming.

    Parameters
    ----------
    address : str
        "owner/name", with optional prefix "hf://datasets/" and suffixes "@revision" and ":config".
    text_columns : sequence of str
        Text columns given by the user.
    split : str or None
        The split to read; None reads all.
    label : bool
        Put the name of the dataset before that of the split.
    max_document : int
        Largest size of a document in bytes.
    label_columns : sequence of str
        Columns that collections of the policy name.

    Returns
    -------
    list of Part
        One for each split; the split is the name of the file.

    Raises
    ------
    DatasetNotFound
        If there is no such dataset or split, or no connection.
    """
    match = _NAME.fullmatch(address.removeprefix(HUB_PREFIX).rstrip("/"))
    if match is None:
        raise DatasetNotFound(
            f"{address}: this is not the name of a dataset", remedy="write it as owner/name."
        )
    name = match["name"]
    with _quiet_datasets_library(name) as datasets:
        splits = datasets.load_dataset(
            name, match["config"], revision=match["revision"], streaming=True
        )
    return [
        split_part(
            f"{name}/{split_name}" if label else split_name,
            dataset,
            text_columns,
            DocumentLimit(split_name, max_document),
            label_columns,
        )
        for split_name, dataset in sorted(choose_splits(dict(splits), split, name).items())
    ]


def split_part(
    file: str,
    dataset: Any,
    text_columns: Sequence[str],
    limit: DocumentLimit,
    label_columns: Sequence[str] = (),
) -> Part:
    """Return a dataset of the `datasets` library, streamed or not, as a part called `file`."""
    batches = _Batches(file, dataset.with_format("arrow"))
    first = next(batches.tables(), None)
    if first is None:
        return Part(file, 0, lambda: iter(()))
    columns = find_columns(
        first.schema, text_columns, first.select, file=file, labels=label_columns
    )

    def selected() -> Iterator[pa.RecordBatch]:
        for table in batches.tables():
            names = top_columns(columns.all(), table.column_names)
            yield from table.select(names).combine_chunks().to_batches()

    def read() -> Iterator[Documents]:
        for block in row_blocks(selected(), limit):
            yield from block_documents(file, block, columns)

    return Part(file, 0, read, columns.texts, labels=columns.labels)


@dataclass(frozen=True, slots=True)
class _Batches:
    name: str
    dataset: Any

    def tables(self) -> Iterator[pa.Table]:
        batches = self.dataset.iter(_BATCH_ROWS)
        while True:
            with (
                translate_read_errors(self.name),
                translate_remote_errors(),
                _translate_errors(self.name),
            ):
                table = next(batches, None)
            if table is None:
                return
            yield table


@contextmanager
def _quiet_datasets_library(name: str) -> Iterator[ModuleType]:
    """Import the `datasets` library and silence its logging and progress bars."""
    import datasets  # noqa: PLC0415 (takes over a second; needed for hub datasets only)

    bars = datasets.are_progress_bars_disabled()
    datasets.disable_progress_bars()
    logs = [logging.getLogger(log) for log in ("datasets", "huggingface_hub")]
    levels = [log.level for log in logs]
    for log in logs:
        log.setLevel(logging.ERROR)  # what matters is raised as an error
    try:
        with _translate_errors(name):
            yield datasets
    finally:
        for log, level in zip(logs, levels, strict=True):
            log.setLevel(level)
        if not bars:
            datasets.enable_progress_bars()


@contextmanager
def _translate_errors(name: str) -> Iterator[None]:
    """Translate exceptions of the library."""
    from datasets import exceptions  # noqa: PLC0415 (as above)

    try:
        yield
    except (FileNotFoundError, exceptions.DatasetNotFoundError, ConnectionError) as error:
        raise DatasetNotFound(
            f"{name}: there is no such file or folder, and no dataset of that name can be fetched "
            f"({_one_line(error)})",
            remedy="check the name and the connection; a private dataset needs a login to its hub.",
        ) from error
    except (OSError, pa.ArrowException, exceptions.DatasetsError) as error:
        raise CorruptFile(
            f"{name}: the dataset cannot be read ({_one_line(error)})",
            remedy="fetch or save it again.",
        ) from error
    except ValueError as error:
        raise DatasetNotFound(
            f"{name}: {_one_line(error)}", remedy="name a configuration as name:configuration."
        ) from error


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
